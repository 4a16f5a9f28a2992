import { css, html, nothing, svg } from "lit";
import { state } from "lit/decorators.js";

import type { Insights, Tip, Usage } from "../api/insights";
import { download, exportPath } from "../downloads";
import { element } from "../elements/element";
import type { HomeAssistant } from "../home_assistant";
import { Asked } from "./asked";
import { cardStyle, CsjCard } from "./card";
import { alertsOf, firstDevice, USAGE } from "./devices";
import { meterForm } from "./form";
import { dayBar, hourBars, standing } from "./usage_bars";

const SECONDS = 60;
const DAYS_OF_CSV = 90;
const TONES = { ok: "good", info: "neutral", warning: "warning", critical: "critical" } as const;

/** What was used today against what is usual, what it costs, and one thing to do about it. */
@element("csj-usage-card")
export class CsjUsageCard extends CsjCard {
  static override styles = [
    ...cardStyle,
    css`
      .day {
        position: relative;
        height: 12px;
        border-radius: 6px;
        background: color-mix(in srgb, var(--csj-text) 10%, transparent);
      }
      .day > * {
        position: absolute;
        top: 0;
        bottom: 0;
      }
      .day .usual {
        background: color-mix(in srgb, var(--csj-good) 35%, transparent);
      }
      .day .today {
        inset-inline-start: 0;
        top: 3px;
        bottom: 3px;
        border-radius: 3px;
        background: var(--csj-accent-text);
      }
      .day .today.above {
        background: var(--csj-warning);
      }
      svg {
        display: block;
        width: 100%;
        height: 72px;
      }
      .band {
        fill: color-mix(in srgb, var(--csj-good) 30%, transparent);
      }
      .bar {
        fill: var(--csj-accent-text);
      }
      .bar.more {
        fill: var(--csj-warning);
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin-top: 6px;
      }
      .key span::before {
        content: "";
        display: inline-block;
        width: 10px;
        height: 10px;
        margin-inline-end: 6px;
        border-radius: 2px;
        background: var(--csj-accent-text);
      }
      .key .usual::before {
        background: color-mix(in srgb, var(--csj-good) 40%, transparent);
      }
      .key .more::before {
        background: var(--csj-warning);
      }
      .tip {
        display: grid;
        gap: 8px;
        border-radius: 8px;
        padding: 12px;
        background: color-mix(in srgb, var(--csj-accent-text) 9%, transparent);
      }
      .tip ha-icon {
        --mdc-icon-size: 20px;
        color: var(--csj-accent-text);
      }
      .tip button {
        margin-top: 4px;
      }
      dl {
        grid-template-columns: repeat(auto-fill, minmax(88px, 1fr));
      }
    `,
  ];

  @state() private busy = false;

  private readonly asked = new Asked<Insights>(
    this,
    () => (this.serial === null ? null : { command: "insights", serial: this.serial, language: this.app.hass.language }),
    SECONDS,
  );

  static getConfigForm() {
    return meterForm();
  }

  static getStubConfig(hass: HomeAssistant) {
    const device = firstDevice(hass, USAGE);
    return device === null ? {} : { device_id: device };
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6 };
  }

  getCardSize(): number {
    return 6;
  }

  private alerts: object | undefined;

  /** What is wrong stands beside the card at once: it is not to say for another minute that all is quiet. */
  protected override heard(hass: HomeAssistant): void {
    const before = this.alerts;
    this.alerts = alertsOf(hass, this.config.device_id ?? "");
    if (before !== undefined && before !== this.alerts) void this.asked.ask();
  }

  protected override content() {
    if (this.serial === null) return this.withoutMeter();
    const told = this.asked.value;
    if (told === null) return this.notYet(this.asked.error);
    const { state: now, usage, tips } = told;
    const [tip] = tips;
    return html`
      <h2>${this.config.name ?? this.app.hass.devices[this.config.device_id as string]?.name_by_user ?? this.app.hass.devices[this.config.device_id as string]?.name ?? this.w("cards.usage.title")}</h2>
      <p class="dot ${TONES[now.severity]}">${now.text}</p>
      ${usage === null ? html`<p class="dim">${this.w("cards.usage.unknown")}</p>` : this.usage(usage, told.unit)}
      ${told.cost === null ? nothing : this.cost(told.cost)} ${told.base_load === null ? nothing : html`<p class="small dim">${told.base_load.text}</p>`}
      ${tip === undefined ? nothing : this.tip(tip)}
      ${this.asked.error === null ? nothing : html`<p class="small warning" role="status">${this.why(this.asked.error)}</p>`}
      ${this.app.may("export")
        ? html`<div class="row">
            <button ?disabled=${this.busy} @click=${this.save}>${this.w("cards.usage.csv", { days: DAYS_OF_CSV })}</button>
          </div>`
        : nothing}
    `;
  }

  private usage(usage: Usage, unit: string) {
    const { format } = this.app;
    const day = dayBar(usage);
    const stands = standing(usage);
    const usual = usage.usual_today;
    return html`
      <div>
        <p class="small dim">${this.w("cards.usage.today")}</p>
        <p class="big number" data-today>${format.measured(usage.today, unit)}</p>
      </div>
      ${day === null
        ? nothing
        : html`<div class="day" aria-hidden="true">
            <span class="usual" style="inset-inline-start:${day.low * 100}%;width:${(day.high - day.low) * 100}%"></span>
            <span class="today ${stands}" style="width:${day.today * 100}%"></span>
          </div>`}
      <p>
        ${usual === null
          ? this.w("cards.usage.standing.unknown")
          : this.w(`cards.usage.standing.${stands}`, { low: format.number(usual.low, 1), high: format.measured(usual.high, unit, 1) })}
      </p>
      ${usage.hours.length ? this.hours(usage, unit) : nothing} ${usage.trend_text === null ? nothing : html`<p>${usage.trend_text}</p>`}
    `;
  }

  private hours({ hours }: Usage, unit: string) {
    const bars = hourBars(hours);
    const { format } = this.app;
    const most = hours.reduce((most, one) => ((one.energy ?? -1) > (most.energy ?? -1) ? one : most));
    const summary = this.w("cards.usage.hours", { time: format.time(most.start), energy: format.measured(most.energy, unit) });
    return html`<div>
      <svg viewBox="0 0 ${bars.length} 1" preserveAspectRatio="none" role="img" aria-label=${summary}>
        ${bars.map(
          ({ energy, band, tone }, hour) => svg`
            ${band === null ? nothing : svg`<rect class="band" x=${hour} width="1" y=${1 - band[1]} height=${Math.max(band[1] - band[0], 0.01)}></rect>`}
            ${energy === null ? nothing : svg`<rect class="bar ${tone}" x=${hour + 0.2} width="0.6" y=${1 - energy} height=${energy}></rect>`}`,
        )}
      </svg>
      <p class="small dim key">
        <span>${this.w("cards.usage.used")}</span>
        ${bars.some(({ band }) => band !== null) ? html`<span class="usual">${this.w("cards.usage.usual")}</span>` : nothing}
        ${bars.some(({ tone }) => tone === "more") ? html`<span class="more">${this.w("cards.usage.more")}</span>` : nothing}
      </p>
    </div>`;
  }

  private cost({ today, month, projected_month: projected, unit }: NonNullable<Insights["cost"]>) {
    const rows: [string, number | null][] = [
      ["today", today],
      ["month", month],
      ["projected", projected],
    ];
    return html`<dl aria-label=${this.w("cards.usage.cost")}>
      ${rows.map(
        ([name, value]) => html`<div>
          <dt>${this.w(`cards.usage.cost_of.${name}`)}</dt>
          <dd class="number">${this.app.format.credit(value, unit)}</dd>
        </div>`,
      )}
    </dl>`;
  }

  private tip(tip: Tip) {
    const { format } = this.app;
    return html`<section class="tip" aria-label=${this.w("cards.usage.tip")}>
      <h3 class="row"><ha-icon icon="mdi:lightbulb-on-outline" aria-hidden="true"></ha-icon>${this.w("cards.usage.tip")}</h3>
      <p>${tip.text}</p>
      <dl>
        ${tip.figures.map(
          ({ label, value, unit }) => html`<div>
            <dt>${label}</dt>
            <dd class="number">${typeof value === "number" ? (/^[A-Z]{3}$/.test(unit ?? "") ? format.credit(value, unit) : format.measured(value, unit)) : (value ?? "–")}</dd>
          </div>`,
        )}
      </dl>
      ${tip.since === null ? nothing : html`<p class="small dim">${this.w("cards.usage.since", { date: format.date(tip.since) })}</p>`}
      <div class="row"><button ?disabled=${this.busy} @click=${() => this.dismiss(tip)}>${this.w("cards.usage.dismiss")}</button></div>
    </section>`;
  }

  private async dismiss(tip: Tip): Promise<void> {
    this.busy = true;
    await this.attempt(async () => {
      const { tips } = await this.app.call<Pick<Insights, "tips">>("insights/dismiss_tip", {
        serial: this.serial,
        tip: tip.id,
        language: this.app.hass.language,
      });
      if (this.asked.value !== null) this.asked.take({ ...this.asked.value, tips });
    }, this.w("cards.usage.dismissed"));
    this.busy = false;
  }

  private async save(): Promise<void> {
    const path = exportPath(this.serial as string, { days: DAYS_OF_CSV, resolution: "hour" }, Math.floor(Date.now() / 1000));
    this.busy = true;
    await this.attempt(() => download(this.app, path), this.t("meter.download_began"));
    this.busy = false;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-usage-card": CsjUsageCard;
  }
}
