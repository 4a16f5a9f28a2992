import{a as e,c as t,h as n,l as r,s as i,t as a,u as o,v as s,x as c,y as l}from"./elements.js";import{t as u}from"./panel.js";var d={critical:0,warning:1,info:3},f=2,p=4;function m(e){let t=e.alerts?.severity,n=t?d[t]:p,r=e.state===`online`||e.state===`disabled`?p:f;return Math.min(n,r)}function h(e,{search:t,circuit:n,state:r}){let i=t.toLocaleLowerCase().split(/\s+/).filter(Boolean);return e.filter(e=>{let t=`${e.name} ${e.serial} ${e.model??``} ${e.circuit??``}`.toLocaleLowerCase();return!i.every(e=>t.includes(e))||n&&e.circuit!==n?!1:r===`alerting`?!!e.alerts?.active:r!==`away`||e.state!==`online`&&e.state!==`disabled`}).sort((e,t)=>m(e)-m(t)||e.name.localeCompare(t.name,void 0,{numeric:!0}))}function g(e){let t=[`voltage_l1`,`voltage_l2`,`voltage_l3`].map(t=>e.values[t]).filter(e=>e!=null);return t.length?Math.min(...t):null}var _=class extends i{constructor(...e){super(...e),this.filter={search:``,circuit:``,state:``},this.meters=new a(this,()=>({command:`meters/subscribe`}),`meters`,e=>e.serial)}static{this.styles=[o,c`
      .filters {
        align-items: end;
      }
      input[type="search"] {
        width: 240px;
      }
      .rows {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(300px, 1fr));
        gap: 12px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      a.card {
        height: 100%;
        display: grid;
        gap: 8px;
        color: inherit;
        text-decoration: none;
        /* hundreds of cards: what is out of sight costs nothing */
        content-visibility: auto;
        contain-intrinsic-size: auto 136px;
      }
      a.card:hover {
        border-color: var(--csj-accent-text);
      }
      .name {
        font-weight: 500;
        overflow-wrap: anywhere;
      }
      .values {
        font-size: 16px;
      }
      .big {
        font-size: 24px;
        font-weight: 400;
      }
      @media (max-width: 600px) {
        .filters {
          display: grid;
          grid-template-columns: 1fr 1fr;
        }
        .filters > :is(:first-child, :last-child) {
          grid-column: 1 / -1;
        }
        input[type="search"],
        select {
          width: 100%;
        }
      }
    `]}render(){let e=[...this.meters.rows.values()],t=h(e,this.filter);return l`<div class="stack">
      <csj-standing .app=${this.app} .standing=${this.meters.standing} .error=${this.meters.error}></csj-standing>
      ${e.length||this.meters.standing===`live`?this.list(e,t):s}
    </div>`}list(e,t){let n=[...new Set(e.map(e=>e.circuit).filter(e=>e!==null))].sort();return l`
      <div class="row filters" role="search">
        <label
          >${this.t(`meters.search`)}
          <input
            type="search"
            .value=${this.filter.search}
            @input=${e=>this.set(`search`,e)}
        /></label>
        <label
          >${this.t(`meters.circuit`)}
          <select @change=${e=>this.set(`circuit`,e)}>
            <option value="">${this.t(`meters.all`)}</option>
            ${n.map(e=>l`<option .value=${e} ?selected=${e===this.filter.circuit}>${e}</option>`)}
          </select></label
        >
        <label
          >${this.t(`meters.state`)}
          <select @change=${e=>this.set(`state`,e)}>
            <option value="">${this.t(`meters.all`)}</option>
            <option value="alerting">${this.t(`meters.alerting`)}</option>
            <option value="away">${this.t(`meters.away`)}</option>
          </select></label
        >
        <span class="dim" role="status">${this.t(`meters.count`,{shown:t.length,all:e.length})}</span>
      </div>
      ${t.length?l`<ul class="rows" role="list">${t.map(e=>l`<li>${this.card(e)}</li>`)}</ul>`:l`<csj-notice
            .app=${this.app}
            kind="empty"
            .text=${this.t(this.meters.loading?`meters.loading`:e.length?`meters.none_fits`:`meters.none`)}
          ></csj-notice>`}
    `}card(t){let{format:n}=this.app,r=u(`meters`,t.serial);return l`<a class="card" href=${r} data-serial=${t.serial} @click=${t=>e(t,r)}>
      <div class="row spread">
        <span class="name">${t.name}</span>
        ${this.chip(t)}
      </div>
      <div class="row spread number">
        <span class="big">${n.measured(t.values.active_power,`W`)}</span>
        <span class="values">${n.measured(g(t),`V`,1)}</span>
        ${t.balance===null?s:l`<span class="values">${n.credit(t.balance.value,t.balance.unit)}</span>`}
      </div>
      <div class="small dim">
        ${t.circuit??t.bridge_name} · ${t.model??t.serial}
        ${t.last_contact===null?s:l` · ${this.t(`meters.contact`,{ago:n.ago(t.last_contact)})}`}
        ${t.health===null||t.health.success_rate===null?s:l` · ${this.t(`meters.answers`,{rate:n.percent(t.health.success_rate)})}`}
      </div>
      ${t.alerts?.titles[0]?l`<div class="small">${t.alerts.titles[0]}</div>`:s}
    </a>`}chip(e){let t=e.alerts?.severity,n=e.state===`online`?`good`:e.state===`disabled`?`neutral`:`warning`;return l`<span class="row">
      ${t?l`<span class="chip dot ${t}">${this.app.word(`severities.${t}`)}</span>`:s}
      ${t&&e.state===`online`?s:l`<span class="chip dot ${n}">${this.t(`meter_states.${e.state}`)}</span>`}
    </span>`}set(e,t){this.filter={...this.filter,[e]:t.target.value}}};r([n()],_.prototype,`filter`,void 0),_=r([t(`csj-meters-page`)],_);export{_ as CsjMetersPage};