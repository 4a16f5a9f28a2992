/** What was built, as a browser loads it. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUILT = join(import.meta.dirname, "../../custom_components/csj_meter/frontend");

/** Names of all files; none before the first build. */
export const built = existsSync(BUILT) ? readdirSync(BUILT) : [];

/** A file and all that it imports at once, not what it imports later. */
export function loaded(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  const code = readFileSync(join(BUILT, name), "utf-8");
  for (const [, other] of code.matchAll(/(?:from|import)\s*["'`]\.\/([\w-]+\.js)["'`]/g)) loaded(other as string, seen);
  return seen;
}

/** Bytes of files, each compressed. */
export function size(names: Iterable<string>): number {
  return [...names].reduce((sum, name) => sum + gzipSync(readFileSync(join(BUILT, name)), { level: 9 }).length, 0);
}
