/** Work of the server that takes a while and comes to an end: a scan, a replay. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { ApiError } from "../api/session";
import type { App } from "../app";
import { Subscription } from "../subscription";

type Host = ReactiveControllerHost & { app: App };
type Message = { command: string } & Record<string, unknown>;
type JobEvent<P, R> = P | R | { type: "ended" } | ({ type: "failed" } & ApiError);

/** One job at a time of its host; it ends with the host, and is never begun again by itself. */
export class Job<P extends { type: "progress" }, R extends { type: "result" }> implements ReactiveController {
  progress: P | null = null;
  result: R | null = null;
  error: unknown = null;
  /** The server or the connection has ended it. */
  interrupted = false;

  private message: Message | null = null;
  private readonly subscription: Subscription<JobEvent<P, R>>;

  constructor(private readonly host: Host) {
    this.subscription = new Subscription<JobEvent<P, R>>(
      host,
      () => this.message,
      (event) => this.take(event),
    );
    // after the subscription, so that it sees what became of it
    host.addController(this);
  }

  get isRunning(): boolean {
    return this.message !== null;
  }

  /** Begin; what came of the one before is forgotten. */
  run(message: Message): void {
    this.forget();
    this.message = message;
    this.host.app.hass.connection.addEventListener("disconnected", this.lose);
    this.host.requestUpdate();
  }

  /** End it. */
  cancel(): void {
    this.stop();
    this.progress = null;
    this.host.requestUpdate();
  }

  /** Show nothing of the last one any more. */
  forget(): void {
    this.progress = this.result = this.error = null;
    this.interrupted = false;
    this.host.requestUpdate();
  }

  /** Its host has gone, or has another place on the page now. */
  hostDisconnected(): void {
    if (this.message !== null) this.interrupted = true;
    this.stop();
  }

  hostUpdated(): void {
    if (this.message === null || this.subscription.error === null) return;
    this.error = this.subscription.error;
    this.cancel();
  }

  private stop(): void {
    if (this.message === null) return;
    this.message = null;
    this.host.app.hass.connection.removeEventListener("disconnected", this.lose);
  }

  /** A subscription would begin anew with the next connection. */
  private readonly lose = (): void => {
    this.interrupted = true;
    this.cancel();
  };

  private take(event: JobEvent<P, R>): void {
    switch (event.type) {
      case "progress":
        this.progress = event as P;
        return;
      case "result":
        this.result = event as R;
        break;
      case "failed":
        this.error = event;
        break;
      default:
        this.interrupted = true;
    }
    this.cancel();
  }
}
