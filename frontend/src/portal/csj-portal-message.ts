import { html, nothing } from "lit";
import { query, state } from "lit/decorators.js";

import { element } from "../elements/element";
import { message } from "./api";
import { PortalElement } from "./element";

const LONGEST = 1000;

/** A message to the landlord. */
@element("csj-portal-message")
export class CsjPortalMessage extends PortalElement {
  @state() private busy = false;
  @state() private sent = false;
  @state() private error = "";
  @query("textarea") private field!: HTMLTextAreaElement;

  protected override render() {
    return html`<section class="card" aria-labelledby="heading">
      <form class="stack" @submit=${this.submit}>
        <h2 id="heading">${this.t("message.heading")}</h2>
        <label>
          ${this.t("message.field")}
          <textarea rows="4" maxlength=${LONGEST} aria-describedby="hint"></textarea>
        </label>
        <p id="hint" class="small dim">${this.t("message.hint", { count: LONGEST })}</p>
        <button class="main" ?disabled=${this.busy}>${this.t("message.send")}</button>
        <div role="status">
          ${this.error ? html`<p class="critical">${this.error}</p>` : nothing}
          ${this.sent ? html`<p class="good">${this.t("message.done")}</p>` : nothing}
        </div>
      </form>
    </section>`;
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const text = this.field.value.trim();
    this.sent = false;
    this.error = text ? "" : this.t("message.empty");
    if (!text) return;
    this.busy = true;
    try {
      await message(text);
      this.field.value = "";
      this.sent = true;
    } catch (error) {
      this.error = this.sentence(error);
    } finally {
      this.busy = false;
    }
  }
}
