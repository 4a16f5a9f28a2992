"""Settings of the whole site, whichever bridge they are edited from, kept in one file of Home Assistant's.

Whoever works with them listens to ``SIGNAL_SITE_SETTINGS``: it is sent when they have changed and
are on disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
import datetime as dt
from decimal import Decimal
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback, valid_entity_id
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import STORAGE_DIR, Store
from homeassistant.util.hass_dict import HassKey

from .alerts.settings import AlertSettings
from .alerts.settings_shape import check_shape
from .anomaly.kinds import Kind
from .anomaly.settings import Settings as DetectionSettings
from .const import DOMAIN, LOGGER
from .file_issues import point_out_file
from .kept_file import KeptStore, async_load_or_set_aside
from .prepay.errors import AmountError
from .prepay.money import amount_of
from .site.people import AccessSettings

SITE_VERSION: Final = 1

ISSUE_UNUSABLE: Final = "settings_unusable"
"""Id of the issue that some of what was set cannot be used."""

SIGNAL_SITE_SETTINGS: Final = f"{DOMAIN}_site_settings"
"""Sent without arguments."""

DEFAULT_PROVIDER: Final = "Payment service"

RAW_DAYS: Final = (7, 3650)
"""Fewest and most days for which samples can be kept."""

AGGREGATE_MONTHS: Final = (1, 240)
"""Fewest and most months for which hourly and daily aggregates can be kept."""


class SiteSettingsError(ValueError):
    """What was stored cannot be a setting."""


def _known_fields(shape: type, stored: object) -> dict[str, Any]:
    """What ``stored`` has of the fields of ``shape``, in the types that they are stored in.

    Raises SiteSettingsError. What a newer release has added is left out.
    """
    if not isinstance(stored, Mapping):
        raise SiteSettingsError("no settings")
    found = {one.name: stored[one.name] for one in fields(shape) if one.name in stored}
    check_shape(found, shape, lambda path, problem: SiteSettingsError(f"{path}: {problem}"))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSettings:
    """Whether and how a payment service may top up."""

    enabled: bool = False
    """Whether its webhook is there."""

    provider: str = DEFAULT_PROVIDER
    """Name that its movements bear in the ledger."""

    local_only: bool = False
    """Whether it must call from the local network."""

    largest_amount: Decimal = Decimal("100.00")
    """Largest single payment, in the unit of the meter."""

    largest_per_day: Decimal = Decimal("300.00")
    """Largest sum on one meter and day, in the unit of the meter."""

    webhook_id: str | None = field(default=None, repr=False)
    """Last part of the webhook's address; None until payments are enabled first."""

    secret: str | None = field(default=None, repr=False)
    """256 random bits in hex, whose letters are the key of the signatures; None likewise."""

    old_secret: str | None = field(default=None, repr=False)
    """The secret before this one."""

    old_secret_until: dt.datetime | None = None
    """Until when that one is good as well, UTC."""

    def secrets(self, now: dt.datetime) -> tuple[str, ...]:
        """The secrets that are good now."""
        good = [] if self.secret is None else [self.secret]
        if self.old_secret is not None and self.old_secret_until is not None and now < self.old_secret_until:
            good.append(self.old_secret)
        return tuple(good)

    def as_dict(self) -> dict[str, Any]:
        """For storage: plain JSON."""
        until = self.old_secret_until
        return {
            "enabled": self.enabled,
            "provider": self.provider,
            "local_only": self.local_only,
            "largest_amount": str(self.largest_amount),
            "largest_per_day": str(self.largest_per_day),
            "webhook_id": self.webhook_id,
            "secret": self.secret,
            "old_secret": self.old_secret,
            "old_secret_until": None if until is None else until.isoformat(),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> PaymentSettings:
        """What ``as_dict`` stored. Raises SiteSettingsError."""
        found = _known_fields(cls, stored)
        for name in ("largest_amount", "largest_per_day"):
            if name in found:
                try:
                    found[name] = amount_of(found[name])
                except AmountError as err:
                    raise SiteSettingsError(f"{name}: {err}") from err
        if found.get("old_secret_until") is not None:
            found["old_secret_until"] = dt.datetime.fromisoformat(found["old_secret_until"])
        if found.get("enabled") and not (found.get("webhook_id") and found.get("secret")):
            raise SiteSettingsError("payments without their address and secret")
        return cls(**found)


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetrySettings:
    """Where measurements are kept, and for how long."""

    database_url: str | None = field(default=None, repr=False)
    """Address of a database, with its password; None for the file in the configuration folder."""

    raw_days: int = 180
    """Days for which a sample a minute is kept."""

    aggregate_months: int = 24
    """Months for which hourly and daily aggregates are kept."""

    def as_dict(self) -> dict[str, Any]:
        """For storage: plain JSON."""
        return {
            "database_url": self.database_url,
            "raw_days": self.raw_days,
            "aggregate_months": self.aggregate_months,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> TelemetrySettings:
        """What ``as_dict`` stored. Raises SiteSettingsError."""
        found = _known_fields(cls, stored)
        for name, (fewest, most) in (("raw_days", RAW_DAYS), ("aggregate_months", AGGREGATE_MONTHS)):
            if not fewest <= found.get(name, fewest) <= most:
                raise SiteSettingsError(f"{name}: {found[name]} is not {fewest} to {most}")
        return cls(**found)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSettings:
    """Which days are days off."""

    holidays: str | None = None
    """Entity ID of the calendar of public holidays; None: there are only weekends."""

    def as_dict(self) -> dict[str, Any]:
        """For storage: plain JSON."""
        return {"holidays": self.holidays}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> CalendarSettings:
        """What ``as_dict`` stored. Raises SiteSettingsError."""
        found = _known_fields(cls, stored)
        if found.get("holidays") is not None and not valid_entity_id(found["holidays"]):
            raise SiteSettingsError("holidays: no entity")
        return cls(**found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _All:
    """What is in the file."""

    payments: PaymentSettings = field(default_factory=PaymentSettings)
    telemetry: TelemetrySettings = field(default_factory=TelemetrySettings)
    detection: DetectionSettings = field(default_factory=DetectionSettings)
    calendar: CalendarSettings = field(default_factory=CalendarSettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    access: AccessSettings = field(default_factory=AccessSettings)

    def as_dict(self) -> dict[str, Any]:
        """For storage: plain JSON."""
        return {
            name: getattr(self, name).as_dict()
            for name in ("payments", "telemetry", "detection", "calendar", "alerts", "access")
        }


_PARTS: Final[tuple[tuple[str, Any, str], ...]] = (
    ("payments", PaymentSettings, "What was set about payments cannot be used, and none is taken"),
    ("telemetry", TelemetrySettings, "Where measurements are kept cannot be used and is as by default"),
    ("calendar", CalendarSettings, "Which calendar has the holidays cannot be used, and there is none"),
    ("detection", DetectionSettings, "What was set about anomalies cannot be used and is as by default"),
    ("alerts", AlertSettings, "What was set about alerts cannot be used, and nobody is told of any"),
    ("access", AccessSettings, "What was set about roles cannot be used, and nobody has one"),
)
"""Name in the file, what it is, and what is said when its ``from_dict`` raises a ValueError."""


class SiteSettings:
    """The settings as they are now, and on disk.

    Whatever changes them raises KeptFileNotWrittenError where they cannot be written; nothing changes then.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with what holds when nothing was ever set."""
        self._hass = hass
        self._store: KeptStore[dict[str, Any]] = KeptStore(hass, SITE_VERSION, f"{DOMAIN}.site", private=True)
        self._aside: Store[dict[str, Any]] = Store(
            hass, SITE_VERSION, f"{DOMAIN}.site.unusable", private=True
        )
        self._all = _All()
        self._one_change = asyncio.Lock()

    @property
    def payments(self) -> PaymentSettings:
        """Whether and how a payment service may top up."""
        return self._all.payments

    @property
    def telemetry(self) -> TelemetrySettings:
        """Where measurements are kept, and for how long."""
        return self._all.telemetry

    @property
    def detection(self) -> DetectionSettings:
        """What is looked for, from when on it is too much, and on which meters not."""
        return self._all.detection

    @property
    def holiday_calendar(self) -> str | None:
        """Entity ID of the calendar of public holidays; None: there are only weekends."""
        return self._all.calendar.holidays

    @property
    def alerts(self) -> AlertSettings:
        """Who is told what, how and when."""
        return self._all.alerts

    @property
    def access(self) -> AccessSettings:
        """To whom which role was given."""
        return self._all.access

    async def async_load(self) -> None:
        """Take over what is on disk; what was not there yet when it was written stays as by default."""
        stored = await async_load_or_set_aside(self._hass, self._store)
        found = _All()
        # what another version has written, or a disk has spoilt; meters must be read all the same
        unusable: list[Exception] = []
        for name, shape, problem in _PARTS:
            if name not in stored:
                continue
            try:
                found = replace(found, **{name: shape.from_dict(stored[name])})
            except ValueError as err:
                unusable.append(err)
                LOGGER.warning("%s: %s", problem, err)
        self._all = found
        if unusable:
            await self._async_keep_aside(stored, unusable)

    async def _async_keep_aside(self, stored: dict[str, Any], errors: list[Exception]) -> None:
        """Keep what cannot be used beside the file, which the next change writes anew, and say so."""
        await self._aside.async_save(stored)
        error = RuntimeError("; ".join(str(one) for one in errors))
        path = f"{STORAGE_DIR}/{self._aside.key}"
        point_out_file(self._hass, ISSUE_UNUSABLE, "settings_unusable", path, error)

    async def async_set_payments(self, payments: PaymentSettings) -> None:
        """Keep other settings of payments, and let everybody know."""
        async with self._one_change:
            await self._async_keep(replace(self._all, payments=payments))

    async def async_set_telemetry(self, telemetry: TelemetrySettings) -> None:
        """Keep other settings of measurements, and let everybody know."""
        async with self._one_change:
            await self._async_keep(replace(self._all, telemetry=telemetry))

    async def async_change_detection(self, change: Callable[[DetectionSettings], DetectionSettings]) -> None:
        """Change what holds by now, which others may just have changed; what ``change`` raises is raised."""
        async with self._one_change:
            await self._async_keep(replace(self._all, detection=change(self._all.detection)))

    async def async_set_holiday_calendar(self, entity_id: str | None) -> None:
        """Have another calendar of public holidays, or none, and let everybody know."""
        async with self._one_change:
            await self._async_keep(replace(self._all, calendar=CalendarSettings(holidays=entity_id)))

    async def async_set_watched(self, serial: str, *, watched: bool) -> None:
        """Have a meter watched for anomalies or not; several may be switched at once."""
        async with self._one_change:
            before = self._all.detection
            others = before.unwatched - {serial}
            detection = replace(before, unwatched=others if watched else others | {serial})
            await self._async_keep(replace(self._all, detection=detection))

    async def async_set_threshold(self, kind: Kind, serial: str, threshold: float) -> None:
        """Have another threshold for one kind on one meter. Raises SettingsError."""
        async with self._one_change:
            detection = self._all.detection.with_threshold(kind, serial, threshold)
            await self._async_keep(replace(self._all, detection=detection))

    async def async_set_alerts(self, alerts: AlertSettings) -> None:
        """Keep other settings of alerts, and let everybody know."""
        async with self._one_change:
            await self._async_keep(replace(self._all, alerts=alerts))

    async def async_change_alerts(self, change: Callable[[AlertSettings], AlertSettings]) -> None:
        """Change what holds by now, which others may just have changed; what ``change`` raises is raised."""
        async with self._one_change:
            await self._async_keep(replace(self._all, alerts=change(self._all.alerts)))

    async def async_change_access(self, change: Callable[[AccessSettings], AccessSettings]) -> None:
        """Change what holds by now, which others may just have changed; what ``change`` raises is raised."""
        async with self._one_change:
            await self._async_keep(replace(self._all, access=change(self._all.access)))

    async def _async_keep(self, wanted: _All) -> None:
        """Write them first: nothing holds that would be gone with the next start. Raises as the file does."""
        await self._store.async_save_surely(wanted.as_dict())
        self._all = wanted
        async_dispatcher_send(self._hass, SIGNAL_SITE_SETTINGS)

    async def async_forget(self) -> None:
        """Begin anew, with nothing on disk: the last bridge was removed."""
        self._all = _All()
        await self._store.async_remove()
        await self._aside.async_remove()
        async_dispatcher_send(self._hass, SIGNAL_SITE_SETTINGS)


_SITE_SETTINGS: Final[HassKey[SiteSettings]] = HassKey(f"{DOMAIN}_site_settings")


@callback
def loaded_site_settings(hass: HomeAssistant) -> SiteSettings | None:
    """The settings, once somebody has loaded them."""
    found = hass.data.get(_SITE_SETTINGS)
    return found if isinstance(found, SiteSettings) else None  # a future, while they are being loaded


@singleton(_SITE_SETTINGS, async_=True)
async def async_site_settings(hass: HomeAssistant) -> SiteSettings:
    """The settings of this Home Assistant, loaded by whoever asks first."""
    settings = SiteSettings(hass)
    await settings.async_load()
    return settings
