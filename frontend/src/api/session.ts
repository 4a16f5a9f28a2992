/** Who asks, what they may, and how errors are told; docs/websocket.md describes all of it. */

export type Permission =
  | "see_meters"
  | "see_raw"
  | "see_diagnostics"
  | "see_alerts"
  | "see_money"
  | "see_audit"
  | "export"
  | "answer_alerts"
  | "judge_alerts"
  | "work_orders"
  | "redeem"
  | "top_up"
  | "tenants"
  | "correct_payments"
  | "set_prices"
  | "command"
  | "switch_supply"
  | "install_firmware"
  | "configure";

export type Severity = "critical" | "warning" | "info";

export interface Info {
  version: number;
  integration: string | null;
  user: string;
  role: string;
  permissions: Partial<Record<Permission, "site" | "circuit" | "own">>;
  language: string;
  time_zone: string;
  currency: string;
  loading: boolean;
  /** Further back there are no measurements. */
  history_days: number;
  quantities: Record<string, { unit: string | null; kind: string }>;
}

/** What a command that is not possible answers. */
export interface ApiError {
  code: string;
  message: string;
  translation_key?: string;
  translation_domain?: string;
  translation_placeholders?: Record<string, string>;
}
