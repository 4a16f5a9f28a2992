/** Which lines of the audit log are asked for, page by page. */

import { PORTAL } from "./audited";
import { dayStart, nextDay } from "./days";

export interface AuditFilter {
  /** Days `YYYY-MM-DD`, both of them shown; empty for no end. */
  from: string;
  to: string;
  /** Id of a user, or `PORTAL` for all who have none. */
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

/** A page: the first, or what is older than the line `before`. */
export function question(
  filter: AuditFilter,
  limit: number,
  zone?: string,
  before?: number,
): { command: string } & Record<string, unknown> {
  const { user, serial, allowed } = filter;
  return {
    command: "audit",
    limit,
    ...span(filter, zone),
    ...(user === PORTAL ? { portal: true } : user ? { user_id: user } : {}),
    ...(serial ? { serial } : {}),
    ...(allowed ? { allowed: allowed === "yes" } : {}),
    ...(before === undefined ? {} : { before_number: before }),
  };
}
