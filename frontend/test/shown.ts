/** What an element would draw, looked at where there is no browser. */

import type { App } from "../src/app";

interface Drawn {
  strings: readonly string[];
  values: readonly unknown[];
}

/** A list that knows its rows by keys. */
type Rows = [items: Iterable<unknown>, key: (item: unknown) => unknown, template: (item: unknown, at: number) => unknown];

/** All that a template has in it, templates in templates and in lists too: its words and its values, as they come. */
export function parts(drawn: unknown): unknown[] {
  if (Array.isArray(drawn)) return drawn.flatMap(parts);
  if (typeof drawn !== "object" || drawn === null) return [drawn];
  const { strings, values } = drawn as Partial<Drawn>;
  if (!Array.isArray(values)) return [drawn];
  if (strings !== undefined) return strings.flatMap((text, at) => [text, ...(at < values.length ? parts(values[at]) : [])]);
  const rows = rowsOf(values);
  return rows === null ? values.flatMap(parts) : [...rows[0]].flatMap((item, at) => parts(rows[2](item, at)));
}

/** The rows of a list that knows them by keys; null for anything else that is worked out when it is drawn. */
function rowsOf(values: readonly unknown[]): Rows | null {
  return values.length === 3 && typeof values[2] === "function" ? (values as Rows) : null;
}

/** The words and texts of a template, one after the other. */
export function text(drawn: unknown): string {
  return parts(drawn)
    .filter((part) => typeof part === "string" || typeof part === "number")
    .join("");
}

/** The keys of the rows of each list in a template that knows its rows by keys. */
export function keys(drawn: unknown): unknown[][] {
  if (Array.isArray(drawn)) return drawn.flatMap(keys);
  if (typeof drawn !== "object" || drawn === null) return [];
  const { strings, values } = drawn as Partial<Drawn>;
  if (!Array.isArray(values)) return [];
  const rows = strings === undefined ? rowsOf(values) : null;
  if (rows === null) return values.flatMap(keys);
  const [items, key, template] = rows;
  const all = [...items];
  return [all.map(key), ...all.flatMap((item, at) => keys(template(item, at)))];
}

/** As much of the app as elements touch: texts are their keys, figures are as they are. */
export function app(changes: Partial<Record<keyof App, unknown>> = {}): App {
  const said = (key: string, values?: Record<string, unknown>) => (values === undefined ? key : `${key} ${JSON.stringify(values)}`);
  const format = new Proxy({}, { get: () => (value: unknown) => String(value) });
  return {
    t: said,
    word: (key: string) => key,
    texts: { get: said, exception: (key: string) => key },
    format,
    may: () => true,
    sentence: (error: { message?: string; translation_key?: string }) => error.translation_key ?? error.message ?? "",
    ...changes,
  } as unknown as App;
}

/** What is private of an element, as tests touch it, with some of it in the hands of the test. */
export function within<T>(made: object, changes: Record<string, unknown> = {}): T {
  for (const [name, value] of Object.entries(changes)) Object.defineProperty(made, name, { value, writable: true });
  return made as T;
}
