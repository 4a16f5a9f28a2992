"""The shipped profiles: each recognises its meter among all others and reads it right.

Given the registers of a meter as its maker documents them, when it is identified and read over a
real ``Bus``, then the values are those worked out by hand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from modbus_connection import ModbusExceptionError, ModbusUnit
import pytest

from custom_components.csj_meter.bus.bus import Bus
from custom_components.csj_meter.bus.timing import LineTiming
from custom_components.csj_meter.bus.turns import Priority
from custom_components.csj_meter.meters.discovery import identify
from custom_components.csj_meter.meters.errors import UnknownDeviceError
from custom_components.csj_meter.meters.identity import Capability
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.plan import GroupPlan, fields_of
from custom_components.csj_meter.meters.profile import Profile, Space
from custom_components.csj_meter.meters.profile_loader import ProfileLibrary
from custom_components.csj_meter.meters.quantities import QUANTITIES
from custom_components.csj_meter.meters.reading import Group
from tests.meters.register_images import CSJ_1P, CSJ_3P_PREPAY, IMAGES, Image

UNIT = 17
SHIPPED = {
    "csj_1p",
    "csj_1p_prepay",
    "csj_3p",
    "csj_3p_prepay",
    "acrel_dtsd1352",
    "acrel_ddsy1352",
    "eastron_sdm120",
    "eastron_sdm630",
    "chint_dtsu666",
    "orno_we517",
}
LIBRARY = ProfileLibrary.load()
BY_PROFILE = pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.profile)


class DocumentedMeter:
    """A meter that answers for the registers of an image and refuses all others."""

    connected = True

    def __init__(self, image: Image) -> None:
        self._words = {
            (space, first + offset): word
            for space, blocks in image.registers.items()
            for first, words in blocks.items()
            for offset, word in enumerate(words)
        }
        self.reads: list[tuple[Space, int, int]] = []

    async def read_input_registers(self, address: int, count: int) -> list[int]:
        return self._read("input", address, count)

    async def read_holding_registers(self, address: int, count: int) -> list[int]:
        return self._read("holding", address, count)

    def set_message_spacing(self, seconds: float) -> None:
        """Nothing else is on this line."""

    def require_timeout(self, seconds: float) -> None:
        """It answers at once."""

    def _read(self, space: Space, address: int, count: int) -> list[int]:
        self.reads.append((space, address, count))
        try:
            return [self._words[space, address + offset] for offset in range(count)]
        except KeyError:
            raise ModbusExceptionError.from_code(2, "illegal data address") from None


def bus_with(meter: DocumentedMeter) -> Bus:
    return Bus(
        "test line",
        lambda unit_id: cast(ModbusUnit, meter),
        LineTiming(baudrate=9600),
        transaction_ids=True,
    )


@pytest.fixture
def device(image: Image) -> DocumentedMeter:
    return DocumentedMeter(image)


def test_ten_profiles_are_shipped_and_none_is_broken() -> None:
    assert set(LIBRARY.profiles) == SHIPPED
    assert LIBRARY.errors == ()


def test_every_profile_but_ours_has_an_image_here() -> None:
    assert {image.profile for image in IMAGES} >= {name for name in SHIPPED if not name.startswith("csj_")}


@pytest.mark.parametrize("profile", LIBRARY.profiles.values(), ids=lambda profile: profile.name)
def test_nobody_claims_what_nobody_has_tried(profile: Profile) -> None:
    assert not profile.verified
    assert len(profile.source) > 20


@BY_PROFILE
async def test_a_meter_is_recognised_among_all_profiles(image: Image, device: DocumentedMeter) -> None:
    identity = await identify(bus_with(device), UNIT, LIBRARY.profiles.values())

    assert identity.profile == image.profile
    assert identity.model == image.model
    assert identity.firmware == image.firmware
    assert (identity.ct_ratio, identity.pt_ratio) == (image.ct_ratio, image.pt_ratio)
    if image.serial is None:
        assert not LIBRARY[image.profile].has_serial
        assert identity.serial.endswith(f"-{UNIT}")
    else:
        assert identity.serial == image.serial


@BY_PROFILE
async def test_a_meter_reads_as_worked_out_by_hand(image: Image, device: DocumentedMeter) -> None:
    bus = bus_with(device)
    identity = await identify(bus, UNIT, LIBRARY.profiles.values())
    meter = Meter(bus, UNIT, LIBRARY[image.profile], identity)

    for group in meter.groups:
        await meter.read(group)

    values = {name: meter.value(name) for name in QUANTITIES if name in meter.quantities}
    assert values == dict(image.values)


@BY_PROFILE
async def test_reads_stay_within_what_the_meter_allows(image: Image, device: DocumentedMeter) -> None:
    profile = LIBRARY[image.profile]
    bus = bus_with(device)
    meter = Meter(bus, UNIT, profile, await identify(bus, UNIT, [profile]))
    for group in meter.groups:
        await meter.read(group)

    assert all(count <= profile.max_read for _, _, count in device.reads)
    if profile.manufacturer == "Eastron":
        assert all(address % 2 == count % 2 == 0 for _, address, count in device.reads)


@BY_PROFILE
async def test_the_probe_can_be_read_with_every_length_of_the_fence(
    image: Image, device: DocumentedMeter
) -> None:
    space, address = LIBRARY[image.profile].probe
    for count in (2, 4, 6):
        await bus_with(device).read(UNIT, space, address, count, priority=Priority.SLOW)


@pytest.mark.parametrize(
    ("code", "name", "model", "phases", "prepay"),
    [
        (101, "csj_1p", "DDS100", 1, False),
        (102, "csj_1p_prepay", "DDSY100", 1, True),
        (301, "csj_3p", "DTS300", 3, False),
        (302, "csj_3p_prepay", "DTSY300", 3, True),
    ],
)
async def test_the_model_code_tells_the_csj_meters_apart(
    code: int, name: str, model: str, phases: int, prepay: bool
) -> None:
    base = CSJ_3P_PREPAY if phases == 3 else CSJ_1P
    words = list(base.registers["holding"][0x0000])
    words[1] = code
    registers = {**base.registers, "holding": {**base.registers["holding"], 0x0000: words}}
    device = DocumentedMeter(replace(base, registers=registers))

    identity = await identify(bus_with(device), UNIT, LIBRARY.profiles.values())

    assert (identity.profile, identity.model, identity.phases) == (name, model, phases)
    profile = LIBRARY[name]
    assert (Group.PREPAY in profile.groups) is prepay
    assert (Capability.PREPAY in profile.capabilities) is prepay
    assert profile.phases == phases


@pytest.mark.parametrize(("register", "word"), [(0, 0x4354), (1, 303), (2, 0x0200)])
async def test_a_csj_meter_with_another_magic_model_or_map_is_left_alone(register: int, word: int) -> None:
    words = list(CSJ_3P_PREPAY.registers["holding"][0x0000])
    words[register] = word
    registers = {**CSJ_3P_PREPAY.registers, "holding": {0x0000: words}}
    device = DocumentedMeter(replace(CSJ_3P_PREPAY, registers=registers))

    with pytest.raises(UnknownDeviceError, match="no profile recognises"):
        await identify(bus_with(device), UNIT, LIBRARY.profiles.values())


async def test_csj_blocks_are_read_whole_and_all_differ_in_length() -> None:
    device = DocumentedMeter(CSJ_3P_PREPAY)
    profile = LIBRARY["csj_3p_prepay"]
    identity = await identify(bus_with(device), UNIT, [profile])
    blocks = {
        group: GroupPlan(profile, identity, fields, gap=13).blocks
        for group, fields in fields_of(profile, identity).items()
    }

    assert blocks[Group.LIVE] == [("input", 0x0100, 58)]
    assert blocks[Group.ENERGY] == [("input", 0x0200, 42)]
    assert blocks[Group.PREPAY] == [("input", 0x0300, 32)]
    assert blocks[Group.HARMONICS] == [("input", 0x0400, 120), ("input", 0x0478, 60)]
    lengths = [count for reads in blocks.values() for _, _, count in reads]
    assert len(set(lengths)) == len(lengths)


def test_csj_counters_roll_over_where_the_map_says() -> None:
    fields = LIBRARY["csj_3p_prepay"].groups[Group.ENERGY]
    moduli = {field.quantity: field.modulus for field in fields}
    assert moduli.pop("max_demand") is None
    assert set(moduli.values()) == {1_000_000.0}
