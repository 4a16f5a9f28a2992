/** Files that Home Assistant makes of a meter. */

import type { Export } from "../../downloads";

/** What one click downloads. Who may not see minutes gets hours. */
export function exports(minutes: boolean): Export[] {
  const fine = minutes ? "minute" : "hour";
  return [
    { days: 1, resolution: fine },
    { days: 7, resolution: fine },
    { days: 90, resolution: "hour" },
  ];
}

export function diagnosticsPath(bridge: string, device: string): string {
  return `/api/diagnostics/config_entry/${bridge}/device/${device}`;
}
