import{c as e,h as t,l as n,s as r,u as i,v as a,x as o,y as s}from"./elements.js";import{t as c}from"./answer.js";var l=[[`alarms`,`alarms`,`count`],[`alarms_per_meter_month`,`alarms`,`rate`],[`false_alarm_share`,`alarms`,`share`],[`escalated_share`,`alarms`,`share`],[`chattering`,`alarms`,`count`],[`detection`,`times`,`seconds`],[`confirmation`,`times`,`seconds`],[`acknowledgement`,`times`,`seconds`],[`clearing`,`times`,`seconds`],[`delivery_success`,`messages`,`share`],[`pages_per_person_day`,`messages`,`rate`],[`communication_availability`,`meters`,`share`],[`top_up_success`,`meters`,`share`]];function u(e){return l.flatMap(([t,n,r])=>{let i=e[t];return i==null?[]:typeof i==`number`?[{name:t,group:n,as:r,value:i}]:i.median===null?[]:[{name:t,group:n,as:r,value:i.median,p90:i.p90,n:i.n}]})}var d=[7,30,90,365],f=[`alarms`,`times`,`messages`,`meters`],p=class extends r{constructor(...e){super(...e),this.days=30,this.kpis=new c(this,()=>({command:`kpis`,days:this.days}))}static{this.styles=[i,o`
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
    `]}render(){let{value:e,busy:t,error:n}=this.kpis;return s`<div class="stack">
      <div class="row spread">
        <div class="group" role="group" aria-label=${this.t(`kpis.period`)}>
          ${d.map(e=>s`<button
              class=${e===this.days?`on`:``}
              aria-pressed=${e===this.days?`true`:`false`}
              @click=${()=>this.days=e}
            >
              ${this.t(`kpis.days`,{days:e})}
            </button>`)}
        </div>
        ${e===null?a:s`<p class="dim small" role="status">
              ${t?this.t(`notice.wait`):this.t(`kpis.span`,{start:this.app.format.date(e.kpis.since),end:this.app.format.date(e.kpis.until)})}
            </p>`}
      </div>
      ${n===null?e===null?s`<csj-notice .app=${this.app} kind="wait"></csj-notice>`:this.figures(e.kpis,t):s`<csj-notice .app=${this.app} kind="error" .text=${this.app.sentence(n)}>
            <button @click=${()=>this.kpis.again()}>${this.t(`kpis.again`)}</button>
          </csj-notice>`}
    </div>`}figures(e,t){let n=u(e);return s`<div class="stack ${t?`busy`:``}" aria-busy=${t?`true`:`false`}>
      ${e.alarms?a:s`<p>${this.t(`kpis.no_alarms`)}</p>`}
      ${f.map(e=>{let t=n.filter(t=>t.group===e);return t.length?s`<section aria-labelledby=${e}>
          <h2 id=${e}>${this.t(`kpis.groups.${e}`)}</h2>
          <ul>
            ${t.map(e=>this.tile(e))}
          </ul>
        </section>`:a})}
    </div>`}tile(e){return s`<li class="card">
      <h3>${this.t(`kpis.names.${e.name}`)}</h3>
      <span class="value number">${this.written(e,e.value)}</span>
      ${e.p90===void 0||e.p90===null?a:s`<span class="number">${this.t(`kpis.spread`,{p90:this.written(e,e.p90),n:e.n??0})}</span>`}
      <p class="small dim">${this.t(`kpis.meanings.${e.name}`)}</p>
    </li>`}written(e,t){let{format:n}=this.app;switch(e.as){case`count`:return n.number(t,0);case`rate`:return n.number(t,2);case`share`:return n.percent(t);case`seconds`:return n.duration(t)}}};n([t()],p.prototype,`days`,void 0),p=n([e(`csj-kpis-page`)],p);export{p as CsjKpisPage};