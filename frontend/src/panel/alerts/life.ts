/** The steps in the life of an alert, as far as they are known. */

import type { Alert, AlertStep } from "../../api/alerts";

export interface Step {
  kind: string;
  /** Null for what is only known to have been. */
  at: string | null;
  by: string | null;
}

/** In the order in which they happened; `told`: what the log of events says of them, which has more of them. */
export function steps(alert: Alert, told: readonly AlertStep[]): Step[] {
  const found = new Map<string, Step>();
  const know = (kind: string, at: string | null, by: string | null = null) => {
    if (at !== null || by !== null) found.set(kind, { kind, at, by });
  };
  know("began", alert.since);
  know("raised", alert.raised_at);
  know("confirmed", alert.confirmed_at);
  know("escalated", alert.escalated_at);
  know("acknowledged", alert.acknowledged_at, alert.acknowledged_by);
  know("false_alarm", null, alert.false_alarm_by);
  if (alert.repaired_by === null) know("cleared", alert.cleared_at);
  else know("repaired", alert.cleared_at, alert.repaired_by);
  for (const { alert_id, kind, at, by } of told) {
    if (alert_id !== alert.alert_id || (kind === "cleared" && found.has("repaired"))) continue;
    know(kind, at, by ?? found.get(kind)?.by ?? null);
  }
  // a sort keeps the order of what happened at once
  return [...found.values()].sort((one, other) => moment(one.at) - moment(other.at));
}

function moment(at: string | null): number {
  return at === null ? Infinity : Date.parse(at);
}

/** How long it lasts or has lasted, in seconds. */
export function lasted(alert: Alert, now: number): number {
  return Math.max(0, ((alert.cleared_at === null ? now : Date.parse(alert.cleared_at)) - Date.parse(alert.since)) / 1000);
}

/**
 * A text without the sentences that are said elsewhere, and without what comes from `tail` on; all of it where nothing
 * would be left.
 */
export function without(text: string, sentences: readonly string[], tail = ""): string {
  const cut = tail ? text.lastIndexOf(tail) : -1;
  let rest = cut < 0 ? text : text.slice(0, cut);
  for (const sentence of sentences) if (sentence) rest = rest.replace(sentence, "");
  return rest.replace(/\s+/g, " ").trim() || text;
}
