/** One meter in depth, its events and its commands; docs/websocket.md describes all of it. */

import type { MeterRow } from "./meters";
import type { Permission, Severity } from "./session";

interface CommandBase {
  name: string;
  permission: Permission;
  allowed: boolean;
}

export type CommandRow = CommandBase &
  (
    | { kind: "press" }
    | { kind: "switch"; value: boolean | null }
    | { kind: "select"; options: string[]; value: string | null }
    | { kind: "number"; min: number; max: number; step: number; unit: string | null; value: number | null }
  );

export interface VoltageLimits {
  nominal: number;
  outage: number | null;
  sag: number | null;
  undervoltage: number | null;
  swell: number | null;
}

export interface HarmonicLimits {
  standard: string;
  orders: Record<string, number>;
  thd: number | null;
}

export interface Forecast {
  outlook: "runs_out" | "lasts" | "empty" | "unknown";
  days: number | null;
  runs_out_at: string | null;
  per_day: number | null;
}

export interface Money {
  balance: number | null;
  unit: string;
  state: "ok" | "low" | "very_low" | "arrears" | null;
  forecast: Forecast | null;
  overdraft_limit: number | null;
  credit_alarm_1: number | null;
  credit_alarm_2: number | null;
  tariff: number | null;
  tariffs: { tariff: number; price: number | null; price_unit: string; energy_import: number | null }[];
  top_up_count: number | null;
  last_top_up: number | null;
  last_payment: { at: string; kind: string; state: string; amount: number | null; unit: string } | null;
}

export interface MeterDetail extends MeterRow {
  subentry_id: string;
  rated_voltage: number | null;
  max_current: number | null;
  ct_ratio: number | null;
  pt_ratio: number | null;
  tariffs: number | null;
  capabilities: string[];
  quantities: string[];
  commands: CommandRow[];
  limits: {
    voltage: VoltageLimits | null;
    harmonics: { voltage: HarmonicLimits | null; current: HarmonicLimits | null } | null;
  };
  clock_drift: number | null;
  uptime: number | null;
  money: Money | null;
}

export interface CommandResult {
  command: string;
  done_at: string;
  round_trip_ms: number;
  values: Record<string, unknown> | null;
}

export type EventSource = "alert" | "meter" | "command" | "contact" | "payment";

export interface EventRow {
  id: string;
  at: string;
  until: string | null;
  source: EventSource;
  kind: string;
  serial: string | null;
  by: string | null;
  text: string;
  alert_id?: string;
  severity?: Severity;
}

export interface EventsPage<Row = EventRow> {
  events: Row[];
  next: string | null;
  /** Those that cannot be read now: what they know is not among the events. */
  missing: EventSource[];
}
