/** What detection looks for, and within which bounds it can be set: anomaly/rules.py and flow/tuning.py have it. */

import type { Severity } from "../../api/session";

export interface KindRule {
  kind: string;
  /** Of the threshold; empty where it is a bare number. */
  unit: string;
  threshold: number;
  low: number;
  high: number;
  /** Abnormal samples in a row. */
  confirm: number;
  severity: Severity;
  enabled: boolean;
}

export const MOST_SAMPLES = 60;

type Row = [kind: string, unit: string, threshold: number, low: number, high: number, confirm: number, severity: Severity];

const ROWS: readonly Row[] = [
  ["outage", "×", 0.1, 0.01, 0.5, 3, "critical"],
  ["voltage_sag", "×", 0.78, 0.5, 0.95, 3, "critical"],
  ["undervoltage", "×", 0.9, 0.6, 1, 3, "info"],
  ["voltage_swell", "×", 1.1, 1.02, 1.5, 3, "warning"],
  ["phase_loss", "×", 0.5, 0.1, 0.7, 3, "critical"],
  ["phase_imbalance", "%", 15, 1, 100, 3, "critical"],
  ["current_imbalance", "%", 15, 5, 200, 3, "warning"],
  ["frequency", "%", 1, 0.1, 10, 3, "warning"],
  ["harmonic_distortion", "%", 8, 1, 50, 3, "warning"],
  ["short_circuit", "×", 2, 1.2, 20, 1, "critical"],
  ["overload", "×", 1, 0.1, 2, 3, "warning"],
  ["zero_current", "A", 0.05, 0.001, 10, 3, "critical"],
  ["load_collapse", "×", 0.3, 0.05, 0.9, 3, "critical"],
  ["power_factor", "", 0.5, 0.1, 0.99, 3, "info"],
  ["stuck_load", "×", 1, 0.3, 10, 3, "warning"],
  ["leak", "×", 1, 0.3, 10, 3, "warning"],
  ["high_usage", "×", 1.12, 1.01, 10, 3, "warning"],
  ["low_usage", "×", 1, 0.3, 10, 3, "info"],
  ["drift", "×", 1, 0.3, 10, 3, "info"],
  ["lasting_change", "d", 5, 1, 60, 1, "info"],
  ["daily_shape", "×", 1.5, 1.05, 10, 3, "info"],
  ["unusual_usage", "σ", 3, 1, 20, 3, "info"],
  ["meter_frozen", "×", 1.2, 1.01, 10, 3, "warning"],
  ["meter_silent", "", 3, 2, 1440, 1, "warning"],
  ["tamper", "", 1, 1, 1, 1, "warning"],
  ["reverse_energy", "W", 30, 1, 100_000, 3, "warning"],
];

const OFF = new Set(["unusual_usage"]);

export const KINDS: readonly KindRule[] = ROWS.map(([kind, unit, threshold, low, high, confirm, severity]) => ({
  kind,
  unit,
  threshold,
  low,
  high,
  confirm,
  severity,
  enabled: !OFF.has(kind),
}));

/** Whether there is anything between its bounds to choose from. */
export function hasThreshold({ low, high }: KindRule): boolean {
  return low < high;
}
