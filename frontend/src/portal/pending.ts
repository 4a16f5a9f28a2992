/**
 * What was sent to a meter and whose outcome is not known: longer than the page, which a phone loads anew as it likes.
 *
 * It is there until it is settled, or the tab is closed.
 */

export interface Entry {
  kind: string;
  code: string;
  /** The same key says the same entry. */
  key: string;
}

const PREFIX = "csj_meter.top_up.";

/** Where a browser keeps nothing, for as long as the page is there. */
const here = new Map<string, Entry>();

/** What was sent to a meter of which nobody knows what became. */
export function pending(serial: string): Entry | null {
  try {
    const kept = sessionStorage.getItem(PREFIX + serial);
    if (kept !== null) return JSON.parse(kept) as Entry;
  } catch {
    // not allowed, or not ours
  }
  return here.get(serial) ?? null;
}

/** It is on its way. */
export function keep(serial: string, { kind, code, key }: Entry): void {
  here.set(serial, { kind, code, key });
  try {
    sessionStorage.setItem(PREFIX + serial, JSON.stringify({ kind, code, key }));
  } catch {
    // full, or not allowed
  }
}

/** What became of it is known. */
export function settle(serial: string): void {
  here.delete(serial);
  try {
    sessionStorage.removeItem(PREFIX + serial);
  } catch {
    // nothing was kept there
  }
}
