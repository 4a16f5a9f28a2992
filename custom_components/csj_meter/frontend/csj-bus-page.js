import{_ as e,b as t,c as n,h as r,i,l as a,m as o,o as s,p as c,s as l,t as u,v as d}from"./elements.js";import{t as f}from"./card_table.js";import{t as p}from"./panel.js";import{n as m,r as h,t as g}from"./progress_bar.js";var _=180,v=.95;function y(e,t){return e.last_contact===null?e.requests>0?`silent`:`none`:(t-Date.parse(e.last_contact))/1e3>_?`silent`:e.success_rate!==null&&e.success_rate<v?`losing`:`none`}var b={silent:0,losing:1,none:2};function x(e,t){let n=e=>y(e,t)===`losing`?e.success_rate??0:0;return[...e].sort((e,r)=>b[y(e,t)]-b[y(r,t)]||n(e)-n(r)||e.unit_id-r.unit_id)}var S={setup_in_progress:`starting`,unload_in_progress:`starting`,setup_retry:`retrying`,setup_error:`failed`,migration_error:`failed`,failed_unload:`failed`};function C({state:e,up:t}){return e===`loaded`?t===!1?`down`:`up`:S[e]??`off`}var w={up:`good`,down:`critical`,starting:`neutral`,retrying:`warning`,failed:`critical`,off:`neutral`};function T(e){return e<.5?`free`:e<.8?`busy`:`full`}function E(e){return e>=.8?`well`:e>=.5?`fair`:`poor`}function D(e){let t=[];for(let n of[...e].sort((e,t)=>e-t)){let e=t.at(-1);e!==void 0&&n===e[1]+1?e[1]=n:t.push([n,n])}return t.map(([e,t])=>e===t?`${e}`:`${e}–${t}`).join(`, `)}var O=247,k=class extends s{constructor(...e){super(...e),this.taken=0,this.wrongRange=!1,this.scan=new h(this),this.add=async()=>{let[e,t]=[this.field(`name`).value.trim(),this.field(`circuit`).value.trim()],n=await this.app.call(`bus/add`,{bridge:this.row.bridge,unit_id:this.taken,...e?{name:e}:{},...t?{circuit:t}:{}});this.toast(this.t(`bus.add.done`,{name:n.name}))}}static{this.styles=[a,m,t`
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
    /></label>`}outcome(){let{scan:t}=this;return this.wrongRange?d`<p class="critical">${this.t(`bus.scan.wrong_range`)}</p>`:t.isRunning?this.underWay(t.progress):t.error===null?t.interrupted?d`<p class="warning">${this.t(`bus.scan.interrupted`)}</p>`:t.result===null?e:this.found(t.result):d`<p class="critical">${this.app.sentence(t.error)}</p>`}underWay(e){let t=this.t(`bus.scan.progress`);if(e===null)return g(t,0,t);let{unit_id:n,done:r,total:i,found:a}=e;return g(t,r/i,this.t(`bus.scan.state`,{unit_id:n,done:r,total:i,found:a}))}found({hits:t,garbled:n}){return d`
      <p>${this.t(t.length?`bus.scan.found`:`bus.scan.nothing`,{count:t.length})}</p>
      ${t.length?d`<ul>${t.map(e=>this.hit(e.unit_id))}</ul>`:e}
      ${n.length?d`<p class="warning">${this.t(`bus.scan.garbled`,{unit_ids:D(n)})}</p>`:e}
    `}hit(t){let n=this.row.units.find(e=>e.unit_id===t),r=n?.serial?p(`meters`,n.serial):null;return d`<li class="row spread">
      <span>
        <span class="number">${this.t(`bus.scan.unit`,{unit_id:t})}</span>
        ${n===void 0?d`<span class="dim">${this.t(`bus.scan.stranger`)}</span>`:r===null?n.name:d`<a href=${r} @click=${e=>i(e,r)}>${n.name}</a>`}
      </span>
      ${n===void 0&&this.app.may(`configure`)?d`<button ?disabled=${!this.isReady} @click=${()=>this.ask(t)}>${this.t(`bus.scan.add`)}</button>`:e}
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
    </csj-dialog>`:e}begin(e){e.preventDefault();let t=new FormData(e.target),[n,r]=[Number(t.get(`first`)),Number(t.get(`last`))];this.wrongRange=n>r,this.wrongRange||this.scan.run({command:`bus/scan`,bridge:this.row.bridge,first:n,last:r})}field(e){return this.dialog.querySelector(`[name=${e}]`)}async ask(e){this.taken=e;for(let e of[`name`,`circuit`])this.field(e).value=``;await this.updateComplete,await this.dialog.show()}};n([r({attribute:!1})],k.prototype,`row`,void 0),n([o()],k.prototype,`taken`,void 0),n([o()],k.prototype,`wrongRange`,void 0),n([c(`csj-dialog`)],k.prototype,`dialog`,void 0),k=n([l(`csj-bus-scan`)],k);var A=class extends s{static{this.styles=[a,f,t`
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
    `]}render(){let{row:t}=this,n=C(t);return d`<section class="card stack" aria-labelledby="name">
      <div class="row spread">
        <div>
          <h2 id="name">${t.name}</h2>
          <p class="small dim">${this.t(`bus.links.${t.link}`)}</p>
        </div>
        <span class="chip dot ${w[n]}">${this.t(`bus.states.${n}`)}</span>
      </div>
      ${t.reason?d`<p class=${w[n]}>${t.reason}</p>`:e}
      ${t.state===`loaded`?this.line(t):d`<p class="dim">${this.t(`bus.remedies.${n}`)}</p>`}
      ${t.link!==`pulse`&&this.app.may(`command`)?d`<csj-bus-scan .app=${this.app} .row=${t}></csj-bus-scan>`:e}
    </section>`}line(t){return t.total===null?d`<p class="dim">${this.t(`bus.no_figures`)}</p>`:d`
      ${t.up===!1?d`<p class="critical">${this.t(`bus.remedies.down`)}</p>`:e}
      ${this.gauges(t)} ${t.units.length?this.table(t):d`<p class="dim">${this.t(`bus.no_meters`)}</p>`}
    `}gauges({load:t,efficiency:n,total:r}){let{format:i}=this.app;return d`<div class="gauges">
      ${t===null?e:this.gauge(`load`,t,T(t),{free:`good`,busy:`warning`,full:`critical`}[T(t)])}
      ${n===null?e:this.gauge(`efficiency`,n,E(n),{well:`good`,fair:`warning`,poor:`critical`}[E(n)])}
      ${r===null?e:d`<div class="gauge">
            <h3>${this.t(`bus.total`)}</h3>
            <span class="value number">${this.t(`bus.requests_of`,{count:i.number(r.requests,0)})}</span>
            <p class="small dim">
              ${this.t(`bus.total_words`,{timeouts:i.number(r.timeouts,0),garbled:i.number(r.garbled,0),stale:i.number(r.stale,0)})}
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
    </div>`}unit(t,n){let{format:r}=this.app,i=y(t,n),a=(e,t,n=``)=>d`<td role="cell" class="number ${n}" data-label=${this.t(`bus.columns.${e}`)}>${t}</td>`,o=e=>a(e,r.number(t[e],0),t[e]?``:`zero`);return d`<tr role="row">
      <td role="cell" class="first">
        ${this.name(t)}
        ${i===`none`?e:d` <span class="chip dot ${i===`silent`?`critical`:`warning`}">${this.t(`bus.troubles.${i}`)}</span>`}
      </td>
      ${a(`unit_id`,String(t.unit_id))}
      ${a(`success_rate`,r.percent(t.success_rate),i===`losing`?`warning`:``)}
      ${a(`requests`,r.number(t.requests,0))} ${o(`timeouts`)} ${o(`garbled`)} ${o(`stale`)}
      ${a(`round_trip`,t.round_trip===null?`–`:r.measured(t.round_trip*1e3,`ms`,0))}
      <td role="cell" data-label=${this.t(`bus.columns.last_contact`)} class=${i===`silent`?`critical`:``}>
        ${t.last_contact===null?this.t(`bus.never`):r.ago(t.last_contact,Math.max(n,Date.parse(t.last_contact)))}
      </td>
    </tr>`}name(e){if(e.serial===null)return e.name;let t=p(`meters`,e.serial);return d`<a href=${t} @click=${e=>i(e,t)}>${e.name}</a>`}};n([r({attribute:!1})],A.prototype,`row`,void 0),A=n([l(`csj-bus-bridge`)],A);var j=class extends s{constructor(...e){super(...e),this.bridges=new u(this,()=>({command:`bus/subscribe`}),`bridges`,e=>e.bridge)}render(){let{rows:t,standing:n,error:r,loading:i}=this.bridges,a=[...t.values()].sort((e,t)=>e.name.localeCompare(t.name,void 0,{numeric:!0}));return d`<div class="stack">
      <csj-standing .app=${this.app} .standing=${n} .error=${r}></csj-standing>
      ${a.map(e=>d`<csj-bus-bridge .app=${this.app} .row=${e}></csj-bus-bridge>`)}
      ${!a.length&&n===`live`?d`<csj-notice
            .app=${this.app}
            .kind=${i?`wait`:`empty`}
            .text=${this.t(i?`bus.loading`:`bus.none`)}
          ></csj-notice>`:e}
    </div>`}};j=n([l(`csj-bus-page`)],j);export{j as CsjBusPage};