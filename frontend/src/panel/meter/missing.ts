/** What is not told of the past. */

import type { EventSource } from "../../api/meter";
import type { App } from "../../app";

/** A sentence for sources of events that cannot be read now; empty where there are none. */
export function unread(app: App, missing: readonly EventSource[]): string {
  if (!missing.length) return "";
  return app.t("meter.missing_sources", { sources: missing.map((source) => app.t(`meter.of_source.${source}`)).join(", ") });
}
