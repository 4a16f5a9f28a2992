import { css, html, nothing } from "lit";
import { query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { MeterRow } from "../../api/meters";
import { LONGEST_DESCRIPTION, LONGEST_SUMMARY, type WorkOrder } from "../../api/work_orders";
import type { CsjDialog } from "../../elements/csj-dialog";
import "../../elements/csj-dialog";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { momentOf, wallClock } from "./order_list";

/** A work order to write down, or to write otherwise. */
@element("csj-work-order-form")
export class CsjWorkOrderForm extends AppElement {
  static override styles = [
    style,
    css`
      .fields {
        display: grid;
        gap: 12px;
      }
      textarea {
        min-height: 110px;
        resize: vertical;
      }
    `,
  ];

  /** Null for a new one. */
  @state() private order: WorkOrder | null = null;
  @state() private meters: readonly MeterRow[] = [];
  @query("csj-dialog") private dialog!: CsjDialog;
  @query("#summary") private summary!: HTMLInputElement;
  @query("#description") private description!: HTMLTextAreaElement;
  @query("#due") private due!: HTMLInputElement;
  @query("#meter") private meter!: HTMLSelectElement | null;

  /** Ask for the words of one; null for a new one. */
  async ask(order: WorkOrder | null): Promise<void> {
    this.order = order;
    await this.updateComplete;
    this.summary.value = order?.summary ?? "";
    this.description.value = order?.description ?? "";
    if (this.meter !== null) this.meter.value = "";
    this.due.value = wallClock(order?.due_at ?? null, this.zone);
    await this.dialog.show();
    this.summary.focus();
    if (order !== null) return;
    const found = await this.attempt(() => this.app.call<{ meters: MeterRow[] }>("meters/list"));
    if (found !== undefined)
      this.meters = found.meters.sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }));
  }

  protected override render() {
    const { order } = this;
    return html`<csj-dialog
      .app=${this.app}
      .heading=${order === null ? this.t("work_orders.create") : this.t("work_orders.edit_one", { name: order.name })}
      .action=${this.t(order === null ? "work_orders.create" : "work_orders.save")}
      .work=${() => this.save()}
    >
      <div class="fields">
        <label
          >${this.t("work_orders.summary")}
          <input id="summary" required maxlength=${LONGEST_SUMMARY} autocomplete="off"
        /></label>
        <label
          >${this.t("work_orders.description")}
          <textarea id="description" maxlength=${LONGEST_DESCRIPTION}></textarea>
        </label>
        ${order === null
          ? html`<label
              >${this.t("work_orders.meter")}
              <select id="meter">
                <option value="">${this.t("work_orders.no_meter")}</option>
                ${repeat(
                  this.meters,
                  ({ serial }) => serial,
                  ({ serial, name }) => html`<option .value=${serial}>${name} · ${serial}</option>`,
                )}
              </select></label
            >`
          : nothing}
        <label
          >${this.t("work_orders.due")}
          <input id="due" type="datetime-local" />
          ${this.zone === undefined ? nothing : html`<span>${this.t("work_orders.zone", { zone: this.zone })}</span>`}
        </label>
      </div>
    </csj-dialog>`;
  }

  private get zone(): string | undefined {
    return this.app.hass.locale.time_zone === "server" ? this.app.info.time_zone : undefined;
  }

  private async save(): Promise<void> {
    const { order } = this;
    const summary = this.summary.value.trim();
    if (!summary) {
      this.summary.focus();
      throw new Error(this.t("work_orders.needs_summary"));
    }
    // half a time is none to the browser, and must not pass for "no due time"
    if (this.due.validity.badInput) throw new Error(this.t("work_orders.half_due"));
    const words = { summary, description: this.description.value, due: momentOf(this.due.value, this.zone) };
    if (order === null) {
      const serial = this.meter?.value;
      const { work_order } = await this.app.call<{ work_order: WorkOrder }>("work_orders/create", {
        ...words,
        ...(serial ? { serial } : {}),
      });
      this.toast(this.t("work_orders.is_open", { name: work_order.name }));
    } else {
      await this.app.call("work_orders/update", { number: order.number, ...words });
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-work-order-form": CsjWorkOrderForm;
  }
}
