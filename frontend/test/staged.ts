/** Elements without a browser: Lit's own life of them, and what they would draw as text. */

import { LitElement, nothing, type PropertyValues, ReactiveElement } from "lit";

import { parts } from "./shown";

type Handler = (event: unknown) => unknown;

/** An element that lives as in a page: what is set is drawn, what was drawn can be read and pressed. */
export class Staged<E extends LitElement> {
  private drawn: unknown = nothing;

  constructor(
    readonly element: E,
    /** What stands for the element's own tree, where it looks into that. */
    root: object = { querySelector: () => null },
  ) {
    const stage = this;
    Object.assign(element, {
      renderRoot: root,
      update(this: LitElement, changed: PropertyValues): void {
        stage.drawn = (this as unknown as { render(): unknown }).render();
        (ReactiveElement.prototype as unknown as { update(changed: PropertyValues): void }).update.call(this, changed);
      },
    });
    Object.defineProperty(element, "isConnected", { value: true, writable: true });
    element.connectedCallback();
  }

  /** Set properties, and wait until they are drawn. */
  async set(properties: Partial<E>): Promise<void> {
    Object.assign(this.element, properties);
    await this.settled();
  }

  /** Until everything that was set off is over. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
    await this.element.updateComplete;
  }

  /** Of all that is drawn the markup, with a number for whatever is no text. */
  private get markup(): { text: string; handlers: unknown[] } {
    const handlers: unknown[] = [];
    const written = (part: unknown): string => {
      if (typeof part === "symbol" || part === null || part === undefined) return "";
      return typeof part === "object" || typeof part === "function" ? `"#${handlers.push(part) - 1}"` : String(part);
    };
    return { text: parts(this.drawn).map(written).join(""), handlers };
  }

  /** What is to be read. */
  get text(): string {
    return this.markup.text
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ")
      .trim();
  }

  /** Whether an element or an attribute is drawn. */
  has(part: string): boolean {
    return this.markup.text.includes(part);
  }

  /** The beginning of the first tag in which something stands. */
  tag(part: string): string {
    return this.markup.text.match(/<[^>]*>/g)?.find((tag) => tag.includes(part)) ?? "";
  }

  /** Press the button of that name. */
  async press(name: string): Promise<void> {
    const { text, handlers } = this.markup;
    for (const [, tag = "", within = ""] of text.matchAll(/<button([^>]*)>([\s\S]*?)<\/button>/g)) {
      if (!within.replace(/<[^>]*>/g, " ").includes(name)) continue;
      (handlers[Number(/@click="#(\d+)"/.exec(tag)?.[1])] as Handler).call(this.element, new Event("click"));
      await this.settled();
      return;
    }
    throw new Error(`no button "${name}" in ${this.text}`);
  }

  /** Have something happen to the first tag in which something stands. */
  async fire(part: string, name: string, event: unknown): Promise<void> {
    const found = new RegExp(`@${name}="#(\\d+)"`).exec(this.tag(part));
    (this.markup.handlers[Number(found?.[1])] as Handler).call(this.element, event);
    await this.settled();
  }

  /** What the first tag in which something stands is given by a name: `.work`. */
  given(part: string, name: string): unknown {
    const tag = this.tag(part);
    const number = tag.slice(tag.indexOf(`${name}="#`) + name.length + 3).match(/^\d+/)?.[0];
    return this.markup.handlers[Number(number)];
  }

  leave(): void {
    this.element.disconnectedCallback();
  }
}
