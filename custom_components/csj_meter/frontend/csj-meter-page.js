import{_ as e,c as t,d as n,f as r,g as i,h as a,i as o,l as s,n as c,o as l,p as u,s as d,t as f,v as p}from"./elements.js";import{n as ee,t as m}from"./chart.js";import{t as h}from"./panel.js";function te(e){let t=e.filter(e=>e.allowed),n=e=>t.filter(t=>t.permission===e),r=n(`command`);return{presses:r.filter(e=>e.kind===`press`),settings:r.filter(e=>e.kind!==`press`),supply:n(`switch_supply`),prices:n(`set_prices`)}}function g(e,t){return e.name===`restart`||e.name===`relay_automatic`?e.name:e.name===`supply`?t===!1?`supply_off`:`supply_on`:e.name===`relay_mode`?typeof t==`string`?`relay_${t}`:null:e.permission===`set_prices`?`money`:null}function ne(e){let t=/^price_t(\d)$/.exec(e)?.[1];return t===void 0?{key:e,tariff:``}:{key:`price`,tariff:t}}var _=class extends l{constructor(...e){super(...e),this.running=null,this.outcome=null,this.question=null}static{this.styles=[s,p`
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
    `]}render(){let{presses:e,settings:t,supply:n,prices:r}=te(this.meter.commands);return!e.length&&!t.length&&!n.length&&!r.length?a:i`<section class="card" aria-busy=${this.running!==null}>
      <h2>${this.t(`meter.commands`)}</h2>
      <div class="row presses">${e.map(e=>this.press(e))}</div>
      ${t.length?i`<div class="block">${t.map(e=>this.control(e))}</div>`:a}
      ${n.length?i`<div class="block">
            <h3>${this.t(`meter.supply`)}</h3>
            ${n.map(e=>this.control(e))}
          </div>`:a}
      ${r.length?i`<details class="block">
            <summary>${this.t(`meter.prices`)}</summary>
            <div class="block">${r.map(e=>this.control(e))}</div>
          </details>`:a}
      <div class="outcome">
        ${this.running===null?a:i`<progress aria-label=${this.t(`meter.command_runs`,{command:this.name(this.running)})}></progress>`}
        <p class=${this.outcome?.failed?`critical`:``} role="status">
          ${this.running===null?this.outcome?.text??``:this.t(`meter.command_runs`,{command:this.name(this.running)})}
        </p>
      </div>
      ${this.asking()}
    </section>`}name(e){let{key:t,tariff:n}=ne(e.name);return this.t(`meter.of_command.${t}`,{tariff:n})}press(e){return i`<button ?disabled=${this.running!==null} @click=${()=>this.ask(e,void 0)}>${this.name(e)}</button>`}control(e){switch(e.kind){case`press`:return i`<div>${this.press(e)}</div>`;case`switch`:return this.contact(e);case`select`:return i`<form @submit=${t=>this.submit(t,e)}>
          <label
            >${this.name(e)}
            <select name="value">
              ${e.options.map(t=>i`<option value=${t} ?selected=${t===e.value}>${this.t(`meter.relay_modes.${t}`)}</option>`)}
            </select></label
          >
          ${this.set(e)}
        </form>`;case`number`:return i`<form @submit=${t=>this.submit(t,e)}>
          <label
            >${this.name(e)}${e.unit?` (${e.unit})`:``}
            <input name="value" type="number" required min=${e.min} max=${e.max} step=${e.step} .value=${String(e.value??``)}
          /></label>
          ${this.set(e)}
        </form>`}}set(e){return i`<button ?disabled=${this.running!==null} aria-label="${this.t(`meter.set`)}: ${this.name(e)}">
      ${this.t(`meter.set`)}
    </button>`}contact(e){return i`<div class="row">
      <span class=${e.value===null?`dim`:e.value?`good`:`critical`}>
        ${this.t(e.value===null?`meter.contact_unknown`:e.value?`meter.contact_closed`:`meter.contact_open`)}
      </span>
      ${e.value===!1?a:i`<button class="danger" ?disabled=${this.running!==null} @click=${()=>this.ask(e,!1)}>
            ${this.t(`meter.disconnect`)}
          </button>`}
      ${e.value===!0?a:i`<button ?disabled=${this.running!==null} @click=${()=>this.ask(e,!0)}>${this.t(`meter.connect`)}</button>`}
    </div>`}asking(){let{question:e}=this;return i`<csj-dialog
      .app=${this.app}
      .heading=${e===null?``:`${this.deed(e)}: ${this.meter.name}`}
      .action=${e===null?``:this.deed(e)}
      .danger=${e?.consequence!==`money`}
      .work=${()=>e===null?Promise.resolve():this.give(e.row,e.value)}
    >
      ${e===null?a:i`<p>${this.t(`meter.consequences.${e.consequence}`,{value:String(e.value)})}</p>`}
    </csj-dialog>`}deed({row:e,value:t}){return e.kind===`switch`?this.t(t?`meter.connect`:`meter.disconnect`):this.name(e)}submit(e,t){e.preventDefault();let n=String(new FormData(e.target).get(`value`));this.ask(t,t.kind===`number`?Number(n):n)}ask(e,t){let n=g(e,t);n===null?this.give(e,t).catch(()=>void 0):(this.question={row:e,value:t,consequence:n},this.dialog.show())}async give(e,t){this.running=e,this.outcome=null;try{let n=await this.app.call(`command`,{serial:this.meter.serial,command:e.name,...t===void 0?{}:{value:t}});this.outcome={text:this.told(e,n),failed:!1}}catch(t){throw this.outcome={text:`${this.name(e)}: ${this.app.sentence(t)}`,failed:!0},t}finally{this.running=null,this.dispatchEvent(new Event(`done`))}}told(e,{round_trip_ms:t,values:n}){let r=this.t(`meter.command_done`,{command:this.name(e),ms:this.app.format.number(t,0)}),i=n?.[e.name],a=n?.relay_contact;return a===`open`||a===`closed`?`${r} ${this.t(a===`open`?`meter.contact_open`:`meter.contact_closed`)}`:e.kind===`number`&&typeof i==`number`?`${r} ${this.t(`meter.meter_says`,{value:this.app.format.measured(i,e.unit)})}`:r}};t([u({attribute:!1})],_.prototype,`meter`,void 0),t([r()],_.prototype,`running`,void 0),t([r()],_.prototype,`outcome`,void 0),t([r()],_.prototype,`question`,void 0),t([n(`csj-dialog`)],_.prototype,`dialog`,void 0),_=t([d(`csj-meter-commands`)],_);var re=[`alert`,`command`,`contact`,`meter`],ie=[`raised`,`confirmed`];function ae(e){let t=new Map,n=new Map;for(let r of e){let e=v(r.at),i=r.id;if(r.source===`alert`&&(i=r.alert_id??r.id,(r.kind===`cleared`||r.kind===`repaired`)&&n.set(i,e),!ie.includes(r.kind)))continue;let a=t.get(i);a!==void 0&&a.at<=e||t.set(i,{id:i,at:e,kind:r.source===`alert`?r.severity??`warning`:r.source===`command`?`command`:`info`,label:r.text,...r.until===null||r.until===void 0?{}:{until:v(r.until)}})}for(let[e,r]of n){let n=t.get(e);n!==void 0&&n.until===void 0&&(n.until=r)}return[...t.values()].sort((e,t)=>e.at-t.at)}function oe(e,[t,n]){return e.filter(e=>e.at<=n&&(e.until??e.at)>=t)}function v(e){return Date.parse(e)/1e3}var y=86400,b={"5min":300,"1h":3600,"6h":21600,"24h":y,"7d":7*y,"30d":30*y,"90d":90*y},se=b[`5min`],x=b[`90d`],ce=731*y,S=600,C=2e3;function le([e,t],n){let r=Math.min(Math.max(t-e,se),x),i=(e+t)/2,a=Math.max(Math.min(i+r/2,n),n-ce+r);return[a-r,a]}function ue([e,t],n){return n-t<(t-e)*.02}function de([e,t],n){let r=t-e,i=Math.min(r,(x-r)/2),a=[e-i,Math.min(t+i,n)];return{range:a,points:Math.min(Math.round(S*(a[1]-a[0])/r),C)}}function fe(e,t,n,r){let{range:i,step:a}=e,o=t[1]-t[0],s=Math.min(o,(x-o)/2)/3;if(i[0]>t[0]-s)return!1;let c=a<=60&&r!==null&&r<=i[1]+60?1/0:Math.max(a,60);return i[1]<Math.min(t[1]+s,n)-c?!1:a<=Math.max(60,o/S*2)}var pe=120;function me(e,t){if(!t?.at)return e;let n=Date.parse(t.at)/1e3,r=e.at(-1);return r!==void 0&&n<=r.at?e:[...r!==void 0&&n-r.at>pe?[]:e.slice(-3599),{at:n,values:t.values}]}function he(e,t,n,r,i){let a=[],o={};for(let e of n)o[e]={mean:[],low:[],high:[]};let s=r[0]?.at??1/0;e!==null&&ge(e,t,n,s,a,o);let c=e?.step??60;for(let e of _e(r,c>60?t:a.at(-1)??-1/0,c)){let t=a.at(-1);if(t!==void 0&&e.at-t>Math.max(i,c*2.5)){a.push(t+1);for(let e of n)w(o[e],null,null,null)}a.push(e.at);for(let t of n)ve(o[t],e.points,t)}return{times:a,columns:o}}function ge(e,t,n,r,i,a){let{step:o}=e,s=Date.parse(e.start)/1e3,c=n.map(t=>e.series[t]),l=Math.max(0,...c.map(e=>e?.mean.length??0));for(;l&&c.every(e=>(e?.mean[l-1]??null)===null);)--l;for(let e=0;e<l;e++){let l=Math.min(s+(e+.5)*o,t);if(o<=60&&l>=r)break;i.push(l),n.forEach((t,n)=>{let r=c[n];w(a[t],r?.mean[e],r?.min[e],r?.max[e])})}}function _e(e,t,n){let r=e.filter(({at:e})=>e>t);if(n<=60)return r.map(e=>({at:e.at,points:[e]}));let i=new Map;for(let e of r){let t=Math.floor(e.at/n),r=i.get(t);r===void 0?i.set(t,[e]):r.push(e)}return[...i.values()].map(e=>({at:e.at(-1).at,points:e}))}function ve(e,t,n){if(t.length===1){let r=t[0]?.values[n]??null;w(e,r,r,r);return}let r=t.map(e=>e.values[n]).filter(e=>e!=null);r.length?w(e,r.at(-1),Math.min(...r),Math.max(...r)):w(e,null,null,null)}function w(e,t,n,r){e?.mean.push(t??null),e?.low.push(n??null),e?.high.push(r??null)}var ye=250,T=5e3,E=300,D=[1,2,3,4,5,6,7,8,9,10],O=[{name:`power`,unit:`W`,quantities:[`active_power_l1`,`active_power_l2`,`active_power_l3`,`active_power`]},{name:`voltage`,unit:`V`,digits:1,quantities:[`voltage_l1`,`voltage_l2`,`voltage_l3`]},{name:`current`,unit:`A`,digits:2,quantities:[`current_l1`,`current_l2`,`current_l3`,`current_n`]},{name:`power_factor`,unit:null,digits:3,quantities:[`power_factor`]}],k=class extends l{constructor(...e){super(...e),this.serial=``,this.quantities=[],this.limits=null,this.points=[],this.pause=15,this.every=null,this.interval=2,this.version=0,this.range=[Date.now()/1e3-b[`1h`],Date.now()/1e3],this.live=!0,this.busy=!1,this.error=``,this.history=null,this.marks=[],this.fetched=null,this.shown={times:[],columns:{}},this.charts=[],this.turn=0,this.linesOf=``,this.lines_=[]}static{this.styles=[s,p`
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
    `]}connectedCallback(){super.connectedCallback(),this.clock=setInterval(()=>this.go(),5e3)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.clock),this.forget()}forget(){clearTimeout(this.rest),this.rest=void 0,this.turn+=1,this.fetched=null}get now(){return Math.max(Date.now()/1e3,this.points.at(-1)?.at??0)}get measured(){return O.flatMap(({quantities:e})=>this.drawn(e))}drawn(e){let t=e.filter(e=>this.quantities.includes(e));return t.includes(`active_power`)&&!t.includes(`active_power_l2`)?[`active_power`]:t}willUpdate(e){e.has(`serial`)&&(this.forget(),this.history=null,this.marks=[]),e.has(`points`)&&this.go(),(e.has(`points`)||e.has(`history`)||e.has(`quantities`)||e.has(`app`))&&this.draw();let t=e.has(`quantities`)&&String(e.get(`quantities`))!==String(this.quantities);(t||e.has(`version`)&&this.version>0)&&(this.fetched=null),(e.has(`range`)||t||e.has(`version`))&&this.see()}go(){if(!this.live)return;let e=this.range[1]-this.range[0];this.range=[this.now-e,this.now]}draw(){this.shown=he(this.history,this.fetched?.range[1]??this.now,this.measured,this.points,this.pause);let{columns:e}=this.shown;this.charts=O.map(t=>({chart:t,curves:this.drawn(t.quantities).map(t=>{let{mean:n,low:r,high:i}=e[t];return{key:t,label:this.label(t),values:n,low:r,high:i}})})).filter(({curves:e})=>e.length)}label(e){return(/_(l\d|n)$/.exec(e)?.[1])?.toUpperCase()??this.t(`meter.total`)}see(e=ye){let t=this.points[0]?.at??null;!this.measured.length||this.fetched!==null&&fe(this.fetched,this.range,this.now,t)||this.live&&this.rest!==void 0||(clearTimeout(this.rest),this.rest=setTimeout(()=>void this.fetch(),this.history===null?0:e))}async fetch(){let e=++this.turn,{range:t,points:n}=de(this.range,this.now),[r,i]=t.map(e=>new Date(e*1e3).toISOString()),a=setTimeout(()=>this.busy=!0,300);try{let{serial:a}=this,o=this.app.call(`events`,{serial:a,sources:re,start:r,end:i,limit:E}),[s,c]=await Promise.all([this.app.call(`history`,{serial:a,quantities:this.measured,start:r,end:i,points:n}),o.catch(e=>this.app.sentence(e))]);if(e!==this.turn)return;this.fetched={range:t,step:s.step},this.history=s,typeof c!=`string`&&(this.marks=ae(c.events)),this.error=typeof c==`string`?c:``,this.rest=void 0}catch(t){if(e!==this.turn)return;this.error=this.app.sentence(t),this.rest=setTimeout(()=>void this.fetch(),T)}finally{clearTimeout(a),e===this.turn&&(this.busy=!1,this.rest===void 0&&this.see())}}choose(e,t=ue(e,this.now)){this.range=le(e,this.now),this.live=t}shift(e,t=1){this.choose(ee(this.range,e,t,this.live?1:.5))}render(){let e=oe(this.marks,this.range);return i`<section class="card" aria-label=${this.t(`meter.curves`)}>
      ${this.bar()}
      <p class="small dim">
        ${this.app.format.dateTime(this.range[0]*1e3)} – ${this.app.format.dateTime(this.range[1]*1e3)}
        ${this.history&&this.history.step>60?i`· ${this.t(`meter.buckets`,{duration:this.app.format.duration(this.history.step)})}`:a}
        <span role="status">${this.busy?this.t(`notice.wait`):``}</span>
      </p>
      ${this.error?i`<p class="critical" role="alert">${this.error}</p>`:a}
      <div class="charts" aria-busy=${this.busy} @range=${e=>this.choose(e.detail)}>
        ${this.charts.map(({chart:e,curves:t})=>i`<csj-chart
            .app=${this.app}
            .heading=${this.t(`meter.quantities.${e.name}`)}
            .unit=${e.unit}
            .digits=${e.digits}
            .times=${this.shown.times}
            .curves=${t}
            .marks=${this.marks}
            .range=${this.range}
            .limits=${e.name===`voltage`?this.lines():A}
            tight
            together="meter"
          ></csj-chart>`)}
      </div>
      ${this.list(e)}
    </section>`}bar(){let e=this.range[1]-this.range[0];return i`<div class="row bar">
      <div class="group" role="group" aria-label=${this.t(`meter.span`)}>
        ${Object.entries(b).map(([t,n])=>{let r=Math.abs(e-n)<n*.01;return i`<button class=${r?`on`:``} aria-pressed=${r} @click=${()=>this.choose([this.now-n,this.now],!0)}>
            ${this.t(`meter.spans.${t}`)}
          </button>`})}
        <button class=${this.live?`on`:``} aria-pressed=${this.live} @click=${()=>this.choose([this.now-e,this.now],!0)}>
          ${this.t(`meter.live`)}
        </button>
      </div>
      <div class="group" role="group" aria-label=${this.t(`meter.move`)}>
        ${M.map(([e,t,n,r])=>i`<button
            class="step"
            aria-label=${this.t(`meter.moves.${e}`)}
            title=${this.t(`meter.moves.${e}`)}
            @click=${()=>this.shift(n,r)}
          >
            ${t}
          </button>`)}
      </div>
      ${this.app.may(`see_raw`)?i`<label
            >${this.t(`meter.read_every`)}
            <select
              @change=${e=>this.dispatchEvent(new CustomEvent(`interval`,{detail:Number(e.target.value)}))}
            >
              ${D.map(e=>i`<option .value=${String(e)} ?selected=${e===this.interval}>${e} s</option>`)}
            </select>
            ${this.every!==null&&this.every>this.interval*1.3?i`<span>${this.t(`meter.read_slower`,{every:this.app.format.number(this.every,1)})}</span>`:a}</label
          >`:a}
    </div>`}lines(){let{undervoltage:e,sag:t,swell:n}=this.limits??{},r=`${e} ${t} ${n}`;return r!==this.linesOf&&(this.linesOf=r,this.lines_=[e,t,n].filter(e=>e!=null).map(e=>({value:e,label:this.app.format.measured(e,`V`)}))),this.lines_}list(e){return i`<details>
      <summary>${this.t(`meter.marks`,{count:e.length})}</summary>
      ${e.length?i`<ul class="marks">
            ${e.map(e=>i`<li>
                <button class="plain" @click=${()=>this.show(e)}>
                  <span class=${e.kind} aria-hidden="true">${j[e.kind]}</span>
                  <span class="number dim">${this.app.format.dateTime(e.at*1e3,{seconds:!0})}</span>
                  <span>${e.label}</span>
                </button>
              </li>`)}
          </ul>`:i`<p class="dim">${this.t(`meter.no_marks`)}</p>`}
    </details>`}show({at:e,until:t}){let n=Math.min(this.range[1]-this.range[0],b[`1h`]),r=Math.max(n,((t??e)-e)*1.5),i=((t??e)+e)/2;this.choose([i-r/2,i+r/2],!1)}};t([u()],k.prototype,`serial`,void 0),t([u({attribute:!1})],k.prototype,`quantities`,void 0),t([u({attribute:!1})],k.prototype,`limits`,void 0),t([u({attribute:!1})],k.prototype,`points`,void 0),t([u({attribute:!1})],k.prototype,`pause`,void 0),t([u({attribute:!1})],k.prototype,`every`,void 0),t([u({attribute:!1})],k.prototype,`interval`,void 0),t([u({attribute:!1})],k.prototype,`version`,void 0),t([r()],k.prototype,`range`,void 0),t([r()],k.prototype,`live`,void 0),t([r()],k.prototype,`busy`,void 0),t([r()],k.prototype,`error`,void 0),t([r()],k.prototype,`history`,void 0),t([r()],k.prototype,`marks`,void 0),k=t([d(`csj-meter-curves`)],k);var A=[],j={critical:`▼`,warning:`▼`,info:`●`,command:`■`},M=[[`earlier`,`‹`,-.5,1],[`later`,`›`,.5,1],[`nearer`,`+`,0,.5],[`farther`,`−`,0,2]];function N(e){let t=e?`minute`:`hour`;return[{days:1,resolution:t},{days:7,resolution:t},{days:90,resolution:`hour`}]}function P(e,{days:t,resolution:n},r){let[i,a]=[r-t*y,r].map(e=>new Date(e*1e3).toISOString().replace(/\.\d+Z$/,`Z`));return`/api/csj_meter/export.csv?${new URLSearchParams({since:i,until:a,meters:e,resolution:n})}`}function be(e,t){return`/api/diagnostics/config_entry/${e}/device/${t}`}var xe=300,F=class extends l{constructor(...e){super(...e),this.busy=!1}static{this.styles=[s,p`
      .row {
        margin-top: 12px;
      }
    `]}render(){let{app:e,meter:t}=this,n=e.hass.user?.is_admin&&t.device_id!==null;return!e.may(`export`)&&!n?a:i`<section class="card">
      <h2>${this.t(`meter.downloads`)}</h2>
      <div class="row">
        ${e.may(`export`)?N(e.may(`see_raw`)).map(e=>i`<button
                ?disabled=${this.busy}
                @click=${()=>this.download(P(t.serial,e,Math.floor(Date.now()/1e3)))}
              >
                ${this.t(`meter.export_by.${e.resolution}`,{span:this.t(`meter.export_spans.${e.days}d`)})}
              </button>`):a}
        ${n?i`<button
              ?disabled=${this.busy}
              @click=${()=>this.download(be(t.bridge,t.device_id))}
            >
              ${this.t(`meter.diagnostics`)}
            </button>`:a}
      </div>
    </section>`}async download(e){this.busy=!0,await this.attempt(async()=>{let t=await this.app.hass.callWS({type:`auth/sign_path`,path:e,expires:xe}),n=document.createElement(`a`);n.href=t.path,n.download=``,n.click()},this.t(`meter.download_began`)),this.busy=!1}};t([u({attribute:!1})],F.prototype,`meter`,void 0),t([r()],F.prototype,`busy`,void 0),F=t([d(`csj-meter-downloads`)],F);var Se=2;function I(e,t,n,r){let i=Array.from({length:n},(n,r)=>e[`${t}_harmonics_l${r+1}`]).filter(e=>Array.isArray(e)),a=Math.max(0,...i.map(e=>e.length));return Array.from({length:a},(e,t)=>{let n=Se+t,a=i.map(e=>e[t]??null),o=r?.[n]??null;return{order:n,values:a,limit:o,over:o!==null&&a.some(e=>e!==null&&e>o)}})}function Ce(e){let t=Math.max(0,...e.flatMap(({values:e,limit:t})=>[...e,t].map(e=>e??0)));if(t===0)return 1;let n=10**Math.floor(Math.log10(t));return([1,2,3,4,6,8,10].find(e=>e*n>=t)??10)*n}var[L,R,we,z]=[720,200,22,40],Te=10,B=class extends l{constructor(...e){super(...e),this.open=!1,this.found=null,this.tables=!1,this.live=new c(this,()=>this.open?{command:`live/subscribe`,serial:this.meter.serial,interval:Te,harmonics:!0}:null,e=>this.found=e.harmonics??this.found)}static{this.styles=[s,p`
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
    `]}willUpdate(e){let t=e.get(`meter`);t!==void 0&&t.serial!==this.meter.serial&&(this.found=null)}render(){return i`<section class="card">
      <details @toggle=${e=>this.open=e.target.open}>
        <summary><h2>${this.t(`meter.harmonics`)}</h2></summary>
        ${this.open?this.content():a}
      </details>
    </section>`}content(){let e=this.meter.limits.harmonics?.voltage??null;if(this.found===null)return this.live.standing===`live`?i`<p class="dim" role="status">${this.t(`meter.harmonics_wait`)}</p>`:i`<csj-standing .app=${this.app} .standing=${this.live.standing} .error=${this.live.error}></csj-standing>`;let{values:t,at:n,error:r}=this.found;return i`
      <p class="small dim">
        ${this.t(`meter.measured_at`,{time:this.app.format.time(n,{seconds:!0})})}
        ${e===null?a:this.t(`meter.harmonics_limits`,{standard:e.standard})}
        ${r?i`<span class="warning">${r}</span>`:a}
      </p>
      <div class="charts">
        ${this.chart(`voltage`,I(t,`voltage`,this.meter.phases,e?.orders??null))}
        ${this.chart(`current`,I(t,`current`,this.meter.phases,null))}
      </div>
    `}chart(t,n){if(!n.length)return a;let r=Ce(n),o=n.filter(e=>e.over).map(({order:e})=>e),s=o.length?this.t(`meter.harmonics_over`,{orders:o.join(`, `)}):this.t(`meter.harmonics_fine`);return i`<div>
      <h3>${this.t(`meter.harmonics_of.${t}`)}</h3>
      ${t===`voltage`&&this.meter.limits.harmonics?.voltage?i`<p class="small ${o.length?`critical`:`good`}">${s}</p>`:a}
      <div class="wide" tabindex="0" role="group" aria-label=${this.t(`meter.harmonics_of.${t}`)}>
        <svg viewBox="0 0 ${L} ${R+we}" aria-hidden="true">
          ${[0,.5,1].map(t=>{let n=10+(R-10)*(1-t);return e`<line class="line" x1=${z} x2=${L} y1=${n} y2=${n} />
              <text x=${z/2-2} y=${n+4}>${this.app.format.number(r*t)} %</text>`})}
          ${n.map((e,t)=>this.bar(e,t,n.length,r))}
        </svg>
      </div>
      <details @toggle=${e=>this.tables=e.target.open}>
        <summary class="small dim">${this.t(`chart.table`)}</summary>
        ${this.tables?this.table(t,n):a}
      </details>
    </div>`}bar({order:t,values:n,limit:r,over:i},o,s,c){let l=(L-z)/s,u=z+o*l,d=l*.76/n.length,f=e=>10+(R-10)*(1-Math.min(e/c,1));return e`
      ${n.map((t,n)=>t===null?a:e`<rect x=${u+l*.12+n*d} y=${f(t)} width=${Math.max(d-.5,1)} height=${R-f(t)}
              fill=${m(n,this.app.hass.themes.darkMode)} />`)}
      ${r===null?a:e`<line class="limit" x1=${u+1} x2=${u+l-1} y1=${f(r)} y2=${f(r)} />`}
      ${t%2||i?e`<text class=${i?`over`:``} x=${u+l/2} y=${R+15}>${t}</text>`:a}
    `}table(e,t){let{format:n}=this.app;return i`<div class="table" tabindex="0" role="region" aria-label=${this.t(`meter.harmonics_of.${e}`)}>
      <table>
        <thead>
          <tr>
            <th class="number" scope="col">${this.t(`meter.order`)}</th>
            ${t[0]?.values.map((e,t)=>i`<th class="number" scope="col">L${t+1}</th>`)}
            <th class="number" scope="col">${this.t(`meter.limit`)}</th>
          </tr>
        </thead>
        <tbody>
          ${t.map(({order:e,values:t,limit:r,over:a})=>i`<tr class=${a?`critical`:``}>
              <th class="number" scope="row">${e}</th>
              ${t.map(e=>i`<td class="number">${n.measured(e,`%`,2)}</td>`)}
              <td class="number">${n.measured(r,`%`,1)}</td>
            </tr>`)}
        </tbody>
      </table>
    </div>`}};t([u({attribute:!1})],B.prototype,`meter`,void 0),t([r()],B.prototype,`open`,void 0),t([r()],B.prototype,`found`,void 0),t([r()],B.prototype,`tables`,void 0),B=t([d(`csj-meter-harmonics`)],B);var Ee=`relay_closed`,V=30,De=.95,Oe=[`missing`,`wrong`,`locked_out`],H=class extends l{static{this.styles=[s,p`
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
    `]}render(){let{health:e}=this.meter;return e===null?a:this.shown(e)}shown(e){let{format:t}=this.app,{clock_drift:n,uptime:r}=this.meter,o=e.status,s=o?.filter(e=>e!==Ee)??[],c=Object.entries(e.failed),l=e=>s.includes(e)?`warning`:``;return i`<section class="card">
      <h2>${this.t(`meter.health`)}</h2>
      <dl>
        ${this.item(`success_rate`,t.percent(e.success_rate),e.success_rate!==null&&e.success_rate<De)}
        ${this.item(`round_trip`,e.round_trip===null?`–`:`${t.number(e.round_trip*1e3,0)} ms`)}
        ${this.item(`lost`,this.t(`meter.lost`,{timeouts:e.timeouts,garbled:e.garbled,requests:e.requests}))}
        ${this.item(`battery`,t.measured(e.battery_voltage,`V`,2),l(`battery_low`)!==``)}
        ${this.item(`temperature`,t.measured(e.temperature,`°C`,1))}
        ${this.item(`clock`,this.drift(n),l(`clock_not_set`)!==``||Math.abs(n??0)>V)}
        ${this.item(`firmware`,[e.firmware,e.hardware].filter(Boolean).join(` / `)||`–`)}
        ${this.item(`uptime`,t.duration(r))}
        ${this.item(`unit_id`,String(e.unit_id??`–`))}
        ${this.item(`profile`,e.profile??`–`)}
        ${e.key===null?a:this.item(`key`,this.t(`meter.keys.${e.key}`),Oe.includes(e.key))}
      </dl>
      <div class="block">
        <h3>${this.t(`meter.status`)}</h3>
        ${s.length?i`<ul class="warning">
              ${s.map(e=>i`<li>${this.t(`meter.status_words.${e}`)}</li>`)}
            </ul>`:i`<p class=${o===null?`dim`:`good`}>${this.t(o===null?`meter.status_unknown`:`meter.status_fine`)}</p>`}
      </div>
      ${c.length?i`<div class="block">
            <h3>${this.t(`meter.failed`)}</h3>
            <ul>
              ${c.map(([e,t])=>i`<li>${this.t(`meter.blocks.${e}`)}: ${t}</li>`)}
            </ul>
          </div>`:a}
    </section>`}drift(e){if(e===null)return`–`;let t=this.app.format.duration(Math.abs(e));return Math.abs(e)<1?this.t(`meter.clock_right`):this.t(e>0?`meter.clock_ahead`:`meter.clock_behind`,{duration:t})}item(e,t,n=!1){return i`<div>
      <dt>${this.t(`meter.of_health.${e}`)}</dt>
      <dd class=${n?`warning`:``}>
        ${t} ${n?i`<span aria-hidden="true">⚠</span><span class="hidden-label">${this.t(`meter.look_at_it`)}</span>`:a}
      </dd>
    </div>`}};t([u({attribute:!1})],H.prototype,`meter`,void 0),H=t([d(`csj-meter-health`)],H);var ke=[`alert`,`meter`,`command`,`contact`,`payment`],Ae=25,je=30,U=class extends l{constructor(...e){super(...e),this.serial=``,this.contact=null,this.version=0,this.sources=[],this.events=null,this.next=null,this.busy=!1,this.error=``,this.turn=0,this.pages=1}static{this.styles=[s,p`
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
        td.text {
          display: block;
        }
      }
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.pages===1&&!this.busy&&void this.load(),je*1e3)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.turn+=1}willUpdate(e){e.has(`serial`)&&(this.events=null),(e.has(`serial`)||e.has(`sources`)||e.has(`version`))&&this.load()}async load(e=null){let t=++this.turn;this.busy=!0;try{let n=await this.app.call(`events`,{serial:this.serial,limit:Ae,...this.sources.length?{sources:this.sources}:{},...e===null?{}:{before:e}});if(t!==this.turn)return;this.pages=e===null?1:this.pages+1,this.events=e===null?n.events:[...this.events??[],...n.events],this.next=n.next,this.error=``}catch(e){t===this.turn&&(this.error=this.app.sentence(e))}finally{t===this.turn&&(this.busy=!1)}}render(){let{app:e,events:t}=this;return i`<section class="card" aria-busy=${this.busy}>
      <div class="row spread">
        <h2>${this.t(`meter.log`)}</h2>
        <span class="small dim">${this.t(`meter.last_success`,{at:e.format.dateTime(this.contact,{seconds:!0})})}</span>
      </div>
      <div class="group filters" role="group" aria-label=${this.t(`meter.sources`)}>
        ${ke.filter(e=>this.mayBe(e)).map(e=>{let t=this.sources.includes(e);return i`<button class=${t?`on`:``} aria-pressed=${t} @click=${()=>this.toggle(e)}>
            ${this.t(`meter.of_source.${e}`)}
          </button>`})}
      </div>
      ${this.error?i`<p class="critical" role="alert">${this.error}</p>`:a}
      ${t===null?i`<p class="dim" role="status">${this.error?``:this.t(`notice.wait`)}</p>`:t.length?this.table(t):i`<p class="dim">${this.t(`meter.no_events`)}</p>`}
      ${this.next===null?a:i`<button class="plain" ?disabled=${this.busy} @click=${()=>this.load(this.next)}>
            ${this.t(this.busy?`notice.wait`:`meter.older`)}
          </button>`}
    </section>`}mayBe(e){let{app:t}=this;return e===`alert`?t.may(`see_alerts`):e===`command`?t.may(`see_diagnostics`):e!==`payment`||t.may(`see_money`)}table(e){return i`<table>
      <thead>
        <tr>
          <th scope="col">${this.t(`chart.time`)}</th>
          <th scope="col">${this.t(`meter.source`)}</th>
          <th scope="col">${this.t(`meter.what`)}</th>
          <th scope="col">${this.t(`meter.by`)}</th>
        </tr>
      </thead>
      <tbody>
        ${e.map(e=>i`<tr>
            <td class="dim">${this.app.format.dateTime(e.at,{seconds:!0})}</td>
            <td><span class="chip ${e.severity??`neutral`}">${this.t(`meter.of_source.${e.source}`)}</span></td>
            <td class="text">${this.text(e)}</td>
            <td class="dim">${e.by??``}</td>
          </tr>`)}
      </tbody>
    </table>`}text({alert_id:e,text:t}){if(e===void 0)return t;let n=h(`alerts`,e);return i`<a href=${n} @click=${e=>o(e,n)}>${t}</a>`}toggle(e){this.sources=this.sources.includes(e)?this.sources.filter(t=>t!==e):[...this.sources,e]}};t([u()],U.prototype,`serial`,void 0),t([u({attribute:!1})],U.prototype,`contact`,void 0),t([u({attribute:!1})],U.prototype,`version`,void 0),t([r()],U.prototype,`sources`,void 0),t([r()],U.prototype,`events`,void 0),t([r()],U.prototype,`next`,void 0),t([r()],U.prototype,`busy`,void 0),t([r()],U.prototype,`error`,void 0),U=t([d(`csj-meter-log`)],U);var Me={ok:`good`,low:`warning`,very_low:`critical`,arrears:`critical`},W=class extends l{static{this.styles=[s,p`
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
    `]}render(){let{money:e}=this,{format:t}=this.app,n=n=>t.credit(n,e.unit);return i`<section class="card">
      <div class="row spread">
        <h2>${this.t(`meter.money`)}</h2>
        ${e.state===null?a:i`<span class="chip dot ${Me[e.state]}">${this.t(`meter.credit_states.${e.state}`)}</span>`}
      </div>
      <p class="balance number">${n(e.balance)}</p>
      <p>${this.forecast()}</p>
      <dl>
        ${this.item(`credit_alarm_1`,n(e.credit_alarm_1))} ${this.item(`credit_alarm_2`,n(e.credit_alarm_2))}
        ${this.item(`overdraft_limit`,n(e.overdraft_limit))} ${this.item(`last_top_up`,n(e.last_top_up))}
        ${this.item(`top_up_count`,t.number(e.top_up_count,0))} ${this.payment()}
      </dl>
      ${e.tariffs.length?this.tariffs():a}
    </section>`}forecast(){let{forecast:e,unit:t}=this.money;if(e===null)return this.t(`meter.outlooks.unknown`);let n=e.outlook===`runs_out`&&e.runs_out_at!==null;return[this.t(`meter.outlooks.${e.outlook}`,n?{date:this.app.format.date(e.runs_out_at)}:{date:`–`}),e.per_day===null?``:this.t(`meter.per_day`,{amount:this.app.format.credit(e.per_day,t)})].filter(Boolean).join(` `)}payment(){let e=this.money.last_payment;if(e===null)return a;let{format:t}=this.app;return this.item(`last_payment`,`${t.credit(e.amount,e.unit)}, ${this.t(`meter.payments.${e.state}`)}, ${t.dateTime(e.at)}`)}item(e,t){return i`<div>
      <dt>${this.t(`meter.of_money.${e}`)}</dt>
      <dd class="number">${t}</dd>
    </div>`}tariffs(){let{format:e}=this.app;return i`<div class="scroll" tabindex="0" role="region" aria-label=${this.t(`meter.tariff`)}>
      <table>
        <thead>
          <tr>
            <th scope="col">${this.t(`meter.tariff`)}</th>
            <th class="number" scope="col">${this.t(`meter.price`)}</th>
            <th class="number" scope="col">${this.t(`meter.energy_import`)}</th>
          </tr>
        </thead>
        <tbody>
          ${this.money.tariffs.map(({tariff:t,price:n,price_unit:r,energy_import:o})=>i`<tr>
              <th scope="row">
                T${t} ${t===this.money.tariff?i`<span class="chip good">${this.t(`meter.in_force`)}</span>`:a}
              </th>
              <td class="number">${e.measured(n,r,4)}</td>
              <td class="number">${e.number(o,2)} kWh</td>
            </tr>`)}
        </tbody>
      </table>
    </div>`}};t([u({attribute:!1})],W.prototype,`money`,void 0),W=t([d(`csj-meter-money`)],W);var G=120;function K(e,t,n){if(!e||!t||!n)return G;let r=(e**2+t**2-n**2)/(2*e*t);return Math.abs(r)<=1?J(Math.acos(r)):G}function Ne(e,t){let[n,r,i]=[e.voltage_l1,e.voltage_l2,e.voltage_l3],a=t?1:-1;return[{phase:1,angle:0,size:n??0},{phase:2,angle:a*K(n,r,e.voltage_l1_l2),size:r??0},{phase:3,angle:-a*K(i,n,e.voltage_l3_l1),size:i??0}]}function Pe(e,t){return t.map(({phase:t,angle:n})=>{let r=e[`active_power_l${t}`]??0,i=e[`reactive_power_l${t}`]??0;return{phase:t,angle:n-J(Math.atan2(i,r)),size:e[`current_l${t}`]??0}})}function q({angle:e,size:t},n,r){let i=n?t/n*r:0,a=(e+90)*Math.PI/180;return[i*Math.cos(a),-i*Math.sin(a)]}function J(e){return e*180/Math.PI}var Y=92,Fe=64,Ie=[[`voltage`,`V`,1],[`current`,`A`,3],[`active_power`,`W`,1],[`reactive_power`,`var`,1],[`power_factor`,null,3],[`voltage_thd`,`%`,1],[`current_thd`,`%`,1]],X=class extends l{constructor(...e){super(...e),this.values={}}static{this.styles=[s,p`
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
    `]}render(){return i`<section class="card">
      <h2>${this.t(`meter.phases`)}</h2>
      <div class="both">
        <div>
          ${this.diagram()}
          <p class="small dim" aria-hidden="true">${this.t(`meter.phasor_key`)}</p>
        </div>
        ${this.table()}
      </div>
    </section>`}tint(e){return m(e-1,this.app.hass.themes.darkMode)}diagram(){let t=this.meter.health?.status?.includes(`phase_sequence_wrong`)??!1,n=Ne(this.values,t),r=Pe(this.values,n),a=e=>Math.max(...e.map(({size:e})=>e)),o=r.map(({phase:e,angle:t},r)=>this.t(`meter.phasor_phase`,{phase:e,angle:this.app.format.number(Z(n[r].angle),0),shift:this.app.format.number(Z(n[r].angle-t),0)})).join(` `);return i`<svg viewBox="-115 -115 230 230" role="img" aria-label="${this.t(`meter.phasor`)} ${o}">
      <circle class="circle" r=${Y} />
      <path class="circle" d="M-${Y} 0H${Y}M0 -${Y}V${Y}" stroke-dasharray="2 4" />
      ${n.map(e=>this.arrow(e,a(n),Y,2,``))}
      ${r.map(e=>this.arrow(e,a(r),Fe,4,`5 3`))}
      ${n.map(t=>{let[n,r]=q({...t,size:1},1,105);return e`<text x=${n} y=${r}>L${t.phase}</text>`})}
    </svg>`}arrow(t,n,r,i,o){let[s,c]=q(t,n,r);if(Math.hypot(s,c)<1)return a;let l=this.tint(t.phase),[u,d]=[155,-155].map(e=>q({...t,angle:t.angle+e,size:1},1,9));return e`<g stroke=${l} fill=${l}>
      <line x2=${s} y2=${c} stroke-width=${i} stroke-dasharray=${o} stroke-linecap="butt" />
      <path d="M${s} ${c}l${u[0]} ${u[1]}L${s+d[0]} ${c+d[1]}z" />
    </g>`}table(){let{format:e}=this.app,t=[1,2,3].slice(0,this.meter.phases),n=Ie.filter(([e])=>t.some(t=>this.values[`${e}_l${t}`]!==void 0)),r=[`voltage`,`current`].filter(e=>this.values[`${e}_unbalance`]!==void 0);return i`<div class="scroll" tabindex="0" role="region" aria-label=${this.t(`meter.phases`)}>
      <table>
        <thead>
          <tr>
            <td></td>
            ${t.map(e=>i`<th class="number" scope="col"><span class="swatch" style="background:${this.tint(e)}"></span> L${e}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${n.map(([n,r,a])=>i`<tr>
              <th scope="row">${this.t(`meter.of_phase.${n}`)}</th>
              ${t.map(t=>{let o=this.values[`${n}_l${t}`],s=o!=null&&Math.abs(o)>=1e3&&(r===`W`||r===`var`);return i`<td class="number">${e.measured(o,r,s?2:a)}</td>`})}
            </tr>`)}
          ${r.map(n=>i`<tr>
              <th scope="row">${this.t(`meter.of_phase.${n}_unbalance`)}</th>
              <td class="number" colspan=${t.length}>${e.measured(this.values[`${n}_unbalance`],`%`,1)}</td>
            </tr>`)}
        </tbody>
      </table>
    </div>`}};t([u({attribute:!1})],X.prototype,`meter`,void 0),t([u({attribute:!1})],X.prototype,`values`,void 0),X=t([d(`csj-meter-phases`)],X);function Z(e){return((e+180)%360+360)%360-180}var Le=[1,2,3],Q=class extends l{constructor(...e){super(...e),this.values={},this.live=null,this.limits=null}static{this.styles=[s,p`
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
    `]}render(){let{row:e,app:t}=this,{format:n}=t,r=e.device_id!==null&&t.hass.user?.is_admin?`/config/devices/device/${e.device_id}`:null;return i`<section class="card" aria-label=${e.name}>
      <div class="row head">
        <h2>${e.name}</h2>
        ${this.chips()}
      </div>
      <div class="small dim">
        ${[e.circuit,e.bridge_name,e.model,e.serial].filter(Boolean).join(` · `)}
        ${r===null?a:i` · <a href=${r} @click=${e=>o(e,r)}>${this.t(`meter.device`)}</a>`}
      </div>
      <dl class="number">
        <div class="power">
          <dt>${this.t(`meter.quantities.power`)}</dt>
          <dd>${n.measured(this.values.active_power,`W`)}</dd>
        </div>
        ${this.phases(`voltage`,`V`,1)} ${this.phases(`current`,`A`,2)}
        ${e.balance===null?a:i`<div>
              <dt>${this.t(`meter.balance`)}</dt>
              <dd>${n.credit(e.balance.value,e.balance.unit)}</dd>
            </div>`}
        <div>
          <dt>${this.t(`meter.last_contact`)}</dt>
          <dd>${this.contact()}</dd>
        </div>
      </dl>
      ${this.live?.error?i`<p class="small warning" role="status">${this.t(`meter.not_now`,{error:this.live.error})}</p>`:a}
      ${this.alerts()}
    </section>`}chips(){let{state:e,alerts:t}=this.row;return i`<span class="chip dot ${e===`online`?`good`:e===`disabled`?`neutral`:`warning`}">${this.t(`meter_states.${e}`)}</span>
      ${t?.severity?i`<span class="chip dot ${t.severity}">${this.app.word(`severities.${t.severity}`)}</span>`:t===null?a:i`<span class="chip neutral">${this.t(`meter.no_alerts`)}</span>`}`}phases(e,t,n){let r=Le.filter(t=>this.values[`${e}_l${t}`]!==void 0);return r.length?i`<div>
      <dt>${this.t(`meter.quantities.${e}`)}</dt>
      <dd class="several">
        ${r.map(o=>{let s=this.values[`${e}_l${o}`],c=e===`voltage`&&this.isWrong(s);return i`<span class=${c?`critical`:``}
            >${r.length>1?i`<small>L${o}</small> `:a}${this.app.format.measured(s,t,n)}
            ${c?i`<span aria-hidden="true">⚠</span><span class="hidden-label">${this.t(`meter.out_of_limits`)}</span>`:a}</span
          >`})}
      </dd>
    </div>`:a}isWrong(e){let t=this.limits;return e==null||t===null?!1:e<(t.undervoltage??t.sag??-1/0)||e>(t.swell??1/0)}contact(){let[e,t]=[this.row.last_contact,this.live?.at??this.row.measured_at],n=e===null||t!==null&&Date.parse(t)>Date.parse(e)?t:e;return this.app.format.ago(n)}alerts(){let e=this.row.alerts;return e?.active?i`<ul>
      ${e.titles.map((t,n)=>{let r=h(`alerts`,e.alert_ids[n]);return i`<li><a href=${r} @click=${e=>o(e,r)}>${t}</a></li>`})}
    </ul>`:a}};t([u({attribute:!1})],Q.prototype,`row`,void 0),t([u({attribute:!1})],Q.prototype,`values`,void 0),t([u({attribute:!1})],Q.prototype,`live`,void 0),t([u({attribute:!1})],Q.prototype,`limits`,void 0),Q=t([d(`csj-meter-strip`)],Q);var Re=30,ze=4,$=class extends l{constructor(...e){super(...e),this.serial=``,this.detail=null,this.interval=2,this.points=[],this.done=0,this.event=null,this.meters=new f(this,()=>({command:`meters/subscribe`}),`meters`,e=>e.serial),this.live=new c(this,()=>this.app.may(`see_raw`)?{command:`live/subscribe`,serial:this.serial,interval:this.interval}:null,e=>{this.event=e,this.points=me(this.points,e.live)})}static{this.styles=[s,p`
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
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>void this.renew(),Re*1e3),this.hasUpdated&&this.renew()}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer)}willUpdate(e){e.has(`serial`)&&(this.detail=this.event=null,this.points=[],this.renew())}render(){let e=this.meters.rows.get(this.serial),t=h(`meters`);return i`<div class="stack">
      <nav aria-label=${this.t(`meter.way_back`)}>
        <a href=${t} @click=${e=>o(e,t)}>← ${this.t(`meter.back`)}</a>
      </nav>
      <csj-standing .app=${this.app} .standing=${this.meters.standing} .error=${this.meters.error}></csj-standing>
      ${e===void 0?this.missing():this.meter(e)}
    </div>`}missing(){if(this.meters.standing!==`live`)return a;let e=this.t(this.meters.loading?`meters.loading`:`meter.none`);return i`<csj-notice .app=${this.app} kind="empty" .text=${e}></csj-notice>`}meter(e){let{app:t,detail:n}=this,r=this.event?.live??null,o=r===null||r.error!==null?e.values:r.values,s=this.event?.every??this.interval;return i`
      <csj-meter-strip .app=${t} .row=${e} .values=${o} .live=${r} .limits=${n?.limits.voltage??null}></csj-meter-strip>
      ${this.live.error===null?a:i`<csj-standing .app=${t} .standing=${this.live.standing} .error=${this.live.error}></csj-standing>`}
      <csj-meter-curves
        .app=${t}
        .serial=${this.serial}
        .quantities=${n?.quantities??[]}
        .limits=${n?.limits.voltage??null}
        .points=${this.points}
        .pause=${Math.max(s*ze,15)}
        .every=${this.event?.every??null}
        .interval=${this.interval}
        .version=${this.done}
        @interval=${e=>this.interval=e.detail}
      ></csj-meter-curves>
      ${n===null?a:this.parts({...n,...e},o)}
    `}parts(e,t){let{app:n}=this;return i`
      <div class="parts">
        <div class="column">
          ${e.phases>1?i`<csj-meter-phases .app=${n} .meter=${e} .values=${t}></csj-meter-phases>`:a}
          ${e.health===null?a:i`<csj-meter-health .app=${n} .meter=${e}></csj-meter-health>`}
          <csj-meter-downloads .app=${n} .meter=${e}></csj-meter-downloads>
        </div>
        <div class="column">
          <csj-meter-commands .app=${n} .meter=${e} @done=${this.commanded}></csj-meter-commands>
          ${e.money===null?a:i`<csj-meter-money .app=${n} .money=${e.money}></csj-meter-money>`}
        </div>
      </div>
      ${e.capabilities.includes(`harmonics`)&&n.may(`see_raw`)?i`<csj-meter-harmonics .app=${n} .meter=${e}></csj-meter-harmonics>`:a}
      <csj-meter-log .app=${n} .serial=${this.serial} .contact=${e.last_contact} .version=${this.done}></csj-meter-log>
    `}commanded(){this.done+=1,this.renew()}async renew(){let{serial:e}=this;if(this.app!==void 0&&e)try{let{meter:t}=await this.app.call(`meter`,{serial:e});e===this.serial&&(this.detail=t)}catch{this.isConnected&&this.detail===null&&setTimeout(()=>this.isConnected&&void this.renew(),3e3)}}};t([u()],$.prototype,`serial`,void 0),t([r()],$.prototype,`detail`,void 0),t([r()],$.prototype,`interval`,void 0),t([r()],$.prototype,`points`,void 0),t([r()],$.prototype,`done`,void 0),$=t([d(`csj-meter-page`)],$);export{$ as CsjMeterPage};