import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { CsjPortalUsage } from "../../src/portal/csj-portal-usage";
import { Staged } from "../staged";
import { overview, portal } from "./overview";

/** What was asked for and not answered yet. */
let asked: { day: string; answer(energy: number | null): Promise<void> }[];
let usage: Staged<CsjPortalUsage>;

/** The same a minute later; after so many midnights. */
function later(days = 0) {
  const shown = overview();
  const last = new Date(Date.UTC(2026, 10, 20 + days)).toISOString().slice(0, 10);
  if (days && shown.usage) shown.usage.days.push({ day: last, energy: 1, cost: 1 });
  return { shown };
}

beforeEach(async () => {
  asked = [];
  vi.stubGlobal("fetch", (path: string) => {
    const day = path.slice(-10);
    return new Promise<Response>((resolve) => {
      const answer = async (energy: number | null) => {
        const hours = [{ at: Date.parse(`${day}T08:00:00Z`) / 1000, energy }];
        resolve(energy === null ? new Response("{}", { status: 500 }) : new Response(JSON.stringify({ day, hours })));
        await new Promise((done) => setTimeout(done));
        await usage.settled();
      };
      asked.push({ day, answer });
    });
  });
  usage = new Staged(new CsjPortalUsage());
  await usage.set({ portal: portal(), shown: overview() });
});
afterEach(() => vi.unstubAllGlobals());

it("hours that come late do not take the place of what was chosen meanwhile", async () => {
  await usage.press("Today");
  await usage.press("Last 7 days");
  await asked[0]?.answer(5);
  expect(usage.text).toContain("Energy used day by day");
});

it("below Today are no other bars than those of today", async () => {
  await usage.press("Today");
  expect(usage.text).not.toContain("day by day");
  expect(usage.text).toContain("Loading");
  await asked[0]?.answer(null);
  expect(usage.text).not.toContain("day by day");
  expect(usage.text).toContain("Something went wrong");
});

it("the hours of today are renewed with the sums, and what is shown stays until they are there", async () => {
  await usage.press("Today");
  await asked[0]?.answer(5);
  expect(usage.text).toContain("hour by hour on Nov 20");
  await usage.set(later());
  expect(usage.text).toContain("5.00");
  await asked[1]?.answer(6);
  expect(usage.text).toContain("6.00");
});

it("after midnight today is another day", async () => {
  await usage.press("Today");
  await asked[0]?.answer(5);
  await usage.set(later(1));
  expect(usage.text).not.toContain("Nov 20");
  await asked[1]?.answer(0.5);
  expect(usage.text).toContain("hour by hour on Nov 21");
});

it("of days that were chosen only the one that is not over is asked for again", async () => {
  await usage.press("19");
  await asked[0]?.answer(5);
  await usage.set(later());
  expect(asked).toHaveLength(1);
  await usage.press("All days");
  await usage.press("20");
  await asked[1]?.answer(5);
  await usage.set(later());
  await usage.set(later(1)); // its last hour is complete now
  await usage.set(later(1));
  expect(asked.slice(2).map(({ day }) => day)).toEqual(["2026-11-20", "2026-11-20"]);
});

it("who has just moved in is told that nothing is known yet, and is shown no empty field", async () => {
  const nothing = { energy: null, cost: null };
  const days = ["2026-11-19", "2026-11-20"].map((day) => ({ day, ...nothing }));
  const shown = overview({ usage: { today: nothing, week: { ...nothing, change: null }, month: nothing, days } });
  await usage.set({ shown });
  expect(usage.text).toContain("Nothing is known yet.");
  expect(usage.text).not.toContain("Choose a day");
  await usage.press("This month");
  expect(usage.text).toContain("Nothing is known yet.");
});
