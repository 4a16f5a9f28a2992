/** What a list is filtered by is shown, also when nothing is left of it. */

import { expect, it } from "vitest";

import type { Alert } from "../src/api/alerts";
import type { App } from "../src/app";
import { EVERYTHING } from "../src/panel/alerts/alert_list";
import { CsjAlertsPage } from "../src/panel/csj-alerts-page";
import { CsjMetersPage } from "../src/panel/csj-meters-page";
import { alert } from "./alert";
import { app, keys, parts, within } from "./shown";

/** What selects are held at, whatever a browser makes of their options. */
function held(drawn: unknown): unknown[] {
  const all = parts(drawn);
  return all.filter((_, at) => String(all[at - 1]).endsWith("<select .value="));
}

it("the kind by which alerts are filtered stays in the list after the last of them", () => {
  const page = within<{ app: App; filter: object; filters(all: Alert[], shown: number): unknown }>(new CsjAlertsPage());
  page.app = app();
  page.filter = { ...EVERYTHING, kind: "overload" };
  const drawn = page.filters([alert({ kind: "voltage_sag" })], 0);
  expect(keys(drawn)).toEqual([["overload", "voltage_sag"]]);
  expect(held(drawn)).toEqual(["overload"]);
  page.filter = EVERYTHING;
  expect(keys(page.filters([alert({ kind: "voltage_sag" })], 1))).toEqual([["voltage_sag"]]);
});

it("so does the circuit by which meters are filtered", () => {
  const page = within<{ app: App; filter: object; list(all: unknown[], shown: unknown[]): unknown }>(new CsjMetersPage());
  page.app = app();
  page.filter = { search: "", circuit: "Elm Row", state: "" };
  const drawn = page.list([{ serial: "A1", circuit: "Oak Row" }], []);
  expect(keys(drawn)).toEqual([["Elm Row", "Oak Row"]]);
  expect(held(drawn)).toEqual(["Elm Row"]);
});
