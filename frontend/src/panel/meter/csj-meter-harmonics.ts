import { css, html, nothing, svg, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";

import type { MeterDetail } from "../../api/meter";
import type { LiveEvent, Measured } from "../../api/meters";
import { color } from "../../elements/curves";
import { AppElement, element } from "../../elements/element";
import "../../elements/csj-standing";
import { style } from "../../elements/style";
import { Subscription } from "../../subscription";
import { type Bar, bars, ceiling } from "./harmonics";

const [WIDTH, HEIGHT, FOOT, SIDE] = [720, 200, 22, 40];
/** Seconds: somebody else watches the curves. */
const SLOWLY = 10;

/** Harmonics of voltages and currents against their limits. They are read only while this is open. */
@element("csj-meter-harmonics")
export class CsjMeterHarmonics extends AppElement {
  static override styles = [
    style,
    css`
      summary {
        cursor: pointer;
      }
      summary h2 {
        display: inline;
      }
      .charts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr));
        gap: 16px;
        margin-top: 12px;
      }
      .wide {
        overflow-x: auto;
      }
      svg {
        width: 100%;
        min-width: 440px;
        display: block;
      }
      text {
        font-size: 11px;
        fill: var(--csj-dim);
        text-anchor: middle;
      }
      text.over {
        fill: var(--csj-critical);
        font-weight: 700;
      }
      .line {
        stroke: var(--csj-line);
      }
      .limit {
        stroke: var(--csj-critical);
        stroke-width: 2;
      }
      table {
        width: auto;
      }
      .table {
        max-height: 260px;
        overflow: auto;
      }
    `,
  ];

  @property({ attribute: false }) meter!: MeterDetail;

  @state() private open = false;
  @state() private found: Measured | null = null;
  @state() private tables = false;

  private readonly live = new Subscription<LiveEvent>(
    this,
    () =>
      this.open ? { command: "live/subscribe", serial: this.meter.serial, interval: SLOWLY, harmonics: true } : null,
    (event) => (this.found = event.harmonics ?? this.found),
  );

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("meter") as MeterDetail | undefined;
    if (before !== undefined && before.serial !== this.meter.serial) this.found = null;
  }

  protected override render() {
    return html`<section class="card">
      <details @toggle=${(event: Event) => (this.open = (event.target as HTMLDetailsElement).open)}>
        <summary><h2>${this.t("meter.harmonics")}</h2></summary>
        ${this.open ? this.content() : nothing}
      </details>
    </section>`;
  }

  private content() {
    const limits = this.meter.limits.harmonics?.voltage ?? null;
    if (this.found === null) {
      return this.live.standing === "live"
        ? html`<p class="dim" role="status">${this.t("meter.harmonics_wait")}</p>`
        : html`<csj-standing .app=${this.app} .standing=${this.live.standing} .error=${this.live.error}></csj-standing>`;
    }
    const { values, at, error } = this.found;
    return html`
      <p class="small dim">
        ${this.t("meter.measured_at", { time: this.app.format.time(at, { seconds: true }) })}
        ${limits === null ? nothing : this.t("meter.harmonics_limits", { standard: limits.standard })}
        ${error ? html`<span class="warning">${error}</span>` : nothing}
      </p>
      <div class="charts">
        ${this.chart("voltage", bars(values, "voltage", this.meter.phases, limits?.orders ?? null))}
        ${this.chart("current", bars(values, "current", this.meter.phases, null))}
      </div>
    `;
  }

  private chart(stem: "voltage" | "current", all: readonly Bar[]) {
    if (!all.length) return nothing;
    const top = ceiling(all);
    const over = all.filter((bar) => bar.over).map(({ order }) => order);
    const says = over.length ? this.t("meter.harmonics_over", { orders: over.join(", ") }) : this.t("meter.harmonics_fine");
    return html`<div>
      <h3>${this.t(`meter.harmonics_of.${stem}`)}</h3>
      ${stem === "voltage" && this.meter.limits.harmonics?.voltage
        ? html`<p class="small ${over.length ? "critical" : "good"}">${says}</p>`
        : nothing}
      <div class="wide" tabindex="0" role="group" aria-label=${this.t(`meter.harmonics_of.${stem}`)}>
        <svg viewBox="0 0 ${WIDTH} ${HEIGHT + FOOT}" aria-hidden="true">
          ${[0, 0.5, 1].map((share) => {
            const y = 10 + (HEIGHT - 10) * (1 - share);
            return svg`<line class="line" x1=${SIDE} x2=${WIDTH} y1=${y} y2=${y} />
              <text x=${SIDE / 2 - 2} y=${y + 4}>${this.app.format.number(top * share)} %</text>`;
          })}
          ${all.map((bar, index) => this.bar(bar, index, all.length, top))}
        </svg>
      </div>
      <details @toggle=${(event: Event) => (this.tables = (event.target as HTMLDetailsElement).open)}>
        <summary class="small dim">${this.t("chart.table")}</summary>
        ${this.tables ? this.table(stem, all) : nothing}
      </details>
    </div>`;
  }

  private bar({ order, values, limit, over }: Bar, index: number, count: number, top: number) {
    const slot = (WIDTH - SIDE) / count;
    const left = SIDE + index * slot;
    const width = (slot * 0.76) / values.length;
    const y = (value: number) => 10 + (HEIGHT - 10) * (1 - Math.min(value / top, 1));
    return svg`
      ${values.map((value, phase) =>
        value === null
          ? nothing
          : svg`<rect x=${left + slot * 0.12 + phase * width} y=${y(value)} width=${Math.max(width - 0.5, 1)} height=${HEIGHT - y(value)}
              fill=${color(phase, this.app.hass.themes.darkMode)} />`,
      )}
      ${limit === null ? nothing : svg`<line class="limit" x1=${left + 1} x2=${left + slot - 1} y1=${y(limit)} y2=${y(limit)} />`}
      ${order % 2 || over ? svg`<text class=${over ? "over" : ""} x=${left + slot / 2} y=${HEIGHT + 15}>${order}</text>` : nothing}
    `;
  }

  private table(stem: string, all: readonly Bar[]) {
    const { format } = this.app;
    return html`<div class="table" tabindex="0" role="region" aria-label=${this.t(`meter.harmonics_of.${stem}`)}>
      <table>
        <thead>
          <tr>
            <th class="number" scope="col">${this.t("meter.order")}</th>
            ${all[0]?.values.map((_, phase) => html`<th class="number" scope="col">L${phase + 1}</th>`)}
            <th class="number" scope="col">${this.t("meter.limit")}</th>
          </tr>
        </thead>
        <tbody>
          ${all.map(
            ({ order, values, limit, over }) => html`<tr class=${over ? "critical" : ""}>
              <th class="number" scope="row">${order}</th>
              ${values.map((value) => html`<td class="number">${format.measured(value, "%", 2)}</td>`)}
              <td class="number">${format.measured(limit, "%", 1)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}
