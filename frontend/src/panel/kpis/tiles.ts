/** Which figures there are, in which order, and how each is written; what is not known is left out. */

import type { Kpis, Spread } from "../../api/figures";

export type TileGroup = "alarms" | "times" | "messages" | "meters";

export interface Tile {
  name: keyof Kpis;
  group: TileGroup;
  /** How `value` is to be written; of a spread it is the median. */
  as: "count" | "rate" | "share" | "seconds";
  value: number;
  /** Of a spread alone. */
  p90?: number | null;
  n?: number;
}

const TILES: readonly [keyof Kpis, TileGroup, Tile["as"]][] = [
  ["alarms", "alarms", "count"],
  ["alarms_per_meter_month", "alarms", "rate"],
  ["false_alarm_share", "alarms", "share"],
  ["escalated_share", "alarms", "share"],
  ["chattering", "alarms", "count"],
  ["detection", "times", "seconds"],
  ["confirmation", "times", "seconds"],
  ["acknowledgement", "times", "seconds"],
  ["clearing", "times", "seconds"],
  ["delivery_success", "messages", "share"],
  ["pages_per_person_day", "messages", "rate"],
  ["communication_availability", "meters", "share"],
  ["top_up_success", "meters", "share"],
];

export function tiles(kpis: Kpis): Tile[] {
  return TILES.flatMap(([name, group, as]): Tile[] => {
    const figure = kpis[name] as number | Spread | null;
    if (figure === null || figure === undefined) return [];
    if (typeof figure === "number") return [{ name, group, as, value: figure }];
    return figure.median === null ? [] : [{ name, group, as, value: figure.median, p90: figure.p90, n: figure.n }];
  });
}
