/** An answer stays with the alert that it was given to, whichever is open when it comes. */

import { beforeEach, describe, expect, it } from "vitest";

import type { Alert } from "../src/api/alerts";
import type { App } from "../src/app";
import { CsjDialog } from "../src/elements/csj-dialog";
import { type AlertAnswer, CsjAlertActions } from "../src/panel/alerts/csj-alert-actions";
import { CsjAlertView } from "../src/panel/alerts/csj-alert-view";
import { alert } from "./alert";
import { app, parts, text, within } from "./shown";

const A = alert({ alert_id: "a", name: "Elm Row 1", state: "confirmed" });
const B = alert({ alert_id: "b", name: "Oak Row 2", state: "confirmed" });

describe("answering", () => {
  let actions: EventTarget & {
    app: App;
    alert: Alert;
    busy: string;
    error: string;
    acknowledge(): Promise<void>;
    willUpdate(changed: Map<string, unknown>): void;
    render(): unknown;
  };
  let told: AlertAnswer[];
  let called: unknown[][];
  let finish: { resolve: (answer: unknown) => void; reject: (error: unknown) => void };
  let forgotten = 0;
  let said: string[];

  beforeEach(() => {
    told = [];
    called = [];
    said = [];
    forgotten = 0;
    const dialog = { forget: () => (forgotten += 1) };
    actions = within(new CsjAlertActions(), { falseAlarm: dialog, shelveDialog: dialog, toast: (message: string) => said.push(message) });
    actions.app = app({
      info: { user: "Ada" },
      call: (...call: unknown[]) => {
        called.push(call);
        return new Promise((resolve, reject) => (finish = { resolve, reject }));
      },
    });
    actions.alert = A;
    actions.addEventListener("answered", (event) => told.push((event as CustomEvent<AlertAnswer>).detail));
  });

  const goOn = () => {
    actions.alert = B;
    actions.willUpdate(new Map([["alert", A]]));
  };

  it("is told with the alert that was answered", async () => {
    const done = actions.acknowledge();
    goOn();
    finish.resolve({ alert: { ...A, state: "acknowledged" } });
    await done;
    expect(called).toEqual([["alerts/acknowledge", { alert_id: "a" }]]);
    expect(told.map(({ alert_id }) => alert_id)).toEqual(["a", "a"]);
  });

  it("leaves nothing of it to the next alert", async () => {
    const done = actions.acknowledge();
    goOn();
    expect(actions.busy).toBe("");
    finish.reject({ code: "x", message: "too late" });
    await done;
    expect(actions.error).toBe("");
    expect(told.at(-1)).toEqual({ alert_id: "a", alert: null });
    expect(said.join()).toContain("too late");
  });

  it("closes what was about to be asked when another alert is opened, and not when more is known of it", () => {
    actions.alert = { ...A, value: 170 };
    actions.willUpdate(new Map([["alert", A]]));
    expect(forgotten).toBe(0);
    goOn();
    expect(forgotten).toBe(2);
  });

  it("names the alert in its questions", () => {
    const drawn = text(actions.render());
    expect(drawn).toContain("alerts.false_alarm_question");
    const questions = parts(actions.render()).filter((part) => String(part).startsWith("alerts.false_alarm_question"));
    expect(questions.join()).toContain("Elm Row 1");
  });
});

describe("the page of an alert", () => {
  it("passes over what an answer has made of another", async () => {
    const view = within<{ app: App; alertId: string; row: Alert; alert: Alert | null; answer(event: unknown): Promise<void> }>(new CsjAlertView(), {
      updateComplete: Promise.resolve(true),
      renderRoot: { querySelector: () => null, activeElement: {} },
    });
    view.app = app();
    view.alertId = "b";
    view.row = B;
    await view.answer({ detail: { alert_id: "a", alert: { ...A, state: "acknowledged" } } });
    expect(view.alert).toBe(B);
    await view.answer({ detail: { alert_id: "b", alert: { ...B, state: "acknowledged" } } });
    expect(view.alert?.state).toBe("acknowledged");
  });
});

describe("a question that is about something else now", () => {
  it("is not closed by what was under way before, and does not tell its error", async () => {
    let closed = 0;
    let reject: (error: unknown) => void = () => undefined;
    const dialog = within<{ app: App; work: () => Promise<unknown>; error: string; submit(event: unknown): Promise<void>; forget(): void }>(new CsjDialog(), {
      dialog: { close: () => (closed += 1) },
    });
    dialog.app = app();
    dialog.work = () => new Promise((_, no) => (reject = no));
    const done = dialog.submit({ preventDefault: () => undefined });
    dialog.forget();
    reject({ message: "too late" });
    await done;
    expect(dialog.error).toBe("");
    let resolve: (value: unknown) => void = () => undefined;
    dialog.work = () => new Promise((yes) => (resolve = yes));
    const again = dialog.submit({ preventDefault: () => undefined });
    dialog.forget();
    resolve(undefined);
    await again;
    expect(closed).toBe(2);
  });
});
