import { css, html, nothing, type PropertyValues } from "lit";
import { property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Alert } from "../../api/alerts";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { follow } from "../../home_assistant";
import { address } from "../address";
import { handling, meterCount } from "./alert_list";
import { lasted } from "./life";
import { figureNow, standing, where } from "./words";

/** Alerts one below the other: what, where, since when, how it stands and who sees to it. */
@element("csj-alert-list")
export class CsjAlertList extends AppElement {
  static override styles = [
    style,
    css`
      :host {
        container-type: inline-size;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 8px;
      }
      a {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 4px 12px;
        padding: 12px 12px 12px 16px;
        color: inherit;
        text-decoration: none;
        position: relative;
        overflow: hidden;
      }
      a::before {
        content: "";
        position: absolute;
        inset: 0 auto 0 0;
        width: 4px;
        background: var(--tint);
      }
      a:hover {
        border-color: var(--csj-accent-text);
      }
      a[aria-current] {
        background: color-mix(in srgb, var(--csj-accent-text) 10%, var(--csj-surface));
        border-color: var(--csj-accent-text);
      }
      a.critical-row {
        --tint: var(--csj-critical);
      }
      a.warning-row {
        --tint: var(--csj-warning);
      }
      a.info-row {
        --tint: var(--csj-dim);
      }
      .kind {
        font-size: 15px;
        font-weight: 500;
        overflow-wrap: anywhere;
      }
      .where,
      .standing {
        overflow-wrap: anywhere;
      }
      .figure,
      .since {
        text-align: end;
      }
      .figure {
        font-size: 16px;
        white-space: nowrap;
      }
      .waiting .standing {
        font-weight: 500;
      }
      @container (min-width: 720px) {
        a {
          grid-template-columns: 110px minmax(0, 1.3fr) 90px 130px minmax(0, 1fr);
          align-items: center;
          column-gap: 16px;
        }
        .chips {
          flex-direction: column;
          align-items: start;
          gap: 4px;
        }
        .what,
        .chips,
        .figure,
        .since,
        .standing {
          grid-column: auto;
        }
      }
      @container (max-width: 719px) {
        .since {
          grid-area: 1 / 2;
        }
        .what {
          grid-area: 2 / 1;
        }
        .figure {
          grid-area: 2 / 2;
          align-self: end;
        }
        .standing {
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  @property({ attribute: false }) alerts: readonly Alert[] = [];
  @property() current = "";
  @property({ attribute: false }) now = 0;

  /** Take the reader to an alert, where they came from. */
  async goTo(alertId: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`[data-alert="${CSS.escape(alertId)}"]`)?.focus();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("current") && this.current)
      this.renderRoot.querySelector("a[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  protected override render() {
    return html`<ul role="list">
      ${repeat(
        this.alerts,
        (alert) => alert.alert_id,
        (alert) => html`<li>${this.row(alert)}</li>`,
      )}
    </ul>`;
  }

  private row(alert: Alert) {
    const { format } = this.app;
    const path = address("alerts", alert.alert_id);
    return html`<a
      class="card ${alert.severity}-row ${handling(alert)}"
      href=${path}
      data-alert=${alert.alert_id}
      aria-current=${alert.alert_id === this.current ? "true" : nothing}
      @click=${(event: MouseEvent) => follow(event, path)}
    >
      <span class="row chips">
        <span class="chip dot ${alert.severity === "info" ? "neutral" : alert.severity}"
          >${this.app.word(`severities.${alert.severity}`)}</span
        >
        ${alert.drill ? html`<span class="chip neutral">${this.app.word("messages.drill")}</span>` : nothing}
      </span>
      <span class="what">
        <span class="kind">${this.app.word(`kinds.${alert.kind}`)}</span><br />
        <span class="where">${where(this.app, alert)}</span>
        ${alert.members.length
          ? html`<span class="dim"> · ${this.t("alerts.member_count", { count: meterCount(alert) })}</span>`
          : alert.circuit !== null && alert.serial !== null
            ? html`<span class="dim"> · ${alert.circuit}</span>`
            : nothing}
      </span>
      <span class="figure number">${figureNow(this.app, alert)}</span>
      <span class="since small dim"
        >${this.t("alerts.since_for", {
          since: this.when(alert.since),
          duration: format.duration(lasted(alert, this.now)),
        })}</span
      >
      <span class="standing small"
        >${standing(this.app, alert)}${alert.work_order === null
          ? nothing
          : html`<span class="dim"> · ${alert.work_order}</span>`}</span
      >
    </a>`;
  }

  /** The time alone for what is of today. */
  private when(at: string): string {
    const { format } = this.app;
    return format.date(at) === format.date(this.now) ? format.time(at) : format.dateTime(at);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-alert-list": CsjAlertList;
  }
}
