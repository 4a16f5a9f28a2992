import { css, html, nothing } from "lit";
import { property } from "lit/decorators.js";

import type { ApiError } from "../api/session";
import type { Standing } from "../subscription";
import { AppElement, element } from "./element";
import "./csj-notice";
import { style } from "./style";

/** How a subscription stands, where that is worth a word: nothing while it is live. */
@element("csj-standing")
export class CsjStanding extends AppElement {
  // it takes no place, and no gap of a grid, while there is nothing to say
  static override styles = [
    style,
    css`
      :host {
        display: contents;
      }
    `,
  ];

  @property({ attribute: false }) standing: Standing = "waiting";
  @property({ attribute: false }) error: ApiError | null = null;

  protected override render() {
    if (this.standing === "live") return nothing;
    if (this.standing === "refused" && this.error !== null) return this.notice("error", this.app.sentence(this.error));
    if (this.standing === "lost") return this.notice("lost");
    return this.notice("wait", this.error === null ? "" : this.app.sentence(this.error));
  }

  private notice(kind: "wait" | "error" | "lost", text = "") {
    return html`<csj-notice .app=${this.app} .kind=${kind} .text=${text}></csj-notice>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-standing": CsjStanding;
  }
}
