import{C as e,D as t,O as n,S as r,T as i,_ as a,b as o,d as s,g as c,h as l,k as u,w as d,x as f}from"./elements.js";var p=`/csj_meter/portal`,m=class extends Error{constructor(e,t,n){super(t),this.status=e,this.word=t,this.wait=n}};async function h(e,t,n,r=30){let i;try{i=await fetch(`${p}${t}`,{method:e,cache:`no-store`,credentials:`same-origin`,redirect:`error`,signal:AbortSignal.timeout(r*1e3),...n===void 0?{}:{body:JSON.stringify(n),headers:{"Content-Type":`application/json`,"X-CSJ-Portal":`1`}}})}catch{throw new m(0,`lost`,0)}if(!i.ok){let e=await i.json().catch(()=>({}));throw new m(i.status,e.error??`broken`,Number(i.headers.get(`Retry-After`)??0))}return i}async function g(e){return await(await e).json()}var _=(e,t=!1)=>h(`POST`,`/session`,{token:e,instead:t}),v=()=>h(`DELETE`,`/session`,{}),y=()=>g(h(`GET`,`/api/overview`)),b=e=>g(h(`GET`,`/api/hours?day=${e}`)),x=e=>h(`POST`,`/api/message`,{text:e}),ee=e=>h(`POST`,`/api/dismiss_tip`,{key:e}),te=(e,t,n)=>g(h(`POST`,`/api/top_up`,{kind:e,code:t,key:n},120)),S=e=>`${p}/api/csv?resolution=${e}`,ne=e=>`${p}/api/statement?month=${e}`;function C(e){let t=e.trim().split(`#`).pop()??``;return/^[\w-]{20,128}$/.test(t)?t:``}function w(){return Array.from(crypto.getRandomValues(new Uint8Array(16)),e=>e.toString(16).padStart(2,`0`)).join(``)}var T=u`
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
`,E=class extends d{static{this.styles=[a,T]}t(e,t){return this.portal.texts.get(e,t)}counted(e,t){return this.t(`${e}_${t===1?`one`:`other`}`,{count:t})}sentence(e){return e instanceof m?e.word===`too_many`?this.t(`error.too_many`,{minutes:Math.max(1,Math.ceil(e.wait/60))}):this.word(e.word):this.t(`error.broken`)}word(e){let t=`error.${e}`;return this.portal.texts.has(t)?this.t(t):this.t(`error.broken`)}shouldUpdate(){return this.portal!==void 0}};c([e({attribute:!1})],E.prototype,`portal`,void 0);var D=3,O={critical:`critical`,warning:`warning`,info:`dim`},k=class extends E{static{this.styles=[a,T,u`
      li {
        padding: 10px 0;
        border-top: 1px solid var(--csj-line);
      }
      li:first-child {
        border-top: none;
        padding-top: 0;
      }
    `]}render(){let{alerts:e,usage:n,summary:r,credit:a}=this.shown,o=e.slice(D),s=n?.week.energy??null;return t`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t(`alerts.heading`)}</h2>
      ${e.length?this.list(e.slice(0,D)):t`<p class="good dot row">${this.t(`alerts.none`)}</p>`}
      ${o.length?t`<details>
            <summary>${this.t(`alerts.more`,{count:o.length})}</summary>
            ${this.list(o)}
          </details>`:i}
      <div class="stack">
        <h3>${this.t(`summary.heading`)}</h3>
        <dl>
          <div>
            <dt>${this.t(`summary.used`)}</dt>
            <dd class="number">${s===null?`–`:this.portal.format.measured(s,`kWh`)}</dd>
          </div>
          <div>
            <dt>${this.t(`summary.alerts`)}</dt>
            <dd class="number">${r.alerts}</dd>
          </div>
          ${a===null?i:t`<div>
                <dt>${this.t(`summary.topped_up`)}</dt>
                <dd class="number">${this.portal.format.credit(r.topped_up,a.unit)}</dd>
              </div>`}
        </dl>
      </div>
    </section>`}list(e){let{format:n}=this.portal;return t`<ul>
      ${e.map(e=>t`<li>
          <div class="row">
            <span class="${e.active?O[e.severity]:`neutral`} chip">
              ${e.active?e.severity_word:this.t(`alerts.over`)}
            </span>
            <b>${e.title}</b>
          </div>
          ${e.text||e.action?t`<p>${e.text} ${e.action}</p>`:i}
          <p class="small dim">
            ${e.until===null?this.t(`alerts.since`,{at:n.dateTime(e.since)}):this.t(`alerts.span`,{since:n.dateTime(e.since),until:n.dateTime(e.until)})}
          </p>
        </li>`)}
    </ul>`}};c([e({attribute:!1})],k.prototype,`shown`,void 0),k=c([l(`csj-portal-alerts`)],k);var A=`csj_meter.top_up.`,j=new Map;function M(e){try{let t=sessionStorage.getItem(A+e);if(t!==null)return JSON.parse(t)}catch{}return j.get(e)??null}function N(e,{kind:t,code:n,key:r}){j.set(e,{kind:t,code:n,key:r});try{sessionStorage.setItem(A+e,JSON.stringify({kind:t,code:n,key:r}))}catch{}}function P(e){j.delete(e);try{sessionStorage.removeItem(A+e)}catch{}}var F=90,re=[`not_now`,`too_many_guesses`],I=class extends E{constructor(...e){super(...e),this.kind=`voucher`,this.busy=!1,this.result=null,this.error=``,this.code=``,this.entry=null,this.doubt=!1}static{this.styles=[a,T,u`
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
    `]}willUpdate(e){let t=e.get(`shown`);e.has(`shown`)&&t?.serial!==this.shown.serial&&(this.entry=M(this.shown.serial),this.doubt=this.entry!==null,this.kind=this.entry?.kind??`voucher`,this.code=this.entry?.code??``,this.result=this.doubt?{state:`uncertain`}:null,this.error=``)}render(){return t`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t(`credit.heading`)}</h2>
      ${this.balance()} ${this.form()}
    </section>`}balance(){let e=this.shown.credit;if(e===null)return t`<p class="warning">${this.t(`credit.away`)}</p>`;if(e.balance===null)return t`<p class="dim">${this.t(`credit.none`)}</p>`;let n=e.days,r=n!==null&&n<1?`critical`:e.low||n!==null&&n<=3?`warning`:`good`;return t`<div>
      <p class="big number">${this.portal.format.credit(e.balance,e.unit)}</p>
      ${n===null?i:t`<p class="${r} dot chip">${this.lasts(n)}</p>`}
      ${e.low?t`<p class=${r}>${this.t(`credit.low`)}</p>`:i}
      ${e.at?t`<p class="small dim">${this.t(`credit.read`,{at:this.portal.format.ago(e.at)})}</p>`:i}
    </div>`}lasts(e){return e>F?this.t(`credit.days_many`,{count:F}):this.counted(`credit.days`,Math.floor(e))}form(){let e=this.result?.state===`uncertain`,n=this.shown.can_top_up?i:t`<p class="dim">${this.t(`top_up.not_possible`)}</p>`;return n!==i&&!this.busy&&!this.doubt?n:t`<form class="stack" @submit=${this.submit} aria-labelledby="top-up">
      <h3 id="top-up">${this.t(`top_up.heading`)}</h3>
      <fieldset ?disabled=${this.busy||e}>
        <legend>${this.t(`top_up.kind`)}</legend>
        ${[`voucher`,`token`].map(e=>t`<label class="check">
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
          .value=${this.code}
          @input=${e=>this.code=e.target.value}
        />
      </label>
      <button class="main" ?disabled=${this.busy||n!==i}>
        ${this.busy?this.t(`top_up.sending`):this.t(e?`top_up.ask`:`top_up.send`)}
      </button>
      <div role="status">${this.outcome()} ${this.busy?i:n}</div>
    </form>`}outcome(){if(this.error)return t`<p class="critical">${this.error}</p>`;let e=this.result;switch(e?.state){case`done`:return t`<p class="good">
          ${e.amount===null||e.balance===null?this.t(`top_up.done_plain`):this.t(`top_up.done`,{amount:this.portal.format.credit(e.amount,e.unit),balance:this.portal.format.credit(e.balance,e.unit)})}
        </p>`;case`refused`:return t`<p class="critical">${this.word(e.word)}</p>`;case`uncertain`:return t`<p class="warning">${this.t(`top_up.uncertain`)}</p>`;default:return i}}async submit(e){e.preventDefault();let t=this.code.trim();if(this.busy||!this.shown.can_top_up||!t)return;(this.entry===null||this.entry.code!==t||this.entry.kind!==this.kind)&&(this.entry={kind:this.kind,code:t,key:w()},this.doubt=!1);let{serial:n}=this.shown;N(n,this.entry),this.busy=!0,this.error=``,this.result=null;try{let e=await te(this.entry.kind,this.entry.code,this.entry.key),t=this.doubt&&e.state===`refused`&&re.includes(e.word);this.doubt=t||e.state===`uncertain`,this.result=t?{state:`uncertain`}:e,this.doubt||(this.entry=null),e.state===`done`&&(this.code=``,this.dispatchEvent(new Event(`changed`,{bubbles:!0,composed:!0})))}catch(e){this.error=this.sentence(e),this.doubt||=!(e instanceof m)||e.status===0||e.status>=500}finally{this.busy=!1,this.doubt||P(n)}}};c([e({attribute:!1})],I.prototype,`shown`,void 0),c([r()],I.prototype,`kind`,void 0),c([r()],I.prototype,`busy`,void 0),c([r()],I.prototype,`result`,void 0),c([r()],I.prototype,`error`,void 0),c([r()],I.prototype,`code`,void 0),I=c([l(`csj-portal-credit`)],I);var L=6e4,R=60*L,z=class extends E{constructor(...e){super(...e),this.month=``}render(){let e=this.shown.months,n=this.month||e[0],r=this.tables();return t`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t(`downloads.heading`)}</h2>
      <p class="dim">${this.t(`downloads.lead`)}</p>
      ${r.length?t`<div class="row">
            ${r.map(e=>t`<a class="button" href=${S(e)} download>${this.t(`downloads.csv_${e}`)}</a>`)}
          </div>`:t`<p class="dim">${this.t(`usage.none`)}</p>`}
      ${n===void 0?i:t`<div class="stack">
            <label>
              ${this.t(`downloads.month`)}
              <select
                @change=${e=>{this.month=e.target.value}}
              >
                ${e.map(e=>t`<option value=${e} ?selected=${e===n}>${this.name(e)}</option>`)}
              </select>
            </label>
            <a class="button" href=${ne(n)} target="_blank" rel="noopener noreferrer">
              ${this.t(`downloads.open`)}
            </a>
          </div>`}
    </section>`}tables(){let e=Date.parse(this.shown.moved_in),t=t=>(Math.ceil(e/t)+1)*t<=Date.now();return[...t(R)?[`hour`]:[],...t(L)?[`minute`]:[]]}name(e){return new Intl.DateTimeFormat(document.documentElement.lang,{month:`long`,year:`numeric`}).format(new Date(`${e}-15T12:00:00`))}};c([e({attribute:!1})],z.prototype,`shown`,void 0),c([r()],z.prototype,`month`,void 0),z=c([l(`csj-portal-downloads`)],z);var B=class extends E{constructor(...e){super(...e),this.error=``}static{this.styles=[a,T,u`
      :host {
        padding-top: max(24px, env(safe-area-inset-top));
      }
      h1 {
        font-size: 24px;
        font-weight: 600;
      }
    `]}render(){return t`<div class="card stack">
      <h1>${this.t(`entry.heading`)}</h1>
      <p>${this.t(`entry.lead`)}</p>
      ${this.error?t`<p class="critical" role="alert">${this.error}</p>`:i}
      <form class="stack" @submit=${this.submit}>
        <label>
          ${this.t(`entry.field`)}
          <input type="url" required autocomplete="off" autocapitalize="off" spellcheck="false" inputmode="url" />
        </label>
        <button class="main">${this.t(`entry.open`)}</button>
      </form>
    </div>`}submit(e){e.preventDefault();let t=C(this.input.value);this.input.value=``,t?this.dispatchEvent(new CustomEvent(`entered`,{detail:t})):this.error=this.t(`entry.refused`)}};c([e()],B.prototype,`error`,void 0),c([f(`input`)],B.prototype,`input`,void 0),B=c([l(`csj-portal-entry`)],B);var V=1e3,H=class extends E{constructor(...e){super(...e),this.busy=!1,this.sent=!1,this.error=``}render(){return t`<section class="card" aria-labelledby="heading">
      <form class="stack" @submit=${this.submit}>
        <h2 id="heading">${this.t(`message.heading`)}</h2>
        <label>
          ${this.t(`message.field`)}
          <textarea rows="4" maxlength=${V} aria-describedby="hint"></textarea>
        </label>
        <p id="hint" class="small dim">${this.t(`message.hint`,{count:V})}</p>
        <button class="main" ?disabled=${this.busy}>${this.t(`message.send`)}</button>
        <div role="status">
          ${this.error?t`<p class="critical">${this.error}</p>`:i}
          ${this.sent?t`<p class="good">${this.t(`message.done`)}</p>`:i}
        </div>
      </form>
    </section>`}async submit(e){if(e.preventDefault(),this.busy)return;let t=this.field.value.trim();if(this.sent=!1,this.error=t?``:this.t(`message.empty`),t){this.busy=!0;try{await x(t),this.field.value=``,this.sent=!0}catch(e){this.error=this.sentence(e)}finally{this.busy=!1}}}};c([r()],H.prototype,`busy`,void 0),c([r()],H.prototype,`sent`,void 0),c([r()],H.prototype,`error`,void 0),c([f(`textarea`)],H.prototype,`field`,void 0),H=c([l(`csj-portal-message`)],H);var U=class extends E{static{this.styles=[a,T,u`
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
    `]}render(){let{payments:e}=this.shown,{format:n}=this.portal;return t`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t(`payments.heading`)}</h2>
      ${e.length===0?t`<p class="dim">${this.t(`payments.none`)}</p>`:t`<ul>
            ${e.map(e=>t`<li>
                <span>${n.dateTime(e.at)}</span>
                <b class="number">
                  ${e.amount===null?this.t(`payments.amount_unknown`):n.credit(e.amount,e.unit)}
                </b>
                <span class="small dim">${this.t(`payments.${e.state}`)}</span>
              </li>`)}
          </ul>`}
    </section>`}};c([e({attribute:!1})],U.prototype,`shown`,void 0),U=c([l(`csj-portal-payments`)],U);var W=class extends E{constructor(...e){super(...e),this.busy=!1,this.error=``}static{this.styles=[a,T,u`
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
    `]}render(){return t`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t(`tips.heading`)}</h2>
      <ul>
        ${this.shown.tips.map(e=>this.tip(e))}
      </ul>
      ${this.error?t`<p class="critical" role="alert">${this.error}</p>`:i}
    </section>`}tip(e){return t`<li>
      <p>${e.text}</p>
      <dl>
        ${e.figures.map(({label:e,value:n,unit:r})=>t`<div>
            <dt>${e}</dt>
            <dd class="number">${this.figure(n,r)}</dd>
          </div>`)}
      </dl>
      <button ?disabled=${this.busy} @click=${()=>this.dismiss(e)}>${this.t(`tips.dismiss`)}</button>
    </li>`}figure(e,t){if(typeof e!=`number`)return e;let{format:n}=this.portal;return t!==null&&/^[A-Z]{3}$/.test(t)?n.credit(e,t):n.measured(e,t)}async dismiss(e){this.busy=!0,this.error=``;try{await ee(e.key),this.dispatchEvent(new Event(`changed`,{bubbles:!0,composed:!0}))}catch(e){this.error=this.sentence(e)}this.busy=!1}};c([e({attribute:!1})],W.prototype,`shown`,void 0),c([r()],W.prototype,`busy`,void 0),c([r()],W.prototype,`error`,void 0),W=c([l(`csj-portal-tips`)],W);function G(e){let t=Math.max(...e.map(e=>e??0),0);return e.map(e=>e===null?null:t&&e>0?Math.max(.02,e/t):0)}function K(e,t){let n=Math.max(1,Math.ceil(e/t));return Array.from({length:e},(e,t)=>t%n===0)}function q(e){let t=e.at(-1)?.day.slice(0,7);return e.filter(e=>e.day.slice(0,7)===t)}var J=[`today`,`week`,`month`],Y=.03,X=class extends E{constructor(...e){super(...e),this.span=`week`,this.day=null,this.error=``,this.turn=0}static{this.styles=[a,T,u`
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
    `]}get today(){return this.shown.usage?.days.at(-1)?.day??``}willUpdate(e){let t=e.get(`shown`);if(t===void 0||!this.today)return;let n=this.span===`today`?this.today:this.day?.day??``,r=t.usage?.days.at(-1)?.day;!n||this.span!==`today`&&n!==this.today&&n!==r||(this.span===`today`&&this.day?.day!==n&&(this.day=null),this.look(n))}render(){let e=this.shown.usage;return t`<section class="card stack" aria-labelledby="heading">
      <div class="row spread">
        <h2 id="heading">${this.t(`usage.heading`)}</h2>
        ${this.now()}
      </div>
      ${e===null?t`<p class="dim">${this.t(`usage.none`)}</p>`:t`<div class="spans" role="group" aria-labelledby="heading">
              ${J.map(n=>t`<button
                  class=${this.span===n?`on`:``}
                  aria-pressed=${this.span===n}
                  @click=${()=>this.choose(n)}
                >
                  <span class="small dim">${this.t(`usage.${n}`)}</span>
                  <b class="number">${this.energy(e[n])}</b>
                  <span class="small number">${this.cost(e[n])}</span>
                </button>`)}
            </div>
            ${this.change(e.week.change)} ${this.course()}`}
      ${this.error?t`<p class="critical" role="alert">${this.error}</p>`:i}
    </section>`}energy(e){return e.energy===null?`–`:this.portal.format.measured(e.energy,`kWh`)}cost(e){let t=this.shown.credit?.unit===`kWh`?this.shown.currency:this.shown.credit?.unit??this.shown.currency;return e.cost===null?``:this.portal.format.credit(e.cost,t)}change(e){if(e===null)return i;let n=this.portal.format.percent(Math.abs(e),0),r=Math.abs(e)<Y?`same`:e>0?`more`:`less`;return t`<p>${this.t(`usage.${r}`,{percent:n})}</p>`}now(){return this.shown.power===null||!this.shown.online?i:t`<p class="dim number">${this.t(`usage.now`)}: ${this.portal.format.measured(this.shown.power,`W`)}</p>`}get clock(){return new Intl.DateTimeFormat(`en-GB`,{hour:`2-digit`,hourCycle:`h23`,timeZone:this.shown.time_zone})}bars(){let{format:e}=this.portal;if(this.day!==null)return this.day.hours.map(t=>{let n=t.at*1e3;return{label:e.time(n),short:this.clock.format(n),energy:t.energy}});let t=this.shown.usage?.days??[];return(this.span===`month`?q(t):t.slice(-7)).map(t=>({label:e.date(`${t.day}T12:00:00`),short:String(Number(t.day.slice(8))),energy:t.energy,day:t.day}))}course(){if(this.span===`today`&&this.day===null)return this.error?i:t`<p class="dim" role="status">${this.t(`page.loading`)}</p>`;let e=this.bars();if(e.every(({energy:e})=>e===null)&&(this.day===null||this.span!==`week`))return t`<p class="dim">${this.t(`usage.none`)}</p>`;let r=G(e.map(e=>e.energy)),a=K(e.length,this.day===null?16:8),o=this.day===null&&this.span===`week`,s=this.day===null?this.t(`usage.chart_days`):this.t(`usage.chart_hours`,{day:this.portal.format.date(`${this.day.day}T12:00:00`)});return t`<div class="stack">
      <h3>${s}</h3>
      <div class="bars" role=${o?`group`:`img`} aria-label=${s}>
        ${e.map((e,s)=>{let c=r[s],l=t`<svg viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true">
              ${c==null?i:n`<rect x="1" width="8" y=${100-c*100} height=${c*100}></rect>`}
            </svg>
            <span aria-hidden="true">${a[s]?e.short:``}</span>`;return o?t`<button
            aria-label="${e.label}: ${this.measured(e.energy)}"
            @click=${()=>e.day&&this.look(e.day)}
          >
            ${l}
          </button>`:t`<div>${l}</div>`})}
      </div>
      ${o?t`<p class="small dim">${this.t(`usage.pick`)}</p>`:i}
      ${this.day!==null&&this.span===`week`?t`<button @click=${()=>this.choose(`week`)}>${this.t(`usage.back`)}</button>`:i}
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
            ${e.map(e=>t`<tr>
                <td>${e.label}</td>
                <td class="number">${e.energy===null?this.t(`usage.unknown`):this.portal.format.number(e.energy,2)}</td>
              </tr>`)}
          </tbody>
        </table>
      </details>
    </div>`}measured(e){return e===null?this.t(`usage.unknown`):this.portal.format.measured(e,`kWh`)}async choose(e){this.span=e,this.day=null,this.error=``,this.turn+=1,e===`today`&&this.today&&await this.look(this.today)}async look(e){let t=++this.turn;this.error=``;try{let n=await b(e);t===this.turn&&(this.day=n)}catch(e){t===this.turn&&(this.error=this.sentence(e))}}};c([e({attribute:!1})],X.prototype,`shown`,void 0),c([r()],X.prototype,`span`,void 0),c([r()],X.prototype,`day`,void 0),c([r()],X.prototype,`error`,void 0),X=c([l(`csj-portal-usage`)],X);var Z=class{constructor(e){this.texts=e}get(e,t={}){let n=(this.texts[e]??e).replace(/\{(\w+)\}/g,(e,n)=>String(t[n]??e));return s(n)}has(e){return e in this.texts}},Q=`csj_meter.texts`;function ie(){let e=JSON.parse(document.getElementById(`texts`)?.textContent??`{}`),t=oe();return{language:t?.language??(document.documentElement.lang||`en`),texts:new Z({...e,...t?.texts})}}function ae({language:e,texts:t}){try{localStorage.setItem(Q,JSON.stringify({language:e,texts:t}))}catch{}}function oe(){try{return JSON.parse(localStorage.getItem(Q)??`null`)}catch{return null}}var se=6e4,ce=15e3,$=class extends E{static{this.styles=[a,T,u`
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
      .away {
        margin-top: max(24px, env(safe-area-inset-top));
      }
    `]}constructor(){super(),this.shown=null,this.stage=`wait`,this.error=``,this.shownAt=0,this.asking=!1,this.timer=0,this.turn=0,this.prepaid=``,this.token=``,this.notBefore=0,this.enter=async()=>{let e=C(location.hash);location.hash&&history.replaceState(null,``,location.pathname),e?await this.openWith(e):await this.again()},this.look=()=>{document.visibilityState!==`visible`||this.asking||Date.now()<this.notBefore||(this.stage===`away`||this.stage===`open`&&Date.now()-this.shownAt>=se)&&this.again()},this.again=async()=>{let e=++this.turn;this.asking=!0;try{if(this.token&&await this.exchange(this.token),e!==this.turn)return;this.token=``;let t=await y();e===this.turn&&this.show(t)}catch(t){e===this.turn&&this.refuse(t)}finally{e===this.turn&&(this.asking=!1)}},this.linked=location.hash!==``;let{language:e,texts:t}=ie();document.documentElement.lang=e,this.portal=this.handed(t,e)}connectedCallback(){super.connectedCallback(),this.replaceChildren(),window.addEventListener(`hashchange`,this.enter),document.addEventListener(`visibilitychange`,this.look),this.timer=window.setInterval(this.look,ce),this.enter()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(`hashchange`,this.enter),document.removeEventListener(`visibilitychange`,this.look),window.clearInterval(this.timer)}async openWith(e){this.token=e,this.linked=!0,this.error=``,this.stage=`wait`,await this.again()}async exchange(e){try{await _(e)}catch(t){if(!(t instanceof m)||t.word!==`another_is_open`)throw t;window.confirm(this.t(`entry.instead`))&&await _(e,!0)}}show(e){document.documentElement.lang=e.language,ae(e),this.portal=this.handed(new Z(e.texts),e.language,e),e.credit!==null||M(e.serial)!==null?this.prepaid=e.serial:e.online&&(this.prepaid=``),this.shown=e,this.shownAt=Date.now(),this.stage=`open`,this.error=``,this.linked=!0}refuse(e){let{status:t,wait:n}=e instanceof m?e:{status:-1,wait:0};if(this.notBefore=Date.now()+n*1e3,t===401)this.token=``,this.shown=null,this.stage=`entry`,this.error=this.linked?this.t(`entry.refused`):``,this.linked=!0;else{this.stage=this.shown===null?`away`:`open`;let t=e instanceof m&&e.word===`not_now`;this.error=t?this.t(`error.broken`):this.sentence(e)}}handed(e,t,n){return{texts:e,format:new o({language:t,number_format:`language`,time_format:`language`,time_zone:n?`server`:`local`},n?.time_zone??`UTC`,n?.currency??``)}}async leave(){try{await v(),this.shown=null,this.stage=`entry`,this.error=``}catch(e){this.error=this.sentence(e)}}render(){if(this.stage===`wait`)return t`<main><p class="note dim" role="status">${this.t(`page.loading`)}</p></main>`;if(this.stage===`away`)return t`<main>
        <div class="card stack away">
          <h1>${this.t(`away.heading`)}</h1>
          <p class="critical" role="alert">${this.error}</p>
          <p>${this.t(`away.lead`)}</p>
          <button class="main" ?disabled=${this.asking} @click=${this.again}>
            ${this.t(this.asking?`page.loading`:`error.retry`)}
          </button>
        </div>
      </main>`;if(this.stage===`entry`||this.shown===null)return t`<main>
        <csj-portal-entry
          .portal=${this.portal}
          .error=${this.error}
          @entered=${e=>this.openWith(e.detail)}
        ></csj-portal-entry>
      </main>`;let e=this.shown,n=this.prepaid===e.serial;return t`<header>
        <h1>${e.meter}</h1>
        <p class="dim">${e.tenant} · ${this.t(`page.updated`,{at:this.portal.format.time(this.shownAt)})}</p>
      </header>
      <main class="stack" @changed=${this.again}>
        ${this.error?t`<div class="card" role="alert">
              <p class="critical">${this.error}</p>
              <button @click=${this.again}>${this.t(`error.retry`)}</button>
            </div>`:i}
        ${e.online?i:t`<p class="card warning">${this.t(`offline`)}</p>`}
        ${n?t`<csj-portal-credit .portal=${this.portal} .shown=${e}></csj-portal-credit>`:i}
        <csj-portal-alerts .portal=${this.portal} .shown=${e}></csj-portal-alerts>
        <csj-portal-usage .portal=${this.portal} .shown=${e}></csj-portal-usage>
        ${e.tips.length?t`<csj-portal-tips .portal=${this.portal} .shown=${e}></csj-portal-tips>`:i}
        ${n?t`<csj-portal-payments .portal=${this.portal} .shown=${e}></csj-portal-payments>`:i}
        <csj-portal-downloads .portal=${this.portal} .shown=${e}></csj-portal-downloads>
        <csj-portal-message .portal=${this.portal}></csj-portal-message>
        <div>
          <button class="plain" @click=${this.leave}>${this.t(`leave.action`)}</button>
          <p class="small dim">${this.t(`leave.lead`)}</p>
        </div>
      </main>`}};c([r()],$.prototype,`shown`,void 0),c([r()],$.prototype,`stage`,void 0),c([r()],$.prototype,`error`,void 0),c([r()],$.prototype,`shownAt`,void 0),c([r()],$.prototype,`asking`,void 0),$=c([l(`csj-portal`)],$);