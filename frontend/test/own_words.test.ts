import { expect, test } from "vitest";

import { OwnWords } from "../src/panel/own_words";

/** A page with the texts that `load` gives; how often it was to show itself anew. */
function page(load: (category: string) => Promise<unknown>) {
  const host = {
    app: { hass: { language: "en", loadBackendTranslation: load } },
    updates: 0,
    addController: () => undefined,
    requestUpdate: () => {
      host.updates += 1;
    },
  };
  return { host, words: new OwnWords(host as never, ["options", "selector"]) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("words are loading until all of them are there", async () => {
  const asked: string[] = [];
  const { host, words } = page(async (category) => {
    asked.push(category);
    return (key: string) => (asked.includes("selector") ? `text of ${key}` : "");
  });
  words.hostUpdate();
  expect(words.loading).toBe(true);
  expect(words.get("options.people")).toBe("");
  await settled();
  expect(asked).toEqual(["options", "selector"]);
  expect(words.loading).toBe(false);
  expect(words.get("options.people")).toBe("text of component.csj_meter.options.people");
  expect(host.updates).toBe(1);
});

test("words that could not be had are asked for again with the next update", async () => {
  let lost = true;
  const { words } = page(async () => {
    if (lost) throw new Error("Connection lost");
    return (key: string) => key;
  });
  words.hostUpdate();
  await settled();
  expect(words.loading).toBe(true);
  lost = false;
  words.hostUpdate();
  await settled();
  expect(words.loading).toBe(false);
});
