import { css, html, nothing, unsafeCSS, type PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";
import uPlot from "uplot";
import uPlotStyle from "uplot/dist/uPlot.min.css?inline";

import { axisNumbers, axisTimes, type Inks, inks, padded, paint, paintBand } from "./chart_paint";
import { table } from "./chart_table";
import { color, type Curve, extent, type Mark, moved, nearest, part, type Range, summary } from "./curves";
import { AppElement, element } from "./element";
import { gestures, KEYS } from "./gestures";
import { style } from "./style";

const HEIGHT = 180;
/** Pixels from a mark within which the pointer means it. */
const REACH = 7;
/** Part of the range from its end in which a value is still that of its end. */
const STALE = 0.1;

/**
 * Curves of one unit over time, with what is usual behind them and what happened on them.
 *
 * Fires `range` with a `Range` when somebody zooms or pans: whoever holds the range sets it, for all charts at once.
 */
@element("csj-chart")
export class CsjChart extends AppElement {
  static override styles = [
    unsafeCSS(uPlotStyle),
    style,
    css`
      :host {
        --csj-grid: var(--csj-line);
      }
      .plot {
        touch-action: pan-y;
        cursor: crosshair;
        min-height: 120px;
        position: relative;
      }
      .hint {
        position: absolute;
        inset: 4px 8px auto auto;
        z-index: 101;
        max-width: 80%;
        pointer-events: none;
        background: var(--csj-surface);
        border: 1px solid var(--csj-line);
        border-radius: 8px;
        padding: 2px 8px;
        font-size: 12px;
      }
      .legend button {
        min-height: 28px;
        padding: 0 8px;
        font-weight: 400;
        color: inherit;
      }
      .legend button[aria-pressed="false"] {
        text-decoration: line-through;
        opacity: 0.7;
      }
      .swatch {
        width: 12px;
        height: 4px;
        border-radius: 2px;
      }
      .u-legend {
        display: none;
      }
      summary {
        cursor: pointer;
        font-size: 12px;
        color: var(--csj-dim);
      }
      .table {
        max-height: 260px;
        overflow: auto;
      }
    `,
  ];

  @property() heading = "";
  @property() unit: string | null = null;
  /** Seconds since the epoch, ascending. */
  @property({ attribute: false }) times: number[] = [];
  @property({ attribute: false }) curves: Curve[] = [];
  @property({ attribute: false }) marks: Mark[] = [];
  @property({ attribute: false }) range: Range | null = null;
  /** Charts of one name show the same moment under the pointer. */
  @property() together = "";
  /** Lines across, such as limits. */
  @property({ attribute: false }) limits: { value: number; label: string }[] = [];
  /** Decimals of values; as many as three figures take if left out. */
  @property({ attribute: false }) digits: number | undefined;
  /** Limits that are far from the curves are not to be seen, so that small changes are. */
  @property({ type: Boolean }) tight = false;

  @state() private hidden_ = new Set<string>();
  @state() private at: number | null = null;
  @state() private open = false;
  @state() private hint: Mark | null = null;
  @query(".plot") private place!: HTMLDivElement;

  private plot: uPlot | undefined;
  private shape = "";
  private description = "";
  private inks: Inks | undefined;
  /** Where gestures have got to that nobody has been told of. */
  private wish: Range | null = null;
  private frame: number | undefined;
  private readonly watcher = new ResizeObserver(() => this.resize());
  private end: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate("curves");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.drop();
  }

  private drop(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.watcher.disconnect();
    this.end?.();
    this.end = undefined;
    this.plot?.destroy();
    this.plot = undefined;
    this.shape = "";
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (["curves", "range", "app", "heading"].some((name) => changed.has(name))) this.description = this.described();
  }

  protected override render() {
    const index = this.at ?? this.newest();
    return html`
      <div class="row spread">
        <h3>${this.heading}</h3>
        <div class="row legend">
          ${this.curves.map(
            (curve, turn) => html`<button
              class="plain small"
              aria-pressed=${!this.hidden_.has(curve.key)}
              @click=${() => this.toggle(curve.key)}
            >
              <span class="swatch" style="background:${curve.color ?? color(turn, this.dark)}"></span>
              ${curve.label}
              <span class="number">${this.app.format.measured(curve.values[index], this.unit, this.digits)}</span>
            </button>`,
          )}
        </div>
      </div>
      <div
        class="plot"
        tabindex="0"
        role="application"
        aria-roledescription=${this.t("chart.role")}
        aria-label=${this.description}
        @keydown=${this.key}
      >
        ${this.hint === null
          ? nothing
          : html`<div class="hint">${this.app.format.dateTime(this.hint.at * 1000)} · ${this.hint.label}</div>`}
      </div>
      <details @toggle=${(event: Event) => (this.open = (event.target as HTMLDetailsElement).open)}>
        <summary>${this.t("chart.table")}</summary>
        ${this.open ? table(this.app, this) : nothing}
      </details>
    `;
  }

  protected override updated(changed: PropertyValues): void {
    if (!this.isConnected) return;
    const shape = JSON.stringify([
      this.curves.map(({ key, color, dashed }) => [key, color, dashed]),
      this.unit,
      this.dark,
      this.app.hass.locale,
      this.app.format.zone,
    ]);
    if (this.plot === undefined || shape !== this.shape) {
      this.drop();
      this.shape = shape;
      this.draw();
    } else if (changed.has("curves") || changed.has("times")) {
      this.plot.setData(this.columns(), false);
      this.scale();
    } else if (changed.has("range")) {
      this.scale();
    } else if (changed.has("marks") || changed.has("limits")) {
      this.plot.redraw(false, false);
    }
    if (changed.has("hidden_")) this.show();
  }

  private get dark(): boolean {
    return this.app.hass.themes.darkMode;
  }

  /** The index of the value at the end of what is shown; none where the curve ended long before. */
  private newest(): number {
    if (this.range === null) return this.times.length - 1;
    const [start, end] = this.range;
    const index = nearest(this.times, end);
    return end - (this.times[index] ?? start) < (end - start) * STALE ? index : -1;
  }

  private described(): string {
    const [first, last] = part(this.times, this.range);
    const parts = this.curves.map((curve) => {
      const of = summary(curve.values, first, last);
      return of === null
        ? this.t("chart.nothing", { name: curve.label })
        : this.t("chart.summary", {
            name: curve.label,
            low: this.app.format.measured(of.low, this.unit),
            high: this.app.format.measured(of.high, this.unit),
            mean: this.app.format.measured(of.mean, this.unit),
          });
    });
    return [this.heading, ...parts].join(". ");
  }

  private columns(): uPlot.AlignedData {
    return [this.times, ...this.curves.map(({ values }) => values)] as uPlot.AlignedData;
  }

  private draw(): void {
    this.inks = inks(this.renderRoot);
    const { text, line } = this.inks;
    const { zone } = this.app.format;
    const series: uPlot.Series[] = [{}];
    this.curves.forEach((curve, turn) => {
      const stroke = curve.color ?? color(turn, this.dark);
      series.push({
        label: curve.label,
        stroke,
        width: 1.5,
        spanGaps: false,
        points: { show: false },
        ...(curve.dashed ? { dash: [5, 4] } : {}),
      });
    });
    const axis: uPlot.Axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    this.plot = new uPlot(
      {
        width: this.place.clientWidth || 300,
        height: HEIGHT,
        series,
        legend: { show: false },
        cursor: {
          drag: { x: true, y: false, setScale: false },
          bind: {
            // with the shift key dragging moves: see gestures
            mousedown: (_plot, target, handler) => (event: MouseEvent) => {
              if (event.button === 0 && event.target === target && !event.shiftKey) handler(event);
              return null;
            },
            dblclick: (plot) => (event: MouseEvent) => {
              this.move(0, 3, event.offsetX / plot.over.clientWidth);
              return null;
            },
          },
          points: { size: 7 },
          ...(this.together ? { sync: { key: this.together } } : {}),
        },
        // days of the axis begin at midnight of the zone in which they are named
        ...(zone === undefined ? {} : { tzDate: (at: number) => uPlot.tzDate(new Date(at * 1000), zone) }),
        scales: { x: { time: true }, y: { range: () => this.height() } },
        axes: [
          {
            ...axis,
            space: 70,
            values: (plot, ticks) =>
              axisTimes(this.app.format, ticks, (plot.scales.x?.max ?? 0) - (plot.scales.x?.min ?? 0)),
          },
          {
            ...axis,
            size: 74,
            space: 28,
            values: (_plot, ticks, _axis, _space, step) => axisNumbers(this.app.format, ticks, step, this.unit),
          },
        ],
        hooks: {
          setCursor: [(plot) => this.point(plot)],
          setSelect: [(plot) => this.select(plot)],
          // uPlot has bands too, but it clips with them, which costs ten times as much
          drawAxes: [(plot) => this.bands(plot)],
          draw: [(plot) => this.inks && paint(plot, this.marks, this.limits, this.inks)],
        },
      },
      this.columns(),
      this.place,
    );
    this.scale();
    this.show();
    this.watcher.observe(this.place);
    this.end = gestures(this.plot.over, (shift, factor, anchor) => this.move(shift, factor, anchor));
  }

  /** What is under the pointer. */
  private point(plot: uPlot): void {
    const { idx, left } = plot.cursor;
    this.at = idx ?? null;
    const near = (mark: Mark) => Math.abs(plot.valToPos(mark.at, "x") - (left ?? -1));
    // charts that go together share the moment, but only one has the pointer
    const hits = this.place.matches(":hover") ? this.marks.filter((mark) => near(mark) <= REACH) : [];
    this.hint = hits.sort((one, other) => near(one) - near(other))[0] ?? null;
  }

  private bands(plot: uPlot): void {
    this.curves.forEach(({ key, low, high, color: own }, turn) => {
      if (low === undefined || high === undefined || this.hidden_.has(key)) return;
      paintBand(plot, low, high, `${own ?? color(turn, this.dark)}30`);
    });
  }

  /** The ends of the axis of values: all that is to be seen. */
  private height(): [number, number] {
    const [first, last] = part(this.times, this.range);
    let low = Infinity;
    let high = -Infinity;
    for (const curve of this.curves) {
      if (this.hidden_.has(curve.key)) continue;
      for (const column of [curve.values, curve.low, curve.high]) {
        const [bottom, top] = column === undefined ? [low, high] : extent(column, first, last);
        low = Math.min(low, bottom);
        high = Math.max(high, top);
      }
    }
    return low > high ? [0, 1] : padded(low, high, this.tight ? [] : this.limits);
  }

  private scale(): void {
    const first = this.times[0];
    const last = this.times.at(-1);
    const [min, max] = this.range ?? [first ?? 0, last ?? 1];
    this.plot?.setScale("x", { min, max });
  }

  private show(): void {
    this.curves.forEach(({ key }, turn) => this.plot?.setSeries(turn + 1, { show: !this.hidden_.has(key) }));
  }

  private toggle(key: string): void {
    const hidden = new Set(this.hidden_);
    if (!hidden.delete(key)) hidden.add(key);
    this.hidden_ = hidden;
  }

  private resize(): void {
    const width = this.place.clientWidth;
    if (this.plot !== undefined && width > 0 && width !== this.plot.width) {
      this.plot.setSize({ width, height: HEIGHT });
    }
  }

  private select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width > 8) this.choose([plot.posToVal(left, "x"), plot.posToVal(left + width, "x")]);
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  }

  private key(event: KeyboardEvent): void {
    const move = KEYS[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.move(...move);
  }

  private move(shift: number, factor: number, anchor = 0.5): void {
    const { min, max } = this.plot?.scales.x ?? {};
    const from: Range | null = this.wish ?? (min === undefined || max === undefined ? null : [min, max]);
    if (from !== null) this.choose(moved(from, shift, factor, anchor));
  }

  /** Tell of a range, once a frame: pointers and wheels are faster than that. */
  private choose(range: Range): void {
    this.wish = range;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      const detail = this.wish;
      this.wish = null;
      this.dispatchEvent(new CustomEvent<Range>("range", { detail: detail as Range, bubbles: true, composed: true }));
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-chart": CsjChart;
  }
}
