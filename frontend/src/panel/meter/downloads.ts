/** Addresses of files that Home Assistant makes of a meter. */

import { DAY } from "./window";

export interface Export {
  /** Days back from now. */
  days: number;
  resolution: "minute" | "hour";
}

/** What one click downloads. Who may not see minutes gets hours. */
export function exports(minutes: boolean): Export[] {
  const fine = minutes ? "minute" : "hour";
  return [
    { days: 1, resolution: fine },
    { days: 7, resolution: fine },
    { days: 90, resolution: "hour" },
  ];
}

/** The path of an export, to be signed; `now` in seconds since the epoch. */
export function exportPath(serial: string, { days, resolution }: Export, now: number): string {
  const [since, until] = [now - days * DAY, now].map((at) => new Date(at * 1000).toISOString().replace(/\.\d+Z$/, "Z"));
  return `/api/csj_meter/export.csv?${new URLSearchParams({ since: since as string, until: until as string, meters: serial, resolution })}`;
}

export function diagnosticsPath(bridge: string, device: string): string {
  return `/api/diagnostics/config_entry/${bridge}/device/${device}`;
}
