import{c as e,d as t,f as n,g as r,h as i,i as a,l as o,o as s,p as c,s as l,t as u,v as d}from"./elements.js";import{r as f}from"./words.js";import{t as p}from"./panel.js";function m(e,t){return e.open&&e.due_at!==null&&Date.parse(e.due_at)<t}function h(e,t){let n=t.toLocaleLowerCase().split(/\s+/).filter(Boolean),r=e.filter(e=>{let t=`${e.name} ${e.summary} ${e.meter??``} ${e.serial??``}`.toLocaleLowerCase();return n.every(e=>t.includes(e))}),i=e=>e.due_at===null?1/0:Date.parse(e.due_at);return{open:r.filter(e=>e.open).sort((e,t)=>i(e)===i(t)?e.number-t.number:i(e)-i(t)),completed:r.filter(e=>!e.open).sort((e,t)=>Date.parse(t.completed_at??``)-Date.parse(e.completed_at??``))}}function g(e,t){if(e===null)return``;let n=Object.fromEntries(new Intl.DateTimeFormat(`en-US`,{timeZone:t,hourCycle:`h23`,year:`numeric`,month:`2-digit`,day:`2-digit`,hour:`2-digit`,minute:`2-digit`}).formatToParts(new Date(e)).map(({type:e,value:t})=>[e,t]));return`${n.year}-${n.month}-${n.day}T${n.hour}:${n.minute}`}function _(e,t){if(!e)return null;let n=Date.parse(`${e}Z`);if(Number.isNaN(n))return null;let r=n;for(let e=0;e<2;e++)r+=n-Date.parse(`${g(new Date(r).toISOString(),t)}Z`);return new Date(r).toISOString()}var v=class extends s{constructor(...e){super(...e),this.now=0,this.busy=!1}static{this.styles=[o,d`
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
    `]}render(){let{order:e}=this,{format:t}=this.app,n=m(e,this.now);return r`<article class="card">
      <div class="row">
        <span class="dim number">${e.name}</span>
        ${n?r`<span class="chip dot critical">${this.t(`work_orders.overdue`)}</span>`:i}
        ${e.open?i:r`<span class="chip dot good">${this.t(`work_orders.done`)}</span>`}
        ${e.drill?r`<span class="chip neutral">${this.app.word(`messages.drill`)}</span>`:i}
      </div>
      <h3>${e.summary}</h3>
      ${e.description?r`<p class="description" tabindex="0" role="group" aria-label=${this.t(`work_orders.description`)}>${e.description}</p>`:i}
      <p class="small">
        ${e.due_at===null?r`<span class="dim">${this.t(`work_orders.no_due`)}</span>`:r`<span class=${n?`critical`:``}
              >${this.t(`work_orders.due_at`,{at:t.dateTime(e.due_at),ago:t.ago(e.due_at,this.now)})}</span
            >`}
        <br /><span class="dim"
          >${e.created_by===null?this.t(`work_orders.opened_by_itself`,{at:t.dateTime(e.created_at)}):this.t(`work_orders.opened`,{at:t.dateTime(e.created_at),by:f(this.app,e.created_by)})}</span
        >
        ${e.completed_at===null?i:r`<br /><span class="dim"
                >${this.t(`work_orders.completed_at`,{at:t.dateTime(e.completed_at),by:f(this.app,e.completed_by)})}</span
              >`}
      </p>
      <div class="row links">
        ${e.serial===null?i:this.link(`meters`,e.serial,e.meter??e.serial)}
        ${e.alert_id===null?i:this.link(`alerts`,e.alert_id,this.t(`work_orders.alert`))}
      </div>
      <div class="row">
        ${e.open?r`<button class="main" @click=${()=>this.dialog.show()}>${this.t(`work_orders.complete`)}</button>
              <button @click=${()=>this.dispatchEvent(new Event(`edit`))}>${this.t(`work_orders.edit`)}</button>`:r`<button ?disabled=${this.busy} @click=${this.reopen}>
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
    </csj-dialog>`}link(e,t,n){let i=p(e,t);return r`<a href=${i} @click=${e=>a(e,i)}>${n}</a>`}async complete(){let{name:e,number:t}=this.order;await this.app.call(`work_orders/complete`,{number:t}),this.toast(this.t(`work_orders.is_done`,{name:e}))}async reopen(){let{name:e,number:t}=this.order;this.busy=!0,await this.attempt(()=>this.app.call(`work_orders/reopen`,{number:t}),this.t(`work_orders.is_open`,{name:e})),this.busy=!1}};e([c({attribute:!1})],v.prototype,`order`,void 0),e([c({attribute:!1})],v.prototype,`now`,void 0),e([n()],v.prototype,`busy`,void 0),e([t(`csj-dialog`)],v.prototype,`dialog`,void 0),v=e([l(`csj-work-order`)],v);var y=4e3,b=class extends s{constructor(...e){super(...e),this.order=null,this.meters=[]}static{this.styles=[o,d`
      .fields {
        display: grid;
        gap: 12px;
      }
      textarea {
        min-height: 110px;
        resize: vertical;
      }
    `]}async ask(e){if(this.order=e,await this.updateComplete,this.summary.value=e?.summary??``,this.description.value=e?.description??``,this.due.value=g(e?.due_at??null,this.zone),await this.dialog.show(),this.summary.focus(),e!==null)return;let t=await this.attempt(()=>this.app.call(`meters/list`));t!==void 0&&(this.meters=t.meters.sort((e,t)=>e.name.localeCompare(t.name,void 0,{numeric:!0})))}render(){let{order:e}=this;return r`<csj-dialog
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
          <textarea id="description" maxlength=${y}></textarea>
        </label>
        ${e===null?r`<label
              >${this.t(`work_orders.meter`)}
              <select id="meter">
                <option value="">${this.t(`work_orders.no_meter`)}</option>
                ${this.meters.map(({serial:e,name:t})=>r`<option .value=${e}>${t} · ${e}</option>`)}
              </select></label
            >`:i}
        <label
          >${this.t(`work_orders.due`)}
          <input id="due" type="datetime-local" />
          ${this.zone===void 0?i:r`<span>${this.t(`work_orders.zone`,{zone:this.zone})}</span>`}
        </label>
      </div>
    </csj-dialog>`}get zone(){return this.app.hass.locale.time_zone===`server`?this.app.info.time_zone:void 0}async save(){let{order:e}=this,t=this.summary.value.trim();if(!t)throw this.summary.focus(),Error(this.t(`work_orders.needs_summary`));if(this.due.validity.badInput)throw Error(this.t(`work_orders.half_due`));let n={summary:t,description:this.description.value,due:_(this.due.value,this.zone)};if(e===null){let e=this.meter?.value,{work_order:t}=await this.app.call(`work_orders/create`,{...n,...e?{serial:e}:{}});this.toast(this.t(`work_orders.is_open`,{name:t.name}))}else await this.app.call(`work_orders/update`,{number:e.number,...n})}};e([n()],b.prototype,`order`,void 0),e([n()],b.prototype,`meters`,void 0),e([t(`csj-dialog`)],b.prototype,`dialog`,void 0),e([t(`#summary`)],b.prototype,`summary`,void 0),e([t(`#description`)],b.prototype,`description`,void 0),e([t(`#due`)],b.prototype,`due`,void 0),e([t(`#meter`)],b.prototype,`meter`,void 0),b=e([l(`csj-work-order-form`)],b);var x=30,S=class extends s{constructor(...e){super(...e),this.number=``,this.search=``,this.now=Date.now(),this.shown=``,this.orders=new u(this,()=>({command:`work_orders/subscribe`}),`work_orders`,e=>e.number)}static{this.styles=[o,d`
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
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),x*1e3)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer)}willUpdate(e){e.has(`number`)&&(this.shown=``)}updated(){if(!this.number||this.shown===this.number)return;let e=this.renderRoot.querySelector(`[data-number="${CSS.escape(this.number)}"]`);e!==null&&(this.shown=this.number,e.scrollIntoView({block:`center`}),e.focus({preventScroll:!0}))}render(){let{standing:e,error:t}=this.orders,n=[...this.orders.rows.values()];return r`<div class="stack">
      <csj-standing .app=${this.app} .standing=${e} .error=${t}></csj-standing>
      ${n.length||e===`live`?this.list(n):i}
      <csj-work-order-form .app=${this.app}></csj-work-order-form>
    </div>`}list(e){let{open:t,completed:n}=h(e,this.search),a=t.filter(e=>m(e,this.now)).length,o=Number(this.number);return r`
      <div class="row bar">
        <label
          >${this.t(`work_orders.search`)}
          <input
            type="search"
            .value=${this.search}
            @input=${e=>this.search=e.target.value}
        /></label>
        <span class="dim" role="status">${this.t(`work_orders.count`,{open:t.length,overdue:a})}</span>
        <button class="main" @click=${()=>this.form.ask(null)}>${this.t(`work_orders.create`)}</button>
      </div>
      ${this.number&&!this.orders.rows.has(o)&&!this.orders.loading?r`<csj-notice .app=${this.app} kind="empty" .text=${this.t(`work_orders.not_there`)}></csj-notice>`:i}
      <section class="stack">
        <h2>${this.t(`work_orders.open`)}</h2>
        ${t.length?this.rows(t):r`<csj-notice .app=${this.app} kind="empty" .text=${this.nothing_(e)}></csj-notice>`}
      </section>
      ${n.length?r`<details ?open=${n.some(e=>e.number===o)}>
            <summary>${this.t(`work_orders.completed`,{count:n.length})}</summary>
            ${this.rows(n)}
          </details>`:i}
    `}nothing_(e){return this.orders.loading?this.t(`work_orders.loading`):this.t(this.search&&e.some(e=>e.open)?`work_orders.none_fits`:`work_orders.none`)}rows(e){return r`<div class="rows">
      ${e.map(e=>r`<csj-work-order
          tabindex="-1"
          data-number=${e.number}
          .app=${this.app}
          .order=${e}
          .now=${this.now}
          ?current=${String(e.number)===this.number}
          @edit=${()=>this.form.ask(e)}
        ></csj-work-order>`)}
    </div>`}};e([c()],S.prototype,`number`,void 0),e([n()],S.prototype,`search`,void 0),e([n()],S.prototype,`now`,void 0),e([t(`csj-work-order-form`)],S.prototype,`form`,void 0),S=e([l(`csj-work-orders-page`)],S);export{S as CsjWorkOrdersPage};