/** Commands of a meter in the groups in which they are shown. */

import type { CommandRow } from "../../api/meter";

export interface CommandGroups {
  /** One click each. */
  presses: CommandRow[];
  settings: CommandRow[];
  supply: CommandRow[];
  prices: CommandRow[];
}

/** Only those that this user may give. */
export function grouped(rows: readonly CommandRow[]): CommandGroups {
  const allowed = rows.filter((row) => row.allowed);
  const of = (permission: CommandRow["permission"]) => allowed.filter((row) => row.permission === permission);
  const own = of("command");
  return {
    presses: own.filter((row) => row.kind === "press"),
    settings: own.filter((row) => row.kind !== "press"),
    supply: of("switch_supply"),
    prices: of("set_prices"),
  };
}

/**
 * The key of what a command would lead to, under `meter.consequences`; null for one that may be given without asking.
 */
export function consequence(row: CommandRow, value: unknown): string | null {
  if (row.name === "restart" || row.name === "relay_automatic") return row.name;
  if (row.name === "supply") return value === false ? "supply_off" : "supply_on";
  if (row.name === "relay_mode") return typeof value === "string" ? `relay_${value}` : null;
  return row.permission === "set_prices" ? "money" : null;
}

/** Name and tariff of a command: there are as many prices as tariffs. */
export function named(name: string): { key: string; tariff: string } {
  const tariff = /^price_t(\d)$/.exec(name)?.[1];
  return tariff === undefined ? { key: name, tariff: "" } : { key: "price", tariff };
}
