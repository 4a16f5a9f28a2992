import{C as e,D as t,O as n,S as r,T as i,_ as a,f as o,g as s,h as c,i as l,k as u,m as d,t as f,x as p}from"./elements.js";import{t as m}from"./live.js";import{t as h}from"./repeated.js";import{t as g}from"./panel.js";import{a as ee,c as _,i as v,n as y,o as b,r as x,s as S,t as C}from"./words.js";import"./csj-dialog.js";import"./chart.js";import{t as w}from"./card_table.js";var te={escalated:`waiting`,confirmed:`waiting`,suspected:`suspected`,acknowledged:`seen_to`,shelved:`put_aside`,false_alarm:`put_aside`,cleared:`over`},ne=[`waiting`,`seen_to`,`put_aside`,`suspected`],T=[`critical`,`warning`,`info`],E={escalated:0,confirmed:1,suspected:2,acknowledged:3,shelved:4,false_alarm:5,cleared:6},re=864e5,ie={severity:``,kind:``,where:``,handling:``,drills:!0};function D(e){return te[e.state]}function ae(e){let t=new Set(e.map(e=>e.alert_id));return e.filter(e=>e.area_alert_id===null||!t.has(e.area_alert_id))}function oe(e){return[...e].sort((e,t)=>T.indexOf(e.severity)-T.indexOf(t.severity)||E[e.state]-E[t.state]||Date.parse(e.since)-Date.parse(t.since)||e.alert_id.localeCompare(t.alert_id))}function se(e,t){let n=t.where.toLocaleLowerCase().split(/\s+/).filter(Boolean);return e.filter(e=>{if(t.severity&&e.severity!==t.severity||t.kind&&e.kind!==t.kind||t.handling&&D(e)!==t.handling||!t.drills&&e.drill)return!1;let r=e.members.map(({name:e,serial:t})=>`${e} ${t}`).join(` `),i=`${e.name} ${e.serial??``} ${e.circuit??``} ${r}`.toLocaleLowerCase();return n.every(e=>i.includes(e))})}function ce(e){return new Set(e.members.map(({serial:e})=>e)).size}function le(e,t){let n=new Set;e.state!==`suspected`&&e.state!==`cleared`&&(n.add(`shelve`),e.state!==`acknowledged`&&n.add(`acknowledge`),e.state!==`false_alarm`&&n.add(`false_alarm`),e.work_order===null&&n.add(`work_order`));let r=e.cleared_at===null?null:Date.parse(e.cleared_at);return e.state===`cleared`&&e.confirmed_at!==null&&e.false_alarm_by===null&&r!==null&&t-r<re&&n.add(`false_alarm`),n}function O(e){let t=/(\d+)$/.exec(e)?.[1];return t===void 0?null:String(Number(t))}function ue(e,t){let n=new Map,r=(e,t,r=null)=>{(t!==null||r!==null)&&n.set(e,{kind:e,at:t,by:r})};r(`began`,e.since),r(`raised`,e.raised_at),r(`confirmed`,e.confirmed_at),r(`escalated`,e.escalated_at),r(`acknowledged`,e.acknowledged_at,e.acknowledged_by),r(`false_alarm`,null,e.false_alarm_by),e.repaired_by===null?r(`cleared`,e.cleared_at):r(`repaired`,e.cleared_at,e.repaired_by);for(let{alert_id:i,kind:a,at:o,by:s}of t)i!==e.alert_id||a===`cleared`&&n.has(`repaired`)||r(a,o,s??n.get(a)?.by??null);return[...n.values()].sort((e,t)=>k(e.at)-k(t.at))}function k(e){return e===null?1/0:Date.parse(e)}function A(e,t){return Math.max(0,((e.cleared_at===null?t:Date.parse(e.cleared_at))-Date.parse(e.since))/1e3)}function de(e,t,n=``){let r=n?e.lastIndexOf(n):-1,i=r<0?e:e.slice(0,r);for(let e of t)e&&(i=i.replace(e,``));return i.replace(/\s+/g,` `).trim()||e}var j=class extends d{constructor(...e){super(...e),this.alerts=[],this.current=``,this.now=0}static{this.styles=[a,u`
      :host {
        container-type: inline-size;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 8px;
      }
      a {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 4px 12px;
        padding: 12px 12px 12px 16px;
        color: inherit;
        text-decoration: none;
        position: relative;
        overflow: hidden;
      }
      a::before {
        content: "";
        position: absolute;
        inset: 0 auto 0 0;
        width: 4px;
        background: var(--tint);
      }
      a:hover {
        border-color: var(--csj-accent-text);
      }
      a[aria-current] {
        background: color-mix(in srgb, var(--csj-accent-text) 10%, var(--csj-surface));
        border-color: var(--csj-accent-text);
      }
      a.critical-row {
        --tint: var(--csj-critical);
      }
      a.warning-row {
        --tint: var(--csj-warning);
      }
      a.info-row {
        --tint: var(--csj-dim);
      }
      .kind {
        font-size: 15px;
        font-weight: 500;
        overflow-wrap: anywhere;
      }
      .where,
      .standing {
        overflow-wrap: anywhere;
      }
      .figure,
      .since {
        text-align: end;
      }
      .figure {
        font-size: 16px;
        white-space: nowrap;
      }
      .waiting .standing {
        font-weight: 500;
      }
      @container (min-width: 720px) {
        a {
          grid-template-columns: 110px minmax(0, 1.3fr) 90px 130px minmax(0, 1fr);
          align-items: center;
          column-gap: 16px;
        }
        .chips {
          flex-direction: column;
          align-items: start;
          gap: 4px;
        }
        .what,
        .chips,
        .figure,
        .since,
        .standing {
          grid-column: auto;
        }
      }
      @container (max-width: 719px) {
        .since {
          grid-area: 1 / 2;
        }
        .what {
          grid-area: 2 / 1;
        }
        .figure {
          grid-area: 2 / 2;
          align-self: end;
        }
        .standing {
          grid-column: 1 / -1;
        }
      }
    `]}async goTo(e){await this.updateComplete,this.renderRoot.querySelector(`[data-alert="${CSS.escape(e)}"]`)?.focus()}updated(e){e.has(`current`)&&this.current&&this.renderRoot.querySelector(`a[aria-current]`)?.scrollIntoView({block:`nearest`})}render(){return t`<ul role="list">
      ${l(this.alerts,e=>e.alert_id,e=>t`<li>${this.row(e)}</li>`)}
    </ul>`}row(e){let{format:n}=this.app,r=g(`alerts`,e.alert_id);return t`<a
      class="card ${e.severity}-row ${D(e)}"
      href=${r}
      data-alert=${e.alert_id}
      aria-current=${e.alert_id===this.current?`true`:i}
      @click=${e=>o(e,r)}
    >
      <span class="row chips">
        <span class="chip dot ${e.severity===`info`?`neutral`:e.severity}"
          >${this.app.word(`severities.${e.severity}`)}</span
        >
        ${e.drill?t`<span class="chip neutral">${this.app.word(`messages.drill`)}</span>`:i}
      </span>
      <span class="what">
        <span class="kind">${this.app.word(`kinds.${e.kind}`)}</span><br />
        <span class="where">${S(this.app,e)}</span>
        ${e.members.length?t`<span class="dim"> · ${this.t(`alerts.member_count`,{count:ce(e)})}</span>`:e.circuit!==null&&e.serial!==null?t`<span class="dim"> · ${e.circuit}</span>`:i}
      </span>
      <span class="figure number">${x(this.app,e)}</span>
      <span class="since small dim"
        >${this.t(`alerts.since_for`,{since:this.when(e.since),duration:n.duration(A(e,this.now))})}</span
      >
      <span class="standing small"
        >${b(this.app,e)}${e.work_order===null?i:t`<span class="dim"> · ${e.work_order}</span>`}</span
      >
    </a>`}when(e){let{format:t}=this.app;return t.date(e)===t.date(this.now)?t.time(e):t.dateTime(e)}};s([e({attribute:!1})],j.prototype,`alerts`,void 0),s([e()],j.prototype,`current`,void 0),s([e({attribute:!1})],j.prototype,`now`,void 0),j=s([c(`csj-alert-list`)],j);var fe=[60,480,1440,10080],pe=10080,M={minute:1,hour:60,day:1440},N=class extends d{constructor(...e){super(...e),this.now=0,this.busy=``,this.error=``,this.shelf=60}static{this.styles=[a,u`
      fieldset {
        border: none;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 10px;
      }
      legend {
        padding: 0 0 10px;
      }
      .own input {
        width: 90px;
      }
      .error {
        margin-top: 8px;
      }
    `]}willUpdate(e){let t=e.get(`alert`);if(t!==void 0&&t.alert_id!==this.alert.alert_id){this.error=``,this.busy=``;for(let e of[this.falseAlarm,this.shelveDialog])e?.forget()}}render(){let{alert:e}=this,n=le(e,this.now),r={alert:v(this.app,e)},a={acknowledge:n.has(`acknowledge`)&&this.app.may(`answer_alerts`),false_alarm:n.has(`false_alarm`)&&this.app.may(`judge_alerts`),shelve:n.has(`shelve`)&&this.app.may(`judge_alerts`),work_order:n.has(`work_order`)&&this.app.may(`work_orders`)};return t`
      <div class="row">
        ${a.acknowledge?this.button(`acknowledge`,this.app.word(`buttons.acknowledge`),()=>this.acknowledge(),!0):i}
        ${a.work_order?this.button(`work_order`,this.t(`alerts.create_work_order`),()=>this.createWorkOrder()):i}
        ${a.shelve?this.button(`shelve`,this.t(`alerts.shelve`),()=>void this.shelveDialog?.show()):i}
        ${a.false_alarm?this.button(`false_alarm`,this.app.word(`buttons.false_alarm`),()=>void this.falseAlarm?.show()):i}
      </div>
      ${this.error?t`<p class="critical error" role="alert">${this.error}</p>`:i}
      <csj-dialog
        id="false-alarm"
        .app=${this.app}
        .heading=${this.t(`alerts.false_alarm_question`,r)}
        .action=${this.app.word(`buttons.false_alarm`)}
        .work=${()=>this.answer(e,`report_false_alarm`)}
      >
        <p>${this.t(`alerts.false_alarm_text`)}</p>
      </csj-dialog>
      <csj-dialog
        id="shelve"
        .app=${this.app}
        .heading=${this.t(`alerts.shelve_question`,r)}
        .action=${this.t(`alerts.shelve`)}
        .work=${()=>this.shelve(e)}
      >
        <p>${this.t(`alerts.shelve_text`)}</p>
        <fieldset>
          <legend class="hidden-label">${this.t(`alerts.shelve_question`,r)}</legend>
          ${fe.map(e=>this.choice(e,this.app.format.duration(e*60)))}
          ${this.choice(`own`,this.t(`alerts.shelve_own`))}
          <div class="row own" ?hidden=${this.shelf!==`own`}>
            <input id="amount" type="number" min="1" step="1" value="2" inputmode="numeric" aria-label=${this.t(`alerts.amount`)} />
            <select id="unit" aria-label=${this.t(`alerts.unit`)}>
              ${Object.keys(M).map(e=>t`<option .value=${e} ?selected=${e===`hour`}>${this.t(`alert_units.${e}`)}</option>`)}
            </select>
          </div>
        </fieldset>
      </csj-dialog>
    `}button(e,n,r,i=!1){let a=this.busy===e;return t`<button class=${i?`main`:``} data-answer=${e} ?disabled=${this.busy!==``} @click=${r}>
      ${a?this.t(`dialog.busy`):n}
    </button>`}choice(e,n){return t`<label class="check"
      ><input
        type="radio"
        name="shelf"
        .checked=${this.shelf===e}
        @change=${()=>this.shelf=e}
      />${n}</label
    >`}async acknowledge(){let{alert:e}=this,t=new Date().toISOString();this.tell(e,{...e,state:`acknowledged`,acknowledged_at:t,acknowledged_by:this.app.info.user}),await this.working(e,`acknowledge`,()=>this.answer(e,`acknowledge`))}async createWorkOrder(){let{alert:e}=this,t=(await this.working(e,`work_order`,()=>this.answer(e,`create_work_order`)))?.work_order?.name;t&&this.toast(this.t(`alerts.work_order_open`,{name:t}))}async shelve(e){let t=this.amount.valueAsNumber*M[this.unit.value],n=this.shelf===`own`?Math.round(t):this.shelf;if(!(n>=1&&n<=pe))throw Error(this.t(`alerts.shelve_bounds`));await this.answer(e,`shelve`,{minutes:n})}async answer(e,t,n={}){let r=await this.app.call(`alerts/${t}`,{alert_id:e.alert_id,...n});return this.tell(e,r.alert),r}async working(e,t,n){this.busy=t,this.error=``;let r=()=>e.alert_id===this.alert.alert_id;try{return await n()}catch(t){this.tell(e,null),r()?this.error=this.app.sentence(t):this.toast(`${v(this.app,e)}: ${this.app.sentence(t)}`);return}finally{r()&&(this.busy=``)}}tell({alert_id:e},t){this.dispatchEvent(new CustomEvent(`answered`,{detail:{alert_id:e,alert:t}}))}};s([e({attribute:!1})],N.prototype,`alert`,void 0),s([e({attribute:!1})],N.prototype,`now`,void 0),s([r()],N.prototype,`busy`,void 0),s([r()],N.prototype,`error`,void 0),s([r()],N.prototype,`shelf`,void 0),s([p(`#false-alarm`)],N.prototype,`falseAlarm`,void 0),s([p(`#shelve`)],N.prototype,`shelveDialog`,void 0),s([p(`#amount`)],N.prototype,`amount`,void 0),s([p(`#unit`)],N.prototype,`unit`,void 0),N=s([c(`csj-alert-actions`)],N);function P({start:e,step:t},n){let r=Date.parse(e)/1e3;return Array.from({length:n},(e,n)=>r+n*t)}function F(e){return Math.max(0,...e.map(e=>e.findLastIndex(e=>e!==null)+1))}function me(e){let t=/(?<!_l[123])_l([123])$/.exec(e)?.[1];return t===void 0?null:Number(t)}function I(e){let t=e.samples?.series[e.quantity];if(e.samples===null||t===void 0)return null;let n=F([t.mean]);if(!n)return null;let{unit:r,mean:i,min:a,max:o}=t;return{times:P(e.samples,n),series:{unit:r,mean:i.slice(0,n),min:a.slice(0,n),max:o.slice(0,n)}}}function L(e,{times:t,series:n}){if(e.low===null==(e.high===null))return null;let[r,i]=[Date.parse(e.since)/1e3,e.cleared_at===null?1/0:Date.parse(e.cleared_at)/1e3],a=V([(e.high===null?n.min:n.max).filter((e,n)=>t[n]>=r&&t[n]<=i)]);return a===null?null:e.high===null?a[0]:a[1]}function R(e,t){if(!e.band?.length)return null;let n=new Map(e.band.map(e=>[Math.floor(Date.parse(e.start)/36e5),e])),r=t.map(e=>n.get(Math.floor(e/3600)));return{expected:r.map(e=>e?.expected??null),low:r.map(e=>e?.low??null),high:r.map(e=>e?.high??null)}}function z(e,t,n){let r=e.cleared_at===null?t.at(-1):Date.parse(e.cleared_at)/1e3,i=Date.parse(e.since)/1e3;return{at:i,until:Math.max(i,r??i),kind:e.severity,label:n}}function B(e){return[e.low,e.high].filter(e=>e!==null)}function V(e){let t=e.flat().filter(e=>e!==null);return t.length?[Math.min(...t),Math.max(...t)]:null}function H(e,[t,n],r,i){let a=n-t||1,o=r/Math.max(1,e.length-1),s=``,c=!1;return e.forEach((e,n)=>{if(e===null){c=!1;return}let r=(n*o).toFixed(1),l=(i-(e-t)/a*i).toFixed(1);s+=c?`L${r} ${l}`:`M${r} ${l}h.1`,c=!0}),s}var U={phase_imbalance:`voltage`,phase_loss:`voltage`,current_imbalance:`current`},he={critical:`var(--error-color)`,warning:`var(--warning-color)`,info:`var(--info-color)`},W=6e4,G=30*W,ge=10080*W,K=class extends d{constructor(...e){super(...e),this.evidence=null,this.now=0,this.range=null,this.phases=null,this.loaded=``}static{this.styles=[a,u`
      .dash {
        display: inline-block;
        width: 24px;
        border-top: 2px dashed var(--error-color, #db4437);
        vertical-align: middle;
      }
      .span {
        display: inline-block;
        width: 16px;
        height: 12px;
        vertical-align: middle;
        background: color-mix(in srgb, var(--tint) 20%, transparent);
        border-inline-start: 2px solid var(--tint);
      }
      .big {
        font-size: 18px;
      }
    `]}willUpdate(e){let t=e.get(`alert`);t!==void 0&&t.alert_id!==this.alert.alert_id&&(this.range=this.phases=null)}updated(){let{alert:e,evidence:t}=this,n=U[e.kind];if(t===null||n===void 0)return;let r=Date.parse(e.since)-G,i=Math.min(Math.floor(this.now/W)*W,e.cleared_at===null?1/0:Date.parse(e.cleared_at)+G,r+ge),a=`${t.serial} ${r} ${i}`;a===this.loaded||i<=r||(this.loaded=a,this.attempt(async()=>{let e=await this.app.call(`history`,{serial:t.serial,quantities:[1,2,3].map(e=>`${n}_l${e}`),start:new Date(r).toISOString(),end:new Date(i).toISOString(),points:240});this.loaded===a&&(this.phases=e)}))}render(){return t`<section class="card stack">
      <h2>${this.t(`alerts.evidence`)}</h2>
      ${this.charts()} ${this.figures()}
    </section>`}charts(){let{alert:e,evidence:n}=this;if(n===null)return t`<p class="dim" role="status">${this.t(`notice.wait`)}</p>`;let r=I(n);if(r===null)return U[e.kind]===void 0?t`<p class="dim">${this.t(`alerts.no_samples`)}</p>`:t`${this.phaseChart()} ${this.legend(!1,!1)}`;let i=R(n,r.times),a=this.app.word(`mail.measured`),{mean:o,min:s,max:c,unit:l}=r.series,u=[{key:`measured`,label:a,values:o,low:s,high:c}];if(i!==null){let e=this.app.hass.themes.darkMode?`#b0b0b0`:`#5e5e5e`;u.push({key:`usual`,label:this.t(`alerts.usual`),values:i.expected,low:i.low,high:i.high,color:e,dashed:!0})}let d=this.app.word(`kinds.${e.kind}`),f=B(e).map(e=>({value:e,label:this.app.word(`mail.usual`)})),p=me(n.quantity),m=p===null?d:this.t(`alerts.phase_of`,{name:d,phase:p});return t`
      <div class="stack" @range=${e=>this.range=e.detail}>
        <csj-chart
          .app=${this.app}
          .heading=${m}
          .unit=${l}
          .times=${r.times}
          .curves=${u}
          .marks=${[z(e,r.times,d)]}
          .limits=${f}
          .range=${this.range}
          together="alert"
        ></csj-chart>
        ${this.phaseChart()}
      </div>
      ${this.legend(f.length>0,i!==null)}
    `}legend(e,n){let{alert:r}=this;return t`<p class="row small">
        <span style="--tint: ${he[r.severity]}"><span class="span"></span> ${this.t(`alerts.while_abnormal`)}</span>
        ${e?t`<span><span class="dash"></span> ${this.app.word(`mail.usual`)}: ${C(this.app,r)}</span>`:i}
        ${n?t`<span class="dim">${this.t(`alerts.band`)}</span>`:i}
        ${this.range===null?i:t`<button class="plain" @click=${()=>this.range=null}>${this.t(`alerts.all_of_it`)}</button>`}
      </p>`}phaseChart(){let{phases:e}=this,n=U[this.alert.kind];if(e===null||n===void 0)return i;let r=[1,2,3].map(t=>e.series[`${n}_l${t}`]),a=P(e,F(r.map(e=>e?.mean??[]))),o=r.flatMap((e,t)=>e===void 0?[]:[{key:`l${t+1}`,label:`L${t+1}`,values:e.mean.slice(0,a.length)}]);return t`<csj-chart
      .app=${this.app}
      .heading=${this.t(`alerts.phases`)}
      .unit=${r[0]?.unit??null}
      .times=${a}
      .curves=${o}
      .marks=${[z(this.alert,a,this.app.word(`kinds.${this.alert.kind}`))]}
      .range=${this.range}
      together="alert"
      @range=${e=>this.range=e.detail}
    ></csj-chart>`}figures(){let{alert:e}=this,{format:n}=this.app,r=e.state===`cleared`,a=this.evidence===null?null:I(this.evidence),o=a===null?null:L(e,a),s=[[r||e.kind===`meter_silent`?this.t(`alerts.measured_last`):this.app.word(`mail.measured`),t`<span class="big">${y(this.app,e)}</span>`],[this.t(`alerts.worst`),o===null?``:_(this.app,o,e.unit)],[this.t(`alerts.usual`),e.expected===null?``:_(this.app,e.expected,e.unit)],[this.app.word(`mail.usual`),C(this.app,e)],[this.t(`alerts.score`),e.score===null||r?``:this.t(`alerts.score_of`,{score:n.number(e.score,2)})],[this.t(`alerts.measured_at`),this.measuredAt()],[this.app.word(`mail.phase`),e.phase===null?``:`L${e.phase}`],[this.app.word(`mail.since`),t`${n.dateTime(e.since)} <span class="dim">· ${n.duration(A(e,this.now))}</span>`],[this.app.word(`mail.scope`),this.scope()]],c=y(this.app,e)!==``;return t`<dl>
      ${s.map(([e,n],r)=>n===``||r===0&&!c?i:t`<div>
              <dt>${e}</dt>
              <dd class="number">${n}</dd>
            </div>`)}
    </dl>`}measuredAt(){let{alert:e,evidence:t}=this;return e.members.find(e=>e.serial===t?.serial)?.name??``}scope(){let{scope:e,confidence:t}=this.alert,n=e===`unknown`?this.t(`alerts.scope_unknown`):this.app.word(`scopes.${e}`);return t===null||e===`unknown`?n:`${n} ${this.t(`alerts.confidence`,{share:this.app.format.percent(t,0)})}`}};s([e({attribute:!1})],K.prototype,`alert`,void 0),s([e({attribute:!1})],K.prototype,`evidence`,void 0),s([e({attribute:!1})],K.prototype,`now`,void 0),s([r()],K.prototype,`range`,void 0),s([r()],K.prototype,`phases`,void 0),K=s([c(`csj-alert-evidence`)],K);var q=160,J=36,_e=120,ve=10,ye={abnormal:`critical`,normal:`good`,newly_silent:`warning`},Y=class extends d{constructor(...e){super(...e),this.courses=new Map,this.loaded=``}static{this.styles=[a,w,u`
      td {
        vertical-align: middle;
      }
      tr.this td {
        font-weight: 500;
      }
      svg.course {
        display: block;
        overflow: visible;
      }
      .line {
        fill: none;
        stroke: var(--csj-accent-text);
        stroke-width: 1.5;
      }
      .limit {
        stroke: var(--error-color, #db4437);
        stroke-dasharray: 4 3;
      }
      .event {
        fill: var(--csj-critical);
        opacity: 0.12;
      }
      p {
        margin-bottom: 4px;
      }
    `]}updated(){let{samples:e,witnesses:t}=this.evidence,n=I(this.evidence)?.times.at(-1);if(e===null||n===void 0)return;let r=t.slice(0,ve).map(({serial:e})=>e),i=`${e.start} ${n} ${r.join()}`;i!==this.loaded&&(this.loaded=i,this.load(r,e.start,new Date((n+e.step)*1e3).toISOString(),i))}async load(e,t,n,r){let{quantity:i}=this.evidence,a=await Promise.all(e.map(async e=>{try{let r={serial:e,quantities:[i],start:t,end:n,points:_e},{series:a}=await this.app.call(`history`,r);return[e,a[i]?.mean??null]}catch{return[e,null]}}));r===this.loaded&&(this.courses=new Map(a))}render(){let{witnesses:e,serial:n}=this.evidence,r=I(this.evidence),a=V([r?.series.mean??[],...[...this.courses.values()].filter(e=>e!==null),B(this.alert)]),o=t=>e.filter(e=>e.standing===t).length,[s,c,l]=[this.t(`alerts.showed`),this.app.word(`mail.measured`),this.t(`alerts.course`)],u=this.alert.members.find(e=>e.serial===n)?.name??this.alert.name;return t`<section class="card">
      <h2>${this.t(`alerts.neighbours`)}</h2>
      <p class="dim">
        ${this.t(`alerts.neighbours_count`,{abnormal:o(`abnormal`),normal:o(`normal`),silent:o(`newly_silent`)})}
      </p>
        <table class="cards" role="table">
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader">${this.app.word(`mail.meter`)}</th>
              <th role="columnheader">${s}</th>
              <th role="columnheader" class="number">${c}</th>
              ${r===null?i:t`<th role="columnheader">${l}</th>`}
            </tr>
          </thead>
          <tbody role="rowgroup">
            <tr role="row" class="this">
              <td role="cell" class="first">${this.t(`alerts.this_meter`,{name:u})}</td>
              <td role="cell" data-label=${s}>${this.app.word(`kinds.${this.alert.kind}`)}</td>
              <td role="cell" class="number" data-label=${c}>${x(this.app,this.alert)||`–`}</td>
              ${r===null?i:t`<td role="cell" data-label=${l}>${this.course(r.series.mean,a)}</td>`}
            </tr>
            ${e.map(e=>t`<tr role="row">
                <td role="cell" class="first">${this.meter(e)}</td>
                <td role="cell" data-label=${s}>
                  <span>${this.chip(e.standing)} <span class="small dim">${this.at(e)}</span></span>
                </td>
                <td role="cell" class="number" data-label=${c}>${_(this.app,e.value,this.alert.unit)}</td>
                ${r===null?i:t`<td role="cell" data-label=${l}>${this.course(this.courses.get(e.serial),a)}</td>`}
              </tr>`)}
          </tbody>
        </table>
    </section>`}chip(e){return t`<span class="chip dot ${ye[e]}">${this.t(`alert_witnesses.${e}`)}</span>`}at({standing:e,since:t}){return this.t(e===`newly_silent`?`alerts.last_heard`:`alerts.seen_at`,{at:this.app.format.time(t)})}meter({serial:e,name:n}){let r=g(`meters`,e);return t`<a href=${r} @click=${e=>o(e,r)}>${n}</a>`}course(e,r){if(e===void 0)return t`<span class="dim small">${this.courses.size?`–`:this.t(`notice.wait`)}</span>`;if(e===null||r===null||e.every(e=>e===null))return t`<span class="dim small">${this.t(`alerts.no_course`)}</span>`;let[i,a]=r,o=e=>J-(e-i)/(a-i||1)*J;return t`<svg class="course" width=${q} height=${J} viewBox="0 0 ${q} ${J}" aria-hidden="true">
      ${this.event()}
      ${B(this.alert).map(e=>n`<line class="limit" x1="0" x2=${q} y1=${o(e)} y2=${o(e)} />`)}
      <path class="line" d=${H(e,r,q,J)} />
    </svg>`}event(){let e=I(this.evidence)?.times,[t,r]=[e?.[0],e?.at(-1)];if(t===void 0||r===void 0||r<=t)return i;let a=e=>Math.min(1,Math.max(0,(e-t)/(r-t)))*q,{since:o,cleared_at:s}=this.alert,[c,l]=[a(Date.parse(o)/1e3),a(s===null?r:Date.parse(s)/1e3)];return n`<rect class="event" x=${c} y="0" width=${Math.max(1,l-c)} height=${J} />`}};s([e({attribute:!1})],Y.prototype,`alert`,void 0),s([e({attribute:!1})],Y.prototype,`evidence`,void 0),s([r()],Y.prototype,`courses`,void 0),Y=s([c(`csj-alert-witnesses`)],Y);var be=6e4,xe=21e5,X=class extends d{constructor(...e){super(...e),this.alertId=``,this.row=null,this.rows=new Map,this.now=0,this.evidence=null,this.told=[],this.error=``,this.toldError=``,this.answered=null,this.turn=0,this.loadedAt=0,this.wantsFocus=!1}static{this.styles=[a,u`
      :host {
        container-type: inline-size;
      }
      h2 {
        font-size: 20px;
        font-weight: 400;
        overflow-wrap: anywhere;
      }
      h2:focus {
        outline: none;
      }
      .head {
        display: grid;
        gap: 12px;
      }
      .lead {
        font-size: 16px;
        overflow-wrap: anywhere;
      }
      .links {
        gap: 4px 20px;
      }
      .two {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      ol,
      ul {
        margin: 8px 0 0;
        padding-inline-start: 20px;
      }
      li {
        margin-bottom: 4px;
      }
      ol.steps {
        list-style: none;
        padding: 0;
        border-inline-start: 2px solid var(--csj-line);
        margin-inline-start: 6px;
      }
      .steps li {
        padding-inline-start: 16px;
        position: relative;
        margin-bottom: 8px;
      }
      .steps li::before {
        content: "";
        position: absolute;
        inset-inline-start: -6px;
        top: 5px;
        width: 10px;
        height: 10px;
        border-radius: 50%;
        background: var(--csj-dim);
      }
      .members {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(180px, 1fr));
        gap: 4px 16px;
        list-style: none;
        padding: 0;
      }
      @container (min-width: 640px) {
        .two {
          grid-template-columns: 1fr 1fr;
        }
      }
    `]}async begin(){this.wantsFocus=!0,await this.updateComplete,this.focusHeading()}focusHeading(){this.wantsFocus&&this.heading&&(this.wantsFocus=!1,this.heading.focus({preventScroll:!0}),window.scrollTo({top:0}))}get alert(){if(this.answered!==null)return this.answered;let{evidence:e}=this;return this.row??e?.alert??null}willUpdate(e){e.has(`alertId`)&&(this.evidence=null,this.told=[],this.error=``),(e.has(`alertId`)||e.has(`row`))&&(this.answered=null)}updated(e){this.focusHeading();let t=e.get(`row`),n=e.has(`row`)&&(t?.state!==this.row?.state||t?.since!==this.row?.since);(e.has(`alertId`)||n||Date.now()-this.loadedAt>be&&this.renews())&&this.load()}renews(){let e=this.alert?.cleared_at??null;return this.alert!==null&&(e===null||Date.now()-Date.parse(e)<xe)}async load(){let e=++this.turn,t=this.alertId;this.loadedAt=Date.now();try{let n=await this.app.call(`alerts/evidence`,{alert_id:t});if(e!==this.turn)return;this.evidence=n,this.error=``}catch(t){e===this.turn&&(this.error=this.app.sentence(t));return}try{let{serial:t,raised_at:n,since:r}=this.evidence.alert,{events:i,missing:a}=await this.app.call(`events`,{...t===null?{}:{serial:t},sources:[`alert`],start:r<n?r:n,limit:500});if(e!==this.turn)return;this.told=i,this.toldError=a.length?this.t(`alerts.unread`):``}catch(t){e===this.turn&&(this.toldError=this.app.sentence(t))}}render(){let{alert:e}=this;return e===null?t`<csj-notice .app=${this.app} .kind=${this.error?`error`:`wait`} .text=${this.error}></csj-notice>`:t`<article class="stack">
      ${this.head(e)} ${this.advice(e)}
      ${this.error?t`<csj-notice .app=${this.app} kind="error" .text=${this.error}>
            <button @click=${()=>this.load()}>${this.t(`alerts.again`)}</button>
          </csj-notice>`:i}
      <csj-alert-evidence .app=${this.app} .alert=${e} .evidence=${this.evidence} .now=${this.now}></csj-alert-evidence>
      ${this.evidence?.witnesses.length?t`<csj-alert-witnesses .app=${this.app} .alert=${e} .evidence=${this.evidence}></csj-alert-witnesses>`:i}
      ${this.members(e)} ${this.history(e)}
    </article>`}head(e){let{format:n}=this.app,r=this.app.word(`severities.${e.severity}`),a=e.state===`cleared`,o=e.work_order===null?null:O(e.work_order),s={...e,state:`false_alarm`},c=a?e.false_alarm_by===null?``:b(this.app,s):b(this.app,e),l=de(e.message,[this.app.word(`messages.drill_text`),e.action===null?``:this.app.word(`advice.${e.action}`),e.scope===`unknown`?``:this.app.word(`scopes.${e.scope}`)],e.members.length?this.app.texts.get(`messages.members`,{meters:`
`}).split(`
`)[0]:``);return t`<section class="card head">
      <div class="row">
        <span class="chip dot ${a?`good`:e.severity===`info`?`neutral`:e.severity}"
          >${a?this.app.word(`standing.cleared`):r}</span
        >
        ${a?t`<span class="chip neutral">${r}</span>`:i}
        ${e.drill?t`<span class="chip neutral">${this.app.word(`messages.drill`)}</span>`:i}
        <span class="dim small"
          >${this.t(a?`alerts.lasted`:`alerts.since_for`,{since:n.dateTime(e.since),duration:n.duration(A(e,this.now))})}</span
        >
      </div>
      <h2 tabindex="-1">
        ${v(this.app,e)}
      </h2>
      ${e.drill?t`<p>${this.app.word(`messages.drill_text`)}</p>`:i}
      <div class="head" role="status">
        <p class="lead">${l}</p>
        ${c?t`<p><strong>${c}</strong></p>`:i}
      </div>
      ${e.area_alert_id===null?i:t`<p class="small">${this.t(`alerts.part_of_circuit`)} ${this.link(`alerts`,e.area_alert_id,this.t(`alerts.circuit_alert`))}</p>`}
      <csj-alert-actions
        .app=${this.app}
        .alert=${e}
        .now=${this.now}
        @answered=${this.answer}
      ></csj-alert-actions>
      ${e.serial===null&&o===null?i:t`<div class="row links">
            ${e.serial===null?i:this.link(`meters`,e.serial,this.t(`alerts.open_meter`))}
            ${o===null?i:this.app.may(`work_orders`)?this.link(`work_orders`,o,e.work_order??``):t`<span>${e.work_order}</span>`}
          </div>`}
    </section>`}async answer({detail:e}){e.alert_id===this.alertId&&(this.answered=e.alert,await this.updateComplete,await this.renderRoot.querySelector(`csj-alert-actions`)?.updateComplete,this.renderRoot.activeElement===null&&this.heading?.focus({preventScroll:!0}))}link(e,n,r){let i=g(e,n);return t`<a href=${i} @click=${e=>o(e,i)}>${r}</a>`}advice(e){return e.action===null&&!e.causes.length?i:t`<section class="card two">
      ${e.action===null?i:t`<div>
            <h3>${this.app.word(`mail.action`)}</h3>
            <p>${this.app.word(`advice.${e.action}`)}</p>
          </div>`}
      ${e.causes.length?t`<div>
            <h3>${this.app.word(`mail.causes`)}</h3>
            <ol>
              ${e.causes.map(e=>t`<li>${this.app.word(`advice.${e}`)}</li>`)}
            </ol>
          </div>`:i}
    </section>`}members(e){return e.members.length?t`<section class="card">
      <h3>${this.app.word(`mail.members`)}</h3>
      <ul class="members" role="list">
        ${e.members.map(e=>{let n=this.rows.get(e.alert_id);return t`<li>
            ${this.link(`alerts`,e.alert_id,n===void 0?e.name:S(this.app,n))}
            ${n===void 0?i:t`<span class="dim number">${x(this.app,n)}</span>`}
          </li>`})}
      </ul>
    </section>`:i}history(e){return t`<section class="card">
      <h3>${this.t(`alerts.history`)}</h3>
      <ol class="steps" role="list">
        ${ue(e,this.told).map(({kind:e,at:n,by:r})=>t`<li>
            ${e===`began`?this.t(`alerts.began`):this.app.word(`events.steps.${e}`)}${r===null?i:` · ${ee(this.app,r)}`}<br />
            <span class="dim small number">${n===null?i:this.app.format.dateTime(n,{seconds:e!==`began`})}</span>
          </li>`)}
      </ol>
      ${this.toldError?t`<p class="dim small">${this.t(`alerts.no_history`,{error:this.toldError})}</p>`:i}
    </section>`}};s([e()],X.prototype,`alertId`,void 0),s([e({attribute:!1})],X.prototype,`row`,void 0),s([e({attribute:!1})],X.prototype,`rows`,void 0),s([e({attribute:!1})],X.prototype,`now`,void 0),s([r()],X.prototype,`evidence`,void 0),s([r()],X.prototype,`told`,void 0),s([r()],X.prototype,`error`,void 0),s([r()],X.prototype,`toldError`,void 0),s([r()],X.prototype,`answered`,void 0),s([p(`h2`)],X.prototype,`heading`,void 0),X=s([c(`csj-alert-view`)],X);var Se=864e5,Ce=200,we=60,Z=class extends d{constructor(...e){super(...e),this.open=0,this.ended=[],this.error=``,this.turn=0,this.retries=new h(this,we,()=>this.error&&this.load())}static{this.styles=[a,u`
      ul {
        list-style: none;
        margin: 8px 0 0;
        padding: 0;
      }
      li {
        padding: 8px 0;
        border-top: 1px solid var(--csj-line);
        overflow-wrap: anywhere;
      }
      summary {
        cursor: pointer;
        font-weight: 500;
      }
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.load()}updated(e){e.has(`open`)&&this.load()}render(){return this.error?t`<p class="dim small" role="status">${this.t(`alerts.no_past`,{error:this.error})}</p>`:this.ended.length?t`<details class="card">
      <summary>${this.t(`alerts.ended`,{count:this.ended.length})}</summary>
      <ul role="list">
        ${this.ended.map(e=>{let n=g(`alerts`,e.alert_id);return t`<li>
            <span class="number dim small">${this.app.format.dateTime(e.at)}</span><br />
            <a href=${n} @click=${e=>o(e,n)}>${e.text}</a>
          </li>`})}
      </ul>
    </details>`:i}async load(){let e=++this.turn;try{let{events:t,missing:n}=await this.app.call(`events`,{sources:[`alert`],start:new Date(Date.now()-Se).toISOString(),limit:Ce});if(e!==this.turn)return;let r=t.filter(({kind:e})=>e===`cleared`||e===`repaired`);this.ended=r.filter(({alert_id:e},t)=>r.findIndex(t=>t.alert_id===e)===t),this.error=n.length?this.t(`alerts.unread`):``}catch(t){e===this.turn&&(this.error=this.app.sentence(t))}}};s([e({type:Number})],Z.prototype,`open`,void 0),s([r()],Z.prototype,`ended`,void 0),s([r()],Z.prototype,`error`,void 0),Z=s([c(`csj-ended-alerts`)],Z);var Te=15,Q=class extends d{constructor(...e){super(...e),this.alertId=``,this.filter=ie,this.now=Date.now(),this.tick=new h(this,Te,()=>this.requestUpdate()),this.alerts=new f(this,()=>({command:`alerts/subscribe`}),`alerts`,e=>e.alert_id)}static{this.styles=[a,u`
      :host {
        container-type: inline-size;
      }
      .filters {
        align-items: end;
        gap: 12px;
      }
      .severities button {
        gap: 6px;
      }
      .check {
        min-height: 36px;
      }
      .quiet {
        display: grid;
        justify-items: center;
        gap: 8px;
        padding: 40px 16px;
        text-align: center;
      }
      .parts {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
        align-items: start;
      }
      .opened .list,
      .opened .filters {
        display: none;
      }
      @container (min-width: 900px) {
        .opened .parts {
          grid-template-columns: minmax(300px, 360px) minmax(0, 1fr);
        }
        .opened .list {
          display: grid;
          position: sticky;
          top: 112px;
          max-height: calc(100vh - 128px);
          overflow-y: auto;
        }
        .opened .filters {
          display: flex;
        }
      }
      @container (max-width: 560px) {
        .filters > label:not(.check) {
          flex: 1 1 140px;
        }
        .severities {
          flex: 1 0 100%;
        }
        input[type="search"],
        select {
          width: 100%;
        }
      }
    `]}willUpdate(){this.now=Date.now()}updated(e){e.has(`alertId`)&&this.alertId&&this.list!==null&&!this.list.checkVisibility()&&this.renderRoot.querySelector(`csj-alert-view`)?.begin();let t=e.get(`alertId`);t&&!this.alertId&&this.renderRoot.querySelector(`csj-alert-list`)?.goTo(t)}render(){let{standing:e,error:n}=this.alerts,r=[...this.alerts.rows.values()],a=r.length>0||e===`live`;return t`<div class="stack ${this.alertId?`opened`:``}">
      <csj-standing .app=${this.app} .standing=${e} .error=${n}></csj-standing>
      ${a||this.alertId?this.content(r,a):i}
    </div>`}content(e,n){let r=ae(e),a=oe(se(r,this.filter));return t`
      ${r.length?this.filters(r,a.length):i}
      <div class="parts">
        <div class="list stack">
          ${a.length?t`<csj-alert-list .app=${this.app} .alerts=${a} .current=${this.alertId} .now=${this.now}></csj-alert-list>`:n?this.nothing_(r.length):i}
          <csj-ended-alerts .app=${this.app} .open=${e.length}></csj-ended-alerts>
        </div>
        ${this.alertId?t`<div class="stack">
              <div>
                <a
                  class="button"
                  href=${g(`alerts`)}
                  @click=${e=>o(e,g(`alerts`))}
                  ><span aria-hidden="true">←</span> ${this.t(`alerts.back`)}</a
                >
              </div>
              <csj-alert-view
                .app=${this.app}
                .alertId=${this.alertId}
                .row=${this.alerts.rows.get(this.alertId)??null}
                .rows=${this.alerts.rows}
                .now=${this.now}
              ></csj-alert-view>
            </div>`:i}
      </div>
    `}nothing_(e){if(this.alerts.loading||e){let n=this.t(e?`alerts.none_fits`:`alerts.loading`);return t`<csj-notice .app=${this.app} kind="empty" .text=${n}></csj-notice>`}return t`<div class="card quiet" role="status">
      <svg class="good" viewBox="0 0 24 24" width="48" height="48" aria-hidden="true">
        <path fill="none" stroke="currentColor" stroke-width="1.6" d="M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M8 12.2l2.8 2.8L16.2 9.4" />
      </svg>
      <h2>${this.t(`alerts.quiet`)}</h2>
      <p class="dim">${this.t(`alerts.quiet_text`)}</p>
    </div>`}filters(e,n){let{filter:r}=this,a=[...new Set([...e.map(e=>e.kind),...r.kind?[r.kind]:[]])].map(e=>[e,this.app.word(`kinds.${e}`)]).sort(([,e],[,t])=>e.localeCompare(t)),o=e.filter(e=>D(e)===`waiting`).length;return t`<div class="row filters" role="search">
      <div class="group severities" role="group" aria-label=${this.t(`alerts.severity`)}>
        ${T.map(n=>{let i=e.filter(e=>e.severity===n).length,a=r.severity===n;return t`<button
            class=${a?`on`:``}
            aria-pressed=${a}
            ?disabled=${!i&&!a}
            @click=${()=>this.set({severity:a?``:n})}
          >
            ${this.app.word(`severities.${n}`)} <span class="number">${i}</span>
          </button>`})}
      </div>
      <label
        >${this.t(`alerts.handling`)}
        <select @change=${e=>this.set({handling:$(e)})}>
          <option value="">${this.t(`alerts.any`)}</option>
          ${ne.map(e=>t`<option .value=${e} ?selected=${e===r.handling}>${this.t(`alert_handling.${e}`)}</option>`)}
        </select></label
      >
      <label
        >${this.t(`alerts.kind`)}
        <select .value=${m(r.kind)} @change=${e=>this.set({kind:$(e)})}>
          <option value="">${this.t(`alerts.any`)}</option>
          ${l(a,([e])=>e,([e,n])=>t`<option .value=${e} ?selected=${e===r.kind}>${n}</option>`)}
        </select></label
      >
      <label
        >${this.t(`alerts.where`)}
        <input type="search" .value=${r.where} @input=${e=>this.set({where:$(e)})} />
      </label>
      ${e.some(e=>e.drill)?t`<label class="check"
            ><input
              type="checkbox"
              .checked=${r.drills}
              @change=${e=>this.set({drills:e.target.checked})}
            />${this.t(`alerts.drills`)}</label
          >`:i}
      <span class="dim" role="status">${this.t(`alerts.count`,{shown:n,all:e.length,waiting:o})}</span>
    </div>`}set(e){this.filter={...this.filter,...e}}};s([e()],Q.prototype,`alertId`,void 0),s([r()],Q.prototype,`filter`,void 0),s([r()],Q.prototype,`now`,void 0),s([p(`.list`)],Q.prototype,`list`,void 0),Q=s([c(`csj-alerts-page`)],Q);function $(e){return e.target.value}export{Q as CsjAlertsPage};