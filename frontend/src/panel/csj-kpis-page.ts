import { css, html, nothing } from "lit";
import { state } from "lit/decorators.js";

import type { Kpis } from "../api/figures";
import { AppElement, element } from "../elements/element";
import "../elements/csj-notice";
import { style } from "../elements/style";
import { Answer } from "./answer";
import { type Tile, type TileGroup, tiles } from "./kpis/tiles";

const PERIODS = [7, 30, 90, 365];
const GROUPS: readonly TileGroup[] = ["alarms", "times", "messages", "meters"];

/** How well alarms do on the whole site, over some days. */
@element("csj-kpis-page")
export class CsjKpisPage extends AppElement {
  static override styles = [
    style,
    css`
      ul {
        list-style: none;
        margin: 8px 0 0;
        padding: 0;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(200px, 100%), 1fr));
        gap: 12px;
      }
      li {
        display: grid;
        gap: 4px;
        align-content: start;
      }
      .value {
        font-size: 28px;
        line-height: 1.2;
      }
      /* on the page, not on a card: its text would be too pale otherwise */
      .busy {
        opacity: 0.6;
      }
    `,
  ];

  @state() private days = 30;

  private readonly kpis = new Answer<{ kpis: Kpis }>(this, () => ({ command: "kpis", days: this.days }));

  protected override render() {
    const { value, busy, error } = this.kpis;
    return html`<div class="stack">
      <div class="row spread">
        <div class="group" role="group" aria-label=${this.t("kpis.period")}>
          ${PERIODS.map(
            (days) => html`<button
              class=${days === this.days ? "on" : ""}
              aria-pressed=${days === this.days ? "true" : "false"}
              @click=${() => (this.days = days)}
            >
              ${this.t("kpis.days", { days })}
            </button>`,
          )}
        </div>
        ${value === null
          ? nothing
          : html`<p class="dim small" role="status">
              ${busy
                ? this.t("notice.wait")
                : this.t("kpis.span", {
                    start: this.app.format.date(value.kpis.since),
                    end: this.app.format.date(value.kpis.until),
                  })}
            </p>`}
      </div>
      ${error === null
        ? value === null
          ? html`<csj-notice .app=${this.app} kind="wait"></csj-notice>`
          : this.figures(value.kpis, busy)
        : html`<csj-notice .app=${this.app} kind="error" .text=${this.app.sentence(error)}>
            <button @click=${() => this.kpis.again()}>${this.t("kpis.again")}</button>
          </csj-notice>`}
    </div>`;
  }

  private figures(kpis: Kpis, busy: boolean) {
    const all = tiles(kpis);
    return html`<div class="stack ${busy ? "busy" : ""}" aria-busy=${busy ? "true" : "false"}>
      ${kpis.alarms ? nothing : html`<p>${this.t("kpis.no_alarms")}</p>`}
      ${GROUPS.map((group) => {
        const some = all.filter((tile) => tile.group === group);
        if (!some.length) return nothing;
        return html`<section aria-labelledby=${group}>
          <h2 id=${group}>${this.t(`kpis.groups.${group}`)}</h2>
          <ul>
            ${some.map((tile) => this.tile(tile))}
          </ul>
        </section>`;
      })}
    </div>`;
  }

  private tile(tile: Tile) {
    return html`<li class="card">
      <h3>${this.t(`kpis.names.${tile.name}`)}</h3>
      <span class="value number">${this.written(tile, tile.value)}</span>
      ${tile.p90 === undefined || tile.p90 === null
        ? nothing
        : html`<span class="number">${this.t("kpis.spread", { p90: this.written(tile, tile.p90), n: tile.n ?? 0 })}</span>`}
      <p class="small dim">${this.t(`kpis.meanings.${tile.name}`)}</p>
    </li>`;
  }

  private written(tile: Tile, value: number): string {
    const { format } = this.app;
    switch (tile.as) {
      case "count":
        return format.number(value, 0);
      case "rate":
        return format.number(value, 2);
      case "share":
        return format.percent(value);
      case "seconds":
        return format.duration(value);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-kpis-page": CsjKpisPage;
  }
}
