"""New firmware, cut, broken, foreign and sound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from custom_components.csj_meter.bus.errors import BusError
from custom_components.csj_meter.meters.commands.errors import (
    CommandError,
    ImageRejectedError,
    NotOfferedError,
)
from custom_components.csj_meter.meters.commands.firmware import Image, Transfer
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.simulator.firmware import build_image
from custom_components.csj_meter.simulator.models import Model
from tests.virtual_time import run_virtual

from .conftest import Desk

PAYLOAD = bytes(range(256)) * 12
NEW = (9, 8, 7)


def _image(model: Model = Model.DTSY300) -> Image:
    return Image.parse(build_image(model, NEW, PAYLOAD))


def test_an_image_tells_what_it_is() -> None:
    image = _image()
    assert (image.model, image.version) == (302, "9.8.7")
    assert len(image.words) == (len(image.data) + 1) // 2


@pytest.mark.parametrize("data", [b"", b"CSJFW", b"MZ" + bytes(100), b"CSJFW\0" + bytes(200_000)])
def test_a_file_that_is_no_image_is_refused(data: bytes) -> None:
    with pytest.raises(ImageRejectedError):
        Image.parse(data)


def test_a_sound_image_runs_after_the_restart() -> None:
    async def story() -> None:
        desk = await Desk.open()
        seen: list[float] = []
        assert await Transfer(desk.session, _image()).run(seen.append) == "9.8.7"
        assert desk.meter.identity.firmware == "9.8.7"
        assert seen == sorted(seen)
        assert seen[-1] == 1.0

    run_virtual(story())


@pytest.mark.parametrize("tenth", range(10))
def test_a_transfer_that_is_cut_leaves_the_old_firmware_and_goes_on_from_there(tenth: int) -> None:
    async def story() -> None:
        desk = await Desk.open()
        old = desk.meter.identity.firmware
        transfer = Transfer(desk.session, _image())
        requests: list[int] = []

        def cut(progress: float) -> None:
            if progress >= tenth / 10 and not requests:
                desk.bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=1, magnitude=None))
                requests.append(0)

        if tenth == 0:
            desk.bench.line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, unit=1, magnitude=1))
        with pytest.raises((CommandError, BusError)):
            await transfer.run(cut)
        desk.bench.line.faults.clear()
        assert desk.simulated.truth()  # it lives
        words = await desk.bench.bus.read(1, "holding", 0x0007, 2, priority=0)  # type: ignore[arg-type]
        version = f"{words[0] >> 8}.{words[0] & 0xFF}.{words[1]}"
        assert version == old
        assert await transfer.run() == "9.8.7"

    run_virtual(story())


def test_an_image_for_another_model_is_not_even_sent() -> None:
    async def story() -> None:
        desk = await Desk.open()
        requests = desk.bench.line.counters.requests
        with pytest.raises(ImageRejectedError, match="the image is for model 101, this meter is a 302"):
            await Transfer(desk.session, _image(Model.DDS100)).run()
        assert desk.bench.line.counters.requests == requests + 1

    run_virtual(story())


def test_an_image_that_arrives_broken_is_rejected_by_the_meter_and_can_be_sent_again() -> None:
    async def story() -> None:
        desk = await Desk.open()
        old = desk.meter.identity.firmware
        transfer = Transfer(desk.session, _image())
        whole = transfer._words
        transfer._words = [*whole[:100], whole[100] ^ 1, *whole[101:]]
        with pytest.raises(ImageRejectedError, match="bad_crc"):
            await transfer.run()
        await desk.meter.verify_identity()
        assert desk.meter.identity.firmware == old
        transfer._words = whole
        assert await transfer.run() == "9.8.7"

    run_virtual(story())


def test_a_meter_that_takes_no_firmware_says_so() -> None:
    async def story() -> None:
        desk = await Desk.open()
        desk.meter.identity = replace(desk.meter.identity, capabilities=frozenset())
        with pytest.raises(NotOfferedError):
            await Transfer(desk.session, _image()).run()

    run_virtual(story())
