import{c as e,f as t,g as n,h as r,l as i,o as a,s as o,v as s}from"./elements.js";import{t as c}from"./answer.js";var l=[[`alarms`,`alarms`,`count`],[`alarms_per_meter_month`,`alarms`,`rate`],[`false_alarm_share`,`alarms`,`share`],[`escalated_share`,`alarms`,`share`],[`chattering`,`alarms`,`count`],[`detection`,`times`,`seconds`],[`confirmation`,`times`,`seconds`],[`acknowledgement`,`times`,`seconds`],[`clearing`,`times`,`seconds`],[`delivery_success`,`messages`,`share`],[`pages_per_person_day`,`messages`,`rate`],[`communication_availability`,`meters`,`share`],[`top_up_success`,`meters`,`share`]];function u(e){return l.flatMap(([t,n,r])=>{let i=e[t];return i==null?[]:typeof i==`number`?[{name:t,group:n,as:r,value:i}]:i.median===null?[]:[{name:t,group:n,as:r,value:i.median,p90:i.p90,n:i.n}]})}var d=[7,30,90,365],f=[`alarms`,`times`,`messages`,`meters`],p=class extends a{constructor(...e){super(...e),this.days=30,this.kpis=new c(this,()=>this.app.info.permissions.see_alerts===`site`?{command:`kpis`,days:this.days}:null)}static{this.styles=[i,s`
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
      button.on {
        background: color-mix(in srgb, var(--csj-accent-text) 9%, transparent);
      }
      .busy {
        opacity: 0.6;
      }
    `]}render(){let{value:e,busy:t,error:i}=this.kpis;return this.app.info.permissions.see_alerts===`site`?n`<div class="stack">
      <div class="row spread">
        <div class="group" role="group" aria-label=${this.t(`kpis.period`)}>
          ${d.map(e=>n`<button
              class=${e===this.days?`on`:``}
              aria-pressed=${e===this.days?`true`:`false`}
              @click=${()=>this.days=e}
            >
              ${this.t(`kpis.days`,{days:e})}
            </button>`)}
        </div>
        ${e===null?r:n`<p class="dim small" role="status">
              ${t?this.t(`notice.wait`):this.t(`kpis.span`,{start:this.app.format.date(e.kpis.since),end:this.app.format.date(e.kpis.until)})}
            </p>`}
      </div>
      ${i===null?e===null?this.notice(`wait`):this.figures(e.kpis,t):n`<csj-notice .app=${this.app} kind="error" .text=${this.app.sentence(i)}>
            <button @click=${()=>this.kpis.again()}>${this.t(`kpis.again`)}</button>
          </csj-notice>`}
    </div>`:this.notice(`empty`,this.t(`kpis.not_whole_site`))}figures(e,t){let i=u(e);return n`<div class="stack ${t?`busy`:``}" aria-busy=${t?`true`:`false`}>
      ${e.alarms?r:n`<p>${this.t(`kpis.no_alarms`)}</p>`}
      ${f.map(e=>{let t=i.filter(t=>t.group===e);return t.length?n`<section aria-labelledby=${e}>
          <h2 id=${e}>${this.t(`kpis.groups.${e}`)}</h2>
          <ul>
            ${t.map(e=>this.tile(e))}
          </ul>
        </section>`:r})}
    </div>`}tile(e){return n`<li class="card">
      <h3>${this.t(`kpis.names.${e.name}`)}</h3>
      <span class="value number">${this.written(e,e.value)}</span>
      ${e.p90===void 0||e.p90===null?r:n`<span class="number">${this.t(`kpis.spread`,{p90:this.written(e,e.p90),n:e.n??0})}</span>`}
      <p class="small dim">${this.t(`kpis.meanings.${e.name}`)}</p>
    </li>`}written(e,t){let{format:n}=this.app;switch(e.as){case`count`:return n.number(t,0);case`rate`:return n.number(t,2);case`share`:return n.percent(t);case`seconds`:return n.duration(t)}}notice(e,t=``){return n`<csj-notice .app=${this.app} .kind=${e} .text=${t}></csj-notice>`}};e([t()],p.prototype,`days`,void 0),p=e([o(`csj-kpis-page`)],p);export{p as CsjKpisPage};