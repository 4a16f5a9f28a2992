import{_ as e,b as t,c as n,l as r,m as i,o as a,s as o,v as s}from"./elements.js";import{t as c}from"./answer.js";var l=[[`alarms`,`alarms`,`count`],[`alarms_per_meter_month`,`alarms`,`rate`],[`false_alarm_share`,`alarms`,`share`],[`escalated_share`,`alarms`,`share`],[`chattering`,`alarms`,`count`],[`detection`,`times`,`seconds`],[`confirmation`,`times`,`seconds`],[`acknowledgement`,`times`,`seconds`],[`clearing`,`times`,`seconds`],[`delivery_success`,`messages`,`share`],[`pages_per_person_day`,`messages`,`rate`],[`communication_availability`,`meters`,`share`],[`top_up_success`,`meters`,`share`]];function u(e){return l.flatMap(([t,n,r])=>{let i=e[t];return i==null?[]:typeof i==`number`?[{name:t,group:n,as:r,value:i}]:i.median===null?[]:[{name:t,group:n,as:r,value:i.median,p90:i.p90,n:i.n}]})}var d=[7,30,90,365],f=[`alarms`,`times`,`messages`,`meters`],p=class extends a{constructor(...e){super(...e),this.days=30,this.kpis=new c(this,()=>({command:`kpis`,days:this.days}))}static{this.styles=[r,t`
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
    `]}render(){let{value:t,busy:n,error:r}=this.kpis;return s`<div class="stack">
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
        ${t===null?e:s`<p class="dim small" role="status">
              ${n?this.t(`notice.wait`):this.t(`kpis.span`,{start:this.app.format.date(t.kpis.since),end:this.app.format.date(t.kpis.until)})}
            </p>`}
      </div>
      ${r===null?t===null?s`<csj-notice .app=${this.app} kind="wait"></csj-notice>`:this.figures(t.kpis,n):s`<csj-notice .app=${this.app} kind="error" .text=${this.app.sentence(r)}>
            <button @click=${()=>this.kpis.again()}>${this.t(`kpis.again`)}</button>
          </csj-notice>`}
    </div>`}figures(t,n){let r=u(t);return s`<div class="stack ${n?`busy`:``}" aria-busy=${n?`true`:`false`}>
      ${t.alarms?e:s`<p>${this.t(`kpis.no_alarms`)}</p>`}
      ${f.map(t=>{let n=r.filter(e=>e.group===t);return n.length?s`<section aria-labelledby=${t}>
          <h2 id=${t}>${this.t(`kpis.groups.${t}`)}</h2>
          <ul>
            ${n.map(e=>this.tile(e))}
          </ul>
        </section>`:e})}
    </div>`}tile(t){return s`<li class="card">
      <h3>${this.t(`kpis.names.${t.name}`)}</h3>
      <span class="value number">${this.written(t,t.value)}</span>
      ${t.p90===void 0||t.p90===null?e:s`<span class="number">${this.t(`kpis.spread`,{p90:this.written(t,t.p90),n:t.n??0})}</span>`}
      <p class="small dim">${this.t(`kpis.meanings.${t.name}`)}</p>
    </li>`}written(e,t){let{format:n}=this.app;switch(e.as){case`count`:return n.number(t,0);case`rate`:return n.number(t,2);case`share`:return n.percent(t);case`seconds`:return n.duration(t)}}};n([i()],p.prototype,`days`,void 0),p=n([o(`csj-kpis-page`)],p);export{p as CsjKpisPage};