/** The integration's own translations, in the language of the user. */

import { oneFullStop } from "./full_stop";
import type { HomeAssistant } from "./home_assistant";

const COMPONENT = "component.csj_meter";

export class Texts {
  private constructor(private readonly localize: HomeAssistant["localize"]) {}

  /** Have Home Assistant load them; it keeps them for the rest of the session. */
  static async load(hass: HomeAssistant): Promise<Texts> {
    await Promise.all(
      ["config_panel", "exceptions"].map((category) => hass.loadBackendTranslation(category, "csj_meter")),
    );
    // its localize function is another one after each load: the newest knows them
    const main = document.querySelector("home-assistant") as (Element & { hass?: HomeAssistant }) | null;
    return new Texts((main?.hass ?? hass).localize);
  }

  /** The text of a key under `config_panel`; the key itself where there is none, so that nobody overlooks it. */
  get(key: string, values?: Record<string, string | number>): string {
    return oneFullStop(this.localize(`${COMPONENT}.config_panel.${key}`, values)) || key;
  }

  /** The sentence of an error; empty for one without. */
  exception(key: string, values: Record<string, string>): string {
    return this.localize(`${COMPONENT}.exceptions.${key}.message`, values);
  }
}
