import { css, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";

import { element } from "../elements/element";
import { style } from "../elements/style";
import { dismissTip, type Overview, type Tip } from "./api";
import { phoneStyle, PortalElement } from "./element";

/** What they could do, with the figures behind it. Fires `changed` when one is not to be shown again. */
@element("csj-portal-tips")
export class CsjPortalTips extends PortalElement {
  static override styles = [
    style,
    phoneStyle,
    css`
      li {
        display: grid;
        gap: 8px;
        border-radius: 8px;
        padding: 12px;
        background: color-mix(in srgb, var(--csj-accent-text) 9%, transparent);
      }
      li + li {
        margin-top: 12px;
      }
      dl {
        grid-template-columns: repeat(auto-fill, minmax(120px, 1fr));
      }
      button {
        justify-self: start;
      }
    `,
  ];

  @property({ attribute: false }) shown!: Overview;

  @state() private busy = false;
  @state() private error = "";

  protected override render() {
    return html`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t("tips.heading")}</h2>
      <ul>
        ${this.shown.tips.map((tip) => this.tip(tip))}
      </ul>
      ${this.error ? html`<p class="critical" role="alert">${this.error}</p>` : nothing}
    </section>`;
  }

  private tip(tip: Tip) {
    return html`<li>
      <p>${tip.text}</p>
      <dl>
        ${tip.figures.map(
          ({ label, value, unit }) => html`<div>
            <dt>${label}</dt>
            <dd class="number">${this.figure(value, unit)}</dd>
          </div>`,
        )}
      </dl>
      <button ?disabled=${this.busy} @click=${() => this.dismiss(tip)}>${this.t("tips.dismiss")}</button>
    </li>`;
  }

  private figure(value: number | string, unit: string | null): string {
    if (typeof value !== "number") return value;
    const { format } = this.portal;
    return unit !== null && /^[A-Z]{3}$/.test(unit) ? format.credit(value, unit) : format.measured(value, unit);
  }

  private async dismiss(tip: Tip): Promise<void> {
    this.busy = true;
    this.error = "";
    try {
      await dismissTip(tip.key);
      this.dispatchEvent(new Event("changed", { bubbles: true, composed: true }));
    } catch (error) {
      this.error = this.sentence(error);
    }
    this.busy = false;
  }
}
