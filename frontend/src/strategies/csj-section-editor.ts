import { html, LitElement } from "lit";
import { property, state } from "lit/decorators.js";

import type { Told } from "../api/dashboard";
import { textsOf } from "../cards/session";
import { element } from "../elements/element";
import { style } from "../elements/style";
import type { HomeAssistant } from "../home_assistant";
import type { Texts } from "../texts";

interface Config {
  type: string;
  device_id?: string;
}

/** Which meter a section is about. */
@element("csj-section-editor")
export class CsjSectionEditor extends LitElement {
  static override styles = style;

  @property({ attribute: false }) hass!: HomeAssistant;
  @state() private config: Config = { type: "custom:csj-meter" };
  @state() private texts: Texts | null = null;
  @state() private meters: Told["meters"] = [];

  setConfig(config: Config): void {
    this.config = config;
  }

  protected override async firstUpdated(): Promise<void> {
    this.texts = await textsOf(this.hass);
    const told = await this.hass.callWS<Told>({ type: "csj_meter/dashboard" }).catch(() => null);
    this.meters = told?.meters ?? [];
  }

  protected override render() {
    const { texts } = this;
    if (texts === null) return "";
    const chosen = this.config.device_id ?? "";
    return html`<label>
      ${texts.get("cards.form.device_id")}
      <select @change=${(event: Event) => this.choose((event.target as HTMLSelectElement).value)}>
        <option value="" ?selected=${chosen === ""}>${texts.get("cards.form_first")}</option>
        ${this.meters.map(
          ({ device_id: device, name }) => html`<option value=${device ?? ""} ?selected=${device === chosen}>${name}</option>`,
        )}
      </select>
    </label>`;
  }

  private choose(device: string): void {
    const { device_id: _before, ...rest } = this.config;
    const config = device ? { ...rest, device_id: device } : rest;
    this.config = config;
    this.dispatchEvent(new CustomEvent("config-changed", { detail: { config }, bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-section-editor": CsjSectionEditor;
  }
}
