/** Meters as people choose them: devices of Home Assistant. */

import type { Entity, HomeAssistant } from "../home_assistant";

type Registry = Pick<HomeAssistant, "devices" | "entities">;

/** The serial number of a meter by its device, or why there is none. */
export function serialOf(
  { devices }: Pick<HomeAssistant, "devices">,
  deviceId: string | undefined,
): { serial: string } | { missing: "not_chosen" | "gone" | "other" } {
  if (!deviceId) return { missing: "not_chosen" };
  const device = devices[deviceId];
  if (device === undefined) return { missing: "gone" };
  const serial = device.identifiers.find(([domain]) => domain === "csj_meter")?.[1];
  return serial === undefined ? { missing: "other" } : { serial };
}

/** The device of an entity of ours that shows one of some things. */
export function deviceOf({ entities }: Registry, entityId: string, shown: ReadonlySet<string>): string | null {
  const entity = entities[entityId];
  return entity !== undefined && shows(entity, shown) ? (entity.device_id as string) : null;
}

/** The first meter that shows one of some things. */
export function firstDevice({ entities }: Registry, shown: ReadonlySet<string>): string | null {
  return Object.values(entities).find((entity) => entity !== undefined && shows(entity, shown))?.device_id ?? null;
}

/** The registry -> which entity tells what is wrong with a device; with every state it is asked for again. */
const tellers = new WeakMap<Registry["entities"], Map<string, string>>();

/** What is wrong with a meter, as its entity tells it: another object when it is something else. */
export function alertsOf({ entities, states }: Pick<HomeAssistant, "entities" | "states">, deviceId: string): object | undefined {
  let known = tellers.get(entities);
  if (known === undefined) {
    const all = Object.values(entities).filter((entity) => entity !== undefined && shows(entity, ALERTS)) as Entity[];
    known = new Map(all.map((entity) => [entity.device_id as string, entity.entity_id]));
    tellers.set(entities, known);
  }
  return states[known.get(deviceId) ?? ""];
}

function shows({ platform, translation_key: key, device_id: device }: Entity, shown: ReadonlySet<string>): boolean {
  return platform === "csj_meter" && device !== undefined && key !== undefined && shown.has(key);
}

/** What a meter with credit shows, and every meter. */
export const CREDIT = new Set(["balance", "credit_days_left", "last_payment"]);
const ALERTS = new Set(["alert_state"]);
export const USAGE = new Set(["usage_today", "usage_this_month", "usage_trend", "expected_usage", "cost_today", "cost_this_month", "energy_import"]);
