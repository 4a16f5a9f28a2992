import{c as e,d as t,f as n,g as r,h as i,i as a,l as o,o as s,p as c,s as l,t as u,v as d}from"./elements.js";import{t as f}from"./card_table.js";import{t as p}from"./panel.js";import{t as m}from"./job.js";var h=180,g=.95;function _(e,t){return e.last_contact===null?e.requests>0?`silent`:`none`:(t-Date.parse(e.last_contact))/1e3>h?`silent`:e.success_rate!==null&&e.success_rate<g?`losing`:`none`}var v={silent:0,losing:1,none:2};function y(e,t){let n=e=>_(e,t)===`losing`?e.success_rate??0:0;return[...e].sort((e,r)=>v[_(e,t)]-v[_(r,t)]||n(e)-n(r)||e.unit_id-r.unit_id)}var b={setup_in_progress:`starting`,unload_in_progress:`starting`,setup_retry:`retrying`,setup_error:`failed`,migration_error:`failed`,failed_unload:`failed`};function x({state:e,up:t}){return e===`loaded`?t===!1?`down`:`up`:b[e]??`off`}var S={up:`good`,down:`critical`,starting:`neutral`,retrying:`warning`,failed:`critical`,off:`neutral`};function C(e){return e<.5?`free`:e<.8?`busy`:`full`}function w(e){return e>=.8?`well`:e>=.5?`fair`:`poor`}function T(e){let t=[];for(let n of[...e].sort((e,t)=>e-t)){let e=t.at(-1);e!==void 0&&n===e[1]+1?e[1]=n:t.push([n,n])}return t.map(([e,t])=>e===t?`${e}`:`${e}–${t}`).join(`, `)}var E=247,D=class extends s{constructor(...e){super(...e),this.taken=0,this.wrongRange=!1,this.scan=new m(this),this.add=async()=>{let[e,t]=[this.field(`name`).value.trim(),this.field(`circuit`).value.trim()],n=await this.app.call(`bus/add`,{bridge:this.row.bridge,unit_id:this.taken,...e?{name:e}:{},...t?{circuit:t}:{}});this.toast(this.t(`bus.add.done`,{name:n.name}))}}static{this.styles=[o,d`
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
    `]}get isReady(){return this.row.state===`loaded`}render(){return r`<details>
        <summary>${this.t(`bus.scan.title`)}</summary>
        <div class="stack">
          <p class="dim">${this.t(`bus.scan.about`)}</p>
          <form class="row fields" @submit=${this.begin}>
            ${this.bound(`first`,1)} ${this.bound(`last`,E)}
            ${this.scan.isRunning?r`<button type="button" @click=${()=>this.scan.cancel()}>${this.t(`bus.scan.cancel`)}</button>`:r`<button class="main" ?disabled=${!this.isReady}>${this.t(`bus.scan.begin`)}</button>`}
          </form>
          <div class="stack" aria-live="polite">${this.outcome()}</div>
        </div>
      </details>
      ${this.question()}`}bound(e,t){return r`<label
      >${this.t(`bus.scan.${e}`)}
      <input
        name=${e}
        type="number"
        required
        min="1"
        max=${E}
        value=${t}
        ?disabled=${this.scan.isRunning}
    /></label>`}outcome(){let{scan:e}=this;return this.wrongRange?r`<p class="critical">${this.t(`bus.scan.wrong_range`)}</p>`:e.isRunning?this.underWay(e.progress):e.error===null?e.interrupted?r`<p class="warning">${this.t(`bus.scan.interrupted`)}</p>`:e.result===null?i:this.found(e.result):r`<p class="critical">${this.app.sentence(e.error)}</p>`}underWay(e){let t=this.t(`bus.scan.progress`);return e===null?r`<progress aria-label=${t}></progress>`:r`<progress aria-label=${t} max=${e.total} .value=${e.done}></progress>
      <p class="small dim number">
        ${this.t(`bus.scan.state`,{unit_id:e.unit_id,done:e.done,total:e.total,found:e.found})}
      </p>`}found({hits:e,garbled:t}){return r`
      <p>${this.t(e.length?`bus.scan.found`:`bus.scan.nothing`,{count:e.length})}</p>
      ${e.length?r`<ul>${e.map(e=>this.hit(e.unit_id))}</ul>`:i}
      ${t.length?r`<p class="warning">${this.t(`bus.scan.garbled`,{unit_ids:T(t)})}</p>`:i}
    `}hit(e){let t=this.row.units.find(t=>t.unit_id===e),n=t?.serial?p(`meters`,t.serial):null;return r`<li class="row spread">
      <span>
        <span class="number">${this.t(`bus.scan.unit`,{unit_id:e})}</span>
        ${t===void 0?r`<span class="dim">${this.t(`bus.scan.stranger`)}</span>`:n===null?t.name:r`<a href=${n} @click=${e=>a(e,n)}>${t.name}</a>`}
      </span>
      ${t===void 0&&this.app.may(`configure`)?r`<button ?disabled=${!this.isReady} @click=${()=>this.ask(e)}>${this.t(`bus.scan.add`)}</button>`:i}
    </li>`}question(){return this.app.may(`configure`)?r`<csj-dialog
      .app=${this.app}
      .heading=${this.t(`bus.add.title`,{unit_id:this.taken,bridge:this.row.name})}
      .action=${this.t(`bus.add.action`)}
      .work=${this.add}
    >
      <div class="stack">
        <p class="dim">${this.t(`bus.add.about`)}</p>
        ${[`name`,`circuit`].map(e=>r`<label
            >${this.t(`bus.add.${e}`)}
            <input name=${e} maxlength="64" autocomplete="off" />
            <span>${this.t(`bus.add.${e}_hint`)}</span></label
          >`)}
      </div>
    </csj-dialog>`:i}begin(e){e.preventDefault();let t=new FormData(e.target),[n,r]=[Number(t.get(`first`)),Number(t.get(`last`))];this.wrongRange=n>r,this.wrongRange||this.scan.run({command:`bus/scan`,bridge:this.row.bridge,first:n,last:r})}field(e){return this.dialog.querySelector(`[name=${e}]`)}async ask(e){this.taken=e;for(let e of[`name`,`circuit`])this.field(e).value=``;await this.updateComplete,await this.dialog.show()}};e([c({attribute:!1})],D.prototype,`row`,void 0),e([n()],D.prototype,`taken`,void 0),e([n()],D.prototype,`wrongRange`,void 0),e([t(`csj-dialog`)],D.prototype,`dialog`,void 0),D=e([l(`csj-bus-scan`)],D);var O=class extends s{static{this.styles=[o,f,d`
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
    `]}render(){let{row:e}=this,t=x(e);return r`<section class="card stack" aria-labelledby="name">
      <div class="row spread">
        <div>
          <h2 id="name">${e.name}</h2>
          <p class="small dim">${this.t(`bus.links.${e.link}`)}</p>
        </div>
        <span class="chip dot ${S[t]}">${this.t(`bus.states.${t}`)}</span>
      </div>
      ${e.reason?r`<p class=${S[t]}>${e.reason}</p>`:i}
      ${e.state===`loaded`?this.line(e):r`<p class="dim">${this.t(`bus.remedies.${t}`)}</p>`}
      ${e.link!==`pulse`&&this.app.may(`command`)?r`<csj-bus-scan .app=${this.app} .row=${e}></csj-bus-scan>`:i}
    </section>`}line(e){return e.total===null?r`<p class="dim">${this.t(`bus.no_figures`)}</p>`:r`
      ${e.up===!1?r`<p class="critical">${this.t(`bus.remedies.down`)}</p>`:i}
      ${this.gauges(e)} ${e.units.length?this.table(e):r`<p class="dim">${this.t(`bus.no_meters`)}</p>`}
    `}gauges({load:e,efficiency:t,total:n}){let{format:a}=this.app;return r`<div class="gauges">
      ${e===null?i:this.gauge(`load`,e,C(e),{free:`good`,busy:`warning`,full:`critical`}[C(e)])}
      ${t===null?i:this.gauge(`efficiency`,t,w(t),{well:`good`,fair:`warning`,poor:`critical`}[w(t)])}
      ${n===null?i:r`<div class="gauge">
            <h3>${this.t(`bus.total`)}</h3>
            <span class="value number">${this.t(`bus.requests_of`,{count:a.number(n.requests,0)})}</span>
            <p class="small dim">
              ${this.t(`bus.total_words`,{timeouts:a.number(n.timeouts,0),garbled:a.number(n.garbled,0),stale:a.number(n.stale,0)})}
            </p>
          </div>`}
    </div>`}gauge(e,t,n,i){let a=Math.round(Math.min(Math.max(t,0),1)*100),o=this.t(`bus.${e}_words.${n}`);return r`<div class="gauge">
      <h3 id=${e}>${this.t(`bus.${e}`)}</h3>
      <span class="value number">${this.app.format.percent(t,0)}</span>
      <div
        class="bar ${i}"
        role="meter"
        aria-labelledby=${e}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${a}
        aria-valuetext=${`${this.app.format.percent(t,0)}: ${o}`}
      >
        <div style="width:${a}%"></div>
      </div>
      <p class="small dim">${o}</p>
    </div>`}table(e){let t=Date.now(),n=(e,t=!0)=>r`<th role="columnheader" scope="col" class=${t?`number`:``}>${this.t(`bus.columns.${e}`)}</th>`;return r`<div class="scroll">
      <table class="cards" role="table" aria-label=${this.t(`bus.table`,{bridge:e.name})}>
        <thead role="rowgroup">
          <tr role="row">
            ${n(`meter`,!1)} ${n(`unit_id`)} ${n(`success_rate`)} ${n(`requests`)}
            ${n(`timeouts`)} ${n(`garbled`)} ${n(`stale`)} ${n(`round_trip`)}
            ${n(`last_contact`,!1)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${y(e.units,t).map(e=>this.unit(e,t))}
        </tbody>
      </table>
    </div>`}unit(e,t){let{format:n}=this.app,a=_(e,t),o=(e,t,n=``)=>r`<td role="cell" class="number ${n}" data-label=${this.t(`bus.columns.${e}`)}>${t}</td>`,s=t=>o(t,n.number(e[t],0),e[t]?``:`zero`);return r`<tr role="row">
      <td role="cell" class="first">
        ${this.name(e)}
        ${a===`none`?i:r` <span class="chip dot ${a===`silent`?`critical`:`warning`}">${this.t(`bus.troubles.${a}`)}</span>`}
      </td>
      ${o(`unit_id`,String(e.unit_id))}
      ${o(`success_rate`,n.percent(e.success_rate),a===`losing`?`warning`:``)}
      ${o(`requests`,n.number(e.requests,0))} ${s(`timeouts`)} ${s(`garbled`)} ${s(`stale`)}
      ${o(`round_trip`,e.round_trip===null?`–`:n.measured(e.round_trip*1e3,`ms`,0))}
      <td role="cell" data-label=${this.t(`bus.columns.last_contact`)} class=${a===`silent`?`critical`:``}>
        ${e.last_contact===null?this.t(`bus.never`):n.ago(e.last_contact,Math.max(t,Date.parse(e.last_contact)))}
      </td>
    </tr>`}name(e){if(e.serial===null)return e.name;let t=p(`meters`,e.serial);return r`<a href=${t} @click=${e=>a(e,t)}>${e.name}</a>`}};e([c({attribute:!1})],O.prototype,`row`,void 0),O=e([l(`csj-bus-bridge`)],O);var k=class extends s{constructor(...e){super(...e),this.bridges=new u(this,()=>({command:`bus/subscribe`}),`bridges`,e=>e.bridge)}render(){let{rows:e,standing:t,error:n,loading:a}=this.bridges,o=[...e.values()].sort((e,t)=>e.name.localeCompare(t.name,void 0,{numeric:!0}));return r`<div class="stack">
      <csj-standing .app=${this.app} .standing=${t} .error=${n}></csj-standing>
      ${o.map(e=>r`<csj-bus-bridge .app=${this.app} .row=${e}></csj-bus-bridge>`)}
      ${!o.length&&t===`live`?r`<csj-notice
            .app=${this.app}
            .kind=${a?`wait`:`empty`}
            .text=${this.t(a?`bus.loading`:`bus.none`)}
          ></csj-notice>`:i}
    </div>`}};k=e([l(`csj-bus-page`)],k);export{k as CsjBusPage};