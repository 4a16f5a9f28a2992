import{a as e,c as t,g as n,h as r,l as i,m as a,s as o,t as s,u as c,v as l,x as u,y as d}from"./elements.js";import{t as f}from"./card_table.js";import{t as p}from"./panel.js";import{n as m,r as h,t as g}from"./progress_bar.js";var _=180,v=.95;function y(e,t){return e.last_contact===null?e.requests>0?`silent`:`none`:(t-Date.parse(e.last_contact))/1e3>_?`silent`:e.success_rate!==null&&e.success_rate<v?`losing`:`none`}var b={silent:0,losing:1,none:2};function x(e,t){let n=e=>y(e,t)===`losing`?e.success_rate??0:0;return[...e].sort((e,r)=>b[y(e,t)]-b[y(r,t)]||n(e)-n(r)||e.unit_id-r.unit_id)}var S={setup_in_progress:`starting`,unload_in_progress:`starting`,setup_retry:`retrying`,setup_error:`failed`,migration_error:`failed`,failed_unload:`failed`};function C({state:e,up:t}){return e===`loaded`?t===!1?`down`:`up`:S[e]??`off`}var w={up:`good`,down:`critical`,starting:`neutral`,retrying:`warning`,failed:`critical`,off:`neutral`};function T(e){return e<.5?`free`:e<.8?`busy`:`full`}function E(e){return e>=.8?`well`:e>=.5?`fair`:`poor`}function D(e){let t=[];for(let n of[...e].sort((e,t)=>e-t)){let e=t.at(-1);e!==void 0&&n===e[1]+1?e[1]=n:t.push([n,n])}return t.map(([e,t])=>e===t?`${e}`:`${e}–${t}`).join(`, `)}var O=247,k=class extends o{constructor(...e){super(...e),this.taken=0,this.wrongRange=!1,this.scan=new h(this),this.add=async()=>{let[e,t]=[this.field(`name`).value.trim(),this.field(`circuit`).value.trim()],n=await this.app.call(`bus/add`,{bridge:this.row.bridge,unit_id:this.taken,...e?{name:e}:{},...t?{circuit:t}:{}});this.toast(this.t(`bus.add.done`,{name:n.name}))}}static{this.styles=[c,m,u`
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
    `]}get isReady(){return this.row.state===`loaded`}render(){return d`<details>
        <summary>${this.t(`bus.scan.title`)}</summary>
        <div class="stack">
          <p class="dim">${this.t(`bus.scan.about`)}</p>
          <form class="row fields" @submit=${this.begin}>
            ${this.bound(`first`,1)} ${this.bound(`last`,O)}
            ${this.scan.isRunning?d`<button type="button" @click=${()=>this.scan.cancel()}>${this.t(`bus.scan.cancel`)}</button>`:d`<button class="main" ?disabled=${!this.isReady}>${this.t(`bus.scan.begin`)}</button>`}
          </form>
          <div class="stack" aria-live="polite">${this.outcome()}</div>
        </div>
      </details>
      ${this.question()}`}bound(e,t){return d`<label
      >${this.t(`bus.scan.${e}`)}
      <input
        name=${e}
        type="number"
        required
        min="1"
        max=${O}
        value=${t}
        ?disabled=${this.scan.isRunning}
    /></label>`}outcome(){let{scan:e}=this;return this.wrongRange?d`<p class="critical">${this.t(`bus.scan.wrong_range`)}</p>`:e.isRunning?this.underWay(e.progress):e.error===null?e.interrupted?d`<p class="warning">${this.t(`bus.scan.interrupted`)}</p>`:e.result===null?l:this.found(e.result):d`<p class="critical">${this.app.sentence(e.error)}</p>`}underWay(e){let t=this.t(`bus.scan.progress`);if(e===null)return g(t,0,t);let{unit_id:n,done:r,total:i,found:a}=e;return g(t,r/i,this.t(`bus.scan.state`,{unit_id:n,done:r,total:i,found:a}))}found({hits:e,garbled:t}){return d`
      <p>${this.t(e.length?`bus.scan.found`:`bus.scan.nothing`,{count:e.length})}</p>
      ${e.length?d`<ul>${e.map(e=>this.hit(e.unit_id))}</ul>`:l}
      ${t.length?d`<p class="warning">${this.t(`bus.scan.garbled`,{unit_ids:D(t)})}</p>`:l}
    `}hit(t){let n=this.row.units.find(e=>e.unit_id===t),r=n?.serial?p(`meters`,n.serial):null;return d`<li class="row spread">
      <span>
        <span class="number">${this.t(`bus.scan.unit`,{unit_id:t})}</span>
        ${n===void 0?d`<span class="dim">${this.t(`bus.scan.stranger`)}</span>`:r===null?n.name:d`<a href=${r} @click=${t=>e(t,r)}>${n.name}</a>`}
      </span>
      ${n===void 0&&this.app.may(`configure`)?d`<button ?disabled=${!this.isReady} @click=${()=>this.ask(t)}>${this.t(`bus.scan.add`)}</button>`:l}
    </li>`}question(){return this.app.may(`configure`)?d`<csj-dialog
      .app=${this.app}
      .heading=${this.t(`bus.add.title`,{unit_id:this.taken,bridge:this.row.name})}
      .action=${this.t(`bus.add.action`)}
      .work=${this.add}
    >
      <div class="stack">
        <p class="dim">${this.t(`bus.add.about`)}</p>
        ${[`name`,`circuit`].map(e=>d`<label
            >${this.t(`bus.add.${e}`)}
            <input name=${e} maxlength="64" autocomplete="off" />
            <span>${this.t(`bus.add.${e}_hint`)}</span></label
          >`)}
      </div>
    </csj-dialog>`:l}begin(e){e.preventDefault();let t=new FormData(e.target),[n,r]=[Number(t.get(`first`)),Number(t.get(`last`))];this.wrongRange=n>r,this.wrongRange||this.scan.run({command:`bus/scan`,bridge:this.row.bridge,first:n,last:r})}field(e){return this.dialog.querySelector(`[name=${e}]`)}async ask(e){this.taken=e;for(let e of[`name`,`circuit`])this.field(e).value=``;await this.updateComplete,await this.dialog.show()}};i([n({attribute:!1})],k.prototype,`row`,void 0),i([r()],k.prototype,`taken`,void 0),i([r()],k.prototype,`wrongRange`,void 0),i([a(`csj-dialog`)],k.prototype,`dialog`,void 0),k=i([t(`csj-bus-scan`)],k);var A=class extends o{static{this.styles=[c,f,u`
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
    `]}render(){let{row:e}=this,t=C(e);return d`<section class="card stack" aria-labelledby="name">
      <div class="row spread">
        <div>
          <h2 id="name">${e.name}</h2>
          <p class="small dim">${this.t(`bus.links.${e.link}`)}</p>
        </div>
        <span class="chip dot ${w[t]}">${this.t(`bus.states.${t}`)}</span>
      </div>
      ${e.reason?d`<p class=${w[t]}>${e.reason}</p>`:l}
      ${e.state===`loaded`?this.line(e):d`<p class="dim">${this.t(`bus.remedies.${t}`)}</p>`}
      ${e.link!==`pulse`&&this.app.may(`command`)?d`<csj-bus-scan .app=${this.app} .row=${e}></csj-bus-scan>`:l}
    </section>`}line(e){return e.total===null?d`<p class="dim">${this.t(`bus.no_figures`)}</p>`:d`
      ${e.up===!1?d`<p class="critical">${this.t(`bus.remedies.down`)}</p>`:l}
      ${this.gauges(e)} ${e.units.length?this.table(e):d`<p class="dim">${this.t(`bus.no_meters`)}</p>`}
    `}gauges({load:e,efficiency:t,total:n}){let{format:r}=this.app;return d`<div class="gauges">
      ${e===null?l:this.gauge(`load`,e,T(e),{free:`good`,busy:`warning`,full:`critical`}[T(e)])}
      ${t===null?l:this.gauge(`efficiency`,t,E(t),{well:`good`,fair:`warning`,poor:`critical`}[E(t)])}
      ${n===null?l:d`<div class="gauge">
            <h3>${this.t(`bus.total`)}</h3>
            <span class="value number">${this.t(`bus.requests_of`,{count:r.number(n.requests,0)})}</span>
            <p class="small dim">
              ${this.t(`bus.total_words`,{timeouts:r.number(n.timeouts,0),garbled:r.number(n.garbled,0),stale:r.number(n.stale,0)})}
            </p>
          </div>`}
    </div>`}gauge(e,t,n,r){let i=Math.round(Math.min(Math.max(t,0),1)*100),a=this.t(`bus.${e}_words.${n}`);return d`<div class="gauge">
      <h3 id=${e}>${this.t(`bus.${e}`)}</h3>
      <span class="value number">${this.app.format.percent(t,0)}</span>
      <div
        class="bar ${r}"
        role="meter"
        aria-labelledby=${e}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${i}
        aria-valuetext=${`${this.app.format.percent(t,0)}: ${a}`}
      >
        <div style="width:${i}%"></div>
      </div>
      <p class="small dim">${a}</p>
    </div>`}table(e){let t=Date.now(),n=(e,t=!0)=>d`<th role="columnheader" scope="col" class=${t?`number`:``}>${this.t(`bus.columns.${e}`)}</th>`;return d`<div class="scroll">
      <table class="cards" role="table" aria-label=${this.t(`bus.table`,{bridge:e.name})}>
        <thead role="rowgroup">
          <tr role="row">
            ${n(`meter`,!1)} ${n(`unit_id`)} ${n(`success_rate`)} ${n(`requests`)}
            ${n(`timeouts`)} ${n(`garbled`)} ${n(`stale`)} ${n(`round_trip`)}
            ${n(`last_contact`,!1)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${x(e.units,t).map(e=>this.unit(e,t))}
        </tbody>
      </table>
    </div>`}unit(e,t){let{format:n}=this.app,r=y(e,t),i=(e,t,n=``)=>d`<td role="cell" class="number ${n}" data-label=${this.t(`bus.columns.${e}`)}>${t}</td>`,a=t=>i(t,n.number(e[t],0),e[t]?``:`zero`);return d`<tr role="row">
      <td role="cell" class="first">
        ${this.name(e)}
        ${r===`none`?l:d` <span class="chip dot ${r===`silent`?`critical`:`warning`}">${this.t(`bus.troubles.${r}`)}</span>`}
      </td>
      ${i(`unit_id`,String(e.unit_id))}
      ${i(`success_rate`,n.percent(e.success_rate),r===`losing`?`warning`:``)}
      ${i(`requests`,n.number(e.requests,0))} ${a(`timeouts`)} ${a(`garbled`)} ${a(`stale`)}
      ${i(`round_trip`,e.round_trip===null?`–`:n.measured(e.round_trip*1e3,`ms`,0))}
      <td role="cell" data-label=${this.t(`bus.columns.last_contact`)} class=${r===`silent`?`critical`:``}>
        ${e.last_contact===null?this.t(`bus.never`):n.ago(e.last_contact,Math.max(t,Date.parse(e.last_contact)))}
      </td>
    </tr>`}name(t){if(t.serial===null)return t.name;let n=p(`meters`,t.serial);return d`<a href=${n} @click=${t=>e(t,n)}>${t.name}</a>`}};i([n({attribute:!1})],A.prototype,`row`,void 0),A=i([t(`csj-bus-bridge`)],A);var j=class extends o{constructor(...e){super(...e),this.bridges=new s(this,()=>({command:`bus/subscribe`}),`bridges`,e=>e.bridge)}render(){let{rows:e,standing:t,error:n,loading:r}=this.bridges,i=[...e.values()].sort((e,t)=>e.name.localeCompare(t.name,void 0,{numeric:!0}));return d`<div class="stack">
      <csj-standing .app=${this.app} .standing=${t} .error=${n}></csj-standing>
      ${i.map(e=>d`<csj-bus-bridge .app=${this.app} .row=${e}></csj-bus-bridge>`)}
      ${!i.length&&t===`live`?d`<csj-notice
            .app=${this.app}
            .kind=${r?`wait`:`empty`}
            .text=${this.t(r?`bus.loading`:`bus.none`)}
          ></csj-notice>`:l}
    </div>`}};j=i([t(`csj-bus-page`)],j);export{j as CsjBusPage};