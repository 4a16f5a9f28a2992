/** What the portal asks the server, and how it answers. The token is only ever in a body, once; then a cookie has it. */

const BASE = "/csj_meter/portal";

export interface Used {
  energy: number | null;
  cost: number | null;
}

export interface Day extends Used {
  day: string;
}

export interface Hours {
  day: string;
  hours: { at: number; energy: number | null }[];
}

export interface MeterAlert {
  title: string;
  severity: "critical" | "warning" | "info";
  severity_word: string;
  since: string;
  until: string | null;
  active: boolean;
  text: string;
  action: string;
}

export interface Payment {
  state: string;
  amount: number | null;
  unit: string;
  kind: string;
  at: string;
}

export interface Tip {
  key: string;
  text: string;
  figures: { label: string; value: number | string; unit: string | null }[];
}

export interface Overview {
  language: string;
  texts: Record<string, string>;
  time_zone: string;
  currency: string;
  tenant: string;
  meter: string;
  serial: string;
  moved_in: string;
  online: boolean;
  power: number | null;
  credit: { balance: number | null; unit: string | null; at: string | null; days: number | null; low: boolean } | null;
  can_top_up: boolean;
  usage: { today: Used; week: Used & { change: number | null }; month: Used; days: Day[] } | null;
  alerts: MeterAlert[];
  tips: Tip[];
  summary: { alerts: number; top_ups: number; topped_up: number };
  payments: Payment[];
  months: string[];
}

export type TopUp =
  | { state: "done"; amount: number | null; unit: string; balance: number | null }
  | { state: "refused"; word: string }
  | { state: "uncertain" };

/** Something that was not done: a word, and how many seconds to wait. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly word: string,
    readonly wait: number,
  ) {
    super(word);
  }
}

/** Nobody answered: whether something was done is not known. */
export const LOST = 0;

async function ask(method: string, path: string, content?: unknown, seconds = 30): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${BASE}${path}`, {
      method,
      cache: "no-store",
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(seconds * 1000),
      ...(content === undefined
        ? {}
        : { body: JSON.stringify(content), headers: { "Content-Type": "application/json", "X-CSJ-Portal": "1" } }),
    });
  } catch {
    throw new Refusal(LOST, "lost", 0);
  }
  if (!response.ok) {
    const told = (await response.json().catch(() => ({}))) as { error?: string };
    throw new Refusal(response.status, told.error ?? "broken", Number(response.headers.get("Retry-After") ?? 0));
  }
  return response;
}

async function told<T>(response: Promise<Response>): Promise<T> {
  return (await (await response).json()) as T;
}

/** `instead`: also where the portal of somebody else is open on this phone. */
export const open = (token: string, instead = false) => ask("POST", "/session", { token, instead });
export const close = () => ask("DELETE", "/session", {});
export const overview = () => told<Overview>(ask("GET", "/api/overview"));
export const hours = (day: string) => told<Hours>(ask("GET", `/api/hours?day=${day}`));
export const message = (text: string) => ask("POST", "/api/message", { text });
export const dismissTip = (key: string) => ask("POST", "/api/dismiss_tip", { key });
/** Slow lines take their time; nothing here asks twice by itself. */
export const topUp = (kind: string, code: string, key: string) =>
  told<TopUp>(ask("POST", "/api/top_up", { kind, code, key }, 120));

export const csvAddress = (resolution: "hour" | "minute") => `${BASE}/api/csv?resolution=${resolution}`;
export const statementAddress = (month: string) => `${BASE}/api/statement?month=${month}`;

/** The token of a link, or of what somebody has pasted; empty where there is none. */
export function tokenOf(text: string): string {
  const token = text.trim().split("#").pop() ?? "";
  return /^[\w-]{20,128}$/.test(token) ? token : "";
}

/** A key that stands for one entry and for no other; also where the page is not served over HTTPS. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
