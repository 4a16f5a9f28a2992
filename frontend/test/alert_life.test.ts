import { describe, expect, it } from "vitest";

import { lasted, steps, without } from "../src/panel/alerts/life";
import { alert } from "./alert";

const kinds = (found: { kind: string }[]) => found.map(({ kind }) => kind);

describe("steps", () => {
  it("come in the order in which they happened, an acknowledgement after an escalation or before it", () => {
    const times = { escalated_at: "2026-11-02T12:12:05Z", acknowledged_at: "2026-11-02T12:05:00Z", acknowledged_by: "Ada" };
    expect(kinds(steps(alert(times), []))).toEqual(["began", "raised", "confirmed", "acknowledged", "escalated"]);
  });

  it("say who has repaired it in place of that it was normal again, also where the log says both", () => {
    const over = alert({ state: "cleared", cleared_at: "2026-11-02T13:00:00Z", repaired_by: "Bob" });
    const told = [
      { alert_id: over.alert_id, kind: "cleared", at: "2026-11-02T13:00:00Z", by: null },
      { alert_id: over.alert_id, kind: "repaired", at: "2026-11-02T12:59:00Z", by: null },
    ];
    expect(steps(over, told).at(-1)).toEqual({ kind: "repaired", at: "2026-11-02T12:59:00Z", by: "Bob" });
    expect(kinds(steps(over, told))).not.toContain("cleared");
  });

  it("take from the log what the alert itself does not know, and nothing of other alerts", () => {
    const judged = alert({ state: "false_alarm", false_alarm_by: "Bob" });
    expect(steps(judged, []).at(-1)).toEqual({ kind: "false_alarm", at: null, by: "Bob" });
    const told = [
      { alert_id: judged.alert_id, kind: "false_alarm", at: "2026-11-02T12:20:00Z", by: null },
      { alert_id: judged.alert_id, kind: "escalated", at: "2026-11-02T12:10:00Z", by: null },
      { alert_id: "another", kind: "escalated", at: "2026-11-02T12:15:00Z", by: null },
    ];
    expect(steps(judged, told).slice(-2)).toEqual([
      { kind: "escalated", at: "2026-11-02T12:10:00Z", by: null },
      { kind: "false_alarm", at: "2026-11-02T12:20:00Z", by: "Bob" },
    ]);
  });
});

describe("lasted", () => {
  it("goes on until it is over", () => {
    const now = Date.parse("2026-11-02T12:10:00Z");
    expect(lasted(alert(), now)).toBe(600);
    expect(lasted(alert({ cleared_at: "2026-11-02T12:04:00Z" }), now)).toBe(240);
    expect(lasted(alert({ since: "2026-11-02T12:11:00Z" }), now)).toBe(0);
  });
});

describe("without", () => {
  it("leaves out what is said elsewhere, wherever it stands", () => {
    const text = "171.4 V at phase 1. Only this meter. Call somebody. Meters: A, B.";
    expect(without(text, ["Only this meter.", "Call somebody."], "Meters: ")).toBe("171.4 V at phase 1.");
  });

  it("never leaves nothing, and does not mind other languages", () => {
    expect(without("Only this meter.", ["Only this meter."])).toBe("Only this meter.");
    expect(without("Nur dieser Zähler.", ["Only this meter."], "Meters: ")).toBe("Nur dieser Zähler.");
  });
});
