/** What the page of settings names is what the options of the integration have. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { OPTIONS } from "../src/panel/settings/places";

const TEXTS = join(import.meta.dirname, "../../custom_components/csj_meter/translations/en.json");

it("names every entry of the menu that is a place to set something", () => {
  const texts = JSON.parse(readFileSync(TEXTS, "utf-8")) as {
    options: { step: { init: { menu_options: Record<string, string> } } };
  };
  const menu = new Set(Object.keys(texts.options.step.init.menu_options));
  menu.delete("new_secret"); // something that is done, and belongs to payments
  expect(new Set<string>(OPTIONS)).toEqual(menu);
});
