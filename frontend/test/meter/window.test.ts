import { describe, expect, it } from "vitest";

import { clamped, covers, DAY, follows, wanted } from "../../src/panel/meter/window";

const NOW = 1_700_000_000;
const HOUR = 3600;

describe("clamped", () => {
  const OLDEST = NOW - 7000 * DAY;

  it("shows nothing of the future, and keeps the span", () => {
    expect(clamped([NOW, NOW + HOUR], NOW, OLDEST)).toEqual([NOW - HOUR, NOW]);
  });

  it("is neither shorter than five minutes nor longer than ninety days", () => {
    const [start, end] = clamped([NOW - 1000, NOW - 990], NOW, OLDEST);
    expect(end - start).toBe(300);
    const [first, last] = clamped([NOW - 200 * DAY, NOW], NOW, OLDEST);
    expect(last - first).toBe(90 * DAY);
  });

  it("goes back no further than the store", () => {
    const long_ago = [NOW - 3000 * DAY, NOW - 2999 * DAY] as const;
    expect(clamped(long_ago, NOW, OLDEST)).toEqual(long_ago);
    expect(clamped(long_ago, NOW, NOW - 731 * DAY)).toEqual([NOW - 731 * DAY, NOW - 730 * DAY]);
    // of a site that keeps less than is shown at once
    expect(clamped([NOW - 90 * DAY, NOW], NOW, NOW - 62 * DAY)).toEqual([NOW - 90 * DAY, NOW]);
  });
});

describe("follows", () => {
  it("is so while the end is about now", () => {
    expect(follows([NOW - HOUR, NOW - 10], NOW)).toBe(true);
    expect(follows([NOW - HOUR, NOW - 600], NOW)).toBe(false);
  });
});

describe("wanted", () => {
  it("fetches as much again on both sides, up to now", () => {
    expect(wanted([NOW - 5 * HOUR, NOW - 4 * HOUR], NOW)).toEqual({ range: [NOW - 6 * HOUR, NOW - 3 * HOUR], points: 1800 });
    expect(wanted([NOW - HOUR, NOW], NOW)).toEqual({ range: [NOW - 2 * HOUR, NOW], points: 1200 });
  });

  it("never asks for more than ninety days or two thousand points", () => {
    const { range, points } = wanted([NOW - 90 * DAY, NOW], NOW);
    expect([range[1] - range[0], points]).toEqual([90 * DAY, 600]);
    const wide = wanted([NOW - 100 * DAY, NOW - 40 * DAY], NOW);
    expect(wide.range[1] - wide.range[0]).toBe(90 * DAY);
  });
});

describe("covers", () => {
  const fetched = { range: [NOW - 6 * HOUR, NOW - 3 * HOUR] as const, step: 60, finest: false };

  it("is so while there is something left on both sides", () => {
    expect(covers(fetched, [NOW - 5 * HOUR, NOW - 4 * HOUR], NOW, null)).toBe(true);
    expect(covers(fetched, [NOW - 5.8 * HOUR, NOW - 4.8 * HOUR], NOW, null)).toBe(false);
    expect(covers(fetched, [NOW - 4.1 * HOUR, NOW - 3.1 * HOUR], NOW, null)).toBe(false);
  });

  it("is not so when buckets are too long for what is shown", () => {
    const coarse = { range: [NOW - 30 * DAY, NOW] as const, step: HOUR, finest: false };
    expect(covers(coarse, [NOW - 20 * DAY, NOW - 5 * DAY], NOW, null)).toBe(true);
    expect(covers(coarse, [NOW - 7 * DAY, NOW - 6 * DAY], NOW, null)).toBe(false);
  });

  it("does not ask again for what there is not, until it is zoomed in", () => {
    const hours = { range: [NOW - 2 * DAY, NOW] as const, step: HOUR, finest: true };
    expect(covers(hours, [NOW - DAY, NOW], NOW, null)).toBe(true);
    expect(covers(hours, [NOW - DAY, NOW - 20 * HOUR], NOW, null)).toBe(false);
  });

  it("needs nothing more while single values go on where it ends", () => {
    const old = { range: [NOW - 2 * HOUR, NOW - 600] as const, step: 60, finest: false };
    expect(covers(old, [NOW - HOUR, NOW], NOW, NOW - 590)).toBe(true);
    expect(covers(old, [NOW - HOUR, NOW], NOW, NOW - 300)).toBe(false);
    expect(covers(old, [NOW - HOUR, NOW], NOW, null)).toBe(false);
  });
});
