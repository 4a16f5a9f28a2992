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

/** Texts in a language. */
export interface Told {
  language: string;
  texts: Record<string, string>;
}

const KEPT = "csj_meter.texts";

/** Those of before anybody has answered: of the tenant who was here last, else of the page, in the language of the site. */
export function textsOfPage(): { language: string; texts: PortalTexts } {
  const own = JSON.parse(document.getElementById("texts")?.textContent ?? "{}") as Record<string, string>;
  const last = kept();
  // what the page has learnt to say since then it says in its own language
  return { language: last?.language ?? (document.documentElement.lang || "en"), texts: new PortalTexts({ ...own, ...last?.texts }) };
}

/** A page that reaches nobody later on is to say so in the language of the tenant. */
export function keepTexts({ language, texts }: Told): void {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ language, texts }));
  } catch {
    // full, or not allowed
  }
}

function kept(): Told | null {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "null") as Told | null;
  } catch {
    return null; // not allowed, or not ours
  }
}
