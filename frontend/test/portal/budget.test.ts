/** What a phone has to load for the portal: 40 kB with gzip, all of it together. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { expect, it } from "vitest";

const BUILT = join(import.meta.dirname, "../../../custom_components/csj_meter/frontend");

function loaded(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  const code = readFileSync(join(BUILT, name), "utf-8");
  for (const [, other] of code.matchAll(/(?:from|import)\s*["'`]\.\/([\w-]+\.js)["'`]/g)) loaded(other as string, seen);
  return seen;
}

it.runIf(existsSync(join(BUILT, "portal.js")))("is within the budget", () => {
  const names = [...loaded("portal.js")];
  const size = names.reduce((sum, name) => sum + gzipSync(readFileSync(join(BUILT, name)), { level: 9 }).length, 0);
  expect(size).toBeLessThan(40_000);
  expect(names).not.toContain("chart.js");
});
