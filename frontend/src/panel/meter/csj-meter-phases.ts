import { css, html, nothing, svg } from "lit";
import { property } from "lit/decorators.js";

import type { MeterDetail } from "../../api/meter";
import { color } from "../../elements/curves";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { type Arrow, currents, tip, voltages } from "./phasor";

const RADIUS = 92;
/** Currents are drawn shorter than voltages, so that both are to be seen. */
const INNER = 64;

/** Rows of the table: what of each phase. */
const ROWS: readonly [name: string, unit: string | null, digits: number][] = [
  ["voltage", "V", 1],
  ["current", "A", 3],
  ["active_power", "W", 1],
  ["reactive_power", "var", 1],
  ["power_factor", null, 3],
  ["voltage_thd", "%", 1],
  ["current_thd", "%", 1],
];

/** The phases of a meter beside each other, and how they stand to each other. */
@element("csj-meter-phases")
export class CsjMeterPhases extends AppElement {
  static override styles = [
    style,
    css`
      .both {
        display: grid;
        grid-template-columns: 210px minmax(0, 1fr);
        gap: 16px;
        align-items: center;
        margin-top: 8px;
      }
      svg {
        width: 100%;
        max-width: 230px;
        display: block;
        margin: 0 auto;
      }
      th,
      td {
        padding: 5px 6px;
      }
      th .swatch {
        display: inline-block;
        width: 10px;
        height: 4px;
        border-radius: 2px;
        vertical-align: middle;
      }
      .circle {
        fill: none;
        stroke: var(--csj-line);
      }
      text {
        font-size: 12px;
        text-anchor: middle;
        dominant-baseline: central;
        fill: var(--csj-text);
      }
      @media (max-width: 600px) {
        .both {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  @property({ attribute: false }) meter!: MeterDetail;
  @property({ attribute: false }) values: Record<string, number | null> = {};

  protected override render() {
    return html`<section class="card">
      <h2>${this.t("meter.phases")}</h2>
      <div class="both">
        <div>
          ${this.diagram()}
          ${this.values.active_power_l1 === undefined
            ? nothing
            : html`<p class="small dim" aria-hidden="true">${this.t("meter.phasor_key")}</p>`}
        </div>
        ${this.table()}
      </div>
    </section>`;
  }

  private tint(phase: number): string {
    return color(phase - 1, this.app.hass.themes.darkMode);
  }

  private diagram() {
    const reversed = this.meter.health?.status?.includes("phase_sequence_wrong") ?? false;
    const arrows = voltages(this.values, reversed);
    const inner = currents(this.values, arrows);
    const largest = (all: readonly Arrow[]) => Math.max(...all.map(({ size }) => size));
    const words = inner
      .map(({ phase, angle }) => {
        const voltage = (arrows[phase - 1] as Arrow).angle;
        const [at, shift] = [voltage, voltage - angle].map((one) => this.app.format.number(degrees(one), 0)) as [string, string];
        return this.t("meter.phasor_phase", { phase, angle: at, shift });
      })
      .join(" ");
    return html`<svg viewBox="-115 -115 230 230" role="img" aria-label="${this.t("meter.phasor")} ${words}">
      <circle class="circle" r=${RADIUS} />
      <path class="circle" d="M-${RADIUS} 0H${RADIUS}M0 -${RADIUS}V${RADIUS}" stroke-dasharray="2 4" />
      ${arrows.map((arrow) => this.arrow(arrow, largest(arrows), RADIUS, 2, ""))}
      ${inner.map((arrow) => this.arrow(arrow, largest(inner), INNER, 4, "5 3"))}
      ${arrows.map((arrow) => {
        const [x, y] = tip({ ...arrow, size: 1 }, 1, RADIUS + 13);
        return svg`<text x=${x} y=${y}>L${arrow.phase}</text>`;
      })}
    </svg>`;
  }

  private arrow(arrow: Arrow, largest: number, radius: number, width: number, dashes: string) {
    const [x, y] = tip(arrow, largest, radius);
    if (Math.hypot(x, y) < 1) return nothing;
    const tint = this.tint(arrow.phase);
    const [left, right] = [155, -155].map((turn) => tip({ ...arrow, angle: arrow.angle + turn, size: 1 }, 1, 9)) as [
      [number, number],
      [number, number],
    ];
    return svg`<g stroke=${tint} fill=${tint}>
      <line x2=${x} y2=${y} stroke-width=${width} stroke-dasharray=${dashes} stroke-linecap="butt" />
      <path d="M${x} ${y}l${left[0]} ${left[1]}L${x + right[0]} ${y + right[1]}z" />
    </g>`;
  }

  private table() {
    const { format } = this.app;
    const phases = [1, 2, 3].slice(0, this.meter.phases);
    const rows = ROWS.filter(([name]) => phases.some((phase) => this.values[`${name}_l${phase}`] !== undefined));
    const unbalance = ["voltage", "current"].filter((name) => this.values[`${name}_unbalance`] !== undefined);
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${this.t("meter.phases")}>
      <table>
        <thead>
          <tr>
            <td></td>
            ${phases.map(
              (phase) =>
                html`<th class="number" scope="col"><span class="swatch" style="background:${this.tint(phase)}"></span> L${phase}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([name, unit, digits]) => html`<tr>
              <th scope="row">${this.t(`meter.of_phase.${name}`)}</th>
              ${phases.map((phase) => {
                const value = this.values[`${name}_l${phase}`];
                const large = value !== null && value !== undefined && Math.abs(value) >= 1000 && (unit === "W" || unit === "var");
                return html`<td class="number">${format.measured(value, unit, large ? 2 : digits)}</td>`;
              })}
            </tr>`,
          )}
          ${unbalance.map(
            (name) => html`<tr>
              <th scope="row">${this.t(`meter.of_phase.${name}_unbalance`)}</th>
              <td class="number" colspan=${phases.length}>${format.measured(this.values[`${name}_unbalance`], "%", 1)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

/** Between -180 and 180. */
function degrees(angle: number): number {
  return ((((angle + 180) % 360) + 360) % 360) - 180;
}
