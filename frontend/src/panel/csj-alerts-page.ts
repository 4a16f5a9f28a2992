import { css, html, nothing, type PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";

import type { Alert } from "../api/alerts";
import type { Severity } from "../api/session";
import { AppElement, element } from "../elements/element";
import "../elements/csj-standing";
import { style } from "../elements/style";
import { follow } from "../home_assistant";
import { Repeated } from "../repeated";
import { ListSubscription } from "../subscription";
import { address } from "./address";
import {
  type AlertFilter,
  EVERYTHING,
  filtered,
  handling,
  HANDLINGS,
  ordered,
  SEVERITIES,
  spoken,
} from "./alerts/alert_list";
import "./alerts/csj-alert-list";
import "./alerts/csj-alert-view";
import "./alerts/csj-ended-alerts";

const TICK_SECONDS = 15;

/** Alerts that are open, the worst first, and the one that somebody has opened. */
@element("csj-alerts-page")
export class CsjAlertsPage extends AppElement {
  static override styles = [
    style,
    css`
      :host {
        container-type: inline-size;
      }
      .filters {
        align-items: end;
        gap: 12px;
      }
      .severities button {
        gap: 6px;
      }
      .check {
        min-height: 36px;
      }
      .quiet {
        display: grid;
        justify-items: center;
        gap: 8px;
        padding: 40px 16px;
        text-align: center;
      }
      .parts {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
        align-items: start;
      }
      .opened .list,
      .opened .filters {
        display: none;
      }
      @container (min-width: 900px) {
        .opened .parts {
          grid-template-columns: minmax(300px, 360px) minmax(0, 1fr);
        }
        .opened .list {
          display: grid;
          position: sticky;
          top: 112px;
          max-height: calc(100vh - 128px);
          overflow-y: auto;
        }
        .opened .filters {
          display: flex;
        }
      }
      @container (max-width: 560px) {
        .filters > label:not(.check) {
          flex: 1 1 140px;
        }
        .severities {
          flex: 1 0 100%;
        }
        input[type="search"],
        select {
          width: 100%;
        }
      }
    `,
  ];

  /** The opened one; empty for none. */
  @property() alertId = "";

  @state() private filter: AlertFilter = EVERYTHING;
  @state() private now = Date.now();
  @query(".list") private list!: HTMLElement;

  protected readonly tick = new Repeated(this, TICK_SECONDS, () => this.requestUpdate());
  private readonly alerts = new ListSubscription<Alert>(
    this,
    () => ({ command: "alerts/subscribe" }),
    "alerts",
    (row) => row.alert_id,
  );

  protected override willUpdate(): void {
    this.now = Date.now();
  }

  protected override updated(changed: PropertyValues): void {
    // where it takes the place of the list, whoever reads with their ears is taken there
    if (changed.has("alertId") && this.alertId && this.list !== null && !this.list.checkVisibility())
      void this.renderRoot.querySelector("csj-alert-view")?.begin();
    const left = changed.get("alertId") as string | undefined;
    if (left && !this.alertId) void this.renderRoot.querySelector("csj-alert-list")?.goTo(left);
  }

  protected override render() {
    const { standing, error } = this.alerts;
    const all = [...this.alerts.rows.values()];
    const known = all.length > 0 || standing === "live";
    return html`<div class="stack ${this.alertId ? "opened" : ""}">
      <csj-standing .app=${this.app} .standing=${standing} .error=${error}></csj-standing>
      ${known || this.alertId ? this.content(all, known) : nothing}
    </div>`;
  }

  private content(all: Alert[], known: boolean) {
    const spoke = spoken(all);
    const shown = ordered(filtered(spoke, this.filter));
    return html`
      ${spoke.length ? this.filters(spoke, shown.length) : nothing}
      <div class="parts">
        <div class="list stack">
          ${shown.length
            ? html`<csj-alert-list .app=${this.app} .alerts=${shown} .current=${this.alertId} .now=${this.now}></csj-alert-list>`
            : known
              ? this.nothing_(spoke.length)
              : nothing}
          <csj-ended-alerts .app=${this.app} .open=${all.length}></csj-ended-alerts>
        </div>
        ${this.alertId
          ? html`<div class="stack">
              <div>
                <a
                  class="button"
                  href=${address("alerts")}
                  @click=${(event: MouseEvent) => follow(event, address("alerts"))}
                  ><span aria-hidden="true">←</span> ${this.t("alerts.back")}</a
                >
              </div>
              <csj-alert-view
                .app=${this.app}
                .alertId=${this.alertId}
                .row=${this.alerts.rows.get(this.alertId) ?? null}
                .rows=${this.alerts.rows}
                .now=${this.now}
              ></csj-alert-view>
            </div>`
          : nothing}
      </div>
    `;
  }

  private nothing_(open: number) {
    if (this.alerts.loading || open) {
      const text = this.t(open ? "alerts.none_fits" : "alerts.loading");
      return html`<csj-notice .app=${this.app} kind="empty" .text=${text}></csj-notice>`;
    }
    return html`<div class="card quiet" role="status">
      <svg class="good" viewBox="0 0 24 24" width="48" height="48" aria-hidden="true">
        <path fill="none" stroke="currentColor" stroke-width="1.6" d="M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M8 12.2l2.8 2.8L16.2 9.4" />
      </svg>
      <h2>${this.t("alerts.quiet")}</h2>
      <p class="dim">${this.t("alerts.quiet_text")}</p>
    </div>`;
  }

  private filters(all: Alert[], shown: number) {
    const { filter } = this;
    // the chosen one stays in the list when the last of its kind is over: it is still what alerts are filtered by
    const kinds = [...new Set([...all.map((alert) => alert.kind), ...(filter.kind ? [filter.kind] : [])])]
      .map((kind) => [kind, this.app.word(`kinds.${kind}`)] as const)
      .sort(([, one], [, other]) => one.localeCompare(other));
    const waiting = all.filter((alert) => handling(alert) === "waiting").length;
    return html`<div class="row filters" role="search">
      <div class="group severities" role="group" aria-label=${this.t("alerts.severity")}>
        ${SEVERITIES.map((severity) => {
          const count = all.filter((alert) => alert.severity === severity).length;
          const on = filter.severity === severity;
          return html`<button
            class=${on ? "on" : ""}
            aria-pressed=${on}
            ?disabled=${!count && !on}
            @click=${() => this.set({ severity: on ? "" : (severity as Severity) })}
          >
            ${this.app.word(`severities.${severity}`)} <span class="number">${count}</span>
          </button>`;
        })}
      </div>
      <label
        >${this.t("alerts.handling")}
        <select @change=${(event: Event) => this.set({ handling: chosen(event) as AlertFilter["handling"] })}>
          <option value="">${this.t("alerts.any")}</option>
          ${HANDLINGS.map((one) => html`<option .value=${one} ?selected=${one === filter.handling}>${this.t(`alert_handling.${one}`)}</option>`)}
        </select></label
      >
      <label
        >${this.t("alerts.kind")}
        <select .value=${live(filter.kind)} @change=${(event: Event) => this.set({ kind: chosen(event) })}>
          <option value="">${this.t("alerts.any")}</option>
          ${repeat(
            kinds,
            ([kind]) => kind,
            ([kind, word]) => html`<option .value=${kind} ?selected=${kind === filter.kind}>${word}</option>`,
          )}
        </select></label
      >
      <label
        >${this.t("alerts.where")}
        <input type="search" .value=${filter.where} @input=${(event: Event) => this.set({ where: chosen(event) })} />
      </label>
      ${all.some((alert) => alert.drill)
        ? html`<label class="check"
            ><input
              type="checkbox"
              .checked=${filter.drills}
              @change=${(event: Event) => this.set({ drills: (event.target as HTMLInputElement).checked })}
            />${this.t("alerts.drills")}</label
          >`
        : nothing}
      <span class="dim" role="status">${this.t("alerts.count", { shown, all: all.length, waiting })}</span>
    </div>`;
  }

  private set(change: Partial<AlertFilter>): void {
    this.filter = { ...this.filter, ...change };
  }
}

function chosen(event: Event): string {
  return (event.target as HTMLInputElement).value;
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-alerts-page": CsjAlertsPage;
  }
}
