/** Figures, replays and the audit log; docs/websocket.md describes all of it. */

import type { Permission, Severity } from "./session";

export interface Spread {
  n: number;
  median: number | null;
  p90: number | null;
}

export interface Kpis {
  since: string;
  until: string;
  alarms: number;
  alarms_per_meter_month: number | null;
  false_alarm_share: number | null;
  escalated_share: number | null;
  chattering: number;
  detection: Spread;
  confirmation: Spread;
  acknowledgement: Spread;
  clearing: Spread;
  delivery_success: number | null;
  pages_per_person_day: number | null;
  communication_availability: number | null;
  top_up_success: number | null;
}

export interface ReplayProgress {
  type: "progress";
  done: number;
}

export interface ReplayCounts {
  findings: number;
  meters: number;
  severities: Partial<Record<Severity, number>>;
}

export interface ReplayFinding {
  serial: string;
  at: string;
  since: string;
  severity: Severity;
  value: number | null;
  message: string;
}

export interface ReplayResult {
  type: "result";
  start: string;
  end: string;
  kind: string;
  now: ReplayCounts;
  then: ReplayCounts;
  findings: ReplayFinding[];
  more: boolean;
}

export interface AuditLine {
  /** Goes up with every line. */
  number: number;
  at: string;
  user_id: string | null;
  name: string;
  role: string | null;
  permission: Permission;
  what: string;
  serial: string | null;
  circuit: string | null;
  allowed: boolean;
  outcome: "done" | "failed" | "refused" | "unknown";
  detail: string;
}
