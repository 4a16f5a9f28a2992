"""The weekly summary: at its hour by the clock on the wall, once a week over each channel.

What is due is looked at every full hour, and after a start for the day before: what was due while Home
Assistant was off is sent then. That it was said is kept in one go with the message, so that a restart neither
loses nor repeats it.
"""

from __future__ import annotations

from collections.abc import Iterable
import datetime as dt
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..alerts.mail_wording import summary_title
from ..alerts.message import Reason
from ..alerts.settings import SummarySettings
from ..alerts.summary import summary_of
from ..alerts.summary_mail import summary_html, summary_text
from ..asked_work import AskedWork
from ..const import DOMAIN, LOGGER
from ..meters.sample import moment_of
from ..site_part import SitePart
from ..site_settings import SiteSettings, async_site_settings
from ..telemetry.aggregate import midnight
from ..telemetry.errors import TelemetryError
from .alerting import Alerting, async_alerting
from .letters import Text
from .names import path_of
from .payloads import address_of
from .week import Span, async_week

HOUR: Final = dt.timedelta(hours=1)
WEEK: Final = dt.timedelta(days=7)

LATEST: Final = dt.timedelta(days=1)
"""How long after its hour a summary is still sent."""

SETTLING: Final = dt.timedelta(minutes=2)
"""After a start: by then meters are read, and what sends messages is there."""

CLOSING: Final = dt.timedelta(minutes=5)
"""An hour that is over is in the store by then."""

NOTE: Final = "summary "
"""What the key of a note begins with that says which week was sent last; the id of the channel follows."""


def due_before(settings: SummarySettings, now: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """The last moment by ``now`` at which a summary was due, UTC."""
    local = now.astimezone(zone)
    day = local.date() - dt.timedelta(days=(local.weekday() - settings.weekday) % 7)
    while True:
        # through UTC: an hour that the clocks leave out is the one after it
        due = dt.datetime.combine(day, dt.time(settings.hour), zone).astimezone(dt.UTC)
        if due <= now:
            return due
        day -= WEEK


def days_before(due: dt.datetime, zone: ZoneInfo) -> Span:
    """The seven whole days before the day of ``due``."""
    day = due.astimezone(zone).date()
    before, since, until = (moment_of(midnight(day - weeks * WEEK, zone)) for weeks in (2, 1, 0))
    return Span(before=before, since=since, until=until)


async def async_send_summary(hass: HomeAssistant, channel_ids: Iterable[str] | None = None) -> dict[str, Any]:
    """Send a summary of the last seven days now; what it says of the whole site, as plain JSON.

    ``channel_ids``: None for those that get it every week. Raises StoreUnavailableError and StoreBrokenError
    when the alerts cannot be read; then nobody is told.
    """
    alerting, settings = await async_alerting(hass), await async_site_settings(hass)
    now = dt_util.utcnow()
    until = (now - CLOSING).replace(minute=0, second=0, microsecond=0)
    span = Span(before=until - 2 * WEEK, since=until - WEEK, until=until)
    channels = settings.alerts.summary.channels if channel_ids is None else tuple(channel_ids)
    steps = dict.fromkeys(channels, f"asked {now.isoformat()}")
    return await _async_send(hass, alerting, settings, span, steps)


async def _async_send(
    hass: HomeAssistant,
    alerting: Alerting,
    settings: SiteSettings,
    span: Span,
    steps: dict[str, str],
    *,
    remembered: bool = False,
) -> dict[str, Any]:
    """Have each channel of ``steps`` (id -> name of the step) told of a week."""
    week, wording, now = await async_week(hass, alerting, span), alerting.wording, dt_util.utcnow()
    address = address_of(hass, path_of(hass, None))
    for channel_id, step in steps.items():
        if (channel := settings.alerts.channel(channel_id)) is None:
            continue  # removed meanwhile
        summary = summary_of(week, channel)
        text = Text(
            title=summary_title(summary, wording),
            text=summary_text(summary, wording),
            html=summary_html(summary, wording, now, open_url=address),
        )
        note = f"{NOTE}{channel_id}" if remembered else None
        await alerting.async_say(Reason.SUMMARY, channel_id, step, text, note=note)
    return summary_of(week).as_dict(wording)


class WeeklySummary:
    """Sees to it while a bridge is set up."""

    def __init__(self, hass: HomeAssistant, alerting: Alerting, settings: SiteSettings) -> None:
        """Begin when Home Assistant has started."""
        self._hass = hass
        self._alerting = alerting
        self._settings = settings
        self._looked_at = dt_util.utcnow() - LATEST
        self._work = AskedWork(
            self._async_look, lambda work: hass.loop.create_task(work, name=f"{DOMAIN} weekly summary")
        )
        self._stop_waiting: CALLBACK_TYPE | None = None
        self._stops: list[CALLBACK_TYPE] = []
        self._stops.append(async_at_started(hass, self._started))

    @callback
    def _started(self, _: HomeAssistant) -> None:
        self._stops.append(async_call_later(self._hass, SETTLING, self._look))
        self._await_hour()

    @callback
    def _await_hour(self) -> None:
        """Wait for the next full hour by a clock that counts seconds: the one on the wall may be set back."""
        now = dt_util.now()
        left = HOUR - dt.timedelta(minutes=now.minute, seconds=now.second, microseconds=now.microsecond)
        self._stop_waiting = async_call_later(self._hass, left, self._hour_begins)

    @callback
    def _hour_begins(self, now: dt.datetime) -> None:
        self._await_hour()
        self._look(now)

    @callback
    def _look(self, _: dt.datetime) -> None:
        self._work.ask()

    async def _async_look(self) -> None:
        """Send what has become due since it was looked at last; the root of a task."""
        now = dt_util.utcnow()
        zone = cast(
            "ZoneInfo", dt_util.get_default_time_zone()
        )  # Home Assistant only sets zones of this kind
        rules = self._settings.alerts.summary
        due = due_before(rules, now, zone)
        # by a clock that was ahead nothing was looked at that comes now
        looked_at = self._looked_at if self._looked_at <= now else now - HOUR
        if max(looked_at, now - LATEST) < due:
            year, number, _ = due.astimezone(zone).isocalendar()
            week = f"{year}-W{number:02}"
            steps = {
                channel: week
                for channel in rules.channels
                if self._alerting.notes.get(f"{NOTE}{channel}") != week
            }
            try:
                if steps:
                    span = days_before(due, zone)
                    await _async_send(
                        self._hass, self._alerting, self._settings, span, steps, remembered=True
                    )
            except TelemetryError as err:
                LOGGER.warning("The weekly summary has to wait, it is tried again in an hour: %s", err)
                return
            except Exception:  # noqa: BLE001 - the root of a task: the next hour may go better
                LOGGER.exception("The weekly summary could not be put together")
                return
        self._looked_at = now

    async def async_close(self) -> None:
        """Send nothing any more."""
        while self._stops:
            self._stops.pop()()
        if self._stop_waiting is not None:
            self._stop_waiting()
        await self._work.async_stop()


_PART: Final[HassKey[SitePart[WeeklySummary]]] = HassKey(f"{DOMAIN}_weekly_summary")


async def async_weekly_summary(hass: HomeAssistant) -> WeeklySummary:
    """See to the weekly summary of this site."""

    async def make() -> WeeklySummary:
        return WeeklySummary(hass, await async_alerting(hass), await async_site_settings(hass))

    return await hass.data.setdefault(_PART, SitePart()).async_open(hass, make)


async def async_close_weekly_summary(hass: HomeAssistant) -> None:
    """Send none any more; before the alert desk is closed."""
    if (part := hass.data.get(_PART)) is not None:
        await part.async_close()
