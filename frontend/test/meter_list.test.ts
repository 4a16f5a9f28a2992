import { describe, expect, it } from "vitest";

import type { MeterRow } from "../src/api/meters";
import { filtered, voltage } from "../src/panel/meter_list";

function row(name: string, changes: Partial<MeterRow> = {}): MeterRow {
  return {
    serial: `SN-${name}`,
    name,
    circuit: null,
    device_id: null,
    bridge: "b",
    bridge_name: "Cellar",
    manufacturer: null,
    model: "DDSY100",
    phases: 1,
    state: "online",
    values: {},
    measured_at: null,
    last_contact: null,
    balance: null,
    health: null,
    alerts: null,
    ...changes,
  };
}

const all = { search: "", circuit: "", state: "" } as const;
const alert = (severity: "critical" | "info") => ({ active: 1, severity, alert_ids: ["a"], titles: ["t"] });

describe("filtered", () => {
  it("puts what is wrong first, and counts in names as people do", () => {
    const rows = [
      row("Elm 10"),
      row("Elm 2"),
      row("Quiet", { state: "silent" }),
      row("Odd", { alerts: alert("info") }),
      row("Burning", { alerts: alert("critical") }),
    ];
    expect(filtered(rows, all).map(({ name }) => name)).toEqual(["Burning", "Quiet", "Odd", "Elm 2", "Elm 10"]);
  });

  it("finds words in any order in name, serial number, model and circuit", () => {
    const rows = [row("Elm 1", { circuit: "North" }), row("Elm 2", { circuit: "South" })];
    expect(filtered(rows, { ...all, search: "south ELM" }).map(({ name }) => name)).toEqual(["Elm 2"]);
    expect(filtered(rows, { ...all, circuit: "North" }).map(({ name }) => name)).toEqual(["Elm 1"]);
  });

  it("shows those that are not heard, without those that are to be silent", () => {
    const rows = [row("A", { state: "silent" }), row("B", { state: "disabled" }), row("C")];
    expect(filtered(rows, { ...all, state: "away" }).map(({ name }) => name)).toEqual(["A"]);
  });
});

describe("voltage", () => {
  it("is that of the lowest phase", () => {
    expect(voltage(row("x", { values: { voltage_l1: 230, voltage_l2: 171, voltage_l3: null } }))).toBe(171);
    expect(voltage(row("x"))).toBeNull();
  });
});
