/** Which part of the time is shown, and which is fetched for it. Times are seconds since the epoch. */

import type { Range } from "../../elements/curves";

export const MINUTE = 60;
export const DAY = 86400;
/** Spans that one click chooses; their texts are under `meter.spans`. */
export const SPANS = { "5min": 300, "1h": 3600, "6h": 21600, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY };
export const SHORTEST = SPANS["5min"];
export const LONGEST = SPANS["90d"];

/** Buckets for what is shown: about as many as a chart has pixels. */
const POINTS = 600;
const MOST_POINTS = 2000;

/** What has been fetched: its range, how long a bucket is, and whether shorter ones were asked for in vain. */
export interface Fetched {
  range: Range;
  step: number;
  finest: boolean;
}

/** The range as it can be shown: neither too short nor too long, nothing of the future or from before `oldest`. */
export function clamped([start, end]: Range, now: number, oldest: number): Range {
  const span = Math.min(Math.max(end - start, SHORTEST), LONGEST);
  const middle = (start + end) / 2;
  const last = Math.min(Math.max(middle + span / 2, oldest + span), now);
  return [last - span, last];
}

/** Whether a range ends so near to now that it is to go along with it. */
export function follows([start, end]: Range, now: number): boolean {
  return now - end < (end - start) * 0.02;
}

/** What to fetch for a range: as much again on both sides, so that there is something to pan to. */
export function wanted([start, end]: Range, now: number): { range: Range; points: number } {
  const span = end - start;
  const margin = Math.min(span, (LONGEST - span) / 2);
  const range: Range = [start - margin, Math.min(end + margin, now)];
  return { range, points: Math.min(Math.round((POINTS * (range[1] - range[0])) / span), MOST_POINTS) };
}

/**
 * Whether what is there will do for a range, with something left on both sides. `live` is the time from which on
 * single values are there, null without any.
 */
export function covers(fetched: Fetched, range: Range, now: number, live: number | null): boolean {
  const { range: there, step } = fetched;
  const span = range[1] - range[0];
  const margin = Math.min(span, (LONGEST - span) / 2) / 3;
  if (there[0] > range[0] - margin) return false;
  // by the minute single values go on where it ends; longer buckets are fetched anew as each gets full
  const lag = step <= MINUTE && live !== null && live <= there[1] + MINUTE ? Infinity : Math.max(step, MINUTE);
  if (there[1] < Math.min(range[1] + margin, now) - lag) return false;
  // once zoomed in it is worth another try: minutes are not kept as long as hours
  const tried = fetched.finest && span * 6 >= there[1] - there[0];
  return tried || step <= Math.max(MINUTE, (span / POINTS) * 2);
}
