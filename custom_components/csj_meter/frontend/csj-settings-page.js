import{a as e,c as t,l as n,s as r,u as i,v as a,x as o,y as s}from"./elements.js";import{t as c}from"./answer.js";import{t as l}from"./card_table.js";import{t as u}from"./own_words.js";import{a as d,i as f,n as p,r as m,t as h}from"./kinds.js";var g=class extends r{constructor(...e){super(...e),this.meters=new c(this,()=>({command:`meters/list`})),this.words=new u(this,[`options`,`selector`])}static{this.styles=[i,l,o`
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
    `]}render(){return s`<div class="stack">${this.site()} ${this.places()} ${this.options()} ${this.permissions()} ${this.watched()}</div>`}site(){let{info:e}=this.app,t=new Intl.DisplayNames(this.app.hass.locale.language,{type:`language`}),n=[[`version`,e.integration??`–`],[`language`,t.of(e.language)??e.language],[`time_zone`,e.time_zone],[`currency`,e.currency]],r=this.meters.value?.meters;if(r!==void 0){let e=e=>String(new Set(e.filter(e=>e!==null)).size);n.push([`bridges`,e(r.map(e=>e.bridge))],[`meters`,String(r.length)],[`circuits`,e(r.map(e=>e.circuit))])}return s`<section class="card stack" aria-labelledby="site">
      <h2 id="site">${this.t(`settings.site`)}</h2>
      <dl>
        ${n.map(([e,t])=>s`<div>
              <dt>${this.t(`settings.facts.${e}`)}</dt>
              <dd>${t}</dd>
            </div>`)}
      </dl>
    </section>`}places(){return s`<section class="card stack" aria-labelledby="places">
      <div>
        <h2 id="places">${this.t(`settings.places`)}</h2>
        <p class="dim">${this.t(`settings.places_about`)}</p>
      </div>
      <ul>
        ${d.map(([e,t])=>s`<li>${this.link(t,this.t(`settings.place_names.${e}`))}
              <p class="small dim">${this.t(`settings.place_meanings.${e}`)}</p></li>`)}
      </ul>
    </section>`}options(){return s`<section class="card stack" aria-labelledby="options">
      <div>
        <h2 id="options">${this.t(`settings.options`)}</h2>
        <p class="dim">
          ${this.t(`settings.options_about`)} ${this.link(m,this.t(`settings.place_names.integration`))}
        </p>
      </div>
      ${this.words.loading?s`<p class="dim" role="status">${this.t(`notice.wait`)}</p>`:this.optionList()}
    </section>`}optionList(){return s`<ul>
      ${f.map(e=>s`<li>
            <h3>${this.words.get(`options.step.init.menu_options.${e}`)}</h3>
            <p class="small dim">${this.t(`settings.option_meanings.${e}`)}</p>
          </li>`)}
    </ul>`}permissions(){let{role:e,permissions:t}=this.app.info;return s`<section class="card stack" aria-labelledby="role">
      <div>
        <h2 id="role">${this.t(`settings.role`,{role:this.t(`roles.${e}`)})}</h2>
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
          ${Object.keys(t).map(e=>s`<tr>
                <td>${this.t(`permissions.${e}`)}</td>
                <td>${this.t(`settings.scopes.${t[e]}`)}</td>
              </tr>`)}
        </tbody>
      </table>
    </section>`}watched(){let e=e=>s`<th role="columnheader" scope="col">${this.t(`settings.columns.${e}`)}</th>`;return s`<section class="card stack" aria-labelledby="watched">
      <div>
        <h2 id="watched">${this.t(`settings.watched`)}</h2>
        <p class="dim">${this.t(`settings.watched_about`)}</p>
      </div>
      <table class="cards" role="table" aria-labelledby="watched">
        <thead role="rowgroup">
          <tr role="row">
            ${e(`kind`)} ${e(`severity`)} ${e(`threshold`)} ${e(`meaning`)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${h.map(e=>this.rule(e))}
        </tbody>
      </table>
    </section>`}rule(e){let{kind:t,severity:n,threshold:r,unit:i}=e,o=n===`info`?`neutral`:n;return s`<tr role="row">
      <td role="cell" class="first">
        ${this.app.word(`kinds.${t}`)} ${e.enabled?a:s`<span class="chip neutral">${this.t(`settings.off`)}</span>`}
      </td>
      <td role="cell" data-label=${this.t(`settings.columns.severity`)}>
        <span class="chip dot ${o}">${this.app.word(`severities.${n}`)}</span>
      </td>
      <td role="cell" class="number" style="text-align:start" data-label=${this.t(`settings.columns.threshold`)}>
        ${p(e)?this.app.format.measured(r,i):`–`}
      </td>
      <td role="cell" class="text dim">${this.words.get(`selector.detection_threshold.options.${t}`)}</td>
    </tr>`}link(t,n){return s`<a href=${t} @click=${n=>e(n,t)}>${n}</a>`}};g=n([t(`csj-settings-page`)],g);export{g as CsjSettingsPage};