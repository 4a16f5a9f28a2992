/** A chart for those who cannot see it. */

import { html } from "lit";

import type { App } from "../app";
import { type Curve, part, type Range } from "./curves";

const ROWS = 48;

interface Charted {
  heading: string;
  unit: string | null;
  digits: number | undefined;
  times: readonly number[];
  curves: readonly Curve[];
  range: Range | null;
}

/** Its values, at regular times. */
export function table(app: App, { heading, unit, digits, times, curves, range }: Charted) {
  const [first, last] = part(times, range);
  const stride = Math.max(1, Math.ceil((last - first + 1) / ROWS));
  const rows: number[] = [];
  for (let index = first; index <= last; index += stride) rows.push(index);
  return html`<div class="table" tabindex="0" role="region" aria-label=${heading}>
    <table>
      <thead>
        <tr>
          <th>${app.t("chart.time")}</th>
          ${curves.map((curve) => html`<th class="number">${curve.label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (index) => html`<tr>
            <td>${app.format.dateTime((times[index] as number) * 1000)}</td>
            ${curves.map((curve) => html`<td class="number">${app.format.measured(curve.values[index], unit, digits)}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
