"""Actions that hand measurements out as CSV, and take them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
import datetime as dt
from pathlib import Path
from typing import Any, BinaryIO, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util
import probatio

from ..const import DOMAIN
from ..csv_export import EARLIEST, Wish, WishError, async_write, meters_here, signed_link
from ..exceptions import wrong
from ..history.status import SIGNAL_PAST_CAME
from ..history.telemetry import Telemetry, async_telemetry
from ..meters.sample import minute_of, moment_of
from ..moments import any_moment
from ..progress import Progress
from ..telemetry.csv_errors import CsvError, CsvProblem
from ..telemetry.export import DIALECTS, Resolution
from ..telemetry.importing import CsvFile, FileSummary, ImportRequest, KnownMeter, SeenMinutes, overruled
from ..telemetry.series import Minutes, Series
from ..telemetry.store import Store
from .target import ANY_METER, METERS

ATTR_SINCE: Final = "since"
ATTR_UNTIL: Final = "until"
ATTR_RESOLUTION: Final = "resolution"
ATTR_FORMAT: Final = "format"
ATTR_COMPRESS: Final = "compress"
ATTR_LINK_HOURS: Final = "link_hours"
ATTR_FILE: Final = "file"
ATTR_TIME_ZONE: Final = "time_zone"
ATTR_DRY_RUN: Final = "dry_run"

DEFAULT_LOOK_BACK: Final = dt.timedelta(days=90)
"""What is exported when nobody says."""

SETTLED: Final = dt.timedelta(seconds=10)
"""After this time a minute that is over is on disk, so that file and link hold the same."""

LONGEST_LINK: Final = 7 * 24
"""Hours that a link is good for at most."""

EXPORT_SCHEMA: Final = probatio.Schema(
    {
        **METERS,
        probatio.Optional(ATTR_SINCE): any_moment,
        probatio.Optional(ATTR_UNTIL): any_moment,
        probatio.Optional(ATTR_RESOLUTION, default=Resolution.MINUTE.value): probatio.In([*Resolution]),
        probatio.Optional(ATTR_FORMAT, default="standard"): probatio.In([*DIALECTS]),
        probatio.Optional(ATTR_COMPRESS, default=False): cv.boolean,
        probatio.Optional(ATTR_LINK_HOURS, default=1): probatio.All(
            probatio.Coerce(int), probatio.Range(min=1, max=LONGEST_LINK)
        ),
    }
)

IMPORT_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(ATTR_FILE): cv.string,
        **ANY_METER,
        probatio.Optional(ATTR_TIME_ZONE): cv.string,
        probatio.Optional(ATTR_DRY_RUN, default=False): cv.boolean,
    }
)

CSV_ERRORS: Final[Mapping[CsvProblem, str]] = {
    CsvProblem.EMPTY: "csv_empty",
    CsvProblem.TOO_LARGE: "csv_too_large",
    CsvProblem.CHANGED: "csv_changed",
    CsvProblem.ENCODING: "csv_encoding",
    CsvProblem.MALFORMED: "csv_malformed",
    CsvProblem.LONG_LINE: "csv_long_line",
    CsvProblem.MANY_COLUMNS: "csv_many_columns",
    CsvProblem.NO_TIME: "csv_no_time",
    CsvProblem.NO_METER: "csv_no_meter",
    CsvProblem.NO_QUANTITY: "csv_no_quantity",
    CsvProblem.AGGREGATES: "csv_aggregates",
    CsvProblem.UNKNOWN_COLUMN: "csv_unknown_column",
    CsvProblem.REPEATED_COLUMN: "csv_repeated_column",
    CsvProblem.WRONG_UNIT: "csv_wrong_unit",
    CsvProblem.CELLS: "csv_cells",
    CsvProblem.BAD_TIME: "csv_bad_time",
    CsvProblem.NAIVE_TIME: "csv_naive_time",
    CsvProblem.AMBIGUOUS_TIME: "csv_ambiguous_time",
    CsvProblem.SKIPPED_TIME: "csv_skipped_time",
    CsvProblem.FUTURE_TIME: "csv_future_time",
    CsvProblem.EARLY_TIME: "csv_early_time",
    CsvProblem.UNKNOWN_METER: "csv_unknown_meter",
    CsvProblem.OTHER_METER: "csv_other_meter",
    CsvProblem.NOT_A_NUMBER: "csv_not_a_number",
    CsvProblem.NOT_WHOLE: "csv_not_whole",
    CsvProblem.IMPLAUSIBLE: "csv_implausible",
}
"""Problem of a file -> its key under ``exceptions`` in the translations."""


async def async_export_csv(call: ServiceCall) -> ServiceResponse:
    """Write measurements into a file, and tell where it is and a link for downloading the same."""
    hass, data = call.hass, call.data
    wish = _wish(hass, data)
    telemetry = await _async_telemetry(hass)
    try:
        with Progress(hass, "export_under_way") as progress:
            written = await async_write(hass, telemetry, wish, progress)
    except WishError as err:  # the meter has gone meanwhile
        raise wrong("no_such_meter") from err
    except OSError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="export_not_written",
            translation_placeholders={"error": err.strerror or str(err)},
        ) from err
    valid = dt.timedelta(hours=data[ATTR_LINK_HOURS])
    return {
        ATTR_FILE: str(written.path),
        "rows": written.rows,
        "bytes": written.size,
        "link": signed_link(hass, wish, valid, for_anybody=call.context.user_id is None),
        "link_expires": (dt_util.utcnow() + valid).isoformat(timespec="seconds"),
        ATTR_SINCE: _told(wish.since),
        ATTR_UNTIL: _told(wish.until),
    }


def _wish(hass: HomeAssistant, data: Mapping[str, Any]) -> Wish:
    now = dt_util.utcnow() - SETTLED
    until = min(data[ATTR_UNTIL], now) if ATTR_UNTIL in data else now
    since = data[ATTR_SINCE] if ATTR_SINCE in data else until - DEFAULT_LOOK_BACK
    if until <= since:
        raise wrong("impossible_range")
    return Wish(
        serials=tuple(dict.fromkeys(_serial_of(hass, device) for device in data.get(ATTR_DEVICE_ID, ()))),
        since=minute_of(max(since, EARLIEST).timestamp()),
        until=minute_of(until.timestamp()),
        resolution=Resolution(data[ATTR_RESOLUTION]),
        dialect=data[ATTR_FORMAT],
        compressed=data[ATTR_COMPRESS],
    )


async def async_import_csv(call: ServiceCall) -> ServiceResponse:
    """Take in measurements from a file, all of it or nothing."""
    hass, data = call.hass, call.data
    telemetry = await _async_telemetry(hass)
    meters = {
        serial: KnownMeter(serial=serial, ct_ratio=identity.ct_ratio, pt_ratio=identity.pt_ratio)
        for serial, (_, identity, _) in meters_here(hass).items()
    }
    zone = None
    if (name := data.get(ATTR_TIME_ZONE)) and (zone := await dt_util.async_get_time_zone(name)) is None:
        raise wrong("unknown_time_zone", time_zone=name)
    request = ImportRequest(
        meters=meters,
        meter=meters[_serial_of(hass, data[ATTR_DEVICE_ID])] if ATTR_DEVICE_ID in data else None,
        zone=zone,
        now=minute_of(dt_util.utcnow().timestamp()),
    )
    file = await hass.async_add_executor_job(_open, hass, data[ATTR_FILE])
    try:
        with _csv_errors(data[ATTR_FILE]), Progress(hass, "import_under_way") as progress:
            csv_file = await hass.async_add_executor_job(CsvFile, file, request)
            summary = await hass.async_add_executor_job(csv_file.check)
            measured = await _async_take_in(
                hass, telemetry, csv_file, summary, progress, dry_run=data[ATTR_DRY_RUN]
            )
    finally:
        await hass.async_add_executor_job(file.close)
    if not data[ATTR_DRY_RUN]:
        async_dispatcher_send(hass, SIGNAL_PAST_CAME, set(summary.meters))
    return {
        ATTR_FILE: data[ATTR_FILE],
        ATTR_DRY_RUN: data[ATTR_DRY_RUN],
        "rows": summary.rows,
        "taken": summary.rows - summary.repeated - measured,
        "repeated": summary.repeated,
        "measured": measured,
        "meters": list(summary.meters),
        "first": _told(summary.first),
        "last": _told(summary.last),
    }


async def _async_take_in(
    hass: HomeAssistant,
    telemetry: Telemetry,
    csv_file: CsvFile,
    summary: FileSummary,
    progress: Progress,
    *,
    dry_run: bool,
) -> int:
    """Hand a file that is right to the store; how many of its rows measurements overrule."""
    batches = csv_file.batches()
    seen = SeenMinutes()
    measured = rows = 0
    while (batch := await hass.async_add_executor_job(next, batches, None)) is not None:
        serial, series = batch
        measured += await telemetry.async_read(_overruled(serial, seen.add(serial, series.minutes)))
        if not dry_run:
            await telemetry.async_run(_ingest(serial, series))
        rows += len(series)
        await progress.async_tell(rows / summary.rows)
    return measured


def _overruled(serial: str, minutes: Minutes) -> Callable[[Store], int]:
    return lambda store: overruled(store, serial, minutes)


def _ingest(serial: str, series: Series) -> Callable[[Store], None]:
    return lambda store: store.ingest(serial, series)


@contextmanager
def _csv_errors(file: str) -> Iterator[None]:
    """What is wrong with a file is raised translated."""
    try:
        yield
    except CsvError as err:
        raise wrong(CSV_ERRORS[err.problem], **{"file": file, **err.placeholders}) from err


def _open(hass: HomeAssistant, name: str) -> BinaryIO:
    """Open a file that may be imported. Raises ServiceValidationError."""
    folder = Path(hass.config.path(DOMAIN, "imports"))
    try:
        # an absolute path stands for itself
        path = (folder / name).resolve(strict=True)
        if not path.is_relative_to(folder.resolve()) and not hass.config.is_allowed_path(str(path)):
            raise wrong("file_not_allowed", file=name, folder=str(folder))
        if not path.is_file():
            raise wrong("file_not_found", file=name, folder=str(folder))
        return path.open("rb")
    except (OSError, ValueError) as err:  # ValueError: a name with a NUL
        raise wrong("file_not_found", file=name, folder=str(folder)) from err


async def _async_telemetry(hass: HomeAssistant) -> Telemetry:
    """The measurements of this site. Raises ServiceValidationError while no bridge is set up."""
    if not hass.config_entries.async_loaded_entries(DOMAIN):
        raise wrong("no_bridge_set_up")
    return await async_telemetry(hass)


def _serial_of(hass: HomeAssistant, device_id: str) -> str:
    """The serial number of a device that is a meter. Raises ServiceValidationError."""
    device = dr.async_get(hass).async_get(device_id)
    here = meters_here(hass)
    for domain, name in device.identifiers if device is not None else ():
        if domain == DOMAIN and name in here:
            return name
    raise wrong("no_such_meter")


def _told(minute: int | None) -> str | None:
    return None if minute is None else moment_of(minute).isoformat()
