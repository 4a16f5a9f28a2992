import{a as e,b as t,c as n,g as r,h as i,l as a,m as o,n as s,s as c,t as l,u,v as d,x as f,y as p}from"./elements.js";import{t as m}from"./repeated.js";import{t as h}from"./panel.js";import{n as ee,t as te}from"./downloads.js";import{n as g,t as _}from"./chart.js";function ne(e){let t=e.filter(e=>e.allowed),n=e=>t.filter(t=>t.permission===e),r=n(`command`);return{presses:r.filter(e=>e.kind===`press`),settings:r.filter(e=>e.kind!==`press`),supply:n(`switch_supply`),prices:n(`set_prices`)}}function re(e,t){return e.name===`restart`||e.name===`relay_automatic`?e.name:e.name===`supply`?t===!1?`supply_off`:`supply_on`:e.name===`relay_mode`?typeof t==`string`?`relay_${t}`:null:e.permission===`set_prices`?`money`:null}function ie(e){let t=/^price_t(\d)$/.exec(e)?.[1];return t===void 0?{key:e,tariff:``}:{key:`price`,tariff:t}}var v=class extends c{constructor(...e){super(...e),this.running=null,this.outcome=null,this.question=null}static{this.styles=[u,f`
      .block {
        margin-top: 12px;
        display: grid;
        gap: 8px;
      }
      .presses {
        margin-top: 12px;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: end;
      }
      input,
      select {
        width: 140px;
      }
      select {
        width: auto;
      }
      .outcome:has(p:not(:empty)) {
        margin-top: 12px;
      }
      summary {
        cursor: pointer;
      }
    `]}render(){let{presses:e,settings:t,supply:n,prices:r}=ne(this.meter.commands);return!e.length&&!t.length&&!n.length&&!r.length?d:p`<section class="card" aria-busy=${this.running!==null}>
      <h2>${this.t(`meter.commands`)}</h2>
      <div class="row presses">${e.map(e=>this.press(e))}</div>
      ${t.length?p`<div class="block">${t.map(e=>this.control(e))}</div>`:d}
      ${n.length?p`<div class="block">
            <h3>${this.t(`meter.supply`)}</h3>
            ${n.map(e=>this.control(e))}
          </div>`:d}
      ${r.length?p`<details class="block">
            <summary>${this.t(`meter.prices`)}</summary>
            <div class="block">${r.map(e=>this.control(e))}</div>
          </details>`:d}
      <div class="outcome">
        ${this.running===null?d:p`<progress aria-label=${this.t(`meter.command_runs`,{command:this.name(this.running)})}></progress>`}
        <p class=${this.outcome?.failed?`critical`:``} role="status">
          ${this.running===null?this.outcome?.text??``:this.t(`meter.command_runs`,{command:this.name(this.running)})}
        </p>
      </div>
      ${this.asking()}
    </section>`}name(e){let{key:t,tariff:n}=ie(e.name);return this.t(`meter.of_command.${t}`,{tariff:n})}press(e){return p`<button ?disabled=${this.running!==null} @click=${()=>this.ask(e,void 0)}>${this.name(e)}</button>`}control(e){switch(e.kind){case`press`:return p`<div>${this.press(e)}</div>`;case`switch`:return this.contact(e);case`select`:return p`<form @submit=${t=>this.submit(t,e)}>
          <label
            >${this.name(e)}
            <select name="value">
              ${e.options.map(t=>p`<option value=${t} ?selected=${t===e.value}>${this.t(`meter.relay_modes.${t}`)}</option>`)}
            </select></label
          >
          ${this.set(e)}
        </form>`;case`number`:return p`<form @submit=${t=>this.submit(t,e)}>
          <label
            >${this.name(e)}${e.unit?` (${e.unit})`:``}
            <input name="value" type="number" required min=${e.min} max=${e.max} step=${e.step} .value=${String(e.value??``)}
          /></label>
          ${this.set(e)}
        </form>`}}set(e){return p`<button ?disabled=${this.running!==null} aria-label="${this.t(`meter.set`)}: ${this.name(e)}">
      ${this.t(`meter.set`)}
    </button>`}contact(e){return p`<div class="row">
      <span class=${e.value===null?`dim`:e.value?`good`:`critical`}>
        ${this.t(e.value===null?`meter.contact_unknown`:e.value?`meter.contact_closed`:`meter.contact_open`)}
      </span>
      ${e.value===!1?d:p`<button class="danger" ?disabled=${this.running!==null} @click=${()=>this.ask(e,!1)}>
            ${this.t(`meter.disconnect`)}
          </button>`}
      ${e.value===!0?d:p`<button ?disabled=${this.running!==null} @click=${()=>this.ask(e,!0)}>${this.t(`meter.connect`)}</button>`}
    </div>`}asking(){let{question:e}=this;return p`<csj-dialog
      .app=${this.app}
      .heading=${e===null?``:`${this.deed(e)}: ${this.meter.name}`}
      .action=${e===null?``:this.deed(e)}
      .danger=${e?.consequence!==`money`}
      .work=${()=>e===null?Promise.resolve():this.give(e.row,e.value)}
    >
      ${e===null?d:p`<p>${this.t(`meter.consequences.${e.consequence}`,{value:String(e.value)})}</p>`}
    </csj-dialog>`}deed({row:e,value:t}){return e.kind===`switch`?this.t(t?`meter.connect`:`meter.disconnect`):this.name(e)}submit(e,t){e.preventDefault();let n=String(new FormData(e.target).get(`value`));this.ask(t,t.kind===`number`?Number(n):n)}ask(e,t){let n=re(e,t);n===null?this.give(e,t).catch(()=>void 0):(this.question={row:e,value:t,consequence:n},this.dialog.show())}async give(e,t){this.running=e,this.outcome=null;try{let n=await this.app.call(`command`,{serial:this.meter.serial,command:e.name,...t===void 0?{}:{value:t}});this.outcome={text:this.told(e,n),failed:!1}}catch(t){throw this.outcome={text:`${this.name(e)}: ${this.app.sentence(t)}`,failed:!0},t}finally{this.running=null,this.dispatchEvent(new Event(`done`))}}told(e,{round_trip_ms:t,values:n}){let r=this.t(`meter.command_done`,{command:this.name(e),ms:this.app.format.number(t,0)}),i=n?.[e.name],a=n?.relay_contact;return a===`open`||a===`closed`?`${r} ${this.t(a===`open`?`meter.contact_open`:`meter.contact_closed`)}`:e.kind===`number`&&typeof i==`number`?`${r} ${this.t(`meter.meter_says`,{value:this.app.format.measured(i,e.unit)})}`:r}};a([r({attribute:!1})],v.prototype,`meter`,void 0),a([i()],v.prototype,`running`,void 0),a([i()],v.prototype,`outcome`,void 0),a([i()],v.prototype,`question`,void 0),a([o(`csj-dialog`)],v.prototype,`dialog`,void 0),v=a([n(`csj-meter-commands`)],v);function y(e){let t=e?`minute`:`hour`;return[{days:1,resolution:t},{days:7,resolution:t},{days:90,resolution:`hour`}]}function ae(e,t){return`/api/diagnostics/config_entry/${e}/device/${t}`}var b=class extends c{constructor(...e){super(...e),this.busy=!1}static{this.styles=[u,f`
      .row {
        margin-top: 12px;
      }
    `]}render(){let{app:e,meter:t}=this,n=e.hass.user?.is_admin&&t.device_id!==null;return!e.may(`export`)&&!n?d:p`<section class="card">
      <h2>${this.t(`meter.downloads`)}</h2>
      <div class="row">
        ${e.may(`export`)?y(e.may(`see_raw`)).map(e=>p`<button
                ?disabled=${this.busy}
                @click=${()=>this.download(ee(t.serial,e,Math.floor(Date.now()/1e3)))}
              >
                ${this.t(`meter.export_by.${e.resolution}`,{span:this.t(`meter.export_spans.${e.days}d`)})}
              </button>`):d}
        ${n?p`<button
              ?disabled=${this.busy}
              @click=${()=>this.download(ae(t.bridge,t.device_id))}
            >
              ${this.t(`meter.diagnostics`)}
            </button>`:d}
      </div>
    </section>`}async download(e){this.busy=!0,await this.attempt(()=>te(this.app,e),this.t(`meter.download_began`)),this.busy=!1}};a([r({attribute:!1})],b.prototype,`meter`,void 0),a([i()],b.prototype,`busy`,void 0),b=a([n(`csj-meter-downloads`)],b);var x=2;function S(e,t,n,r){let i=Array.from({length:n},(n,r)=>e[`${t}_harmonics_l${r+1}`]).filter(e=>Array.isArray(e)),a=Math.max(0,...i.map(e=>e.length));return Array.from({length:a},(e,t)=>{let n=x+t,a=i.map(e=>e[t]??null),o=r?.[n]??null;return{order:n,values:a,limit:o,over:o!==null&&a.some(e=>e!==null&&e>o)}})}function oe(e){let t=Math.max(0,...e.flatMap(({values:e,limit:t})=>[...e,t].map(e=>e??0)));if(t===0)return 1;let n=10**Math.floor(Math.log10(t));return([1,2,3,4,6,8,10].find(e=>e*n>=t)??10)*n}var[C,w,se,T]=[720,200,22,40],E=10,D=class extends c{constructor(...e){super(...e),this.open=!1,this.found=null,this.tables=!1,this.live=new s(this,()=>this.open?{command:`live/subscribe`,serial:this.meter.serial,interval:E,harmonics:!0}:null,e=>this.found=e.harmonics??this.found)}static{this.styles=[u,f`
      summary {
        cursor: pointer;
      }
      summary h2 {
        display: inline;
      }
      .charts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr));
        gap: 16px;
        margin-top: 12px;
      }
      .wide {
        overflow-x: auto;
      }
      svg {
        width: 100%;
        min-width: 440px;
        display: block;
      }
      text {
        font-size: 11px;
        fill: var(--csj-dim);
        text-anchor: middle;
      }
      text.over {
        fill: var(--csj-critical);
        font-weight: 700;
      }
      .line {
        stroke: var(--csj-line);
      }
      .limit {
        stroke: var(--csj-critical);
        stroke-width: 2;
      }
      table {
        width: auto;
      }
      .table {
        max-height: 260px;
        overflow: auto;
      }
    `]}willUpdate(e){let t=e.get(`meter`);t!==void 0&&t.serial!==this.meter.serial&&(this.found=null)}render(){return p`<section class="card">
      <details @toggle=${e=>this.open=e.target.open}>
        <summary><h2>${this.t(`meter.harmonics`)}</h2></summary>
        ${this.open?this.content():d}
      </details>
    </section>`}content(){let e=this.meter.limits.harmonics?.voltage??null;if(this.found===null)return this.live.standing===`live`?p`<p class="dim" role="status">${this.t(`meter.harmonics_wait`)}</p>`:p`<csj-standing .app=${this.app} .standing=${this.live.standing} .error=${this.live.error}></csj-standing>`;let{values:t,at:n,error:r}=this.found;return p`
      <p class="small dim">
        ${this.t(`meter.measured_at`,{time:this.app.format.time(n,{seconds:!0})})}
        ${e===null?d:this.t(`meter.harmonics_limits`,{standard:e.standard})}
        ${r?p`<span class="warning">${r}</span>`:d}
      </p>
      <div class="charts">
        ${this.chart(`voltage`,S(t,`voltage`,this.meter.phases,e?.orders??null))}
        ${this.chart(`current`,S(t,`current`,this.meter.phases,null))}
      </div>
    `}chart(e,n){if(!n.length)return d;let r=oe(n),i=n.filter(e=>e.over).map(({order:e})=>e),a=i.length?this.t(`meter.harmonics_over`,{orders:i.join(`, `)}):this.t(`meter.harmonics_fine`);return p`<div>
      <h3>${this.t(`meter.harmonics_of.${e}`)}</h3>
      ${e===`voltage`&&this.meter.limits.harmonics?.voltage?p`<p class="small ${i.length?`critical`:`good`}">${a}</p>`:d}
      <div class="wide" tabindex="0" role="group" aria-label=${this.t(`meter.harmonics_of.${e}`)}>
        <svg viewBox="0 0 ${C} ${w+se}" aria-hidden="true">
          ${[0,.5,1].map(e=>{let n=10+(w-10)*(1-e);return t`<line class="line" x1=${T} x2=${C} y1=${n} y2=${n} />
              <text x=${T/2-2} y=${n+4}>${this.app.format.number(r*e)} %</text>`})}
          ${n.map((e,t)=>this.bar(e,t,n.length,r))}
        </svg>
      </div>
      <details @toggle=${e=>this.tables=e.target.open}>
        <summary class="small dim">${this.t(`chart.table`)}</summary>
        ${this.tables?this.table(e,n):d}
      </details>
    </div>`}bar({order:e,values:n,limit:r,over:i},a,o,s){let c=(C-T)/o,l=T+a*c,u=c*.76/n.length,f=e=>10+(w-10)*(1-Math.min(e/s,1));return t`
      ${n.map((e,n)=>e===null?d:t`<rect x=${l+c*.12+n*u} y=${f(e)} width=${Math.max(u-.5,1)} height=${w-f(e)}
              fill=${_(n,this.app.hass.themes.darkMode)} />`)}
      ${r===null?d:t`<line class="limit" x1=${l+1} x2=${l+c-1} y1=${f(r)} y2=${f(r)} />`}
      ${e%2||i?t`<text class=${i?`over`:``} x=${l+c/2} y=${w+15}>${e}</text>`:d}
    `}table(e,t){let{format:n}=this.app;return p`<div class="table" tabindex="0" role="region" aria-label=${this.t(`meter.harmonics_of.${e}`)}>
      <table>
        <thead>
          <tr>
            <th class="number" scope="col">${this.t(`meter.order`)}</th>
            ${t[0]?.values.map((e,t)=>p`<th class="number" scope="col">L${t+1}</th>`)}
            <th class="number" scope="col">${this.t(`meter.limit`)}</th>
          </tr>
        </thead>
        <tbody>
          ${t.map(({order:e,values:t,limit:r,over:i})=>p`<tr class=${i?`critical`:``}>
              <th class="number" scope="row">${e}</th>
              ${t.map(e=>p`<td class="number">${n.measured(e,`%`,2)}</td>`)}
              <td class="number">${n.measured(r,`%`,1)}</td>
            </tr>`)}
        </tbody>
      </table>
    </div>`}};a([r({attribute:!1})],D.prototype,`meter`,void 0),a([i()],D.prototype,`open`,void 0),a([i()],D.prototype,`found`,void 0),a([i()],D.prototype,`tables`,void 0),D=a([n(`csj-meter-harmonics`)],D);var ce=`relay_closed`,le=30,ue=.95,de=[`missing`,`wrong`,`locked_out`],O=class extends c{static{this.styles=[u,f`
      dl {
        margin-top: 12px;
      }
      ul {
        margin: 4px 0 0;
        padding-inline-start: 20px;
      }
      .block {
        margin-top: 12px;
      }
    `]}render(){let{health:e}=this.meter;return e===null?d:this.shown(e)}shown(e){let{format:t}=this.app,{clock_drift:n,uptime:r}=this.meter,i=e.status,a=i?.filter(e=>e!==ce)??[],o=Object.entries(e.failed),s=e=>a.includes(e)?`warning`:``;return p`<section class="card">
      <h2>${this.t(`meter.health`)}</h2>
      <dl>
        ${this.item(`success_rate`,t.percent(e.success_rate),e.success_rate!==null&&e.success_rate<ue)}
        ${this.item(`round_trip`,e.round_trip===null?`–`:`${t.number(e.round_trip*1e3,0)} ms`)}
        ${this.item(`lost`,this.t(`meter.lost`,{timeouts:e.timeouts,garbled:e.garbled,requests:e.requests}))}
        ${this.item(`battery`,t.measured(e.battery_voltage,`V`,2),s(`battery_low`)!==``)}
        ${this.item(`temperature`,t.measured(e.temperature,`°C`,1))}
        ${this.item(`clock`,this.drift(n),s(`clock_not_set`)!==``||Math.abs(n??0)>le)}
        ${this.item(`firmware`,[e.firmware,e.hardware].filter(Boolean).join(` / `)||`–`)}
        ${this.item(`uptime`,t.duration(r))}
        ${this.item(`unit_id`,String(e.unit_id??`–`))}
        ${this.item(`profile`,e.profile??`–`)}
        ${e.key===null?d:this.item(`key`,this.t(`meter.keys.${e.key}`),de.includes(e.key))}
      </dl>
      <div class="block">
        <h3>${this.t(`meter.status`)}</h3>
        ${a.length?p`<ul class="warning">
              ${a.map(e=>p`<li>${this.t(`meter.status_words.${e}`)}</li>`)}
            </ul>`:p`<p class=${i===null?`dim`:`good`}>${this.t(i===null?`meter.status_unknown`:`meter.status_fine`)}</p>`}
      </div>
      ${o.length?p`<div class="block">
            <h3>${this.t(`meter.failed`)}</h3>
            <ul>
              ${o.map(([e,t])=>p`<li>${this.t(`meter.blocks.${e}`)}: ${t}</li>`)}
            </ul>
          </div>`:d}
    </section>`}drift(e){if(e===null)return`–`;let t=this.app.format.duration(Math.abs(e));return Math.abs(e)<1?this.t(`meter.clock_right`):this.t(e>0?`meter.clock_ahead`:`meter.clock_behind`,{duration:t})}item(e,t,n=!1){return p`<div>
      <dt>${this.t(`meter.of_health.${e}`)}</dt>
      <dd class=${n?`warning`:``}>
        ${t} ${n?p`<span aria-hidden="true">⚠</span><span class="hidden-label">${this.t(`meter.look_at_it`)}</span>`:d}
      </dd>
    </div>`}};a([r({attribute:!1})],O.prototype,`meter`,void 0),O=a([n(`csj-meter-health`)],O);var fe=[`alert`,`meter`,`command`,`contact`,`payment`],k=25,A=30,j=class extends c{constructor(...e){super(...e),this.serial=``,this.contact=null,this.version=``,this.sources=[],this.events=null,this.next=null,this.busy=!1,this.error=``,this.turn=0,this.pages=1,this.renewal=new m(this,A,()=>this.pages===1&&!this.busy&&this.load())}static{this.styles=[u,f`
      .filters {
        margin: 8px 0;
      }
      td:first-child {
        white-space: nowrap;
      }
      td {
        overflow-wrap: anywhere;
      }
      @media (max-width: 600px) {
        thead {
          display: none;
        }
        tr {
          display: block;
          padding: 6px 0;
          border-bottom: 1px solid var(--csj-line);
        }
        td {
          display: inline;
          border: none;
          padding: 0 6px 0 0;
        }
        td:empty {
          display: none;
        }
        td.text {
          display: block;
        }
      }
    `]}disconnectedCallback(){super.disconnectedCallback(),this.turn+=1}willUpdate(e){e.has(`serial`)&&(this.events=null),(e.has(`serial`)||e.has(`sources`)||e.has(`version`))&&this.load()}async load(e=null){let t=++this.turn;this.busy=!0;try{let n=await this.app.call(`events`,{serial:this.serial,limit:k,...this.sources.length?{sources:this.sources}:{},...e===null?{}:{before:e}});if(t!==this.turn)return;this.pages=e===null?1:this.pages+1,this.events=e===null?n.events:[...this.events??[],...n.events],this.next=n.next,this.error=``}catch(e){t===this.turn&&(this.error=this.app.sentence(e))}finally{t===this.turn&&(this.busy=!1)}}render(){let{app:e,events:t}=this;return p`<section class="card" aria-busy=${this.busy}>
      <div class="row spread">
        <h2>${this.t(`meter.log`)}</h2>
        <span class="small dim">${this.t(`meter.last_success`,{at:e.format.dateTime(this.contact,{seconds:!0})})}</span>
      </div>
      <div class="group filters" role="group" aria-label=${this.t(`meter.sources`)}>
        ${fe.filter(e=>this.mayBe(e)).map(e=>{let t=this.sources.includes(e);return p`<button class=${t?`on`:``} aria-pressed=${t} @click=${()=>this.toggle(e)}>
            ${this.t(`meter.of_source.${e}`)}
          </button>`})}
      </div>
      ${this.error?p`<p class="critical" role="alert">${this.error}</p>`:d}
      ${t===null?p`<p class="dim" role="status">${this.error?``:this.t(`notice.wait`)}</p>`:t.length?this.table(t):p`<p class="dim">${this.t(`meter.no_events`)}</p>`}
      ${this.next===null?d:p`<button class="plain" ?disabled=${this.busy} @click=${()=>this.load(this.next)}>
            ${this.t(this.busy?`notice.wait`:`meter.older`)}
          </button>`}
    </section>`}mayBe(e){let{app:t}=this;return e===`alert`?t.may(`see_alerts`):e===`command`?t.may(`see_diagnostics`):e!==`payment`||t.may(`see_money`)}table(e){return p`<table>
      <thead>
        <tr>
          <th scope="col">${this.t(`chart.time`)}</th>
          <th scope="col">${this.t(`meter.source`)}</th>
          <th scope="col">${this.t(`meter.what`)}</th>
          <th scope="col">${this.t(`meter.by`)}</th>
        </tr>
      </thead>
      <tbody>
        ${e.map(e=>p`<tr>
            <td class="dim">${this.app.format.dateTime(e.at,{seconds:!0})}</td>
            <td><span class="chip ${e.severity??`neutral`}">${this.t(`meter.of_source.${e.source}`)}</span></td>
            <td class="text">${this.text(e)}</td>
            <td class="dim">${e.by??``}</td>
          </tr>`)}
      </tbody>
    </table>`}text({alert_id:t,text:n}){if(t===void 0)return n;let r=h(`alerts`,t);return p`<a href=${r} @click=${t=>e(t,r)}>${n}</a>`}toggle(e){this.sources=this.sources.includes(e)?this.sources.filter(t=>t!==e):[...this.sources,e]}};a([r()],j.prototype,`serial`,void 0),a([r({attribute:!1})],j.prototype,`contact`,void 0),a([r()],j.prototype,`version`,void 0),a([i()],j.prototype,`sources`,void 0),a([i()],j.prototype,`events`,void 0),a([i()],j.prototype,`next`,void 0),a([i()],j.prototype,`busy`,void 0),a([i()],j.prototype,`error`,void 0),j=a([n(`csj-meter-log`)],j);var pe={ok:`good`,low:`warning`,very_low:`critical`,arrears:`critical`},M=class extends c{static{this.styles=[u,f`
      .balance {
        font-size: 24px;
        margin: 8px 0;
      }
      dl {
        margin: 12px 0;
      }
      th,
      td {
        padding: 5px 6px;
      }
    `]}render(){let{money:e}=this,{format:t}=this.app,n=n=>t.credit(n,e.unit);return p`<section class="card">
      <div class="row spread">
        <h2>${this.t(`meter.money`)}</h2>
        ${e.state===null?d:p`<span class="chip dot ${pe[e.state]}">${this.t(`meter.credit_states.${e.state}`)}</span>`}
      </div>
      <p class="balance number">${n(e.balance)}</p>
      <p>${this.forecast()}</p>
      <dl>
        ${this.item(`credit_alarm_1`,n(e.credit_alarm_1))} ${this.item(`credit_alarm_2`,n(e.credit_alarm_2))}
        ${this.item(`overdraft_limit`,n(e.overdraft_limit))} ${this.item(`last_top_up`,n(e.last_top_up))}
        ${this.item(`top_up_count`,t.number(e.top_up_count,0))} ${this.payment()}
      </dl>
      ${e.tariffs.length?this.tariffs():d}
    </section>`}forecast(){let{forecast:e,unit:t}=this.money;if(e===null)return this.t(`meter.outlooks.unknown`);let n=e.outlook===`runs_out`&&e.runs_out_at!==null;return[this.t(`meter.outlooks.${e.outlook}`,n?{date:this.app.format.date(e.runs_out_at)}:{date:`–`}),e.per_day===null?``:this.t(`meter.per_day`,{amount:this.app.format.credit(e.per_day,t)})].filter(Boolean).join(` `)}payment(){let e=this.money.last_payment;if(e===null)return d;let{format:t}=this.app;return this.item(`last_payment`,`${t.credit(e.amount,e.unit)}, ${this.t(`meter.payments.${e.state}`)}, ${t.dateTime(e.at)}`)}item(e,t){return p`<div>
      <dt>${this.t(`meter.of_money.${e}`)}</dt>
      <dd class="number">${t}</dd>
    </div>`}tariffs(){let{format:e}=this.app;return p`<div class="scroll" tabindex="0" role="region" aria-label=${this.t(`meter.tariff`)}>
      <table>
        <thead>
          <tr>
            <th scope="col">${this.t(`meter.tariff`)}</th>
            <th class="number" scope="col">${this.t(`meter.price`)}</th>
            <th class="number" scope="col">${this.t(`meter.energy_import`)}</th>
          </tr>
        </thead>
        <tbody>
          ${this.money.tariffs.map(({tariff:t,price:n,price_unit:r,energy_import:i})=>p`<tr>
              <th scope="row">
                T${t} ${t===this.money.tariff?p`<span class="chip good">${this.t(`meter.in_force`)}</span>`:d}
              </th>
              <td class="number">${e.measured(n,r,4)}</td>
              <td class="number">${e.number(i,2)} kWh</td>
            </tr>`)}
        </tbody>
      </table>
    </div>`}};a([r({attribute:!1})],M.prototype,`money`,void 0),M=a([n(`csj-meter-money`)],M);var N=120;function P(e,t,n){if(!e||!t||!n)return N;let r=(e**2+t**2-n**2)/(2*e*t);return Math.abs(r)<=1?R(Math.acos(r)):N}function F(e,t){let[n,r,i]=[e.voltage_l1,e.voltage_l2,e.voltage_l3],a=t?1:-1;return[{phase:1,angle:0,size:n??0},{phase:2,angle:a*P(n,r,e.voltage_l1_l2),size:r??0},{phase:3,angle:-a*P(i,n,e.voltage_l3_l1),size:i??0}]}function I(e,t){return t.flatMap(({phase:t,angle:n})=>{let r=e[`active_power_l${t}`],i=e[`reactive_power_l${t}`];return r==null||i==null?[]:[{phase:t,angle:n-R(Math.atan2(i,r)),size:e[`current_l${t}`]??0}]})}function L({angle:e,size:t},n,r){let i=n?t/n*r:0,a=(e+90)*Math.PI/180;return[i*Math.cos(a),-i*Math.sin(a)]}function R(e){return e*180/Math.PI}var z=92,B=64,me=[[`voltage`,`V`,1],[`current`,`A`,3],[`active_power`,`W`,1],[`reactive_power`,`var`,1],[`power_factor`,null,3],[`voltage_thd`,`%`,1],[`current_thd`,`%`,1]],V=class extends c{constructor(...e){super(...e),this.values={}}static{this.styles=[u,f`
      .both {
        display: grid;
        grid-template-columns: 210px minmax(0, 1fr);
        gap: 16px;
        align-items: center;
        margin-top: 8px;
      }
      svg {
        width: 100%;
        max-width: 230px;
        display: block;
        margin: 0 auto;
      }
      th,
      td {
        padding: 5px 6px;
      }
      th .swatch {
        display: inline-block;
        width: 10px;
        height: 4px;
        border-radius: 2px;
        vertical-align: middle;
      }
      .circle {
        fill: none;
        stroke: var(--csj-line);
      }
      text {
        font-size: 12px;
        text-anchor: middle;
        dominant-baseline: central;
        fill: var(--csj-text);
      }
      @media (max-width: 600px) {
        .both {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `]}render(){return p`<section class="card">
      <h2>${this.t(`meter.phases`)}</h2>
      <div class="both">
        <div>
          ${this.diagram()}
          ${this.values.active_power_l1===void 0?d:p`<p class="small dim" aria-hidden="true">${this.t(`meter.phasor_key`)}</p>`}
        </div>
        ${this.table()}
      </div>
    </section>`}tint(e){return _(e-1,this.app.hass.themes.darkMode)}diagram(){let e=this.meter.health?.status?.includes(`phase_sequence_wrong`)??!1,n=F(this.values,e),r=I(this.values,n),i=e=>Math.max(...e.map(({size:e})=>e)),a=r.map(({phase:e,angle:t})=>{let r=n[e-1].angle,[i,a]=[r,r-t].map(e=>this.app.format.number(he(e),0));return this.t(`meter.phasor_phase`,{phase:e,angle:i,shift:a})}).join(` `);return p`<svg viewBox="-115 -115 230 230" role="img" aria-label="${this.t(`meter.phasor`)} ${a}">
      <circle class="circle" r=${z} />
      <path class="circle" d="M-${z} 0H${z}M0 -${z}V${z}" stroke-dasharray="2 4" />
      ${n.map(e=>this.arrow(e,i(n),z,2,``))}
      ${r.map(e=>this.arrow(e,i(r),B,4,`5 3`))}
      ${n.map(e=>{let[n,r]=L({...e,size:1},1,105);return t`<text x=${n} y=${r}>L${e.phase}</text>`})}
    </svg>`}arrow(e,n,r,i,a){let[o,s]=L(e,n,r);if(Math.hypot(o,s)<1)return d;let c=this.tint(e.phase),[l,u]=[155,-155].map(t=>L({...e,angle:e.angle+t,size:1},1,9));return t`<g stroke=${c} fill=${c}>
      <line x2=${o} y2=${s} stroke-width=${i} stroke-dasharray=${a} stroke-linecap="butt" />
      <path d="M${o} ${s}l${l[0]} ${l[1]}L${o+u[0]} ${s+u[1]}z" />
    </g>`}table(){let{format:e}=this.app,t=[1,2,3].slice(0,this.meter.phases),n=me.filter(([e])=>t.some(t=>this.values[`${e}_l${t}`]!==void 0)),r=[`voltage`,`current`].filter(e=>this.values[`${e}_unbalance`]!==void 0);return p`<div class="scroll" tabindex="0" role="region" aria-label=${this.t(`meter.phases`)}>
      <table>
        <thead>
          <tr>
            <td></td>
            ${t.map(e=>p`<th class="number" scope="col"><span class="swatch" style="background:${this.tint(e)}"></span> L${e}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${n.map(([n,r,i])=>p`<tr>
              <th scope="row">${this.t(`meter.of_phase.${n}`)}</th>
              ${t.map(t=>{let a=this.values[`${n}_l${t}`],o=a!=null&&Math.abs(a)>=1e3&&(r===`W`||r===`var`);return p`<td class="number">${e.measured(a,r,o?2:i)}</td>`})}
            </tr>`)}
          ${r.map(n=>p`<tr>
              <th scope="row">${this.t(`meter.of_phase.${n}_unbalance`)}</th>
              <td class="number" colspan=${t.length}>${e.measured(this.values[`${n}_unbalance`],`%`,1)}</td>
            </tr>`)}
        </tbody>
      </table>
    </div>`}};a([r({attribute:!1})],V.prototype,`meter`,void 0),a([r({attribute:!1})],V.prototype,`values`,void 0),V=a([n(`csj-meter-phases`)],V);function he(e){return((e+180)%360+360)%360-180}var ge=[1,2,3],H=class extends c{constructor(...e){super(...e),this.values={},this.live=null,this.limits=null}static{this.styles=[u,f`
      .head {
        gap: 4px 12px;
      }
      h2 {
        font-size: 22px;
        font-weight: 400;
        overflow-wrap: anywhere;
      }
      dl {
        margin-top: 12px;
        grid-template-columns: repeat(auto-fit, minmax(min(130px, 40%), auto));
        justify-content: space-between;
      }
      dd {
        font-size: 20px;
        white-space: nowrap;
      }
      dd.several {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
      }
      dd small {
        font-size: 12px;
        color: var(--csj-dim);
      }
      ul {
        margin: 8px 0 0;
        padding: 0;
        list-style: none;
      }
      .power dd {
        font-size: 28px;
        line-height: 1.1;
      }
    `]}render(){let{row:t,app:n}=this,{format:r}=n,i=t.device_id!==null&&n.hass.user?.is_admin?`/config/devices/device/${t.device_id}`:null;return p`<section class="card" aria-label=${t.name}>
      <div class="row head">
        <h2>${t.name}</h2>
        ${this.chips()}
      </div>
      <div class="small dim">
        ${[t.circuit,t.bridge_name,t.model,t.serial].filter(Boolean).join(` · `)}
        ${i===null?d:p` · <a href=${i} @click=${t=>e(t,i)}>${this.t(`meter.device`)}</a>`}
      </div>
      <dl class="number">
        <div class="power">
          <dt>${this.t(`meter.quantities.power`)}</dt>
          <dd>${r.measured(this.values.active_power,`W`)}</dd>
        </div>
        ${this.phases(`voltage`,`V`,1)} ${this.phases(`current`,`A`,2)}
        ${t.balance===null?d:p`<div>
              <dt>${this.t(`meter.balance`)}</dt>
              <dd>${r.credit(t.balance.value,t.balance.unit)}</dd>
            </div>`}
        <div>
          <dt>${this.t(`meter.last_contact`)}</dt>
          <dd>${this.contact()}</dd>
        </div>
      </dl>
      ${this.live?.error?p`<p class="small warning" role="status">${this.t(`meter.not_now`,{error:this.live.error})}</p>`:d}
      ${this.alerts()}
    </section>`}chips(){let{state:e,alerts:t}=this.row;return p`<span class="chip dot ${e===`online`?`good`:e===`disabled`?`neutral`:`warning`}">${this.t(`meter_states.${e}`)}</span>
      ${t?.severity?p`<span class="chip dot ${t.severity}">${this.app.word(`severities.${t.severity}`)}</span>`:t===null?d:p`<span class="chip neutral">${this.t(`meter.no_alerts`)}</span>`}`}phases(e,t,n){let r=ge.filter(t=>this.values[`${e}_l${t}`]!==void 0);return r.length?p`<div>
      <dt>${this.t(`meter.quantities.${e}`)}</dt>
      <dd class="several">
        ${r.map(i=>{let a=this.values[`${e}_l${i}`],o=e===`voltage`&&this.isWrong(a);return p`<span class=${o?`critical`:``}
            >${r.length>1?p`<small>L${i}</small> `:d}${this.app.format.measured(a,t,n)}
            ${o?p`<span aria-hidden="true">⚠</span><span class="hidden-label">${this.t(`meter.out_of_limits`)}</span>`:d}</span
          >`})}
      </dd>
    </div>`:d}isWrong(e){let t=this.limits;return e==null||t===null?!1:e<(t.undervoltage??t.sag??-1/0)||e>(t.swell??1/0)}contact(){let[e,t]=[this.row.last_contact,this.live?.at??this.row.measured_at],n=e===null||t!==null&&Date.parse(t)>Date.parse(e)?t:e;return this.app.format.ago(n)}alerts(){let t=this.row.alerts;return t?.active?p`<ul>
      ${t.titles.map((n,r)=>{let i=h(`alerts`,t.alert_ids[r]);return p`<li><a href=${i} @click=${t=>e(t,i)}>${n}</a></li>`})}
    </ul>`:d}};a([r({attribute:!1})],H.prototype,`row`,void 0),a([r({attribute:!1})],H.prototype,`values`,void 0),a([r({attribute:!1})],H.prototype,`live`,void 0),a([r({attribute:!1})],H.prototype,`limits`,void 0),H=a([n(`csj-meter-strip`)],H);var _e=[`alert`,`command`,`contact`,`meter`],ve=[`raised`,`confirmed`];function ye(e){let t=new Map,n=new Map,r=new Map;for(let i of e){let e=U(i.at),a=i.id;if(i.source===`alert`){a=i.alert_id??i.id;let t=r.get(a);if((t===void 0||U(t.at)<e)&&r.set(a,i),(i.kind===`cleared`||i.kind===`repaired`)&&n.set(a,e),!ve.includes(i.kind))continue}let o=t.get(a);o!==void 0&&o.at<=e||t.set(a,{id:a,at:e,kind:i.source===`alert`?i.severity??`warning`:i.source===`command`?`command`:`info`,label:i.text,...i.until===null||i.until===void 0?{}:{until:U(i.until)}})}for(let[e,{text:n}]of r){let r=t.get(e);r!==void 0&&(r.label=n)}for(let[e,r]of n){let n=t.get(e);n!==void 0&&n.until===void 0&&(n.until=r)}return[...t.values()].sort((e,t)=>e.at-t.at)}function be(e,[t,n]){return e.filter(e=>e.at<=n&&(e.until??e.at)>=t)}function U(e){return Date.parse(e)/1e3}var W=86400,G={"5min":300,"1h":3600,"6h":21600,"24h":W,"7d":7*W,"30d":30*W,"90d":90*W},xe=G[`5min`],K=G[`90d`],q=600,Se=2e3;function Ce([e,t],n,r){let i=Math.min(Math.max(t-e,xe),K),a=(e+t)/2,o=Math.min(Math.max(a+i/2,r+i),n);return[o-i,o]}function we([e,t],n){return n-t<(t-e)*.02}function Te([e,t],n){let r=t-e,i=Math.min(r,(K-r)/2),a=[e-i,Math.min(t+i,n)];return{range:a,points:Math.min(Math.round(q*(a[1]-a[0])/r),Se)}}function Ee(e,t,n,r){let{range:i,step:a}=e,o=t[1]-t[0],s=Math.min(o,(K-o)/2)/3;if(i[0]>t[0]-s)return!1;let c=a<=60&&r!==null&&r<=i[1]+60?1/0:Math.max(a,60);return i[1]<Math.min(t[1]+s,n)-c?!1:e.finest&&o*6>=i[1]-i[0]||a<=Math.max(60,o/q*2)}var De=120;function Oe(e,t){if(!t?.at)return e;let n=Date.parse(t.at)/1e3,r=e.at(-1);return r!==void 0&&n<=r.at?e:[...r!==void 0&&n-r.at>De?[]:e.slice(-3599),{at:n,values:t.values}]}function ke(e,t,n,r,i){let a=[],o={};for(let e of n)o[e]={mean:[],low:[],high:[]};let s=r[0]?.at??1/0;e!==null&&Ae(e,t,n,s,a,o);let c=e?.step??60;for(let e of je(r,c>60?t:a.at(-1)??-1/0,c)){let t=a.at(-1);if(t!==void 0&&e.at-t>Math.max(i,c*2.5)){a.push(t+1);for(let e of n)J(o[e],null,null,null)}a.push(e.at);for(let t of n)Me(o[t],e.points,t)}return{times:a,columns:o}}function Ae(e,t,n,r,i,a){let{step:o}=e,s=Date.parse(e.start)/1e3,c=n.map(t=>e.series[t]),l=Math.max(0,...c.map(e=>e?.mean.length??0));for(;l&&c.every(e=>(e?.mean[l-1]??null)===null);)--l;for(let e=0;e<l;e++){let l=Math.min(s+(e+.5)*o,t);if(o<=60&&l>=r)break;i.push(l),n.forEach((t,n)=>{let r=c[n];J(a[t],r?.mean[e],r?.min[e],r?.max[e])})}}function je(e,t,n){let r=e.filter(({at:e})=>e>t);if(n<=60)return r.map(e=>({at:e.at,points:[e]}));let i=new Map;for(let e of r){let t=Math.floor(e.at/n),r=i.get(t);r===void 0?i.set(t,[e]):r.push(e)}return[...i.values()].map(e=>({at:e.at(-1).at,points:e}))}function Me(e,t,n){if(t.length===1){let r=t[0]?.values[n]??null;J(e,r,r,r);return}let r=t.map(e=>e.values[n]).filter(e=>e!=null);r.length?J(e,r.at(-1),Math.min(...r),Math.max(...r)):J(e,null,null,null)}function J(e,t,n,r){e?.mean.push(t??null),e?.low.push(n??null),e?.high.push(r??null)}var Ne=250,Pe=600,Fe=5e3,Ie=300,Y=30,Le=5,Re=3,ze=[1,2,3,4,5,6,7,8,9,10],X=[{name:`power`,unit:`W`,quantities:[`active_power_l1`,`active_power_l2`,`active_power_l3`,`active_power`]},{name:`voltage`,unit:`V`,digits:1,quantities:[`voltage_l1`,`voltage_l2`,`voltage_l3`]},{name:`current`,unit:`A`,digits:2,quantities:[`current_l1`,`current_l2`,`current_l3`,`current_n`]},{name:`power_factor`,unit:null,digits:3,quantities:[`power_factor`]}];function Be(e){return X.flatMap(({quantities:e})=>e).filter(t=>Number(/_l(\d)$/.exec(t)?.[1]??0)<=e)}var Z=class extends c{constructor(...e){super(...e),this.serial=``,this.quantities=[],this.limits=null,this.points=[],this.pause=15,this.every=null,this.interval=2,this.version=``,this.range=[Date.now()/1e3-G[`1h`],Date.now()/1e3],this.live=!0,this.busy=!1,this.error=``,this.history=null,this.marks=[],this.fetched=null,this.shown={times:[],columns:{}},this.charts=[],this.turn=0,this.clock=new m(this,Le,()=>this.go()),this.looks=new m(this,Y,()=>this.look()),this.linesOf=``,this.lines_=[]}static{this.styles=[u,f`
      .charts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr));
        gap: 16px 24px;
        margin-top: 12px;
      }
      .bar {
        gap: 8px 16px;
      }
      label {
        display: inline-flex;
        align-items: center;
        gap: 8px;
      }
      .group button.step {
        width: 36px;
        padding: 0;
      }
      .marks {
        max-height: 220px;
        overflow: auto;
        margin: 8px 0 0;
        padding: 4px;
        list-style: none;
      }
      .marks button {
        font-weight: 400;
        color: inherit;
        text-align: start;
        justify-content: start;
        padding: 4px 8px;
      }
      summary {
        cursor: pointer;
        margin-top: 12px;
      }
    `]}disconnectedCallback(){super.disconnectedCallback(),this.forget()}forget(){clearTimeout(this.rest),this.rest=this.moving=void 0,this.turn+=1,this.fetched=null}get now(){return Math.max(Date.now()/1e3,this.points.at(-1)?.at??0)}get fine(){return this.app.may(`see_raw`)}get measured(){return X.flatMap(({quantities:e})=>this.drawn(e))}drawn(e){let t=e.filter(e=>this.quantities.includes(e));return t.includes(`active_power`)&&!t.includes(`active_power_l2`)?[`active_power`]:t}willUpdate(e){!this.hasUpdated&&!this.fine&&(this.range=[this.now-G[`24h`],this.now]),e.has(`serial`)&&(this.forget(),this.history=null,this.marks=[]),e.has(`points`)&&this.go(),(e.has(`points`)||e.has(`history`)||e.has(`quantities`)||e.has(`app`))&&this.draw();let t=e.has(`quantities`)&&String(e.get(`quantities`))!==String(this.quantities);t&&(this.fetched=null),(e.has(`range`)||t)&&this.see(),e.has(`version`)&&this.look()}go(){if(!this.live)return;let e=this.range[1]-this.range[0];this.range=[this.now-e,this.now]}draw(){this.shown=ke(this.history,this.fetched?.range[1]??this.now,this.measured,this.points,this.pause);let{columns:e}=this.shown;this.charts=X.map(t=>({chart:t,curves:this.drawn(t.quantities).map(t=>{let{mean:n,low:r,high:i}=e[t],a=t===`current_n`?{color:_(Re,this.app.hass.themes.darkMode)}:{};return{key:t,label:this.label(t),values:n,low:r,high:i,...a}})})).filter(({curves:e})=>e.length)}label(e){return(/_(l\d|n)$/.exec(e)?.[1])?.toUpperCase()??this.t(`meter.total`)}see(){let e=this.points[0]?.at??null;if(!this.measured.length||this.fetched!==null&&Ee(this.fetched,this.range,this.now,e)||this.live&&this.rest!==void 0)return;this.moving??=performance.now();let t=this.moving+Pe-performance.now();clearTimeout(this.rest),this.rest=setTimeout(()=>void this.fetch(),this.history===null?0:Math.min(Ne,t))}async fetch(){let e=++this.turn;this.moving=void 0;let{range:t,points:n}=Te(this.range,this.now),[r,i]=t.map(Q),a=setTimeout(()=>this.busy=!0,300);try{let{serial:a}=this,o={serial:a,quantities:this.measured,start:r,end:i,points:n},s=await this.app.call(`history`,o);if(e!==this.turn)return;this.fetched={range:t,step:s.step,finest:s.step*n>=2*(t[1]-t[0])},this.history=s,this.error=``,this.rest=void 0,this.look()}catch(t){if(e!==this.turn)return;this.error=this.app.sentence(t),this.rest=setTimeout(()=>void this.fetch(),Fe)}finally{clearTimeout(a),e===this.turn&&(this.busy=!1,this.rest===void 0&&this.see())}}async look(){if(this.fetched===null)return;let{turn:e,serial:t}=this,n=Q(this.fetched.range[0]),r=Q(this.live?this.now+Y:this.fetched.range[1]);try{let{events:i}=await this.app.call(`events`,{serial:t,sources:_e,start:n,end:r,limit:Ie});e===this.turn&&(this.marks=ye(i))}catch(t){e===this.turn&&(this.error=this.app.sentence(t))}}choose(e,t=we(e,this.now)){this.range=Ce(e,this.now,this.now-this.app.info.history_days*W),this.live=t}shift(e,t=1){this.choose(g(this.range,e,t,this.live?1:.5))}render(){let e=be(this.marks,this.range);return p`<section class="card" aria-label=${this.t(`meter.curves`)}>
      ${this.bar()}
      <p class="small dim">
        ${this.app.format.dateTime(this.range[0]*1e3)} – ${this.app.format.dateTime(this.range[1]*1e3)}
        ${this.history&&this.history.step>60?p`· ${this.t(`meter.buckets`,{duration:this.app.format.duration(this.history.step)})}`:d}
        <span role="status">${this.busy?this.t(`notice.wait`):``}</span>
      </p>
      ${this.error?p`<p class="critical" role="alert">${this.error}</p>`:d}
      <div class="charts" aria-busy=${this.busy} @range=${e=>this.choose(e.detail)}>
        ${this.charts.map(({chart:e,curves:t})=>p`<csj-chart
            .app=${this.app}
            .heading=${this.t(`meter.quantities.${e.name}`)}
            .unit=${e.unit}
            .digits=${e.digits}
            .times=${this.shown.times}
            .curves=${t}
            .marks=${this.marks}
            .range=${this.range}
            .limits=${e.name===`voltage`?this.lines():Ve}
            tight
            together="meter"
          ></csj-chart>`)}
      </div>
      ${this.list(e)}
    </section>`}get spans(){return Object.entries(G).filter(([,e])=>this.fine||e>=G[`6h`])}bar(){let e=this.range[1]-this.range[0];return p`<div class="row bar">
      <div class="group" role="group" aria-label=${this.t(`meter.span`)}>
        ${this.spans.map(([t,n])=>{let r=Math.abs(e-n)<n*.01;return p`<button class=${r?`on`:``} aria-pressed=${r} @click=${()=>this.choose([this.now-n,this.now],!0)}>
            ${this.t(`meter.spans.${t}`)}
          </button>`})}
        <button class=${this.live?`on`:``} aria-pressed=${this.live} @click=${()=>this.choose([this.now-e,this.now],!0)}>
          ${this.t(`meter.live`)}
        </button>
      </div>
      <div class="group" role="group" aria-label=${this.t(`meter.move`)}>
        ${Ue.map(([e,t,n,r])=>p`<button
            class="step"
            aria-label=${this.t(`meter.moves.${e}`)}
            title=${this.t(`meter.moves.${e}`)}
            @click=${()=>this.shift(n,r)}
          >
            ${t}
          </button>`)}
      </div>
      ${this.fine?p`<label
            >${this.t(`meter.read_every`)}
            <select
              @change=${e=>this.dispatchEvent(new CustomEvent(`interval`,{detail:Number(e.target.value)}))}
            >
              ${ze.map(e=>p`<option .value=${String(e)} ?selected=${e===this.interval}>${e} s</option>`)}
            </select>
            ${this.every!==null&&this.every>this.interval*1.3?p`<span>${this.t(`meter.read_slower`,{every:this.app.format.number(this.every,1)})}</span>`:d}</label
          >`:d}
    </div>`}lines(){let{undervoltage:e,sag:t,swell:n}=this.limits??{},r=`${e} ${t} ${n}`;return r!==this.linesOf&&(this.linesOf=r,this.lines_=[e,t,n].filter(e=>e!=null).map(e=>({value:e,label:this.app.format.measured(e,`V`)}))),this.lines_}list(e){return p`<details>
      <summary>${this.t(`meter.marks`,{count:e.length})}</summary>
      ${e.length?p`<ul class="marks">
            ${e.map(e=>p`<li>
                <button class="plain" @click=${()=>this.show(e)}>
                  <span class=${e.kind} aria-hidden="true">${He[e.kind]}</span>
                  <span class="number dim">${this.app.format.dateTime(e.at*1e3,{seconds:!0})}</span>
                  <span>${e.label}</span>
                </button>
              </li>`)}
          </ul>`:p`<p class="dim">${this.t(`meter.no_marks`)}</p>`}
    </details>`}show({at:e,until:t}){let n=Math.min(this.range[1]-this.range[0],G[`1h`]),r=Math.max(n,((t??e)-e)*1.5),i=((t??e)+e)/2;this.choose([i-r/2,i+r/2],!1)}};a([r()],Z.prototype,`serial`,void 0),a([r({attribute:!1})],Z.prototype,`quantities`,void 0),a([r({attribute:!1})],Z.prototype,`limits`,void 0),a([r({attribute:!1})],Z.prototype,`points`,void 0),a([r({attribute:!1})],Z.prototype,`pause`,void 0),a([r({attribute:!1})],Z.prototype,`every`,void 0),a([r({attribute:!1})],Z.prototype,`interval`,void 0),a([r()],Z.prototype,`version`,void 0),a([i()],Z.prototype,`range`,void 0),a([i()],Z.prototype,`live`,void 0),a([i()],Z.prototype,`busy`,void 0),a([i()],Z.prototype,`error`,void 0),a([i()],Z.prototype,`history`,void 0),a([i()],Z.prototype,`marks`,void 0),Z=a([n(`csj-meter-curves`)],Z);function Q(e){return new Date(e*1e3).toISOString()}var Ve=[],He={critical:`▼`,warning:`▼`,info:`●`,command:`■`},Ue=[[`earlier`,`‹`,-.5,1],[`later`,`›`,.5,1],[`nearer`,`+`,0,.5],[`farther`,`−`,0,2]],We=30,Ge=4,$=class extends c{constructor(...e){super(...e),this.serial=``,this.detail=null,this.interval=2,this.points=[],this.done=0,this.event=null,this.renewal=new m(this,We,()=>this.renew()),this.meters=new l(this,()=>({command:`meters/subscribe`}),`meters`,e=>e.serial),this.live=new s(this,()=>this.app.may(`see_raw`)?{command:`live/subscribe`,serial:this.serial,interval:this.interval}:null,e=>{this.event=e,this.points=Oe(this.points,e.live)})}static{this.styles=[u,f`
      .parts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr));
        gap: 16px;
        align-items: start;
      }
      .column {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.renew()}willUpdate(e){e.has(`serial`)&&(this.detail=this.event=null,this.points=[],this.renew())}render(){let t=this.meters.rows.get(this.serial),n=h(`meters`);return p`<div class="stack">
      <nav aria-label=${this.t(`meter.way_back`)}>
        <a href=${n} @click=${t=>e(t,n)}>← ${this.t(`meter.back`)}</a>
      </nav>
      <csj-standing .app=${this.app} .standing=${this.meters.standing} .error=${this.meters.error}></csj-standing>
      ${t===void 0?this.missing():this.meter(t)}
    </div>`}missing(){if(this.meters.standing!==`live`)return d;let e=this.t(this.meters.loading?`meters.loading`:`meter.none`);return p`<csj-notice .app=${this.app} kind="empty" .text=${e}></csj-notice>`}meter(e){let{app:t,detail:n}=this,r=this.event?.live??null,i=`${this.done} ${e.alerts?.alert_ids.join()??``} ${e.state}`,a=r===null||r.error!==null?e.values:r.values,o=this.event?.every??this.interval;return p`
      <csj-meter-strip .app=${t} .row=${e} .values=${a} .live=${r} .limits=${n?.limits.voltage??null}></csj-meter-strip>
      ${this.live.error===null?d:p`<csj-standing .app=${t} .standing=${this.live.standing} .error=${this.live.error}></csj-standing>`}
      <csj-meter-curves
        .app=${t}
        .serial=${this.serial}
        .quantities=${n===null?[]:n.quantities.length?n.quantities:Be(n.phases)}
        .limits=${n?.limits.voltage??null}
        .points=${this.points}
        .pause=${Math.max(o*Ge,15)}
        .every=${this.event?.every??null}
        .interval=${this.interval}
        .version=${i}
        @interval=${e=>this.interval=e.detail}
      ></csj-meter-curves>
      ${n===null?d:this.parts({...n,...e},a,i)}
    `}parts(e,t,n){let{app:r}=this,i=e.commands.some(e=>e.allowed),a=p`<csj-meter-downloads .app=${r} .meter=${e}></csj-meter-downloads>`;return p`
      <div class="parts">
        <div class="column">
          ${e.phases>1?p`<csj-meter-phases .app=${r} .meter=${e} .values=${t}></csj-meter-phases>`:d}
          ${e.health===null?d:p`<csj-meter-health .app=${r} .meter=${e}></csj-meter-health>`}
          ${e.money===null?d:a}
        </div>
        <div class="column">
          ${i?p`<csj-meter-commands .app=${r} .meter=${e} @done=${this.commanded}></csj-meter-commands>`:d}
          ${e.money===null?a:p`<csj-meter-money .app=${r} .money=${e.money}></csj-meter-money>`}
        </div>
      </div>
      ${e.capabilities.includes(`harmonics`)&&r.may(`see_raw`)?p`<csj-meter-harmonics .app=${r} .meter=${e}></csj-meter-harmonics>`:d}
      <csj-meter-log .app=${r} .serial=${this.serial} .contact=${e.last_contact} .version=${n}></csj-meter-log>
    `}commanded(){this.done+=1,this.renew()}async renew(){let{serial:e}=this;if(this.app!==void 0&&e)try{let{meter:t}=await this.app.call(`meter`,{serial:e});e===this.serial&&(this.detail=t)}catch{this.isConnected&&this.detail===null&&setTimeout(()=>this.isConnected&&void this.renew(),3e3)}}};a([r()],$.prototype,`serial`,void 0),a([i()],$.prototype,`detail`,void 0),a([i()],$.prototype,`interval`,void 0),a([i()],$.prototype,`points`,void 0),a([i()],$.prototype,`done`,void 0),$=a([n(`csj-meter-page`)],$);export{$ as CsjMeterPage};