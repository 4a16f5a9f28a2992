import{C as e,D as t,S as n,T as r,_ as i,g as a,h as o,k as s,m as c,x as l,y as u}from"./elements.js";import"./csj-dialog.js";import{i as d,n as f,r as p,t as m}from"./cards.js";var h=90,g=20,_=class extends c{constructor(...e){super(...e),this.deviceId=``,this.newest=``,this.payments=null,this.error=``,this.open=!1}static{this.styles=[i,s`
      summary {
        cursor: pointer;
        font-weight: 500;
        color: var(--csj-accent-text);
        padding: 6px 0;
      }
      ol {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 12px;
        padding: 8px 0;
        border-bottom: 1px solid var(--csj-line);
      }
      li:last-child {
        border-bottom: none;
      }
    `]}updated(e){this.open&&(e.has(`newest`)||e.has(`deviceId`))&&this.ask()}render(){return t`<details @toggle=${this.toggled}>
      <summary>${this.w(`cards.credit.history`)}</summary>
      ${this.error?t`<p class="critical" role="alert">${this.error}</p>`:this.payments===null?t`<p class="dim" role="status">${this.t(`notice.wait`)}</p>`:this.list(this.payments)}
    </details>`}list(e){if(!e.length)return t`<p class="dim">${this.w(`cards.credit.no_payments`,{days:h})}</p>`;let{format:n}=this.app;return t`<ol>
      ${e.slice(0,g).map(e=>t`<li>
          <span>${this.w(`cards.credit.kinds.${e.kind}`)}</span>
          <span class="number">${n.credit(e.amount,e.unit)}</span>
          <span class="small dim">${n.dateTime(e.at)}${e.note?t`, ${e.note}`:r}</span>
          <span class="small ${e.state===`refused`?`critical`:e.state===`uncertain`?`warning`:`dim`}">
            ${this.t(`meter.payments.${e.state}`)}
          </span>
        </li>`)}
    </ol>`}toggled(e){this.open=e.target.open,this.open&&this.ask()}async ask(){try{let e=await this.app.act(`list_payments`,{device_id:this.deviceId,days:h});this.payments=e.payments.toReversed(),this.error=``}catch(e){this.error=this.app.sentence(e)}}w(e,t){return this.app.texts.get(e,t)}};a([e()],_.prototype,`deviceId`,void 0),a([e()],_.prototype,`newest`,void 0),a([n()],_.prototype,`payments`,void 0),a([n()],_.prototype,`error`,void 0),_=a([o(`csj-payments`)],_);var v=new Map;function y(e,t){let n=v.get(e)??new Map;v.set(e,n);let r=T(t),i=n.get(r)?.key??m();return n.has(r)||n.set(r,{key:i,doubt:null}),i}function b(e,t){return v.get(e)?.get(T(t))?.key}function x(e){return[...v.get(e)?.values()??[]].map(({key:e})=>e)}function S(e,t,n){for(let r of v.get(e)?.values()??[])r.key===t&&(r.doubt=n)}function C(e,t){let n=v.get(e);for(let[e,r]of n??[])r.key===t&&n?.delete(e)}function w(e){let t=[...v.get(e)?.values()??[]].map(e=>e.doubt);return t.find(e=>e===`lost`)??t.find(e=>e!==null)??null}function T({method:e,text:t}){return`${e} ${e===`amount`?Number(t.trim().replace(`,`,`.`)).toFixed(2):t.replace(/[\s-]/g,``).toUpperCase()}`}var E=new Set([`top_up_refused`,`token_refused`,`rival_top_up`,`key_reused`]),D=new Set([`link_down`,`unit_silent`,`garbled_reply`,`stale_reply`,`refused`,`foreign_meter`,`meter_frozen`,`implausible_reading`,`no_key`,`wrong_key`,`locked_out`,`not_offered`,`meter_busy`,`count_moved`,`shutting_down`,`ledger_unavailable`,`ledger_too_new`,`count_fell`,`credit_unknown`,`not_sendable`]),O=new Set([`service_validation_error`,`unauthorized`,`invalid_format`,`not_found`]);function k(e,t){if(u(e))return`lost`;let{code:n,translation_key:r}=e,i=r??``;return E.has(i)?`known`:i===`top_up_pending`?`kept`:O.has(n)||D.has(i)?t?`kept`:`known`:`uncertain`}var A=90,j=class extends c{constructor(...e){super(...e),this.deviceId=``,this.unit=``,this.methods=[],this.newest=``,this.method=null,this.text=``,this.busy=!1,this.payment=null,this.wasSent=!1,this.failure=``}static{this.styles=[i,s`
      form,
      .fields {
        display: grid;
        gap: 12px;
      }
      .receipt {
        border: 1px solid var(--csj-line);
        border-inline-start: 4px solid currentColor;
        border-radius: 8px;
        padding: 12px;
        margin-top: 12px;
      }
      .receipt dl {
        color: var(--csj-text);
        grid-template-columns: repeat(auto-fill, minmax(110px, 1fr));
        margin: 8px 0 0;
      }
      fieldset {
        border: none;
        padding: 0;
        margin: 0;
      }
      input[type="radio"] {
        accent-color: var(--csj-accent);
      }
      legend {
        padding: 0;
        margin-bottom: 4px;
        font-size: 12px;
        color: var(--csj-dim);
      }
      button {
        max-width: 100%;
      }
    `]}updated(e){!this.busy&&(e.has(`newest`)||e.has(`deviceId`))&&this.find()}render(){let e=this.chosen;return t`
      ${this.busy?t`<progress aria-label=${this.w(`cards.credit.under_way`)}></progress>`:r}
      <button class="main" ?disabled=${this.busy} @click=${this.begin}>${this.w(`cards.credit.top_up`)}</button>
      <div role="status">${this.busy?t`<p>${this.w(`cards.credit.under_way`)}</p>`:r} ${this.payment===null||this.busy?r:this.receipt(this.payment)}</div>
      ${this.trouble?t`<p class="critical" role="alert">${this.trouble}</p>`:r}
      <csj-dialog .app=${this.app} heading=${this.w(`cards.credit.top_up`)} action=${this.w(`cards.credit.send`)} .work=${()=>this.send()}>
        <div class="fields">
          ${this.methods.length>1?this.choice(e):r}
          <label>
            ${this.w(`cards.credit.entry_of.${e}`,{unit:this.unit})}
            <input
              name="entry"
              autocomplete="off"
              autocapitalize=${e===`voucher`?`characters`:`off`}
              inputmode=${e===`amount`?`decimal`:e===`token`?`numeric`:`text`}
              maxlength="100"
              .value=${this.text}
              @input=${e=>this.text=e.target.value}
              @keydown=${e=>e.key===`Enter`&&this.dialog.renderRoot.querySelector(`form`)?.requestSubmit()}
            />
          </label>
          <p class="small dim">${this.w(`cards.credit.hint_of.${e}`)}</p>
          ${this.busy?t`<div role="status">
                <progress aria-label=${this.w(`cards.credit.under_way`)}></progress>
                <p class="small">${this.w(`cards.credit.under_way`)}</p>
              </div>`:r}
        </div>
      </csj-dialog>
    `}get trouble(){if(this.busy)return``;let e=w(this.deviceId);return e===null?this.failure:this.w(e===`lost`?`cards.credit.outcome_lost`:`cards.credit.outcomes.uncertain`)}get chosen(){return this.method!==null&&this.methods.includes(this.method)?this.method:this.methods[0]}choice(e){return t`<fieldset>
      <legend>${this.w(`cards.credit.with`)}</legend>
      <div class="row">
        ${this.methods.map(n=>t`<label class="check">
            <input
              type="radio"
              name="method"
              .checked=${n===e}
              ?disabled=${this.busy}
              @change=${()=>{this.method=n,this.text=``}}
            />
            ${this.w(`cards.credit.methods.${n}`)}
          </label>`)}
      </div>
    </fieldset>`}receipt(e){let{format:n}=this.app,i=t=>n.credit(t,e.unit),a=e.state===`done`?`good`:e.state===`refused`?`critical`:`warning`,o=[[`amount`,i(e.amount)],[`balance_before`,i(e.balance_before)],[`balance_after`,i(e.balance_after)],[`at`,n.dateTime(e.at,{seconds:!0})],[`number`,e.id.slice(0,8)]];return t`<section class="receipt ${a}" aria-label=${this.w(`cards.credit.receipt`)}>
      <p><strong>${this.w(`cards.credit.outcomes.${e.state}`)}</strong></p>
      ${e.state===`refused`&&e.reason!==null?t`<p>${this.w(`cards.credit.reasons.${e.reason}`)}</p>`:r}
      ${this.wasSent?t`<p>${this.w(`cards.credit.sent_before`)}</p>`:r}
      <dl>
        ${o.map(([e,n])=>t`<div><dt>${this.w(`cards.credit.receipt_of.${e}`)}</dt><dd class="number">${n}</dd></div>`)}
      </dl>
    </section>`}begin(){this.failure=``,this.text=``,this.dialog.show()}async send(){let e=this.deviceId,t={method:this.chosen,text:this.text};if(!p(t))throw{code:`invalid_format`,message:this.w(`cards.credit.not_possible`)};let n=b(e,t);this.busy=!0,this.failure=``,this.payment=null,this.wasSent=!1;try{let r=n===void 0?void 0:(await this.looked()).find(({key:e})=>e===n);if(this.wasSent=r!==void 0,r!==void 0&&d(r)){this.payment=r;return}let i=y(e,t);try{this.payment=await this.app.act(...f(t,e,i)),d(this.payment)&&C(e,i)}catch(e){throw this.failed(e,i,n!==void 0)}}finally{this.busy=!1,this.dispatchEvent(new Event(`paid`))}}failed(e,t,n){let r=k(e,n);r===`known`?C(this.deviceId,t):r!==`kept`&&S(this.deviceId,t,r);let i=r===`lost`?{code:`lost`,message:this.w(`cards.credit.outcome_lost`)}:e;return this.failure=this.app.sentence(i),i}async find(){let e=x(this.deviceId);if(!e.length)return;let t=(await this.looked()).findLast(t=>e.includes(t.key)&&d(t));t===void 0||this.busy||(this.wasSent=!1,this.failure=``,this.payment=t)}async looked(){let e=this.deviceId;try{let{payments:t}=await this.app.act(`list_payments`,{device_id:e,days:A});for(let n of t)n.key&&d(n)&&C(e,n.key);return t}catch{return[]}}w(e,t){return this.app.texts.get(e,t)}};a([e()],j.prototype,`deviceId`,void 0),a([e()],j.prototype,`unit`,void 0),a([e({attribute:!1})],j.prototype,`methods`,void 0),a([e()],j.prototype,`newest`,void 0),a([n()],j.prototype,`method`,void 0),a([n()],j.prototype,`text`,void 0),a([n()],j.prototype,`busy`,void 0),a([n()],j.prototype,`payment`,void 0),a([n()],j.prototype,`wasSent`,void 0),a([n()],j.prototype,`failure`,void 0),a([l(`csj-dialog`)],j.prototype,`dialog`,void 0),j=a([o(`csj-top-up`)],j);