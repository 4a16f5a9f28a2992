/** Where the bars of a day and its usual band are, as shares of one. */

import type { Usage, UsageHour } from "../api/insights";

export interface HourBar {
  /** Height of the bar; null in an hour without a value. */
  energy: number | null;
  /** Lower and upper edge of what is usual; null while nothing is known. */
  band: [number, number] | null;
  tone: "usual" | "more" | "less";
}

/** The hours of today; the tallest of bars and bands is one. */
export function hourBars(hours: readonly UsageHour[]): HourBar[] {
  const top = Math.max(...hours.flatMap(({ energy, high }) => [energy ?? 0, high ?? 0]), 0);
  const share = (value: number) => (top > 0 ? Math.max(value, 0) / top : 0);
  return hours.map(({ energy, low, high }) => ({
    energy: energy === null ? null : share(energy),
    band: low === null || high === null ? null : [share(low), share(high)],
    tone: energy === null ? "usual" : high !== null && energy > high ? "more" : low !== null && energy < low ? "less" : "usual",
  }));
}

export interface DayBar {
  today: number;
  low: number;
  high: number;
  expected: number;
}

/** Today against what is usual for a whole day; null while that is not known. */
export function dayBar({ today, usual_today: usual }: Pick<Usage, "today" | "usual_today">): DayBar | null {
  if (usual === null || today === null) return null;
  const top = Math.max(today, usual.high, usual.expected) * 1.05;
  if (!(top > 0)) return null;
  const share = (value: number) => Math.min(Math.max(value, 0) / top, 1);
  return { today: share(today), low: share(usual.low), high: share(usual.high), expected: share(usual.expected) };
}

/** How the day stands so far: it is over what is usual for all of it, within, or not there yet. */
export function standing({ today, usual_today: usual }: Pick<Usage, "today" | "usual_today">): "above" | "within" | "below" | "unknown" {
  if (usual === null || today === null) return "unknown";
  return today > usual.high ? "above" : today >= usual.low ? "within" : "below";
}
