/** What is asked once, and again when the question is another one. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { App } from "../app";

type Host = ReactiveControllerHost & { app: App };
type Question = { command: string } & Record<string, unknown>;

/** The answer to one question of its host; the answer before stays until there is another one. */
export class Answer<T> implements ReactiveController {
  value: T | null = null;
  error: unknown = null;
  busy = false;

  private turn = 0;
  private asked: string | undefined;

  constructor(
    private readonly host: Host,
    /** What to ask; null while there is nothing. */
    private readonly question: () => Question | null,
  ) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.turn += 1;
    this.asked = undefined;
  }

  hostUpdate(): void {
    if (this.host.app === undefined) return;
    const question = this.question();
    const wanted = question === null ? undefined : JSON.stringify(question);
    if (wanted === this.asked) return;
    this.asked = wanted;
    if (question === null) {
      this.turn += 1;
      this.value = null;
      this.busy = false;
    } else {
      void this.ask(question);
    }
  }

  /** Ask the same again. */
  again(): void {
    this.asked = undefined;
    this.host.requestUpdate();
  }

  private async ask({ command, ...data }: Question): Promise<void> {
    const turn = ++this.turn;
    this.busy = true;
    this.error = null;
    try {
      const value = await this.host.app.call<T>(command, data);
      if (turn !== this.turn) return;
      this.value = value;
    } catch (error) {
      if (turn !== this.turn) return;
      this.value = null;
      this.error = error;
    }
    this.busy = false;
    this.host.requestUpdate();
  }
}
