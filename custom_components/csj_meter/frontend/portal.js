import{_ as e,b as t,c as n,g as r,h as i,i as a,l as o,m as s,p as c,u as l,v as u,x as d,y as f}from"./elements.js";var p=`/csj_meter/portal`,m=class extends Error{constructor(e,t,n){super(t),this.status=e,this.word=t,this.wait=n}};async function h(e,t,n,r=30){let i;try{i=await fetch(`${p}${t}`,{method:e,cache:`no-store`,credentials:`same-origin`,redirect:`error`,signal:AbortSignal.timeout(r*1e3),...n===void 0?{}:{body:JSON.stringify(n),headers:{"Content-Type":`application/json`,"X-CSJ-Portal":`1`}}})}catch{throw new m(0,`lost`,0)}if(!i.ok){let e=await i.json().catch(()=>({}));throw new m(i.status,e.error??`broken`,Number(i.headers.get(`Retry-After`)??0))}return i}async function g(e){return await(await e).json()}var _=(e,t=!1)=>h(`POST`,`/session`,{token:e,instead:t}),v=()=>h(`DELETE`,`/session`,{}),y=()=>g(h(`GET`,`/api/overview`)),b=e=>g(h(`GET`,`/api/hours?day=${e}`)),x=e=>h(`POST`,`/api/message`,{text:e}),S=e=>h(`POST`,`/api/dismiss_tip`,{key:e}),C=(e,t,n)=>g(h(`POST`,`/api/top_up`,{kind:e,code:t,key:n},120)),w=e=>`${p}/api/csv?resolution=${e}`,T=e=>`${p}/api/statement?month=${e}`;function E(e){let t=e.trim().split(`#`).pop()??``;return/^[\w-]{20,128}$/.test(t)?t:``}function D(){return Array.from(crypto.getRandomValues(new Uint8Array(16)),e=>e.toString(16).padStart(2,`0`)).join(``)}var O=d`
  :host {
    font-size: 16px;
  }
  h2 {
    font-size: 18px;
    font-weight: 600;
  }
  h3 {
    font-size: 16px;
    font-weight: 600;
  }
  .small,
  label,
  dt,
  th {
    font-size: 14px;
  }
  button,
  .button {
    min-height: 44px;
  }
  .group button {
    min-height: 44px;
  }
  input:not([type="checkbox"], [type="radio"]),
  select,
  textarea {
    font-size: 16px;
    min-height: 44px;
    width: 100%;
  }
  .chip {
    font-size: 14px;
    white-space: normal;
  }
  .big {
    font-size: 36px;
    font-weight: 600;
    line-height: 1.15;
    overflow-wrap: anywhere;
  }
  ul {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  summary {
    cursor: pointer;
    min-height: 44px;
    display: flex;
    align-items: center;
    color: var(--csj-accent-text);
    font-weight: 500;
  }
`,k=class extends e{static{this.styles=[l,O]}t(e,t){return this.portal.texts.get(e,t)}counted(e,t){return this.t(`${e}_${t===1?`one`:`other`}`,{count:t})}sentence(e){return e instanceof m?e.word===`too_many`?this.t(`error.too_many`,{minutes:Math.max(1,Math.ceil(e.wait/60))}):this.word(e.word):this.t(`error.broken`)}word(e){let t=`error.${e}`;return this.portal.texts.has(t)?this.t(t):this.t(`error.broken`)}shouldUpdate(){return this.portal!==void 0}};o([r({attribute:!1})],k.prototype,`portal`,void 0);var A=3,j={critical:`critical`,warning:`warning`,info:`dim`},M=class extends k{static{this.styles=[l,O,d`
      li {
        padding: 10px 0;
        border-top: 1px solid var(--csj-line);
      }
      li:first-child {
        border-top: none;
        padding-top: 0;
      }
    `]}render(){let{alerts:e,usage:t,summary:n,credit:r}=this.shown,i=e.slice(A),a=t?.week.energy??null;return f`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t(`alerts.heading`)}</h2>
      ${e.length?this.list(e.slice(0,A)):f`<p class="good dot row">${this.t(`alerts.none`)}</p>`}
      ${i.length?f`<details>
            <summary>${this.t(`alerts.more`,{count:i.length})}</summary>
            ${this.list(i)}
          </details>`:u}
      <div class="stack">
        <h3>${this.t(`summary.heading`)}</h3>
        <dl>
          <div>
            <dt>${this.t(`summary.used`)}</dt>
            <dd class="number">${a===null?`–`:this.portal.format.measured(a,`kWh`)}</dd>
          </div>
          <div>
            <dt>${this.t(`summary.alerts`)}</dt>
            <dd class="number">${n.alerts}</dd>
          </div>
          ${r===null?u:f`<div>
                <dt>${this.t(`summary.topped_up`)}</dt>
                <dd class="number">${this.portal.format.credit(n.topped_up,r.unit)}</dd>
              </div>`}
        </dl>
      </div>
    </section>`}list(e){let{format:t}=this.portal;return f`<ul>
      ${e.map(e=>f`<li>
          <div class="row">
            <span class="${e.active?j[e.severity]:`neutral`} chip">
              ${e.active?e.severity_word:this.t(`alerts.over`)}
            </span>
            <b>${e.title}</b>
          </div>
          <p>${e.text} ${e.action}</p>
          <p class="small dim">
            ${e.until===null?this.t(`alerts.since`,{at:t.dateTime(e.since)}):this.t(`alerts.span`,{since:t.dateTime(e.since),until:t.dateTime(e.until)})}
          </p>
        </li>`)}
    </ul>`}};o([r({attribute:!1})],M.prototype,`shown`,void 0),M=o([n(`csj-portal-alerts`)],M);var N=90,P=class extends k{constructor(...e){super(...e),this.kind=`voucher`,this.busy=!1,this.result=null,this.error=``,this.entry=null}static{this.styles=[l,O,d`
      fieldset {
        border: none;
        margin: 0;
        padding: 0;
        display: flex;
        flex-wrap: wrap;
        gap: 4px 20px;
      }
      legend {
        padding: 0;
        font-size: 14px;
        color: var(--csj-dim);
      }
      label.check {
        min-height: 44px;
        font-size: 16px;
      }
      input[type="radio"] {
        width: 20px;
        height: 20px;
        accent-color: var(--csj-accent);
      }
      input[name="code"] {
        font-variant-numeric: tabular-nums;
        letter-spacing: 0.04em;
      }
      .chip {
        margin: 8px 0 4px;
      }
      form {
        border-top: 1px solid var(--csj-line);
        padding-top: 16px;
      }
    `]}render(){return f`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t(`credit.heading`)}</h2>
      ${this.balance()} ${this.form()}
    </section>`}balance(){let e=this.shown.credit;if(e===null||e.balance===null)return f`<p class="dim">${this.t(`credit.none`)}</p>`;let t=e.days,n=t!==null&&t<1?`critical`:e.low||t!==null&&t<=3?`warning`:`good`;return f`<div>
      <p class="big number">${this.portal.format.credit(e.balance,e.unit)}</p>
      ${t===null?u:f`<p class="${n} dot chip">${this.lasts(t)}</p>`}
      ${e.low?f`<p class=${n}>${this.t(`credit.low`)}</p>`:u}
      ${e.at?f`<p class="small dim">${this.t(`credit.read`,{at:this.portal.format.ago(e.at)})}</p>`:u}
    </div>`}lasts(e){return e>N?this.t(`credit.days_many`,{count:N}):this.counted(`credit.days`,Math.floor(e))}form(){if(!this.shown.can_top_up)return f`<p class="dim">${this.t(`top_up.not_possible`)}</p>`;let e=this.result?.state===`uncertain`;return f`<form class="stack" @submit=${this.submit} aria-labelledby="top-up">
      <h3 id="top-up">${this.t(`top_up.heading`)}</h3>
      <fieldset ?disabled=${this.busy||e}>
        <legend>${this.t(`top_up.kind`)}</legend>
        ${[`voucher`,`token`].map(e=>f`<label class="check">
            <input
              type="radio"
              name="kind"
              value=${e}
              .checked=${this.kind===e}
              @change=${()=>{this.kind=e}}
            />
            ${this.t(`top_up.kind_${e}`)}
          </label>`)}
      </fieldset>
      <label>
        ${this.t(`top_up.${this.kind}`)}
        <input
          name="code"
          required
          maxlength="64"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          inputmode=${this.kind===`token`?`numeric`:`text`}
          ?readonly=${this.busy||e}
        />
      </label>
      <button class="main" ?disabled=${this.busy}>
        ${this.busy?this.t(`top_up.sending`):this.t(e?`top_up.ask`:`top_up.send`)}
      </button>
      <div role="status">${this.outcome()}</div>
    </form>`}outcome(){if(this.error)return f`<p class="critical">${this.error}</p>`;let e=this.result;switch(e?.state){case`done`:return f`<p class="good">
          ${e.amount===null||e.balance===null?this.t(`top_up.done_plain`):this.t(`top_up.done`,{amount:this.portal.format.credit(e.amount,e.unit),balance:this.portal.format.credit(e.balance,e.unit)})}
        </p>`;case`refused`:return f`<p class="critical">${this.word(e.word)}</p>`;case`uncertain`:return f`<p class="warning">${this.t(`top_up.uncertain`)}</p>`;default:return u}}async submit(e){if(e.preventDefault(),this.busy)return;let t=this.input.value.trim();if(t){(this.entry===null||this.entry.code!==t||this.entry.kind!==this.kind)&&(this.entry={kind:this.kind,code:t,key:D()}),this.busy=!0,this.error=``,this.result=null;try{this.result=await C(this.entry.kind,this.entry.code,this.entry.key),this.result.state!==`uncertain`&&(this.entry=null),this.result.state===`done`&&(this.input.value=``,this.dispatchEvent(new Event(`changed`,{bubbles:!0,composed:!0})))}catch(e){this.error=this.sentence(e)}finally{this.busy=!1}}}};o([r({attribute:!1})],P.prototype,`shown`,void 0),o([i()],P.prototype,`kind`,void 0),o([i()],P.prototype,`busy`,void 0),o([i()],P.prototype,`result`,void 0),o([i()],P.prototype,`error`,void 0),o([s(`input[name=code]`)],P.prototype,`input`,void 0),P=o([n(`csj-portal-credit`)],P);var F=class extends k{constructor(...e){super(...e),this.month=``}render(){let e=this.shown.months,t=this.month||e[0];return f`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t(`downloads.heading`)}</h2>
      <p class="dim">${this.t(`downloads.lead`)}</p>
      <div class="row">
        <a class="button" href=${w(`hour`)} download>${this.t(`downloads.csv_hour`)}</a>
        <a class="button" href=${w(`minute`)} download>${this.t(`downloads.csv_minute`)}</a>
      </div>
      ${t===void 0?u:f`<div class="stack">
            <label>
              ${this.t(`downloads.month`)}
              <select
                @change=${e=>{this.month=e.target.value}}
              >
                ${e.map(e=>f`<option value=${e} ?selected=${e===t}>${this.name(e)}</option>`)}
              </select>
            </label>
            <a class="button" href=${T(t)} target="_blank" rel="noopener noreferrer">
              ${this.t(`downloads.open`)}
            </a>
          </div>`}
    </section>`}name(e){return new Intl.DateTimeFormat(document.documentElement.lang,{month:`long`,year:`numeric`}).format(new Date(`${e}-15T12:00:00`))}};o([r({attribute:!1})],F.prototype,`shown`,void 0),o([i()],F.prototype,`month`,void 0),F=o([n(`csj-portal-downloads`)],F);var I=class extends k{constructor(...e){super(...e),this.error=``}static{this.styles=[l,O,d`
      :host {
        padding-top: max(24px, env(safe-area-inset-top));
      }
      h1 {
        font-size: 24px;
        font-weight: 600;
      }
    `]}render(){return f`<div class="card stack">
      <h1>${this.t(`entry.heading`)}</h1>
      <p>${this.t(`entry.lead`)}</p>
      ${this.error?f`<p class="critical" role="alert">${this.error}</p>`:u}
      <form class="stack" @submit=${this.submit}>
        <label>
          ${this.t(`entry.field`)}
          <input type="url" required autocomplete="off" autocapitalize="off" spellcheck="false" inputmode="url" />
        </label>
        <button class="main">${this.t(`entry.open`)}</button>
      </form>
    </div>`}submit(e){e.preventDefault();let t=E(this.input.value);this.input.value=``,t?this.dispatchEvent(new CustomEvent(`entered`,{detail:t})):this.error=this.t(`entry.refused`)}};o([r()],I.prototype,`error`,void 0),o([s(`input`)],I.prototype,`input`,void 0),I=o([n(`csj-portal-entry`)],I);var L=1e3,R=class extends k{constructor(...e){super(...e),this.busy=!1,this.sent=!1,this.error=``}render(){return f`<section class="card" aria-labelledby="heading">
      <form class="stack" @submit=${this.submit}>
        <h2 id="heading">${this.t(`message.heading`)}</h2>
        <label>
          ${this.t(`message.field`)}
          <textarea rows="4" maxlength=${L} aria-describedby="hint"></textarea>
        </label>
        <p id="hint" class="small dim">${this.t(`message.hint`,{count:L})}</p>
        <button class="main" ?disabled=${this.busy}>${this.t(`message.send`)}</button>
        <div role="status">
          ${this.error?f`<p class="critical">${this.error}</p>`:u}
          ${this.sent?f`<p class="good">${this.t(`message.done`)}</p>`:u}
        </div>
      </form>
    </section>`}async submit(e){if(e.preventDefault(),this.busy)return;let t=this.field.value.trim();if(this.sent=!1,this.error=t?``:this.t(`message.empty`),t){this.busy=!0;try{await x(t),this.field.value=``,this.sent=!0}catch(e){this.error=this.sentence(e)}finally{this.busy=!1}}}};o([i()],R.prototype,`busy`,void 0),o([i()],R.prototype,`sent`,void 0),o([i()],R.prototype,`error`,void 0),o([s(`textarea`)],R.prototype,`field`,void 0),R=o([n(`csj-portal-message`)],R);var z=class extends k{static{this.styles=[l,O,d`
      li {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 12px;
        padding: 8px 0;
        border-top: 1px solid var(--csj-line);
      }
      li:first-child {
        border-top: none;
        padding-top: 0;
      }
    `]}render(){let{payments:e}=this.shown,{format:t}=this.portal;return f`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t(`payments.heading`)}</h2>
      ${e.length===0?f`<p class="dim">${this.t(`payments.none`)}</p>`:f`<ul>
            ${e.map(e=>f`<li>
                <span>${t.dateTime(e.at)}</span>
                <b class="number">
                  ${e.amount===null?this.t(`payments.amount_unknown`):t.credit(e.amount,e.unit)}
                </b>
                <span class="small dim">${this.t(`payments.${e.state}`)}</span>
              </li>`)}
          </ul>`}
    </section>`}};o([r({attribute:!1})],z.prototype,`shown`,void 0),z=o([n(`csj-portal-payments`)],z);var B=class extends k{constructor(...e){super(...e),this.busy=!1,this.error=``}static{this.styles=[l,O,d`
      li {
        display: grid;
        gap: 8px;
        border-radius: 8px;
        padding: 12px;
        background: color-mix(in srgb, var(--csj-accent-text) 9%, transparent);
      }
      li + li {
        margin-top: 12px;
      }
      dl {
        grid-template-columns: repeat(auto-fill, minmax(120px, 1fr));
      }
      button {
        justify-self: start;
      }
    `]}render(){return f`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t(`tips.heading`)}</h2>
      <ul>
        ${this.shown.tips.map(e=>this.tip(e))}
      </ul>
      ${this.error?f`<p class="critical" role="alert">${this.error}</p>`:u}
    </section>`}tip(e){return f`<li>
      <p>${e.text}</p>
      <dl>
        ${e.figures.map(({label:e,value:t,unit:n})=>f`<div>
            <dt>${e}</dt>
            <dd class="number">${this.figure(t,n)}</dd>
          </div>`)}
      </dl>
      <button ?disabled=${this.busy} @click=${()=>this.dismiss(e)}>${this.t(`tips.dismiss`)}</button>
    </li>`}figure(e,t){if(typeof e!=`number`)return e;let{format:n}=this.portal;return t!==null&&/^[A-Z]{3}$/.test(t)?n.credit(e,t):n.measured(e,t)}async dismiss(e){this.busy=!0,this.error=``;try{await S(e.key),this.dispatchEvent(new Event(`changed`,{bubbles:!0,composed:!0}))}catch(e){this.error=this.sentence(e)}this.busy=!1}};o([r({attribute:!1})],B.prototype,`shown`,void 0),o([i()],B.prototype,`busy`,void 0),o([i()],B.prototype,`error`,void 0),B=o([n(`csj-portal-tips`)],B);function V(e){let t=Math.max(...e.map(e=>e??0),0);return e.map(e=>e===null?null:t&&e>0?Math.max(.02,e/t):0)}function H(e,t){let n=Math.max(1,Math.ceil(e/t));return Array.from({length:e},(e,t)=>t%n===0)}function U(e){let t=e.at(-1)?.day.slice(0,7);return e.filter(e=>e.day.slice(0,7)===t)}var W=[`today`,`week`,`month`],G=.03,K=class extends k{constructor(...e){super(...e),this.span=`week`,this.day=null,this.error=``}static{this.styles=[l,O,d`
      .spans {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 6px;
      }
      .spans button {
        display: grid;
        gap: 0;
        padding: 8px 4px;
        border-radius: 12px;
        font-weight: 400;
        color: var(--csj-text);
        line-height: 1.3;
      }
      .spans b {
        font-weight: 600;
      }
      .bars {
        display: flex;
        align-items: flex-end;
        gap: 2px;
        height: 150px;
      }
      .bars > * {
        flex: 1 1 0;
        min-width: 0;
        height: 100%;
        display: flex;
        flex-direction: column;
        justify-content: flex-end;
        gap: 2px;
        padding: 0;
        border: none;
        border-radius: 4px;
      }
      .bars svg {
        flex: 1;
        min-height: 0;
        width: 100%;
        fill: var(--csj-accent-text);
      }
      .bars span {
        font-size: 12px;
        line-height: 16px;
        height: 16px;
        text-align: center;
        color: var(--csj-dim);
        white-space: nowrap;
        font-weight: 400;
      }
    `]}render(){let e=this.shown.usage;return f`<section class="card stack" aria-labelledby="heading">
      <div class="row spread">
        <h2 id="heading">${this.t(`usage.heading`)}</h2>
        ${this.now()}
      </div>
      ${e===null?f`<p class="dim">${this.t(`usage.none`)}</p>`:f`<div class="spans" role="group" aria-labelledby="heading">
              ${W.map(t=>f`<button
                  class=${this.span===t?`on`:``}
                  aria-pressed=${this.span===t}
                  @click=${()=>this.choose(t)}
                >
                  <span class="small dim">${this.t(`usage.${t}`)}</span>
                  <b class="number">${this.energy(e[t])}</b>
                  <span class="small number">${this.cost(e[t])}</span>
                </button>`)}
            </div>
            ${this.change(e.week.change)} ${this.course()}`}
      ${this.error?f`<p class="critical" role="alert">${this.error}</p>`:u}
    </section>`}energy(e){return e.energy===null?`–`:this.portal.format.measured(e.energy,`kWh`)}cost(e){let t=this.shown.credit?.unit===`kWh`?this.shown.currency:this.shown.credit?.unit??this.shown.currency;return e.cost===null?``:this.portal.format.credit(e.cost,t)}change(e){if(e===null)return u;let t=this.portal.format.percent(Math.abs(e),0),n=Math.abs(e)<G?`same`:e>0?`more`:`less`;return f`<p>${this.t(`usage.${n}`,{percent:t})}</p>`}now(){return this.shown.power===null||!this.shown.online?u:f`<p class="dim number">${this.t(`usage.now`)}: ${this.portal.format.measured(this.shown.power,`W`)}</p>`}get clock(){return new Intl.DateTimeFormat(`en-GB`,{hour:`2-digit`,hourCycle:`h23`,timeZone:this.shown.time_zone})}bars(){let{format:e}=this.portal;if(this.day!==null)return this.day.hours.map(t=>{let n=t.at*1e3;return{label:e.time(n),short:this.clock.format(n),energy:t.energy}});let t=this.shown.usage?.days??[];return(this.span===`month`?U(t):t.slice(-7)).map(t=>({label:e.date(`${t.day}T12:00:00`),short:String(Number(t.day.slice(8))),energy:t.energy,day:t.day}))}course(){let e=this.bars(),n=V(e.map(e=>e.energy)),r=H(e.length,this.day===null?16:8),i=this.day===null&&this.span===`week`,a=this.day===null?this.t(`usage.chart_days`):this.t(`usage.chart_hours`,{day:this.portal.format.date(`${this.day.day}T12:00:00`)});return f`<div class="stack">
      <h3>${a}</h3>
      <div class="bars" role=${i?`group`:`img`} aria-label=${a}>
        ${e.map((e,a)=>{let o=n[a],s=f`<svg viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true">
              ${o==null?u:t`<rect x="1" width="8" y=${100-o*100} height=${o*100}></rect>`}
            </svg>
            <span aria-hidden="true">${r[a]?e.short:``}</span>`;return i?f`<button
            aria-label="${e.label}: ${this.measured(e.energy)}"
            @click=${()=>e.day&&this.look(e.day)}
          >
            ${s}
          </button>`:f`<div>${s}</div>`})}
      </div>
      ${i?f`<p class="small dim">${this.t(`usage.pick`)}</p>`:u}
      ${this.day!==null&&this.span===`week`?f`<button @click=${()=>this.choose(`week`)}>${this.t(`usage.back`)}</button>`:u}
      <details>
        <summary>${this.t(`usage.table`)}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">${this.t(this.day===null?`usage.day`:`usage.hour`)}</th>
              <th scope="col" class="number">${this.t(`usage.energy`)}</th>
            </tr>
          </thead>
          <tbody>
            ${e.map(e=>f`<tr>
                <td>${e.label}</td>
                <td class="number">${e.energy===null?this.t(`usage.unknown`):this.portal.format.number(e.energy,2)}</td>
              </tr>`)}
          </tbody>
        </table>
      </details>
    </div>`}measured(e){return e===null?this.t(`usage.unknown`):this.portal.format.measured(e,`kWh`)}async choose(e){this.span=e,this.error=``,e===`today`?this.shown.usage&&await this.look(this.shown.usage.days.at(-1)?.day??``):this.day=null}async look(e){this.error=``;try{this.day=await b(e)}catch(e){this.error=this.sentence(e)}}};o([r({attribute:!1})],K.prototype,`shown`,void 0),o([i()],K.prototype,`span`,void 0),o([i()],K.prototype,`day`,void 0),o([i()],K.prototype,`error`,void 0),K=o([n(`csj-portal-usage`)],K);var q=class{constructor(e){this.texts=e}get(e,t={}){let n=(this.texts[e]??e).replace(/\{(\w+)\}/g,(e,n)=>String(t[n]??e));return a(n)}has(e){return e in this.texts}};function J(){return new q(JSON.parse(document.getElementById(`texts`)?.textContent??`{}`))}var Y=6e4,X=class extends k{static{this.styles=[l,O,d`
      main,
      header {
        max-width: 600px;
        margin: 0 auto;
        padding: 0 16px;
      }
      header {
        padding-top: max(20px, env(safe-area-inset-top));
        padding-bottom: 12px;
      }
      h1 {
        font-size: 24px;
        font-weight: 600;
        line-height: 1.2;
      }
      main {
        padding-bottom: max(32px, env(safe-area-inset-bottom));
      }
      .note {
        padding: 12px 16px;
      }
    `]}constructor(){super(),this.shown=null,this.stage=`wait`,this.error=``,this.shownAt=0,this.timer=0,this.enter=async()=>{let e=E(location.hash);location.hash&&history.replaceState(null,``,location.pathname),e?await this.openWith(e):await this.load()},this.look=()=>{document.visibilityState===`visible`&&this.stage===`open`&&Date.now()-this.shownAt>=Y&&this.load()},this.tried=location.hash!==``,this.portal=this.handed(J(),document.documentElement.lang||`en`)}connectedCallback(){super.connectedCallback(),this.replaceChildren(),window.addEventListener(`hashchange`,this.enter),document.addEventListener(`visibilitychange`,this.look),this.timer=window.setInterval(this.look,Y/2),this.enter()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(`hashchange`,this.enter),document.removeEventListener(`visibilitychange`,this.look),window.clearInterval(this.timer)}async openWith(e){this.error=``,this.stage=`wait`;try{await _(e).catch(async t=>{if(!(t instanceof m)||t.word!==`another_is_open`)throw t;window.confirm(this.t(`entry.instead`))&&await _(e,!0)})}catch(e){this.refuse(e);return}await this.load()}async load(){try{let e=await y();document.documentElement.lang=e.language,this.portal=this.handed(new q(e.texts),e.language,e),this.shown=e,this.shownAt=Date.now(),this.stage=`open`,this.error=``}catch(e){this.refuse(e)}}refuse(e){let t=(e instanceof m?e.status:-1)===401;if(t||this.shown===null){let n=this.stage===`wait`&&this.shown===null&&t&&!this.tried;this.shown=null,this.stage=`entry`,this.error=n?``:t?this.t(`entry.refused`):this.sentence(e)}else this.stage=`open`,this.error=this.sentence(e);this.tried=!0}handed(e,t,n){return{texts:e,format:new c({language:t,number_format:`language`,time_format:`language`,time_zone:n?`server`:`local`},n?.time_zone??`UTC`,n?.currency??``)}}async leave(){try{await v(),this.shown=null,this.stage=`entry`,this.error=``}catch(e){this.error=this.sentence(e)}}render(){if(this.stage===`wait`)return f`<main><p class="note dim" role="status">${this.t(`page.loading`)}</p></main>`;if(this.stage===`entry`||this.shown===null)return f`<main>
        <csj-portal-entry
          .portal=${this.portal}
          .error=${this.error}
          @entered=${e=>this.openWith(e.detail)}
        ></csj-portal-entry>
      </main>`;let e=this.shown;return f`<header>
        <h1>${e.meter}</h1>
        <p class="dim">${e.tenant} · ${this.t(`page.updated`,{at:this.portal.format.time(this.shownAt)})}</p>
      </header>
      <main class="stack" @changed=${this.load}>
        ${this.error?f`<div class="card" role="alert">
              <p class="critical">${this.error}</p>
              <button @click=${this.load}>${this.t(`error.retry`)}</button>
            </div>`:u}
        ${e.online?u:f`<p class="card warning">${this.t(`offline`)}</p>`}
        ${e.credit===null?u:f`<csj-portal-credit .portal=${this.portal} .shown=${e}></csj-portal-credit>`}
        <csj-portal-alerts .portal=${this.portal} .shown=${e}></csj-portal-alerts>
        <csj-portal-usage .portal=${this.portal} .shown=${e}></csj-portal-usage>
        ${e.tips.length?f`<csj-portal-tips .portal=${this.portal} .shown=${e}></csj-portal-tips>`:u}
        ${e.credit===null?u:f`<csj-portal-payments .portal=${this.portal} .shown=${e}></csj-portal-payments>`}
        <csj-portal-downloads .portal=${this.portal} .shown=${e}></csj-portal-downloads>
        <csj-portal-message .portal=${this.portal}></csj-portal-message>
        <div>
          <button class="plain" @click=${this.leave}>${this.t(`leave.action`)}</button>
          <p class="small dim">${this.t(`leave.lead`)}</p>
        </div>
      </main>`}};o([i()],X.prototype,`shown`,void 0),o([i()],X.prototype,`stage`,void 0),o([i()],X.prototype,`error`,void 0),o([i()],X.prototype,`shownAt`,void 0),X=o([n(`csj-portal`)],X);