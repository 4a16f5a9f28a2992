import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { hasThreshold, KINDS } from "../src/panel/what_if/kinds";
import { asked, compared, difference, inForce, isEmpty, type Limits, type Setting } from "../src/panel/what_if/setting";

const INTEGRATION = join(import.meta.dirname, "../../custom_components/csj_meter");

const EMPTY: Setting = { kind: "leak", place: "site", enabled: "", threshold: "", confirm: "", days: "30" };

function rule(kind: string) {
  return KINDS.find((one) => one.kind === kind)!;
}

describe("KINDS", () => {
  it("are those of detection, with its defaults and bounds", () => {
    const table = readFileSync(join(INTEGRATION, "anomaly/rules.py"), "utf-8");
    const there = table
      .split("    Rule(\n")
      .slice(1)
      .map((text) => {
        const of = (name: string) => new RegExp(`^        ${name}=([^,\n]+),`, "m").exec(text)?.[1];
        return {
          kind: of("kind")?.replace("Kind.", "").toLowerCase(),
          threshold: Number(of("threshold")),
          low: Number(of("low")),
          high: Number(of("high")?.replace("_", "")),
          confirm: Number(of("confirm") ?? 3),
          severity: of("severity")?.replace("Severity.", "").toLowerCase(),
          enabled: of("enabled") !== "False",
        };
      });
    expect(there.length).toBeGreaterThan(20);
    expect(KINDS.map(({ unit: _, ...known }) => known)).toEqual(there);
  });

  it("have the units of the options", () => {
    const text = readFileSync(join(INTEGRATION, "flow/tuning.py"), "utf-8");
    const shares = [.../_IN_SHARES: Final = frozenset\(\n    \{([^}]*)\}/.exec(text)![1]!.matchAll(/Kind\.([A-Z_]+)/g)];
    expect(KINDS.filter(({ unit }) => unit === "×").map(({ kind }) => kind).sort()).toEqual(
      shares.map((match) => match[1]!.toLowerCase()).sort(),
    );
    const units: Record<string, string> = {
      PERCENTAGE: "%",
      "UnitOfElectricCurrent.AMPERE": "A",
      "UnitOfTime.DAYS": "d",
      "UnitOfPower.WATT": "W",
      '"σ"': "σ",
    };
    const others = [...text.matchAll(/^ {8}Kind\.([A-Z_]+): ([^,\n]+),$/gm)];
    expect(others.length).toBeGreaterThan(5);
    for (const [, kind, unit] of others) expect(rule(kind!.toLowerCase()).unit).toBe(units[unit!]);
  });

  it("have no threshold to choose where nothing is between the bounds", () => {
    expect(KINDS.filter((one) => !hasThreshold(one)).map(({ kind }) => kind)).toEqual(["tamper"]);
  });
});

describe("asked", () => {
  it("leaves out what is left empty", () => {
    expect(asked(EMPTY)).toEqual({ command: "what_if", kind: "leak", days: 30 });
    expect(isEmpty(EMPTY)).toBe(true);
  });

  it("names a meter or a circuit, whatever is in its name", () => {
    expect(asked({ ...EMPTY, place: "circuit:North: A", threshold: "1.5", days: "7" })).toEqual({
      command: "what_if",
      kind: "leak",
      days: 7,
      circuit: "North: A",
      threshold: 1.5,
    });
    expect(asked({ ...EMPTY, place: "meter:CSJ1", enabled: "off", confirm: "5" })).toMatchObject({
      serial: "CSJ1",
      enabled: false,
      confirm: 5,
    });
  });
});

describe("inForce", () => {
  const limits: Limits = {
    voltage: { nominal: 230, outage: 23, sag: 179.4, undervoltage: null, swell: 253 },
    frequency: { nominal: 60, low: 59.4, high: 60.6 },
    harmonics: null,
  };

  it("is in the unit of the threshold", () => {
    expect(inForce(rule("voltage_sag"), limits)).toBe(0.78);
    expect(inForce(rule("voltage_swell"), limits)).toBe(1.1);
    expect(inForce(rule("frequency"), limits)).toBe(1);
  });

  it("is nothing where it is not known or not looked for", () => {
    expect(inForce(rule("undervoltage"), limits)).toBeNull();
    expect(inForce(rule("harmonic_distortion"), limits)).toBeNull();
    expect(inForce(rule("leak"), limits)).toBeNull();
    expect(inForce(rule("voltage_sag"), undefined)).toBeNull();
  });
});

describe("compared", () => {
  it("has the severities of either side, and none that both lack", () => {
    const now = { findings: 3, meters: 2, severities: { critical: 3 } };
    const then = { findings: 1, meters: 1, severities: { info: 1 } };
    expect(compared(now, then)).toEqual([
      { name: "findings", now: 3, then: 1 },
      { name: "meters", now: 2, then: 1 },
      { name: "critical", now: 3, then: 0 },
      { name: "info", now: 0, then: 1 },
    ]);
  });

  it("tells a difference by its direction", () => {
    expect(difference(3, 1)).toEqual({ word: "fewer", count: 2 });
    expect(difference(1, 3)).toEqual({ word: "more", count: 2 });
    expect(difference(2, 2)).toEqual({ word: "same", count: 0 });
  });
});
