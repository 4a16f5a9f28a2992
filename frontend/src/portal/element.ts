/** What all elements of the portal have in common: the texts, the figures and the look. */

import { css, type CSSResultGroup, LitElement } from "lit";
import { property } from "lit/decorators.js";

import { style } from "../elements/style";
import type { Format } from "../format";
import { Refusal } from "./api";
import type { PortalTexts, Values } from "./texts";

/** What is handed down. */
export interface Portal {
  texts: PortalTexts;
  format: Format;
}

/** Bigger than in the panel: a thumb is no mouse, and a phone zooms into smaller fields. */
export const phoneStyle = css`
  :host {
    font-size: 16px;
  }
  h2 {
    font-size: 18px;
    font-weight: 600;
  }
  h3 {
    font-size: 16px;
    font-weight: 600;
  }
  .small,
  label,
  dt,
  th {
    font-size: 14px;
  }
  button,
  .button {
    min-height: 44px;
  }
  .group button {
    min-height: 44px;
  }
  input:not([type="checkbox"], [type="radio"]),
  select,
  textarea {
    font-size: 16px;
    min-height: 44px;
    width: 100%;
  }
  .chip {
    font-size: 14px;
    white-space: normal;
  }
  .big {
    font-size: 36px;
    font-weight: 600;
    line-height: 1.15;
    overflow-wrap: anywhere;
  }
  ul {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  summary {
    cursor: pointer;
    min-height: 44px;
    display: flex;
    align-items: center;
    color: var(--csj-accent-text);
    font-weight: 500;
  }
`;

export abstract class PortalElement extends LitElement {
  static override styles: CSSResultGroup = [style, phoneStyle];

  @property({ attribute: false }) portal!: Portal;

  protected t(key: string, values?: Values): string {
    return this.portal.texts.get(key, values);
  }

  /** One or several of something. */
  protected counted(key: string, count: number): string {
    return this.t(`${key}_${count === 1 ? "one" : "other"}`, { count });
  }

  /** A sentence for what was not done. */
  protected sentence(error: unknown): string {
    if (!(error instanceof Refusal)) return this.t("error.broken");
    if (error.word === "too_many") return this.t("error.too_many", { minutes: Math.max(1, Math.ceil(error.wait / 60)) });
    return this.word(error.word);
  }

  protected word(word: string): string {
    const key = `error.${word}`;
    return this.portal.texts.has(key) ? this.t(key) : this.t("error.broken");
  }

  protected override shouldUpdate(): boolean {
    return this.portal !== undefined;
  }
}
