import{c as e,g as t,h as n,i as r,l as i,o as a,s as o,v as s}from"./elements.js";import{t as c}from"./answer.js";import{t as l}from"./card_table.js";import{t as u}from"./own_words.js";import{a as d,i as f,n as p,r as m,t as h}from"./kinds.js";var g=class extends a{constructor(...e){super(...e),this.meters=new c(this,()=>({command:`meters/list`})),this.words=new u(this,[`options`,`selector`])}static{this.styles=[i,l,s`
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
    `]}render(){return t`<div class="stack">${this.site()} ${this.places()} ${this.options()} ${this.permissions()} ${this.watched()}</div>`}site(){let{info:e}=this.app,n=new Intl.DisplayNames(this.app.hass.locale.language,{type:`language`}),r=[[`version`,e.integration??`–`],[`language`,n.of(e.language)??e.language],[`time_zone`,e.time_zone],[`currency`,e.currency]],i=this.meters.value?.meters;if(i!==void 0){let e=e=>String(new Set(e.filter(e=>e!==null)).size);r.push([`bridges`,e(i.map(e=>e.bridge))],[`meters`,String(i.length)],[`circuits`,e(i.map(e=>e.circuit))])}return t`<section class="card stack" aria-labelledby="site">
      <h2 id="site">${this.t(`settings.site`)}</h2>
      <dl>
        ${r.map(([e,n])=>t`<div>
              <dt>${this.t(`settings.facts.${e}`)}</dt>
              <dd>${n}</dd>
            </div>`)}
      </dl>
    </section>`}places(){return t`<section class="card stack" aria-labelledby="places">
      <div>
        <h2 id="places">${this.t(`settings.places`)}</h2>
        <p class="dim">${this.t(`settings.places_about`)}</p>
      </div>
      <ul>
        ${d.map(([e,n])=>t`<li>${this.link(n,this.t(`settings.place_names.${e}`))}
              <p class="small dim">${this.t(`settings.place_meanings.${e}`)}</p></li>`)}
      </ul>
    </section>`}options(){return t`<section class="card stack" aria-labelledby="options">
      <div>
        <h2 id="options">${this.t(`settings.options`)}</h2>
        <p class="dim">
          ${this.t(`settings.options_about`)} ${this.link(m,this.t(`settings.place_names.integration`))}
        </p>
      </div>
      <ul>
        ${f.map(e=>t`<li>
              <h3>${this.words.get(`options.step.init.menu_options.${e}`)}</h3>
              <p class="small dim">${this.t(`settings.option_meanings.${e}`)}</p>
            </li>`)}
      </ul>
    </section>`}permissions(){let{role:e,permissions:n}=this.app.info;return t`<section class="card stack" aria-labelledby="role">
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
          ${Object.keys(n).map(e=>t`<tr>
                <td>${this.t(`permissions.${e}`)}</td>
                <td>${this.t(`settings.scopes.${n[e]}`)}</td>
              </tr>`)}
        </tbody>
      </table>
    </section>`}watched(){let e=e=>t`<th role="columnheader" scope="col">${this.t(`settings.columns.${e}`)}</th>`;return t`<section class="card stack" aria-labelledby="watched">
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
    </section>`}rule(e){let{kind:r,severity:i,threshold:a,unit:o}=e,s=i===`info`?`neutral`:i;return t`<tr role="row">
      <td role="cell" class="first">
        ${this.app.word(`kinds.${r}`)} ${e.enabled?n:t`<span class="chip neutral">${this.t(`settings.off`)}</span>`}
      </td>
      <td role="cell" data-label=${this.t(`settings.columns.severity`)}>
        <span class="chip dot ${s}">${this.app.word(`severities.${i}`)}</span>
      </td>
      <td role="cell" class="number" style="text-align:start" data-label=${this.t(`settings.columns.threshold`)}>
        ${p(e)?this.app.format.measured(a,o):`–`}
      </td>
      <td role="cell" class="text dim">${this.words.get(`selector.detection_threshold.options.${r}`)}</td>
    </tr>`}link(e,n){return t`<a href=${e} @click=${t=>r(t,e)}>${n}</a>`}};g=e([o(`csj-settings-page`)],g);export{g as CsjSettingsPage};