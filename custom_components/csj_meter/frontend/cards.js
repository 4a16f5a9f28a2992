import{C as e,D as t,O as n,S as r,T as i,_ as a,f as o,g as s,h as c,i as l,k as u,m as ee,t as te,u as ne,v as re,w as ie,y as ae}from"./elements.js";import{t as oe}from"./preload-helper.js";import{n as se,t as ce}from"./downloads.js";var d=new Map,f=new WeakMap,le=new WeakSet;function p(e){let{language:t}=e,n=d.get(t)??ne.load(e);return d.set(t,n),n.catch(()=>d.delete(t)),n}function ue(e){let{connection:t}=e;le.has(t)||(le.add(t),t.addEventListener(`ready`,()=>f.delete(t)));let n=f.get(t)??e.callWS({type:`csj_meter/info`});return f.set(t,n),n.catch(()=>f.delete(t)),n}function m(){return document.querySelector(`home-assistant`)?.hass}var h=class extends ie{constructor(...e){super(...e),this.config={type:`custom:csj-meter`},this.texts=null,this.meters=[]}static{this.styles=a}setConfig(e){this.config=e}async firstUpdated(){this.texts=await p(this.hass);let e=await this.hass.callWS({type:`csj_meter/dashboard`}).catch(()=>null);this.meters=e?.meters??[]}render(){let{texts:e}=this;if(e===null)return``;let n=this.config.device_id??``;return t`<label>
      ${e.get(`cards.form.device_id`)}
      <select @change=${e=>this.choose(e.target.value)}>
        <option value="" ?selected=${n===``}>${e.get(`cards.form_first`)}</option>
        ${this.meters.map(({device_id:e,name:r})=>t`<option value=${e??``} ?selected=${e===n}>${r}</option>`)}
      </select>
    </label>`}choose(e){let{device_id:t,...n}=this.config,r=e?{...n,device_id:e}:n;this.config=r,this.dispatchEvent(new CustomEvent(`config-changed`,{detail:{config:r},bubbles:!0,composed:!0}))}};s([e({attribute:!1})],h.prototype,`hass`,void 0),s([r()],h.prototype,`config`,void 0),s([r()],h.prototype,`texts`,void 0),s([r()],h.prototype,`meters`,void 0),h=s([c(`csj-section-editor`)],h);function g(e,t){let n=e.filter(e=>e!==null);return n.some(({type:e})=>e!==`heading`)?[{type:`grid`,cards:n,...t?{column_span:t}:{}}]:[]}function _(e,t,n={}){return{type:`heading`,heading:e,heading_style:`title`,icon:t,...n}}function v(e){return{action:`navigate`,navigation_path:e}}function y(e,t={}){return e===void 0?null:{type:`tile`,entity:e,name:{type:`entity`},...t}}function b(e,t={}){return y(e,{features:[{type:`trend-graph`,hours_to_show:24}],...t})}function de(e,t){return{type:`alert`,entity:e,alert_color:t,grid_options:{columns:`full`},visibility:[{condition:`state`,entity:e,state:`on`}]}}function x(e,t){return e.map(e=>({condition:`state`,entity:e,state_not:t}))}function S(e,t,n){let r=t.filter(e=>e!==void 0);return r.length?{type:`statistics-graph`,title:e,entities:r,chart_type:r.length===1?`bar`:`bar-stack`,period:`day`,days_to_show:n,stat_types:[`change`],hide_legend:r.length===1,grid_options:{columns:`full`}}:null}function fe(e,t,n){let r=t.filter(e=>e!==void 0);return r.length?{type:`statistics-graph`,title:e,entities:r,period:`hour`,days_to_show:n,stat_types:r.length===1?[`min`,`mean`,`max`]:[`mean`],hide_legend:r.length===1,grid_options:{columns:`full`}}:null}function pe(e,t){let n=e.filter(e=>e!==void 0);return n.length?{type:`logbook`,target:{entity_id:n},hours_to_show:t,grid_options:{columns:`full`,rows:4}}:null}function C(e,t={}){return{type:`markdown`,content:e,grid_options:{columns:`full`},...t}}var me={voltage_problem:`red`,current_problem:`red`,balance_problem:`amber`,load_problem:`amber`,communication_problem:`amber`,credit_very_low:`red`,credit_low:`amber`,cover_opened:`red`},he=72,ge=4;function w(e,t){return e.sensor?.[t]}function T({entities:e},t,n){return Array.from({length:n},(n,r)=>({entity:w(e,`${t}${r+1}`),number:r+1})).filter(e=>e.entity!==void 0)}function _e(e,t){return e===void 0?void 0:{entity:e,name:t}}function E({prepay:e},{permissions:t}){return e&&`see_money`in t}function D({entities:e},t){let n=Object.entries(me).map(([t,n])=>[e.binary_sensor?.[t],n]).filter(e=>e[0]!==void 0);return n.length?[...n.map(([e,t])=>de(e,t)),C(t(`cards.dashboard.quiet`),{visibility:x(n.map(([e])=>e),`on`)})]:[]}function ve(e,t,n,r={}){let{entities:i,device_id:a}=e,o=i.binary_sensor?.supply,s=w(i,`alert_state`);return[_(e.name,`mdi:meter-electric-outline`,{...s===void 0?{}:{badges:[{type:`entity`,entity:s,show_state:!0,show_icon:!0,color:`state`}]},...r}),...D(e,n),o===void 0?null:y(o,{color:`red`,visibility:[{condition:`state`,entity:o,state:`off`}]}),E(e,t)&&a!==null?{type:`custom:csj-credit-card`,device_id:a,name:n(`cards.tenants.title`)}:null].filter(e=>e!==null)}function O({device_id:e},t){return e===null?null:{type:`custom:csj-usage-card`,device_id:e,name:t(`cards.dashboard.today`)}}function ye(e,t,n){let{entities:r,phases:i,tariffs:a,solar:o}=e,s=e=>w(r,e),c=T(e,`voltage_l`,i),l=T(e,`energy_import_t`,a),u=`see_diagnostics`in t.permissions;return[...g(ve(e,t,n)),...g([_(n(`cards.dashboard.usage`),`mdi:chart-bell-curve`),O(e,n)]),...g([_(n(`cards.dashboard.now`),`mdi:flash`),b(s(`active_power`)),...i>1?T(e,`active_power_l`,i).map(({entity:e})=>y(e)):[],...c.map(({entity:e})=>y(e)),i>1||u?y(s(`power_factor`)):null,a>1?y(s(`active_tariff`)):null,a>1&&`see_money`in t.permissions?y(s(`energy_price`)):null,o?y(s(`energy_export`),{icon:`mdi:solar-power`}):null]),...g([_(n(`cards.dashboard.history`),`mdi:chart-bar`),S(n(`cards.dashboard.by_day`),[s(`energy_import`)],30),l.length>1&&l.length<=ge?S(n(`cards.dashboard.by_tariff`),l.map(({entity:e,number:t})=>_e(e,n(`cards.dashboard.tariff`,{number:t}))),30):null,o?S(n(`cards.dashboard.fed_in`),[s(`energy_export`)],30):null,fe(n(`cards.dashboard.voltage`),c.map(({entity:e,number:t})=>i>1?{entity:e,name:`L${t}`}:e),7)]),...u?g(be(e,n)):[],...g([_(n(`cards.dashboard.happened`),`mdi:history`),pe([r.event?.alert,r.event?.meter_log,r.binary_sensor?.supply],he)])]}function be({entities:e,serial:t},n){let r=w(e,`success_rate`);return[_(n(`cards.dashboard.health`),`mdi:stethoscope`,{tap_action:{action:`navigate`,navigation_path:`/csj-meter/meters/${encodeURIComponent(t)}`}}),r===void 0?null:{type:`gauge`,entity:r,min:0,max:100,needle:!1,severity:{red:0,yellow:90,green:98}},y(w(e,`last_contact`)),y(w(e,`round_trip`)),y(w(e,`key_state`)),y(w(e,`temperature`))]}var k=6,A=10,xe=72,Se=3;function j({serial:e}){return`meter-${e.toLowerCase().replace(/[^a-z0-9]+/g,`-`)}`}function Ce(e,t,n,r){let i=[...e.meters].sort((e,t)=>e.name.localeCompare(t.name,void 0,{numeric:!0})),[a]=i;if(a===void 0)return{views:[M(r(`cards.dashboard.title`),`home`,Ee(e,r))]};let o=i.map(t=>({...M(t.name,j(t),ye(t,e,r)),...i.length>k?{subview:!0}:{}})),s=je(e,r),c=i.length===1?o.map(e=>({...e,sections:[...e.sections,...s]})):[M(r(`cards.dashboard.overview`),`overview`,[...De(i,e,n,r),...s]),...o];return{views:i.some(({entities:e})=>t.has(w(e,`energy_import`)??``))?[...c,Me(r)]:c}}function we(e,t,n){let r=t?e.meters.find(e=>e.device_id===t):e.meters[0];return r===void 0?{type:`grid`,cards:[C(n(t?`cards.missing.gone`:`cards.dashboard.no_meters`))]}:{type:`grid`,cards:[...ve(r,e,n),O(r,n),b(w(r.entities,`active_power`))].filter(e=>e!==null)}}function Te(e,t){return{views:[M(t,`home`,[{type:`grid`,cards:[C(e)]}])]}}function M(e,t,n){return{type:`sections`,title:e,path:t,max_columns:Se,sections:n}}function Ee({role:e,permissions:t},n){let r=`configure`in t;return[{type:`grid`,cards:[_(n(`cards.dashboard.title`),`mdi:meter-electric-outline`),C(n(r?`cards.dashboard.add_a_bridge`:e===`tenant`||e===`landlord`?`cards.dashboard.not_yours`:`cards.dashboard.no_meters`)),...r?[{type:`button`,name:n(`cards.dashboard.add`),icon:`mdi:plus`,tap_action:v(`/config/integrations/dashboard/add?domain=csj_meter`)}]:[]]}]}function De(e,t,n,r){let i=[`owner`,`landlord`].includes(t.role),a=[t.site.event?.alert,...e.map(({entities:e})=>e.event?.alert)];return[...g([_(r(`cards.dashboard.attention`),`mdi:alert-outline`,Oe(t)),...ke(e,n,r)]),...i&&e.some(e=>E(e,t))?g([_(r(`cards.tenants.title`),`mdi:account-cash-outline`),{type:`custom:csj-tenants-card`,name:r(`cards.dashboard.credit`)}]):[],...g([_(r(`cards.dashboard.meters`),`mdi:meter-electric-outline`,`see_diagnostics`in t.permissions?{tap_action:v(`/csj-meter`)}:{}),...e.map(t=>Ae(t,e.length<=A,n))]),...e.length<=A?g([_(r(`cards.dashboard.history`),`mdi:chart-bar`),S(r(`cards.dashboard.by_day`),e.map(e=>_e(w(e.entities,`energy_import`),e.name)),30)]):[],...g([_(r(`cards.dashboard.happened`),`mdi:history`),pe(a,xe)])]}function Oe({site:e}){let t=w(e,`alert_state`);return t===void 0?{}:{badges:[{type:`entity`,entity:t,show_state:!0,show_icon:!0,color:`state`}]}}function ke(e,t,n){if(e.length<=k){let t=e.flatMap(e=>D(e,n).filter(({type:e})=>e===`alert`)),r=t.map(({entity:e})=>e);return r.length?[...t,C(n(`cards.dashboard.quiet`),{visibility:x(r,`on`)})]:[]}let r=e.map(e=>({meter:e,entity:w(e.entities,`alert_state`)})).filter(e=>e.entity!==void 0);if(!r.length)return[];let i=[`critical`,`warning`];return[...r.map(({meter:e,entity:n})=>({type:`tile`,entity:n,name:e.name,color:`red`,grid_options:{columns:`full`},tap_action:v(`${t}/${j(e)}`),visibility:[{condition:`state`,entity:n,state:i}]})),C(n(`cards.dashboard.quiet`),{visibility:r.map(({entity:e})=>({condition:`state`,entity:e,state_not:i}))})]}function Ae(e,t,n){let r=w(e.entities,`active_power`)??w(e.entities,`energy_import`),i={name:e.name,tap_action:v(`${n}/${j(e)}`)};return t?b(r,i):y(r,i)}function je({site:e},t){let n=e.todo?.work_orders;return n===void 0?[]:g([_(t(`cards.dashboard.work_orders`),`mdi:clipboard-list-outline`),{type:`todo-list`,entity:n}])}function Me(e){let t=e=>({type:e,grid_options:{columns:`full`}});return{...M(e(`cards.dashboard.energy`),`energy`,[{type:`grid`,cards:[t(`energy-date-selection`),t(`energy-usage-graph`)],column_span:2},{type:`grid`,cards:[t(`energy-distribution`),t(`energy-sources-table`)]}]),icon:`mdi:lightning-bolt`}}async function Ne(e){let t=await e.callWS({type:`energy/get_prefs`}).catch(()=>null);return new Set((t?.energy_sources??[]).flatMap(({stat_energy_from:e,flow_from:t})=>[...e?[e]:[],...(t??[]).map(e=>e.stat_energy_from)]))}async function Pe(e){let[t,n]=await Promise.all([p(e),e.callWS({type:`csj_meter/dashboard`}).catch(()=>null)]);return{say:(e,n)=>t.get(e,n),told:n}}var Fe=class extends HTMLElement{static{this.registryDependencies=[`entities`,`devices`]}},Ie=class extends Fe{static{this.noEditor=!0}static async getCreateSuggestions(e){return{title:(await p(e)).get(`cards.dashboard.title`),icon:`mdi:meter-electric-outline`}}static async generate(e,t){let[{say:n,told:r},i]=await Promise.all([Pe(t),Ne(t)]);return r===null?Te(n(`cards.not_there`),n(`cards.dashboard.title`)):Ce(r,i,`/${location.pathname.split(`/`)[1]??``}`,n)}},Le=class extends Fe{static getStubConfig(){return{type:`custom:csj-meter`}}static getConfigElement(){return document.createElement(`csj-section-editor`)}static async generate({device_id:e},t){let{say:n,told:r}=await Pe(t);return r===null?{type:`grid`,cards:[{type:`markdown`,content:n(`cards.not_there`)}]}:we(r,e,n)}};function N(e,t){customElements.get(e)===void 0&&customElements.define(e,t)}N(`ll-strategy-dashboard-csj-meter`,Ie),N(`ll-strategy-section-csj-meter`,Le);var Re=new Set([`unauthorized`,`not_found`,`invalid_format`,`unknown_command`]),P=class{constructor(e,t,n){this.host=e,this.question=t,this.seconds=n,this.value=null,this.error=null,this.turn=0,this.seen=()=>{!document.hidden&&this.asked!==void 0&&this.ask()},e.addController(this)}hostConnected(){document.addEventListener(`visibilitychange`,this.seen)}hostDisconnected(){document.removeEventListener(`visibilitychange`,this.seen),this.turn+=1,this.asked=void 0,clearTimeout(this.timer)}hostUpdate(){if(this.host.app===void 0)return;let e=this.question(),t=e===null?void 0:JSON.stringify(e);(t!==this.asked||this.by!==this.host.app.info)&&(t!==this.asked&&(this.value=this.error=null),this.asked=t,this.by=this.host.app.info,this.ask())}async ask(){clearTimeout(this.timer);let e=++this.turn,t=this.question();if(t===null)return;let{command:n,...r}=t;if(!document.hidden){try{let t=await this.host.app.call(n,r);if(e!==this.turn)return;this.value=t,this.error=null}catch(t){if(e!==this.turn)return;this.error=ae(t)?{code:`lost`,message:``}:t,Re.has(this.error.code)&&(this.value=null)}this.host.requestUpdate()}this.timer=setTimeout(()=>void this.ask(),this.seconds*1e3)}take(e){this.value=e,this.host.requestUpdate()}};function F({devices:e},t){if(!t)return{missing:`not_chosen`};let n=e[t];if(n===void 0)return{missing:`gone`};let r=n.identifiers.find(([e])=>e===`csj_meter`)?.[1];return r===void 0?{missing:`other`}:{serial:r}}function ze({entities:e},t,n){let r=e[t];return r!==void 0&&R(r,n)?r.device_id:null}function I({entities:e},t){return Object.values(e).find(e=>e!==void 0&&R(e,t))?.device_id??null}var L=new WeakMap;function Be({entities:e,states:t},n){let r=L.get(e);if(r===void 0){let t=Object.values(e).filter(e=>e!==void 0&&R(e,Ve));r=new Map(t.map(e=>[e.device_id,e.entity_id])),L.set(e,r)}return t[r.get(n)??``]}function R({platform:e,translation_key:t,device_id:n},r){return e===`csj_meter`&&n!==void 0&&t!==void 0&&r.has(t)}var z=new Set([`balance`,`credit_days_left`,`last_payment`]),Ve=new Set([`alert_state`]),B=new Set([`usage_today`,`usage_this_month`,`usage_trend`,`expected_usage`,`cost_today`,`cost_this_month`,`energy_import`]),He=5,V=[a,u`
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
  `],H=class extends ee{constructor(...e){super(...e),this.config={type:``},this.texts=null,this.failed=!1,this.turn=0,this.renew=()=>void this.load()}static{this.styles=V}setConfig(e){for(let t of[`device_id`,`name`])if(e[t]!==void 0&&typeof e[t]!=`string`)throw Error(`${t}: text expected`);this.config=e}set hass(e){let t=this.current;this.current=e,t?.connection!==e.connection||t.language!==e.language?this.load():(t.locale!==e.locale||t.themes!==e.themes||t.devices!==e.devices)&&this.app!==void 0&&this.texts!==null&&(this.app=new re(e,this.app.info,this.texts)),this.heard(e)}heard(e){}connectedCallback(){super.connectedCallback(),this.current!==void 0&&this.renew()}disconnectedCallback(){super.disconnectedCallback(),this.turn+=1,clearTimeout(this.timer),this.leave?.(),this.leave=void 0}shouldUpdate(){return!0}async load(){clearTimeout(this.timer);let e=this.current,t=++this.turn;try{let n=ue(e);if(n.catch(()=>void 0),this.leave===void 0){let{connection:t}=e;t.addEventListener(`ready`,this.renew),this.leave=()=>t.removeEventListener(`ready`,this.renew)}let r=await p(e);if(t!==this.turn)return;this.texts=r;let i=await n;if(t!==this.turn)return;this.failed=!1,this.app=new re(this.current,i,r)}catch{if(t!==this.turn)return;this.failed=this.app===void 0,this.timer=setTimeout(this.renew,He*1e3)}}render(){return t`<ha-card><div class="body">${this.app===void 0?this.early():this.content()}</div></ha-card>`}early(){let e=this.texts?.get(this.failed?`cards.not_there`:`panel.notice.wait`)??``;return t`<p class="dim" role="status">${e}</p>`}w(e,t){return this.app.texts.get(e,t)}words(e){return t`${this.config.name?t`<h2>${this.config.name}</h2>`:``}
      <p class="dim" role="status">${e}</p>`}get serial(){if(this.app===void 0)return null;let e=F(this.app.hass,this.config.device_id);return`serial`in e?e.serial:null}withoutMeter(){let e=F(this.app.hass,this.config.device_id);return this.words(`missing`in e?this.w(`cards.missing.${e.missing}`):``)}notYet(e){return this.words(e===null?this.t(`notice.wait`):this.why(e))}why(e){return e.code===`lost`?this.t(`notice.lost`):e.code===`unknown_command`?this.w(`cards.not_there`):this.app.sentence(e)}};s([r()],H.prototype,`config`,void 0),s([r()],H.prototype,`texts`,void 0),s([r()],H.prototype,`failed`,void 0);var Ue=14;function U({forecast:e,state:t}){let n=t===`arrears`||t===`very_low`?`critical`:t===`low`?`warning`:null,r=G(e),i=r===null?e?.outlook===`lasts`||t===`ok`?`good`:null:r<1?`critical`:r<=3?`warning`:`good`;return n===`critical`||i===`critical`?`critical`:n??i}function W({forecast:e,state:t}){let n=t===`ok`&&U({forecast:e,state:t})!==`good`;return t===null?null:`meter.credit_states.${n?`ends_soon`:t}`}function G(e){return e===null?null:e.outlook===`empty`?0:e.outlook===`runs_out`?e.days:null}var We=3;function K(e){return e<We?Math.floor(e*10)/10:Math.floor(e)}function Ge(e){return e?.outlook===`lasts`?1:Math.min(Math.max((G(e)??0)/Ue,0),1)}function Ke(e){let{balance:t,unit:n,tariff:r,tariffs:i}=e,a=i.find(e=>e.tariff===r)??(i.length===1?i[0]:void 0),o=a?.price??null;if(t===null||t<0||o===null||o<=0)return null;if(n!==`kWh`)return{value:t/o,unit:`kWh`};let s=a.price_unit.split(`/`)[0];return/^[A-Z]{3}$/.test(s)?{value:t*o,unit:s}:null}function qe(e,t){return[...e(`redeem`)?[`voucher`]:[],...e(`redeem`)&&t.includes(`sts_token`)?[`token`]:[],...e(`top_up`)?[`amount`]:[]]}function Je({method:e,text:t},n,r){let i=t.trim();return e===`amount`?[`top_up`,{device_id:n,amount:i.replace(`,`,`.`),key:r}]:e===`token`?[`load_token`,{device_id:n,token:i,key:r}]:[`redeem_voucher`,{device_id:n,code:i,key:r}]}function Ye({method:e,text:t}){let n=t.trim();return e===`amount`?/^\d{1,4}([.,]\d{1,2})?$/.test(n)&&Number(n.replace(`,`,`.`))>0:n.length>0&&n.length<=100}function Xe(){return[...crypto.getRandomValues(new Uint8Array(12))].map(e=>e.toString(16).padStart(2,`0`)).join(``)}function Ze(e){return e.state===`done`||e.state===`refused`||e.state===`foreign`}async function Qe(e){let t=m(),n=t===void 0?void 0:await p(t).catch(()=>void 0);return{schema:e,computeLabel:({name:e})=>n?.get(`cards.form.${e}`)??e,computeHelper:({name:e})=>n?.get(`cards.form_help.${e}`)}}var $e={name:`device_id`,required:!0,selector:{device:{integration:`csj_meter`}}},et={name:`name`,selector:{text:{}}};function tt(){return Qe([$e,et])}function nt(){return Qe([{name:`circuit`,selector:{text:{}}},et])}var rt=20,q=class extends H{constructor(...e){super(...e),this.asked=new P(this,()=>this.serial===null?null:{command:`meter`,serial:this.serial},rt),this.lacksParts=!1}static{this.styles=[...V,u`
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
    `]}connectedCallback(){super.connectedCallback(),this.loadParts()}async loadParts(){try{await oe(()=>import(`./money.js`),[]),this.lacksParts=!1}catch{this.lacksParts=!0}}static getConfigForm(){return tt()}static getStubConfig(e){let t=I(e,z);return t===null?{}:{device_id:t}}getGridOptions(){return{columns:12,min_columns:6}}getCardSize(){return 5}content(){if(this.serial===null)return this.withoutMeter();let e=this.asked.value?.meter;if(e===void 0)return this.notYet(this.asked.error);let{money:n}=e;if(n===null)return this.words(this.w(this.app.may(`see_money`)?e.capabilities.includes(`prepay`)?`cards.credit.not_read`:`cards.credit.none`:`cards.credit.not_allowed`));let r=U(n),a=W(n);return t`
      <div class="row spread">
        <h2>${this.config.name??e.name}</h2>
        ${a===null?i:t`<span class="chip dot ${r??`neutral`}">${this.t(a)}</span>`}
      </div>
      ${this.figures(n)}
      <div class="bar ${r??`dim`}" aria-hidden="true"><span style="width:${Ge(n.forecast)*100}%"></span></div>
      <p>${this.outlook(n)}</p>
      <p class="small ${e.state===`online`?`dim`:`warning`}">${this.age(e)}</p>
      ${this.payments(e,n)}
    `}figures(e){let{format:n}=this.app,r=Ke(e),a=G(e.forecast);return t`<div class="figures">
      <div>
        <p class="small dim">${this.t(`meter.balance`)}</p>
        <p class="big number" data-balance>${n.credit(e.balance,e.unit)}</p>
        ${r===null?i:t`<p class="small dim number">${this.w(`cards.credit.equivalent`,{amount:n.credit(r.value,r.unit)})}</p>`}
      </div>
      <div>
        <p class="small dim">${this.w(`cards.credit.days_left`)}</p>
        <p class="big number ${U(e)??``}" data-days>
          ${a===null?e.forecast?.outlook===`lasts`?this.w(`cards.credit.many_days`):`–`:n.number(K(a))}
        </p>
      </div>
    </div>`}outlook({forecast:e,unit:t}){let{format:n}=this.app;if(e===null||e.outlook===`unknown`)return this.w(`cards.credit.still_learning`);let r=this.t(`meter.outlooks.${e.outlook}`,{date:n.date(e.runs_out_at)});return e.per_day===null?r:`${r} ${this.t(`meter.per_day`,{amount:n.credit(e.per_day,t)})}`}age({state:e,last_contact:t}){let{format:n}=this.app;return this.asked.error===null?e===`online`?this.w(`cards.credit.read`,{ago:n.ago(t)}):t===null?this.t(`meter_states.${e}`):this.w(`cards.credit.of_before`,{state:this.t(`meter_states.${e}`),time:n.dateTime(t)}):this.why(this.asked.error)}payments(e,n){if(this.lacksParts)return t`<p class="small critical" role="alert">${this.t(`shell.no_code`)}</p>`;let r=this.config.device_id,a=JSON.stringify(n.last_payment),o=qe(e=>this.app.may(e),e.capabilities);return t`
      ${o.length?t`<csj-top-up
            .app=${this.app}
            .deviceId=${r}
            .unit=${n.unit}
            .methods=${o}
            .newest=${a}
            @paid=${()=>void this.asked.ask()}
          ></csj-top-up>`:i}
      <csj-payments .app=${this.app} .deviceId=${r} .newest=${a}></csj-payments>
    `}};s([r()],q.prototype,`lacksParts`,void 0),q=s([c(`csj-credit-card`)],q);var it={critical:0,warning:1,good:2};function at(e){let t=({money:e})=>{let t=e===null?null:U(e);return t===null?1.5:it[t]},n=({money:e})=>(e===null?null:G(e.forecast))??Number.MAX_VALUE;return[...e].sort((e,r)=>t(e)-t(r)||n(e)-n(r)||e.name.localeCompare(r.name))}function ot({email:e,phone:t},n,r){let i=encodeURIComponent(r);return e?`mailto:${encodeURIComponent(e).replace(`%40`,`@`)}?subject=${encodeURIComponent(n)}&body=${i}`:t?`sms:${t.replace(/[^+\d]/g,``)}?&body=${i}`:null}var st={delivered:`good`,waiting:`warning`,failed:`critical`,no_channel:`warning`};function J(e,t){return e.meter===t.meter&&e.name===t.name}var Y=class extends ee{constructor(...e){super(...e),this.deviceId=``,this.subject=``,this.text=``,this.busy=!1,this.reminded=null,this.failure=``}static{this.styles=[a,u`
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
    `]}willUpdate(e){let t=e.get(`tenant`);t===void 0||J(t,this.tenant)||(this.reminded=null,this.failure=``,this.busy=!1)}render(){let{name:e,channel:n,reminded_at:r}=this.tenant,{format:a}=this.app,o=n===null||this.reminded?.state===`failed`||this.reminded?.state===`no_channel`?ot(this.tenant,this.subject,this.text):null;return t`<div class="row">
        ${n===null?i:t`<button ?disabled=${this.busy} aria-label=${this.w(`cards.tenants.remind_whom`,{name:e})} @click=${this.remind}>
              ${this.w(`cards.tenants.remind`)}
            </button>`}
        ${o===null?i:t`<a class="button" href=${o} aria-label=${this.w(`cards.tenants.write_to`,{name:e})}>${this.w(`cards.tenants.write`)}</a>`}
      </div>
      <div role="status">${this.receipt(e)}</div>
      ${this.failure?t`<p class="small critical" role="alert">${this.failure}</p>`:i}
      ${this.reminded===null&&r!==null?t`<p class="small dim">${this.w(`cards.tenants.reminded`,{date:a.date(r)})}</p>`:i}`}receipt(e){if(this.busy)return t`<p class="small">${this.w(`cards.tenants.reminding`,{name:e})}</p>`;if(this.reminded===null)return i;let{state:n,channel:r,at:a}=this.reminded,o=this.app.format.time(a);return t`<p class="small ${st[n]}">${this.w(`cards.tenants.reminder.${n}`,{name:e,channel:r??``,time:o})}</p>`}async remind(){let{tenant:e}=this;this.busy=!0,this.failure=``;try{let t=await this.app.act(`remind_tenant`,{device_id:this.deviceId});J(e,this.tenant)&&(this.reminded=t)}catch(t){J(e,this.tenant)&&(this.failure=this.app.sentence(t))}J(e,this.tenant)&&(this.busy=!1)}w(e,t){return this.app.texts.get(e,t)}};s([e({attribute:!1})],Y.prototype,`tenant`,void 0),s([e()],Y.prototype,`deviceId`,void 0),s([e()],Y.prototype,`subject`,void 0),s([e()],Y.prototype,`text`,void 0),s([r()],Y.prototype,`busy`,void 0),s([r()],Y.prototype,`reminded`,void 0),s([r()],Y.prototype,`failure`,void 0),Y=s([c(`csj-reminder`)],Y);var ct=60,X=class extends H{constructor(...e){super(...e),this.meters=null,this.tenants=new Map,this.asked=``,this.round=0,this.seen=()=>{!document.hidden&&this.asked!==``&&this.look()},this.list=new te(this,()=>this.app.may(`see_money`)?{command:`meters/subscribe`}:null,`meters`,e=>e.serial)}static{this.styles=[...V,u`
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
    `]}static getConfigForm(){return nt()}static getStubConfig(){return{}}getGridOptions(){return{columns:12,min_columns:6}}getCardSize(){return 6}setConfig(e){if(e.circuit!==void 0&&typeof e.circuit!=`string`)throw Error(`circuit: text expected`);super.setConfig(e)}connectedCallback(){super.connectedCallback(),document.addEventListener(`visibilitychange`,this.seen)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener(`visibilitychange`,this.seen),clearTimeout(this.waiting),this.round+=1,this.asked=``}get rows(){let{circuit:e}=this.config;return[...this.list.rows.values()].filter(t=>t.balance!==null&&(!e||t.circuit===e))}updated(){if(this.app===void 0||this.list.standing!==`live`)return;let e=JSON.stringify(this.rows.map(({serial:e,state:t})=>[e,t]));e!==this.asked&&(this.asked=e,this.look())}async look(){clearTimeout(this.waiting);let e=++this.round;if(document.hidden)return;let{app:t}=this,n=[];for(let{serial:r}of this.rows){let i=await t.call(`meter`,{serial:r}).catch(()=>null);if(e!==this.round)return;i!==null&&n.push(i.meter)}if(this.meters=n,this.waiting=setTimeout(()=>void this.look(),ct*1e3),!t.may(`tenants`))return;let r=await t.act(`list_tenants`,{}).catch(()=>null);e===this.round&&r!==null&&(this.tenants=new Map(r.tenants.filter(e=>e.moved_out===null).map(e=>[e.meter,e])))}content(){if(!this.app.may(`see_money`))return this.words(this.w(`cards.credit.not_allowed`));let e=new Map((this.meters??[]).map(e=>[e.serial,e])),{rows:n}=this,r=at(n.map(t=>({...t,money:e.get(t.serial)?.money??null})));return t`
      <h2>${this.config.name??this.w(`cards.tenants.title`)}</h2>
      <csj-standing .app=${this.app} .standing=${this.list.standing} .error=${this.list.error}></csj-standing>
      ${this.list.standing===`live`&&!n.length?t`<p class="dim" role="status">${this.w(this.list.loading?`panel.meters.loading`:`cards.tenants.none`)}</p>`:i}
      <ul>
        ${l(r,({serial:e})=>e,e=>this.row(e))}
      </ul>
    `}row(e){let{format:n}=this.app,{money:r}=e,a=r===null?null:U(r),s=r===null?null:G(r.forecast),c=this.tenants.get(e.serial),l=`/csj-meter/meters/${encodeURIComponent(e.serial)}`,u=n.credit(e.balance?.value,e.balance?.unit);return t`<li data-serial=${e.serial}>
      <div>
        <a href=${l} @click=${e=>o(e,l)}>${e.name}</a>
        ${c===void 0?i:t`<p class="small dim">${c.name}</p>`}
      </div>
      <div class="credit">
        <p class="number">${u}</p>
        ${this.stands(e,r,a)}
      </div>
      <div class="row">
        <div>
          <p class="small ${a??``}">${s===null?this.w(r?.forecast?.outlook===`lasts`?`cards.tenants.lasts`:`cards.tenants.unknown`):this.w(`cards.tenants.days`,{days:n.number(K(s))})}</p>
          <p class="small dim">${this.payment(r)}</p>
        </div>
        ${this.reminder(e,r,c,u)}
      </div>
    </li>`}stands({state:e},n,r){let i=n&&W(n);return e===`online`&&i?t`<p class="small dot ${r??`dim`}">${this.t(i)}</p>`:t`<p class="small dot ${e===`online`||e===`disabled`?`dim`:`warning`}">${this.t(`meter_states.${e}`)}</p>`}payment(e){let t=e?.last_payment??null;if(t===null)return this.w(`cards.tenants.no_payment`);let{format:n}=this.app;return this.w(`cards.tenants.last_payment`,{amount:n.credit(t.amount,t.unit),date:n.date(t.at),state:this.t(`meter.payments.${t.state}`)})}reminder(e,n,r,a){if(r===void 0||e.device_id===null)return i;let{format:o}=this.app,s=n?.forecast?.runs_out_at??null,c=this.w(s===null?`cards.tenants.letter`:`cards.tenants.letter_until`,{name:r.name,meter:e.name,balance:a,date:o.date(s)});return t`<csj-reminder
      .app=${this.app}
      .tenant=${r}
      .deviceId=${e.device_id}
      .subject=${this.w(`cards.tenants.subject`,{meter:e.name})}
      .text=${c}
    ></csj-reminder>`}};s([r()],X.prototype,`meters`,void 0),s([r()],X.prototype,`tenants`,void 0),X=s([c(`csj-tenants-card`)],X);function lt(e){let t=Math.max(...e.flatMap(({energy:e,high:t})=>[e??0,t??0]),0),n=e=>t>0?Math.max(e,0)/t:0;return e.map(({energy:e,low:t,high:r})=>({energy:e===null?null:n(e),band:t===null||r===null?null:[n(t),n(r)],tone:e===null?`usual`:r!==null&&e>r?`more`:t!==null&&e<t?`less`:`usual`}))}function ut({today:e,usual_today:t}){if(t===null||e===null)return null;let n=Math.max(e,t.high,t.expected)*1.05;if(!(n>0))return null;let r=e=>Math.min(Math.max(e,0)/n,1);return{today:r(e),low:r(t.low),high:r(t.high),expected:r(t.expected)}}function dt({today:e,usual_today:t}){return t===null||e===null?`unknown`:e>t.high?`above`:e>=t.low?`within`:`below`}var ft=60,pt=90,mt={ok:`good`,info:`neutral`,warning:`warning`,critical:`critical`},Z=class extends H{constructor(...e){super(...e),this.busy=!1,this.asked=new P(this,()=>this.serial===null?null:{command:`insights`,serial:this.serial,language:this.app.hass.language},ft)}static{this.styles=[...V,u`
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
    `]}static getConfigForm(){return tt()}static getStubConfig(e){let t=I(e,B);return t===null?{}:{device_id:t}}getGridOptions(){return{columns:12,min_columns:6}}getCardSize(){return 6}heard(e){let t=this.alerts;this.alerts=Be(e,this.config.device_id??``),t!==void 0&&t!==this.alerts&&this.asked.ask()}content(){if(this.serial===null)return this.withoutMeter();let e=this.asked.value;if(e===null)return this.notYet(this.asked.error);let{state:n,usage:r,tips:a}=e,[o]=a;return t`
      <h2>${this.config.name??this.app.hass.devices[this.config.device_id]?.name_by_user??this.app.hass.devices[this.config.device_id]?.name??this.w(`cards.usage.title`)}</h2>
      <p class="dot ${mt[n.severity]}">${n.text}</p>
      ${r===null?t`<p class="dim">${this.w(`cards.usage.unknown`)}</p>`:this.usage(r,e.unit)}
      ${e.cost===null?i:this.cost(e.cost)} ${e.base_load===null?i:t`<p class="small dim">${e.base_load.text}</p>`}
      ${o===void 0?i:this.tip(o)}
      ${this.asked.error===null?i:t`<p class="small warning" role="status">${this.why(this.asked.error)}</p>`}
      ${this.app.may(`export`)?t`<div class="row">
            <button ?disabled=${this.busy} @click=${this.save}>${this.w(`cards.usage.csv`,{days:pt})}</button>
          </div>`:i}
    `}usage(e,n){let{format:r}=this.app,a=ut(e),o=dt(e),s=e.usual_today;return t`
      <div>
        <p class="small dim">${this.w(`cards.usage.today`)}</p>
        <p class="big number" data-today>${r.measured(e.today,n)}</p>
      </div>
      ${a===null?i:t`<div class="day" aria-hidden="true">
            <span class="usual" style="inset-inline-start:${a.low*100}%;width:${(a.high-a.low)*100}%"></span>
            <span class="today ${o}" style="width:${a.today*100}%"></span>
          </div>`}
      <p>
        ${s===null?this.w(`cards.usage.standing.unknown`):this.w(`cards.usage.standing.${o}`,{low:r.number(s.low,1),high:r.measured(s.high,n,1)})}
      </p>
      ${e.hours.length?this.hours(e,n):i} ${e.trend_text===null?i:t`<p>${e.trend_text}</p>`}
    `}hours({hours:e},r){let a=lt(e),{format:o}=this.app,s=e.reduce((e,t)=>(t.energy??-1)>(e.energy??-1)?t:e),c=this.w(`cards.usage.hours`,{time:o.time(s.start),energy:o.measured(s.energy,r)});return t`<div>
      <svg viewBox="0 0 ${a.length} 1" preserveAspectRatio="none" role="img" aria-label=${c}>
        ${a.map(({energy:e,band:t,tone:r},a)=>n`
            ${t===null?i:n`<rect class="band" x=${a} width="1" y=${1-t[1]} height=${Math.max(t[1]-t[0],.01)}></rect>`}
            ${e===null?i:n`<rect class="bar ${r}" x=${a+.2} width="0.6" y=${1-e} height=${e}></rect>`}`)}
      </svg>
      <p class="small dim key">
        <span>${this.w(`cards.usage.used`)}</span>
        ${a.some(({band:e})=>e!==null)?t`<span class="usual">${this.w(`cards.usage.usual`)}</span>`:i}
        ${a.some(({tone:e})=>e===`more`)?t`<span class="more">${this.w(`cards.usage.more`)}</span>`:i}
      </p>
    </div>`}cost({today:e,month:n,projected_month:r,unit:i}){let a=[[`today`,e],[`month`,n],[`projected`,r]];return t`<dl aria-label=${this.w(`cards.usage.cost`)}>
      ${a.map(([e,n])=>t`<div>
          <dt>${this.w(`cards.usage.cost_of.${e}`)}</dt>
          <dd class="number">${this.app.format.credit(n,i)}</dd>
        </div>`)}
    </dl>`}tip(e){let{format:n}=this.app;return t`<section class="tip" aria-label=${this.w(`cards.usage.tip`)}>
      <h3 class="row"><ha-icon icon="mdi:lightbulb-on-outline" aria-hidden="true"></ha-icon>${this.w(`cards.usage.tip`)}</h3>
      <p>${e.text}</p>
      <dl>
        ${e.figures.map(({label:e,value:r,unit:i})=>t`<div>
            <dt>${e}</dt>
            <dd class="number">${typeof r==`number`?/^[A-Z]{3}$/.test(i??``)?n.credit(r,i):n.measured(r,i):r??`–`}</dd>
          </div>`)}
      </dl>
      ${e.since===null?i:t`<p class="small dim">${this.w(`cards.usage.since`,{date:n.date(e.since)})}</p>`}
      <div class="row"><button ?disabled=${this.busy} @click=${()=>this.dismiss(e)}>${this.w(`cards.usage.dismiss`)}</button></div>
    </section>`}async dismiss(e){this.busy=!0,await this.attempt(async()=>{let{tips:t}=await this.app.call(`insights/dismiss_tip`,{serial:this.serial,tip:e.id,language:this.app.hass.language});this.asked.value!==null&&this.asked.take({...this.asked.value,tips:t})},this.w(`cards.usage.dismissed`)),this.busy=!1}async save(){let e=se(this.serial,{days:pt,resolution:`hour`},Math.floor(Date.now()/1e3));this.busy=!0,await this.attempt(()=>ce(this.app,e),this.t(`meter.download_began`)),this.busy=!1}};s([r()],Z.prototype,`busy`,void 0),Z=s([c(`csj-usage-card`)],Z);var ht=[];function Q(e,t,n){let r=window,i=r[e]??=[];if(i.some(e=>e.type===n.type&&e.strategyType===n.strategyType))return;let a={name:n.type,description:``,...n};i.push(a),ht.push([a,t])}function $(e,t,n){Q(`customCards`,t,{type:e,preview:!0,...n===null?{}:{getEntitySuggestion(t,r){let i=ze(t,r,n);return i===null?null:{config:{type:`custom:${e}`,device_id:i}}}}})}$(`csj-credit-card`,`credit`,z),$(`csj-usage-card`,`usage`,B),$(`csj-tenants-card`,`tenants`,null),Q(`customStrategies`,`dashboard`,{type:`csj-meter`,strategyType:`dashboard`}),Q(`customStrategies`,`section`,{type:`csj-meter`,strategyType:`section`});async function gt(){let e=m();if(e===void 0)return;let t=await p(e);for(let[e,n]of ht)e.name=t.get(`cards.offers.${n}.name`),e.description=t.get(`cards.offers.${n}.description`)}gt().catch(()=>void 0);export{Ze as i,Je as n,Ye as r,Xe as t};