import{C as e,D as t,S as n,T as r,_ as i,f as a,g as o,h as s,k as c,p as l,u,v as d,w as f}from"./elements.js";import{t as p}from"./preload-helper.js";var m=`/csj-meter`;function h(e,t=``){return`${m}/${e.replaceAll(`_`,`-`)}${t?`/${encodeURIComponent(t)}`:``}`}var g=[{name:`meters`,needs:`see_meters`,load:e=>p(e?()=>import(`./csj-meter-page.js`):()=>import(`./csj-meters-page.js`),[]),draw:(e,n)=>n?t`<csj-meter-page .app=${e} .serial=${n}></csj-meter-page>`:t`<csj-meters-page .app=${e}></csj-meters-page>`},{name:`alerts`,needs:`see_alerts`,load:()=>p(()=>import(`./csj-alerts-page.js`),[]),draw:(e,n)=>t`<csj-alerts-page .app=${e} .alertId=${n}></csj-alerts-page>`},{name:`work_orders`,needs:`work_orders`,load:()=>p(()=>import(`./csj-work-orders-page.js`),[]),draw:(e,n)=>t`<csj-work-orders-page .app=${e} .number=${n}></csj-work-orders-page>`},{name:`bus`,needs:`see_diagnostics`,load:()=>p(()=>import(`./csj-bus-page.js`),[]),draw:e=>t`<csj-bus-page .app=${e}></csj-bus-page>`},{name:`kpis`,needs:`see_alerts`,whole:!0,load:()=>p(()=>import(`./csj-kpis-page.js`),[]),draw:e=>t`<csj-kpis-page .app=${e}></csj-kpis-page>`},{name:`what_if`,needs:`see_diagnostics`,load:()=>p(()=>import(`./csj-what-if-page.js`),[]),draw:e=>t`<csj-what-if-page .app=${e}></csj-what-if-page>`},{name:`audit`,needs:`see_audit`,load:()=>p(()=>import(`./csj-audit-page.js`),[]),draw:e=>t`<csj-audit-page .app=${e}></csj-audit-page>`},{name:`settings`,needs:`configure`,load:()=>p(()=>import(`./csj-settings-page.js`),[]),draw:e=>t`<csj-settings-page .app=${e}></csj-settings-page>`}];function _(e){return g.filter(({needs:t,whole:n})=>e.may(t)&&(!n||e.info.permissions[t]===`site`))}function v(e,t){let[n=``,r=``]=t.replace(/^\//,``).split(`/`,2),i=_(e).find(e=>e.name===n.replaceAll(`-`,`_`));return i===void 0?null:{page:i,rest:y(r)}}function y(e){try{return decodeURIComponent(e)}catch{return e}}var b=3,x=class extends f{constructor(...e){super(...e),this.narrow=!1,this.app=null,this.failed=!1,this.loaded=new Map,this.info=null,this.texts=null,this.renew=()=>void this.load()}static{this.styles=[i,c`
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
    `]}connectedCallback(){super.connectedCallback(),this.info!==null&&this.renew()}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer),this.info=null,this.leave?.(),this.leave=void 0}follow(){if(this.leave!==void 0)return;let{connection:e}=this.hass;e.addEventListener(`ready`,this.renew),this.leave=()=>e.removeEventListener(`ready`,this.renew)}willUpdate(e){if(!e.has(`hass`)||this.hass===void 0)return;let t=e.get(`hass`);t?.language===this.hass.language?this.info!==null&&this.texts!==null&&(t.locale!==this.hass.locale||t.themes!==this.hass.themes)&&(this.app=new d(this.hass,this.info,this.texts)):this.load()}async load(){clearTimeout(this.timer);let{hass:e}=this;this.follow();try{let[t,n]=await Promise.all([u.load(e),e.callWS({type:`csj_meter/info`})]);if(!this.isConnected)return;this.texts=t,this.info=n,this.failed=!1,this.app=new d(this.hass,n,t),this.redirect()}catch{this.failed=this.app===null,this.timer=setTimeout(this.renew,b*1e3)}}get offered(){return this.app===null?[]:_(this.app)}redirect(){let e=this.offered[0];e!==void 0&&!this.route.path.replace(/^\//,``)&&l(h(e.name),{replace:!0})}updated(e){(e.has(`route`)||e.has(`app`))&&this.renderRoot.querySelector(`nav a[aria-current]`)?.scrollIntoView({block:`nearest`,inline:`nearest`})}render(){let e=this.app;return t`
      <header>
        <div class="bar">
          <button class="menu" ?hidden=${!this.narrow&&this.hass.dockedSidebar!==`always_hidden`} aria-label=${e===null?`Menu`:e.t(`shell.menu`)} @click=${this.menu}>
            <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
              <path fill="currentColor" d="M3 6h18v2H3zm0 5h18v2H3zm0 5h18v2H3z" />
            </svg>
          </button>
          <h1>CSJ Meter</h1>
        </div>
        ${e===null?r:this.tabs(e)}
      </header>
      <main>${this.page(e)}</main>
    `}tabs(e){let n=v(e,this.route.path)?.page;return t`<nav aria-label=${e.t(`shell.pages`)}>
      ${this.offered.map(i=>t`<a
          href=${h(i.name)}
          aria-current=${i===n?`page`:r}
          @click=${e=>a(e,h(i.name))}
          >${e.t(`pages.${i.name}`)}</a
        >`)}
    </nav>`}page(e){if(e===null)return t`<p role="status">${this.failed?`CSJ Meter does not answer yet. Trying again …`:``}</p>`;if(!this.offered.length)return t`<csj-notice .app=${e} kind="empty" .text=${e.t(`shell.no_role`)}></csj-notice>`;let n=v(e,this.route.path);if(n===null)return this.route.path.length>1?t`<csj-notice .app=${e} kind="empty" .text=${e.t(`shell.no_page`)}></csj-notice>`:r;let{page:i,rest:a}=n,o=`${i.name}${a?`/`:``}`;switch(this.loaded.get(o)){case`there`:return i.draw(e,a);case`missing`:return t`<csj-notice .app=${e} kind="error" .text=${e.t(`shell.no_code`)}>
          <button @click=${()=>location.reload()}>${e.t(`shell.reload`)}</button>
        </csj-notice>`;default:return this.fetch(o,i.load(a)),t`<csj-notice .app=${e} kind="wait"></csj-notice>`}}async fetch(e,t){try{await t,this.loaded.set(e,`there`)}catch{this.loaded.set(e,`missing`)}this.requestUpdate()}menu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};o([e({attribute:!1})],x.prototype,`hass`,void 0),o([e({type:Boolean})],x.prototype,`narrow`,void 0),o([e({attribute:!1})],x.prototype,`route`,void 0),o([n()],x.prototype,`app`,void 0),o([n()],x.prototype,`failed`,void 0),x=o([s(`csj-meter-panel`)],x);export{h as t};