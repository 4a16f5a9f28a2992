/** Evidence as a chart draws it. */

import type { Alert, Evidence } from "../../api/alerts";
import type { Series } from "../../api/meters";
import type { Column, Mark } from "../../elements/curves";

export interface Band {
  expected: Column;
  low: Column;
  high: Column;
}

/** The moments of the buckets of a course, in seconds since the epoch. */
export function times({ start, step }: { start: string; step: number }, count: number): number[] {
  const first = Date.parse(start) / 1000;
  return Array.from({ length: count }, (_, index) => first + index * step);
}

/** How many buckets there are up to the last one with a value: the minute that is not over yet has none. */
export function filled(columns: readonly Column[]): number {
  return Math.max(0, ...columns.map((column) => column.findLastIndex((value) => value !== null) + 1));
}

/** The phase that a quantity is of; null for one of all of them. */
export function phaseOf(quantity: string): number | null {
  const digit = /(?<!_l[123])_l([123])$/.exec(quantity)?.[1];
  return digit === undefined ? null : Number(digit);
}

export interface Measured {
  times: number[];
  series: Series;
}

/** What was measured of the quantity that shows it; null where nothing is kept. */
export function measured(evidence: Evidence): Measured | null {
  const series = evidence.samples?.series[evidence.quantity];
  if (evidence.samples === null || series === undefined) return null;
  const count = filled([series.mean]);
  if (!count) return null;
  const { unit, mean, min, max } = series;
  return {
    times: times(evidence.samples, count),
    series: { unit, mean: mean.slice(0, count), min: min.slice(0, count), max: max.slice(0, count) },
  };
}

/** The value furthest beyond its limit while it was abnormal; null where there is none, or two. */
export function worst(alert: Alert, { times: at, series }: Measured): number | null {
  if ((alert.low === null) === (alert.high === null)) return null;
  const [begin, end] = [Date.parse(alert.since) / 1000, alert.cleared_at === null ? Infinity : Date.parse(alert.cleared_at) / 1000];
  const column = alert.high === null ? series.min : series.max;
  const range = extent([column.filter((_, index) => (at[index] as number) >= begin && (at[index] as number) <= end)]);
  return range === null ? null : alert.high === null ? range[0] : range[1];
}

/** What is usual at each of the moments; null where nothing is known. */
export function band(evidence: Evidence, at: readonly number[]): Band | null {
  if (!evidence.band?.length) return null;
  const hours = new Map(evidence.band.map((hour) => [Math.floor(Date.parse(hour.start) / 3_600_000), hour]));
  const usual = at.map((moment) => hours.get(Math.floor(moment / 3600)));
  return {
    expected: usual.map((hour) => hour?.expected ?? null),
    low: usual.map((hour) => hour?.low ?? null),
    high: usual.map((hour) => hour?.high ?? null),
  };
}

/** The event on the axis of time: from its first abnormal sample to its end, or up to what was measured last. */
export function mark(alert: Alert, at: readonly number[], label: string): Mark {
  const until = alert.cleared_at === null ? at.at(-1) : Date.parse(alert.cleared_at) / 1000;
  const begin = Date.parse(alert.since) / 1000;
  return { at: begin, until: Math.max(begin, until ?? begin), kind: alert.severity, label };
}

/** The lines that must not be crossed, or are not usually. */
export function limits(alert: Alert): number[] {
  return [alert.low, alert.high].filter((value) => value !== null);
}

/** Lowest and highest of some columns together; null without a value. */
export function extent(columns: readonly Column[]): [low: number, high: number] | null {
  const values = columns.flat().filter((value) => value !== null);
  return values.length ? [Math.min(...values), Math.max(...values)] : null;
}

/** A column as the path of a line in a box of `width` × `height`; gaps stay gaps. */
export function path(values: Column, [low, high]: readonly [number, number], width: number, height: number): string {
  const span = high - low || 1;
  const step = width / Math.max(1, values.length - 1);
  let drawn = "";
  let pen = false;
  values.forEach((value, index) => {
    if (value === null) {
      pen = false;
      return;
    }
    const x = (index * step).toFixed(1);
    const y = (height - ((value - low) / span) * height).toFixed(1);
    // a dot of its own for a value between two gaps
    drawn += pen ? `L${x} ${y}` : `M${x} ${y}h.1`;
    pen = true;
  });
  return drawn;
}
