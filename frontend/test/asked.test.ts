import type { ReactiveController } from "lit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { App } from "../src/app";
import { Asked } from "../src/cards/asked";

const page = Object.assign(new EventTarget(), { hidden: false });

/** As much of a card as what is asked for touches, with a server whose answers are in the hands of the test. */
class Card {
  controllers: ReactiveController[] = [];
  serial: string | null = "A1";
  answers: { resolve: (value: unknown) => void; reject: (error: unknown) => void }[] = [];
  calls: unknown[] = [];
  updateComplete = Promise.resolve(true);
  app = this.session();

  session(): App {
    return {
      info: {},
      call: (...call: unknown[]) => {
        this.calls.push(call);
        return new Promise((resolve, reject) => this.answers.push({ resolve, reject }));
      },
    } as unknown as App;
  }

  addController(controller: ReactiveController): void {
    this.controllers.push(controller);
  }
  removeController(): void {}
  requestUpdate(): void {}

  update(): void {
    for (const one of this.controllers) one.hostUpdate?.();
  }
  connect(): void {
    for (const one of this.controllers) one.hostConnected?.();
    this.update();
  }
  leave(): void {
    for (const one of this.controllers) one.hostDisconnected?.();
  }
  async answer(value: unknown): Promise<void> {
    this.answers.shift()?.resolve(value);
    await vi.advanceTimersByTimeAsync(0);
  }
  async fail(error: unknown): Promise<void> {
    this.answers.shift()?.reject(error);
    await vi.advanceTimersByTimeAsync(0);
  }
}

describe("what a card asks for", () => {
  let card: Card;
  let asked: Asked<string>;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("document", page);
    page.hidden = false;
    card = new Card();
    asked = new Asked<string>(card, () => (card.serial === null ? null : { command: "meter", serial: card.serial }), 20);
    card.connect();
  });
  afterEach(() => {
    card.leave();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("is asked again after a while, and once for many updates", async () => {
    card.update();
    card.update();
    expect(card.calls).toEqual([["meter", { serial: "A1" }]]);
    await card.answer("first");
    expect(asked.value).toBe("first");
    await vi.advanceTimersByTimeAsync(20_000);
    expect(card.calls).toHaveLength(2);
    await card.answer("second");
    expect(asked.value).toBe("second");
  });

  it("stays when it cannot be had again, and says why", async () => {
    await card.answer("first");
    await vi.advanceTimersByTimeAsync(20_000);
    await card.fail({ code: "home_assistant_error", message: "no" });
    expect([asked.value, asked.error?.code]).toEqual(["first", "home_assistant_error"]);
    await vi.advanceTimersByTimeAsync(20_000);
    // how the connection says that it is lost: before something is sent, and while an answer is awaited
    for (const error of [3, { type: "result", success: false, error: { code: 3, message: "Connection lost" } }]) {
      await card.fail(error);
      expect([asked.value, asked.error?.code]).toEqual(["first", "lost"]);
      await vi.advanceTimersByTimeAsync(20_000);
    }
    await card.answer("second");
    expect([asked.value, asked.error]).toEqual(["second", null]);
  });

  it("goes when it is not for the user any more", async () => {
    await card.answer("first");
    await vi.advanceTimersByTimeAsync(20_000);
    await card.fail({ code: "unauthorized", message: "no" });
    expect([asked.value, asked.error?.code]).toEqual([null, "unauthorized"]);
  });

  it("is another one for another meter, and late answers are passed over", async () => {
    card.serial = "B2";
    card.update();
    expect(card.calls).toHaveLength(2);
    await card.answer("of A1");
    expect(asked.value).toBeNull();
    await card.answer("of B2");
    expect(asked.value).toBe("of B2");
    card.serial = null;
    card.update();
    expect(asked.value).toBeNull();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(card.calls).toHaveLength(2);
  });

  it("is asked at once in another session", async () => {
    await card.answer("first");
    card.app = card.session();
    card.update();
    expect(card.calls).toHaveLength(2);
  });

  it("rests while nobody sees it", async () => {
    await card.answer("first");
    page.hidden = true;
    await vi.advanceTimersByTimeAsync(100_000);
    expect(card.calls).toHaveLength(1);
    page.hidden = false;
    page.dispatchEvent(new Event("visibilitychange"));
    expect(card.calls).toHaveLength(2);
    card.leave();
    await vi.advanceTimersByTimeAsync(100_000);
    page.dispatchEvent(new Event("visibilitychange"));
    expect(card.calls).toHaveLength(2);
  });
});
