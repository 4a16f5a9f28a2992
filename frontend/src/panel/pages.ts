/** The pages of the panel: one table says which there are, what each is called, and who sees it. */

import { html, type TemplateResult } from "lit";

import type { Permission } from "../api/session";
import type { App } from "../app";

export interface Page {
  /** Its part of the address, and its key in the texts. */
  name: string;
  /** Without it the page is not offered. */
  needs: Permission;
  /** It is about the whole site, so a permission for some meters is not enough. */
  whole?: true;
  /** Have its element defined: the code of a page comes when somebody opens it. */
  load: (rest: string) => Promise<unknown>;
  /** `rest`: what of the address comes after the page. */
  draw: (app: App, rest: string) => TemplateResult;
}

/** Pages in the order of the tabs; the first one that somebody may see is where they begin. */
export const PAGES: readonly Page[] = [
  {
    name: "meters",
    needs: "see_meters",
    load: (rest) => (rest ? import("./csj-meter-page") : import("./csj-meters-page")),
    draw: (app, rest) =>
      rest
        ? html`<csj-meter-page .app=${app} .serial=${rest}></csj-meter-page>`
        : html`<csj-meters-page .app=${app}></csj-meters-page>`,
  },
  {
    name: "alerts",
    needs: "see_alerts",
    load: () => import("./csj-alerts-page"),
    draw: (app, rest) => html`<csj-alerts-page .app=${app} .alertId=${rest}></csj-alerts-page>`,
  },
  {
    name: "work_orders",
    needs: "work_orders",
    load: () => import("./csj-work-orders-page"),
    draw: (app, rest) => html`<csj-work-orders-page .app=${app} .number=${rest}></csj-work-orders-page>`,
  },
  {
    name: "bus",
    needs: "see_diagnostics",
    load: () => import("./csj-bus-page"),
    draw: (app) => html`<csj-bus-page .app=${app}></csj-bus-page>`,
  },
  {
    name: "kpis",
    needs: "see_alerts",
    whole: true,
    load: () => import("./csj-kpis-page"),
    draw: (app) => html`<csj-kpis-page .app=${app}></csj-kpis-page>`,
  },
  {
    name: "what_if",
    needs: "see_diagnostics",
    load: () => import("./csj-what-if-page"),
    draw: (app) => html`<csj-what-if-page .app=${app}></csj-what-if-page>`,
  },
  {
    name: "audit",
    needs: "see_audit",
    load: () => import("./csj-audit-page"),
    draw: (app) => html`<csj-audit-page .app=${app}></csj-audit-page>`,
  },
  {
    name: "settings",
    needs: "configure",
    load: () => import("./csj-settings-page"),
    draw: (app) => html`<csj-settings-page .app=${app}></csj-settings-page>`,
  },
];

/** The pages that the user may see. */
export function offered(app: App): readonly Page[] {
  return PAGES.filter(({ needs, whole }) => app.may(needs) && (!whole || app.info.permissions[needs] === "site"));
}

/** Which page an address means, and what on it; null for none that the user may see. */
export function find(app: App, path: string): { page: Page; rest: string } | null {
  const [name = "", rest = ""] = path.replace(/^\//, "").split("/", 2);
  const page = offered(app).find((one) => one.name === name.replaceAll("-", "_"));
  return page === undefined ? null : { page, rest: decode(rest) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
