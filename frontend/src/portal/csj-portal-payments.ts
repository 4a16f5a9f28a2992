import { css, html } from "lit";
import { property } from "lit/decorators.js";

import { element } from "../elements/element";
import { style } from "../elements/style";
import type { Overview } from "./api";
import { phoneStyle, PortalElement } from "./element";

/** The last top-ups, and what has become of each. */
@element("csj-portal-payments")
export class CsjPortalPayments extends PortalElement {
  static override styles = [
    style,
    phoneStyle,
    css`
      li {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 12px;
        padding: 8px 0;
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
    const { payments } = this.shown;
    const { format } = this.portal;
    return html`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t("payments.heading")}</h2>
      ${payments.length === 0
        ? html`<p class="dim">${this.t("payments.none")}</p>`
        : html`<ul>
            ${payments.map(
              (one) => html`<li>
                <span>${format.dateTime(one.at)}</span>
                <b class="number">
                  ${one.amount === null ? this.t("payments.amount_unknown") : format.credit(one.amount, one.unit)}
                </b>
                <span class="small dim">${this.t(`payments.${one.state}`)}</span>
              </li>`,
            )}
          </ul>`}
    </section>`;
  }
}
