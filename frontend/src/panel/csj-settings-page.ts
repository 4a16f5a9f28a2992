import { css, html, nothing } from "lit";

import type { MeterRow } from "../api/meters";
import type { Permission } from "../api/session";
import { AppElement, element } from "../elements/element";
import { style } from "../elements/style";
import { follow } from "../home_assistant";
import { Answer } from "./answer";
import { cardTable } from "./card_table";
import { OwnWords } from "./own_words";
import { INTEGRATION, OPTIONS, PLACES } from "./settings/places";
import { hasThreshold, KINDS, type KindRule } from "./what_if/kinds";

/** What can be set and where, who may do what, and what is watched: Home Assistant's own dialogues set it. */
@element("csj-settings-page")
export class CsjSettingsPage extends AppElement {
  static override styles = [
    style,
    cardTable,
    css`
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
    `,
  ];

  private readonly meters = new Answer<{ meters: MeterRow[] }>(this, () => ({ command: "meters/list" }));
  private readonly words = new OwnWords(this, ["options", "selector"]);

  protected override render() {
    return html`<div class="stack">${this.site()} ${this.places()} ${this.options()} ${this.permissions()} ${this.watched()}</div>`;
  }

  private site() {
    const { info } = this.app;
    const language = new Intl.DisplayNames(this.app.hass.locale.language, { type: "language" });
    const facts: [string, string][] = [
      ["version", info.integration ?? "–"],
      ["language", language.of(info.language) ?? info.language],
      ["time_zone", info.time_zone],
      ["currency", info.currency],
    ];
    const rows = this.meters.value?.meters;
    if (rows !== undefined) {
      const count = (values: (string | null)[]) => String(new Set(values.filter((value) => value !== null)).size);
      facts.push(
        ["bridges", count(rows.map((row) => row.bridge))],
        ["meters", String(rows.length)],
        ["circuits", count(rows.map((row) => row.circuit))],
      );
    }
    return html`<section class="card stack" aria-labelledby="site">
      <h2 id="site">${this.t("settings.site")}</h2>
      <dl>
        ${facts.map(
          ([name, value]) =>
            html`<div>
              <dt>${this.t(`settings.facts.${name}`)}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
    </section>`;
  }

  private places() {
    return html`<section class="card stack" aria-labelledby="places">
      <div>
        <h2 id="places">${this.t("settings.places")}</h2>
        <p class="dim">${this.t("settings.places_about")}</p>
      </div>
      <ul>
        ${PLACES.map(
          ([name, path]) =>
            html`<li>${this.link(path, this.t(`settings.place_names.${name}`))}
              <p class="small dim">${this.t(`settings.place_meanings.${name}`)}</p></li>`,
        )}
      </ul>
    </section>`;
  }

  private options() {
    return html`<section class="card stack" aria-labelledby="options">
      <div>
        <h2 id="options">${this.t("settings.options")}</h2>
        <p class="dim">
          ${this.t("settings.options_about")} ${this.link(INTEGRATION, this.t("settings.place_names.integration"))}
        </p>
      </div>
      ${this.words.loading ? html`<p class="dim" role="status">${this.t("notice.wait")}</p>` : this.optionList()}
    </section>`;
  }

  private optionList() {
    return html`<ul>
      ${OPTIONS.map(
        (name) =>
          html`<li>
            <h3>${this.words.get(`options.step.init.menu_options.${name}`)}</h3>
            <p class="small dim">${this.t(`settings.option_meanings.${name}`)}</p>
          </li>`,
      )}
    </ul>`;
  }

  private permissions() {
    const { role, permissions } = this.app.info;
    return html`<section class="card stack" aria-labelledby="role">
      <div>
        <h2 id="role">${this.t("settings.role", { role: this.t(`roles.${role}`) })}</h2>
        <p class="dim">${this.t("settings.role_about")}</p>
      </div>
      <table aria-labelledby="role">
        <thead>
          <tr>
            <th scope="col">${this.t("settings.columns.permission")}</th>
            <th scope="col">${this.t("settings.columns.scope")}</th>
          </tr>
        </thead>
        <tbody>
          ${(Object.keys(permissions) as Permission[]).map(
            (permission) =>
              html`<tr>
                <td>${this.t(`permissions.${permission}`)}</td>
                <td>${this.t(`settings.scopes.${permissions[permission] as string}`)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </section>`;
  }

  private watched() {
    const heading = (key: string) => html`<th role="columnheader" scope="col">${this.t(`settings.columns.${key}`)}</th>`;
    return html`<section class="card stack" aria-labelledby="watched">
      <div>
        <h2 id="watched">${this.t("settings.watched")}</h2>
        <p class="dim">${this.t("settings.watched_about")}</p>
      </div>
      <table class="cards" role="table" aria-labelledby="watched">
        <thead role="rowgroup">
          <tr role="row">
            ${heading("kind")} ${heading("severity")} ${heading("threshold")} ${heading("meaning")}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${KINDS.map((rule) => this.rule(rule))}
        </tbody>
      </table>
    </section>`;
  }

  private rule(rule: KindRule) {
    const { kind, severity, threshold, unit } = rule;
    const tone = severity === "info" ? "neutral" : severity;
    return html`<tr role="row">
      <td role="cell" class="first">
        ${this.app.word(`kinds.${kind}`)} ${rule.enabled ? nothing : html`<span class="chip neutral">${this.t("settings.off")}</span>`}
      </td>
      <td role="cell" data-label=${this.t("settings.columns.severity")}>
        <span class="chip dot ${tone}">${this.app.word(`severities.${severity}`)}</span>
      </td>
      <td role="cell" class="number" style="text-align:start" data-label=${this.t("settings.columns.threshold")}>
        ${hasThreshold(rule) ? this.app.format.measured(threshold, unit) : "–"}
      </td>
      <td role="cell" class="text dim">${this.words.get(`selector.detection_threshold.options.${kind}`)}</td>
    </tr>`;
  }

  private link(path: string, text: string) {
    return html`<a href=${path} @click=${(event: MouseEvent) => follow(event, path)}>${text}</a>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-settings-page": CsjSettingsPage;
  }
}
