import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { CsjPortal } from "../../src/portal/csj-portal";
import { Staged } from "../staged";
import { overview, portalTexts } from "./overview";

const TOKEN = "abcDEF012-_abcDEF012-_abcDEF012-_abcDEF012-";

type Answer = () => Response;

const lost: Answer = () => {
  throw new TypeError("offline");
};
const status = (code: number, told: object = {}, headers: Record<string, string> = {}): Answer => {
  return () => new Response(JSON.stringify(told), { status: code, headers });
};
const well = (told: object = {}): Answer => status(200, told);

let asked: string[];
let answers: Answer[];
let kept: Map<string, string>;
let location: { hash: string; pathname: string };
let portal: Staged<CsjPortal>;

/** The page is opened; the server answers with these, one after the other. */
async function opened(hash: string, ...next: Answer[]): Promise<void> {
  location.hash = hash;
  answers = next;
  const { CsjPortal } = await import("../../src/portal/csj-portal");
  const element = new CsjPortal();
  element.replaceChildren = () => undefined;
  portal = new Staged(element);
  await portal.settled();
}

async function later(seconds: number, ...next: Answer[]): Promise<void> {
  answers.push(...next);
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  await portal.settled();
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-20T12:00:00Z") });
  asked = [];
  location = { hash: "", pathname: "/csj_meter/portal" };
  const page = Object.assign(new EventTarget(), {
    visibilityState: "visible",
    documentElement: { lang: "en" },
    getElementById: () => ({ textContent: JSON.stringify(portalTexts()) }),
  });
  const windowed = Object.assign(new EventTarget(), {
    setInterval: (work: () => void, after: number) => setInterval(work, after),
    clearInterval: (timer: number) => clearInterval(timer),
    confirm: () => true,
  });
  kept = new Map();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", windowed);
  vi.stubGlobal("location", location);
  vi.stubGlobal("history", { replaceState: () => (location.hash = "") });
  vi.stubGlobal("fetch", async (path: string, { method, body }: { method: string; body?: string }) => {
    const { token } = JSON.parse(body ?? "{}") as { token?: string };
    asked.push(`${method} ${path.replace("/csj_meter/portal", "")}${token === undefined ? "" : ` ${token}`}`);
    return (answers.shift() ?? lost)();
  });
});
afterEach(() => {
  portal.leave();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("a phone that was let in before is not asked for a link while nobody answers, and comes in by itself", async () => {
  await opened("", status(503, { error: "not_now" }));
  expect(portal.has("csj-portal-entry")).toBe(false);
  expect(portal.text).toContain("Not reachable now");
  expect(portal.text).not.toContain("Nothing was taken");
  await later(20, lost);
  expect(portal.text).toContain("No answer");
  await later(20, well(overview()));
  expect(portal.text).toContain("Ada Lovelace");
});

it("a link that nobody has answered is not lost, although the address has it no more", async () => {
  await opened(`#${TOKEN}`, lost);
  expect(location.hash).toBe("");
  expect(portal.text).toContain("Not reachable now");
  answers = [well(), well(overview())];
  await portal.press("Try again");
  expect(portal.text).toContain("Ada Lovelace");
  expect(asked).toEqual([`POST /session ${TOKEN}`, `POST /session ${TOKEN}`, "GET /api/overview"]);
  // once it is accepted it is kept no more
  await later(80, well(overview()));
  expect(asked.slice(3)).toEqual(["GET /api/overview"]);
});

it("a link that opens nothing is forgotten, and another one is asked for", async () => {
  await opened(`#${TOKEN}`, lost);
  answers = [status(401, { error: "not_open" })];
  await portal.press("Try again");
  expect(portal.has("csj-portal-entry")).toBe(true);
  expect(portal.has("does not open anything")).toBe(true);
  await later(120);
  expect(asked).toHaveLength(2);
});

it("whoever comes without a link is asked for it, which is no mistake of theirs", async () => {
  await opened("", lost);
  await later(20, status(401, { error: "not_open" }));
  expect(portal.has("csj-portal-entry")).toBe(true);
  expect(portal.has("does not open anything")).toBe(false);
});

it("who is told to wait waits", async () => {
  await opened("", status(429, { error: "too_many" }, { "Retry-After": "90" }));
  expect(portal.text).toContain("too often");
  await later(80);
  expect(asked).toHaveLength(1);
  await later(20, well(overview()));
  expect(portal.text).toContain("Ada Lovelace");
});

it("what is shown stays while nobody answers", async () => {
  await opened("", well(overview()));
  await later(62, status(500));
  expect(portal.text).toContain("Ada Lovelace");
  expect(portal.text).toContain("Something went wrong");
});

it("credit stays where it is while the bridge is away, and goes where the meter is not prepaid", async () => {
  const away = { credit: null, can_top_up: false, online: false };
  await opened("", well(overview()));
  expect(portal.has("csj-portal-credit")).toBe(true);
  await later(62, well(overview(away)));
  expect(portal.has("csj-portal-credit")).toBe(true);
  await later(62, well(overview({ credit: null, can_top_up: false })));
  expect(portal.has("csj-portal-credit")).toBe(false);
  await later(62, well(overview(away)));
  expect(portal.has("csj-portal-credit")).toBe(false);
});

it("a page that reaches nobody says so in the language of who was here last", async () => {
  const texts = { ...portalTexts(), "away.heading": "Gerade nicht erreichbar" };
  await opened("", well(overview({ language: "de", texts })));
  portal.leave();
  await opened("", lost);
  expect(portal.text).toContain("Gerade nicht erreichbar");
  expect(document.documentElement.lang).toBe("de");
});

it.each(["{", "null", '"x"', "[1]"])("what is kept and is none of ours does not keep the page from opening: %s", async (text) => {
  kept.set("csj_meter.texts", text);
  await opened("", lost);
  expect(portal.text).toContain("Not reachable now");
});

it("a browser that keeps nothing opens the page all the same", async () => {
  vi.stubGlobal("localStorage", undefined);
  await opened("", well(overview()));
  expect(portal.text).toContain("Ada Lovelace");
});
