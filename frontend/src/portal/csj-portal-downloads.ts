import { html, nothing } from "lit";
import { property, state } from "lit/decorators.js";

import { element } from "../elements/element";
import { csvAddress, type Overview, statementAddress } from "./api";
import { PortalElement } from "./element";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Measurements as a table, and statements to print. */
@element("csj-portal-downloads")
export class CsjPortalDownloads extends PortalElement {
  @property({ attribute: false }) shown!: Overview;

  @state() private month = "";

  protected override render() {
    const months = this.shown.months;
    const chosen = this.month || months[0];
    const tables = this.tables();
    return html`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t("downloads.heading")}</h2>
      <p class="dim">${this.t("downloads.lead")}</p>
      ${tables.length
        ? html`<div class="row">
            ${tables.map((each) => html`<a class="button" href=${csvAddress(each)} download>${this.t(`downloads.csv_${each}`)}</a>`)}
          </div>`
        : html`<p class="dim">${this.t("usage.none")}</p>`}
      ${chosen === undefined
        ? nothing
        : html`<div class="stack">
            <label>
              ${this.t("downloads.month")}
              <select
                @change=${(event: Event) => {
                  this.month = (event.target as HTMLSelectElement).value;
                }}
              >
                ${months.map((month) => html`<option value=${month} ?selected=${month === chosen}>${this.name(month)}</option>`)}
              </select>
            </label>
            <a class="button" href=${statementAddress(chosen)} target="_blank" rel="noopener noreferrer">
              ${this.t("downloads.open")}
            </a>
          </div>`}
    </section>`;
  }

  /** Those that have a line: an hour that is not whole since they moved in is not theirs alone. */
  private tables(): ("hour" | "minute")[] {
    const since = Date.parse(this.shown.moved_in);
    const over = (span: number) => (Math.ceil(since / span) + 1) * span <= Date.now();
    return [...(over(HOUR) ? (["hour"] as const) : []), ...(over(MINUTE) ? (["minute"] as const) : [])];
  }

  private name(month: string): string {
    return new Intl.DateTimeFormat(document.documentElement.lang, { month: "long", year: "numeric" }).format(
      new Date(`${month}-15T12:00:00`),
    );
  }
}
