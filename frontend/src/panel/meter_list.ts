/** Which meters are shown, and in which order. */

import type { MeterRow } from "../api/meters";
import type { Severity } from "../api/session";

export interface MeterFilter {
  search: string;
  circuit: string;
  state: "" | "alerting" | "away";
}

const URGENCY: Record<Severity, number> = { critical: 0, warning: 1, info: 3 };
const AWAY = 2;
const QUIET = 4;

function urgency(row: MeterRow): number {
  const severity = row.alerts?.severity;
  const alert = severity ? URGENCY[severity] : QUIET;
  const away = row.state === "online" || row.state === "disabled" ? QUIET : AWAY;
  return Math.min(alert, away);
}

/** Those that fit, what is wrong first, then by name. */
export function filtered(rows: readonly MeterRow[], { search, circuit, state }: MeterFilter): MeterRow[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return rows
    .filter((row) => {
      const text = `${row.name} ${row.serial} ${row.model ?? ""} ${row.circuit ?? ""}`.toLocaleLowerCase();
      if (!words.every((word) => text.includes(word))) return false;
      if (circuit && row.circuit !== circuit) return false;
      if (state === "alerting") return Boolean(row.alerts?.active);
      if (state === "away") return row.state !== "online" && row.state !== "disabled";
      return true;
    })
    .sort((one, other) => urgency(one) - urgency(other) || one.name.localeCompare(other.name, undefined, { numeric: true }));
}

/** The voltage that says most of a meter: the lowest of its phases. */
export function voltage(row: MeterRow): number | null {
  const voltages = ["voltage_l1", "voltage_l2", "voltage_l3"]
    .map((quantity) => row.values[quantity])
    .filter((value) => value !== null && value !== undefined);
  return voltages.length ? Math.min(...voltages) : null;
}
