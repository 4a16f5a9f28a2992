import { describe, expect, it } from "vitest";

import type { Forecast, Money } from "../src/api/meter";
import type { UsageHour } from "../src/api/insights";
import { creditWords, daysLeft, equivalent, filled, methods, newKey, order, possible, settled, toldDays, tone } from "../src/cards/credit";
import { CREDIT, deviceOf, firstDevice, serialOf } from "../src/cards/devices";
import { doubt, doubtOn, sending, settle, told } from "../src/cards/pending";
import { byUrgency, letter } from "../src/cards/tenants";
import { dayBar, hourBars, standing } from "../src/cards/usage_bars";

function forecast(changes: Partial<Forecast>): Forecast {
  return { outlook: "runs_out", days: 5, runs_out_at: "2026-12-01T10:00:00Z", per_day: 2, ...changes };
}

const TARIFFS = [
  { tariff: 1, price: 0.25, price_unit: "EUR/kWh", energy_import: 1 },
  { tariff: 2, price: 0.5, price_unit: "EUR/kWh", energy_import: 1 },
];

describe("how long credit lasts", () => {
  it.each([
    [9, "ok", "good"],
    [3.1, "ok", "good"],
    [3, "ok", "warning"],
    [1, "ok", "warning"],
    [0.9, "ok", "critical"],
    [9, "low", "warning"],
    [9, "very_low", "critical"],
    [9, "arrears", "critical"],
    [0.5, "low", "critical"],
  ] as const)("%d days and %s are %s", (days, state, expected) => {
    expect(tone({ forecast: forecast({ days }), state })).toBe(expected);
  });

  it("says nothing while nothing is known", () => {
    expect(tone({ forecast: null, state: null })).toBeNull();
    expect(tone({ forecast: forecast({ outlook: "unknown", days: null }), state: null })).toBeNull();
    expect(tone({ forecast: null, state: "ok" })).toBe("good");
  });

  it.each([
    [30, "ok", "ok"],
    [2.5, "ok", "ends_soon"],
    [0.5, "ok", "ends_soon"],
    [2.5, "low", "low"],
    [2.5, "arrears", "arrears"],
  ] as const)("is not called fine when it lasts for %s days", (days, state, word) => {
    expect(creditWords({ forecast: forecast({ days }), state })).toBe(`meter.credit_states.${word}`);
  });

  it("has no words of a meter that says nothing", () => {
    expect(creditWords({ forecast: forecast({ days: 9 }), state: null })).toBeNull();
  });

  it("counts days where there are any", () => {
    expect(daysLeft(forecast({}))).toBe(5);
    expect(daysLeft(forecast({ outlook: "empty", days: null }))).toBe(0);
    expect(daysLeft(forecast({ outlook: "lasts", days: null }))).toBeNull();
    expect(filled(forecast({ days: 7 }))).toBe(0.5);
    expect(filled(forecast({ days: 700 }))).toBe(1);
    expect(filled(forecast({ outlook: "lasts", days: null }))).toBe(1);
    expect(filled(null)).toBe(0);
  });
});

describe("the balance the other way round", () => {
  const money = (changes: Partial<Money>) => equivalent({ balance: 10, unit: "EUR", tariff: 2, tariffs: TARIFFS, ...changes });

  it("is at the price that holds now", () => {
    expect(money({})).toEqual({ value: 20, unit: "kWh" });
    expect(money({ tariff: 1 })).toEqual({ value: 40, unit: "kWh" });
    expect(money({ unit: "kWh" })).toEqual({ value: 5, unit: "EUR" });
  });

  it("is none where that cannot be said", () => {
    expect(money({ tariff: null })).toBeNull();
    expect(money({ balance: null })).toBeNull();
    expect(money({ balance: -1 })).toBeNull();
    expect(money({ tariffs: [{ ...TARIFFS[0], price: 0 } as (typeof TARIFFS)[0]], tariff: 1 })).toBeNull();
  });
});

describe("topping up", () => {
  it("offers what the role and the meter can do", () => {
    expect(methods(() => true, ["prepay"])).toEqual(["voucher", "amount"]);
    expect(methods((permission) => permission === "redeem", ["sts_token"])).toEqual(["voucher", "token"]);
    expect(methods(() => false, ["sts_token"])).toEqual([]);
  });

  it("becomes an action with a key", () => {
    expect(order({ method: "amount", text: " 12,50 " }, "d", "k")).toEqual(["top_up", { device_id: "d", amount: "12.50", key: "k" }]);
    expect(order({ method: "token", text: "1234 5678" }, "d", "k")).toEqual(["load_token", { device_id: "d", token: "1234 5678", key: "k" }]);
    expect(order({ method: "voucher", text: "7K2M" }, "d", "k")).toEqual(["redeem_voucher", { device_id: "d", code: "7K2M", key: "k" }]);
    expect(new Set(Array.from({ length: 100 }, newKey)).size).toBe(100);
  });

  it.each(["0", "-5", "12.345", "1e3", "", "99999", "ten"])("knows that %s is no amount", (text) => {
    expect(possible({ method: "amount", text })).toBe(false);
  });

  it("knows what can be meant", () => {
    expect(possible({ method: "amount", text: "0.01" })).toBe(true);
    expect(possible({ method: "voucher", text: " " })).toBe(false);
    expect(possible({ method: "voucher", text: "x".repeat(101) })).toBe(false);
    expect(possible({ method: "voucher", text: "7K2M-9QXD-0RWT-45HB-ZC8E" })).toBe(true);
  });

  it("is over once its outcome is known", () => {
    const payment = { id: "", kind: "voucher", reason: null, amount: 1, unit: "EUR", balance_before: null, balance_after: null, by: "", note: "", at: "" } as const;
    expect(settled({ ...payment, state: "done" })).toBe(true);
    expect(settled({ ...payment, state: "refused" })).toBe(true);
    expect(settled({ ...payment, state: "uncertain" })).toBe(false);
    expect(settled({ ...payment, state: "sent" })).toBe(false);
  });
});

describe("what was sent and not answered", () => {
  const voucher = { method: "voucher", text: "7K2M" } as const;
  const amount = (text: string) => ({ method: "amount", text }) as const;

  it("keeps its key until what became of it is known", () => {
    const key = sending("a", voucher);
    doubt("a", key, "uncertain");
    expect(doubtOn("a")).toBe("uncertain");
    expect(sending("a", { ...voucher, text: " 7k-2m " })).toBe(key);
    doubt("a", key, "lost");
    expect(doubtOn("a")).toBe("lost");
    settle("a", key);
    expect(doubtOn("a")).toBeNull();
    expect(sending("a", voucher)).not.toBe(key);
  });

  it("is of one meter and one entry, and stays while another is sent", () => {
    const key = sending("b", amount("20"));
    doubt("b", key, "lost");
    expect(doubtOn("c")).toBeNull();
    expect(sending("c", amount("20"))).not.toBe(key);
    const other = sending("b", amount("7"));
    expect(other).not.toBe(key);
    settle("b", other);
    expect(doubtOn("b")).toBe("lost");
    expect(sending("b", amount("20,00"))).toBe(key);
  });

  const failure = (key: string) => ({ code: "home_assistant_error", message: "", translation_key: key });

  it("is known by errors that say so, and in doubt with all others", () => {
    expect(told(failure("unit_silent"), false)).toBe("known");
    expect(told(failure("top_up_refused"), false)).toBe("known");
    expect(told({ code: "unauthorized", message: "" }, false)).toBe("known");
    expect(told({ ...failure("voucher_used"), code: "service_validation_error" }, false)).toBe("known");
    expect(told(failure("top_up_pending"), false)).toBe("kept");
    expect(told(failure("top_up_uncertain"), false)).toBe("uncertain");
    expect(told(failure("something_new"), false)).toBe("uncertain");
    expect(told({ code: "unknown_error", message: "" }, false)).toBe("uncertain");
    expect(told(3, false)).toBe("lost");
  });

  it("is not known by an error that keeps the server from looking it up", () => {
    expect(told(failure("unit_silent"), true)).toBe("kept");
    expect(told({ ...failure("bridge_not_set_up"), code: "service_validation_error" }, true)).toBe("kept");
    expect(told(failure("top_up_refused"), true)).toBe("known");
  });
});

describe("meters by their devices", () => {
  const hass = {
    devices: {
      meter: { id: "meter", identifiers: [["csj_meter", "CSJ1"]] as [string, string][] },
      lamp: { id: "lamp", identifiers: [["hue", "1"]] as [string, string][] },
    },
    entities: {
      "sensor.lamp": { entity_id: "sensor.lamp", device_id: "lamp", platform: "hue", translation_key: "balance" },
      "sensor.balance": { entity_id: "sensor.balance", device_id: "meter", platform: "csj_meter", translation_key: "balance" },
      "sensor.voltage": { entity_id: "sensor.voltage", device_id: "meter", platform: "csj_meter", translation_key: "voltage" },
    },
  };

  it("are found, or it is said why not", () => {
    expect(serialOf(hass, "meter")).toEqual({ serial: "CSJ1" });
    expect(serialOf(hass, undefined)).toEqual({ missing: "not_chosen" });
    expect(serialOf(hass, "x")).toEqual({ missing: "gone" });
    expect(serialOf(hass, "lamp")).toEqual({ missing: "other" });
  });

  it("are suggested for entities of ours alone", () => {
    expect(deviceOf(hass, "sensor.balance", CREDIT)).toBe("meter");
    expect(deviceOf(hass, "sensor.voltage", CREDIT)).toBeNull();
    expect(deviceOf(hass, "sensor.lamp", CREDIT)).toBeNull();
    expect(deviceOf(hass, "sensor.none", CREDIT)).toBeNull();
    expect(firstDevice(hass, CREDIT)).toBe("meter");
    expect(firstDevice({ ...hass, entities: {} }, CREDIT)).toBeNull();
  });
});

describe("a day", () => {
  const hour = (energy: number | null, low: number | null, high: number | null): UsageHour => ({ start: "2026-11-02T00:00:00Z", energy, low, high });

  it("is drawn beside what is usual", () => {
    expect(hourBars([hour(1, 0.5, 2), hour(4, 1, 2), hour(null, 1, 2), hour(0.1, 1, 2), hour(1, null, null)])).toEqual([
      { energy: 0.25, band: [0.125, 0.5], tone: "usual" },
      { energy: 1, band: [0.25, 0.5], tone: "more" },
      { energy: null, band: [0.25, 0.5], tone: "usual" },
      { energy: 0.025, band: [0.25, 0.5], tone: "less" },
      { energy: 0.25, band: null, tone: "usual" },
    ]);
    expect(hourBars([hour(0, null, null)])).toEqual([{ energy: 0, band: null, tone: "usual" }]);
    expect(hourBars([])).toEqual([]);
  });

  it("is judged by what is usual for all of it", () => {
    const usual = { low: 4, high: 10, expected: 7 };
    expect(standing({ today: 11, usual_today: usual })).toBe("above");
    expect(standing({ today: 5, usual_today: usual })).toBe("within");
    expect(standing({ today: 1, usual_today: usual })).toBe("below");
    expect(standing({ today: 1, usual_today: null })).toBe("unknown");
    const bar = dayBar({ today: 21, usual_today: usual });
    expect(bar?.today).toBeCloseTo(1 / 1.05);
    expect(dayBar({ today: null, usual_today: usual })).toBeNull();
    expect(dayBar({ today: 0, usual_today: { low: 0, high: 0, expected: 0 } })).toBeNull();
  });
});

describe("days", () => {
  it.each([
    [0.04, 0],
    [0.99, 0.9],
    [2.97, 2.9],
    [3.9, 3],
    [120.6, 120],
  ])("%d are told as %d, so that nobody counts on one too many", (days, told) => {
    expect(toldDays(days)).toBe(told);
  });
});

describe("tenants", () => {
  const row = (name: string, days: number | null, state: Money["state"]) => ({ name, money: days === null ? null : { forecast: forecast({ days }), state } }) as Parameters<typeof byUrgency>[0][0];

  it("come by urgency", () => {
    const names = byUrgency([row("fine", 20, "ok"), row("unknown", null, "ok"), row("soon", 2, "ok"), row("sooner", 1.5, "ok"), row("now", 0.2, "ok"), row("debt", 9, "arrears")]).map(({ name }) => name);
    expect(names).toEqual(["now", "debt", "sooner", "soon", "unknown", "fine"]);
  });

  it("are written to where that is possible", () => {
    expect(letter({ email: "a+b@example.org", phone: "+44 20" }, "Credit", "5 € & more")).toBe("mailto:a%2Bb@example.org?subject=Credit&body=5%20%E2%82%AC%20%26%20more");
    expect(letter({ email: null, phone: "+44 20-7946" }, "Credit", "x")).toBe("sms:+44207946?&body=x");
    expect(letter({ email: null, phone: null }, "Credit", "x")).toBeNull();
  });
});
