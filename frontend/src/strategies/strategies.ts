/** Dashboards and sections that build themselves: Home Assistant asks them again when its registries have changed. */

import type { Told } from "../api/dashboard";
import { textsOf } from "../cards/session";
import type { HomeAssistant } from "../home_assistant";
import type { Dashboard, Say, Section } from "./built_in";
import "./csj-section-editor";
import { dashboard, type Energy, failed, meterSection } from "./dashboard";

interface EnergyPreferences {
  energy_sources: { type: string; stat_energy_from?: string; grid_items?: unknown; flow_from?: { stat_energy_from: string }[] }[];
}

/** Counters of the Energy dashboard; none where nobody has set it up. */
async function energyOf(hass: HomeAssistant): Promise<Energy> {
  const told = await hass.callWS<EnergyPreferences>({ type: "energy/get_prefs" }).catch(() => null);
  return new Set((told?.energy_sources ?? []).flatMap(({ stat_energy_from: own, flow_from: of }) => [...(own ? [own] : []), ...(of ?? []).map((one) => one.stat_energy_from)]));
}

async function ask(hass: HomeAssistant): Promise<{ say: Say; told: Told | null }> {
  const [texts, told] = await Promise.all([
    textsOf(hass),
    // while the integration is not set up there is nobody to ask
    hass.callWS<Told>({ type: "csj_meter/dashboard" }).catch(() => null),
  ]);
  return { say: (key, values) => texts.get(key, values), told };
}

class CsjStrategy extends HTMLElement {
  static readonly registryDependencies = ["entities", "devices"];
}

class CsjDashboardStrategy extends CsjStrategy {
  static readonly noEditor = true;

  static async getCreateSuggestions(hass: HomeAssistant) {
    const texts = await textsOf(hass);
    return { title: texts.get("cards.dashboard.title"), icon: "mdi:meter-electric-outline" };
  }

  static async generate(_config: object, hass: HomeAssistant): Promise<Dashboard> {
    const [{ say, told }, energy] = await Promise.all([ask(hass), energyOf(hass)]);
    if (told === null) return failed(say("cards.not_there"), say("cards.dashboard.title"));
    // a dashboard is not told where it is
    return dashboard(told, energy, `/${location.pathname.split("/")[1] ?? ""}`, say);
  }
}

class CsjSectionStrategy extends CsjStrategy {
  static getStubConfig() {
    return { type: "custom:csj-meter" };
  }

  static getConfigElement() {
    return document.createElement("csj-section-editor");
  }

  static async generate({ device_id: device }: { device_id?: string }, hass: HomeAssistant): Promise<Section> {
    const { say, told } = await ask(hass);
    if (told === null) return { type: "grid", cards: [{ type: "markdown", content: say("cards.not_there") }] };
    return meterSection(told, device, say);
  }
}

function define(tag: string, constructor: CustomElementConstructor): void {
  if (customElements.get(tag) === undefined) customElements.define(tag, constructor);
}

define("ll-strategy-dashboard-csj-meter", CsjDashboardStrategy);
define("ll-strategy-section-csj-meter", CsjSectionStrategy);
