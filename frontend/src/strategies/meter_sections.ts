/** What a dashboard shows of one meter, by what it can and by what may be seen of it. */

import type { DashboardMeter, Entities, Told } from "../api/dashboard";
import { alert, type Card, daily, heading, hourly, logbook, markdown, none, type Say, type Section, type Series, section, tile, trend } from "./built_in";

/** Key of a problem sensor -> how bad it looks. */
const PROBLEMS = {
  voltage_problem: "red",
  current_problem: "red",
  balance_problem: "amber",
  load_problem: "amber",
  communication_problem: "amber",
  credit_very_low: "red",
  credit_low: "amber",
  cover_opened: "red",
} as const;

export const WEEK = 7;
export const MONTH = 30;
/** Hours of the log. */
const LOG = 72;
/** More tariffs than that are not told apart in one picture. */
const MOST_TARIFFS = 4;

export function sensor(entities: Entities, key: string): string | undefined {
  return entities.sensor?.[key];
}

/** Those that are there of what is numbered as phases or tariffs are. */
export function numbered({ entities }: DashboardMeter, stem: string, count: number): { entity: string; number: number }[] {
  return Array.from({ length: count }, (_, at) => ({ entity: sensor(entities, `${stem}${at + 1}`), number: at + 1 })).filter(
    (one): one is { entity: string; number: number } => one.entity !== undefined,
  );
}

/** A bar or curve with a name that is short beside the others. */
export function series(entity: string | undefined, name: string): Series | undefined {
  return entity === undefined ? undefined : { entity, name };
}

/** Whether there is credit, and the user may see money: where that is some meters, it is those they see. */
export function hasCredit({ prepay }: DashboardMeter, { permissions }: Pick<Told, "permissions">): boolean {
  return prepay && "see_money" in permissions;
}

/** What is wrong, as long as it is; with words as long as nothing is. */
export function alerts({ entities }: DashboardMeter, say: Say): Card[] {
  const found = Object.entries(PROBLEMS)
    .map(([key, color]) => [entities.binary_sensor?.[key], color] as const)
    .filter((pair): pair is readonly [string, "red" | "amber"] => pair[0] !== undefined);
  if (!found.length) return [];
  return [
    ...found.map(([entity, color]) => alert(entity, color)),
    markdown(say("cards.dashboard.quiet"), { visibility: none(found.map(([entity]) => entity), "on") }),
  ];
}

/** The meter in a few cards: what somebody's own dashboard gets. */
export function summary(meter: DashboardMeter, told: Pick<Told, "permissions">, say: Say, more: Record<string, unknown> = {}): Card[] {
  const { entities, device_id: device } = meter;
  const supply = entities.binary_sensor?.supply;
  const state = sensor(entities, "alert_state");
  return [
    heading(meter.name, "mdi:meter-electric-outline", {
      ...(state === undefined ? {} : { badges: [{ type: "entity", entity: state, show_state: true, show_icon: true, color: "state" }] }),
      ...more,
    }),
    ...alerts(meter, say),
    supply === undefined ? null : tile(supply, { color: "red", visibility: [{ condition: "state", entity: supply, state: "off" }] }),
    hasCredit(meter, told) && device !== null ? { type: "custom:csj-credit-card", device_id: device, name: say("cards.tenants.title") } : null,
  ].filter((card) => card !== null);
}

export function usage({ device_id: device }: DashboardMeter, say: Say): Card | null {
  return device === null ? null : { type: "custom:csj-usage-card", device_id: device, name: say("cards.dashboard.today") };
}

/** All of one meter. */
export function meterSections(meter: DashboardMeter, told: Pick<Told, "permissions">, say: Say): Section[] {
  const { entities, phases, tariffs, solar } = meter;
  const at = (key: string) => sensor(entities, key);
  const voltages = numbered(meter, "voltage_l", phases);
  const ofTariffs = numbered(meter, "energy_import_t", tariffs);
  const expert = "see_diagnostics" in told.permissions;
  return [
    ...section(summary(meter, told, say)),
    ...section([heading(say("cards.dashboard.usage"), "mdi:chart-bell-curve"), usage(meter, say)]),
    ...section([
      heading(say("cards.dashboard.now"), "mdi:flash"),
      trend(at("active_power")),
      ...(phases > 1 ? numbered(meter, "active_power_l", phases).map(({ entity }) => tile(entity)) : []),
      ...voltages.map(({ entity }) => tile(entity)),
      phases > 1 || expert ? tile(at("power_factor")) : null,
      tariffs > 1 ? tile(at("active_tariff")) : null,
      tariffs > 1 && "see_money" in told.permissions ? tile(at("energy_price")) : null,
      solar ? tile(at("energy_export"), { icon: "mdi:solar-power" }) : null,
    ]),
    ...section([
      heading(say("cards.dashboard.history"), "mdi:chart-bar"),
      daily(say("cards.dashboard.by_day"), [at("energy_import")], MONTH),
      ofTariffs.length > 1 && ofTariffs.length <= MOST_TARIFFS ? daily(say("cards.dashboard.by_tariff"), ofTariffs.map(({ entity, number }) => series(entity, say("cards.dashboard.tariff", { number }))), MONTH) : null,
      solar ? daily(say("cards.dashboard.fed_in"), [at("energy_export")], MONTH) : null,
      hourly(say("cards.dashboard.voltage"), voltages.map(({ entity, number }) => (phases > 1 ? { entity, name: `L${number}` } : entity)), WEEK),
    ]),
    ...(expert ? section(diagnostics(meter, say)) : []),
    ...section([heading(say("cards.dashboard.happened"), "mdi:history"), logbook([entities.event?.alert, entities.event?.meter_log, entities.binary_sensor?.supply], LOG)]),
  ];
}

function diagnostics({ entities, serial }: DashboardMeter, say: Say): (Card | null)[] {
  const rate = sensor(entities, "success_rate");
  return [
    heading(say("cards.dashboard.health"), "mdi:stethoscope", {
      tap_action: { action: "navigate", navigation_path: `/csj-meter/meters/${encodeURIComponent(serial)}` },
    }),
    rate === undefined
      ? null
      : { type: "gauge", entity: rate, min: 0, max: 100, needle: false, severity: { red: 0, yellow: 90, green: 98 } },
    tile(sensor(entities, "last_contact")),
    tile(sensor(entities, "round_trip")),
    tile(sensor(entities, "key_state")),
    tile(sensor(entities, "temperature")),
  ];
}
