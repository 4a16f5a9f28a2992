/** What a chart draws besides its curves: marks, limits, numbers of its axis. */

import type uPlot from "uplot";

import type { Format } from "../format";
import type { Column, Mark } from "./curves";

/** Colours as a canvas takes them. */
export type Inks = Record<"text" | "line" | "limit" | Mark["kind"], string>;

const SOURCES: Inks = {
  text: "--csj-dim",
  line: "--csj-line",
  limit: "--csj-critical",
  critical: "--csj-critical",
  warning: "--csj-warning",
  info: "--csj-accent-text",
  command: "--csj-text",
};

/** The colours that hold at a place; asking for them with each frame would cost more than drawing. */
export function inks(place: DocumentFragment | HTMLElement): Inks {
  const probe = document.createElement("span");
  place.append(probe);
  const found = { ...SOURCES };
  for (const [name, source] of Object.entries(SOURCES)) {
    probe.style.color = `var(${source})`;
    found[name as keyof Inks] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}

/** What happened, and the limits, over the curves. */
export function paint(plot: uPlot, marks: readonly Mark[], limits: readonly { value: number }[], ink: Inks): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const bottom = bbox.top + bbox.height;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = ratio;
  for (const mark of marks) {
    const left = plot.valToPos(mark.at, "x", true);
    const right = mark.until === undefined ? left : plot.valToPos(mark.until, "x", true);
    if (right < bbox.left || left > bbox.left + bbox.width) continue;
    ctx.fillStyle = ctx.strokeStyle = ink[mark.kind];
    if (mark.until !== undefined) {
      ctx.globalAlpha = 0.12;
      ctx.fillRect(left, bbox.top, Math.max(right - left, ratio), bbox.height);
      ctx.globalAlpha = 1;
    }
    ctx.setLineDash(mark.kind === "command" ? [3 * ratio, 3 * ratio] : []);
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bottom);
    ctx.stroke();
    head(ctx, mark.kind, left, bbox.top, 5 * ratio);
  }
  ctx.setLineDash([6 * ratio, 4 * ratio]);
  ctx.strokeStyle = ink.limit;
  for (const { value } of limits) {
    const top = plot.valToPos(value, "y", true);
    ctx.beginPath();
    ctx.moveTo(bbox.left, top);
    ctx.lineTo(bbox.left + bbox.width, top);
    ctx.stroke();
  }
  ctx.restore();
}

/** Pixels of a bucket below which nobody sees that a band has steps. */
const FINE = 4;

/** From the lowest to the highest of each bucket, as one area behind a curve. */
export function paintBand(plot: uPlot, low: Column, high: Column, fill: string): void {
  const { ctx, bbox } = plot;
  const times = plot.data[0];
  const [first, last] = plot.series[0]?.idxs ?? [0, -1];
  const { x, y } = plot.scales;
  if (x?.min == null || x.max == null || y?.min == null || y.max == null) return;
  const [wide, tall] = [bbox.width / (x.max - x.min), bbox.height / (y.max - y.min)];
  const [left, bottom] = [bbox.left - x.min * wide, bbox.top + bbox.height + y.min * tall];
  const across = (index: number) => left + (times[index] as number) * wide;
  const up = (value: number) => bottom - value * tall;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = fill;
  if (last > first && across(last) - across(first) < FINE * devicePixelRatio * (last - first)) {
    // rectangles on whole pixels are drawn many times as fast as an area
    for (let index = first; index <= last; index++) {
      const [bottom_, top] = [low[index], high[index]];
      if (bottom_ == null || top == null) continue;
      const from = Math.round(index > first ? (across(index - 1) + across(index)) / 2 : across(index));
      const to = Math.round(index < last ? (across(index) + across(index + 1)) / 2 : across(index));
      const [above, below] = [Math.round(up(top)), Math.round(up(bottom_))];
      if (below > above) ctx.fillRect(from, above, to - from, below - above);
    }
  } else {
    area(ctx, low, high, first, last, across, up);
  }
  ctx.restore();
}

function area(
  ctx: CanvasRenderingContext2D,
  low: Column,
  high: Column,
  first: number,
  last: number,
  across: (index: number) => number,
  up: (value: number) => number,
): void {
  ctx.beginPath();
  let from = -1;
  const close = (to: number) => {
    for (let index = to; from >= 0 && index >= from; index--) ctx.lineTo(across(index), up(low[index] as number));
    from = -1;
  };
  for (let index = first; index <= last; index++) {
    const top = high[index];
    if (top == null || low[index] == null) {
      close(index - 1);
      continue;
    }
    if (from < 0) {
      ctx.moveTo(across(index), up(top));
      from = index;
    } else {
      ctx.lineTo(across(index), up(top));
    }
  }
  close(last);
  ctx.fill();
}

/** The shape says what kind of mark it is where colours do not: a triangle, a square, a disc. */
function head(ctx: CanvasRenderingContext2D, kind: Mark["kind"], left: number, top: number, size: number): void {
  ctx.beginPath();
  if (kind === "command") {
    ctx.rect(left - size, top, 2 * size, 1.6 * size);
  } else if (kind === "info") {
    ctx.arc(left, top + size, size, 0, 2 * Math.PI);
  } else {
    ctx.moveTo(left - 1.3 * size, top);
    ctx.lineTo(left + 1.3 * size, top);
    ctx.lineTo(left, top + 2 * size);
  }
  ctx.fill();
}

/** Numbers of an axis with as many decimals as their step has, and all of them in the same unit. */
export function axisNumbers(format: Format, ticks: readonly number[], step: number, unit: string | null): string[] {
  const largest = Math.max(...ticks.map(Math.abs));
  const kilo = largest >= 1000 && format.measured(1000, unit).endsWith(` k${unit}`);
  const [divisor, name] = kilo ? [1000, `k${unit}`] : [1, unit ?? ""];
  const digits = decimals(step / divisor);
  return ticks.map((tick) => `${format.number(tick / divisor, digits)} ${name}`.trimEnd());
}

/** Times of an axis: as much of each as the span of all, in seconds, leaves open. */
export function axisTimes(format: Format, ticks: readonly number[], span: number): string[] {
  return ticks.map((tick) => {
    const at = tick * 1000;
    if (span > 3 * 86400) return format.date(at);
    const time = format.time(at, { seconds: span < 600 });
    return span > 86400 ? `${format.date(at)} ${time}` : time;
  });
}

/** How many decimals a step needs. */
export function decimals(step: number): number {
  const text = String(Number(step.toPrecision(6)));
  return Math.min(text.includes("e-") ? 6 : (text.split(".")[1]?.length ?? 0), 6);
}

/** The ends of the axis of values: room above and below, and what is to be seen with the curves. */
export function padded(low: number, high: number, limits: readonly { value: number }[]): [number, number] {
  const values = limits.map(({ value }) => value);
  const [bottom, top] = [Math.min(low, ...values), Math.max(high, ...values)];
  const span = top - bottom || Math.abs(top) * 0.1 || 1;
  // zero is worth showing where it is near
  return [bottom >= 0 && bottom < span ? 0 : bottom - span * 0.08, top + span * 0.08];
}
