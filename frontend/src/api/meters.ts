/** Meters, live values and curves; docs/websocket.md describes all of it. */

import type { Severity } from "./session";

export type MeterState = "online" | "silent" | "loading" | "link_down" | "failed" | "disabled";

export interface Health {
  unit_id: number | null;
  profile: string | null;
  firmware: string | null;
  hardware: string | null;
  success_rate: number | null;
  round_trip: number | null;
  requests: number;
  timeouts: number;
  garbled: number;
  battery_voltage: number | null;
  temperature: number | null;
  reporting_interval: number | null;
  status: string[] | null;
  commands: boolean;
  key: string | null;
  failed: Record<string, string>;
}

export interface MeterRow {
  serial: string;
  name: string;
  circuit: string | null;
  device_id: string | null;
  bridge: string;
  bridge_name: string;
  manufacturer: string | null;
  model: string | null;
  phases: number;
  state: MeterState;
  values: Record<string, number | null>;
  measured_at: string | null;
  last_contact: string | null;
  balance: { value: number | null; unit: string } | null;
  health: Health | null;
  alerts: { active: number; severity: Severity | null; alert_ids: string[]; titles: string[] } | null;
}

export interface Measured {
  at: string | null;
  values: Record<string, number | null>;
  error: string | null;
}

export interface LiveEvent {
  serial: string;
  state: "online" | "silent" | "loading" | "removed" | "not_allowed";
  every: number;
  live: Measured | null;
  harmonics: Measured | null;
}

export interface Series {
  unit: string | null;
  mean: (number | null)[];
  min: (number | null)[];
  max: (number | null)[];
}

export interface History {
  serial: string;
  start: string;
  step: number;
  resolution: "minute" | "hour";
  series: Record<string, Series>;
}
