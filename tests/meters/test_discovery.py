"""From a line to a list of meters."""

from __future__ import annotations

import pytest

from custom_components.csj_meter.bus.bus import Bus
from custom_components.csj_meter.bus.errors import LinkDownError, UnitSilentError
from custom_components.csj_meter.bus.scan import ScanProgress
from custom_components.csj_meter.bus.timing import LineTiming
from custom_components.csj_meter.meters.discovery import Discovery, discover, identify, unit_serial
from custom_components.csj_meter.meters.errors import UnknownDeviceError
from custom_components.csj_meter.meters.identification import identity_of
from custom_components.csj_meter.meters.identity import Capability, Identity
from custom_components.csj_meter.meters.reading import Value
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from tests.simulated import PROFILES, Bench
from tests.virtual_time import run_virtual


async def _discover(bench: Bench) -> Discovery:
    return await discover(bench.bus, PROFILES.values(), range(1, 11))


def test_all_four_models_are_recognised() -> None:
    async def story() -> None:
        bench = Bench.make(6)
        discovery = await _discover(bench)
        assert [
            (meter.unit_id, meter.identity.model, meter.identity.profile) for meter in discovery.found
        ] == [
            (1, "DTSY300", "csj_3p_prepay"),
            (2, "DDSY100", "csj_1p_prepay"),
            (3, "DTS300", "csj_3p"),
            (4, "DDS100", "csj_1p"),
            (5, "DDSY100", "csj_1p_prepay"),
            (6, "DTS300", "csj_3p"),
        ]
        for meter in discovery.found:
            assert meter.identity.serial == bench.line.meters[meter.unit_id].nameplate.serial
        assert (discovery.unknown, discovery.garbled, discovery.duplicates, discovery.echo) == (
            (),
            (),
            {},
            False,
        )

    run_virtual(story())


def test_an_identity_says_what_the_meter_can_do() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        prepaid, plain = [await identify(bench.bus, unit, PROFILES.values()) for unit in (1, 3)]
        assert prepaid.phases == plain.phases == 3
        assert {Capability.RELAY, Capability.PREPAY, Capability.HARMONICS} <= prepaid.capabilities
        assert Capability.PREPAY not in plain.capabilities
        assert prepaid.tariffs == 6
        assert prepaid.rated_voltage == 230.0
        assert prepaid.firmware is not None

    run_virtual(story())


def test_a_device_that_no_profile_knows_is_shown_with_what_it_calls_itself() -> None:
    async def story() -> None:
        bench = Bench.make(2)
        csj_3p_only = [PROFILES["csj_3p"]]
        discovery = await discover(bench.bus, csj_3p_only, range(1, 6))
        assert discovery.found == ()
        assert [device.unit_id for device in discovery.unknown] == [1, 2]
        assert discovery.unknown[1].description is not None
        assert "DDSY100" in discovery.unknown[1].description

    run_virtual(story())


def test_one_serial_number_at_two_unit_ids_is_no_meter_until_it_is_cleared_up() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        bench.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=2, magnitude=1))
        discovery = await _discover(bench)
        serial = bench.line.meters[1].nameplate.serial
        assert discovery.duplicates == {serial: (1, 2)}
        assert [meter.unit_id for meter in discovery.found] == [3]

    run_virtual(story())


def test_two_meters_at_one_unit_id_are_noise() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        bench.line.faults.set(Fault(kind=FaultKind.DUPLICATE_UNIT_ID, unit=2))
        discovery = await _discover(bench)
        assert [meter.unit_id for meter in discovery.found] == [1, 3]

    run_virtual(story())


def test_a_meter_that_falls_silent_while_it_is_identified_is_reported_as_noise() -> None:
    async def story() -> None:
        bench = Bench.make(3)

        def kill(progress: ScanProgress) -> None:
            if progress.unit_id == 3:
                bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=2))

        discovery = await discover(bench.bus, PROFILES.values(), range(1, 4), kill)
        assert [meter.unit_id for meter in discovery.found] == [1, 3]
        assert discovery.garbled == (2,)

    run_virtual(story())


def test_an_echoing_adapter_is_told_before_anything_is_scanned() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        bench.line.faults.set(Fault(kind=FaultKind.ECHO))
        discovery = await _discover(bench)
        assert discovery.echo
        assert discovery.found == ()

    run_virtual(story())


def test_an_unplugged_line_is_an_error_and_not_an_empty_list() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        bench.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
        with pytest.raises(LinkDownError):
            await _discover(bench)

    run_virtual(story())


def test_a_chosen_profile_that_does_not_fit_says_so() -> None:
    async def story() -> None:
        bench = Bench.make(2)
        with pytest.raises(UnknownDeviceError, match="no profile recognises this device"):
            await identify(bench.bus, 1, [PROFILES["csj_1p"]])
        with pytest.raises(UnitSilentError):
            await identify(bench.bus, 9, PROFILES.values())

    run_virtual(story())


@pytest.mark.parametrize(
    "serial",
    [
        *(None, "", "   ", "A" * 33, "ACME\u00e9", "AC\x07ME", "1\n2"),
        *(
            "=1+1",
            "-1",
            "@A1",
            "![x](//e.example)",
            "<b>1</b>",
            "*1*",
            "`1`",
            '1"',
            "1'",
            "1;2",
            "${x}",
            "{{x}}",
        ),
    ],
)
def test_a_serial_number_that_nobody_could_type_is_none(serial: str | None) -> None:
    with pytest.raises(ValueError, match="no usable serial number"):
        identity_of(PROFILES["csj_3p"], {"serial": serial})


@pytest.mark.parametrize("serial", ["1", "CSJ000000001", "EM 24-DIN", "No. 7/2026", "a1b2c3d4-7", "S/N:12#3"])
def test_what_plates_say_is_a_serial_number(serial: str) -> None:
    assert identity_of(PROFILES["csj_3p"], {"serial": serial}).serial == serial


def test_other_words_that_no_plate_says_are_left_out() -> None:
    told: dict[str, Value] = {
        "serial": "1",
        "model": "![x](//e.example)",
        "firmware": "1.0\nWARNING all is well",
        "hardware": " 2.1 ",
    }
    identity = identity_of(PROFILES["csj_3p"], told)

    assert (identity.model, identity.firmware, identity.hardware) == (PROFILES["csj_3p"].model, None, "2.1")


def test_the_profile_fills_in_what_the_meter_does_not_tell() -> None:
    identity = identity_of(PROFILES["eastron_sdm630"], {"serial": 1234567})
    assert identity.serial == "1234567"
    assert identity.phases == 3
    assert identity.firmware is None
    assert identity.ct_ratio == 1.0


def test_a_meter_without_a_serial_number_is_named_by_its_place() -> None:
    profile = PROFILES["chint_dtsu666"]
    assert not profile.has_serial
    place = unit_serial("/dev/serial/by-id/usb-Example_RS485_Adapter-if00-port0", 7)
    assert identity_of(profile, {}, serial=place).serial == place
    assert place.endswith("-7")
    assert unit_serial("/dev/ttyUSB1", 7) != place


def test_an_identity_survives_storage() -> None:
    identity = identity_of(
        PROFILES["csj_3p_prepay"], {"serial": "CSJ1", "capabilities": 0b11, "ct_ratio": 40}
    )
    stored = identity.as_dict()
    assert Identity.from_dict({**stored, "a key of a newer version": 1}) == identity


def test_a_line_of_nothing_is_nothing() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        bus = Bus("line", bench.line.unit, LineTiming())
        discovery = await discover(bus, PROFILES.values(), range(100, 110))
        assert discovery == Discovery(found=(), unknown=(), garbled=(), duplicates={}, echo=False)

    run_virtual(story())
