/** Alerts and what shows that they are right; docs/websocket.md and docs/events.md describe all of it. */

import type { History } from "./meters";
import type { Severity } from "./session";
import type { WorkOrder } from "./work_orders";

export type AlertState =
  | "suspected"
  | "confirmed"
  | "escalated"
  | "acknowledged"
  | "shelved"
  | "false_alarm"
  | "cleared";

export interface Member {
  alert_id: string;
  serial: string;
  name: string;
}

export interface Alert {
  alert_id: string;
  kind: string;
  severity: Severity;
  state: AlertState;
  scope: "individual" | "area" | "phase" | "unknown";
  confidence: number | null;
  serial: string | null;
  circuit: string | null;
  name: string;
  phase: number | null;
  quantity: string;
  unit: string | null;
  value: number | null;
  expected: number | null;
  low: number | null;
  high: number | null;
  score: number | null;
  since: string;
  raised_at: string;
  confirmed_at: string | null;
  escalated_at: string | null;
  acknowledged_at: string | null;
  cleared_at: string | null;
  shelved_until: string | null;
  acknowledged_by: string | null;
  false_alarm_by: string | null;
  repaired_by: string | null;
  /** In the language of the site. */
  message: string;
  causes: string[];
  action: string | null;
  area_alert_id: string | null;
  members: Member[];
  work_order: string | null;
  drill: boolean;
}

export interface Hour {
  start: string;
  expected: number | null;
  low: number | null;
  high: number | null;
  days: number;
}

export interface Witness {
  serial: string;
  name: string;
  standing: "abnormal" | "normal" | "newly_silent";
  since: string;
  value: number | null;
}

export interface Evidence {
  alert: Alert;
  serial: string;
  quantity: string;
  samples: Omit<History, "serial"> | null;
  band: Hour[] | null;
  witnesses: Witness[];
}

/** A step in the life of an alert, of `csj_meter/events`. */
export interface AlertStep {
  alert_id: string;
  at: string;
  kind: string;
  by: string | null;
}

/** What an answer to an alert answers. */
export interface Answered {
  alert: Alert;
  work_order?: WorkOrder | null;
}
