import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Overview, TopUp } from "../../src/portal/api";
import { CsjPortalCredit } from "../../src/portal/csj-portal-credit";
import { Staged } from "../staged";
import { overview, portal } from "./overview";

/** The bridge is not set up: nobody knows a balance, and nothing can be entered. */
const away: Partial<Overview> = { credit: null, can_top_up: false, online: false };

let kept: Map<string, string>;
let sent: { kind: string; code: string; key: string }[];
let answer: () => Response;
let credit: Staged<CsjPortalCredit>;

const told = (result: TopUp) => () => new Response(JSON.stringify(result));

/** The page is loaded. */
async function loaded(changes: Partial<Overview> = {}): Promise<void> {
  credit = new Staged(new CsjPortalCredit());
  await credit.set({ portal: portal(), shown: overview(changes) });
}

async function type(code: string): Promise<void> {
  await credit.fire('name="code"', "input", { target: { value: code } });
}

async function submit(): Promise<void> {
  await credit.fire("<form", "submit", new Event("submit"));
}

beforeEach(() => {
  kept = new Map();
  sent = [];
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  vi.stubGlobal("fetch", async (_path: string, { body }: { body: string }) => {
    sent.push(JSON.parse(body) as (typeof sent)[number]);
    return answer();
  });
});
afterEach(() => vi.unstubAllGlobals());

it("what is not certain stays in sight while the bridge is away, and is asked for under its key when it is back", async () => {
  await loaded();
  await type("ABCD-EFGH");
  answer = told({ state: "uncertain" });
  await submit();
  await credit.set({ shown: overview(away) });
  expect(credit.text).toContain("The meter is not connected now");
  expect(credit.text).toContain("Do not enter it again");
  expect(credit.text).toContain("Ask again");
  await submit(); // the button is off; so is the form
  expect(sent).toHaveLength(1);
  await credit.set({ shown: overview() });
  answer = told({ state: "done", amount: 20, unit: "EUR", balance: 32.5 });
  await submit();
  expect(credit.text).toContain("is on the meter");
  expect(sent[1]).toEqual(sent[0]);
  expect(kept.size).toBe(0);
});

it("what is not certain outlives the page, and also a bridge that is away when it is loaded anew", async () => {
  await loaded();
  await credit.fire("value=token", "change", {});
  await type("ABCD-EFGH");
  answer = () => {
    throw new TypeError("offline");
  };
  await submit();
  expect([...kept.values()].map((text) => JSON.parse(text) as object)).toEqual(sent);
  await loaded(away);
  expect(credit.text).toContain("Do not enter it again");
  await credit.set({ shown: overview() });
  answer = told({ state: "done", amount: null, unit: "EUR", balance: null });
  await submit();
  expect(sent[1]).toEqual(sent[0]);
  await loaded();
  expect(credit.text).not.toContain("Do not enter it again");
});

it("that the meter cannot do it now says nothing of what was sent before", async () => {
  await loaded();
  await type("ABCD-EFGH");
  answer = told({ state: "uncertain" });
  await submit();
  answer = told({ state: "refused", word: "not_now" });
  await submit();
  expect(credit.text).not.toContain("Nothing was taken");
  expect(credit.text).toContain("Do not enter it again");
  answer = told({ state: "refused", word: "voucher_expired" });
  await submit();
  expect(credit.text).toContain("has expired");
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
  expect(kept.size).toBe(0);
});

it("what was refused, or not even looked at, is not kept", async () => {
  await loaded();
  await type("ABCD-EFGH");
  answer = told({ state: "refused", word: "not_now" });
  await submit();
  expect(credit.text).toContain("Nothing was taken");
  expect(kept.size).toBe(0);
  answer = () => new Response('{"error":"too_many"}', { status: 429 });
  await submit();
  expect(credit.text).toContain("too often");
  expect(kept.size).toBe(0);
});

it("what was typed is there again after the bridge was away", async () => {
  await loaded();
  await type("ABCD-EF");
  await credit.set({ shown: overview(away) });
  expect(credit.has('name="code"')).toBe(false);
  await credit.set({ shown: overview() });
  expect(credit.tag('name="code"')).toContain("ABCD-EF");
});
