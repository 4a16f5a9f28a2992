/** What a card asks for again and again while somebody sees it. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { ApiError } from "../api/session";
import { type App, isLost } from "../app";

type Host = ReactiveControllerHost & { app: App };
type Question = { command: string } & Record<string, unknown>;

/** Of these the answer before is not worth anything any more. */
const FINAL = new Set(["unauthorized", "not_found", "invalid_format", "unknown_command"]);

/** The newest answer to a question; when it cannot be had, the one before stays, and `error` says why. */
export class Asked<T> implements ReactiveController {
  value: T | null = null;
  error: ApiError | null = null;

  private turn = 0;
  private asked: string | undefined;
  private by: App["info"] | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Nothing is asked for a window that nobody sees. */
  private readonly seen = () => {
    if (!document.hidden && this.asked !== undefined) void this.ask();
  };

  constructor(
    private readonly host: Host,
    /** What to ask; null while there is nothing. */
    private readonly question: () => Question | null,
    private readonly seconds: number,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener("visibilitychange", this.seen);
  }

  hostDisconnected(): void {
    document.removeEventListener("visibilitychange", this.seen);
    this.turn += 1;
    this.asked = undefined;
    clearTimeout(this.timer);
  }

  hostUpdate(): void {
    if (this.host.app === undefined) return;
    const question = this.question();
    const wanted = question === null ? undefined : JSON.stringify(question);
    // another session: the connection was lost, or the role is another one
    if (wanted === this.asked && this.by === this.host.app.info) return;
    if (wanted !== this.asked) this.value = this.error = null;
    this.asked = wanted;
    this.by = this.host.app.info;
    void this.ask();
  }

  /** Ask now. */
  async ask(): Promise<void> {
    clearTimeout(this.timer);
    const turn = ++this.turn;
    const question = this.question();
    if (question === null) return;
    const { command, ...data } = question;
    if (!document.hidden) {
      try {
        const value = await this.host.app.call<T>(command, data);
        if (turn !== this.turn) return;
        this.value = value;
        this.error = null;
      } catch (error) {
        if (turn !== this.turn) return;
        this.error = isLost(error) ? { code: "lost", message: "" } : (error as ApiError);
        if (FINAL.has(this.error.code)) this.value = null;
      }
      this.host.requestUpdate();
    }
    this.timer = setTimeout(() => void this.ask(), this.seconds * 1000);
  }

  /** Take an answer that came another way. */
  take(value: T): void {
    this.value = value;
    this.host.requestUpdate();
  }
}
