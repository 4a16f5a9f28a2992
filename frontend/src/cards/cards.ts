/** What Home Assistant's dashboards load: cards, and dashboards that build themselves. */

import type { HomeAssistant } from "../home_assistant";
import "../strategies/strategies";
import "./csj-credit-card";
import "./csj-tenants-card";
import "./csj-usage-card";
import { CREDIT, deviceOf, USAGE } from "./devices";
import { mainHass, textsOf } from "./session";

interface Offer {
  type: string;
  name: string;
  description: string;
}

const offers: [Offer, key: string][] = [];

function offer<O extends Omit<Offer, "name" | "description">>(list: "customCards" | "customStrategies", key: string, what: O): void {
  const place = window as unknown as Record<string, Offer[] | undefined>;
  const known = (place[list] ??= []);
  if (known.some((one) => one.type === what.type && (one as { strategyType?: string }).strategyType === (what as { strategyType?: string }).strategyType)) return;
  // Home Assistant lists them before their texts are there
  const made = { name: what.type, description: "", ...what };
  known.push(made);
  offers.push([made, key]);
}

function card(type: string, key: string, shown: ReadonlySet<string> | null): void {
  offer("customCards", key, {
    type,
    preview: true,
    ...(shown === null
      ? {}
      : {
          getEntitySuggestion(hass: HomeAssistant, entityId: string) {
            const device = deviceOf(hass, entityId, shown);
            return device === null ? null : { config: { type: `custom:${type}`, device_id: device } };
          },
        }),
  });
}

card("csj-credit-card", "credit", CREDIT);
card("csj-usage-card", "usage", USAGE);
card("csj-tenants-card", "tenants", null);
offer("customStrategies", "dashboard", { type: "csj-meter", strategyType: "dashboard" });
offer("customStrategies", "section", { type: "csj-meter", strategyType: "section" });

async function name(): Promise<void> {
  const hass = mainHass();
  if (hass === undefined) return;
  const texts = await textsOf(hass);
  for (const [made, key] of offers) {
    made.name = texts.get(`cards.offers.${key}.name`);
    made.description = texts.get(`cards.offers.${key}.description`);
  }
}

name().catch(() => undefined); // without a connection they keep the names that they have
