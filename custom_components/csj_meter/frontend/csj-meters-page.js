import{D as e,S as t,T as n,_ as r,f as i,g as a,h as o,i as s,k as c,m as l,t as u}from"./elements.js";import{t as d}from"./live.js";import{t as f}from"./panel.js";var p={critical:0,warning:1,info:3},m=2,h=4;function g(e){let t=e.alerts?.severity,n=t?p[t]:h,r=e.state===`online`||e.state===`disabled`?h:m;return Math.min(n,r)}function _(e,{search:t,circuit:n,state:r}){let i=t.toLocaleLowerCase().split(/\s+/).filter(Boolean);return e.filter(e=>{let t=`${e.name} ${e.serial} ${e.model??``} ${e.circuit??``}`.toLocaleLowerCase();return!i.every(e=>t.includes(e))||n&&e.circuit!==n?!1:r===`alerting`?!!e.alerts?.active:r!==`away`||e.state!==`online`&&e.state!==`disabled`}).sort((e,t)=>g(e)-g(t)||e.name.localeCompare(t.name,void 0,{numeric:!0}))}function v(e){let t=[`voltage_l1`,`voltage_l2`,`voltage_l3`].map(t=>e.values[t]).filter(e=>e!=null);return t.length?Math.min(...t):null}var y=class extends l{constructor(...e){super(...e),this.filter={search:``,circuit:``,state:``},this.meters=new u(this,()=>({command:`meters/subscribe`}),`meters`,e=>e.serial)}static{this.styles=[r,c`
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
    `]}render(){let t=[...this.meters.rows.values()],r=_(t,this.filter);return e`<div class="stack">
      <csj-standing .app=${this.app} .standing=${this.meters.standing} .error=${this.meters.error}></csj-standing>
      ${t.length||this.meters.standing===`live`?this.list(t,r):n}
    </div>`}list(t,n){let{circuit:r}=this.filter,i=[...new Set([...t.map(e=>e.circuit).filter(e=>e!==null),...r?[r]:[]])].sort();return e`
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
          <select .value=${d(r)} @change=${e=>this.set(`circuit`,e)}>
            <option value="">${this.t(`meters.all`)}</option>
            ${s(i,e=>e,t=>e`<option .value=${t} ?selected=${t===r}>${t}</option>`)}
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
        <span class="dim" role="status">${this.t(`meters.count`,{shown:n.length,all:t.length})}</span>
      </div>
      ${n.length?e`<ul class="rows" role="list">
            ${s(n,({serial:e})=>e,t=>e`<li>${this.card(t)}</li>`)}
          </ul>`:e`<csj-notice
            .app=${this.app}
            kind="empty"
            .text=${this.t(this.meters.loading?`meters.loading`:t.length?`meters.none_fits`:`meters.none`)}
          ></csj-notice>`}
    `}card(t){let{format:r}=this.app,a=f(`meters`,t.serial);return e`<a class="card" href=${a} data-serial=${t.serial} @click=${e=>i(e,a)}>
      <div class="row spread">
        <span class="name">${t.name}</span>
        ${this.chip(t)}
      </div>
      <div class="row spread number">
        <span class="big">${r.measured(t.values.active_power,`W`)}</span>
        <span class="values">${r.measured(v(t),`V`,1)}</span>
        ${t.balance===null?n:e`<span class="values">${r.credit(t.balance.value,t.balance.unit)}</span>`}
      </div>
      <div class="small dim">
        ${t.circuit??t.bridge_name} · ${t.model??t.serial}
        ${t.last_contact===null?n:e` · ${this.t(`meters.contact`,{ago:r.ago(t.last_contact)})}`}
        ${t.health===null||t.health.success_rate===null?n:e` · ${this.t(`meters.answers`,{rate:r.percent(t.health.success_rate)})}`}
      </div>
      ${t.alerts?.titles[0]?e`<div class="small">${t.alerts.titles[0]}</div>`:n}
    </a>`}chip(t){let r=t.alerts?.severity,i=t.state===`online`?`good`:t.state===`disabled`?`neutral`:`warning`;return e`<span class="row">
      ${r?e`<span class="chip dot ${r}">${this.app.word(`severities.${r}`)}</span>`:n}
      ${r&&t.state===`online`?n:e`<span class="chip dot ${i}">${this.t(`meter_states.${t.state}`)}</span>`}
    </span>`}set(e,t){this.filter={...this.filter,[e]:t.target.value}}};a([t()],y.prototype,`filter`,void 0),y=a([o(`csj-meters-page`)],y);export{y as CsjMetersPage};