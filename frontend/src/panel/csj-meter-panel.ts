import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";

import type { Info } from "../api/session";
import { App } from "../app";
import { element } from "../elements/element";
import { style } from "../elements/style";
import { follow, type HomeAssistant, navigate, type Route } from "../home_assistant";
import { Texts } from "../texts";
import "../elements/csj-notice";
import { address } from "./address";
import { find, offered, type Page } from "./pages";

const RETRY_SECONDS = 3;

/** The panel in the sidebar: who looks, which page, and the tabs that lead to the others. */
@element("csj-meter-panel")
export class CsjMeterPanel extends LitElement {
  static override styles = [
    style,
    css`
      :host {
        min-height: 100%;
        background: var(--csj-page);
      }
      header {
        position: sticky;
        top: 0;
        z-index: 2;
        background: var(--csj-page);
        border-bottom: 1px solid var(--csj-line);
        padding-top: env(safe-area-inset-top, 0);
      }
      .bar {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 52px;
        padding: 0 12px;
      }
      h1 {
        font-size: 20px;
        font-weight: 400;
      }
      nav {
        display: flex;
        overflow-x: auto;
        scrollbar-width: none;
        padding: 0 8px;
      }
      nav a {
        color: var(--csj-dim);
        text-decoration: none;
        font-weight: 500;
        padding: 10px 12px;
        white-space: nowrap;
        border-bottom: 2px solid transparent;
      }
      nav a[aria-current] {
        color: var(--csj-accent-text);
        border-bottom-color: var(--csj-accent-text);
      }
      nav a:focus-visible {
        outline-offset: -4px;
      }
      main {
        padding: 16px;
        max-width: 1400px;
        margin: 0 auto;
      }
      .menu {
        width: 40px;
        padding: 0;
        border: none;
        color: inherit;
      }
      @media (max-width: 600px) {
        main {
          padding: 12px 8px;
        }
      }
    `,
  ];

  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ type: Boolean }) narrow = false;
  @property({ attribute: false }) route!: Route;

  @state() private app: App | null = null;
  @state() private failed = false;

  /** Addresses of pages whose code is there, and of those where it could not be had. */
  private readonly loaded = new Map<string, "there" | "missing">();
  private info: Info | null = null;
  private texts: Texts | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private leave: (() => void) | undefined;
  private readonly renew = () => void this.load();

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.info !== null) this.renew();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.info = null;
    this.leave?.();
    this.leave = undefined;
  }

  /** A role may have been given or taken away while the connection was lost. */
  private follow(): void {
    // once: a connection that tells its listeners passes one over when another one leaves meanwhile
    if (this.leave !== undefined) return;
    const { connection } = this.hass;
    connection.addEventListener("ready", this.renew);
    this.leave = () => connection.removeEventListener("ready", this.renew);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("hass") || this.hass === undefined) return;
    const before = changed.get("hass") as HomeAssistant | undefined;
    if (before?.language !== this.hass.language) {
      void this.load();
    } else if (
      this.info !== null &&
      this.texts !== null &&
      // with every state of an entity there is another hass: pages hear of what matters to them alone
      (before.locale !== this.hass.locale || before.themes !== this.hass.themes)
    ) {
      this.app = new App(this.hass, this.info, this.texts);
    }
  }

  private async load(): Promise<void> {
    clearTimeout(this.timer);
    const { hass } = this;
    this.follow();
    try {
      const [texts, info] = await Promise.all([Texts.load(hass), hass.callWS<Info>({ type: "csj_meter/info" })]);
      if (!this.isConnected) return;
      this.texts = texts;
      this.info = info;
      this.failed = false;
      this.app = new App(this.hass, info, texts);
      this.redirect();
    } catch {
      this.failed = this.app === null;
      this.timer = setTimeout(this.renew, RETRY_SECONDS * 1000);
    }
  }

  private get offered(): readonly Page[] {
    return this.app === null ? [] : offered(this.app);
  }

  /** From an address without a page to the first page that the user may see. */
  private redirect(): void {
    const first = this.offered[0];
    if (first !== undefined && !this.route.path.replace(/^\//, "")) navigate(address(first.name), { replace: true });
  }

  protected override updated(changed: PropertyValues): void {
    // on a phone the tabs are wider than the window
    if (changed.has("route") || changed.has("app"))
      this.renderRoot.querySelector("nav a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  protected override render() {
    const app = this.app;
    return html`
      <header>
        <div class="bar">
          <button class="menu" ?hidden=${!this.narrow && this.hass.dockedSidebar !== "always_hidden"} aria-label=${app === null ? "Menu" : app.t("shell.menu")} @click=${this.menu}>
            <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
              <path fill="currentColor" d="M3 6h18v2H3zm0 5h18v2H3zm0 5h18v2H3z" />
            </svg>
          </button>
          <h1>CSJ Meter</h1>
        </div>
        ${app === null ? nothing : this.tabs(app)}
      </header>
      <main>${this.page(app)}</main>
    `;
  }

  private tabs(app: App) {
    const current = find(app, this.route.path)?.page;
    return html`<nav aria-label=${app.t("shell.pages")}>
      ${this.offered.map(
        (page) => html`<a
          href=${address(page.name)}
          aria-current=${page === current ? "page" : nothing}
          @click=${(event: MouseEvent) => follow(event, address(page.name))}
          >${app.t(`pages.${page.name}`)}</a
        >`,
      )}
    </nav>`;
  }

  private page(app: App | null) {
    if (app === null) {
      return html`<p role="status">${this.failed ? "CSJ Meter does not answer yet. Trying again …" : ""}</p>`;
    }
    if (!this.offered.length) return html`<csj-notice .app=${app} kind="empty" .text=${app.t("shell.no_role")}></csj-notice>`;
    const found = find(app, this.route.path);
    if (found === null) {
      return this.route.path.length > 1
        ? html`<csj-notice .app=${app} kind="empty" .text=${app.t("shell.no_page")}></csj-notice>`
        : nothing;
    }
    const { page, rest } = found;
    const code = `${page.name}${rest ? "/" : ""}`;
    switch (this.loaded.get(code)) {
      case "there":
        return page.draw(app, rest);
      case "missing":
        return html`<csj-notice .app=${app} kind="error" .text=${app.t("shell.no_code")}>
          <button @click=${() => location.reload()}>${app.t("shell.reload")}</button>
        </csj-notice>`;
      default:
        void this.fetch(code, page.load(rest));
        return html`<csj-notice .app=${app} kind="wait"></csj-notice>`;
    }
  }

  private async fetch(code: string, loading: Promise<unknown>): Promise<void> {
    try {
      await loading;
      this.loaded.set(code, "there");
    } catch {
      this.loaded.set(code, "missing");
    }
    this.requestUpdate();
  }

  private menu(): void {
    this.dispatchEvent(new Event("hass-toggle-menu", { bubbles: true, composed: true }));
  }
}

