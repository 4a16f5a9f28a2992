import{C as e,D as t,S as n,T as r,_ as i,f as a,g as o,h as s,i as c,k as l,m as u,t as d,x as f}from"./elements.js";import{t as p}from"./repeated.js";import"./csj-dialog.js";import{a as m}from"./words.js";import{t as h}from"./panel.js";function g(e,t){return e.open&&e.due_at!==null&&Date.parse(e.due_at)<t}function _(e,t){let n=t.toLocaleLowerCase().split(/\s+/).filter(Boolean),r=e.filter(e=>{let t=`${e.name} ${e.summary} ${e.meter??``} ${e.serial??``}`.toLocaleLowerCase();return n.every(e=>t.includes(e))}),i=e=>e.due_at===null?1/0:Date.parse(e.due_at);return{open:r.filter(e=>e.open).sort((e,t)=>i(e)===i(t)?e.number-t.number:i(e)-i(t)),completed:r.filter(e=>!e.open).sort((e,t)=>Date.parse(t.completed_at??``)-Date.parse(e.completed_at??``))}}function v(e,t){if(e===null)return``;let n=Object.fromEntries(new Intl.DateTimeFormat(`en-US`,{timeZone:t,hourCycle:`h23`,year:`numeric`,month:`2-digit`,day:`2-digit`,hour:`2-digit`,minute:`2-digit`}).formatToParts(new Date(e)).map(({type:e,value:t})=>[e,t]));return`${n.year}-${n.month}-${n.day}T${n.hour}:${n.minute}`}function y(e,t){if(!e)return null;let n=Date.parse(`${e}Z`);if(Number.isNaN(n))return null;let r=n;for(let e=0;e<2;e++)r+=n-Date.parse(`${v(new Date(r).toISOString(),t)}Z`);return new Date(r).toISOString()}var b=class extends u{constructor(...e){super(...e),this.now=0,this.busy=!1,this.asked=null}static{this.styles=[i,l`
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
    `]}render(){let{order:e}=this,{format:n}=this.app,i=g(e,this.now),a=this.asked??e;return t`<article class="card">
      <div class="row">
        <span class="dim number">${e.name}</span>
        ${i?t`<span class="chip dot critical">${this.t(`work_orders.overdue`)}</span>`:r}
        ${e.open?r:t`<span class="chip dot good">${this.t(`work_orders.done`)}</span>`}
        ${e.drill?t`<span class="chip neutral">${this.app.word(`messages.drill`)}</span>`:r}
      </div>
      <h3>${e.summary}</h3>
      ${e.description?t`<p class="description" tabindex="0" role="group" aria-label=${this.t(`work_orders.description`)}>${e.description}</p>`:r}
      <p class="small">
        ${e.due_at===null?t`<span class="dim">${this.t(`work_orders.no_due`)}</span>`:t`<span class=${i?`critical`:``}
              >${this.t(`work_orders.due_at`,{at:n.dateTime(e.due_at),ago:n.ago(e.due_at,this.now)})}</span
            >`}
        <br /><span class="dim"
          >${e.created_by===null?this.t(`work_orders.opened_by_itself`,{at:n.dateTime(e.created_at)}):this.t(`work_orders.opened`,{at:n.dateTime(e.created_at),by:m(this.app,e.created_by)})}</span
        >
        ${e.completed_at===null?r:t`<br /><span class="dim"
                >${this.t(`work_orders.completed_at`,{at:n.dateTime(e.completed_at),by:m(this.app,e.completed_by)})}</span
              >`}
      </p>
      <div class="row links">
        ${e.serial===null?r:this.link(`meters`,e.serial,e.meter??e.serial)}
        ${e.alert_id===null?r:this.link(`alerts`,e.alert_id,this.t(`work_orders.alert`))}
      </div>
      <div class="row">
        ${e.open?t`<button class="main" @click=${this.ask}>${this.t(`work_orders.complete`)}</button>
              <button @click=${()=>this.dispatchEvent(new Event(`edit`))}>${this.t(`work_orders.edit`)}</button>`:t`<button ?disabled=${this.busy} @click=${this.reopen}>
              ${this.busy?this.t(`dialog.busy`):this.t(`work_orders.reopen`)}
            </button>`}
      </div>
    </article>
    <csj-dialog
      .app=${this.app}
      .heading=${this.t(`work_orders.complete_question`,{name:a.name})}
      .action=${this.t(`work_orders.complete`)}
      .work=${()=>this.complete()}
    >
      <p>${a.summary}</p>
      <p class="dim">${this.t(a.alert_id===null?`work_orders.complete_text`:`work_orders.complete_repairs`)}</p>
    </csj-dialog>`}link(e,n,r){let i=h(e,n);return t`<a href=${i} @click=${e=>a(e,i)}>${r}</a>`}ask(){this.asked=this.order,this.dialog.show()}async complete(){let{name:e,number:t}=this.asked??this.order;await this.app.call(`work_orders/complete`,{number:t}),this.dispatchEvent(new Event(`completed`)),this.toast(this.t(`work_orders.is_done`,{name:e}))}async reopen(){let{name:e,number:t}=this.order;this.busy=!0,await this.attempt(()=>this.app.call(`work_orders/reopen`,{number:t}),this.t(`work_orders.is_open`,{name:e})),this.busy=!1}};o([e({attribute:!1})],b.prototype,`order`,void 0),o([e({attribute:!1})],b.prototype,`now`,void 0),o([n()],b.prototype,`busy`,void 0),o([n()],b.prototype,`asked`,void 0),o([f(`csj-dialog`)],b.prototype,`dialog`,void 0),b=o([s(`csj-work-order`)],b);var x=4e3,S=class extends u{constructor(...e){super(...e),this.order=null,this.meters=[]}static{this.styles=[i,l`
      .fields {
        display: grid;
        gap: 12px;
      }
      textarea {
        min-height: 110px;
        resize: vertical;
      }
    `]}async ask(e){if(this.order=e,await this.updateComplete,this.summary.value=e?.summary??``,this.description.value=e?.description??``,this.meter!==null&&(this.meter.value=``),this.due.value=v(e?.due_at??null,this.zone),await this.dialog.show(),this.summary.focus(),e!==null)return;let t=await this.attempt(()=>this.app.call(`meters/list`));t!==void 0&&(this.meters=t.meters.sort((e,t)=>e.name.localeCompare(t.name,void 0,{numeric:!0})))}render(){let{order:e}=this;return t`<csj-dialog
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
          <textarea id="description" maxlength=${x}></textarea>
        </label>
        ${e===null?t`<label
              >${this.t(`work_orders.meter`)}
              <select id="meter">
                <option value="">${this.t(`work_orders.no_meter`)}</option>
                ${c(this.meters,({serial:e})=>e,({serial:e,name:n})=>t`<option .value=${e}>${n} · ${e}</option>`)}
              </select></label
            >`:r}
        <label
          >${this.t(`work_orders.due`)}
          <input id="due" type="datetime-local" />
          ${this.zone===void 0?r:t`<span>${this.t(`work_orders.zone`,{zone:this.zone})}</span>`}
        </label>
      </div>
    </csj-dialog>`}get zone(){return this.app.hass.locale.time_zone===`server`?this.app.info.time_zone:void 0}async save(){let{order:e}=this,t=this.summary.value.trim();if(!t)throw this.summary.focus(),Error(this.t(`work_orders.needs_summary`));if(this.due.validity.badInput)throw Error(this.t(`work_orders.half_due`));let n={summary:t,description:this.description.value,due:y(this.due.value,this.zone)};if(e===null){let e=this.meter?.value,{work_order:t}=await this.app.call(`work_orders/create`,{...n,...e?{serial:e}:{}});this.toast(this.t(`work_orders.is_open`,{name:t.name}))}else await this.app.call(`work_orders/update`,{number:e.number,...n})}};o([n()],S.prototype,`order`,void 0),o([n()],S.prototype,`meters`,void 0),o([f(`csj-dialog`)],S.prototype,`dialog`,void 0),o([f(`#summary`)],S.prototype,`summary`,void 0),o([f(`#description`)],S.prototype,`description`,void 0),o([f(`#due`)],S.prototype,`due`,void 0),o([f(`#meter`)],S.prototype,`meter`,void 0),S=o([s(`csj-work-order-form`)],S);var C=30,w=class extends u{constructor(...e){super(...e),this.number=``,this.search=``,this.now=Date.now(),this.shown=``,this.leaving=null,this.tick=new p(this,C,()=>this.now=Date.now()),this.orders=new d(this,()=>({command:`work_orders/subscribe`}),`work_orders`,e=>e.number)}static{this.styles=[i,l`
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
    `]}willUpdate(e){e.has(`number`)&&(this.shown=``)}updated(){if(this.leaving!==null&&!this.orders.rows.get(this.leaving)?.open&&(this.leaving=null,this.renderRoot.activeElement===null&&this.renderRoot.querySelector(`h2`)?.focus()),!this.number||this.shown===this.number)return;let e=this.renderRoot.querySelector(`[data-number="${CSS.escape(this.number)}"]`);e!==null&&(this.shown=this.number,e.scrollIntoView({block:`center`}),e.focus({preventScroll:!0}))}render(){let{standing:e,error:n}=this.orders,i=[...this.orders.rows.values()];return t`<div class="stack">
      <csj-standing .app=${this.app} .standing=${e} .error=${n}></csj-standing>
      ${i.length||e===`live`?this.list(i):r}
      <csj-work-order-form .app=${this.app}></csj-work-order-form>
    </div>`}list(e){let{open:n,completed:i}=_(e,this.search),a=n.filter(e=>g(e,this.now)).length,o=Number(this.number);return t`
      <div class="row bar">
        <label
          >${this.t(`work_orders.search`)}
          <input
            type="search"
            .value=${this.search}
            @input=${e=>this.search=e.target.value}
        /></label>
        <span class="dim" role="status">${this.t(`work_orders.count`,{open:n.length,overdue:a})}</span>
        <button class="main" @click=${()=>this.form.ask(null)}>${this.t(`work_orders.create`)}</button>
      </div>
      ${this.number&&!this.orders.rows.has(o)&&!this.orders.loading?t`<csj-notice .app=${this.app} kind="empty" .text=${this.t(`work_orders.not_there`)}></csj-notice>`:r}
      <section class="stack">
        <h2 tabindex="-1">${this.t(`work_orders.open`)}</h2>
        ${n.length?this.rows(n):t`<csj-notice .app=${this.app} kind="empty" .text=${this.nothing_(e)}></csj-notice>`}
      </section>
      ${i.length?t`<details ?open=${i.some(e=>e.number===o)}>
            <summary>${this.t(`work_orders.completed`,{count:i.length})}</summary>
            ${this.rows(i)}
          </details>`:r}
    `}nothing_(e){return this.orders.loading?this.t(`work_orders.loading`):this.t(this.search&&e.some(e=>e.open)?`work_orders.none_fits`:`work_orders.none`)}rows(e){return t`<div class="rows">
      ${c(e,({number:e})=>e,e=>t`<csj-work-order
          tabindex="-1"
          data-number=${e.number}
          .app=${this.app}
          .order=${e}
          .now=${this.now}
          ?current=${String(e.number)===this.number}
          @completed=${()=>{this.leaving=e.number,this.requestUpdate()}}
          @edit=${()=>this.form.ask(e)}
        ></csj-work-order>`)}
    </div>`}};o([e()],w.prototype,`number`,void 0),o([n()],w.prototype,`search`,void 0),o([n()],w.prototype,`now`,void 0),o([f(`csj-work-order-form`)],w.prototype,`form`,void 0),w=o([s(`csj-work-orders-page`)],w);export{w as CsjWorkOrdersPage};