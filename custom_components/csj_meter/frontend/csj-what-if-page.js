import{C as e,D as t,S as n,T as r,_ as i,f as a,g as o,h as s,k as c,m as l}from"./elements.js";import{t as u}from"./answer.js";import{i as d,n as f,r as p,t as m}from"./progress_bar.js";import{t as h}from"./own_words.js";import{n as g,r as _,t as v}from"./kinds.js";import{t as y}from"./card_table.js";import{t as b}from"./panel.js";function x({kind:e,place:t,enabled:n,threshold:r,confirm:i,days:a}){let[o,...s]=t.split(`:`);return{command:`what_if`,kind:e,days:Number(a),...o===`circuit`?{circuit:s.join(`:`)}:{},...o===`meter`?{serial:s.join(`:`)}:{},...n?{enabled:n===`on`}:{},...r?{threshold:Number(r)}:{},...i?{confirm:Number(i)}:{}}}function S({enabled:e,threshold:t,confirm:n}){return!e&&!t&&!n}var C={outage:`outage`,voltage_sag:`sag`,undervoltage:`undervoltage`,voltage_swell:`swell`};function w({kind:e},t){if(!t)return null;if(e in C){let{voltage:n}=t,r=n?.[C[e]]??null;return n===null||r===null?null:T(r/n.nominal)}if(e===`frequency`){let{frequency:e}=t;return e?.high==null?null:T(100*(e.high-e.nominal)/e.nominal)}return e===`harmonic_distortion`?t.harmonics?.voltage.thd??null:null}function T(e){return Math.round(e*1e4)/1e4}function E(e,t){let n=[`critical`,`warning`,`info`].map(n=>({name:n,now:e.severities[n]??0,then:t.severities[n]??0})).filter(e=>e.now>0||e.then>0);return[{name:`findings`,now:e.findings,then:t.findings},{name:`meters`,now:e.meters,then:t.meters},...n]}function D(e,t){return{word:t>e?`more`:t<e?`fewer`:`same`,count:Math.abs(t-e)}}var O=class extends l{constructor(...e){super(...e),this.tried=``,this.names=new Map}static{this.styles=[i,y,c`
      .compared {
        max-width: 640px;
      }
      .compared tbody th {
        font-size: 14px;
        font-weight: 400;
        color: inherit;
      }
      .nowrap {
        white-space: nowrap;
      }
      td {
        overflow-wrap: anywhere;
      }
    `]}render(){let{start:e,end:n,now:r,then:i,kind:a}=this.result,{format:o}=this.app,{word:s,count:c}=D(r.findings,i.findings);return t`<section class="card stack" aria-labelledby="result">
        <div>
          <h2 id="result">${this.app.word(`kinds.${a}`)}: ${this.t(`what_if.differences.${s}`,{count:c})}</h2>
          <p class="small dim">${this.tried}</p>
          <p>
            ${this.t(`what_if.summary`,{now:r.findings,then:i.findings,start:o.date(e),end:o.date(n)})}
          </p>
        </div>
        <table class="compared">
          <thead>
            <tr>
              <th><span class="hidden-label">${this.t(`what_if.figure`)}</span></th>
              <th scope="col" class="number">${this.t(`what_if.now`)}</th>
              <th scope="col" class="number">${this.t(`what_if.then`)}</th>
              <th scope="col">${this.t(`what_if.difference`)}</th>
            </tr>
          </thead>
          <tbody>
            ${E(r,i).map(e=>this.row(e))}
          </tbody>
        </table>
      </section>
      ${this.findings()}`}row({name:e,now:n,then:r}){let{format:i}=this.app,{word:a,count:o}=D(n,r),s=e===`findings`||e===`meters`?this.t(`what_if.rows.${e}`):this.app.word(`severities.${e}`);return t`<tr>
      <th scope="row">${s}</th>
      <td class="number">${i.number(n,0)}</td>
      <td class="number">${i.number(r,0)}</td>
      <td class=${a===`same`?`dim`:``}>${this.t(`what_if.differences.${a}`,{count:i.number(o,0)})}</td>
    </tr>`}findings(){let{findings:e,more:n}=this.result;if(!e.length)return r;let i=e=>t`<th role="columnheader" scope="col">${this.t(`what_if.columns.${e}`)}</th>`;return t`<section class="card stack" style="margin-top:16px" aria-labelledby="findings">
      <div>
        <h2 id="findings">${this.t(`what_if.findings`)}</h2>
        ${n?t`<p class="dim">${this.t(`what_if.more`,{count:e.length})}</p>`:r}
      </div>
      <div class="scroll">
        <table class="cards" role="table" aria-labelledby="findings">
          <thead role="rowgroup">
            <tr role="row">
              ${i(`meter`)} ${i(`at`)} ${i(`severity`)} ${i(`message`)}
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${[...e].reverse().map(e=>this.finding(e))}
          </tbody>
        </table>
      </div>
    </section>`}finding({serial:e,at:n,severity:r,message:i}){let o=b(`meters`,e);return t`<tr role="row">
      <td role="cell" class="first">
        <a href=${o} @click=${e=>a(e,o)}>${this.names.get(e)??e}</a>
      </td>
      <td role="cell" class="number nowrap" style="text-align:start" data-label=${this.t(`what_if.columns.at`)}>${this.app.format.dateTime(n)}</td>
      <td role="cell" data-label=${this.t(`what_if.columns.severity`)}>
        <span class="chip dot ${r===`info`?`neutral`:r}">${this.app.word(`severities.${r}`)}</span>
      </td>
      <td role="cell" class="text">${i}</td>
    </tr>`}};o([e({attribute:!1})],O.prototype,`result`,void 0),o([e()],O.prototype,`tried`,void 0),o([e({attribute:!1})],O.prototype,`names`,void 0),O=o([s(`csj-what-if-result`)],O);var k=30,A=class extends l{constructor(...e){super(...e),this.setting={kind:`voltage_sag`,place:`site`,enabled:``,threshold:``,confirm:``,days:String(k)},this.missing=!1,this.tried=``,this.meters=new u(this,()=>({command:`meters/list`})),this.meter=new u(this,()=>{let[e,t]=this.setting.place.split(`:`);return e===`meter`&&t?{command:`meter`,serial:t}:null}),this.words=new h(this,[`selector`]),this.replay=new d(this)}static{this.styles=[i,f,c`
      .fields {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(240px, 100%), 1fr));
        gap: 16px;
        align-items: start;
      }
      .fields select,
      .fields input {
        width: 100%;
      }
    `]}get rule(){return v.find(({kind:e})=>e===this.setting.kind)}render(){return t`<div class="stack">
      <form class="card stack" @submit=${this.begin}>
        <div>
          <h2>${this.t(`what_if.title`)}</h2>
          <p class="dim">${this.t(`what_if.about`)}</p>
        </div>
        <div class="fields">${this.kind()} ${this.place()} ${this.enabled()} ${this.threshold()} ${this.confirm()} ${this.days()}</div>
        ${this.missing?t`<p class="critical" role="alert">${this.t(`what_if.nothing_set`)}</p>`:r}
        <div class="row">
          ${p(this.replay,this.t(`what_if.begin`),this.t(`what_if.cancel`))}
        </div>
        ${this.note()}
      </form>
      <div class="stack" aria-live="polite">${this.outcome()}</div>
    </div>`}kind(){return t`<label
      >${this.t(`what_if.kind`)}
      <select @change=${e=>this.set({kind:j(e),threshold:``,confirm:``})} ?disabled=${this.replay.isRunning}>
        ${v.map(({kind:e})=>t`<option .value=${e} ?selected=${e===this.setting.kind}>${this.app.word(`kinds.${e}`)}</option>`)}</select
      ><span>${this.words.get(`selector.detection_threshold.options.${this.setting.kind}`)}</span></label
    >`}place(){let e=this.meters.value?.meters??[],n=[...new Set(e.map(e=>e.circuit).filter(e=>e!==null))].sort(),i=(e,n)=>t`<option .value=${e} ?selected=${e===this.setting.place}>${n}</option>`;return t`<label
      >${this.t(`what_if.place`)}
      <select @change=${e=>this.set({place:j(e)})} ?disabled=${this.replay.isRunning}>
        ${i(`site`,this.t(`what_if.site`))}
        ${n.length?t`<optgroup label=${this.t(`what_if.circuits`)}>
              ${n.map(e=>i(`circuit:${e}`,e))}
            </optgroup>`:r}
        ${e.length?t`<optgroup label=${this.t(`what_if.meters`)}>
              ${e.map(e=>i(`meter:${e.serial}`,e.name))}
            </optgroup>`:r}
      </select>
      ${this.meters.error===null?r:t`<span class="critical">${this.app.sentence(this.meters.error)}</span>`}</label
    >`}enabled(){return t`<label
      >${this.t(`what_if.enabled`)}
      <select @change=${e=>this.set({enabled:j(e)})} ?disabled=${this.replay.isRunning}>
        ${[``,`on`,`off`].map(e=>t`<option .value=${e} ?selected=${e===this.setting.enabled}>
              ${this.t(`what_if.enabled_${e||`as_now`}`)}
            </option>`)}</select
      ><span>${this.t(this.rule.enabled?`what_if.default_on`:`what_if.default_off`)}</span></label
    >`}threshold(){let{rule:e}=this;if(!g(e))return r;let{format:n}=this.app,i=t=>n.measured(t,e.unit,M(t)),a=w(e,this.meter.value?.meter.limits);return t`<label
      >${this.t(`what_if.threshold`)}${e.unit?` (${e.unit})`:``}
      <input
        type="number"
        step="any"
        inputmode="decimal"
        min=${e.low}
        max=${e.high}
        .value=${this.setting.threshold}
        placeholder=${n.number(a??e.threshold,M(a??e.threshold))}
        ?disabled=${this.replay.isRunning||this.setting.enabled===`off`}
        @input=${e=>this.set({threshold:j(e)})}
      /><span
        >${this.t(`what_if.bounds`,{low:i(e.low),high:i(e.high),usual:i(e.threshold)})}
        ${a===null?r:this.t(`what_if.in_force`,{now:i(a)})}</span
      ></label
    >`}confirm(){let{rule:e}=this;return t`<label
      >${this.t(`what_if.confirm`)}
      <input
        type="number"
        step="1"
        min="1"
        max=${60}
        .value=${this.setting.confirm}
        placeholder=${e.confirm}
        ?disabled=${this.replay.isRunning||this.setting.enabled===`off`}
        @input=${e=>this.set({confirm:j(e)})}
      /><span>${this.t(`what_if.bounds`,{low:1,high:60,usual:e.confirm})}</span></label
    >`}days(){return t`<label
      >${this.t(`what_if.days`)}
      <input
        type="number"
        step="1"
        min="1"
        max=${k}
        required
        .value=${this.setting.days}
        ?disabled=${this.replay.isRunning}
        @input=${e=>this.set({days:j(e)})}
      /><span>${this.t(`what_if.days_hint`,{most:k})}</span></label
    >`}note(){return t`<p>
      <strong>${this.t(`what_if.not_saved`)}</strong>
      ${this.app.may(`configure`)?t`<a href=${_} @click=${e=>a(e,_)}>${this.t(`what_if.save_there`)}</a>`:this.t(`what_if.owner_saves`)}
    </p>`}outcome(){let{replay:e}=this;if(e.isRunning)return this.underWay(e.progress?.done??null);if(e.error!==null)return t`<csj-notice .app=${this.app} kind="error" .text=${this.app.sentence(e.error)}></csj-notice>`;if(e.interrupted)return t`<csj-notice .app=${this.app} kind="error" .text=${this.t(`what_if.interrupted`)}></csj-notice>`;if(e.result===null)return r;let n=new Map(this.meters.value?.meters.map(e=>[e.serial,e.name]));return t`<csj-what-if-result .app=${this.app} .result=${e.result} .names=${n} .tried=${this.tried}></csj-what-if-result>`}told(){let{place:e,enabled:t,threshold:n,confirm:r}=this.setting,i=e.slice(e.indexOf(`:`)+1);return[[`place`,e===`site`?this.t(`what_if.site`):this.meters.value?.meters.find(e=>e.serial===i)?.name??i],[`enabled`,t&&this.t(`what_if.enabled_${t}`)],[`threshold`,n&&this.app.format.measured(Number(n),this.rule.unit,M(Number(n)))],[`confirm`,r]].flatMap(([e,t])=>t?`${this.t(`what_if.${e}`)}: ${t}`:[]).join(` · `)}underWay(e){let n=this.t(`what_if.progress`);return t`<div class="card stack">
      <p>${n}</p>
      ${m(n,e??0,this.app.format.percent(e??0,0))}
    </div>`}set(e){this.setting={...this.setting,...e},this.setting.enabled===`off`&&(this.setting={...this.setting,threshold:``,confirm:``}),this.missing=!1}begin(e){e.preventDefault(),this.missing=S(this.setting),this.missing||(this.tried=this.told(),this.replay.run(x(this.setting)))}};o([n()],A.prototype,`setting`,void 0),o([n()],A.prototype,`missing`,void 0),A=o([s(`csj-what-if-page`)],A);function j(e){return e.target.value}function M(e){return String(e).split(`.`)[1]?.length??0}export{A as CsjWhatIfPage};