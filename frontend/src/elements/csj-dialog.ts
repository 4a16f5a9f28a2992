import { css, html } from "lit";
import { property, query, state } from "lit/decorators.js";

import { AppElement, element } from "./element";
import { style } from "./style";

/**
 * A question before something is done. The slot has the fields; `work` does it and may fail: the dialogue then stays,
 * with the sentence of the error.
 */
@element("csj-dialog")
export class CsjDialog extends AppElement {
  static override styles = [
    style,
    css`
      dialog {
        width: min(480px, calc(100vw - 32px));
        color: inherit;
        background: var(--csj-surface);
        border: 1px solid var(--csj-line);
        border-radius: var(--csj-radius);
        padding: 20px;
        overflow-wrap: anywhere;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 50%);
      }
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 8px;
      }
    `,
  ];

  @property() heading = "";
  @property() action = "";
  @property({ type: Boolean }) danger = false;
  @property({ attribute: false }) work: () => Promise<unknown> = async () => undefined;

  @state() private busy = false;
  @state() private error = "";
  @query("dialog") private dialog!: HTMLDialogElement;

  private turn = 0;

  /** What moves to another place on the page is not in front of it any more, and would not be asked properly. */
  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.hasUpdated || !this.dialog.open) return;
    this.dialog.removeAttribute("open");
    this.dialog.showModal();
  }

  /** Ask. */
  async show(): Promise<void> {
    this.error = "";
    await this.updateComplete;
    if (!this.dialog.open) this.dialog.showModal();
  }

  close(): void {
    this.dialog.close();
  }

  /** It is about something else from now on: what is under way goes on, but says nothing here any more. */
  forget(): void {
    this.turn += 1;
    this.busy = false;
    this.error = "";
    this.close();
  }

  protected override render() {
    return html`<dialog aria-labelledby="heading" @close=${() => this.dispatchEvent(new Event("closed"))}>
      <form method="dialog" @submit=${this.submit}>
        <h2 id="heading">${this.heading}</h2>
        <slot></slot>
        ${this.error ? html`<p class="critical" role="alert">${this.error}</p>` : ""}
        <footer>
          <button type="button" @click=${this.close}>${this.t("dialog.cancel")}</button>
          <button class=${this.danger ? "danger" : "main"} ?disabled=${this.busy}>
            ${this.busy ? this.t("dialog.busy") : this.action}
          </button>
        </footer>
      </form>
    </dialog>`;
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const { turn } = this;
    this.busy = true;
    this.error = "";
    try {
      await this.work();
      if (turn === this.turn) this.close();
    } catch (error) {
      if (turn === this.turn) this.error = this.app.sentence(error);
    } finally {
      if (turn === this.turn) this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-dialog": CsjDialog;
  }
}
