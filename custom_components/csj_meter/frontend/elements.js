var e=globalThis,t=e.ShadowRoot&&(e.ShadyCSS===void 0||e.ShadyCSS.nativeShadow)&&`adoptedStyleSheets`in Document.prototype&&`replace`in CSSStyleSheet.prototype,n=Symbol(),r=new WeakMap,i=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==n)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,n=this.t;if(t&&e===void 0){let t=n!==void 0&&n.length===1;t&&(e=r.get(n)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),t&&r.set(n,e))}return e}toString(){return this.cssText}},a=e=>new i(typeof e==`string`?e:e+``,void 0,n),o=(e,...t)=>new i(e.length===1?e[0]:t.reduce((t,n,r)=>t+(e=>{if(!0===e._$cssResult$)return e.cssText;if(typeof e==`number`)return e;throw Error(`Value passed to 'css' function must be a 'css' function result: `+e+`. Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.`)})(n)+e[r+1],e[0]),e,n),s=(n,r)=>{if(t)n.adoptedStyleSheets=r.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let t of r){let r=document.createElement(`style`),i=e.litNonce;i!==void 0&&r.setAttribute(`nonce`,i),r.textContent=t.cssText,n.appendChild(r)}},c=t?e=>e:e=>e instanceof CSSStyleSheet?(e=>{let t=``;for(let n of e.cssRules)t+=n.cssText;return a(t)})(e):e,{is:l,defineProperty:u,getOwnPropertyDescriptor:d,getOwnPropertyNames:ee,getOwnPropertySymbols:te,getPrototypeOf:ne}=Object,f=globalThis,re=f.trustedTypes,ie=re?re.emptyScript:``,ae=f.reactiveElementPolyfillSupport,p=(e,t)=>e,m={toAttribute(e,t){switch(t){case Boolean:e=e?ie:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let n=e;switch(t){case Boolean:n=e!==null;break;case Number:n=e===null?null:Number(e);break;case Object:case Array:try{n=JSON.parse(e)}catch{n=null}}return n}},h=(e,t)=>!l(e,t),g={attribute:!0,type:String,converter:m,reflect:!1,useDefault:!1,hasChanged:h};Symbol.metadata??=Symbol(`metadata`),f.litPropertyMetadata??=new WeakMap;var _=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=g){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(e,n,t);r!==void 0&&u(this.prototype,e,r)}}static getPropertyDescriptor(e,t,n){let{get:r,set:i}=d(this.prototype,e)??{get(){return this[t]},set(e){this[t]=e}};return{get:r,set(t){let a=r?.call(this);i?.call(this,t),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??g}static _$Ei(){if(this.hasOwnProperty(p(`elementProperties`)))return;let e=ne(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(p(`finalized`)))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(p(`properties`))){let e=this.properties,t=[...ee(e),...te(e)];for(let n of t)this.createProperty(n,e[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[e,n]of t)this.elementProperties.set(e,n)}this._$Eh=new Map;for(let[e,t]of this.elementProperties){let n=this._$Eu(e,t);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let e of n)t.unshift(c(e))}else e!==void 0&&t.push(c(e));return t}static _$Eu(e,t){let n=t.attribute;return!1===n?void 0:typeof n==`string`?n:typeof e==`string`?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return s(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,n);if(r!==void 0&&!0===n.reflect){let i=(n.converter?.toAttribute===void 0?m:n.converter).toAttribute(t,n.type);this._$Em=e,i==null?this.removeAttribute(r):this.setAttribute(r,i),this._$Em=null}}_$AK(e,t){let n=this.constructor,r=n._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let e=n.getPropertyOptions(r),i=typeof e.converter==`function`?{fromAttribute:e.converter}:e.converter?.fromAttribute===void 0?m:e.converter;this._$Em=r;let a=i.fromAttribute(t,e.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,n,r=!1,i){if(e!==void 0){let a=this.constructor;if(!1===r&&(i=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??h)(i,t)||n.useDefault&&n.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}!1===this.isUpdatePending&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:r,wrapped:i},a){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),!0!==i||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),!0===r&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[e,t]of this._$Ep)this[e]=t;this._$Ep=void 0}let e=this.constructor.elementProperties;if(e.size>0)for(let[t,n]of e){let{wrapped:e}=n,r=this[t];!0!==e||this._$AL.has(t)||r===void 0||this.C(t,void 0,n,r)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(e=>e.hostUpdate?.()),this.update(t)):this._$EM()}catch(t){throw e=!1,this._$EM(),t}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(e){}firstUpdated(e){}};_.elementStyles=[],_.shadowRootOptions={mode:`open`},_[p(`elementProperties`)]=new Map,_[p(`finalized`)]=new Map,ae?.({ReactiveElement:_}),(f.reactiveElementVersions??=[]).push(`2.1.2`);var v=globalThis,y=e=>e,b=v.trustedTypes,x=b?b.createPolicy(`lit-html`,{createHTML:e=>e}):void 0,S=`$lit$`,C=`lit$${Math.random().toFixed(9).slice(2)}$`,w=`?`+C,oe=`<${w}>`,T=document,E=()=>T.createComment(``),D=e=>e===null||typeof e!=`object`&&typeof e!=`function`,O=Array.isArray,se=e=>O(e)||typeof e?.[Symbol.iterator]==`function`,k=`[ 	
\f\r]`,A=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,ce=/-->/g,le=/>/g,j=RegExp(`>|${k}(?:([^\\s"'>=/]+)(${k}*=${k}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`,`g`),ue=/'/g,de=/"/g,fe=/^(?:script|style|textarea|title)$/i,pe=e=>(t,...n)=>({_$litType$:e,strings:t,values:n}),M=pe(1),me=pe(2),N=Symbol.for(`lit-noChange`),P=Symbol.for(`lit-nothing`),F=new WeakMap,I=T.createTreeWalker(T,129);function L(e,t){if(!O(e)||!e.hasOwnProperty(`raw`))throw Error(`invalid template strings array`);return x===void 0?t:x.createHTML(t)}var he=(e,t)=>{let n=e.length-1,r=[],i,a=t===2?`<svg>`:t===3?`<math>`:``,o=A;for(let t=0;t<n;t++){let n=e[t],s,c,l=-1,u=0;for(;u<n.length&&(o.lastIndex=u,c=o.exec(n),c!==null);)u=o.lastIndex,o===A?c[1]===`!--`?o=ce:c[1]===void 0?c[2]===void 0?c[3]!==void 0&&(o=j):(fe.test(c[2])&&(i=RegExp(`</`+c[2],`g`)),o=j):o=le:o===j?c[0]===`>`?(o=i??A,l=-1):c[1]===void 0?l=-2:(l=o.lastIndex-c[2].length,s=c[1],o=c[3]===void 0?j:c[3]===`"`?de:ue):o===de||o===ue?o=j:o===ce||o===le?o=A:(o=j,i=void 0);let d=o===j&&e[t+1].startsWith(`/>`)?` `:``;a+=o===A?n+oe:l>=0?(r.push(s),n.slice(0,l)+S+n.slice(l)+C+d):n+C+(l===-2?t:d)}return[L(e,a+(e[n]||`<?>`)+(t===2?`</svg>`:t===3?`</math>`:``)),r]},R=class e{constructor({strings:t,_$litType$:n},r){let i;this.parts=[];let a=0,o=0,s=t.length-1,c=this.parts,[l,u]=he(t,n);if(this.el=e.createElement(l,r),I.currentNode=this.el.content,n===2||n===3){let e=this.el.content.firstChild;e.replaceWith(...e.childNodes)}for(;(i=I.nextNode())!==null&&c.length<s;){if(i.nodeType===1){if(i.hasAttributes())for(let e of i.getAttributeNames())if(e.endsWith(S)){let t=u[o++],n=i.getAttribute(e).split(C),r=/([.?@])?(.*)/.exec(t);c.push({type:1,index:a,name:r[2],strings:n,ctor:r[1]===`.`?_e:r[1]===`?`?ve:r[1]===`@`?ye:V}),i.removeAttribute(e)}else e.startsWith(C)&&(c.push({type:6,index:a}),i.removeAttribute(e));if(fe.test(i.tagName)){let e=i.textContent.split(C),t=e.length-1;if(t>0){i.textContent=b?b.emptyScript:``;for(let n=0;n<t;n++)i.append(e[n],E()),I.nextNode(),c.push({type:2,index:++a});i.append(e[t],E())}}}else if(i.nodeType===8){if(i.data===w)c.push({type:2,index:a});else{let e=-1;for(;(e=i.data.indexOf(C,e+1))!==-1;)c.push({type:7,index:a}),e+=C.length-1}}a++}}static createElement(e,t){let n=T.createElement(`template`);return n.innerHTML=e,n}};function z(e,t,n=e,r){if(t===N)return t;let i=r===void 0?n._$Cl:n._$Co?.[r],a=D(t)?void 0:t._$litDirective$;return i?.constructor!==a&&(i?._$AO?.(!1),a===void 0?i=void 0:(i=new a(e),i._$AT(e,n,r)),r===void 0?n._$Cl=i:(n._$Co??=[])[r]=i),i!==void 0&&(t=z(e,i._$AS(e,t.values),i,r)),t}var ge=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,r=(e?.creationScope??T).importNode(t,!0);I.currentNode=r;let i=I.nextNode(),a=0,o=0,s=n[0];for(;s!==void 0;){if(a===s.index){let t;s.type===2?t=new B(i,i.nextSibling,this,e):s.type===1?t=new s.ctor(i,s.name,s.strings,this,e):s.type===6&&(t=new be(i,this,e)),this._$AV.push(t),s=n[++o]}a!==s?.index&&(i=I.nextNode(),a++)}return I.currentNode=T,r}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings===void 0?n._$AI(e[t]):(n._$AI(e,n,t),t+=n.strings.length-2)),t++}},B=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,r){this.type=2,this._$AH=P,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=z(this,e,t),D(e)?e===P||e==null||e===``?(this._$AH!==P&&this._$AR(),this._$AH=P):e!==this._$AH&&e!==N&&this._(e):e._$litType$===void 0?e.nodeType===void 0?se(e)?this.k(e):this._(e):this.T(e):this.$(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==P&&D(this._$AH)?this._$AA.nextSibling.data=e:this.T(T.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,r=typeof n==`number`?this._$AC(e):(n.el===void 0&&(n.el=R.createElement(L(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(t);else{let e=new ge(r,this),n=e.u(this.options);e.p(t),this.T(n),this._$AH=e}}_$AC(e){let t=F.get(e.strings);return t===void 0&&F.set(e.strings,t=new R(e)),t}k(t){O(this._$AH)||(this._$AH=[],this._$AR());let n=this._$AH,r,i=0;for(let a of t)i===n.length?n.push(r=new e(this.O(E()),this.O(E()),this,this.options)):r=n[i],r._$AI(a),i++;i<n.length&&(this._$AR(r&&r._$AB.nextSibling,i),n.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let t=y(e).nextSibling;y(e).remove(),e=t}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},V=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,r,i){this.type=1,this._$AH=P,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=i,n.length>2||n[0]!==``||n[1]!==``?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=P}_$AI(e,t=this,n,r){let i=this.strings,a=!1;if(i===void 0)e=z(this,e,t,0),a=!D(e)||e!==this._$AH&&e!==N,a&&(this._$AH=e);else{let r=e,o,s;for(e=i[0],o=0;o<i.length-1;o++)s=z(this,r[n+o],t,o),s===N&&(s=this._$AH[o]),a||=!D(s)||s!==this._$AH[o],s===P?e=P:e!==P&&(e+=(s??``)+i[o+1]),this._$AH[o]=s}a&&!r&&this.j(e)}j(e){e===P?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??``)}},_e=class extends V{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===P?void 0:e}},ve=class extends V{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==P)}},ye=class extends V{constructor(e,t,n,r,i){super(e,t,n,r,i),this.type=5}_$AI(e,t=this){if((e=z(this,e,t,0)??P)===N)return;let n=this._$AH,r=e===P&&n!==P||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,i=e!==P&&(n===P||r);r&&this.element.removeEventListener(this.name,this,n),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH==`function`?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},be=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){z(this,e)}},xe=v.litHtmlPolyfillSupport;xe?.(R,B),(v.litHtmlVersions??=[]).push(`3.3.3`);var Se=(e,t,n)=>{let r=n?.renderBefore??t,i=r._$litPart$;if(i===void 0){let e=n?.renderBefore??null;r._$litPart$=i=new B(t.insertBefore(E(),e),e,void 0,n??{})}return i._$AI(e),i},H=globalThis,U=class extends _{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Se(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return N}};U._$litElement$=!0,U.finalized=!0,H.litElementHydrateSupport?.({LitElement:U});var Ce=H.litElementPolyfillSupport;Ce?.({LitElement:U}),(H.litElementVersions??=[]).push(`4.2.2`);var we={attribute:!0,type:String,converter:m,reflect:!1,hasChanged:h},Te=(e=we,t,n)=>{let{kind:r,metadata:i}=n,a=globalThis.litPropertyMetadata.get(i);if(a===void 0&&globalThis.litPropertyMetadata.set(i,a=new Map),r===`setter`&&((e=Object.create(e)).wrapped=!0),a.set(n.name,e),r===`accessor`){let{name:r}=n;return{set(n){let i=t.get.call(this);t.set.call(this,n),this.requestUpdate(r,i,e,!0,n)},init(t){return t!==void 0&&this.C(r,void 0,e,t),t}}}if(r===`setter`){let{name:r}=n;return function(n){let i=this[r];t.call(this,n),this.requestUpdate(r,i,e,!0,n)}}throw Error(`Unsupported decorator location: `+r)};function W(e){return(t,n)=>typeof n==`object`?Te(e,t,n):((e,t,n)=>{let r=t.hasOwnProperty(n);return t.constructor.createProperty(n,e),r?Object.getOwnPropertyDescriptor(t,n):void 0})(e,t,n)}function G(e){return W({...e,state:!0,attribute:!1})}var Ee=(e,t,n)=>(n.configurable=!0,n.enumerable=!0,Reflect.decorate&&typeof t!=`object`&&Object.defineProperty(e,t,n),n);function De(e,t){return(n,r,i)=>{let a=t=>t.renderRoot?.querySelector(e)??null;if(t){let{get:e,set:t}=typeof r==`object`?n:i??(()=>{let e=Symbol();return{get(){return this[e]},set(t){this[e]=t}}})();return Ee(n,r,{get(){let n=e.call(this);return n===void 0&&(n=a(this),(n!==null||this.hasUpdated)&&t.call(this,n)),n}})}return Ee(n,r,{get(){return a(this)}})}}var Oe={comma_decimal:`en-US`,decimal_comma:`de`,quote_decimal:`de-CH`,space_comma:`fr`},ke=new Set([`W`,`var`,`VA`,`Wh`,`varh`,`VAh`]),Ae=class{constructor(e,t,n){this.locale=e,this.currency=n,this.language=e.language,this.locales=e.number_format===`system`?void 0:Oe[e.number_format]??(e.number_format===`none`?`en-US`:e.language),this.zone=e.time_zone===`server`?t:void 0,this.hour12=e.time_format===`12`||e.time_format!==`24`&&void 0}number(e,t){return e==null||!Number.isFinite(e)?`–`:e.toLocaleString(this.locales,{minimumFractionDigits:t??0,maximumFractionDigits:t??je(e),useGrouping:this.locale.number_format!==`none`})}measured(e,t,n){return e==null?`–`:t!=null&&ke.has(t)&&Math.abs(e)>=1e3?`${this.number(e/1e3,n??2)} k${t}`:t&&/^[A-Z]{3}\//.test(t)?`${e.toLocaleString(this.locales,{minimumFractionDigits:2,maximumFractionDigits:n??4})} ${t}`:t?`${this.number(e,n)} ${t}`:this.number(e,n)}percent(e,t=1){return e==null?`–`:e.toLocaleString(this.locales,{style:`percent`,maximumFractionDigits:t})}credit(e,t){return e==null?`–`:t&&/^[A-Z]{3}$/.test(t)?e.toLocaleString(this.locales,{style:`currency`,currency:t}):this.measured(e,t,2)}time(e,{seconds:t=!1}={}){return this.moment(e,{hour:`2-digit`,minute:`2-digit`,...t?{second:`2-digit`}:{}})}date(e){let t=e!==null&&new Date(e).getFullYear()!==new Date().getFullYear();return this.moment(e,{day:`numeric`,month:`short`,...t?{year:`numeric`}:{}})}dateTime(e,{seconds:t=!1}={}){return e===null?`–`:`${this.date(e)}, ${this.time(e,{seconds:t})}`}ago(e,t=Date.now()){if(e===null)return`–`;let n=(new Date(e).getTime()-t)/1e3,r=new Intl.RelativeTimeFormat(this.language,{numeric:`auto`,style:`long`}),[i,a]=Me(n);return r.format(i,a)}duration(e){if(e==null)return`–`;let[t,n]=Me(e);return Math.abs(t).toLocaleString(this.locales,{style:`unit`,unit:n,unitDisplay:`short`})}moment(e,t){return e===null?`–`:new Intl.DateTimeFormat(this.language,{...t,...this.zone?{timeZone:this.zone}:{},...this.hour12===void 0||!(`hour`in t)?{}:{hour12:this.hour12}}).format(new Date(e))}};function je(e){let t=Math.abs(e);return t>=100?0:t>=10?1:2}function Me(e){let t=Math.abs(e);return t<60?[Math.round(e),`second`]:t<3600?[Math.round(e/60),`minute`]:t<172800?[Math.round(e/3600),`hour`]:[Math.round(e/86400),`day`]}var Ne=3;function Pe(e){let{code:t,error:n}=e??{};return[e,t,n?.code].includes(Ne)}var Fe=class{constructor(e,t,n){this.hass=e,this.info=t,this.texts=n,this.format=new Ae(e.locale,t.time_zone,t.currency)}t(e,t){return this.texts.get(`panel.${e}`,t)}word(e){return this.texts.get(e)}may(e){return e in this.info.permissions}call(e,t={}){return this.hass.callWS({type:`csj_meter/${e}`,...t})}async act(e,t){let{response:n}=await this.hass.callWS({type:`call_service`,domain:`csj_meter`,service:e,service_data:t,return_response:!0});return n}exception(e){let t=new Proxy({},{has:()=>!0,get:()=>`…`});return this.texts.exception(e,t)}sentence(e){if(Pe(e))return this.t(`notice.lost`);let{message:t,translation_key:n,translation_placeholders:r}=e;if(n!=null){let e=this.texts.exception(n,r??{});if(e)return e}return t||this.t(`error.unknown`)}},K=o`
  :host {
    --csj-text: var(--primary-text-color, #141414);
    --csj-dim: var(--secondary-text-color, #5e5e5e);
    --csj-line: var(--divider-color, #e0e0e0);
    --csj-surface: var(--card-background-color, #fff);
    --csj-page: var(--primary-background-color, #fafafa);
    /* the primary colour of Home Assistant is too light for white text: mixed it has a contrast of 4.8 */
    --csj-accent: color-mix(in srgb, var(--primary-color, #009ac7) 72%, black);
    --csj-accent-text: color-mix(in srgb, var(--primary-color, #009ac7) 68%, var(--csj-text));
    --csj-critical: color-mix(in srgb, var(--error-color, #db4437) 82%, var(--csj-text));
    --csj-warning: color-mix(in srgb, var(--warning-color, #ffa600) 55%, var(--csj-text));
    --csj-good: color-mix(in srgb, var(--success-color, #43a047) 70%, var(--csj-text));
    --csj-radius: var(--ha-card-border-radius, 12px);
    display: block;
    color: var(--csj-text);
    font-size: 14px;
    line-height: 1.45;
  }
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p {
    margin: 0;
    font-weight: inherit;
  }
  h2 {
    font-size: 17px;
    font-weight: 500;
  }
  h3 {
    font-size: 14px;
    font-weight: 500;
  }
  a {
    color: var(--csj-accent-text);
  }
  :focus-visible {
    outline: 2px solid var(--csj-accent-text);
    outline-offset: 2px;
    border-radius: 4px;
  }
  .card {
    background: var(--csj-surface);
    border: 1px solid var(--csj-line);
    border-radius: var(--csj-radius);
    padding: 16px;
  }
  .stack {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
  }
  .spread {
    justify-content: space-between;
  }
  .dim {
    color: var(--csj-dim);
  }
  .small {
    font-size: 12px;
  }
  .number {
    font-variant-numeric: tabular-nums;
  }
  .critical {
    color: var(--csj-critical);
  }
  .warning {
    color: var(--csj-warning);
  }
  .good {
    color: var(--csj-good);
  }
  .hidden-label {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button,
  .button {
    font: inherit;
    font-weight: 500;
    color: var(--csj-accent-text);
    background: transparent;
    border: 1px solid var(--csj-line);
    border-radius: 999px;
    min-height: 36px;
    padding: 0 16px;
    cursor: pointer;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    text-decoration: none;
  }
  button:hover:not(:disabled),
  .button:hover {
    background: color-mix(in srgb, var(--csj-accent-text) 10%, transparent);
  }
  button:disabled {
    color: var(--csj-dim);
    cursor: default;
    opacity: 0.75;
  }
  button.main {
    background: var(--csj-accent);
    border-color: var(--csj-accent);
    color: #fff;
  }
  button.main:hover:not(:disabled) {
    background: color-mix(in srgb, var(--csj-accent) 88%, black);
  }
  button.danger {
    color: var(--csj-critical);
  }
  button.plain {
    border-color: transparent;
    padding: 0 8px;
  }
  button.on {
    background: color-mix(in srgb, var(--csj-accent-text) 9%, transparent);
    border-color: var(--csj-accent-text);
  }
  .group {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .group button {
    min-height: 32px;
    padding: 0 12px;
  }
  label {
    display: grid;
    gap: 4px;
    font-size: 12px;
    color: var(--csj-dim);
  }
  label.check {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    font-size: 14px;
    color: inherit;
  }
  input:not([type="checkbox"], [type="radio"]),
  select,
  textarea {
    font: inherit;
    font-size: 14px;
    color: var(--csj-text);
    background: var(--csj-surface);
    border: 1px solid color-mix(in srgb, var(--csj-text) 45%, transparent);
    border-radius: 8px;
    min-height: 36px;
    padding: 4px 10px;
    max-width: 100%;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    border-radius: 999px;
    padding: 1px 10px;
    font-size: 12px;
    font-weight: 500;
    white-space: nowrap;
    border: 1px solid currentColor;
  }
  .chip.neutral {
    color: var(--csj-dim);
  }
  .dot::before {
    content: "";
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: currentColor;
  }
  .scroll {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    width: 100%;
  }
  th {
    text-align: start;
    font-size: 12px;
    font-weight: 500;
    color: var(--csj-dim);
  }
  th,
  td {
    padding: 8px;
    border-bottom: 1px solid var(--csj-line);
    vertical-align: top;
  }
  th.number,
  td.number {
    text-align: end;
    white-space: nowrap;
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
    gap: 12px;
    margin: 0;
  }
  dt {
    font-size: 12px;
    color: var(--csj-dim);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  progress {
    width: 100%;
    accent-color: var(--csj-accent);
  }
`;function q(e,t,n,r){var i=arguments.length,a=i<3?t:r===null?r=Object.getOwnPropertyDescriptor(t,n):r,o;if(typeof Reflect==`object`&&typeof Reflect.decorate==`function`)a=Reflect.decorate(e,t,n,r);else for(var s=e.length-1;s>=0;s--)(o=e[s])&&(a=(i<3?o(a):i>3?o(t,n,a):o(t,n))||a);return i>3&&a&&Object.defineProperty(t,n,a),a}function J(e){return t=>{customElements.get(e)===void 0&&customElements.define(e,t)}}var Y=class extends U{static{this.styles=K}t(e,t){return this.app.t(e,t)}shouldUpdate(){return this.app!==void 0}toast(e){this.dispatchEvent(new CustomEvent(`hass-notification`,{detail:{message:e},bubbles:!0,composed:!0}))}async attempt(e,t){try{let n=await e();return t&&this.toast(t),n}catch(e){this.toast(this.app.sentence(e));return}}};q([W({attribute:!1})],Y.prototype,`app`,void 0);function Ie(e,{replace:t=!1}={}){history[t?`replaceState`:`pushState`](null,``,e),window.dispatchEvent(new CustomEvent(`location-changed`,{detail:{replace:t}}))}function Le(e,t){e.ctrlKey||e.metaKey||e.shiftKey||e.button!==0||(e.preventDefault(),Ie(t))}function Re(e){return e.replace(/(?<!\.)\.\.(?!\.)/g,`.`)}var X=`component.csj_meter`,ze=class e{constructor(e){this.localize=e}static async load(t){await Promise.all([`config_panel`,`exceptions`].map(e=>t.loadBackendTranslation(e,`csj_meter`)));let n=document.querySelector(`home-assistant`);return new e((n?.hass??t).localize)}get(e,t){return Re(this.localize(`${X}.config_panel.${e}`,t))||e}exception(e,t){return this.localize(`${X}.exceptions.${e}.message`,t)}},Z=class extends Y{constructor(...e){super(...e),this.kind=`wait`,this.text=``}render(){return M`<div class="card" role=${this.kind===`error`?`alert`:`status`}>
      <p class=${this.kind===`error`?`critical`:`dim`}>${this.text||this.t(`notice.${this.kind}`)}</p>
      <slot></slot>
    </div>`}};q([W()],Z.prototype,`kind`,void 0),q([W()],Z.prototype,`text`,void 0),Z=q([J(`csj-notice`)],Z);var Q=class extends Y{constructor(...e){super(...e),this.heading=``,this.action=``,this.danger=!1,this.work=async()=>void 0,this.busy=!1,this.error=``}static{this.styles=[K,o`
      dialog {
        width: min(480px, calc(100vw - 32px));
        color: inherit;
        background: var(--csj-surface);
        border: 1px solid var(--csj-line);
        border-radius: var(--csj-radius);
        padding: 20px;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 50%);
      }
      form {
        display: grid;
        gap: 16px;
      }
      footer {
        display: flex;
        justify-content: flex-end;
        gap: 8px;
      }
    `]}async show(){this.error=``,await this.updateComplete,this.dialog.open||this.dialog.showModal()}close(){this.dialog.close()}render(){return M`<dialog aria-labelledby="heading" @close=${()=>this.dispatchEvent(new Event(`closed`))}>
      <form method="dialog" @submit=${this.submit}>
        <h2 id="heading">${this.heading}</h2>
        <slot></slot>
        ${this.error?M`<p class="critical" role="alert">${this.error}</p>`:``}
        <footer>
          <button type="button" @click=${this.close}>${this.t(`dialog.cancel`)}</button>
          <button class=${this.danger?`danger`:`main`} ?disabled=${this.busy}>
            ${this.busy?this.t(`dialog.busy`):this.action}
          </button>
        </footer>
      </form>
    </dialog>`}async submit(e){if(e.preventDefault(),!this.busy){this.busy=!0,this.error=``;try{await this.work(),this.close()}catch(e){this.error=this.app.sentence(e)}finally{this.busy=!1}}}};q([W()],Q.prototype,`heading`,void 0),q([W()],Q.prototype,`action`,void 0),q([W({type:Boolean})],Q.prototype,`danger`,void 0),q([W({attribute:!1})],Q.prototype,`work`,void 0),q([G()],Q.prototype,`busy`,void 0),q([G()],Q.prototype,`error`,void 0),q([De(`dialog`)],Q.prototype,`dialog`,void 0),Q=q([J(`csj-dialog`)],Q);var Be=[1,2,4,8,15],Ve=new Set([`unauthorized`,`not_found`,`invalid_format`]),He=class{constructor(e,t,n,r=()=>void 0){this.host=e,this.message=t,this.onEvent=n,this.onBegin=r,this.standing=`waiting`,this.error=null,this.connected=!1,this.turn=0,this.attempts=0,e.addController(this)}hostConnected(){this.connected=!0}hostDisconnected(){this.connected=!1,this.stop(),this.leave?.(),this.leave=void 0,this.asked=void 0}hostUpdate(){if(!this.connected||this.host.app===void 0)return;let e=this.message(),t=e===null?void 0:JSON.stringify(e);t!==this.asked&&(this.asked=t,this.stop(),this.standing=`waiting`,this.error=null,this.attempts=0,this.follow(),e!==null&&this.begin())}again(){this.stop(),this.attempts=0,this.begin()}follow(){if(this.leave!==void 0)return;let e=this.host.app.hass.connection,t=()=>{this.turn+=1,this.end=void 0,clearTimeout(this.timer),this.standing===`live`&&(this.standing=`lost`),this.host.requestUpdate()},n=()=>this.asked!==void 0&&this.again();e.addEventListener(`disconnected`,t),e.addEventListener(`ready`,n),this.leave=()=>{e.removeEventListener(`disconnected`,t),e.removeEventListener(`ready`,n)}}async begin(){let e=this.message();if(e===null)return;let t=++this.turn,{command:n,...r}=e,i=!0;try{let e=await this.host.app.hass.connection.subscribeMessage(e=>{t===this.turn&&(i&&this.onBegin(),i=!1,this.standing=`live`,this.onEvent(e),this.host.requestUpdate())},{type:`csj_meter/${n}`,...r},{resubscribe:!1});if(t!==this.turn){e().catch(()=>void 0);return}this.end=()=>void e().catch(()=>void 0),this.attempts=0,this.error=null}catch(e){if(t!==this.turn)return;if(this.error=e,Ve.has(this.error.code))this.standing=`refused`;else{let e=Be[Math.min(this.attempts++,Be.length-1)]??15;this.timer=setTimeout(()=>void this.begin(),e*1e3)}}this.host.requestUpdate()}stop(){this.turn+=1,clearTimeout(this.timer),this.end?.(),this.end=void 0}},Ue=class extends He{constructor(e,t,n,r){super(e,t,e=>{let t=new Map(this.rows);for(let n of e.removed)t.delete(n);for(let i of e[n])t.set(r(i),i);this.rows=t,this.loading=e.loading},()=>{this.rows=new Map}),this.rows=new Map,this.loading=!0}},$=class extends Y{constructor(...e){super(...e),this.standing=`waiting`,this.error=null}static{this.styles=[K,o`
      :host {
        display: contents;
      }
    `]}render(){return this.standing===`live`?P:this.standing===`refused`&&this.error!==null?this.notice(`error`,this.app.sentence(this.error)):this.standing===`lost`?this.notice(`lost`):this.notice(`wait`,this.error===null?``:this.app.sentence(this.error))}notice(e,t=``){return M`<csj-notice .app=${this.app} .kind=${e} .text=${t}></csj-notice>`}};q([W({attribute:!1})],$.prototype,`standing`,void 0),q([W({attribute:!1})],$.prototype,`error`,void 0),$=q([J(`csj-standing`)],$);export{a as S,U as _,Le as a,me as b,J as c,Fe as d,Pe as f,W as g,G as h,Re as i,q as l,De as m,He as n,Ie as o,Ae as p,ze as r,Y as s,Ue as t,K as u,P as v,o as x,M as y};