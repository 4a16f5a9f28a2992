/** What all cards have in common: they come before their texts do, and say in words what they cannot show. */

import { css, html, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import type { ApiError } from "../api/session";
import { App } from "../app";
import { AppElement, type Content } from "../elements/element";
import { style } from "../elements/style";
import type { HomeAssistant } from "../home_assistant";
import type { Texts } from "../texts";
import { serialOf } from "./devices";
import { infoOf, textsOf } from "./session";

const RETRY_SECONDS = 5;

export interface CardConfig {
  type: string;
  device_id?: string;
  name?: string;
}

export const cardStyle = [
  style,
  css`
    :host {
      height: 100%;
      container-type: inline-size;
    }
    ha-card {
      display: block;
      height: 100%;
      padding: 16px;
      box-sizing: border-box;
      overflow-wrap: anywhere;
    }
    .body {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 12px;
    }
    .big {
      font-size: 28px;
      line-height: 1.2;
    }
    .chip {
      white-space: normal;
    }
    .dot {
      display: inline-flex;
      align-items: baseline;
      gap: 6px;
    }
    .dot::before {
      flex: none;
    }
    button {
      max-width: 100%;
      padding-block: 4px;
    }
  `,
];

/** A card; `content` is what it shows once it knows who looks. */
export abstract class CsjCard<C extends CardConfig = CardConfig> extends AppElement {
  static override styles = cardStyle;

  @state() protected config: C = { type: "" } as C;
  @state() private texts: Texts | null = null;
  @state() private failed = false;

  private current: HomeAssistant | undefined;
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private leave: (() => void) | undefined;
  private readonly renew = () => void this.load();

  protected abstract content(): Content;

  setConfig(config: C): void {
    for (const key of ["device_id", "name"] as const)
      if (config[key] !== undefined && typeof config[key] !== "string") throw new Error(`${key}: text expected`);
    this.config = config;
  }

  /** With every state of an entity there is another one: most of them are nothing new for a card. */
  set hass(hass: HomeAssistant) {
    const before = this.current;
    this.current = hass;
    if (before?.connection !== hass.connection || before.language !== hass.language) void this.load();
    else if (before.locale !== hass.locale || before.themes !== hass.themes || before.devices !== hass.devices)
      if (this.app !== undefined && this.texts !== null) this.app = new App(hass, this.app.info, this.texts);
    this.heard(hass);
  }

  /** There is another state of some entity: nothing for most cards. */
  protected heard(_: HomeAssistant): void {}

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.current !== undefined) this.renew();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.turn += 1;
    clearTimeout(this.timer);
    this.leave?.();
    this.leave = undefined;
  }

  protected override shouldUpdate(): boolean {
    return true;
  }

  private async load(): Promise<void> {
    clearTimeout(this.timer);
    const hass = this.current as HomeAssistant;
    const turn = ++this.turn;
    try {
      const info = infoOf(hass);
      info.catch(() => undefined); // it is waited for below
      if (this.leave === undefined) {
        const { connection } = hass;
        connection.addEventListener("ready", this.renew);
        this.leave = () => connection.removeEventListener("ready", this.renew);
      }
      const texts = await textsOf(hass);
      if (turn !== this.turn) return;
      this.texts = texts;
      const known = await info;
      if (turn !== this.turn) return;
      this.failed = false;
      this.app = new App(this.current as HomeAssistant, known, texts);
    } catch {
      if (turn !== this.turn) return;
      this.failed = this.app === undefined;
      this.timer = setTimeout(this.renew, RETRY_SECONDS * 1000);
    }
  }

  protected override render(): TemplateResult {
    return html`<ha-card><div class="body">${this.app === undefined ? this.early() : this.content()}</div></ha-card>`;
  }

  private early(): Content {
    const text = this.texts?.get(this.failed ? "cards.not_there" : "panel.notice.wait") ?? "";
    return html`<p class="dim" role="status">${text}</p>`;
  }

  /** A text under `config_panel`. */
  protected w(key: string, values?: Record<string, string | number>): string {
    return this.app.texts.get(key, values);
  }

  /** Words in place of content. */
  protected words(text: string): TemplateResult {
    return html`${this.config.name ? html`<h2>${this.config.name}</h2>` : ""}
      <p class="dim" role="status">${text}</p>`;
  }

  /** The meter that was chosen, or words in its place. */
  protected get serial(): string | null {
    if (this.app === undefined) return null;
    const found = serialOf(this.app.hass, this.config.device_id);
    return "serial" in found ? found.serial : null;
  }

  protected withoutMeter(): TemplateResult {
    const found = serialOf(this.app.hass, this.config.device_id);
    return this.words("missing" in found ? this.w(`cards.missing.${found.missing}`) : "");
  }

  /** In place of what was asked: that it is on its way, or why it cannot be had. */
  protected notYet(error: ApiError | null): TemplateResult {
    return this.words(error === null ? this.t("notice.wait") : this.why(error));
  }

  protected why(error: ApiError): string {
    if (error.code === "lost") return this.t("notice.lost");
    return error.code === "unknown_command" ? this.w("cards.not_there") : this.app.sentence(error);
  }
}
