import { describe, expect, it } from "vitest";

import { CsjUsageCard } from "../src/cards/csj-usage-card";
import type { HomeAssistant } from "../src/home_assistant";
import { within } from "./shown";

describe("the card of usage", () => {
  const entity = (id: string, device: string) => ({ entity_id: id, device_id: device, platform: "csj_meter", translation_key: "alert_state" });
  const entities = { "sensor.a": entity("sensor.a", "A"), "sensor.b": entity("sensor.b", "B") };
  const quiet = { state: "ok" };
  let asked = 0;

  function made(): (states: Record<string, object>) => number {
    asked = 0;
    const card = within<{ setConfig(config: object): void; heard(hass: HomeAssistant): void }>(new CsjUsageCard(), { asked: { ask: () => (asked += 1) } });
    card.setConfig({ type: "custom:csj-usage-card", device_id: "A" });
    return (states) => {
      card.heard({ entities, states } as unknown as HomeAssistant);
      return asked;
    };
  }

  it("asks anew at once when something else is wrong with its meter, and for nothing else", () => {
    const hear = made();
    expect(hear({ "sensor.a": quiet, "sensor.b": quiet })).toBe(0);
    expect(hear({ "sensor.a": quiet, "sensor.b": { state: "critical" } })).toBe(0);
    expect(hear({ "sensor.a": { state: "critical" } })).toBe(1);
    expect(hear({ "sensor.a": quiet })).toBe(2);
  });

  it("does not ask for its meter before it has begun to", () => {
    const hear = made();
    expect(hear({})).toBe(0);
    expect(hear({ "sensor.a": quiet })).toBe(0);
  });
});
