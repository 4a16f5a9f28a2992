import { expect, it } from "vitest";

import { labelled, ofTheMonth, shares } from "../../src/portal/bars";

it("bars are as high as their share of the highest", () => {
  expect(shares([1, 4, 2])).toEqual([0.25, 1, 0.5]);
});

it("little is still seen, nothing is no bar, and what is not known is told apart", () => {
  expect(shares([0.001, 0, null, 10])).toEqual([0.02, 0, null, 1]);
  expect(shares([0, 0])).toEqual([0, 0]);
  expect(shares([null])).toEqual([null]);
  expect(shares([])).toEqual([]);
});

it("there are no more words than fit", () => {
  expect(labelled(24, 8).filter(Boolean)).toHaveLength(8);
  expect(labelled(7, 16).every(Boolean)).toBe(true);
  expect(labelled(31, 16).filter(Boolean).length).toBeLessThanOrEqual(16);
});

it("the month is that of the last day", () => {
  const days = ["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02"].map((day) => ({ day }));
  expect(ofTheMonth(days).map((one) => one.day)).toEqual(["2026-11-01", "2026-11-02"]);
  expect(ofTheMonth([])).toEqual([]);
});
