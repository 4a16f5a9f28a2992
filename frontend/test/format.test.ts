import { describe, expect, it } from "vitest";

import { Format } from "../src/format";
import type { Locale } from "../src/home_assistant";

const english: Locale = { language: "en", number_format: "language", time_format: "24", time_zone: "server" };

describe("Format", () => {
  const format = new Format(english, "Europe/Lisbon", "EUR");

  it("writes watts as kilowatts from a thousand on", () => {
    expect(format.measured(999, "W")).toBe("999 W");
    expect(format.measured(-1500, "W")).toBe("-1.50 kW");
    expect(format.measured(1500, "V")).toBe("1,500 V");
  });

  it("writes no thousand watts where they only round to one", () => {
    expect(format.measured(999.49, "W")).toBe("999 W");
    expect(format.measured(999.6, "W")).toBe("1.00 kW");
    expect(format.measured(-999.6, "var")).toBe("-1.00 kvar");
    expect(format.measured(999.6, "W", 1)).toBe("999.6 W");
  });

  it("says of no value that there is none", () => {
    expect(format.measured(0.3, "EUR/kWh")).toBe("0.30 EUR/kWh");
    expect(format.measured(0.3015, "EUR/kWh")).toBe("0.3015 EUR/kWh");
    expect(format.measured(null, "W")).toBe("–");
    expect(format.credit(undefined, "EUR")).toBe("–");
    expect(format.ago(null)).toBe("–");
  });

  it("follows the number format that the user has chosen", () => {
    const comma = new Format({ ...english, number_format: "decimal_comma" }, "Europe/Lisbon", "EUR");
    expect(comma.number(1234.5, 1)).toBe("1.234,5");
    const none = new Format({ ...english, number_format: "none" }, "Europe/Lisbon", "EUR");
    expect(none.number(1234.5, 1)).toBe("1234.5");
  });

  it("tells times of the site where the user wants those", () => {
    const server = new Format(english, "Asia/Tokyo", "EUR");
    expect(server.time("2026-11-02T00:30:00Z")).toBe("09:30");
  });

  it("begins a day at 00 where hours go to 24, and at 12 where they do not", () => {
    const midnight = "2026-11-02T00:05:00Z";
    expect(format.time(midnight)).toBe("00:05");
    const half = new Format({ ...english, time_format: "12" }, "Europe/Lisbon", "EUR");
    expect(half.time(midnight)).toMatch(/^12:05\sAM$/);
  });

  it("counts hours as the browser does where the user wants that, in whatever language", () => {
    const own = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hour12;
    for (const language of ["en", "de"]) {
      const system = new Format({ ...english, language, time_format: "system" }, "Europe/Lisbon", "EUR");
      expect(/AM/.test(system.time("2026-11-02T08:05:00Z"))).toBe(own);
    }
  });

  it("says how long something took in the words of the language, and in the digits of the user", () => {
    const comma = new Format({ ...english, number_format: "decimal_comma" }, "Europe/Lisbon", "EUR");
    expect(comma.duration(7200)).toBe("2 hr");
    expect(comma.duration(90_000 * 86_400)).toBe("90.000 days");
    const german = new Format({ ...english, language: "de", number_format: "comma_decimal" }, "Europe/Lisbon", "EUR");
    expect(german.duration(7200)).toBe("2 Std.");
    expect(german.duration(90_000 * 86_400)).toBe("90,000 Tg.");
  });

  it("writes credit as money or as energy", () => {
    expect(format.credit(4.5, "EUR")).toBe("€4.50");
    expect(format.credit(4.5, "kWh")).toBe("4.50 kWh");
  });

  it("says how long ago something was", () => {
    const now = Date.parse("2026-11-02T12:00:00Z");
    expect(format.ago("2026-11-02T11:57:00Z", now)).toBe("3 minutes ago");
    expect(format.ago("2026-11-01T12:00:00Z", now)).toBe("24 hours ago");
  });
});
