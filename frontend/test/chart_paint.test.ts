import { describe, expect, it } from "vitest";

import { axisNumbers, axisTimes, decimals, padded } from "../src/elements/chart_paint";
import { Format } from "../src/format";

const format = new Format({ language: "en", number_format: "language", time_format: "24", time_zone: "server" }, "UTC", "EUR");

describe("axisNumbers", () => {
  it("tells neighbours apart, with one unit for all", () => {
    expect(axisNumbers(format, [231, 231.5, 232], 0.5, "V")).toEqual(["231.0 V", "231.5 V", "232.0 V"]);
    expect(axisNumbers(format, [0, 500, 1000], 500, "W")).toEqual(["0.0 kW", "0.5 kW", "1.0 kW"]);
    expect(axisNumbers(format, [1000, 2000], 1000, "kWh")).toEqual(["1,000 kWh", "2,000 kWh"]);
    expect(axisNumbers(format, [0.99, 1], 0.01, null)).toEqual(["0.99", "1.00"]);
  });
});

describe("decimals", () => {
  it("are as many as the step has", () => {
    expect([5, 2.5, 0.1, 0.25, 0.30000000000000004].map(decimals)).toEqual([0, 1, 1, 2, 1]);
  });
});

describe("padded", () => {
  it("shows limits, and zero where that is near", () => {
    expect(padded(1, 9, [])).toEqual([0, 9 + 8 * 0.08]);
    const [bottom, top] = padded(229, 231, [{ value: 207 }, { value: 253 }]);
    expect(bottom < 207 && bottom > 200 && top > 253).toBe(true);
  });
});

describe("axisTimes", () => {
  it("says no more than the span leaves open", () => {
    const at = Date.parse("2026-11-02T12:05:00Z") / 1000;
    expect(axisTimes(format, [at], 300)[0]).toMatch(/^\d\d:05:00$/);
    expect(axisTimes(format, [at], 3600)[0]).toMatch(/^\d\d:05$/);
    expect(axisTimes(format, [at], 90 * 86400)[0]).toMatch(/Nov/);
  });
});
