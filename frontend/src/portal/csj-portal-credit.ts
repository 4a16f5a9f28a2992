import { css, html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";

import { element } from "../elements/element";
import { style } from "../elements/style";
import { FINE, URGENT } from "../credit_days";
import { newKey, type Overview, type TopUp, topUp } from "./api";
import { phoneStyle, PortalElement } from "./element";

const MOST_DAYS = 90;

/** Credit, how long it lasts, and where vouchers and tokens are entered. Fires `changed` when there is more of it. */
@element("csj-portal-credit")
export class CsjPortalCredit extends PortalElement {
  static override styles = [
    style,
    phoneStyle,
    css`
      fieldset {
        border: none;
        margin: 0;
        padding: 0;
        display: flex;
        flex-wrap: wrap;
        gap: 4px 20px;
      }
      legend {
        padding: 0;
        font-size: 14px;
        color: var(--csj-dim);
      }
      label.check {
        min-height: 44px;
        font-size: 16px;
      }
      input[type="radio"] {
        width: 20px;
        height: 20px;
        accent-color: var(--csj-accent);
      }
      input[name="code"] {
        font-variant-numeric: tabular-nums;
        letter-spacing: 0.04em;
      }
      .chip {
        margin: 8px 0 4px;
      }
      form {
        border-top: 1px solid var(--csj-line);
        padding-top: 16px;
      }
    `,
  ];

  @property({ attribute: false }) shown!: Overview;

  @state() private kind = "voucher";
  @state() private busy = false;
  @state() private result: TopUp | null = null;
  @state() private error = "";
  @query("input[name=code]") private input!: HTMLInputElement;

  /** What is under way or not certain: the same key says the same entry. */
  private entry: { kind: string; code: string; key: string } | null = null;

  protected override render() {
    return html`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t("credit.heading")}</h2>
      ${this.balance()} ${this.form()}
    </section>`;
  }

  private balance() {
    const credit = this.shown.credit;
    if (credit === null || credit.balance === null) return html`<p class="dim">${this.t("credit.none")}</p>`;
    const days = credit.days;
    // as on the cards of the dashboard
    const tone = days !== null && days < URGENT ? "critical" : credit.low || (days !== null && days <= FINE) ? "warning" : "good";
    return html`<div>
      <p class="big number">${this.portal.format.credit(credit.balance, credit.unit)}</p>
      ${days === null ? nothing : html`<p class="${tone} dot chip">${this.lasts(days)}</p>`}
      ${credit.low ? html`<p class=${tone}>${this.t("credit.low")}</p>` : nothing}
      ${credit.at ? html`<p class="small dim">${this.t("credit.read", { at: this.portal.format.ago(credit.at) })}</p>` : nothing}
    </div>`;
  }

  private lasts(days: number): string {
    if (days > MOST_DAYS) return this.t("credit.days_many", { count: MOST_DAYS });
    return this.counted("credit.days", Math.floor(days));
  }

  private form() {
    if (!this.shown.can_top_up) return html`<p class="dim">${this.t("top_up.not_possible")}</p>`;
    const waits = this.result?.state === "uncertain";
    return html`<form class="stack" @submit=${this.submit} aria-labelledby="top-up">
      <h3 id="top-up">${this.t("top_up.heading")}</h3>
      <fieldset ?disabled=${this.busy || waits}>
        <legend>${this.t("top_up.kind")}</legend>
        ${["voucher", "token"].map(
          (kind) => html`<label class="check">
            <input
              type="radio"
              name="kind"
              value=${kind}
              .checked=${this.kind === kind}
              @change=${() => {
                this.kind = kind;
              }}
            />
            ${this.t(`top_up.kind_${kind}`)}
          </label>`,
        )}
      </fieldset>
      <label>
        ${this.t(`top_up.${this.kind}`)}
        <input
          name="code"
          required
          maxlength="64"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          inputmode=${this.kind === "token" ? "numeric" : "text"}
          ?readonly=${this.busy || waits}
        />
      </label>
      <button class="main" ?disabled=${this.busy}>
        ${this.busy ? this.t("top_up.sending") : this.t(waits ? "top_up.ask" : "top_up.send")}
      </button>
      <div role="status">${this.outcome()}</div>
    </form>`;
  }

  private outcome() {
    if (this.error) return html`<p class="critical">${this.error}</p>`;
    const result = this.result;
    switch (result?.state) {
      case "done":
        return html`<p class="good">
          ${result.amount === null || result.balance === null
            ? this.t("top_up.done_plain")
            : this.t("top_up.done", {
                amount: this.portal.format.credit(result.amount, result.unit),
                balance: this.portal.format.credit(result.balance, result.unit),
              })}
        </p>`;
      case "refused":
        return html`<p class="critical">${this.word(result.word)}</p>`;
      case "uncertain":
        return html`<p class="warning">${this.t("top_up.uncertain")}</p>`;
      default:
        return nothing;
    }
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const code = this.input.value.trim();
    if (!code) return;
    // after a lost answer the same entry keeps its key: the server knows what has become of it
    if (this.entry === null || this.entry.code !== code || this.entry.kind !== this.kind)
      this.entry = { kind: this.kind, code, key: newKey() };
    this.busy = true;
    this.error = "";
    this.result = null;
    try {
      this.result = await topUp(this.entry.kind, this.entry.code, this.entry.key);
      if (this.result.state !== "uncertain") this.entry = null;
      if (this.result.state === "done") {
        this.input.value = "";
        this.dispatchEvent(new Event("changed", { bubbles: true, composed: true }));
      }
    } catch (error) {
      this.error = this.sentence(error);
    } finally {
      this.busy = false;
    }
  }
}
