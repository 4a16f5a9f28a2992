import { css, html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";

import type { WorkOrder } from "../../api/work_orders";
import type { CsjDialog } from "../../elements/csj-dialog";
import "../../elements/csj-dialog";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { follow } from "../../home_assistant";
import { person } from "../alerts/words";
import { address } from "../address";
import { isOverdue } from "./order_list";

/** One work order, and what may be done with it. Fires `edit` when somebody wants to change its words, `completed` when it is. */
@element("csj-work-order")
export class CsjWorkOrder extends AppElement {
  static override styles = [
    style,
    css`
      :host {
        border-radius: var(--csj-radius);
      }
      :host([current]) .card {
        border-color: var(--csj-accent-text);
        box-shadow: 0 0 0 1px var(--csj-accent-text);
      }
      .card {
        display: grid;
        gap: 8px;
      }
      .links {
        gap: 4px 20px;
      }
      h3 {
        font-size: 16px;
        overflow-wrap: anywhere;
      }
      .description {
        white-space: pre-line;
        overflow-wrap: anywhere;
        max-height: 12em;
        overflow-y: auto;
      }
    `,
  ];

  @property({ attribute: false }) order!: WorkOrder;
  @property({ attribute: false }) now = 0;

  @state() private busy = false;
  /** The one that is asked about: it stays the same for as long as the question is open. */
  @state() private asked: WorkOrder | null = null;
  @query("csj-dialog") private dialog!: CsjDialog;

  protected override render() {
    const { order } = this;
    const { format } = this.app;
    const overdue = isOverdue(order, this.now);
    const asked = this.asked ?? order;
    return html`<article class="card">
      <div class="row">
        <span class="dim number">${order.name}</span>
        ${overdue ? html`<span class="chip dot critical">${this.t("work_orders.overdue")}</span>` : nothing}
        ${order.open ? nothing : html`<span class="chip dot good">${this.t("work_orders.done")}</span>`}
        ${order.drill ? html`<span class="chip neutral">${this.app.word("messages.drill")}</span>` : nothing}
      </div>
      <h3>${order.summary}</h3>
      ${order.description
        ? html`<p class="description" tabindex="0" role="group" aria-label=${this.t("work_orders.description")}>${order.description}</p>`
        : nothing}
      <p class="small">
        ${order.due_at === null
          ? html`<span class="dim">${this.t("work_orders.no_due")}</span>`
          : html`<span class=${overdue ? "critical" : ""}
              >${this.t("work_orders.due_at", { at: format.dateTime(order.due_at), ago: format.ago(order.due_at, this.now) })}</span
            >`}
        <br /><span class="dim"
          >${order.created_by === null
            ? this.t("work_orders.opened_by_itself", { at: format.dateTime(order.created_at) })
            : this.t("work_orders.opened", { at: format.dateTime(order.created_at), by: person(this.app, order.created_by) })}</span
        >
        ${order.completed_at === null
          ? nothing
          : html`<br /><span class="dim"
                >${this.t("work_orders.completed_at", {
                  at: format.dateTime(order.completed_at),
                  by: person(this.app, order.completed_by),
                })}</span
              >`}
      </p>
      <div class="row links">
        ${order.serial === null ? nothing : this.link("meters", order.serial, order.meter ?? order.serial)}
        ${order.alert_id === null ? nothing : this.link("alerts", order.alert_id, this.t("work_orders.alert"))}
      </div>
      <div class="row">
        ${order.open
          ? html`<button class="main" @click=${this.ask}>${this.t("work_orders.complete")}</button>
              <button @click=${() => this.dispatchEvent(new Event("edit"))}>${this.t("work_orders.edit")}</button>`
          : html`<button ?disabled=${this.busy} @click=${this.reopen}>
              ${this.busy ? this.t("dialog.busy") : this.t("work_orders.reopen")}
            </button>`}
      </div>
    </article>
    <csj-dialog
      .app=${this.app}
      .heading=${this.t("work_orders.complete_question", { name: asked.name })}
      .action=${this.t("work_orders.complete")}
      .work=${() => this.complete()}
    >
      <p>${asked.summary}</p>
      <p class="dim">${this.t(asked.alert_id === null ? "work_orders.complete_text" : "work_orders.complete_repairs")}</p>
    </csj-dialog>`;
  }

  private link(page: string, rest: string, text: string) {
    const path = address(page, rest);
    return html`<a href=${path} @click=${(event: MouseEvent) => follow(event, path)}>${text}</a>`;
  }

  private ask(): void {
    this.asked = this.order;
    void this.dialog.show();
  }

  private async complete(): Promise<void> {
    const { name, number } = this.asked ?? this.order;
    await this.app.call("work_orders/complete", { number });
    this.dispatchEvent(new Event("completed"));
    this.toast(this.t("work_orders.is_done", { name }));
  }

  private async reopen(): Promise<void> {
    const { name, number } = this.order;
    this.busy = true;
    await this.attempt(() => this.app.call("work_orders/reopen", { number }), this.t("work_orders.is_open", { name }));
    this.busy = false;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-work-order": CsjWorkOrder;
  }
}
