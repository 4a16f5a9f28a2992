import { describe, expect, it } from "vitest";

import { between, currents, tip, voltages } from "../../src/panel/meter/phasor";

const even = { voltage_l1: 230, voltage_l2: 230, voltage_l3: 230 };

describe("voltages", () => {
  it("stand at a third of the circle each, L2 behind L1", () => {
    expect(voltages(even, false).map(({ angle }) => angle)).toEqual([0, -120, 120]);
    expect(voltages(even, true).map(({ angle }) => angle)).toEqual([0, 120, -120]);
  });

  it("follow what is measured between them", () => {
    expect(between(230, 230, 230)).toBeCloseTo(60);
    expect(between(3, 4, 5)).toBeCloseTo(90);
    expect(between(230, 230, 1000)).toBe(120);
    expect(between(230, 0, 230)).toBe(120);
  });
});

describe("currents", () => {
  it("lag behind their voltage with an inductive load, and point the other way when power is fed in", () => {
    const values = { ...even, active_power_l1: 100, reactive_power_l1: 100, active_power_l2: -100, reactive_power_l2: 0, current_l2: 2 };
    const [one, two, ...others] = currents(values, voltages(values, false));
    expect(one?.angle).toBeCloseTo(-45);
    expect(two).toMatchObject({ size: 2, angle: -300 });
    expect(others).toEqual([]);
  });
});

describe("tip", () => {
  it("of the voltage of L1 is straight up", () => {
    const [x, y] = tip({ phase: 1, angle: 0, size: 115 }, 230, 100);
    expect([x, y].map(Math.round)).toEqual([0, -50]);
    const [right] = tip({ phase: 2, angle: -90, size: 1 }, 1, 10);
    expect(right).toBeCloseTo(10);
  });

  it("of nothing is in the middle", () => {
    expect(tip({ phase: 1, angle: 0, size: 0 }, 0, 100).map(Math.abs)).toEqual([0, 0]);
  });
});
