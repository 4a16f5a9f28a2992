/** How far work of the server is, as a bar with words below it. */

import { css, html, nothing, type TemplateResult } from "lit";

/** Browsers draw the rest of a bar in white, whatever the theme. */
export const progressStyle = css`
  progress {
    appearance: none;
    display: block;
    height: 8px;
    border: none;
    border-radius: 4px;
    overflow: hidden;
    background: color-mix(in srgb, var(--csj-text) 14%, transparent);
  }
  progress::-webkit-progress-bar {
    background: transparent;
  }
  progress::-webkit-progress-value {
    background: var(--csj-accent-text);
  }
  progress::-moz-progress-bar {
    background: var(--csj-accent-text);
  }
`;

/** `done`: a share of one. */
export function progressBar(label: string, done: number, words: string): TemplateResult {
  return html`<progress aria-label=${label} max="1" .value=${done}></progress>
    ${words ? html`<p class="small dim number">${words}</p>` : nothing}`;
}
