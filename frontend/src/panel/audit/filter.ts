/** Which lines of the audit log are asked for, page by page. */

import type { AuditLine } from "../../api/figures";
import { dayStart, nextDay } from "./days";

export interface AuditFilter {
  /** Days `YYYY-MM-DD`, both of them shown; empty for no end. */
  from: string;
  to: string;
  user: string;
  serial: string;
  allowed: "" | "yes" | "no";
}

/** The time asked for, of days in a zone. */
export function span({ from, to }: AuditFilter, zone?: string): { start?: string; end?: string } {
  return {
    ...(from ? { start: dayStart(from, zone).toISOString() } : {}),
    ...(to ? { end: dayStart(nextDay(to), zone).toISOString() } : {}),
  };
}

/** The first page. */
export function question(filter: AuditFilter, limit: number, zone?: string): { command: string } & Record<string, unknown> {
  const { user, serial, allowed } = filter;
  return {
    command: "audit",
    limit,
    ...span(filter, zone),
    ...(user ? { user_id: user } : {}),
    ...(serial ? { serial } : {}),
    ...(allowed ? { allowed: allowed === "yes" } : {}),
  };
}

/** Before when the next page begins: the millisecond of the last line is asked for once more, it may have others. */
export function endOfNext(lines: readonly AuditLine[]): string {
  return new Date(Date.parse(lines.at(-1)?.at ?? "") + 1).toISOString();
}

/** With the page after them, whose first lines are there already. */
export function joined(lines: readonly AuditLine[], next: readonly AuditLine[]): AuditLine[] {
  const last = lines.at(-1)?.at;
  return [...lines, ...next.slice(lines.filter((line) => line.at === last).length)];
}
