import { css, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";

import type { Payment } from "../api/payments";
import { AppElement, element } from "../elements/element";
import { style } from "../elements/style";

const DAYS = 90;
const SHOWN = 20;

/** What was paid for a meter lately; asked when somebody opens it. */
@element("csj-payments")
export class CsjPayments extends AppElement {
  static override styles = [
    style,
    css`
      summary {
        cursor: pointer;
        font-weight: 500;
        color: var(--csj-accent-text);
        padding: 6px 0;
      }
      ol {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 12px;
        padding: 8px 0;
        border-bottom: 1px solid var(--csj-line);
      }
      li:last-child {
        border-bottom: none;
      }
    `,
  ];

  @property() deviceId = "";
  /** Changes with every payment. */
  @property() newest = "";

  @state() private payments: Payment[] | null = null;
  @state() private error = "";
  private open = false;

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (this.open && (changed.has("newest") || changed.has("deviceId"))) void this.ask();
  }

  protected override render() {
    return html`<details @toggle=${this.toggled}>
      <summary>${this.w("cards.credit.history")}</summary>
      ${this.error
        ? html`<p class="critical" role="alert">${this.error}</p>`
        : this.payments === null
          ? html`<p class="dim" role="status">${this.t("notice.wait")}</p>`
          : this.list(this.payments)}
    </details>`;
  }

  private list(payments: Payment[]) {
    if (!payments.length) return html`<p class="dim">${this.w("cards.credit.no_payments", { days: DAYS })}</p>`;
    const { format } = this.app;
    return html`<ol>
      ${payments.slice(0, SHOWN).map(
        (one) => html`<li>
          <span>${this.w(`cards.credit.kinds.${one.kind}`)}</span>
          <span class="number">${format.credit(one.amount, one.unit)}</span>
          <span class="small dim">${format.dateTime(one.at)}${one.note ? html`, ${one.note}` : nothing}</span>
          <span class="small ${one.state === "refused" ? "critical" : one.state === "uncertain" ? "warning" : "dim"}">
            ${this.t(`meter.payments.${one.state}`)}
          </span>
        </li>`,
      )}
    </ol>`;
  }

  private toggled(event: Event): void {
    this.open = (event.target as HTMLDetailsElement).open;
    if (this.open) void this.ask();
  }

  private async ask(): Promise<void> {
    try {
      const told = await this.app.act<{ payments: Payment[] }>("list_payments", { device_id: this.deviceId, days: DAYS });
      this.payments = told.payments.toReversed();
      this.error = "";
    } catch (error) {
      this.error = this.app.sentence(error);
    }
  }

  /** A text under `config_panel`. */
  private w(key: string, values?: Record<string, string | number>): string {
    return this.app.texts.get(key, values);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-payments": CsjPayments;
  }
}
