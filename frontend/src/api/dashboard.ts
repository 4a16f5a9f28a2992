/** What a dashboard is built of; docs/websocket.md describes all of it. */

import type { Permission } from "./session";

/** Platform -> key -> entity id. */
export type Entities = Partial<Record<"sensor" | "binary_sensor" | "event" | "todo", Record<string, string>>>;

export interface DashboardMeter {
  serial: string;
  name: string;
  device_id: string | null;
  circuit: string | null;
  phases: number;
  tariffs: number;
  prepay: boolean;
  solar: boolean;
  entities: Entities;
}

export interface Told {
  role: string;
  permissions: Partial<Record<Permission, "site" | "circuit" | "own">>;
  loading: boolean;
  meters: DashboardMeter[];
  site: Entities;
}
