import{C as e,D as t,S as n,_ as r,g as i,h as a,k as o,m as s,x as c}from"./elements.js";var l=class extends s{constructor(...e){super(...e),this.heading=``,this.action=``,this.danger=!1,this.work=async()=>void 0,this.busy=!1,this.error=``,this.turn=0}static{this.styles=[r,o`
      dialog {
        width: min(480px, calc(100vw - 32px));
        color: inherit;
        background: var(--csj-surface);
        border: 1px solid var(--csj-line);
        border-radius: var(--csj-radius);
        padding: 20px;
        overflow-wrap: anywhere;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 50%);
      }
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 8px;
      }
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.dialog.open&&(this.dialog.removeAttribute(`open`),this.dialog.showModal())}async show(){this.error=``,await this.updateComplete,this.dialog.open||this.dialog.showModal()}close(){this.dialog.close()}forget(){this.turn+=1,this.busy=!1,this.error=``,this.close()}render(){return t`<dialog aria-labelledby="heading" @close=${()=>this.dispatchEvent(new Event(`closed`))}>
      <form method="dialog" @submit=${this.submit}>
        <h2 id="heading">${this.heading}</h2>
        <slot></slot>
        ${this.error?t`<p class="critical" role="alert">${this.error}</p>`:``}
        <footer>
          <button type="button" @click=${this.close}>${this.t(`dialog.cancel`)}</button>
          <button class=${this.danger?`danger`:`main`} ?disabled=${this.busy}>
            ${this.busy?this.t(`dialog.busy`):this.action}
          </button>
        </footer>
      </form>
    </dialog>`}async submit(e){if(e.preventDefault(),this.busy)return;let{turn:t}=this;this.busy=!0,this.error=``;try{await this.work(),t===this.turn&&this.close()}catch(e){t===this.turn&&(this.error=this.app.sentence(e))}finally{t===this.turn&&(this.busy=!1)}}};i([e()],l.prototype,`heading`,void 0),i([e()],l.prototype,`action`,void 0),i([e({type:Boolean})],l.prototype,`danger`,void 0),i([e({attribute:!1})],l.prototype,`work`,void 0),i([n()],l.prototype,`busy`,void 0),i([n()],l.prototype,`error`,void 0),i([c(`dialog`)],l.prototype,`dialog`,void 0),l=i([a(`csj-dialog`)],l);