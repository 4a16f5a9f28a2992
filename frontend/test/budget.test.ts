/** What a browser has to load for a page: the budget is in docs/panel.md. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { expect, it } from "vitest";

const BUILT = join(import.meta.dirname, "../../custom_components/csj_meter/frontend");
const BUDGET = 60_000;
/** Every dashboard loads this, also those that have none of our cards. */
const BUDGET_OF_CARDS = 25_000;

/** A file and all that it imports at once, not what it imports later. */
function loaded(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  const code = readFileSync(join(BUILT, name), "utf-8");
  for (const [, other] of code.matchAll(/(?:from|import)\s*["'`]\.\/([\w-]+\.js)["'`]/g)) loaded(other as string, seen);
  return seen;
}

function size(names: Iterable<string>): number {
  return [...names].reduce((sum, name) => sum + gzipSync(readFileSync(join(BUILT, name)), { level: 9 }).length, 0);
}

const pages = existsSync(BUILT) ? readdirSync(BUILT).filter((name) => name.endsWith("-page.js")) : [];

it.each(pages)("%s is within the budget with all that it needs", (page) => {
  expect(size(new Set([...loaded("panel.js"), ...loaded(page)]))).toBeLessThan(BUDGET);
});

it("there are pages", () => {
  expect(pages.length).toBeGreaterThan(5);
});

it("cards and dashboards are within their own", () => {
  expect(size(loaded("cards.js"))).toBeLessThan(BUDGET_OF_CARDS);
});
