import{c as e,f as t,g as n,h as r,i,l as a,o,s,t as c,v as l}from"./elements.js";import{t as u}from"./panel.js";var d={critical:0,warning:1,info:3},f=2,p=4;function m(e){let t=e.alerts?.severity,n=t?d[t]:p,r=e.state===`online`||e.state===`disabled`?p:f;return Math.min(n,r)}function h(e,{search:t,circuit:n,state:r}){let i=t.toLocaleLowerCase().split(/\s+/).filter(Boolean);return e.filter(e=>{let t=`${e.name} ${e.serial} ${e.model??``} ${e.circuit??``}`.toLocaleLowerCase();return!i.every(e=>t.includes(e))||n&&e.circuit!==n?!1:r===`alerting`?!!e.alerts?.active:r!==`away`||e.state!==`online`&&e.state!==`disabled`}).sort((e,t)=>m(e)-m(t)||e.name.localeCompare(t.name,void 0,{numeric:!0}))}function g(e){let t=[`voltage_l1`,`voltage_l2`,`voltage_l3`].map(t=>e.values[t]).filter(e=>e!=null);return t.length?Math.min(...t):null}var _=class extends o{constructor(...e){super(...e),this.filter={search:``,circuit:``,state:``},this.meters=new c(this,()=>({command:`meters/subscribe`}),`meters`,e=>e.serial)}static{this.styles=[a,l`
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
      }
      a.card {
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
        label,
        input[type="search"],
        select {
          width: 100%;
        }
      }
    `]}render(){let e=[...this.meters.rows.values()],t=h(e,this.filter);return n`<div class="stack">
      <csj-standing .app=${this.app} .standing=${this.meters.standing} .error=${this.meters.error}></csj-standing>
      ${e.length||this.meters.standing===`live`?this.list(e,t):r}
    </div>`}list(e,t){let r=[...new Set(e.map(e=>e.circuit).filter(e=>e!==null))].sort();return n`
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
            ${r.map(e=>n`<option .value=${e} ?selected=${e===this.filter.circuit}>${e}</option>`)}
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
      ${t.length?n`<div class="rows">${t.map(e=>this.card(e))}</div>`:n`<csj-notice
            .app=${this.app}
            kind="empty"
            .text=${this.t(this.meters.loading?`meters.loading`:e.length?`meters.none_fits`:`meters.none`)}
          ></csj-notice>`}
    `}card(e){let{format:t}=this.app,a=u(`meters`,e.serial);return n`<a class="card" href=${a} data-serial=${e.serial} @click=${e=>i(e,a)}>
      <div class="row spread">
        <span class="name">${e.name}</span>
        ${this.chip(e)}
      </div>
      <div class="row spread number">
        <span class="big">${t.measured(e.values.active_power,`W`)}</span>
        <span class="values">${t.measured(g(e),`V`,1)}</span>
        ${e.balance===null?r:n`<span class="values">${t.credit(e.balance.value,e.balance.unit)}</span>`}
      </div>
      <div class="small dim">
        ${e.circuit??e.bridge_name} · ${e.model??e.serial}
        ${e.last_contact===null?r:n` · ${this.t(`meters.contact`,{ago:t.ago(e.last_contact)})}`}
        ${e.health===null||e.health.success_rate===null?r:n` · ${this.t(`meters.answers`,{rate:t.percent(e.health.success_rate)})}`}
      </div>
      ${e.alerts?.titles[0]?n`<div class="small">${e.alerts.titles[0]}</div>`:r}
    </a>`}chip(e){let t=e.alerts?.severity;if(t)return n`<span class="chip dot ${t}">${this.app.word(`severities.${t}`)}</span>`;let r=e.state===`online`?`good`:e.state===`disabled`?`neutral`:`warning`;return n`<span class="chip dot ${r}">${this.t(`meter_states.${e.state}`)}</span>`}set(e,t){this.filter={...this.filter,[e]:t.target.value}}};e([t()],_.prototype,`filter`,void 0),_=e([s(`csj-meters-page`)],_);export{_ as CsjMetersPage};