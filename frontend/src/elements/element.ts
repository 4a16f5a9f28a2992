/** What all elements have in common. */

import { type CSSResultGroup, LitElement, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import type { App } from "../app";
import { style } from "./style";

/** Register an element, once, however often a bundle is loaded. */
export function element(tag: `csj-${string}`) {
  return (constructor: CustomElementConstructor): void => {
    if (customElements.get(tag) === undefined) customElements.define(tag, constructor);
  };
}

/** An element of a page. */
export abstract class AppElement extends LitElement {
  static override styles: CSSResultGroup = style;

  @property({ attribute: false }) app!: App;

  /** The text of a key under `config_panel.panel`. */
  protected t(key: string, values?: Record<string, string | number>): string {
    return this.app.t(key, values);
  }

  protected override shouldUpdate(): boolean {
    return this.app !== undefined;
  }

  /** Say something that goes by itself, where Home Assistant says such things. */
  protected toast(message: string): void {
    this.dispatchEvent(
      new CustomEvent("hass-notification", { detail: { message }, bubbles: true, composed: true }),
    );
  }

  /** Do something the user asked for, and say what became of it: the sentence of the error where it fails. */
  protected async attempt<T>(work: () => Promise<T>, done?: string): Promise<T | undefined> {
    try {
      const result = await work();
      if (done) this.toast(done);
      return result;
    } catch (error) {
      this.toast(this.app.sentence(error));
      return undefined;
    }
  }
}

export type Content = TemplateResult | typeof nothing | string;
