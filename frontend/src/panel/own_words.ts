/** Texts that the integration has for Home Assistant's own dialogues: a page that needs them has them loaded. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { App } from "../app";
import type { HomeAssistant } from "../home_assistant";

type Host = ReactiveControllerHost & { app: App };
export type Category = "entity" | "options" | "selector" | "services";

export class OwnWords implements ReactiveController {
  /** Whether a text that is not there yet may still come. */
  loading = true;

  private localize: HomeAssistant["localize"] | null = null;
  private language: string | undefined;

  constructor(
    private readonly host: Host,
    private readonly categories: readonly Category[],
  ) {
    host.addController(this);
  }

  hostUpdate(): void {
    const hass = this.host.app?.hass;
    if (hass === undefined || hass.language === this.language) return;
    this.language = hass.language;
    void this.load(hass);
  }

  /** The text of `category.key`; empty where there is none, or not yet. */
  get(key: string, values?: Record<string, string | number>): string {
    return this.localize?.(`component.csj_meter.${key}`, values) ?? "";
  }

  private async load(hass: HomeAssistant): Promise<void> {
    let localize: unknown;
    try {
      // one after the other: what the last one gives knows all of them
      for (const category of this.categories) localize = await hass.loadBackendTranslation(category, "csj_meter");
    } catch {
      // the connection is gone, which the panel says; with the first update of the next one it is asked again
      this.language = undefined;
      return;
    }
    this.localize = localize as HomeAssistant["localize"];
    this.loading = false;
    this.host.requestUpdate();
  }
}
