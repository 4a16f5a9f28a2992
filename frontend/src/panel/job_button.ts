/** The button of a form that has the server do a job. */

import { html, type TemplateResult } from "lit";

import type { Job } from "./job";

type AnyJob = Pick<Job<{ type: "progress" }, { type: "result" }>, "isRunning" | "cancel">;

/** One and the same button begins and ends it: whoever uses the keyboard stays on it. `ready`: whether it may begin. */
export function jobButton(job: AnyJob, begin: string, cancel: string, ready = true): TemplateResult {
  const { isRunning } = job;
  return html`<button
    class=${isRunning ? "" : "main"}
    ?disabled=${!isRunning && !ready}
    @click=${(event: Event) => {
      if (!isRunning) return;
      event.preventDefault(); // or it would begin again at once
      job.cancel();
    }}
  >
    ${isRunning ? cancel : begin}
  </button>`;
}
