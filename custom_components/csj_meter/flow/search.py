"""What a flow asks of a line: do the settings fit, who is there, are the known meters there.

Everything here may take minutes, tells how far it has come, and can be cancelled at any time;
the port is free again as soon as it ends. What the answers mean for the user is in
``flow.steps``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
import errno
import socket
from typing import Final

from homeassistant.core import HomeAssistant

from ..bus.bus import Bus
from ..bus.errors import LinkDownError, UnitError, causes
from ..bus.line_settings import LineSettings, detect_settings
from ..bus.scan import LIKELY_UNITS, SECOND_LOOK, ScanProgress, scan
from ..const import LOGGER
from ..link_data import AnyLink, ModbusLink, NetworkLink, SerialLink
from ..links import LinkInUseError, async_temporary_bus
from ..meters.discovery import Discovery, discover, identify
from ..meters.errors import MeterError
from ..meters.profile import Profile

FIRST_UNITS: Final = (1, 2, 3)
"""Asked first on a gateway: if one of them answers, its framing is right."""

SECOND_THOUGHTS: Final = 32
"""Unit ids to ask in the other framing when nobody has answered in the one chosen."""

DETECTING_SHARE: Final = 0.3
"""Share of the progress bar that goes to finding the line settings."""

QUICK_SHARE: Final = 1 / (1 + SECOND_LOOK)
"""Share of finding them that goes to the first, quick look at each."""

_REASONS: Final[Mapping[int, str]] = {
    errno.ENOENT: "port_missing",
    errno.ENODEV: "port_missing",
    errno.ENXIO: "port_missing",
    errno.EBUSY: "port_busy",
    errno.EAGAIN: "port_busy",
    errno.EACCES: "port_denied",
    errno.EPERM: "port_denied",
    errno.ENOTTY: "not_serial",
    errno.EINVAL: "settings_refused",
    errno.ECONNREFUSED: "host_refused",
    errno.EHOSTUNREACH: "host_silent",
    errno.ENETUNREACH: "host_silent",
    errno.ECONNRESET: "connection_closed",
    errno.ECONNABORTED: "connection_closed",
    errno.EPIPE: "connection_closed",
    errno.EADDRINUSE: "port_taken",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a task has come."""

    action: str
    """What is going on, as its key under ``progress`` in the translations."""

    fraction: float = 0.0
    """0..1."""

    placeholders: Mapping[str, str] = field(default_factory=dict)
    """What the text of the action names."""


NOBODY: Final = Discovery(found=(), unknown=(), garbled=(), duplicates={}, echo=False)

type Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a search has brought."""

    link: ModbusLink
    """The link, with the line settings that were found."""

    trouble: str = ""
    """What stands in the way, as the step that explains it; empty when somebody was found."""

    reason: str = ""
    """Why a link cannot be opened, as the key of a form error."""

    instead: ModbusLink | None = None
    """The link that would work, where that is known."""

    discovery: Discovery = NOBODY
    """Who is on the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMeter:
    """A meter that has to be on the line."""

    unit_id: int
    """Where."""

    serial: str
    """Who."""

    profile: Profile | None
    """How it is read; None when its profile is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """Which of the known meters answered the roll-call; it ends with the first that did."""

    link: ModbusLink
    """The link, with the line settings that were found."""

    reached: bool = False
    """Whether one of them is there."""

    silent: tuple[int, ...] = ()
    """Unit ids without an answer."""

    strangers: Mapping[int, str] = field(default_factory=dict)
    """Unit id -> serial number of another meter that answers there."""

    reason: str = ""
    """Why the link cannot be opened, as the key of a form error."""


def reason_of(error: BaseException, link: AnyLink | None = None) -> str:
    """Why a link cannot be opened, as the key of a form error; ``link`` where it is known which."""
    reason = "cannot_connect"
    for cause in causes(error):
        if isinstance(cause, LinkInUseError):
            return "link_in_use"
        if isinstance(cause, socket.gaierror):
            return "host_unknown"
        if isinstance(cause, OSError) and (known := _REASONS.get(cause.errno or 0)):
            return known
        if isinstance(cause, TimeoutError):
            reason = _silence_of(link)
    # also where a question had not been answered before: it was connected then
    return "connection_closed" if "connection lost" in str(error).lower() else reason


def _silence_of(link: AnyLink | None) -> str:
    """What to say of a link that takes too long to open."""
    if isinstance(link, NetworkLink) or (isinstance(link, SerialLink) and not link.is_local):
        return "host_silent"
    return "port_silent" if isinstance(link, SerialLink) else "cannot_connect"


async def async_reason_not_to_open(hass: HomeAssistant, link: SerialLink | NetworkLink) -> str | None:
    """Why this link cannot be opened, as the key of a form error; None when it can."""
    try:
        async with async_temporary_bus(hass, link) as bus:
            await bus.echoes()
    except (LinkDownError, LinkInUseError, OSError) as err:
        LOGGER.debug("%s cannot be opened", link.name, exc_info=True)
        return reason_of(err, link)
    return None


async def search(
    hass: HomeAssistant,
    link: ModbusLink,
    profiles: Iterable[Profile],
    unit_ids: Iterable[int],
    tell: Tell,
    *,
    candidates: tuple[LineSettings, ...] = (),
) -> Outcome:
    """Who is on a line that is being set up.

    ``candidates`` are line settings to try first. When nobody answers on a gateway, the other
    framing is tried.
    """
    wanted = tuple(unit_ids)
    try:
        if candidates and isinstance(link, SerialLink):  # only a port of ours has settings to find
            detected = await _detected(hass, link, candidates, LIKELY_UNITS, tell)
            if detected is None:
                return Outcome(link=link, trouble="undetected")
            link = detected
        network = link if isinstance(link, NetworkLink) else None
        if network is not None and await _frames_otherwise(hass, network, tell):
            return Outcome(link=link, trouble="other_framing", instead=network.framed_otherwise)
        async with async_temporary_bus(hass, link) as bus:
            outcome = await search_on(
                bus, link, profiles, wanted, tell, start=DETECTING_SHARE if candidates else 0.0
            )
        if outcome.trouble == "nothing_found" and network is not None:
            tell(Progress(action="other_framing", fraction=1.0, placeholders={"host": network.name}))
            if await _answers_otherwise(hass, network, wanted[:SECOND_THOUGHTS]):
                return Outcome(link=link, trouble="other_framing", instead=network.framed_otherwise)
    except (LinkDownError, LinkInUseError, OSError) as err:
        LOGGER.debug("%s: the search has ended early", link.name, exc_info=True)
        return Outcome(link=link, trouble="link_failed", reason=reason_of(err, link))
    return outcome


async def search_on(
    bus: Bus,
    link: ModbusLink,
    profiles: Iterable[Profile],
    unit_ids: Iterable[int],
    tell: Tell,
    *,
    start: float = 0.0,
) -> Outcome:
    """Who is on the line ``bus``, which others may be using; ``start`` of the progress bar.

    Raises LinkDownError.
    """
    discovery = await discover(bus, profiles, unit_ids, _scanning(tell, start))
    if discovery.echo:
        return Outcome(link=link, trouble="echo")
    if not (discovery.found or discovery.unknown or discovery.garbled or discovery.duplicates):
        return Outcome(link=link, trouble="nothing_found")
    return Outcome(link=link, discovery=discovery)


async def call_the_roll(
    hass: HomeAssistant,
    link: ModbusLink,
    meters: Iterable[KnownMeter],
    tell: Tell,
    *,
    candidates: tuple[LineSettings, ...] = (),
) -> Roll:
    """Whether one of ``meters`` is on the line."""
    known = list(meters)
    silent: list[int] = []
    strangers: dict[int, str] = {}
    try:
        if candidates and isinstance(link, SerialLink):
            asked = LIKELY_UNITS.union(meter.unit_id for meter in known)
            detected = await _detected(hass, link, candidates, asked, tell)
            if detected is None:
                return Roll(link=link, silent=tuple(meter.unit_id for meter in known))
            link = detected
        async with async_temporary_bus(hass, link) as bus:
            await bus.echoes()
            for number, meter in enumerate(known):
                tell(_checking(number, len(known), meter.unit_id))
                try:
                    identity = await identify(
                        bus, meter.unit_id, (meter.profile,) if meter.profile else (), meter.profile
                    )
                except UnitError, MeterError:
                    silent.append(meter.unit_id)
                    continue
                if identity.serial == meter.serial or (meter.profile and not meter.profile.has_serial):
                    return Roll(link=link, reached=True)
                strangers[meter.unit_id] = identity.serial
    except (LinkDownError, LinkInUseError, OSError) as err:
        LOGGER.debug("%s: the roll-call has ended early", link.name, exc_info=True)
        return Roll(link=link, reason=reason_of(err, link))
    return Roll(link=link, reached=not known, silent=tuple(silent), strangers=strangers)


async def _detected(
    hass: HomeAssistant,
    link: SerialLink,
    candidates: tuple[LineSettings, ...],
    unit_ids: Collection[int],
    tell: Tell,
) -> SerialLink | None:
    """The link with the settings at which one of ``unit_ids`` answers; None when nobody does at any.

    Where nobody has answered soon, all are tried once more with time: a machine may be busy, and who is
    missed at the right settings is missed for good.
    """
    for longer, begins, ends in ((1, 0.0, QUICK_SHARE), (SECOND_LOOK, QUICK_SHARE, 1.0)):
        for number, candidate in enumerate(candidates):
            share = (ends - begins) / len(candidates)
            report = _detecting(tell, begins + share * number, share)
            if await _answers_at(hass, replace(link, settings=candidate), unit_ids, report, longer):
                return replace(link, settings=candidate)
    return None


def _detecting(tell: Tell, begins: float, share: float) -> Callable[[LineSettings, ScanProgress], None]:
    """Tells of one of the settings, which has a ``share`` of detecting."""

    def report(settings: LineSettings, progress: ScanProgress) -> None:
        done = begins + share * progress.done / max(1, progress.total)
        placeholders = {"settings": str(settings), "unit": str(progress.unit_id)}
        tell(Progress(action="detecting", fraction=DETECTING_SHARE * done, placeholders=placeholders))

    return report


async def _answers_at(
    hass: HomeAssistant,
    link: SerialLink,
    unit_ids: Collection[int],
    report: Callable[[LineSettings, ScanProgress], None],
    longer: int,
) -> bool:
    """Whether one of ``unit_ids`` answers at the settings of ``link``."""
    try:
        found = await detect_settings(
            lambda _: async_temporary_bus(hass, link),
            report,
            (link.settings,),
            unit_ids=unit_ids,
            longer=longer,
        )
    except LinkDownError as err:
        if reason_of(err) != "settings_refused":  # some adapters know one parity only
            raise
        return False
    return found is not None


async def _frames_otherwise(hass: HomeAssistant, link: NetworkLink, tell: Tell) -> bool:
    """Whether the gateway answers in the other framing and not in the one chosen."""
    try:
        if await _answers(hass, link, FIRST_UNITS):
            return False
    except LinkDownError as err:
        # some gateways hang up on what they do not understand; it is worth waiting for one that is slow
        if reason_of(err) != "connection_closed" or not await _answers_otherwise(
            hass, link, LIKELY_UNITS, patient=True
        ):
            raise
        return True
    tell(Progress(action="other_framing", placeholders={"host": link.name}))
    return await _answers_otherwise(hass, link, FIRST_UNITS)


async def _answers_otherwise(
    hass: HomeAssistant, link: NetworkLink, unit_ids: Iterable[int], *, patient: bool = False
) -> bool:
    try:
        return await _answers(hass, link.framed_otherwise, unit_ids, patient=patient)
    except LinkDownError:
        LOGGER.debug("%s does not take the other framing", link.name, exc_info=True)
        return False


async def _answers(
    hass: HomeAssistant, link: NetworkLink, unit_ids: Iterable[int], *, patient: bool = False
) -> bool:
    """Whether anybody answers, if only the gateway itself that nobody is there."""
    async with async_temporary_bus(hass, link) as bus:
        result = await scan(bus, unit_ids, patient=patient)
        return bool(result.hits) or any(unit.exceptions for unit in bus.statistics.units.values())


def _scanning(tell: Tell, start: float) -> Callable[[ScanProgress], None]:
    def report(progress: ScanProgress) -> None:
        share = progress.done / max(1, progress.total)
        tell(
            Progress(
                action="scanning",
                fraction=start + (1 - start) * share,
                placeholders={"found": str(progress.found), "unit": str(progress.unit_id)},
            )
        )

    return report


def _checking(number: int, total: int, unit_id: int) -> Progress:
    return Progress(
        action="checking",
        fraction=number / total,
        placeholders={"number": str(number + 1), "total": str(total), "unit": str(unit_id)},
    )
