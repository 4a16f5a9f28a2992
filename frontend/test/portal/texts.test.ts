/** Every text of the portal that is used is there, and every text that is there is used. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const PACKAGE = join(ROOT, "../custom_components/csj_meter");

function flat(tree: object, path = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [`${path}${key}`] : flat(value as object, `${path}${key}.`),
  );
}

function read(folder: string, ending: string): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(folder, name), "utf-8"))
    .join("\n");
}

const all = JSON.parse(readFileSync(join(PACKAGE, "translations/en.json"), "utf-8")) as {
  config_panel: { portal: object };
};
const keys = flat(all.config_panel.portal);
const code = read(join(ROOT, "src/portal"), ".ts") + read(join(PACKAGE, "portal"), ".py").replaceAll("'", '"');
const sections = new Set(keys.map((key) => key.split(".")[0] as string));
const literal = new Set([...code.matchAll(/"([a-z0-9_]+(?:\.[a-z0-9_]+)*)"/g)].map((match) => match[1] as string));
/** Beginnings whose end is found out: `usage.${span}`, and what is counted. */
const beginnings = [...code.matchAll(/`([a-z0-9_]+\.[a-z0-9_]*)\$\{/g)].map((match) => match[1] as string);
const counted = [...code.matchAll(/counted\("([a-z_.]+)"/g)].map((match) => `${match[1] as string}_`);

it("is there", () => {
  const known = new Set([...keys, ...counted.map((key) => key.slice(0, -1))]);
  const wanted = [...literal].filter((key) => key.includes(".") && sections.has(key.split(".")[0] as string));
  expect(wanted.filter((key) => !known.has(key))).toEqual([]);
});

it("is used", () => {
  const isUsed = (key: string) => literal.has(key) || [...beginnings, ...counted].some((start) => key.startsWith(start));
  expect(keys.filter((key) => !isUsed(key))).toEqual([]);
});

it("has a sentence for every word of the server", () => {
  const words = [...read(join(PACKAGE, "portal"), ".py").matchAll(/RefusedError\([^,]+, "(\w+)"/g)].map((one) => one[1]);
  const handled = ["error.not_open", "error.not_from_here", "error.not_allowed", "error.another_is_open"];
  const told = new Set([...keys, ...handled]);
  expect(words.filter((word) => !told.has(`error.${word ?? ""}`))).toEqual([]);
});
