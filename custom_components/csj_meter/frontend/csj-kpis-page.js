import{D as e,S as t,T as n,_ as r,g as i,h as a,k as o,m as s}from"./elements.js";import{t as c}from"./answer.js";var l=[[`alarms`,`alarms`,`count`],[`alarms_per_meter_month`,`alarms`,`rate`],[`false_alarm_share`,`alarms`,`share`],[`escalated_share`,`alarms`,`share`],[`chattering`,`alarms`,`count`],[`detection`,`times`,`seconds`],[`confirmation`,`times`,`seconds`],[`acknowledgement`,`times`,`seconds`],[`clearing`,`times`,`seconds`],[`delivery_success`,`messages`,`share`],[`pages_per_person_day`,`messages`,`rate`],[`communication_availability`,`meters`,`share`],[`top_up_success`,`meters`,`share`]];function u(e){return l.flatMap(([t,n,r])=>{let i=e[t];return i==null?[]:typeof i==`number`?[{name:t,group:n,as:r,value:i}]:i.median===null?[]:[{name:t,group:n,as:r,value:i.median,p90:i.p90,n:i.n}]})}var d=[7,30,90,365],f=[`alarms`,`times`,`messages`,`meters`],p=class extends s{constructor(...e){super(...e),this.days=30,this.kpis=new c(this,()=>({command:`kpis`,days:this.days}))}static{this.styles=[r,o`
      ul {
        list-style: none;
        margin: 8px 0 0;
        padding: 0;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(200px, 100%), 1fr));
        gap: 12px;
      }
      li {
        display: grid;
        gap: 4px;
        align-content: start;
      }
      .value {
        font-size: 28px;
        line-height: 1.2;
      }
      /* on the page, not on a card: its text would be too pale otherwise */
      .busy {
        opacity: 0.6;
      }
    `]}render(){let{value:t,busy:r,error:i}=this.kpis;return e`<div class="stack">
      <div class="row spread">
        <div class="group" role="group" aria-label=${this.t(`kpis.period`)}>
          ${d.map(t=>e`<button
              class=${t===this.days?`on`:``}
              aria-pressed=${t===this.days?`true`:`false`}
              @click=${()=>this.days=t}
            >
              ${this.t(`kpis.days`,{days:t})}
            </button>`)}
        </div>
        ${t===null?n:e`<p class="dim small" role="status">
              ${r?this.t(`notice.wait`):this.t(`kpis.span`,{start:this.app.format.date(t.kpis.since),end:this.app.format.date(t.kpis.until)})}
            </p>`}
      </div>
      ${i===null?t===null?e`<csj-notice .app=${this.app} kind="wait"></csj-notice>`:this.figures(t.kpis,r):e`<csj-notice .app=${this.app} kind="error" .text=${this.app.sentence(i)}>
            <button @click=${()=>this.kpis.again()}>${this.t(`kpis.again`)}</button>
          </csj-notice>`}
    </div>`}figures(t,r){let i=u(t);return e`<div class="stack ${r?`busy`:``}" aria-busy=${r?`true`:`false`}>
      ${t.alarms?n:e`<p>${this.t(`kpis.no_alarms`)}</p>`}
      ${f.map(t=>{let r=i.filter(e=>e.group===t);return r.length?e`<section aria-labelledby=${t}>
          <h2 id=${t}>${this.t(`kpis.groups.${t}`)}</h2>
          <ul>
            ${r.map(e=>this.tile(e))}
          </ul>
        </section>`:n})}
    </div>`}tile(t){return e`<li class="card">
      <h3>${this.t(`kpis.names.${t.name}`)}</h3>
      <span class="value number">${this.written(t,t.value)}</span>
      ${t.p90===void 0||t.p90===null?n:e`<span class="number">${this.t(`kpis.spread`,{p90:this.written(t,t.p90),n:t.n??0})}</span>`}
      <p class="small dim">${this.t(`kpis.meanings.${t.name}`)}</p>
    </li>`}written(e,t){let{format:n}=this.app;switch(e.as){case`count`:return n.number(t,0);case`rate`:return n.number(t,2);case`share`:return n.percent(t);case`seconds`:return n.duration(t)}}};i([t()],p.prototype,`days`,void 0),p=i([a(`csj-kpis-page`)],p);export{p as CsjKpisPage};