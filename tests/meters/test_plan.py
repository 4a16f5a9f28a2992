"""Which registers are read together."""

from __future__ import annotations

from hypothesis import given, strategies as st
import pytest

from custom_components.csj_meter.meters.identity import Capability, Identity
from custom_components.csj_meter.meters.plan import GroupPlan, fields_of, worthwhile_ranges
from custom_components.csj_meter.meters.profile import Field, FieldType, Profile
from custom_components.csj_meter.meters.reading import Group

QUANTITIES = ["voltage_l1", "current_l1", "active_power_l1", "frequency"]


def _fields(*spans: tuple[int, int]) -> list[Field]:
    return [
        Field(quantity=f"q{first}", space="input", address=first, type=FieldType.U16, length=last - first + 1)
        for first, last in spans
    ]


def _profile(fields: tuple[Field, ...], max_read: int = 120) -> Profile:
    return Profile(
        name="p",
        manufacturer="m",
        model="m",
        source="s",
        verified=False,
        phases=3,
        tariffs=4,
        capabilities=frozenset(),
        max_read=max_read,
        ranges={"input": ((0, 999),)},
        groups={Group.LIVE: fields},
        checks=(),
        probe=("input", 0),
    )


def _identity(phases: int, tariffs: int, *capabilities: Capability) -> Identity:
    return Identity(
        serial="1",
        profile="p",
        manufacturer="m",
        model="m",
        phases=phases,
        tariffs=tariffs,
        capabilities=frozenset(capabilities),
    )


@pytest.mark.parametrize(
    ("spans", "gap", "runs"),
    [
        ([(0, 9), (10, 19)], 0, ((0, 19),)),
        ([(0, 9), (15, 19)], 4, ((0, 9), (15, 19))),
        ([(0, 9), (15, 19)], 5, ((0, 19),)),
        ([(15, 19), (0, 9)], 5, ((0, 19),)),
        ([(90, 99), (100, 109)], 50, ((90, 99), (100, 109))),
        ([], 5, ()),
    ],
)
def test_holes_are_read_over_only_when_narrow_and_inside_one_readable_range(
    spans: list[tuple[int, int]], gap: int, runs: tuple[tuple[int, int], ...]
) -> None:
    assert worthwhile_ranges(_fields(*spans), ((0, 99), (100, 199)), gap) == runs


@given(
    starts=st.lists(st.integers(0, 900), min_size=1, max_size=40, unique=True),
    gap=st.integers(0, 100),
    max_read=st.integers(4, 125),
)
def test_every_field_is_read_once_and_no_read_is_too_long(starts: list[int], gap: int, max_read: int) -> None:
    spans = [(start * 2, start * 2 + 1) for start in sorted(starts)]
    profile = _profile(tuple(_fields(*spans)), max_read)
    profile = Profile(
        **{f: getattr(profile, f) for f in profile.__slots__} | {"ranges": {"input": ((0, 1999),)}}
    )
    blocks = GroupPlan(profile, _identity(3, 4), profile.groups[Group.LIVE], gap).blocks
    for first, last in spans:
        assert sum(at <= first and last < at + count for _, at, count in blocks) == 1
    assert all(count <= max_read for _, _, count in blocks)


def test_only_what_the_meter_has_is_read() -> None:
    fields = (
        Field(quantity="voltage_l1", space="input", address=0, type=FieldType.U16, phase=1),
        Field(quantity="voltage_l2", space="input", address=1, type=FieldType.U16, phase=2),
        Field(quantity="price_t5", space="input", address=2, type=FieldType.U16, tariff=5),
        Field(quantity="balance", space="input", address=3, type=FieldType.U16, needs=Capability.PREPAY),
    )
    profile = _profile(fields)

    def names(identity: Identity) -> list[str]:
        return [field.quantity for field in fields_of(profile, identity)[Group.LIVE]]

    assert names(_identity(1, 4)) == ["voltage_l1"]
    assert names(_identity(3, 8, Capability.PREPAY)) == ["voltage_l1", "voltage_l2", "price_t5", "balance"]


def test_a_group_without_fields_is_no_group() -> None:
    field = Field(quantity="balance", space="input", address=3, type=FieldType.U16, needs=Capability.PREPAY)
    assert fields_of(_profile((field,)), _identity(1, 4)) == {}
