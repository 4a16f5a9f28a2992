import { describe, expect, it } from "vitest";

import type { Evidence } from "../src/api/alerts";
import { band, extent, filled, limits, mark, measured, path, phaseOf, worst } from "../src/panel/alerts/evidence_curves";
import { alert } from "./alert";

const start = "2026-11-02T11:30:00+00:00";
const first = Date.parse(start) / 1000;

function evidence(mean: (number | null)[], changes: Partial<Evidence> = {}): Evidence {
  const series = { unit: "V", mean, min: mean, max: mean };
  return {
    alert: alert(),
    serial: "CSJ682421001",
    quantity: "voltage_l1",
    samples: { start, step: 60, resolution: "minute", series: { voltage_l1: series } },
    band: null,
    witnesses: [],
    ...changes,
  };
}

describe("measured", () => {
  it("ends with the last value: the minute that is not over has none, a gap before it stays one", () => {
    const found = measured(evidence([230, null, 171, null]));
    expect(found?.times).toEqual([first, first + 60, first + 120]);
    expect(found?.series.mean).toEqual([230, null, 171]);
    expect(found?.series.max).toHaveLength(3);
  });

  it("is nothing where nothing is kept, or there was no sample", () => {
    expect(measured(evidence([null, null]))).toBeNull();
    expect(measured(evidence([230], { samples: null }))).toBeNull();
    expect(measured(evidence([230], { quantity: "status" }))).toBeNull();
  });
});

describe("band", () => {
  const hour = (at: string, expected: number) => ({ start: at, expected, low: expected - 1, high: expected + 1, days: 9 });

  it("gives each moment what is usual in its hour, and nothing in an hour of which nobody knows", () => {
    const shown = evidence([1], { band: [hour("2026-11-02T11:00:00+00:00", 5), hour("2026-11-02T12:00:00+00:00", 7)] });
    const found = band(shown, [first, first + 1740, first + 1800, first + 5400]);
    expect(found?.expected).toEqual([5, 5, 7, null]);
    expect(found?.low).toEqual([4, 4, 6, null]);
    expect(found?.high).toEqual([6, 6, 8, null]);
    expect(band(evidence([1]), [first])).toBeNull();
  });
});

describe("mark", () => {
  it("goes to what was measured last while it lasts, and to the end of what is over", () => {
    const at = [first, first + 3600];
    expect(mark(alert(), at, "")).toMatchObject({ at: first + 1800, until: first + 3600, kind: "critical" });
    expect(mark(alert({ cleared_at: "2026-11-02T12:10:00Z" }), at, "").until).toBe(first + 2400);
    expect(mark(alert(), [first], "").until).toBe(first + 1800);
  });
});

describe("limits", () => {
  it("are those that there are", () => {
    expect(limits(alert({ low: 0, high: null }))).toEqual([0]);
    expect(limits(alert({ low: 207, high: 253 }))).toEqual([207, 253]);
  });
});

describe("worst", () => {
  it("is beyond the limit, between the beginning and the end", () => {
    const at = [1500, 1800, 1860, 1920].map((after) => first + after);
    const found = { times: at, series: { unit: "V", mean: [], min: [100, 175, 171, 90], max: [260, 180, 190, 300] } };
    const cleared_at = "2026-11-02T12:01:30Z";
    expect(worst(alert({ cleared_at }), found)).toBe(171);
    expect(worst(alert(), found)).toBe(90);
    expect(worst(alert({ low: null, high: 185, cleared_at }), found)).toBe(190);
    expect(worst(alert({ low: 1, high: 2 }), found)).toBeNull();
    expect(worst(alert({ since: "2026-11-03T12:00:00Z" }), found)).toBeNull();
  });
});

describe("path", () => {
  it("leaves gaps, and shows a value that stands alone", () => {
    expect(path([0, 10, null, 5], [0, 10], 30, 20)).toBe("M0.0 20.0h.1L10.0 0.0M30.0 10.0h.1");
    expect(path([3, 3], [3, 3], 10, 20)).toBe("M0.0 20.0h.1L10.0 20.0");
  });
});

describe("the rest", () => {
  it("knows phases, extents and how much is filled", () => {
    expect([phaseOf("voltage_l2"), phaseOf("voltage_unbalance"), phaseOf("voltage_l1_l2")]).toEqual([2, null, null]);
    expect(extent([[1, null], [7]])).toEqual([1, 7]);
    expect(extent([[null], []])).toBeNull();
    expect(filled([[1, null, null], [1, 2, null]])).toBe(2);
    expect(filled([])).toBe(0);
  });
});
