/** Measurements as a file that Home Assistant makes. */

import type { App } from "./app";

const DAY = 86400;

/** Seconds within which a download has to begin. */
const EXPIRES = 300;

export interface Export {
  /** Days back from now. */
  days: number;
  resolution: "minute" | "hour";
}

/** The path of an export, to be signed; `now` in seconds since the epoch. */
export function exportPath(serial: string, { days, resolution }: Export, now: number): string {
  const [since, until] = [now - days * DAY, now].map((at) => new Date(at * 1000).toISOString().replace(/\.\d+Z$/, "Z"));
  return `/api/csj_meter/export.csv?${new URLSearchParams({ since: since as string, until: until as string, meters: serial, resolution })}`;
}

/** Begin to download what is at a path. Browsers send no token with a download: the path is signed instead. */
export async function download(app: App, path: string): Promise<void> {
  const signed = await app.hass.callWS<{ path: string }>({ type: "auth/sign_path", path, expires: EXPIRES });
  const link = document.createElement("a");
  link.href = signed.path;
  link.download = "";
  link.click();
}
