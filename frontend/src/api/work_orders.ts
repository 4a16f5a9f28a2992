/** Work orders; docs/websocket.md describes all of it. */

export interface WorkOrder {
  number: number;
  /** How people refer to it: "WO-0042". */
  name: string;
  alert_id: string | null;
  serial: string | null;
  meter: string | null;
  summary: string;
  description: string;
  open: boolean;
  created_at: string;
  /** Null when its alert has opened it by itself. */
  created_by: string | null;
  due_at: string | null;
  completed_at: string | null;
  completed_by: string | null;
  drill: boolean;
}

export const LONGEST_SUMMARY = 200;
export const LONGEST_DESCRIPTION = 4000;
