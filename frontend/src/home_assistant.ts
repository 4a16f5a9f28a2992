/** As much of Home Assistant's frontend as this code touches. */

import type { Connection } from "home-assistant-js-websocket";

export interface Locale {
  language: string;
  number_format: "language" | "system" | "comma_decimal" | "decimal_comma" | "quote_decimal" | "space_comma" | "none";
  time_format: "language" | "system" | "12" | "24";
  time_zone: "local" | "server";
}

/** A device of the registry, as every user is told it. */
export interface Device {
  id: string;
  identifiers: [string, string][];
  name?: string | null;
  name_by_user?: string | null;
}

/** An entity of the registry, as every user is told it. */
export interface Entity {
  entity_id: string;
  device_id?: string;
  platform?: string;
  translation_key?: string;
}

export interface HomeAssistant {
  connection: Connection;
  connected: boolean;
  dockedSidebar: "docked" | "auto" | "always_hidden";
  language: string;
  locale: Locale;
  config: { time_zone: string; currency: string };
  themes: { darkMode: boolean };
  devices: Record<string, Device | undefined>;
  entities: Record<string, Entity | undefined>;
  /** Another object whenever something of the entity is another. */
  states: Record<string, object | undefined>;
  user?: { id: string; name: string; is_admin: boolean };
  localize(key: string, values?: Record<string, unknown>): string;
  loadBackendTranslation(category: string, integration: string): Promise<unknown>;
  callWS<T>(message: { type: string } & Record<string, unknown>): Promise<T>;
}

/** Which page of the panel the address means. */
export interface Route {
  prefix: string;
  path: string;
}

/** Open a page of Home Assistant without loading it anew. */
export function navigate(path: string, { replace = false } = {}): void {
  history[replace ? "replaceState" : "pushState"](null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace } }));
}

/** Open a link inside Home Assistant; with a modifier key the browser does what it always does. */
export function follow(event: MouseEvent, path: string): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  navigate(path);
}
