import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { App } from "../../src/app";
import { CsjMeterPage } from "../../src/panel/csj-meter-page";
import { app, within } from "../shown";

interface Page {
  app: App;
  serial: string;
  detail: unknown;
  meters: { rows: Map<string, unknown> };
  renewal: { hostConnected(): void; hostDisconnected(): void };
  willUpdate(changed: Map<string, unknown>): void;
  disconnectedCallback(): void;
}

describe("what comes with no subscription", () => {
  let page: Page;
  let asked = 0;
  let answer: () => unknown;

  const session = () => app({ info: {}, call: async () => { asked += 1; return answer(); } });
  const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);
  const fail = (code: string) => () => {
    throw { code, message: "" };
  };

  beforeEach(() => {
    vi.useFakeTimers();
    asked = 0;
    page = within<Page>(new CsjMeterPage());
    page.app = session();
    page.serial = "A1";
  });
  afterEach(() => {
    page.renewal.hostDisconnected();
    page.disconnectedCallback();
    vi.useRealTimers();
  });

  const open = () => {
    page.renewal.hostConnected();
    page.willUpdate(new Map([["serial", ""]]));
  };

  it("is asked for by one timer, however long it cannot be had", async () => {
    answer = fail("timeout");
    Object.defineProperty(page, "isConnected", { value: true });
    open();
    await seconds(3600);
    asked = 0;
    await seconds(60);
    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(25);
    answer = () => ({ meter: { serial: "A1" } });
    await seconds(5);
    asked = 0;
    await seconds(60);
    expect(page.detail).toEqual({ serial: "A1" });
    expect(asked).toBe(2);
  });

  it.each(["not_found", "unauthorized"])("is not asked for again after %s, until something has changed", async (code) => {
    answer = fail(code);
    Object.defineProperty(page, "isConnected", { value: true });
    open();
    await seconds(600);
    expect(asked).toBe(1);
    page.meters.rows = new Map([["A1", {}]]);
    page.willUpdate(new Map());
    page.willUpdate(new Map());
    await seconds(600);
    expect(asked).toBe(2);
    page.app = session();
    page.willUpdate(new Map());
    await seconds(600);
    expect(asked).toBe(3);
  });

  it("is asked for at once when the list has another balance", async () => {
    answer = () => ({ meter: { serial: "A1" } });
    const row = (value: number) => new Map([["A1", { balance: { value, unit: "EUR" } }]]);
    page.meters.rows = row(25);
    open();
    await seconds(1);
    expect(asked).toBe(1);
    page.willUpdate(new Map());
    await seconds(1);
    expect(asked).toBe(1);
    page.meters.rows = row(45);
    page.willUpdate(new Map());
    await seconds(1);
    expect(asked).toBe(2);
  });

  it("is not asked for by a page that is not there any more", async () => {
    answer = fail("timeout");
    open();
    await seconds(0);
    page.renewal.hostDisconnected();
    page.disconnectedCallback();
    asked = 0;
    await seconds(600);
    expect(asked).toBe(0);
  });
});
