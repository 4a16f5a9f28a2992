/** What a line of the audit log is about, in words. */

import type { AuditLine } from "../../api/figures";

/** The name of what was done, and what it was to be then. */
export interface Audited {
  /**
   * `name` of an action or entity, `csj_meter/…` of a command of the panel, `api:…` of an address; `portal_…`,
   * `options_…` and `assist_…` of what was done there.
   */
  name: string;
  to: string;
}

const ANSWER = "mobile_app_notification_action";

/** What has one name for all that is done there: portal: top up. */
const PLACES = /^(portal|options|assist)(?:: | )([a-z_ ]+)$/;

export function audited(what: string): Audited {
  const [, place, done] = PLACES.exec(what) ?? [];
  if (place !== undefined && done !== undefined) return { name: `${place}_${done.replaceAll(" ", "_")}`, to: "" };
  const [, name = what, to = ""] = /^(api:[a-z_]+:[a-z_]+|[a-z0-9_/]+)(?:: | )?(.*)$/s.exec(what) ?? [];
  // commands to meters are named by what the meter is told
  if (name === "csj_meter/command" && to) return audited(to);
  // which button it was is in the permission, and its own name is for machines
  return { name, to: name === ANSWER ? "" : to };
}

/** The key of a name in the texts of the panel: `csj_meter/bus/scan` → `bus_scan`. */
export function textKey(name: string): string {
  return name.replace(/^csj_meter\//, "").replace(/^api:csj_meter:/, "download_").replaceAll("/", "_");
}

/** The name of tenants without an account: one for all, as the log knows them by numbers that tell nobody anything. */
export const PORTAL = "portal";

/** Key of the text for who has no name of their own; null for who has one. */
export function whoKey({ name, role, user_id }: Pick<AuditLine, "name" | "role" | "user_id">): string | null {
  if (name === PORTAL && role === "tenant") return PORTAL;
  if (user_id === null) return "automation";
  return name === "user" ? "user" : null;
}

/** Where Home Assistant's own texts may have what it was to be. */
export function valueKey(name: string, to: string): string {
  return name === "api:csj_meter:export" ? `selector.resolution.options.${to}` : `entity.select.${name}.state.${to}`;
}

/** Where Home Assistant's own texts may have a name, the likeliest first. */
export function ownKeys(name: string): string[] {
  const key = name.replace(/^price_t\d$/, "price_tariff");
  const platforms = ["switch", "button", "select", "number", "todo"];
  return [...platforms.map((platform) => `entity.${platform}.${key}.name`), `services.${key}.name`];
}
