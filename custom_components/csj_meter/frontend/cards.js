import{_ as e,b as t,c as n,d as r,g as i,h as a,i as o,l as s,m as c,o as l,p as u,r as ee,s as d,t as te,u as f,v as p,y as m}from"./elements.js";import{n as ne,t as re}from"./downloads.js";var h=new Map,g=new WeakMap,_=new WeakSet;function v(e){let{language:t}=e,n=h.get(t)??ee.load(e);return h.set(t,n),n.catch(()=>h.delete(t)),n}function ie(e){let{connection:t}=e;_.has(t)||(_.add(t),t.addEventListener(`ready`,()=>g.delete(t)));let n=g.get(t)??e.callWS({type:`csj_meter/info`});return g.set(t,n),n.catch(()=>g.delete(t)),n}function ae(){return document.querySelector(`home-assistant`)?.hass}var y=class extends i{constructor(...e){super(...e),this.config={type:`custom:csj-meter`},this.texts=null,this.meters=[]}static{this.styles=s}setConfig(e){this.config=e}async firstUpdated(){this.texts=await v(this.hass);let e=await this.hass.callWS({type:`csj_meter/dashboard`}).catch(()=>null);this.meters=e?.meters??[]}render(){let{texts:e}=this;if(e===null)return``;let t=this.config.device_id??``;return p`<label>
      ${e.get(`cards.form.device_id`)}
      <select @change=${e=>this.choose(e.target.value)}>
        <option value="" ?selected=${t===``}>${e.get(`cards.form_first`)}</option>
        ${this.meters.map(({device_id:e,name:n})=>p`<option value=${e??``} ?selected=${e===t}>${n}</option>`)}
      </select>
    </label>`}choose(e){let{device_id:t,...n}=this.config,r=e?{...n,device_id:e}:n;this.config=r,this.dispatchEvent(new CustomEvent(`config-changed`,{detail:{config:r},bubbles:!0,composed:!0}))}};n([a({attribute:!1})],y.prototype,`hass`,void 0),n([c()],y.prototype,`config`,void 0),n([c()],y.prototype,`texts`,void 0),n([c()],y.prototype,`meters`,void 0),y=n([d(`csj-section-editor`)],y);function b(e,t){let n=e.filter(e=>e!==null);return n.some(({type:e})=>e!==`heading`)?[{type:`grid`,cards:n,...t?{column_span:t}:{}}]:[]}function x(e,t,n={}){return{type:`heading`,heading:e,heading_style:`title`,icon:t,...n}}function S(e){return{action:`navigate`,navigation_path:e}}function C(e,t={}){return e===void 0?null:{type:`tile`,entity:e,name:{type:`entity`},...t}}function w(e,t={}){return C(e,{features:[{type:`trend-graph`,hours_to_show:24}],...t})}function oe(e,t){return{type:`alert`,entity:e,alert_color:t,grid_options:{columns:`full`},visibility:[{condition:`state`,entity:e,state:`on`}]}}function se(e,t){return e.map(e=>({condition:`state`,entity:e,state_not:t}))}function T(e,t,n){let r=t.filter(e=>e!==void 0);return r.length?{type:`statistics-graph`,title:e,entities:r,chart_type:r.length===1?`bar`:`bar-stack`,period:`day`,days_to_show:n,stat_types:[`change`],hide_legend:r.length===1,grid_options:{columns:`full`}}:null}function ce(e,t,n){let r=t.filter(e=>e!==void 0);return r.length?{type:`statistics-graph`,title:e,entities:r,period:`hour`,days_to_show:n,stat_types:r.length===1?[`min`,`mean`,`max`]:[`mean`],hide_legend:r.length===1,grid_options:{columns:`full`}}:null}function le(e,t){let n=e.filter(e=>e!==void 0);return n.length?{type:`logbook`,target:{entity_id:n},hours_to_show:t,grid_options:{columns:`full`,rows:4}}:null}function E(e,t={}){return{type:`markdown`,content:e,grid_options:{columns:`full`},...t}}var ue={voltage_problem:`red`,current_problem:`red`,balance_problem:`amber`,load_problem:`amber`,communication_problem:`amber`,credit_very_low:`red`,credit_low:`amber`,cover_opened:`red`},de=72,fe=4;function D(e,t){return e.sensor?.[t]}function O({entities:e},t,n){return Array.from({length:n},(n,r)=>({entity:D(e,`${t}${r+1}`),number:r+1})).filter(e=>e.entity!==void 0)}function pe(e,t){return e===void 0?void 0:{entity:e,name:t}}function k({prepay:e},{permissions:t}){return e&&`see_money`in t}function A({entities:e},t){let n=Object.entries(ue).map(([t,n])=>[e.binary_sensor?.[t],n]).filter(e=>e[0]!==void 0);return n.length?[...n.map(([e,t])=>oe(e,t)),E(t(`cards.dashboard.quiet`),{visibility:se(n.map(([e])=>e),`on`)})]:[]}function j(e,t,n,r={}){let{entities:i,device_id:a}=e,o=i.binary_sensor?.supply,s=D(i,`alert_state`);return[x(e.name,`mdi:meter-electric-outline`,{...s===void 0?{}:{badges:[{type:`entity`,entity:s,show_state:!0,show_icon:!0,color:`state`}]},...r}),...A(e,n),o===void 0?null:C(o,{color:`red`,visibility:[{condition:`state`,entity:o,state:`off`}]}),k(e,t)&&a!==null?{type:`custom:csj-credit-card`,device_id:a,name:n(`cards.tenants.title`)}:null].filter(e=>e!==null)}function M({device_id:e},t){return e===null?null:{type:`custom:csj-usage-card`,device_id:e,name:t(`cards.dashboard.today`)}}function me(e,t,n){let{entities:r,phases:i,tariffs:a,solar:o}=e,s=e=>D(r,e),c=O(e,`voltage_l`,i),l=O(e,`energy_import_t`,a),u=`see_diagnostics`in t.permissions;return[...b(j(e,t,n)),...b([x(n(`cards.dashboard.usage`),`mdi:chart-bell-curve`),M(e,n)]),...b([x(n(`cards.dashboard.now`),`mdi:flash`),w(s(`active_power`)),...i>1?O(e,`active_power_l`,i).map(({entity:e})=>C(e)):[],...c.map(({entity:e})=>C(e)),i>1||u?C(s(`power_factor`)):null,a>1?C(s(`active_tariff`)):null,a>1&&`see_money`in t.permissions?C(s(`energy_price`)):null,o?C(s(`energy_export`),{icon:`mdi:solar-power`}):null]),...b([x(n(`cards.dashboard.history`),`mdi:chart-bar`),T(n(`cards.dashboard.by_day`),[s(`energy_import`)],30),l.length>1&&l.length<=fe?T(n(`cards.dashboard.by_tariff`),l.map(({entity:e,number:t})=>pe(e,n(`cards.dashboard.tariff`,{number:t}))),30):null,o?T(n(`cards.dashboard.fed_in`),[s(`energy_export`)],30):null,ce(n(`cards.dashboard.voltage`),c.map(({entity:e,number:t})=>i>1?{entity:e,name:`L${t}`}:e),7)]),...u?b(he(e,n)):[],...b([x(n(`cards.dashboard.happened`),`mdi:history`),le([r.event?.alert,r.event?.meter_log,r.binary_sensor?.supply],de)])]}function he({entities:e,serial:t},n){let r=D(e,`success_rate`);return[x(n(`cards.dashboard.health`),`mdi:stethoscope`,{tap_action:{action:`navigate`,navigation_path:`/csj-meter/meters/${encodeURIComponent(t)}`}}),r===void 0?null:{type:`gauge`,entity:r,min:0,max:100,needle:!1,severity:{red:0,yellow:90,green:98}},C(D(e,`last_contact`)),C(D(e,`round_trip`)),C(D(e,`key_state`)),C(D(e,`temperature`))]}var N=6,P=10,ge=72,_e=3;function F({serial:e}){return`meter-${e.toLowerCase().replace(/[^a-z0-9]+/g,`-`)}`}function ve(e,t,n,r){let i=[...e.meters].sort((e,t)=>e.name.localeCompare(t.name,void 0,{numeric:!0})),[a]=i;if(a===void 0)return{views:[I(r(`cards.dashboard.title`),`home`,xe(e,r))]};let o=i.map(t=>({...I(t.name,F(t),me(t,e,r)),...i.length>N?{subview:!0}:{}})),s=Ee(e,r),c=i.length===1?o.map(e=>({...e,sections:[...e.sections,...s]})):[I(r(`cards.dashboard.overview`),`overview`,[...Se(i,e,n,r),...s]),...o];return{views:i.some(({entities:e})=>t.has(D(e,`energy_import`)??``))?[...c,De(r)]:c}}function ye(e,t,n){let r=t?e.meters.find(e=>e.device_id===t):e.meters[0];return r===void 0?{type:`grid`,cards:[E(n(t?`cards.missing.gone`:`cards.dashboard.no_meters`))]}:{type:`grid`,cards:[...j(r,e,n),M(r,n),w(D(r.entities,`active_power`))].filter(e=>e!==null)}}function be(e,t){return{views:[I(t,`home`,[{type:`grid`,cards:[E(e)]}])]}}function I(e,t,n){return{type:`sections`,title:e,path:t,max_columns:_e,sections:n}}function xe({role:e,permissions:t},n){let r=`configure`in t;return[{type:`grid`,cards:[x(n(`cards.dashboard.title`),`mdi:meter-electric-outline`),E(n(r?`cards.dashboard.add_a_bridge`:e===`tenant`||e===`landlord`?`cards.dashboard.not_yours`:`cards.dashboard.no_meters`)),...r?[{type:`button`,name:n(`cards.dashboard.add`),icon:`mdi:plus`,tap_action:S(`/config/integrations/dashboard/add?domain=csj_meter`)}]:[]]}]}function Se(e,t,n,r){let i=[`owner`,`landlord`].includes(t.role),a=e.filter(e=>e.entities.event?.alert!==void 0).map(({entities:e})=>e.event?.alert);return[...b([x(r(`cards.dashboard.attention`),`mdi:alert-outline`,Ce(t)),...we(e,n,r)]),...i&&e.some(e=>k(e,t))?b([x(r(`cards.tenants.title`),`mdi:account-cash-outline`),{type:`custom:csj-tenants-card`,name:r(`cards.dashboard.credit`)}]):[],...b([x(r(`cards.dashboard.meters`),`mdi:meter-electric-outline`,`see_diagnostics`in t.permissions?{tap_action:S(`/csj-meter`)}:{}),...e.map(t=>Te(t,e.length<=P,n))]),...e.length<=P?b([x(r(`cards.dashboard.history`),`mdi:chart-bar`),T(r(`cards.dashboard.by_day`),e.map(e=>pe(D(e.entities,`energy_import`),e.name)),30)]):[],...b([x(r(`cards.dashboard.happened`),`mdi:history`),le(t.site.event?.alert?[t.site.event.alert]:a,ge)])]}function Ce({site:e}){let t=D(e,`alert_state`);return t===void 0?{}:{badges:[{type:`entity`,entity:t,show_state:!0,show_icon:!0,color:`state`}]}}function we(e,t,n){if(e.length<=N){let t=e.flatMap(e=>A(e,n).filter(({type:e})=>e===`alert`)),r=t.map(({entity:e})=>e);return r.length?[...t,E(n(`cards.dashboard.quiet`),{visibility:se(r,`on`)})]:[]}let r=e.map(e=>({meter:e,entity:D(e.entities,`alert_state`)})).filter(e=>e.entity!==void 0);if(!r.length)return[];let i=[`critical`,`warning`];return[...r.map(({meter:e,entity:n})=>({type:`tile`,entity:n,name:e.name,color:`red`,grid_options:{columns:`full`},tap_action:S(`${t}/${F(e)}`),visibility:[{condition:`state`,entity:n,state:i}]})),E(n(`cards.dashboard.quiet`),{visibility:r.map(({entity:e})=>({condition:`state`,entity:e,state_not:i}))})]}function Te(e,t,n){let r=D(e.entities,`active_power`)??D(e.entities,`energy_import`),i={name:e.name,tap_action:S(`${n}/${F(e)}`)};return t?w(r,i):C(r,i)}function Ee({site:e},t){let n=e.todo?.work_orders;return n===void 0?[]:b([x(t(`cards.dashboard.work_orders`),`mdi:clipboard-list-outline`),{type:`todo-list`,entity:n}])}function De(e){let t=e=>({type:e,grid_options:{columns:`full`}});return{...I(e(`cards.dashboard.energy`),`energy`,[{type:`grid`,cards:[t(`energy-date-selection`),t(`energy-usage-graph`)],column_span:2},{type:`grid`,cards:[t(`energy-distribution`),t(`energy-sources-table`)]}]),icon:`mdi:lightning-bolt`}}async function Oe(e){let t=await e.callWS({type:`energy/get_prefs`}).catch(()=>null);return new Set((t?.energy_sources??[]).flatMap(({stat_energy_from:e,flow_from:t})=>[...e?[e]:[],...(t??[]).map(e=>e.stat_energy_from)]))}async function L(e){let[t,n]=await Promise.all([v(e),e.callWS({type:`csj_meter/dashboard`}).catch(()=>null)]);return{say:(e,n)=>t.get(e,n),told:n}}var R=class extends HTMLElement{static{this.registryDependencies=[`entities`,`devices`]}},ke=class extends R{static{this.noEditor=!0}static async getCreateSuggestions(e){return{title:(await v(e)).get(`cards.dashboard.title`),icon:`mdi:meter-electric-outline`}}static async generate(e,t){let[{say:n,told:r},i]=await Promise.all([L(t),Oe(t)]);return r===null?be(n(`cards.not_there`),n(`cards.dashboard.title`)):ve(r,i,`/${location.pathname.split(`/`)[1]??``}`,n)}},Ae=class extends R{static getStubConfig(){return{type:`custom:csj-meter`}}static getConfigElement(){return document.createElement(`csj-section-editor`)}static async generate({device_id:e},t){let{say:n,told:r}=await L(t);return r===null?{type:`grid`,cards:[{type:`markdown`,content:n(`cards.not_there`)}]}:ye(r,e,n)}};function z(e,t){customElements.get(e)===void 0&&customElements.define(e,t)}z(`ll-strategy-dashboard-csj-meter`,ke),z(`ll-strategy-section-csj-meter`,Ae);var je=new Set([`unauthorized`,`not_found`,`invalid_format`,`unknown_command`]),B=class{constructor(e,t,n){this.host=e,this.question=t,this.seconds=n,this.value=null,this.error=null,this.turn=0,this.seen=()=>{!document.hidden&&this.asked!==void 0&&this.ask()},e.addController(this)}hostConnected(){document.addEventListener(`visibilitychange`,this.seen)}hostDisconnected(){document.removeEventListener(`visibilitychange`,this.seen),this.turn+=1,this.asked=void 0,clearTimeout(this.timer)}hostUpdate(){if(this.host.app===void 0)return;let e=this.question(),t=e===null?void 0:JSON.stringify(e);(t!==this.asked||this.by!==this.host.app.info)&&(t!==this.asked&&(this.value=this.error=null),this.asked=t,this.by=this.host.app.info,this.ask())}async ask(){clearTimeout(this.timer);let e=++this.turn,t=this.question();if(t===null)return;let{command:n,...i}=t;if(!document.hidden){try{let t=await this.host.app.call(n,i);if(e!==this.turn)return;this.value=t,this.error=null}catch(t){if(e!==this.turn)return;this.error=r(t)?{code:`lost`,message:``}:t,je.has(this.error.code)&&(this.value=null)}this.host.requestUpdate()}this.timer=setTimeout(()=>void this.ask(),this.seconds*1e3)}take(e){this.value=e,this.host.requestUpdate()}};function V({devices:e},t){if(!t)return{missing:`not_chosen`};let n=e[t];if(n===void 0)return{missing:`gone`};let r=n.identifiers.find(([e])=>e===`csj_meter`)?.[1];return r===void 0?{missing:`other`}:{serial:r}}function Me({entities:e},t,n){let r=e[t];return r!==void 0&&Pe(r,n)?r.device_id:null}function Ne({entities:e},t){return Object.values(e).find(e=>e!==void 0&&Pe(e,t))?.device_id??null}function Pe({platform:e,translation_key:t,device_id:n},r){return e===`csj_meter`&&n!==void 0&&t!==void 0&&r.has(t)}var Fe=new Set([`balance`,`credit_days_left`,`last_payment`]),Ie=new Set([`usage_today`,`usage_this_month`,`usage_trend`,`expected_usage`,`cost_today`,`cost_this_month`,`energy_import`]),Le=5,H=[s,t`
    :host {
      height: 100%;
      container-type: inline-size;
    }
    ha-card {
      display: block;
      height: 100%;
      padding: 16px;
      box-sizing: border-box;
      overflow-wrap: anywhere;
    }
    .body {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 12px;
    }
    .big {
      font-size: 28px;
      line-height: 1.2;
    }
    .chip {
      white-space: normal;
    }
    .dot {
      display: inline-flex;
      align-items: baseline;
      gap: 6px;
    }
    .dot::before {
      flex: none;
    }
    button {
      max-width: 100%;
      padding-block: 4px;
    }
  `],U=class extends l{constructor(...e){super(...e),this.config={type:``},this.texts=null,this.failed=!1,this.turn=0,this.renew=()=>void this.load()}static{this.styles=H}setConfig(e){for(let t of[`device_id`,`name`])if(e[t]!==void 0&&typeof e[t]!=`string`)throw Error(`${t}: text expected`);this.config=e}set hass(e){let t=this.current;this.current=e,t?.connection!==e.connection||t.language!==e.language?this.load():(t.locale!==e.locale||t.themes!==e.themes||t.devices!==e.devices)&&this.app!==void 0&&this.texts!==null&&(this.app=new f(e,this.app.info,this.texts))}connectedCallback(){super.connectedCallback(),this.current!==void 0&&this.renew()}disconnectedCallback(){super.disconnectedCallback(),this.turn+=1,clearTimeout(this.timer),this.leave?.(),this.leave=void 0}shouldUpdate(){return!0}async load(){clearTimeout(this.timer);let e=this.current,t=++this.turn;try{let n=ie(e);if(n.catch(()=>void 0),this.leave===void 0){let{connection:t}=e;t.addEventListener(`ready`,this.renew),this.leave=()=>t.removeEventListener(`ready`,this.renew)}let r=await v(e);if(t!==this.turn)return;this.texts=r;let i=await n;if(t!==this.turn)return;this.failed=!1,this.app=new f(this.current,i,r)}catch{if(t!==this.turn)return;this.failed=this.app===void 0,this.timer=setTimeout(this.renew,Le*1e3)}}render(){return p`<ha-card><div class="body">${this.app===void 0?this.early():this.content()}</div></ha-card>`}early(){let e=this.texts?.get(this.failed?`cards.not_there`:`panel.notice.wait`)??``;return p`<p class="dim" role="status">${e}</p>`}w(e,t){return this.app.texts.get(e,t)}words(e){return p`${this.config.name?p`<h2>${this.config.name}</h2>`:``}
      <p class="dim" role="status">${e}</p>`}get serial(){if(this.app===void 0)return null;let e=V(this.app.hass,this.config.device_id);return`serial`in e?e.serial:null}withoutMeter(){let e=V(this.app.hass,this.config.device_id);return this.words(`missing`in e?this.w(`cards.missing.${e.missing}`):``)}notYet(e){return this.words(e===null?this.t(`notice.wait`):this.why(e))}why(e){return e.code===`lost`?this.t(`notice.lost`):e.code===`unknown_command`?this.w(`cards.not_there`):this.app.sentence(e)}};n([c()],U.prototype,`config`,void 0),n([c()],U.prototype,`texts`,void 0),n([c()],U.prototype,`failed`,void 0);var Re=14;function W({forecast:e,state:t}){let n=t===`arrears`||t===`very_low`?`critical`:t===`low`?`warning`:null,r=G(e),i=r===null?e?.outlook===`lasts`||t===`ok`?`good`:null:r<1?`critical`:r<=3?`warning`:`good`;return n===`critical`||i===`critical`?`critical`:n??i}function G(e){return e===null?null:e.outlook===`empty`?0:e.outlook===`runs_out`?e.days:null}var ze=3;function Be(e){return e<ze?Math.floor(e*10)/10:Math.floor(e)}function Ve(e){return e?.outlook===`lasts`?1:Math.min(Math.max((G(e)??0)/Re,0),1)}function He(e){let{balance:t,unit:n,tariff:r,tariffs:i}=e,a=i.find(e=>e.tariff===r)??(i.length===1?i[0]:void 0),o=a?.price??null;if(t===null||t<0||o===null||o<=0)return null;if(n!==`kWh`)return{value:t/o,unit:`kWh`};let s=a.price_unit.split(`/`)[0];return/^[A-Z]{3}$/.test(s)?{value:t*o,unit:s}:null}function Ue(e,t){return[...e(`redeem`)?[`voucher`]:[],...e(`redeem`)&&t.includes(`sts_token`)?[`token`]:[],...e(`top_up`)?[`amount`]:[]]}function We({method:e,text:t},n,r){let i=t.trim();return e===`amount`?[`top_up`,{device_id:n,amount:i.replace(`,`,`.`),key:r}]:e===`token`?[`load_token`,{device_id:n,token:i,key:r}]:[`redeem_voucher`,{device_id:n,code:i,key:r}]}function Ge({method:e,text:t}){let n=t.trim();return e===`amount`?/^\d{1,4}([.,]\d{1,2})?$/.test(n)&&Number(n.replace(`,`,`.`))>0:n.length>0&&n.length<=100}function Ke(){return[...crypto.getRandomValues(new Uint8Array(12))].map(e=>e.toString(16).padStart(2,`0`)).join(``)}function qe(e){return e.state===`done`||e.state===`refused`||e.state===`foreign`}async function Je(e){let t=ae(),n=t===void 0?void 0:await v(t).catch(()=>void 0);return{schema:e,computeLabel:({name:e})=>n?.get(`cards.form.${e}`)??e,computeHelper:({name:e})=>n?.get(`cards.form_help.${e}`)}}var Ye={name:`device_id`,required:!0,selector:{device:{integration:`csj_meter`}}},Xe={name:`name`,selector:{text:{}}};function Ze(){return Je([Ye,Xe])}function Qe(){return Je([{name:`circuit`,selector:{text:{}}},Xe])}var $e=90,et=20,K=class extends l{constructor(...e){super(...e),this.deviceId=``,this.newest=``,this.payments=null,this.error=``,this.open=!1}static{this.styles=[s,t`
      summary {
        cursor: pointer;
        font-weight: 500;
        color: var(--csj-accent-text);
        padding: 6px 0;
      }
      ol {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 12px;
        padding: 8px 0;
        border-bottom: 1px solid var(--csj-line);
      }
      li:last-child {
        border-bottom: none;
      }
    `]}updated(e){this.open&&(e.has(`newest`)||e.has(`deviceId`))&&this.ask()}render(){return p`<details @toggle=${this.toggled}>
      <summary>${this.w(`cards.credit.history`)}</summary>
      ${this.error?p`<p class="critical" role="alert">${this.error}</p>`:this.payments===null?p`<p class="dim" role="status">${this.t(`notice.wait`)}</p>`:this.list(this.payments)}
    </details>`}list(t){if(!t.length)return p`<p class="dim">${this.w(`cards.credit.no_payments`,{days:$e})}</p>`;let{format:n}=this.app;return p`<ol>
      ${t.slice(0,et).map(t=>p`<li>
          <span>${this.w(`cards.credit.kinds.${t.kind}`)}</span>
          <span class="number">${n.credit(t.amount,t.unit)}</span>
          <span class="small dim">${n.dateTime(t.at)}${t.note?p`, ${t.note}`:e}</span>
          <span class="small ${t.state===`refused`?`critical`:t.state===`uncertain`?`warning`:`dim`}">
            ${this.t(`meter.payments.${t.state}`)}
          </span>
        </li>`)}
    </ol>`}toggled(e){this.open=e.target.open,this.open&&this.ask()}async ask(){try{let e=await this.app.act(`list_payments`,{device_id:this.deviceId,days:$e});this.payments=e.payments.toReversed(),this.error=``}catch(e){this.error=this.app.sentence(e)}}w(e,t){return this.app.texts.get(e,t)}};n([a()],K.prototype,`deviceId`,void 0),n([a()],K.prototype,`newest`,void 0),n([c()],K.prototype,`payments`,void 0),n([c()],K.prototype,`error`,void 0),K=n([d(`csj-payments`)],K);var q=new Map;function tt(e,t){let n=JSON.stringify([t.method,t.text.trim()]),r=q.get(e),i=r?.said===n?r.key:Ke();return q.set(e,{said:n,key:i,lost:!1}),i}function nt(e){let t=q.get(e);t!==void 0&&(t.lost=!0)}function rt(e){q.delete(e)}function it(e){return q.get(e)?.lost??!1}var J=class extends l{constructor(...e){super(...e),this.deviceId=``,this.unit=``,this.methods=[],this.method=null,this.text=``,this.busy=!1,this.payment=null,this.failure=``}static{this.styles=[s,t`
      form,
      .fields {
        display: grid;
        gap: 12px;
      }
      .receipt {
        border: 1px solid var(--csj-line);
        border-inline-start: 4px solid currentColor;
        border-radius: 8px;
        padding: 12px;
        margin-top: 12px;
      }
      .receipt dl {
        color: var(--csj-text);
        grid-template-columns: repeat(auto-fill, minmax(110px, 1fr));
        margin: 8px 0 0;
      }
      fieldset {
        border: none;
        padding: 0;
        margin: 0;
      }
      input[type="radio"] {
        accent-color: var(--csj-accent);
      }
      legend {
        padding: 0;
        margin-bottom: 4px;
        font-size: 12px;
        color: var(--csj-dim);
      }
      button {
        max-width: 100%;
      }
    `]}render(){let t=this.chosen;return p`
      ${this.busy?p`<progress aria-label=${this.w(`cards.credit.under_way`)}></progress>`:e}
      <button class="main" ?disabled=${this.busy} @click=${this.begin}>${this.w(`cards.credit.top_up`)}</button>
      <div role="status">${this.busy?p`<p>${this.w(`cards.credit.under_way`)}</p>`:e} ${this.payment===null||this.busy?e:this.receipt(this.payment)}</div>
      ${this.trouble?p`<p class="critical" role="alert">${this.trouble}</p>`:e}
      <csj-dialog .app=${this.app} heading=${this.w(`cards.credit.top_up`)} action=${this.w(`cards.credit.send`)} .work=${()=>this.send()}>
        <div class="fields">
          ${this.methods.length>1?this.choice(t):e}
          <label>
            ${this.w(`cards.credit.entry_of.${t}`,{unit:this.unit})}
            <input
              name="entry"
              autocomplete="off"
              autocapitalize=${t===`voucher`?`characters`:`off`}
              inputmode=${t===`amount`?`decimal`:t===`token`?`numeric`:`text`}
              maxlength="100"
              .value=${this.text}
              @input=${e=>this.text=e.target.value}
              @keydown=${e=>e.key===`Enter`&&this.dialog.renderRoot.querySelector(`form`)?.requestSubmit()}
            />
          </label>
          <p class="small dim">${this.w(`cards.credit.hint_of.${t}`)}</p>
          ${this.busy?p`<div role="status">
                <progress aria-label=${this.w(`cards.credit.under_way`)}></progress>
                <p class="small">${this.w(`cards.credit.under_way`)}</p>
              </div>`:e}
        </div>
      </csj-dialog>
    `}get trouble(){return this.busy?``:it(this.deviceId)?this.w(`cards.credit.outcome_lost`):this.failure}get chosen(){return this.method!==null&&this.methods.includes(this.method)?this.method:this.methods[0]}choice(e){return p`<fieldset>
      <legend>${this.w(`cards.credit.with`)}</legend>
      <div class="row">
        ${this.methods.map(t=>p`<label class="check">
            <input
              type="radio"
              name="method"
              .checked=${t===e}
              ?disabled=${this.busy}
              @change=${()=>{this.method=t,this.text=``}}
            />
            ${this.w(`cards.credit.methods.${t}`)}
          </label>`)}
      </div>
    </fieldset>`}receipt(t){let{format:n}=this.app,r=e=>n.credit(e,t.unit),i=t.state===`done`?`good`:t.state===`refused`?`critical`:`warning`,a=[[`amount`,r(t.amount)],[`balance_before`,r(t.balance_before)],[`balance_after`,r(t.balance_after)],[`at`,n.dateTime(t.at,{seconds:!0})],[`number`,t.id.slice(0,8)]];return p`<section class="receipt ${i}" aria-label=${this.w(`cards.credit.receipt`)}>
      <p><strong>${this.w(`cards.credit.outcomes.${t.state}`)}</strong></p>
      ${t.state===`refused`&&t.reason!==null?p`<p>${this.w(`cards.credit.reasons.${t.reason}`)}</p>`:e}
      <dl>
        ${a.map(([e,t])=>p`<div><dt>${this.w(`cards.credit.receipt_of.${e}`)}</dt><dd class="number">${t}</dd></div>`)}
      </dl>
    </section>`}begin(){this.failure=``,this.text=``,this.dialog.show()}async send(){let e={method:this.chosen,text:this.text};if(!Ge(e))throw{code:`invalid_format`,message:this.w(`cards.credit.not_possible`)};let t=tt(this.deviceId,e);this.busy=!0,this.failure=``,this.payment=null;try{this.payment=await this.app.act(...We(e,this.deviceId,t)),qe(this.payment)&&rt(this.deviceId)}catch(e){let t=r(e);t?nt(this.deviceId):rt(this.deviceId);let n=t?{code:`lost`,message:this.w(`cards.credit.outcome_lost`)}:e;throw this.failure=t?``:this.app.sentence(n),n}finally{this.busy=!1,this.dispatchEvent(new Event(`paid`))}}w(e,t){return this.app.texts.get(e,t)}};n([a()],J.prototype,`deviceId`,void 0),n([a()],J.prototype,`unit`,void 0),n([a({attribute:!1})],J.prototype,`methods`,void 0),n([c()],J.prototype,`method`,void 0),n([c()],J.prototype,`text`,void 0),n([c()],J.prototype,`busy`,void 0),n([c()],J.prototype,`payment`,void 0),n([c()],J.prototype,`failure`,void 0),n([u(`csj-dialog`)],J.prototype,`dialog`,void 0),J=n([d(`csj-top-up`)],J);var at=20,ot=class extends U{constructor(...e){super(...e),this.asked=new B(this,()=>this.serial===null?null:{command:`meter`,serial:this.serial},at)}static{this.styles=[...H,t`
      .figures {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 24px;
        justify-content: space-between;
      }
      .bar {
        height: 8px;
        border-radius: 4px;
        background: color-mix(in srgb, var(--csj-text) 14%, transparent);
        overflow: hidden;
      }
      .bar span {
        display: block;
        height: 100%;
        min-width: 4px;
        background: currentColor;
      }
    `]}static getConfigForm(){return Ze()}static getStubConfig(e){let t=Ne(e,Fe);return t===null?{}:{device_id:t}}getGridOptions(){return{columns:12,min_columns:6}}getCardSize(){return 5}content(){if(this.serial===null)return this.withoutMeter();let t=this.asked.value?.meter;if(t===void 0)return this.notYet(this.asked.error);let{money:n}=t;if(n===null)return this.words(this.w(this.app.may(`see_money`)?t.capabilities.includes(`prepay`)?`cards.credit.not_read`:`cards.credit.none`:`cards.credit.not_allowed`));let r=W(n);return p`
      <div class="row spread">
        <h2>${this.config.name??t.name}</h2>
        ${n.state===null?e:p`<span class="chip dot ${r??`neutral`}">${this.t(`meter.credit_states.${n.state}`)}</span>`}
      </div>
      ${this.figures(n)}
      <div class="bar ${r??`dim`}" aria-hidden="true"><span style="width:${Ve(n.forecast)*100}%"></span></div>
      <p>${this.outlook(n)}</p>
      <p class="small ${t.state===`online`?`dim`:`warning`}">${this.age(t)}</p>
      ${this.payments(t,n)}
    `}figures(t){let{format:n}=this.app,r=He(t),i=G(t.forecast);return p`<div class="figures">
      <div>
        <p class="small dim">${this.t(`meter.balance`)}</p>
        <p class="big number" data-balance>${n.credit(t.balance,t.unit)}</p>
        ${r===null?e:p`<p class="small dim number">${this.w(`cards.credit.equivalent`,{amount:n.credit(r.value,r.unit)})}</p>`}
      </div>
      <div>
        <p class="small dim">${this.w(`cards.credit.days_left`)}</p>
        <p class="big number ${W(t)??``}" data-days>
          ${i===null?t.forecast?.outlook===`lasts`?this.w(`cards.credit.many_days`):`–`:n.number(Be(i))}
        </p>
      </div>
    </div>`}outlook({forecast:e,unit:t}){let{format:n}=this.app;if(e===null||e.outlook===`unknown`)return this.w(`cards.credit.still_learning`);let r=this.t(`meter.outlooks.${e.outlook}`,{date:n.date(e.runs_out_at)});return e.per_day===null?r:`${r} ${this.t(`meter.per_day`,{amount:n.credit(e.per_day,t)})}`}age({state:e,last_contact:t}){let{format:n}=this.app;return this.asked.error===null?e===`online`?this.w(`cards.credit.read`,{ago:n.ago(t)}):t===null?this.t(`meter_states.${e}`):this.w(`cards.credit.of_before`,{state:this.t(`meter_states.${e}`),time:n.dateTime(t)}):this.why(this.asked.error)}payments(t,n){let r=this.config.device_id,i=Ue(e=>this.app.may(e),t.capabilities);return p`
      ${i.length?p`<csj-top-up
            .app=${this.app}
            .deviceId=${r}
            .unit=${n.unit}
            .methods=${i}
            @paid=${()=>void this.asked.ask()}
          ></csj-top-up>`:e}
      <csj-payments .app=${this.app} .deviceId=${r} .newest=${JSON.stringify(n.last_payment)}></csj-payments>
    `}};ot=n([d(`csj-credit-card`)],ot);var st={critical:0,warning:1,good:2};function ct(e){let t=({money:e})=>{let t=e===null?null:W(e);return t===null?1.5:st[t]},n=({money:e})=>(e===null?null:G(e.forecast))??Number.MAX_VALUE;return[...e].sort((e,r)=>t(e)-t(r)||n(e)-n(r)||e.name.localeCompare(r.name))}function lt({email:e,phone:t},n,r){let i=encodeURIComponent(r);return e?`mailto:${encodeURIComponent(e).replace(`%40`,`@`)}?subject=${encodeURIComponent(n)}&body=${i}`:t?`sms:${t.replace(/[^+\d]/g,``)}?&body=${i}`:null}var ut={delivered:`good`,waiting:`warning`,failed:`critical`,no_channel:`warning`},Y=class extends l{constructor(...e){super(...e),this.deviceId=``,this.subject=``,this.text=``,this.busy=!1,this.reminded=null,this.failure=``}static{this.styles=[s,t`
      :host {
        display: grid;
        justify-items: end;
        gap: 4px;
        text-align: end;
      }
      .row {
        justify-content: end;
      }
      button,
      .button {
        max-width: 100%;
        white-space: normal;
      }
    `]}render(){let{name:t,channel:n,reminded_at:r}=this.tenant,{format:i}=this.app,a=n===null||this.reminded?.state===`failed`||this.reminded?.state===`no_channel`?lt(this.tenant,this.subject,this.text):null;return p`<div class="row">
        ${n===null?e:p`<button ?disabled=${this.busy} aria-label=${this.w(`cards.tenants.remind_whom`,{name:t})} @click=${this.remind}>
              ${this.w(`cards.tenants.remind`)}
            </button>`}
        ${a===null?e:p`<a class="button" href=${a} aria-label=${this.w(`cards.tenants.write_to`,{name:t})}>${this.w(`cards.tenants.write`)}</a>`}
      </div>
      <div role="status">${this.receipt(t)}</div>
      ${this.failure?p`<p class="small critical" role="alert">${this.failure}</p>`:e}
      ${this.reminded===null&&r!==null?p`<p class="small dim">${this.w(`cards.tenants.reminded`,{date:i.date(r)})}</p>`:e}`}receipt(t){if(this.busy)return p`<p class="small">${this.w(`cards.tenants.reminding`,{name:t})}</p>`;if(this.reminded===null)return e;let{state:n,channel:r,at:i}=this.reminded,a=this.app.format.time(i);return p`<p class="small ${ut[n]}">${this.w(`cards.tenants.reminder.${n}`,{name:t,channel:r??``,time:a})}</p>`}async remind(){this.busy=!0,this.failure=``;try{this.reminded=await this.app.act(`remind_tenant`,{device_id:this.deviceId})}catch(e){this.failure=this.app.sentence(e)}this.busy=!1}w(e,t){return this.app.texts.get(e,t)}};n([a({attribute:!1})],Y.prototype,`tenant`,void 0),n([a()],Y.prototype,`deviceId`,void 0),n([a()],Y.prototype,`subject`,void 0),n([a()],Y.prototype,`text`,void 0),n([c()],Y.prototype,`busy`,void 0),n([c()],Y.prototype,`reminded`,void 0),n([c()],Y.prototype,`failure`,void 0),Y=n([d(`csj-reminder`)],Y);var dt=60,X=class extends U{constructor(...e){super(...e),this.meters=null,this.tenants=new Map,this.asked=``,this.round=0,this.list=new te(this,()=>this.app.may(`see_money`)?{command:`meters/subscribe`}:null,`meters`,e=>e.serial)}static{this.styles=[...H,t`
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 2px 12px;
        align-items: start;
        padding: 10px 0;
        border-bottom: 1px solid var(--csj-line);
      }
      li:last-child {
        border-bottom: none;
      }
      .credit {
        text-align: end;
      }
      li > .row {
        grid-column: 1 / -1;
        flex-wrap: nowrap;
        align-items: start;
      }
      li > .row > div {
        flex: 1 1 40%;
        min-width: 0;
      }
      csj-reminder {
        flex: 0 1 60%;
        min-width: 0;
      }
      @container (min-width: 560px) {
        li {
          grid-template-columns: minmax(0, 1.4fr) minmax(0, 1fr) minmax(0, 1.6fr);
          align-items: center;
        }
        li > .row {
          grid-column: auto;
        }
      }
    `]}static getConfigForm(){return Qe()}static getStubConfig(){return{}}getGridOptions(){return{columns:12,min_columns:6}}getCardSize(){return 6}setConfig(e){if(e.circuit!==void 0&&typeof e.circuit!=`string`)throw Error(`circuit: text expected`);super.setConfig(e)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.waiting),this.round+=1,this.asked=``}get rows(){let{circuit:e}=this.config;return[...this.list.rows.values()].filter(t=>t.balance!==null&&(!e||t.circuit===e))}updated(){if(this.app===void 0||this.list.standing!==`live`)return;let e=JSON.stringify(this.rows.map(({serial:e,state:t})=>[e,t]));e!==this.asked&&(this.asked=e,this.look())}async look(){clearTimeout(this.waiting);let e=++this.round,{app:t}=this,n=[];for(let{serial:r}of this.rows){let i=await t.call(`meter`,{serial:r}).catch(()=>null);if(e!==this.round)return;i!==null&&n.push(i.meter)}if(this.meters=n,this.waiting=setTimeout(()=>void this.look(),dt*1e3),!t.may(`tenants`))return;let r=await t.act(`list_tenants`,{}).catch(()=>null);e===this.round&&r!==null&&(this.tenants=new Map(r.tenants.filter(e=>e.moved_out===null).map(e=>[e.meter,e])))}content(){if(!this.app.may(`see_money`))return this.words(this.w(`cards.credit.not_allowed`));let t=new Map((this.meters??[]).map(e=>[e.serial,e])),{rows:n}=this,r=ct(n.map(e=>({...e,money:t.get(e.serial)?.money??null})));return p`
      <h2>${this.config.name??this.w(`cards.tenants.title`)}</h2>
      <csj-standing .app=${this.app} .standing=${this.list.standing} .error=${this.list.error}></csj-standing>
      ${this.list.standing===`live`&&!n.length?p`<p class="dim" role="status">${this.w(this.list.loading?`panel.meters.loading`:`cards.tenants.none`)}</p>`:e}
      <ul>
        ${r.map(e=>this.row(e))}
      </ul>
    `}row(t){let{format:n}=this.app,{money:r}=t,i=r===null?null:W(r),a=r===null?null:G(r.forecast),s=this.tenants.get(t.serial),c=`/csj-meter/meters/${encodeURIComponent(t.serial)}`,l=n.credit(t.balance?.value,t.balance?.unit);return p`<li data-serial=${t.serial}>
      <div>
        <a href=${c} @click=${e=>o(e,c)}>${t.name}</a>
        ${s===void 0?e:p`<p class="small dim">${s.name}</p>`}
      </div>
      <div class="credit">
        <p class="number">${l}</p>
        <p class="small dot ${i??`dim`}">${t.state===`online`&&r?.state?this.t(`meter.credit_states.${r.state}`):this.t(`meter_states.${t.state}`)}</p>
      </div>
      <div class="row">
        <div>
          <p class="small ${i??``}">${a===null?this.w(r?.forecast?.outlook===`lasts`?`cards.tenants.lasts`:`cards.tenants.unknown`):this.w(`cards.tenants.days`,{days:n.number(Be(a))})}</p>
          <p class="small dim">${this.payment(r)}</p>
        </div>
        ${this.reminder(t,r,s,l)}
      </div>
    </li>`}payment(e){let t=e?.last_payment??null;if(t===null)return this.w(`cards.tenants.no_payment`);let{format:n}=this.app;return this.w(`cards.tenants.last_payment`,{amount:n.credit(t.amount,t.unit),date:n.date(t.at),state:this.t(`meter.payments.${t.state}`)})}reminder(t,n,r,i){if(r===void 0||t.device_id===null)return e;let{format:a}=this.app,o=n?.forecast?.runs_out_at??null,s=this.w(o===null?`cards.tenants.letter`:`cards.tenants.letter_until`,{name:r.name,meter:t.name,balance:i,date:a.date(o)});return p`<csj-reminder
      .app=${this.app}
      .tenant=${r}
      .deviceId=${t.device_id}
      .subject=${this.w(`cards.tenants.subject`,{meter:t.name})}
      .text=${s}
    ></csj-reminder>`}};n([c()],X.prototype,`meters`,void 0),n([c()],X.prototype,`tenants`,void 0),X=n([d(`csj-tenants-card`)],X);function ft(e){let t=Math.max(...e.flatMap(({energy:e,high:t})=>[e??0,t??0]),0),n=e=>t>0?Math.max(e,0)/t:0;return e.map(({energy:e,low:t,high:r})=>({energy:e===null?null:n(e),band:t===null||r===null?null:[n(t),n(r)],tone:e===null?`usual`:r!==null&&e>r?`more`:t!==null&&e<t?`less`:`usual`}))}function pt({today:e,usual_today:t}){if(t===null||e===null)return null;let n=Math.max(e,t.high,t.expected)*1.05;if(!(n>0))return null;let r=e=>Math.min(Math.max(e,0)/n,1);return{today:r(e),low:r(t.low),high:r(t.high),expected:r(t.expected)}}function mt({today:e,usual_today:t}){return t===null||e===null?`unknown`:e>t.high?`above`:e>=t.low?`within`:`below`}var ht=60,gt=90,_t={ok:`good`,info:`neutral`,warning:`warning`,critical:`critical`},Z=class extends U{constructor(...e){super(...e),this.busy=!1,this.asked=new B(this,()=>this.serial===null?null:{command:`insights`,serial:this.serial,language:this.app.hass.language},ht)}static{this.styles=[...H,t`
      .day {
        position: relative;
        height: 12px;
        border-radius: 6px;
        background: color-mix(in srgb, var(--csj-text) 10%, transparent);
      }
      .day > * {
        position: absolute;
        top: 0;
        bottom: 0;
      }
      .day .usual {
        background: color-mix(in srgb, var(--csj-good) 35%, transparent);
      }
      .day .today {
        inset-inline-start: 0;
        top: 3px;
        bottom: 3px;
        border-radius: 3px;
        background: var(--csj-accent-text);
      }
      .day .today.above {
        background: var(--csj-warning);
      }
      svg {
        display: block;
        width: 100%;
        height: 72px;
      }
      .band {
        fill: color-mix(in srgb, var(--csj-good) 30%, transparent);
      }
      .bar {
        fill: var(--csj-accent-text);
      }
      .bar.more {
        fill: var(--csj-warning);
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin-top: 6px;
      }
      .key span::before {
        content: "";
        display: inline-block;
        width: 10px;
        height: 10px;
        margin-inline-end: 6px;
        border-radius: 2px;
        background: var(--csj-accent-text);
      }
      .key .usual::before {
        background: color-mix(in srgb, var(--csj-good) 40%, transparent);
      }
      .key .more::before {
        background: var(--csj-warning);
      }
      .tip {
        display: grid;
        gap: 8px;
        border-radius: 8px;
        padding: 12px;
        background: color-mix(in srgb, var(--csj-accent-text) 9%, transparent);
      }
      .tip ha-icon {
        --mdc-icon-size: 20px;
        color: var(--csj-accent-text);
      }
      .tip button {
        margin-top: 4px;
      }
      dl {
        grid-template-columns: repeat(auto-fill, minmax(88px, 1fr));
      }
    `]}static getConfigForm(){return Ze()}static getStubConfig(e){let t=Ne(e,Ie);return t===null?{}:{device_id:t}}getGridOptions(){return{columns:12,min_columns:6}}getCardSize(){return 6}content(){if(this.serial===null)return this.withoutMeter();let t=this.asked.value;if(t===null)return this.notYet(this.asked.error);let{state:n,usage:r,tips:i}=t,[a]=i;return p`
      <h2>${this.config.name??this.app.hass.devices[this.config.device_id]?.name_by_user??this.app.hass.devices[this.config.device_id]?.name??this.w(`cards.usage.title`)}</h2>
      <p class="dot ${_t[n.severity]}">${n.text}</p>
      ${r===null?p`<p class="dim">${this.w(`cards.usage.unknown`)}</p>`:this.usage(r,t.unit)}
      ${t.cost===null?e:this.cost(t.cost)} ${t.base_load===null?e:p`<p class="small dim">${t.base_load.text}</p>`}
      ${a===void 0?e:this.tip(a)}
      ${this.asked.error===null?e:p`<p class="small warning" role="status">${this.why(this.asked.error)}</p>`}
      ${this.app.may(`export`)?p`<div class="row">
            <button ?disabled=${this.busy} @click=${this.save}>${this.w(`cards.usage.csv`,{days:gt})}</button>
          </div>`:e}
    `}usage(t,n){let{format:r}=this.app,i=pt(t),a=mt(t),o=t.usual_today;return p`
      <div>
        <p class="small dim">${this.w(`cards.usage.today`)}</p>
        <p class="big number" data-today>${r.measured(t.today,n)}</p>
      </div>
      ${i===null?e:p`<div class="day" aria-hidden="true">
            <span class="usual" style="inset-inline-start:${i.low*100}%;width:${(i.high-i.low)*100}%"></span>
            <span class="today ${a}" style="width:${i.today*100}%"></span>
          </div>`}
      <p>
        ${o===null?this.w(`cards.usage.standing.unknown`):this.w(`cards.usage.standing.${a}`,{low:r.number(o.low,1),high:r.measured(o.high,n,1)})}
      </p>
      ${t.hours.length?this.hours(t,n):e} ${t.trend_text===null?e:p`<p>${t.trend_text}</p>`}
    `}hours({hours:t},n){let r=ft(t),{format:i}=this.app,a=t.reduce((e,t)=>(t.energy??-1)>(e.energy??-1)?t:e),o=this.w(`cards.usage.hours`,{time:i.time(a.start),energy:i.measured(a.energy,n)});return p`<div>
      <svg viewBox="0 0 ${r.length} 1" preserveAspectRatio="none" role="img" aria-label=${o}>
        ${r.map(({energy:t,band:n,tone:r},i)=>m`
            ${n===null?e:m`<rect class="band" x=${i} width="1" y=${1-n[1]} height=${Math.max(n[1]-n[0],.01)}></rect>`}
            ${t===null?e:m`<rect class="bar ${r}" x=${i+.2} width="0.6" y=${1-t} height=${t}></rect>`}`)}
      </svg>
      <p class="small dim key">
        <span>${this.w(`cards.usage.used`)}</span>
        ${r.some(({band:e})=>e!==null)?p`<span class="usual">${this.w(`cards.usage.usual`)}</span>`:e}
        ${r.some(({tone:e})=>e===`more`)?p`<span class="more">${this.w(`cards.usage.more`)}</span>`:e}
      </p>
    </div>`}cost({today:e,month:t,projected_month:n,unit:r}){let i=[[`today`,e],[`month`,t],[`projected`,n]];return p`<dl aria-label=${this.w(`cards.usage.cost`)}>
      ${i.map(([e,t])=>p`<div>
          <dt>${this.w(`cards.usage.cost_of.${e}`)}</dt>
          <dd class="number">${this.app.format.credit(t,r)}</dd>
        </div>`)}
    </dl>`}tip(t){let{format:n}=this.app;return p`<section class="tip" aria-label=${this.w(`cards.usage.tip`)}>
      <h3 class="row"><ha-icon icon="mdi:lightbulb-on-outline" aria-hidden="true"></ha-icon>${this.w(`cards.usage.tip`)}</h3>
      <p>${t.text}</p>
      <dl>
        ${t.figures.map(({label:e,value:t,unit:r})=>p`<div>
            <dt>${e}</dt>
            <dd class="number">${typeof t==`number`?/^[A-Z]{3}$/.test(r??``)?n.credit(t,r):n.measured(t,r):t??`–`}</dd>
          </div>`)}
      </dl>
      ${t.since===null?e:p`<p class="small dim">${this.w(`cards.usage.since`,{date:n.date(t.since)})}</p>`}
      <div class="row"><button ?disabled=${this.busy} @click=${()=>this.dismiss(t)}>${this.w(`cards.usage.dismiss`)}</button></div>
    </section>`}async dismiss(e){this.busy=!0,await this.attempt(async()=>{let{tips:t}=await this.app.call(`insights/dismiss_tip`,{serial:this.serial,tip:e.id,language:this.app.hass.language});this.asked.value!==null&&this.asked.take({...this.asked.value,tips:t})},this.w(`cards.usage.dismissed`)),this.busy=!1}async save(){let e=ne(this.serial,{days:gt,resolution:`hour`},Math.floor(Date.now()/1e3));this.busy=!0,await this.attempt(()=>re(this.app,e),this.t(`meter.download_began`)),this.busy=!1}};n([c()],Z.prototype,`busy`,void 0),Z=n([d(`csj-usage-card`)],Z);var vt=[];function Q(e,t,n){let r=window,i=r[e]??=[];if(i.some(e=>e.type===n.type&&e.strategyType===n.strategyType))return;let a={name:n.type,description:``,...n};i.push(a),vt.push([a,t])}function $(e,t,n){Q(`customCards`,t,{type:e,preview:!0,...n===null?{}:{getEntitySuggestion(t,r){let i=Me(t,r,n);return i===null?null:{config:{type:`custom:${e}`,device_id:i}}}}})}$(`csj-credit-card`,`credit`,Fe),$(`csj-usage-card`,`usage`,Ie),$(`csj-tenants-card`,`tenants`,null),Q(`customStrategies`,`dashboard`,{type:`csj-meter`,strategyType:`dashboard`}),Q(`customStrategies`,`section`,{type:`csj-meter`,strategyType:`section`});async function yt(){let e=ae();if(e===void 0)return;let t=await v(e);for(let[e,n]of vt)e.name=t.get(`cards.offers.${n}.name`),e.description=t.get(`cards.offers.${n}.description`)}yt().catch(()=>void 0);