import { css, html, nothing } from "lit";
import { state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";

import type { MeterRow } from "../api/meters";
import { AppElement, element } from "../elements/element";
import "../elements/csj-standing";
import { style } from "../elements/style";
import { follow } from "../home_assistant";
import { ListSubscription } from "../subscription";
import { filtered, type MeterFilter, voltage } from "./meter_list";
import { address } from "./address";

/** All meters that the user sees: what is wrong comes first. */
@element("csj-meters-page")
export class CsjMetersPage extends AppElement {
  static override styles = [
    style,
    css`
      .filters {
        align-items: end;
      }
      input[type="search"] {
        width: 240px;
      }
      .rows {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(300px, 1fr));
        gap: 12px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      a.card {
        height: 100%;
        display: grid;
        gap: 8px;
        color: inherit;
        text-decoration: none;
        /* hundreds of cards: what is out of sight costs nothing */
        content-visibility: auto;
        contain-intrinsic-size: auto 136px;
      }
      a.card:hover {
        border-color: var(--csj-accent-text);
      }
      .name {
        font-weight: 500;
        overflow-wrap: anywhere;
      }
      .values {
        font-size: 16px;
      }
      .big {
        font-size: 24px;
        font-weight: 400;
      }
      @media (max-width: 600px) {
        .filters {
          display: grid;
          grid-template-columns: 1fr 1fr;
        }
        .filters > :is(:first-child, :last-child) {
          grid-column: 1 / -1;
        }
        input[type="search"],
        select {
          width: 100%;
        }
      }
    `,
  ];

  @state() private filter: MeterFilter = { search: "", circuit: "", state: "" };

  private readonly meters = new ListSubscription<MeterRow>(
    this,
    () => ({ command: "meters/subscribe" }),
    "meters",
    (row) => row.serial,
  );

  protected override render() {
    const all = [...this.meters.rows.values()];
    const shown = filtered(all, this.filter);
    return html`<div class="stack">
      <csj-standing .app=${this.app} .standing=${this.meters.standing} .error=${this.meters.error}></csj-standing>
      ${all.length || this.meters.standing === "live" ? this.list(all, shown) : nothing}
    </div>`;
  }

  private list(all: MeterRow[], shown: MeterRow[]) {
    const { circuit } = this.filter;
    // the chosen one stays in the list when its last meter has left: it is still what meters are filtered by
    const circuits = [...new Set([...all.map((row) => row.circuit).filter((name) => name !== null), ...(circuit ? [circuit] : [])])].sort();
    return html`
      <div class="row filters" role="search">
        <label
          >${this.t("meters.search")}
          <input
            type="search"
            .value=${this.filter.search}
            @input=${(event: Event) => this.set("search", event)}
        /></label>
        <label
          >${this.t("meters.circuit")}
          <select .value=${live(circuit)} @change=${(event: Event) => this.set("circuit", event)}>
            <option value="">${this.t("meters.all")}</option>
            ${repeat(
              circuits,
              (name) => name,
              (name) => html`<option .value=${name} ?selected=${name === circuit}>${name}</option>`,
            )}
          </select></label
        >
        <label
          >${this.t("meters.state")}
          <select @change=${(event: Event) => this.set("state", event)}>
            <option value="">${this.t("meters.all")}</option>
            <option value="alerting">${this.t("meters.alerting")}</option>
            <option value="away">${this.t("meters.away")}</option>
          </select></label
        >
        <span class="dim" role="status">${this.t("meters.count", { shown: shown.length, all: all.length })}</span>
      </div>
      ${shown.length
        ? html`<ul class="rows" role="list">
            ${repeat(
              shown,
              ({ serial }) => serial,
              (row) => html`<li>${this.card(row)}</li>`,
            )}
          </ul>`
        : html`<csj-notice
            .app=${this.app}
            kind="empty"
            .text=${this.t(this.meters.loading ? "meters.loading" : all.length ? "meters.none_fits" : "meters.none")}
          ></csj-notice>`}
    `;
  }

  private card(row: MeterRow) {
    const { format } = this.app;
    const path = address("meters", row.serial);
    return html`<a class="card" href=${path} data-serial=${row.serial} @click=${(event: MouseEvent) => follow(event, path)}>
      <div class="row spread">
        <span class="name">${row.name}</span>
        ${this.chip(row)}
      </div>
      <div class="row spread number">
        <span class="big">${format.measured(row.values.active_power, "W")}</span>
        <span class="values">${format.measured(voltage(row), "V", 1)}</span>
        ${row.balance === null
          ? nothing
          : html`<span class="values">${format.credit(row.balance.value, row.balance.unit)}</span>`}
      </div>
      <div class="small dim">
        ${row.circuit ?? row.bridge_name} · ${row.model ?? row.serial}
        ${row.last_contact === null
          ? nothing
          : html` · ${this.t("meters.contact", { ago: format.ago(row.last_contact) })}`}
        ${row.health === null || row.health.success_rate === null
          ? nothing
          : html` · ${this.t("meters.answers", { rate: format.percent(row.health.success_rate) })}`}
      </div>
      ${row.alerts?.titles[0] ? html`<div class="small">${row.alerts.titles[0]}</div>` : nothing}
    </a>`;
  }

  private chip(row: MeterRow) {
    const severity = row.alerts?.severity;
    const tone = row.state === "online" ? "good" : row.state === "disabled" ? "neutral" : "warning";
    return html`<span class="row">
      ${severity
        ? html`<span class="chip dot ${severity}">${this.app.word(`severities.${severity}`)}</span>`
        : nothing}
      ${severity && row.state === "online"
        ? nothing
        : html`<span class="chip dot ${tone}">${this.t(`meter_states.${row.state}`)}</span>`}
    </span>`;
  }

  private set(key: keyof MeterFilter, event: Event): void {
    this.filter = { ...this.filter, [key]: (event.target as HTMLInputElement).value };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-meters-page": CsjMetersPage;
  }
}
