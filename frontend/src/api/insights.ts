/** What the measurements of a meter mean; docs/websocket.md describes all of it. */

import type { Severity } from "./session";

export interface Figure {
  label: string;
  value: number | string | null;
  unit: string | null;
}

export interface Tip {
  id: string;
  text: string;
  figures: Figure[];
  since: string | null;
}

export interface UsageHour {
  start: string;
  energy: number | null;
  low: number | null;
  high: number | null;
}

export interface Usage {
  today: number | null;
  yesterday: number | null;
  trend_percent: number | null;
  trend_text: string | null;
  usual_today: { low: number; high: number; expected: number } | null;
  hours: UsageHour[];
}

export interface Insights {
  serial: string;
  at: string;
  unit: string;
  state: { key: string; text: string; severity: Severity | "ok"; since: string | null };
  usage: Usage | null;
  base_load: { watts: number | null; usual: number | null; text: string } | null;
  cost: { today: number | null; month: number | null; projected_month: number | null; unit: string; text: string } | null;
  credit: { days: number | null; text: string } | null;
  tips: Tip[];
}
