"""At which speed and parity a serial line talks: tried in the order of likelihood."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Literal

from .bus import Bus
from .scan import LIKELY_UNITS, ScanProgress, scan

type Parity = Literal["N", "E", "O"]

BAUD_RATES: Final = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
PARITIES: Final[tuple[Parity, ...]] = ("N", "E", "O")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSettings:
    """Speed and frame of a serial line."""

    baudrate: int = 9600
    """bit/s"""

    parity: Parity = "N"
    """None, even or odd."""

    stopbits: Literal[1, 2] = 1
    """Stop bits."""

    @property
    def bits_per_character(self) -> int:
        """Start bit, eight data bits, parity bit and stop bits."""
        return 9 + (self.parity != "N") + self.stopbits

    def __str__(self) -> str:
        """As people write it: 9600 8N1."""
        return f"{self.baudrate} 8{self.parity}{self.stopbits}"


LIKELY_SETTINGS: Final = (
    LineSettings(baudrate=9600),
    LineSettings(baudrate=9600, parity="E"),
    LineSettings(baudrate=19200, parity="E"),
    LineSettings(baudrate=19200),
    LineSettings(baudrate=2400),
    LineSettings(baudrate=2400, parity="E"),
    LineSettings(baudrate=4800),
    LineSettings(baudrate=38400),
    LineSettings(baudrate=115200),
    LineSettings(baudrate=1200, parity="E"),
    LineSettings(baudrate=57600),
    LineSettings(baudrate=9600, parity="O"),
)
"""Factory settings of common meters first; 8N1 and 8N2 hear each other, so 8N2 is not tried."""


async def detect_settings(
    open_bus: Callable[[LineSettings], AbstractAsyncContextManager[Bus]],
    on_progress: Callable[[LineSettings, ScanProgress], None],
    candidates: Iterable[LineSettings] = LIKELY_SETTINGS,
    *,
    unit_ids: Iterable[int] = LIKELY_UNITS,
    longer: int = 1,
) -> LineSettings | None:
    """The first of the ``candidates`` at which one of ``unit_ids`` answers, or None.

    An adapter that hears itself drowns all of them: for it, the first that can be opened. ``open_bus``
    opens the port with the settings given; ``longer`` as for a scan. Raises LinkDownError when it cannot.
    """
    wanted = tuple(unit_ids)
    for settings in candidates:
        async with open_bus(settings) as bus:

            def report(progress: ScanProgress, settings: LineSettings = settings) -> None:
                on_progress(settings, progress)

            # asked first, as only this question waits for a port that is slow to open
            if await bus.echoes() or (await scan(bus, wanted, report, patient=False, longer=longer)).hits:
                return settings
    return None
