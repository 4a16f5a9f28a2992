"""How strong single harmonics of a supply voltage may be; detection judges by all of them together.

EN 50160:2010, table 1: 95 % of the ten-minute means of a week, in % of the fundamental. Orders above 25 have
no limit there, because they are small and hard to foretell.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

STANDARD: Final = "EN 50160:2010"

_ODD: Final = {5: 6.0, 7: 5.0, 11: 3.5, 13: 3.0, 17: 2.0, 19: 1.5, 23: 1.5, 25: 1.5}
_MULTIPLES_OF_THREE: Final = {3: 5.0, 9: 1.5, 15: 0.5, 21: 0.5}
_EVEN: Final = {2: 2.0, 4: 1.0, **dict.fromkeys(range(6, 25, 2), 0.5)}

VOLTAGE_HARMONICS: Final[Mapping[int, float]] = MappingProxyType(
    dict(sorted((_ODD | _MULTIPLES_OF_THREE | _EVEN).items()))
)
"""Order -> % of the fundamental."""
