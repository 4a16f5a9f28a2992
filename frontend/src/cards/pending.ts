/** What was sent to a meter and whose outcome is not known: longer than its card, which is made anew with the connection. */

import { type Entry, newKey } from "./credit";

interface Pending {
  said: string;
  key: string;
  lost: boolean;
}

const pending = new Map<string, Pending>();

/** The key under which an entry is sent: the same as before as long as nobody knows what became of it. */
export function sending(deviceId: string, entry: Entry): string {
  const said = JSON.stringify([entry.method, entry.text.trim()]);
  const before = pending.get(deviceId);
  const key = before?.said === said ? before.key : newKey();
  pending.set(deviceId, { said, key, lost: false });
  return key;
}

/** The connection was lost meanwhile. */
export function lose(deviceId: string): void {
  const sent = pending.get(deviceId);
  if (sent !== undefined) sent.lost = true;
}

/** What became of it is known. */
export function settle(deviceId: string): void {
  pending.delete(deviceId);
}

/** Whether something was sent to the meter of which nobody knows what became. */
export function isLostOn(deviceId: string): boolean {
  return pending.get(deviceId)?.lost ?? false;
}
