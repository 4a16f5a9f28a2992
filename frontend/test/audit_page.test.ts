import { expect, it } from "vitest";

import type { AuditLine } from "../src/api/figures";
import { CsjAuditPage } from "../src/panel/csj-audit-page";
import { app } from "./english";
import { within } from "./shown";
import { Staged } from "./staged";

function line(changes: Partial<AuditLine>): AuditLine {
  return {
    number: 1,
    at: "2026-11-02T12:00:00.000+00:00",
    user_id: "u",
    name: "Ada",
    role: "owner",
    permission: "command",
    what: "set_clock",
    serial: null,
    circuit: null,
    allowed: true,
    outcome: "done",
    detail: "",
    ...changes,
  };
}

/** The page, and what it has asked of the audit log. */
async function shown(log: (data: Record<string, unknown>) => { lines: AuditLine[]; more: boolean }) {
  const asked: Record<string, unknown>[] = [];
  const page = new Staged(new CsjAuditPage());
  const answer = (command: string, data: Record<string, unknown>) => {
    if (command !== "audit") return { meters: [] };
    asked.push(data);
    return log(data);
  };
  await page.set({ app: app(answer) });
  await page.settled();
  return { page, asked };
}

it("older lines are those before the last one, also when all of them are of one moment", async () => {
  const all = Array.from({ length: 250 }, (_, at) => line({ number: 250 - at }));
  const { page, asked } = await shown(({ before_number: before = 251, limit }) => {
    const older = all.filter(({ number }) => number < Number(before));
    return { lines: older.slice(0, Number(limit)), more: older.length > Number(limit) };
  });
  await page.press("Show older ones");
  await page.press("Show older ones");

  expect(asked.map((data) => data.before_number)).toEqual([undefined, 151, 51]);
  expect(within<{ lines: AuditLine[] }>(page.element).lines).toEqual(all);
  expect(page.text).toContain("Lines: 250. There are no more.");
});

it("whoever asked at the portal is one choice, however many tenants there are", async () => {
  const tenant = { name: "portal", role: "tenant" };
  const { page, asked } = await shown(({ portal }) => ({
    lines: portal ? [] : [line({}), ...["a", "b", null].map((user_id) => line({ ...tenant, user_id }))],
    more: false,
  }));
  const choices = () => page.text.match(/Tenant, on the portal/g)?.length;
  expect(within<{ people(): ReadonlyMap<string, string> }>(page.element).people()).toEqual(
    new Map([
      ["u", "Ada"],
      ["portal", "Tenant, on the portal"],
    ]),
  );

  await page.set({ filter: { from: "", to: "", user: "portal", serial: "", allowed: "" } } as object);
  await page.settled();
  expect(asked.at(-1)).toEqual({ limit: 100, portal: true });
  // it stays there to be seen and left again, although no line is shown
  expect(choices()).toBe(1);
});
