import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { EventsPage } from "../../src/api/meter";
import type { History } from "../../src/api/meters";
import { CsjMeterCurves } from "../../src/panel/meter/csj-meter-curves";
import { app } from "../english";
import { Staged } from "../staged";

const history = { start: "2026-11-20T11:00:00+00:00", step: 2, series: {} } as unknown as History;

let events: () => EventsPage;
let asked: string[];
let curves: Staged<CsjMeterCurves>;

beforeEach(async () => {
  vi.useFakeTimers({ now: Date.parse("2026-11-20T12:00:00Z") });
  asked = [];
  curves = new Staged(new CsjMeterCurves());
  const answer = (command: string) => {
    asked.push(command);
    return command === "history" ? history : events();
  };
  await curves.set({ app: app(answer), serial: "A1", quantities: ["active_power"] });
});
afterEach(() => {
  curves.leave();
  vi.useRealTimers();
});

async function later(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  await curves.settled();
}

it("that marks could not be had is said until they can be had, and the curves need nothing anew for that", async () => {
  events = () => {
    throw { code: "home_assistant_error", message: "The database does not answer." };
  };
  await later(31);
  expect(curves.text).toContain("The database does not answer.");
  expect(curves.text).not.toContain("Nothing happened");
  events = () => ({ events: [], next: null, missing: [] });
  await later(31);
  expect(curves.text).not.toContain("The database does not answer.");
  expect(curves.text).toContain("Nothing happened");
  expect(asked.filter((command) => command === "history")).toHaveLength(1);
});

it("sources of marks that cannot be read are named", async () => {
  events = () => ({ events: [], next: null, missing: ["alert", "command"] });
  await later(31);
  expect(curves.text).toContain("Cannot be read now, and so is not shown: Alert, Command");
  expect(curves.text).not.toContain("Nothing happened");
});
