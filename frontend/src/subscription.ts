/** What is shown as long as somebody looks: subscriptions that outlive a lost connection and a restart. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { ApiError } from "./api/session";
import type { App } from "./app";

type Host = ReactiveControllerHost & { app: App };
type Message = { command: string } & Record<string, unknown>;

/** `lost`: what is shown is from before, and it is being asked again. */
export type Standing = "waiting" | "live" | "lost" | "refused";

const RETRY_AFTER = [1, 2, 4, 8, 15];
/** Seconds from one attempt to the next; the last one goes on. Home Assistant answers before this integration does. */

const FINAL = new Set(["unauthorized", "not_found", "invalid_format"]);

/** Whether an error says that asking again would be answered in the same way. */
export function isFinal(error: unknown): boolean {
  return FINAL.has((error as Partial<ApiError> | null)?.code as string);
}

/**
 * One subscription, for as long as its host is on the page.
 *
 * It does not leave it to the connection to subscribe again: after a restart that would fail once, as long as the
 * integration is not set up yet, and nobody would notice.
 */
export class Subscription<E> implements ReactiveController {
  standing: Standing = "waiting";
  error: ApiError | null = null;

  private connected = false;
  private turn = 0;
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private end: (() => void) | undefined;
  private leave: (() => void) | undefined;
  private asked: string | undefined;

  constructor(
    private readonly host: Host,
    /** What to ask for; null while there is nothing. */
    private readonly message: () => Message | null,
    private readonly onEvent: (event: E) => void,
    /** It begins anew: what came before may be out of date. */
    private readonly onBegin: () => void = () => undefined,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.connected = true;
  }

  hostDisconnected(): void {
    this.connected = false;
    this.stop();
    this.leave?.();
    this.leave = undefined;
    this.asked = undefined;
  }

  /** Whether something else is to be asked for than before. */
  hostUpdate(): void {
    if (!this.connected || this.host.app === undefined) return;
    const message = this.message();
    const wanted = message === null ? undefined : JSON.stringify(message);
    if (wanted === this.asked) return;
    this.asked = wanted;
    this.stop();
    this.standing = "waiting";
    this.error = null;
    this.attempts = 0;
    this.follow();
    if (message !== null) void this.begin();
  }

  /** Ask again now. */
  again(): void {
    this.stop();
    this.attempts = 0;
    void this.begin();
  }

  private follow(): void {
    if (this.leave !== undefined) return;
    const connection = this.host.app.hass.connection;
    const lost = () => {
      this.turn += 1;
      this.end = undefined;
      clearTimeout(this.timer);
      if (this.standing === "live") this.standing = "lost";
      this.host.requestUpdate();
    };
    const ready = () => this.asked !== undefined && this.again();
    connection.addEventListener("disconnected", lost);
    connection.addEventListener("ready", ready);
    this.leave = () => {
      connection.removeEventListener("disconnected", lost);
      connection.removeEventListener("ready", ready);
    };
  }

  private async begin(): Promise<void> {
    const message = this.message();
    if (message === null) return;
    const turn = ++this.turn;
    const { command, ...data } = message;
    let fresh = true;
    try {
      const end = await this.host.app.hass.connection.subscribeMessage<E>(
        (event) => {
          if (turn !== this.turn) return;
          if (fresh) this.onBegin();
          fresh = false;
          this.standing = "live";
          this.onEvent(event);
          this.host.requestUpdate();
        },
        { type: `csj_meter/${command}`, ...data },
        { resubscribe: false },
      );
      if (turn !== this.turn) {
        void end().catch(() => undefined);
        return;
      }
      this.end = () => void end().catch(() => undefined);
      this.attempts = 0;
      this.error = null;
    } catch (error) {
      if (turn !== this.turn) return;
      this.error = error as ApiError;
      if (isFinal(error)) {
        this.standing = "refused";
      } else {
        const wait = RETRY_AFTER[Math.min(this.attempts++, RETRY_AFTER.length - 1)] ?? 15;
        this.timer = setTimeout(() => void this.begin(), wait * 1000);
      }
    }
    this.host.requestUpdate();
  }

  private stop(): void {
    this.turn += 1;
    clearTimeout(this.timer);
    this.end?.();
    this.end = undefined;
  }
}

interface ListEvent<R> {
  loading: boolean;
  removed: (string | number)[];
  [name: string]: boolean | (string | number)[] | R[];
}

/** A list whose rows come whole when they have changed. */
export class ListSubscription<R> extends Subscription<ListEvent<R>> {
  rows: ReadonlyMap<string | number, R> = new Map();
  loading = true;

  constructor(host: Host, message: () => Message | null, name: string, key: (row: R) => string | number) {
    super(
      host,
      message,
      (event) => {
        const rows = new Map(this.rows);
        for (const gone of event.removed) rows.delete(gone);
        for (const row of event[name] as R[]) rows.set(key(row), row);
        this.rows = rows;
        this.loading = event.loading;
      },
      () => {
        this.rows = new Map();
      },
    );
  }
}
