import{_ as e,a as t,c as n,d as r,g as i,h as a,l as o,o as s,r as c,u as l,v as u,x as d,y as f}from"./elements.js";var p=`/csj-meter`;function m(e,t=``){return`${p}/${e.replaceAll(`_`,`-`)}${t?`/${encodeURIComponent(t)}`:``}`}var h=(function(){let e=typeof document<`u`&&document.createElement(`link`).relList;return e&&e.supports&&e.supports(`modulepreload`)?`modulepreload`:`preload`})(),g=function(e){return`/`+e},_={},v=function(e){return e.pathname.endsWith(`.css`)},y=function(e,t,n){if(t in e)return e[t];let r=n();if(!r){e[t]=void 0;return}let i=r.then(()=>{e[t]=void 0},n=>{throw e[t]=void 0,n});return e[t]=i,i},b=function(e,t,n){let r=Promise.resolve();if(t&&t.length>0){let e,i=document.querySelector(`meta[property=csp-nonce]`),a=i?.nonce||i?.getAttribute(`nonce`);function o(e){return Promise.all(e.map(e=>Promise.resolve(e).then(e=>({status:`fulfilled`,value:e}),e=>({status:`rejected`,reason:e}))))}function s(e){return import.meta.resolve?new URL(import.meta.resolve(e)):new URL(e,import.meta.url)}r=o(t.map(t=>{t=g(t,n);let r=s(t),i=v(r);return y(_,r.href,()=>{if(e===void 0){e={all:new Set,styles:new Set};let t=document.getElementsByTagName(`link`);for(let n=t.length-1;n>=0;n--){let r=t[n];e.all.add(r.href),r.rel===`stylesheet`&&e.styles.add(r.href)}}if((i?e.styles:e.all).has(r.href))return;let t=document.createElement(`link`);if(t.rel=i?`stylesheet`:h,i||(t.as=`script`),t.crossOrigin=``,t.href=r.href,a&&t.setAttribute(`nonce`,a),document.head.appendChild(t),i)return new Promise((e,n)=>{let i=a=>{t.removeEventListener(`load`,i),t.removeEventListener(`error`,i),a.type===`error`?n(Error(`Unable to preload CSS for ${r}`)):e(a)};t.addEventListener(`load`,i),t.addEventListener(`error`,i)})})}).filter(e=>e!==void 0))}function i(e){let t=new Event(`vite:preloadError`,{cancelable:!0});if(t.payload=e,window.dispatchEvent(t),!t.defaultPrevented)throw e}return r.then(t=>{for(let e of t||[])e.status===`rejected`&&i(e.reason);return e().catch(i)})},x=[{name:`meters`,needs:`see_meters`,load:e=>b(e?()=>import(`./csj-meter-page.js`):()=>import(`./csj-meters-page.js`),[]),draw:(e,t)=>t?f`<csj-meter-page .app=${e} .serial=${t}></csj-meter-page>`:f`<csj-meters-page .app=${e}></csj-meters-page>`},{name:`alerts`,needs:`see_alerts`,load:()=>b(()=>import(`./csj-alerts-page.js`),[]),draw:(e,t)=>f`<csj-alerts-page .app=${e} .alertId=${t}></csj-alerts-page>`},{name:`work_orders`,needs:`work_orders`,load:()=>b(()=>import(`./csj-work-orders-page.js`),[]),draw:(e,t)=>f`<csj-work-orders-page .app=${e} .number=${t}></csj-work-orders-page>`},{name:`bus`,needs:`see_diagnostics`,load:()=>b(()=>import(`./csj-bus-page.js`),[]),draw:e=>f`<csj-bus-page .app=${e}></csj-bus-page>`},{name:`kpis`,needs:`see_alerts`,whole:!0,load:()=>b(()=>import(`./csj-kpis-page.js`),[]),draw:e=>f`<csj-kpis-page .app=${e}></csj-kpis-page>`},{name:`what_if`,needs:`see_diagnostics`,load:()=>b(()=>import(`./csj-what-if-page.js`),[]),draw:e=>f`<csj-what-if-page .app=${e}></csj-what-if-page>`},{name:`audit`,needs:`see_audit`,load:()=>b(()=>import(`./csj-audit-page.js`),[]),draw:e=>f`<csj-audit-page .app=${e}></csj-audit-page>`},{name:`settings`,needs:`configure`,load:()=>b(()=>import(`./csj-settings-page.js`),[]),draw:e=>f`<csj-settings-page .app=${e}></csj-settings-page>`}];function S(e){return x.filter(({needs:t,whole:n})=>e.may(t)&&(!n||e.info.permissions[t]===`site`))}function C(e,t){let[n=``,r=``]=t.replace(/^\//,``).split(`/`,2),i=S(e).find(e=>e.name===n.replaceAll(`-`,`_`));return i===void 0?null:{page:i,rest:w(r)}}function w(e){try{return decodeURIComponent(e)}catch{return e}}var T=3,E=class extends e{constructor(...e){super(...e),this.narrow=!1,this.app=null,this.failed=!1,this.loaded=new Map,this.info=null,this.texts=null,this.renew=()=>void this.load()}static{this.styles=[l,d`
      :host {
        min-height: 100%;
        background: var(--csj-page);
      }
      header {
        position: sticky;
        top: 0;
        z-index: 2;
        background: var(--csj-page);
        border-bottom: 1px solid var(--csj-line);
        padding-top: env(safe-area-inset-top, 0);
      }
      .bar {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 52px;
        padding: 0 12px;
      }
      h1 {
        font-size: 20px;
        font-weight: 400;
      }
      nav {
        display: flex;
        overflow-x: auto;
        scrollbar-width: none;
        padding: 0 8px;
      }
      nav a {
        color: var(--csj-dim);
        text-decoration: none;
        font-weight: 500;
        padding: 10px 12px;
        white-space: nowrap;
        border-bottom: 2px solid transparent;
      }
      nav a[aria-current] {
        color: var(--csj-accent-text);
        border-bottom-color: var(--csj-accent-text);
      }
      nav a:focus-visible {
        outline-offset: -4px;
      }
      main {
        padding: 16px;
        max-width: 1400px;
        margin: 0 auto;
      }
      .menu {
        width: 40px;
        padding: 0;
        border: none;
        color: inherit;
      }
      @media (max-width: 600px) {
        main {
          padding: 12px 8px;
        }
      }
    `]}connectedCallback(){super.connectedCallback(),this.info!==null&&this.renew()}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer),this.info=null,this.leave?.(),this.leave=void 0}follow(){if(this.leave!==void 0)return;let{connection:e}=this.hass;e.addEventListener(`ready`,this.renew),this.leave=()=>e.removeEventListener(`ready`,this.renew)}willUpdate(e){if(!e.has(`hass`)||this.hass===void 0)return;let t=e.get(`hass`);t?.language===this.hass.language?this.info!==null&&this.texts!==null&&(t.locale!==this.hass.locale||t.themes!==this.hass.themes)&&(this.app=new r(this.hass,this.info,this.texts)):this.load()}async load(){clearTimeout(this.timer);let{hass:e}=this;this.follow();try{let[t,n]=await Promise.all([c.load(e),e.callWS({type:`csj_meter/info`})]);if(!this.isConnected)return;this.texts=t,this.info=n,this.failed=!1,this.app=new r(this.hass,n,t),this.redirect()}catch{this.failed=this.app===null,this.timer=setTimeout(this.renew,T*1e3)}}get offered(){return this.app===null?[]:S(this.app)}redirect(){let e=this.offered[0];e!==void 0&&!this.route.path.replace(/^\//,``)&&s(m(e.name),{replace:!0})}updated(e){(e.has(`route`)||e.has(`app`))&&this.renderRoot.querySelector(`nav a[aria-current]`)?.scrollIntoView({block:`nearest`,inline:`nearest`})}render(){let e=this.app;return f`
      <header>
        <div class="bar">
          <button class="menu" ?hidden=${!this.narrow&&this.hass.dockedSidebar!==`always_hidden`} aria-label=${e===null?`Menu`:e.t(`shell.menu`)} @click=${this.menu}>
            <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
              <path fill="currentColor" d="M3 6h18v2H3zm0 5h18v2H3zm0 5h18v2H3z" />
            </svg>
          </button>
          <h1>CSJ Meter</h1>
        </div>
        ${e===null?u:this.tabs(e)}
      </header>
      <main>${this.page(e)}</main>
    `}tabs(e){let n=C(e,this.route.path)?.page;return f`<nav aria-label=${e.t(`shell.pages`)}>
      ${this.offered.map(r=>f`<a
          href=${m(r.name)}
          aria-current=${r===n?`page`:u}
          @click=${e=>t(e,m(r.name))}
          >${e.t(`pages.${r.name}`)}</a
        >`)}
    </nav>`}page(e){if(e===null)return f`<p role="status">${this.failed?`CSJ Meter does not answer yet. Trying again …`:``}</p>`;if(!this.offered.length)return f`<csj-notice .app=${e} kind="empty" .text=${e.t(`shell.no_role`)}></csj-notice>`;let t=C(e,this.route.path);if(t===null)return this.route.path.length>1?f`<csj-notice .app=${e} kind="empty" .text=${e.t(`shell.no_page`)}></csj-notice>`:u;let{page:n,rest:r}=t,i=`${n.name}${r?`/`:``}`;switch(this.loaded.get(i)){case`there`:return n.draw(e,r);case`missing`:return f`<csj-notice .app=${e} kind="error" .text=${e.t(`shell.no_code`)}>
          <button @click=${()=>location.reload()}>${e.t(`shell.reload`)}</button>
        </csj-notice>`;default:return this.fetch(i,n.load(r)),f`<csj-notice .app=${e} kind="wait"></csj-notice>`}}async fetch(e,t){try{await t,this.loaded.set(e,`there`)}catch{this.loaded.set(e,`missing`)}this.requestUpdate()}menu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};o([i({attribute:!1})],E.prototype,`hass`,void 0),o([i({type:Boolean})],E.prototype,`narrow`,void 0),o([i({attribute:!1})],E.prototype,`route`,void 0),o([a()],E.prototype,`app`,void 0),o([a()],E.prototype,`failed`,void 0),E=o([n(`csj-meter-panel`)],E);export{m as t};