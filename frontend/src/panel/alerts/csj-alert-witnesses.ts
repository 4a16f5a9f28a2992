import { css, html, nothing, svg } from "lit";
import { property, state } from "lit/decorators.js";

import type { Alert, Evidence, Witness } from "../../api/alerts";
import type { History } from "../../api/meters";
import type { Column } from "../../elements/curves";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { follow } from "../../home_assistant";
import { cardTable } from "../card_table";
import { address } from "../address";
import { extent, limits, measured, path } from "./evidence_curves";
import { figureNow, written } from "./words";

const WIDTH = 160;
const HEIGHT = 36;
const POINTS = 120;
/** Curves that are fetched; of a circuit with more meters the others have their figures. */
const MOST_CURVES = 10;

const TONES: Record<Witness["standing"], string> = { abnormal: "critical", normal: "good", newly_silent: "warning" };

/** What the neighbours on the circuit showed at the same time, side by side on one scale. */
@element("csj-alert-witnesses")
export class CsjAlertWitnesses extends AppElement {
  static override styles = [
    style,
    cardTable,
    css`
      td {
        vertical-align: middle;
      }
      tr.this td {
        font-weight: 500;
      }
      svg.course {
        display: block;
        overflow: visible;
      }
      .line {
        fill: none;
        stroke: var(--csj-accent-text);
        stroke-width: 1.5;
      }
      .limit {
        stroke: var(--error-color, #db4437);
        stroke-dasharray: 4 3;
      }
      .event {
        fill: var(--csj-critical);
        opacity: 0.12;
      }
      p {
        margin-bottom: 4px;
      }
    `,
  ];

  @property({ attribute: false }) alert!: Alert;
  @property({ attribute: false }) evidence!: Evidence;

  /** Serial number -> its course; null for one that has none, or that may not be seen. */
  @state() private courses: ReadonlyMap<string, Column | null> = new Map();
  private loaded = "";

  protected override updated(): void {
    const { samples, witnesses } = this.evidence;
    const end = measured(this.evidence)?.times.at(-1);
    if (samples === null || end === undefined) return;
    const serials = witnesses.slice(0, MOST_CURVES).map(({ serial }) => serial);
    const wanted = `${samples.start} ${end} ${serials.join()}`;
    if (wanted === this.loaded) return;
    this.loaded = wanted;
    void this.load(serials, samples.start, new Date((end + samples.step) * 1000).toISOString(), wanted);
  }

  private async load(serials: string[], start: string, end: string, wanted: string): Promise<void> {
    const { quantity } = this.evidence;
    const found = await Promise.all(
      serials.map(async (serial): Promise<[string, Column | null]> => {
        try {
          const message = { serial, quantities: [quantity], start, end, points: POINTS };
          const { series } = await this.app.call<History>("history", message);
          return [serial, series[quantity]?.mean ?? null];
        } catch {
          // what they showed is in the table all the same
          return [serial, null];
        }
      }),
    );
    if (wanted === this.loaded) this.courses = new Map(found);
  }

  protected override render() {
    const { witnesses, serial } = this.evidence;
    const own = measured(this.evidence);
    const columns = [own?.series.mean ?? [], ...[...this.courses.values()].filter((one) => one !== null)];
    const scale = extent([...columns, limits(this.alert)]);
    const count = (standing: Witness["standing"]) => witnesses.filter((one) => one.standing === standing).length;
    const [showed, value, course] = [this.t("alerts.showed"), this.app.word("mail.measured"), this.t("alerts.course")];
    const name = this.alert.members.find((member) => member.serial === serial)?.name ?? this.alert.name;
    return html`<section class="card">
      <h2>${this.t("alerts.neighbours")}</h2>
      <p class="dim">
        ${this.t("alerts.neighbours_count", {
          abnormal: count("abnormal"),
          normal: count("normal"),
          silent: count("newly_silent"),
        })}
      </p>
        <table class="cards" role="table">
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader">${this.app.word("mail.meter")}</th>
              <th role="columnheader">${showed}</th>
              <th role="columnheader" class="number">${value}</th>
              ${own === null ? nothing : html`<th role="columnheader">${course}</th>`}
            </tr>
          </thead>
          <tbody role="rowgroup">
            <tr role="row" class="this">
              <td role="cell" class="first">${this.t("alerts.this_meter", { name })}</td>
              <td role="cell" data-label=${showed}>${this.app.word(`kinds.${this.alert.kind}`)}</td>
              <td role="cell" class="number" data-label=${value}>${figureNow(this.app, this.alert) || "–"}</td>
              ${own === null ? nothing : html`<td role="cell" data-label=${course}>${this.course(own.series.mean, scale)}</td>`}
            </tr>
            ${witnesses.map(
              (one) => html`<tr role="row">
                <td role="cell" class="first">${this.meter(one)}</td>
                <td role="cell" data-label=${showed}>
                  <span>${this.chip(one.standing)} <span class="small dim">${this.at(one)}</span></span>
                </td>
                <td role="cell" class="number" data-label=${value}>${written(this.app, one.value, this.alert.unit)}</td>
                ${own === null
                  ? nothing
                  : html`<td role="cell" data-label=${course}>${this.course(this.courses.get(one.serial), scale)}</td>`}
              </tr>`,
            )}
          </tbody>
        </table>
    </section>`;
  }

  private chip(standing: Witness["standing"]) {
    return html`<span class="chip dot ${TONES[standing]}">${this.t(`alert_witnesses.${standing}`)}</span>`;
  }

  private at({ standing, since }: Witness): string {
    return this.t(standing === "newly_silent" ? "alerts.last_heard" : "alerts.seen_at", {
      at: this.app.format.time(since),
    });
  }

  private meter({ serial, name }: Witness) {
    const to = address("meters", serial);
    return html`<a href=${to} @click=${(event: MouseEvent) => follow(event, to)}>${name}</a>`;
  }

  /** A line without figures: those are in the table, and its scale is that of all of them. */
  private course(values: Column | null | undefined, scale: [number, number] | null) {
    if (values === undefined) return html`<span class="dim small">${this.courses.size ? "–" : this.t("notice.wait")}</span>`;
    if (values === null || scale === null || values.every((value) => value === null))
      return html`<span class="dim small">${this.t("alerts.no_course")}</span>`;
    const [low, high] = scale;
    const height = (value: number) => HEIGHT - ((value - low) / (high - low || 1)) * HEIGHT;
    return html`<svg class="course" width=${WIDTH} height=${HEIGHT} viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
      ${this.event()}
      ${limits(this.alert).map(
        (value) => svg`<line class="limit" x1="0" x2=${WIDTH} y1=${height(value)} y2=${height(value)} />`,
      )}
      <path class="line" d=${path(values, scale, WIDTH, HEIGHT)} />
    </svg>`;
  }

  private event() {
    const at = measured(this.evidence)?.times;
    const [first, last] = [at?.[0], at?.at(-1)];
    if (first === undefined || last === undefined || last <= first) return nothing;
    const x = (moment: number) => Math.min(1, Math.max(0, (moment - first) / (last - first))) * WIDTH;
    const { since, cleared_at } = this.alert;
    const [begin, end] = [x(Date.parse(since) / 1000), x(cleared_at === null ? last : Date.parse(cleared_at) / 1000)];
    return svg`<rect class="event" x=${begin} y="0" width=${Math.max(1, end - begin)} height=${HEIGHT} />`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-alert-witnesses": CsjAlertWitnesses;
  }
}
