import{c as e,f as t,g as n,h as r,i,l as a,o,p as s,s as c,v as l}from"./elements.js";import{t as u}from"./answer.js";import{t as d}from"./job.js";import{t as f}from"./own_words.js";import{n as p,r as m,t as h}from"./kinds.js";import{t as g}from"./card_table.js";import{t as _}from"./panel.js";function v({kind:e,place:t,enabled:n,threshold:r,confirm:i,days:a}){let[o,...s]=t.split(`:`);return{command:`what_if`,kind:e,days:Number(a),...o===`circuit`?{circuit:s.join(`:`)}:{},...o===`meter`?{serial:s.join(`:`)}:{},...n?{enabled:n===`on`}:{},...r?{threshold:Number(r)}:{},...i?{confirm:Number(i)}:{}}}function y({enabled:e,threshold:t,confirm:n}){return!e&&!t&&!n}var b={outage:`outage`,voltage_sag:`sag`,undervoltage:`undervoltage`,voltage_swell:`swell`};function x({kind:e},t){if(!t)return null;if(e in b){let{voltage:n}=t,r=n?.[b[e]]??null;return n===null||r===null?null:S(r/n.nominal)}if(e===`frequency`){let{frequency:e}=t;return e?.high==null?null:S(100*(e.high-e.nominal)/e.nominal)}return e===`harmonic_distortion`?t.harmonics?.voltage.thd??null:null}function S(e){return Math.round(e*1e4)/1e4}function C(e,t){let n=[`critical`,`warning`,`info`].map(n=>({name:n,now:e.severities[n]??0,then:t.severities[n]??0})).filter(e=>e.now>0||e.then>0);return[{name:`findings`,now:e.findings,then:t.findings},{name:`meters`,now:e.meters,then:t.meters},...n]}function w(e,t){return{word:t>e?`more`:t<e?`fewer`:`same`,count:Math.abs(t-e)}}var T=class extends o{constructor(...e){super(...e),this.tried=``,this.names=new Map}static{this.styles=[a,g,l`
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
    `]}render(){let{start:e,end:t,now:r,then:i,kind:a}=this.result,{format:o}=this.app,{word:s,count:c}=w(r.findings,i.findings);return n`<section class="card stack" aria-labelledby="result">
        <div>
          <h2 id="result">${this.app.word(`kinds.${a}`)}: ${this.t(`what_if.differences.${s}`,{count:c})}</h2>
          <p class="small dim">${this.tried}</p>
          <p>
            ${this.t(`what_if.summary`,{now:r.findings,then:i.findings,start:o.date(e),end:o.date(t)})}
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
            ${C(r,i).map(e=>this.row(e))}
          </tbody>
        </table>
      </section>
      ${this.findings()}`}row({name:e,now:t,then:r}){let{format:i}=this.app,{word:a,count:o}=w(t,r),s=e===`findings`||e===`meters`?this.t(`what_if.rows.${e}`):this.app.word(`severities.${e}`);return n`<tr>
      <th scope="row">${s}</th>
      <td class="number">${i.number(t,0)}</td>
      <td class="number">${i.number(r,0)}</td>
      <td class=${a===`same`?`dim`:``}>${this.t(`what_if.differences.${a}`,{count:i.number(o,0)})}</td>
    </tr>`}findings(){let{findings:e,more:t}=this.result;if(!e.length)return r;let i=e=>n`<th role="columnheader" scope="col">${this.t(`what_if.columns.${e}`)}</th>`;return n`<section class="card stack" style="margin-top:16px" aria-labelledby="findings">
      <div>
        <h2 id="findings">${this.t(`what_if.findings`)}</h2>
        ${t?n`<p class="dim">${this.t(`what_if.more`,{count:e.length})}</p>`:r}
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
    </section>`}finding({serial:e,at:t,severity:r,message:a}){let o=_(`meters`,e);return n`<tr role="row">
      <td role="cell" class="first">
        <a href=${o} @click=${e=>i(e,o)}>${this.names.get(e)??e}</a>
      </td>
      <td role="cell" class="number nowrap" style="text-align:start" data-label=${this.t(`what_if.columns.at`)}>${this.app.format.dateTime(t)}</td>
      <td role="cell" data-label=${this.t(`what_if.columns.severity`)}>
        <span class="chip dot ${r===`info`?`neutral`:r}">${this.app.word(`severities.${r}`)}</span>
      </td>
      <td role="cell" class="text">${a}</td>
    </tr>`}};e([s({attribute:!1})],T.prototype,`result`,void 0),e([s()],T.prototype,`tried`,void 0),e([s({attribute:!1})],T.prototype,`names`,void 0),T=e([c(`csj-what-if-result`)],T);var E=30,D=class extends o{constructor(...e){super(...e),this.setting={kind:`voltage_sag`,place:`site`,enabled:``,threshold:``,confirm:``,days:String(E)},this.missing=!1,this.tried=``,this.meters=new u(this,()=>({command:`meters/list`})),this.meter=new u(this,()=>{let[e,t]=this.setting.place.split(`:`);return e===`meter`&&t?{command:`meter`,serial:t}:null}),this.words=new f(this,[`selector`]),this.replay=new d(this)}static{this.styles=[a,l`
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
    `]}get rule(){return h.find(({kind:e})=>e===this.setting.kind)}render(){return n`<div class="stack">
      <form class="card stack" @submit=${this.begin}>
        <div>
          <h2>${this.t(`what_if.title`)}</h2>
          <p class="dim">${this.t(`what_if.about`)}</p>
        </div>
        <div class="fields">${this.kind()} ${this.place()} ${this.enabled()} ${this.threshold()} ${this.confirm()} ${this.days()}</div>
        ${this.missing?n`<p class="critical" role="alert">${this.t(`what_if.nothing_set`)}</p>`:r}
        <div class="row">
          ${this.replay.isRunning?n`<button type="button" @click=${()=>this.replay.cancel()}>${this.t(`what_if.cancel`)}</button>`:n`<button class="main">${this.t(`what_if.begin`)}</button>`}
        </div>
        ${this.note()}
      </form>
      <div class="stack" aria-live="polite">${this.outcome()}</div>
    </div>`}kind(){return n`<label
      >${this.t(`what_if.kind`)}
      <select @change=${e=>this.set({kind:O(e),threshold:``,confirm:``})} ?disabled=${this.replay.isRunning}>
        ${h.map(({kind:e})=>n`<option .value=${e} ?selected=${e===this.setting.kind}>${this.app.word(`kinds.${e}`)}</option>`)}</select
      ><span>${this.words.get(`selector.detection_threshold.options.${this.setting.kind}`)}</span></label
    >`}place(){let e=this.meters.value?.meters??[],t=[...new Set(e.map(e=>e.circuit).filter(e=>e!==null))].sort(),i=(e,t)=>n`<option .value=${e} ?selected=${e===this.setting.place}>${t}</option>`;return n`<label
      >${this.t(`what_if.place`)}
      <select @change=${e=>this.set({place:O(e)})} ?disabled=${this.replay.isRunning}>
        ${i(`site`,this.t(`what_if.site`))}
        ${t.length?n`<optgroup label=${this.t(`what_if.circuits`)}>
              ${t.map(e=>i(`circuit:${e}`,e))}
            </optgroup>`:r}
        ${e.length?n`<optgroup label=${this.t(`what_if.meters`)}>
              ${e.map(e=>i(`meter:${e.serial}`,e.name))}
            </optgroup>`:r}
      </select>
      ${this.meters.error===null?r:n`<span class="critical">${this.app.sentence(this.meters.error)}</span>`}</label
    >`}enabled(){return n`<label
      >${this.t(`what_if.enabled`)}
      <select @change=${e=>this.set({enabled:O(e)})} ?disabled=${this.replay.isRunning}>
        ${[``,`on`,`off`].map(e=>n`<option .value=${e} ?selected=${e===this.setting.enabled}>
              ${this.t(`what_if.enabled_${e||`as_now`}`)}
            </option>`)}</select
      ><span>${this.t(this.rule.enabled?`what_if.default_on`:`what_if.default_off`)}</span></label
    >`}threshold(){let{rule:e}=this;if(!p(e))return r;let{format:t}=this.app,i=n=>t.measured(n,e.unit,k(n)),a=x(e,this.meter.value?.meter.limits);return n`<label
      >${this.t(`what_if.threshold`)}${e.unit?` (${e.unit})`:``}
      <input
        type="number"
        step="any"
        inputmode="decimal"
        min=${e.low}
        max=${e.high}
        .value=${this.setting.threshold}
        placeholder=${t.number(a??e.threshold,k(a??e.threshold))}
        ?disabled=${this.replay.isRunning||this.setting.enabled===`off`}
        @input=${e=>this.set({threshold:O(e)})}
      /><span
        >${this.t(`what_if.bounds`,{low:i(e.low),high:i(e.high),usual:i(e.threshold)})}
        ${a===null?r:this.t(`what_if.in_force`,{now:i(a)})}</span
      ></label
    >`}confirm(){let{rule:e}=this;return n`<label
      >${this.t(`what_if.confirm`)}
      <input
        type="number"
        step="1"
        min="1"
        max=${60}
        .value=${this.setting.confirm}
        placeholder=${e.confirm}
        ?disabled=${this.replay.isRunning||this.setting.enabled===`off`}
        @input=${e=>this.set({confirm:O(e)})}
      /><span>${this.t(`what_if.bounds`,{low:1,high:60,usual:e.confirm})}</span></label
    >`}days(){return n`<label
      >${this.t(`what_if.days`)}
      <input
        type="number"
        step="1"
        min="1"
        max=${E}
        required
        .value=${this.setting.days}
        ?disabled=${this.replay.isRunning}
        @input=${e=>this.set({days:O(e)})}
      /><span>${this.t(`what_if.days_hint`,{most:E})}</span></label
    >`}note(){return n`<p>
      <strong>${this.t(`what_if.not_saved`)}</strong>
      ${this.app.may(`configure`)?n`<a href=${m} @click=${e=>i(e,m)}>${this.t(`what_if.save_there`)}</a>`:this.t(`what_if.owner_saves`)}
    </p>`}outcome(){let{replay:e}=this;if(e.isRunning)return this.underWay(e.progress?.done??null);if(e.error!==null)return n`<csj-notice .app=${this.app} kind="error" .text=${this.app.sentence(e.error)}></csj-notice>`;if(e.interrupted)return n`<csj-notice .app=${this.app} kind="error" .text=${this.t(`what_if.interrupted`)}></csj-notice>`;if(e.result===null)return r;let t=new Map(this.meters.value?.meters.map(e=>[e.serial,e.name]));return n`<csj-what-if-result .app=${this.app} .result=${e.result} .names=${t} .tried=${this.tried}></csj-what-if-result>`}told(){let{place:e,enabled:t,threshold:n,confirm:r}=this.setting,i=e.slice(e.indexOf(`:`)+1);return[[`place`,e===`site`?this.t(`what_if.site`):this.meters.value?.meters.find(e=>e.serial===i)?.name??i],[`enabled`,t&&this.t(`what_if.enabled_${t}`)],[`threshold`,n&&this.app.format.measured(Number(n),this.rule.unit,k(Number(n)))],[`confirm`,r]].flatMap(([e,t])=>t?`${this.t(`what_if.${e}`)}: ${t}`:[]).join(` · `)}underWay(e){let t=this.t(`what_if.progress`);return n`<div class="card stack">
      <p>${t}</p>
      ${e===null?n`<progress aria-label=${t}></progress>`:n`<progress aria-label=${t} max="1" .value=${e}></progress>
            <p class="small dim number">${this.app.format.percent(e,0)}</p>`}
    </div>`}set(e){this.setting={...this.setting,...e},this.setting.enabled===`off`&&(this.setting={...this.setting,threshold:``,confirm:``}),this.missing=!1}begin(e){e.preventDefault(),this.missing=y(this.setting),this.missing||(this.tried=this.told(),this.replay.run(v(this.setting)))}};e([t()],D.prototype,`setting`,void 0),e([t()],D.prototype,`missing`,void 0),D=e([c(`csj-what-if-page`)],D);function O(e){return e.target.value}function k(e){return String(e).split(`.`)[1]?.length??0}export{D as CsjWhatIfPage};