import { css, html, nothing, unsafeCSS, type PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";
import uPlot from "uplot";
import uPlotStyle from "uplot/dist/uPlot.min.css?inline";

import { color, type Curve, type Mark, moved, nearest, type Range, summary } from "./curves";
import { AppElement, element } from "./element";
import { gestures } from "./gestures";
import { style } from "./style";

const HEIGHT = 180;
const TABLE_ROWS = 48;

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

  @state() private hidden_ = new Set<string>();
  @state() private at: number | null = null;
  @state() private open = false;
  @query(".plot") private place!: HTMLDivElement;

  private plot: uPlot | undefined;
  private shape = "";
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
    this.watcher.disconnect();
    this.end?.();
    this.end = undefined;
    this.plot?.destroy();
    this.plot = undefined;
    this.shape = "";
  }

  protected override render() {
    const index = this.at ?? this.times.length - 1;
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
              <span class="number">${this.app.format.measured(curve.values[index], this.unit)}</span>
            </button>`,
          )}
        </div>
      </div>
      <div
        class="plot"
        tabindex="0"
        role="application"
        aria-roledescription=${this.t("chart.role")}
        aria-label=${this.description()}
        @keydown=${this.key}
      ></div>
      <details @toggle=${(event: Event) => (this.open = (event.target as HTMLDetailsElement).open)}>
        <summary>${this.t("chart.table")}</summary>
        ${this.open ? this.table() : nothing}
      </details>
    `;
  }

  protected override updated(changed: PropertyValues): void {
    if (!this.isConnected) return;
    const shape = JSON.stringify([
      this.curves.map(({ key, color, dashed, low }) => [key, color, dashed, low !== undefined]),
      this.unit,
      this.dark,
      this.app.hass.locale,
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

  private description(): string {
    const parts = this.curves.map((curve) => {
      const of = summary(curve.values);
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
    const columns: (number | null)[][] = [this.times];
    for (const { values, low, high } of this.curves) {
      columns.push(values);
      if (low !== undefined && high !== undefined) columns.push(high, low);
    }
    return columns as uPlot.AlignedData;
  }

  private draw(): void {
    const [text, line] = this.computed();
    const format = this.app.format;
    const series: uPlot.Series[] = [{}];
    const bands: uPlot.Band[] = [];
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
      if (curve.low !== undefined) {
        const at = series.length;
        // uPlot fills between two of its series, which need no line of their own
        series.push({ stroke: "transparent", points: { show: false } }, { stroke: "transparent", points: { show: false } });
        bands.push({ series: [at, at + 1], fill: `${stroke}30` });
      }
    });
    const axis: uPlot.Axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    this.plot = new uPlot(
      {
        width: this.place.clientWidth || 300,
        height: HEIGHT,
        series,
        bands,
        legend: { show: false },
        cursor: {
          drag: { x: true, y: false, setScale: false },
          points: { size: 7 },
          ...(this.together ? { sync: { key: this.together } } : {}),
        },
        scales: { x: { time: true }, y: { range: (_plot, low, high) => padded(low, high, this.limits) } },
        axes: [
          {
            ...axis,
            space: 70,
            values: (plot, ticks) => {
              const span = (plot.scales.x?.max ?? 0) - (plot.scales.x?.min ?? 0);
              return ticks.map((tick) => this.tick(tick, span));
            },
          },
          { ...axis, size: 58, values: (_plot, ticks) => ticks.map((tick) => format.measured(tick, this.unit)) },
        ],
        hooks: {
          setCursor: [(plot) => (this.at = plot.cursor.idx ?? null)],
          setSelect: [(plot) => this.select(plot)],
          draw: [(plot) => this.decorate(plot)],
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

  private computed(): [text: string, line: string] {
    const probe = document.createElement("span");
    probe.style.cssText = "color: var(--csj-dim); border-color: var(--csj-line)";
    this.renderRoot.append(probe);
    const { color: text, borderTopColor: line } = getComputedStyle(probe);
    probe.remove();
    return [text, line];
  }

  private tick(at: number, span: number): string {
    if (span > 3 * 86400) return this.app.format.date(at * 1000);
    const time = this.app.format.time(at * 1000, { seconds: span < 600 });
    return span > 86400 ? `${this.app.format.date(at * 1000)} ${time}` : time;
  }

  /** What happened, and the limits, over the curves. */
  private decorate(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const probe = getComputedStyle(this);
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    const ratio = devicePixelRatio;
    for (const mark of this.marks) {
      const tint = probe.getPropertyValue(MARK_COLORS[mark.kind]).trim() || "#777";
      const left = plot.valToPos(mark.at, "x", true);
      ctx.fillStyle = ctx.strokeStyle = tint;
      if (mark.until !== undefined) {
        ctx.globalAlpha = 0.12;
        ctx.fillRect(left, bbox.top, Math.max(plot.valToPos(mark.until, "x", true) - left, ratio), bbox.height);
        ctx.globalAlpha = 1;
      }
      ctx.lineWidth = ratio;
      ctx.setLineDash(mark.kind === "command" ? [3 * ratio, 3 * ratio] : []);
      ctx.beginPath();
      ctx.moveTo(left, bbox.top);
      ctx.lineTo(left, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.setLineDash([6 * ratio, 4 * ratio]);
    ctx.strokeStyle = probe.getPropertyValue("--error-color").trim() || "#db4437";
    for (const { value } of this.limits) {
      const top = plot.valToPos(value, "y", true);
      ctx.beginPath();
      ctx.moveTo(bbox.left, top);
      ctx.lineTo(bbox.left + bbox.width, top);
      ctx.stroke();
    }
    ctx.restore();
  }

  private scale(): void {
    const first = this.times[0];
    const last = this.times.at(-1);
    const [min, max] = this.range ?? [first ?? 0, last ?? 1];
    this.plot?.setScale("x", { min, max });
  }

  private show(): void {
    let at = 1;
    for (const curve of this.curves) {
      const width = curve.low === undefined ? 1 : 3;
      for (let index = at; index < at + width; index++) {
        this.plot?.setSeries(index, { show: !this.hidden_.has(curve.key) });
      }
      at += width;
    }
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
    if (min !== undefined && max !== undefined) this.choose(moved([min, max], shift, factor, anchor));
  }

  private choose(range: Range): void {
    this.dispatchEvent(new CustomEvent<Range>("range", { detail: range, bubbles: true, composed: true }));
  }

  private table() {
    const stride = Math.max(1, Math.ceil(this.times.length / TABLE_ROWS));
    const rows = this.times.map((_, index) => index).filter((index) => index % stride === 0);
    return html`<div class="table" tabindex="0" role="region" aria-label=${this.heading}>
      <table>
        <thead>
          <tr>
            <th>${this.t("chart.time")}</th>
            ${this.curves.map((curve) => html`<th class="number">${curve.label}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (index) => html`<tr>
              <td>${this.app.format.dateTime((this.times[index] as number) * 1000)}</td>
              ${this.curves.map(
                (curve) =>
                  html`<td class="number">${this.app.format.measured(curve.values[index], this.unit)}</td>`,
              )}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  /** The index of the time nearest to one; for tests and tools. */
  nearest(at: number): number {
    return nearest(this.times, at);
  }
}

const MARK_COLORS: Record<Mark["kind"], string> = {
  critical: "--error-color",
  warning: "--warning-color",
  info: "--info-color",
  command: "--primary-text-color",
};

/** What a key does: how far to move, and by how much to zoom. */
const KEYS: Record<string, [shift: number, factor: number]> = {
  ArrowLeft: [-0.2, 1],
  ArrowRight: [0.2, 1],
  ArrowUp: [0, 0.6],
  ArrowDown: [0, 1 / 0.6],
  "+": [0, 0.6],
  "-": [0, 1 / 0.6],
};

function padded(low: number | null, high: number | null, limits: { value: number }[]): [number, number] {
  if (low === null || high === null) return [0, 1];
  const values = limits.map(({ value }) => value);
  const [bottom, top] = [Math.min(low, ...values), Math.max(high, ...values)];
  const span = top - bottom || Math.abs(top) * 0.1 || 1;
  // zero is worth showing where it is near
  return [bottom >= 0 && bottom < span ? 0 : bottom - span * 0.08, top + span * 0.08];
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-chart": CsjChart;
  }
}
