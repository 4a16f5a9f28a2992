import{D as e,T as t,_ as n,f as r,g as i,h as a,k as o,m as s}from"./elements.js";import{t as c}from"./answer.js";import{t as l}from"./card_table.js";import{t as u}from"./own_words.js";import{a as d,i as f,n as p,r as m,t as h}from"./kinds.js";var g=class extends s{constructor(...e){super(...e),this.meters=new c(this,()=>({command:`meters/list`})),this.words=new u(this,[`options`,`selector`])}static{this.styles=[n,l,o`
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr));
        gap: 12px 24px;
      }
      dl {
        grid-template-columns: repeat(auto-fill, minmax(130px, 1fr));
      }
      td,
      li {
        overflow-wrap: anywhere;
      }
      /* on a phone the long column beside it would leave it two letters in a line */
      table:not(.cards) td:last-child {
        min-width: 7em;
      }
    `]}render(){return e`<div class="stack">${this.site()} ${this.places()} ${this.options()} ${this.permissions()} ${this.watched()}</div>`}site(){let{info:t}=this.app,n=new Intl.DisplayNames(this.app.hass.locale.language,{type:`language`}),r=[[`version`,t.integration??`–`],[`language`,n.of(t.language)??t.language],[`time_zone`,t.time_zone],[`currency`,t.currency]],i=this.meters.value?.meters;if(i!==void 0){let e=e=>String(new Set(e.filter(e=>e!==null)).size);r.push([`bridges`,e(i.map(e=>e.bridge))],[`meters`,String(i.length)],[`circuits`,e(i.map(e=>e.circuit))])}return e`<section class="card stack" aria-labelledby="site">
      <h2 id="site">${this.t(`settings.site`)}</h2>
      <dl>
        ${r.map(([t,n])=>e`<div>
              <dt>${this.t(`settings.facts.${t}`)}</dt>
              <dd>${n}</dd>
            </div>`)}
      </dl>
    </section>`}places(){return e`<section class="card stack" aria-labelledby="places">
      <div>
        <h2 id="places">${this.t(`settings.places`)}</h2>
        <p class="dim">${this.t(`settings.places_about`)}</p>
      </div>
      <ul>
        ${d.map(([t,n])=>e`<li>${this.link(n,this.t(`settings.place_names.${t}`))}
              <p class="small dim">${this.t(`settings.place_meanings.${t}`)}</p></li>`)}
      </ul>
    </section>`}options(){return e`<section class="card stack" aria-labelledby="options">
      <div>
        <h2 id="options">${this.t(`settings.options`)}</h2>
        <p class="dim">
          ${this.t(`settings.options_about`)} ${this.link(m,this.t(`settings.place_names.integration`))}
        </p>
      </div>
      ${this.words.loading?e`<p class="dim" role="status">${this.t(`notice.wait`)}</p>`:this.optionList()}
    </section>`}optionList(){return e`<ul>
      ${f.map(t=>e`<li>
            <h3>${this.words.get(`options.step.init.menu_options.${t}`)}</h3>
            <p class="small dim">${this.t(`settings.option_meanings.${t}`)}</p>
          </li>`)}
    </ul>`}permissions(){let{role:t,permissions:n}=this.app.info;return e`<section class="card stack" aria-labelledby="role">
      <div>
        <h2 id="role">${this.t(`settings.role`,{role:this.t(`roles.${t}`)})}</h2>
        <p class="dim">${this.t(`settings.role_about`)}</p>
      </div>
      <table aria-labelledby="role">
        <thead>
          <tr>
            <th scope="col">${this.t(`settings.columns.permission`)}</th>
            <th scope="col">${this.t(`settings.columns.scope`)}</th>
          </tr>
        </thead>
        <tbody>
          ${Object.keys(n).map(t=>e`<tr>
                <td>${this.t(`permissions.${t}`)}</td>
                <td>${this.t(`settings.scopes.${n[t]}`)}</td>
              </tr>`)}
        </tbody>
      </table>
    </section>`}watched(){let t=t=>e`<th role="columnheader" scope="col">${this.t(`settings.columns.${t}`)}</th>`;return e`<section class="card stack" aria-labelledby="watched">
      <div>
        <h2 id="watched">${this.t(`settings.watched`)}</h2>
        <p class="dim">${this.t(`settings.watched_about`)}</p>
      </div>
      <table class="cards" role="table" aria-labelledby="watched">
        <thead role="rowgroup">
          <tr role="row">
            ${t(`kind`)} ${t(`severity`)} ${t(`threshold`)} ${t(`meaning`)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${h.map(e=>this.rule(e))}
        </tbody>
      </table>
    </section>`}rule(n){let{kind:r,severity:i,threshold:a,unit:o}=n,s=i===`info`?`neutral`:i;return e`<tr role="row">
      <td role="cell" class="first">
        ${this.app.word(`kinds.${r}`)} ${n.enabled?t:e`<span class="chip neutral">${this.t(`settings.off`)}</span>`}
      </td>
      <td role="cell" data-label=${this.t(`settings.columns.severity`)}>
        <span class="chip dot ${s}">${this.app.word(`severities.${i}`)}</span>
      </td>
      <td role="cell" class="number" style="text-align:start" data-label=${this.t(`settings.columns.threshold`)}>
        ${p(n)?this.app.format.measured(a,o):`–`}
      </td>
      <td role="cell" class="text dim">${this.words.get(`selector.detection_threshold.options.${r}`)}</td>
    </tr>`}link(t,n){return e`<a href=${t} @click=${e=>r(e,t)}>${n}</a>`}};g=i([a(`csj-settings-page`)],g);export{g as CsjSettingsPage};