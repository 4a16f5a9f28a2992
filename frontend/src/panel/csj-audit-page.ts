import { css, html, nothing, type PropertyValues } from "lit";
import { state } from "lit/decorators.js";

import type { AuditLine } from "../api/figures";
import type { MeterRow } from "../api/meters";
import { AppElement, element } from "../elements/element";
import "../elements/csj-notice";
import { style } from "../elements/style";
import { Answer } from "./answer";
import "./audit/csj-audit-table";
import { PORTAL, whoKey } from "./audit/audited";
import { type AuditFilter, question, span } from "./audit/filter";

const PAGE = 100;
const CSV = "/api/csj_meter/audit.csv";

interface User {
  id: string;
  name: string | null;
  system_generated: boolean;
}

/** Who asked for what, whether it was allowed, and what came of it. */
@element("csj-audit-page")
export class CsjAuditPage extends AppElement {
  static override styles = [
    style,
    css`
      .filters {
        align-items: end;
      }
      .filters label {
        min-width: 150px;
      }
      /* the longest name of a meter is not what the others have to give way to */
      .filters select {
        max-width: 240px;
      }
      @media (max-width: 600px) {
        .filters label {
          flex: 1 1 40%;
          min-width: 0;
        }
        .filters select,
        .filters input {
          width: 100%;
          max-width: none;
        }
      }
    `,
  ];

  @state() private filter: AuditFilter = { from: "", to: "", user: "", serial: "", allowed: "" };
  @state() private users: ReadonlyMap<string, string> = new Map();
  @state() private lines: readonly AuditLine[] = [];
  @state() private more = false;
  @state() private busy = false;

  private shown: unknown = null;

  private readonly first = new Answer<{ lines: AuditLine[]; more: boolean }>(this, () =>
    this.isPossible ? question(this.filter, PAGE, this.zone) : null,
  );
  private readonly meters = new Answer<{ meters: MeterRow[] }>(this, () => ({ command: "meters/list" }));

  /** That of times as this user sees them. */
  private get zone(): string | undefined {
    return this.app.hass.locale.time_zone === "server" ? this.app.info.time_zone : undefined;
  }

  private get isPossible(): boolean {
    const { from, to } = this.filter;
    return !from || !to || from <= to;
  }

  protected override firstUpdated(): void {
    void this.loadUsers();
  }

  protected override willUpdate(_changed: PropertyValues): void {
    const { value } = this.first;
    if (value === this.shown) return;
    this.shown = value;
    this.lines = value?.lines ?? [];
    this.more = value?.more ?? false;
  }

  protected override render() {
    const { error } = this.first;
    return html`<div class="stack">
      ${this.filters()}
      ${this.isPossible
        ? error === null
          ? this.list()
          : html`<csj-notice .app=${this.app} kind="error" .text=${this.app.sentence(error)}>
              <button @click=${() => this.first.again()}>${this.t("audit.again")}</button>
            </csj-notice>`
        : html`<csj-notice .app=${this.app} kind="error" .text=${this.t("audit.wrong_range")}></csj-notice>`}
    </div>`;
  }

  private filters() {
    const meters = this.meters.value?.meters ?? [];
    const day = (name: "from" | "to") =>
      html`<label>${this.t(`audit.${name}`)} <input type="date" .value=${this.filter[name]} @change=${this.set(name)} /></label>`;
    const choice = (name: "user" | "serial" | "allowed", options: readonly (readonly [string, string])[]) =>
      html`<label
        >${this.t(`audit.${name}`)}
        <select @change=${this.set(name)}>
          <option value="">${this.t("audit.all")}</option>
          ${options.map(([value, text]) => html`<option .value=${value} ?selected=${value === this.filter[name]}>${text}</option>`)}
        </select></label
      >`;
    return html`<div class="row spread filters">
      <div class="row filters" role="search">
        ${day("from")} ${day("to")} ${choice("user", [...this.people()])}
        ${choice(
          "serial",
          meters.map((row) => [row.serial, row.name] as const),
        )}
        ${choice("allowed", [
          ["yes", this.t("audit.allowed_only")],
          ["no", this.t("audit.refused_only")],
        ])}
      </div>
      ${this.app.may("export")
        ? html`<button ?disabled=${!this.isPossible} @click=${this.download}>${this.t("audit.download")}</button>`
        : nothing}
      ${this.app.may("export") && (this.filter.user || this.filter.serial || this.filter.allowed)
        ? html`<p class="small dim">${this.t("audit.download_all")}</p>`
        : nothing}
    </div>`;
  }

  /** Who may be chosen, as what is asked for them: whoever has an account or is in the lines. */
  private people(): ReadonlyMap<string, string> {
    const people = new Map(this.users);
    const { user } = this.filter;
    if (user === PORTAL) people.set(PORTAL, this.t(`audit.who.${PORTAL}`));
    for (const line of this.lines) {
      const id = whoKey(line) === PORTAL ? PORTAL : line.user_id;
      if (id !== null && !people.has(id)) people.set(id, this.nameOf(line));
    }
    return people;
  }

  private nameOf(line: AuditLine): string {
    const key = whoKey(line);
    return key === null ? line.name : this.t(`audit.who.${key}`);
  }

  private list() {
    if (this.first.value === null) return html`<csj-notice .app=${this.app} kind="wait"></csj-notice>`;
    if (!this.lines.length) return html`<csj-notice .app=${this.app} kind="empty" .text=${this.t("audit.none")}></csj-notice>`;
    const names = new Map(this.meters.value?.meters.map((row) => [row.serial, row.name]));
    return html`<section class="card stack">
      <csj-audit-table .app=${this.app} .lines=${this.lines} .names=${names}></csj-audit-table>
      <div class="row spread">
        <p class="dim small" role="status">${this.t(this.more ? "audit.count_more" : "audit.count", { count: this.lines.length })}</p>
        ${this.more
          ? html`<button ?disabled=${this.busy} @click=${this.older}>${this.t(this.busy ? "dialog.busy" : "audit.older")}</button>`
          : nothing}
      </div>
    </section>`;
  }

  private set(key: keyof AuditFilter) {
    return (event: Event): void => {
      this.filter = { ...this.filter, [key]: (event.target as HTMLInputElement).value };
    };
  }

  private readonly older = async (): Promise<void> => {
    const { command, ...data } = question(this.filter, PAGE, this.zone, this.lines.at(-1)?.number);
    const before = this.shown;
    this.busy = true;
    const next = await this.attempt(() => this.app.call<{ lines: AuditLine[]; more: boolean }>(command, data));
    this.busy = false;
    // somebody may have chosen other lines meanwhile
    if (next === undefined || before !== this.shown) return;
    this.lines = [...this.lines, ...next.lines];
    this.more = next.more;
  };

  private readonly download = async (): Promise<void> => {
    const { start, end } = span(this.filter, this.zone);
    const asked = new URLSearchParams({ ...(start ? { since: start } : {}), ...(end ? { until: end } : {}) }).toString();
    const signed = await this.attempt(() =>
      this.app.hass.callWS<{ path: string }>({ type: "auth/sign_path", path: asked ? `${CSV}?${asked}` : CSV }),
    );
    if (signed === undefined) return;
    const link = document.createElement("a");
    link.href = signed.path;
    link.download = "";
    link.click();
  };

  /** Everybody who has an account, for owners; others choose from those who are in the lines. */
  private async loadUsers(): Promise<void> {
    if (!this.app.hass.user?.is_admin) return;
    const users = await this.attempt(() => this.app.hass.callWS<User[]>({ type: "config/auth/list" }));
    const people = (users ?? []).filter((user) => !user.system_generated);
    this.users = new Map(people.map((user) => [user.id, user.name ?? user.id]));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-audit-page": CsjAuditPage;
  }
}
