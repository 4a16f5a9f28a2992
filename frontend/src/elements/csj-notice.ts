import { html } from "lit";
import { property } from "lit/decorators.js";

import { AppElement, element } from "./element";

/** What is to be read in place of content, or above it: waiting, an error, or nothing there. */
@element("csj-notice")
export class CsjNotice extends AppElement {
  @property() kind: "wait" | "error" | "empty" | "lost" = "wait";
  @property() text = "";

  protected override render() {
    const live = this.kind === "error" ? "alert" : "status";
    return html`<div class="card" role=${live}>
      <p class=${this.kind === "error" ? "critical" : "dim"}>${this.text || this.t(`notice.${this.kind}`)}</p>
      <slot></slot>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-notice": CsjNotice;
  }
}
