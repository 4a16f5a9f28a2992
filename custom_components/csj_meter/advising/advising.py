"""What is said of the meters of this site while a bridge is set up.

It is worked out when hours close and when somebody asks, who hears nothing older than a few minutes. The
state follows alerts at once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..alerting.alerting import Alerting, async_alerting
from ..alerting.names import meters_of
from ..alerting.status import SIGNAL_ALERTS
from ..asked_work import AskedWork
from ..const import DOMAIN, LOGGER
from ..coordinator import CsjCoordinator
from ..detection.detection import Detection, async_detection
from ..history.status import SIGNAL_HOUR_CLOSED
from ..history.telemetry import Telemetry, async_telemetry
from ..history.troubles import TelemetryUnavailableError
from ..insights.facts import Facts
from ..insights.insight import Insights, insights_of
from ..insights.state import State, state_of
from ..insights.wording import Teller
from ..language.texts import Texts
from ..site_part import SitePart
from ..site_texts import SIGNAL_SITE_TEXTS, current_texts
from ..tenants.book import SIGNAL_TENANTS
from .dismissed import DismissedTips
from .gathering import async_facts, coordinator_of, now, supply_of, told_by
from .status import SIGNAL_INSIGHTS

FRESH: Final = 3
"""Minutes for which insights are told again as they are."""

AGAIN: Final = 300.0
"""Seconds after which what could not be worked out is tried again."""


class Advising:
    """The insights of all meters."""

    def __init__(
        self,
        hass: HomeAssistant,
        telemetry: Telemetry,
        detection: Detection,
        alerting: Alerting,
        dismissed: DismissedTips,
    ) -> None:
        """Begin with all meters."""
        self._hass = hass
        self._telemetry = telemetry
        self._detection = detection
        self._alerting = alerting
        self._dismissed = dismissed
        self._insights: dict[str, Insights] = {}
        self._facts: dict[str, Facts] = {}
        self._due = self._serials()
        self._work = AskedWork(
            self._async_work,
            lambda work: hass.async_create_background_task(work, f"{DOMAIN} insights"),
        )
        self._stops = [
            async_dispatcher_connect(hass, SIGNAL_HOUR_CLOSED, self._hours_closed),
            async_dispatcher_connect(hass, SIGNAL_ALERTS, self._say),
            async_dispatcher_connect(hass, SIGNAL_SITE_TEXTS, self._say),
            async_dispatcher_connect(hass, SIGNAL_TENANTS, self._everything_is_due),
            async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed),
        ]
        self._work.ask()

    def insights(self, serial: str) -> Insights | None:
        """What was worked out last; None before that."""
        return self._insights.get(serial)

    def state(self, serial: str, meter: CsjCoordinator | None = None) -> State:
        """How a meter is doing now, as far as it is known; ``meter`` itself spares looking for it."""
        meter = meter or coordinator_of(self._hass, serial)
        known = self._facts.get(serial) or self._nothing(serial)
        return state_of(
            replace(
                known,
                now=now(),
                alerts=tuple(self._alerting.active_of(serial)),
                known_days=self._detection.view(serial).known_days,
                supply=None if meter is None else supply_of(meter),
            )
        )

    @property
    def teller(self) -> Teller:
        """How it is told now, in the language of this site."""
        return self.teller_in(current_texts(self._hass))

    def teller_in(self, texts: Texts) -> Teller:
        """How it is told now, in the language of ``texts``."""
        return Teller(texts, dt_util.get_default_time_zone(), now())

    async def async_insights(self, serial: str) -> Insights:
        """What is said of a meter, a few minutes old at most. Raises TelemetryUnavailableError."""
        found = self._insights.get(serial)
        if found is None or not 0 <= now() - found.at < FRESH or self._has_said_more(serial):
            found = await self._async_work_out(serial)
        return replace(found, state=self.state(serial))

    def _has_said_more(self, serial: str) -> bool:
        """Whether a meter has said something of its money since its insights were worked out."""
        meter, known = coordinator_of(self._hass, serial), self._facts.get(serial)
        if meter is None or known is None:
            return False
        prices, forecast = told_by(meter)
        return forecast != known.forecast or prices not in (None, known.prices)

    async def async_dismiss(self, serial: str, tip: str) -> None:
        """Do not show a tip any more."""
        await self._dismissed.async_add(serial, tip)
        self._insights.pop(serial, None)

    async def async_close(self) -> None:
        """Say nothing more."""
        while self._stops:
            self._stops.pop()()
        await self._work.async_stop()

    def _serials(self) -> set[str]:
        return {meter.unique_id for _, meter in meters_of(self._hass) if meter.unique_id is not None}

    def _nothing(self, serial: str) -> Facts:
        zone = dt_util.get_default_time_zone()
        return Facts(serial=serial, now=now(), zone=zone)  # type: ignore[arg-type]  # always of this kind

    @callback
    def _hours_closed(self, serials: set[str]) -> None:
        self._due |= serials & self._serials()
        self._work.ask()

    @callback
    def _everything_is_due(self) -> None:
        """Somebody has moved in or out."""
        self._insights.clear()
        self._facts.clear()
        self._due = self._serials()
        self._work.ask()

    @callback
    def _entry_changed(self, _: ConfigEntryChange, entry: ConfigEntry) -> None:
        """A meter has come or gone, perhaps."""
        if entry.domain != DOMAIN:
            return
        serials = self._serials()
        for serial in self._insights.keys() - serials:
            del self._insights[serial]
            self._facts.pop(serial, None)

    @callback
    def _say(self) -> None:
        async_dispatcher_send(self._hass, SIGNAL_INSIGHTS)

    async def _async_work(self) -> float | None:
        """Work out what is due; the root of a task."""
        due, self._due = self._due, set()
        try:
            while due:
                serial = min(due)
                await self._async_work_out(serial)
                due.discard(serial)
        except TelemetryUnavailableError as err:
            LOGGER.debug("insights wait for the database: %s", err)  # a repair issue says so
        except Exception:  # noqa: BLE001 - the root of a task: the next hour may go better
            LOGGER.exception("Insights could not be worked out")
        self._due |= due
        self._say()
        return AGAIN if due else None

    async def _async_work_out(self, serial: str) -> Insights:
        facts, hours = await async_facts(self._hass, self._telemetry, self._detection, self._alerting, serial)
        dismissed = self._dismissed.of(serial)
        found = await self._hass.async_add_executor_job(insights_of, facts, hours, dismissed)
        self._insights[serial] = found
        # of all the weeks, the state needs today
        recent = facts.hours.between(facts.today - 1, facts.today + 1)
        self._facts[serial] = replace(facts, hours=recent, year_ago=recent.between(0, 0))
        return found


_PART: Final[HassKey[SitePart[Advising]]] = HassKey(f"{DOMAIN}_advising")


async def async_advising(hass: HomeAssistant) -> Advising:
    """The insights of this site."""

    async def make() -> Advising:
        dismissed = DismissedTips(hass)
        await dismissed.async_load()
        return Advising(
            hass,
            await async_telemetry(hass),
            await async_detection(hass),
            await async_alerting(hass),
            dismissed,
        )

    return await hass.data.setdefault(_PART, SitePart()).async_open(hass, make)


def current_advising(hass: HomeAssistant) -> Advising | None:
    """The insights of this site, while a bridge is set up."""
    return None if (part := hass.data.get(_PART)) is None else part.open


async def async_close_advising(hass: HomeAssistant) -> None:
    """Say nothing more; before measurements, alerts and detection are closed."""
    if (part := hass.data.get(_PART)) is not None:
        await part.async_close()


async def async_forget_dismissed(hass: HomeAssistant) -> None:
    """Forget what people did not want to see: the last bridge was removed."""
    await DismissedTips(hass).async_forget()
