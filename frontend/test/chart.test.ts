import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type uPlot from "uplot";

import { app } from "./english";
import { Staged } from "./staged";

/** What charts were drawn with; uPlot itself needs a canvas. */
const drawn: uPlot.Options[] = [];

vi.mock("uplot", async (original) => {
  const { default: real } = await original<{ default: typeof uPlot }>();
  class Recorded {
    static tzDate = real.tzDate;
    over = new EventTarget();
    constructor(options: uPlot.Options) {
      drawn.push(options);
    }
    setScale(): void {}
    setSeries(): void {}
    destroy(): void {}
  }
  return { default: Recorded };
});

beforeEach(() => {
  drawn.length = 0;
  const watcher = { observe: () => undefined, disconnect: () => undefined };
  vi.stubGlobal("ResizeObserver", function () {
    return watcher;
  });
  vi.stubGlobal("document", { createElement: () => ({ style: {}, remove: () => undefined }) });
  vi.stubGlobal("getComputedStyle", () => ({ color: "black" }));
});
afterEach(() => vi.unstubAllGlobals());

it("days of the axis begin at midnight of the zone in which they are named", async () => {
  const { CsjChart } = await import("../src/elements/csj-chart");
  const place = { clientWidth: 300 };
  const chart = new Staged(new CsjChart(), { querySelector: () => place, append: () => undefined });
  const hours = (at: string) => drawn.at(-1)?.tzDate?.(Date.parse(at) / 1000).getHours();
  const served = (time_zone: string) => app(() => null, { info: { time_zone } });
  await chart.set({ app: served("Asia/Tokyo") });
  expect(hours("2026-11-19T15:00:00Z")).toBe(0);
  // the zone of the site is another one: the axis is drawn anew
  await chart.set({ app: served("America/New_York") });
  expect(drawn).toHaveLength(2);
  expect(hours("2026-11-20T05:00:00Z")).toBe(0);
  // and back in that of the browser, which uPlot takes by itself
  await chart.set({ app: app(() => null, { locale: { time_zone: "local" } }) });
  expect(drawn).toHaveLength(3);
  expect(drawn.at(-1)?.tzDate).toBeUndefined();
});
