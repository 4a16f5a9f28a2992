"""New firmware, cut, broken, foreign and sound."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from custom_components.csj_meter.bus.errors import BusError
from custom_components.csj_meter.bus.turns import Priority
from custom_components.csj_meter.meters.commands.errors import (
    CommandError,
    ImageRejectedError,
    NotOfferedError,
)
from custom_components.csj_meter.meters.commands.firmware import MODEL_CODES, Image, Transfer
from custom_components.csj_meter.meters.commands.settings import write_setting
from custom_components.csj_meter.meters.errors import ForeignMeterError
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.simulator.firmware import Phase, build_image
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


async def _running(desk: Desk) -> str:
    """The version that the meter itself says it runs."""
    words = await desk.bench.bus.read(1, "holding", 0x0007, 2, priority=Priority.COMMAND)
    return f"{words[0] >> 8}.{words[0] & 0xFF}.{words[1]}"


@pytest.mark.parametrize("kind", [FaultKind.METER_DEAD, FaultKind.LOST_REPLIES, FaultKind.UNPLUGGED])
@pytest.mark.parametrize("tenth", range(11))
def test_a_transfer_that_is_cut_leaves_the_old_firmware_and_goes_on_from_there(
    tenth: int, kind: FaultKind
) -> None:
    async def story() -> None:
        desk = await Desk.open()
        old = desk.meter.identity.firmware
        transfer = Transfer(desk.session, _image())
        fault = Fault(
            kind=kind,
            unit=None if kind is FaultKind.UNPLUGGED else 1,
            magnitude=1 if kind is FaultKind.LOST_REPLIES else None,
        )

        def cut(progress: float) -> None:
            if progress >= tenth / 10:
                desk.bench.line.faults.set(fault)

        cut(0.0)
        with pytest.raises((CommandError, BusError)):
            await transfer.run(cut)
        arrived = transfer.progress
        assert tenth / 10 <= arrived < tenth / 10 + 0.1
        desk.bench.line.faults.clear()
        assert await _running(desk) == old
        seen: list[float] = []
        assert await transfer.run(seen.append) == "9.8.7"
        assert await _running(desk) == "9.8.7"
        # nothing that had arrived was sent again
        assert all(progress > arrived for progress in seen)

    run_virtual(story())


def test_a_new_transfer_after_a_cut_one_begins_at_the_beginning() -> None:
    async def story() -> None:
        desk = await Desk.open()
        cut = Transfer(desk.session, _image())

        def at_half(progress: float) -> None:
            if progress >= 0.5:
                desk.bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=1))

        with pytest.raises((CommandError, BusError)):
            await cut.run(at_half)
        desk.bench.line.faults.clear()
        seen: list[float] = []
        # as after a restart of the program: nobody knows how much the meter has
        assert await Transfer(desk.session, _image()).run(seen.append) == "9.8.7"
        assert seen[0] < 0.1

    run_virtual(story())


def test_a_meter_that_received_another_image_meanwhile_is_sent_all_of_it() -> None:
    async def story() -> None:
        desk = await Desk.open()
        transfer = Transfer(desk.session, _image())

        def at_half(progress: float) -> None:
            if progress >= 0.5:
                desk.bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=1))

        with pytest.raises((CommandError, BusError)):
            await transfer.run(at_half)
        desk.bench.line.faults.clear()
        other = Image.parse(build_image(Model.DTSY300, (9, 9, 0), PAYLOAD))
        assert await Transfer(desk.session, other).run() == "9.9.0"
        seen: list[float] = []
        assert await transfer.run(seen.append) == "9.8.7"
        assert seen[0] < 0.1

    run_virtual(story())


def test_single_lost_replies_do_not_end_a_transfer() -> None:
    async def story() -> None:
        desk = await Desk.open()
        await desk.session.test_key()
        transfer = Transfer(desk.session, _image())

        def noise(_: float) -> None:
            desk.bench.line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, unit=1, magnitude=0.05))
            if transfer.progress == 1.0:
                desk.bench.line.faults.clear()

        assert await transfer.run(noise) == "9.8.7"
        assert desk.bench.line.counters.lost > 0

    run_virtual(story())


def test_a_meter_that_does_not_come_back_has_the_image_and_only_needs_its_restart() -> None:
    async def story() -> None:
        desk = await Desk.open()
        old = desk.meter.identity.firmware
        transfer = Transfer(desk.session, _image())
        sent: list[float] = []

        async def deaf_once_accepted() -> None:
            while not transfer.accepted:  # noqa: ASYNC110 - a transfer does not call anybody for it
                await asyncio.sleep(0.01)
            desk.bench.line.faults.set(Fault(kind=FaultKind.LOST_REQUESTS, unit=1, magnitude=1))

        deaf = asyncio.create_task(deaf_once_accepted())
        with pytest.raises((CommandError, BusError)):
            await transfer.run(sent.append)
        await deaf
        desk.bench.line.faults.clear()
        assert transfer.accepted
        assert await _running(desk) == old
        again: list[float] = []
        assert await transfer.run(again.append) == "9.8.7"
        assert again == []
        assert await _running(desk) == "9.8.7"

    run_virtual(story())


def test_an_image_for_another_model_is_not_even_sent() -> None:
    async def story() -> None:
        desk = await Desk.open()
        requests = desk.bench.line.counters.requests
        with pytest.raises(ImageRejectedError, match="the image is for model 101, this meter is a 302"):
            await Transfer(desk.session, _image(Model.DDS100)).run()
        # who it is, and its model
        assert desk.bench.line.counters.requests == requests + 2

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
        assert await _running(desk) == old
        transfer._words = whole
        assert await transfer.run() == "9.8.7"

    run_virtual(story())


def test_an_image_whose_header_lies_about_its_model_is_rejected_by_the_meter() -> None:
    async def story() -> None:
        desk = await Desk.open()
        old = desk.meter.identity.firmware
        foreign = _image(Model.DDS100)
        disguised = Image(data=foreign.data, header=_image().header)
        with pytest.raises(ImageRejectedError, match="wrong_model"):
            await Transfer(desk.session, disguised).run()
        assert await _running(desk) == old
        assert await Transfer(desk.session, _image()).run() == "9.8.7"

    run_virtual(story())


def test_a_meter_that_has_been_exchanged_is_sent_nothing() -> None:
    async def story() -> None:
        desk = await Desk.open()
        desk.bench.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=1))
        before = replace(desk.simulated.state.transfer)
        with pytest.raises(ForeignMeterError):
            await Transfer(desk.session, _image()).run()
        assert desk.simulated.state.transfer == before

    run_virtual(story())


@pytest.mark.parametrize("model", Model)
def test_the_models_are_those_of_the_images(model: Model) -> None:
    assert MODEL_CODES[model.name] == model
    assert len(MODEL_CODES) == len(Model)


def test_a_meter_that_answers_nothing_while_it_looks_at_the_image_is_waited_for() -> None:
    async def story() -> str:
        desk = await Desk.open()
        running = asyncio.create_task(Transfer(desk.session, _image()).run())
        while desk.simulated.state.transfer.phase is not Phase.VERIFYING:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
        desk.bench.line.faults.set(Fault(kind=FaultKind.BUSY, unit=1, magnitude=15))
        return await running

    assert run_virtual(story()) == "9.8.7"


def test_a_meter_that_takes_no_firmware_says_so() -> None:
    async def story() -> None:
        desk = await Desk.open()
        desk.meter.identity = replace(desk.meter.identity, capabilities=frozenset())
        with pytest.raises(NotOfferedError):
            await Transfer(desk.session, _image()).run()

    run_virtual(story())


def test_other_commands_need_not_wait_for_the_end_of_a_transfer() -> None:
    async def story() -> tuple[float, float, str]:
        desk = await Desk.open()
        loop = asyncio.get_running_loop()
        transfer = Transfer(desk.session, Image.parse(build_image(Model.DTSY300, NEW, bytes(40_000))))
        sending = asyncio.create_task(transfer.run())
        await asyncio.sleep(20)
        assert 0 < transfer.progress < 1
        began = loop.time()
        await write_setting(desk.session, "reporting_interval", 17)
        waited = loop.time() - began
        progress = transfer.progress
        return waited, progress, await sending

    waited, progress, version = run_virtual(story())
    assert waited < 3
    assert progress < 1
    assert version == "{}.{}.{}".format(*NEW)
