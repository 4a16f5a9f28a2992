/** What every page needs, handed down as one value: it is a new one when something about it has changed. */

import type { ApiError, Info, Permission } from "./api/session";
import { Format } from "./format";
import type { HomeAssistant } from "./home_assistant";
import type { Texts } from "./texts";

/** What the connection rejects with when it is lost: nobody knows whether it was done. */
const CONNECTION_LOST = 3;

/** Whether something was under way, or was to be, when the connection was lost. */
export function isLost(error: unknown): boolean {
  const { code, error: inner } = (error ?? {}) as { code?: unknown; error?: { code?: unknown } };
  return [error, code, inner?.code].includes(CONNECTION_LOST);
}

export class App {
  readonly format: Format;

  constructor(
    readonly hass: HomeAssistant,
    readonly info: Info,
    readonly texts: Texts,
  ) {
    this.format = new Format(hass.locale, info.time_zone, info.currency);
  }

  /** The text of a key under `config_panel.panel`, with its placeholders filled. */
  t(key: string, values?: Record<string, string | number>): string {
    return this.texts.get(`panel.${key}`, values);
  }

  /** The same of what phones and mails say too: `kinds.voltage_sag`, `severities.critical`. */
  word(key: string): string {
    return this.texts.get(key);
  }

  /** Whether the user's role allows something anywhere; on which meters is for the server to say. */
  may(permission: Permission): boolean {
    return permission in this.info.permissions;
  }

  /** Ask the server for something once. Rejects with an `ApiError`. */
  call<T>(command: string, data: Record<string, unknown> = {}): Promise<T> {
    return this.hass.callWS<T>({ type: `csj_meter/${command}`, ...data });
  }

  /** Do an action of this integration, once; its answer. Rejects as `call`; see `isLost` too. */
  async act<T>(action: string, data: Record<string, unknown>): Promise<T> {
    const { response } = await this.hass.callWS<{ response: T }>({
      type: "call_service",
      domain: "csj_meter",
      service: action,
      service_data: data,
      return_response: true,
    });
    return response;
  }

  /** The sentence of an error of which no more than the key is known; empty where there is none. */
  exception(key: string): string {
    // whatever a placeholder is called, what stood there is not known
    const unknown = new Proxy<Record<string, string>>({}, { has: () => true, get: () => "…" });
    return this.texts.exception(key, unknown);
  }

  /** A sentence for an error of the server, in the user's language where it has one. */
  sentence(error: unknown): string {
    if (isLost(error)) return this.t("notice.lost");
    const { message, translation_key: key, translation_placeholders: placeholders } = error as ApiError;
    if (key !== undefined && key !== null) {
      const text = this.texts.exception(key, placeholders ?? {});
      if (text) return text;
    }
    return message || this.t("error.unknown");
  }
}
