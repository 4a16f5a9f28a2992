/** How cards are edited: Home Assistant's own forms, in our words. */

import { mainHass, textsOf } from "./session";

interface Field {
  name: string;
}

async function form(schema: readonly object[]) {
  const hass = mainHass();
  const texts = hass === undefined ? undefined : await textsOf(hass).catch(() => undefined);
  return {
    schema,
    computeLabel: ({ name }: Field) => texts?.get(`cards.form.${name}`) ?? name,
    computeHelper: ({ name }: Field) => texts?.get(`cards.form_help.${name}`),
  };
}

/** A meter is chosen as a device, not entity by entity. */
const METER = { name: "device_id", required: true, selector: { device: { integration: "csj_meter" } } };
const NAME = { name: "name", selector: { text: {} } };

export function meterForm() {
  return form([METER, NAME]);
}

export function tenantsForm() {
  return form([{ name: "circuit", selector: { text: {} } }, NAME]);
}
