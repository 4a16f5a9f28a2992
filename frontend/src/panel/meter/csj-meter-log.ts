import { css, html, nothing, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";

import type { EventRow, EventsPage, EventSource } from "../../api/meter";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { follow } from "../../home_assistant";
import { Repeated } from "../../repeated";
import { address } from "../address";
import { unread } from "./missing";

const SOURCES: readonly EventSource[] = ["alert", "meter", "command", "contact", "payment"];
const PAGE = 25;
/** Seconds after which the newest page is looked at again. */
const RENEW_SECONDS = 30;

/** What has happened to the meter, the newest first. */
@element("csj-meter-log")
export class CsjMeterLog extends AppElement {
  static override styles = [
    style,
    css`
      .filters {
        margin: 8px 0;
      }
      td:first-child {
        white-space: nowrap;
      }
      td {
        overflow-wrap: anywhere;
      }
      @media (max-width: 600px) {
        thead {
          display: none;
        }
        tr {
          display: block;
          padding: 6px 0;
          border-bottom: 1px solid var(--csj-line);
        }
        td {
          display: inline;
          border: none;
          padding: 0 6px 0 0;
        }
        td:empty {
          display: none;
        }
        td.text {
          display: block;
        }
      }
    `,
  ];

  @property() serial = "";
  @property({ attribute: false }) contact: string | null = null;
  /** Is another one when something has happened. */
  @property() version = "";

  @state() private sources: readonly EventSource[] = [];
  @state() private events: EventRow[] | null = null;
  @state() private next: string | null = null;
  @state() private missing: readonly EventSource[] = [];
  @state() private busy = false;
  @state() private error = "";

  private turn = 0;
  private pages = 1;
  /** Older pages stay under the eyes of who reads them. */
  protected readonly renewal = new Repeated(this, RENEW_SECONDS, () => this.pages === 1 && !this.busy && this.load());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.turn += 1;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("serial")) {
      this.events = null;
      this.missing = [];
    }
    if (changed.has("serial") || changed.has("sources") || changed.has("version")) void this.load();
  }

  private async load(before: string | null = null): Promise<void> {
    const turn = ++this.turn;
    this.busy = true;
    try {
      const page = await this.app.call<EventsPage>("events", {
        serial: this.serial,
        limit: PAGE,
        ...(this.sources.length ? { sources: this.sources } : {}),
        ...(before === null ? {} : { before }),
      });
      if (turn !== this.turn) return;
      this.pages = before === null ? 1 : this.pages + 1;
      this.events = before === null ? page.events : [...(this.events ?? []), ...page.events];
      this.next = page.next;
      this.missing = before === null ? page.missing : [...new Set([...this.missing, ...page.missing])];
      this.error = "";
    } catch (error) {
      if (turn === this.turn) this.error = this.app.sentence(error);
    } finally {
      if (turn === this.turn) this.busy = false;
    }
  }

  protected override render() {
    const { app, events } = this;
    return html`<section class="card" aria-busy=${this.busy}>
      <div class="row spread">
        <h2>${this.t("meter.log")}</h2>
        <span class="small dim">${this.t("meter.last_success", { at: app.format.dateTime(this.contact, { seconds: true }) })}</span>
      </div>
      <div class="group filters" role="group" aria-label=${this.t("meter.sources")}>
        ${SOURCES.filter((source) => this.mayBe(source)).map((source) => {
          const on = this.sources.includes(source);
          return html`<button class=${on ? "on" : ""} aria-pressed=${on} @click=${() => this.toggle(source)}>
            ${this.t(`meter.of_source.${source}`)}
          </button>`;
        })}
      </div>
      ${this.error ? html`<p class="critical" role="alert">${this.error}</p>` : nothing}
      ${this.missing.length ? html`<p class="warning" role="status">${unread(app, this.missing)}</p>` : nothing}
      ${events === null
        ? html`<p class="dim" role="status">${this.error ? "" : this.t("notice.wait")}</p>`
        : events.length
          ? this.table(events)
          : this.missing.length
            ? nothing
            : html`<p class="dim">${this.t("meter.no_events")}</p>`}
      ${this.next === null
        ? nothing
        : html`<button class="plain" ?disabled=${this.busy} @click=${() => this.load(this.next)}>
            ${this.t(this.busy ? "notice.wait" : "meter.older")}
          </button>`}
    </section>`;
  }

  private mayBe(source: EventSource): boolean {
    const { app } = this;
    if (source === "alert") return app.may("see_alerts");
    if (source === "command") return app.may("see_diagnostics");
    return source !== "payment" || app.may("see_money");
  }

  private table(events: readonly EventRow[]) {
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${this.t("chart.time")}</th>
          <th scope="col">${this.t("meter.source")}</th>
          <th scope="col">${this.t("meter.what")}</th>
          <th scope="col">${this.t("meter.by")}</th>
        </tr>
      </thead>
      <tbody>
        ${events.map(
          (event) => html`<tr>
            <td class="dim">${this.app.format.dateTime(event.at, { seconds: true })}</td>
            <td><span class="chip ${event.severity ?? "neutral"}">${this.t(`meter.of_source.${event.source}`)}</span></td>
            <td class="text">${this.text(event)}</td>
            <td class="dim">${event.by ?? ""}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private text({ alert_id, text }: EventRow) {
    if (alert_id === undefined) return text;
    const path = address("alerts", alert_id);
    return html`<a href=${path} @click=${(event: MouseEvent) => follow(event, path)}>${text}</a>`;
  }

  private toggle(source: EventSource): void {
    this.sources = this.sources.includes(source)
      ? this.sources.filter((one) => one !== source)
      : [...this.sources, source];
  }
}
