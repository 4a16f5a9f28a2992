import{D as e,T as t,k as n,n as r}from"./elements.js";var i=class{constructor(e){this.host=e,this.progress=null,this.result=null,this.error=null,this.interrupted=!1,this.message=null,this.lose=()=>{this.interrupted=!0,this.cancel()},this.subscription=new r(e,()=>this.message,e=>this.take(e)),e.addController(this)}get isRunning(){return this.message!==null}run(e){this.forget(),this.message=e,this.host.app.hass.connection.addEventListener(`disconnected`,this.lose),this.host.requestUpdate()}cancel(){this.stop(),this.progress=null,this.host.requestUpdate()}forget(){this.progress=this.result=this.error=null,this.interrupted=!1,this.host.requestUpdate()}hostDisconnected(){this.message!==null&&(this.interrupted=!0),this.stop()}hostUpdated(){this.message!==null&&this.subscription.error!==null&&(this.error=this.subscription.error,this.cancel())}stop(){this.message!==null&&(this.message=null,this.host.app.hass.connection.removeEventListener(`disconnected`,this.lose))}take(e){switch(e.type){case`progress`:this.progress=e;return;case`result`:this.result=e;break;case`failed`:this.error=e;break;default:this.interrupted=!0}this.cancel()}};function a(t,n,r,i=!0){let{isRunning:a}=t;return e`<button
    class=${a?``:`main`}
    ?disabled=${!a&&!i}
    @click=${e=>{a&&(e.preventDefault(),t.cancel())}}
  >
    ${a?r:n}
  </button>`}var o=n`
  progress {
    appearance: none;
    display: block;
    height: 8px;
    border: none;
    border-radius: 4px;
    overflow: hidden;
    background: color-mix(in srgb, var(--csj-text) 14%, transparent);
  }
  progress::-webkit-progress-bar {
    background: transparent;
  }
  progress::-webkit-progress-value {
    background: var(--csj-accent-text);
  }
  progress::-moz-progress-bar {
    background: var(--csj-accent-text);
  }
`;function s(n,r,i){return e`<progress aria-label=${n} max="1" .value=${r}></progress>
    ${i?e`<p class="small dim number">${i}</p>`:t}`}export{i,o as n,a as r,s as t};