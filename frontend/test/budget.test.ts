/** What a browser has to load for a page: the budget is in docs/panel.md. */

import { expect, it } from "vitest";

import { built, loaded, size } from "./built";

const BUDGET = 60_000;
/** Every dashboard loads this, also those that have none of our cards. */
const BUDGET_OF_CARDS = 25_000;

const pages = built.filter((name) => name.endsWith("-page.js"));

it.each(pages)("%s is within the budget with all that it needs", (page) => {
  expect(size(new Set([...loaded("panel.js"), ...loaded(page)]))).toBeLessThan(BUDGET);
});

it("there are pages", () => {
  expect(pages.length).toBeGreaterThan(5);
});

it("cards and dashboards are within their own", () => {
  expect(size(loaded("cards.js"))).toBeLessThan(BUDGET_OF_CARDS);
});
