import { css, html, nothing } from "lit";
import { property } from "lit/decorators.js";

import type { Money } from "../../api/meter";
import { AppElement, type Content, element } from "../../elements/element";
import { style } from "../../elements/style";

const TONES = { ok: "good", low: "warning", very_low: "critical", arrears: "critical" } as const;

/** Credit and tariffs of a meter that is paid in advance. */
@element("csj-meter-money")
export class CsjMeterMoney extends AppElement {
  static override styles = [
    style,
    css`
      .balance {
        font-size: 24px;
        margin: 8px 0;
      }
      dl {
        margin: 12px 0;
      }
      th,
      td {
        padding: 5px 6px;
      }
    `,
  ];

  @property({ attribute: false }) money!: Money;

  protected override render() {
    const { money } = this;
    const { format } = this.app;
    const credit = (value: number | null) => format.credit(value, money.unit);
    return html`<section class="card">
      <div class="row spread">
        <h2>${this.t("meter.money")}</h2>
        ${money.state === null
          ? nothing
          : html`<span class="chip dot ${TONES[money.state]}">${this.t(`meter.credit_states.${money.state}`)}</span>`}
      </div>
      <p class="balance number">${credit(money.balance)}</p>
      <p>${this.forecast()}</p>
      <dl>
        ${this.item("credit_alarm_1", credit(money.credit_alarm_1))} ${this.item("credit_alarm_2", credit(money.credit_alarm_2))}
        ${this.item("overdraft_limit", credit(money.overdraft_limit))} ${this.item("last_top_up", credit(money.last_top_up))}
        ${this.item("top_up_count", format.number(money.top_up_count, 0))} ${this.payment()}
      </dl>
      ${money.tariffs.length ? this.tariffs() : nothing}
    </section>`;
  }

  private forecast(): string {
    const { forecast, unit } = this.money;
    if (forecast === null) return this.t("meter.outlooks.unknown");
    const lasts = forecast.outlook === "runs_out" && forecast.runs_out_at !== null;
    return [
      this.t(`meter.outlooks.${forecast.outlook}`, lasts ? { date: this.app.format.date(forecast.runs_out_at) } : { date: "–" }),
      forecast.per_day === null ? "" : this.t("meter.per_day", { amount: this.app.format.credit(forecast.per_day, unit) }),
    ]
      .filter(Boolean)
      .join(" ");
  }

  private payment() {
    const last = this.money.last_payment;
    if (last === null) return nothing;
    const { format } = this.app;
    return this.item(
      "last_payment",
      `${format.credit(last.amount, last.unit)}, ${this.t(`meter.payments.${last.state}`)}, ${format.dateTime(last.at)}`,
    );
  }

  private item(name: string, value: Content) {
    return html`<div>
      <dt>${this.t(`meter.of_money.${name}`)}</dt>
      <dd class="number">${value}</dd>
    </div>`;
  }

  private tariffs() {
    const { format } = this.app;
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${this.t("meter.tariff")}>
      <table>
        <thead>
          <tr>
            <th scope="col">${this.t("meter.tariff")}</th>
            <th class="number" scope="col">${this.t("meter.price")}</th>
            <th class="number" scope="col">${this.t("meter.energy_import")}</th>
          </tr>
        </thead>
        <tbody>
          ${this.money.tariffs.map(
            ({ tariff, price, price_unit, energy_import }) => html`<tr>
              <th scope="row">
                T${tariff} ${tariff === this.money.tariff ? html`<span class="chip good">${this.t("meter.in_force")}</span>` : nothing}
              </th>
              <td class="number">${format.measured(price, price_unit, 4)}</td>
              <td class="number">${format.number(energy_import, 2)} kWh</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}
