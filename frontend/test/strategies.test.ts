import { describe, expect, it } from "vitest";

import type { DashboardMeter, Entities, Told } from "../src/api/dashboard";
import type { Permission } from "../src/api/session";
import type { Card, Dashboard, Section } from "../src/strategies/built_in";
import { dashboard, meterSection, pathOf } from "../src/strategies/dashboard";

const say = (key: string, values: Record<string, string | number> = {}) => [key, ...Object.values(values)].join(" ");
const NOTHING: ReadonlySet<string> = new Set();

function entities(name: string, changes: Entities = {}): Entities {
  const sensor = (key: string) => `sensor.${name}_${key}`;
  const keys = ["active_power", "power_factor", "voltage_l1", "energy_import", "energy_import_t1", "energy_import_t2", "energy_export", "active_tariff", "alert_state"];
  return {
    sensor: Object.fromEntries(keys.map((key) => [key, sensor(key)])),
    binary_sensor: { voltage_problem: `binary_sensor.${name}_voltage_problem`, load_problem: `binary_sensor.${name}_load_problem`, supply: `binary_sensor.${name}_supply` },
    event: { alert: `event.${name}_alert` },
    ...changes,
  };
}

function meter(serial: string, changes: Partial<DashboardMeter> = {}): DashboardMeter {
  return {
    serial,
    name: `Home ${serial}`,
    device_id: `device-${serial}`,
    circuit: null,
    phases: 1,
    tariffs: 1,
    prepay: true,
    solar: false,
    entities: entities(serial.toLowerCase()),
    ...changes,
  };
}

function told(role: string, permissions: Permission[], meters: DashboardMeter[], site: Entities = {}): Told {
  return { role, permissions: Object.fromEntries(permissions.map((one) => [one, "site"])), loading: false, meters, site };
}

const OWNER: Permission[] = ["see_meters", "see_alerts", "see_money", "see_diagnostics", "configure", "work_orders"];
const TENANT: Permission[] = ["see_meters", "see_alerts", "see_money"];
const SITE: Entities = { sensor: { alert_state: "sensor.site" }, todo: { work_orders: "todo.work" }, event: { alert: "event.site" } };

function built(what: Told, energy: ReadonlySet<string> = NOTHING): Dashboard {
  return dashboard(what, energy, "/power", say);
}

function cards(what: Dashboard | Section[], view?: string): Card[] {
  const sections = Array.isArray(what) ? what : what.views.filter(({ path }) => view === undefined || path === view).flatMap((one) => one.sections);
  return sections.flatMap((section) => section.cards);
}

const types = (some: Card[]) => some.map(({ type }) => type);
const of = (some: Card[], type: string) => some.filter((card) => card.type === type);

describe("the dashboard of a tenant", () => {
  const shown = built(told("tenant", TENANT, [meter("A1")]));

  it("is one view of their meter", () => {
    expect(shown.views.map(({ path, title }) => [path, title])).toEqual([["meter-a1", "Home A1"]]);
    expect(types(cards(shown))).toMatchInlineSnapshot(`
      [
        "heading",
        "alert",
        "alert",
        "markdown",
        "tile",
        "custom:csj-credit-card",
        "heading",
        "custom:csj-usage-card",
        "heading",
        "tile",
        "tile",
        "heading",
        "statistics-graph",
        "statistics-graph",
        "heading",
        "logbook",
      ]
    `);
  });

  it("chooses the meter as a device", () => {
    expect(of(cards(shown), "custom:csj-credit-card")[0]?.device_id).toBe("device-A1");
  });

  it("shows what is wrong while it is so, and says that all is quiet otherwise", () => {
    const [alert] = of(cards(shown), "alert");
    expect(alert?.visibility).toEqual([{ condition: "state", entity: alert?.entity, state: "on" }]);
    const [quiet] = of(cards(shown), "markdown");
    expect(quiet?.visibility).toEqual([
      { condition: "state", entity: "binary_sensor.a1_voltage_problem", state_not: "on" },
      { condition: "state", entity: "binary_sensor.a1_load_problem", state_not: "on" },
    ]);
  });
});

describe("a meter", () => {
  const only = (changes: Partial<DashboardMeter>, permissions = TENANT) => cards(built(told("tenant", permissions, [meter("A1", changes)])));

  it("without credit has no card for it", () => {
    expect(of(only({ prepay: false }), "custom:csj-credit-card")).toEqual([]);
    expect(of(only({}, ["see_meters"]), "custom:csj-credit-card")).toEqual([]);
  });

  it("of three phases shows each of them", () => {
    const phases = Object.fromEntries([1, 2, 3].flatMap((phase) => [[`voltage_l${phase}`, `sensor.v${phase}`], [`active_power_l${phase}`, `sensor.p${phase}`]]));
    const shown = only({ phases: 3, entities: { sensor: { active_power: "sensor.p", power_factor: "sensor.pf", ...phases } } });
    expect(of(shown, "tile").map(({ entity }) => entity)).toEqual(["sensor.p", "sensor.p1", "sensor.p2", "sensor.p3", "sensor.v1", "sensor.v2", "sensor.v3", "sensor.pf"]);
    expect(of(shown, "statistics-graph")[0]).toMatchObject({
      entities: [1, 2, 3].map((phase) => ({ entity: `sensor.v${phase}`, name: `L${phase}` })),
      stat_types: ["mean"],
    });
    // a phase that somebody has disabled leaves the others their names
    const { voltage_l1: _disabled, ...others } = phases;
    expect(of(only({ phases: 3, entities: { sensor: others } }), "statistics-graph")[0]?.entities).toEqual([2, 3].map((phase) => ({ entity: `sensor.v${phase}`, name: `L${phase}` })));
  });

  it("with the sun shows what it feeds in", () => {
    const fedIn = (some: Card[]) => of(some, "statistics-graph").filter(({ title }) => title === "cards.dashboard.fed_in");
    expect(fedIn(only({ solar: true }))[0]?.entities).toEqual(["sensor.a1_energy_export"]);
    expect(fedIn(only({}))).toEqual([]);
  });

  it("tells tariffs apart while that can be seen", () => {
    const byTariff = (some: Card[]) => of(some, "statistics-graph").filter(({ title }) => title === "cards.dashboard.by_tariff");
    expect(byTariff(only({ tariffs: 2 }))).toMatchObject([
      {
        entities: [1, 2].map((tariff) => ({ entity: `sensor.a1_energy_import_t${tariff}`, name: `cards.dashboard.tariff ${tariff}` })),
        chart_type: "bar-stack",
      },
    ]);
    expect(byTariff(only({ tariffs: 1 }))).toEqual([]);
    const eight = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`energy_import_t${at + 1}`, `sensor.t${at}`]));
    expect(byTariff(only({ tariffs: 8, entities: { sensor: eight } }))).toEqual([]);
  });

  it("without entities leaves no empty section", () => {
    const shown = built(told("support", ["see_meters"], [meter("A1", { device_id: null, entities: {} })]));
    expect(shown.views[0]?.sections.every((section) => section.cards.some(({ type }) => type !== "heading"))).toBe(true);
    expect(JSON.stringify(shown)).not.toContain("null");
  });

  it("shows those who see to it how well it answers", () => {
    const withRate = { entities: { sensor: { success_rate: "sensor.rate" } } };
    expect(of(only(withRate, OWNER), "gauge")[0]?.entity).toBe("sensor.rate");
    expect(of(only(withRate, TENANT), "gauge")).toEqual([]);
  });
});

describe("several meters", () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => meter(`M${at + 1}`));

  it("have an overview and a view each", () => {
    const shown = built(told("owner", OWNER, many(3), SITE));
    expect(shown.views.map(({ path }) => path)).toEqual(["overview", "meter-m1", "meter-m2", "meter-m3"]);
    expect(types(cards(shown, "overview"))).toEqual(
      expect.arrayContaining(["alert", "markdown", "custom:csj-tenants-card", "tile", "statistics-graph", "logbook", "todo-list"]),
    );
    const [first] = of(cards(shown, "overview"), "tile");
    expect(first?.tap_action).toEqual({ action: "navigate", navigation_path: "/power/meter-m1" });
  });

  it("tell on the overview what happened to each of them, and to whole circuits", () => {
    const shown = built(told("owner", OWNER, many(2), SITE));
    expect(of(cards(shown, "overview"), "logbook")[0]?.target).toEqual({ entity_id: ["event.site", "event.m1_alert", "event.m2_alert"] });
  });

  it("are reached from the overview when there are many", () => {
    const shown = built(told("landlord", ["see_meters", "see_alerts", "see_money"], many(10), {}));
    expect(shown.views.filter(({ subview }) => subview)).toHaveLength(10);
    const wrong = of(cards(shown, "overview"), "tile").filter(({ visibility }) => visibility !== undefined);
    expect(wrong).toHaveLength(10);
    expect(of(cards(shown, "overview"), "logbook")[0]?.target).toEqual({ entity_id: many(10).map(({ entities: own }) => own.event?.alert) });
  });

  it("stand in the order in which people count", () => {
    const shown = built(told("owner", OWNER, [meter("M10"), meter("M2"), meter("M1")]));
    expect(shown.views.slice(1).map(({ title }) => title)).toEqual(["Home M1", "Home M2", "Home M10"]);
  });

  it("show no credit to those who only keep them running", () => {
    const shown = built(told("technician", ["see_meters", "see_alerts", "see_diagnostics", "work_orders"], many(3), SITE));
    expect(types(cards(shown)).filter((type) => /credit|tenants/.test(type))).toEqual([]);
    expect(types(cards(shown))).toContain("todo-list");
  });

  it("that are hundreds make a dashboard all the same", () => {
    const shown = built(told("owner", OWNER, many(300), SITE));
    expect(new Set(shown.views.map(({ path }) => path)).size).toBe(301);
    expect(of(cards(shown, "overview"), "statistics-graph")).toEqual([]);
    expect(cards(shown, "overview").every(({ features }) => features === undefined)).toBe(true);
  });
});

describe("no meters", () => {
  it.each([
    ["owner", OWNER, "cards.dashboard.add_a_bridge"],
    ["tenant", TENANT, "cards.dashboard.not_yours"],
    ["support", ["see_meters"], "cards.dashboard.no_meters"],
  ] as const)("are said to a %s in words", (role, permissions, text) => {
    const shown = built(told(role, [...permissions], []));
    expect(shown.views).toHaveLength(1);
    expect(of(cards(shown), "markdown")[0]?.content).toBe(text);
    expect(of(cards(shown), "button")).toHaveLength(role === "owner" ? 1 : 0);
  });
});

describe("the Energy dashboard", () => {
  it("has a view of its own when it counts one of the meters", () => {
    const two = told("owner", OWNER, [meter("A1"), meter("A2")]);
    expect(built(two, new Set(["sensor.a2_energy_import"])).views.at(-1)?.path).toBe("energy");
    expect(built(two, new Set(["sensor.solar"])).views.map(({ path }) => path)).not.toContain("energy");
  });
});

describe("a section", () => {
  const two = told("owner", OWNER, [meter("A1"), meter("A2")]);

  it("is about the meter that was chosen, or the first one", () => {
    expect(of(meterSection(two, "device-A2", say).cards, "custom:csj-usage-card")[0]?.device_id).toBe("device-A2");
    expect(of(meterSection(two, undefined, say).cards, "custom:csj-usage-card")[0]?.device_id).toBe("device-A1");
  });

  it("says when there is none", () => {
    expect(meterSection(two, "device-gone", say).cards).toEqual([expect.objectContaining({ type: "markdown", content: "cards.missing.gone" })]);
    expect(meterSection(told("owner", OWNER, []), undefined, say).cards[0]?.content).toBe("cards.dashboard.no_meters");
  });
});

it("addresses of views are addresses", () => {
  expect(pathOf({ serial: "CSJ 68/2421.001 ß" })).toMatch(/^[a-z0-9-]+$/);
});
