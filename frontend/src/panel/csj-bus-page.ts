import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { Bridge } from "../api/bus";
import { AppElement, element } from "../elements/element";
import "../elements/csj-standing";
import { ListSubscription } from "../subscription";
import "./bus/csj-bus-bridge";

/** The lines: how busy they are, how well they work, and what else answers on them. */
@element("csj-bus-page")
export class CsjBusPage extends AppElement {
  private readonly bridges = new ListSubscription<Bridge>(
    this,
    () => ({ command: "bus/subscribe" }),
    "bridges",
    (row) => row.bridge,
  );

  protected override render() {
    const { rows, standing, error, loading } = this.bridges;
    const all = [...rows.values()].sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }));
    return html`<div class="stack">
      <csj-standing .app=${this.app} .standing=${standing} .error=${error}></csj-standing>
      ${repeat(
        all,
        ({ bridge }) => bridge,
        (row) => html`<csj-bus-bridge .app=${this.app} .row=${row}></csj-bus-bridge>`,
      )}
      ${!all.length && standing === "live"
        ? html`<csj-notice
            .app=${this.app}
            .kind=${loading ? "wait" : "empty"}
            .text=${this.t(loading ? "bus.loading" : "bus.none")}
          ></csj-notice>`
        : nothing}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-bus-page": CsjBusPage;
  }
}
