import { describe, expect, it } from "vitest";

import type { Kpis, Spread } from "../src/api/figures";
import { tiles } from "../src/panel/kpis/tiles";

const NOTHING: Spread = { n: 0, median: null, p90: null };

const QUIET: Kpis = {
  since: "2026-10-03T12:00:00Z",
  until: "2026-11-02T12:00:00Z",
  alarms: 0,
  alarms_per_meter_month: 0,
  false_alarm_share: null,
  escalated_share: null,
  chattering: 0,
  detection: NOTHING,
  confirmation: NOTHING,
  acknowledgement: NOTHING,
  clearing: NOTHING,
  delivery_success: null,
  pages_per_person_day: null,
  communication_availability: 0.99,
  top_up_success: null,
};

describe("tiles", () => {
  it("leaves out what is not known, and keeps a nought that is", () => {
    expect(tiles(QUIET).map(({ name }) => name)).toEqual([
      "alarms",
      "alarms_per_meter_month",
      "chattering",
      "communication_availability",
    ]);
  });

  it("tells of times the median, and within what nine in ten came", () => {
    const found = tiles({ ...QUIET, detection: { n: 4, median: 60, p90: 180 } });
    expect(found).toContainEqual({ name: "detection", group: "times", as: "seconds", value: 60, p90: 180, n: 4 });
  });
});
