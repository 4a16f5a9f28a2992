import { css, html, nothing } from "lit";
import { property } from "lit/decorators.js";

import type { AuditLine } from "../../api/figures";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { follow } from "../../home_assistant";
import { cardTable } from "../card_table";
import { OwnWords } from "../own_words";
import { address } from "../address";
import { audited, ownKeys, textKey, valueKey, whoKey } from "./audited";

const TONES: Record<AuditLine["outcome"], string> = { done: "good", failed: "critical", refused: "warning", unknown: "neutral" };

const ON = new Set(["True", "on"]);
const OFF = new Set(["False", "off"]);

/** Lines of the audit log, the newest first. */
@element("csj-audit-table")
export class CsjAuditTable extends AppElement {
  static override styles = [
    style,
    cardTable,
    css`
      td {
        overflow-wrap: anywhere;
      }
      .at {
        white-space: nowrap;
      }
      tr {
        content-visibility: auto;
        contain-intrinsic-size: auto 48px;
      }
    `,
  ];

  @property({ attribute: false }) lines: readonly AuditLine[] = [];
  /** Serial number → name. */
  @property({ attribute: false }) names: ReadonlyMap<string, string> = new Map();

  private readonly words = new OwnWords(this, ["entity", "services", "selector"]);

  protected override render() {
    const heading = (key: string) => html`<th role="columnheader" scope="col">${this.t(`audit.columns.${key}`)}</th>`;
    return html`<div class="scroll">
      <table class="cards" role="table" aria-label=${this.t("audit.table")}>
        <thead role="rowgroup">
          <tr role="row">
            ${heading("what")} ${heading("at")} ${heading("who")} ${heading("where")} ${heading("outcome")}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${this.lines.map((line) => this.line(line))}
        </tbody>
      </table>
    </div>`;
  }

  private line(line: AuditLine) {
    const { name, to } = audited(line.what);
    const cell = (key: string, content: unknown) =>
      html`<td role="cell" data-label=${this.t(`audit.columns.${key}`)}><span>${content}</span></td>`;
    return html`<tr role="row">
      <td role="cell" class="first" title=${line.what}>
        <span
          >${this.named(name)}${to ? `: ${this.setTo(name, to)}` : ""}<br /><span class="small dim"
            >${this.t(`permissions.${line.permission}`)}</span
          ></span
        >
      </td>
      <td role="cell" class="number at" style="text-align:start" data-label=${this.t("audit.columns.at")}>
        ${this.app.format.dateTime(line.at, { seconds: true })}
      </td>
      ${cell("who", html`${this.who(line)} ${this.roleOf(line)}`)}
      ${cell("where", this.where(line))}
      <td role="cell" data-label=${this.t("audit.columns.outcome")}>
        <span
          ><span class="chip dot ${TONES[line.outcome]}">${this.t(`audit.outcomes.${line.outcome}`)}</span>
          ${line.detail ? html`<br /><span class="small dim">${this.detail(line.detail)}</span>` : nothing}</span
        >
      </td>
    </tr>`;
  }

  private roleOf({ role }: AuditLine) {
    return role === null ? nothing : html`<span class="small dim">${this.t(`roles.${role}`)}</span>`;
  }

  private where({ serial, circuit }: AuditLine) {
    if (serial === null) return circuit === null ? this.t("audit.site") : this.t("audit.circuit", { circuit });
    const path = address("meters", serial);
    return html`<a href=${path} @click=${(event: MouseEvent) => follow(event, path)}>${this.names.get(serial) ?? serial}</a>`;
  }

  /** In the words of the panel, or of the action or entity of that name; as it was written where there are none. */
  private named(name: string): string {
    const key = textKey(name);
    const text = this.t(`audit_names.${key}`);
    if (text !== `panel.audit_names.${key}`) return text;
    for (const own of ownKeys(name)) {
      const found = this.words.get(own, { tariff: name.slice(-1) });
      if (found) return found;
    }
    return name;
  }

  private setTo(name: string, to: string): string {
    if (ON.has(to)) return this.t("audit.on");
    if (OFF.has(to)) return this.t("audit.off");
    return this.words.get(valueKey(name, to)) || to;
  }

  private who(line: AuditLine): string {
    return whoKey(line) === null ? line.name : this.t(`audit.who.${whoKey(line)}`);
  }

  /** What went wrong: of an error the log has the key, and no more of what was meant. */
  private detail(key: string): string {
    const text = this.t(`audit_details.${key}`);
    if (text !== `panel.audit_details.${key}`) return text;
    return this.app.exception(key) || this.t("audit.unforeseen", { error: key });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-audit-table": CsjAuditTable;
  }
}
