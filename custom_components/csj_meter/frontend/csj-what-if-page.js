import{_ as e,b as t,c as n,h as r,i,l as a,m as o,o as s,s as c,v as l}from"./elements.js";import{t as u}from"./answer.js";import{n as d,r as f,t as p}from"./progress_bar.js";import{t as m}from"./own_words.js";import{n as h,r as g,t as _}from"./kinds.js";import{t as v}from"./card_table.js";import{t as y}from"./panel.js";function b({kind:e,place:t,enabled:n,threshold:r,confirm:i,days:a}){let[o,...s]=t.split(`:`);return{command:`what_if`,kind:e,days:Number(a),...o===`circuit`?{circuit:s.join(`:`)}:{},...o===`meter`?{serial:s.join(`:`)}:{},...n?{enabled:n===`on`}:{},...r?{threshold:Number(r)}:{},...i?{confirm:Number(i)}:{}}}function x({enabled:e,threshold:t,confirm:n}){return!e&&!t&&!n}var S={outage:`outage`,voltage_sag:`sag`,undervoltage:`undervoltage`,voltage_swell:`swell`};function C({kind:e},t){if(!t)return null;if(e in S){let{voltage:n}=t,r=n?.[S[e]]??null;return n===null||r===null?null:w(r/n.nominal)}if(e===`frequency`){let{frequency:e}=t;return e?.high==null?null:w(100*(e.high-e.nominal)/e.nominal)}return e===`harmonic_distortion`?t.harmonics?.voltage.thd??null:null}function w(e){return Math.round(e*1e4)/1e4}function T(e,t){let n=[`critical`,`warning`,`info`].map(n=>({name:n,now:e.severities[n]??0,then:t.severities[n]??0})).filter(e=>e.now>0||e.then>0);return[{name:`findings`,now:e.findings,then:t.findings},{name:`meters`,now:e.meters,then:t.meters},...n]}function E(e,t){return{word:t>e?`more`:t<e?`fewer`:`same`,count:Math.abs(t-e)}}var D=class extends s{constructor(...e){super(...e),this.tried=``,this.names=new Map}static{this.styles=[a,v,t`
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
    `]}render(){let{start:e,end:t,now:n,then:r,kind:i}=this.result,{format:a}=this.app,{word:o,count:s}=E(n.findings,r.findings);return l`<section class="card stack" aria-labelledby="result">
        <div>
          <h2 id="result">${this.app.word(`kinds.${i}`)}: ${this.t(`what_if.differences.${o}`,{count:s})}</h2>
          <p class="small dim">${this.tried}</p>
          <p>
            ${this.t(`what_if.summary`,{now:n.findings,then:r.findings,start:a.date(e),end:a.date(t)})}
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
            ${T(n,r).map(e=>this.row(e))}
          </tbody>
        </table>
      </section>
      ${this.findings()}`}row({name:e,now:t,then:n}){let{format:r}=this.app,{word:i,count:a}=E(t,n),o=e===`findings`||e===`meters`?this.t(`what_if.rows.${e}`):this.app.word(`severities.${e}`);return l`<tr>
      <th scope="row">${o}</th>
      <td class="number">${r.number(t,0)}</td>
      <td class="number">${r.number(n,0)}</td>
      <td class=${i===`same`?`dim`:``}>${this.t(`what_if.differences.${i}`,{count:r.number(a,0)})}</td>
    </tr>`}findings(){let{findings:t,more:n}=this.result;if(!t.length)return e;let r=e=>l`<th role="columnheader" scope="col">${this.t(`what_if.columns.${e}`)}</th>`;return l`<section class="card stack" style="margin-top:16px" aria-labelledby="findings">
      <div>
        <h2 id="findings">${this.t(`what_if.findings`)}</h2>
        ${n?l`<p class="dim">${this.t(`what_if.more`,{count:t.length})}</p>`:e}
      </div>
      <div class="scroll">
        <table class="cards" role="table" aria-labelledby="findings">
          <thead role="rowgroup">
            <tr role="row">
              ${r(`meter`)} ${r(`at`)} ${r(`severity`)} ${r(`message`)}
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${[...t].reverse().map(e=>this.finding(e))}
          </tbody>
        </table>
      </div>
    </section>`}finding({serial:e,at:t,severity:n,message:r}){let a=y(`meters`,e);return l`<tr role="row">
      <td role="cell" class="first">
        <a href=${a} @click=${e=>i(e,a)}>${this.names.get(e)??e}</a>
      </td>
      <td role="cell" class="number nowrap" style="text-align:start" data-label=${this.t(`what_if.columns.at`)}>${this.app.format.dateTime(t)}</td>
      <td role="cell" data-label=${this.t(`what_if.columns.severity`)}>
        <span class="chip dot ${n===`info`?`neutral`:n}">${this.app.word(`severities.${n}`)}</span>
      </td>
      <td role="cell" class="text">${r}</td>
    </tr>`}};n([r({attribute:!1})],D.prototype,`result`,void 0),n([r()],D.prototype,`tried`,void 0),n([r({attribute:!1})],D.prototype,`names`,void 0),D=n([c(`csj-what-if-result`)],D);var O=30,k=class extends s{constructor(...e){super(...e),this.setting={kind:`voltage_sag`,place:`site`,enabled:``,threshold:``,confirm:``,days:String(O)},this.missing=!1,this.tried=``,this.meters=new u(this,()=>({command:`meters/list`})),this.meter=new u(this,()=>{let[e,t]=this.setting.place.split(`:`);return e===`meter`&&t?{command:`meter`,serial:t}:null}),this.words=new m(this,[`selector`]),this.replay=new f(this)}static{this.styles=[a,d,t`
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
    `]}get rule(){return _.find(({kind:e})=>e===this.setting.kind)}render(){return l`<div class="stack">
      <form class="card stack" @submit=${this.begin}>
        <div>
          <h2>${this.t(`what_if.title`)}</h2>
          <p class="dim">${this.t(`what_if.about`)}</p>
        </div>
        <div class="fields">${this.kind()} ${this.place()} ${this.enabled()} ${this.threshold()} ${this.confirm()} ${this.days()}</div>
        ${this.missing?l`<p class="critical" role="alert">${this.t(`what_if.nothing_set`)}</p>`:e}
        <div class="row">
          ${this.replay.isRunning?l`<button type="button" @click=${()=>this.replay.cancel()}>${this.t(`what_if.cancel`)}</button>`:l`<button class="main">${this.t(`what_if.begin`)}</button>`}
        </div>
        ${this.note()}
      </form>
      <div class="stack" aria-live="polite">${this.outcome()}</div>
    </div>`}kind(){return l`<label
      >${this.t(`what_if.kind`)}
      <select @change=${e=>this.set({kind:A(e),threshold:``,confirm:``})} ?disabled=${this.replay.isRunning}>
        ${_.map(({kind:e})=>l`<option .value=${e} ?selected=${e===this.setting.kind}>${this.app.word(`kinds.${e}`)}</option>`)}</select
      ><span>${this.words.get(`selector.detection_threshold.options.${this.setting.kind}`)}</span></label
    >`}place(){let t=this.meters.value?.meters??[],n=[...new Set(t.map(e=>e.circuit).filter(e=>e!==null))].sort(),r=(e,t)=>l`<option .value=${e} ?selected=${e===this.setting.place}>${t}</option>`;return l`<label
      >${this.t(`what_if.place`)}
      <select @change=${e=>this.set({place:A(e)})} ?disabled=${this.replay.isRunning}>
        ${r(`site`,this.t(`what_if.site`))}
        ${n.length?l`<optgroup label=${this.t(`what_if.circuits`)}>
              ${n.map(e=>r(`circuit:${e}`,e))}
            </optgroup>`:e}
        ${t.length?l`<optgroup label=${this.t(`what_if.meters`)}>
              ${t.map(e=>r(`meter:${e.serial}`,e.name))}
            </optgroup>`:e}
      </select>
      ${this.meters.error===null?e:l`<span class="critical">${this.app.sentence(this.meters.error)}</span>`}</label
    >`}enabled(){return l`<label
      >${this.t(`what_if.enabled`)}
      <select @change=${e=>this.set({enabled:A(e)})} ?disabled=${this.replay.isRunning}>
        ${[``,`on`,`off`].map(e=>l`<option .value=${e} ?selected=${e===this.setting.enabled}>
              ${this.t(`what_if.enabled_${e||`as_now`}`)}
            </option>`)}</select
      ><span>${this.t(this.rule.enabled?`what_if.default_on`:`what_if.default_off`)}</span></label
    >`}threshold(){let{rule:t}=this;if(!h(t))return e;let{format:n}=this.app,r=e=>n.measured(e,t.unit,j(e)),i=C(t,this.meter.value?.meter.limits);return l`<label
      >${this.t(`what_if.threshold`)}${t.unit?` (${t.unit})`:``}
      <input
        type="number"
        step="any"
        inputmode="decimal"
        min=${t.low}
        max=${t.high}
        .value=${this.setting.threshold}
        placeholder=${n.number(i??t.threshold,j(i??t.threshold))}
        ?disabled=${this.replay.isRunning||this.setting.enabled===`off`}
        @input=${e=>this.set({threshold:A(e)})}
      /><span
        >${this.t(`what_if.bounds`,{low:r(t.low),high:r(t.high),usual:r(t.threshold)})}
        ${i===null?e:this.t(`what_if.in_force`,{now:r(i)})}</span
      ></label
    >`}confirm(){let{rule:e}=this;return l`<label
      >${this.t(`what_if.confirm`)}
      <input
        type="number"
        step="1"
        min="1"
        max=${60}
        .value=${this.setting.confirm}
        placeholder=${e.confirm}
        ?disabled=${this.replay.isRunning||this.setting.enabled===`off`}
        @input=${e=>this.set({confirm:A(e)})}
      /><span>${this.t(`what_if.bounds`,{low:1,high:60,usual:e.confirm})}</span></label
    >`}days(){return l`<label
      >${this.t(`what_if.days`)}
      <input
        type="number"
        step="1"
        min="1"
        max=${O}
        required
        .value=${this.setting.days}
        ?disabled=${this.replay.isRunning}
        @input=${e=>this.set({days:A(e)})}
      /><span>${this.t(`what_if.days_hint`,{most:O})}</span></label
    >`}note(){return l`<p>
      <strong>${this.t(`what_if.not_saved`)}</strong>
      ${this.app.may(`configure`)?l`<a href=${g} @click=${e=>i(e,g)}>${this.t(`what_if.save_there`)}</a>`:this.t(`what_if.owner_saves`)}
    </p>`}outcome(){let{replay:t}=this;if(t.isRunning)return this.underWay(t.progress?.done??null);if(t.error!==null)return l`<csj-notice .app=${this.app} kind="error" .text=${this.app.sentence(t.error)}></csj-notice>`;if(t.interrupted)return l`<csj-notice .app=${this.app} kind="error" .text=${this.t(`what_if.interrupted`)}></csj-notice>`;if(t.result===null)return e;let n=new Map(this.meters.value?.meters.map(e=>[e.serial,e.name]));return l`<csj-what-if-result .app=${this.app} .result=${t.result} .names=${n} .tried=${this.tried}></csj-what-if-result>`}told(){let{place:e,enabled:t,threshold:n,confirm:r}=this.setting,i=e.slice(e.indexOf(`:`)+1);return[[`place`,e===`site`?this.t(`what_if.site`):this.meters.value?.meters.find(e=>e.serial===i)?.name??i],[`enabled`,t&&this.t(`what_if.enabled_${t}`)],[`threshold`,n&&this.app.format.measured(Number(n),this.rule.unit,j(Number(n)))],[`confirm`,r]].flatMap(([e,t])=>t?`${this.t(`what_if.${e}`)}: ${t}`:[]).join(` · `)}underWay(e){let t=this.t(`what_if.progress`);return l`<div class="card stack">
      <p>${t}</p>
      ${p(t,e??0,this.app.format.percent(e??0,0))}
    </div>`}set(e){this.setting={...this.setting,...e},this.setting.enabled===`off`&&(this.setting={...this.setting,threshold:``,confirm:``}),this.missing=!1}begin(e){e.preventDefault(),this.missing=x(this.setting),this.missing||(this.tried=this.told(),this.replay.run(b(this.setting)))}};n([o()],k.prototype,`setting`,void 0),n([o()],k.prototype,`missing`,void 0),k=n([c(`csj-what-if-page`)],k);function A(e){return e.target.value}function j(e){return String(e).split(`.`)[1]?.length??0}export{k as CsjWhatIfPage};