import { describe, expect, it } from "vitest";

import type { CommandRow } from "../../src/api/meter";
import { exportPath } from "../../src/downloads";
import { consequence, grouped, named } from "../../src/panel/meter/command_rows";
import { diagnosticsPath, exports } from "../../src/panel/meter/downloads";
import { bars, ceiling } from "../../src/panel/meter/harmonics";

const restart: CommandRow = { name: "restart", kind: "press", permission: "command", allowed: true };
const supply: CommandRow = { name: "supply", kind: "switch", permission: "switch_supply", allowed: true, value: true };
const number = { kind: "number", min: 0, max: 9, step: 1, unit: "s", value: 1, allowed: true } as const;

describe("commands", () => {
  it("are offered to those who may give them", () => {
    const rows: CommandRow[] = [
      restart,
      { ...supply, allowed: false },
      { name: "reporting_interval", permission: "command", ...number },
      { name: "price_t1", permission: "set_prices", ...number },
    ];
    const names = Object.fromEntries(Object.entries(grouped(rows)).map(([group, of]) => [group, of.map(({ name }: CommandRow) => name)]));
    expect(names).toEqual({ presses: ["restart"], settings: ["reporting_interval"], supply: [], prices: ["price_t1"] });
  });

  it("ask first where something happens to people", () => {
    expect(consequence(supply, false)).toBe("supply_off");
    expect(consequence(supply, true)).toBe("supply_on");
    expect(consequence({ ...supply, name: "relay_mode" }, "forced_open")).toBe("relay_forced_open");
    expect(consequence(restart, undefined)).toBe("restart");
    expect(consequence({ ...restart, name: "take_sample" }, undefined)).toBeNull();
    expect(consequence({ name: "price_t1", permission: "set_prices", ...number }, 1)).toBe("money");
  });

  it("know the tariff of a price", () => {
    expect(named("price_t3")).toEqual({ key: "price", tariff: "3" });
    expect(named("restart")).toEqual({ key: "restart", tariff: "" });
  });
});

describe("downloads", () => {
  it("say meter, time and resolution as the address wants them", () => {
    const path = exportPath("A B", { days: 1, resolution: "minute" }, Date.parse("2026-11-02T12:00:00Z") / 1000);
    expect(path).toBe(
      "/api/csj_meter/export.csv?since=2026-11-01T12%3A00%3A00Z&until=2026-11-02T12%3A00%3A00Z&meters=A+B&resolution=minute",
    );
    expect(diagnosticsPath("bridge", "device")).toBe("/api/diagnostics/config_entry/bridge/device/device");
  });

  it("are by the hour for those who see no minutes", () => {
    expect(exports(false).map(({ resolution }) => resolution)).toEqual(["hour", "hour", "hour"]);
  });
});

describe("bars", () => {
  const values = { voltage_harmonics_l1: [0.1, 6], voltage_harmonics_l2: [0.2, null] };

  it("begin with the second harmonic, and say which are above their limit", () => {
    const found = bars(values, "voltage", 3, { "3": 5 });
    expect(found).toEqual([
      { order: 2, values: [0.1, 0.2], limit: null, over: false },
      { order: 3, values: [6, null], limit: 5, over: true },
    ]);
    expect(ceiling(found)).toBe(6);
  });

  it("are none without harmonics", () => {
    expect(bars({}, "current", 3, null)).toEqual([]);
    expect(ceiling([])).toBe(1);
  });
});
