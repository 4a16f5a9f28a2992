"""What is measured in the window of the panel: all times are those of the page's own clock."""

from __future__ import annotations

from typing import Any, Final

from playwright.sync_api import Locator, Page, expect

from demo.browser import HASS, PATIENCE

DEEP: Final = """
const charts = (name) => {
  const seen = [document];
  while (seen.length) {
    for (const element of seen.pop().querySelectorAll('*')) {
      if (element.localName === 'csj-chart' && element.heading === name) return element;
      if (element.shadowRoot) seen.push(element.shadowRoot);
    }
  }
};
const painted = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
"""
"""JavaScript: a chart by its heading, through all shadows; and when what was drawn is on the screen."""

CHANGE: Final = f"""async ([action, data, low]) => {{
  {DEEP}
  const chart = charts('Voltage');
  const isThere = () => (chart.curves[0].values.findLast(value => value !== null) < 180) === low;
  const begun = performance.now();
  void {HASS}.callService('csj_meter', action, data);
  while (!isThere()) await new Promise(done => setTimeout(done, 4));
  await chart.updateComplete;
  await painted();
  return performance.now() - begun;
}}"""
"""From the order to change the voltage until the curve shows it, in milliseconds."""

SPAN: Final = f"""async ([name, days]) => {{
  {DEEP}
  const chart = charts('Power');
  const buttons = [...chart.getRootNode().querySelectorAll('button')];
  const button = buttons.find(one => one.textContent.trim() === name);
  const begun = performance.now();
  button.click();
  const spans = () => (chart.times.at(-1) - chart.times[0]) / 86400;
  while (!(chart.range[1] - chart.range[0] > days * 80000 && spans() > days * 0.9)) {{
    if (performance.now() - begun > 20000) throw new Error('not drawn');
    await new Promise(done => setTimeout(done, 2));
  }}
  await chart.updateComplete;
  await painted();
  return [performance.now() - begun, chart.times.length];
}}"""
"""From the tap on a span until it is drawn, in milliseconds, and out of how many points."""

ANSWER: Final = f"""async ([serial, quantities, start, end, points]) => {{
  const begun = performance.now();
  await {HASS}.callWS({{type: 'csj_meter/history', serial, quantities, start, end, points}});
  return performance.now() - begun;
}}"""
"""How long Home Assistant takes for the same numbers, in milliseconds."""

PAN: Final = f"""async ([events]) => {{
  {DEEP}
  const chart = charts('Power');
  const over = chart.shadowRoot.querySelector('.u-over');
  const {{left, top, width, height}} = over.getBoundingClientRect();
  const before = chart.range[0], span = chart.range[1] - chart.range[0];
  const frames = [];
  let last = performance.now();
  for (let turn = 0; turn < events; turn++) {{
    over.dispatchEvent(new WheelEvent('wheel', {{deltaX: -width / 100, clientX: left + width / 2,
      clientY: top + height / 2, bubbles: true, composed: true, cancelable: true}}));
    await new Promise(done => requestAnimationFrame(done));
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }}
  await painted();
  return [frames, (before - chart.range[0]) / span];
}}"""
"""A pan of as many hundredths of the width: milliseconds of each frame, and how many widths it went."""


class Window:
    """The page of a meter in the panel."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url

    def open(self, path: str) -> Locator:
        """Open a page of the panel."""
        self.page.goto(f"{self._url}/csj-meter{path}")
        panel = self.page.locator("csj-meter-panel")
        panel.locator("main").wait_for(timeout=PATIENCE)
        return panel

    def call(self, command: str, **fields: Any) -> Any:
        """The answer to a WebSocket command."""
        return self.page.evaluate(f"message => {HASS}.callWS(message)", {"type": command, **fields})

    def open_meter(self, serial: str, interval: int) -> Locator:
        """Open a meter that is read every ``interval`` seconds from then on."""
        panel = self.open(f"/meters/{serial}")
        expect(panel.locator("csj-chart")).to_have_count(4, timeout=PATIENCE)
        panel.get_by_label("Read every").select_option(str(interval))
        return panel
