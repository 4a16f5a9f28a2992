/** Credit as a card tells it. */

import type { Money } from "../api/meter";
import type { Payment } from "../api/payments";
import { FINE, URGENT } from "../credit_days";

export type Tone = "good" | "warning" | "critical";

/** Days that fill the bar. */
const FULL = 14;

/** How the credit stands, by the days that are left and by what the meter itself says; null while neither is known. */
export function tone({ forecast, state }: Pick<Money, "forecast" | "state">): Tone | null {
  const said = state === "arrears" || state === "very_low" ? "critical" : state === "low" ? "warning" : null;
  const days = daysLeft(forecast);
  const foreseen =
    days === null ? (forecast?.outlook === "lasts" || state === "ok" ? "good" : null) : days < URGENT ? "critical" : days <= FINE ? "warning" : "good";
  if (said === "critical" || foreseen === "critical") return "critical";
  return said ?? foreseen;
}

/** Key of the words for it; null where the meter says nothing. What it finds well may still be used up in days. */
export function creditWords({ forecast, state }: Pick<Money, "forecast" | "state">): string | null {
  const soon = state === "ok" && tone({ forecast, state }) !== "good";
  return state === null ? null : `meter.credit_states.${soon ? "ends_soon" : state}`;
}

/** Whole or tenths of days; null while it is not known, or when it lasts for longer than can be foreseen. */
export function daysLeft(forecast: Money["forecast"]): number | null {
  if (forecast === null) return null;
  return forecast.outlook === "empty" ? 0 : forecast.outlook === "runs_out" ? forecast.days : null;
}

/** Days in which tenths matter. */
const FEW = 3;

/** Days as they are told: rounded down, so that nobody counts on a day that is not there. */
export function toldDays(days: number): number {
  return days < FEW ? Math.floor(days * 10) / 10 : Math.floor(days);
}

/** How much of the bar is filled, a share of one. */
export function filled(forecast: Money["forecast"]): number {
  if (forecast?.outlook === "lasts") return 1;
  return Math.min(Math.max((daysLeft(forecast) ?? 0) / FULL, 0), 1);
}

/** The balance the other way round, at the price that holds now: energy for money, money for energy. */
export function equivalent(money: Pick<Money, "balance" | "unit" | "tariff" | "tariffs">): { value: number; unit: string } | null {
  const { balance, unit, tariff, tariffs } = money;
  const found = tariffs.find((row) => row.tariff === tariff) ?? (tariffs.length === 1 ? tariffs[0] : undefined);
  const price = found?.price ?? null;
  if (balance === null || balance < 0 || price === null || price <= 0) return null;
  if (unit !== "kWh") return { value: balance / price, unit: "kWh" };
  const currency = (found as { price_unit: string }).price_unit.split("/")[0] as string;
  return /^[A-Z]{3}$/.test(currency) ? { value: balance * price, unit: currency } : null;
}

/** What can be entered to top up. */
export type Method = "voucher" | "token" | "amount";

export interface Entry {
  method: Method;
  text: string;
}

/** What somebody of these permissions can enter for a meter that can do this. */
export function methods(may: (permission: "redeem" | "top_up") => boolean, capabilities: readonly string[]): Method[] {
  return [
    ...(may("redeem") ? (["voucher"] as const) : []),
    ...(may("redeem") && capabilities.includes("sts_token") ? (["token"] as const) : []),
    ...(may("top_up") ? (["amount"] as const) : []),
  ];
}

/** The action that an entry becomes; `key` makes the same entry count once, however often it is sent. */
export function order({ method, text }: Entry, deviceId: string, key: string): [action: string, data: Record<string, unknown>] {
  const said = text.trim();
  if (method === "amount") return ["top_up", { device_id: deviceId, amount: said.replace(",", "."), key }];
  if (method === "token") return ["load_token", { device_id: deviceId, token: said, key }];
  return ["redeem_voucher", { device_id: deviceId, code: said, key }];
}

/** Whether what is entered can be meant; what it is worth is for the server to say. */
export function possible({ method, text }: Entry): boolean {
  const said = text.trim();
  if (method === "amount") return /^\d{1,4}([.,]\d{1,2})?$/.test(said) && Number(said.replace(",", ".")) > 0;
  return said.length > 0 && said.length <= 100;
}

/** A key that nobody else makes. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether this entry may be sent under another key: what became of it is known. */
export function settled(payment: Payment): boolean {
  return payment.state === "done" || payment.state === "refused" || payment.state === "foreign";
}
