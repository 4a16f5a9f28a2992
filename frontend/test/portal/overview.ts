/** What the server tells of a tenant's meter, for tests. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Format } from "../../src/format";
import type { Overview } from "../../src/portal/api";
import type { Portal } from "../../src/portal/element";
import { PortalTexts } from "../../src/portal/texts";

const ENGLISH = join(import.meta.dirname, "../../../custom_components/csj_meter/translations/en.json");

/** The texts of the portal, as the page has them. */
export function portalTexts(): Record<string, string> {
  const { config_panel } = JSON.parse(readFileSync(ENGLISH, "utf-8")) as {
    config_panel: { portal: Record<string, string | Record<string, string>> };
  };
  return Object.fromEntries(
    Object.entries(config_panel.portal).flatMap(([section, texts]) =>
      typeof texts === "string"
        ? [[section, texts]]
        : Object.entries(texts).map(([key, text]) => [`${section}.${key}`, text]),
    ),
  );
}

/** What each part of the page is handed. */
export function portal(): Portal {
  const locale = { language: "en", number_format: "language", time_format: "24", time_zone: "server" } as const;
  return { texts: new PortalTexts(portalTexts()), format: new Format(locale, "UTC", "EUR") };
}

export function overview(changes: Partial<Overview> = {}): Overview {
  const used = { energy: 3, cost: 1 };
  return {
    language: "en",
    texts: portalTexts(),
    time_zone: "UTC",
    currency: "EUR",
    tenant: "Ada Lovelace",
    meter: "Flat 1",
    serial: "CSJ682421001",
    moved_in: "2026-10-01T12:00:00+00:00",
    online: true,
    power: 230,
    credit: { balance: 12.5, unit: "EUR", at: "2026-11-20T11:59:00+00:00", days: 9, low: false },
    can_top_up: true,
    usage: {
      today: used,
      week: { ...used, change: null },
      month: used,
      days: ["2026-11-18", "2026-11-19", "2026-11-20"].map((day) => ({ day, ...used })),
    },
    alerts: [],
    tips: [],
    summary: { alerts: 0, top_ups: 0, topped_up: 0 },
    payments: [],
    months: [],
    ...changes,
  };
}
