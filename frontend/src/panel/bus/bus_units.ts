/** How a line and its meters do, and in which order they are shown. */

import type { Bridge, BusUnit } from "../../api/bus";

/** `silent`: nothing is heard of it; `losing`: it answers, and many answers do not arrive. */
export type Trouble = "silent" | "losing" | "none";

const SILENT_AFTER = 180;
/** Seconds: three samples of one a minute. */

const FEW_ANSWERS = 0.95;

export function trouble(unit: BusUnit, now: number): Trouble {
  if (unit.last_contact === null) return unit.requests > 0 ? "silent" : "none";
  if ((now - Date.parse(unit.last_contact)) / 1000 > SILENT_AFTER) return "silent";
  return unit.success_rate !== null && unit.success_rate < FEW_ANSWERS ? "losing" : "none";
}

const URGENCY: Record<Trouble, number> = { silent: 0, losing: 1, none: 2 };

/** What is wrong first, and of that the worst; the others by unit id, so that they stay where they are. */
export function sorted(units: readonly BusUnit[], now: number): BusUnit[] {
  const worst = (unit: BusUnit) => (trouble(unit, now) === "losing" ? (unit.success_rate ?? 0) : 0);
  return [...units].sort(
    (one, other) =>
      URGENCY[trouble(one, now)] - URGENCY[trouble(other, now)] ||
      worst(one) - worst(other) ||
      one.unit_id - other.unit_id,
  );
}

export type LineState = "up" | "down" | "starting" | "retrying" | "failed" | "off";

const STATES: Record<string, LineState> = {
  setup_in_progress: "starting",
  unload_in_progress: "starting",
  setup_retry: "retrying",
  setup_error: "failed",
  migration_error: "failed",
  failed_unload: "failed",
};

/** What people need to know of the state of a config entry and of its line. */
export function lineState({ state, up }: Pick<Bridge, "state" | "up">): LineState {
  if (state === "loaded") return up === false ? "down" : "up";
  return STATES[state] ?? "off";
}

export const TONES: Record<LineState, "good" | "warning" | "critical" | "neutral"> = {
  up: "good",
  down: "critical",
  starting: "neutral",
  retrying: "warning",
  failed: "critical",
  off: "neutral",
};

/** How much of a line is in use, in three words. */
export function loadWord(load: number): "free" | "busy" | "full" {
  return load < 0.5 ? "free" : load < 0.8 ? "busy" : "full";
}

/** How near the line comes to what is possible at its speed. */
export function efficiencyWord(efficiency: number): "well" | "fair" | "poor" {
  return efficiency >= 0.8 ? "well" : efficiency >= 0.5 ? "fair" : "poor";
}

/** Some unit ids as people read them: 3, 4, 5, 9 → "3–5, 9". */
export function ranges(ids: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const id of [...ids].sort((one, other) => one - other)) {
    const last = parts.at(-1);
    if (last !== undefined && id === last[1] + 1) last[1] = id;
    else parts.push([id, id]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
}
