import{_ as e,b as t,c as n,h as r,i,l as a,m as o,o as s,s as c,v as l}from"./elements.js";import{t as u}from"./answer.js";import{t as d}from"./card_table.js";import{t as f}from"./own_words.js";import{t as p}from"./panel.js";var m=`mobile_app_notification_action`;function h(e){let[,t=e,n=``]=/^(api:[a-z_]+:[a-z_]+|[a-z0-9_/]+)(?:: | )?(.*)$/s.exec(e)??[];return t===`csj_meter/command`&&n?h(n):{name:t,to:t===m?``:n}}function g(e){return e.replace(/^csj_meter\//,``).replace(/^api:csj_meter:/,`download_`).replaceAll(`/`,`_`)}function _(e){let t=e.replace(/^price_t\d$/,`price_tariff`);return[...[`switch`,`button`,`select`,`number`,`todo`].map(e=>`entity.${e}.${t}.name`),`services.${t}.name`]}var v={done:`good`,failed:`critical`,refused:`warning`,unknown:`neutral`},y=class extends s{constructor(...e){super(...e),this.lines=[],this.names=new Map,this.words=new f(this,[`entity`,`services`])}static{this.styles=[a,d,t`
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
    `]}render(){let e=e=>l`<th role="columnheader" scope="col">${this.t(`audit.columns.${e}`)}</th>`;return l`<div class="scroll">
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
    </div>`}line(t){let{name:n,to:r}=h(t.what),i=(e,t)=>l`<td role="cell" data-label=${this.t(`audit.columns.${e}`)}><span>${t}</span></td>`;return l`<tr role="row">
      <td role="cell" class="first" title=${t.what}>
        <span
          >${this.named(n)}${r?`: ${this.setTo(r)}`:``}<br /><span class="small dim"
            >${this.t(`permissions.${t.permission}`)}</span
          ></span
        >
      </td>
      <td role="cell" class="number at" style="text-align:start" data-label=${this.t(`audit.columns.at`)}>
        ${this.app.format.dateTime(t.at,{seconds:!0})}
      </td>
      ${i(`who`,l`${t.user_id===null?this.t(`audit.automation`):t.name} ${this.roleOf(t)}`)}
      ${i(`where`,this.where(t))}
      <td role="cell" data-label=${this.t(`audit.columns.outcome`)}>
        <span
          ><span class="chip dot ${v[t.outcome]}">${this.t(`audit.outcomes.${t.outcome}`)}</span>
          ${t.detail?l`<br /><span class="small dim">${t.detail}</span>`:e}</span
        >
      </td>
    </tr>`}roleOf({role:t}){return t===null?e:l`<span class="small dim">${this.t(`roles.${t}`)}</span>`}where({serial:e,circuit:t}){if(e===null)return t===null?this.t(`audit.site`):this.t(`audit.circuit`,{circuit:t});let n=p(`meters`,e);return l`<a href=${n} @click=${e=>i(e,n)}>${this.names.get(e)??e}</a>`}named(e){let t=g(e),n=this.t(`audit_names.${t}`);if(n!==`panel.audit_names.${t}`)return n;for(let t of _(e)){let n=this.words.get(t,{tariff:e.slice(-1)});if(n)return n}return e}setTo(e){return e===`True`||e===`False`?this.t(e===`True`?`audit.on`:`audit.off`):e}};n([r({attribute:!1})],y.prototype,`lines`,void 0),n([r({attribute:!1})],y.prototype,`names`,void 0),y=n([c(`csj-audit-table`)],y);function b(e,t){let[n=0,r=1,i=1]=e.split(`-`).map(Number);if(t===void 0)return new Date(n,r-1,i);let a=Date.UTC(n,r-1,i),o=a-S(a,t);return o=a-S(o,t),new Date(o)}function x(e){let[t=0,n=1,r=1]=e.split(`-`).map(Number);return new Date(Date.UTC(t,n-1,r+1)).toISOString().slice(0,10)}function S(e,t){let n=new Intl.DateTimeFormat(`en-US`,{timeZone:t,hourCycle:`h23`,year:`numeric`,month:`numeric`,day:`numeric`,hour:`numeric`,minute:`numeric`,second:`numeric`}).formatToParts(e),r=e=>Number(n.find(t=>t.type===e)?.value);return Date.UTC(r(`year`),r(`month`)-1,r(`day`),r(`hour`),r(`minute`),r(`second`))-Math.floor(e/1e3)*1e3}function C({from:e,to:t},n){return{...e?{start:b(e,n).toISOString()}:{},...t?{end:b(x(t),n).toISOString()}:{}}}function w(e,t,n){let{user:r,serial:i,allowed:a}=e;return{command:`audit`,limit:t,...C(e,n),...r?{user_id:r}:{},...i?{serial:i}:{},...a?{allowed:a===`yes`}:{}}}function T(e){return new Date(Date.parse(e.at(-1)?.at??``)+1).toISOString()}function E(e,t){let n=e.at(-1)?.at;return[...e,...t.slice(e.filter(e=>e.at===n).length)]}var D=100,O=`/api/csj_meter/audit.csv`,k=class extends s{constructor(...e){super(...e),this.filter={from:``,to:``,user:``,serial:``,allowed:``},this.users=new Map,this.lines=[],this.more=!1,this.busy=!1,this.shown=null,this.first=new u(this,()=>this.isPossible?w(this.filter,D,this.zone):null),this.meters=new u(this,()=>({command:`meters/list`})),this.older=async()=>{let{command:e,...t}=w(this.filter,D,this.zone),n=this.shown;this.busy=!0;let r=await this.attempt(()=>this.app.call(e,{...t,end:T(this.lines)}));this.busy=!1,r!==void 0&&n===this.shown&&(this.lines=E(this.lines,r.lines),this.more=r.more)},this.download=async()=>{let{start:e,end:t}=C(this.filter,this.zone),n=new URLSearchParams({...e?{since:e}:{},...t?{until:t}:{}}).toString(),r=await this.attempt(()=>this.app.hass.callWS({type:`auth/sign_path`,path:n?`${O}?${n}`:O}));if(r===void 0)return;let i=document.createElement(`a`);i.href=r.path,i.download=``,i.click()}}static{this.styles=[a,t`
      .filters {
        align-items: end;
      }
      .filters label {
        min-width: 150px;
      }
      @media (max-width: 600px) {
        .filters label {
          flex: 1 1 40%;
          min-width: 0;
        }
        .filters select,
        .filters input {
          width: 100%;
        }
      }
    `]}get zone(){return this.app.hass.locale.time_zone===`server`?this.app.info.time_zone:void 0}get isPossible(){let{from:e,to:t}=this.filter;return!e||!t||e<=t}firstUpdated(){this.loadUsers()}willUpdate(e){let{value:t}=this.first;t!==this.shown&&(this.shown=t,this.lines=t?.lines??[],this.more=t?.more??!1)}render(){let{error:e}=this.first;return l`<div class="stack">
      ${this.filters()}
      ${this.isPossible?e===null?this.list():l`<csj-notice .app=${this.app} kind="error" .text=${this.app.sentence(e)}>
              <button @click=${()=>this.first.again()}>${this.t(`audit.again`)}</button>
            </csj-notice>`:l`<csj-notice .app=${this.app} kind="error" .text=${this.t(`audit.wrong_range`)}></csj-notice>`}
    </div>`}filters(){let t=this.meters.value?.meters??[],n=new Map(this.users);for(let e of this.lines)e.user_id!==null&&!n.has(e.user_id)&&n.set(e.user_id,e.name);let r=e=>l`<label>${this.t(`audit.${e}`)} <input type="date" .value=${this.filter[e]} @change=${this.set(e)} /></label>`,i=(e,t)=>l`<label
        >${this.t(`audit.${e}`)}
        <select @change=${this.set(e)}>
          <option value="">${this.t(`audit.all`)}</option>
          ${t.map(([t,n])=>l`<option .value=${t} ?selected=${t===this.filter[e]}>${n}</option>`)}
        </select></label
      >`;return l`<div class="row spread filters">
      <div class="row filters" role="search">
        ${r(`from`)} ${r(`to`)} ${i(`user`,[...n])}
        ${i(`serial`,t.map(e=>[e.serial,e.name]))}
        ${i(`allowed`,[[`yes`,this.t(`audit.allowed_only`)],[`no`,this.t(`audit.refused_only`)]])}
      </div>
      ${this.app.may(`export`)?l`<button ?disabled=${!this.isPossible} @click=${this.download}>${this.t(`audit.download`)}</button>`:e}
      ${this.app.may(`export`)&&(this.filter.user||this.filter.serial||this.filter.allowed)?l`<p class="small dim">${this.t(`audit.download_all`)}</p>`:e}
    </div>`}list(){if(this.first.value===null)return l`<csj-notice .app=${this.app} kind="wait"></csj-notice>`;if(!this.lines.length)return l`<csj-notice .app=${this.app} kind="empty" .text=${this.t(`audit.none`)}></csj-notice>`;let t=new Map(this.meters.value?.meters.map(e=>[e.serial,e.name]));return l`<section class="card stack">
      <csj-audit-table .app=${this.app} .lines=${this.lines} .names=${t}></csj-audit-table>
      <div class="row spread">
        <p class="dim small" role="status">${this.t(this.more?`audit.count_more`:`audit.count`,{count:this.lines.length})}</p>
        ${this.more?l`<button ?disabled=${this.busy} @click=${this.older}>${this.t(this.busy?`dialog.busy`:`audit.older`)}</button>`:e}
      </div>
    </section>`}set(e){return t=>{this.filter={...this.filter,[e]:t.target.value}}}async loadUsers(){if(!this.app.hass.user?.is_admin)return;let e=(await this.attempt(()=>this.app.hass.callWS({type:`config/auth/list`}))??[]).filter(e=>!e.system_generated);this.users=new Map(e.map(e=>[e.id,e.name??e.id]))}};n([o()],k.prototype,`filter`,void 0),n([o()],k.prototype,`users`,void 0),n([o()],k.prototype,`lines`,void 0),n([o()],k.prototype,`more`,void 0),n([o()],k.prototype,`busy`,void 0),k=n([c(`csj-audit-page`)],k);export{k as CsjAuditPage};