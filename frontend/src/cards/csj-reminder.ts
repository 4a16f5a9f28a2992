import { css, html, nothing, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";

import { AppElement, element } from "../elements/element";
import { style } from "../elements/style";
import { letter, type Reminded, type Tenant } from "./tenants";

const TONES = { delivered: "good", waiting: "warning", failed: "critical", no_channel: "warning" } as const;

/** Whether it is the same household; what else is known of it may have changed. */
function isSame(one: Tenant, other: Tenant): boolean {
  return one.meter === other.meter && one.name === other.name;
}

/**
 * Reminds a tenant of their credit: over the channel that they have, with one tap and a receipt; who has none is
 * written to from one's own mail program or telephone.
 */
@element("csj-reminder")
export class CsjReminder extends AppElement {
  static override styles = [
    style,
    css`
      :host {
        display: grid;
        justify-items: end;
        gap: 4px;
        text-align: end;
      }
      .row {
        justify-content: end;
      }
      button,
      .button {
        max-width: 100%;
        white-space: normal;
      }
    `,
  ];

  @property({ attribute: false }) tenant!: Tenant;
  @property() deviceId = "";
  @property() subject = "";
  @property() text = "";

  @state() private busy = false;
  @state() private reminded: Reminded | null = null;
  @state() private failure = "";

  /** What was said to one tenant is nothing to say of another. */
  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("tenant");
    if (before === undefined || isSame(before, this.tenant)) return;
    this.reminded = null;
    this.failure = "";
    this.busy = false;
  }

  protected override render() {
    const { name, channel, reminded_at: at } = this.tenant;
    const { format } = this.app;
    // what did not get through is written by hand
    const byHand = channel === null || this.reminded?.state === "failed" || this.reminded?.state === "no_channel";
    const link = byHand ? letter(this.tenant, this.subject, this.text) : null;
    return html`<div class="row">
        ${channel === null
          ? nothing
          : html`<button ?disabled=${this.busy} aria-label=${this.w("cards.tenants.remind_whom", { name })} @click=${this.remind}>
              ${this.w("cards.tenants.remind")}
            </button>`}
        ${link === null
          ? nothing
          : html`<a class="button" href=${link} aria-label=${this.w("cards.tenants.write_to", { name })}>${this.w("cards.tenants.write")}</a>`}
      </div>
      <div role="status">${this.receipt(name)}</div>
      ${this.failure ? html`<p class="small critical" role="alert">${this.failure}</p>` : nothing}
      ${this.reminded === null && at !== null ? html`<p class="small dim">${this.w("cards.tenants.reminded", { date: format.date(at) })}</p>` : nothing}`;
  }

  private receipt(name: string) {
    if (this.busy) return html`<p class="small">${this.w("cards.tenants.reminding", { name })}</p>`;
    if (this.reminded === null) return nothing;
    const { state, channel, at } = this.reminded;
    const time = this.app.format.time(at);
    return html`<p class="small ${TONES[state]}">${this.w(`cards.tenants.reminder.${state}`, { name, channel: channel ?? "", time })}</p>`;
  }

  private async remind(): Promise<void> {
    const { tenant } = this;
    this.busy = true;
    this.failure = "";
    try {
      const reminded = await this.app.act<Reminded>("remind_tenant", { device_id: this.deviceId });
      if (isSame(tenant, this.tenant)) this.reminded = reminded;
    } catch (error) {
      if (isSame(tenant, this.tenant)) this.failure = this.app.sentence(error);
    }
    if (isSame(tenant, this.tenant)) this.busy = false;
  }

  /** A text under `config_panel`. */
  private w(key: string, values?: Record<string, string | number>): string {
    return this.app.texts.get(key, values);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-reminder": CsjReminder;
  }
}
