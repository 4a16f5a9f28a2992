import { describe, expect, it } from "vitest";

import type { AlertState } from "../src/api/alerts";
import { answers, EVERYTHING, filtered, meterCount, orderNumber, ordered, spoken } from "../src/panel/alerts/alert_list";
import { CsjAlertEvidence } from "../src/panel/alerts/csj-alert-evidence";
import { figureNow } from "../src/panel/alerts/words";
import { alert } from "./alert";
import { app, text } from "./shown";

const ids = (alerts: { alert_id: string }[]) => alerts.map(({ alert_id }) => alert_id);

describe("ordered", () => {
  it("puts the worst first, then what waits for somebody, then the oldest", () => {
    const rows = [
      alert({ alert_id: "info", severity: "info", since: "2026-11-01T00:00:00Z" }),
      alert({ alert_id: "younger", since: "2026-11-02T12:30:00Z" }),
      alert({ alert_id: "seen to", state: "acknowledged", since: "2026-11-02T11:00:00Z" }),
      alert({ alert_id: "older", since: "2026-11-02T12:00:00Z" }),
      alert({ alert_id: "escalated", state: "escalated", since: "2026-11-02T12:40:00Z" }),
      alert({ alert_id: "warning", severity: "warning", since: "2026-11-01T00:00:00Z" }),
    ];
    expect(ids(ordered(rows))).toEqual(["escalated", "older", "younger", "seen to", "warning", "info"]);
  });
});

describe("spoken", () => {
  it("leaves members to the alert of their circuit, unless that one is not seen", () => {
    const rows = [
      alert({ alert_id: "circuit", serial: null }),
      alert({ alert_id: "member", area_alert_id: "circuit" }),
      alert({ alert_id: "alone", area_alert_id: "of somebody else" }),
    ];
    expect(ids(spoken(rows))).toEqual(["circuit", "alone"]);
  });
});

describe("filtered", () => {
  const rows = [
    alert({ alert_id: "a", name: "Elm 1", circuit: "North", severity: "warning", kind: "leak" }),
    alert({ alert_id: "b", name: "Elm 2", circuit: "South", state: "shelved" }),
    alert({ alert_id: "c", serial: null, circuit: "Mill", members: [{ alert_id: "m", serial: "S9", name: "Mill 9" }] }),
    alert({ alert_id: "d", name: "Oak", drill: true }),
  ];

  it("finds a meter by its name, its circuit and its serial number, also as a member", () => {
    expect(ids(filtered(rows, { ...EVERYTHING, where: "NORTH elm" }))).toEqual(["a"]);
    expect(ids(filtered(rows, { ...EVERYTHING, where: "s9" }))).toEqual(["c"]);
  });

  it("holds severity, kind, what was done about it, and drills apart", () => {
    expect(ids(filtered(rows, { ...EVERYTHING, severity: "warning" }))).toEqual(["a"]);
    expect(ids(filtered(rows, { ...EVERYTHING, kind: "leak" }))).toEqual(["a"]);
    expect(ids(filtered(rows, { ...EVERYTHING, handling: "put_aside" }))).toEqual(["b"]);
    expect(ids(filtered(rows, { ...EVERYTHING, drills: false }))).toEqual(["a", "b", "c"]);
    expect(filtered(rows, EVERYTHING)).toHaveLength(4);
  });
});

describe("meterCount", () => {
  it("counts a meter with trouble on three phases once", () => {
    const member = (alert_id: string, serial: string) => ({ alert_id, serial, name: serial });
    expect(meterCount(alert({ members: [member("1", "A"), member("2", "A"), member("3", "B")] }))).toBe(2);
  });
});

describe("answers", () => {
  const now = Date.parse("2026-11-02T13:00:00Z");
  const possible = (state: AlertState, changes = {}) => [...answers(alert({ state, ...changes }), now)].sort();

  it("offers nothing for what is only suspected", () => {
    expect(possible("suspected")).toEqual([]);
  });

  it("does not offer what was answered already", () => {
    expect(possible("confirmed")).toEqual(["acknowledge", "false_alarm", "shelve", "work_order"]);
    expect(possible("acknowledged", { work_order: "WO-0001" })).toEqual(["false_alarm", "shelve"]);
    expect(possible("false_alarm")).toEqual(["acknowledge", "shelve", "work_order"]);
  });

  it("takes a false alarm until a day after the end, once, and only of what people were told of", () => {
    const cleared_at = "2026-11-01T14:00:00Z";
    expect(possible("cleared", { cleared_at })).toEqual(["false_alarm"]);
    expect(possible("cleared", { cleared_at, false_alarm_by: "Ada" })).toEqual([]);
    expect(possible("cleared", { cleared_at, confirmed_at: null })).toEqual([]);
    expect(possible("cleared", { cleared_at: "2026-11-01T12:00:00Z" })).toEqual([]);
  });
});

describe("orderNumber", () => {
  it("is what the address of a work order has", () => {
    expect(orderNumber("WO-0042")).toBe("42");
    expect(orderNumber("none")).toBeNull();
  });
});

describe("what a silent meter has measured last", () => {
  const silent = alert({ kind: "meter_silent", quantity: "active_power", unit: "W", value: 447, phase: null });

  it("does not stand in the list as if it were so now", () => {
    expect(figureNow(app(), silent)).toBe("");
    expect(figureNow(app(), alert())).toBe("171.4");
  });

  it("is called so in its evidence", () => {
    const shown = Object.assign(new CsjAlertEvidence(), { app: app(), now: Date.parse("2026-11-02T12:10:00Z") });
    const figures = (of: typeof silent) => text((Object.assign(shown, { alert: of }) as unknown as { render(): unknown }).render());
    expect(figures(silent)).toContain("alerts.measured_last");
    expect(figures(alert())).not.toContain("alerts.measured_last");
  });
});
