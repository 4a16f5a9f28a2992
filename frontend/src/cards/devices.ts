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

function shows({ platform, translation_key: key, device_id: device }: Entity, shown: ReadonlySet<string>): boolean {
  return platform === "csj_meter" && device !== undefined && key !== undefined && shown.has(key);
}

/** What a meter with credit shows, and every meter. */
export const CREDIT = new Set(["balance", "credit_days_left", "last_payment"]);
export const USAGE = new Set(["usage_today", "usage_this_month", "usage_trend", "expected_usage", "cost_today", "cost_this_month", "energy_import"]);
