import { describe, expect, it } from "vitest";

import type { WorkOrder } from "../src/api/work_orders";
import { isOverdue, momentOf, sorted, wallClock } from "../src/panel/work_orders/order_list";

function order(number: number, changes: Partial<WorkOrder> = {}): WorkOrder {
  return {
    number,
    name: `WO-${String(number).padStart(4, "0")}`,
    alert_id: null,
    serial: null,
    meter: null,
    summary: "Tighten the terminals",
    description: "",
    open: true,
    created_at: "2026-11-01T08:00:00Z",
    created_by: null,
    due_at: null,
    completed_at: null,
    completed_by: null,
    drill: false,
    ...changes,
  };
}

describe("sorted", () => {
  it("has what is due first, then what is not due by its age, and apart from it what is done, the latest first", () => {
    const { open, completed } = sorted(
      [
        order(5),
        order(4),
        order(3, { due_at: "2026-11-09T08:00:00Z" }),
        order(2, { open: false, completed_at: "2026-11-02T08:00:00Z" }),
        order(1, { open: false, completed_at: "2026-11-03T08:00:00Z" }),
        order(6, { due_at: "2026-11-08T08:00:00Z" }),
      ],
      "",
    );
    expect(open.map(({ number }) => number)).toEqual([6, 3, 4, 5]);
    expect(completed.map(({ number }) => number)).toEqual([1, 2]);
  });

  it("finds by number, words and meter", () => {
    const rows = [order(1, { meter: "Elm Row 1" }), order(12)];
    expect(sorted(rows, "elm TERMINALS").open.map(({ number }) => number)).toEqual([1]);
    expect(sorted(rows, "wo-0012").open.map(({ number }) => number)).toEqual([12]);
  });
});

describe("isOverdue", () => {
  const now = Date.parse("2026-11-02T12:00:00Z");

  it("is what is open after its due time", () => {
    expect(isOverdue(order(1, { due_at: "2026-11-02T11:59:00Z" }), now)).toBe(true);
    expect(isOverdue(order(1, { due_at: "2026-11-02T12:01:00Z" }), now)).toBe(false);
    expect(isOverdue(order(1, { due_at: "2026-11-02T11:59:00Z", open: false }), now)).toBe(false);
    expect(isOverdue(order(1), now)).toBe(false);
  });
});

describe("a due time in a form", () => {
  it("is by the clock of the site, and comes back as it was", () => {
    expect(wallClock("2026-11-02T23:30:00Z", "Asia/Tokyo")).toBe("2026-11-03T08:30");
    expect(momentOf("2026-11-03T08:30", "Asia/Tokyo")).toBe("2026-11-02T23:30:00.000Z");
    expect(momentOf("2026-07-01T00:05", "America/New_York")).toBe("2026-07-01T04:05:00.000Z");
  });

  it("holds on the days on which clocks change", () => {
    // in Berlin clocks go from 2 to 3 on 29 March 2026, and from 3 to 2 on 25 October
    expect(momentOf("2026-03-29T01:30", "Europe/Berlin")).toBe("2026-03-29T00:30:00.000Z");
    expect(momentOf("2026-03-29T03:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z");
    expect(momentOf("2026-10-25T12:00", "Europe/Berlin")).toBe("2026-10-25T11:00:00.000Z");
    expect(wallClock("2026-10-25T01:30:00Z", "Europe/Berlin")).toBe("2026-10-25T02:30");
  });

  it("may be none", () => {
    expect(momentOf("", "Europe/Berlin")).toBeNull();
    expect(wallClock(null, undefined)).toBe("");
  });
});
