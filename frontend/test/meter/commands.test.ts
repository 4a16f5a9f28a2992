import { expect, it } from "vitest";

import type { CommandRow, MeterDetail } from "../../src/api/meter";
import { CsjMeterCommands } from "../../src/panel/meter/csj-meter-commands";
import { app } from "../english";
import { Staged } from "../staged";

/** How the connection says that it is lost: before something is sent, and while an answer is awaited. */
const LOST = [3, { type: "result", success: false, error: { code: 3, message: "Connection lost" } }];

const supply = (value: boolean | null): CommandRow => ({ name: "supply", permission: "switch_supply", allowed: true, kind: "switch", value });
const meter = (commands: CommandRow[]) => ({ serial: "A1", name: "Flat 1", state: "online", commands }) as MeterDetail;

async function shown(answer: () => unknown, commands: CommandRow[]): Promise<Staged<CsjMeterCommands>> {
  const dialog = { show: async () => undefined };
  const staged = new Staged(new CsjMeterCommands(), { querySelector: () => dialog });
  await staged.set({ app: app(answer), meter: meter(commands) });
  return staged;
}

/** Press a button, and say yes to the question that comes; the sentence that the dialogue then has. */
async function confirmed(staged: Staged<CsjMeterCommands>, name: string): Promise<string> {
  await staged.press(name);
  const work = staged.given("<csj-dialog", ".work") as () => Promise<unknown>;
  const error: unknown = await work().catch((problem: unknown) => problem);
  await staged.settled();
  return error === undefined ? "" : staged.element.app.sentence(error);
}

it.each(LOST)("of a command whose answer was lost nobody says that it goes on, and the contact is not known", async (error) => {
  const commands = [supply(true)];
  const staged = await shown(() => Promise.reject(error), commands);
  expect(staged.text).toContain("The supply is connected");
  expect(await confirmed(staged, "Disconnect")).toContain("Nobody knows whether the meter has done it");
  expect(staged.text).toContain("Nobody knows whether the meter has done it");
  expect(staged.text).not.toContain("goes on by itself");
  expect(staged.text).toContain("Whether the supply is connected is not known");
  // rows of the list come meanwhile, with the commands that were told before
  await staged.set({ meter: meter(commands) });
  expect(staged.text).toContain("Whether the supply is connected is not known");
  await staged.set({ meter: meter([supply(false)]) });
  expect(staged.text).not.toContain("is not known.");
});

it("of a meter that does not answer nobody says that its supply is connected, and it may be switched either way", async () => {
  const staged = await shown(() => ({}), [supply(true)]);
  await staged.set({ meter: { ...meter([supply(true)]), state: "silent" } });
  expect(staged.text).not.toContain("The supply is connected");
  expect(staged.text).toContain("Whether the supply is connected is not known");
  expect(staged.text).toContain("Disconnect Connect");
});

it("what the server refuses is told in its words", async () => {
  const staged = await shown(() => Promise.reject({ code: "unauthorized", message: "Not yours." }), [supply(true)]);
  expect(await confirmed(staged, "Disconnect")).toBe("Not yours.");
  expect(staged.text).toContain("Not yours.");
  expect(staged.text).not.toContain("is not known");
});
