import { css, html, nothing, type PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";

import type { Alert, Answered } from "../../api/alerts";
import type { CsjDialog } from "../../elements/csj-dialog";
import "../../elements/csj-dialog";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { type Answer, answers } from "./alert_list";
import { headingOf } from "./words";

/** Minutes for which something is put aside. */
const SHELVES = [60, 480, 1440, 10_080];
const LONGEST = 10_080;
const UNITS = { minute: 1, hour: 60, day: 1440 } as const;

/** What an answer has made of an alert; null when it was not taken after all. */
export interface AlertAnswer {
  alert_id: string;
  alert: Alert | null;
}

/**
 * What may be answered to an alert.
 *
 * Fires `answered` with the alert as it is then, at once where the answer is as good as sure. It may be of the alert
 * that was here before.
 */
@element("csj-alert-actions")
export class CsjAlertActions extends AppElement {
  static override styles = [
    style,
    css`
      fieldset {
        border: none;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 10px;
      }
      legend {
        padding: 0 0 10px;
      }
      .own input {
        width: 90px;
      }
      .error {
        margin-top: 8px;
      }
    `,
  ];

  @property({ attribute: false }) alert!: Alert;
  @property({ attribute: false }) now = 0;

  @state() private busy: Answer | "" = "";
  @state() private error = "";
  @state() private shelf: number | "own" = 60;
  @query("#false-alarm") private falseAlarm!: CsjDialog | null;
  @query("#shelve") private shelveDialog!: CsjDialog | null;
  @query("#amount") private amount!: HTMLInputElement;
  @query("#unit") private unit!: HTMLSelectElement;

  /** What is under way for the alert before, and what was about to be asked of it, is not of this one. */
  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("alert") as Alert | undefined;
    if (before === undefined || before.alert_id === this.alert.alert_id) return;
    this.error = "";
    this.busy = "";
    for (const dialog of [this.falseAlarm, this.shelveDialog]) dialog?.forget();
  }

  protected override render() {
    const { alert } = this;
    const possible = answers(alert, this.now);
    const name = { alert: headingOf(this.app, alert) };
    const may = {
      acknowledge: possible.has("acknowledge") && this.app.may("answer_alerts"),
      false_alarm: possible.has("false_alarm") && this.app.may("judge_alerts"),
      shelve: possible.has("shelve") && this.app.may("judge_alerts"),
      work_order: possible.has("work_order") && this.app.may("work_orders"),
    };
    return html`
      <div class="row">
        ${may.acknowledge ? this.button("acknowledge", this.app.word("buttons.acknowledge"), () => this.acknowledge(), true) : nothing}
        ${may.work_order ? this.button("work_order", this.t("alerts.create_work_order"), () => this.createWorkOrder()) : nothing}
        ${may.shelve ? this.button("shelve", this.t("alerts.shelve"), () => void this.shelveDialog?.show()) : nothing}
        ${may.false_alarm
          ? this.button("false_alarm", this.app.word("buttons.false_alarm"), () => void this.falseAlarm?.show())
          : nothing}
      </div>
      ${this.error ? html`<p class="critical error" role="alert">${this.error}</p>` : nothing}
      <csj-dialog
        id="false-alarm"
        .app=${this.app}
        .heading=${this.t("alerts.false_alarm_question", name)}
        .action=${this.app.word("buttons.false_alarm")}
        .work=${() => this.answer(alert, "report_false_alarm")}
      >
        <p>${this.t("alerts.false_alarm_text")}</p>
      </csj-dialog>
      <csj-dialog
        id="shelve"
        .app=${this.app}
        .heading=${this.t("alerts.shelve_question", name)}
        .action=${this.t("alerts.shelve")}
        .work=${() => this.shelve(alert)}
      >
        <p>${this.t("alerts.shelve_text")}</p>
        <fieldset>
          <legend class="hidden-label">${this.t("alerts.shelve_question", name)}</legend>
          ${SHELVES.map((minutes) => this.choice(minutes, this.app.format.duration(minutes * 60)))}
          ${this.choice("own", this.t("alerts.shelve_own"))}
          <div class="row own" ?hidden=${this.shelf !== "own"}>
            <input id="amount" type="number" min="1" step="1" value="2" inputmode="numeric" aria-label=${this.t("alerts.amount")} />
            <select id="unit" aria-label=${this.t("alerts.unit")}>
              ${Object.keys(UNITS).map((unit) => html`<option .value=${unit} ?selected=${unit === "hour"}>${this.t(`alert_units.${unit}`)}</option>`)}
            </select>
          </div>
        </fieldset>
      </csj-dialog>
    `;
  }

  private button(answer: Answer, text: string, act: () => void, isMain = false) {
    const busy = this.busy === answer;
    return html`<button class=${isMain ? "main" : ""} data-answer=${answer} ?disabled=${this.busy !== ""} @click=${act}>
      ${busy ? this.t("dialog.busy") : text}
    </button>`;
  }

  private choice(minutes: number | "own", text: string) {
    return html`<label class="check"
      ><input
        type="radio"
        name="shelf"
        .checked=${this.shelf === minutes}
        @change=${() => (this.shelf = minutes)}
      />${text}</label
    >`;
  }

  private async acknowledge(): Promise<void> {
    const { alert } = this;
    const at = new Date().toISOString();
    this.tell(alert, { ...alert, state: "acknowledged", acknowledged_at: at, acknowledged_by: this.app.info.user });
    await this.working(alert, "acknowledge", () => this.answer(alert, "acknowledge"));
  }

  private async createWorkOrder(): Promise<void> {
    const { alert } = this;
    const answered = await this.working(alert, "work_order", () => this.answer(alert, "create_work_order"));
    const name = answered?.work_order?.name;
    if (name) this.toast(this.t("alerts.work_order_open", { name }));
  }

  private async shelve(alert: Alert): Promise<void> {
    const own = this.amount.valueAsNumber * UNITS[this.unit.value as keyof typeof UNITS];
    const minutes = this.shelf === "own" ? Math.round(own) : this.shelf;
    if (!(minutes >= 1 && minutes <= LONGEST)) throw new Error(this.t("alerts.shelve_bounds"));
    await this.answer(alert, "shelve", { minutes });
  }

  private async answer(alert: Alert, command: string, data: Record<string, unknown> = {}): Promise<Answered> {
    const answered = await this.app.call<Answered>(`alerts/${command}`, { alert_id: alert.alert_id, ...data });
    this.tell(alert, answered.alert);
    return answered;
  }

  private async working<T>(alert: Alert, answer: Answer, work: () => Promise<T>): Promise<T | undefined> {
    this.busy = answer;
    this.error = "";
    const isHere = () => alert.alert_id === this.alert.alert_id;
    try {
      return await work();
    } catch (error) {
      this.tell(alert, null);
      if (isHere()) this.error = this.app.sentence(error);
      else this.toast(`${headingOf(this.app, alert)}: ${this.app.sentence(error)}`);
      return undefined;
    } finally {
      if (isHere()) this.busy = "";
    }
  }

  private tell({ alert_id }: Alert, alert: Alert | null): void {
    this.dispatchEvent(new CustomEvent<AlertAnswer>("answered", { detail: { alert_id, alert } }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-alert-actions": CsjAlertActions;
  }
}
