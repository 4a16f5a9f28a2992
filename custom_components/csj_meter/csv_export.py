"""Exports of measurements as CSV: what is asked for, the file in the configuration folder, and the link.

The text itself is made by ``telemetry.export``; who downloads it by a link is served by ``csv_view``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import datetime as dt
from pathlib import Path
from typing import IO, Final, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from homeassistant.components.http.auth import async_sign_path
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .const import CONF_IDENTITY, DOMAIN, MOST_METERS, SUBENTRY_METER
from .coordinator import CsjConfigEntry, CsjCoordinator
from .history.telemetry import Telemetry
from .meters.identity import Identity
from .meters.quantities import QUANTITIES, Unit
from .meters.sample import minute_of, moment_of
from .money.units import credit_unit
from .progress import Progress
from .telemetry.export import DIALECTS, Export, ExportedMeter, ExportRequest, Resolution
from .telemetry.private_file import PRIVATE_FOLDER, begin_private
from .telemetry.series import HOUR
from .telemetry.store import Store

EXPORT_URL: Final = f"/api/{DOMAIN}/export.csv"

MONEY: Final = frozenset(
    name
    for name, quantity in QUANTITIES.items()
    if quantity.unit in (Unit.MONEY, Unit.MONEY_PER_KILOWATT_HOUR)
)
"""Quantities that are left out for whoever may not see money."""

LONGEST_LINK: Final = 7000
"""Letters; from about 8000 on, servers do not read the first line of a request."""

EARLIEST: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""Nothing measured is older."""

ON: Final = "1"
"""A flag in a query that is set."""


class WishError(Exception):
    """A request for an export that cannot be understood."""

    def __init__(self, field: str, problem: str) -> None:
        """``field`` is the part of the request that is wrong."""
        super().__init__(f"{field}: {problem}")
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to have exported."""

    serials: tuple[str, ...] = ()
    """Serial numbers; none at all: every meter."""

    since: int
    """First minute since 1970 UTC."""

    until: int
    """The minute before which it ends."""

    resolution: Resolution = Resolution.MINUTE
    """What a row is."""

    dialect: str = "standard"
    """A key of ``DIALECTS``."""

    compressed: bool = False
    """Whether it is to be packed."""

    @classmethod
    def parse(cls, query: Mapping[str, str], now: dt.datetime) -> Self:
        """What a query asks for; times must be told. Raises WishError."""
        for key in query:
            if key not in _FIELDS:
                raise WishError(key, f"nobody knows this; there are {', '.join(_FIELDS)}")
        since, until = _moment(query, "since"), min(_moment(query, "until"), now)
        if until <= since:
            raise WishError("until", "must be later than since")
        serials = tuple(dict.fromkeys(filter(None, query.get("meters", "").split(","))))
        if len(serials) > MOST_METERS:
            raise WishError("meters", f"more than {MOST_METERS}")
        return cls(
            serials=serials,
            since=minute_of(max(since, EARLIEST).timestamp()),
            until=minute_of(until.timestamp()),
            resolution=Resolution(_one_of(query, "resolution", [*Resolution])),
            dialect=_one_of(query, "format", [*DIALECTS]),
            compressed=_one_of(query, "compress", ["0", ON]) == ON,
        )

    @property
    def query(self) -> str:
        """The query that asks for it."""
        fields = {
            "since": _told(self.since),
            "until": _told(self.until),
            "resolution": self.resolution.value,
            "format": self.dialect,
            "compress": ON if self.compressed else "0",
        }
        if self.serials:
            fields["meters"] = ",".join(self.serials)
        return urlencode(fields)

    @property
    def file_name(self) -> str:
        """A name for the file that says what is in it."""
        match self.serials:
            case []:
                meters = "all"
            case [serial]:
                # serial numbers come from meters, and may hold anything
                meters = "".join(
                    letter if letter.isascii() and letter.isalnum() else "_" for letter in serial
                )
            case several:
                meters = f"{len(several)}_meters"
        times = [_told(minute).replace("-", "").replace(":", "") for minute in (self.since, self.until)]
        name = "_".join((DOMAIN, meters, self.resolution, *times))
        return f"{name}.csv.gz" if self.compressed else f"{name}.csv"


_FIELDS: Final = ("meters", "since", "until", "resolution", "format", "compress")


def _one_of(query: Mapping[str, str], field: str, values: list[str]) -> str:
    value = query.get(field, values[0])
    if value not in values:
        raise WishError(field, f"must be one of {', '.join(values)}")
    return value


def _moment(query: Mapping[str, str], field: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(query[field])
    except KeyError as err:
        raise WishError(field, "is missing") from err
    except ValueError as err:
        raise WishError(field, "is no time like 2026-11-22T12:00:00Z") from err
    if moment.tzinfo is None:
        raise WishError(field, "needs an offset from UTC, or Z")
    return moment


def _told(minute: int) -> str:
    return moment_of(minute).strftime("%Y-%m-%dT%H:%MZ")


@callback
def meters_here(hass: HomeAssistant) -> dict[str, tuple[str, Identity, CsjCoordinator | None]]:
    """Serial number -> name, identity and coordinator of each meter; None while its bridge is not set up."""
    meters: dict[str, tuple[str, Identity, CsjCoordinator | None]] = {}
    entries: list[CsjConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    for entry in entries:
        loaded = entry.state is ConfigEntryState.LOADED
        for subentry in entry.get_subentries_of_type(SUBENTRY_METER):
            identity = Identity.from_dict(subentry.data[CONF_IDENTITY])
            coordinator = entry.runtime_data.coordinators.get(subentry.subentry_id) if loaded else None
            if coordinator is not None or identity.serial not in meters:
                meters[identity.serial] = subentry.title, identity, coordinator
    return meters


async def async_plan(
    hass: HomeAssistant, telemetry: Telemetry, wish: Wish, hidden: frozenset[str] = frozenset()
) -> Export:
    """Look which columns and pieces an export has; quantities that are ``hidden`` have none.

    Raises WishError, TelemetryUnavailableError.
    """
    zone = await dt_util.async_get_time_zone(hass.config.time_zone) or ZoneInfo("UTC")
    currency = hass.config.currency
    here = {
        serial: ExportedMeter(
            serial=serial,
            name=name,
            currency=currency if coordinator is None else credit_unit(coordinator) or "",
            offered=frozenset() if coordinator is None else coordinator.source.quantities,
        )
        for serial, (name, _, coordinator) in meters_here(hass).items()
    }

    def _named(serial: str) -> ExportedMeter:
        # meters that were removed from Home Assistant are still in the store
        return here.get(serial, ExportedMeter(serial=serial, name="", currency=currency))

    def _plan(store: Store) -> Export:
        known = {*store.serials(), *here}
        for serial in wish.serials:
            if serial not in known:
                raise WishError("meters", f"there is no meter {serial}")
        chosen = sorted(set(wish.serials) or known)
        request = ExportRequest(
            meters=tuple(_named(serial) for serial in chosen),
            since=_aligned(wish, zone),
            until=wish.until,
            resolution=wish.resolution,
            zone=zone,
            dialect=DIALECTS[wish.dialect],
            compressed=wish.compressed,
            hidden=hidden,
        )
        return Export.plan(store, request)

    return await telemetry.async_read(_plan)


def _aligned(wish: Wish, zone: ZoneInfo) -> int:
    """The beginning of the hour or local day that the first minute is in."""
    match wish.resolution:
        case Resolution.MINUTE:
            return wish.since
        case Resolution.HOUR:
            return wish.since // HOUR * HOUR
        case Resolution.DAY:
            moment = moment_of(wish.since, zone)
            midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
            return minute_of(midnight.timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file that was made."""

    path: Path
    """Where it is."""

    rows: int
    """How many rows are in it."""

    size: int
    """Bytes."""


def export_folder(hass: HomeAssistant) -> Path:
    """Where exports are put; it need not exist."""
    return Path(hass.config.path(DOMAIN, "exports"))


async def async_write(hass: HomeAssistant, telemetry: Telemetry, wish: Wish, progress: Progress) -> Written:
    """Write an export into a file of its own.

    Raises WishError, TelemetryUnavailableError, or OSError when the disk does not take it; then nothing is
    left of it.
    """
    export = await async_plan(hass, telemetry, wish)
    folder, name = export_folder(hass), wish.file_name
    file = await hass.async_add_executor_job(_open_part, folder, name)
    part = Path(file.name)
    rows = size = 0
    try:
        header = export.start()
        size += await hass.async_add_executor_job(file.write, header.data)
        for number in range(len(export.pieces)):

            def _write(store: Store, number: int = number) -> tuple[int, int]:
                made = export.part(store, number)
                return made.rows, file.write(made.data)

            more = await telemetry.async_read(_write)
            rows, size = rows + more[0], size + more[1]
            await progress.async_tell((number + 1) / len(export.pieces))
        path = await hass.async_add_executor_job(_finish, file, folder, name)
    except BaseException:
        await hass.async_add_executor_job(_drop, file, part)
        raise
    return Written(path=path, rows=rows, size=size)


def _open_part(folder: Path, name: str) -> IO[bytes]:
    """A new file beside those that are complete."""
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    number = 0
    while True:
        try:
            return begin_private(folder / f".{name}.{number}.part")
        except FileExistsError:
            number += 1


def _finish(file: IO[bytes], folder: Path, name: str) -> Path:
    """Give the file its name, which nobody else has."""
    file.close()
    stem, dot, suffixes = name.partition(".")
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"{stem}_{number}{dot}{suffixes}"
    return Path(file.name).rename(path)


def _drop(file: IO[bytes], part: Path) -> None:
    file.close()
    part.unlink(missing_ok=True)


@callback
def signed_link(hass: HomeAssistant, wish: Wish, valid: dt.timedelta, *, for_anybody: bool) -> str | None:
    """An address at which the export can be downloaded for a while without logging in.

    ``for_anybody``: it does not end with the session of the user who asks for it. None where so many meters
    are named that no server would take the address.
    """
    path = f"{EXPORT_URL}?{wish.query}"
    link = async_sign_path(hass, path, valid, use_content_user=for_anybody)
    return link if len(link) <= LONGEST_LINK else None
