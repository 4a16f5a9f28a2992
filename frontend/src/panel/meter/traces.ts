/** The columns of the charts: what the store has, and behind it what was measured since. */

import type { History, Measured } from "../../api/meters";
import type { Column } from "../../elements/curves";
import { MINUTE } from "./window";

/** What was measured at one time, in seconds since the epoch. */
export interface Point {
  at: number;
  values: Record<string, number | null>;
}

export interface Trace {
  mean: Column;
  low: Column;
  high: Column;
}

export interface Traces {
  times: number[];
  columns: Record<string, Trace>;
}

/** An hour of single values, of a meter that is read each second. */
export const MOST_POINTS = 3600;

/** Seconds without a value after which the store knows better what was meanwhile. */
const LOST = 120;

/** The points and a new one; the same ones when it is known, or none. */
export function appended(points: readonly Point[], live: Measured | null | undefined): readonly Point[] {
  if (!live?.at) return points;
  const at = Date.parse(live.at) / 1000;
  const last = points.at(-1);
  if (last !== undefined && at <= last.at) return points;
  const kept = last !== undefined && at - last.at > LOST ? [] : points.slice(1 - MOST_POINTS);
  return [...kept, { at, values: live.values }];
}

/**
 * `until`: the time up to which the store was asked, in seconds since the epoch. `pause`: seconds without a value after
 * which a curve is broken.
 */
export function traces(
  history: History | null,
  until: number,
  quantities: readonly string[],
  points: readonly Point[],
  pause: number,
): Traces {
  const times: number[] = [];
  const columns: Record<string, Trace> = {};
  for (const name of quantities) columns[name] = { mean: [], low: [], high: [] };
  const first = points[0]?.at ?? Infinity;
  if (history !== null) stored(history, until, quantities, first, times, columns);
  const step = history?.step ?? MINUTE;
  for (const bucket of buckets(points, step > MINUTE ? until : (times.at(-1) ?? -Infinity), step)) {
    const last = times.at(-1);
    if (last !== undefined && bucket.at - last > Math.max(pause, step * 2.5)) {
      times.push(last + 1);
      for (const name of quantities) push(columns[name], null, null, null);
    }
    times.push(bucket.at);
    for (const name of quantities) collect(columns[name], bucket.points, name);
  }
  return { times, columns };
}

/** Buckets of the store up to the first single value, or all of them where buckets are long. */
function stored(
  history: History,
  until: number,
  quantities: readonly string[],
  first: number,
  times: number[],
  columns: Record<string, Trace>,
): void {
  const { step } = history;
  const start = Date.parse(history.start) / 1000;
  const found = quantities.map((name) => history.series[name]);
  let count = Math.max(0, ...found.map((series) => series?.mean.length ?? 0));
  // the minutes of just now are not in the store yet
  while (count && found.every((series) => (series?.mean[count - 1] ?? null) === null)) count -= 1;
  for (let index = 0; index < count; index++) {
    // the last one is not over yet
    const middle = Math.min(start + (index + 0.5) * step, until);
    if (step <= MINUTE && middle >= first) break;
    times.push(middle);
    quantities.forEach((name, turn) => {
      const series = found[turn];
      push(columns[name], series?.mean[index], series?.min[index], series?.max[index]);
    });
  }
}

/** Single values after a time: each by itself, or as many as belong to a long bucket together, at the last of them. */
function buckets(points: readonly Point[], after: number, step: number): { at: number; points: Point[] }[] {
  const later = points.filter(({ at }) => at > after);
  if (step <= MINUTE) return later.map((point) => ({ at: point.at, points: [point] }));
  const groups = new Map<number, Point[]>();
  for (const point of later) {
    const bucket = Math.floor(point.at / step);
    const group = groups.get(bucket);
    if (group === undefined) groups.set(bucket, [point]);
    else group.push(point);
  }
  return [...groups.values()].map((group) => ({ at: (group.at(-1) as Point).at, points: group }));
}

function collect(trace: Trace | undefined, points: readonly Point[], name: string): void {
  if (points.length === 1) {
    const value = points[0]?.values[name] ?? null;
    push(trace, value, value, value);
    return;
  }
  const values = points.map((point) => point.values[name]).filter((value) => value !== null && value !== undefined);
  if (!values.length) push(trace, null, null, null);
  // what is now is what people look for at the end of a curve
  else push(trace, values.at(-1), Math.min(...values), Math.max(...values));
}

type Value = number | null | undefined;

function push(trace: Trace | undefined, mean: Value, low: Value, high: Value): void {
  trace?.mean.push(mean ?? null);
  trace?.low.push(low ?? null);
  trace?.high.push(high ?? null);
}
