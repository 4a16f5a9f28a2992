import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { CsjPortalDownloads } from "../../src/portal/csj-portal-downloads";
import { Staged } from "../staged";
import { overview, portal } from "./overview";

beforeEach(() => {
  vi.stubGlobal("document", { documentElement: { lang: "en" } });
  vi.useFakeTimers({ now: Date.parse("2026-11-20T12:05:00Z"), toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it.each([
  ["2026-11-20T12:04:30+00:00", []],
  ["2026-11-20T12:03:30+00:00", ["by the minute"]],
  ["2026-11-20T10:59:00+00:00", ["by the hour", "by the minute"]],
  ["2026-11-20T11:01:00+00:00", ["by the minute"]],
])("who moved in at %s is offered what has something in it, and no address of an error", async (moved_in, offered) => {
  const shown = new Staged(new CsjPortalDownloads());
  await shown.set({ portal: portal(), shown: overview({ moved_in }) });
  for (const each of ["by the hour", "by the minute"]) expect(shown.text.includes(each)).toBe((offered as string[]).includes(each));
  expect(shown.text.includes("Nothing is known yet.")).toBe(offered.length === 0);
});
