/** What is done again and again while somebody looks. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

export class Repeated implements ReactiveController {
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    host: ReactiveControllerHost,
    /** From one time to the next. */
    private readonly seconds: number,
    private readonly work: () => unknown,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.timer = setInterval(this.work, this.seconds * 1000);
  }

  hostDisconnected(): void {
    clearInterval(this.timer);
  }
}
