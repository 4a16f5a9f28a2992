/** What a line of the audit log is about, in words. */

/** The name of what was done, and what it was to be then. */
export interface Audited {
  /** `name` of an action or entity, `csj_meter/…` of a command of the panel, `api:…` of an address. */
  name: string;
  to: string;
}

const ANSWER = "mobile_app_notification_action";

export function audited(what: string): Audited {
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

/** Where Home Assistant's own texts may have a name, the likeliest first. */
export function ownKeys(name: string): string[] {
  const key = name.replace(/^price_t\d$/, "price_tariff");
  const platforms = ["switch", "button", "select", "number", "todo"];
  return [...platforms.map((platform) => `entity.${platform}.${key}.name`), `services.${key}.name`];
}
