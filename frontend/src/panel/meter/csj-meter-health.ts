import { css, html, nothing } from "lit";
import { property } from "lit/decorators.js";

import type { MeterDetail } from "../../api/meter";
import type { Health } from "../../api/meters";
import { AppElement, type Content, element } from "../../elements/element";
import { style } from "../../elements/style";

/** Words of the status that nobody has to care about. */
const QUIET = "relay_closed";
/** Seconds by which a clock may be wrong. */
const DRIFT = 30;
/** Share of answers below which the line is worth a look. */
const POOR = 0.95;
const BAD_KEYS = ["missing", "wrong", "locked_out"];

/** How well the meter is, and the talk with it. */
@element("csj-meter-health")
export class CsjMeterHealth extends AppElement {
  static override styles = [
    style,
    css`
      dl {
        margin-top: 12px;
      }
      ul {
        margin: 4px 0 0;
        padding-inline-start: 20px;
      }
      .block {
        margin-top: 12px;
      }
    `,
  ];

  @property({ attribute: false }) meter!: MeterDetail;

  protected override render() {
    const { health } = this.meter;
    return health === null ? nothing : this.shown(health);
  }

  private shown(health: Health) {
    const { format } = this.app;
    const { clock_drift: drift, uptime } = this.meter;
    const status = health.status;
    const flags = status?.filter((word) => word !== QUIET) ?? [];
    const failed = Object.entries(health.failed);
    const flagged = (word: string) => (flags.includes(word) ? "warning" : "");
    return html`<section class="card">
      <h2>${this.t("meter.health")}</h2>
      <dl>
        ${this.item("success_rate", format.percent(health.success_rate), health.success_rate !== null && health.success_rate < POOR)}
        ${this.item("round_trip", health.round_trip === null ? "–" : `${format.number(health.round_trip * 1000, 0)} ms`)}
        ${this.item("lost", this.t("meter.lost", { timeouts: health.timeouts, garbled: health.garbled, requests: health.requests }))}
        ${this.item("battery", format.measured(health.battery_voltage, "V", 2), flagged("battery_low") !== "")}
        ${this.item("temperature", format.measured(health.temperature, "°C", 1))}
        ${this.item("clock", this.drift(drift), flagged("clock_not_set") !== "" || Math.abs(drift ?? 0) > DRIFT)}
        ${this.item("firmware", [health.firmware, health.hardware].filter(Boolean).join(" / ") || "–")}
        ${this.item("uptime", format.duration(uptime))}
        ${this.item("unit_id", String(health.unit_id ?? "–"))}
        ${this.item("profile", health.profile ?? "–")}
        ${health.key === null ? nothing : this.item("key", this.t(`meter.keys.${health.key}`), BAD_KEYS.includes(health.key))}
      </dl>
      <div class="block">
        <h3>${this.t("meter.status")}</h3>
        ${flags.length
          ? html`<ul class="warning">
              ${flags.map((word) => html`<li>${this.t(`meter.status_words.${word}`)}</li>`)}
            </ul>`
          : html`<p class=${status === null ? "dim" : "good"}>${this.t(status === null ? "meter.status_unknown" : "meter.status_fine")}</p>`}
      </div>
      ${failed.length
        ? html`<div class="block">
            <h3>${this.t("meter.failed")}</h3>
            <ul>
              ${failed.map(([block, reason]) => html`<li>${this.t(`meter.blocks.${block}`)}: ${reason}</li>`)}
            </ul>
          </div>`
        : nothing}
    </section>`;
  }

  private drift(seconds: number | null): string {
    if (seconds === null) return "–";
    const amount = this.app.format.duration(Math.abs(seconds));
    if (Math.abs(seconds) < 1) return this.t("meter.clock_right");
    return this.t(seconds > 0 ? "meter.clock_ahead" : "meter.clock_behind", { duration: amount });
  }

  private item(name: string, value: Content, wrong = false) {
    return html`<div>
      <dt>${this.t(`meter.of_health.${name}`)}</dt>
      <dd class=${wrong ? "warning" : ""}>
        ${value} ${wrong ? html`<span aria-hidden="true">⚠</span><span class="hidden-label">${this.t("meter.look_at_it")}</span>` : nothing}
      </dd>
    </div>`;
  }
}
