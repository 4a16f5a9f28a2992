import { css, html, nothing } from "lit";
import { property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Bridge, BusUnit } from "../../api/bus";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { follow } from "../../home_assistant";
import { cardTable } from "../card_table";
import { address } from "../address";
import { efficiencyWord, lineState, loadWord, sorted, TONES, trouble } from "./bus_units";
import "./csj-bus-scan";

/** One line with its meters. */
@element("csj-bus-bridge")
export class CsjBusBridge extends AppElement {
  static override styles = [
    style,
    cardTable,
    css`
      .gauges {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(240px, 100%), 1fr));
        gap: 16px 24px;
      }
      .gauge {
        display: grid;
        gap: 4px;
        align-content: start;
      }
      .gauge .value {
        font-size: 20px;
      }
      .bar {
        height: 8px;
        border-radius: 4px;
        background: color-mix(in srgb, var(--csj-text) 14%, transparent);
        overflow: hidden;
      }
      .bar div {
        height: 100%;
        border-radius: 4px;
        background: currentColor;
      }
      .zero {
        color: var(--csj-dim);
      }
      @media (max-width: 700px) {
        .cards td.zero {
          display: none;
        }
      }
      h2,
      td {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) row!: Bridge;

  protected override render() {
    const { row } = this;
    const state = lineState(row);
    return html`<section class="card stack" aria-labelledby="name">
      <div class="row spread">
        <div>
          <h2 id="name">${row.name}</h2>
          <p class="small dim">${this.t(`bus.links.${row.link}`)}</p>
        </div>
        <span class="chip dot ${TONES[state]}">${this.t(`bus.states.${state}`)}</span>
      </div>
      ${row.reason ? html`<p class=${TONES[state]}>${row.reason}</p>` : nothing}
      ${row.state === "loaded" ? this.line(row) : html`<p class="dim">${this.t(`bus.remedies.${state}`)}</p>`}
      ${row.link !== "pulse" && this.app.may("command")
        ? html`<csj-bus-scan .app=${this.app} .row=${row}></csj-bus-scan>`
        : nothing}
    </section>`;
  }

  private line(row: Bridge) {
    if (row.total === null) return html`<p class="dim">${this.t("bus.no_figures")}</p>`;
    return html`
      ${row.up === false ? html`<p class="critical">${this.t("bus.remedies.down")}</p>` : nothing}
      ${this.gauges(row)} ${row.units.length ? this.table(row) : html`<p class="dim">${this.t("bus.no_meters")}</p>`}
    `;
  }

  private gauges({ load, efficiency, total }: Bridge) {
    const { format } = this.app;
    return html`<div class="gauges">
      ${load === null
        ? nothing
        : this.gauge("load", load, loadWord(load), { free: "good", busy: "warning", full: "critical" }[loadWord(load)])}
      ${efficiency === null
        ? nothing
        : this.gauge(
            "efficiency",
            efficiency,
            efficiencyWord(efficiency),
            { well: "good", fair: "warning", poor: "critical" }[efficiencyWord(efficiency)],
          )}
      ${total === null
        ? nothing
        : html`<div class="gauge">
            <h3>${this.t("bus.total")}</h3>
            <span class="value number">${this.t("bus.requests_of", { count: format.number(total.requests, 0) })}</span>
            <p class="small dim">
              ${this.t("bus.total_words", {
                timeouts: format.number(total.timeouts, 0),
                garbled: format.number(total.garbled, 0),
                stale: format.number(total.stale, 0),
              })}
            </p>
          </div>`}
    </div>`;
  }

  private gauge(name: "load" | "efficiency", share: number, word: string, tone: string) {
    const percent = Math.round(Math.min(Math.max(share, 0), 1) * 100);
    const words = this.t(`bus.${name}_words.${word}`);
    return html`<div class="gauge">
      <h3 id=${name}>${this.t(`bus.${name}`)}</h3>
      <span class="value number">${this.app.format.percent(share, 0)}</span>
      <div
        class="bar ${tone}"
        role="meter"
        aria-labelledby=${name}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${percent}
        aria-valuetext=${`${this.app.format.percent(share, 0)}: ${words}`}
      >
        <div style="width:${percent}%"></div>
      </div>
      <p class="small dim">${words}</p>
    </div>`;
  }

  private table(row: Bridge) {
    const now = Date.now();
    const heading = (key: string, number = true) =>
      html`<th role="columnheader" scope="col" class=${number ? "number" : ""}>${this.t(`bus.columns.${key}`)}</th>`;
    return html`<div class="scroll">
      <table class="cards" role="table" aria-label=${this.t("bus.table", { bridge: row.name })}>
        <thead role="rowgroup">
          <tr role="row">
            ${heading("meter", false)} ${heading("unit_id")} ${heading("success_rate")} ${heading("requests")}
            ${heading("timeouts")} ${heading("garbled")} ${heading("stale")} ${heading("round_trip")}
            ${heading("last_contact", false)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${repeat(
            sorted(row.units, now),
            (unit) => unit.unit_id,
            (unit) => this.unit(unit, now),
          )}
        </tbody>
      </table>
    </div>`;
  }

  private unit(unit: BusUnit, now: number) {
    const { format } = this.app;
    const wrong = trouble(unit, now);
    const cell = (key: string, text: string, tone = "") =>
      html`<td role="cell" class="number ${tone}" data-label=${this.t(`bus.columns.${key}`)}>${text}</td>`;
    const count = (key: "timeouts" | "garbled" | "stale") => cell(key, format.number(unit[key], 0), unit[key] ? "" : "zero");
    return html`<tr role="row">
      <td role="cell" class="first">
        ${this.name(unit)}
        ${wrong === "none"
          ? nothing
          : html` <span class="chip dot ${wrong === "silent" ? "critical" : "warning"}">${this.t(`bus.troubles.${wrong}`)}</span>`}
      </td>
      ${cell("unit_id", String(unit.unit_id))}
      ${cell("success_rate", format.percent(unit.success_rate), wrong === "losing" ? "warning" : "")}
      ${cell("requests", format.number(unit.requests, 0))} ${count("timeouts")} ${count("garbled")} ${count("stale")}
      ${cell("round_trip", unit.round_trip === null ? "–" : format.measured(unit.round_trip * 1000, "ms", 0))}
      <td role="cell" data-label=${this.t("bus.columns.last_contact")} class=${wrong === "silent" ? "critical" : ""}>
        ${unit.last_contact === null ? this.t("bus.never") : format.ago(unit.last_contact, Math.max(now, Date.parse(unit.last_contact)))}
      </td>
    </tr>`;
  }

  private name(unit: BusUnit) {
    if (unit.serial === null) return unit.name;
    const path = address("meters", unit.serial);
    return html`<a href=${path} @click=${(event: MouseEvent) => follow(event, path)}>${unit.name}</a>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-bus-bridge": CsjBusBridge;
  }
}
