import{C as e,D as t,O as n,S as r,T as i,_ as a,f as o,g as s,h as c,k as l,m as u,n as d,r as f,t as ee,x as p,y as m}from"./elements.js";import{t as h}from"./repeated.js";import{t as g}from"./panel.js";import"./csj-dialog.js";import{n as te,t as ne}from"./downloads.js";import{n as re,t as _}from"./chart.js";function ie(e){let t=e.filter(e=>e.allowed),n=e=>t.filter(t=>t.permission===e),r=n(`command`);return{presses:r.filter(e=>e.kind===`press`),settings:r.filter(e=>e.kind!==`press`),supply:n(`switch_supply`),prices:n(`set_prices`)}}function ae(e,t){return e.name===`restart`||e.name===`relay_automatic`?e.name:e.name===`supply`?t===!1?`supply_off`:`supply_on`:e.name===`relay_mode`?typeof t==`string`?`relay_${t}`:null:e.permission===`set_prices`?`money`:null}function oe(e){let t=/^price_t(\d)$/.exec(e)?.[1];return t===void 0?{key:e,tariff:``}:{key:`price`,tariff:t}}var v=class extends u{constructor(...e){super(...e),this.running=null,this.outcome=null,this.question=null,this.doubted=null}static{this.styles=[a,l`
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
    `]}render(){let{presses:e,settings:n,supply:r,prices:a}=ie(this.meter.commands);return!e.length&&!n.length&&!r.length&&!a.length?i:t`<section class="card" aria-busy=${this.running!==null}>
      <h2>${this.t(`meter.commands`)}</h2>
      <div class="row presses">${e.map(e=>this.press(e))}</div>
      ${n.length?t`<div class="block">${n.map(e=>this.control(e))}</div>`:i}
      ${r.length?t`<div class="block">
            <h3>${this.t(`meter.supply`)}</h3>
            ${r.map(e=>this.control(e))}
          </div>`:i}
      ${a.length?t`<details class="block">
            <summary>${this.t(`meter.prices`)}</summary>
            <div class="block">${a.map(e=>this.control(e))}</div>
          </details>`:i}
      <div class="outcome">
        ${this.running===null?i:t`<progress aria-label=${this.t(`meter.command_runs`,{command:this.name(this.running)})}></progress>`}
        <p class=${this.outcome?.failed?`critical`:``} role="status">
          ${this.running===null?this.outcome?.text??``:this.t(`meter.command_runs`,{command:this.name(this.running)})}
        </p>
      </div>
      ${this.asking()}
    </section>`}name(e){let{key:t,tariff:n}=oe(e.name);return this.t(`meter.of_command.${t}`,{tariff:n})}press(e){return t`<button ?disabled=${this.running!==null} @click=${()=>this.ask(e,void 0)}>${this.name(e)}</button>`}control(e){switch(e.kind){case`press`:return t`<div>${this.press(e)}</div>`;case`switch`:return this.contact(e);case`select`:return t`<form @submit=${t=>this.submit(t,e)}>
          <label
            >${this.name(e)}
            <select name="value">
              ${e.options.map(n=>t`<option value=${n} ?selected=${n===e.value}>${this.t(`meter.relay_modes.${n}`)}</option>`)}
            </select></label
          >
          ${this.set(e)}
        </form>`;case`number`:return t`<form @submit=${t=>this.submit(t,e)}>
          <label
            >${this.name(e)}${e.unit?` (${e.unit})`:``}
            <input name="value" type="number" required min=${e.min} max=${e.max} step=${e.step} .value=${String(e.value??``)}
          /></label>
          ${this.set(e)}
        </form>`}}set(e){return t`<button ?disabled=${this.running!==null} aria-label="${this.t(`meter.set`)}: ${this.name(e)}">
      ${this.t(`meter.set`)}
    </button>`}contact(e){let n=this.meter.state===`online`&&this.doubted!==this.meter.commands?e.value:null;return t`<div class="row">
      <span class=${n===null?`dim`:n?`good`:`critical`}>
        ${this.t(n===null?`meter.contact_unknown`:n?`meter.contact_closed`:`meter.contact_open`)}
      </span>
      ${n===null?t`${this.turn(e,!1)} ${this.turn(e,!0)}`:this.turn(e,!n)}
    </div>`}turn(e,n){return t`<button class=${n?``:`danger`} ?disabled=${this.running!==null} @click=${()=>this.ask(e,n)}>
      ${this.t(n?`meter.connect`:`meter.disconnect`)}
    </button>`}asking(){let{question:e}=this;return t`<csj-dialog
      .app=${this.app}
      .heading=${e===null?``:`${this.deed(e)}: ${this.meter.name}`}
      .action=${e===null?``:this.deed(e)}
      .danger=${e?.consequence!==`money`}
      .work=${()=>e===null?Promise.resolve():this.give(e.row,e.value)}
    >
      ${e===null?i:t`<p>${this.t(`meter.consequences.${e.consequence}`,{value:String(e.value)})}</p>`}
    </csj-dialog>`}deed({row:e,value:t}){return e.kind===`switch`?this.t(t?`meter.connect`:`meter.disconnect`):this.name(e)}submit(e,t){e.preventDefault();let n=String(new FormData(e.target).get(`value`));this.ask(t,t.kind===`number`?Number(n):n)}ask(e,t){let n=ae(e,t);n===null?this.give(e,t).catch(()=>void 0):(this.question={row:e,value:t,consequence:n},this.dialog.show())}async give(e,t){this.running=e,this.outcome=null;try{let n=await this.app.call(`command`,{serial:this.meter.serial,command:e.name,...t===void 0?{}:{value:t}});this.outcome={text:this.told(e,n),failed:!1}}catch(t){let n=m(t);n&&(this.doubted=this.meter.commands);let r=n?{code:`lost`,message:this.t(`meter.command_lost`)}:t;throw this.outcome={text:`${this.name(e)}: ${this.app.sentence(r)}`,failed:!0},r}finally{this.running=null,this.dispatchEvent(new Event(`done`)),await this.updateComplete}}told(e,{round_trip_ms:t,values:n}){let r=this.t(`meter.command_done`,{command:this.name(e),ms:this.app.format.number(t,0)}),i=n?.[e.name],a=n?.relay_contact;return a===`open`||a===`closed`?`${r} ${this.t(a===`open`?`meter.contact_open`:`meter.contact_closed`)}`:e.kind===`number`&&typeof i==`number`?`${r} ${this.t(`meter.meter_says`,{value:this.app.format.measured(i,e.unit)})}`:r}};s([e({attribute:!1})],v.prototype,`meter`,void 0),s([r()],v.prototype,`running`,void 0),s([r()],v.prototype,`outcome`,void 0),s([r()],v.prototype,`question`,void 0),s([r()],v.prototype,`doubted`,void 0),s([p(`csj-dialog`)],v.prototype,`dialog`,void 0),v=s([c(`csj-meter-commands`)],v);function se(e){let t=e?`minute`:`hour`;return[{days:1,resolution:t},{days:7,resolution:t},{days:90,resolution:`hour`}]}function y(e,t){return`/api/diagnostics/config_entry/${e}/device/${t}`}var b=class extends u{constructor(...e){super(...e),this.busy=!1}static{this.styles=[a,l`
      .row {
        margin-top: 12px;
      }
    `]}render(){let{app:e,meter:n}=this,r=e.hass.user?.is_admin&&n.device_id!==null;return!e.may(`export`)&&!r?i:t`<section class="card">
      <h2>${this.t(`meter.downloads`)}</h2>
      <div class="row">
        ${e.may(`export`)?se(e.may(`see_raw`)).map(e=>t`<button
                ?disabled=${this.busy}
                @click=${()=>this.download(te(n.serial,e,Math.floor(Date.now()/1e3)))}
              >
                ${this.t(`meter.export_by.${e.resolution}`,{span:this.t(`meter.export_spans.${e.days}d`)})}
              </button>`):i}
        ${r?t`<button
              ?disabled=${this.busy}
              @click=${()=>this.download(y(n.bridge,n.device_id))}
            >
              ${this.t(`meter.diagnostics`)}
            </button>`:i}
      </div>
    </section>`}async download(e){this.busy=!0,await this.attempt(()=>ne(this.app,e),this.t(`meter.download_began`)),this.busy=!1}};s([e({attribute:!1})],b.prototype,`meter`,void 0),s([r()],b.prototype,`busy`,void 0),b=s([c(`csj-meter-downloads`)],b);var ce=2;function x(e,t,n,r){let i=Array.from({length:n},(n,r)=>e[`${t}_harmonics_l${r+1}`]).filter(e=>Array.isArray(e)),a=Math.max(0,...i.map(e=>e.length));return Array.from({length:a},(e,t)=>{let n=ce+t,a=i.map(e=>e[t]??null),o=r?.[n]??null;return{order:n,values:a,limit:o,over:o!==null&&a.some(e=>e!==null&&e>o)}})}function le(e){let t=Math.max(0,...e.flatMap(({values:e,limit:t})=>[...e,t].map(e=>e??0)));if(t===0)return 1;let n=10**Math.floor(Math.log10(t));return([1,2,3,4,6,8,10].find(e=>e*n>=t)??10)*n}var[S,C,w,T]=[720,200,22,40],E=10,D=class extends u{constructor(...e){super(...e),this.open=!1,this.found=null,this.tables=!1,this.live=new d(this,()=>this.open?{command:`live/subscribe`,serial:this.meter.serial,interval:E,harmonics:!0}:null,e=>this.found=e.harmonics??this.found)}static{this.styles=[a,l`
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
    `]}willUpdate(e){let t=e.get(`meter`);t!==void 0&&t.serial!==this.meter.serial&&(this.found=null)}render(){return t`<section class="card">
      <details @toggle=${e=>this.open=e.target.open}>
        <summary><h2>${this.t(`meter.harmonics`)}</h2></summary>
        ${this.open?this.content():i}
      </details>
    </section>`}content(){let e=this.meter.limits.harmonics?.voltage??null;if(this.found===null)return this.live.standing===`live`?t`<p class="dim" role="status">${this.t(`meter.harmonics_wait`)}</p>`:t`<csj-standing .app=${this.app} .standing=${this.live.standing} .error=${this.live.error}></csj-standing>`;let{values:n,at:r,error:a}=this.found;return t`
      <p class="small dim">
        ${this.t(`meter.measured_at`,{time:this.app.format.time(r,{seconds:!0})})}
        ${e===null?i:this.t(`meter.harmonics_limits`,{standard:e.standard})}
        ${a?t`<span class="warning">${a}</span>`:i}
      </p>
      <div class="charts">
        ${this.chart(`voltage`,x(n,`voltage`,this.meter.phases,e?.orders??null))}
        ${this.chart(`current`,x(n,`current`,this.meter.phases,null))}
      </div>
    `}chart(e,r){if(!r.length)return i;let a=le(r),o=r.filter(e=>e.over).map(({order:e})=>e),s=o.length?this.t(`meter.harmonics_over`,{orders:o.join(`, `)}):this.t(`meter.harmonics_fine`);return t`<div>
      <h3>${this.t(`meter.harmonics_of.${e}`)}</h3>
      ${e===`voltage`&&this.meter.limits.harmonics?.voltage?t`<p class="small ${o.length?`critical`:`good`}">${s}</p>`:i}
      <div class="wide" tabindex="0" role="group" aria-label=${this.t(`meter.harmonics_of.${e}`)}>
        <svg viewBox="0 0 ${S} ${C+w}" aria-hidden="true">
          ${[0,.5,1].map(e=>{let t=10+(C-10)*(1-e);return n`<line class="line" x1=${T} x2=${S} y1=${t} y2=${t} />
              <text x=${T/2-2} y=${t+4}>${this.app.format.number(a*e)} %</text>`})}
          ${r.map((e,t)=>this.bar(e,t,r.length,a))}
        </svg>
      </div>
      <details @toggle=${e=>this.tables=e.target.open}>
        <summary class="small dim">${this.t(`chart.table`)}</summary>
        ${this.tables?this.table(e,r):i}
      </details>
    </div>`}bar({order:e,values:t,limit:r,over:a},o,s,c){let l=(S-T)/s,u=T+o*l,d=l*.76/t.length,f=e=>10+(C-10)*(1-Math.min(e/c,1));return n`
      ${t.map((e,t)=>e===null?i:n`<rect x=${u+l*.12+t*d} y=${f(e)} width=${Math.max(d-.5,1)} height=${C-f(e)}
              fill=${_(t,this.app.hass.themes.darkMode)} />`)}
      ${r===null?i:n`<line class="limit" x1=${u+1} x2=${u+l-1} y1=${f(r)} y2=${f(r)} />`}
      ${e%2||a?n`<text class=${a?`over`:``} x=${u+l/2} y=${C+15}>${e}</text>`:i}
    `}table(e,n){let{format:r}=this.app;return t`<div class="table" tabindex="0" role="region" aria-label=${this.t(`meter.harmonics_of.${e}`)}>
      <table>
        <thead>
          <tr>
            <th class="number" scope="col">${this.t(`meter.order`)}</th>
            ${n[0]?.values.map((e,n)=>t`<th class="number" scope="col">L${n+1}</th>`)}
            <th class="number" scope="col">${this.t(`meter.limit`)}</th>
          </tr>
        </thead>
        <tbody>
          ${n.map(({order:e,values:n,limit:i,over:a})=>t`<tr class=${a?`critical`:``}>
              <th class="number" scope="row">${e}</th>
              ${n.map(e=>t`<td class="number">${r.measured(e,`%`,2)}</td>`)}
              <td class="number">${r.measured(i,`%`,1)}</td>
            </tr>`)}
        </tbody>
      </table>
    </div>`}};s([e({attribute:!1})],D.prototype,`meter`,void 0),s([r()],D.prototype,`open`,void 0),s([r()],D.prototype,`found`,void 0),s([r()],D.prototype,`tables`,void 0),D=s([c(`csj-meter-harmonics`)],D);var ue=`relay_closed`,de=30,fe=.95,pe=[`missing`,`wrong`,`locked_out`],O=class extends u{static{this.styles=[a,l`
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
    `]}render(){let{health:e}=this.meter;return e===null?i:this.shown(e)}shown(e){let{format:n}=this.app,{clock_drift:r,uptime:a}=this.meter,o=e.status,s=o?.filter(e=>e!==ue)??[],c=Object.entries(e.failed),l=e=>s.includes(e)?`warning`:``;return t`<section class="card">
      <h2>${this.t(`meter.health`)}</h2>
      <dl>
        ${this.item(`success_rate`,n.percent(e.success_rate),e.success_rate!==null&&e.success_rate<fe)}
        ${this.item(`round_trip`,e.round_trip===null?`–`:`${n.number(e.round_trip*1e3,0)} ms`)}
        ${this.item(`lost`,this.t(`meter.lost`,{timeouts:e.timeouts,garbled:e.garbled,requests:e.requests}))}
        ${this.item(`battery`,n.measured(e.battery_voltage,`V`,2),l(`battery_low`)!==``)}
        ${this.item(`temperature`,n.measured(e.temperature,`°C`,1))}
        ${this.item(`clock`,this.drift(r),l(`clock_not_set`)!==``||Math.abs(r??0)>de)}
        ${this.item(`firmware`,[e.firmware,e.hardware].filter(Boolean).join(` / `)||`–`)}
        ${this.item(`uptime`,n.duration(a))}
        ${this.item(`unit_id`,String(e.unit_id??`–`))}
        ${this.item(`profile`,e.profile??`–`)}
        ${e.key===null?i:this.item(`key`,this.t(`meter.keys.${e.key}`),pe.includes(e.key))}
      </dl>
      <div class="block">
        <h3>${this.t(`meter.status`)}</h3>
        ${s.length?t`<ul class="warning">
              ${s.map(e=>t`<li>${this.t(`meter.status_words.${e}`)}</li>`)}
            </ul>`:t`<p class=${o===null?`dim`:`good`}>${this.t(o===null?`meter.status_unknown`:`meter.status_fine`)}</p>`}
      </div>
      ${c.length?t`<div class="block">
            <h3>${this.t(`meter.failed`)}</h3>
            <ul>
              ${c.map(([e,n])=>t`<li>${this.t(`meter.blocks.${e}`)}: ${n}</li>`)}
            </ul>
          </div>`:i}
    </section>`}drift(e){if(e===null)return`–`;let t=this.app.format.duration(Math.abs(e));return Math.abs(e)<1?this.t(`meter.clock_right`):this.t(e>0?`meter.clock_ahead`:`meter.clock_behind`,{duration:t})}item(e,n,r=!1){return t`<div>
      <dt>${this.t(`meter.of_health.${e}`)}</dt>
      <dd class=${r?`warning`:``}>
        ${n} ${r?t`<span aria-hidden="true">⚠</span><span class="hidden-label">${this.t(`meter.look_at_it`)}</span>`:i}
      </dd>
    </div>`}};s([e({attribute:!1})],O.prototype,`meter`,void 0),O=s([c(`csj-meter-health`)],O);function k(e,t){return t.length?e.t(`meter.missing_sources`,{sources:t.map(t=>e.t(`meter.of_source.${t}`)).join(`, `)}):``}var me=[`alert`,`meter`,`command`,`contact`,`payment`],he=25,ge=30,A=class extends u{constructor(...e){super(...e),this.serial=``,this.contact=null,this.version=``,this.sources=[],this.events=null,this.next=null,this.missing=[],this.busy=!1,this.error=``,this.turn=0,this.pages=1,this.renewal=new h(this,ge,()=>this.pages===1&&!this.busy&&this.load())}static{this.styles=[a,l`
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
    `]}disconnectedCallback(){super.disconnectedCallback(),this.turn+=1}willUpdate(e){e.has(`serial`)&&(this.events=null,this.missing=[]),(e.has(`serial`)||e.has(`sources`)||e.has(`version`))&&this.load()}async load(e=null){let t=++this.turn;this.busy=!0;try{let n=await this.app.call(`events`,{serial:this.serial,limit:he,...this.sources.length?{sources:this.sources}:{},...e===null?{}:{before:e}});if(t!==this.turn)return;this.pages=e===null?1:this.pages+1,this.events=e===null?n.events:[...this.events??[],...n.events],this.next=n.next,this.missing=e===null?n.missing:[...new Set([...this.missing,...n.missing])],this.error=``}catch(e){t===this.turn&&(this.error=this.app.sentence(e))}finally{t===this.turn&&(this.busy=!1)}}render(){let{app:e,events:n}=this;return t`<section class="card" aria-busy=${this.busy}>
      <div class="row spread">
        <h2>${this.t(`meter.log`)}</h2>
        <span class="small dim">${this.t(`meter.last_success`,{at:e.format.dateTime(this.contact,{seconds:!0})})}</span>
      </div>
      <div class="group filters" role="group" aria-label=${this.t(`meter.sources`)}>
        ${me.filter(e=>this.mayBe(e)).map(e=>{let n=this.sources.includes(e);return t`<button class=${n?`on`:``} aria-pressed=${n} @click=${()=>this.toggle(e)}>
            ${this.t(`meter.of_source.${e}`)}
          </button>`})}
      </div>
      ${this.error?t`<p class="critical" role="alert">${this.error}</p>`:i}
      ${this.missing.length?t`<p class="warning" role="status">${k(e,this.missing)}</p>`:i}
      ${n===null?t`<p class="dim" role="status">${this.error?``:this.t(`notice.wait`)}</p>`:n.length?this.table(n):this.missing.length?i:t`<p class="dim">${this.t(`meter.no_events`)}</p>`}
      ${this.next===null?i:t`<button class="plain" ?disabled=${this.busy} @click=${()=>this.load(this.next)}>
            ${this.t(this.busy?`notice.wait`:`meter.older`)}
          </button>`}
    </section>`}mayBe(e){let{app:t}=this;return e===`alert`?t.may(`see_alerts`):e===`command`?t.may(`see_diagnostics`):e!==`payment`||t.may(`see_money`)}table(e){return t`<table>
      <thead>
        <tr>
          <th scope="col">${this.t(`chart.time`)}</th>
          <th scope="col">${this.t(`meter.source`)}</th>
          <th scope="col">${this.t(`meter.what`)}</th>
          <th scope="col">${this.t(`meter.by`)}</th>
        </tr>
      </thead>
      <tbody>
        ${e.map(e=>t`<tr>
            <td class="dim">${this.app.format.dateTime(e.at,{seconds:!0})}</td>
            <td><span class="chip ${e.severity??`neutral`}">${this.t(`meter.of_source.${e.source}`)}</span></td>
            <td class="text">${this.text(e)}</td>
            <td class="dim">${e.by??``}</td>
          </tr>`)}
      </tbody>
    </table>`}text({alert_id:e,text:n}){if(e===void 0)return n;let r=g(`alerts`,e);return t`<a href=${r} @click=${e=>o(e,r)}>${n}</a>`}toggle(e){this.sources=this.sources.includes(e)?this.sources.filter(t=>t!==e):[...this.sources,e]}};s([e()],A.prototype,`serial`,void 0),s([e({attribute:!1})],A.prototype,`contact`,void 0),s([e()],A.prototype,`version`,void 0),s([r()],A.prototype,`sources`,void 0),s([r()],A.prototype,`events`,void 0),s([r()],A.prototype,`next`,void 0),s([r()],A.prototype,`missing`,void 0),s([r()],A.prototype,`busy`,void 0),s([r()],A.prototype,`error`,void 0),A=s([c(`csj-meter-log`)],A);var j={ok:`good`,low:`warning`,very_low:`critical`,arrears:`critical`},M=class extends u{static{this.styles=[a,l`
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
    `]}render(){let{money:e}=this,{format:n}=this.app,r=t=>n.credit(t,e.unit);return t`<section class="card">
      <div class="row spread">
        <h2>${this.t(`meter.money`)}</h2>
        ${e.state===null?i:t`<span class="chip dot ${j[e.state]}">${this.t(`meter.credit_states.${e.state}`)}</span>`}
      </div>
      <p class="balance number">${r(e.balance)}</p>
      <p>${this.forecast()}</p>
      <dl>
        ${this.item(`credit_alarm_1`,r(e.credit_alarm_1))} ${this.item(`credit_alarm_2`,r(e.credit_alarm_2))}
        ${this.item(`overdraft_limit`,r(e.overdraft_limit))} ${this.item(`last_top_up`,r(e.last_top_up))}
        ${this.item(`top_up_count`,n.number(e.top_up_count,0))} ${this.payment()}
      </dl>
      ${e.tariffs.length?this.tariffs():i}
    </section>`}forecast(){let{forecast:e,unit:t}=this.money;if(e===null)return this.t(`meter.outlooks.unknown`);let n=e.outlook===`runs_out`&&e.runs_out_at!==null;return[this.t(`meter.outlooks.${e.outlook}`,n?{date:this.app.format.date(e.runs_out_at)}:{date:`–`}),e.per_day===null?``:this.t(`meter.per_day`,{amount:this.app.format.credit(e.per_day,t)})].filter(Boolean).join(` `)}payment(){let e=this.money.last_payment;if(e===null)return i;let{format:t}=this.app;return this.item(`last_payment`,`${t.credit(e.amount,e.unit)}, ${this.t(`meter.payments.${e.state}`)}, ${t.dateTime(e.at)}`)}item(e,n){return t`<div>
      <dt>${this.t(`meter.of_money.${e}`)}</dt>
      <dd class="number">${n}</dd>
    </div>`}tariffs(){let{format:e}=this.app;return t`<div class="scroll" tabindex="0" role="region" aria-label=${this.t(`meter.tariff`)}>
      <table>
        <thead>
          <tr>
            <th scope="col">${this.t(`meter.tariff`)}</th>
            <th class="number" scope="col">${this.t(`meter.price`)}</th>
            <th class="number" scope="col">${this.t(`meter.energy_import`)}</th>
          </tr>
        </thead>
        <tbody>
          ${this.money.tariffs.map(({tariff:n,price:r,price_unit:a,energy_import:o})=>t`<tr>
              <th scope="row">
                T${n} ${n===this.money.tariff?t`<span class="chip good">${this.t(`meter.in_force`)}</span>`:i}
              </th>
              <td class="number">${e.measured(r,a,4)}</td>
              <td class="number">${e.number(o,2)} kWh</td>
            </tr>`)}
        </tbody>
      </table>
    </div>`}};s([e({attribute:!1})],M.prototype,`money`,void 0),M=s([c(`csj-meter-money`)],M);var N=120;function P(e,t,n){if(!e||!t||!n)return N;let r=(e**2+t**2-n**2)/(2*e*t);return Math.abs(r)<=1?R(Math.acos(r)):N}function F(e,t){let[n,r,i]=[e.voltage_l1,e.voltage_l2,e.voltage_l3],a=t?1:-1;return[{phase:1,angle:0,size:n??0},{phase:2,angle:a*P(n,r,e.voltage_l1_l2),size:r??0},{phase:3,angle:-a*P(i,n,e.voltage_l3_l1),size:i??0}]}function I(e,t){return t.flatMap(({phase:t,angle:n})=>{let r=e[`active_power_l${t}`],i=e[`reactive_power_l${t}`];return r==null||i==null?[]:[{phase:t,angle:n-R(Math.atan2(i,r)),size:e[`current_l${t}`]??0}]})}function L({angle:e,size:t},n,r){let i=n?t/n*r:0,a=(e+90)*Math.PI/180;return[i*Math.cos(a),-i*Math.sin(a)]}function R(e){return e*180/Math.PI}var z=92,_e=64,ve=[[`voltage`,`V`,1],[`current`,`A`,3],[`active_power`,`W`,1],[`reactive_power`,`var`,1],[`power_factor`,null,3],[`voltage_thd`,`%`,1],[`current_thd`,`%`,1]],B=class extends u{constructor(...e){super(...e),this.values={}}static{this.styles=[a,l`
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
    `]}render(){return t`<section class="card">
      <h2>${this.t(`meter.phases`)}</h2>
      <div class="both">
        <div>
          ${this.diagram()}
          ${this.values.active_power_l1===void 0?i:t`<p class="small dim" aria-hidden="true">${this.t(`meter.phasor_key`)}</p>`}
        </div>
        ${this.table()}
      </div>
    </section>`}tint(e){return _(e-1,this.app.hass.themes.darkMode)}diagram(){let e=this.meter.health?.status?.includes(`phase_sequence_wrong`)??!1,r=F(this.values,e),i=I(this.values,r),a=e=>Math.max(...e.map(({size:e})=>e)),o=i.map(({phase:e,angle:t})=>{let n=r[e-1].angle,[i,a]=[n,n-t].map(e=>this.app.format.number(ye(e),0));return this.t(`meter.phasor_phase`,{phase:e,angle:i,shift:a})}).join(` `);return t`<svg viewBox="-115 -115 230 230" role="img" aria-label="${this.t(`meter.phasor`)} ${o}">
      <circle class="circle" r=${z} />
      <path class="circle" d="M-${z} 0H${z}M0 -${z}V${z}" stroke-dasharray="2 4" />
      ${r.map(e=>this.arrow(e,a(r),z,2,``))}
      ${i.map(e=>this.arrow(e,a(i),_e,4,`5 3`))}
      ${r.map(e=>{let[t,r]=L({...e,size:1},1,105);return n`<text x=${t} y=${r}>L${e.phase}</text>`})}
    </svg>`}arrow(e,t,r,a,o){let[s,c]=L(e,t,r);if(Math.hypot(s,c)<1)return i;let l=this.tint(e.phase),[u,d]=[155,-155].map(t=>L({...e,angle:e.angle+t,size:1},1,9));return n`<g stroke=${l} fill=${l}>
      <line x2=${s} y2=${c} stroke-width=${a} stroke-dasharray=${o} stroke-linecap="butt" />
      <path d="M${s} ${c}l${u[0]} ${u[1]}L${s+d[0]} ${c+d[1]}z" />
    </g>`}table(){let{format:e}=this.app,n=[1,2,3].slice(0,this.meter.phases),r=ve.filter(([e])=>n.some(t=>this.values[`${e}_l${t}`]!==void 0)),i=[`voltage`,`current`].filter(e=>this.values[`${e}_unbalance`]!==void 0);return t`<div class="scroll" tabindex="0" role="region" aria-label=${this.t(`meter.phases`)}>
      <table>
        <thead>
          <tr>
            <td></td>
            ${n.map(e=>t`<th class="number" scope="col"><span class="swatch" style="background:${this.tint(e)}"></span> L${e}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${r.map(([r,i,a])=>t`<tr>
              <th scope="row">${this.t(`meter.of_phase.${r}`)}</th>
              ${n.map(n=>{let o=this.values[`${r}_l${n}`],s=o!=null&&Math.abs(o)>=1e3&&(i===`W`||i===`var`);return t`<td class="number">${e.measured(o,i,s?2:a)}</td>`})}
            </tr>`)}
          ${i.map(r=>t`<tr>
              <th scope="row">${this.t(`meter.of_phase.${r}_unbalance`)}</th>
              <td class="number" colspan=${n.length}>${e.measured(this.values[`${r}_unbalance`],`%`,1)}</td>
            </tr>`)}
        </tbody>
      </table>
    </div>`}};s([e({attribute:!1})],B.prototype,`meter`,void 0),s([e({attribute:!1})],B.prototype,`values`,void 0),B=s([c(`csj-meter-phases`)],B);function ye(e){return((e+180)%360+360)%360-180}var be=[1,2,3],V=class extends u{constructor(...e){super(...e),this.values={},this.live=null,this.limits=null}static{this.styles=[a,l`
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
    `]}render(){let{row:e,app:n}=this,{format:r}=n,a=e.device_id!==null&&n.hass.user?.is_admin?`/config/devices/device/${e.device_id}`:null;return t`<section class="card" aria-label=${e.name}>
      <div class="row head">
        <h2>${e.name}</h2>
        ${this.chips()}
      </div>
      <div class="small dim">
        ${[e.circuit,e.bridge_name,e.model,e.serial].filter(Boolean).join(` · `)}
        ${a===null?i:t` · <a href=${a} @click=${e=>o(e,a)}>${this.t(`meter.device`)}</a>`}
      </div>
      <dl class="number">
        <div class="power">
          <dt>${this.t(`meter.quantities.power`)}</dt>
          <dd>${r.measured(this.values.active_power,`W`)}</dd>
        </div>
        ${this.phases(`voltage`,`V`,1)} ${this.phases(`current`,`A`,2)}
        ${e.balance===null?i:t`<div>
              <dt>${this.t(`meter.balance`)}</dt>
              <dd>${r.credit(e.balance.value,e.balance.unit)}</dd>
            </div>`}
        <div>
          <dt>${this.t(`meter.last_contact`)}</dt>
          <dd>${this.contact()}</dd>
        </div>
      </dl>
      ${this.live?.error?t`<p class="small warning" role="status">${this.t(`meter.not_now`,{error:this.live.error})}</p>`:i}
      ${this.alerts()}
    </section>`}chips(){let{state:e,alerts:n}=this.row;return t`<span class="chip dot ${e===`online`?`good`:e===`disabled`?`neutral`:`warning`}">${this.t(`meter_states.${e}`)}</span>
      ${n?.severity?t`<span class="chip dot ${n.severity}">${this.app.word(`severities.${n.severity}`)}</span>`:n===null?i:t`<span class="chip neutral">${this.t(`meter.no_alerts`)}</span>`}`}phases(e,n,r){let a=be.filter(t=>this.values[`${e}_l${t}`]!==void 0);return a.length?t`<div>
      <dt>${this.t(`meter.quantities.${e}`)}</dt>
      <dd class="several">
        ${a.map(o=>{let s=this.values[`${e}_l${o}`],c=e===`voltage`&&this.isWrong(s);return t`<span class=${c?`critical`:``}
            >${a.length>1?t`<small>L${o}</small> `:i}${this.app.format.measured(s,n,r)}
            ${c?t`<span aria-hidden="true">⚠</span><span class="hidden-label">${this.t(`meter.out_of_limits`)}</span>`:i}</span
          >`})}
      </dd>
    </div>`:i}isWrong(e){let t=this.limits;return e==null||t===null?!1:e<(t.undervoltage??t.sag??-1/0)||e>(t.swell??1/0)}contact(){let[e,t]=[this.row.last_contact,this.live?.at??this.row.measured_at],n=e===null||t!==null&&Date.parse(t)>Date.parse(e)?t:e;return this.app.format.ago(n)}alerts(){let e=this.row.alerts;return e?.active?t`<ul>
      ${e.titles.map((n,r)=>{let i=g(`alerts`,e.alert_ids[r]);return t`<li><a href=${i} @click=${e=>o(e,i)}>${n}</a></li>`})}
    </ul>`:i}};s([e({attribute:!1})],V.prototype,`row`,void 0),s([e({attribute:!1})],V.prototype,`values`,void 0),s([e({attribute:!1})],V.prototype,`live`,void 0),s([e({attribute:!1})],V.prototype,`limits`,void 0),V=s([c(`csj-meter-strip`)],V);var xe=[`alert`,`command`,`contact`,`meter`],Se=[`raised`,`confirmed`];function H(e){let t=new Map,n=new Map,r=new Map;for(let i of e){let e=U(i.at),a=i.id;if(i.source===`alert`){a=i.alert_id??i.id;let t=r.get(a);if((t===void 0||U(t.at)<e)&&r.set(a,i),(i.kind===`cleared`||i.kind===`repaired`)&&n.set(a,e),!Se.includes(i.kind))continue}let o=t.get(a);o!==void 0&&o.at<=e||t.set(a,{id:a,at:e,kind:i.source===`alert`?i.severity??`warning`:i.source===`command`?`command`:`info`,label:i.text,...i.until===null||i.until===void 0?{}:{until:U(i.until)}})}for(let[e,{text:n}]of r){let r=t.get(e);r!==void 0&&(r.label=n)}for(let[e,r]of n){let n=t.get(e);n!==void 0&&n.until===void 0&&(n.until=r)}return[...t.values()].sort((e,t)=>e.at-t.at)}function Ce(e,[t,n]){return e.filter(e=>e.at<=n&&(e.until??e.at)>=t)}function U(e){return Date.parse(e)/1e3}var W=86400,G={"5min":300,"1h":3600,"6h":21600,"24h":W,"7d":7*W,"30d":30*W,"90d":90*W},we=G[`5min`],K=G[`90d`],q=600,Te=2e3;function Ee([e,t],n,r){let i=Math.min(Math.max(t-e,we),K),a=(e+t)/2,o=Math.min(Math.max(a+i/2,r+i),n);return[o-i,o]}function De([e,t],n){return n-t<(t-e)*.02}function Oe([e,t],n){let r=t-e,i=Math.min(r,(K-r)/2),a=[e-i,Math.min(t+i,n)];return{range:a,points:Math.min(Math.round(q*(a[1]-a[0])/r),Te)}}function ke(e,t,n,r){let{range:i,step:a}=e,o=t[1]-t[0],s=Math.min(o,(K-o)/2)/3;if(i[0]>t[0]-s)return!1;let c=a<=60&&r!==null&&r<=i[1]+60?1/0:Math.max(a,60);return i[1]<Math.min(t[1]+s,n)-c?!1:e.finest&&o*6>=i[1]-i[0]||a<=Math.max(60,o/q*2)}var Ae=120;function je(e,t){if(!t?.at)return e;let n=Date.parse(t.at)/1e3,r=e.at(-1);return r!==void 0&&n<=r.at?e:[...r!==void 0&&n-r.at>Ae?[]:e.slice(-3599),{at:n,values:t.values}]}function Me(e,t,n,r,i){let a=[],o={};for(let e of n)o[e]={mean:[],low:[],high:[]};let s=r[0]?.at??1/0;e!==null&&Ne(e,t,n,s,a,o);let c=e?.step??60;for(let e of Pe(r,c>60?t:a.at(-1)??-1/0,c)){let t=a.at(-1);if(t!==void 0&&e.at-t>Math.max(i,c*2.5)){a.push(t+1);for(let e of n)J(o[e],null,null,null)}a.push(e.at);for(let t of n)Fe(o[t],e.points,t)}return{times:a,columns:o}}function Ne(e,t,n,r,i,a){let{step:o}=e,s=Date.parse(e.start)/1e3,c=n.map(t=>e.series[t]),l=Math.max(0,...c.map(e=>e?.mean.length??0));for(;l&&c.every(e=>(e?.mean[l-1]??null)===null);)--l;for(let e=0;e<l;e++){let l=Math.min(s+(e+.5)*o,t);if(o<=60&&l>=r)break;i.push(l),n.forEach((t,n)=>{let r=c[n];J(a[t],r?.mean[e],r?.min[e],r?.max[e])})}}function Pe(e,t,n){let r=e.filter(({at:e})=>e>t);if(n<=60)return r.map(e=>({at:e.at,points:[e]}));let i=new Map;for(let e of r){let t=Math.floor(e.at/n),r=i.get(t);r===void 0?i.set(t,[e]):r.push(e)}return[...i.values()].map(e=>({at:e.at(-1).at,points:e}))}function Fe(e,t,n){if(t.length===1){let r=t[0]?.values[n]??null;J(e,r,r,r);return}let r=t.map(e=>e.values[n]).filter(e=>e!=null);r.length?J(e,r.at(-1),Math.min(...r),Math.max(...r)):J(e,null,null,null)}function J(e,t,n,r){e?.mean.push(t??null),e?.low.push(n??null),e?.high.push(r??null)}var Ie=250,Le=600,Re=5e3,ze=300,Y=30,Be=5,Ve=3,He=[1,2,3,4,5,6,7,8,9,10],X=[{name:`power`,unit:`W`,quantities:[`active_power_l1`,`active_power_l2`,`active_power_l3`,`active_power`]},{name:`voltage`,unit:`V`,digits:1,quantities:[`voltage_l1`,`voltage_l2`,`voltage_l3`]},{name:`current`,unit:`A`,digits:2,quantities:[`current_l1`,`current_l2`,`current_l3`,`current_n`]},{name:`power_factor`,unit:null,digits:3,quantities:[`power_factor`]}];function Ue(e){return X.flatMap(({quantities:e})=>e).filter(t=>Number(/_l(\d)$/.exec(t)?.[1]??0)<=e)}var Z=class extends u{constructor(...e){super(...e),this.serial=``,this.quantities=[],this.limits=null,this.points=[],this.pause=15,this.every=null,this.interval=2,this.version=``,this.range=[Date.now()/1e3-G[`1h`],Date.now()/1e3],this.live=!0,this.busy=!1,this.error=``,this.marksError=``,this.history=null,this.marks=[],this.fetched=null,this.shown={times:[],columns:{}},this.charts=[],this.turn=0,this.clock=new h(this,Be,()=>this.go()),this.looks=new h(this,Y,()=>this.look()),this.linesOf=``,this.lines_=[]}static{this.styles=[a,l`
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
    `]}disconnectedCallback(){super.disconnectedCallback(),this.forget()}forget(){clearTimeout(this.rest),this.rest=this.moving=void 0,this.turn+=1,this.fetched=null}get now(){return Math.max(Date.now()/1e3,this.points.at(-1)?.at??0)}get fine(){return this.app.may(`see_raw`)}get measured(){return X.flatMap(({quantities:e})=>this.drawn(e))}drawn(e){let t=e.filter(e=>this.quantities.includes(e));return t.includes(`active_power`)&&!t.includes(`active_power_l2`)?[`active_power`]:t}willUpdate(e){!this.hasUpdated&&!this.fine&&(this.range=[this.now-G[`24h`],this.now]),e.has(`serial`)&&(this.forget(),this.history=null,this.marks=[],this.error=this.marksError=``),e.has(`points`)&&this.go(),(e.has(`points`)||e.has(`history`)||e.has(`quantities`)||e.has(`app`))&&this.draw();let t=e.has(`quantities`)&&String(e.get(`quantities`))!==String(this.quantities);t&&(this.fetched=null),(e.has(`range`)||t)&&this.see(),e.has(`version`)&&this.look()}go(){if(!this.live)return;let e=this.range[1]-this.range[0];this.range=[this.now-e,this.now]}draw(){this.shown=Me(this.history,this.fetched?.range[1]??this.now,this.measured,this.points,this.pause);let{columns:e}=this.shown;this.charts=X.map(t=>({chart:t,curves:this.drawn(t.quantities).map(t=>{let{mean:n,low:r,high:i}=e[t],a=t===`current_n`?{color:_(Ve,this.app.hass.themes.darkMode)}:{};return{key:t,label:this.label(t),values:n,low:r,high:i,...a}})})).filter(({curves:e})=>e.length)}label(e){return(/_(l\d|n)$/.exec(e)?.[1])?.toUpperCase()??this.t(`meter.total`)}see(){let e=this.points[0]?.at??null;if(!this.measured.length||this.fetched!==null&&ke(this.fetched,this.range,this.now,e)||this.live&&this.rest!==void 0)return;this.moving??=performance.now();let t=this.moving+Le-performance.now();clearTimeout(this.rest),this.rest=setTimeout(()=>void this.fetch(),this.history===null?0:Math.min(Ie,t))}async fetch(){let e=++this.turn;this.moving=void 0;let{range:t,points:n}=Oe(this.range,this.now),[r,i]=t.map(Q),a=setTimeout(()=>this.busy=!0,300);try{let{serial:a}=this,o={serial:a,quantities:this.measured,start:r,end:i,points:n},s=await this.app.call(`history`,o);if(e!==this.turn)return;this.fetched={range:t,step:s.step,finest:s.step*n>=2*(t[1]-t[0])},this.history=s,this.error=``,this.rest=void 0,this.look()}catch(t){if(e!==this.turn)return;this.error=this.app.sentence(t),this.rest=setTimeout(()=>void this.fetch(),Re)}finally{clearTimeout(a),e===this.turn&&(this.busy=!1,this.rest===void 0&&this.see())}}async look(){if(this.fetched===null)return;let{turn:e,serial:t}=this,n=Q(this.fetched.range[0]),r=Q(this.live?this.now+Y:this.fetched.range[1]);try{let{events:i,missing:a}=await this.app.call(`events`,{serial:t,sources:xe,start:n,end:r,limit:ze});if(e!==this.turn)return;this.marks=H(i),this.marksError=k(this.app,a)}catch(t){e===this.turn&&(this.marksError=this.app.sentence(t))}}choose(e,t=De(e,this.now)){this.range=Ee(e,this.now,this.now-this.app.info.history_days*W),this.live=t}shift(e,t=1){this.choose(re(this.range,e,t,this.live?1:.5))}render(){let e=Ce(this.marks,this.range);return t`<section class="card" aria-label=${this.t(`meter.curves`)}>
      ${this.bar()}
      <p class="small dim">
        ${this.app.format.dateTime(this.range[0]*1e3)} – ${this.app.format.dateTime(this.range[1]*1e3)}
        ${this.history&&this.history.step>60?t`· ${this.t(`meter.buckets`,{duration:this.app.format.duration(this.history.step)})}`:i}
        <span role="status">${this.busy?this.t(`notice.wait`):``}</span>
      </p>
      ${this.error?t`<p class="critical" role="alert">${this.error}</p>`:i}
      ${this.marksError&&this.marksError!==this.error?t`<p class="small critical" role="status">${this.marksError}</p>`:i}
      <div class="charts" aria-busy=${this.busy} @range=${e=>this.choose(e.detail)}>
        ${this.charts.map(({chart:e,curves:n})=>t`<csj-chart
            .app=${this.app}
            .heading=${this.t(`meter.quantities.${e.name}`)}
            .unit=${e.unit}
            .digits=${e.digits}
            .times=${this.shown.times}
            .curves=${n}
            .marks=${this.marks}
            .range=${this.range}
            .limits=${e.name===`voltage`?this.lines():We}
            tight
            together="meter"
          ></csj-chart>`)}
      </div>
      ${this.list(e)}
    </section>`}get spans(){return Object.entries(G).filter(([,e])=>this.fine||e>=G[`6h`])}bar(){let e=this.range[1]-this.range[0];return t`<div class="row bar">
      <div class="group" role="group" aria-label=${this.t(`meter.span`)}>
        ${this.spans.map(([n,r])=>{let i=Math.abs(e-r)<r*.01;return t`<button class=${i?`on`:``} aria-pressed=${i} @click=${()=>this.choose([this.now-r,this.now],!0)}>
            ${this.t(`meter.spans.${n}`)}
          </button>`})}
        <button class=${this.live?`on`:``} aria-pressed=${this.live} @click=${()=>this.choose([this.now-e,this.now],!0)}>
          ${this.t(`meter.live`)}
        </button>
      </div>
      <div class="group" role="group" aria-label=${this.t(`meter.move`)}>
        ${Ke.map(([e,n,r,i])=>t`<button
            class="step"
            aria-label=${this.t(`meter.moves.${e}`)}
            title=${this.t(`meter.moves.${e}`)}
            @click=${()=>this.shift(r,i)}
          >
            ${n}
          </button>`)}
      </div>
      ${this.fine?t`<label
            >${this.t(`meter.read_every`)}
            <select
              @change=${e=>this.dispatchEvent(new CustomEvent(`interval`,{detail:Number(e.target.value)}))}
            >
              ${He.map(e=>t`<option .value=${String(e)} ?selected=${e===this.interval}>${e} s</option>`)}
            </select>
            ${this.every!==null&&this.every>this.interval*1.3?t`<span>${this.t(`meter.read_slower`,{every:this.app.format.number(this.every,1)})}</span>`:i}</label
          >`:i}
    </div>`}lines(){let{undervoltage:e,sag:t,swell:n}=this.limits??{},r=`${e} ${t} ${n}`;return r!==this.linesOf&&(this.linesOf=r,this.lines_=[e,t,n].filter(e=>e!=null).map(e=>({value:e,label:this.app.format.measured(e,`V`)}))),this.lines_}list(e){return t`<details>
      <summary>${this.t(`meter.marks`,{count:e.length})}</summary>
      ${e.length?t`<ul class="marks">
            ${e.map(e=>t`<li>
                <button class="plain" @click=${()=>this.show(e)}>
                  <span class=${e.kind} aria-hidden="true">${Ge[e.kind]}</span>
                  <span class="number dim">${this.app.format.dateTime(e.at*1e3,{seconds:!0})}</span>
                  <span>${e.label}</span>
                </button>
              </li>`)}
          </ul>`:t`<p class="dim">${this.marksError||this.t(`meter.no_marks`)}</p>`}
    </details>`}show({at:e,until:t}){let n=Math.min(this.range[1]-this.range[0],G[`1h`]),r=Math.max(n,((t??e)-e)*1.5),i=((t??e)+e)/2;this.choose([i-r/2,i+r/2],!1)}};s([e()],Z.prototype,`serial`,void 0),s([e({attribute:!1})],Z.prototype,`quantities`,void 0),s([e({attribute:!1})],Z.prototype,`limits`,void 0),s([e({attribute:!1})],Z.prototype,`points`,void 0),s([e({attribute:!1})],Z.prototype,`pause`,void 0),s([e({attribute:!1})],Z.prototype,`every`,void 0),s([e({attribute:!1})],Z.prototype,`interval`,void 0),s([e()],Z.prototype,`version`,void 0),s([r()],Z.prototype,`range`,void 0),s([r()],Z.prototype,`live`,void 0),s([r()],Z.prototype,`busy`,void 0),s([r()],Z.prototype,`error`,void 0),s([r()],Z.prototype,`marksError`,void 0),s([r()],Z.prototype,`history`,void 0),s([r()],Z.prototype,`marks`,void 0),Z=s([c(`csj-meter-curves`)],Z);function Q(e){return new Date(e*1e3).toISOString()}var We=[],Ge={critical:`▼`,warning:`▼`,info:`●`,command:`■`},Ke=[[`earlier`,`‹`,-.5,1],[`later`,`›`,.5,1],[`nearer`,`+`,0,.5],[`farther`,`−`,0,2]],qe=30,Je=3,Ye=4,$=class extends u{constructor(...e){super(...e),this.serial=``,this.detail=null,this.interval=2,this.points=[],this.done=0,this.event=null,this.turn=0,this.refused=!1,this.wasListed=!1,this.balance=null,this.renewal=new h(this,qe,()=>this.refused||this.renew()),this.meters=new ee(this,()=>({command:`meters/subscribe`}),`meters`,e=>e.serial),this.live=new d(this,()=>this.app.may(`see_raw`)?{command:`live/subscribe`,serial:this.serial,interval:this.interval}:null,e=>{this.event=e,this.points=je(this.points,e.live)})}static{this.styles=[a,l`
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
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.renew()}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.waiting),this.turn+=1}willUpdate(e){let t=this.meters.rows.has(this.serial),n=this.asker!==this.app.info||t&&!this.wasListed;this.wasListed=t,this.asker=this.app.info;let r=this.meters.rows.get(this.serial)?.balance?.value??null,i=r!==this.balance;this.balance=r,e.has(`serial`)?(this.detail=this.event=null,this.points=[],this.renew()):(n&&this.refused||i&&this.detail!==null)&&this.renew()}render(){let e=this.meters.rows.get(this.serial),n=g(`meters`);return t`<div class="stack">
      <nav aria-label=${this.t(`meter.way_back`)}>
        <a href=${n} @click=${e=>o(e,n)}>← ${this.t(`meter.back`)}</a>
      </nav>
      <csj-standing .app=${this.app} .standing=${this.meters.standing} .error=${this.meters.error}></csj-standing>
      ${e===void 0?this.missing():this.meter(e)}
    </div>`}missing(){if(this.meters.standing!==`live`)return i;let e=this.t(this.meters.loading?`meters.loading`:`meter.none`);return t`<csj-notice .app=${this.app} kind="empty" .text=${e}></csj-notice>`}meter(e){let{app:n,detail:r}=this,a=this.event?.live??null,o=`${this.done} ${e.alerts?.alert_ids.join()??``} ${e.state}`,s=a===null||a.error!==null?e.values:a.values,c=this.event?.every??this.interval;return t`
      <csj-meter-strip .app=${n} .row=${e} .values=${s} .live=${a} .limits=${r?.limits.voltage??null}></csj-meter-strip>
      ${this.live.error===null?i:t`<csj-standing .app=${n} .standing=${this.live.standing} .error=${this.live.error}></csj-standing>`}
      <csj-meter-curves
        .app=${n}
        .serial=${this.serial}
        .quantities=${r===null?[]:r.quantities.length?r.quantities:Ue(r.phases)}
        .limits=${r?.limits.voltage??null}
        .points=${this.points}
        .pause=${Math.max(c*Ye,15)}
        .every=${this.event?.every??null}
        .interval=${this.interval}
        .version=${o}
        @interval=${e=>this.interval=e.detail}
      ></csj-meter-curves>
      ${r===null?i:this.parts({...r,...e},s,o)}
    `}parts(e,n,r){let{app:a}=this,o=e.commands.some(e=>e.allowed),s=t`<csj-meter-downloads .app=${a} .meter=${e}></csj-meter-downloads>`;return t`
      <div class="parts">
        <div class="column">
          ${e.phases>1?t`<csj-meter-phases .app=${a} .meter=${e} .values=${n}></csj-meter-phases>`:i}
          ${e.health===null?i:t`<csj-meter-health .app=${a} .meter=${e}></csj-meter-health>`}
          ${e.money===null?i:s}
        </div>
        <div class="column">
          ${o?t`<csj-meter-commands .app=${a} .meter=${e} @done=${this.commanded}></csj-meter-commands>`:i}
          ${e.money===null?s:t`<csj-meter-money .app=${a} .money=${e.money}></csj-meter-money>`}
        </div>
      </div>
      ${e.capabilities.includes(`harmonics`)&&a.may(`see_raw`)?t`<csj-meter-harmonics .app=${a} .meter=${e}></csj-meter-harmonics>`:i}
      <csj-meter-log .app=${a} .serial=${this.serial} .contact=${e.last_contact} .version=${r}></csj-meter-log>
    `}commanded(){this.done+=1,this.renew()}async renew(){let{serial:e}=this;if(this.app===void 0||!e)return;clearTimeout(this.waiting),this.refused=!1;let t=++this.turn;try{let{meter:t}=await this.app.call(`meter`,{serial:e});e===this.serial&&(this.detail=t)}catch(e){if(t!==this.turn)return;this.refused=f(e),!this.refused&&this.detail===null&&(this.waiting=setTimeout(()=>void this.renew(),Je*1e3))}}};s([e()],$.prototype,`serial`,void 0),s([r()],$.prototype,`detail`,void 0),s([r()],$.prototype,`interval`,void 0),s([r()],$.prototype,`points`,void 0),s([r()],$.prototype,`done`,void 0),$=s([c(`csj-meter-page`)],$);export{$ as CsjMeterPage};