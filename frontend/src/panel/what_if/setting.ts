/** What is tried: from the form to the question, and what holds now where that is known. */

import type { ReplayCounts } from "../../api/figures";
import type { VoltageLimits } from "../../api/meter";
import type { KindRule } from "./kinds";

export interface Setting {
  kind: string;
  /** `site`, `circuit:NAME` or `meter:SERIAL`. */
  place: string;
  enabled: "" | "on" | "off";
  threshold: string;
  confirm: string;
  days: string;
}

/** The question; what is left empty is as it comes from further out. */
export function asked({ kind, place, enabled, threshold, confirm, days }: Setting): { command: string } & Record<string, unknown> {
  const [reach, ...name] = place.split(":");
  return {
    command: "what_if",
    kind,
    days: Number(days),
    ...(reach === "circuit" ? { circuit: name.join(":") } : {}),
    ...(reach === "meter" ? { serial: name.join(":") } : {}),
    ...(enabled ? { enabled: enabled === "on" } : {}),
    ...(threshold ? { threshold: Number(threshold) } : {}),
    ...(confirm ? { confirm: Number(confirm) } : {}),
  };
}

/** Whether it says anything at all. */
export function isEmpty({ enabled, threshold, confirm }: Setting): boolean {
  return !enabled && !threshold && !confirm;
}

/** As much of the limits of a meter as this needs; docs/websocket.md describes them. */
export interface Limits {
  voltage: VoltageLimits | null;
  frequency: { nominal: number; low: number | null; high: number | null } | null;
  harmonics: { voltage: { thd: number | null } } | null;
}

const VOLTAGES = { outage: "outage", voltage_sag: "sag", undervoltage: "undervoltage", voltage_swell: "swell" } as const;

/** The threshold that holds on a meter, in the unit of its kind; null where it is not known or not looked for. */
export function inForce({ kind }: KindRule, limits: Limits | null | undefined): number | null {
  if (!limits) return null;
  if (kind in VOLTAGES) {
    const { voltage } = limits;
    const limit = voltage?.[VOLTAGES[kind as keyof typeof VOLTAGES]] ?? null;
    return voltage === null || limit === null ? null : rounded(limit / voltage.nominal);
  }
  if (kind === "frequency") {
    const { frequency } = limits;
    return frequency?.high == null ? null : rounded((100 * (frequency.high - frequency.nominal)) / frequency.nominal);
  }
  return kind === "harmonic_distortion" ? (limits.harmonics?.voltage.thd ?? null) : null;
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

export interface Compared {
  name: "findings" | "meters" | "critical" | "warning" | "info";
  now: number;
  then: number;
}

/** Both replays side by side; severities of which neither has one are left out. */
export function compared(now: ReplayCounts, then: ReplayCounts): Compared[] {
  const severities = (["critical", "warning", "info"] as const)
    .map((name) => ({ name, now: now.severities[name] ?? 0, then: then.severities[name] ?? 0 }))
    .filter((row) => row.now > 0 || row.then > 0);
  return [
    { name: "findings", now: now.findings, then: then.findings },
    { name: "meters", now: now.meters, then: then.meters },
    ...severities,
  ];
}

/** How a difference is told. */
export function difference(now: number, then: number): { word: "same" | "more" | "fewer"; count: number } {
  return { word: then > now ? "more" : then < now ? "fewer" : "same", count: Math.abs(then - now) };
}
