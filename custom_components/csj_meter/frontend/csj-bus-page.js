import{C as e,D as t,S as n,T as r,_ as i,f as a,g as o,h as s,i as c,k as l,m as u,t as d,x as f}from"./elements.js";import{t as p}from"./card_table.js";import{t as m}from"./panel.js";import"./csj-dialog.js";import{i as h,n as g,r as _,t as v}from"./progress_bar.js";var y=180,b=.95;function x(e,t){return e.last_contact===null?e.requests>0?`silent`:`none`:(t-Date.parse(e.last_contact))/1e3>y?`silent`:e.success_rate!==null&&e.success_rate<b?`losing`:`none`}var S={silent:0,losing:1,none:2};function C(e,t){let n=e=>x(e,t)===`losing`?e.success_rate??0:0;return[...e].sort((e,r)=>S[x(e,t)]-S[x(r,t)]||n(e)-n(r)||e.unit_id-r.unit_id)}var w={setup_in_progress:`starting`,unload_in_progress:`starting`,setup_retry:`retrying`,setup_error:`failed`,migration_error:`failed`,failed_unload:`failed`};function T({state:e,up:t}){return e===`loaded`?t===!1?`down`:`up`:w[e]??`off`}var E={up:`good`,down:`critical`,starting:`neutral`,retrying:`warning`,failed:`critical`,off:`neutral`};function D(e){return e<.5?`free`:e<.8?`busy`:`full`}function O(e){return e>=.8?`well`:e>=.5?`fair`:`poor`}function k(e){let t=[];for(let n of[...e].sort((e,t)=>e-t)){let e=t.at(-1);e!==void 0&&n===e[1]+1?e[1]=n:t.push([n,n])}return t.map(([e,t])=>e===t?`${e}`:`${e}–${t}`).join(`, `)}var A=247,j=class extends u{constructor(...e){super(...e),this.taken=0,this.wrongRange=!1,this.scan=new h(this),this.add=async()=>{let[e,t]=[this.field(`name`).value.trim(),this.field(`circuit`).value.trim()],n=await this.app.call(`bus/add`,{bridge:this.row.bridge,unit_id:this.taken,...e?{name:e}:{},...t?{circuit:t}:{}});this.toast(this.t(`bus.add.done`,{name:n.name}))}}static{this.styles=[i,g,l`
      summary {
        cursor: pointer;
        font-weight: 500;
      }
      details > .stack {
        margin-top: 12px;
      }
      .fields {
        align-items: end;
      }
      input[type="number"] {
        width: 96px;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        padding: 8px 0;
        border-bottom: 1px solid var(--csj-line);
        min-height: 44px;
      }
      csj-dialog input {
        width: 100%;
      }
    `]}get isReady(){return this.row.state===`loaded`}render(){return t`<details>
        <summary>${this.t(`bus.scan.title`)}</summary>
        <div class="stack">
          <p class="dim">${this.t(`bus.scan.about`)}</p>
          <form class="row fields" @submit=${this.begin}>
            ${this.bound(`first`,1)} ${this.bound(`last`,A)}
            ${_(this.scan,this.t(`bus.scan.begin`),this.t(`bus.scan.cancel`),this.isReady)}
          </form>
          <div class="stack" aria-live="polite">${this.outcome()}</div>
        </div>
      </details>
      ${this.question()}`}bound(e,n){return t`<label
      >${this.t(`bus.scan.${e}`)}
      <input
        name=${e}
        type="number"
        required
        min="1"
        max=${A}
        value=${n}
        ?disabled=${this.scan.isRunning}
    /></label>`}outcome(){let{scan:e}=this;return this.wrongRange?t`<p class="critical">${this.t(`bus.scan.wrong_range`)}</p>`:e.isRunning?this.underWay(e.progress):e.error===null?e.interrupted?t`<p class="warning">${this.t(`bus.scan.interrupted`)}</p>`:e.result===null?r:this.found(e.result):t`<p class="critical">${this.app.sentence(e.error)}</p>`}underWay(e){let t=this.t(`bus.scan.progress`);if(e===null)return v(t,0,t);let{unit_id:n,done:r,total:i,found:a}=e;return v(t,r/i,this.t(`bus.scan.state`,{unit_id:n,done:r,total:i,found:a}))}found({hits:e,garbled:n}){return t`
      <p>${this.t(e.length?`bus.scan.found`:`bus.scan.nothing`,{count:e.length})}</p>
      ${e.length?t`<ul>${e.map(e=>this.hit(e.unit_id))}</ul>`:r}
      ${n.length?t`<p class="warning">${this.t(`bus.scan.garbled`,{unit_ids:k(n)})}</p>`:r}
    `}hit(e){let n=this.row.units.find(t=>t.unit_id===e),i=n?.serial?m(`meters`,n.serial):null;return t`<li class="row spread">
      <span>
        <span class="number">${this.t(`bus.scan.unit`,{unit_id:e})}</span>
        ${n===void 0?t`<span class="dim">${this.t(`bus.scan.stranger`)}</span>`:i===null?n.name:t`<a href=${i} @click=${e=>a(e,i)}>${n.name}</a>`}
      </span>
      ${n===void 0&&this.app.may(`configure`)?t`<button ?disabled=${!this.isReady} @click=${()=>this.ask(e)}>${this.t(`bus.scan.add`)}</button>`:r}
    </li>`}question(){return this.app.may(`configure`)?t`<csj-dialog
      .app=${this.app}
      .heading=${this.t(`bus.add.title`,{unit_id:this.taken,bridge:this.row.name})}
      .action=${this.t(`bus.add.action`)}
      .work=${this.add}
    >
      <div class="stack">
        <p class="dim">${this.t(`bus.add.about`)}</p>
        ${[`name`,`circuit`].map(e=>t`<label
            >${this.t(`bus.add.${e}`)}
            <input name=${e} maxlength="64" autocomplete="off" />
            <span>${this.t(`bus.add.${e}_hint`)}</span></label
          >`)}
      </div>
    </csj-dialog>`:r}begin(e){e.preventDefault();let t=new FormData(e.target),[n,r]=[Number(t.get(`first`)),Number(t.get(`last`))];this.wrongRange=n>r,this.wrongRange||this.scan.run({command:`bus/scan`,bridge:this.row.bridge,first:n,last:r})}field(e){return this.dialog.querySelector(`[name=${e}]`)}async ask(e){this.taken=e;for(let e of[`name`,`circuit`])this.field(e).value=``;await this.updateComplete,await this.dialog.show()}};o([e({attribute:!1})],j.prototype,`row`,void 0),o([n()],j.prototype,`taken`,void 0),o([n()],j.prototype,`wrongRange`,void 0),o([f(`csj-dialog`)],j.prototype,`dialog`,void 0),j=o([s(`csj-bus-scan`)],j);var M=class extends u{static{this.styles=[i,p,l`
      .gauges {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(240px, 100%), 1fr));
        gap: 16px 24px;
      }
      .gauge {
        display: grid;
        gap: 4px;
        align-content: start;
      }
      .gauge .value {
        font-size: 20px;
      }
      .bar {
        height: 8px;
        border-radius: 4px;
        background: color-mix(in srgb, var(--csj-text) 14%, transparent);
        overflow: hidden;
      }
      .bar div {
        height: 100%;
        border-radius: 4px;
        background: currentColor;
      }
      .zero {
        color: var(--csj-dim);
      }
      @media (max-width: 700px) {
        .cards td.zero {
          display: none;
        }
      }
      h2,
      td {
        overflow-wrap: anywhere;
      }
    `]}render(){let{row:e}=this,n=T(e);return t`<section class="card stack" aria-labelledby="name">
      <div class="row spread">
        <div>
          <h2 id="name">${e.name}</h2>
          <p class="small dim">${this.t(`bus.links.${e.link}`)}</p>
        </div>
        <span class="chip dot ${E[n]}">${this.t(`bus.states.${n}`)}</span>
      </div>
      ${e.reason?t`<p class=${E[n]}>${e.reason}</p>`:r}
      ${e.state===`loaded`?this.line(e):t`<p class="dim">${this.t(`bus.remedies.${n}`)}</p>`}
      ${e.link!==`pulse`&&this.app.may(`command`)?t`<csj-bus-scan .app=${this.app} .row=${e}></csj-bus-scan>`:r}
    </section>`}line(e){return e.total===null?t`<p class="dim">${this.t(`bus.no_figures`)}</p>`:t`
      ${e.up===!1?t`<p class="critical">${this.t(`bus.remedies.down`)}</p>`:r}
      ${this.gauges(e)} ${e.units.length?this.table(e):t`<p class="dim">${this.t(`bus.no_meters`)}</p>`}
    `}gauges({load:e,efficiency:n,total:i}){let{format:a}=this.app;return t`<div class="gauges">
      ${e===null?r:this.gauge(`load`,e,D(e),{free:`good`,busy:`warning`,full:`critical`}[D(e)])}
      ${n===null?r:this.gauge(`efficiency`,n,O(n),{well:`good`,fair:`warning`,poor:`critical`}[O(n)])}
      ${i===null?r:t`<div class="gauge">
            <h3>${this.t(`bus.total`)}</h3>
            <span class="value number">${this.t(`bus.requests_of`,{count:a.number(i.requests,0)})}</span>
            <p class="small dim">
              ${this.t(`bus.total_words`,{timeouts:a.number(i.timeouts,0),garbled:a.number(i.garbled,0),stale:a.number(i.stale,0)})}
            </p>
          </div>`}
    </div>`}gauge(e,n,r,i){let a=Math.round(Math.min(Math.max(n,0),1)*100),o=this.t(`bus.${e}_words.${r}`);return t`<div class="gauge">
      <h3 id=${e}>${this.t(`bus.${e}`)}</h3>
      <span class="value number">${this.app.format.percent(n,0)}</span>
      <div
        class="bar ${i}"
        role="meter"
        aria-labelledby=${e}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${a}
        aria-valuetext=${`${this.app.format.percent(n,0)}: ${o}`}
      >
        <div style="width:${a}%"></div>
      </div>
      <p class="small dim">${o}</p>
    </div>`}table(e){let n=Date.now(),r=(e,n=!0)=>t`<th role="columnheader" scope="col" class=${n?`number`:``}>${this.t(`bus.columns.${e}`)}</th>`;return t`<div class="scroll">
      <table class="cards" role="table" aria-label=${this.t(`bus.table`,{bridge:e.name})}>
        <thead role="rowgroup">
          <tr role="row">
            ${r(`meter`,!1)} ${r(`unit_id`)} ${r(`success_rate`)} ${r(`requests`)}
            ${r(`timeouts`)} ${r(`garbled`)} ${r(`stale`)} ${r(`round_trip`)}
            ${r(`last_contact`,!1)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${c(C(e.units,n),e=>e.unit_id,e=>this.unit(e,n))}
        </tbody>
      </table>
    </div>`}unit(e,n){let{format:i}=this.app,a=x(e,n),o=(e,n,r=``)=>t`<td role="cell" class="number ${r}" data-label=${this.t(`bus.columns.${e}`)}>${n}</td>`,s=t=>o(t,i.number(e[t],0),e[t]?``:`zero`);return t`<tr role="row">
      <td role="cell" class="first">
        ${this.name(e)}
        ${a===`none`?r:t` <span class="chip dot ${a===`silent`?`critical`:`warning`}">${this.t(`bus.troubles.${a}`)}</span>`}
      </td>
      ${o(`unit_id`,String(e.unit_id))}
      ${o(`success_rate`,i.percent(e.success_rate),a===`losing`?`warning`:``)}
      ${o(`requests`,i.number(e.requests,0))} ${s(`timeouts`)} ${s(`garbled`)} ${s(`stale`)}
      ${o(`round_trip`,e.round_trip===null?`–`:i.measured(e.round_trip*1e3,`ms`,0))}
      <td role="cell" data-label=${this.t(`bus.columns.last_contact`)} class=${a===`silent`?`critical`:``}>
        ${e.last_contact===null?this.t(`bus.never`):i.ago(e.last_contact,Math.max(n,Date.parse(e.last_contact)))}
      </td>
    </tr>`}name(e){if(e.serial===null)return e.name;let n=m(`meters`,e.serial);return t`<a href=${n} @click=${e=>a(e,n)}>${e.name}</a>`}};o([e({attribute:!1})],M.prototype,`row`,void 0),M=o([s(`csj-bus-bridge`)],M);var N=class extends u{constructor(...e){super(...e),this.bridges=new d(this,()=>({command:`bus/subscribe`}),`bridges`,e=>e.bridge)}render(){let{rows:e,standing:n,error:i,loading:a}=this.bridges,o=[...e.values()].sort((e,t)=>e.name.localeCompare(t.name,void 0,{numeric:!0}));return t`<div class="stack">
      <csj-standing .app=${this.app} .standing=${n} .error=${i}></csj-standing>
      ${c(o,({bridge:e})=>e,e=>t`<csj-bus-bridge .app=${this.app} .row=${e}></csj-bus-bridge>`)}
      ${!o.length&&n===`live`?t`<csj-notice
            .app=${this.app}
            .kind=${a?`wait`:`empty`}
            .text=${this.t(a?`bus.loading`:`bus.none`)}
          ></csj-notice>`:r}
    </div>`}};N=o([s(`csj-bus-page`)],N);export{N as CsjBusPage};