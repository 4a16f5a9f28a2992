/** How things look: Home Assistant's own colours, so that themes and the dark mode hold. */

import { css } from "lit";

export const style = css`
  :host {
    --csj-text: var(--primary-text-color, #141414);
    --csj-dim: var(--secondary-text-color, #5e5e5e);
    --csj-line: var(--divider-color, #e0e0e0);
    --csj-surface: var(--card-background-color, #fff);
    --csj-page: var(--primary-background-color, #fafafa);
    /* the primary colour of Home Assistant is too light for white text: mixed it has a contrast of 4.8 */
    --csj-accent: color-mix(in srgb, var(--primary-color, #009ac7) 72%, black);
    --csj-accent-text: color-mix(in srgb, var(--primary-color, #009ac7) 68%, var(--csj-text));
    --csj-critical: color-mix(in srgb, var(--error-color, #db4437) 82%, var(--csj-text));
    --csj-warning: color-mix(in srgb, var(--warning-color, #ffa600) 55%, var(--csj-text));
    --csj-good: color-mix(in srgb, var(--success-color, #43a047) 70%, var(--csj-text));
    --csj-radius: var(--ha-card-border-radius, 12px);
    display: block;
    color: var(--csj-text);
    font-size: 14px;
    line-height: 1.45;
  }
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p {
    margin: 0;
    font-weight: inherit;
  }
  h2 {
    font-size: 17px;
    font-weight: 500;
  }
  h3 {
    font-size: 14px;
    font-weight: 500;
  }
  a {
    color: var(--csj-accent-text);
  }
  :focus-visible {
    outline: 2px solid var(--csj-accent-text);
    outline-offset: 2px;
  }
  /* of links and the like: what has a shape of its own keeps it */
  :where(:focus-visible) {
    border-radius: 4px;
  }
  .card {
    background: var(--csj-surface);
    border: 1px solid var(--csj-line);
    border-radius: var(--csj-radius);
    padding: 16px;
  }
  .stack {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
  }
  .spread {
    justify-content: space-between;
  }
  .dim {
    color: var(--csj-dim);
  }
  .small {
    font-size: 12px;
  }
  .number {
    font-variant-numeric: tabular-nums;
  }
  .critical {
    color: var(--csj-critical);
  }
  .warning {
    color: var(--csj-warning);
  }
  .good {
    color: var(--csj-good);
  }
  .hidden-label {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button,
  .button {
    font: inherit;
    font-weight: 500;
    color: var(--csj-accent-text);
    background: transparent;
    border: 1px solid var(--csj-line);
    border-radius: 999px;
    min-height: 36px;
    padding: 0 16px;
    cursor: pointer;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    text-decoration: none;
  }
  button:hover:not(:disabled),
  .button:hover {
    background: color-mix(in srgb, var(--csj-accent-text) 10%, transparent);
  }
  button:disabled {
    color: var(--csj-dim);
    cursor: default;
    opacity: 0.75;
  }
  button.main {
    background: var(--csj-accent);
    border-color: var(--csj-accent);
    color: #fff;
  }
  button.main:hover:not(:disabled) {
    background: color-mix(in srgb, var(--csj-accent) 88%, black);
  }
  button.danger {
    color: var(--csj-critical);
  }
  button.plain {
    border-color: transparent;
    padding: 0 8px;
  }
  button.on {
    background: color-mix(in srgb, var(--csj-accent-text) 9%, transparent);
    border-color: var(--csj-accent-text);
  }
  .group {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .group button {
    min-height: 32px;
    padding: 0 12px;
  }
  label {
    display: grid;
    gap: 4px;
    font-size: 12px;
    color: var(--csj-dim);
  }
  label.check {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    font-size: 14px;
    color: inherit;
  }
  input:not([type="checkbox"], [type="radio"]),
  select,
  textarea {
    font: inherit;
    font-size: 14px;
    color: var(--csj-text);
    background: var(--csj-surface);
    border: 1px solid color-mix(in srgb, var(--csj-text) 45%, transparent);
    border-radius: 8px;
    min-height: 36px;
    padding: 4px 10px;
    max-width: 100%;
  }
  /* a finger is no mouse: it needs more to hit, and phones zoom into fields with smaller letters than these */
  @media (pointer: coarse) {
    input:not([type="checkbox"], [type="radio"]),
    select,
    textarea {
      font-size: 16px;
    }
    a,
    summary {
      padding-block: 6px;
    }
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    border-radius: 999px;
    padding: 1px 10px;
    font-size: 12px;
    font-weight: 500;
    white-space: nowrap;
    border: 1px solid currentColor;
  }
  .chip.neutral {
    color: var(--csj-dim);
  }
  .dot::before {
    content: "";
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: currentColor;
  }
  .scroll {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    width: 100%;
  }
  th {
    text-align: start;
    font-size: 12px;
    font-weight: 500;
    color: var(--csj-dim);
  }
  th,
  td {
    padding: 8px;
    border-bottom: 1px solid var(--csj-line);
    vertical-align: top;
  }
  th.number,
  td.number {
    text-align: end;
    white-space: nowrap;
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
    gap: 12px;
    margin: 0;
  }
  dt {
    font-size: 12px;
    color: var(--csj-dim);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  progress {
    width: 100%;
    accent-color: var(--csj-accent);
  }
`;
