import { css, html, nothing, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";

import type { Alert, Evidence } from "../../api/alerts";
import type { History } from "../../api/meters";
import "../../elements/csj-chart";
import type { Curve, Range } from "../../elements/curves";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { band, filled, limits, mark, measured, phaseOf, times, worst } from "./evidence_curves";
import { lasted } from "./life";
import { allowed, figure, written } from "./words";

/** Kinds that are about the three phases together: one curve says little of them. */
const PHASES: Record<string, string> = {
  phase_imbalance: "voltage",
  phase_loss: "voltage",
  current_imbalance: "current",
};

/** As the chart has them. */
const TINTS = { critical: "var(--error-color)", warning: "var(--warning-color)", info: "var(--info-color)" };

const MINUTE = 60_000;
/** As much as the evidence shows of what came before and after, and of one that lasts. */
const AROUND = 30 * MINUTE;
const LONGEST = 7 * 24 * 60 * MINUTE;

/** What was measured around an event, what is usual or allowed, and how sure it is. */
@element("csj-alert-evidence")
export class CsjAlertEvidence extends AppElement {
  static override styles = [
    style,
    css`
      .dash {
        display: inline-block;
        width: 24px;
        border-top: 2px dashed var(--error-color, #db4437);
        vertical-align: middle;
      }
      .span {
        display: inline-block;
        width: 16px;
        height: 12px;
        vertical-align: middle;
        background: color-mix(in srgb, var(--tint) 20%, transparent);
        border-inline-start: 2px solid var(--tint);
      }
      .big {
        font-size: 18px;
      }
    `,
  ];

  @property({ attribute: false }) alert!: Alert;
  /** Null while it is on its way. */
  @property({ attribute: false }) evidence: Evidence | null = null;
  @property({ attribute: false }) now = 0;

  @state() private range: Range | null = null;
  @state() private phases: History | null = null;
  private loaded = "";

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("alert") as Alert | undefined;
    if (before !== undefined && before.alert_id !== this.alert.alert_id) this.range = this.phases = null;
  }

  protected override updated(): void {
    const { alert, evidence } = this;
    const quantity = PHASES[alert.kind];
    if (evidence === null || quantity === undefined) return;
    const begin = Date.parse(alert.since) - AROUND;
    const end = Math.min(
      Math.floor(this.now / MINUTE) * MINUTE,
      alert.cleared_at === null ? Infinity : Date.parse(alert.cleared_at) + AROUND,
      begin + LONGEST,
    );
    const wanted = `${evidence.serial} ${begin} ${end}`;
    if (wanted === this.loaded || end <= begin) return;
    this.loaded = wanted;
    void this.attempt(async () => {
      const found = await this.app.call<History>("history", {
        serial: evidence.serial,
        quantities: [1, 2, 3].map((phase) => `${quantity}_l${phase}`),
        start: new Date(begin).toISOString(),
        end: new Date(end).toISOString(),
        points: 240,
      });
      if (this.loaded === wanted) this.phases = found;
    });
  }

  protected override render() {
    return html`<section class="card stack">
      <h2>${this.t("alerts.evidence")}</h2>
      ${this.charts()} ${this.figures()}
    </section>`;
  }

  private charts() {
    const { alert, evidence } = this;
    if (evidence === null) return html`<p class="dim" role="status">${this.t("notice.wait")}</p>`;
    const found = measured(evidence);
    if (found === null)
      return PHASES[alert.kind] === undefined
        ? html`<p class="dim">${this.t("alerts.no_samples")}</p>`
        : html`${this.phaseChart()} ${this.legend(false, false)}`;
    const usual = band(evidence, found.times);
    const label = this.app.word("mail.measured");
    const { mean, min, max, unit } = found.series;
    const curves: Curve[] = [{ key: "measured", label, values: mean, low: min, high: max }];
    if (usual !== null) {
      const color = this.app.hass.themes.darkMode ? "#b0b0b0" : "#5e5e5e";
      curves.push({ key: "usual", label: this.t("alerts.usual"), values: usual.expected, low: usual.low, high: usual.high, color, dashed: true });
    }
    const kind = this.app.word(`kinds.${alert.kind}`);
    const lines = limits(alert).map((value) => ({ value, label: this.app.word("mail.usual") }));
    const phase = phaseOf(evidence.quantity);
    const heading = phase === null ? kind : this.t("alerts.phase_of", { name: kind, phase });
    return html`
      <div class="stack" @range=${(event: CustomEvent<Range>) => (this.range = event.detail)}>
        <csj-chart
          .app=${this.app}
          .heading=${heading}
          .unit=${unit}
          .times=${found.times}
          .curves=${curves}
          .marks=${[mark(alert, found.times, kind)]}
          .limits=${lines}
          .range=${this.range}
          together="alert"
        ></csj-chart>
        ${this.phaseChart()}
      </div>
      ${this.legend(lines.length > 0, usual !== null)}
    `;
  }

  private legend(limited: boolean, compared: boolean) {
    const { alert } = this;
    return html`<p class="row small">
        <span style="--tint: ${TINTS[alert.severity]}"><span class="span"></span> ${this.t("alerts.while_abnormal")}</span>
        ${limited ? html`<span><span class="dash"></span> ${this.app.word("mail.usual")}: ${allowed(this.app, alert)}</span>` : nothing}
        ${compared ? html`<span class="dim">${this.t("alerts.band")}</span>` : nothing}
        ${this.range === null
          ? nothing
          : html`<button class="plain" @click=${() => (this.range = null)}>${this.t("alerts.all_of_it")}</button>`}
      </p>`;
  }

  private phaseChart() {
    const { phases } = this;
    const quantity = PHASES[this.alert.kind];
    if (phases === null || quantity === undefined) return nothing;
    const found = [1, 2, 3].map((phase) => phases.series[`${quantity}_l${phase}`]);
    const at = times(phases, filled(found.map((series) => series?.mean ?? [])));
    const curves = found.flatMap((series, index): Curve[] =>
      series === undefined
        ? []
        : [{ key: `l${index + 1}`, label: `L${index + 1}`, values: series.mean.slice(0, at.length) }],
    );
    return html`<csj-chart
      .app=${this.app}
      .heading=${this.t("alerts.phases")}
      .unit=${found[0]?.unit ?? null}
      .times=${at}
      .curves=${curves}
      .marks=${[mark(this.alert, at, this.app.word(`kinds.${this.alert.kind}`))]}
      .range=${this.range}
      together="alert"
      @range=${(event: CustomEvent<Range>) => (this.range = event.detail)}
    ></csj-chart>`;
  }

  private figures() {
    const { alert } = this;
    const { format } = this.app;
    const isOver = alert.state === "cleared";
    const found = this.evidence === null ? null : measured(this.evidence);
    const peak = found === null ? null : worst(alert, found);
    const rows: [string, unknown][] = [
      [isOver || alert.kind === "meter_silent" ? this.t("alerts.measured_last") : this.app.word("mail.measured"), html`<span class="big">${figure(this.app, alert)}</span>`],
      [this.t("alerts.worst"), peak === null ? "" : written(this.app, peak, alert.unit)],
      [this.t("alerts.usual"), alert.expected === null ? "" : written(this.app, alert.expected, alert.unit)],
      [this.app.word("mail.usual"), allowed(this.app, alert)],
      [this.t("alerts.score"), alert.score === null || isOver ? "" : this.t("alerts.score_of", { score: format.number(alert.score, 2) })],
      [this.t("alerts.measured_at"), this.measuredAt()],
      [this.app.word("mail.phase"), alert.phase === null ? "" : `L${alert.phase}`],
      [
        this.app.word("mail.since"),
        html`${format.dateTime(alert.since)} <span class="dim">· ${format.duration(lasted(alert, this.now))}</span>`,
      ],
      [this.app.word("mail.scope"), this.scope()],
    ];
    const isFigure = figure(this.app, alert) !== "";
    return html`<dl>
      ${rows.map(([term, value], index) =>
        value === "" || (index === 0 && !isFigure)
          ? nothing
          : html`<div>
              <dt>${term}</dt>
              <dd class="number">${value}</dd>
            </div>`,
      )}
    </dl>`;
  }

  /** Which meter of a circuit the curve is of. */
  private measuredAt(): string {
    const { alert, evidence } = this;
    return alert.members.find((member) => member.serial === evidence?.serial)?.name ?? "";
  }

  private scope(): string {
    const { scope, confidence } = this.alert;
    const words = scope === "unknown" ? this.t("alerts.scope_unknown") : this.app.word(`scopes.${scope}`);
    return confidence === null || scope === "unknown"
      ? words
      : `${words} ${this.t("alerts.confidence", { share: this.app.format.percent(confidence, 0) })}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-alert-evidence": CsjAlertEvidence;
  }
}
