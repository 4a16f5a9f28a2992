import { css, html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";

import type { AddedMeter, Bridge, ScanProgress, ScanResult } from "../../api/bus";
import "../../elements/csj-dialog";
import type { CsjDialog } from "../../elements/csj-dialog";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { follow } from "../../home_assistant";
import { Job } from "../job";
import { jobButton } from "../job_button";
import { address } from "../address";
import { progressBar, progressStyle } from "../progress_bar";
import { ranges } from "./bus_units";

const LAST_UNIT = 247;

/** The search for meters on a line, and taking in what was found. */
@element("csj-bus-scan")
export class CsjBusScan extends AppElement {
  static override styles = [
    style,
    progressStyle,
    css`
      summary {
        cursor: pointer;
        font-weight: 500;
      }
      details > .stack {
        margin-top: 12px;
      }
      .fields {
        align-items: end;
      }
      input[type="number"] {
        width: 96px;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        padding: 8px 0;
        border-bottom: 1px solid var(--csj-line);
        min-height: 44px;
      }
      csj-dialog input {
        width: 100%;
      }
    `,
  ];

  @property({ attribute: false }) row!: Bridge;

  /** The unit id that is being taken in. */
  @state() private taken = 0;
  @state() private wrongRange = false;
  @query("csj-dialog") private dialog!: CsjDialog;

  private readonly scan = new Job<ScanProgress, ScanResult>(this);

  /** A bridge is set up anew with each meter that is taken in; what was found stays meanwhile. */
  private get isReady(): boolean {
    return this.row.state === "loaded";
  }

  protected override render() {
    return html`<details>
        <summary>${this.t("bus.scan.title")}</summary>
        <div class="stack">
          <p class="dim">${this.t("bus.scan.about")}</p>
          <form class="row fields" @submit=${this.begin}>
            ${this.bound("first", 1)} ${this.bound("last", LAST_UNIT)}
            ${jobButton(this.scan, this.t("bus.scan.begin"), this.t("bus.scan.cancel"), this.isReady)}
          </form>
          <div class="stack" aria-live="polite">${this.outcome()}</div>
        </div>
      </details>
      ${this.question()}`;
  }

  private bound(name: "first" | "last", value: number) {
    return html`<label
      >${this.t(`bus.scan.${name}`)}
      <input
        name=${name}
        type="number"
        required
        min="1"
        max=${LAST_UNIT}
        value=${value}
        ?disabled=${this.scan.isRunning}
    /></label>`;
  }

  private outcome() {
    const { scan } = this;
    if (this.wrongRange) return html`<p class="critical">${this.t("bus.scan.wrong_range")}</p>`;
    if (scan.isRunning) return this.underWay(scan.progress);
    if (scan.error !== null) return html`<p class="critical">${this.app.sentence(scan.error)}</p>`;
    if (scan.interrupted) return html`<p class="warning">${this.t("bus.scan.interrupted")}</p>`;
    return scan.result === null ? nothing : this.found(scan.result);
  }

  private underWay(progress: ScanProgress | null) {
    const label = this.t("bus.scan.progress");
    if (progress === null) return progressBar(label, 0, label);
    const { unit_id, done, total, found } = progress;
    return progressBar(label, done / total, this.t("bus.scan.state", { unit_id, done, total, found }));
  }

  private found({ hits, garbled }: ScanResult) {
    return html`
      <p>${this.t(hits.length ? "bus.scan.found" : "bus.scan.nothing", { count: hits.length })}</p>
      ${hits.length ? html`<ul>${hits.map((hit) => this.hit(hit.unit_id))}</ul>` : nothing}
      ${garbled.length ? html`<p class="warning">${this.t("bus.scan.garbled", { unit_ids: ranges(garbled) })}</p>` : nothing}
    `;
  }

  /** What answers at a unit id, as the line knows it now: it may have been taken in since the scan. */
  private hit(unitId: number) {
    const known = this.row.units.find((unit) => unit.unit_id === unitId);
    const path = known?.serial ? address("meters", known.serial) : null;
    return html`<li class="row spread">
      <span>
        <span class="number">${this.t("bus.scan.unit", { unit_id: unitId })}</span>
        ${known === undefined
          ? html`<span class="dim">${this.t("bus.scan.stranger")}</span>`
          : path === null
            ? known.name
            : html`<a href=${path} @click=${(event: MouseEvent) => follow(event, path)}>${known.name}</a>`}
      </span>
      ${known === undefined && this.app.may("configure")
        ? html`<button ?disabled=${!this.isReady} @click=${() => this.ask(unitId)}>${this.t("bus.scan.add")}</button>`
        : nothing}
    </li>`;
  }

  private question() {
    if (!this.app.may("configure")) return nothing;
    return html`<csj-dialog
      .app=${this.app}
      .heading=${this.t("bus.add.title", { unit_id: this.taken, bridge: this.row.name })}
      .action=${this.t("bus.add.action")}
      .work=${this.add}
    >
      <div class="stack">
        <p class="dim">${this.t("bus.add.about")}</p>
        ${(["name", "circuit"] as const).map(
          (name) => html`<label
            >${this.t(`bus.add.${name}`)}
            <input name=${name} maxlength="64" autocomplete="off" />
            <span>${this.t(`bus.add.${name}_hint`)}</span></label
          >`,
        )}
      </div>
    </csj-dialog>`;
  }

  private begin(event: SubmitEvent): void {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    const [first, last] = [Number(fields.get("first")), Number(fields.get("last"))];
    this.wrongRange = first > last;
    if (this.wrongRange) return;
    this.scan.run({ command: "bus/scan", bridge: this.row.bridge, first, last });
  }

  private field(name: "name" | "circuit"): HTMLInputElement {
    return this.dialog.querySelector(`[name=${name}]`) as HTMLInputElement;
  }

  private async ask(unitId: number): Promise<void> {
    this.taken = unitId;
    for (const name of ["name", "circuit"] as const) this.field(name).value = "";
    await this.updateComplete;
    await this.dialog.show();
  }

  private readonly add = async (): Promise<void> => {
    const [name, circuit] = [this.field("name").value.trim(), this.field("circuit").value.trim()];
    const added = await this.app.call<AddedMeter>("bus/add", {
      bridge: this.row.bridge,
      unit_id: this.taken,
      ...(name ? { name } : {}),
      ...(circuit ? { circuit } : {}),
    });
    this.toast(this.t("bus.add.done", { name: added.name }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-bus-scan": CsjBusScan;
  }
}
