import { css, html, nothing } from "lit";
import { property } from "lit/decorators.js";

import type { ReplayFinding, ReplayResult } from "../../api/figures";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { follow } from "../../home_assistant";
import { cardTable } from "../card_table";
import { address } from "../address";
import { type Compared, compared, difference } from "./setting";

/** What holds beside what was tried, and what would have been found with it. */
@element("csj-what-if-result")
export class CsjWhatIfResult extends AppElement {
  static override styles = [
    style,
    cardTable,
    css`
      .compared {
        max-width: 640px;
      }
      .compared tbody th {
        font-size: 14px;
        font-weight: 400;
        color: inherit;
      }
      .nowrap {
        white-space: nowrap;
      }
      td {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) result!: ReplayResult;
  /** What was tried, in a line. */
  @property() tried = "";
  /** Serial number → name. */
  @property({ attribute: false }) names: ReadonlyMap<string, string> = new Map();

  protected override render() {
    const { start, end, now, then, kind } = this.result;
    const { format } = this.app;
    const { word, count } = difference(now.findings, then.findings);
    return html`<section class="card stack" aria-labelledby="result">
        <div>
          <h2 id="result">${this.app.word(`kinds.${kind}`)}: ${this.t(`what_if.differences.${word}`, { count })}</h2>
          <p class="small dim">${this.tried}</p>
          <p>
            ${this.t("what_if.summary", {
              now: now.findings,
              then: then.findings,
              start: format.date(start),
              end: format.date(end),
            })}
          </p>
        </div>
        <table class="compared">
          <thead>
            <tr>
              <th><span class="hidden-label">${this.t("what_if.figure")}</span></th>
              <th scope="col" class="number">${this.t("what_if.now")}</th>
              <th scope="col" class="number">${this.t("what_if.then")}</th>
              <th scope="col">${this.t("what_if.difference")}</th>
            </tr>
          </thead>
          <tbody>
            ${compared(now, then).map((row) => this.row(row))}
          </tbody>
        </table>
      </section>
      ${this.findings()}`;
  }

  private row({ name, now, then }: Compared) {
    const { format } = this.app;
    const { word, count } = difference(now, then);
    const label = name === "findings" || name === "meters" ? this.t(`what_if.rows.${name}`) : this.app.word(`severities.${name}`);
    return html`<tr>
      <th scope="row">${label}</th>
      <td class="number">${format.number(now, 0)}</td>
      <td class="number">${format.number(then, 0)}</td>
      <td class=${word === "same" ? "dim" : ""}>${this.t(`what_if.differences.${word}`, { count: format.number(count, 0) })}</td>
    </tr>`;
  }

  private findings() {
    const { findings, more } = this.result;
    if (!findings.length) return nothing;
    const heading = (key: string) => html`<th role="columnheader" scope="col">${this.t(`what_if.columns.${key}`)}</th>`;
    return html`<section class="card stack" style="margin-top:16px" aria-labelledby="findings">
      <div>
        <h2 id="findings">${this.t("what_if.findings")}</h2>
        ${more ? html`<p class="dim">${this.t("what_if.more", { count: findings.length })}</p>` : nothing}
      </div>
      <div class="scroll">
        <table class="cards" role="table" aria-labelledby="findings">
          <thead role="rowgroup">
            <tr role="row">
              ${heading("meter")} ${heading("at")} ${heading("severity")} ${heading("message")}
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${[...findings].reverse().map((finding) => this.finding(finding))}
          </tbody>
        </table>
      </div>
    </section>`;
  }

  private finding({ serial, at, severity, message }: ReplayFinding) {
    const path = address("meters", serial);
    return html`<tr role="row">
      <td role="cell" class="first">
        <a href=${path} @click=${(event: MouseEvent) => follow(event, path)}>${this.names.get(serial) ?? serial}</a>
      </td>
      <td role="cell" class="number nowrap" style="text-align:start" data-label=${this.t("what_if.columns.at")}>${this.app.format.dateTime(at)}</td>
      <td role="cell" data-label=${this.t("what_if.columns.severity")}>
        <span class="chip dot ${severity === "info" ? "neutral" : severity}">${this.app.word(`severities.${severity}`)}</span>
      </td>
      <td role="cell" class="text">${message}</td>
    </tr>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-what-if-result": CsjWhatIfResult;
  }
}
