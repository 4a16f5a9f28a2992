import{a as e,c as t,g as n,h as r,l as i,m as a,s as o,t as s,u as c,v as l,x as u,y as d}from"./elements.js";import{t as f}from"./repeated.js";import{r as p}from"./words.js";import{t as m}from"./panel.js";function h(e,t){return e.open&&e.due_at!==null&&Date.parse(e.due_at)<t}function g(e,t){let n=t.toLocaleLowerCase().split(/\s+/).filter(Boolean),r=e.filter(e=>{let t=`${e.name} ${e.summary} ${e.meter??``} ${e.serial??``}`.toLocaleLowerCase();return n.every(e=>t.includes(e))}),i=e=>e.due_at===null?1/0:Date.parse(e.due_at);return{open:r.filter(e=>e.open).sort((e,t)=>i(e)===i(t)?e.number-t.number:i(e)-i(t)),completed:r.filter(e=>!e.open).sort((e,t)=>Date.parse(t.completed_at??``)-Date.parse(e.completed_at??``))}}function _(e,t){if(e===null)return``;let n=Object.fromEntries(new Intl.DateTimeFormat(`en-US`,{timeZone:t,hourCycle:`h23`,year:`numeric`,month:`2-digit`,day:`2-digit`,hour:`2-digit`,minute:`2-digit`}).formatToParts(new Date(e)).map(({type:e,value:t})=>[e,t]));return`${n.year}-${n.month}-${n.day}T${n.hour}:${n.minute}`}function v(e,t){if(!e)return null;let n=Date.parse(`${e}Z`);if(Number.isNaN(n))return null;let r=n;for(let e=0;e<2;e++)r+=n-Date.parse(`${_(new Date(r).toISOString(),t)}Z`);return new Date(r).toISOString()}var y=class extends o{constructor(...e){super(...e),this.now=0,this.busy=!1}static{this.styles=[c,u`
      :host {
        border-radius: var(--csj-radius);
      }
      :host([current]) .card {
        border-color: var(--csj-accent-text);
        box-shadow: 0 0 0 1px var(--csj-accent-text);
      }
      .card {
        display: grid;
        gap: 8px;
      }
      .links {
        gap: 4px 20px;
      }
      h3 {
        font-size: 16px;
        overflow-wrap: anywhere;
      }
      .description {
        white-space: pre-line;
        overflow-wrap: anywhere;
        max-height: 12em;
        overflow-y: auto;
      }
    `]}render(){let{order:e}=this,{format:t}=this.app,n=h(e,this.now);return d`<article class="card">
      <div class="row">
        <span class="dim number">${e.name}</span>
        ${n?d`<span class="chip dot critical">${this.t(`work_orders.overdue`)}</span>`:l}
        ${e.open?l:d`<span class="chip dot good">${this.t(`work_orders.done`)}</span>`}
        ${e.drill?d`<span class="chip neutral">${this.app.word(`messages.drill`)}</span>`:l}
      </div>
      <h3>${e.summary}</h3>
      ${e.description?d`<p class="description" tabindex="0" role="group" aria-label=${this.t(`work_orders.description`)}>${e.description}</p>`:l}
      <p class="small">
        ${e.due_at===null?d`<span class="dim">${this.t(`work_orders.no_due`)}</span>`:d`<span class=${n?`critical`:``}
              >${this.t(`work_orders.due_at`,{at:t.dateTime(e.due_at),ago:t.ago(e.due_at,this.now)})}</span
            >`}
        <br /><span class="dim"
          >${e.created_by===null?this.t(`work_orders.opened_by_itself`,{at:t.dateTime(e.created_at)}):this.t(`work_orders.opened`,{at:t.dateTime(e.created_at),by:p(this.app,e.created_by)})}</span
        >
        ${e.completed_at===null?l:d`<br /><span class="dim"
                >${this.t(`work_orders.completed_at`,{at:t.dateTime(e.completed_at),by:p(this.app,e.completed_by)})}</span
              >`}
      </p>
      <div class="row links">
        ${e.serial===null?l:this.link(`meters`,e.serial,e.meter??e.serial)}
        ${e.alert_id===null?l:this.link(`alerts`,e.alert_id,this.t(`work_orders.alert`))}
      </div>
      <div class="row">
        ${e.open?d`<button class="main" @click=${()=>this.dialog.show()}>${this.t(`work_orders.complete`)}</button>
              <button @click=${()=>this.dispatchEvent(new Event(`edit`))}>${this.t(`work_orders.edit`)}</button>`:d`<button ?disabled=${this.busy} @click=${this.reopen}>
              ${this.busy?this.t(`dialog.busy`):this.t(`work_orders.reopen`)}
            </button>`}
      </div>
    </article>
    <csj-dialog
      .app=${this.app}
      .heading=${this.t(`work_orders.complete_question`,{name:e.name})}
      .action=${this.t(`work_orders.complete`)}
      .work=${()=>this.complete()}
    >
      <p>${e.summary}</p>
      <p class="dim">${this.t(e.alert_id===null?`work_orders.complete_text`:`work_orders.complete_repairs`)}</p>
    </csj-dialog>`}link(t,n,r){let i=m(t,n);return d`<a href=${i} @click=${t=>e(t,i)}>${r}</a>`}async complete(){let{name:e,number:t}=this.order;await this.app.call(`work_orders/complete`,{number:t}),this.toast(this.t(`work_orders.is_done`,{name:e}))}async reopen(){let{name:e,number:t}=this.order;this.busy=!0,await this.attempt(()=>this.app.call(`work_orders/reopen`,{number:t}),this.t(`work_orders.is_open`,{name:e})),this.busy=!1}};i([n({attribute:!1})],y.prototype,`order`,void 0),i([n({attribute:!1})],y.prototype,`now`,void 0),i([r()],y.prototype,`busy`,void 0),i([a(`csj-dialog`)],y.prototype,`dialog`,void 0),y=i([t(`csj-work-order`)],y);var b=4e3,x=class extends o{constructor(...e){super(...e),this.order=null,this.meters=[]}static{this.styles=[c,u`
      .fields {
        display: grid;
        gap: 12px;
      }
      textarea {
        min-height: 110px;
        resize: vertical;
      }
    `]}async ask(e){if(this.order=e,await this.updateComplete,this.summary.value=e?.summary??``,this.description.value=e?.description??``,this.due.value=_(e?.due_at??null,this.zone),await this.dialog.show(),this.summary.focus(),e!==null)return;let t=await this.attempt(()=>this.app.call(`meters/list`));t!==void 0&&(this.meters=t.meters.sort((e,t)=>e.name.localeCompare(t.name,void 0,{numeric:!0})))}render(){let{order:e}=this;return d`<csj-dialog
      .app=${this.app}
      .heading=${e===null?this.t(`work_orders.create`):this.t(`work_orders.edit_one`,{name:e.name})}
      .action=${this.t(e===null?`work_orders.create`:`work_orders.save`)}
      .work=${()=>this.save()}
    >
      <div class="fields">
        <label
          >${this.t(`work_orders.summary`)}
          <input id="summary" required maxlength=${200} autocomplete="off"
        /></label>
        <label
          >${this.t(`work_orders.description`)}
          <textarea id="description" maxlength=${b}></textarea>
        </label>
        ${e===null?d`<label
              >${this.t(`work_orders.meter`)}
              <select id="meter">
                <option value="">${this.t(`work_orders.no_meter`)}</option>
                ${this.meters.map(({serial:e,name:t})=>d`<option .value=${e}>${t} · ${e}</option>`)}
              </select></label
            >`:l}
        <label
          >${this.t(`work_orders.due`)}
          <input id="due" type="datetime-local" />
          ${this.zone===void 0?l:d`<span>${this.t(`work_orders.zone`,{zone:this.zone})}</span>`}
        </label>
      </div>
    </csj-dialog>`}get zone(){return this.app.hass.locale.time_zone===`server`?this.app.info.time_zone:void 0}async save(){let{order:e}=this,t=this.summary.value.trim();if(!t)throw this.summary.focus(),Error(this.t(`work_orders.needs_summary`));if(this.due.validity.badInput)throw Error(this.t(`work_orders.half_due`));let n={summary:t,description:this.description.value,due:v(this.due.value,this.zone)};if(e===null){let e=this.meter?.value,{work_order:t}=await this.app.call(`work_orders/create`,{...n,...e?{serial:e}:{}});this.toast(this.t(`work_orders.is_open`,{name:t.name}))}else await this.app.call(`work_orders/update`,{number:e.number,...n})}};i([r()],x.prototype,`order`,void 0),i([r()],x.prototype,`meters`,void 0),i([a(`csj-dialog`)],x.prototype,`dialog`,void 0),i([a(`#summary`)],x.prototype,`summary`,void 0),i([a(`#description`)],x.prototype,`description`,void 0),i([a(`#due`)],x.prototype,`due`,void 0),i([a(`#meter`)],x.prototype,`meter`,void 0),x=i([t(`csj-work-order-form`)],x);var S=30,C=class extends o{constructor(...e){super(...e),this.number=``,this.search=``,this.now=Date.now(),this.shown=``,this.tick=new f(this,S,()=>this.now=Date.now()),this.orders=new s(this,()=>({command:`work_orders/subscribe`}),`work_orders`,e=>e.number)}static{this.styles=[c,u`
      .bar {
        align-items: end;
      }
      .bar .main {
        margin-inline-start: auto;
      }
      .rows {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr));
        gap: 12px;
        align-items: start;
      }
      summary {
        cursor: pointer;
        font-size: 17px;
        font-weight: 500;
        margin-bottom: 12px;
      }
      @media (max-width: 600px) {
        label,
        input[type="search"],
        .bar .main {
          width: 100%;
        }
      }
    `]}willUpdate(e){e.has(`number`)&&(this.shown=``)}updated(){if(!this.number||this.shown===this.number)return;let e=this.renderRoot.querySelector(`[data-number="${CSS.escape(this.number)}"]`);e!==null&&(this.shown=this.number,e.scrollIntoView({block:`center`}),e.focus({preventScroll:!0}))}render(){let{standing:e,error:t}=this.orders,n=[...this.orders.rows.values()];return d`<div class="stack">
      <csj-standing .app=${this.app} .standing=${e} .error=${t}></csj-standing>
      ${n.length||e===`live`?this.list(n):l}
      <csj-work-order-form .app=${this.app}></csj-work-order-form>
    </div>`}list(e){let{open:t,completed:n}=g(e,this.search),r=t.filter(e=>h(e,this.now)).length,i=Number(this.number);return d`
      <div class="row bar">
        <label
          >${this.t(`work_orders.search`)}
          <input
            type="search"
            .value=${this.search}
            @input=${e=>this.search=e.target.value}
        /></label>
        <span class="dim" role="status">${this.t(`work_orders.count`,{open:t.length,overdue:r})}</span>
        <button class="main" @click=${()=>this.form.ask(null)}>${this.t(`work_orders.create`)}</button>
      </div>
      ${this.number&&!this.orders.rows.has(i)&&!this.orders.loading?d`<csj-notice .app=${this.app} kind="empty" .text=${this.t(`work_orders.not_there`)}></csj-notice>`:l}
      <section class="stack">
        <h2>${this.t(`work_orders.open`)}</h2>
        ${t.length?this.rows(t):d`<csj-notice .app=${this.app} kind="empty" .text=${this.nothing_(e)}></csj-notice>`}
      </section>
      ${n.length?d`<details ?open=${n.some(e=>e.number===i)}>
            <summary>${this.t(`work_orders.completed`,{count:n.length})}</summary>
            ${this.rows(n)}
          </details>`:l}
    `}nothing_(e){return this.orders.loading?this.t(`work_orders.loading`):this.t(this.search&&e.some(e=>e.open)?`work_orders.none_fits`:`work_orders.none`)}rows(e){return d`<div class="rows">
      ${e.map(e=>d`<csj-work-order
          tabindex="-1"
          data-number=${e.number}
          .app=${this.app}
          .order=${e}
          .now=${this.now}
          ?current=${String(e.number)===this.number}
          @edit=${()=>this.form.ask(e)}
        ></csj-work-order>`)}
    </div>`}};i([n()],C.prototype,`number`,void 0),i([r()],C.prototype,`search`,void 0),i([r()],C.prototype,`now`,void 0),i([a(`csj-work-order-form`)],C.prototype,`form`,void 0),C=i([t(`csj-work-orders-page`)],C);export{C as CsjWorkOrdersPage};