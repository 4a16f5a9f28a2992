/** Lists whose rows change their places while somebody looks: what a row holds stays with what it is about. */

import { describe, expect, it } from "vitest";

import type { WorkOrder } from "../src/api/work_orders";
import type { App } from "../src/app";
import { CsjDialog } from "../src/elements/csj-dialog";
import { CsjAlertList } from "../src/panel/alerts/csj-alert-list";
import { CsjBusBridge } from "../src/panel/bus/csj-bus-bridge";
import { CsjBusPage } from "../src/panel/csj-bus-page";
import { CsjMetersPage } from "../src/panel/csj-meters-page";
import { CsjWorkOrdersPage } from "../src/panel/csj-work-orders-page";
import { CsjWorkOrder } from "../src/panel/work_orders/csj-work-order";
import { CsjWorkOrderForm } from "../src/panel/work_orders/csj-work-order-form";
import { alert } from "./alert";
import { app, keys, text, within } from "./shown";

function order(number: number, changes: Partial<WorkOrder> = {}): WorkOrder {
  return {
    number,
    name: `WO-${number}`,
    summary: `summary ${number}`,
    description: "",
    due_at: null,
    created_at: "2026-11-02T12:00:00Z",
    created_by: null,
    completed_at: null,
    completed_by: null,
    open: true,
    serial: null,
    meter: null,
    alert_id: null,
    drill: false,
    ...changes,
  } as WorkOrder;
}

describe("lists", () => {
  it("know work orders by their numbers", () => {
    const page = within<{ app: App; rows(orders: WorkOrder[]): unknown }>(new CsjWorkOrdersPage());
    page.app = app();
    expect(keys(page.rows([order(7), order(3)]))).toEqual([[7, 3]]);
  });

  it("know alerts by their ids", () => {
    const list = within<{ render(): unknown; alerts: unknown }>(Object.assign(new CsjAlertList(), { app: app() }));
    list.alerts = [alert({ alert_id: "b" }), alert({ alert_id: "a" })];
    expect(keys(list.render())).toEqual([["b", "a"]]);
  });

  it("know meters by their serial numbers", () => {
    const page = within<{ list(all: unknown[], shown: unknown[]): unknown }>(Object.assign(new CsjMetersPage(), { app: app() }));
    const meter = (serial: string) => ({ serial, name: serial, circuit: null, balance: null, values: {}, alerts: null, health: null, state: "online" });
    const all = [meter("A1"), meter("B2")];
    expect(keys(page.list(all, all))).toContainEqual(["A1", "B2"]);
  });

  it("know bridges by their ids, and meters on a line by their unit ids", () => {
    const page = within<{ bridges: { rows: unknown }; render(): unknown }>(Object.assign(new CsjBusPage(), { app: app() }));
    page.bridges.rows = new Map([["x", { bridge: "x", name: "Z" }], ["y", { bridge: "y", name: "A" }]]);
    expect(keys(page.render())).toEqual([["y", "x"]]);
    const line = within<{ units(row: unknown): unknown; table(row: unknown): unknown }>(Object.assign(new CsjBusBridge(), { app: app() }));
    const unit = (unit_id: number) => ({ unit_id, name: String(unit_id), serial: null, success_rate: 1, requests: 1, timeouts: 0, garbled: 0, stale: 0, round_trip: null, last_contact: null, state: "online" });
    expect(keys(line.table({ units: [unit(2), unit(1)] }))).toEqual([[1, 2]]);
  });
});

describe("an open question", () => {
  it("is about the work order that it was asked of", async () => {
    const called: unknown[] = [];
    const element = within<{ app: App; order: WorkOrder; ask(): void; complete(): Promise<void>; render(): unknown }>(new CsjWorkOrder(), {
      dialog: { show: () => undefined },
      toast: () => undefined,
    });
    element.app = app({ call: async (...call: unknown[]) => void called.push(call) });
    element.order = order(7);
    element.ask();
    element.order = order(3);
    expect(text(element.render())).toContain('work_orders.complete_question {"name":"WO-7"}');
    await element.complete();
    expect(called).toEqual([["work_orders/complete", { number: 7 }]]);
  });

  it("stays in front of the page when its row moves", () => {
    const done: string[] = [];
    const dialog = within<CsjDialog>(new CsjDialog(), {
      hasUpdated: true,
      renderRoot: {},
      dialog: { open: true, removeAttribute: (name: string) => done.push(`remove ${name}`), showModal: () => done.push("show") },
    });
    dialog.connectedCallback();
    expect(done).toEqual(["remove open", "show"]);
  });
});

describe("the form of a new work order", () => {
  it("has no meter to begin with, and knows meters by their serial numbers", async () => {
    const field = () => ({ value: "before", focus: () => undefined });
    const meter = field();
    const form = within<{ app: App; ask(order: WorkOrder | null): Promise<void>; render(): unknown }>(new CsjWorkOrderForm(), {
      updateComplete: Promise.resolve(true),
      dialog: { show: async () => undefined },
      summary: field(),
      description: field(),
      due: field(),
      meter,
    });
    form.app = app({
      hass: { locale: { time_zone: "local" } },
      call: async () => ({ meters: [{ serial: "B2", name: "two" }, { serial: "A1", name: "one" }] }),
    });
    await form.ask(null);
    expect(meter.value).toBe("");
    expect(keys(form.render())).toEqual([["A1", "B2"]]);
  });
});
