import{_ as e,b as t,c as n,f as r,g as i,h as a,l as o,m as s,p as c,s as l,v as u,y as d}from"./elements.js";var f=`/csj_meter/portal`,p=class extends Error{constructor(e,t,n){super(t),this.status=e,this.word=t,this.wait=n}};async function m(e,t,n,r=30){let i;try{i=await fetch(`${f}${t}`,{method:e,cache:`no-store`,credentials:`same-origin`,redirect:`error`,signal:AbortSignal.timeout(r*1e3),...n===void 0?{}:{body:JSON.stringify(n),headers:{"Content-Type":`application/json`,"X-CSJ-Portal":`1`}}})}catch{throw new p(0,`lost`,0)}if(!i.ok){let e=await i.json().catch(()=>({}));throw new p(i.status,e.error??`broken`,Number(i.headers.get(`Retry-After`)??0))}return i}async function h(e){return await(await e).json()}var g=(e,t=!1)=>m(`POST`,`/session`,{token:e,instead:t}),_=()=>m(`DELETE`,`/session`,{}),v=()=>h(m(`GET`,`/api/overview`)),y=e=>h(m(`GET`,`/api/hours?day=${e}`)),b=e=>m(`POST`,`/api/message`,{text:e}),x=e=>m(`POST`,`/api/dismiss_tip`,{key:e}),S=(e,t,n)=>h(m(`POST`,`/api/top_up`,{kind:e,code:t,key:n},120)),C=e=>`${f}/api/csv?resolution=${e}`,w=e=>`${f}/api/statement?month=${e}`;function T(e){let t=e.trim().split(`#`).pop()??``;return/^[\w-]{20,128}$/.test(t)?t:``}function E(){return Array.from(crypto.getRandomValues(new Uint8Array(16)),e=>e.toString(16).padStart(2,`0`)).join(``)}var D=t`
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
`,O=class extends i{static{this.styles=[o,D]}t(e,t){return this.portal.texts.get(e,t)}counted(e,t){return this.t(`${e}_${t===1?`one`:`other`}`,{count:t})}sentence(e){return e instanceof p?e.word===`too_many`?this.t(`error.too_many`,{minutes:Math.max(1,Math.ceil(e.wait/60))}):this.word(e.word):this.t(`error.broken`)}word(e){let t=`error.${e}`;return this.portal.texts.has(t)?this.t(t):this.t(`error.broken`)}shouldUpdate(){return this.portal!==void 0}};n([a({attribute:!1})],O.prototype,`portal`,void 0);var k=3,A={critical:`critical`,warning:`warning`,info:`dim`},j=class extends O{static{this.styles=[o,D,t`
      li {
        padding: 10px 0;
        border-top: 1px solid var(--csj-line);
      }
      li:first-child {
        border-top: none;
        padding-top: 0;
      }
    `]}render(){let{alerts:t,usage:n,summary:r,credit:i}=this.shown,a=t.slice(k),o=n?.week.energy??null;return u`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t(`alerts.heading`)}</h2>
      ${t.length?this.list(t.slice(0,k)):u`<p class="good dot row">${this.t(`alerts.none`)}</p>`}
      ${a.length?u`<details>
            <summary>${this.t(`alerts.more`,{count:a.length})}</summary>
            ${this.list(a)}
          </details>`:e}
      <div class="stack">
        <h3>${this.t(`summary.heading`)}</h3>
        <dl>
          <div>
            <dt>${this.t(`summary.used`)}</dt>
            <dd class="number">${o===null?`–`:this.portal.format.measured(o,`kWh`)}</dd>
          </div>
          <div>
            <dt>${this.t(`summary.alerts`)}</dt>
            <dd class="number">${r.alerts}</dd>
          </div>
          ${i===null?e:u`<div>
                <dt>${this.t(`summary.topped_up`)}</dt>
                <dd class="number">${this.portal.format.credit(r.topped_up,i.unit)}</dd>
              </div>`}
        </dl>
      </div>
    </section>`}list(e){let{format:t}=this.portal;return u`<ul>
      ${e.map(e=>u`<li>
          <div class="row">
            <span class="${e.active?A[e.severity]:`neutral`} chip">
              ${e.active?e.severity_word:this.t(`alerts.over`)}
            </span>
            <b>${e.title}</b>
          </div>
          <p>${e.text} ${e.action}</p>
          <p class="small dim">
            ${e.until===null?this.t(`alerts.since`,{at:t.dateTime(e.since)}):this.t(`alerts.span`,{since:t.dateTime(e.since),until:t.dateTime(e.until)})}
          </p>
        </li>`)}
    </ul>`}};n([a({attribute:!1})],j.prototype,`shown`,void 0),j=n([l(`csj-portal-alerts`)],j);var M=90,N=class extends O{constructor(...e){super(...e),this.kind=`voucher`,this.busy=!1,this.result=null,this.error=``,this.entry=null}static{this.styles=[o,D,t`
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
    `]}render(){return u`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t(`credit.heading`)}</h2>
      ${this.balance()} ${this.form()}
    </section>`}balance(){let t=this.shown.credit;if(t===null||t.balance===null)return u`<p class="dim">${this.t(`credit.none`)}</p>`;let n=t.days,r=n!==null&&n<1?`critical`:t.low||n!==null&&n<=3?`warning`:`good`;return u`<div>
      <p class="big number">${this.portal.format.credit(t.balance,t.unit)}</p>
      ${n===null?e:u`<p class="${r} dot chip">${this.lasts(n)}</p>`}
      ${t.low?u`<p class=${r}>${this.t(`credit.low`)}</p>`:e}
      ${t.at?u`<p class="small dim">${this.t(`credit.read`,{at:this.portal.format.ago(t.at)})}</p>`:e}
    </div>`}lasts(e){return e>M?this.t(`credit.days_many`,{count:M}):this.counted(`credit.days`,Math.floor(e))}form(){if(!this.shown.can_top_up)return u`<p class="dim">${this.t(`top_up.not_possible`)}</p>`;let e=this.result?.state===`uncertain`;return u`<form class="stack" @submit=${this.submit} aria-labelledby="top-up">
      <h3 id="top-up">${this.t(`top_up.heading`)}</h3>
      <fieldset ?disabled=${this.busy||e}>
        <legend>${this.t(`top_up.kind`)}</legend>
        ${[`voucher`,`token`].map(e=>u`<label class="check">
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
    </form>`}outcome(){if(this.error)return u`<p class="critical">${this.error}</p>`;let t=this.result;switch(t?.state){case`done`:return u`<p class="good">
          ${t.amount===null||t.balance===null?this.t(`top_up.done_plain`):this.t(`top_up.done`,{amount:this.portal.format.credit(t.amount,t.unit),balance:this.portal.format.credit(t.balance,t.unit)})}
        </p>`;case`refused`:return u`<p class="critical">${this.word(t.word)}</p>`;case`uncertain`:return u`<p class="warning">${this.t(`top_up.uncertain`)}</p>`;default:return e}}async submit(e){if(e.preventDefault(),this.busy)return;let t=this.input.value.trim();if(t){(this.entry===null||this.entry.code!==t||this.entry.kind!==this.kind)&&(this.entry={kind:this.kind,code:t,key:E()}),this.busy=!0,this.error=``,this.result=null;try{this.result=await S(this.entry.kind,this.entry.code,this.entry.key),this.result.state!==`uncertain`&&(this.entry=null),this.result.state===`done`&&(this.input.value=``,this.dispatchEvent(new Event(`changed`,{bubbles:!0,composed:!0})))}catch(e){this.error=this.sentence(e)}finally{this.busy=!1}}}};n([a({attribute:!1})],N.prototype,`shown`,void 0),n([s()],N.prototype,`kind`,void 0),n([s()],N.prototype,`busy`,void 0),n([s()],N.prototype,`result`,void 0),n([s()],N.prototype,`error`,void 0),n([c(`input[name=code]`)],N.prototype,`input`,void 0),N=n([l(`csj-portal-credit`)],N);var P=class extends O{constructor(...e){super(...e),this.month=``}render(){let t=this.shown.months,n=this.month||t[0];return u`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t(`downloads.heading`)}</h2>
      <p class="dim">${this.t(`downloads.lead`)}</p>
      <div class="row">
        <a class="button" href=${C(`hour`)} download>${this.t(`downloads.csv_hour`)}</a>
        <a class="button" href=${C(`minute`)} download>${this.t(`downloads.csv_minute`)}</a>
      </div>
      ${n===void 0?e:u`<div class="stack">
            <label>
              ${this.t(`downloads.month`)}
              <select
                @change=${e=>{this.month=e.target.value}}
              >
                ${t.map(e=>u`<option value=${e} ?selected=${e===n}>${this.name(e)}</option>`)}
              </select>
            </label>
            <a class="button" href=${w(n)} target="_blank" rel="noopener noreferrer">
              ${this.t(`downloads.open`)}
            </a>
          </div>`}
    </section>`}name(e){return new Intl.DateTimeFormat(document.documentElement.lang,{month:`long`,year:`numeric`}).format(new Date(`${e}-15T12:00:00`))}};n([a({attribute:!1})],P.prototype,`shown`,void 0),n([s()],P.prototype,`month`,void 0),P=n([l(`csj-portal-downloads`)],P);var F=class extends O{constructor(...e){super(...e),this.error=``}static{this.styles=[o,D,t`
      :host {
        padding-top: max(24px, env(safe-area-inset-top));
      }
      h1 {
        font-size: 24px;
        font-weight: 600;
      }
    `]}render(){return u`<div class="card stack">
      <h1>${this.t(`entry.heading`)}</h1>
      <p>${this.t(`entry.lead`)}</p>
      ${this.error?u`<p class="critical" role="alert">${this.error}</p>`:e}
      <form class="stack" @submit=${this.submit}>
        <label>
          ${this.t(`entry.field`)}
          <input type="url" required autocomplete="off" autocapitalize="off" spellcheck="false" inputmode="url" />
        </label>
        <button class="main">${this.t(`entry.open`)}</button>
      </form>
    </div>`}submit(e){e.preventDefault();let t=T(this.input.value);this.input.value=``,t?this.dispatchEvent(new CustomEvent(`entered`,{detail:t})):this.error=this.t(`entry.refused`)}};n([a()],F.prototype,`error`,void 0),n([c(`input`)],F.prototype,`input`,void 0),F=n([l(`csj-portal-entry`)],F);var I=1e3,L=class extends O{constructor(...e){super(...e),this.busy=!1,this.sent=!1,this.error=``}render(){return u`<section class="card" aria-labelledby="heading">
      <form class="stack" @submit=${this.submit}>
        <h2 id="heading">${this.t(`message.heading`)}</h2>
        <label>
          ${this.t(`message.field`)}
          <textarea rows="4" maxlength=${I} aria-describedby="hint"></textarea>
        </label>
        <p id="hint" class="small dim">${this.t(`message.hint`,{count:I})}</p>
        <button class="main" ?disabled=${this.busy}>${this.t(`message.send`)}</button>
        <div role="status">
          ${this.error?u`<p class="critical">${this.error}</p>`:e}
          ${this.sent?u`<p class="good">${this.t(`message.done`)}</p>`:e}
        </div>
      </form>
    </section>`}async submit(e){if(e.preventDefault(),this.busy)return;let t=this.field.value.trim();if(this.sent=!1,this.error=t?``:this.t(`message.empty`),t){this.busy=!0;try{await b(t),this.field.value=``,this.sent=!0}catch(e){this.error=this.sentence(e)}finally{this.busy=!1}}}};n([s()],L.prototype,`busy`,void 0),n([s()],L.prototype,`sent`,void 0),n([s()],L.prototype,`error`,void 0),n([c(`textarea`)],L.prototype,`field`,void 0),L=n([l(`csj-portal-message`)],L);var R=class extends O{static{this.styles=[o,D,t`
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
    `]}render(){let{payments:e}=this.shown,{format:t}=this.portal;return u`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t(`payments.heading`)}</h2>
      ${e.length===0?u`<p class="dim">${this.t(`payments.none`)}</p>`:u`<ul>
            ${e.map(e=>u`<li>
                <span>${t.dateTime(e.at)}</span>
                <b class="number">
                  ${e.amount===null?this.t(`payments.amount_unknown`):t.credit(e.amount,e.unit)}
                </b>
                <span class="small dim">${this.t(`payments.${e.state}`)}</span>
              </li>`)}
          </ul>`}
    </section>`}};n([a({attribute:!1})],R.prototype,`shown`,void 0),R=n([l(`csj-portal-payments`)],R);var z=class extends O{constructor(...e){super(...e),this.busy=!1,this.error=``}static{this.styles=[o,D,t`
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
    `]}render(){return u`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t(`tips.heading`)}</h2>
      <ul>
        ${this.shown.tips.map(e=>this.tip(e))}
      </ul>
      ${this.error?u`<p class="critical" role="alert">${this.error}</p>`:e}
    </section>`}tip(e){return u`<li>
      <p>${e.text}</p>
      <dl>
        ${e.figures.map(({label:e,value:t,unit:n})=>u`<div>
            <dt>${e}</dt>
            <dd class="number">${this.figure(t,n)}</dd>
          </div>`)}
      </dl>
      <button ?disabled=${this.busy} @click=${()=>this.dismiss(e)}>${this.t(`tips.dismiss`)}</button>
    </li>`}figure(e,t){if(typeof e!=`number`)return e;let{format:n}=this.portal;return t!==null&&/^[A-Z]{3}$/.test(t)?n.credit(e,t):n.measured(e,t)}async dismiss(e){this.busy=!0,this.error=``;try{await x(e.key),this.dispatchEvent(new Event(`changed`,{bubbles:!0,composed:!0}))}catch(e){this.error=this.sentence(e)}this.busy=!1}};n([a({attribute:!1})],z.prototype,`shown`,void 0),n([s()],z.prototype,`busy`,void 0),n([s()],z.prototype,`error`,void 0),z=n([l(`csj-portal-tips`)],z);function B(e){let t=Math.max(...e.map(e=>e??0),0);return e.map(e=>e===null?null:t&&e>0?Math.max(.02,e/t):0)}function V(e,t){let n=Math.max(1,Math.ceil(e/t));return Array.from({length:e},(e,t)=>t%n===0)}function H(e){let t=e.at(-1)?.day.slice(0,7);return e.filter(e=>e.day.slice(0,7)===t)}var U=[`today`,`week`,`month`],W=.03,G=class extends O{constructor(...e){super(...e),this.span=`week`,this.day=null,this.error=``}static{this.styles=[o,D,t`
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
    `]}render(){let t=this.shown.usage;return u`<section class="card stack" aria-labelledby="heading">
      <div class="row spread">
        <h2 id="heading">${this.t(`usage.heading`)}</h2>
        ${this.now()}
      </div>
      ${t===null?u`<p class="dim">${this.t(`usage.none`)}</p>`:u`<div class="spans" role="group" aria-labelledby="heading">
              ${U.map(e=>u`<button
                  class=${this.span===e?`on`:``}
                  aria-pressed=${this.span===e}
                  @click=${()=>this.choose(e)}
                >
                  <span class="small dim">${this.t(`usage.${e}`)}</span>
                  <b class="number">${this.energy(t[e])}</b>
                  <span class="small number">${this.cost(t[e])}</span>
                </button>`)}
            </div>
            ${this.change(t.week.change)} ${this.course()}`}
      ${this.error?u`<p class="critical" role="alert">${this.error}</p>`:e}
    </section>`}energy(e){return e.energy===null?`–`:this.portal.format.measured(e.energy,`kWh`)}cost(e){let t=this.shown.credit?.unit===`kWh`?this.shown.currency:this.shown.credit?.unit??this.shown.currency;return e.cost===null?``:this.portal.format.credit(e.cost,t)}change(t){if(t===null)return e;let n=this.portal.format.percent(Math.abs(t),0),r=Math.abs(t)<W?`same`:t>0?`more`:`less`;return u`<p>${this.t(`usage.${r}`,{percent:n})}</p>`}now(){return this.shown.power===null||!this.shown.online?e:u`<p class="dim number">${this.t(`usage.now`)}: ${this.portal.format.measured(this.shown.power,`W`)}</p>`}get clock(){return new Intl.DateTimeFormat(`en-GB`,{hour:`2-digit`,hourCycle:`h23`,timeZone:this.shown.time_zone})}bars(){let{format:e}=this.portal;if(this.day!==null)return this.day.hours.map(t=>{let n=t.at*1e3;return{label:e.time(n),short:this.clock.format(n),energy:t.energy}});let t=this.shown.usage?.days??[];return(this.span===`month`?H(t):t.slice(-7)).map(t=>({label:e.date(`${t.day}T12:00:00`),short:String(Number(t.day.slice(8))),energy:t.energy,day:t.day}))}course(){let t=this.bars(),n=B(t.map(e=>e.energy)),r=V(t.length,this.day===null?16:8),i=this.day===null&&this.span===`week`,a=this.day===null?this.t(`usage.chart_days`):this.t(`usage.chart_hours`,{day:this.portal.format.date(`${this.day.day}T12:00:00`)});return u`<div class="stack">
      <h3>${a}</h3>
      <div class="bars" role=${i?`group`:`img`} aria-label=${a}>
        ${t.map((t,a)=>{let o=n[a],s=u`<svg viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true">
              ${o==null?e:d`<rect x="1" width="8" y=${100-o*100} height=${o*100}></rect>`}
            </svg>
            <span aria-hidden="true">${r[a]?t.short:``}</span>`;return i?u`<button
            aria-label="${t.label}: ${this.measured(t.energy)}"
            @click=${()=>t.day&&this.look(t.day)}
          >
            ${s}
          </button>`:u`<div>${s}</div>`})}
      </div>
      ${i?u`<p class="small dim">${this.t(`usage.pick`)}</p>`:e}
      ${this.day!==null&&this.span===`week`?u`<button @click=${()=>this.choose(`week`)}>${this.t(`usage.back`)}</button>`:e}
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
            ${t.map(e=>u`<tr>
                <td>${e.label}</td>
                <td class="number">${e.energy===null?this.t(`usage.unknown`):this.portal.format.number(e.energy,2)}</td>
              </tr>`)}
          </tbody>
        </table>
      </details>
    </div>`}measured(e){return e===null?this.t(`usage.unknown`):this.portal.format.measured(e,`kWh`)}async choose(e){this.span=e,this.error=``,e===`today`?this.shown.usage&&await this.look(this.shown.usage.days.at(-1)?.day??``):this.day=null}async look(e){this.error=``;try{this.day=await y(e)}catch(e){this.error=this.sentence(e)}}};n([a({attribute:!1})],G.prototype,`shown`,void 0),n([s()],G.prototype,`span`,void 0),n([s()],G.prototype,`day`,void 0),n([s()],G.prototype,`error`,void 0),G=n([l(`csj-portal-usage`)],G);var K=class{constructor(e){this.texts=e}get(e,t={}){return(this.texts[e]??e).replace(/\{(\w+)\}/g,(e,n)=>String(t[n]??e))}has(e){return e in this.texts}};function q(){return new K(JSON.parse(document.getElementById(`texts`)?.textContent??`{}`))}var J=6e4,Y=class extends O{static{this.styles=[o,D,t`
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
    `]}constructor(){super(),this.shown=null,this.stage=`wait`,this.error=``,this.shownAt=0,this.timer=0,this.enter=async()=>{let e=T(location.hash);location.hash&&history.replaceState(null,``,location.pathname),e?await this.openWith(e):await this.load()},this.look=()=>{document.visibilityState===`visible`&&this.stage===`open`&&Date.now()-this.shownAt>=J&&this.load()},this.tried=location.hash!==``,this.portal=this.handed(q(),document.documentElement.lang||`en`)}connectedCallback(){super.connectedCallback(),this.replaceChildren(),window.addEventListener(`hashchange`,this.enter),document.addEventListener(`visibilitychange`,this.look),this.timer=window.setInterval(this.look,J/2),this.enter()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(`hashchange`,this.enter),document.removeEventListener(`visibilitychange`,this.look),window.clearInterval(this.timer)}async openWith(e){this.error=``,this.stage=`wait`;try{await g(e).catch(async t=>{if(!(t instanceof p)||t.word!==`another_is_open`)throw t;window.confirm(this.t(`entry.instead`))&&await g(e,!0)})}catch(e){this.refuse(e);return}await this.load()}async load(){try{let e=await v();document.documentElement.lang=e.language,this.portal=this.handed(new K(e.texts),e.language,e),this.shown=e,this.shownAt=Date.now(),this.stage=`open`,this.error=``}catch(e){this.refuse(e)}}refuse(e){let t=(e instanceof p?e.status:-1)===401;if(t||this.shown===null){let n=this.stage===`wait`&&this.shown===null&&t&&!this.tried;this.shown=null,this.stage=`entry`,this.error=n?``:t?this.t(`entry.refused`):this.sentence(e)}else this.stage=`open`,this.error=this.sentence(e);this.tried=!0}handed(e,t,n){return{texts:e,format:new r({language:t,number_format:`language`,time_format:`language`,time_zone:n?`server`:`local`},n?.time_zone??`UTC`,n?.currency??``)}}async leave(){try{await _(),this.shown=null,this.stage=`entry`,this.error=``}catch(e){this.error=this.sentence(e)}}render(){if(this.stage===`wait`)return u`<main><p class="note dim" role="status">${this.t(`page.loading`)}</p></main>`;if(this.stage===`entry`||this.shown===null)return u`<main>
        <csj-portal-entry
          .portal=${this.portal}
          .error=${this.error}
          @entered=${e=>this.openWith(e.detail)}
        ></csj-portal-entry>
      </main>`;let t=this.shown;return u`<header>
        <h1>${t.meter}</h1>
        <p class="dim">${t.tenant} · ${this.t(`page.updated`,{at:this.portal.format.time(this.shownAt)})}</p>
      </header>
      <main class="stack" @changed=${this.load}>
        ${this.error?u`<div class="card" role="alert">
              <p class="critical">${this.error}</p>
              <button @click=${this.load}>${this.t(`error.retry`)}</button>
            </div>`:e}
        ${t.online?e:u`<p class="card warning">${this.t(`offline`)}</p>`}
        ${t.credit===null?e:u`<csj-portal-credit .portal=${this.portal} .shown=${t}></csj-portal-credit>`}
        <csj-portal-alerts .portal=${this.portal} .shown=${t}></csj-portal-alerts>
        <csj-portal-usage .portal=${this.portal} .shown=${t}></csj-portal-usage>
        ${t.tips.length?u`<csj-portal-tips .portal=${this.portal} .shown=${t}></csj-portal-tips>`:e}
        ${t.credit===null?e:u`<csj-portal-payments .portal=${this.portal} .shown=${t}></csj-portal-payments>`}
        <csj-portal-downloads .portal=${this.portal} .shown=${t}></csj-portal-downloads>
        <csj-portal-message .portal=${this.portal}></csj-portal-message>
        <div>
          <button class="plain" @click=${this.leave}>${this.t(`leave.action`)}</button>
          <p class="small dim">${this.t(`leave.lead`)}</p>
        </div>
      </main>`}};n([s()],Y.prototype,`shown`,void 0),n([s()],Y.prototype,`stage`,void 0),n([s()],Y.prototype,`error`,void 0),n([s()],Y.prototype,`shownAt`,void 0),Y=n([l(`csj-portal`)],Y);