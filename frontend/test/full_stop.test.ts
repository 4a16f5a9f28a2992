import { expect, test } from "vitest";

import { oneFullStop } from "../src/full_stop";
import { PortalTexts } from "../src/portal/texts";

test("a date that ends in a point ends its sentence", () => {
  const texts = new PortalTexts({ since: "Seit {date}." });
  expect(texts.get("since", { date: "1. Dez." })).toBe("Seit 1. Dez.");
  expect(texts.get("since", { date: "1. Mai" })).toBe("Seit 1. Mai.");
});

test("what is meant to be several points stays", () => {
  expect(oneFullStop("Wait ... now. Then.")).toBe("Wait ... now. Then.");
});
