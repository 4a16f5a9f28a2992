var e=globalThis,t=e.ShadowRoot&&(e.ShadyCSS===void 0||e.ShadyCSS.nativeShadow)&&`adoptedStyleSheets`in Document.prototype&&`replace`in CSSStyleSheet.prototype,n=Symbol(),r=new WeakMap,i=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==n)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,n=this.t;if(t&&e===void 0){let t=n!==void 0&&n.length===1;t&&(e=r.get(n)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),t&&r.set(n,e))}return e}toString(){return this.cssText}},a=e=>new i(typeof e==`string`?e:e+``,void 0,n),o=(e,...t)=>new i(e.length===1?e[0]:t.reduce((t,n,r)=>t+(e=>{if(!0===e._$cssResult$)return e.cssText;if(typeof e==`number`)return e;throw Error(`Value passed to 'css' function must be a 'css' function result: `+e+`. Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.`)})(n)+e[r+1],e[0]),e,n),s=(n,r)=>{if(t)n.adoptedStyleSheets=r.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let t of r){let r=document.createElement(`style`),i=e.litNonce;i!==void 0&&r.setAttribute(`nonce`,i),r.textContent=t.cssText,n.appendChild(r)}},c=t?e=>e:e=>e instanceof CSSStyleSheet?(e=>{let t=``;for(let n of e.cssRules)t+=n.cssText;return a(t)})(e):e,{is:l,defineProperty:u,getOwnPropertyDescriptor:d,getOwnPropertyNames:f,getOwnPropertySymbols:p,getPrototypeOf:m}=Object,h=globalThis,ee=h.trustedTypes,te=ee?ee.emptyScript:``,ne=h.reactiveElementPolyfillSupport,g=(e,t)=>e,_={toAttribute(e,t){switch(t){case Boolean:e=e?te:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let n=e;switch(t){case Boolean:n=e!==null;break;case Number:n=e===null?null:Number(e);break;case Object:case Array:try{n=JSON.parse(e)}catch{n=null}}return n}},v=(e,t)=>!l(e,t),re={attribute:!0,type:String,converter:_,reflect:!1,useDefault:!1,hasChanged:v};Symbol.metadata??=Symbol(`metadata`),h.litPropertyMetadata??=new WeakMap;var y=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=re){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(e,n,t);r!==void 0&&u(this.prototype,e,r)}}static getPropertyDescriptor(e,t,n){let{get:r,set:i}=d(this.prototype,e)??{get(){return this[t]},set(e){this[t]=e}};return{get:r,set(t){let a=r?.call(this);i?.call(this,t),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??re}static _$Ei(){if(this.hasOwnProperty(g(`elementProperties`)))return;let e=m(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(g(`finalized`)))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(g(`properties`))){let e=this.properties,t=[...f(e),...p(e)];for(let n of t)this.createProperty(n,e[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[e,n]of t)this.elementProperties.set(e,n)}this._$Eh=new Map;for(let[e,t]of this.elementProperties){let n=this._$Eu(e,t);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let e of n)t.unshift(c(e))}else e!==void 0&&t.push(c(e));return t}static _$Eu(e,t){let n=t.attribute;return!1===n?void 0:typeof n==`string`?n:typeof e==`string`?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return s(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,n);if(r!==void 0&&!0===n.reflect){let i=(n.converter?.toAttribute===void 0?_:n.converter).toAttribute(t,n.type);this._$Em=e,i==null?this.removeAttribute(r):this.setAttribute(r,i),this._$Em=null}}_$AK(e,t){let n=this.constructor,r=n._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let e=n.getPropertyOptions(r),i=typeof e.converter==`function`?{fromAttribute:e.converter}:e.converter?.fromAttribute===void 0?_:e.converter;this._$Em=r;let a=i.fromAttribute(t,e.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,n,r=!1,i){if(e!==void 0){let a=this.constructor;if(!1===r&&(i=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??v)(i,t)||n.useDefault&&n.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}!1===this.isUpdatePending&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:r,wrapped:i},a){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),!0!==i||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),!0===r&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[e,t]of this._$Ep)this[e]=t;this._$Ep=void 0}let e=this.constructor.elementProperties;if(e.size>0)for(let[t,n]of e){let{wrapped:e}=n,r=this[t];!0!==e||this._$AL.has(t)||r===void 0||this.C(t,void 0,n,r)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(e=>e.hostUpdate?.()),this.update(t)):this._$EM()}catch(t){throw e=!1,this._$EM(),t}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(e){}firstUpdated(e){}};y.elementStyles=[],y.shadowRootOptions={mode:`open`},y[g(`elementProperties`)]=new Map,y[g(`finalized`)]=new Map,ne?.({ReactiveElement:y}),(h.reactiveElementVersions??=[]).push(`2.1.2`);var b=globalThis,ie=e=>e,x=b.trustedTypes,ae=x?x.createPolicy(`lit-html`,{createHTML:e=>e}):void 0,S=`$lit$`,C=`lit$${Math.random().toFixed(9).slice(2)}$`,w=`?`+C,oe=`<${w}>`,T=document,E=()=>T.createComment(``),D=e=>e===null||typeof e!=`object`&&typeof e!=`function`,O=Array.isArray,k=e=>O(e)||typeof e?.[Symbol.iterator]==`function`,A=`[ 	
\f\r]`,j=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,se=/-->/g,ce=/>/g,M=RegExp(`>|${A}(?:([^\\s"'>=/]+)(${A}*=${A}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`,`g`),le=/'/g,ue=/"/g,de=/^(?:script|style|textarea|title)$/i,fe=e=>(t,...n)=>({_$litType$:e,strings:t,values:n}),N=fe(1),pe=fe(2),P=Symbol.for(`lit-noChange`),F=Symbol.for(`lit-nothing`),me=new WeakMap,I=T.createTreeWalker(T,129);function he(e,t){if(!O(e)||!e.hasOwnProperty(`raw`))throw Error(`invalid template strings array`);return ae===void 0?t:ae.createHTML(t)}var ge=(e,t)=>{let n=e.length-1,r=[],i,a=t===2?`<svg>`:t===3?`<math>`:``,o=j;for(let t=0;t<n;t++){let n=e[t],s,c,l=-1,u=0;for(;u<n.length&&(o.lastIndex=u,c=o.exec(n),c!==null);)u=o.lastIndex,o===j?c[1]===`!--`?o=se:c[1]===void 0?c[2]===void 0?c[3]!==void 0&&(o=M):(de.test(c[2])&&(i=RegExp(`</`+c[2],`g`)),o=M):o=ce:o===M?c[0]===`>`?(o=i??j,l=-1):c[1]===void 0?l=-2:(l=o.lastIndex-c[2].length,s=c[1],o=c[3]===void 0?M:c[3]===`"`?ue:le):o===ue||o===le?o=M:o===se||o===ce?o=j:(o=M,i=void 0);let d=o===M&&e[t+1].startsWith(`/>`)?` `:``;a+=o===j?n+oe:l>=0?(r.push(s),n.slice(0,l)+S+n.slice(l)+C+d):n+C+(l===-2?t:d)}return[he(e,a+(e[n]||`<?>`)+(t===2?`</svg>`:t===3?`</math>`:``)),r]},L=class e{constructor({strings:t,_$litType$:n},r){let i;this.parts=[];let a=0,o=0,s=t.length-1,c=this.parts,[l,u]=ge(t,n);if(this.el=e.createElement(l,r),I.currentNode=this.el.content,n===2||n===3){let e=this.el.content.firstChild;e.replaceWith(...e.childNodes)}for(;(i=I.nextNode())!==null&&c.length<s;){if(i.nodeType===1){if(i.hasAttributes())for(let e of i.getAttributeNames())if(e.endsWith(S)){let t=u[o++],n=i.getAttribute(e).split(C),r=/([.?@])?(.*)/.exec(t);c.push({type:1,index:a,name:r[2],strings:n,ctor:r[1]===`.`?ve:r[1]===`?`?ye:r[1]===`@`?be:B}),i.removeAttribute(e)}else e.startsWith(C)&&(c.push({type:6,index:a}),i.removeAttribute(e));if(de.test(i.tagName)){let e=i.textContent.split(C),t=e.length-1;if(t>0){i.textContent=x?x.emptyScript:``;for(let n=0;n<t;n++)i.append(e[n],E()),I.nextNode(),c.push({type:2,index:++a});i.append(e[t],E())}}}else if(i.nodeType===8){if(i.data===w)c.push({type:2,index:a});else{let e=-1;for(;(e=i.data.indexOf(C,e+1))!==-1;)c.push({type:7,index:a}),e+=C.length-1}}a++}}static createElement(e,t){let n=T.createElement(`template`);return n.innerHTML=e,n}};function R(e,t,n=e,r){if(t===P)return t;let i=r===void 0?n._$Cl:n._$Co?.[r],a=D(t)?void 0:t._$litDirective$;return i?.constructor!==a&&(i?._$AO?.(!1),a===void 0?i=void 0:(i=new a(e),i._$AT(e,n,r)),r===void 0?n._$Cl=i:(n._$Co??=[])[r]=i),i!==void 0&&(t=R(e,i._$AS(e,t.values),i,r)),t}var _e=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,r=(e?.creationScope??T).importNode(t,!0);I.currentNode=r;let i=I.nextNode(),a=0,o=0,s=n[0];for(;s!==void 0;){if(a===s.index){let t;s.type===2?t=new z(i,i.nextSibling,this,e):s.type===1?t=new s.ctor(i,s.name,s.strings,this,e):s.type===6&&(t=new xe(i,this,e)),this._$AV.push(t),s=n[++o]}a!==s?.index&&(i=I.nextNode(),a++)}return I.currentNode=T,r}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings===void 0?n._$AI(e[t]):(n._$AI(e,n,t),t+=n.strings.length-2)),t++}},z=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,r){this.type=2,this._$AH=F,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=R(this,e,t),D(e)?e===F||e==null||e===``?(this._$AH!==F&&this._$AR(),this._$AH=F):e!==this._$AH&&e!==P&&this._(e):e._$litType$===void 0?e.nodeType===void 0?k(e)?this.k(e):this._(e):this.T(e):this.$(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==F&&D(this._$AH)?this._$AA.nextSibling.data=e:this.T(T.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,r=typeof n==`number`?this._$AC(e):(n.el===void 0&&(n.el=L.createElement(he(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(t);else{let e=new _e(r,this),n=e.u(this.options);e.p(t),this.T(n),this._$AH=e}}_$AC(e){let t=me.get(e.strings);return t===void 0&&me.set(e.strings,t=new L(e)),t}k(t){O(this._$AH)||(this._$AH=[],this._$AR());let n=this._$AH,r,i=0;for(let a of t)i===n.length?n.push(r=new e(this.O(E()),this.O(E()),this,this.options)):r=n[i],r._$AI(a),i++;i<n.length&&(this._$AR(r&&r._$AB.nextSibling,i),n.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let t=ie(e).nextSibling;ie(e).remove(),e=t}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},B=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,r,i){this.type=1,this._$AH=F,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=i,n.length>2||n[0]!==``||n[1]!==``?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=F}_$AI(e,t=this,n,r){let i=this.strings,a=!1;if(i===void 0)e=R(this,e,t,0),a=!D(e)||e!==this._$AH&&e!==P,a&&(this._$AH=e);else{let r=e,o,s;for(e=i[0],o=0;o<i.length-1;o++)s=R(this,r[n+o],t,o),s===P&&(s=this._$AH[o]),a||=!D(s)||s!==this._$AH[o],s===F?e=F:e!==F&&(e+=(s??``)+i[o+1]),this._$AH[o]=s}a&&!r&&this.j(e)}j(e){e===F?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??``)}},ve=class extends B{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===F?void 0:e}},ye=class extends B{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==F)}},be=class extends B{constructor(e,t,n,r,i){super(e,t,n,r,i),this.type=5}_$AI(e,t=this){if((e=R(this,e,t,0)??F)===P)return;let n=this._$AH,r=e===F&&n!==F||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,i=e!==F&&(n===F||r);r&&this.element.removeEventListener(this.name,this,n),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH==`function`?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},xe=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){R(this,e)}},Se={M:S,P:C,A:w,C:1,L:ge,R:_e,D:k,V:R,I:z,H:B,N:ye,U:be,B:ve,F:xe},Ce=b.litHtmlPolyfillSupport;Ce?.(L,z),(b.litHtmlVersions??=[]).push(`3.3.3`);var we=(e,t,n)=>{let r=n?.renderBefore??t,i=r._$litPart$;if(i===void 0){let e=n?.renderBefore??null;r._$litPart$=i=new z(t.insertBefore(E(),e),e,void 0,n??{})}return i._$AI(e),i},V=globalThis,H=class extends y{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=we(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return P}};H._$litElement$=!0,H.finalized=!0,V.litElementHydrateSupport?.({LitElement:H});var Te=V.litElementPolyfillSupport;Te?.({LitElement:H}),(V.litElementVersions??=[]).push(`4.2.2`);var Ee={attribute:!0,type:String,converter:_,reflect:!1,hasChanged:v},De=(e=Ee,t,n)=>{let{kind:r,metadata:i}=n,a=globalThis.litPropertyMetadata.get(i);if(a===void 0&&globalThis.litPropertyMetadata.set(i,a=new Map),r===`setter`&&((e=Object.create(e)).wrapped=!0),a.set(n.name,e),r===`accessor`){let{name:r}=n;return{set(n){let i=t.get.call(this);t.set.call(this,n),this.requestUpdate(r,i,e,!0,n)},init(t){return t!==void 0&&this.C(r,void 0,e,t),t}}}if(r===`setter`){let{name:r}=n;return function(n){let i=this[r];t.call(this,n),this.requestUpdate(r,i,e,!0,n)}}throw Error(`Unsupported decorator location: `+r)};function U(e){return(t,n)=>typeof n==`object`?De(e,t,n):((e,t,n)=>{let r=t.hasOwnProperty(n);return t.constructor.createProperty(n,e),r?Object.getOwnPropertyDescriptor(t,n):void 0})(e,t,n)}function Oe(e){return U({...e,state:!0,attribute:!1})}var ke=(e,t,n)=>(n.configurable=!0,n.enumerable=!0,Reflect.decorate&&typeof t!=`object`&&Object.defineProperty(e,t,n),n);function Ae(e,t){return(n,r,i)=>{let a=t=>t.renderRoot?.querySelector(e)??null;if(t){let{get:e,set:t}=typeof r==`object`?n:i??(()=>{let e=Symbol();return{get(){return this[e]},set(t){this[e]=t}}})();return ke(n,r,{get(){let n=e.call(this);return n===void 0&&(n=a(this),(n!==null||this.hasUpdated)&&t.call(this,n)),n}})}return ke(n,r,{get(){return a(this)}})}}var je={comma_decimal:`en-US`,decimal_comma:`de`,quote_decimal:`de-CH`,space_comma:`fr`},Me=new Set([`W`,`var`,`VA`,`Wh`,`varh`,`VAh`]),Ne=class{constructor(e,t,n){this.locale=e,this.currency=n,this.language=e.language,this.locales=e.number_format===`system`?void 0:je[e.number_format]??(e.number_format===`none`?`en-US`:e.language),this.zone=e.time_zone===`server`?t:void 0,this.hourCycle=Pe(e.time_format)}number(e,t){return e==null||!Number.isFinite(e)?`–`:e.toLocaleString(this.locales,{minimumFractionDigits:t??0,maximumFractionDigits:t??Fe(e),useGrouping:this.locale.number_format!==`none`})}measured(e,t,n){return e==null?`–`:t!=null&&Me.has(t)&&Ie(e,n??Fe(e))>=1e3?`${this.number(e/1e3,n??2)} k${t}`:t&&/^[A-Z]{3}\//.test(t)?`${e.toLocaleString(this.locales,{minimumFractionDigits:2,maximumFractionDigits:n??4})} ${t}`:t?`${this.number(e,n)} ${t}`:this.number(e,n)}percent(e,t=1){return e==null?`–`:e.toLocaleString(this.locales,{style:`percent`,maximumFractionDigits:t})}credit(e,t){return e==null?`–`:t&&/^[A-Z]{3}$/.test(t)?e.toLocaleString(this.locales,{style:`currency`,currency:t}):this.measured(e,t,2)}time(e,{seconds:t=!1}={}){return this.moment(e,{hour:`2-digit`,minute:`2-digit`,...t?{second:`2-digit`}:{}})}date(e){let t=e!==null&&new Date(e).getFullYear()!==new Date().getFullYear();return this.moment(e,{day:`numeric`,month:`short`,...t?{year:`numeric`}:{}})}dateTime(e,{seconds:t=!1}={}){return e===null?`–`:`${this.date(e)}, ${this.time(e,{seconds:t})}`}ago(e,t=Date.now()){if(e===null)return`–`;let n=(new Date(e).getTime()-t)/1e3,r=new Intl.RelativeTimeFormat(this.language,{numeric:`auto`,style:`long`}),[i,a]=Le(n);return r.format(i,a)}duration(e){if(e==null)return`–`;let[t,n]=Le(e),r=Math.abs(t);return new Intl.NumberFormat(this.language,{style:`unit`,unit:n,unitDisplay:`short`,useGrouping:!1}).formatToParts(r).map(({type:e,value:t})=>e===`integer`?this.number(r,0):t).join(``)}moment(e,t){return e===null?`–`:new Intl.DateTimeFormat(this.language,{...t,...this.zone?{timeZone:this.zone}:{},...this.hourCycle===void 0||!(`hour`in t)?{}:{hourCycle:this.hourCycle}}).format(new Date(e))}};function Pe(e){switch(e){case`12`:return`h12`;case`24`:return`h23`;case`system`:{let{hourCycle:e}=new Intl.DateTimeFormat(void 0,{hour:`numeric`}).resolvedOptions();return e?.startsWith(`h1`)?`h12`:`h23`}default:return}}function Fe(e){let t=Math.abs(e);return t>=100?0:t>=10?1:2}function Ie(e,t){return Number(Math.abs(e).toFixed(t))}function Le(e){let t=Math.abs(e);return t<60?[Math.round(e),`second`]:t<3600?[Math.round(e/60),`minute`]:t<172800?[Math.round(e/3600),`hour`]:[Math.round(e/86400),`day`]}var Re=3;function ze(e){let{code:t,error:n}=e??{};return[e,t,n?.code].includes(Re)}var Be=class{constructor(e,t,n){this.hass=e,this.info=t,this.texts=n,this.format=new Ne(e.locale,t.time_zone,t.currency)}t(e,t){return this.texts.get(`panel.${e}`,t)}word(e){return this.texts.get(e)}may(e){return e in this.info.permissions}call(e,t={}){return this.hass.callWS({type:`csj_meter/${e}`,...t})}async act(e,t){let{response:n}=await this.hass.callWS({type:`call_service`,domain:`csj_meter`,service:e,service_data:t,return_response:!0});return n}exception(e){let t=new Proxy({},{has:()=>!0,get:()=>`…`});return this.texts.exception(e,t)}sentence(e){if(ze(e))return this.t(`notice.lost`);let{message:t,translation_key:n,translation_placeholders:r}=e;if(n!=null){let e=this.texts.exception(n,r??{});if(e)return e}return t||this.t(`error.unknown`)}},W=o`
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
  }
  /* of links and the like: what has a shape of its own keeps it */
  :where(:focus-visible) {
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
  /* a finger is no mouse: it needs more to hit, and phones zoom into fields with smaller letters than these */
  @media (pointer: coarse) {
    input:not([type="checkbox"], [type="radio"]),
    select,
    textarea {
      font-size: 16px;
    }
    a,
    summary {
      padding-block: 6px;
    }
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
`;function G(e,t,n,r){var i=arguments.length,a=i<3?t:r===null?r=Object.getOwnPropertyDescriptor(t,n):r,o;if(typeof Reflect==`object`&&typeof Reflect.decorate==`function`)a=Reflect.decorate(e,t,n,r);else for(var s=e.length-1;s>=0;s--)(o=e[s])&&(a=(i<3?o(a):i>3?o(t,n,a):o(t,n))||a);return i>3&&a&&Object.defineProperty(t,n,a),a}function K(e){return t=>{customElements.get(e)===void 0&&customElements.define(e,t)}}var q=class extends H{static{this.styles=W}t(e,t){return this.app.t(e,t)}shouldUpdate(){return this.app!==void 0}toast(e){this.dispatchEvent(new CustomEvent(`hass-notification`,{detail:{message:e},bubbles:!0,composed:!0}))}async attempt(e,t){try{let n=await e();return t&&this.toast(t),n}catch(e){this.toast(this.app.sentence(e));return}}};G([U({attribute:!1})],q.prototype,`app`,void 0);function Ve(e,{replace:t=!1}={}){history[t?`replaceState`:`pushState`](null,``,e),window.dispatchEvent(new CustomEvent(`location-changed`,{detail:{replace:t}}))}function He(e,t){e.ctrlKey||e.metaKey||e.shiftKey||e.button!==0||(e.preventDefault(),Ve(t))}function Ue(e){return e.replace(/(?<!\.)\.\.(?!\.)/g,`.`)}var We=`component.csj_meter`,Ge=class e{constructor(e){this.localize=e}static async load(t){await Promise.all([`config_panel`,`exceptions`].map(e=>t.loadBackendTranslation(e,`csj_meter`)));let n=document.querySelector(`home-assistant`);return new e((n?.hass??t).localize)}get(e,t){return Ue(this.localize(`${We}.config_panel.${e}`,t))||e}exception(e,t){return this.localize(`${We}.exceptions.${e}.message`,t)}},J=class extends q{constructor(...e){super(...e),this.kind=`wait`,this.text=``}render(){return N`<div class="card" role=${this.kind===`error`?`alert`:`status`}>
      <p class=${this.kind===`error`?`critical`:`dim`}>${this.text||this.t(`notice.${this.kind}`)}</p>
      <slot></slot>
    </div>`}};G([U()],J.prototype,`kind`,void 0),G([U()],J.prototype,`text`,void 0),J=G([K(`csj-notice`)],J);var Ke={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},qe=e=>(...t)=>({_$litDirective$:e,values:t}),Je=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}},{I:Ye}=Se,Xe=e=>e,Ze=e=>e.strings===void 0,Qe=()=>document.createComment(``),Y=(e,t,n)=>{let r=e._$AA.parentNode,i=t===void 0?e._$AB:t._$AA;if(n===void 0)n=new Ye(r.insertBefore(Qe(),i),r.insertBefore(Qe(),i),e,e.options);else{let t=n._$AB.nextSibling,a=n._$AM,o=a!==e;if(o){let t;n._$AQ?.(e),n._$AM=e,n._$AP!==void 0&&(t=e._$AU)!==a._$AU&&n._$AP(t)}if(t!==i||o){let e=n._$AA;for(;e!==t;){let t=Xe(e).nextSibling;Xe(r).insertBefore(e,i),e=t}}}return n},X=(e,t,n=e)=>(e._$AI(t,n),e),$e={},Z=(e,t=$e)=>e._$AH=t,et=e=>e._$AH,Q=e=>{e._$AR(),e._$AA.remove()},tt=(e,t,n)=>{let r=new Map;for(let i=t;i<=n;i++)r.set(e[i],i);return r},nt=qe(class extends Je{constructor(e){if(super(e),e.type!==Ke.CHILD)throw Error(`repeat() can only be used in text expressions`)}dt(e,t,n){let r;n===void 0?n=t:t!==void 0&&(r=t);let i=[],a=[],o=0;for(let t of e)i[o]=r?r(t,o):o,a[o]=n(t,o),o++;return{values:a,keys:i}}render(e,t,n){return this.dt(e,t,n).values}update(e,[t,n,r]){let i=et(e),{values:a,keys:o}=this.dt(t,n,r);if(!Array.isArray(i))return this.ut=o,a;let s=this.ut??=[],c=[],l,u,d=0,f=i.length-1,p=0,m=a.length-1;for(;d<=f&&p<=m;)if(i[d]===null)d++;else if(i[f]===null)f--;else if(s[d]===o[p])c[p]=X(i[d],a[p]),d++,p++;else if(s[f]===o[m])c[m]=X(i[f],a[m]),f--,m--;else if(s[d]===o[m])c[m]=X(i[d],a[m]),Y(e,c[m+1],i[d]),d++,m--;else if(s[f]===o[p])c[p]=X(i[f],a[p]),Y(e,i[d],i[f]),f--,p++;else if(l===void 0&&(l=tt(o,p,m),u=tt(s,d,f)),l.has(s[d])){if(l.has(s[f])){let t=u.get(o[p]),n=t===void 0?null:i[t];if(n===null){let t=Y(e,i[d]);X(t,a[p]),c[p]=t}else c[p]=X(n,a[p]),Y(e,i[d],n),i[t]=null;p++}else Q(i[f]),f--}else Q(i[d]),d++;for(;p<=m;){let t=Y(e,c[m+1]);X(t,a[p]),c[p++]=t}for(;d<=f;){let e=i[d++];e!==null&&Q(e)}return this.ut=o,Z(e,c),P}}),rt=[1,2,4,8,15],it=new Set([`unauthorized`,`not_found`,`invalid_format`]);function at(e){return it.has(e?.code)}var ot=class{constructor(e,t,n,r=()=>void 0){this.host=e,this.message=t,this.onEvent=n,this.onBegin=r,this.standing=`waiting`,this.error=null,this.connected=!1,this.turn=0,this.attempts=0,e.addController(this)}hostConnected(){this.connected=!0}hostDisconnected(){this.connected=!1,this.stop(),this.leave?.(),this.leave=void 0,this.asked=void 0}hostUpdate(){if(!this.connected||this.host.app===void 0)return;let e=this.message(),t=e===null?void 0:JSON.stringify(e);t!==this.asked&&(this.asked=t,this.stop(),this.standing=`waiting`,this.error=null,this.attempts=0,this.follow(),e!==null&&this.begin())}again(){this.stop(),this.attempts=0,this.begin()}follow(){if(this.leave!==void 0)return;let e=this.host.app.hass.connection,t=()=>{this.turn+=1,this.end=void 0,clearTimeout(this.timer),this.standing===`live`&&(this.standing=`lost`),this.host.requestUpdate()},n=()=>this.asked!==void 0&&this.again();e.addEventListener(`disconnected`,t),e.addEventListener(`ready`,n),this.leave=()=>{e.removeEventListener(`disconnected`,t),e.removeEventListener(`ready`,n)}}async begin(){let e=this.message();if(e===null)return;let t=++this.turn,{command:n,...r}=e,i=!0;try{let e=await this.host.app.hass.connection.subscribeMessage(e=>{t===this.turn&&(i&&this.onBegin(),i=!1,this.standing=`live`,this.onEvent(e),this.host.requestUpdate())},{type:`csj_meter/${n}`,...r},{resubscribe:!1});if(t!==this.turn){e().catch(()=>void 0);return}this.end=()=>void e().catch(()=>void 0),this.attempts=0,this.error=null}catch(e){if(t!==this.turn)return;if(this.error=e,at(e))this.standing=`refused`;else{let e=rt[Math.min(this.attempts++,rt.length-1)]??15;this.timer=setTimeout(()=>void this.begin(),e*1e3)}}this.host.requestUpdate()}stop(){this.turn+=1,clearTimeout(this.timer),this.end?.(),this.end=void 0}},st=class extends ot{constructor(e,t,n,r){super(e,t,e=>{let t=new Map(this.rows);for(let n of e.removed)t.delete(n);for(let i of e[n])t.set(r(i),i);this.rows=t,this.loading=e.loading},()=>{this.rows=new Map}),this.rows=new Map,this.loading=!0}},$=class extends q{constructor(...e){super(...e),this.standing=`waiting`,this.error=null}static{this.styles=[W,o`
      :host {
        display: contents;
      }
    `]}render(){return this.standing===`live`?F:this.standing===`refused`&&this.error!==null?this.notice(`error`,this.app.sentence(this.error)):this.standing===`lost`?this.notice(`lost`):this.notice(`wait`,this.error===null?``:this.app.sentence(this.error))}notice(e,t=``){return N`<csj-notice .app=${this.app} .kind=${e} .text=${t}></csj-notice>`}};G([U({attribute:!1})],$.prototype,`standing`,void 0),G([U({attribute:!1})],$.prototype,`error`,void 0),$=G([K(`csj-standing`)],$);export{a as A,U as C,N as D,P as E,pe as O,Oe as S,F as T,W as _,Z as a,Ne as b,Je as c,Ue as d,He as f,G as g,K as h,nt as i,o as k,Ke as l,q as m,ot as n,Ze as o,Ve as p,at as r,qe as s,st as t,Ge as u,Be as v,H as w,Ae as x,ze as y};