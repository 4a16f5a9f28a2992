/** Numbers, times and money as the user has set them in Home Assistant. */

import type { Locale } from "./home_assistant";

const NUMBER_LOCALES: Record<string, string> = {
  comma_decimal: "en-US",
  decimal_comma: "de",
  quote_decimal: "de-CH",
  space_comma: "fr",
};

/** Value and unit as people write them; watts and var become kilo from a thousand on. */
const KILO = new Set(["W", "var", "VA", "Wh", "varh", "VAh"]);

export class Format {
  private readonly locales: string | undefined;
  /** Of the site where the user wants its times; else that of the browser. */
  readonly zone: string | undefined;
  private readonly hourCycle: "h12" | "h23" | undefined;
  private readonly language: string;

  constructor(
    private readonly locale: Locale,
    siteZone: string,
    readonly currency: string,
  ) {
    this.language = locale.language;
    this.locales =
      locale.number_format === "system"
        ? undefined
        : (NUMBER_LOCALES[locale.number_format] ?? (locale.number_format === "none" ? "en-US" : locale.language));
    this.zone = locale.time_zone === "server" ? siteZone : undefined;
    this.hourCycle = hourCycle(locale.time_format);
  }

  /** A number; `digits` behind the point, or as many as three figures take. */
  number(value: number | null | undefined, digits?: number): string {
    if (value === null || value === undefined || !Number.isFinite(value)) return "–";
    return value.toLocaleString(this.locales, {
      minimumFractionDigits: digits ?? 0,
      maximumFractionDigits: digits ?? figures(value),
      useGrouping: this.locale.number_format !== "none",
    });
  }

  /** A value with its unit. */
  measured(value: number | null | undefined, unit: string | null | undefined, digits?: number): string {
    if (value === null || value === undefined) return "–";
    // as it is written: 999.6 would be 1,000 W
    if (unit !== null && unit !== undefined && KILO.has(unit) && rounded(value, digits ?? figures(value)) >= 1000)
      return `${this.number(value / 1000, digits ?? 2)} k${unit}`;
    // prices: 0.30 a kWh, and not 0.3
    if (unit && /^[A-Z]{3}\//.test(unit))
      return `${value.toLocaleString(this.locales, { minimumFractionDigits: 2, maximumFractionDigits: digits ?? 4 })} ${unit}`;
    return unit ? `${this.number(value, digits)} ${unit}` : this.number(value, digits);
  }

  /** A share of one as percent. */
  percent(share: number | null | undefined, digits = 1): string {
    if (share === null || share === undefined) return "–";
    return share.toLocaleString(this.locales, { style: "percent", maximumFractionDigits: digits });
  }

  /** An amount of money, or of energy on a meter that is paid in energy. */
  credit(value: number | null | undefined, unit: string | null | undefined): string {
    if (value === null || value === undefined) return "–";
    if (unit && /^[A-Z]{3}$/.test(unit)) {
      return value.toLocaleString(this.locales, { style: "currency", currency: unit });
    }
    return this.measured(value, unit, 2);
  }

  /** Hours, minutes and seconds. */
  time(at: string | number | Date | null, { seconds = false } = {}): string {
    return this.moment(at, { hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}) });
  }

  /** Day and month, with the year where it is another one. */
  date(at: string | number | Date | null): string {
    const year = at !== null && new Date(at).getFullYear() !== new Date().getFullYear();
    return this.moment(at, { day: "numeric", month: "short", ...(year ? { year: "numeric" } : {}) });
  }

  /** Day and time. */
  dateTime(at: string | number | Date | null, { seconds = false } = {}): string {
    return at === null ? "–" : `${this.date(at)}, ${this.time(at, { seconds })}`;
  }

  /** How long ago, roughly: "3 minutes ago". */
  ago(at: string | null, now = Date.now()): string {
    if (at === null) return "–";
    const seconds = (new Date(at).getTime() - now) / 1000;
    const words = new Intl.RelativeTimeFormat(this.language, { numeric: "auto", style: "long" });
    const [amount, unit] = roughly(seconds);
    return words.format(amount, unit);
  }

  /** How long, roughly: "3 min", "2 h". */
  duration(seconds: number | null | undefined): string {
    if (seconds === null || seconds === undefined) return "–";
    const [amount, unit] = roughly(seconds);
    const size = Math.abs(amount);
    // words are of the language, whatever digits are like
    const parts = new Intl.NumberFormat(this.language, { style: "unit", unit, unitDisplay: "short", useGrouping: false });
    return parts.formatToParts(size).map(({ type, value }) => (type === "integer" ? this.number(size, 0) : value)).join("");
  }

  private moment(at: string | number | Date | null, options: Intl.DateTimeFormatOptions): string {
    if (at === null) return "–";
    return new Intl.DateTimeFormat(this.language, {
      ...options,
      ...(this.zone ? { timeZone: this.zone } : {}),
      ...(this.hourCycle === undefined || !("hour" in options) ? {} : { hourCycle: this.hourCycle }),
    }).format(new Date(at));
  }
}

/** How hours are counted; undefined leaves it to the language. */
function hourCycle(chosen: Locale["time_format"]): "h12" | "h23" | undefined {
  switch (chosen) {
    case "12":
      return "h12";
    case "24":
      return "h23"; // `hour12: false` has a minute 24:05 in English
    case "system": {
      const { hourCycle: own } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
      return own?.startsWith("h1") ? "h12" : "h23";
    }
    default:
      return undefined;
  }
}

function figures(value: number): number {
  const size = Math.abs(value);
  return size >= 100 ? 0 : size >= 10 ? 1 : 2;
}

function rounded(value: number, digits: number): number {
  return Number(Math.abs(value).toFixed(digits));
}

function roughly(seconds: number): [number, "second" | "minute" | "hour" | "day"] {
  const size = Math.abs(seconds);
  if (size < 60) return [Math.round(seconds), "second"];
  if (size < 3600) return [Math.round(seconds / 60), "minute"];
  if (size < 48 * 3600) return [Math.round(seconds / 3600), "hour"];
  return [Math.round(seconds / 86400), "day"];
}
