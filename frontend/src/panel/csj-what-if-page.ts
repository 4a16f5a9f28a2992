import { css, html, nothing } from "lit";
import { state } from "lit/decorators.js";

import type { ReplayProgress, ReplayResult } from "../api/figures";
import type { MeterRow } from "../api/meters";
import { AppElement, element } from "../elements/element";
import "../elements/csj-notice";
import { style } from "../elements/style";
import { follow } from "../home_assistant";
import { Answer } from "./answer";
import { Job } from "./job";
import { jobButton } from "./job_button";
import { OwnWords } from "./own_words";
import { progressBar, progressStyle } from "./progress_bar";
import { INTEGRATION } from "./settings/places";
import "./what_if/csj-what-if-result";
import { hasThreshold, KINDS, type KindRule, MOST_SAMPLES } from "./what_if/kinds";
import { asked, inForce, isEmpty, type Limits, type Setting } from "./what_if/setting";

const MOST_DAYS = 30;

/** What another setting of detection would have told of the last days. */
@element("csj-what-if-page")
export class CsjWhatIfPage extends AppElement {
  static override styles = [
    style,
    progressStyle,
    css`
      .fields {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(240px, 100%), 1fr));
        gap: 16px;
        align-items: start;
      }
      .fields select,
      .fields input {
        width: 100%;
      }
    `,
  ];

  @state() private setting: Setting = {
    kind: "voltage_sag",
    place: "site",
    enabled: "",
    threshold: "",
    confirm: "",
    days: String(MOST_DAYS),
  };
  @state() private missing = false;

  private tried = "";

  private readonly meters = new Answer<{ meters: MeterRow[] }>(this, () => ({ command: "meters/list" }));
  private readonly meter = new Answer<{ meter: { limits?: Limits } }>(this, () => {
    const [reach, serial] = this.setting.place.split(":");
    return reach === "meter" && serial ? { command: "meter", serial } : null;
  });
  private readonly words = new OwnWords(this, ["selector"]);
  private readonly replay = new Job<ReplayProgress, ReplayResult>(this);

  private get rule(): KindRule {
    return KINDS.find(({ kind }) => kind === this.setting.kind) as KindRule;
  }

  protected override render() {
    return html`<div class="stack">
      <form class="card stack" @submit=${this.begin}>
        <div>
          <h2>${this.t("what_if.title")}</h2>
          <p class="dim">${this.t("what_if.about")}</p>
        </div>
        <div class="fields">${this.kind()} ${this.place()} ${this.enabled()} ${this.threshold()} ${this.confirm()} ${this.days()}</div>
        ${this.missing ? html`<p class="critical" role="alert">${this.t("what_if.nothing_set")}</p>` : nothing}
        <div class="row">
          ${jobButton(this.replay, this.t("what_if.begin"), this.t("what_if.cancel"))}
        </div>
        ${this.note()}
      </form>
      <div class="stack" aria-live="polite">${this.outcome()}</div>
    </div>`;
  }

  private kind() {
    return html`<label
      >${this.t("what_if.kind")}
      <select @change=${(event: Event) => this.set({ kind: chosen(event), threshold: "", confirm: "" })} ?disabled=${this.replay.isRunning}>
        ${KINDS.map(
          ({ kind }) =>
            html`<option .value=${kind} ?selected=${kind === this.setting.kind}>${this.app.word(`kinds.${kind}`)}</option>`,
        )}</select
      ><span>${this.words.get(`selector.detection_threshold.options.${this.setting.kind}`)}</span></label
    >`;
  }

  private place() {
    const meters = this.meters.value?.meters ?? [];
    const circuits = [...new Set(meters.map((row) => row.circuit).filter((name) => name !== null))].sort();
    const option = (value: string, text: string) =>
      html`<option .value=${value} ?selected=${value === this.setting.place}>${text}</option>`;
    return html`<label
      >${this.t("what_if.place")}
      <select @change=${(event: Event) => this.set({ place: chosen(event) })} ?disabled=${this.replay.isRunning}>
        ${option("site", this.t("what_if.site"))}
        ${circuits.length
          ? html`<optgroup label=${this.t("what_if.circuits")}>
              ${circuits.map((name) => option(`circuit:${name}`, name))}
            </optgroup>`
          : nothing}
        ${meters.length
          ? html`<optgroup label=${this.t("what_if.meters")}>
              ${meters.map((row) => option(`meter:${row.serial}`, row.name))}
            </optgroup>`
          : nothing}
      </select>
      ${this.meters.error === null
        ? nothing
        : html`<span class="critical">${this.app.sentence(this.meters.error)}</span>`}</label
    >`;
  }

  private enabled() {
    return html`<label
      >${this.t("what_if.enabled")}
      <select @change=${(event: Event) => this.set({ enabled: chosen(event) as Setting["enabled"] })} ?disabled=${this.replay.isRunning}>
        ${(["", "on", "off"] as const).map(
          (one) =>
            html`<option .value=${one} ?selected=${one === this.setting.enabled}>
              ${this.t(`what_if.enabled_${one || "as_now"}`)}
            </option>`,
        )}</select
      ><span>${this.t(this.rule.enabled ? "what_if.default_on" : "what_if.default_off")}</span></label
    >`;
  }

  private threshold() {
    const { rule } = this;
    if (!hasThreshold(rule)) return nothing;
    const { format } = this.app;
    const figure = (value: number) => format.measured(value, rule.unit, decimals(value));
    const now = inForce(rule, this.meter.value?.meter.limits);
    return html`<label
      >${this.t("what_if.threshold")}${rule.unit ? ` (${rule.unit})` : ""}
      <input
        type="number"
        step="any"
        inputmode="decimal"
        min=${rule.low}
        max=${rule.high}
        .value=${this.setting.threshold}
        placeholder=${format.number(now ?? rule.threshold, decimals(now ?? rule.threshold))}
        ?disabled=${this.replay.isRunning || this.setting.enabled === "off"}
        @input=${(event: Event) => this.set({ threshold: chosen(event) })}
      /><span
        >${this.t("what_if.bounds", { low: figure(rule.low), high: figure(rule.high), usual: figure(rule.threshold) })}
        ${now === null ? nothing : this.t("what_if.in_force", { now: figure(now) })}</span
      ></label
    >`;
  }

  private confirm() {
    const { rule } = this;
    return html`<label
      >${this.t("what_if.confirm")}
      <input
        type="number"
        step="1"
        min="1"
        max=${MOST_SAMPLES}
        .value=${this.setting.confirm}
        placeholder=${rule.confirm}
        ?disabled=${this.replay.isRunning || this.setting.enabled === "off"}
        @input=${(event: Event) => this.set({ confirm: chosen(event) })}
      /><span>${this.t("what_if.bounds", { low: 1, high: MOST_SAMPLES, usual: rule.confirm })}</span></label
    >`;
  }

  private days() {
    return html`<label
      >${this.t("what_if.days")}
      <input
        type="number"
        step="1"
        min="1"
        max=${MOST_DAYS}
        required
        .value=${this.setting.days}
        ?disabled=${this.replay.isRunning}
        @input=${(event: Event) => this.set({ days: chosen(event) })}
      /><span>${this.t("what_if.days_hint", { most: MOST_DAYS })}</span></label
    >`;
  }

  private note() {
    return html`<p>
      <strong>${this.t("what_if.not_saved")}</strong>
      ${this.app.may("configure")
        ? html`<a href=${INTEGRATION} @click=${(event: MouseEvent) => follow(event, INTEGRATION)}>${this.t("what_if.save_there")}</a>`
        : this.t("what_if.owner_saves")}
    </p>`;
  }

  private outcome() {
    const { replay } = this;
    if (replay.isRunning) return this.underWay(replay.progress?.done ?? null);
    if (replay.error !== null) return html`<csj-notice .app=${this.app} kind="error" .text=${this.app.sentence(replay.error)}></csj-notice>`;
    if (replay.interrupted) return html`<csj-notice .app=${this.app} kind="error" .text=${this.t("what_if.interrupted")}></csj-notice>`;
    if (replay.result === null) return nothing;
    const names = new Map(this.meters.value?.meters.map((row) => [row.serial, row.name]));
    return html`<csj-what-if-result .app=${this.app} .result=${replay.result} .names=${names} .tried=${this.tried}></csj-what-if-result>`;
  }

  /** The setting in a line, as the form may be another one by the time of its result. */
  private told(): string {
    const { place, enabled, threshold, confirm } = this.setting;
    const name = place.slice(place.indexOf(":") + 1);
    const parts: [key: string, value: string][] = [
      ["place", place === "site" ? this.t("what_if.site") : (this.meters.value?.meters.find((row) => row.serial === name)?.name ?? name)],
      ["enabled", enabled && this.t(`what_if.enabled_${enabled}`)],
      ["threshold", threshold && this.app.format.measured(Number(threshold), this.rule.unit, decimals(Number(threshold)))],
      ["confirm", confirm],
    ];
    return parts.flatMap(([key, value]) => (value ? `${this.t(`what_if.${key}`)}: ${value}` : [])).join(" · ");
  }

  private underWay(done: number | null) {
    const label = this.t("what_if.progress");
    return html`<div class="card stack">
      <p>${label}</p>
      ${progressBar(label, done ?? 0, this.app.format.percent(done ?? 0, 0))}
    </div>`;
  }

  private set(changes: Partial<Setting>): void {
    this.setting = { ...this.setting, ...changes };
    if (this.setting.enabled === "off") this.setting = { ...this.setting, threshold: "", confirm: "" };
    this.missing = false;
  }

  private begin(event: SubmitEvent): void {
    event.preventDefault();
    this.missing = isEmpty(this.setting);
    if (this.missing) return;
    this.tried = this.told();
    this.replay.run(asked(this.setting));
  }
}

function chosen(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}

/** As many decimals as it has: a threshold is told as it was set. */
function decimals(value: number): number {
  return String(value).split(".")[1]?.length ?? 0;
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-what-if-page": CsjWhatIfPage;
  }
}
