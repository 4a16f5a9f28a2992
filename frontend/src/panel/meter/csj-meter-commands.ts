import { css, html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";

import type { CommandResult, CommandRow, MeterDetail } from "../../api/meter";
import { isLost } from "../../app";
import "../../elements/csj-dialog";
import type { CsjDialog } from "../../elements/csj-dialog";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { consequence, grouped, named } from "./command_rows";

interface Question {
  row: CommandRow;
  value: unknown;
  consequence: string;
}

/** What the meter can be told to do: each with its progress, and what became of it. Fires `done` after a command. */
@element("csj-meter-commands")
export class CsjMeterCommands extends AppElement {
  static override styles = [
    style,
    css`
      .block {
        margin-top: 12px;
        display: grid;
        gap: 8px;
      }
      .presses {
        margin-top: 12px;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: end;
      }
      input,
      select {
        width: 140px;
      }
      select {
        width: auto;
      }
      .outcome:has(p:not(:empty)) {
        margin-top: 12px;
      }
      summary {
        cursor: pointer;
      }
    `,
  ];

  @property({ attribute: false }) meter!: MeterDetail;

  @state() private running: CommandRow | null = null;
  @state() private outcome: { text: string; failed: boolean } | null = null;
  @state() private question: Question | null = null;
  /** What was told before an answer was lost: the contact may be another one, until it is told anew. */
  @state() private doubted: readonly CommandRow[] | null = null;
  @query("csj-dialog") private dialog!: CsjDialog;

  protected override render() {
    const { presses, settings, supply, prices } = grouped(this.meter.commands);
    if (!presses.length && !settings.length && !supply.length && !prices.length) return nothing;
    return html`<section class="card" aria-busy=${this.running !== null}>
      <h2>${this.t("meter.commands")}</h2>
      <div class="row presses">${presses.map((row) => this.press(row))}</div>
      ${settings.length ? html`<div class="block">${settings.map((row) => this.control(row))}</div>` : nothing}
      ${supply.length
        ? html`<div class="block">
            <h3>${this.t("meter.supply")}</h3>
            ${supply.map((row) => this.control(row))}
          </div>`
        : nothing}
      ${prices.length
        ? html`<details class="block">
            <summary>${this.t("meter.prices")}</summary>
            <div class="block">${prices.map((row) => this.control(row))}</div>
          </details>`
        : nothing}
      <div class="outcome">
        ${this.running === null
          ? nothing
          : html`<progress aria-label=${this.t("meter.command_runs", { command: this.name(this.running) })}></progress>`}
        <p class=${this.outcome?.failed ? "critical" : ""} role="status">
          ${this.running === null
            ? (this.outcome?.text ?? "")
            : this.t("meter.command_runs", { command: this.name(this.running) })}
        </p>
      </div>
      ${this.asking()}
    </section>`;
  }

  private name(row: CommandRow): string {
    const { key, tariff } = named(row.name);
    return this.t(`meter.of_command.${key}`, { tariff });
  }

  private press(row: CommandRow) {
    return html`<button ?disabled=${this.running !== null} @click=${() => this.ask(row, undefined)}>${this.name(row)}</button>`;
  }

  private control(row: CommandRow) {
    switch (row.kind) {
      case "press":
        return html`<div>${this.press(row)}</div>`;
      case "switch":
        return this.contact(row);
      case "select":
        return html`<form @submit=${(event: SubmitEvent) => this.submit(event, row)}>
          <label
            >${this.name(row)}
            <select name="value">
              ${row.options.map(
                (option) => html`<option value=${option} ?selected=${option === row.value}>${this.t(`meter.relay_modes.${option}`)}</option>`,
              )}
            </select></label
          >
          ${this.set(row)}
        </form>`;
      case "number":
        return html`<form @submit=${(event: SubmitEvent) => this.submit(event, row)}>
          <label
            >${this.name(row)}${row.unit ? ` (${row.unit})` : ""}
            <input name="value" type="number" required min=${row.min} max=${row.max} step=${row.step} .value=${String(row.value ?? "")}
          /></label>
          ${this.set(row)}
        </form>`;
    }
  }

  private set(row: CommandRow) {
    return html`<button ?disabled=${this.running !== null} aria-label="${this.t("meter.set")}: ${this.name(row)}">
      ${this.t("meter.set")}
    </button>`;
  }

  private contact(row: CommandRow & { kind: "switch" }) {
    // what a meter that does not answer has said last is not what is so: it may be silent for want of supply
    const known = this.meter.state === "online" && this.doubted !== this.meter.commands;
    const closed = known ? row.value : null;
    return html`<div class="row">
      <span class=${closed === null ? "dim" : closed ? "good" : "critical"}>
        ${this.t(closed === null ? "meter.contact_unknown" : closed ? "meter.contact_closed" : "meter.contact_open")}
      </span>
      ${closed === null ? html`${this.turn(row, false)} ${this.turn(row, true)}` : this.turn(row, !closed)}
    </div>`;
  }

  /** One and the same button switches off and on again: whoever uses the keyboard stays on it. */
  private turn(row: CommandRow, on: boolean) {
    return html`<button class=${on ? "" : "danger"} ?disabled=${this.running !== null} @click=${() => this.ask(row, on)}>
      ${this.t(on ? "meter.connect" : "meter.disconnect")}
    </button>`;
  }

  private asking() {
    const { question } = this;
    return html`<csj-dialog
      .app=${this.app}
      .heading=${question === null ? "" : `${this.deed(question)}: ${this.meter.name}`}
      .action=${question === null ? "" : this.deed(question)}
      .danger=${question?.consequence !== "money"}
      .work=${() => (question === null ? Promise.resolve() : this.give(question.row, question.value))}
    >
      ${question === null ? nothing : html`<p>${this.t(`meter.consequences.${question.consequence}`, { value: String(question.value) })}</p>`}
    </csj-dialog>`;
  }

  private deed({ row, value }: Question): string {
    if (row.kind === "switch") return this.t(value ? "meter.connect" : "meter.disconnect");
    return this.name(row);
  }

  private submit(event: SubmitEvent, row: CommandRow): void {
    event.preventDefault();
    const value = String(new FormData(event.target as HTMLFormElement).get("value"));
    this.ask(row, row.kind === "number" ? Number(value) : value);
  }

  /** Do it, or ask first where it is not without consequences. */
  private ask(row: CommandRow, value: unknown): void {
    const leads = consequence(row, value);
    if (leads !== null) {
      this.question = { row, value, consequence: leads };
      void this.dialog.show();
      return;
    }
    void this.give(row, value).catch(() => undefined);
  }

  /** Give the command. Rejects with the error that it has told of. */
  private async give(row: CommandRow, value: unknown): Promise<void> {
    this.running = row;
    this.outcome = null;
    try {
      const result = await this.app.call<CommandResult>("command", {
        serial: this.meter.serial,
        command: row.name,
        ...(value === undefined ? {} : { value }),
      });
      this.outcome = { text: this.told(row, result), failed: false };
    } catch (error) {
      const lost = isLost(error);
      if (lost) this.doubted = this.meter.commands;
      // nothing goes on by itself here: what was on its way is done or not, and nobody knows which
      const told = lost ? { code: "lost", message: this.t("meter.command_lost") } : error;
      this.outcome = { text: `${this.name(row)}: ${this.app.sentence(told)}`, failed: true };
      throw told;
    } finally {
      this.running = null;
      this.dispatchEvent(new Event("done"));
      // the question that closes now gives the focus back to a button, which has to take it again by then
      await this.updateComplete;
    }
  }

  private told(row: CommandRow, { round_trip_ms, values }: CommandResult): string {
    const text = this.t("meter.command_done", { command: this.name(row), ms: this.app.format.number(round_trip_ms, 0) });
    const said = values?.[row.name];
    const contact = values?.relay_contact;
    if (contact === "open" || contact === "closed")
      return `${text} ${this.t(contact === "open" ? "meter.contact_open" : "meter.contact_closed")}`;
    return row.kind === "number" && typeof said === "number"
      ? `${text} ${this.t("meter.meter_says", { value: this.app.format.measured(said, row.unit) })}`
      : text;
  }
}
