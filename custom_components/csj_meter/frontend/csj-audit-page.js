import{C as e,D as t,S as n,T as r,_ as i,f as a,g as o,h as s,k as c,m as l}from"./elements.js";import{t as u}from"./answer.js";import{t as d}from"./card_table.js";import{t as f}from"./own_words.js";import{t as p}from"./panel.js";var m=`mobile_app_notification_action`,h=/^(portal|options|assist)(?:: | )([a-z_ ]+)$/;function g(e){let[,t,n]=h.exec(e)??[];if(t!==void 0&&n!==void 0)return{name:`${t}_${n.replaceAll(` `,`_`)}`,to:``};let[,r=e,i=``]=/^(api:[a-z_]+:[a-z_]+|[a-z0-9_/]+)(?:: | )?(.*)$/s.exec(e)??[];return r===`csj_meter/command`&&i?g(i):{name:r,to:r===m?``:i}}function _(e){return e.replace(/^csj_meter\//,``).replace(/^api:csj_meter:/,`download_`).replaceAll(`/`,`_`)}var v=`portal`;function y({name:e,role:t,user_id:n}){return e===`portal`&&t===`tenant`?v:n===null?`automation`:e===`user`?`user`:null}function b(e,t){return e===`api:csj_meter:export`?`selector.resolution.options.${t}`:`entity.select.${e}.state.${t}`}function x(e){let t=e.replace(/^price_t\d$/,`price_tariff`);return[...[`switch`,`button`,`select`,`number`,`todo`].map(e=>`entity.${e}.${t}.name`),`services.${t}.name`]}var S={done:`good`,failed:`critical`,refused:`warning`,unknown:`neutral`},C=new Set([`True`,`on`]),w=new Set([`False`,`off`]),T=class extends l{constructor(...e){super(...e),this.lines=[],this.names=new Map,this.words=new f(this,[`entity`,`services`,`selector`])}static{this.styles=[i,d,c`
      td {
        overflow-wrap: anywhere;
      }
      .at {
        white-space: nowrap;
      }
      tr {
        content-visibility: auto;
        contain-intrinsic-size: auto 48px;
      }
    `]}render(){let e=e=>t`<th role="columnheader" scope="col">${this.t(`audit.columns.${e}`)}</th>`;return t`<div class="scroll">
      <table class="cards" role="table" aria-label=${this.t(`audit.table`)}>
        <thead role="rowgroup">
          <tr role="row">
            ${e(`what`)} ${e(`at`)} ${e(`who`)} ${e(`where`)} ${e(`outcome`)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${this.lines.map(e=>this.line(e))}
        </tbody>
      </table>
    </div>`}line(e){let{name:n,to:i}=g(e.what),a=(e,n)=>t`<td role="cell" data-label=${this.t(`audit.columns.${e}`)}><span>${n}</span></td>`;return t`<tr role="row">
      <td role="cell" class="first" title=${e.what}>
        <span
          >${this.named(n)}${i?`: ${this.setTo(n,i)}`:``}<br /><span class="small dim"
            >${this.t(`permissions.${e.permission}`)}</span
          ></span
        >
      </td>
      <td role="cell" class="number at" style="text-align:start" data-label=${this.t(`audit.columns.at`)}>
        ${this.app.format.dateTime(e.at,{seconds:!0})}
      </td>
      ${a(`who`,t`${this.who(e)} ${this.roleOf(e)}`)}
      ${a(`where`,this.where(e))}
      <td role="cell" data-label=${this.t(`audit.columns.outcome`)}>
        <span
          ><span class="chip dot ${S[e.outcome]}">${this.t(`audit.outcomes.${e.outcome}`)}</span>
          ${e.detail?t`<br /><span class="small dim">${this.detail(e.detail)}</span>`:r}</span
        >
      </td>
    </tr>`}roleOf({role:e}){return e===null?r:t`<span class="small dim">${this.t(`roles.${e}`)}</span>`}where({serial:e,circuit:n}){if(e===null)return n===null?this.t(`audit.site`):this.t(`audit.circuit`,{circuit:n});let r=p(`meters`,e);return t`<a href=${r} @click=${e=>a(e,r)}>${this.names.get(e)??e}</a>`}named(e){let t=_(e),n=this.t(`audit_names.${t}`);if(n!==`panel.audit_names.${t}`)return n;for(let t of x(e)){let n=this.words.get(t,{tariff:e.slice(-1)});if(n)return n}return e}setTo(e,t){return C.has(t)?this.t(`audit.on`):w.has(t)?this.t(`audit.off`):this.words.get(b(e,t))||t}who(e){return y(e)===null?e.name:this.t(`audit.who.${y(e)}`)}detail(e){let t=this.t(`audit_details.${e}`);return t===`panel.audit_details.${e}`?this.app.exception(e)||this.t(`audit.unforeseen`,{error:e}):t}};o([e({attribute:!1})],T.prototype,`lines`,void 0),o([e({attribute:!1})],T.prototype,`names`,void 0),T=o([s(`csj-audit-table`)],T);function E(e,t){let[n=0,r=1,i=1]=e.split(`-`).map(Number);if(t===void 0)return new Date(n,r-1,i);let a=Date.UTC(n,r-1,i),o=a-O(a,t);return o=a-O(o,t),new Date(o)}function D(e){let[t=0,n=1,r=1]=e.split(`-`).map(Number);return new Date(Date.UTC(t,n-1,r+1)).toISOString().slice(0,10)}function O(e,t){let n=new Intl.DateTimeFormat(`en-US`,{timeZone:t,hourCycle:`h23`,year:`numeric`,month:`numeric`,day:`numeric`,hour:`numeric`,minute:`numeric`,second:`numeric`}).formatToParts(e),r=e=>Number(n.find(t=>t.type===e)?.value);return Date.UTC(r(`year`),r(`month`)-1,r(`day`),r(`hour`),r(`minute`),r(`second`))-Math.floor(e/1e3)*1e3}function k({from:e,to:t},n){return{...e?{start:E(e,n).toISOString()}:{},...t?{end:E(D(t),n).toISOString()}:{}}}function A(e,t,n,r){let{user:i,serial:a,allowed:o}=e;return{command:`audit`,limit:t,...k(e,n),...i===`portal`?{portal:!0}:i?{user_id:i}:{},...a?{serial:a}:{},...o?{allowed:o===`yes`}:{},...r===void 0?{}:{before_number:r}}}var j=100,M=`/api/csj_meter/audit.csv`,N=class extends l{constructor(...e){super(...e),this.filter={from:``,to:``,user:``,serial:``,allowed:``},this.users=new Map,this.lines=[],this.more=!1,this.busy=!1,this.shown=null,this.first=new u(this,()=>this.isPossible?A(this.filter,j,this.zone):null),this.meters=new u(this,()=>({command:`meters/list`})),this.older=async()=>{let{command:e,...t}=A(this.filter,j,this.zone,this.lines.at(-1)?.number),n=this.shown;this.busy=!0;let r=await this.attempt(()=>this.app.call(e,t));this.busy=!1,r!==void 0&&n===this.shown&&(this.lines=[...this.lines,...r.lines],this.more=r.more)},this.download=async()=>{let{start:e,end:t}=k(this.filter,this.zone),n=new URLSearchParams({...e?{since:e}:{},...t?{until:t}:{}}).toString(),r=await this.attempt(()=>this.app.hass.callWS({type:`auth/sign_path`,path:n?`${M}?${n}`:M}));if(r===void 0)return;let i=document.createElement(`a`);i.href=r.path,i.download=``,i.click()}}static{this.styles=[i,c`
      .filters {
        align-items: end;
      }
      .filters label {
        min-width: 150px;
      }
      /* the longest name of a meter is not what the others have to give way to */
      .filters select {
        max-width: 240px;
      }
      @media (max-width: 600px) {
        .filters label {
          flex: 1 1 40%;
          min-width: 0;
        }
        .filters select,
        .filters input {
          width: 100%;
          max-width: none;
        }
      }
    `]}get zone(){return this.app.hass.locale.time_zone===`server`?this.app.info.time_zone:void 0}get isPossible(){let{from:e,to:t}=this.filter;return!e||!t||e<=t}firstUpdated(){this.loadUsers()}willUpdate(e){let{value:t}=this.first;t!==this.shown&&(this.shown=t,this.lines=t?.lines??[],this.more=t?.more??!1)}render(){let{error:e}=this.first;return t`<div class="stack">
      ${this.filters()}
      ${this.isPossible?e===null?this.list():t`<csj-notice .app=${this.app} kind="error" .text=${this.app.sentence(e)}>
              <button @click=${()=>this.first.again()}>${this.t(`audit.again`)}</button>
            </csj-notice>`:t`<csj-notice .app=${this.app} kind="error" .text=${this.t(`audit.wrong_range`)}></csj-notice>`}
    </div>`}filters(){let e=this.meters.value?.meters??[],n=e=>t`<label>${this.t(`audit.${e}`)} <input type="date" .value=${this.filter[e]} @change=${this.set(e)} /></label>`,i=(e,n)=>t`<label
        >${this.t(`audit.${e}`)}
        <select @change=${this.set(e)}>
          <option value="">${this.t(`audit.all`)}</option>
          ${n.map(([n,r])=>t`<option .value=${n} ?selected=${n===this.filter[e]}>${r}</option>`)}
        </select></label
      >`;return t`<div class="row spread filters">
      <div class="row filters" role="search">
        ${n(`from`)} ${n(`to`)} ${i(`user`,[...this.people()])}
        ${i(`serial`,e.map(e=>[e.serial,e.name]))}
        ${i(`allowed`,[[`yes`,this.t(`audit.allowed_only`)],[`no`,this.t(`audit.refused_only`)]])}
      </div>
      ${this.app.may(`export`)?t`<button ?disabled=${!this.isPossible} @click=${this.download}>${this.t(`audit.download`)}</button>`:r}
      ${this.app.may(`export`)&&(this.filter.user||this.filter.serial||this.filter.allowed)?t`<p class="small dim">${this.t(`audit.download_all`)}</p>`:r}
    </div>`}people(){let e=new Map(this.users),{user:t}=this.filter;t===`portal`&&e.set(v,this.t(`audit.who.${v}`));for(let t of this.lines){let n=y(t)===`portal`?v:t.user_id;n!==null&&!e.has(n)&&e.set(n,this.nameOf(t))}return e}nameOf(e){let t=y(e);return t===null?e.name:this.t(`audit.who.${t}`)}list(){if(this.first.value===null)return t`<csj-notice .app=${this.app} kind="wait"></csj-notice>`;if(!this.lines.length)return t`<csj-notice .app=${this.app} kind="empty" .text=${this.t(`audit.none`)}></csj-notice>`;let e=new Map(this.meters.value?.meters.map(e=>[e.serial,e.name]));return t`<section class="card stack">
      <csj-audit-table .app=${this.app} .lines=${this.lines} .names=${e}></csj-audit-table>
      <div class="row spread">
        <p class="dim small" role="status">${this.t(this.more?`audit.count_more`:`audit.count`,{count:this.lines.length})}</p>
        ${this.more?t`<button ?disabled=${this.busy} @click=${this.older}>${this.t(this.busy?`dialog.busy`:`audit.older`)}</button>`:r}
      </div>
    </section>`}set(e){return t=>{this.filter={...this.filter,[e]:t.target.value}}}async loadUsers(){if(!this.app.hass.user?.is_admin)return;let e=(await this.attempt(()=>this.app.hass.callWS({type:`config/auth/list`}))??[]).filter(e=>!e.system_generated);this.users=new Map(e.map(e=>[e.id,e.name??e.id]))}};o([n()],N.prototype,`filter`,void 0),o([n()],N.prototype,`users`,void 0),o([n()],N.prototype,`lines`,void 0),o([n()],N.prototype,`more`,void 0),o([n()],N.prototype,`busy`,void 0),N=o([s(`csj-audit-page`)],N);export{N as CsjAuditPage};