/** Movements of money, as the actions of the integration answer them. */

export type PaymentState = "intended" | "sent" | "uncertain" | "done" | "refused" | "foreign";

export interface Payment {
  id: string;
  kind: "top_up" | "token" | "voucher" | "foreign" | "correction";
  state: PaymentState;
  reason: string | null;
  amount: number | null;
  unit: string;
  balance_before: number | null;
  balance_after: number | null;
  by: string;
  note: string;
  at: string;
  /** Of what the user has sent, in a list. */
  key?: string | null;
}
