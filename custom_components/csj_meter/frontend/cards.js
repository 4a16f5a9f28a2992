import{_ as e,a as t,b as n,c as r,d as i,f as a,g as o,h as s,l as c,m as l,r as u,s as d,t as ee,u as f,v as p,x as m,y as h}from"./elements.js";import{n as te,t as ne}from"./downloads.js";var g=new Map,_=new WeakMap,re=new WeakSet;function v(e){let{language:t}=e,n=g.get(t)??u.load(e);return g.set(t,n),n.catch(()=>g.delete(t)),n}function ie(e){let{connection:t}=e;re.has(t)||(re.add(t),t.addEventListener(`ready`,()=>_.delete(t)));let n=_.get(t)??e.callWS({type:`csj_meter/info`});return _.set(t,n),n.catch(()=>_.delete(t)),n}function y(){return document.querySelector(`home-assistant`)?.hass}var b=class extends e{constructor(...e){super(...e),this.config={type:`custom:csj-meter`},this.texts=null,this.meters=[]}static{this.styles=f}setConfig(e){this.config=e}async firstUpdated(){this.texts=await v(this.hass);let e=await this.hass.callWS({type:`csj_meter/dashboard`}).catch(()=>null);this.meters=e?.meters??[]}render(){let{texts:e}=this;if(e===null)return``;let t=this.config.device_id??``;return h`<label>
      ${e.get(`cards.form.device_id`)}
      <select @change=${e=>this.choose(e.target.value)}>
        <option value="" ?selected=${t===``}>${e.get(`cards.form_first`)}</option>
        ${this.meters.map(({device_id:e,name:n})=>h`<option value=${e??``} ?selected=${e===t}>${n}</option>`)}
      </select>
    </label>`}choose(e){let{device_id:t,...n}=this.config,r=e?{...n,device_id:e}:n;this.config=r,this.dispatchEvent(new CustomEvent(`config-changed`,{detail:{config:r},bubbles:!0,composed:!0}))}};c([o({attribute:!1})],b.prototype,`hass`,void 0),c([s()],b.prototype,`config`,void 0),c([s()],b.prototype,`texts`,void 0),c([s()],b.prototype,`meters`,void 0),b=c([r(`csj-section-editor`)],b);function x(e,t){let n=e.filter(e=>e!==null);return n.some(({type:e})=>e!==`heading`)?[{type:`grid`,cards:n,...t?{column_span:t}:{}}]:[]}function S(e,t,n={}){return{type:`heading`,heading:e,heading_style:`title`,icon:t,...n}}function C(e){return{action:`navigate`,navigation_path:e}}function w(e,t={}){return e===void 0?null:{type:`tile`,entity:e,name:{type:`entity`},...t}}function T(e,t={}){return w(e,{features:[{type:`trend-graph`,hours_to_show:24}],...t})}function ae(e,t){return{type:`alert`,entity:e,alert_color:t,grid_options:{columns:`full`},visibility:[{condition:`state`,entity:e,state:`on`}]}}function oe(e,t){return e.map(e=>({condition:`state`,entity:e,state_not:t}))}function E(e,t,n){let r=t.filter(e=>e!==void 0);return r.length?{type:`statistics-graph`,title:e,entities:r,chart_type:r.length===1?`bar`:`bar-stack`,period:`day`,days_to_show:n,stat_types:[`change`],hide_legend:r.length===1,grid_options:{columns:`full`}}:null}function se(e,t,n){let r=t.filter(e=>e!==void 0);return r.length?{type:`statistics-graph`,title:e,entities:r,period:`hour`,days_to_show:n,stat_types:r.length===1?[`min`,`mean`,`max`]:[`mean`],hide_legend:r.length===1,grid_options:{columns:`full`}}:null}function ce(e,t){let n=e.filter(e=>e!==void 0);return n.length?{type:`logbook`,target:{entity_id:n},hours_to_show:t,grid_options:{columns:`full`,rows:4}}:null}function D(e,t={}){return{type:`markdown`,content:e,grid_options:{columns:`full`},...t}}var le={voltage_problem:`red`,current_problem:`red`,balance_problem:`amber`,load_problem:`amber`,communication_problem:`amber`,credit_very_low:`red`,credit_low:`amber`,cover_opened:`red`},ue=72,de=4;function O(e,t){return e.sensor?.[t]}function k({entities:e},t,n){return Array.from({length:n},(n,r)=>({entity:O(e,`${t}${r+1}`),number:r+1})).filter(e=>e.entity!==void 0)}function fe(e,t){return e===void 0?void 0:{entity:e,name:t}}function pe({prepay:e},{permissions:t}){return e&&`see_money`in t}function me({entities:e},t){let n=Object.entries(le).map(([t,n])=>[e.binary_sensor?.[t],n]).filter(e=>e[0]!==void 0);return n.length?[...n.map(([e,t])=>ae(e,t)),D(t(`cards.dashboard.quiet`),{visibility:oe(n.map(([e])=>e),`on`)})]:[]}function A(e,t,n,r={}){let{entities:i,device_id:a}=e,o=i.binary_sensor?.supply,s=O(i,`alert_state`);return[S(e.name,`mdi:meter-electric-outline`,{...s===void 0?{}:{badges:[{type:`entity`,entity:s,show_state:!0,show_icon:!0,color:`state`}]},...r}),...me(e,n),o===void 0?null:w(o,{color:`red`,visibility:[{condition:`state`,entity:o,state:`off`}]}),pe(e,t)&&a!==null?{type:`custom:csj-credit-card`,device_id:a,name:n(`cards.tenants.title`)}:null].filter(e=>e!==null)}function j({device_id:e},t){return e===null?null:{type:`custom:csj-usage-card`,device_id:e,name:t(`cards.dashboard.today`)}}function he(e,t,n){let{entities:r,phases:i,tariffs:a,solar:o}=e,s=e=>O(r,e),c=k(e,`voltage_l`,i),l=k(e,`energy_import_t`,a),u=`see_diagnostics`in t.permissions;return[...x(A(e,t,n)),...x([S(n(`cards.dashboard.usage`),`mdi:chart-bell-curve`),j(e,n)]),...x([S(n(`cards.dashboard.now`),`mdi:flash`),T(s(`active_power`)),...i>1?k(e,`active_power_l`,i).map(({entity:e})=>w(e)):[],...c.map(({entity:e})=>w(e)),i>1||u?w(s(`power_factor`)):null,a>1?w(s(`active_tariff`)):null,a>1&&`see_money`in t.permissions?w(s(`energy_price`)):null,o?w(s(`energy_export`),{icon:`mdi:solar-power`}):null]),...x([S(n(`cards.dashboard.history`),`mdi:chart-bar`),E(n(`cards.dashboard.by_day`),[s(`energy_import`)],30),l.length>1&&l.length<=de?E(n(`cards.dashboard.by_tariff`),l.map(({entity:e,number:t})=>fe(e,n(`cards.dashboard.tariff`,{number:t}))),30):null,o?E(n(`cards.dashboard.fed_in`),[s(`energy_export`)],30):null,se(n(`cards.dashboard.voltage`),c.map(({entity:e,number:t})=>i>1?{entity:e,name:`L${t}`}:e),7)]),...u?x(ge(e,n)):[],...x([S(n(`cards.dashboard.happened`),`mdi:history`),ce([r.event?.alert,r.event?.meter_log,r.binary_sensor?.supply],ue)])]}function ge({entities:e,serial:t},n){let r=O(e,`success_rate`);return[S(n(`cards.dashboard.health`),`mdi:stethoscope`,{tap_action:{action:`navigate`,navigation_path:`/csj-meter/meters/${encodeURIComponent(t)}`}}),r===void 0?null:{type:`gauge`,entity:r,min:0,max:100,needle:!1,severity:{red:0,yellow:90,green:98}},w(O(e,`last_contact`)),w(O(e,`round_trip`)),w(O(e,`key_state`)),w(O(e,`temperature`))]}var M=6,N=10,_e=72,ve=3;function P({serial:e}){return`meter-${e.toLowerCase().replace(/[^a-z0-9]+/g,`-`)}`}function ye(e,t,n,r){let i=[...e.meters].sort((e,t)=>e.name.localeCompare(t.name,void 0,{numeric:!0})),[a]=i;if(a===void 0)return{views:[F(r(`cards.dashboard.title`),`home`,Se(e,r))]};let o=i.map(t=>({...F(t.name,P(t),he(t,e,r)),...i.length>M?{subview:!0}:{}})),s=De(e,r),c=i.length===1?o.map(e=>({...e,sections:[...e.sections,...s]})):[F(r(`cards.dashboard.overview`),`overview`,[...Ce(i,e,n,r),...s]),...o];return{views:i.some(({entities:e})=>t.has(O(e,`energy_import`)??``))?[...c,Oe(r)]:c}}function be(e,t,n){let r=t?e.meters.find(e=>e.device_id===t):e.meters[0];return r===void 0?{type:`grid`,cards:[D(n(t?`cards.missing.gone`:`cards.dashboard.no_meters`))]}:{type:`grid`,cards:[...A(r,e,n),j(r,n),T(O(r.entities,`active_power`))].filter(e=>e!==null)}}function xe(e,t){return{views:[F(t,`home`,[{type:`grid`,cards:[D(e)]}])]}}function F(e,t,n){return{type:`sections`,title:e,path:t,max_columns:ve,sections:n}}function Se({role:e,permissions:t},n){let r=`configure`in t;return[{type:`grid`,cards:[S(n(`cards.dashboard.title`),`mdi:meter-electric-outline`),D(n(r?`cards.dashboard.add_a_bridge`:e===`tenant`||e===`landlord`?`cards.dashboard.not_yours`:`cards.dashboard.no_meters`)),...r?[{type:`button`,name:n(`cards.dashboard.add`),icon:`mdi:plus`,tap_action:C(`/config/integrations/dashboard/add?domain=csj_meter`)}]:[]]}]}function Ce(e,t,n,r){let i=[`owner`,`landlord`].includes(t.role),a=e.filter(e=>e.entities.event?.alert!==void 0).map(({entities:e})=>e.event?.alert);return[...x([S(r(`cards.dashboard.attention`),`mdi:alert-outline`,we(t)),...Te(e,n,r)]),...i&&e.some(e=>pe(e,t))?x([S(r(`cards.tenants.title`),`mdi:account-cash-outline`),{type:`custom:csj-tenants-card`,name:r(`cards.dashboard.credit`)}]):[],...x([S(r(`cards.dashboard.meters`),`mdi:meter-electric-outline`,`see_diagnostics`in t.permissions?{tap_action:C(`/csj-meter`)}:{}),...e.map(t=>Ee(t,e.length<=N,n))]),...e.length<=N?x([S(r(`cards.dashboard.history`),`mdi:chart-bar`),E(r(`cards.dashboard.by_day`),e.map(e=>fe(O(e.entities,`energy_import`),e.name)),30)]):[],...x([S(r(`cards.dashboard.happened`),`mdi:history`),ce(t.site.event?.alert?[t.site.event.alert]:a,_e)])]}function we({site:e}){let t=O(e,`alert_state`);return t===void 0?{}:{badges:[{type:`entity`,entity:t,show_state:!0,show_icon:!0,color:`state`}]}}function Te(e,t,n){if(e.length<=M){let t=e.flatMap(e=>me(e,n).filter(({type:e})=>e===`alert`)),r=t.map(({entity:e})=>e);return r.length?[...t,D(n(`cards.dashboard.quiet`),{visibility:oe(r,`on`)})]:[]}let r=e.map(e=>({meter:e,entity:O(e.entities,`alert_state`)})).filter(e=>e.entity!==void 0);if(!r.length)return[];let i=[`critical`,`warning`];return[...r.map(({meter:e,entity:n})=>({type:`tile`,entity:n,name:e.name,color:`red`,grid_options:{columns:`full`},tap_action:C(`${t}/${P(e)}`),visibility:[{condition:`state`,entity:n,state:i}]})),D(n(`cards.dashboard.quiet`),{visibility:r.map(({entity:e})=>({condition:`state`,entity:e,state_not:i}))})]}function Ee(e,t,n){let r=O(e.entities,`active_power`)??O(e.entities,`energy_import`),i={name:e.name,tap_action:C(`${n}/${P(e)}`)};return t?T(r,i):w(r,i)}function De({site:e},t){let n=e.todo?.work_orders;return n===void 0?[]:x([S(t(`cards.dashboard.work_orders`),`mdi:clipboard-list-outline`),{type:`todo-list`,entity:n}])}function Oe(e){let t=e=>({type:e,grid_options:{columns:`full`}});return{...F(e(`cards.dashboard.energy`),`energy`,[{type:`grid`,cards:[t(`energy-date-selection`),t(`energy-usage-graph`)],column_span:2},{type:`grid`,cards:[t(`energy-distribution`),t(`energy-sources-table`)]}]),icon:`mdi:lightning-bolt`}}async function ke(e){let t=await e.callWS({type:`energy/get_prefs`}).catch(()=>null);return new Set((t?.energy_sources??[]).flatMap(({stat_energy_from:e,flow_from:t})=>[...e?[e]:[],...(t??[]).map(e=>e.stat_energy_from)]))}async function I(e){let[t,n]=await Promise.all([v(e),e.callWS({type:`csj_meter/dashboard`}).catch(()=>null)]);return{say:(e,n)=>t.get(e,n),told:n}}var L=class extends HTMLElement{static{this.registryDependencies=[`entities`,`devices`]}},Ae=class extends L{static{this.noEditor=!0}static async getCreateSuggestions(e){return{title:(await v(e)).get(`cards.dashboard.title`),icon:`mdi:meter-electric-outline`}}static async generate(e,t){let[{say:n,told:r},i]=await Promise.all([I(t),ke(t)]);return r===null?xe(n(`cards.not_there`),n(`cards.dashboard.title`)):ye(r,i,`/${location.pathname.split(`/`)[1]??``}`,n)}},je=class extends L{static getStubConfig(){return{type:`custom:csj-meter`}}static getConfigElement(){return document.createElement(`csj-section-editor`)}static async generate({device_id:e},t){let{say:n,told:r}=await I(t);return r===null?{type:`grid`,cards:[{type:`markdown`,content:n(`cards.not_there`)}]}:be(r,e,n)}};function R(e,t){customElements.get(e)===void 0&&customElements.define(e,t)}R(`ll-strategy-dashboard-csj-meter`,Ae),R(`ll-strategy-section-csj-meter`,je);var Me=new Set([`unauthorized`,`not_found`,`invalid_format`,`unknown_command`]),z=class{constructor(e,t,n){this.host=e,this.question=t,this.seconds=n,this.value=null,this.error=null,this.turn=0,this.seen=()=>{!document.hidden&&this.asked!==void 0&&this.ask()},e.addController(this)}hostConnected(){document.addEventListener(`visibilitychange`,this.seen)}hostDisconnected(){document.removeEventListener(`visibilitychange`,this.seen),this.turn+=1,this.asked=void 0,clearTimeout(this.timer)}hostUpdate(){if(this.host.app===void 0)return;let e=this.question(),t=e===null?void 0:JSON.stringify(e);(t!==this.asked||this.by!==this.host.app.info)&&(t!==this.asked&&(this.value=this.error=null),this.asked=t,this.by=this.host.app.info,this.ask())}async ask(){clearTimeout(this.timer);let e=++this.turn,t=this.question();if(t===null)return;let{command:n,...r}=t;if(!document.hidden){try{let t=await this.host.app.call(n,r);if(e!==this.turn)return;this.value=t,this.error=null}catch(t){if(e!==this.turn)return;this.error=a(t)?{code:`lost`,message:``}:t,Me.has(this.error.code)&&(this.value=null)}this.host.requestUpdate()}this.timer=setTimeout(()=>void this.ask(),this.seconds*1e3)}take(e){this.value=e,this.host.requestUpdate()}};function B({devices:e},t){if(!t)return{missing:`not_chosen`};let n=e[t];if(n===void 0)return{missing:`gone`};let r=n.identifiers.find(([e])=>e===`csj_meter`)?.[1];return r===void 0?{missing:`other`}:{serial:r}}function Ne({entities:e},t,n){let r=e[t];return r!==void 0&&Pe(r,n)?r.device_id:null}function V({entities:e},t){return Object.values(e).find(e=>e!==void 0&&Pe(e,t))?.device_id??null}function Pe({platform:e,translation_key:t,device_id:n},r){return e===`csj_meter`&&n!==void 0&&t!==void 0&&r.has(t)}var Fe=new Set([`balance`,`credit_days_left`,`last_payment`]),Ie=new Set([`usage_today`,`usage_this_month`,`usage_trend`,`expected_usage`,`cost_today`,`cost_this_month`,`energy_import`]),Le=5,H=[f,m`
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
  `],U=class extends d{constructor(...e){super(...e),this.config={type:``},this.texts=null,this.failed=!1,this.turn=0,this.renew=()=>void this.load()}static{this.styles=H}setConfig(e){for(let t of[`device_id`,`name`])if(e[t]!==void 0&&typeof e[t]!=`string`)throw Error(`${t}: text expected`);this.config=e}set hass(e){let t=this.current;this.current=e,t?.connection!==e.connection||t.language!==e.language?this.load():(t.locale!==e.locale||t.themes!==e.themes||t.devices!==e.devices)&&this.app!==void 0&&this.texts!==null&&(this.app=new i(e,this.app.info,this.texts))}connectedCallback(){super.connectedCallback(),this.current!==void 0&&this.renew()}disconnectedCallback(){super.disconnectedCallback(),this.turn+=1,clearTimeout(this.timer),this.leave?.(),this.leave=void 0}shouldUpdate(){return!0}async load(){clearTimeout(this.timer);let e=this.current,t=++this.turn;try{let n=ie(e);if(n.catch(()=>void 0),this.leave===void 0){let{connection:t}=e;t.addEventListener(`ready`,this.renew),this.leave=()=>t.removeEventListener(`ready`,this.renew)}let r=await v(e);if(t!==this.turn)return;this.texts=r;let a=await n;if(t!==this.turn)return;this.failed=!1,this.app=new i(this.current,a,r)}catch{if(t!==this.turn)return;this.failed=this.app===void 0,this.timer=setTimeout(this.renew,Le*1e3)}}render(){return h`<ha-card><div class="body">${this.app===void 0?this.early():this.content()}</div></ha-card>`}early(){let e=this.texts?.get(this.failed?`cards.not_there`:`panel.notice.wait`)??``;return h`<p class="dim" role="status">${e}</p>`}w(e,t){return this.app.texts.get(e,t)}words(e){return h`${this.config.name?h`<h2>${this.config.name}</h2>`:``}
      <p class="dim" role="status">${e}</p>`}get serial(){if(this.app===void 0)return null;let e=B(this.app.hass,this.config.device_id);return`serial`in e?e.serial:null}withoutMeter(){let e=B(this.app.hass,this.config.device_id);return this.words(`missing`in e?this.w(`cards.missing.${e.missing}`):``)}notYet(e){return this.words(e===null?this.t(`notice.wait`):this.why(e))}why(e){return e.code===`lost`?this.t(`notice.lost`):e.code===`unknown_command`?this.w(`cards.not_there`):this.app.sentence(e)}};c([s()],U.prototype,`config`,void 0),c([s()],U.prototype,`texts`,void 0),c([s()],U.prototype,`failed`,void 0);var Re=14;function W({forecast:e,state:t}){let n=t===`arrears`||t===`very_low`?`critical`:t===`low`?`warning`:null,r=G(e),i=r===null?e?.outlook===`lasts`||t===`ok`?`good`:null:r<1?`critical`:r<=3?`warning`:`good`;return n===`critical`||i===`critical`?`critical`:n??i}function G(e){return e===null?null:e.outlook===`empty`?0:e.outlook===`runs_out`?e.days:null}var ze=3;function Be(e){return e<ze?Math.floor(e*10)/10:Math.floor(e)}function Ve(e){return e?.outlook===`lasts`?1:Math.min(Math.max((G(e)??0)/Re,0),1)}function He(e){let{balance:t,unit:n,tariff:r,tariffs:i}=e,a=i.find(e=>e.tariff===r)??(i.length===1?i[0]:void 0),o=a?.price??null;if(t===null||t<0||o===null||o<=0)return null;if(n!==`kWh`)return{value:t/o,unit:`kWh`};let s=a.price_unit.split(`/`)[0];return/^[A-Z]{3}$/.test(s)?{value:t*o,unit:s}:null}function Ue(e,t){return[...e(`redeem`)?[`voucher`]:[],...e(`redeem`)&&t.includes(`sts_token`)?[`token`]:[],...e(`top_up`)?[`amount`]:[]]}function We({method:e,text:t},n,r){let i=t.trim();return e===`amount`?[`top_up`,{device_id:n,amount:i.replace(`,`,`.`),key:r}]:e===`token`?[`load_token`,{device_id:n,token:i,key:r}]:[`redeem_voucher`,{device_id:n,code:i,key:r}]}function Ge({method:e,text:t}){let n=t.trim();return e===`amount`?/^\d{1,4}([.,]\d{1,2})?$/.test(n)&&Number(n.replace(`,`,`.`))>0:n.length>0&&n.length<=100}function Ke(){return[...crypto.getRandomValues(new Uint8Array(12))].map(e=>e.toString(16).padStart(2,`0`)).join(``)}function qe(e){return e.state===`done`||e.state===`refused`||e.state===`foreign`}async function Je(e){let t=y(),n=t===void 0?void 0:await v(t).catch(()=>void 0);return{schema:e,computeLabel:({name:e})=>n?.get(`cards.form.${e}`)??e,computeHelper:({name:e})=>n?.get(`cards.form_help.${e}`)}}var Ye={name:`device_id`,required:!0,selector:{device:{integration:`csj_meter`}}},Xe={name:`name`,selector:{text:{}}};function Ze(){return Je([Ye,Xe])}function Qe(){return Je([{name:`circuit`,selector:{text:{}}},Xe])}var $e=90,et=20,K=class extends d{constructor(...e){super(...e),this.deviceId=``,this.newest=``,this.payments=null,this.error=``,this.open=!1}static{this.styles=[f,m`
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
    `]}updated(e){this.open&&(e.has(`newest`)||e.has(`deviceId`))&&this.ask()}render(){return h`<details @toggle=${this.toggled}>
      <summary>${this.w(`cards.credit.history`)}</summary>
      ${this.error?h`<p class="critical" role="alert">${this.error}</p>`:this.payments===null?h`<p class="dim" role="status">${this.t(`notice.wait`)}</p>`:this.list(this.payments)}
    </details>`}list(e){if(!e.length)return h`<p class="dim">${this.w(`cards.credit.no_payments`,{days:$e})}</p>`;let{format:t}=this.app;return h`<ol>
      ${e.slice(0,et).map(e=>h`<li>
          <span>${this.w(`cards.credit.kinds.${e.kind}`)}</span>
          <span class="number">${t.credit(e.amount,e.unit)}</span>
          <span class="small dim">${t.dateTime(e.at)}${e.note?h`, ${e.note}`:p}</span>
          <span class="small ${e.state===`refused`?`critical`:e.state===`uncertain`?`warning`:`dim`}">
            ${this.t(`meter.payments.${e.state}`)}
          </span>
        </li>`)}
    </ol>`}toggled(e){this.open=e.target.open,this.open&&this.ask()}async ask(){try{let e=await this.app.act(`list_payments`,{device_id:this.deviceId,days:$e});this.payments=e.payments.toReversed(),this.error=``}catch(e){this.error=this.app.sentence(e)}}w(e,t){return this.app.texts.get(e,t)}};c([o()],K.prototype,`deviceId`,void 0),c([o()],K.prototype,`newest`,void 0),c([s()],K.prototype,`payments`,void 0),c([s()],K.prototype,`error`,void 0),K=c([r(`csj-payments`)],K);var q=new Map;function tt(e,t){let n=JSON.stringify([t.method,t.text.trim()]),r=q.get(e),i=r?.said===n?r.key:Ke();return q.set(e,{said:n,key:i,lost:!1}),i}function nt(e){let t=q.get(e);t!==void 0&&(t.lost=!0)}function rt(e){q.delete(e)}function it(e){return q.get(e)?.lost??!1}var J=class extends d{constructor(...e){super(...e),this.deviceId=``,this.unit=``,this.methods=[],this.method=null,this.text=``,this.busy=!1,this.payment=null,this.failure=``}static{this.styles=[f,m`
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
    `]}render(){let e=this.chosen;return h`
      ${this.busy?h`<progress aria-label=${this.w(`cards.credit.under_way`)}></progress>`:p}
      <button class="main" ?disabled=${this.busy} @click=${this.begin}>${this.w(`cards.credit.top_up`)}</button>
      <div role="status">${this.busy?h`<p>${this.w(`cards.credit.under_way`)}</p>`:p} ${this.payment===null||this.busy?p:this.receipt(this.payment)}</div>
      ${this.trouble?h`<p class="critical" role="alert">${this.trouble}</p>`:p}
      <csj-dialog .app=${this.app} heading=${this.w(`cards.credit.top_up`)} action=${this.w(`cards.credit.send`)} .work=${()=>this.send()}>
        <div class="fields">
          ${this.methods.length>1?this.choice(e):p}
          <label>
            ${this.w(`cards.credit.entry_of.${e}`,{unit:this.unit})}
            <input
              name="entry"
              autocomplete="off"
              autocapitalize=${e===`voucher`?`characters`:`off`}
              inputmode=${e===`amount`?`decimal`:e===`token`?`numeric`:`text`}
              maxlength="100"
              .value=${this.text}
              @input=${e=>this.text=e.target.value}
              @keydown=${e=>e.key===`Enter`&&this.dialog.renderRoot.querySelector(`form`)?.requestSubmit()}
            />
          </label>
          <p class="small dim">${this.w(`cards.credit.hint_of.${e}`)}</p>
          ${this.busy?h`<div role="status">
                <progress aria-label=${this.w(`cards.credit.under_way`)}></progress>
                <p class="small">${this.w(`cards.credit.under_way`)}</p>
              </div>`:p}
        </div>
      </csj-dialog>
    `}get trouble(){return this.busy?``:it(this.deviceId)?this.w(`cards.credit.outcome_lost`):this.failure}get chosen(){return this.method!==null&&this.methods.includes(this.method)?this.method:this.methods[0]}choice(e){return h`<fieldset>
      <legend>${this.w(`cards.credit.with`)}</legend>
      <div class="row">
        ${this.methods.map(t=>h`<label class="check">
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
    </fieldset>`}receipt(e){let{format:t}=this.app,n=n=>t.credit(n,e.unit),r=e.state===`done`?`good`:e.state===`refused`?`critical`:`warning`,i=[[`amount`,n(e.amount)],[`balance_before`,n(e.balance_before)],[`balance_after`,n(e.balance_after)],[`at`,t.dateTime(e.at,{seconds:!0})],[`number`,e.id.slice(0,8)]];return h`<section class="receipt ${r}" aria-label=${this.w(`cards.credit.receipt`)}>
      <p><strong>${this.w(`cards.credit.outcomes.${e.state}`)}</strong></p>
      ${e.state===`refused`&&e.reason!==null?h`<p>${this.w(`cards.credit.reasons.${e.reason}`)}</p>`:p}
      <dl>
        ${i.map(([e,t])=>h`<div><dt>${this.w(`cards.credit.receipt_of.${e}`)}</dt><dd class="number">${t}</dd></div>`)}
      </dl>
    </section>`}begin(){this.failure=``,this.text=``,this.dialog.show()}async send(){let e={method:this.chosen,text:this.text};if(!Ge(e))throw{code:`invalid_format`,message:this.w(`cards.credit.not_possible`)};let t=tt(this.deviceId,e);this.busy=!0,this.failure=``,this.payment=null;try{this.payment=await this.app.act(...We(e,this.deviceId,t)),qe(this.payment)&&rt(this.deviceId)}catch(e){let t=a(e);t?nt(this.deviceId):rt(this.deviceId);let n=t?{code:`lost`,message:this.w(`cards.credit.outcome_lost`)}:e;throw this.failure=t?``:this.app.sentence(n),n}finally{this.busy=!1,this.dispatchEvent(new Event(`paid`))}}w(e,t){return this.app.texts.get(e,t)}};c([o()],J.prototype,`deviceId`,void 0),c([o()],J.prototype,`unit`,void 0),c([o({attribute:!1})],J.prototype,`methods`,void 0),c([s()],J.prototype,`method`,void 0),c([s()],J.prototype,`text`,void 0),c([s()],J.prototype,`busy`,void 0),c([s()],J.prototype,`payment`,void 0),c([s()],J.prototype,`failure`,void 0),c([l(`csj-dialog`)],J.prototype,`dialog`,void 0),J=c([r(`csj-top-up`)],J);var at=20,ot=class extends U{constructor(...e){super(...e),this.asked=new z(this,()=>this.serial===null?null:{command:`meter`,serial:this.serial},at)}static{this.styles=[...H,m`
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
    `]}static getConfigForm(){return Ze()}static getStubConfig(e){let t=V(e,Fe);return t===null?{}:{device_id:t}}getGridOptions(){return{columns:12,min_columns:6}}getCardSize(){return 5}content(){if(this.serial===null)return this.withoutMeter();let e=this.asked.value?.meter;if(e===void 0)return this.notYet(this.asked.error);let{money:t}=e;if(t===null)return this.words(this.w(this.app.may(`see_money`)?e.capabilities.includes(`prepay`)?`cards.credit.not_read`:`cards.credit.none`:`cards.credit.not_allowed`));let n=W(t);return h`
      <div class="row spread">
        <h2>${this.config.name??e.name}</h2>
        ${t.state===null?p:h`<span class="chip dot ${n??`neutral`}">${this.t(`meter.credit_states.${t.state}`)}</span>`}
      </div>
      ${this.figures(t)}
      <div class="bar ${n??`dim`}" aria-hidden="true"><span style="width:${Ve(t.forecast)*100}%"></span></div>
      <p>${this.outlook(t)}</p>
      <p class="small ${e.state===`online`?`dim`:`warning`}">${this.age(e)}</p>
      ${this.payments(e,t)}
    `}figures(e){let{format:t}=this.app,n=He(e),r=G(e.forecast);return h`<div class="figures">
      <div>
        <p class="small dim">${this.t(`meter.balance`)}</p>
        <p class="big number" data-balance>${t.credit(e.balance,e.unit)}</p>
        ${n===null?p:h`<p class="small dim number">${this.w(`cards.credit.equivalent`,{amount:t.credit(n.value,n.unit)})}</p>`}
      </div>
      <div>
        <p class="small dim">${this.w(`cards.credit.days_left`)}</p>
        <p class="big number ${W(e)??``}" data-days>
          ${r===null?e.forecast?.outlook===`lasts`?this.w(`cards.credit.many_days`):`–`:t.number(Be(r))}
        </p>
      </div>
    </div>`}outlook({forecast:e,unit:t}){let{format:n}=this.app;if(e===null||e.outlook===`unknown`)return this.w(`cards.credit.still_learning`);let r=this.t(`meter.outlooks.${e.outlook}`,{date:n.date(e.runs_out_at)});return e.per_day===null?r:`${r} ${this.t(`meter.per_day`,{amount:n.credit(e.per_day,t)})}`}age({state:e,last_contact:t}){let{format:n}=this.app;return this.asked.error===null?e===`online`?this.w(`cards.credit.read`,{ago:n.ago(t)}):t===null?this.t(`meter_states.${e}`):this.w(`cards.credit.of_before`,{state:this.t(`meter_states.${e}`),time:n.dateTime(t)}):this.why(this.asked.error)}payments(e,t){let n=this.config.device_id,r=Ue(e=>this.app.may(e),e.capabilities);return h`
      ${r.length?h`<csj-top-up
            .app=${this.app}
            .deviceId=${n}
            .unit=${t.unit}
            .methods=${r}
            @paid=${()=>void this.asked.ask()}
          ></csj-top-up>`:p}
      <csj-payments .app=${this.app} .deviceId=${n} .newest=${JSON.stringify(t.last_payment)}></csj-payments>
    `}};ot=c([r(`csj-credit-card`)],ot);var st={critical:0,warning:1,good:2};function ct(e){let t=({money:e})=>{let t=e===null?null:W(e);return t===null?1.5:st[t]},n=({money:e})=>(e===null?null:G(e.forecast))??Number.MAX_VALUE;return[...e].sort((e,r)=>t(e)-t(r)||n(e)-n(r)||e.name.localeCompare(r.name))}function lt({email:e,phone:t},n,r){let i=encodeURIComponent(r);return e?`mailto:${encodeURIComponent(e).replace(`%40`,`@`)}?subject=${encodeURIComponent(n)}&body=${i}`:t?`sms:${t.replace(/[^+\d]/g,``)}?&body=${i}`:null}var ut={delivered:`good`,waiting:`warning`,failed:`critical`,no_channel:`warning`},Y=class extends d{constructor(...e){super(...e),this.deviceId=``,this.subject=``,this.text=``,this.busy=!1,this.reminded=null,this.failure=``}static{this.styles=[f,m`
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
    `]}render(){let{name:e,channel:t,reminded_at:n}=this.tenant,{format:r}=this.app,i=t===null||this.reminded?.state===`failed`||this.reminded?.state===`no_channel`?lt(this.tenant,this.subject,this.text):null;return h`<div class="row">
        ${t===null?p:h`<button ?disabled=${this.busy} aria-label=${this.w(`cards.tenants.remind_whom`,{name:e})} @click=${this.remind}>
              ${this.w(`cards.tenants.remind`)}
            </button>`}
        ${i===null?p:h`<a class="button" href=${i} aria-label=${this.w(`cards.tenants.write_to`,{name:e})}>${this.w(`cards.tenants.write`)}</a>`}
      </div>
      <div role="status">${this.receipt(e)}</div>
      ${this.failure?h`<p class="small critical" role="alert">${this.failure}</p>`:p}
      ${this.reminded===null&&n!==null?h`<p class="small dim">${this.w(`cards.tenants.reminded`,{date:r.date(n)})}</p>`:p}`}receipt(e){if(this.busy)return h`<p class="small">${this.w(`cards.tenants.reminding`,{name:e})}</p>`;if(this.reminded===null)return p;let{state:t,channel:n,at:r}=this.reminded,i=this.app.format.time(r);return h`<p class="small ${ut[t]}">${this.w(`cards.tenants.reminder.${t}`,{name:e,channel:n??``,time:i})}</p>`}async remind(){this.busy=!0,this.failure=``;try{this.reminded=await this.app.act(`remind_tenant`,{device_id:this.deviceId})}catch(e){this.failure=this.app.sentence(e)}this.busy=!1}w(e,t){return this.app.texts.get(e,t)}};c([o({attribute:!1})],Y.prototype,`tenant`,void 0),c([o()],Y.prototype,`deviceId`,void 0),c([o()],Y.prototype,`subject`,void 0),c([o()],Y.prototype,`text`,void 0),c([s()],Y.prototype,`busy`,void 0),c([s()],Y.prototype,`reminded`,void 0),c([s()],Y.prototype,`failure`,void 0),Y=c([r(`csj-reminder`)],Y);var dt=60,X=class extends U{constructor(...e){super(...e),this.meters=null,this.tenants=new Map,this.asked=``,this.round=0,this.list=new ee(this,()=>this.app.may(`see_money`)?{command:`meters/subscribe`}:null,`meters`,e=>e.serial)}static{this.styles=[...H,m`
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
    `]}static getConfigForm(){return Qe()}static getStubConfig(){return{}}getGridOptions(){return{columns:12,min_columns:6}}getCardSize(){return 6}setConfig(e){if(e.circuit!==void 0&&typeof e.circuit!=`string`)throw Error(`circuit: text expected`);super.setConfig(e)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.waiting),this.round+=1,this.asked=``}get rows(){let{circuit:e}=this.config;return[...this.list.rows.values()].filter(t=>t.balance!==null&&(!e||t.circuit===e))}updated(){if(this.app===void 0||this.list.standing!==`live`)return;let e=JSON.stringify(this.rows.map(({serial:e,state:t})=>[e,t]));e!==this.asked&&(this.asked=e,this.look())}async look(){clearTimeout(this.waiting);let e=++this.round,{app:t}=this,n=[];for(let{serial:r}of this.rows){let i=await t.call(`meter`,{serial:r}).catch(()=>null);if(e!==this.round)return;i!==null&&n.push(i.meter)}if(this.meters=n,this.waiting=setTimeout(()=>void this.look(),dt*1e3),!t.may(`tenants`))return;let r=await t.act(`list_tenants`,{}).catch(()=>null);e===this.round&&r!==null&&(this.tenants=new Map(r.tenants.filter(e=>e.moved_out===null).map(e=>[e.meter,e])))}content(){if(!this.app.may(`see_money`))return this.words(this.w(`cards.credit.not_allowed`));let e=new Map((this.meters??[]).map(e=>[e.serial,e])),{rows:t}=this,n=ct(t.map(t=>({...t,money:e.get(t.serial)?.money??null})));return h`
      <h2>${this.config.name??this.w(`cards.tenants.title`)}</h2>
      <csj-standing .app=${this.app} .standing=${this.list.standing} .error=${this.list.error}></csj-standing>
      ${this.list.standing===`live`&&!t.length?h`<p class="dim" role="status">${this.w(this.list.loading?`panel.meters.loading`:`cards.tenants.none`)}</p>`:p}
      <ul>
        ${n.map(e=>this.row(e))}
      </ul>
    `}row(e){let{format:n}=this.app,{money:r}=e,i=r===null?null:W(r),a=r===null?null:G(r.forecast),o=this.tenants.get(e.serial),s=`/csj-meter/meters/${encodeURIComponent(e.serial)}`,c=n.credit(e.balance?.value,e.balance?.unit);return h`<li data-serial=${e.serial}>
      <div>
        <a href=${s} @click=${e=>t(e,s)}>${e.name}</a>
        ${o===void 0?p:h`<p class="small dim">${o.name}</p>`}
      </div>
      <div class="credit">
        <p class="number">${c}</p>
        <p class="small dot ${i??`dim`}">${e.state===`online`&&r?.state?this.t(`meter.credit_states.${r.state}`):this.t(`meter_states.${e.state}`)}</p>
      </div>
      <div class="row">
        <div>
          <p class="small ${i??``}">${a===null?this.w(r?.forecast?.outlook===`lasts`?`cards.tenants.lasts`:`cards.tenants.unknown`):this.w(`cards.tenants.days`,{days:n.number(Be(a))})}</p>
          <p class="small dim">${this.payment(r)}</p>
        </div>
        ${this.reminder(e,r,o,c)}
      </div>
    </li>`}payment(e){let t=e?.last_payment??null;if(t===null)return this.w(`cards.tenants.no_payment`);let{format:n}=this.app;return this.w(`cards.tenants.last_payment`,{amount:n.credit(t.amount,t.unit),date:n.date(t.at),state:this.t(`meter.payments.${t.state}`)})}reminder(e,t,n,r){if(n===void 0||e.device_id===null)return p;let{format:i}=this.app,a=t?.forecast?.runs_out_at??null,o=this.w(a===null?`cards.tenants.letter`:`cards.tenants.letter_until`,{name:n.name,meter:e.name,balance:r,date:i.date(a)});return h`<csj-reminder
      .app=${this.app}
      .tenant=${n}
      .deviceId=${e.device_id}
      .subject=${this.w(`cards.tenants.subject`,{meter:e.name})}
      .text=${o}
    ></csj-reminder>`}};c([s()],X.prototype,`meters`,void 0),c([s()],X.prototype,`tenants`,void 0),X=c([r(`csj-tenants-card`)],X);function ft(e){let t=Math.max(...e.flatMap(({energy:e,high:t})=>[e??0,t??0]),0),n=e=>t>0?Math.max(e,0)/t:0;return e.map(({energy:e,low:t,high:r})=>({energy:e===null?null:n(e),band:t===null||r===null?null:[n(t),n(r)],tone:e===null?`usual`:r!==null&&e>r?`more`:t!==null&&e<t?`less`:`usual`}))}function pt({today:e,usual_today:t}){if(t===null||e===null)return null;let n=Math.max(e,t.high,t.expected)*1.05;if(!(n>0))return null;let r=e=>Math.min(Math.max(e,0)/n,1);return{today:r(e),low:r(t.low),high:r(t.high),expected:r(t.expected)}}function mt({today:e,usual_today:t}){return t===null||e===null?`unknown`:e>t.high?`above`:e>=t.low?`within`:`below`}var ht=60,gt=90,_t={ok:`good`,info:`neutral`,warning:`warning`,critical:`critical`},Z=class extends U{constructor(...e){super(...e),this.busy=!1,this.asked=new z(this,()=>this.serial===null?null:{command:`insights`,serial:this.serial,language:this.app.hass.language},ht)}static{this.styles=[...H,m`
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
    `]}static getConfigForm(){return Ze()}static getStubConfig(e){let t=V(e,Ie);return t===null?{}:{device_id:t}}getGridOptions(){return{columns:12,min_columns:6}}getCardSize(){return 6}content(){if(this.serial===null)return this.withoutMeter();let e=this.asked.value;if(e===null)return this.notYet(this.asked.error);let{state:t,usage:n,tips:r}=e,[i]=r;return h`
      <h2>${this.config.name??this.app.hass.devices[this.config.device_id]?.name_by_user??this.app.hass.devices[this.config.device_id]?.name??this.w(`cards.usage.title`)}</h2>
      <p class="dot ${_t[t.severity]}">${t.text}</p>
      ${n===null?h`<p class="dim">${this.w(`cards.usage.unknown`)}</p>`:this.usage(n,e.unit)}
      ${e.cost===null?p:this.cost(e.cost)} ${e.base_load===null?p:h`<p class="small dim">${e.base_load.text}</p>`}
      ${i===void 0?p:this.tip(i)}
      ${this.asked.error===null?p:h`<p class="small warning" role="status">${this.why(this.asked.error)}</p>`}
      ${this.app.may(`export`)?h`<div class="row">
            <button ?disabled=${this.busy} @click=${this.save}>${this.w(`cards.usage.csv`,{days:gt})}</button>
          </div>`:p}
    `}usage(e,t){let{format:n}=this.app,r=pt(e),i=mt(e),a=e.usual_today;return h`
      <div>
        <p class="small dim">${this.w(`cards.usage.today`)}</p>
        <p class="big number" data-today>${n.measured(e.today,t)}</p>
      </div>
      ${r===null?p:h`<div class="day" aria-hidden="true">
            <span class="usual" style="inset-inline-start:${r.low*100}%;width:${(r.high-r.low)*100}%"></span>
            <span class="today ${i}" style="width:${r.today*100}%"></span>
          </div>`}
      <p>
        ${a===null?this.w(`cards.usage.standing.unknown`):this.w(`cards.usage.standing.${i}`,{low:n.number(a.low,1),high:n.measured(a.high,t,1)})}
      </p>
      ${e.hours.length?this.hours(e,t):p} ${e.trend_text===null?p:h`<p>${e.trend_text}</p>`}
    `}hours({hours:e},t){let r=ft(e),{format:i}=this.app,a=e.reduce((e,t)=>(t.energy??-1)>(e.energy??-1)?t:e),o=this.w(`cards.usage.hours`,{time:i.time(a.start),energy:i.measured(a.energy,t)});return h`<div>
      <svg viewBox="0 0 ${r.length} 1" preserveAspectRatio="none" role="img" aria-label=${o}>
        ${r.map(({energy:e,band:t,tone:r},i)=>n`
            ${t===null?p:n`<rect class="band" x=${i} width="1" y=${1-t[1]} height=${Math.max(t[1]-t[0],.01)}></rect>`}
            ${e===null?p:n`<rect class="bar ${r}" x=${i+.2} width="0.6" y=${1-e} height=${e}></rect>`}`)}
      </svg>
      <p class="small dim key">
        <span>${this.w(`cards.usage.used`)}</span>
        ${r.some(({band:e})=>e!==null)?h`<span class="usual">${this.w(`cards.usage.usual`)}</span>`:p}
        ${r.some(({tone:e})=>e===`more`)?h`<span class="more">${this.w(`cards.usage.more`)}</span>`:p}
      </p>
    </div>`}cost({today:e,month:t,projected_month:n,unit:r}){let i=[[`today`,e],[`month`,t],[`projected`,n]];return h`<dl aria-label=${this.w(`cards.usage.cost`)}>
      ${i.map(([e,t])=>h`<div>
          <dt>${this.w(`cards.usage.cost_of.${e}`)}</dt>
          <dd class="number">${this.app.format.credit(t,r)}</dd>
        </div>`)}
    </dl>`}tip(e){let{format:t}=this.app;return h`<section class="tip" aria-label=${this.w(`cards.usage.tip`)}>
      <h3 class="row"><ha-icon icon="mdi:lightbulb-on-outline" aria-hidden="true"></ha-icon>${this.w(`cards.usage.tip`)}</h3>
      <p>${e.text}</p>
      <dl>
        ${e.figures.map(({label:e,value:n,unit:r})=>h`<div>
            <dt>${e}</dt>
            <dd class="number">${typeof n==`number`?/^[A-Z]{3}$/.test(r??``)?t.credit(n,r):t.measured(n,r):n??`–`}</dd>
          </div>`)}
      </dl>
      ${e.since===null?p:h`<p class="small dim">${this.w(`cards.usage.since`,{date:t.date(e.since)})}</p>`}
      <div class="row"><button ?disabled=${this.busy} @click=${()=>this.dismiss(e)}>${this.w(`cards.usage.dismiss`)}</button></div>
    </section>`}async dismiss(e){this.busy=!0,await this.attempt(async()=>{let{tips:t}=await this.app.call(`insights/dismiss_tip`,{serial:this.serial,tip:e.id,language:this.app.hass.language});this.asked.value!==null&&this.asked.take({...this.asked.value,tips:t})},this.w(`cards.usage.dismissed`)),this.busy=!1}async save(){let e=te(this.serial,{days:gt,resolution:`hour`},Math.floor(Date.now()/1e3));this.busy=!0,await this.attempt(()=>ne(this.app,e),this.t(`meter.download_began`)),this.busy=!1}};c([s()],Z.prototype,`busy`,void 0),Z=c([r(`csj-usage-card`)],Z);var vt=[];function Q(e,t,n){let r=window,i=r[e]??=[];if(i.some(e=>e.type===n.type&&e.strategyType===n.strategyType))return;let a={name:n.type,description:``,...n};i.push(a),vt.push([a,t])}function $(e,t,n){Q(`customCards`,t,{type:e,preview:!0,...n===null?{}:{getEntitySuggestion(t,r){let i=Ne(t,r,n);return i===null?null:{config:{type:`custom:${e}`,device_id:i}}}}})}$(`csj-credit-card`,`credit`,Fe),$(`csj-usage-card`,`usage`,Ie),$(`csj-tenants-card`,`tenants`,null),Q(`customStrategies`,`dashboard`,{type:`csj-meter`,strategyType:`dashboard`}),Q(`customStrategies`,`section`,{type:`csj-meter`,strategyType:`section`});async function yt(){let e=y();if(e===void 0)return;let t=await v(e);for(let[e,n]of vt)e.name=t.get(`cards.offers.${n}.name`),e.description=t.get(`cards.offers.${n}.description`)}yt().catch(()=>void 0);