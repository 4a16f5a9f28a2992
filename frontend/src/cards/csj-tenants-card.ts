import { css, html, nothing } from "lit";
import { state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { MeterDetail } from "../api/meter";
import type { MeterRow } from "../api/meters";
import { element } from "../elements/element";
import { follow } from "../home_assistant";
import { ListSubscription } from "../subscription";
import "../elements/csj-standing";
import { cardStyle, type CardConfig, CsjCard } from "./card";
import { creditWords, daysLeft, toldDays, type Tone, tone } from "./credit";
import { tenantsForm } from "./form";
import "./csj-reminder";
import { byUrgency, type Tenant } from "./tenants";

const SECONDS = 60;

interface TenantsConfig extends CardConfig {
  circuit?: string;
}

/** Whoever sells credit: whose is running out, who paid last, and a reminder. */
@element("csj-tenants-card")
export class CsjTenantsCard extends CsjCard<TenantsConfig> {
  static override styles = [
    ...cardStyle,
    css`
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 2px 12px;
        align-items: start;
        padding: 10px 0;
        border-bottom: 1px solid var(--csj-line);
      }
      li:last-child {
        border-bottom: none;
      }
      .credit {
        text-align: end;
      }
      li > .row {
        grid-column: 1 / -1;
        flex-wrap: nowrap;
        align-items: start;
      }
      li > .row > div {
        flex: 1 1 40%;
        min-width: 0;
      }
      csj-reminder {
        flex: 0 1 60%;
        min-width: 0;
      }
      @container (min-width: 560px) {
        li {
          grid-template-columns: minmax(0, 1.4fr) minmax(0, 1fr) minmax(0, 1.6fr);
          align-items: center;
        }
        li > .row {
          grid-column: auto;
        }
      }
    `,
  ];

  @state() private meters: readonly MeterDetail[] | null = null;
  @state() private tenants: ReadonlyMap<string, Tenant> = new Map();

  private waiting: ReturnType<typeof setTimeout> | undefined;
  private asked = "";
  private round = 0;
  /** Nothing is asked for a window that nobody sees. */
  private readonly seen = () => {
    if (!document.hidden && this.asked !== "") void this.look();
  };

  private readonly list = new ListSubscription<MeterRow>(
    this,
    () => (this.app.may("see_money") ? { command: "meters/subscribe" } : null),
    "meters",
    (row) => row.serial,
  );

  static getConfigForm() {
    return tenantsForm();
  }

  static getStubConfig() {
    return {};
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6 };
  }

  getCardSize(): number {
    return 6;
  }

  override setConfig(config: TenantsConfig): void {
    if (config.circuit !== undefined && typeof config.circuit !== "string") throw new Error("circuit: text expected");
    super.setConfig(config);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.seen);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.seen);
    clearTimeout(this.waiting);
    this.round += 1;
    this.asked = "";
  }

  /** Rows with credit, of the circuit that was chosen. */
  private get rows(): MeterRow[] {
    const { circuit } = this.config;
    return [...this.list.rows.values()].filter((row) => row.balance !== null && (!circuit || row.circuit === circuit));
  }

  protected override updated(): void {
    if (this.app === undefined || this.list.standing !== "live") return;
    const wanted = JSON.stringify(this.rows.map(({ serial, state }) => [serial, state]));
    if (wanted === this.asked) return;
    this.asked = wanted;
    void this.look();
  }

  /** How long the credit of each lasts, and who lives there: one meter after the other, again after a while. */
  private async look(): Promise<void> {
    clearTimeout(this.waiting);
    const round = ++this.round;
    if (document.hidden) return;
    const { app } = this;
    const found: MeterDetail[] = [];
    for (const { serial } of this.rows) {
      const told = await app.call<{ meter: MeterDetail }>("meter", { serial }).catch(() => null);
      if (round !== this.round) return;
      if (told !== null) found.push(told.meter);
    }
    this.meters = found;
    this.waiting = setTimeout(() => void this.look(), SECONDS * 1000);
    // people need not be entered; to ask for what is refused would be a line of the audit log
    if (!app.may("tenants")) return;
    const told = await app.act<{ tenants: Tenant[] }>("list_tenants", {}).catch(() => null);
    if (round === this.round && told !== null) this.tenants = new Map(told.tenants.filter((one) => one.moved_out === null).map((one) => [one.meter, one]));
  }

  protected override content() {
    if (!this.app.may("see_money")) return this.words(this.w("cards.credit.not_allowed"));
    const known = new Map((this.meters ?? []).map((meter) => [meter.serial, meter]));
    const { rows } = this;
    const shown = byUrgency(rows.map((row) => ({ ...row, money: known.get(row.serial)?.money ?? null })));
    return html`
      <h2>${this.config.name ?? this.w("cards.tenants.title")}</h2>
      <csj-standing .app=${this.app} .standing=${this.list.standing} .error=${this.list.error}></csj-standing>
      ${this.list.standing === "live" && !rows.length ? html`<p class="dim" role="status">${this.w(this.list.loading ? "panel.meters.loading" : "cards.tenants.none")}</p>` : nothing}
      <ul>
        ${repeat(
          shown,
          ({ serial }) => serial,
          (row) => this.row(row),
        )}
      </ul>
    `;
  }

  private row(row: MeterRow & Pick<MeterDetail, "money">) {
    const { format } = this.app;
    const { money } = row;
    const of = money === null ? null : tone(money);
    const days = money === null ? null : daysLeft(money.forecast);
    const tenant = this.tenants.get(row.serial);
    const path = `/csj-meter/meters/${encodeURIComponent(row.serial)}`;
    const balance = format.credit(row.balance?.value, row.balance?.unit);
    return html`<li data-serial=${row.serial}>
      <div>
        <a href=${path} @click=${(event: MouseEvent) => follow(event, path)}>${row.name}</a>
        ${tenant === undefined ? nothing : html`<p class="small dim">${tenant.name}</p>`}
      </div>
      <div class="credit">
        <p class="number">${balance}</p>
        ${this.stands(row, money, of)}
      </div>
      <div class="row">
        <div>
          <p class="small ${of ?? ""}">${days === null ? this.w(money?.forecast?.outlook === "lasts" ? "cards.tenants.lasts" : "cards.tenants.unknown") : this.w("cards.tenants.days", { days: format.number(toldDays(days)) })}</p>
          <p class="small dim">${this.payment(money)}</p>
        </div>
        ${this.reminder(row, money, tenant, balance)}
      </div>
    </li>`;
  }

  /** What the meter says of its credit; one that says nothing is not fine, however long its credit lasts. */
  private stands({ state }: MeterRow, money: MeterDetail["money"], of: Tone | null) {
    const words = money && creditWords(money);
    if (state === "online" && words) return html`<p class="small dot ${of ?? "dim"}">${this.t(words)}</p>`;
    const tone = state === "online" || state === "disabled" ? "dim" : "warning";
    return html`<p class="small dot ${tone}">${this.t(`meter_states.${state}`)}</p>`;
  }

  private payment(money: MeterDetail["money"]): string {
    const last = money?.last_payment ?? null;
    if (last === null) return this.w("cards.tenants.no_payment");
    const { format } = this.app;
    return this.w("cards.tenants.last_payment", {
      amount: format.credit(last.amount, last.unit),
      date: format.date(last.at),
      state: this.t(`meter.payments.${last.state}`),
    });
  }

  private reminder(row: MeterRow, money: MeterDetail["money"], tenant: Tenant | undefined, balance: string) {
    if (tenant === undefined || row.device_id === null) return nothing;
    const { format } = this.app;
    const until = money?.forecast?.runs_out_at ?? null;
    const text = this.w(until === null ? "cards.tenants.letter" : "cards.tenants.letter_until", {
      name: tenant.name,
      meter: row.name,
      balance,
      date: format.date(until),
    });
    return html`<csj-reminder
      .app=${this.app}
      .tenant=${tenant}
      .deviceId=${row.device_id}
      .subject=${this.w("cards.tenants.subject", { meter: row.name })}
      .text=${text}
    ></csj-reminder>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-tenants-card": CsjTenantsCard;
  }
}
