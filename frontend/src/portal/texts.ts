/** The texts of the portal, as the server sends them in the tenant's language. */

import { oneFullStop } from "../full_stop";

export type Values = Record<string, string | number>;

export class PortalTexts {
  constructor(private readonly texts: Record<string, string>) {}

  /** The text of a key under `config_panel.portal`; the key itself where there is none. */
  get(key: string, values: Values = {}): string {
    const filled = (this.texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
    return oneFullStop(filled);
  }

  has(key: string): boolean {
    return key in this.texts;
  }
}

/** Those of the page itself, in the language of the site. */
export function textsOfPage(): PortalTexts {
  return new PortalTexts(JSON.parse(document.getElementById("texts")?.textContent ?? "{}") as Record<string, string>);
}
