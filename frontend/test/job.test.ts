import type { ReactiveController } from "lit";
import { describe, expect, it } from "vitest";

import type { App } from "../src/app";
import { Job } from "../src/panel/job";

type Progress = { type: "progress"; done: number };
type Result = { type: "result"; found: number };

/** Home Assistant's connection, as far as a subscription uses it. */
class Line {
  refuse: object | null = null;
  sent: object[] = [];
  ended = 0;
  private readonly listeners = new Map<string, Set<() => void>>();
  private tell: (event: object) => void = () => undefined;

  addEventListener(name: string, listener: () => void): void {
    this.listeners.set(name, (this.listeners.get(name) ?? new Set()).add(listener));
  }

  removeEventListener(name: string, listener: () => void): void {
    this.listeners.get(name)?.delete(listener);
  }

  async subscribeMessage(tell: (event: object) => void, message: object): Promise<() => Promise<void>> {
    this.sent.push(message);
    if (this.refuse !== null) throw this.refuse;
    this.tell = tell;
    return async () => {
      this.ended += 1;
    };
  }

  async say(event: object): Promise<void> {
    this.tell(event);
    await settled();
  }

  async fire(name: string): Promise<void> {
    for (const listener of this.listeners.get(name) ?? []) listener();
    await settled();
  }
}

/** Until everything that was set off is over. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** An element, as far as its controllers know it. */
class Host {
  readonly app: App;
  readonly updateComplete = Promise.resolve(true);
  private readonly controllers: ReactiveController[] = [];
  private pending = false;

  constructor(connection: Line) {
    this.app = { hass: { connection } } as unknown as App;
  }

  addController(controller: ReactiveController): void {
    this.controllers.push(controller);
    controller.hostConnected?.();
  }

  removeController(): void {}

  requestUpdate(): void {
    if (this.pending) return;
    this.pending = true;
    queueMicrotask(() => {
      this.pending = false;
      for (const one of this.controllers) one.hostUpdate?.();
      for (const one of this.controllers) one.hostUpdated?.();
    });
  }

  leave(): void {
    for (const one of this.controllers) one.hostDisconnected?.();
  }
}

async function begun(refuse: object | null = null) {
  const line = new Line();
  line.refuse = refuse;
  const host = new Host(line);
  const job = new Job<Progress, Result>(host);
  job.run({ command: "bus/scan", bridge: "b" });
  await settled();
  return { line, host, job };
}

describe("Job", () => {
  it("shows how far it is, and ends with its result", async () => {
    const { line, job } = await begun();
    expect(line.sent).toEqual([{ type: "csj_meter/bus/scan", bridge: "b" }]);
    await line.say({ type: "progress", done: 0.5 });
    expect(job.progress).toEqual({ type: "progress", done: 0.5 });
    expect(job.isRunning).toBe(true);
    await line.say({ type: "result", found: 2 });
    expect(job.isRunning).toBe(false);
    expect(job.result).toEqual({ type: "result", found: 2 });
    expect(line.ended).toBe(1);
  });

  it("ends on the server when somebody ends it, or leaves the page", async () => {
    const one = await begun();
    one.job.cancel();
    await settled();
    expect(one.line.ended).toBe(1);
    const other = await begun();
    other.host.leave();
    await settled();
    expect(other.line.ended).toBe(1);
    expect(other.job.isRunning).toBe(false);
    expect(other.job.interrupted).toBe(true);
  });

  it("is not tried again when it is refused", async () => {
    const refusal = { code: "service_validation_error", message: "It is under way already." };
    const { line, job } = await begun(refusal);
    expect(job.error).toBe(refusal);
    expect(job.isRunning).toBe(false);
    expect(line.sent).toHaveLength(1);
  });

  it("tells what went wrong later", async () => {
    const { line, job } = await begun();
    await line.say({ type: "failed", code: "home_assistant_error", message: "The line is down." });
    expect(job.error).toMatchObject({ message: "The line is down." });
    expect(job.isRunning).toBe(false);
  });

  it.each([[[]], [[{ type: "progress", done: 0.5 }]]])("is interrupted by a lost connection, and not begun again", async (said) => {
    const { line, job } = await begun();
    for (const event of said) await line.say(event);
    await line.fire("disconnected");
    expect(job.interrupted).toBe(true);
    await line.fire("ready");
    expect(line.sent).toHaveLength(1);
  });

  it("can be done once more, with nothing left of the one before", async () => {
    const { line, job } = await begun();
    await line.say({ type: "result", found: 2 });
    job.run({ command: "bus/scan", bridge: "b" });
    await settled();
    expect(job.result).toBeNull();
    expect(line.sent).toHaveLength(2);
  });
});
