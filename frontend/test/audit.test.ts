import { describe, expect, it } from "vitest";

import { audited, ownKeys, textKey, valueKey, whoKey } from "../src/panel/audit/audited";
import { dayStart, nextDay } from "../src/panel/audit/days";
import { type AuditFilter, question } from "../src/panel/audit/filter";

const ALL: AuditFilter = { from: "", to: "", user: "", serial: "", allowed: "" };

describe("dayStart", () => {
  it("is midnight of the clock on the wall, also on days on which clocks change", () => {
    expect(dayStart("2026-07-01", "Europe/Lisbon").toISOString()).toBe("2026-06-30T23:00:00.000Z");
    expect(dayStart("2026-10-25", "Europe/Berlin").toISOString()).toBe("2026-10-24T22:00:00.000Z");
    expect(dayStart("2026-10-26", "Europe/Berlin").toISOString()).toBe("2026-10-25T23:00:00.000Z");
    expect(dayStart("2026-03-30", "Europe/Berlin").toISOString()).toBe("2026-03-29T22:00:00.000Z");
    expect(dayStart("2026-11-22", "Asia/Kathmandu").toISOString()).toBe("2026-11-21T18:15:00.000Z");
    expect(dayStart("2026-11-22", "America/Los_Angeles").toISOString()).toBe("2026-11-22T08:00:00.000Z");
  });

  it("goes on over the end of a year", () => {
    expect(nextDay("2026-12-31")).toBe("2027-01-01");
  });
});

describe("question", () => {
  it("shows both days that are named", () => {
    expect(question({ ...ALL, from: "2026-11-01", to: "2026-11-02" }, 100, "UTC")).toEqual({
      command: "audit",
      limit: 100,
      start: "2026-11-01T00:00:00.000Z",
      end: "2026-11-03T00:00:00.000Z",
    });
  });

  it("asks for what was refused, of one user and meter", () => {
    expect(question({ ...ALL, user: "u", serial: "S", allowed: "no" }, 9, "UTC")).toEqual({
      command: "audit",
      limit: 9,
      user_id: "u",
      serial: "S",
      allowed: false,
    });
  });
});

describe("tenants without an account", () => {
  it("are asked for together", () => {
    expect(question({ ...ALL, user: "portal" }, 9, "UTC")).toEqual({ command: "audit", limit: 9, portal: true });
  });
});

describe("audited", () => {
  it("tells what was done from what it was to be", () => {
    expect(audited("supply: True")).toEqual({ name: "supply", to: "True" });
    expect(audited("work_orders: Look at the fuse: again")).toEqual({ name: "work_orders", to: "Look at the fuse: again" });
    expect(audited("api:csj_meter:export minute")).toEqual({ name: "api:csj_meter:export", to: "minute" });
    expect(audited("export_csv")).toEqual({ name: "export_csv", to: "" });
  });

  it("names a command to a meter by what the meter is told", () => {
    expect(audited("csj_meter/command price_t1: 0.2")).toEqual({ name: "price_t1", to: "0.2" });
    expect(audited("csj_meter/command take_sample")).toEqual({ name: "take_sample", to: "" });
  });

  it("names what is done on the portal, in options and by Assist", () => {
    expect(audited("portal: top up by voucher")).toEqual({ name: "portal_top_up_by_voucher", to: "" });
    expect(audited("portal: top_up")).toEqual({ name: "portal_top_up", to: "" });
    expect(audited("options: move out")).toEqual({ name: "options_move_out", to: "" });
    expect(audited("assist credit")).toEqual({ name: "assist_credit", to: "" });
  });

  it("says where there may be a text of what it was to be", () => {
    expect(valueKey("relay_mode", "automatic")).toBe("entity.select.relay_mode.state.automatic");
    expect(valueKey("api:csj_meter:export", "hour")).toBe("selector.resolution.options.hour");
  });

  it("knows who has no name of their own", () => {
    expect(whoKey({ name: "portal", role: "tenant", user_id: "id of a tenancy" })).toBe("portal");
    expect(whoKey({ name: "portal", role: "tenant", user_id: null })).toBe("portal");
    expect(whoKey({ name: "automation", role: null, user_id: null })).toBe("automation");
    expect(whoKey({ name: "user", role: "owner", user_id: "u" })).toBe("user");
    expect(whoKey({ name: "portal", role: "owner", user_id: "u" })).toBeNull();
  });

  it("keeps what it does not know as it is", () => {
    expect(audited("Überraschung")).toEqual({ name: "Überraschung", to: "" });
  });

  it("says where there may be a text of it", () => {
    expect(textKey("csj_meter/bus/scan")).toBe("bus_scan");
    expect(textKey("api:csj_meter:audit")).toBe("download_audit");
    expect(ownKeys("price_t2")).toContain("entity.number.price_tariff.name");
    expect(ownKeys("top_up")).toContain("services.top_up.name");
  });
});
