/** Alerts in words that several parts of the page share with mails and phones. */

import type { Alert } from "../../api/alerts";
import type { App } from "../../app";

/** Who answers without a name, as the server keeps it. */
const NAMELESS: Record<string, string> = {
  automation: "automation",
  "repair issue": "repair_issue",
  "Home Assistant app": "app",
  user: "user",
};

export function person(app: App, by: string | null): string {
  if (by === null) return app.word("people.somebody");
  const key = NAMELESS[by];
  return key === undefined ? by : app.word(`people.${key}`);
}

/** How it stands, and who sees to it. */
export function standing(app: App, alert: Alert): string {
  if (alert.state === "cleared" && alert.repaired_by !== null)
    return app.texts.get("messages.repaired", { by: person(app, alert.repaired_by) });
  const by = alert.state === "false_alarm" ? alert.false_alarm_by : alert.acknowledged_by;
  return app.texts.get(`standing.${alert.state}`, {
    by: person(app, by),
    until: app.format.dateTime(alert.shelved_until),
  });
}

/** What it is called: its kind, and where it is. */
export function headingOf(app: App, alert: Alert): string {
  return app.texts.get("messages.heading", { kind: app.word(`kinds.${alert.kind}`), where: where(app, alert) });
}

/** Which meter or circuit, and which of its phases. */
export function where(app: App, alert: Alert): string {
  const name =
    alert.serial === null ? app.texts.get("messages.circuit", { circuit: alert.circuit ?? "–" }) : alert.name;
  // of a circuit, its worst meter has shown it at some phase
  return alert.phase === null || alert.serial === null ? name : app.t("alerts.phase_of", { name, phase: alert.phase });
}

/** What was measured; empty for what is no figure, such as a word of status. */
export function figure(app: App, alert: Alert): string {
  return alert.value === null || alert.quantity === "status" ? "" : written(app, alert.value, alert.unit);
}

/** The same where nothing says when it was measured: what a silent meter has measured last is not what is so. */
export function figureNow(app: App, alert: Alert): string {
  return alert.kind === "meter_silent" ? "" : figure(app, alert);
}

/** A value as closely as it is told in sentences: a tenth of a volt may be what is too much. */
export function written(app: App, value: number | null, unit: string | null): string {
  return app.format.measured(value, unit, unit === "V" ? 1 : unit === "Hz" ? 2 : undefined);
}

/** What is usual or allowed; empty where nothing is. */
export function allowed(app: App, { low, high, unit }: Alert): string {
  const [least, most] = [written(app, low, unit), written(app, high, unit)];
  if (low !== null && high !== null) return app.texts.get("figures.range", { low: least, high: most });
  if (low !== null) return app.texts.get("figures.at_least", { value: least });
  return high === null ? "" : app.texts.get("figures.at_most", { value: most });
}
