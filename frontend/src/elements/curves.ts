/** What a chart draws: columns of one length over one column of times. */

export type Column = (number | null)[];

export interface Curve {
  key: string;
  label: string;
  values: Column;
  /** The lowest and the highest of each bucket, drawn as a band around the curve. */
  low?: Column;
  high?: Column;
  /** Drawn in place of the colour of its turn. */
  color?: string;
  dashed?: boolean;
}

/** Something that happened, on the axis of time. */
export interface Mark {
  /** Seconds since the epoch. */
  at: number;
  /** When it ended, for what lasts. */
  until?: number;
  kind: "critical" | "warning" | "info" | "command";
  label: string;
}

/** Seconds since the epoch. */
export type Range = readonly [start: number, end: number];

const LIGHT = ["#0b6fb0", "#a85500", "#4d7300", "#8a3ffc"];
const DARK = ["#5bb8f5", "#f0a35e", "#a9cc4f", "#c4a1ff"];

/** The colour of the n-th curve; L1, L2 and L3 are the first three everywhere. */
export function color(index: number, dark: boolean): string {
  const colors = dark ? DARK : LIGHT;
  return colors[index % colors.length] as string;
}

/** Another part of the time, zoomed around `anchor` (0: its start, 1: its end) by `factor` and moved by `shift` of it. */
export function moved([start, end]: Range, shift: number, factor = 1, anchor = 0.5): Range {
  const span = end - start;
  const center = start + anchor * span;
  const offset = shift * span;
  return [center - (center - start) * factor + offset, center + (end - center) * factor + offset];
}

/** Lowest, highest and mean of a column, or of a part of it with both ends; null without a value. */
export function summary(values: Column, first = 0, last = values.length - 1): { low: number; high: number; mean: number } | null {
  let low = Infinity;
  let high = -Infinity;
  let sum = 0;
  let count = 0;
  for (let index = first; index <= last; index++) {
    const value = values[index];
    if (value === null || value === undefined) continue;
    if (value < low) low = value;
    if (value > high) high = value;
    sum += value;
    count += 1;
  }
  return count ? { low, high, mean: sum / count } : null;
}

/** Lowest and highest of a part of a column, both ends included; infinite where there is no value. */
export function extent(values: Column, first: number, last: number): [low: number, high: number] {
  let low = Infinity;
  let high = -Infinity;
  for (let index = Math.max(first, 0); index <= last; index++) {
    const value = values[index];
    if (value === null || value === undefined) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** The index of the time that is nearest; `times` ascend. -1 without any. */
export function nearest(times: readonly number[], at: number): number {
  let low = 0;
  let high = times.length - 1;
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < at) low = middle + 1;
    else high = middle;
  }
  const after = times[low] as number;
  const before = times[low - 1];
  return before !== undefined && at - before < after - at ? low - 1 : low;
}

/** The first and the last index that are to be seen in a range: all of them without one. */
export function part(times: readonly number[], range: Range | null): [first: number, last: number] {
  if (range === null) return [0, times.length - 1];
  return [Math.max(nearest(times, range[0]), 0), nearest(times, range[1])];
}
