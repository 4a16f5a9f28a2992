import { css, html, nothing, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";

import type { EventsPage, VoltageLimits } from "../../api/meter";
import type { History } from "../../api/meters";
import "../../elements/csj-chart";
import { color, type Curve, moved, type Range } from "../../elements/curves";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { Repeated } from "../../repeated";
import { type EventMark, MARKED, marks, within } from "./marks";
import { unread } from "./missing";
import { type Point, type Traces, traces } from "./traces";
import { clamped, covers, DAY, type Fetched, follows, MINUTE, SPANS, wanted } from "./window";

/** Milliseconds without a move after which something is fetched. */
const REST = 250;
/** Milliseconds after which it is fetched even though somebody still moves. */
const LONGEST_REST = 600;
/** Milliseconds after which to ask again what was not answered. */
const RETRY = 5000;
const MOST_EVENTS = 300;
/** Seconds after which to look what else has happened. */
const LOOK_SECONDS = 30;
/** Seconds after which the curves go on by themselves. */
const CLOCK_SECONDS = 5;
/** The turn of the neutral's colour, also where there is one phase. */
const NEUTRAL = 3;
const INTERVALS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

interface Chart {
  name: string;
  unit: string | null;
  digits?: number;
  /** Those that the meter measures are drawn. */
  quantities: readonly string[];
}

const CHARTS: readonly Chart[] = [
  { name: "power", unit: "W", quantities: ["active_power_l1", "active_power_l2", "active_power_l3", "active_power"] },
  { name: "voltage", unit: "V", digits: 1, quantities: ["voltage_l1", "voltage_l2", "voltage_l3"] },
  { name: "current", unit: "A", digits: 2, quantities: ["current_l1", "current_l2", "current_l3", "current_n"] },
  { name: "power_factor", unit: null, digits: 3, quantities: ["power_factor"] },
];

/** What a meter of so many phases measures as a rule: of one whose bridge is not set up nobody knows. */
export function usual(phases: number): string[] {
  return CHARTS.flatMap(({ quantities }) => quantities).filter((name) => Number(/_l(\d)$/.exec(name)?.[1] ?? 0) <= phases);
}

/** The course of what a meter measures, from minutes to months, with what happened meanwhile. */
@element("csj-meter-curves")
export class CsjMeterCurves extends AppElement {
  static override styles = [
    style,
    css`
      .charts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr));
        gap: 16px 24px;
        margin-top: 12px;
      }
      .bar {
        gap: 8px 16px;
      }
      label {
        display: inline-flex;
        align-items: center;
        gap: 8px;
      }
      .group button.step {
        width: 36px;
        padding: 0;
      }
      .marks {
        max-height: 220px;
        overflow: auto;
        margin: 8px 0 0;
        padding: 4px;
        list-style: none;
      }
      .marks button {
        font-weight: 400;
        color: inherit;
        text-align: start;
        justify-content: start;
        padding: 4px 8px;
      }
      summary {
        cursor: pointer;
        margin-top: 12px;
      }
    `,
  ];

  @property() serial = "";
  @property({ attribute: false }) quantities: string[] = [];
  @property({ attribute: false }) limits: VoltageLimits | null = null;
  @property({ attribute: false }) points: readonly Point[] = [];
  /** Seconds without a value that break a curve. */
  @property({ attribute: false }) pause = 15;
  /** Seconds from one reading to the next, as it is. */
  @property({ attribute: false }) every: number | null = null;
  /** And as it is wished. */
  @property({ attribute: false }) interval = 2;
  /** Is another one when something has happened. */
  @property() version = "";

  @state() private range: Range = [Date.now() / 1000 - SPANS["1h"], Date.now() / 1000];
  @state() private live = true;
  @state() private busy = false;
  @state() private error = "";
  /** Why there are no marks, or not all of them: the curves do not know. */
  @state() private marksError = "";
  @state() private history: History | null = null;
  @state() private marks: EventMark[] = [];

  private fetched: Fetched | null = null;
  private shown: Traces = { times: [], columns: {} };
  private charts: { chart: Chart; curves: Curve[] }[] = [];
  private turn = 0;
  private rest: ReturnType<typeof setTimeout> | undefined;
  /** Since when somebody moves to what is missing. */
  private moving: number | undefined;
  /** A meter that is silent sends nothing, and time goes on. */
  protected readonly clock = new Repeated(this, CLOCK_SECONDS, () => this.go());
  protected readonly looks = new Repeated(this, LOOK_SECONDS, () => this.look());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget();
  }

  /** What is on its way is not wanted any more. */
  private forget(): void {
    clearTimeout(this.rest);
    this.rest = this.moving = undefined;
    this.turn += 1;
    this.fetched = null;
  }

  /** Now by the clock of the server, as far as that is known. */
  private get now(): number {
    return Math.max(Date.now() / 1000, this.points.at(-1)?.at ?? 0);
  }

  /** Whether the user sees minutes; else all is by the hour. */
  private get fine(): boolean {
    return this.app.may("see_raw");
  }

  private get measured(): string[] {
    return CHARTS.flatMap(({ quantities }) => this.drawn(quantities));
  }

  /** With one phase the total is all there is to say of power. */
  private drawn(names: readonly string[]): string[] {
    const there = names.filter((name) => this.quantities.includes(name));
    return there.includes("active_power") && !there.includes("active_power_l2") ? ["active_power"] : there;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!this.hasUpdated && !this.fine) this.range = [this.now - SPANS["24h"], this.now];
    if (changed.has("serial")) {
      this.forget();
      this.history = null;
      this.marks = [];
      this.error = this.marksError = "";
    }
    if (changed.has("points")) this.go();
    if (changed.has("points") || changed.has("history") || changed.has("quantities") || changed.has("app")) this.draw();
    const others = changed.has("quantities") && String(changed.get("quantities")) !== String(this.quantities);
    if (others) this.fetched = null;
    if (changed.has("range") || others) this.see();
    if (changed.has("version")) void this.look();
  }

  /** Go along with the time. */
  private go(): void {
    if (!this.live) return;
    const span = this.range[1] - this.range[0];
    this.range = [this.now - span, this.now];
  }

  private draw(): void {
    this.shown = traces(this.history, this.fetched?.range[1] ?? this.now, this.measured, this.points, this.pause);
    const { columns } = this.shown;
    this.charts = CHARTS.map((chart) => ({
      chart,
      curves: this.drawn(chart.quantities).map((quantity) => {
        const { mean, low, high } = columns[quantity] as Traces["columns"][string];
        const neutral = quantity === "current_n" ? { color: color(NEUTRAL, this.app.hass.themes.darkMode) } : {};
        return { key: quantity, label: this.label(quantity), values: mean, low, high, ...neutral };
      }),
    })).filter(({ curves }) => curves.length);
  }

  private label(quantity: string): string {
    const phase = /_(l\d|n)$/.exec(quantity)?.[1];
    return phase?.toUpperCase() ?? this.t("meter.total");
  }

  /** Fetch what is missing, once nobody moves any more. */
  private see(): void {
    const first = this.points[0]?.at ?? null;
    if (!this.measured.length || (this.fetched !== null && covers(this.fetched, this.range, this.now, first))) return;
    // moves push it on, time that goes by does not
    if (this.live && this.rest !== undefined) return;
    this.moving ??= performance.now();
    const left = this.moving + LONGEST_REST - performance.now();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => void this.fetch(), this.history === null ? 0 : Math.min(REST, left));
  }

  private async fetch(): Promise<void> {
    const turn = ++this.turn;
    this.moving = undefined;
    const { range, points } = wanted(this.range, this.now);
    const [start, end] = range.map(moment);
    const late = setTimeout(() => (this.busy = true), 300);
    try {
      const { serial } = this;
      const asked = { serial, quantities: this.measured, start, end, points };
      const history = await this.app.call<History>("history", asked);
      if (turn !== this.turn) return;
      this.fetched = { range, step: history.step, finest: history.step * points >= 2 * (range[1] - range[0]) };
      this.history = history;
      this.error = "";
      this.rest = undefined;
      void this.look();
    } catch (error) {
      if (turn !== this.turn) return;
      this.error = this.app.sentence(error);
      this.rest = setTimeout(() => void this.fetch(), RETRY);
    } finally {
      clearTimeout(late);
      if (turn === this.turn) {
        this.busy = false;
        if (this.rest === undefined) this.see();
      }
    }
  }

  /** What has happened in the time that was fetched, and since. Curves without marks are better than none. */
  private async look(): Promise<void> {
    if (this.fetched === null) return;
    const { turn, serial } = this;
    const start = moment(this.fetched.range[0]);
    const end = moment(this.live ? this.now + LOOK_SECONDS : this.fetched.range[1]);
    try {
      const { events, missing } = await this.app.call<EventsPage>("events", { serial, sources: MARKED, start, end, limit: MOST_EVENTS });
      if (turn !== this.turn) return;
      this.marks = marks(events);
      this.marksError = unread(this.app, missing);
    } catch (error) {
      if (turn === this.turn) this.marksError = this.app.sentence(error);
    }
  }

  private choose(range: Range, live = follows(range, this.now)): void {
    this.range = clamped(range, this.now, this.now - this.app.info.history_days * DAY);
    this.live = live;
  }

  private shift(by: number, factor = 1): void {
    // what ends now is still to end now when it is zoomed
    this.choose(moved(this.range, by, factor, this.live ? 1 : 0.5));
  }

  protected override render() {
    const shown = within(this.marks, this.range);
    return html`<section class="card" aria-label=${this.t("meter.curves")}>
      ${this.bar()}
      <p class="small dim">
        ${this.app.format.dateTime(this.range[0] * 1000)} – ${this.app.format.dateTime(this.range[1] * 1000)}
        ${this.history && this.history.step > MINUTE
          ? html`· ${this.t("meter.buckets", { duration: this.app.format.duration(this.history.step) })}`
          : nothing}
        <span role="status">${this.busy ? this.t("notice.wait") : ""}</span>
      </p>
      ${this.error ? html`<p class="critical" role="alert">${this.error}</p>` : nothing}
      ${this.marksError && this.marksError !== this.error ? html`<p class="small critical" role="status">${this.marksError}</p>` : nothing}
      <div class="charts" aria-busy=${this.busy} @range=${(event: CustomEvent<Range>) => this.choose(event.detail)}>
        ${this.charts.map(
          ({ chart, curves }) => html`<csj-chart
            .app=${this.app}
            .heading=${this.t(`meter.quantities.${chart.name}`)}
            .unit=${chart.unit}
            .digits=${chart.digits}
            .times=${this.shown.times}
            .curves=${curves}
            .marks=${this.marks}
            .range=${this.range}
            .limits=${chart.name === "voltage" ? this.lines() : NO_LINES}
            tight
            together="meter"
          ></csj-chart>`,
        )}
      </div>
      ${this.list(shown)}
    </section>`;
  }

  private get spans(): [name: string, seconds: number][] {
    return Object.entries(SPANS).filter(([, seconds]) => this.fine || seconds >= SPANS["6h"]);
  }

  private bar() {
    const span = this.range[1] - this.range[0];
    return html`<div class="row bar">
      <div class="group" role="group" aria-label=${this.t("meter.span")}>
        ${this.spans.map(([name, seconds]) => {
          const on = Math.abs(span - seconds) < seconds * 0.01;
          return html`<button class=${on ? "on" : ""} aria-pressed=${on} @click=${() => this.choose([this.now - seconds, this.now], true)}>
            ${this.t(`meter.spans.${name}`)}
          </button>`;
        })}
        <button class=${this.live ? "on" : ""} aria-pressed=${this.live} @click=${() => this.choose([this.now - span, this.now], true)}>
          ${this.t("meter.live")}
        </button>
      </div>
      <div class="group" role="group" aria-label=${this.t("meter.move")}>
        ${MOVES.map(
          ([name, sign, by, factor]) => html`<button
            class="step"
            aria-label=${this.t(`meter.moves.${name}`)}
            title=${this.t(`meter.moves.${name}`)}
            @click=${() => this.shift(by, factor)}
          >
            ${sign}
          </button>`,
        )}
      </div>
      ${this.fine
        ? html`<label
            >${this.t("meter.read_every")}
            <select
              @change=${(event: Event) =>
                this.dispatchEvent(new CustomEvent("interval", { detail: Number((event.target as HTMLSelectElement).value) }))}
            >
              ${INTERVALS.map((one) => html`<option .value=${String(one)} ?selected=${one === this.interval}>${one} s</option>`)}
            </select>
            ${this.every !== null && this.every > this.interval * 1.3
              ? html`<span>${this.t("meter.read_slower", { every: this.app.format.number(this.every, 1) })}</span>`
              : nothing}</label
          >`
        : nothing}
    </div>`;
  }

  /** What the voltage is held against. */
  private lines(): { value: number; label: string }[] {
    const { undervoltage, sag, swell } = this.limits ?? {};
    const key = `${undervoltage} ${sag} ${swell}`;
    if (key !== this.linesOf) {
      this.linesOf = key;
      this.lines_ = [undervoltage, sag, swell]
        .filter((value) => value !== null && value !== undefined)
        .map((value) => ({ value, label: this.app.format.measured(value, "V") }));
    }
    return this.lines_;
  }

  private linesOf = "";
  private lines_: { value: number; label: string }[] = [];

  private list(shown: readonly EventMark[]) {
    return html`<details>
      <summary>${this.t("meter.marks", { count: shown.length })}</summary>
      ${shown.length
        ? html`<ul class="marks">
            ${shown.map(
              (mark) => html`<li>
                <button class="plain" @click=${() => this.show(mark)}>
                  <span class=${mark.kind} aria-hidden="true">${SIGNS[mark.kind]}</span>
                  <span class="number dim">${this.app.format.dateTime(mark.at * 1000, { seconds: true })}</span>
                  <span>${mark.label}</span>
                </button>
              </li>`,
            )}
          </ul>`
        : html`<p class="dim">${this.marksError || this.t("meter.no_marks")}</p>`}
    </details>`;
  }

  /** Bring a mark into the middle, near enough to see what was around it. */
  private show({ at, until }: EventMark): void {
    const span = Math.min(this.range[1] - this.range[0], SPANS["1h"]);
    const length = Math.max(span, ((until ?? at) - at) * 1.5);
    const middle = ((until ?? at) + at) / 2;
    this.choose([middle - length / 2, middle + length / 2], false);
  }
}

function moment(at: number): string {
  return new Date(at * 1000).toISOString();
}

const NO_LINES: { value: number; label: string }[] = [];
const SIGNS: Record<EventMark["kind"], string> = { critical: "▼", warning: "▼", info: "●", command: "■" };
const MOVES: readonly [name: string, sign: string, shift: number, factor: number][] = [
  ["earlier", "‹", -0.5, 1],
  ["later", "›", 0.5, 1],
  ["nearer", "+", 0, 0.5],
  ["farther", "−", 0, 2],
];
