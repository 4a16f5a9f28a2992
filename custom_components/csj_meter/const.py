"""Names that the files of the surface share: keys of stored data above all.

What belongs to one file only stays there.
"""

from __future__ import annotations

from enum import StrEnum
import logging
from typing import Final

DOMAIN: Final = "csj_meter"
LOGGER: Final = logging.getLogger(__package__)

ENTRY_VERSION: Final = 1
"""Of the data of a bridge's entry; a newer one is left alone."""

SUBENTRY_METER: Final = "meter"
"""Type of the subentry that is a meter; its unique id is the serial number."""

CONF_LINK: Final = "link"
"""Key of the entry's data that tells which ``Link`` it is."""

CONF_MAC: Final = "mac"
"""Key of the entry's data that holds the address by which a discovered gateway is known again."""

CONF_UNIT_ID: Final = "unit_id"
CONF_PROFILE: Final = "profile"
CONF_IDENTITY: Final = "identity"
CONF_CIRCUIT: Final = "circuit"
CONF_KEY: Final = "key"
"""Keys of a meter subentry's data: int, name of the profile, ``Identity.as_dict()``, free text, and
the secret number that opens the meter for commands (int, missing when nobody has entered it)."""


MOST_METERS: Final = 1000
"""Meters that one request may name."""


class Link(StrEnum):
    """How a bridge is reached."""

    SERIAL = "serial"
    RTU_OVER_TCP = "rtu_over_tcp"
    MODBUS_TCP = "modbus_tcp"
    DIAL_IN = "dial_in"
    SIMULATED = "simulated"
    PULSE = "pulse"
