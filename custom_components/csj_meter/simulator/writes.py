"""Which registers take writes, and from whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from . import commands
from .registers import LARGEST_WRITE, RefusalError, Refused, Space, block_of
from .setup import asked_for, configure

if TYPE_CHECKING:
    from .meter import SimulatedMeter

type Writer = Callable[[SimulatedMeter, int, Sequence[int]], None]
"""Takes a write of values from an address on, or raises ``RefusalError``."""


def _settings(meter: SimulatedMeter, address: int, values: Sequence[int]) -> None:
    meter.lock.require(meter.clock())
    configure(meter, asked_for(meter, address, values), address)


WRITERS: Final[dict[int, Writer]] = {
    0x0500: _settings,
    0x0508: _settings,
    0x0510: _settings,
    0x0540: commands.firmware,
    0x0560: _settings,
    0x0600: commands.command,
    0x0610: commands.top_up,
    0x0618: commands.load_token,
}
"""First register of a block that takes writes -> who looks at them."""


def write(meter: SimulatedMeter, address: int, values: Sequence[int]) -> None:
    """Write holding registers, all of them or none.

    Raises ``RefusalError``.
    """
    if not 1 <= len(values) <= LARGEST_WRITE:
        raise RefusalError(Refused.VALUE)
    writer = WRITERS.get(block_of(meter, Space.HOLDING, address, len(values)).first)
    if writer is None:
        raise RefusalError(Refused.ADDRESS)
    writer(meter, address, values)
