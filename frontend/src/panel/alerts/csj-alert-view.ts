import { css, html, nothing, type PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";

import type { Alert, AlertStep, Evidence } from "../../api/alerts";
import type { EventsPage } from "../../api/meter";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { follow } from "../../home_assistant";
import { address } from "../address";
import type { AlertAnswer } from "./csj-alert-actions";
import "./csj-alert-actions";
import "./csj-alert-evidence";
import "./csj-alert-witnesses";
import { orderNumber } from "./alert_list";
import { lasted, steps, without } from "./life";
import { figureNow, headingOf, person, standing, where } from "./words";

/** New samples come once a minute; also for a while after the end, up to where its evidence ends. */
const RENEW_MS = 60_000;
const AFTER_MS = 35 * 60_000;

/**
 * One alert with all that is known of it.
 *
 * It outlives the list of those that are open: one that is over is shown as it ended.
 */
@element("csj-alert-view")
export class CsjAlertView extends AppElement {
  static override styles = [
    style,
    css`
      :host {
        container-type: inline-size;
      }
      h2 {
        font-size: 20px;
        font-weight: 400;
        overflow-wrap: anywhere;
      }
      h2:focus {
        outline: none;
      }
      .head {
        display: grid;
        gap: 12px;
      }
      .lead {
        font-size: 16px;
        overflow-wrap: anywhere;
      }
      .links {
        gap: 4px 20px;
      }
      .two {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      ol,
      ul {
        margin: 8px 0 0;
        padding-inline-start: 20px;
      }
      li {
        margin-bottom: 4px;
      }
      ol.steps {
        list-style: none;
        padding: 0;
        border-inline-start: 2px solid var(--csj-line);
        margin-inline-start: 6px;
      }
      .steps li {
        padding-inline-start: 16px;
        position: relative;
        margin-bottom: 8px;
      }
      .steps li::before {
        content: "";
        position: absolute;
        inset-inline-start: -6px;
        top: 5px;
        width: 10px;
        height: 10px;
        border-radius: 50%;
        background: var(--csj-dim);
      }
      .members {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(180px, 1fr));
        gap: 4px 16px;
        list-style: none;
        padding: 0;
      }
      @container (min-width: 640px) {
        .two {
          grid-template-columns: 1fr 1fr;
        }
      }
    `,
  ];

  @property() alertId = "";
  /** As the list of open ones has it; null for one that is over, or not told yet. */
  @property({ attribute: false }) row: Alert | null = null;
  /** That list: what is known of the members of a circuit. */
  @property({ attribute: false }) rows: ReadonlyMap<string | number, Alert> = new Map();
  @property({ attribute: false }) now = 0;

  @state() private evidence: Evidence | null = null;
  @state() private told: AlertStep[] = [];
  @state() private error = "";
  @state() private toldError = "";
  /** What an answer has made of it, until the list says so as well. */
  @state() private answered: Alert | null = null;
  @query("h2") private heading!: HTMLElement | null;

  private turn = 0;
  private loadedAt = 0;
  private wantsFocus = false;

  /** Take the reader to its beginning. */
  async begin(): Promise<void> {
    this.wantsFocus = true;
    await this.updateComplete;
    this.focusHeading();
  }

  private focusHeading(): void {
    if (!this.wantsFocus || !this.heading) return;
    this.wantsFocus = false;
    this.heading.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }

  private get alert(): Alert | null {
    if (this.answered !== null) return this.answered;
    const { evidence } = this;
    // while the list is not there, and when it has let go of it, the evidence knows
    return this.row ?? evidence?.alert ?? null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("alertId")) {
      this.evidence = null;
      this.told = [];
      this.error = "";
    }
    if (changed.has("alertId") || changed.has("row")) this.answered = null;
  }

  protected override updated(changed: PropertyValues): void {
    this.focusHeading();
    const before = changed.get("row") as Alert | null | undefined;
    const isOther = changed.has("row") && (before?.state !== this.row?.state || before?.since !== this.row?.since);
    if (changed.has("alertId") || isOther) void this.load();
    else if (Date.now() - this.loadedAt > RENEW_MS && this.renews()) void this.load();
  }

  private renews(): boolean {
    const ended = this.alert?.cleared_at ?? null;
    return this.alert !== null && (ended === null || Date.now() - Date.parse(ended) < AFTER_MS);
  }

  private async load(): Promise<void> {
    const turn = ++this.turn;
    const alertId = this.alertId;
    this.loadedAt = Date.now();
    try {
      const evidence = await this.app.call<Evidence>("alerts/evidence", { alert_id: alertId });
      if (turn !== this.turn) return;
      this.evidence = evidence;
      this.error = "";
    } catch (error) {
      if (turn === this.turn) this.error = this.app.sentence(error);
      return;
    }
    try {
      const { serial, raised_at, since } = this.evidence.alert;
      const { events, missing } = await this.app.call<EventsPage<AlertStep>>("events", {
        ...(serial === null ? {} : { serial }),
        sources: ["alert"],
        start: since < raised_at ? since : raised_at,
        limit: 500,
      });
      if (turn !== this.turn) return;
      this.told = events;
      this.toldError = missing.length ? this.t("alerts.unread") : "";
    } catch (error) {
      if (turn === this.turn) this.toldError = this.app.sentence(error);
    }
  }

  protected override render() {
    const { alert } = this;
    if (alert === null)
      return html`<csj-notice .app=${this.app} .kind=${this.error ? "error" : "wait"} .text=${this.error}></csj-notice>`;
    return html`<article class="stack">
      ${this.head(alert)} ${this.advice(alert)}
      ${this.error
        ? html`<csj-notice .app=${this.app} kind="error" .text=${this.error}>
            <button @click=${() => this.load()}>${this.t("alerts.again")}</button>
          </csj-notice>`
        : nothing}
      <csj-alert-evidence .app=${this.app} .alert=${alert} .evidence=${this.evidence} .now=${this.now}></csj-alert-evidence>
      ${this.evidence?.witnesses.length
        ? html`<csj-alert-witnesses .app=${this.app} .alert=${alert} .evidence=${this.evidence}></csj-alert-witnesses>`
        : nothing}
      ${this.members(alert)} ${this.history(alert)}
    </article>`;
  }

  private head(alert: Alert) {
    const { format } = this.app;
    const severity = this.app.word(`severities.${alert.severity}`);
    const isOver = alert.state === "cleared";
    const number = alert.work_order === null ? null : orderNumber(alert.work_order);
    // the message of one that is over says how it ended
    const judged = { ...alert, state: "false_alarm" as const };
    const said = !isOver ? standing(this.app, alert) : alert.false_alarm_by === null ? "" : standing(this.app, judged);
    // what has a place of its own below is not said twice
    const lead = without(
      alert.message,
      [
        this.app.word("messages.drill_text"),
        alert.action === null ? "" : this.app.word(`advice.${alert.action}`),
        alert.scope === "unknown" ? "" : this.app.word(`scopes.${alert.scope}`),
      ],
      alert.members.length ? this.app.texts.get("messages.members", { meters: "\n" }).split("\n")[0] : "",
    );
    return html`<section class="card head">
      <div class="row">
        <span class="chip dot ${isOver ? "good" : alert.severity === "info" ? "neutral" : alert.severity}"
          >${isOver ? this.app.word("standing.cleared") : severity}</span
        >
        ${isOver ? html`<span class="chip neutral">${severity}</span>` : nothing}
        ${alert.drill ? html`<span class="chip neutral">${this.app.word("messages.drill")}</span>` : nothing}
        <span class="dim small"
          >${this.t(isOver ? "alerts.lasted" : "alerts.since_for", {
            since: format.dateTime(alert.since),
            duration: format.duration(lasted(alert, this.now)),
          })}</span
        >
      </div>
      <h2 tabindex="-1">
        ${headingOf(this.app, alert)}
      </h2>
      ${alert.drill ? html`<p>${this.app.word("messages.drill_text")}</p>` : nothing}
      <div class="head" role="status">
        <p class="lead">${lead}</p>
        ${said ? html`<p><strong>${said}</strong></p>` : nothing}
      </div>
      ${alert.area_alert_id === null
        ? nothing
        : html`<p class="small">${this.t("alerts.part_of_circuit")} ${this.link("alerts", alert.area_alert_id, this.t("alerts.circuit_alert"))}</p>`}
      <csj-alert-actions
        .app=${this.app}
        .alert=${alert}
        .now=${this.now}
        @answered=${this.answer}
      ></csj-alert-actions>
      ${alert.serial === null && number === null
        ? nothing
        : html`<div class="row links">
            ${alert.serial === null ? nothing : this.link("meters", alert.serial, this.t("alerts.open_meter"))}
            ${number === null
              ? nothing
              : this.app.may("work_orders")
                ? this.link("work_orders", number, alert.work_order ?? "")
                : html`<span>${alert.work_order}</span>`}
          </div>`}
    </section>`;
  }

  private async answer({ detail }: CustomEvent<AlertAnswer>): Promise<void> {
    // whoever has gone on to another one has nothing more to do with it
    if (detail.alert_id !== this.alertId) return;
    this.answered = detail.alert;
    await this.updateComplete;
    await this.renderRoot.querySelector("csj-alert-actions")?.updateComplete;
    // the button that was pressed may be gone, and the place of whoever uses the keyboard with it
    if ((this.renderRoot as ShadowRoot).activeElement === null) this.heading?.focus({ preventScroll: true });
  }

  private link(page: string, rest: string, text: string) {
    const path = address(page, rest);
    return html`<a href=${path} @click=${(event: MouseEvent) => follow(event, path)}>${text}</a>`;
  }

  private advice(alert: Alert) {
    if (alert.action === null && !alert.causes.length) return nothing;
    return html`<section class="card two">
      ${alert.action === null
        ? nothing
        : html`<div>
            <h3>${this.app.word("mail.action")}</h3>
            <p>${this.app.word(`advice.${alert.action}`)}</p>
          </div>`}
      ${alert.causes.length
        ? html`<div>
            <h3>${this.app.word("mail.causes")}</h3>
            <ol>
              ${alert.causes.map((cause) => html`<li>${this.app.word(`advice.${cause}`)}</li>`)}
            </ol>
          </div>`
        : nothing}
    </section>`;
  }

  private members(alert: Alert) {
    if (!alert.members.length) return nothing;
    return html`<section class="card">
      <h3>${this.app.word("mail.members")}</h3>
      <ul class="members" role="list">
        ${alert.members.map((member) => {
          const row = this.rows.get(member.alert_id);
          return html`<li>
            ${this.link("alerts", member.alert_id, row === undefined ? member.name : where(this.app, row))}
            ${row === undefined ? nothing : html`<span class="dim number">${figureNow(this.app, row)}</span>`}
          </li>`;
        })}
      </ul>
    </section>`;
  }

  private history(alert: Alert) {
    return html`<section class="card">
      <h3>${this.t("alerts.history")}</h3>
      <ol class="steps" role="list">
        ${steps(alert, this.told).map(
          ({ kind, at, by }) => html`<li>
            ${kind === "began" ? this.t("alerts.began") : this.app.word(`events.steps.${kind}`)}${by === null ? nothing : ` · ${person(this.app, by)}`}<br />
            <span class="dim small number">${at === null ? nothing : this.app.format.dateTime(at, { seconds: kind !== "began" })}</span>
          </li>`,
        )}
      </ol>
      ${this.toldError ? html`<p class="dim small">${this.t("alerts.no_history", { error: this.toldError })}</p>` : nothing}
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-alert-view": CsjAlertView;
  }
}
