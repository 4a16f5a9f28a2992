/** Every text that is used is there, and every text that is there is used. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const TEXTS = join(ROOT, "../custom_components/csj_meter/translations/en.json");

function flat(tree: object, path = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [`${path}${key}`] : flat(value as object, `${path}${key}.`),
  );
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf-8" })
    // the portal has a section of its own, and a test of it
    .filter((name) => name.endsWith(".ts") && !name.startsWith("portal/"))
    .map((name) => readFileSync(join(folder, name), "utf-8"));
}

const code = sources(join(ROOT, "src")).join("\n");
const texts = (JSON.parse(readFileSync(TEXTS, "utf-8")) as { config_panel: { panel: object; cards: object } }).config_panel;

/** Strings of the code that look like a key of texts. */
const literal = new Set([...code.matchAll(/"([a-z0-9_]+(?:\.[a-z0-9_]+)+)"/g)].map((match) => match[1] as string));
/** Beginnings of keys whose end is found out: `pages.${name}`. */
const beginnings = new Set([...code.matchAll(/`([a-z0-9_]+(?:\.[a-z0-9_]+)*[._])\$\{/g)].map((match) => match[1] as string));

/** Where the keys of `config_panel` are that the code names: the panel leaves out that they are its own. */
describe.each([
  ["panel", flat(texts.panel)],
  ["cards", flat(texts.cards, "cards.")],
])("texts of the %s", (_, keys) => {
  const sections = new Set(keys.map((key) => key.split(".")[0] as string));

  it("are there for every key of the code", () => {
    const known = new Set(keys);
    const wanted = [...literal].filter((key) => sections.has(key.split(".")[0] as string));
    expect(wanted.filter((key) => !known.has(key))).toEqual([]);
  });

  it("are all used", () => {
    const isUsed = (key: string) => literal.has(key) || [...beginnings].some((beginning) => key.startsWith(beginning));
    expect(keys.filter((key) => !isUsed(key))).toEqual([]);
  });
});
