import { css, html, nothing } from "lit";
import { property, query } from "lit/decorators.js";

import { element } from "../elements/element";
import { style } from "../elements/style";
import { tokenOf } from "./api";
import { phoneStyle, PortalElement } from "./element";

/** A field for the link, for a phone that does not have it yet. Fires `entered` with the token. */
@element("csj-portal-entry")
export class CsjPortalEntry extends PortalElement {
  static override styles = [
    style,
    phoneStyle,
    css`
      :host {
        padding-top: max(24px, env(safe-area-inset-top));
      }
      h1 {
        font-size: 24px;
        font-weight: 600;
      }
    `,
  ];

  @property() error = "";
  @query("input") private input!: HTMLInputElement;

  protected override render() {
    return html`<div class="card stack">
      <h1>${this.t("entry.heading")}</h1>
      <p>${this.t("entry.lead")}</p>
      ${this.error ? html`<p class="critical" role="alert">${this.error}</p>` : nothing}
      <form class="stack" @submit=${this.submit}>
        <label>
          ${this.t("entry.field")}
          <input type="url" required autocomplete="off" autocapitalize="off" spellcheck="false" inputmode="url" />
        </label>
        <button class="main">${this.t("entry.open")}</button>
      </form>
    </div>`;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const token = tokenOf(this.input.value);
    this.input.value = "";
    if (token) this.dispatchEvent(new CustomEvent("entered", { detail: token }));
    else this.error = this.t("entry.refused");
  }
}
