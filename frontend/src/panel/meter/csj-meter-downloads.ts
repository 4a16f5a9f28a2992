import { css, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";

import type { MeterDetail } from "../../api/meter";
import { download, exportPath } from "../../downloads";
import { AppElement, element } from "../../elements/element";
import { style } from "../../elements/style";
import { diagnosticsPath, exports } from "./downloads";

/** Files to take along: measurements, and what helps whoever looks for a mistake. */
@element("csj-meter-downloads")
export class CsjMeterDownloads extends AppElement {
  static override styles = [
    style,
    css`
      .row {
        margin-top: 12px;
      }
    `,
  ];

  @property({ attribute: false }) meter!: MeterDetail;
  @state() private busy = false;

  protected override render() {
    const { app, meter } = this;
    const owner = app.hass.user?.is_admin && meter.device_id !== null;
    if (!app.may("export") && !owner) return nothing;
    return html`<section class="card">
      <h2>${this.t("meter.downloads")}</h2>
      <div class="row">
        ${app.may("export")
          ? exports(app.may("see_raw")).map(
              (one) => html`<button
                ?disabled=${this.busy}
                @click=${() => this.download(exportPath(meter.serial, one, Math.floor(Date.now() / 1000)))}
              >
                ${this.t(`meter.export_by.${one.resolution}`, { span: this.t(`meter.export_spans.${one.days}d`) })}
              </button>`,
            )
          : nothing}
        ${owner
          ? html`<button
              ?disabled=${this.busy}
              @click=${() => this.download(diagnosticsPath(meter.bridge, meter.device_id as string))}
            >
              ${this.t("meter.diagnostics")}
            </button>`
          : nothing}
      </div>
    </section>`;
  }

  private async download(path: string): Promise<void> {
    this.busy = true;
    await this.attempt(() => download(this.app, path), this.t("meter.download_began"));
    this.busy = false;
  }
}
