import { css, html, nothing, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";

import { element } from "../elements/element";
import { style } from "../elements/style";
import { FINE, URGENT } from "../credit_days";
import { LOST, newKey, type Overview, Refusal, type TopUp, topUp } from "./api";
import { phoneStyle, PortalElement } from "./element";
import { type Entry, keep, pending, settle } from "./pending";

const MOST_DAYS = 90;

/** Refusals that say nothing of what was sent before. */
const UNTOLD = ["not_now", "too_many_guesses"];

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
  @state() private code = "";

  /** What is under way or not certain. */
  private entry: Entry | null = null;
  /** Whether it may have reached the meter. */
  private doubt = false;

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("shown") as Overview | undefined;
    if (!changed.has("shown") || before?.serial === this.shown.serial) return;
    // a page that was loaded anew goes on where the one before was
    this.entry = pending(this.shown.serial);
    this.doubt = this.entry !== null;
    this.kind = this.entry?.kind ?? "voucher";
    this.code = this.entry?.code ?? "";
    this.result = this.doubt ? { state: "uncertain" } : null;
    this.error = "";
  }

  protected override render() {
    return html`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t("credit.heading")}</h2>
      ${this.balance()} ${this.form()}
    </section>`;
  }

  private balance() {
    const credit = this.shown.credit;
    if (credit === null) return html`<p class="warning">${this.t("credit.away")}</p>`;
    if (credit.balance === null) return html`<p class="dim">${this.t("credit.none")}</p>`;
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
    const waits = this.result?.state === "uncertain";
    const away = this.shown.can_top_up ? nothing : html`<p class="dim">${this.t("top_up.not_possible")}</p>`;
    // what was sent stays in sight, and so does the button that asks for it
    if (away !== nothing && !this.busy && !this.doubt) return away;
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
          .value=${this.code}
          @input=${(event: Event) => (this.code = (event.target as HTMLInputElement).value)}
        />
      </label>
      <button class="main" ?disabled=${this.busy || away !== nothing}>
        ${this.busy ? this.t("top_up.sending") : this.t(waits ? "top_up.ask" : "top_up.send")}
      </button>
      <div role="status">${this.outcome()} ${this.busy ? nothing : away}</div>
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
    const code = this.code.trim();
    if (this.busy || !this.shown.can_top_up || !code) return;
    // after a lost answer the same entry keeps its key: the server knows what has become of it
    if (this.entry === null || this.entry.code !== code || this.entry.kind !== this.kind) {
      this.entry = { kind: this.kind, code, key: newKey() };
      this.doubt = false;
    }
    const { serial } = this.shown;
    keep(serial, this.entry);
    this.busy = true;
    this.error = "";
    this.result = null;
    try {
      const result = await topUp(this.entry.kind, this.entry.code, this.entry.key);
      const untold = this.doubt && result.state === "refused" && UNTOLD.includes(result.word);
      this.doubt = untold || result.state === "uncertain";
      this.result = untold ? { state: "uncertain" } : result;
      if (!this.doubt) this.entry = null;
      if (result.state === "done") {
        this.code = "";
        this.dispatchEvent(new Event("changed", { bubbles: true, composed: true }));
      }
    } catch (error) {
      this.error = this.sentence(error);
      this.doubt ||= !(error instanceof Refusal) || error.status === LOST || error.status >= 500;
    } finally {
      this.busy = false;
      if (!this.doubt) settle(serial);
    }
  }
}
