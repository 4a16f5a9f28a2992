import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { CsjReminder } from "../src/cards/csj-reminder";
import { CsjTenantsCard } from "../src/cards/csj-tenants-card";
import type { Reminded, Tenant } from "../src/cards/tenants";
import { app, keys, parts, text, within } from "./shown";

function tenant(name: string): Tenant {
  return { meter: `of ${name}`, name, email: null, phone: null, channel: "mail", reminded_at: null, moved_out: null };
}

describe("reminding a tenant", () => {
  const answers: ((answer: Reminded) => void)[] = [];
  const made = () => {
    const reminder = new CsjReminder();
    reminder.app = app({ act: () => new Promise<Reminded>((resolve) => answers.push(resolve)) });
    return reminder as unknown as { tenant: Tenant; remind(): Promise<void>; willUpdate(changed: Map<string, unknown>): void; render(): unknown };
  };
  const receipt: Reminded = { state: "delivered", channel: "mail", at: "10:02" };

  /** What is shown of a receipt for Ada when the card is given this tenant afterwards. */
  const shownFor = async (next: (ada: Tenant) => Tenant) => {
    const reminder = made();
    const ada = (reminder.tenant = tenant("Ada"));
    const done = reminder.remind();
    answers.shift()?.(receipt);
    await done;
    reminder.tenant = next(ada);
    reminder.willUpdate(new Map([["tenant", ada]]));
    return text(reminder.render());
  };

  it("gives a receipt, which stays while more is known of the tenant", async () => {
    expect(await shownFor((ada) => ({ ...ada, reminded_at: "10:02" }))).toContain("cards.tenants.reminder.delivered");
  });

  it("gives no receipt for another", async () => {
    expect(await shownFor(() => tenant("Bob"))).not.toContain("cards.tenants.reminder.delivered");
  });

  it("gives none either when the answer comes after that", async () => {
    const reminder = made();
    reminder.tenant = tenant("Ada");
    const done = reminder.remind();
    const before = reminder.tenant;
    reminder.tenant = tenant("Bob");
    reminder.willUpdate(new Map([["tenant", before]]));
    answers.shift()?.(receipt);
    await done;
    expect(text(reminder.render())).not.toContain("cards.tenants.reminder.delivered");
  });
});

describe("a row of the card", () => {
  const row = (serial: string, state = "online") => ({ serial, name: serial, circuit: null, state, device_id: null, balance: { value: 1, unit: "EUR" } });
  const made = (rows: ReturnType<typeof row>[], meters: unknown[] = []) => {
    const card = new CsjTenantsCard();
    card.app = app();
    const shown = card as unknown as { list: { rows: Map<string, unknown> }; meters: unknown[]; content(): unknown };
    shown.list.rows = new Map(rows.map((one) => [one.serial, one]));
    shown.meters = meters;
    return shown.content();
  };

  it("stays with its meter, in whichever order they come", () => {
    expect(keys(made([row("A1"), row("B2")]))).toEqual([["A1", "B2"]]);
  });

  it.each([
    ["online", "good", "meter.credit_states.ok"],
    ["silent", "warning", "meter_states.silent"],
    ["link_down", "warning", "meter_states.link_down"],
    ["disabled", "dim", "meter_states.disabled"],
  ])("says of a meter that is %s what is so, as what it is: %s", (state, tone, word) => {
    const money = { forecast: { outlook: "runs_out", days: 9, runs_out_at: null, per_day: 2 }, state: "ok", last_payment: null };
    const drawn = parts(made([row("A1", state)], [{ serial: "A1", money }]));
    // the class of a line stands before its words
    expect(drawn[drawn.indexOf(word) - 2]).toBe(tone);
  });
});

describe("what the card asks for", () => {
  const page = Object.assign(new EventTarget(), { hidden: false });
  interface Asking {
    updated(): void;
    connectedCallback(): void;
    disconnectedCallback(): void;
  }
  let card: Asking;
  let asked: string[];

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("document", page);
    page.hidden = false;
    asked = [];
    const answer = (action: string) => (asked.push(action), Promise.resolve({ tenants: [] }));
    const rows = new Map([["A1", { serial: "A1", circuit: null, state: "online", balance: { value: 1, unit: "EUR" } }]]);
    // neither a browser nor a connection is there
    const made = within<CsjTenantsCard>(new CsjTenantsCard(), { list: { rows, standing: "live" }, createRenderRoot: () => ({}), scheduleUpdate: () => undefined });
    made.app = app({ act: answer, call: () => Promise.resolve({ meter: {} }) });
    card = made as unknown as Asking;
    card.connectedCallback();
    card.updated();
  });
  afterEach(() => {
    card.disconnectedCallback();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("is asked again after a while", async () => {
    await vi.advanceTimersByTimeAsync(120_000);
    expect(asked).toEqual(["list_tenants", "list_tenants", "list_tenants"]);
  });

  it("rests while nobody sees it", async () => {
    await vi.advanceTimersByTimeAsync(0);
    page.hidden = true;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked).toHaveLength(1);
    page.hidden = false;
    page.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(2);
    card.disconnectedCallback();
    page.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked).toHaveLength(2);
  });
});
