import { css, html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";

import type { Payment } from "../api/payments";
import type { CsjDialog } from "../elements/csj-dialog";
import { AppElement, element } from "../elements/element";
import { style } from "../elements/style";
import "../elements/csj-dialog";
import { type Method, order, possible, settled } from "./credit";
import { doubt, doubtOn, keysOn, sending, sentBefore, settle, told } from "./pending";

/** As far back as it is looked for what became of something. */
const DAYS = 90;

/**
 * Money on its way to a meter: what is entered, that it is under way, and the receipt. It is sent once; if nobody knows
 * what became of it, sending the same again is sending it under the same key, which counts once. With each payment of
 * the meter it is looked up whether that is known now.
 */
@element("csj-top-up")
export class CsjTopUp extends AppElement {
  static override styles = [
    style,
    css`
      form,
      .fields {
        display: grid;
        gap: 12px;
      }
      .receipt {
        border: 1px solid var(--csj-line);
        border-inline-start: 4px solid currentColor;
        border-radius: 8px;
        padding: 12px;
        margin-top: 12px;
      }
      .receipt dl {
        color: var(--csj-text);
        grid-template-columns: repeat(auto-fill, minmax(110px, 1fr));
        margin: 8px 0 0;
      }
      fieldset {
        border: none;
        padding: 0;
        margin: 0;
      }
      input[type="radio"] {
        accent-color: var(--csj-accent);
      }
      legend {
        padding: 0;
        margin-bottom: 4px;
        font-size: 12px;
        color: var(--csj-dim);
      }
      button {
        max-width: 100%;
      }
    `,
  ];

  @property() deviceId = "";
  @property() unit = "";
  @property({ attribute: false }) methods: readonly Method[] = [];
  /** Changes with every payment. */
  @property() newest = "";

  @state() private method: Method | null = null;
  @state() private text = "";
  @state() private busy = false;
  @state() private payment: Payment | null = null;
  /** Whether what is shown was sent some time before, and nothing now. */
  @state() private wasSent = false;
  @state() private failure = "";
  @query("csj-dialog") private dialog!: CsjDialog;

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (!this.busy && (changed.has("newest") || changed.has("deviceId"))) void this.find();
  }

  protected override render() {
    const method = this.chosen;
    return html`
      ${this.busy ? html`<progress aria-label=${this.w("cards.credit.under_way")}></progress>` : nothing}
      <button class="main" ?disabled=${this.busy} @click=${this.begin}>${this.w("cards.credit.top_up")}</button>
      <div role="status">${this.busy ? html`<p>${this.w("cards.credit.under_way")}</p>` : nothing} ${this.payment === null || this.busy ? nothing : this.receipt(this.payment)}</div>
      ${this.trouble ? html`<p class="critical" role="alert">${this.trouble}</p>` : nothing}
      <csj-dialog .app=${this.app} heading=${this.w("cards.credit.top_up")} action=${this.w("cards.credit.send")} .work=${() => this.send()}>
        <div class="fields">
          ${this.methods.length > 1 ? this.choice(method) : nothing}
          <label>
            ${this.w(`cards.credit.entry_of.${method}`, { unit: this.unit })}
            <input
              name="entry"
              autocomplete="off"
              autocapitalize=${method === "voucher" ? "characters" : "off"}
              inputmode=${method === "amount" ? "decimal" : method === "token" ? "numeric" : "text"}
              maxlength="100"
              .value=${this.text}
              @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value)}
              @keydown=${(event: KeyboardEvent) => event.key === "Enter" && this.dialog.renderRoot.querySelector("form")?.requestSubmit()}
            />
          </label>
          <p class="small dim">${this.w(`cards.credit.hint_of.${method}`)}</p>
          ${this.busy
            ? html`<div role="status">
                <progress aria-label=${this.w("cards.credit.under_way")}></progress>
                <p class="small">${this.w("cards.credit.under_way")}</p>
              </div>`
            : nothing}
        </div>
      </csj-dialog>
    `;
  }

  private get trouble(): string {
    if (this.busy) return "";
    const why = doubtOn(this.deviceId);
    if (why === null) return this.failure;
    return this.w(why === "lost" ? "cards.credit.outcome_lost" : "cards.credit.outcomes.uncertain");
  }

  private get chosen(): Method {
    return this.method !== null && this.methods.includes(this.method) ? this.method : (this.methods[0] as Method);
  }

  private choice(chosen: Method) {
    return html`<fieldset>
      <legend>${this.w("cards.credit.with")}</legend>
      <div class="row">
        ${this.methods.map(
          (method) => html`<label class="check">
            <input
              type="radio"
              name="method"
              .checked=${method === chosen}
              ?disabled=${this.busy}
              @change=${() => {
                this.method = method;
                this.text = "";
              }}
            />
            ${this.w(`cards.credit.methods.${method}`)}
          </label>`,
        )}
      </div>
    </fieldset>`;
  }

  private receipt(payment: Payment) {
    const { format } = this.app;
    const credit = (value: number | null) => format.credit(value, payment.unit);
    const tone = payment.state === "done" ? "good" : payment.state === "refused" ? "critical" : "warning";
    const rows: [string, string][] = [
      ["amount", credit(payment.amount)],
      ["balance_before", credit(payment.balance_before)],
      ["balance_after", credit(payment.balance_after)],
      ["at", format.dateTime(payment.at, { seconds: true })],
      ["number", payment.id.slice(0, 8)],
    ];
    return html`<section class="receipt ${tone}" aria-label=${this.w("cards.credit.receipt")}>
      <p><strong>${this.w(`cards.credit.outcomes.${payment.state}`)}</strong></p>
      ${payment.state === "refused" && payment.reason !== null ? html`<p>${this.w(`cards.credit.reasons.${payment.reason}`)}</p>` : nothing}
      ${this.wasSent ? html`<p>${this.w("cards.credit.sent_before")}</p>` : nothing}
      <dl>
        ${rows.map(([name, value]) => html`<div><dt>${this.w(`cards.credit.receipt_of.${name}`)}</dt><dd class="number">${value}</dd></div>`)}
      </dl>
    </section>`;
  }

  private begin(): void {
    this.failure = "";
    this.text = "";
    void this.dialog.show();
  }

  /** The dialogue says what went wrong while it is open. */
  private async send(): Promise<void> {
    const device = this.deviceId;
    const entry = { method: this.chosen, text: this.text };
    if (!possible(entry)) throw { code: "invalid_format", message: this.w("cards.credit.not_possible") };
    const kept = sentBefore(device, entry);
    this.busy = true;
    this.failure = "";
    this.payment = null;
    this.wasSent = false;
    try {
      const known = kept === undefined ? undefined : (await this.looked()).find(({ key }) => key === kept);
      this.wasSent = known !== undefined;
      if (known !== undefined && settled(known)) {
        this.payment = known;
        return;
      }
      const key = sending(device, entry);
      try {
        this.payment = await this.app.act<Payment>(...order(entry, device, key));
        if (settled(this.payment)) settle(device, key);
      } catch (error) {
        throw this.failed(error, key, kept !== undefined);
      }
    } finally {
      this.busy = false;
      this.dispatchEvent(new Event("paid"));
    }
  }

  /** What an error means for what was sent under a key; the error to tell. */
  private failed(error: unknown, key: string, before: boolean): unknown {
    const said = told(error, before);
    if (said === "known") settle(this.deviceId, key);
    else if (said !== "kept") doubt(this.deviceId, key, said);
    const shown = said === "lost" ? { code: "lost", message: this.w("cards.credit.outcome_lost") } : error;
    this.failure = this.app.sentence(shown);
    return shown;
  }

  /** Show what became of something that was sent before, once that is known. */
  private async find(): Promise<void> {
    const keys = keysOn(this.deviceId);
    if (!keys.length) return;
    const found = (await this.looked()).findLast((one) => keys.includes(one.key as string) && settled(one));
    if (found === undefined || this.busy) return;
    this.wasSent = false;
    this.failure = "";
    this.payment = found;
  }

  /** The payments of the meter, oldest first; of those with an outcome the key is forgotten. None while they cannot be had. */
  private async looked(): Promise<Payment[]> {
    const device = this.deviceId;
    try {
      const { payments } = await this.app.act<{ payments: Payment[] }>("list_payments", { device_id: device, days: DAYS });
      for (const one of payments) if (one.key && settled(one)) settle(device, one.key);
      return payments;
    } catch {
      return []; // what is not known is kept
    }
  }

  /** A text under `config_panel`. */
  private w(key: string, values?: Record<string, string | number>): string {
    return this.app.texts.get(key, values);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-top-up": CsjTopUp;
  }
}
