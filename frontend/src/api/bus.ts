/** Lines and the search for meters on them; docs/websocket.md describes all of it. */

export interface Figures {
  requests: number;
  timeouts: number;
  garbled: number;
  stale: number;
  success_rate: number | null;
  round_trip: number | null;
  last_contact: string | null;
}

export interface BusUnit extends Figures {
  unit_id: number;
  serial: string | null;
  name: string;
}

export interface Bridge {
  bridge: string;
  name: string;
  link: string;
  /** A state of Home Assistant's config entries. */
  state: string;
  reason: string | null;
  up: boolean | null;
  load: number | null;
  efficiency: number | null;
  /** Null for pulse counters, and while the bridge is not set up. */
  total: Figures | null;
  units: BusUnit[];
}

export interface ScanProgress {
  type: "progress";
  unit_id: number;
  done: number;
  total: number;
  found: number;
}

export interface ScanResult {
  type: "result";
  hits: { unit_id: number; serial: string | null }[];
  garbled: number[];
}

export interface AddedMeter {
  bridge: string;
  serial: string;
  name: string;
  unit_id: number;
}
