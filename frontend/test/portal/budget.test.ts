/** What a phone has to load for the portal: 40 kB with gzip, all of it together. */

import { expect, it } from "vitest";

import { loaded, size } from "../built";

it("is within the budget", () => {
  const names = loaded("portal.js");
  expect(size(names)).toBeLessThan(40_000);
  expect([...names]).not.toContain("chart.js");
});
