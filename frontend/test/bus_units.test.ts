import { describe, expect, it } from "vitest";

import type { BusUnit } from "../src/api/bus";
import { efficiencyWord, lineState, loadWord, ranges, sorted, trouble } from "../src/panel/bus/bus_units";

const NOW = Date.parse("2026-11-02T12:00:00Z");

function unit(unitId: number, changes: Partial<BusUnit> = {}): BusUnit {
  return {
    unit_id: unitId,
    serial: `SN-${unitId}`,
    name: `Meter ${unitId}`,
    requests: 100,
    timeouts: 0,
    garbled: 0,
    stale: 0,
    success_rate: 1,
    round_trip: 0.1,
    last_contact: "2026-11-02T11:59:30Z",
    ...changes,
  };
}

describe("trouble", () => {
  it("is silence from three minutes on, and when there never was an answer", () => {
    expect(trouble(unit(1, { last_contact: "2026-11-02T11:56:59Z" }), NOW)).toBe("silent");
    expect(trouble(unit(1, { last_contact: "2026-11-02T11:57:00Z" }), NOW)).toBe("none");
    expect(trouble(unit(1, { last_contact: null }), NOW)).toBe("silent");
  });

  it("is nothing of a meter that was not asked yet", () => {
    expect(trouble(unit(1, { last_contact: null, requests: 0, success_rate: null }), NOW)).toBe("none");
  });

  it("is lost answers below 95 %", () => {
    expect(trouble(unit(1, { success_rate: 0.95 }), NOW)).toBe("none");
    expect(trouble(unit(1, { success_rate: 0.94 }), NOW)).toBe("losing");
  });
});

describe("sorted", () => {
  it("puts silence first, then those that lose most; the others stay in order", () => {
    const units = [
      unit(1),
      unit(2, { success_rate: 0.9 }),
      unit(3, { success_rate: 0.97 }),
      unit(4, { success_rate: 0.5 }),
      unit(5, { last_contact: null }),
    ];
    expect(sorted(units, NOW).map((one) => one.unit_id)).toEqual([5, 4, 2, 1, 3]);
  });
});

describe("lineState", () => {
  it("tells a line that is down from a bridge that is not set up", () => {
    expect(lineState({ state: "loaded", up: true })).toBe("up");
    expect(lineState({ state: "loaded", up: null })).toBe("up");
    expect(lineState({ state: "loaded", up: false })).toBe("down");
    expect(lineState({ state: "setup_retry", up: null })).toBe("retrying");
    expect(lineState({ state: "setup_error", up: null })).toBe("failed");
    expect(lineState({ state: "not_loaded", up: null })).toBe("off");
    expect(lineState({ state: "a state of a later release", up: null })).toBe("off");
  });
});

describe("words of shares", () => {
  it("change where they say so", () => {
    expect([0, 0.49, 0.5, 0.79, 0.8].map(loadWord)).toEqual(["free", "free", "busy", "busy", "full"]);
    expect([0.8, 0.79, 0.5, 0.49].map(efficiencyWord)).toEqual(["well", "fair", "fair", "poor"]);
  });
});

describe("ranges", () => {
  it("joins neighbours, whatever the order", () => {
    expect(ranges([9, 4, 3, 5])).toBe("3–5, 9");
    expect(ranges([7])).toBe("7");
    expect(ranges([])).toBe("");
  });
});
