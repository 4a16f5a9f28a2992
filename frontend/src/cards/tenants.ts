/** Whose credit is worth a look first, and what they are written. */

import type { MeterDetail } from "../api/meter";
import type { MeterRow } from "../api/meters";
import { daysLeft, tone } from "./credit";

/** Who lives behind a meter, as the action `list_tenants` answers. */
export interface Tenant {
  meter: string;
  name: string;
  email: string | null;
  phone: string | null;
  /** Name of the channel over which they are told something; null without one. */
  channel: string | null;
  /** When they were told of their credit last. */
  reminded_at: string | null;
  moved_out: unknown;
}

/** What became of a reminder, as the action `remind_tenant` answers. */
export interface Reminded {
  state: "delivered" | "waiting" | "failed" | "no_channel";
  channel: string | null;
  at: string;
}

type Row = MeterRow & Pick<MeterDetail, "money">;

const RANK = { critical: 0, warning: 1, good: 2 } as const;

/** The most urgent first, then by name. */
export function byUrgency(meters: readonly Row[]): Row[] {
  const rank = ({ money }: Row) => {
    const of = money === null ? null : tone(money);
    return of === null ? 1.5 : RANK[of];
  };
  const days = ({ money }: Row) => (money === null ? null : daysLeft(money.forecast)) ?? Number.MAX_VALUE;
  return [...meters].sort((a, b) => rank(a) - rank(b) || days(a) - days(b) || a.name.localeCompare(b.name));
}

/** An address that opens a letter to somebody: a mail, or a message to their phone; null without either. */
export function letter({ email, phone }: Pick<Tenant, "email" | "phone">, subject: string, text: string): string | null {
  const said = encodeURIComponent(text);
  if (email) return `mailto:${encodeURIComponent(email).replace("%40", "@")}?subject=${encodeURIComponent(subject)}&body=${said}`;
  return phone ? `sms:${phone.replace(/[^+\d]/g, "")}?&body=${said}` : null;
}
