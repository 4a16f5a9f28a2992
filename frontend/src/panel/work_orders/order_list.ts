/** In which order work orders are shown, and their due times as a form has them. */

import type { WorkOrder } from "../../api/work_orders";

export function isOverdue(order: WorkOrder, now: number): boolean {
  return order.open && order.due_at !== null && Date.parse(order.due_at) < now;
}

/** Those that fit: the open ones as they are due, then as old as they are; the completed ones, the latest first. */
export function sorted(orders: readonly WorkOrder[], search: string): { open: WorkOrder[]; completed: WorkOrder[] } {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const fitting = orders.filter((order) => {
    const text = `${order.name} ${order.summary} ${order.meter ?? ""} ${order.serial ?? ""}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
  const due = (order: WorkOrder) => (order.due_at === null ? Infinity : Date.parse(order.due_at));
  return {
    open: fitting
      .filter((order) => order.open)
      // two without a due time: Infinity - Infinity is no number
      .sort((one, other) => (due(one) === due(other) ? one.number - other.number : due(one) - due(other))),
    completed: fitting
      .filter((order) => !order.open)
      .sort((one, other) => Date.parse(other.completed_at ?? "") - Date.parse(one.completed_at ?? "")),
  };
}

/** What a clock in `zone` shows at a moment, as `<input type="datetime-local">` has it; without a zone, here. */
export function wallClock(at: string | null, zone: string | undefined): string {
  if (at === null) return "";
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    })
      .formatToParts(new Date(at))
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** The moment at which a clock in `zone` shows that; null for none. */
export function momentOf(shown: string, zone: string | undefined): string | null {
  if (!shown) return null;
  const wanted = Date.parse(`${shown}Z`);
  if (Number.isNaN(wanted)) return null;
  let at = wanted;
  // the offset at a first guess may be that of the other side of a change of clocks
  for (let turn = 0; turn < 2; turn++) at += wanted - Date.parse(`${wallClock(new Date(at).toISOString(), zone)}Z`);
  return new Date(at).toISOString();
}
