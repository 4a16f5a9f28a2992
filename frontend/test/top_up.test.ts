import { beforeEach, describe, expect, it } from "vitest";

import type { Payment } from "../src/api/payments";
import { CsjTopUp } from "../src/cards/csj-top-up";
import { app, text } from "./shown";

interface Ledger {
  payments: Payment[];
  sent: { key: string; amount: string }[];
  /** What becomes of what is sent next. */
  next: (key: string) => Payment;
}

/** As much of the element as a person touches. */
interface Person {
  text: string;
  newest: string;
  send(): Promise<void>;
  render(): unknown;
  updated(changed: Map<string, unknown>): void;
}

const UNCERTAIN = { code: "home_assistant_error", message: "", translation_key: "top_up_uncertain" };
const PENDING = { code: "home_assistant_error", message: "", translation_key: "top_up_pending" };

function payment(key: string, state: Payment["state"]): Payment {
  return { id: key, key, kind: "top_up", state, reason: null, amount: 20, unit: "EUR", balance_before: 1, balance_after: 21, by: "Ada", note: "", at: "10:02" };
}

function fail(error: unknown): never {
  throw error;
}

describe("money on its way to a meter", () => {
  let meter = 0;
  let ledger: Ledger;
  let card: Person;

  const open = (): Person => {
    const made = new CsjTopUp();
    made.deviceId = `meter ${meter}`;
    made.methods = ["amount"];
    made.app = app({
      act: async (action: string, data: { key: string; amount: string }) => {
        if (action === "list_payments") return { payments: ledger.payments };
        ledger.sent.push({ key: data.key, amount: data.amount });
        return ledger.next(data.key);
      },
    });
    return made as unknown as Person;
  };
  const enter = async (amount: string): Promise<unknown> => {
    card.text = amount;
    return card.send().catch((error: unknown) => error);
  };
  const reported = async (): Promise<void> => {
    card.updated(new Map([["newest", ""]]));
    await new Promise((resolve) => setTimeout(resolve));
  };

  beforeEach(() => {
    meter += 1;
    ledger = { payments: [], sent: [], next: (key) => payment(key, "done") };
    card = open();
  });

  it.each([["whose reply is lost", UNCERTAIN], ["that waits for another", PENDING], ["whose error nobody knows", { code: "unknown_error", message: "" }]])(
    "a payment %s is sent again under the same key",
    async (_, error) => {
      ledger.next = () => fail(error);
      expect(await enter("20")).toBe(error);
      ledger.next = (key) => payment(key, "done");
      await enter("20.00");
      expect(new Set(ledger.sent.map(({ key }) => key)).size).toBe(1);
      expect(ledger.sent).toHaveLength(2);
    },
  );

  it("what nobody knows is said until somebody does", async () => {
    ledger.next = () => fail(UNCERTAIN);
    await enter("20");
    expect(text(card.render())).toContain("cards.credit.outcomes.uncertain");
    const key = ledger.sent[0]?.key as string;
    ledger.payments = [payment(key, "uncertain")];
    await reported();
    expect(text(card.render())).toContain("cards.credit.outcomes.uncertain");
    ledger.payments = [payment(key, "done")];
    await reported();
    expect(text(card.render())).not.toContain("cards.credit.outcomes.uncertain");
    expect(text(card.render())).toContain("cards.credit.outcomes.done");
  });

  it("the same amount is another sale once the one before is known to be done", async () => {
    ledger.next = (key) => {
      ledger.payments.push(payment(key, "done"));
      return fail(3);
    };
    await enter("20");
    // the card is made anew with the connection
    card = open();
    await reported();
    expect(text(card.render())).toContain("cards.credit.outcomes.done");
    ledger.next = (key) => payment(key, "done");
    await enter("20");
    expect(new Set(ledger.sent.map(({ key }) => key)).size).toBe(2);
    expect(text(card.render())).not.toContain("cards.credit.sent_before");
  });

  it("an answer that is about the payment before says that nothing new was sent", async () => {
    ledger.next = () => fail(UNCERTAIN);
    await enter("20");
    ledger.payments = [payment(ledger.sent[0]?.key as string, "done")];
    await enter("20");
    expect(ledger.sent).toHaveLength(1);
    expect(text(card.render())).toContain("cards.credit.sent_before");
    // now it is known, and said: the next one is another
    ledger.next = (key) => payment(key, "done");
    await enter("20");
    expect(ledger.sent).toHaveLength(2);
    expect(text(card.render())).not.toContain("cards.credit.sent_before");
  });

  it("a silent meter does not make a payment known that is in doubt", async () => {
    ledger.next = () => fail(UNCERTAIN);
    await enter("20");
    ledger.next = () => fail({ code: "home_assistant_error", message: "", translation_key: "unit_silent" });
    await enter("20");
    await enter("20");
    expect(new Set(ledger.sent.map(({ key }) => key)).size).toBe(1);
  });

  it("what is certainly not on the meter is sent anew", async () => {
    ledger.next = () => fail({ code: "home_assistant_error", message: "", translation_key: "top_up_refused" });
    await enter("20");
    await enter("20");
    expect(new Set(ledger.sent.map(({ key }) => key)).size).toBe(2);
  });
});
