import{a as e,b as t,c as n,g as r,h as i,l as a,m as o,s,t as c,u as l,v as u,x as d,y as f}from"./elements.js";import{t as p}from"./repeated.js";import{t as m}from"./panel.js";import{a as h,i as g,n as _,o as v,r as y,t as b}from"./words.js";import"./chart.js";import{t as ee}from"./card_table.js";var x={escalated:`waiting`,confirmed:`waiting`,suspected:`suspected`,acknowledged:`seen_to`,shelved:`put_aside`,false_alarm:`put_aside`,cleared:`over`},S=[`waiting`,`seen_to`,`put_aside`,`suspected`],C=[`critical`,`warning`,`info`],w={escalated:0,confirmed:1,suspected:2,acknowledged:3,shelved:4,false_alarm:5,cleared:6},T=864e5,te={severity:``,kind:``,where:``,handling:``,drills:!0};function E(e){return x[e.state]}function ne(e){let t=new Set(e.map(e=>e.alert_id));return e.filter(e=>e.area_alert_id===null||!t.has(e.area_alert_id))}function re(e){return[...e].sort((e,t)=>C.indexOf(e.severity)-C.indexOf(t.severity)||w[e.state]-w[t.state]||Date.parse(e.since)-Date.parse(t.since)||e.alert_id.localeCompare(t.alert_id))}function ie(e,t){let n=t.where.toLocaleLowerCase().split(/\s+/).filter(Boolean);return e.filter(e=>{if(t.severity&&e.severity!==t.severity||t.kind&&e.kind!==t.kind||t.handling&&E(e)!==t.handling||!t.drills&&e.drill)return!1;let r=e.members.map(({name:e,serial:t})=>`${e} ${t}`).join(` `),i=`${e.name} ${e.serial??``} ${e.circuit??``} ${r}`.toLocaleLowerCase();return n.every(e=>i.includes(e))})}function ae(e){return new Set(e.members.map(({serial:e})=>e)).size}function oe(e,t){let n=new Set;e.state!==`suspected`&&e.state!==`cleared`&&(n.add(`shelve`),e.state!==`acknowledged`&&n.add(`acknowledge`),e.state!==`false_alarm`&&n.add(`false_alarm`),e.work_order===null&&n.add(`work_order`));let r=e.cleared_at===null?null:Date.parse(e.cleared_at);return e.state===`cleared`&&e.confirmed_at!==null&&e.false_alarm_by===null&&r!==null&&t-r<T&&n.add(`false_alarm`),n}function se(e){let t=/(\d+)$/.exec(e)?.[1];return t===void 0?null:String(Number(t))}function ce(e,t){let n=new Map,r=(e,t,r=null)=>{(t!==null||r!==null)&&n.set(e,{kind:e,at:t,by:r})};r(`began`,e.since),r(`raised`,e.raised_at),r(`confirmed`,e.confirmed_at),r(`escalated`,e.escalated_at),r(`acknowledged`,e.acknowledged_at,e.acknowledged_by),r(`false_alarm`,null,e.false_alarm_by),e.repaired_by===null?r(`cleared`,e.cleared_at):r(`repaired`,e.cleared_at,e.repaired_by);for(let{alert_id:i,kind:a,at:o,by:s}of t)i!==e.alert_id||a===`cleared`&&n.has(`repaired`)||r(a,o,s??n.get(a)?.by??null);return[...n.values()].sort((e,t)=>D(e.at)-D(t.at))}function D(e){return e===null?1/0:Date.parse(e)}function O(e,t){return Math.max(0,((e.cleared_at===null?t:Date.parse(e.cleared_at))-Date.parse(e.since))/1e3)}function k(e,t,n=``){let r=n?e.lastIndexOf(n):-1,i=r<0?e:e.slice(0,r);for(let e of t)e&&(i=i.replace(e,``));return i.replace(/\s+/g,` `).trim()||e}var A=class extends s{constructor(...e){super(...e),this.alerts=[],this.current=``,this.now=0}static{this.styles=[l,d`
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
    `]}async goTo(e){await this.updateComplete,this.renderRoot.querySelector(`[data-alert="${CSS.escape(e)}"]`)?.focus()}updated(e){e.has(`current`)&&this.current&&this.renderRoot.querySelector(`a[aria-current]`)?.scrollIntoView({block:`nearest`})}render(){return f`<ul role="list">
      ${this.alerts.map(e=>f`<li>${this.row(e)}</li>`)}
    </ul>`}row(t){let{format:n}=this.app,r=m(`alerts`,t.alert_id);return f`<a
      class="card ${t.severity}-row ${E(t)}"
      href=${r}
      data-alert=${t.alert_id}
      aria-current=${t.alert_id===this.current?`true`:u}
      @click=${t=>e(t,r)}
    >
      <span class="row chips">
        <span class="chip dot ${t.severity===`info`?`neutral`:t.severity}"
          >${this.app.word(`severities.${t.severity}`)}</span
        >
        ${t.drill?f`<span class="chip neutral">${this.app.word(`messages.drill`)}</span>`:u}
      </span>
      <span class="what">
        <span class="kind">${this.app.word(`kinds.${t.kind}`)}</span><br />
        <span class="where">${h(this.app,t)}</span>
        ${t.members.length?f`<span class="dim"> · ${this.t(`alerts.member_count`,{count:ae(t)})}</span>`:t.circuit!==null&&t.serial!==null?f`<span class="dim"> · ${t.circuit}</span>`:u}
      </span>
      <span class="figure number">${_(this.app,t)}</span>
      <span class="since small dim"
        >${this.t(`alerts.since_for`,{since:this.when(t.since),duration:n.duration(O(t,this.now))})}</span
      >
      <span class="standing small"
        >${g(this.app,t)}${t.work_order===null?u:f`<span class="dim"> · ${t.work_order}</span>`}</span
      >
    </a>`}when(e){let{format:t}=this.app;return t.date(e)===t.date(this.now)?t.time(e):t.dateTime(e)}};a([r({attribute:!1})],A.prototype,`alerts`,void 0),a([r()],A.prototype,`current`,void 0),a([r({attribute:!1})],A.prototype,`now`,void 0),A=a([n(`csj-alert-list`)],A);var j=[60,480,1440,10080],le=10080,M={minute:1,hour:60,day:1440},N=class extends s{constructor(...e){super(...e),this.now=0,this.busy=``,this.error=``,this.shelf=60}static{this.styles=[l,d`
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
    `]}willUpdate(e){let t=e.get(`alert`);t!==void 0&&t.alert_id!==this.alert.alert_id&&(this.error=``)}render(){let e=oe(this.alert,this.now),t={acknowledge:e.has(`acknowledge`)&&this.app.may(`answer_alerts`),false_alarm:e.has(`false_alarm`)&&this.app.may(`judge_alerts`),shelve:e.has(`shelve`)&&this.app.may(`judge_alerts`),work_order:e.has(`work_order`)&&this.app.may(`work_orders`)};return f`
      <div class="row">
        ${t.acknowledge?this.button(`acknowledge`,this.app.word(`buttons.acknowledge`),()=>this.acknowledge(),!0):u}
        ${t.work_order?this.button(`work_order`,this.t(`alerts.create_work_order`),()=>this.createWorkOrder()):u}
        ${t.shelve?this.button(`shelve`,this.t(`alerts.shelve`),()=>void this.shelveDialog.show()):u}
        ${t.false_alarm?this.button(`false_alarm`,this.app.word(`buttons.false_alarm`),()=>void this.falseAlarm.show()):u}
      </div>
      ${this.error?f`<p class="critical error" role="alert">${this.error}</p>`:u}
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
              ${Object.keys(M).map(e=>f`<option .value=${e} ?selected=${e===`hour`}>${this.t(`alert_units.${e}`)}</option>`)}
            </select>
          </div>
        </fieldset>
      </csj-dialog>
    `}button(e,t,n,r=!1){let i=this.busy===e;return f`<button class=${r?`main`:``} data-answer=${e} ?disabled=${this.busy!==``} @click=${n}>
      ${i?this.t(`dialog.busy`):t}
    </button>`}choice(e,t){return f`<label class="check"
      ><input
        type="radio"
        name="shelf"
        .checked=${this.shelf===e}
        @change=${()=>this.shelf=e}
      />${t}</label
    >`}async acknowledge(){let e=new Date().toISOString();this.tell({...this.alert,state:`acknowledged`,acknowledged_at:e,acknowledged_by:this.app.info.user}),await this.working(`acknowledge`,()=>this.answer(`acknowledge`))}async createWorkOrder(){let e=(await this.working(`work_order`,()=>this.answer(`create_work_order`)))?.work_order?.name;e&&this.toast(this.t(`alerts.work_order_open`,{name:e}))}async shelve(){let e=this.amount.valueAsNumber*M[this.unit.value],t=this.shelf===`own`?Math.round(e):this.shelf;if(!(t>=1&&t<=le))throw Error(this.t(`alerts.shelve_bounds`));await this.answer(`shelve`,{minutes:t})}async answer(e,t={}){let n=await this.app.call(`alerts/${e}`,{alert_id:this.alert.alert_id,...t});return this.tell(n.alert),n}async working(e,t){this.busy=e,this.error=``;try{return await t()}catch(e){this.tell(null),this.error=this.app.sentence(e);return}finally{this.busy=``}}tell(e){this.dispatchEvent(new CustomEvent(`answered`,{detail:e}))}};a([r({attribute:!1})],N.prototype,`alert`,void 0),a([r({attribute:!1})],N.prototype,`now`,void 0),a([i()],N.prototype,`busy`,void 0),a([i()],N.prototype,`error`,void 0),a([i()],N.prototype,`shelf`,void 0),a([o(`#false-alarm`)],N.prototype,`falseAlarm`,void 0),a([o(`#shelve`)],N.prototype,`shelveDialog`,void 0),a([o(`#amount`)],N.prototype,`amount`,void 0),a([o(`#unit`)],N.prototype,`unit`,void 0),N=a([n(`csj-alert-actions`)],N);function P({start:e,step:t},n){let r=Date.parse(e)/1e3;return Array.from({length:n},(e,n)=>r+n*t)}function F(e){return Math.max(0,...e.map(e=>e.findLastIndex(e=>e!==null)+1))}function ue(e){let t=/(?<!_l[123])_l([123])$/.exec(e)?.[1];return t===void 0?null:Number(t)}function I(e){let t=e.samples?.series[e.quantity];if(e.samples===null||t===void 0)return null;let n=F([t.mean]);if(!n)return null;let{unit:r,mean:i,min:a,max:o}=t;return{times:P(e.samples,n),series:{unit:r,mean:i.slice(0,n),min:a.slice(0,n),max:o.slice(0,n)}}}function L(e,{times:t,series:n}){if(e.low===null==(e.high===null))return null;let[r,i]=[Date.parse(e.since)/1e3,e.cleared_at===null?1/0:Date.parse(e.cleared_at)/1e3],a=V([(e.high===null?n.min:n.max).filter((e,n)=>t[n]>=r&&t[n]<=i)]);return a===null?null:e.high===null?a[0]:a[1]}function R(e,t){if(!e.band?.length)return null;let n=new Map(e.band.map(e=>[Math.floor(Date.parse(e.start)/36e5),e])),r=t.map(e=>n.get(Math.floor(e/3600)));return{expected:r.map(e=>e?.expected??null),low:r.map(e=>e?.low??null),high:r.map(e=>e?.high??null)}}function z(e,t,n){let r=e.cleared_at===null?t.at(-1):Date.parse(e.cleared_at)/1e3,i=Date.parse(e.since)/1e3;return{at:i,until:Math.max(i,r??i),kind:e.severity,label:n}}function B(e){return[e.low,e.high].filter(e=>e!==null)}function V(e){let t=e.flat().filter(e=>e!==null);return t.length?[Math.min(...t),Math.max(...t)]:null}function H(e,[t,n],r,i){let a=n-t||1,o=r/Math.max(1,e.length-1),s=``,c=!1;return e.forEach((e,n)=>{if(e===null){c=!1;return}let r=(n*o).toFixed(1),l=(i-(e-t)/a*i).toFixed(1);s+=c?`L${r} ${l}`:`M${r} ${l}h.1`,c=!0}),s}var U={phase_imbalance:`voltage`,phase_loss:`voltage`,current_imbalance:`current`},de={critical:`var(--error-color)`,warning:`var(--warning-color)`,info:`var(--info-color)`},W=6e4,G=30*W,fe=10080*W,K=class extends s{constructor(...e){super(...e),this.evidence=null,this.now=0,this.range=null,this.phases=null,this.loaded=``}static{this.styles=[l,d`
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
    `]}willUpdate(e){let t=e.get(`alert`);t!==void 0&&t.alert_id!==this.alert.alert_id&&(this.range=this.phases=null)}updated(){let{alert:e,evidence:t}=this,n=U[e.kind];if(t===null||n===void 0)return;let r=Date.parse(e.since)-G,i=Math.min(Math.floor(this.now/W)*W,e.cleared_at===null?1/0:Date.parse(e.cleared_at)+G,r+fe),a=`${t.serial} ${r} ${i}`;a===this.loaded||i<=r||(this.loaded=a,this.attempt(async()=>{let e=await this.app.call(`history`,{serial:t.serial,quantities:[1,2,3].map(e=>`${n}_l${e}`),start:new Date(r).toISOString(),end:new Date(i).toISOString(),points:240});this.loaded===a&&(this.phases=e)}))}render(){return f`<section class="card stack">
      <h2>${this.t(`alerts.evidence`)}</h2>
      ${this.charts()} ${this.figures()}
    </section>`}charts(){let{alert:e,evidence:t}=this;if(t===null)return f`<p class="dim" role="status">${this.t(`notice.wait`)}</p>`;let n=I(t);if(n===null)return U[e.kind]===void 0?f`<p class="dim">${this.t(`alerts.no_samples`)}</p>`:f`${this.phaseChart()} ${this.legend(!1,!1)}`;let r=R(t,n.times),i=this.app.word(`mail.measured`),{mean:a,min:o,max:s,unit:c}=n.series,l=[{key:`measured`,label:i,values:a,low:o,high:s}];if(r!==null){let e=this.app.hass.themes.darkMode?`#b0b0b0`:`#5e5e5e`;l.push({key:`usual`,label:this.t(`alerts.usual`),values:r.expected,low:r.low,high:r.high,color:e,dashed:!0})}let u=this.app.word(`kinds.${e.kind}`),d=B(e).map(e=>({value:e,label:this.app.word(`mail.usual`)})),p=ue(t.quantity),m=p===null?u:this.t(`alerts.phase_of`,{name:u,phase:p});return f`
      <div class="stack" @range=${e=>this.range=e.detail}>
        <csj-chart
          .app=${this.app}
          .heading=${m}
          .unit=${c}
          .times=${n.times}
          .curves=${l}
          .marks=${[z(e,n.times,u)]}
          .limits=${d}
          .range=${this.range}
          together="alert"
        ></csj-chart>
        ${this.phaseChart()}
      </div>
      ${this.legend(d.length>0,r!==null)}
    `}legend(e,t){let{alert:n}=this;return f`<p class="row small">
        <span style="--tint: ${de[n.severity]}"><span class="span"></span> ${this.t(`alerts.while_abnormal`)}</span>
        ${e?f`<span><span class="dash"></span> ${this.app.word(`mail.usual`)}: ${b(this.app,n)}</span>`:u}
        ${t?f`<span class="dim">${this.t(`alerts.band`)}</span>`:u}
        ${this.range===null?u:f`<button class="plain" @click=${()=>this.range=null}>${this.t(`alerts.all_of_it`)}</button>`}
      </p>`}phaseChart(){let{phases:e}=this,t=U[this.alert.kind];if(e===null||t===void 0)return u;let n=[1,2,3].map(n=>e.series[`${t}_l${n}`]),r=P(e,F(n.map(e=>e?.mean??[]))),i=n.flatMap((e,t)=>e===void 0?[]:[{key:`l${t+1}`,label:`L${t+1}`,values:e.mean.slice(0,r.length)}]);return f`<csj-chart
      .app=${this.app}
      .heading=${this.t(`alerts.phases`)}
      .unit=${n[0]?.unit??null}
      .times=${r}
      .curves=${i}
      .marks=${[z(this.alert,r,this.app.word(`kinds.${this.alert.kind}`))]}
      .range=${this.range}
      together="alert"
      @range=${e=>this.range=e.detail}
    ></csj-chart>`}figures(){let{alert:e}=this,{format:t}=this.app,n=e.state===`cleared`,r=this.evidence===null?null:I(this.evidence),i=r===null?null:L(e,r),a=[[n?this.t(`alerts.measured_last`):this.app.word(`mail.measured`),f`<span class="big">${_(this.app,e)}</span>`],[this.t(`alerts.worst`),i===null?``:v(this.app,i,e.unit)],[this.t(`alerts.usual`),e.expected===null?``:v(this.app,e.expected,e.unit)],[this.app.word(`mail.usual`),b(this.app,e)],[this.t(`alerts.score`),e.score===null||n?``:this.t(`alerts.score_of`,{score:t.number(e.score,2)})],[this.t(`alerts.measured_at`),this.measuredAt()],[this.app.word(`mail.phase`),e.phase===null?``:`L${e.phase}`],[this.app.word(`mail.since`),f`${t.dateTime(e.since)} <span class="dim">· ${t.duration(O(e,this.now))}</span>`],[this.app.word(`mail.scope`),this.scope()]],o=_(this.app,e)!==``;return f`<dl>
      ${a.map(([e,t],n)=>t===``||n===0&&!o?u:f`<div>
              <dt>${e}</dt>
              <dd class="number">${t}</dd>
            </div>`)}
    </dl>`}measuredAt(){let{alert:e,evidence:t}=this;return e.members.find(e=>e.serial===t?.serial)?.name??``}scope(){let{scope:e,confidence:t}=this.alert,n=e===`unknown`?this.t(`alerts.scope_unknown`):this.app.word(`scopes.${e}`);return t===null||e===`unknown`?n:`${n} ${this.t(`alerts.confidence`,{share:this.app.format.percent(t,0)})}`}};a([r({attribute:!1})],K.prototype,`alert`,void 0),a([r({attribute:!1})],K.prototype,`evidence`,void 0),a([r({attribute:!1})],K.prototype,`now`,void 0),a([i()],K.prototype,`range`,void 0),a([i()],K.prototype,`phases`,void 0),K=a([n(`csj-alert-evidence`)],K);var q=160,J=36,pe=120,me=10,he={abnormal:`critical`,normal:`good`,newly_silent:`warning`},Y=class extends s{constructor(...e){super(...e),this.courses=new Map,this.loaded=``}static{this.styles=[l,ee,d`
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
    `]}updated(){let{samples:e,witnesses:t}=this.evidence,n=I(this.evidence)?.times.at(-1);if(e===null||n===void 0)return;let r=t.slice(0,me).map(({serial:e})=>e),i=`${e.start} ${n} ${r.join()}`;i!==this.loaded&&(this.loaded=i,this.load(r,e.start,new Date((n+e.step)*1e3).toISOString(),i))}async load(e,t,n,r){let{quantity:i}=this.evidence,a=await Promise.all(e.map(async e=>{try{let r={serial:e,quantities:[i],start:t,end:n,points:pe},{series:a}=await this.app.call(`history`,r);return[e,a[i]?.mean??null]}catch{return[e,null]}}));r===this.loaded&&(this.courses=new Map(a))}render(){let{witnesses:e,serial:t}=this.evidence,n=I(this.evidence),r=V([n?.series.mean??[],...[...this.courses.values()].filter(e=>e!==null),B(this.alert)]),i=t=>e.filter(e=>e.standing===t).length,[a,o,s]=[this.t(`alerts.showed`),this.app.word(`mail.measured`),this.t(`alerts.course`)],c=this.alert.members.find(e=>e.serial===t)?.name??this.alert.name;return f`<section class="card">
      <h2>${this.t(`alerts.neighbours`)}</h2>
      <p class="dim">
        ${this.t(`alerts.neighbours_count`,{abnormal:i(`abnormal`),normal:i(`normal`),silent:i(`newly_silent`)})}
      </p>
        <table class="cards" role="table">
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader">${this.app.word(`mail.meter`)}</th>
              <th role="columnheader">${a}</th>
              <th role="columnheader" class="number">${o}</th>
              ${n===null?u:f`<th role="columnheader">${s}</th>`}
            </tr>
          </thead>
          <tbody role="rowgroup">
            <tr role="row" class="this">
              <td role="cell" class="first">${this.t(`alerts.this_meter`,{name:c})}</td>
              <td role="cell" data-label=${a}>${this.app.word(`kinds.${this.alert.kind}`)}</td>
              <td role="cell" class="number" data-label=${o}>${_(this.app,this.alert)}</td>
              ${n===null?u:f`<td role="cell" data-label=${s}>${this.course(n.series.mean,r)}</td>`}
            </tr>
            ${e.map(e=>f`<tr role="row">
                <td role="cell" class="first">${this.meter(e)}</td>
                <td role="cell" data-label=${a}>
                  <span>${this.chip(e.standing)} <span class="small dim">${this.at(e)}</span></span>
                </td>
                <td role="cell" class="number" data-label=${o}>${v(this.app,e.value,this.alert.unit)}</td>
                ${n===null?u:f`<td role="cell" data-label=${s}>${this.course(this.courses.get(e.serial),r)}</td>`}
              </tr>`)}
          </tbody>
        </table>
    </section>`}chip(e){return f`<span class="chip dot ${he[e]}">${this.t(`alert_witnesses.${e}`)}</span>`}at({standing:e,since:t}){return this.t(e===`newly_silent`?`alerts.last_heard`:`alerts.seen_at`,{at:this.app.format.time(t)})}meter({serial:t,name:n}){let r=m(`meters`,t);return f`<a href=${r} @click=${t=>e(t,r)}>${n}</a>`}course(e,n){if(e===void 0)return f`<span class="dim small">${this.courses.size?`–`:this.t(`notice.wait`)}</span>`;if(e===null||n===null||e.every(e=>e===null))return f`<span class="dim small">${this.t(`alerts.no_course`)}</span>`;let[r,i]=n,a=e=>J-(e-r)/(i-r||1)*J;return f`<svg class="course" width=${q} height=${J} viewBox="0 0 ${q} ${J}" aria-hidden="true">
      ${this.event()}
      ${B(this.alert).map(e=>t`<line class="limit" x1="0" x2=${q} y1=${a(e)} y2=${a(e)} />`)}
      <path class="line" d=${H(e,n,q,J)} />
    </svg>`}event(){let e=I(this.evidence)?.times,[n,r]=[e?.[0],e?.at(-1)];if(n===void 0||r===void 0||r<=n)return u;let i=e=>Math.min(1,Math.max(0,(e-n)/(r-n)))*q,{since:a,cleared_at:o}=this.alert,[s,c]=[i(Date.parse(a)/1e3),i(o===null?r:Date.parse(o)/1e3)];return t`<rect class="event" x=${s} y="0" width=${Math.max(1,c-s)} height=${J} />`}};a([r({attribute:!1})],Y.prototype,`alert`,void 0),a([r({attribute:!1})],Y.prototype,`evidence`,void 0),a([i()],Y.prototype,`courses`,void 0),Y=a([n(`csj-alert-witnesses`)],Y);var ge=6e4,_e=21e5,X=class extends s{constructor(...e){super(...e),this.alertId=``,this.row=null,this.rows=new Map,this.now=0,this.evidence=null,this.told=[],this.error=``,this.toldError=``,this.answered=null,this.turn=0,this.loadedAt=0,this.wantsFocus=!1}static{this.styles=[l,d`
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
    `]}async begin(){this.wantsFocus=!0,await this.updateComplete,this.focusHeading()}focusHeading(){this.wantsFocus&&this.heading&&(this.wantsFocus=!1,this.heading.focus({preventScroll:!0}),window.scrollTo({top:0}))}get alert(){if(this.answered!==null)return this.answered;let{evidence:e}=this;return this.row??e?.alert??null}willUpdate(e){e.has(`alertId`)&&(this.evidence=null,this.told=[],this.error=``),(e.has(`alertId`)||e.has(`row`))&&(this.answered=null)}updated(e){this.focusHeading();let t=e.get(`row`),n=e.has(`row`)&&(t?.state!==this.row?.state||t?.since!==this.row?.since);(e.has(`alertId`)||n||Date.now()-this.loadedAt>ge&&this.renews())&&this.load()}renews(){let e=this.alert?.cleared_at??null;return this.alert!==null&&(e===null||Date.now()-Date.parse(e)<_e)}async load(){let e=++this.turn,t=this.alertId;this.loadedAt=Date.now();try{let n=await this.app.call(`alerts/evidence`,{alert_id:t});if(e!==this.turn)return;this.evidence=n,this.error=``}catch(t){e===this.turn&&(this.error=this.app.sentence(t));return}try{let{serial:t,raised_at:n,since:r}=this.evidence.alert,{events:i}=await this.app.call(`events`,{...t===null?{}:{serial:t},sources:[`alert`],start:r<n?r:n,limit:500});if(e!==this.turn)return;this.told=i,this.toldError=``}catch(t){e===this.turn&&(this.toldError=this.app.sentence(t))}}render(){let{alert:e}=this;return e===null?f`<csj-notice .app=${this.app} .kind=${this.error?`error`:`wait`} .text=${this.error}></csj-notice>`:f`<article class="stack">
      ${this.head(e)} ${this.advice(e)}
      ${this.error?f`<csj-notice .app=${this.app} kind="error" .text=${this.error}>
            <button @click=${()=>this.load()}>${this.t(`alerts.again`)}</button>
          </csj-notice>`:u}
      <csj-alert-evidence .app=${this.app} .alert=${e} .evidence=${this.evidence} .now=${this.now}></csj-alert-evidence>
      ${this.evidence?.witnesses.length?f`<csj-alert-witnesses .app=${this.app} .alert=${e} .evidence=${this.evidence}></csj-alert-witnesses>`:u}
      ${this.members(e)} ${this.history(e)}
    </article>`}head(e){let{format:t}=this.app,n=this.app.word(`severities.${e.severity}`),r=e.state===`cleared`,i=e.work_order===null?null:se(e.work_order),a={...e,state:`false_alarm`},o=r?e.false_alarm_by===null?``:g(this.app,a):g(this.app,e),s=k(e.message,[this.app.word(`messages.drill_text`),e.action===null?``:this.app.word(`advice.${e.action}`),e.scope===`unknown`?``:this.app.word(`scopes.${e.scope}`)],e.members.length?this.app.texts.get(`messages.members`,{meters:`
`}).split(`
`)[0]:``);return f`<section class="card head">
      <div class="row">
        <span class="chip dot ${r?`good`:e.severity===`info`?`neutral`:e.severity}"
          >${r?this.app.word(`standing.cleared`):n}</span
        >
        ${r?f`<span class="chip neutral">${n}</span>`:u}
        ${e.drill?f`<span class="chip neutral">${this.app.word(`messages.drill`)}</span>`:u}
        <span class="dim small"
          >${this.t(r?`alerts.lasted`:`alerts.since_for`,{since:t.dateTime(e.since),duration:t.duration(O(e,this.now))})}</span
        >
      </div>
      <h2 tabindex="-1">
        ${this.app.texts.get(`messages.heading`,{kind:this.app.word(`kinds.${e.kind}`),where:h(this.app,e)})}
      </h2>
      ${e.drill?f`<p>${this.app.word(`messages.drill_text`)}</p>`:u}
      <div class="head" role="status">
        <p class="lead">${s}</p>
        ${o?f`<p><strong>${o}</strong></p>`:u}
      </div>
      ${e.area_alert_id===null?u:f`<p class="small">${this.t(`alerts.part_of_circuit`)} ${this.link(`alerts`,e.area_alert_id,this.t(`alerts.circuit_alert`))}</p>`}
      <csj-alert-actions
        .app=${this.app}
        .alert=${e}
        .now=${this.now}
        @answered=${this.answer}
      ></csj-alert-actions>
      ${e.serial===null&&i===null?u:f`<div class="row links">
            ${e.serial===null?u:this.link(`meters`,e.serial,this.t(`alerts.open_meter`))}
            ${i===null?u:this.app.may(`work_orders`)?this.link(`work_orders`,i,e.work_order??``):f`<span>${e.work_order}</span>`}
          </div>`}
    </section>`}async answer(e){this.answered=e.detail,await this.updateComplete,await this.renderRoot.querySelector(`csj-alert-actions`)?.updateComplete,this.renderRoot.activeElement===null&&this.heading?.focus({preventScroll:!0})}link(t,n,r){let i=m(t,n);return f`<a href=${i} @click=${t=>e(t,i)}>${r}</a>`}advice(e){return e.action===null&&!e.causes.length?u:f`<section class="card two">
      ${e.action===null?u:f`<div>
            <h3>${this.app.word(`mail.action`)}</h3>
            <p>${this.app.word(`advice.${e.action}`)}</p>
          </div>`}
      ${e.causes.length?f`<div>
            <h3>${this.app.word(`mail.causes`)}</h3>
            <ol>
              ${e.causes.map(e=>f`<li>${this.app.word(`advice.${e}`)}</li>`)}
            </ol>
          </div>`:u}
    </section>`}members(e){return e.members.length?f`<section class="card">
      <h3>${this.app.word(`mail.members`)}</h3>
      <ul class="members" role="list">
        ${e.members.map(e=>{let t=this.rows.get(e.alert_id);return f`<li>
            ${this.link(`alerts`,e.alert_id,t===void 0?e.name:h(this.app,t))}
            ${t===void 0?u:f`<span class="dim number">${_(this.app,t)}</span>`}
          </li>`})}
      </ul>
    </section>`:u}history(e){return f`<section class="card">
      <h3>${this.t(`alerts.history`)}</h3>
      <ol class="steps" role="list">
        ${ce(e,this.told).map(({kind:e,at:t,by:n})=>f`<li>
            ${e===`began`?this.t(`alerts.began`):this.app.word(`events.steps.${e}`)}${n===null?u:` · ${y(this.app,n)}`}<br />
            <span class="dim small number">${t===null?u:this.app.format.dateTime(t,{seconds:e!==`began`})}</span>
          </li>`)}
      </ol>
      ${this.toldError?f`<p class="dim small">${this.t(`alerts.no_history`,{error:this.toldError})}</p>`:u}
    </section>`}};a([r()],X.prototype,`alertId`,void 0),a([r({attribute:!1})],X.prototype,`row`,void 0),a([r({attribute:!1})],X.prototype,`rows`,void 0),a([r({attribute:!1})],X.prototype,`now`,void 0),a([i()],X.prototype,`evidence`,void 0),a([i()],X.prototype,`told`,void 0),a([i()],X.prototype,`error`,void 0),a([i()],X.prototype,`toldError`,void 0),a([i()],X.prototype,`answered`,void 0),a([o(`h2`)],X.prototype,`heading`,void 0),X=a([n(`csj-alert-view`)],X);var ve=864e5,ye=200,Z=class extends s{constructor(...e){super(...e),this.open=0,this.ended=[],this.error=``,this.turn=0}static{this.styles=[l,d`
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
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.load()}updated(e){e.has(`open`)&&this.load()}render(){return this.error?f`<p class="dim small" role="status">${this.t(`alerts.no_past`,{error:this.error})}</p>`:this.ended.length?f`<details class="card">
      <summary>${this.t(`alerts.ended`,{count:this.ended.length})}</summary>
      <ul role="list">
        ${this.ended.map(t=>{let n=m(`alerts`,t.alert_id);return f`<li>
            <span class="number dim small">${this.app.format.dateTime(t.at)}</span><br />
            <a href=${n} @click=${t=>e(t,n)}>${t.text}</a>
          </li>`})}
      </ul>
    </details>`:u}async load(){let e=++this.turn;try{let{events:t}=await this.app.call(`events`,{sources:[`alert`],start:new Date(Date.now()-ve).toISOString(),limit:ye});if(e!==this.turn)return;let n=t.filter(({kind:e})=>e===`cleared`||e===`repaired`);this.ended=n.filter(({alert_id:e},t)=>n.findIndex(t=>t.alert_id===e)===t),this.error=``}catch(t){e===this.turn&&(this.error=this.app.sentence(t))}}};a([r({type:Number})],Z.prototype,`open`,void 0),a([i()],Z.prototype,`ended`,void 0),a([i()],Z.prototype,`error`,void 0),Z=a([n(`csj-ended-alerts`)],Z);var be=15,Q=class extends s{constructor(...e){super(...e),this.alertId=``,this.filter=te,this.now=Date.now(),this.tick=new p(this,be,()=>this.requestUpdate()),this.alerts=new c(this,()=>({command:`alerts/subscribe`}),`alerts`,e=>e.alert_id)}static{this.styles=[l,d`
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
    `]}willUpdate(){this.now=Date.now()}updated(e){e.has(`alertId`)&&this.alertId&&this.list!==null&&!this.list.checkVisibility()&&this.renderRoot.querySelector(`csj-alert-view`)?.begin();let t=e.get(`alertId`);t&&!this.alertId&&this.renderRoot.querySelector(`csj-alert-list`)?.goTo(t)}render(){let{standing:e,error:t}=this.alerts,n=[...this.alerts.rows.values()],r=n.length>0||e===`live`;return f`<div class="stack ${this.alertId?`opened`:``}">
      <csj-standing .app=${this.app} .standing=${e} .error=${t}></csj-standing>
      ${r||this.alertId?this.content(n,r):u}
    </div>`}content(t,n){let r=ne(t),i=re(ie(r,this.filter));return f`
      ${r.length?this.filters(r,i.length):u}
      <div class="parts">
        <div class="list stack">
          ${i.length?f`<csj-alert-list .app=${this.app} .alerts=${i} .current=${this.alertId} .now=${this.now}></csj-alert-list>`:n?this.nothing_(r.length):u}
          <csj-ended-alerts .app=${this.app} .open=${t.length}></csj-ended-alerts>
        </div>
        ${this.alertId?f`<div class="stack">
              <div>
                <a
                  class="button"
                  href=${m(`alerts`)}
                  @click=${t=>e(t,m(`alerts`))}
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
            </div>`:u}
      </div>
    `}nothing_(e){if(this.alerts.loading||e){let t=this.t(e?`alerts.none_fits`:`alerts.loading`);return f`<csj-notice .app=${this.app} kind="empty" .text=${t}></csj-notice>`}return f`<div class="card quiet" role="status">
      <svg class="good" viewBox="0 0 24 24" width="48" height="48" aria-hidden="true">
        <path fill="none" stroke="currentColor" stroke-width="1.6" d="M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M8 12.2l2.8 2.8L16.2 9.4" />
      </svg>
      <h2>${this.t(`alerts.quiet`)}</h2>
      <p class="dim">${this.t(`alerts.quiet_text`)}</p>
    </div>`}filters(e,t){let{filter:n}=this,r=[...new Set(e.map(e=>e.kind))].map(e=>[e,this.app.word(`kinds.${e}`)]).sort(([,e],[,t])=>e.localeCompare(t)),i=e.filter(e=>E(e)===`waiting`).length;return f`<div class="row filters" role="search">
      <div class="group severities" role="group" aria-label=${this.t(`alerts.severity`)}>
        ${C.map(t=>{let r=e.filter(e=>e.severity===t).length,i=n.severity===t;return f`<button
            class=${i?`on`:``}
            aria-pressed=${i}
            ?disabled=${!r&&!i}
            @click=${()=>this.set({severity:i?``:t})}
          >
            ${this.app.word(`severities.${t}`)} <span class="number">${r}</span>
          </button>`})}
      </div>
      <label
        >${this.t(`alerts.handling`)}
        <select @change=${e=>this.set({handling:$(e)})}>
          <option value="">${this.t(`alerts.any`)}</option>
          ${S.map(e=>f`<option .value=${e} ?selected=${e===n.handling}>${this.t(`alert_handling.${e}`)}</option>`)}
        </select></label
      >
      <label
        >${this.t(`alerts.kind`)}
        <select @change=${e=>this.set({kind:$(e)})}>
          <option value="">${this.t(`alerts.any`)}</option>
          ${r.map(([e,t])=>f`<option .value=${e} ?selected=${e===n.kind}>${t}</option>`)}
        </select></label
      >
      <label
        >${this.t(`alerts.where`)}
        <input type="search" .value=${n.where} @input=${e=>this.set({where:$(e)})} />
      </label>
      ${e.some(e=>e.drill)?f`<label class="check"
            ><input
              type="checkbox"
              .checked=${n.drills}
              @change=${e=>this.set({drills:e.target.checked})}
            />${this.t(`alerts.drills`)}</label
          >`:u}
      <span class="dim" role="status">${this.t(`alerts.count`,{shown:t,all:e.length,waiting:i})}</span>
    </div>`}set(e){this.filter={...this.filter,...e}}};a([r()],Q.prototype,`alertId`,void 0),a([i()],Q.prototype,`filter`,void 0),a([i()],Q.prototype,`now`,void 0),a([o(`.list`)],Q.prototype,`list`,void 0),Q=a([n(`csj-alerts-page`)],Q);function $(e){return e.target.value}export{Q as CsjAlertsPage};