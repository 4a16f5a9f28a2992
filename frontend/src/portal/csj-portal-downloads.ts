import { html, nothing } from "lit";
import { property, state } from "lit/decorators.js";

import { element } from "../elements/element";
import { csvAddress, type Overview, statementAddress } from "./api";
import { PortalElement } from "./element";

/** Measurements as a table, and statements to print. */
@element("csj-portal-downloads")
export class CsjPortalDownloads extends PortalElement {
  @property({ attribute: false }) shown!: Overview;

  @state() private month = "";

  protected override render() {
    const months = this.shown.months;
    const chosen = this.month || months[0];
    return html`<section class="card stack" aria-labelledby="heading">
      <h2 id="heading">${this.t("downloads.heading")}</h2>
      <p class="dim">${this.t("downloads.lead")}</p>
      <div class="row">
        <a class="button" href=${csvAddress("hour")} download>${this.t("downloads.csv_hour")}</a>
        <a class="button" href=${csvAddress("minute")} download>${this.t("downloads.csv_minute")}</a>
      </div>
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

  private name(month: string): string {
    return new Intl.DateTimeFormat(document.documentElement.lang, { month: "long", year: "numeric" }).format(
      new Date(`${month}-15T12:00:00`),
    );
  }
}
