import { css, html, nothing, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";

import type { MeterDetail } from "../api/meter";
import type { LiveEvent, MeterRow } from "../api/meters";
import type { App } from "../app";
import { AppElement, element } from "../elements/element";
import "../elements/csj-standing";
import { style } from "../elements/style";
import { follow } from "../home_assistant";
import { Repeated } from "../repeated";
import { isFinal, ListSubscription, Subscription } from "../subscription";
import { address } from "./address";
import "./meter/csj-meter-commands";
import "./meter/csj-meter-downloads";
import "./meter/csj-meter-harmonics";
import "./meter/csj-meter-health";
import "./meter/csj-meter-log";
import "./meter/csj-meter-money";
import "./meter/csj-meter-phases";
import "./meter/csj-meter-strip";
import { usual } from "./meter/csj-meter-curves";
import { appended, type Point } from "./meter/traces";

/** What changes seldom is asked for anew that often, in seconds. */
const RENEW_SECONDS = 30;
/** While nothing is known of it, it is asked for that often. */
const RETRY_SECONDS = 3;
/** A value that is older than so many intervals breaks the curve. */
const PAUSE = 4;

/** One meter in depth: what it does now, what it did, and what can be done. */
@element("csj-meter-page")
export class CsjMeterPage extends AppElement {
  static override styles = [
    style,
    css`
      .parts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr));
        gap: 16px;
        align-items: start;
      }
      .column {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
    `,
  ];

  @property() serial = "";

  @state() private detail: MeterDetail | null = null;
  @state() private interval = 2;
  @state() private points: readonly Point[] = [];
  @state() private done = 0;

  private event: LiveEvent | null = null;
  private turn = 0;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  /** It was refused: it is not asked for by itself until something has changed. */
  private refused = false;
  private wasListed = false;
  private asker: App["info"] | undefined;
  private balance: number | null = null;
  protected readonly renewal = new Repeated(this, RENEW_SECONDS, () => this.refused || this.renew());
  private readonly meters = new ListSubscription<MeterRow>(
    this,
    () => ({ command: "meters/subscribe" }),
    "meters",
    (row) => row.serial,
  );
  private readonly live = new Subscription<LiveEvent>(
    this,
    () =>
      this.app.may("see_raw") ? { command: "live/subscribe", serial: this.serial, interval: this.interval } : null,
    (event) => {
      this.event = event;
      this.points = appended(this.points, event.live);
    },
  );

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) void this.renew();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.waiting);
    this.turn += 1;
  }

  protected override willUpdate(changed: PropertyValues): void {
    // another role may see it, and a meter that was not there may be taken in
    const listed = this.meters.rows.has(this.serial);
    const isOther = this.asker !== this.app.info || (listed && !this.wasListed);
    this.wasListed = listed;
    this.asker = this.app.info;
    const balance = this.meters.rows.get(this.serial)?.balance?.value ?? null;
    const isPaid = balance !== this.balance;
    this.balance = balance;
    if (!changed.has("serial")) {
      // the strip has another balance already: the card below is not to say what was
      if ((isOther && this.refused) || (isPaid && this.detail !== null)) void this.renew();
      return;
    }
    this.detail = this.event = null;
    this.points = [];
    void this.renew();
  }

  protected override render() {
    const row = this.meters.rows.get(this.serial);
    const back = address("meters");
    return html`<div class="stack">
      <nav aria-label=${this.t("meter.way_back")}>
        <a href=${back} @click=${(event: MouseEvent) => follow(event, back)}>← ${this.t("meter.back")}</a>
      </nav>
      <csj-standing .app=${this.app} .standing=${this.meters.standing} .error=${this.meters.error}></csj-standing>
      ${row === undefined ? this.missing() : this.meter(row)}
    </div>`;
  }

  private missing() {
    if (this.meters.standing !== "live") return nothing;
    const text = this.t(this.meters.loading ? "meters.loading" : "meter.none");
    return html`<csj-notice .app=${this.app} kind="empty" .text=${text}></csj-notice>`;
  }

  private meter(row: MeterRow) {
    const { app, detail } = this;
    const live = this.event?.live ?? null;
    const version = `${this.done} ${row.alerts?.alert_ids.join() ?? ""} ${row.state}`;
    const values = live === null || live.error !== null ? row.values : live.values;
    const every = this.event?.every ?? this.interval;
    return html`
      <csj-meter-strip .app=${app} .row=${row} .values=${values} .live=${live} .limits=${detail?.limits.voltage ?? null}></csj-meter-strip>
      ${this.live.error === null
        ? nothing
        : html`<csj-standing .app=${app} .standing=${this.live.standing} .error=${this.live.error}></csj-standing>`}
      <csj-meter-curves
        .app=${app}
        .serial=${this.serial}
        .quantities=${detail === null ? [] : detail.quantities.length ? detail.quantities : usual(detail.phases)}
        .limits=${detail?.limits.voltage ?? null}
        .points=${this.points}
        .pause=${Math.max(every * PAUSE, 15)}
        .every=${this.event?.every ?? null}
        .interval=${this.interval}
        .version=${version}
        @interval=${(event: CustomEvent<number>) => (this.interval = event.detail)}
      ></csj-meter-curves>
      ${detail === null ? nothing : this.parts({ ...detail, ...row }, values, version)}
    `;
  }

  private parts(meter: MeterDetail, values: Record<string, number | null>, version: string) {
    const { app } = this;
    const commands = meter.commands.some((row) => row.allowed);
    const downloads = html`<csj-meter-downloads .app=${app} .meter=${meter}></csj-meter-downloads>`;
    return html`
      <div class="parts">
        <div class="column">
          ${meter.phases > 1
            ? html`<csj-meter-phases .app=${app} .meter=${meter} .values=${values}></csj-meter-phases>`
            : nothing}
          ${meter.health === null ? nothing : html`<csj-meter-health .app=${app} .meter=${meter}></csj-meter-health>`}
          ${meter.money === null ? nothing : downloads}
        </div>
        <div class="column">
          ${commands
            ? html`<csj-meter-commands .app=${app} .meter=${meter} @done=${this.commanded}></csj-meter-commands>`
            : nothing}
          ${meter.money === null ? downloads : html`<csj-meter-money .app=${app} .money=${meter.money}></csj-meter-money>`}
        </div>
      </div>
      ${meter.capabilities.includes("harmonics") && app.may("see_raw")
        ? html`<csj-meter-harmonics .app=${app} .meter=${meter}></csj-meter-harmonics>`
        : nothing}
      <csj-meter-log .app=${app} .serial=${this.serial} .contact=${meter.last_contact} .version=${version}></csj-meter-log>
    `;
  }

  private commanded(): void {
    this.done += 1;
    void this.renew();
  }

  /** What comes with no subscription. The rows say what is wrong while nobody answers. */
  private async renew(): Promise<void> {
    const { serial } = this;
    if (this.app === undefined || !serial) return;
    clearTimeout(this.waiting);
    this.refused = false;
    const turn = ++this.turn;
    try {
      const { meter } = await this.app.call<{ meter: MeterDetail }>("meter", { serial });
      if (serial === this.serial) this.detail = meter;
    } catch (error) {
      if (turn !== this.turn) return;
      this.refused = isFinal(error);
      if (!this.refused && this.detail === null) this.waiting = setTimeout(() => void this.renew(), RETRY_SECONDS * 1000);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "csj-meter-page": CsjMeterPage;
  }
}
