import { describe, expect, it } from "vitest";

import { extent, moved, nearest, part, summary } from "../src/elements/curves";

describe("moved", () => {
  it("pans by a part of what is shown", () => {
    expect(moved([100, 200], 0.5)).toEqual([150, 250]);
  });

  it("zooms around the place of the pointer, which stays where it is", () => {
    expect(moved([100, 200], 0, 0.5, 0.2)).toEqual([110, 160]);
    expect(moved([100, 200], 0, 2, 0)).toEqual([100, 300]);
  });
});

describe("nearest", () => {
  it("finds the nearest time, also beyond both ends", () => {
    expect([0, 14, 16, 99].map((at) => nearest([10, 20, 30], at))).toEqual([0, 0, 1, 2]);
    expect(nearest([], 5)).toBe(-1);
  });
});

describe("summary", () => {
  it("leaves gaps out", () => {
    expect(summary([1, null, 3])).toEqual({ low: 1, high: 3, mean: 2 });
    expect(summary([null])).toBeNull();
    expect(summary([9, 1, 3, 9], 1, 2)).toEqual({ low: 1, high: 3, mean: 2 });
  });
});

describe("part", () => {
  it("is what a range shows of the times", () => {
    expect(part([10, 20, 30, 40], [19, 31])).toEqual([1, 2]);
    expect(part([10, 20], null)).toEqual([0, 1]);
    expect(part([], [1, 2])).toEqual([0, -1]);
  });
});

describe("extent", () => {
  it("passes over gaps, and is infinite without values", () => {
    expect(extent([9, 1, null, 3, 9], 1, 3)).toEqual([1, 3]);
    expect(extent([], 0, -1)).toEqual([Infinity, -Infinity]);
  });
});
