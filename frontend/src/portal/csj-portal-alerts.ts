import { css, html, nothing } from "lit";
import { property } from "lit/decorators.js";

import { element } from "../elements/element";
import { style } from "../elements/style";
import type { MeterAlert, Overview } from "./api";
import { phoneStyle, PortalElement } from "./element";

/** How many are shown at once. */
const FIRST = 3;

const TONES = { critical: "critical", warning: "warning", info: "dim" } as const;

/** What the meter has noticed, and what the last week brought. */
@element("csj-portal-alerts")
export class CsjPortalAlerts extends PortalElement {
  static override styles = [
    style,
    phoneStyle,
    css`
      li {
        padding: 10px 0;
        border-top: 1px solid var(--csj-line);
      }
      li:first-child {
        border-top: none;
        padding-top: 0;
      }
    `,
  ];

  @property({ attribute: false }) shown!: Overview;

  protected override render() {
    const { alerts, usage, summary, credit } = this.shown;
    const more = alerts.slice(FIRST);
    const week = usage?.week.energy ?? null;
    return html`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t("alerts.heading")}</h2>
      ${alerts.length ? this.list(alerts.slice(0, FIRST)) : html`<p class="good dot row">${this.t("alerts.none")}</p>`}
      ${more.length
        ? html`<details>
            <summary>${this.t("alerts.more", { count: more.length })}</summary>
            ${this.list(more)}
          </details>`
        : nothing}
      <div class="stack">
        <h3>${this.t("summary.heading")}</h3>
        <dl>
          <div>
            <dt>${this.t("summary.used")}</dt>
            <dd class="number">${week === null ? "–" : this.portal.format.measured(week, "kWh")}</dd>
          </div>
          <div>
            <dt>${this.t("summary.alerts")}</dt>
            <dd class="number">${summary.alerts}</dd>
          </div>
          ${credit === null
            ? nothing
            : html`<div>
                <dt>${this.t("summary.topped_up")}</dt>
                <dd class="number">${this.portal.format.credit(summary.topped_up, credit.unit)}</dd>
              </div>`}
        </dl>
      </div>
    </section>`;
  }

  private list(alerts: MeterAlert[]) {
    const { format } = this.portal;
    return html`<ul>
      ${alerts.map(
        (alert) => html`<li>
          <div class="row">
            <span class="${alert.active ? TONES[alert.severity] : "neutral"} chip">
              ${alert.active ? alert.severity_word : this.t("alerts.over")}
            </span>
            <b>${alert.title}</b>
          </div>
          ${alert.text || alert.action ? html`<p>${alert.text} ${alert.action}</p>` : nothing}
          <p class="small dim">
            ${alert.until === null
              ? this.t("alerts.since", { at: format.dateTime(alert.since) })
              : this.t("alerts.span", { since: format.dateTime(alert.since), until: format.dateTime(alert.until) })}
          </p>
        </li>`,
      )}
    </ul>`;
  }
}
