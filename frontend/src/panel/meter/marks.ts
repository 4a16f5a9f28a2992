/** Events as marks on the axis of time. */

import type { EventRow, EventSource } from "../../api/meter";
import type { Mark, Range } from "../../elements/curves";

/** What is worth a mark. Payments are in the log. */
export const MARKED: readonly EventSource[] = ["alert", "command", "contact", "meter"];

/** The steps of an alert that say when it began. */
const BEGINNINGS = ["raised", "confirmed"];

export interface EventMark extends Mark {
  id: string;
}

/** Marks in the order of time; of an alert one, from its beginning to its end, that says what became of it. */
export function marks(events: readonly EventRow[]): EventMark[] {
  const found = new Map<string, EventMark>();
  const ends = new Map<string, number>();
  const newest = new Map<string, EventRow>();
  for (const event of events) {
    const at = seconds(event.at);
    let id = event.id;
    if (event.source === "alert") {
      id = event.alert_id ?? event.id;
      const known = newest.get(id);
      if (known === undefined || seconds(known.at) < at) newest.set(id, event);
      if (event.kind === "cleared" || event.kind === "repaired") ends.set(id, at);
      if (!BEGINNINGS.includes(event.kind)) continue;
    }
    const known = found.get(id);
    if (known !== undefined && known.at <= at) continue;
    found.set(id, {
      id,
      at,
      kind: event.source === "alert" ? (event.severity ?? "warning") : event.source === "command" ? "command" : "info",
      label: event.text,
      ...(event.until === null || event.until === undefined ? {} : { until: seconds(event.until) }),
    });
  }
  for (const [id, { text }] of newest) {
    const mark = found.get(id);
    if (mark !== undefined) mark.label = text;
  }
  for (const [id, end] of ends) {
    const mark = found.get(id);
    if (mark !== undefined && mark.until === undefined) mark.until = end;
  }
  return [...found.values()].sort((one, other) => one.at - other.at);
}

/** Those that are to be seen in a range. */
export function within<M extends Mark>(all: readonly M[], [start, end]: Range): M[] {
  return all.filter((mark) => mark.at <= end && (mark.until ?? mark.at) >= start);
}

function seconds(at: string): number {
  return Date.parse(at) / 1000;
}
