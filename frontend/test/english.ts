/** What every page is handed, with the texts of the product in English and a server that the test plays. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Info } from "../src/api/session";
import { App } from "../src/app";
import type { HomeAssistant, Locale } from "../src/home_assistant";
import { Texts } from "../src/texts";

const TEXTS = join(import.meta.dirname, "../../custom_components/csj_meter/translations/en.json");
const COMPONENT = "component.csj_meter.";

type Answer = (command: string, data: Record<string, unknown>) => unknown;

function localize(key: string, values: Record<string, unknown> = {}): string {
  const path = key.slice(COMPONENT.length).split(".");
  const found = path.reduce<unknown>((tree, name) => (tree as Record<string, unknown> | undefined)?.[name], english);
  return typeof found === "string" ? found.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : "";
}

const english = JSON.parse(readFileSync(TEXTS, "utf-8")) as Record<string, unknown>;

/** `answer` is given each command without its prefix, and what goes with it. */
export function app(answer: Answer, { info = {}, locale = {} }: { info?: Partial<Info>; locale?: Partial<Locale> } = {}): App {
  const hass = {
    language: "en",
    locale: { language: "en", number_format: "language", time_format: "24", time_zone: "server", ...locale },
    themes: { darkMode: false },
    localize,
    callWS: async ({ type, ...data }: { type: string } & Record<string, unknown>) => answer(type.replace("csj_meter/", ""), data),
  } as unknown as HomeAssistant;
  const may = ["see_meters", "see_raw", "see_alerts", "see_diagnostics", "see_money", "switch_supply"];
  const told: Info = {
    version: 1,
    integration: null,
    user: "Ada",
    role: "owner",
    permissions: Object.fromEntries(may.map((one) => [one, "site"])),
    language: "en",
    time_zone: "UTC",
    currency: "EUR",
    loading: false,
    history_days: 365,
    quantities: {},
    ...info,
  };
  return new App(hass, told, new (Texts as unknown as new (text: HomeAssistant["localize"]) => Texts)(localize));
}
