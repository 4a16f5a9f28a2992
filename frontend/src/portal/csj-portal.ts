import { css, html, nothing } from "lit";
import { state } from "lit/decorators.js";

import { element } from "../elements/element";
import { style } from "../elements/style";
import { Format } from "../format";
import { close, open, overview, type Overview, Refusal, tokenOf } from "./api";
import "./csj-portal-alerts";
import "./csj-portal-credit";
import "./csj-portal-downloads";
import "./csj-portal-entry";
import "./csj-portal-message";
import "./csj-portal-payments";
import "./csj-portal-tips";
import "./csj-portal-usage";
import { phoneStyle, type Portal, PortalElement } from "./element";
import { pending } from "./pending";
import { keepTexts, PortalTexts, textsOfPage } from "./texts";

/** Milliseconds after which what is shown is asked for anew. */
const FRESH = 60_000;
/** Milliseconds from one look at the clock to the next; who was not reached is tried that often. */
const LOOK = 15_000;

/** The whole page: a field for the link, or what belongs to it, or that it cannot be reached now. */
@element("csj-portal")
export class CsjPortal extends PortalElement {
  static override styles = [
    style,
    phoneStyle,
    css`
      main,
      header {
        max-width: 600px;
        margin: 0 auto;
        padding: 0 16px;
      }
      header {
        padding-top: max(20px, env(safe-area-inset-top));
        padding-bottom: 12px;
      }
      h1 {
        font-size: 24px;
        font-weight: 600;
        line-height: 1.2;
      }
      main {
        padding-bottom: max(32px, env(safe-area-inset-bottom));
      }
      .note {
        padding: 12px 16px;
      }
      .away {
        margin-top: max(24px, env(safe-area-inset-top));
      }
    `,
  ];

  @state() private shown: Overview | null = null;
  @state() private stage: "wait" | "entry" | "away" | "open" = "wait";
  @state() private error = "";
  @state() private shownAt = 0;
  @state() private asking = false;

  private timer = 0;
  private turn = 0;
  /** Serial number of a meter that is paid in advance; nobody says so while its bridge is not set up. */
  private prepaid = "";
  /** Of a link that nobody has answered yet: it has left the address, and whoever came with it may have no other. */
  private token = "";
  /** Before that moment whoever was told to wait does not ask by themselves. */
  private notBefore = 0;

  constructor() {
    super();
    const { language, texts } = textsOfPage();
    document.documentElement.lang = language;
    this.portal = this.handed(texts, language);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.replaceChildren(); // what is to be read until the script is here
    window.addEventListener("hashchange", this.enter);
    document.addEventListener("visibilitychange", this.look);
    this.timer = window.setInterval(this.look, LOOK);
    void this.enter();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("hashchange", this.enter);
    document.removeEventListener("visibilitychange", this.look);
    window.clearInterval(this.timer);
  }

  /** Exchange the token of the address for a cookie, if there is one, and show what it opens. */
  private readonly enter = async (): Promise<void> => {
    const token = tokenOf(location.hash);
    if (location.hash) history.replaceState(null, "", location.pathname);
    if (token) await this.openWith(token);
    else await this.again();
  };

  private async openWith(token: string): Promise<void> {
    this.token = token;
    this.linked = true;
    this.error = "";
    this.stage = "wait";
    await this.again();
  }

  private readonly look = (): void => {
    if (document.visibilityState !== "visible" || this.asking || Date.now() < this.notBefore) return;
    if (this.stage === "away" || (this.stage === "open" && Date.now() - this.shownAt >= FRESH)) void this.again();
  };

  /** Ask for what was not answered: what the link opens, or what is shown. Of several that are asked the last counts. */
  private readonly again = async (): Promise<void> => {
    const turn = ++this.turn;
    this.asking = true;
    try {
      if (this.token) await this.exchange(this.token);
      if (turn !== this.turn) return;
      this.token = "";
      const shown = await overview();
      if (turn === this.turn) this.show(shown);
    } catch (error) {
      if (turn === this.turn) this.refuse(error);
    } finally {
      if (turn === this.turn) this.asking = false;
    }
  };

  private async exchange(token: string): Promise<void> {
    try {
      await open(token);
    } catch (error) {
      if (!(error instanceof Refusal) || error.word !== "another_is_open") throw error;
      // what is entered next goes onto that meter
      if (window.confirm(this.t("entry.instead"))) await open(token, true);
    }
  }

  private show(shown: Overview): void {
    document.documentElement.lang = shown.language;
    keepTexts(shown);
    this.portal = this.handed(new PortalTexts(shown.texts), shown.language, shown);
    if (shown.credit !== null || pending(shown.serial) !== null) this.prepaid = shown.serial;
    else if (shown.online) this.prepaid = "";
    this.shown = shown;
    this.shownAt = Date.now();
    this.stage = "open";
    this.error = "";
    this.linked = true;
  }

  /** Whoever was let in before, or came with a link, and only reaches nobody, does not need to come in again. */
  private refuse(error: unknown): void {
    const { status, wait } = error instanceof Refusal ? error : { status: -1, wait: 0 };
    this.notBefore = Date.now() + wait * 1000;
    if (status === 401) {
      this.token = "";
      this.shown = null;
      this.stage = "entry";
      // the first time without a link is no mistake
      this.error = this.linked ? this.t("entry.refused") : "";
      this.linked = true;
    } else {
      this.stage = this.shown === null ? "away" : "open";
      // nothing was to be taken here
      const isLater = error instanceof Refusal && error.word === "not_now";
      this.error = isLater ? this.t("error.broken") : this.sentence(error);
    }
  }

  /** Whether this page came with a link, was open, or has said before that it needs one. */
  private linked = location.hash !== "";

  private handed(texts: PortalTexts, language: string, shown?: Overview): Portal {
    const locale = {
      language,
      number_format: "language",
      time_format: "language",
      time_zone: shown ? "server" : "local",
    } as const;
    return { texts, format: new Format(locale, shown?.time_zone ?? "UTC", shown?.currency ?? "") };
  }

  private async leave(): Promise<void> {
    try {
      await close();
      this.shown = null;
      this.stage = "entry";
      this.error = "";
    } catch (error) {
      this.error = this.sentence(error);
    }
  }

  protected override render() {
    if (this.stage === "wait") return html`<main><p class="note dim" role="status">${this.t("page.loading")}</p></main>`;
    if (this.stage === "away") {
      return html`<main>
        <div class="card stack away">
          <h1>${this.t("away.heading")}</h1>
          <p class="critical" role="alert">${this.error}</p>
          <p>${this.t("away.lead")}</p>
          <button class="main" ?disabled=${this.asking} @click=${this.again}>
            ${this.t(this.asking ? "page.loading" : "error.retry")}
          </button>
        </div>
      </main>`;
    }
    if (this.stage === "entry" || this.shown === null) {
      return html`<main>
        <csj-portal-entry
          .portal=${this.portal}
          .error=${this.error}
          @entered=${(event: CustomEvent<string>) => this.openWith(event.detail)}
        ></csj-portal-entry>
      </main>`;
    }
    const shown = this.shown;
    const prepaid = this.prepaid === shown.serial;
    return html`<header>
        <h1>${shown.meter}</h1>
        <p class="dim">${shown.tenant} · ${this.t("page.updated", { at: this.portal.format.time(this.shownAt) })}</p>
      </header>
      <main class="stack" @changed=${this.again}>
        ${this.error
          ? html`<div class="card" role="alert">
              <p class="critical">${this.error}</p>
              <button @click=${this.again}>${this.t("error.retry")}</button>
            </div>`
          : nothing}
        ${shown.online ? nothing : html`<p class="card warning">${this.t("offline")}</p>`}
        ${prepaid ? html`<csj-portal-credit .portal=${this.portal} .shown=${shown}></csj-portal-credit>` : nothing}
        <csj-portal-alerts .portal=${this.portal} .shown=${shown}></csj-portal-alerts>
        <csj-portal-usage .portal=${this.portal} .shown=${shown}></csj-portal-usage>
        ${shown.tips.length ? html`<csj-portal-tips .portal=${this.portal} .shown=${shown}></csj-portal-tips>` : nothing}
        ${prepaid ? html`<csj-portal-payments .portal=${this.portal} .shown=${shown}></csj-portal-payments>` : nothing}
        <csj-portal-downloads .portal=${this.portal} .shown=${shown}></csj-portal-downloads>
        <csj-portal-message .portal=${this.portal}></csj-portal-message>
        <div>
          <button class="plain" @click=${this.leave}>${this.t("leave.action")}</button>
          <p class="small dim">${this.t("leave.lead")}</p>
        </div>
      </main>`;
  }
}
