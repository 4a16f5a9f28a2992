import { css, html, nothing, type PropertyValues, svg } from "lit";
import { property, state } from "lit/decorators.js";

import { element } from "../elements/element";
import { style } from "../elements/style";
import { hours, type Hours, type Overview, type Used } from "./api";
import { labelled, ofTheMonth, shares } from "./bars";
import { phoneStyle, PortalElement } from "./element";

const SPANS = ["today", "week", "month"] as const;
type Span = (typeof SPANS)[number];

/** Changes below are none. */
const NOTHING = 0.03;

interface Bar {
  label: string;
  short: string;
  energy: number | null;
  day?: string;
}

/** What was used: sums, and a course that can be looked at by the day and by the hour. */
@element("csj-portal-usage")
export class CsjPortalUsage extends PortalElement {
  static override styles = [
    style,
    phoneStyle,
    css`
      .spans {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 6px;
      }
      .spans button {
        display: grid;
        gap: 0;
        padding: 8px 4px;
        border-radius: 12px;
        font-weight: 400;
        color: var(--csj-text);
        line-height: 1.3;
      }
      .spans b {
        font-weight: 600;
      }
      .bars {
        display: flex;
        align-items: flex-end;
        gap: 2px;
        height: 150px;
      }
      .bars > * {
        flex: 1 1 0;
        min-width: 0;
        height: 100%;
        display: flex;
        flex-direction: column;
        justify-content: flex-end;
        gap: 2px;
        padding: 0;
        border: none;
        border-radius: 4px;
      }
      .bars svg {
        flex: 1;
        min-height: 0;
        width: 100%;
        fill: var(--csj-accent-text);
      }
      .bars span {
        font-size: 12px;
        line-height: 16px;
        height: 16px;
        text-align: center;
        color: var(--csj-dim);
        white-space: nowrap;
        font-weight: 400;
      }
    `,
  ];

  @property({ attribute: false }) shown!: Overview;

  @state() private span: Span = "week";
  @state() private day: Hours | null = null;
  @state() private error = "";

  private turn = 0;

  private get today(): string {
    return this.shown.usage?.days.at(-1)?.day ?? "";
  }

  /** The sums are those of now: so are the hours of the day that is not over. */
  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("shown") as Overview | undefined;
    if (before === undefined || !this.today) return;
    const day = this.span === "today" ? this.today : (this.day?.day ?? "");
    const last = before.usage?.days.at(-1)?.day;
    if (!day || (this.span !== "today" && day !== this.today && day !== last)) return;
    // after midnight the hours of yesterday are not those of today
    if (this.span === "today" && this.day?.day !== day) this.day = null;
    void this.look(day);
  }

  protected override render() {
    const usage = this.shown.usage;
    return html`<section class="card stack" aria-labelledby="heading">
      <div class="row spread">
        <h2 id="heading">${this.t("usage.heading")}</h2>
        ${this.now()}
      </div>
      ${usage === null
        ? html`<p class="dim">${this.t("usage.none")}</p>`
        : html`<div class="spans" role="group" aria-labelledby="heading">
              ${SPANS.map(
                (span) => html`<button
                  class=${this.span === span ? "on" : ""}
                  aria-pressed=${this.span === span}
                  @click=${() => this.choose(span)}
                >
                  <span class="small dim">${this.t(`usage.${span}`)}</span>
                  <b class="number">${this.energy(usage[span])}</b>
                  <span class="small number">${this.cost(usage[span])}</span>
                </button>`,
              )}
            </div>
            ${this.change(usage.week.change)} ${this.course()}`}
      ${this.error ? html`<p class="critical" role="alert">${this.error}</p>` : nothing}
    </section>`;
  }

  private energy(used: Used): string {
    return used.energy === null ? "–" : this.portal.format.measured(used.energy, "kWh");
  }

  private cost(used: Used): string {
    const unit = this.shown.credit?.unit === "kWh" ? this.shown.currency : (this.shown.credit?.unit ?? this.shown.currency);
    return used.cost === null ? "" : this.portal.format.credit(used.cost, unit);
  }

  private change(change: number | null) {
    if (change === null) return nothing;
    const percent = this.portal.format.percent(Math.abs(change), 0);
    const key = Math.abs(change) < NOTHING ? "same" : change > 0 ? "more" : "less";
    return html`<p>${this.t(`usage.${key}`, { percent })}</p>`;
  }

  private now() {
    if (this.shown.power === null || !this.shown.online) return nothing;
    return html`<p class="dim number">${this.t("usage.now")}: ${this.portal.format.measured(this.shown.power, "W")}</p>`;
  }

  /** Hours as figures that fit below a bar. */
  private get clock(): Intl.DateTimeFormat {
    return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone: this.shown.time_zone });
  }

  private bars(): Bar[] {
    const { format } = this.portal;
    if (this.day !== null) {
      return this.day.hours.map((hour) => {
        const at = hour.at * 1000;
        return { label: format.time(at), short: this.clock.format(at), energy: hour.energy };
      });
    }
    const days = this.shown.usage?.days ?? [];
    const chosen = this.span === "month" ? ofTheMonth(days) : days.slice(-7);
    return chosen.map((one) => ({
      label: format.date(`${one.day}T12:00:00`),
      short: String(Number(one.day.slice(8))),
      energy: one.energy,
      day: one.day,
    }));
  }

  private course() {
    if (this.span === "today" && this.day === null)
      return this.error ? nothing : html`<p class="dim" role="status">${this.t("page.loading")}</p>`;
    const bars = this.bars();
    // who has just moved in has no days yet: a field without bars would say that nothing was used
    if (bars.every(({ energy }) => energy === null) && !(this.day !== null && this.span === "week"))
      return html`<p class="dim">${this.t("usage.none")}</p>`;
    const heights = shares(bars.map((bar) => bar.energy));
    const words = labelled(bars.length, this.day === null ? 16 : 8);
    const days = this.day === null && this.span === "week";
    const name =
      this.day === null
        ? this.t("usage.chart_days")
        : this.t("usage.chart_hours", { day: this.portal.format.date(`${this.day.day}T12:00:00`) });
    return html`<div class="stack">
      <h3>${name}</h3>
      <div class="bars" role=${days ? "group" : "img"} aria-label=${name}>
        ${bars.map((bar, place) => {
          const share = heights[place];
          const picture = html`<svg viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true">
              ${share === null || share === undefined
                ? nothing
                : svg`<rect x="1" width="8" y=${100 - share * 100} height=${share * 100}></rect>`}
            </svg>
            <span aria-hidden="true">${words[place] ? bar.short : ""}</span>`;
          if (!days) return html`<div>${picture}</div>`;
          return html`<button
            aria-label="${bar.label}: ${this.measured(bar.energy)}"
            @click=${() => bar.day && this.look(bar.day)}
          >
            ${picture}
          </button>`;
        })}
      </div>
      ${days ? html`<p class="small dim">${this.t("usage.pick")}</p>` : nothing}
      ${this.day !== null && this.span === "week"
        ? html`<button @click=${() => this.choose("week")}>${this.t("usage.back")}</button>`
        : nothing}
      <details>
        <summary>${this.t("usage.table")}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">${this.t(this.day === null ? "usage.day" : "usage.hour")}</th>
              <th scope="col" class="number">${this.t("usage.energy")}</th>
            </tr>
          </thead>
          <tbody>
            ${bars.map(
              (bar) => html`<tr>
                <td>${bar.label}</td>
                <td class="number">${bar.energy === null ? this.t("usage.unknown") : this.portal.format.number(bar.energy, 2)}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </details>
    </div>`;
  }

  private measured(energy: number | null): string {
    return energy === null ? this.t("usage.unknown") : this.portal.format.measured(energy, "kWh");
  }

  private async choose(span: Span): Promise<void> {
    this.span = span;
    this.day = null;
    this.error = "";
    this.turn += 1;
    if (span === "today" && this.today) await this.look(this.today);
  }

  /** Show the hours of a day, unless something else is chosen before they are here. */
  private async look(day: string): Promise<void> {
    const turn = ++this.turn;
    this.error = "";
    try {
      const found = await hours(day);
      if (turn === this.turn) this.day = found;
    } catch (error) {
      if (turn === this.turn) this.error = this.sentence(error);
    }
  }
}
