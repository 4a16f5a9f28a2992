/** What was sent to a meter and has no outcome yet: longer than its card, which is made anew with the connection. */

import type { ApiError } from "../api/session";
import { isLost } from "../app";
import { type Entry, newKey } from "./credit";

/** `lost`: the answer was, with the connection; `uncertain`: the meter has not shown it. */
export type Doubt = "lost" | "uncertain";

interface Pending {
  key: string;
  doubt: Doubt | null;
}

/** By device, then by what was entered. */
const pending = new Map<string, Map<string, Pending>>();

/** The key under which an entry is sent: the same as before until what became of that is known. */
export function sending(deviceId: string, entry: Entry): string {
  const sent = pending.get(deviceId) ?? new Map<string, Pending>();
  pending.set(deviceId, sent);
  const said = meant(entry);
  const key = sent.get(said)?.key ?? newKey();
  if (!sent.has(said)) sent.set(said, { key, doubt: null });
  return key;
}

/** The key under which the same was sent before, with an outcome that is not known; undefined for something new. */
export function sentBefore(deviceId: string, entry: Entry): string | undefined {
  return pending.get(deviceId)?.get(meant(entry))?.key;
}

/** The keys of all that was sent to a meter and has no known outcome. */
export function keysOn(deviceId: string): string[] {
  return [...(pending.get(deviceId)?.values() ?? [])].map(({ key }) => key);
}

/** Nobody knows what became of it. */
export function doubt(deviceId: string, key: string, why: Doubt): void {
  for (const one of pending.get(deviceId)?.values() ?? []) if (one.key === key) one.doubt = why;
}

/** What became of it is known. */
export function settle(deviceId: string, key: string): void {
  const sent = pending.get(deviceId);
  for (const [said, one] of sent ?? []) if (one.key === key) sent?.delete(said);
}

/** Whether something was sent to the meter of which nobody knows what became, and why nobody does. */
export function doubtOn(deviceId: string): Doubt | null {
  const doubts = [...(pending.get(deviceId)?.values() ?? [])].map((one) => one.doubt);
  return doubts.find((one) => one === "lost") ?? doubts.find((one) => one !== null) ?? null;
}

/** An entry as it counts, however it is written. */
function meant({ method, text }: Entry): string {
  const said = method === "amount" ? Number(text.trim().replace(",", ".")).toFixed(2) : text.replace(/[\s-]/g, "").toUpperCase();
  return `${method} ${said}`;
}

/** Errors that say what became of the payment that the key stands for, or that the key stands for none of ours. */
const VERDICTS = new Set(["top_up_refused", "token_refused", "rival_top_up", "key_reused"]);

/** Errors from before anything is sent, or with which the meter itself has refused. */
const NOT_SENT = new Set([
  ...["link_down", "unit_silent", "garbled_reply", "stale_reply", "refused", "foreign_meter", "meter_frozen", "implausible_reading"],
  ...["no_key", "wrong_key", "locked_out", "not_offered", "meter_busy", "count_moved", "shutting_down", "ledger_unavailable"],
  ...["ledger_too_new", "count_fell", "credit_unknown", "not_sendable"],
]);

/** Codes of what somebody has entered wrongly, or what Home Assistant turns down by itself. */
const TURNED_DOWN = new Set(["service_validation_error", "unauthorized", "invalid_format", "not_found"]);

/**
 * What an error says of something that was sent under a key, and under the same key `before`: `known`, `kept` where it
 * says nothing new, or why it is in doubt. What is not listed is in doubt.
 */
export function told(error: unknown, before: boolean): Doubt | "known" | "kept" {
  if (isLost(error)) return "lost";
  const { code, translation_key } = error as ApiError;
  const key = translation_key ?? "";
  if (VERDICTS.has(key)) return "known";
  if (key === "top_up_pending") return "kept"; // it waits for another one
  if (TURNED_DOWN.has(code) || NOT_SENT.has(key)) return before ? "kept" : "known";
  return "uncertain";
}
