"""A Home Assistant with a bridge whose line is simulated, in driven time.

Nothing of ours is replaced: the line is the one that the demo uses, only its clock and its
faults are in the hands of the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from freezegun import api as freezegun_api
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter import daily_purge, steady_clock
from custom_components.csj_meter.const import CONF_KEY, DOMAIN, Link
from custom_components.csj_meter.history import backfill
from custom_components.csj_meter.meters.identity import Capability, Identity
from custom_components.csj_meter.simulator import Model, SimulatedLine, SimulatedMeter, demo_line
from custom_components.csj_meter.simulator.household import Household

from .driven_time import EPOCH, DrivenTime

PROFILES = {
    Model.DDS100: "csj_1p",
    Model.DDSY100: "csj_1p_prepay",
    Model.DTS300: "csj_3p",
    Model.DTSY300: "csj_3p_prepay",
}


@pytest.fixture
def driven_time(
    hass: HomeAssistant, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DrivenTime]:
    """The clocks, in the hands of the test."""
    # it looks through the stack at each question for the time: a tenth of all that a test does
    monkeypatch.setattr(freezegun_api, "call_stack_inspection_limit", 0)
    start = hass.loop.time()  # before the freezer, which would make it the wall clock
    freezer: FrozenDateTimeFactory = request.getfixturevalue("freezer")
    time = DrivenTime(hass.loop, start, freezer)
    yield time
    time.release()


@pytest.fixture
def short_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too old is looked for every minute, and a clock is believed after one more."""
    monkeypatch.setattr(daily_purge, "LOOK", dt.timedelta(minutes=1))
    monkeypatch.setattr(steady_clock, "STEADY", 60.0)


def identity_of(meter: SimulatedMeter) -> Identity:
    """What a scan would have stored of a simulated meter."""
    plate = meter.nameplate
    return Identity(
        serial=plate.serial,
        profile=PROFILES[plate.model],
        manufacturer="CSJ",
        model=plate.model.name,
        phases=plate.model.phases,
        tariffs=plate.tariffs,
        capabilities=frozenset(
            capability for bit, capability in enumerate(Capability) if int(meter.capabilities) >> bit & 1
        ),
        firmware=plate.firmware_text,
        hardware=str(plate.hardware),
        rated_voltage=plate.rated_voltage,
        max_current=plate.max_current,
        ct_ratio=plate.ct_ratio,
        pt_ratio=plate.pt_ratio,
    )


def subentry_of(meter: SimulatedMeter, **changes: Any) -> ConfigSubentryData:
    """The subentry that a scan would have made of a simulated meter."""
    identity = identity_of(meter)
    data = {
        "unit_id": meter.unit_id,
        "profile": identity.profile,
        "identity": identity.as_dict(),
        "circuit": meter.circuit,
    }
    return ConfigSubentryData(
        data=data | changes,
        subentry_type="meter",
        title=f"Home {meter.unit_id}",
        unique_id=identity.serial,
    )


def write_profile(hass: HomeAssistant, name: str, text: str) -> None:
    """Put a profile where users put theirs."""
    folder = Path(hass.config.path(DOMAIN, "profiles"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Home:
    """A Home Assistant with one bridge."""

    hass: HomeAssistant
    time: DrivenTime
    line: SimulatedLine
    entry: MockConfigEntry

    def with_meters(self, *subentries: ConfigSubentryData) -> Home:
        """The same with other meters, not set up yet."""
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Cellar",
            data=dict(self.entry.data),
            options=dict(self.entry.options),
            subentries_data=[*subentries],
        )
        return replace(self, entry=entry)

    async def set_up(self) -> bool:
        """Set the bridge up."""
        self.entry.add_to_hass(self.hass)
        return await self.time.through(self.hass.config_entries.async_setup(self.entry.entry_id))

    async def tear_down(self) -> bool:
        """Unload the bridge."""
        return await self.time.through(self.hass.config_entries.async_unload(self.entry.entry_id))

    def meters(self) -> list[SimulatedMeter]:
        """The simulated meters of the bridge."""
        return [self.line.meters[meter.data["unit_id"]] for meter in self.entry.subentries.values()]

    def state_of_entry(self) -> str:
        """How the entry of the bridge stands."""
        return str(self.entry.state.value)

    def serial(self, unit_id: int) -> str:
        """Serial number of the meter at a unit id."""
        return self.line.meters[unit_id].nameplate.serial

    def entity_id(self, platform: str, unit_id: int, key: str) -> str | None:
        """Entity of a meter, None when it has none."""
        registry = er.async_get(self.hass)
        return registry.async_get_entity_id(platform, DOMAIN, f"{self.serial(unit_id)}_{key}")

    def state(self, platform: str, unit_id: int, key: str) -> State:
        """State of an entity of a meter."""
        entity_id = self.entity_id(platform, unit_id, key)
        assert entity_id is not None, f"meter {unit_id} has no {platform} {key}"
        state = self.hass.states.get(entity_id)
        assert state is not None, f"{entity_id} has no state"
        return state

    def bridge_state(self, platform: str, key: str) -> State:
        """State of an entity of the bridge."""
        entity_id = er.async_get(self.hass).async_get_entity_id(
            platform, DOMAIN, f"{self.entry.entry_id}_{key}"
        )
        assert entity_id is not None, f"the bridge has no {platform} {key}"
        state = self.hass.states.get(entity_id)
        assert state is not None, f"{entity_id} has no state"
        return state


def homes(count: int, time: DrivenTime) -> SimulatedLine:
    """Simulated homes that live as long as time is driven.

    Their past is always the same, and takes longer to reckon up than most tests take.
    """
    with patch("custom_components.csj_meter.simulator.site.Household", _furnished):
        # the driven clock stands still in the end, while the wall clock jumps to today: meters would live on
        line = demo_line(1, count, clock=lambda: time.wall)
    for meter, (until, peaks) in zip(line.meters.values(), _reckoned(count), strict=True):
        meter.energy._until, meter.energy._peaks = list(until), list(peaks)
    return line


@cache
def _reckoned(count: int) -> list[tuple[list[Any], list[float]]]:
    """What the counters of pristine homes showed at the start of each day, and the peaks of the days."""
    line = demo_line(1, count, clock=lambda: EPOCH)
    line.prepare()
    return [(meter.energy._until, meter.energy._peaks) for meter in line.meters.values()]


_furnished = cache(Household)
"""Nothing happens to a household: all tests of a process share them, and the days that they know."""


@pytest.fixture
def line(hass: HomeAssistant, driven_time: DrivenTime, monkeypatch: pytest.MonkeyPatch) -> SimulatedLine:
    """Six homes on a line at 9600 baud, whose clock is the driven one.

    What they have kept of the time before is left with them: to read it takes hundreds of questions.
    """
    monkeypatch.setattr(backfill, "MOST_HISTORY", 0)
    line = homes(6, driven_time)

    async def the_line(*_: Any) -> SimulatedLine:
        return line

    monkeypatch.setattr("custom_components.csj_meter.links.async_simulated_line", the_line)
    return line


@pytest.fixture
def home(
    hass: HomeAssistant, driven_time: DrivenTime, line: SimulatedLine, request: pytest.FixtureRequest
) -> Home:
    """A bridge with the meters of the line that the mark ``meters`` names, or the first two; not set up yet.

    Each costs a test as much as all the rest of a Home Assistant, and so does each quarter of an hour in
    which one is read every five seconds: the mark gives the options of the bridge as well.
    """
    mark = request.node.get_closest_marker("meters")
    units: tuple[int, ...] = (mark and mark.args) or (1, 2)
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Cellar",
        data={"link": Link.SIMULATED.value, "seed": 1, "meters": 6, "utc_offset": 0},
        options=mark.kwargs if mark else {},
        subentries_data=[subentry_of(line.meters[unit]) for unit in units],
    )
    return Home(hass, driven_time, line, entry)


@pytest.fixture
def everything_enabled() -> Iterator[None]:
    """Add entities enabled that users would have to enable."""
    with patch.object(Entity, "entity_registry_enabled_default", new=True):
        yield


@pytest.fixture
async def bridge(home: Home, everything_enabled: None) -> Home:
    """The bridge, set up with all its entities enabled and every group read once."""
    assert await home.set_up()
    await home.time.run(30)
    return home


@pytest.fixture
def keyed(home: Home) -> Home:
    """A bridge that knows the keys of its meters, not set up yet."""
    return home.with_meters(
        *(subentry_of(meter, **{CONF_KEY: meter.nameplate.key}) for meter in home.meters())
    )


@pytest.fixture
async def opened(keyed: Home, everything_enabled: None) -> Home:
    """A bridge that knows the keys of its meters."""
    assert await keyed.set_up()
    await keyed.time.run(30)
    return keyed
