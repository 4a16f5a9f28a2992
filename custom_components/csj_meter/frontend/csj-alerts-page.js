import{_ as e,b as t,c as n,h as r,i,l as a,m as o,o as s,p as c,s as l,t as u,v as d,y as f}from"./elements.js";import{t as p}from"./repeated.js";import{t as m}from"./panel.js";import{a as h,i as g,n as _,o as v,r as y,t as b}from"./words.js";import"./chart.js";import{t as ee}from"./card_table.js";var x={escalated:`waiting`,confirmed:`waiting`,suspected:`suspected`,acknowledged:`seen_to`,shelved:`put_aside`,false_alarm:`put_aside`,cleared:`over`},S=[`waiting`,`seen_to`,`put_aside`,`suspected`],C=[`critical`,`warning`,`info`],w={escalated:0,confirmed:1,suspected:2,acknowledged:3,shelved:4,false_alarm:5,cleared:6},T=864e5,te={severity:``,kind:``,where:``,handling:``,drills:!0};function E(e){return x[e.state]}function ne(e){let t=new Set(e.map(e=>e.alert_id));return e.filter(e=>e.area_alert_id===null||!t.has(e.area_alert_id))}function re(e){return[...e].sort((e,t)=>C.indexOf(e.severity)-C.indexOf(t.severity)||w[e.state]-w[t.state]||Date.parse(e.since)-Date.parse(t.since)||e.alert_id.localeCompare(t.alert_id))}function ie(e,t){let n=t.where.toLocaleLowerCase().split(/\s+/).filter(Boolean);return e.filter(e=>{if(t.severity&&e.severity!==t.severity||t.kind&&e.kind!==t.kind||t.handling&&E(e)!==t.handling||!t.drills&&e.drill)return!1;let r=e.members.map(({name:e,serial:t})=>`${e} ${t}`).join(` `),i=`${e.name} ${e.serial??``} ${e.circuit??``} ${r}`.toLocaleLowerCase();return n.every(e=>i.includes(e))})}function ae(e){return new Set(e.members.map(({serial:e})=>e)).size}function oe(e,t){let n=new Set;e.state!==`suspected`&&e.state!==`cleared`&&(n.add(`shelve`),e.state!==`acknowledged`&&n.add(`acknowledge`),e.state!==`false_alarm`&&n.add(`false_alarm`),e.work_order===null&&n.add(`work_order`));let r=e.cleared_at===null?null:Date.parse(e.cleared_at);return e.state===`cleared`&&e.confirmed_at!==null&&e.false_alarm_by===null&&r!==null&&t-r<T&&n.add(`false_alarm`),n}function se(e){let t=/(\d+)$/.exec(e)?.[1];return t===void 0?null:String(Number(t))}function ce(e,t){let n=new Map,r=(e,t,r=null)=>{(t!==null||r!==null)&&n.set(e,{kind:e,at:t,by:r})};r(`began`,e.since),r(`raised`,e.raised_at),r(`confirmed`,e.confirmed_at),r(`escalated`,e.escalated_at),r(`acknowledged`,e.acknowledged_at,e.acknowledged_by),r(`false_alarm`,null,e.false_alarm_by),e.repaired_by===null?r(`cleared`,e.cleared_at):r(`repaired`,e.cleared_at,e.repaired_by);for(let{alert_id:i,kind:a,at:o,by:s}of t)i!==e.alert_id||a===`cleared`&&n.has(`repaired`)||r(a,o,s??n.get(a)?.by??null);return[...n.values()].sort((e,t)=>D(e.at)-D(t.at))}function D(e){return e===null?1/0:Date.parse(e)}function O(e,t){return Math.max(0,((e.cleared_at===null?t:Date.parse(e.cleared_at))-Date.parse(e.since))/1e3)}function k(e,t,n=``){let r=n?e.lastIndexOf(n):-1,i=r<0?e:e.slice(0,r);for(let e of t)e&&(i=i.replace(e,``));return i.replace(/\s+/g,` `).trim()||e}var A=class extends s{constructor(...e){super(...e),this.alerts=[],this.current=``,this.now=0}static{this.styles=[a,t`
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
    `]}async goTo(e){await this.updateComplete,this.renderRoot.querySelector(`[data-alert="${CSS.escape(e)}"]`)?.focus()}updated(e){e.has(`current`)&&this.current&&this.renderRoot.querySelector(`a[aria-current]`)?.scrollIntoView({block:`nearest`})}render(){return d`<ul role="list">
      ${this.alerts.map(e=>d`<li>${this.row(e)}</li>`)}
    </ul>`}row(t){let{format:n}=this.app,r=m(`alerts`,t.alert_id);return d`<a
      class="card ${t.severity}-row ${E(t)}"
      href=${r}
      data-alert=${t.alert_id}
      aria-current=${t.alert_id===this.current?`true`:e}
      @click=${e=>i(e,r)}
    >
      <span class="row chips">
        <span class="chip dot ${t.severity===`info`?`neutral`:t.severity}"
          >${this.app.word(`severities.${t.severity}`)}</span
        >
        ${t.drill?d`<span class="chip neutral">${this.app.word(`messages.drill`)}</span>`:e}
      </span>
      <span class="what">
        <span class="kind">${this.app.word(`kinds.${t.kind}`)}</span><br />
        <span class="where">${h(this.app,t)}</span>
        ${t.members.length?d`<span class="dim"> · ${this.t(`alerts.member_count`,{count:ae(t)})}</span>`:t.circuit!==null&&t.serial!==null?d`<span class="dim"> · ${t.circuit}</span>`:e}
      </span>
      <span class="figure number">${_(this.app,t)}</span>
      <span class="since small dim"
        >${this.t(`alerts.since_for`,{since:this.when(t.since),duration:n.duration(O(t,this.now))})}</span
      >
      <span class="standing small"
        >${g(this.app,t)}${t.work_order===null?e:d`<span class="dim"> · ${t.work_order}</span>`}</span
      >
    </a>`}when(e){let{format:t}=this.app;return t.date(e)===t.date(this.now)?t.time(e):t.dateTime(e)}};n([r({attribute:!1})],A.prototype,`alerts`,void 0),n([r()],A.prototype,`current`,void 0),n([r({attribute:!1})],A.prototype,`now`,void 0),A=n([l(`csj-alert-list`)],A);var j=[60,480,1440,10080],le=10080,M={minute:1,hour:60,day:1440},N=class extends s{constructor(...e){super(...e),this.now=0,this.busy=``,this.error=``,this.shelf=60}static{this.styles=[a,t`
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
    `]}willUpdate(e){let t=e.get(`alert`);t!==void 0&&t.alert_id!==this.alert.alert_id&&(this.error=``)}render(){let t=oe(this.alert,this.now),n={acknowledge:t.has(`acknowledge`)&&this.app.may(`answer_alerts`),false_alarm:t.has(`false_alarm`)&&this.app.may(`judge_alerts`),shelve:t.has(`shelve`)&&this.app.may(`judge_alerts`),work_order:t.has(`work_order`)&&this.app.may(`work_orders`)};return d`
      <div class="row">
        ${n.acknowledge?this.button(`acknowledge`,this.app.word(`buttons.acknowledge`),()=>this.acknowledge(),!0):e}
        ${n.work_order?this.button(`work_order`,this.t(`alerts.create_work_order`),()=>this.createWorkOrder()):e}
        ${n.shelve?this.button(`shelve`,this.t(`alerts.shelve`),()=>void this.shelveDialog.show()):e}
        ${n.false_alarm?this.button(`false_alarm`,this.app.word(`buttons.false_alarm`),()=>void this.falseAlarm.show()):e}
      </div>
      ${this.error?d`<p class="critical error" role="alert">${this.error}</p>`:e}
      <csj-dialog
        id="false-alarm"
        .app=${this.app}
        .heading=${this.t(`alerts.false_alarm_question`)}
        .action=${this.app.word(`buttons.false_alarm`)}
        .work=${()=>this.answer(`report_false_alarm`)}
      >
        <p>${this.t(`alerts.false_alarm_text`)}</p>
      </csj-dialog>
      <csj-dialog
        id="shelve"
        .app=${this.app}
        .heading=${this.t(`alerts.shelve_question`)}
        .action=${this.t(`alerts.shelve`)}
        .work=${()=>this.shelve()}
      >
        <p>${this.t(`alerts.shelve_text`)}</p>
        <fieldset>
          <legend class="hidden-label">${this.t(`alerts.shelve_question`)}</legend>
          ${j.map(e=>this.choice(e,this.app.format.duration(e*60)))}
          ${this.choice(`own`,this.t(`alerts.shelve_own`))}
          <div class="row own" ?hidden=${this.shelf!==`own`}>
            <input id="amount" type="number" min="1" step="1" value="2" inputmode="numeric" aria-label=${this.t(`alerts.amount`)} />
            <select id="unit" aria-label=${this.t(`alerts.unit`)}>
              ${Object.keys(M).map(e=>d`<option .value=${e} ?selected=${e===`hour`}>${this.t(`alert_units.${e}`)}</option>`)}
            </select>
          </div>
        </fieldset>
      </csj-dialog>
    `}button(e,t,n,r=!1){let i=this.busy===e;return d`<button class=${r?`main`:``} data-answer=${e} ?disabled=${this.busy!==``} @click=${n}>
      ${i?this.t(`dialog.busy`):t}
    </button>`}choice(e,t){return d`<label class="check"
      ><input
        type="radio"
        name="shelf"
        .checked=${this.shelf===e}
        @change=${()=>this.shelf=e}
      />${t}</label
    >`}async acknowledge(){let e=new Date().toISOString();this.tell({...this.alert,state:`acknowledged`,acknowledged_at:e,acknowledged_by:this.app.info.user}),await this.working(`acknowledge`,()=>this.answer(`acknowledge`))}async createWorkOrder(){let e=(await this.working(`work_order`,()=>this.answer(`create_work_order`)))?.work_order?.name;e&&this.toast(this.t(`alerts.work_order_open`,{name:e}))}async shelve(){let e=this.amount.valueAsNumber*M[this.unit.value],t=this.shelf===`own`?Math.round(e):this.shelf;if(!(t>=1&&t<=le))throw Error(this.t(`alerts.shelve_bounds`));await this.answer(`shelve`,{minutes:t})}async answer(e,t={}){let n=await this.app.call(`alerts/${e}`,{alert_id:this.alert.alert_id,...t});return this.tell(n.alert),n}async working(e,t){this.busy=e,this.error=``;try{return await t()}catch(e){this.tell(null),this.error=this.app.sentence(e);return}finally{this.busy=``}}tell(e){this.dispatchEvent(new CustomEvent(`answered`,{detail:e}))}};n([r({attribute:!1})],N.prototype,`alert`,void 0),n([r({attribute:!1})],N.prototype,`now`,void 0),n([o()],N.prototype,`busy`,void 0),n([o()],N.prototype,`error`,void 0),n([o()],N.prototype,`shelf`,void 0),n([c(`#false-alarm`)],N.prototype,`falseAlarm`,void 0),n([c(`#shelve`)],N.prototype,`shelveDialog`,void 0),n([c(`#amount`)],N.prototype,`amount`,void 0),n([c(`#unit`)],N.prototype,`unit`,void 0),N=n([l(`csj-alert-actions`)],N);function P({start:e,step:t},n){let r=Date.parse(e)/1e3;return Array.from({length:n},(e,n)=>r+n*t)}function F(e){return Math.max(0,...e.map(e=>e.findLastIndex(e=>e!==null)+1))}function ue(e){let t=/(?<!_l[123])_l([123])$/.exec(e)?.[1];return t===void 0?null:Number(t)}function I(e){let t=e.samples?.series[e.quantity];if(e.samples===null||t===void 0)return null;let n=F([t.mean]);if(!n)return null;let{unit:r,mean:i,min:a,max:o}=t;return{times:P(e.samples,n),series:{unit:r,mean:i.slice(0,n),min:a.slice(0,n),max:o.slice(0,n)}}}function L(e,{times:t,series:n}){if(e.low===null==(e.high===null))return null;let[r,i]=[Date.parse(e.since)/1e3,e.cleared_at===null?1/0:Date.parse(e.cleared_at)/1e3],a=V([(e.high===null?n.min:n.max).filter((e,n)=>t[n]>=r&&t[n]<=i)]);return a===null?null:e.high===null?a[0]:a[1]}function R(e,t){if(!e.band?.length)return null;let n=new Map(e.band.map(e=>[Math.floor(Date.parse(e.start)/36e5),e])),r=t.map(e=>n.get(Math.floor(e/3600)));return{expected:r.map(e=>e?.expected??null),low:r.map(e=>e?.low??null),high:r.map(e=>e?.high??null)}}function z(e,t,n){let r=e.cleared_at===null?t.at(-1):Date.parse(e.cleared_at)/1e3,i=Date.parse(e.since)/1e3;return{at:i,until:Math.max(i,r??i),kind:e.severity,label:n}}function B(e){return[e.low,e.high].filter(e=>e!==null)}function V(e){let t=e.flat().filter(e=>e!==null);return t.length?[Math.min(...t),Math.max(...t)]:null}function H(e,[t,n],r,i){let a=n-t||1,o=r/Math.max(1,e.length-1),s=``,c=!1;return e.forEach((e,n)=>{if(e===null){c=!1;return}let r=(n*o).toFixed(1),l=(i-(e-t)/a*i).toFixed(1);s+=c?`L${r} ${l}`:`M${r} ${l}h.1`,c=!0}),s}var U={phase_imbalance:`voltage`,phase_loss:`voltage`,current_imbalance:`current`},de={critical:`var(--error-color)`,warning:`var(--warning-color)`,info:`var(--info-color)`},W=6e4,G=30*W,fe=10080*W,K=class extends s{constructor(...e){super(...e),this.evidence=null,this.now=0,this.range=null,this.phases=null,this.loaded=``}static{this.styles=[a,t`
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
    `]}willUpdate(e){let t=e.get(`alert`);t!==void 0&&t.alert_id!==this.alert.alert_id&&(this.range=this.phases=null)}updated(){let{alert:e,evidence:t}=this,n=U[e.kind];if(t===null||n===void 0)return;let r=Date.parse(e.since)-G,i=Math.min(Math.floor(this.now/W)*W,e.cleared_at===null?1/0:Date.parse(e.cleared_at)+G,r+fe),a=`${t.serial} ${r} ${i}`;a===this.loaded||i<=r||(this.loaded=a,this.attempt(async()=>{let e=await this.app.call(`history`,{serial:t.serial,quantities:[1,2,3].map(e=>`${n}_l${e}`),start:new Date(r).toISOString(),end:new Date(i).toISOString(),points:240});this.loaded===a&&(this.phases=e)}))}render(){return d`<section class="card stack">
      <h2>${this.t(`alerts.evidence`)}</h2>
      ${this.charts()} ${this.figures()}
    </section>`}charts(){let{alert:e,evidence:t}=this;if(t===null)return d`<p class="dim" role="status">${this.t(`notice.wait`)}</p>`;let n=I(t);if(n===null)return U[e.kind]===void 0?d`<p class="dim">${this.t(`alerts.no_samples`)}</p>`:d`${this.phaseChart()} ${this.legend(!1,!1)}`;let r=R(t,n.times),i=this.app.word(`mail.measured`),{mean:a,min:o,max:s,unit:c}=n.series,l=[{key:`measured`,label:i,values:a,low:o,high:s}];if(r!==null){let e=this.app.hass.themes.darkMode?`#b0b0b0`:`#5e5e5e`;l.push({key:`usual`,label:this.t(`alerts.usual`),values:r.expected,low:r.low,high:r.high,color:e,dashed:!0})}let u=this.app.word(`kinds.${e.kind}`),f=B(e).map(e=>({value:e,label:this.app.word(`mail.usual`)})),p=ue(t.quantity),m=p===null?u:this.t(`alerts.phase_of`,{name:u,phase:p});return d`
      <div class="stack" @range=${e=>this.range=e.detail}>
        <csj-chart
          .app=${this.app}
          .heading=${m}
          .unit=${c}
          .times=${n.times}
          .curves=${l}
          .marks=${[z(e,n.times,u)]}
          .limits=${f}
          .range=${this.range}
          together="alert"
        ></csj-chart>
        ${this.phaseChart()}
      </div>
      ${this.legend(f.length>0,r!==null)}
    `}legend(t,n){let{alert:r}=this;return d`<p class="row small">
        <span style="--tint: ${de[r.severity]}"><span class="span"></span> ${this.t(`alerts.while_abnormal`)}</span>
        ${t?d`<span><span class="dash"></span> ${this.app.word(`mail.usual`)}: ${b(this.app,r)}</span>`:e}
        ${n?d`<span class="dim">${this.t(`alerts.band`)}</span>`:e}
        ${this.range===null?e:d`<button class="plain" @click=${()=>this.range=null}>${this.t(`alerts.all_of_it`)}</button>`}
      </p>`}phaseChart(){let{phases:t}=this,n=U[this.alert.kind];if(t===null||n===void 0)return e;let r=[1,2,3].map(e=>t.series[`${n}_l${e}`]),i=P(t,F(r.map(e=>e?.mean??[]))),a=r.flatMap((e,t)=>e===void 0?[]:[{key:`l${t+1}`,label:`L${t+1}`,values:e.mean.slice(0,i.length)}]);return d`<csj-chart
      .app=${this.app}
      .heading=${this.t(`alerts.phases`)}
      .unit=${r[0]?.unit??null}
      .times=${i}
      .curves=${a}
      .marks=${[z(this.alert,i,this.app.word(`kinds.${this.alert.kind}`))]}
      .range=${this.range}
      together="alert"
      @range=${e=>this.range=e.detail}
    ></csj-chart>`}figures(){let{alert:t}=this,{format:n}=this.app,r=t.state===`cleared`,i=this.evidence===null?null:I(this.evidence),a=i===null?null:L(t,i),o=[[r?this.t(`alerts.measured_last`):this.app.word(`mail.measured`),d`<span class="big">${_(this.app,t)}</span>`],[this.t(`alerts.worst`),a===null?``:v(this.app,a,t.unit)],[this.t(`alerts.usual`),t.expected===null?``:v(this.app,t.expected,t.unit)],[this.app.word(`mail.usual`),b(this.app,t)],[this.t(`alerts.score`),t.score===null||r?``:this.t(`alerts.score_of`,{score:n.number(t.score,2)})],[this.t(`alerts.measured_at`),this.measuredAt()],[this.app.word(`mail.phase`),t.phase===null?``:`L${t.phase}`],[this.app.word(`mail.since`),d`${n.dateTime(t.since)} <span class="dim">· ${n.duration(O(t,this.now))}</span>`],[this.app.word(`mail.scope`),this.scope()]],s=_(this.app,t)!==``;return d`<dl>
      ${o.map(([t,n],r)=>n===``||r===0&&!s?e:d`<div>
              <dt>${t}</dt>
              <dd class="number">${n}</dd>
            </div>`)}
    </dl>`}measuredAt(){let{alert:e,evidence:t}=this;return e.members.find(e=>e.serial===t?.serial)?.name??``}scope(){let{scope:e,confidence:t}=this.alert,n=e===`unknown`?this.t(`alerts.scope_unknown`):this.app.word(`scopes.${e}`);return t===null||e===`unknown`?n:`${n} ${this.t(`alerts.confidence`,{share:this.app.format.percent(t,0)})}`}};n([r({attribute:!1})],K.prototype,`alert`,void 0),n([r({attribute:!1})],K.prototype,`evidence`,void 0),n([r({attribute:!1})],K.prototype,`now`,void 0),n([o()],K.prototype,`range`,void 0),n([o()],K.prototype,`phases`,void 0),K=n([l(`csj-alert-evidence`)],K);var q=160,J=36,pe=120,me=10,he={abnormal:`critical`,normal:`good`,newly_silent:`warning`},Y=class extends s{constructor(...e){super(...e),this.courses=new Map,this.loaded=``}static{this.styles=[a,ee,t`
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
    `]}updated(){let{samples:e,witnesses:t}=this.evidence,n=I(this.evidence)?.times.at(-1);if(e===null||n===void 0)return;let r=t.slice(0,me).map(({serial:e})=>e),i=`${e.start} ${n} ${r.join()}`;i!==this.loaded&&(this.loaded=i,this.load(r,e.start,new Date((n+e.step)*1e3).toISOString(),i))}async load(e,t,n,r){let{quantity:i}=this.evidence,a=await Promise.all(e.map(async e=>{try{let r={serial:e,quantities:[i],start:t,end:n,points:pe},{series:a}=await this.app.call(`history`,r);return[e,a[i]?.mean??null]}catch{return[e,null]}}));r===this.loaded&&(this.courses=new Map(a))}render(){let{witnesses:t,serial:n}=this.evidence,r=I(this.evidence),i=V([r?.series.mean??[],...[...this.courses.values()].filter(e=>e!==null),B(this.alert)]),a=e=>t.filter(t=>t.standing===e).length,[o,s,c]=[this.t(`alerts.showed`),this.app.word(`mail.measured`),this.t(`alerts.course`)],l=this.alert.members.find(e=>e.serial===n)?.name??this.alert.name;return d`<section class="card">
      <h2>${this.t(`alerts.neighbours`)}</h2>
      <p class="dim">
        ${this.t(`alerts.neighbours_count`,{abnormal:a(`abnormal`),normal:a(`normal`),silent:a(`newly_silent`)})}
      </p>
        <table class="cards" role="table">
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader">${this.app.word(`mail.meter`)}</th>
              <th role="columnheader">${o}</th>
              <th role="columnheader" class="number">${s}</th>
              ${r===null?e:d`<th role="columnheader">${c}</th>`}
            </tr>
          </thead>
          <tbody role="rowgroup">
            <tr role="row" class="this">
              <td role="cell" class="first">${this.t(`alerts.this_meter`,{name:l})}</td>
              <td role="cell" data-label=${o}>${this.app.word(`kinds.${this.alert.kind}`)}</td>
              <td role="cell" class="number" data-label=${s}>${_(this.app,this.alert)}</td>
              ${r===null?e:d`<td role="cell" data-label=${c}>${this.course(r.series.mean,i)}</td>`}
            </tr>
            ${t.map(t=>d`<tr role="row">
                <td role="cell" class="first">${this.meter(t)}</td>
                <td role="cell" data-label=${o}>
                  <span>${this.chip(t.standing)} <span class="small dim">${this.at(t)}</span></span>
                </td>
                <td role="cell" class="number" data-label=${s}>${v(this.app,t.value,this.alert.unit)}</td>
                ${r===null?e:d`<td role="cell" data-label=${c}>${this.course(this.courses.get(t.serial),i)}</td>`}
              </tr>`)}
          </tbody>
        </table>
    </section>`}chip(e){return d`<span class="chip dot ${he[e]}">${this.t(`alert_witnesses.${e}`)}</span>`}at({standing:e,since:t}){return this.t(e===`newly_silent`?`alerts.last_heard`:`alerts.seen_at`,{at:this.app.format.time(t)})}meter({serial:e,name:t}){let n=m(`meters`,e);return d`<a href=${n} @click=${e=>i(e,n)}>${t}</a>`}course(e,t){if(e===void 0)return d`<span class="dim small">${this.courses.size?`–`:this.t(`notice.wait`)}</span>`;if(e===null||t===null||e.every(e=>e===null))return d`<span class="dim small">${this.t(`alerts.no_course`)}</span>`;let[n,r]=t,i=e=>J-(e-n)/(r-n||1)*J;return d`<svg class="course" width=${q} height=${J} viewBox="0 0 ${q} ${J}" aria-hidden="true">
      ${this.event()}
      ${B(this.alert).map(e=>f`<line class="limit" x1="0" x2=${q} y1=${i(e)} y2=${i(e)} />`)}
      <path class="line" d=${H(e,t,q,J)} />
    </svg>`}event(){let t=I(this.evidence)?.times,[n,r]=[t?.[0],t?.at(-1)];if(n===void 0||r===void 0||r<=n)return e;let i=e=>Math.min(1,Math.max(0,(e-n)/(r-n)))*q,{since:a,cleared_at:o}=this.alert,[s,c]=[i(Date.parse(a)/1e3),i(o===null?r:Date.parse(o)/1e3)];return f`<rect class="event" x=${s} y="0" width=${Math.max(1,c-s)} height=${J} />`}};n([r({attribute:!1})],Y.prototype,`alert`,void 0),n([r({attribute:!1})],Y.prototype,`evidence`,void 0),n([o()],Y.prototype,`courses`,void 0),Y=n([l(`csj-alert-witnesses`)],Y);var ge=6e4,_e=21e5,X=class extends s{constructor(...e){super(...e),this.alertId=``,this.row=null,this.rows=new Map,this.now=0,this.evidence=null,this.told=[],this.error=``,this.toldError=``,this.answered=null,this.turn=0,this.loadedAt=0,this.wantsFocus=!1}static{this.styles=[a,t`
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
    `]}async begin(){this.wantsFocus=!0,await this.updateComplete,this.focusHeading()}focusHeading(){this.wantsFocus&&this.heading&&(this.wantsFocus=!1,this.heading.focus({preventScroll:!0}),window.scrollTo({top:0}))}get alert(){if(this.answered!==null)return this.answered;let{evidence:e}=this;return this.row??e?.alert??null}willUpdate(e){e.has(`alertId`)&&(this.evidence=null,this.told=[],this.error=``),(e.has(`alertId`)||e.has(`row`))&&(this.answered=null)}updated(e){this.focusHeading();let t=e.get(`row`),n=e.has(`row`)&&(t?.state!==this.row?.state||t?.since!==this.row?.since);(e.has(`alertId`)||n||Date.now()-this.loadedAt>ge&&this.renews())&&this.load()}renews(){let e=this.alert?.cleared_at??null;return this.alert!==null&&(e===null||Date.now()-Date.parse(e)<_e)}async load(){let e=++this.turn,t=this.alertId;this.loadedAt=Date.now();try{let n=await this.app.call(`alerts/evidence`,{alert_id:t});if(e!==this.turn)return;this.evidence=n,this.error=``}catch(t){e===this.turn&&(this.error=this.app.sentence(t));return}try{let{serial:t,raised_at:n,since:r}=this.evidence.alert,{events:i}=await this.app.call(`events`,{...t===null?{}:{serial:t},sources:[`alert`],start:r<n?r:n,limit:500});if(e!==this.turn)return;this.told=i,this.toldError=``}catch(t){e===this.turn&&(this.toldError=this.app.sentence(t))}}render(){let{alert:t}=this;return t===null?d`<csj-notice .app=${this.app} .kind=${this.error?`error`:`wait`} .text=${this.error}></csj-notice>`:d`<article class="stack">
      ${this.head(t)} ${this.advice(t)}
      ${this.error?d`<csj-notice .app=${this.app} kind="error" .text=${this.error}>
            <button @click=${()=>this.load()}>${this.t(`alerts.again`)}</button>
          </csj-notice>`:e}
      <csj-alert-evidence .app=${this.app} .alert=${t} .evidence=${this.evidence} .now=${this.now}></csj-alert-evidence>
      ${this.evidence?.witnesses.length?d`<csj-alert-witnesses .app=${this.app} .alert=${t} .evidence=${this.evidence}></csj-alert-witnesses>`:e}
      ${this.members(t)} ${this.history(t)}
    </article>`}head(t){let{format:n}=this.app,r=this.app.word(`severities.${t.severity}`),i=t.state===`cleared`,a=t.work_order===null?null:se(t.work_order),o={...t,state:`false_alarm`},s=i?t.false_alarm_by===null?``:g(this.app,o):g(this.app,t),c=k(t.message,[this.app.word(`messages.drill_text`),t.action===null?``:this.app.word(`advice.${t.action}`),t.scope===`unknown`?``:this.app.word(`scopes.${t.scope}`)],t.members.length?this.app.texts.get(`messages.members`,{meters:`
`}).split(`
`)[0]:``);return d`<section class="card head">
      <div class="row">
        <span class="chip dot ${i?`good`:t.severity===`info`?`neutral`:t.severity}"
          >${i?this.app.word(`standing.cleared`):r}</span
        >
        ${i?d`<span class="chip neutral">${r}</span>`:e}
        ${t.drill?d`<span class="chip neutral">${this.app.word(`messages.drill`)}</span>`:e}
        <span class="dim small"
          >${this.t(i?`alerts.lasted`:`alerts.since_for`,{since:n.dateTime(t.since),duration:n.duration(O(t,this.now))})}</span
        >
      </div>
      <h2 tabindex="-1">
        ${this.app.texts.get(`messages.heading`,{kind:this.app.word(`kinds.${t.kind}`),where:h(this.app,t)})}
      </h2>
      ${t.drill?d`<p>${this.app.word(`messages.drill_text`)}</p>`:e}
      <div class="head" role="status">
        <p class="lead">${c}</p>
        ${s?d`<p><strong>${s}</strong></p>`:e}
      </div>
      ${t.area_alert_id===null?e:d`<p class="small">${this.t(`alerts.part_of_circuit`)} ${this.link(`alerts`,t.area_alert_id,this.t(`alerts.circuit_alert`))}</p>`}
      <csj-alert-actions
        .app=${this.app}
        .alert=${t}
        .now=${this.now}
        @answered=${this.answer}
      ></csj-alert-actions>
      ${t.serial===null&&a===null?e:d`<div class="row links">
            ${t.serial===null?e:this.link(`meters`,t.serial,this.t(`alerts.open_meter`))}
            ${a===null?e:this.app.may(`work_orders`)?this.link(`work_orders`,a,t.work_order??``):d`<span>${t.work_order}</span>`}
          </div>`}
    </section>`}async answer(e){this.answered=e.detail,await this.updateComplete,await this.renderRoot.querySelector(`csj-alert-actions`)?.updateComplete,this.renderRoot.activeElement===null&&this.heading?.focus({preventScroll:!0})}link(e,t,n){let r=m(e,t);return d`<a href=${r} @click=${e=>i(e,r)}>${n}</a>`}advice(t){return t.action===null&&!t.causes.length?e:d`<section class="card two">
      ${t.action===null?e:d`<div>
            <h3>${this.app.word(`mail.action`)}</h3>
            <p>${this.app.word(`advice.${t.action}`)}</p>
          </div>`}
      ${t.causes.length?d`<div>
            <h3>${this.app.word(`mail.causes`)}</h3>
            <ol>
              ${t.causes.map(e=>d`<li>${this.app.word(`advice.${e}`)}</li>`)}
            </ol>
          </div>`:e}
    </section>`}members(t){return t.members.length?d`<section class="card">
      <h3>${this.app.word(`mail.members`)}</h3>
      <ul class="members" role="list">
        ${t.members.map(t=>{let n=this.rows.get(t.alert_id);return d`<li>
            ${this.link(`alerts`,t.alert_id,n===void 0?t.name:h(this.app,n))}
            ${n===void 0?e:d`<span class="dim number">${_(this.app,n)}</span>`}
          </li>`})}
      </ul>
    </section>`:e}history(t){return d`<section class="card">
      <h3>${this.t(`alerts.history`)}</h3>
      <ol class="steps" role="list">
        ${ce(t,this.told).map(({kind:t,at:n,by:r})=>d`<li>
            ${t===`began`?this.t(`alerts.began`):this.app.word(`events.steps.${t}`)}${r===null?e:` · ${y(this.app,r)}`}<br />
            <span class="dim small number">${n===null?e:this.app.format.dateTime(n,{seconds:t!==`began`})}</span>
          </li>`)}
      </ol>
      ${this.toldError?d`<p class="dim small">${this.t(`alerts.no_history`,{error:this.toldError})}</p>`:e}
    </section>`}};n([r()],X.prototype,`alertId`,void 0),n([r({attribute:!1})],X.prototype,`row`,void 0),n([r({attribute:!1})],X.prototype,`rows`,void 0),n([r({attribute:!1})],X.prototype,`now`,void 0),n([o()],X.prototype,`evidence`,void 0),n([o()],X.prototype,`told`,void 0),n([o()],X.prototype,`error`,void 0),n([o()],X.prototype,`toldError`,void 0),n([o()],X.prototype,`answered`,void 0),n([c(`h2`)],X.prototype,`heading`,void 0),X=n([l(`csj-alert-view`)],X);var ve=864e5,ye=200,Z=class extends s{constructor(...e){super(...e),this.open=0,this.ended=[],this.error=``,this.turn=0}static{this.styles=[a,t`
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
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.load()}updated(e){e.has(`open`)&&this.load()}render(){return this.error?d`<p class="dim small" role="status">${this.t(`alerts.no_past`,{error:this.error})}</p>`:this.ended.length?d`<details class="card">
      <summary>${this.t(`alerts.ended`,{count:this.ended.length})}</summary>
      <ul role="list">
        ${this.ended.map(e=>{let t=m(`alerts`,e.alert_id);return d`<li>
            <span class="number dim small">${this.app.format.dateTime(e.at)}</span><br />
            <a href=${t} @click=${e=>i(e,t)}>${e.text}</a>
          </li>`})}
      </ul>
    </details>`:e}async load(){let e=++this.turn;try{let{events:t}=await this.app.call(`events`,{sources:[`alert`],start:new Date(Date.now()-ve).toISOString(),limit:ye});if(e!==this.turn)return;let n=t.filter(({kind:e})=>e===`cleared`||e===`repaired`);this.ended=n.filter(({alert_id:e},t)=>n.findIndex(t=>t.alert_id===e)===t),this.error=``}catch(t){e===this.turn&&(this.error=this.app.sentence(t))}}};n([r({type:Number})],Z.prototype,`open`,void 0),n([o()],Z.prototype,`ended`,void 0),n([o()],Z.prototype,`error`,void 0),Z=n([l(`csj-ended-alerts`)],Z);var be=15,Q=class extends s{constructor(...e){super(...e),this.alertId=``,this.filter=te,this.now=Date.now(),this.tick=new p(this,be,()=>this.requestUpdate()),this.alerts=new u(this,()=>({command:`alerts/subscribe`}),`alerts`,e=>e.alert_id)}static{this.styles=[a,t`
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
    `]}willUpdate(){this.now=Date.now()}updated(e){e.has(`alertId`)&&this.alertId&&this.list!==null&&!this.list.checkVisibility()&&this.renderRoot.querySelector(`csj-alert-view`)?.begin();let t=e.get(`alertId`);t&&!this.alertId&&this.renderRoot.querySelector(`csj-alert-list`)?.goTo(t)}render(){let{standing:t,error:n}=this.alerts,r=[...this.alerts.rows.values()],i=r.length>0||t===`live`;return d`<div class="stack ${this.alertId?`opened`:``}">
      <csj-standing .app=${this.app} .standing=${t} .error=${n}></csj-standing>
      ${i||this.alertId?this.content(r,i):e}
    </div>`}content(t,n){let r=ne(t),a=re(ie(r,this.filter));return d`
      ${r.length?this.filters(r,a.length):e}
      <div class="parts">
        <div class="list stack">
          ${a.length?d`<csj-alert-list .app=${this.app} .alerts=${a} .current=${this.alertId} .now=${this.now}></csj-alert-list>`:n?this.nothing_(r.length):e}
          <csj-ended-alerts .app=${this.app} .open=${t.length}></csj-ended-alerts>
        </div>
        ${this.alertId?d`<div class="stack">
              <div>
                <a
                  class="button"
                  href=${m(`alerts`)}
                  @click=${e=>i(e,m(`alerts`))}
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
            </div>`:e}
      </div>
    `}nothing_(e){if(this.alerts.loading||e){let t=this.t(e?`alerts.none_fits`:`alerts.loading`);return d`<csj-notice .app=${this.app} kind="empty" .text=${t}></csj-notice>`}return d`<div class="card quiet" role="status">
      <svg class="good" viewBox="0 0 24 24" width="48" height="48" aria-hidden="true">
        <path fill="none" stroke="currentColor" stroke-width="1.6" d="M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M8 12.2l2.8 2.8L16.2 9.4" />
      </svg>
      <h2>${this.t(`alerts.quiet`)}</h2>
      <p class="dim">${this.t(`alerts.quiet_text`)}</p>
    </div>`}filters(t,n){let{filter:r}=this,i=[...new Set(t.map(e=>e.kind))].map(e=>[e,this.app.word(`kinds.${e}`)]).sort(([,e],[,t])=>e.localeCompare(t)),a=t.filter(e=>E(e)===`waiting`).length;return d`<div class="row filters" role="search">
      <div class="group severities" role="group" aria-label=${this.t(`alerts.severity`)}>
        ${C.map(e=>{let n=t.filter(t=>t.severity===e).length,i=r.severity===e;return d`<button
            class=${i?`on`:``}
            aria-pressed=${i}
            ?disabled=${!n&&!i}
            @click=${()=>this.set({severity:i?``:e})}
          >
            ${this.app.word(`severities.${e}`)} <span class="number">${n}</span>
          </button>`})}
      </div>
      <label
        >${this.t(`alerts.handling`)}
        <select @change=${e=>this.set({handling:$(e)})}>
          <option value="">${this.t(`alerts.any`)}</option>
          ${S.map(e=>d`<option .value=${e} ?selected=${e===r.handling}>${this.t(`alert_handling.${e}`)}</option>`)}
        </select></label
      >
      <label
        >${this.t(`alerts.kind`)}
        <select @change=${e=>this.set({kind:$(e)})}>
          <option value="">${this.t(`alerts.any`)}</option>
          ${i.map(([e,t])=>d`<option .value=${e} ?selected=${e===r.kind}>${t}</option>`)}
        </select></label
      >
      <label
        >${this.t(`alerts.where`)}
        <input type="search" .value=${r.where} @input=${e=>this.set({where:$(e)})} />
      </label>
      ${t.some(e=>e.drill)?d`<label class="check"
            ><input
              type="checkbox"
              .checked=${r.drills}
              @change=${e=>this.set({drills:e.target.checked})}
            />${this.t(`alerts.drills`)}</label
          >`:e}
      <span class="dim" role="status">${this.t(`alerts.count`,{shown:n,all:t.length,waiting:a})}</span>
    </div>`}set(e){this.filter={...this.filter,...e}}};n([r()],Q.prototype,`alertId`,void 0),n([o()],Q.prototype,`filter`,void 0),n([o()],Q.prototype,`now`,void 0),n([c(`.list`)],Q.prototype,`list`,void 0),Q=n([l(`csj-alerts-page`)],Q);function $(e){return e.target.value}export{Q as CsjAlertsPage};