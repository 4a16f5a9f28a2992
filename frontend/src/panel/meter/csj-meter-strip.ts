import { css, html, nothing } from "lit";
import { property } from "lit/decorators.js";

import type { VoltageLimits } from "../../api/meter";
import type { Measured, MeterRow } from "../../api/meters";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { follow } from "../../home_assistant";
import { address } from "../address";

const PHASES = [1, 2, 3] as const;

/** A meter in ten seconds: how it stands, what it measures, when it was heard. */
@element("csj-meter-strip")
export class CsjMeterStrip extends AppElement {
  static override styles = [
    style,
    css`
      .head {
        gap: 4px 12px;
      }
      h2 {
        font-size: 22px;
        font-weight: 400;
        overflow-wrap: anywhere;
      }
      dl {
        margin-top: 12px;
        grid-template-columns: repeat(auto-fit, minmax(min(130px, 40%), auto));
        justify-content: space-between;
      }
      dd {
        font-size: 20px;
        white-space: nowrap;
      }
      dd.several {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
      }
      dd small {
        font-size: 12px;
        color: var(--csj-dim);
      }
      ul {
        margin: 8px 0 0;
        padding: 0;
        list-style: none;
      }
      .power dd {
        font-size: 28px;
        line-height: 1.1;
      }
    `,
  ];

  @property({ attribute: false }) row!: MeterRow;
  @property({ attribute: false }) values: Record<string, number | null> = {};
  @property({ attribute: false }) live: Measured | null = null;
  @property({ attribute: false }) limits: VoltageLimits | null = null;

  protected override render() {
    const { row, app } = this;
    const { format } = app;
    const device = row.device_id !== null && app.hass.user?.is_admin ? `/config/devices/device/${row.device_id}` : null;
    return html`<section class="card" aria-label=${row.name}>
      <div class="row head">
        <h2>${row.name}</h2>
        ${this.chips()}
      </div>
      <div class="small dim">
        ${[row.circuit, row.bridge_name, row.model, row.serial].filter(Boolean).join(" · ")}
        ${device === null
          ? nothing
          : html` · <a href=${device} @click=${(event: MouseEvent) => follow(event, device)}>${this.t("meter.device")}</a>`}
      </div>
      <dl class="number">
        <div class="power">
          <dt>${this.t("meter.quantities.power")}</dt>
          <dd>${format.measured(this.values.active_power, "W")}</dd>
        </div>
        ${this.phases("voltage", "V", 1)} ${this.phases("current", "A", 2)}
        ${row.balance === null
          ? nothing
          : html`<div>
              <dt>${this.t("meter.balance")}</dt>
              <dd>${format.credit(row.balance.value, row.balance.unit)}</dd>
            </div>`}
        <div>
          <dt>${this.t("meter.last_contact")}</dt>
          <dd>${this.contact()}</dd>
        </div>
      </dl>
      ${this.live?.error ? html`<p class="small warning" role="status">${this.t("meter.not_now", { error: this.live.error })}</p>` : nothing}
      ${this.alerts()}
    </section>`;
  }

  private chips() {
    const { state, alerts } = this.row;
    const tone = state === "online" ? "good" : state === "disabled" ? "neutral" : "warning";
    return html`<span class="chip dot ${tone}">${this.t(`meter_states.${state}`)}</span>
      ${alerts?.severity
        ? html`<span class="chip dot ${alerts.severity}">${this.app.word(`severities.${alerts.severity}`)}</span>`
        : alerts === null
          ? nothing
          : html`<span class="chip neutral">${this.t("meter.no_alerts")}</span>`}`;
  }

  /** One value of each phase under one name. */
  private phases(stem: "voltage" | "current", unit: string, digits: number) {
    const there = PHASES.filter((phase) => this.values[`${stem}_l${phase}`] !== undefined);
    if (!there.length) return nothing;
    return html`<div>
      <dt>${this.t(`meter.quantities.${stem}`)}</dt>
      <dd class="several">
        ${there.map((phase) => {
          const value = this.values[`${stem}_l${phase}`];
          const wrong = stem === "voltage" && this.isWrong(value);
          return html`<span class=${wrong ? "critical" : ""}
            >${there.length > 1 ? html`<small>L${phase}</small> ` : nothing}${this.app.format.measured(value, unit, digits)}
            ${wrong ? html`<span aria-hidden="true">⚠</span><span class="hidden-label">${this.t("meter.out_of_limits")}</span>` : nothing}</span
          >`;
        })}
      </dd>
    </div>`;
  }

  private isWrong(voltage: number | null | undefined): boolean {
    const limits = this.limits;
    if (voltage === null || voltage === undefined || limits === null) return false;
    const low = limits.undervoltage ?? limits.sag ?? -Infinity;
    return voltage < low || voltage > (limits.swell ?? Infinity);
  }

  /** The newest of what the line tells once a minute, and of what was measured. */
  private contact(): string {
    const [one, other] = [this.row.last_contact, this.live?.at ?? this.row.measured_at];
    const newest = one === null || (other !== null && Date.parse(other) > Date.parse(one)) ? other : one;
    return this.app.format.ago(newest);
  }

  private alerts() {
    const alerts = this.row.alerts;
    if (!alerts?.active) return nothing;
    return html`<ul>
      ${alerts.titles.map((title, index) => {
        const path = address("alerts", alerts.alert_ids[index]);
        return html`<li><a href=${path} @click=${(event: MouseEvent) => follow(event, path)}>${title}</a></li>`;
      })}
    </ul>`;
  }
}
