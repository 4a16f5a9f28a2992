import { css, html, nothing, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";

import type { AlertStep } from "../../api/alerts";
import type { EventsPage } from "../../api/meter";
import type { Severity } from "../../api/session";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { follow } from "../../home_assistant";
import { Repeated } from "../../repeated";
import { address } from "../address";

type Ended = AlertStep & { id: string; alert_kind: string; severity: Severity; drill: boolean; text: string };

/** Evidence is kept at hand so long after the end. */
const DAY = 86_400_000;
const MOST = 200;
/** Seconds after which is asked again what could not be told. */
const RETRY_SECONDS = 60;

/** Alerts that were over within the last day: their evidence is there still. */
@element("csj-ended-alerts")
export class CsjEndedAlerts extends AppElement {
  static override styles = [
    style,
    css`
      ul {
        list-style: none;
        margin: 8px 0 0;
        padding: 0;
      }
      li {
        padding: 8px 0;
        border-top: 1px solid var(--csj-line);
        overflow-wrap: anywhere;
      }
      summary {
        cursor: pointer;
        font-weight: 500;
      }
    `,
  ];

  /** How many are open: with one less, another one is over. */
  @property({ type: Number }) open = 0;

  @state() private ended: Ended[] = [];
  @state() private error = "";
  private turn = 0;
  protected readonly retries = new Repeated(this, RETRY_SECONDS, () => this.error && this.load());

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) void this.load();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("open")) void this.load();
  }

  protected override render() {
    if (this.error) return html`<p class="dim small" role="status">${this.t("alerts.no_past", { error: this.error })}</p>`;
    if (!this.ended.length) return nothing;
    return html`<details class="card">
      <summary>${this.t("alerts.ended", { count: this.ended.length })}</summary>
      <ul role="list">
        ${this.ended.map((one) => {
          const path = address("alerts", one.alert_id);
          return html`<li>
            <span class="number dim small">${this.app.format.dateTime(one.at)}</span><br />
            <a href=${path} @click=${(event: MouseEvent) => follow(event, path)}>${one.text}</a>
          </li>`;
        })}
      </ul>
    </details>`;
  }

  private async load(): Promise<void> {
    const turn = ++this.turn;
    try {
      const { events, missing } = await this.app.call<EventsPage<Ended>>("events", {
        sources: ["alert"],
        start: new Date(Date.now() - DAY).toISOString(),
        limit: MOST,
      });
      if (turn !== this.turn) return;
      const ended = events.filter(({ kind }) => kind === "cleared" || kind === "repaired");
      // of one that was repaired both may be told
      this.ended = ended.filter(
        ({ alert_id }, index) => ended.findIndex((other) => other.alert_id === alert_id) === index,
      );
      this.error = missing.length ? this.t("alerts.unread") : "";
    } catch (error) {
      if (turn === this.turn) this.error = this.app.sentence(error);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-ended-alerts": CsjEndedAlerts;
  }
}
