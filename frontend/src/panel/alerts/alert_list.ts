/** Which alerts are shown and in which order, and what may be answered to one. */

import type { Alert, AlertState } from "../../api/alerts";
import type { Severity } from "../../api/session";

/** What people have done about an alert, coarsely: what one filters by. */
export type Handling = "waiting" | "suspected" | "seen_to" | "put_aside" | "over";

const HANDLING: Record<AlertState, Handling> = {
  escalated: "waiting",
  confirmed: "waiting",
  suspected: "suspected",
  acknowledged: "seen_to",
  shelved: "put_aside",
  false_alarm: "put_aside",
  cleared: "over",
};

export const HANDLINGS = ["waiting", "seen_to", "put_aside", "suspected"] as const;
export const SEVERITIES: readonly Severity[] = ["critical", "warning", "info"];

const RANK: Record<AlertState, number> = {
  escalated: 0,
  confirmed: 1,
  suspected: 2,
  acknowledged: 3,
  shelved: 4,
  false_alarm: 5,
  cleared: 6,
};

/** Until when after its end something may be called a false alarm, in ms. */
const AFTERWARDS = 86_400_000;

export interface AlertFilter {
  severity: "" | Severity;
  kind: string;
  /** Words of the meter or the circuit. */
  where: string;
  handling: "" | Handling;
  drills: boolean;
}

export const EVERYTHING: AlertFilter = { severity: "", kind: "", where: "", handling: "", drills: true };

export function handling(alert: Alert): Handling {
  return HANDLING[alert.state];
}

/** Those that speak for themselves: not the members of a circuit whose alert is there as well. */
export function spoken(alerts: readonly Alert[]): Alert[] {
  const ids = new Set(alerts.map((alert) => alert.alert_id));
  return alerts.filter((alert) => alert.area_alert_id === null || !ids.has(alert.area_alert_id));
}

/** The worst first; of one severity what waits for somebody, then the oldest. */
export function ordered(alerts: readonly Alert[]): Alert[] {
  return [...alerts].sort(
    (one, other) =>
      SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
      RANK[one.state] - RANK[other.state] ||
      Date.parse(one.since) - Date.parse(other.since) ||
      one.alert_id.localeCompare(other.alert_id),
  );
}

/** Those that fit. */
export function filtered(alerts: readonly Alert[], filter: AlertFilter): Alert[] {
  const words = filter.where.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return alerts.filter((alert) => {
    if (filter.severity && alert.severity !== filter.severity) return false;
    if (filter.kind && alert.kind !== filter.kind) return false;
    if (filter.handling && handling(alert) !== filter.handling) return false;
    if (!filter.drills && alert.drill) return false;
    const names = alert.members.map(({ name, serial }) => `${name} ${serial}`).join(" ");
    const text = `${alert.name} ${alert.serial ?? ""} ${alert.circuit ?? ""} ${names}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** How many meters a circuit speaks for: one with trouble on three phases is a member three times. */
export function meterCount(alert: Alert): number {
  return new Set(alert.members.map(({ serial }) => serial)).size;
}

export type Answer = "acknowledge" | "false_alarm" | "shelve" | "work_order";

/** What can be answered to an alert now, whoever does it. */
export function answers(alert: Alert, now: number): Set<Answer> {
  const possible = new Set<Answer>();
  const active = alert.state !== "suspected" && alert.state !== "cleared";
  if (active) {
    possible.add("shelve");
    if (alert.state !== "acknowledged") possible.add("acknowledge");
    if (alert.state !== "false_alarm") possible.add("false_alarm");
    if (alert.work_order === null) possible.add("work_order");
  }
  const ended = alert.cleared_at === null ? null : Date.parse(alert.cleared_at);
  if (
    alert.state === "cleared" &&
    alert.confirmed_at !== null &&
    alert.false_alarm_by === null &&
    ended !== null &&
    now - ended < AFTERWARDS
  )
    possible.add("false_alarm");
  return possible;
}

/** A number of a work order out of its name: 42 of "WO-0042"; null for another name. */
export function orderNumber(name: string): string | null {
  const digits = /(\d+)$/.exec(name)?.[1];
  return digits === undefined ? null : String(Number(digits));
}
