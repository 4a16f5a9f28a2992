import { afterEach, expect, it, vi } from "vitest";

import { newKey, open, Refusal, tokenOf, topUp } from "../../src/portal/api";
import { PortalTexts } from "../../src/portal/texts";

afterEach(() => vi.unstubAllGlobals());

const TOKEN = "abcDEF012-_abcDEF012-_abcDEF012-_abcDEF012-";

it("the token is found in a link, in a fragment, and by itself", () => {
  expect(tokenOf(`https://home.example/csj_meter/portal#${TOKEN}`)).toBe(TOKEN);
  expect(tokenOf(`#${TOKEN}`)).toBe(TOKEN);
  expect(tokenOf(`  ${TOKEN}\n`)).toBe(TOKEN);
});

it("nothing else is taken for one", () => {
  for (const text of ["", "#", "https://home.example/csj_meter/portal", "hello", `${TOKEN} ${TOKEN}`, "x".repeat(200)])
    expect(tokenOf(text)).toBe("");
});

it("each entry has a key of its own", () => {
  const keys = new Set(Array.from({ length: 100 }, newKey));
  expect(keys.size).toBe(100);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
});

it("an entry is sent once, whatever comes of it", async () => {
  const asked = vi.fn(() => Promise.reject(new TypeError("offline")));
  vi.stubGlobal("fetch", asked);
  await expect(topUp("voucher", "ABC", "k")).rejects.toMatchObject({ status: 0, word: "lost" });
  expect(asked).toHaveBeenCalledTimes(1);
});

it("a refusal has its word and its wait", async () => {
  const response = new Response('{"error":"too_many"}', { status: 429, headers: { "Retry-After": "90" } });
  vi.stubGlobal("fetch", () => Promise.resolve(response));
  const error = await topUp("voucher", "ABC", "k").catch((problem: unknown) => problem);
  expect(error).toBeInstanceOf(Refusal);
  expect(error).toMatchObject({ status: 429, word: "too_many", wait: 90 });
});

it("a link takes the place of another only when that is said", async () => {
  const asked = vi.fn((_path: string, _request: RequestInit) => Promise.resolve(new Response("{}")));
  vi.stubGlobal("fetch", asked);
  await open(TOKEN);
  await open(TOKEN, true);
  expect(asked.mock.calls.map(([, request]) => JSON.parse(request.body as string) as object)).toEqual([
    { token: TOKEN, instead: false },
    { token: TOKEN, instead: true },
  ]);
});

it("texts have their placeholders filled", () => {
  const texts = new PortalTexts({ "a.b": "{count} of {all}" });
  expect(texts.get("a.b", { count: 2 })).toBe("2 of {all}");
  expect(texts.get("missing")).toBe("missing");
});
