"""Where the CSJ reference map keeps settings, commands and files; see docs/register-map.md.

Holding registers, zero-based.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

UNLOCK: Final = 0x0600
"""Write: key, two words. Read: seconds that it stays unlocked, two words."""

ACTION: Final = 0x0602
RESTART: Final = 0x0603
RESTART_WORD: Final = 0xA55A
TOP_UP: Final = 0x0610
"""Amount in hundredths, two words; count."""

TOKEN: Final = 0x0618
TOKEN_RESULT: Final = 0x061D

TAKE_SAMPLE: Final = 1
RELAY_AUTOMATIC: Final = 3
RELAY_CLOSE: Final = 4
RELAY_OPEN: Final = 5
"""Words for ``ACTION``."""

CLOCK: Final = 0x0502
DAY_TABLES: Final = 0x0560
DAY_TABLE_LENGTH: Final = 24
"""Words of one day table: twelve switch points of minute and tariff."""

NO_SWITCH_POINT: Final = 0xFFFF

PROFILE_FILE: Final = 1
PROFILE_ENTRIES: Final = 6000
PROFILE_ENTRIES_A_FILE: Final = 1200
PROFILE_WORDS: Final = 8
PROFILE_POSITION: Final = 0x0530
"""Newest slot, number of filled slots."""

PROFILE_ENTRIES_A_READ: Final = 15

EVENT_FILE: Final = 8
EVENT_ENTRIES: Final = 100
EVENT_WORDS: Final = 4
EVENT_POSITION: Final = 0x0532
"""Newest slot, number of filled slots."""

EVENT_ENTRIES_A_READ: Final = 30

FIRMWARE_FILE: Final = 10
FIRMWARE_WORDS_A_FILE: Final = 10_000
FIRMWARE_WORDS_A_WRITE: Final = 60
FIRMWARE_SIZE: Final = 0x0540
"""Image size in bytes, two words; CRC-32, two words; command; state."""

FIRMWARE_COMMAND: Final = 0x0544
FIRMWARE_STATE: Final = 0x0545


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting that can be written."""

    address: int
    """First register."""

    words: int
    """1 or 2."""

    scale: str = "1"
    """Canonical unit of one raw step, as a decimal number."""

    low: int
    """Smallest raw value."""

    high: int
    """Largest raw value."""

    @property
    def step(self) -> Decimal:
        """Smallest change, in the canonical unit."""
        return Decimal(self.scale)

    @property
    def least(self) -> Decimal:
        """Smallest value, in the canonical unit."""
        return self.low * self.step

    @property
    def most(self) -> Decimal:
        """Largest value, in the canonical unit."""
        return self.high * self.step


def _money(address: int) -> Setting:
    return Setting(address=address, words=2, scale="0.01", low=0, high=0x7FFF_FFFF)


SETTINGS: Final[Mapping[str, Setting]] = {
    "reporting_interval": Setting(address=0x0500, words=1, low=1, high=3600),
    "load_profile_interval": Setting(address=0x0501, words=1, scale="60", low=1, high=60),
    "clock": Setting(address=CLOCK, words=2, low=1, high=0xFFFF_FFFE),
    "credit_alarm_1": _money(0x0508),
    "credit_alarm_2": _money(0x050A),
    "overdraft_limit": _money(0x050C),
    **{
        f"price_t{tariff}": Setting(
            address=0x0510 + 2 * (tariff - 1), words=2, scale="0.0001", low=0, high=0x7FFF_FFFF
        )
        for tariff in range(1, 9)
    },
}
"""Canonical quantity -> where it is set."""
