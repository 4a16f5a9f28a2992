"""What the world says of the meters is what they said."""

from __future__ import annotations

from pathlib import Path

from custom_components.csj_meter.simulator import Capability

from .plan import Site
from .run import Run
from .world import LIVE_BLOCK, READ_INPUT, World

CREDIT_BLOCK = 0x0300
NO_CHECKSUM = bytes(2)
"""Nobody looks at it so far inside."""


def test_what_is_heard_after_a_payment_is_the_new_balance(tmp_path: Path) -> None:
    run = Run.new(tmp_path, 1, Site(meters=3), 1)
    world = World(run)
    line, meter = next(
        (line, meter)
        for line in world.lines
        for meter in line.meters.values()
        if Capability.PREPAY in meter.capabilities
    )

    def ask(block: int) -> bytes:
        request = bytes([meter.unit_id, READ_INPUT]) + block.to_bytes(2) + (2).to_bytes(2)
        return line._reply(meter, request + NO_CHECKSUM)

    ask(LIVE_BLOCK)
    for payments in (1, 2, 3, 4, 5):
        # what it knew between two of them is gone, and what it knows now may be where that was
        for _ in range(payments):
            meter.pay_in(100)
            meter.truth()
        answer = ask(CREDIT_BLOCK)
        heard = run.said[meter.nameplate.serial][-1].value("balance")
        assert heard == int.from_bytes(answer[3:7], signed=True) / 100
