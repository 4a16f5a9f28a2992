import { css, html, nothing, type PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { WorkOrder } from "../api/work_orders";
import { AppElement, element } from "../elements/element";
import "../elements/csj-standing";
import { style } from "../elements/style";
import { Repeated } from "../repeated";
import { ListSubscription } from "../subscription";
import { isOverdue, sorted } from "./work_orders/order_list";
import "./work_orders/csj-work-order";
import "./work_orders/csj-work-order-form";
import type { CsjWorkOrderForm } from "./work_orders/csj-work-order-form";

const TICK_SECONDS = 30;

/** What technicians are to do, as it is due, and what they have done lately. */
@element("csj-work-orders-page")
export class CsjWorkOrdersPage extends AppElement {
  static override styles = [
    style,
    css`
      .bar {
        align-items: end;
      }
      .bar .main {
        margin-inline-start: auto;
      }
      .rows {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr));
        gap: 12px;
        align-items: start;
      }
      summary {
        cursor: pointer;
        font-size: 17px;
        font-weight: 500;
        margin-bottom: 12px;
      }
      @media (max-width: 600px) {
        label,
        input[type="search"],
        .bar .main {
          width: 100%;
        }
      }
    `,
  ];

  /** The one that a link leads to; empty for none. */
  @property() number = "";

  @state() private search = "";
  @state() private now = Date.now();
  @query("csj-work-order-form") private form!: CsjWorkOrderForm;

  /** Which one the reader was taken to. */
  private shown = "";
  /** Which one was completed here and has not left its place yet, and the keyboard with it. */
  private leaving: number | null = null;
  protected readonly tick = new Repeated(this, TICK_SECONDS, () => (this.now = Date.now()));
  private readonly orders = new ListSubscription<WorkOrder>(
    this,
    () => ({ command: "work_orders/subscribe" }),
    "work_orders",
    (row) => row.number,
  );

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("number")) this.shown = "";
  }

  protected override updated(): void {
    if (this.leaving !== null && !this.orders.rows.get(this.leaving)?.open) {
      this.leaving = null;
      if ((this.renderRoot as ShadowRoot).activeElement === null) this.renderRoot.querySelector("h2")?.focus();
    }
    if (!this.number || this.shown === this.number) return;
    const card = this.renderRoot.querySelector<HTMLElement>(`[data-number="${CSS.escape(this.number)}"]`);
    if (card === null) return;
    this.shown = this.number;
    card.scrollIntoView({ block: "center" });
    card.focus({ preventScroll: true });
  }

  protected override render() {
    const { standing, error } = this.orders;
    const all = [...this.orders.rows.values()];
    return html`<div class="stack">
      <csj-standing .app=${this.app} .standing=${standing} .error=${error}></csj-standing>
      ${all.length || standing === "live" ? this.list(all) : nothing}
      <csj-work-order-form .app=${this.app}></csj-work-order-form>
    </div>`;
  }

  private list(all: WorkOrder[]) {
    const { open, completed } = sorted(all, this.search);
    const overdue = open.filter((order) => isOverdue(order, this.now)).length;
    const linked = Number(this.number);
    return html`
      <div class="row bar">
        <label
          >${this.t("work_orders.search")}
          <input
            type="search"
            .value=${this.search}
            @input=${(event: Event) => (this.search = (event.target as HTMLInputElement).value)}
        /></label>
        <span class="dim" role="status">${this.t("work_orders.count", { open: open.length, overdue })}</span>
        <button class="main" @click=${() => this.form.ask(null)}>${this.t("work_orders.create")}</button>
      </div>
      ${this.number && !this.orders.rows.has(linked) && !this.orders.loading
        ? html`<csj-notice .app=${this.app} kind="empty" .text=${this.t("work_orders.not_there")}></csj-notice>`
        : nothing}
      <section class="stack">
        <h2 tabindex="-1">${this.t("work_orders.open")}</h2>
        ${open.length
          ? this.rows(open)
          : html`<csj-notice .app=${this.app} kind="empty" .text=${this.nothing_(all)}></csj-notice>`}
      </section>
      ${completed.length
        ? html`<details ?open=${completed.some((order) => order.number === linked)}>
            <summary>${this.t("work_orders.completed", { count: completed.length })}</summary>
            ${this.rows(completed)}
          </details>`
        : nothing}
    `;
  }

  private nothing_(all: WorkOrder[]): string {
    if (this.orders.loading) return this.t("work_orders.loading");
    return this.t(this.search && all.some((order) => order.open) ? "work_orders.none_fits" : "work_orders.none");
  }

  private rows(orders: WorkOrder[]) {
    return html`<div class="rows">
      ${repeat(
        orders,
        ({ number }) => number,
        (order) => html`<csj-work-order
          tabindex="-1"
          data-number=${order.number}
          .app=${this.app}
          .order=${order}
          .now=${this.now}
          ?current=${String(order.number) === this.number}
          @completed=${() => {
            this.leaving = order.number;
            this.requestUpdate();
          }}
          @edit=${() => this.form.ask(order)}
        ></csj-work-order>`,
      )}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-work-orders-page": CsjWorkOrdersPage;
  }
}
