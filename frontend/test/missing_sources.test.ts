import { expect, it, vi } from "vitest";

import type { EventRow, EventSource, EventsPage } from "../src/api/meter";
import { CsjAlertView } from "../src/panel/alerts/csj-alert-view";
import { CsjEndedAlerts } from "../src/panel/alerts/csj-ended-alerts";
import { CsjMeterLog } from "../src/panel/meter/csj-meter-log";
import { alert } from "./alert";
import { app } from "./english";
import { Staged } from "./staged";

const UNREAD = "The alerts of the past cannot be read now.";

const row: EventRow = { id: "1", at: "2026-11-20T12:00:00+00:00", until: null, source: "command", kind: "done", serial: "A1", by: null, text: "Restarted" };

function page(missing: EventSource[], events: EventRow[] = [], next: string | null = null): EventsPage {
  return { events, next, missing };
}

it("the log names sources that cannot be read, and does not say that nothing has happened", async () => {
  const pages = [page(["alert", "payment"])];
  const log = new Staged(new CsjMeterLog());
  await log.set({ app: app(() => pages.shift()), serial: "A1" });
  expect(log.text).toContain("Cannot be read now, and so is not shown: Alert, Payment");
  expect(log.text).not.toContain("Nothing has happened");
  pages.push(page([]));
  await log.set({ version: "2" });
  expect(log.text).not.toContain("Cannot be read now");
  expect(log.text).toContain("Nothing has happened");
  log.leave();
});

it("what an older page could not have is missing below as well", async () => {
  const pages = [page(["alert"], [row], "before"), page(["contact"], [row])];
  const log = new Staged(new CsjMeterLog());
  await log.set({ app: app(() => pages.shift()), serial: "A1" });
  await log.press("Older");
  expect(log.text).toContain("Cannot be read now, and so is not shown: Alert, Contact");
  log.leave();
});

it("alerts that are over are not none where they cannot be read, and are asked for again", async () => {
  vi.useFakeTimers();
  const pages = [page(["alert"]), page([])];
  const ended = new Staged(new CsjEndedAlerts());
  await ended.set({ app: app(() => pages.shift()), open: 2 });
  expect(ended.text).toContain(UNREAD);
  await vi.advanceTimersByTimeAsync(61_000);
  await ended.settled();
  expect(ended.text).toBe("");
  await vi.advanceTimersByTimeAsync(200_000);
  expect(ended.text).toBe("");
  ended.leave();
  vi.useRealTimers();
});

it("an alert says that more of it may have happened", async () => {
  const evidence = { alert: alert(), serial: "A1", quantity: "voltage_l1", samples: null, band: null, witnesses: [] };
  const answers = (missing: EventSource[]) => (command: string) => (command === "events" ? page(missing) : evidence);
  for (const missing of [["alert"], []] as EventSource[][]) {
    const view = new Staged(new CsjAlertView());
    await view.set({ app: app(answers(missing)), alertId: "4f1c9a0be27d3358", row: alert() });
    await view.settled();
    expect(view.text.includes(UNREAD)).toBe(missing.length > 0);
    view.leave();
  }
});
