import { describe, expect, it } from "vitest";

import type { History } from "../../src/api/meters";
import { appended, MOST_POINTS, type Point, traces } from "../../src/panel/meter/traces";

const START = 1_700_000_000 - (1_700_000_000 % 3600);

function history(step: number, mean: (number | null)[]): History {
  const series = { power: { unit: "W", mean, min: mean.map((value) => value && value - 1), max: mean.map((value) => value && value + 1) } };
  return { serial: "x", start: new Date(START * 1000).toISOString(), step, resolution: "minute", series };
}

function point(after: number, power: number | null): Point {
  return { at: START + after, values: { power } };
}

describe("appended", () => {
  const live = (after: number, power: number) => ({
    at: new Date((START + after) * 1000).toISOString(),
    values: { power },
    error: null,
  });

  it("takes each measurement once", () => {
    const one = appended([], live(1, 5));
    expect(one).toEqual([point(1, 5)]);
    expect(appended(one, live(1, 5))).toBe(one);
    expect(appended(one, null)).toBe(one);
  });

  it("begins anew after a while without any, which the store knows about", () => {
    expect(appended([point(0, 1)], live(121, 5))).toEqual([point(121, 5)]);
    expect(appended([point(0, 1)], live(119, 5)).length).toBe(2);
  });

  it("drops the oldest ones", () => {
    let points: readonly Point[] = Array.from({ length: MOST_POINTS }, (_, index) => point(index, 1));
    points = appended(points, live(MOST_POINTS, 2));
    expect(points.length).toBe(MOST_POINTS);
    expect([points[0]?.at, points.at(-1)?.values.power]).toEqual([START + 1, 2]);
  });
});

describe("traces", () => {
  it("has the minutes of the store up to the first single value, and then those", () => {
    const found = traces(history(60, [10, 11, 12]), START + 180, ["power"], [point(100, 20), point(102, 21)], 10);
    expect(found.times).toEqual([START + 30, START + 90, START + 100, START + 102]);
    expect(found.columns.power).toEqual({ mean: [10, 11, 20, 21], low: [9, 10, 20, 21], high: [11, 12, 20, 21] });
  });

  it("leaves out minutes of just now that are not stored yet, but not gaps", () => {
    const found = traces(history(60, [10, null, 12, null, null]), START + 300, ["power"], [point(200, 20)], 10);
    expect(found.columns.power?.mean).toEqual([10, null, 12, 20]);
  });

  it("breaks the curve where nothing was measured", () => {
    const found = traces(null, START, ["power"], [point(0, 1), point(2, 2), point(300, 3)], 10);
    expect(found.columns.power?.mean).toEqual([1, 2, null, 3]);
    expect(found.times).toEqual([START, START + 2, START + 3, START + 300]);
  });

  it("puts single values together where buckets are long, and ends with what is now", () => {
    const found = traces(history(3600, [10, 20]), START + 3650, ["power"], [point(3700, 1), point(3800, 9), point(3900, 4)], 10);
    expect(found.times).toEqual([START + 1800, START + 3650, START + 3900]);
    expect(found.columns.power).toEqual({ mean: [10, 20, 4], low: [9, 19, 1], high: [11, 21, 9] });
  });

  it("has a column for what nobody has measured", () => {
    const found = traces(history(60, [10]), START + 60, ["power", "voltage"], [], 10);
    expect(found.columns.voltage?.mean).toEqual([null]);
  });
});
