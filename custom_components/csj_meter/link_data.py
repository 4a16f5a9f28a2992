"""What is stored of a link, checked once at the door.

``link_from_data`` makes a link from an entry's data or from a form and refuses what cannot work;
everybody behind the door gets one of the dataclasses. How a link is opened is in ``links``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
import ipaddress
import math
from typing import Any, Final, cast

from homeassistant.core import valid_entity_id
from homeassistant.util.network import is_host_valid

from .bus.line_settings import BAUD_RATES, PARITIES, LineSettings
from .bus.timing import DIAL_IN_LATENCY, GATEWAY_LATENCY, NETWORK_LATENCY, SERIAL_LATENCY, LineTiming
from .const import CONF_LINK, Link

LONGEST_DEVICE: Final = 512
LONGEST_REGISTRATION: Final = 64
LOWEST_LISTEN_PORT: Final = 1024
HIGHEST_PORT: Final = 65535
MOST_SIMULATED: Final = 32
HIGHEST_SEED: Final = 2**31 - 1
MOST_PULSES: Final = 1_000_000.0
LARGEST_UTC_OFFSET: Final = 14 * 3600


class InvalidLinkError(ValueError):
    """A value that no link can have."""

    def __init__(self, name: str, problem: str) -> None:
        """``name`` of the value, ``problem`` as its key in the translations of form errors."""
        super().__init__(f"{name}: {problem}")
        self.name = name
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialLink:
    """A serial port of this machine, or one that Home Assistant lends from elsewhere."""

    device: str
    """Path, by id where there is one, or an URL that serialx opens."""

    settings: LineSettings
    """Speed and frame."""

    @property
    def kind(self) -> Link:
        """Which link it is."""
        return Link.SERIAL

    @property
    def name(self) -> str:
        """What people call it."""
        return self.device

    @property
    def timing(self) -> LineTiming:
        """Speed and habits of the line."""
        return _timing(self.settings, SERIAL_LATENCY if self.is_local else NETWORK_LATENCY)

    @property
    def is_local(self) -> bool:
        """Whether it is a port of this machine, not one that is reached over a network."""
        return self.device.startswith("/")

    def as_data(self) -> dict[str, Any]:
        """Data of the entry."""
        return {CONF_LINK: self.kind.value, "device": self.device, **_settings_data(self.settings)}


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkLink:
    """A gateway in the network: transparent (RTU over TCP) or speaking Modbus TCP."""

    modbus_tcp: bool
    """Whether it frames as Modbus TCP."""

    host: str
    """Name or address, lower case, without brackets."""

    port: int
    """TCP port."""

    settings: LineSettings
    """Speed and frame of its serial side; only their timing matters here."""

    @property
    def framed_otherwise(self) -> NetworkLink:
        """The same gateway in the other framing."""
        return replace(self, modbus_tcp=not self.modbus_tcp)

    @property
    def kind(self) -> Link:
        """Which link it is."""
        return Link.MODBUS_TCP if self.modbus_tcp else Link.RTU_OVER_TCP

    @property
    def name(self) -> str:
        """What people call it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def timing(self) -> LineTiming:
        """Speed and habits of the line."""
        return _timing(self.settings, GATEWAY_LATENCY if self.modbus_tcp else NETWORK_LATENCY)

    def as_data(self) -> dict[str, Any]:
        """Data of the entry."""
        return {
            CONF_LINK: self.kind.value,
            "host": self.host,
            "port": self.port,
            **_settings_data(self.settings),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DialInLink:
    """A port at which a gateway calls."""

    listen_port: int
    """TCP port on this machine."""

    registration: str = field(default="", repr=False)
    """What the gateway says first: text, or bytes as ``hex:01 02``; empty when it says nothing.
    Whoever knows it is let in, so it is never logged."""

    settings: LineSettings
    """Speed and frame of its serial side; only their timing matters here."""

    @property
    def kind(self) -> Link:
        """Which link it is."""
        return Link.DIAL_IN

    @property
    def name(self) -> str:
        """What people call it."""
        return f"dial-in port {self.listen_port}"

    @property
    def timing(self) -> LineTiming:
        """Speed and habits of the line."""
        return _timing(self.settings, DIAL_IN_LATENCY)

    @property
    def registration_bytes(self) -> bytes:
        """The registration text as it is on the wire."""
        if self.registration.startswith("hex:"):
            return bytes.fromhex(self.registration.removeprefix("hex:"))
        return self.registration.encode()

    def as_data(self) -> dict[str, Any]:
        """Data of the entry."""
        return {
            CONF_LINK: self.kind.value,
            "listen_port": self.listen_port,
            "registration": self.registration,
            **_settings_data(self.settings),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedLink:
    """A line with simulated meters, inside this Home Assistant."""

    seed: int
    """The same seed gives the same homes."""

    meters: int
    """How many."""

    utc_offset: int = 0
    """Seconds from UTC to the meters' own time, which knows no daylight saving."""

    @property
    def kind(self) -> Link:
        """Which link it is."""
        return Link.SIMULATED

    @property
    def name(self) -> str:
        """What people call it."""
        return f"simulated line {self.seed}"

    @property
    def timing(self) -> LineTiming:
        """Speed and habits of the line."""
        return LineTiming(latency=SERIAL_LATENCY)

    def as_data(self) -> dict[str, Any]:
        """Data of the entry."""
        return {
            CONF_LINK: self.kind.value,
            "seed": self.seed,
            "meters": self.meters,
            "utc_offset": self.utc_offset,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseLink:
    """A counter of Home Assistant that counts the pulses of one meter."""

    entity_id: str
    """The counter."""

    pulses_per_kwh: float
    """The constant on the meter's face."""

    @property
    def kind(self) -> Link:
        """Which link it is."""
        return Link.PULSE

    @property
    def name(self) -> str:
        """What people call it."""
        return self.entity_id

    def as_data(self) -> dict[str, Any]:
        """Data of the entry."""
        return {
            CONF_LINK: self.kind.value,
            "entity_id": self.entity_id,
            "pulses_per_kwh": self.pulses_per_kwh,
        }


type ModbusLink = SerialLink | NetworkLink | DialInLink | SimulatedLink
"""Links with a line behind them."""

type AnyLink = ModbusLink | PulseLink


def link_from_data(data: Mapping[str, Any]) -> AnyLink:
    """The link that an entry's data or a form's input describe. Raises InvalidLinkError."""
    match data.get(CONF_LINK):
        case Link.SERIAL:
            return SerialLink(device=_device(data), settings=_settings(data))
        case (Link.RTU_OVER_TCP | Link.MODBUS_TCP) as kind:
            return NetworkLink(
                modbus_tcp=kind == Link.MODBUS_TCP,
                host=_host(data),
                port=_whole(data, "port", 1, HIGHEST_PORT),
                settings=_settings(data),
            )
        case Link.DIAL_IN:
            return DialInLink(
                listen_port=_whole(data, "listen_port", LOWEST_LISTEN_PORT, HIGHEST_PORT),
                registration=_registration(data),
                settings=_settings(data),
            )
        case Link.SIMULATED:
            return SimulatedLink(
                seed=_whole(data, "seed", 0, HIGHEST_SEED),
                meters=_whole(data, "meters", 1, MOST_SIMULATED),
                utc_offset=_whole(data, "utc_offset", -LARGEST_UTC_OFFSET, LARGEST_UTC_OFFSET, default=0),
            )
        case Link.PULSE:
            return PulseLink(entity_id=_entity_id(data), pulses_per_kwh=_pulses(data))
        case _:
            raise InvalidLinkError(CONF_LINK, "unknown_link")


def _timing(settings: LineSettings, latency: float) -> LineTiming:
    return LineTiming(
        baudrate=settings.baudrate, bits_per_character=settings.bits_per_character, latency=latency
    )


def _settings(data: Mapping[str, Any]) -> LineSettings:
    baudrate = _whole(data, "baudrate", BAUD_RATES[0], BAUD_RATES[-1])
    if baudrate not in BAUD_RATES:
        raise InvalidLinkError("baudrate", "not_a_baudrate")
    parity = data.get("parity", "N")
    if parity not in PARITIES:
        raise InvalidLinkError("parity", "not_a_parity")
    stopbits = _whole(data, "stopbits", 1, 2, default=1)
    return LineSettings(baudrate=baudrate, parity=parity, stopbits=1 if stopbits == 1 else 2)


def _settings_data(settings: LineSettings) -> dict[str, Any]:
    return {"baudrate": settings.baudrate, "parity": settings.parity, "stopbits": settings.stopbits}


def _text(data: Mapping[str, Any], name: str, longest: int, problem: str) -> str:
    text = data.get(name)
    if (
        not isinstance(text, str)
        or not (text := text.strip())
        or len(text) > longest
        or not text.isprintable()
    ):
        raise InvalidLinkError(name, problem)
    return text


def _whole(data: Mapping[str, Any], name: str, low: int, high: int, default: int | None = None) -> int:
    """A whole number; forms give it as a float or, from a list, as a text."""
    value = data.get(name, default)
    try:
        number = float(cast(Any, value))
    except TypeError, ValueError, OverflowError:
        number = math.nan
    if isinstance(value, bool) or not low <= number <= high or number != int(number):
        raise InvalidLinkError(name, "out_of_range")
    return int(number)


def _device(data: Mapping[str, Any]) -> str:
    return _text(data, "device", LONGEST_DEVICE, "not_a_device")


def _host(data: Mapping[str, Any]) -> str:
    host = _text(data, "host", 255, "not_a_host").lower().removesuffix(".")
    host = host.removeprefix("[").removesuffix("]")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        if not is_host_valid(host):
            raise InvalidLinkError("host", "not_a_host") from None
        return host


def _registration(data: Mapping[str, Any]) -> str:
    if not str(data.get("registration", "")).strip():
        return ""
    text = _text(data, "registration", LONGEST_REGISTRATION, "not_a_registration")
    if text.startswith("hex:"):
        try:
            raw = bytes.fromhex(text.removeprefix("hex:"))
        except ValueError:
            raw = b""
        if not raw:
            raise InvalidLinkError("registration", "not_a_registration")
    return text


def _entity_id(data: Mapping[str, Any]) -> str:
    entity_id = _text(data, "entity_id", 255, "not_an_entity")
    if not valid_entity_id(entity_id):
        raise InvalidLinkError("entity_id", "not_an_entity")
    return entity_id


def _pulses(data: Mapping[str, Any]) -> float:
    try:
        pulses = float(cast(Any, data.get("pulses_per_kwh")))
    except TypeError, ValueError, OverflowError:
        pulses = math.nan
    if not 0 < pulses <= MOST_PULSES:
        raise InvalidLinkError("pulses_per_kwh", "out_of_range")
    return pulses
