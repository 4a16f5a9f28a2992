/** Who looks, and in which words: asked once for all cards of a window. */

import type { Connection } from "home-assistant-js-websocket";

import type { Info } from "../api/session";
import type { HomeAssistant } from "../home_assistant";
import { Texts } from "../texts";

const texts = new Map<string, Promise<Texts>>();
const infos = new WeakMap<Connection, Promise<Info>>();
const followed = new WeakSet<Connection>();

/** The texts in the language of the user. */
export function textsOf(hass: HomeAssistant): Promise<Texts> {
  const { language } = hass;
  const found = texts.get(language) ?? Texts.load(hass);
  texts.set(language, found);
  found.catch(() => texts.delete(language));
  return found;
}

/** Who looks. Rejects while the integration is not there. */
export function infoOf(hass: HomeAssistant): Promise<Info> {
  const { connection } = hass;
  if (!followed.has(connection)) {
    followed.add(connection);
    // a role may have been given or taken away meanwhile
    connection.addEventListener("ready", () => infos.delete(connection));
  }
  const found = infos.get(connection) ?? hass.callWS<Info>({ type: "csj_meter/info" });
  infos.set(connection, found);
  found.catch(() => infos.delete(connection));
  return found;
}

/** Home Assistant, where it is not handed down. */
export function mainHass(): HomeAssistant | undefined {
  return (document.querySelector("home-assistant") as (Element & { hass?: HomeAssistant }) | null)?.hass;
}
