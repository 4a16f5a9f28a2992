import { describe, expect, it } from "vitest";

import type { EventRow } from "../../src/api/meter";
import { marks, within } from "../../src/panel/meter/marks";

function event(id: string, minute: number, changes: Partial<EventRow>): EventRow {
  const at = `2026-11-02T12:${String(minute).padStart(2, "0")}:00+00:00`;
  return { id, at, until: null, source: "command", kind: "done", serial: "x", by: null, text: id, ...changes };
}

const NOON = Date.parse("2026-11-02T12:00:00Z") / 1000;

describe("marks", () => {
  it("makes one of all steps of an alert, from its beginning to its end, with its last step", () => {
    const alert = { source: "alert", alert_id: "a", severity: "critical" } as const;
    const found = marks([
      event("4", 9, { ...alert, kind: "cleared" }),
      event("3", 5, { ...alert, kind: "acknowledged" }),
      event("2", 3, { ...alert, kind: "confirmed" }),
      event("1", 2, { ...alert, kind: "raised" }),
    ]);
    expect(found).toEqual([{ id: "a", at: NOON + 120, until: NOON + 540, kind: "critical", label: "4" }]);
  });

  it("takes the end that an event tells itself", () => {
    const [mark] = marks([event("c", 1, { source: "contact", kind: "no_contact", until: "2026-11-02T12:04:00+00:00" })]);
    expect(mark).toMatchObject({ at: NOON + 60, until: NOON + 240, kind: "info" });
  });

  it("are in the order of time", () => {
    expect(marks([event("b", 2, {}), event("a", 1, {})]).map(({ id }) => id)).toEqual(["a", "b"]);
  });
});

describe("within", () => {
  it("has what reaches into a range", () => {
    const all = marks([
      event("before", 1, {}),
      event("lasts", 2, { until: "2026-11-02T12:20:00+00:00" }),
      event("in", 12, {}),
      event("after", 30, {}),
    ]);
    expect(within(all, [NOON + 600, NOON + 900]).map(({ id }) => id)).toEqual(["lasts", "in"]);
  });
});
