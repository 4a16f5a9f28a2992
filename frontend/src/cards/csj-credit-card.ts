import { css, html, nothing } from "lit";
import { state } from "lit/decorators.js";

import type { MeterDetail, Money } from "../api/meter";
import { element } from "../elements/element";
import type { HomeAssistant } from "../home_assistant";
import { Asked } from "./asked";
import { cardStyle, CsjCard } from "./card";
import { creditWords, daysLeft, equivalent, filled, methods, toldDays, tone } from "./credit";
import { CREDIT, firstDevice } from "./devices";
import { meterForm } from "./form";

const SECONDS = 20;

/** The credit of a meter: how much, for how long, and putting more on it. */
@element("csj-credit-card")
export class CsjCreditCard extends CsjCard {
  static override styles = [
    ...cardStyle,
    css`
      .figures {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 24px;
        justify-content: space-between;
      }
      .bar {
        height: 8px;
        border-radius: 4px;
        background: color-mix(in srgb, var(--csj-text) 14%, transparent);
        overflow: hidden;
      }
      .bar span {
        display: block;
        height: 100%;
        min-width: 4px;
        background: currentColor;
      }
    `,
  ];

  private readonly asked = new Asked<{ meter: MeterDetail }>(
    this,
    () => (this.serial === null ? null : { command: "meter", serial: this.serial }),
    SECONDS,
  );

  /** Whether what puts money on the meter could not be loaded. */
  @state() private lacksParts = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.loadParts();
  }

  private async loadParts(): Promise<void> {
    try {
      await import("./money");
      this.lacksParts = false;
    } catch {
      this.lacksParts = true;
    }
  }

  static getConfigForm() {
    return meterForm();
  }

  static getStubConfig(hass: HomeAssistant) {
    const device = firstDevice(hass, CREDIT);
    return device === null ? {} : { device_id: device };
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6 };
  }

  getCardSize(): number {
    return 5;
  }

  protected override content() {
    if (this.serial === null) return this.withoutMeter();
    const meter = this.asked.value?.meter;
    if (meter === undefined) return this.notYet(this.asked.error);
    const { money } = meter;
    if (money === null) return this.words(this.w(this.app.may("see_money") ? (meter.capabilities.includes("prepay") ? "cards.credit.not_read" : "cards.credit.none") : "cards.credit.not_allowed"));
    const of = tone(money);
    const words = creditWords(money);
    return html`
      <div class="row spread">
        <h2>${this.config.name ?? meter.name}</h2>
        ${words === null ? nothing : html`<span class="chip dot ${of ?? "neutral"}">${this.t(words)}</span>`}
      </div>
      ${this.figures(money)}
      <div class="bar ${of ?? "dim"}" aria-hidden="true"><span style="width:${filled(money.forecast) * 100}%"></span></div>
      <p>${this.outlook(money)}</p>
      <p class="small ${meter.state === "online" ? "dim" : "warning"}">${this.age(meter)}</p>
      ${this.payments(meter, money)}
    `;
  }

  private figures(money: Money) {
    const { format } = this.app;
    const other = equivalent(money);
    const days = daysLeft(money.forecast);
    return html`<div class="figures">
      <div>
        <p class="small dim">${this.t("meter.balance")}</p>
        <p class="big number" data-balance>${format.credit(money.balance, money.unit)}</p>
        ${other === null ? nothing : html`<p class="small dim number">${this.w("cards.credit.equivalent", { amount: format.credit(other.value, other.unit) })}</p>`}
      </div>
      <div>
        <p class="small dim">${this.w("cards.credit.days_left")}</p>
        <p class="big number ${tone(money) ?? ""}" data-days>
          ${days !== null ? format.number(toldDays(days)) : money.forecast?.outlook === "lasts" ? this.w("cards.credit.many_days") : "–"}
        </p>
      </div>
    </div>`;
  }

  private outlook({ forecast, unit }: Money): string {
    const { format } = this.app;
    if (forecast === null || forecast.outlook === "unknown") return this.w("cards.credit.still_learning");
    const said = this.t(`meter.outlooks.${forecast.outlook}`, { date: format.date(forecast.runs_out_at) });
    return forecast.per_day === null ? said : `${said} ${this.t("meter.per_day", { amount: format.credit(forecast.per_day, unit) })}`;
  }

  private age({ state, last_contact: at }: MeterDetail): string {
    const { format } = this.app;
    if (this.asked.error !== null) return this.why(this.asked.error);
    if (state === "online") return this.w("cards.credit.read", { ago: format.ago(at) });
    if (at === null) return this.t(`meter_states.${state}`);
    return this.w("cards.credit.of_before", { state: this.t(`meter_states.${state}`), time: format.dateTime(at) });
  }

  private payments(meter: MeterDetail, money: Money) {
    if (this.lacksParts) return html`<p class="small critical" role="alert">${this.t("shell.no_code")}</p>`;
    const device = this.config.device_id as string;
    const newest = JSON.stringify(money.last_payment);
    const offered = methods((permission) => this.app.may(permission), meter.capabilities);
    return html`
      ${offered.length
        ? html`<csj-top-up
            .app=${this.app}
            .deviceId=${device}
            .unit=${money.unit}
            .methods=${offered}
            .newest=${newest}
            @paid=${() => void this.asked.ask()}
          ></csj-top-up>`
        : nothing}
      <csj-payments .app=${this.app} .deviceId=${device} .newest=${newest}></csj-payments>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-credit-card": CsjCreditCard;
  }
}
