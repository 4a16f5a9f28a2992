"""The store against a model that remembers every sample and works everything out from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import URL

from custom_components.csj_meter.meters.sample import Provenance, Sample
from custom_components.csj_meter.telemetry.aggregate import aggregate, hours_between, local_days_between
from custom_components.csj_meter.telemetry.columns import ABSENT, FIGURES, Stat
from custom_components.csj_meter.telemetry.gaps import GapState
from custom_components.csj_meter.telemetry.series import DAY, FOREVER, HOUR, Aggregates, Series
from custom_components.csj_meter.telemetry.store import Store

from .days import MONDAY, home, same, without

ZONE = ZoneInfo("Asia/Kolkata")
"""Half an hour off the full one: its days begin within an hour of UTC."""

SOME = frozenset({"active_power", "current_l2", "energy_import", "price_t1"})
"""Quantities that are stored as what others do not tell of them, and one that is not."""


@pytest.fixture
def store(store_url: URL) -> Iterator[Store]:
    store = Store.open(store_url, zone=ZONE)
    yield store
    store.close()


@dataclass
class Model:
    """What a store should know."""

    store: Store
    known: dict[str, list[Sample]] = field(default_factory=dict)

    def append(self, *samples: Sample) -> None:
        self.store.append(samples)
        for sample in samples:
            self.known.setdefault(sample.serial, []).append(sample)

    def live(self, serial: str, series: Series, *, roll: bool = True) -> None:
        """A meter's samples as they come, minute by minute."""
        for sample in series.samples(serial):
            self.append(sample)
            if roll:
                self.store.roll(sample.minute + 1)

    def ingest(self, serial: str, series: Series) -> None:
        self.store.ingest(serial, series)
        self.known.setdefault(serial, []).extend(series.samples(serial))

    def check(self) -> None:
        """Samples, hours, days and totals are what the samples say."""
        assert sorted(self.store.serials()) == sorted(self.known)
        for serial, samples in self.known.items():
            series = Series.of_samples(samples)
            assert same(Series.joined(self.store.minutes(serial, 0, FOREVER)), series)
            some = Series.joined(self.store.minutes(serial, 0, FOREVER, SOME))
            assert same(some, series.only(SOME))
            watermark = self.store.watermark(serial)
            assert watermark is not None
            first = int(series.minutes[0]) // HOUR * HOUR
            hours = aggregate(series, *hours_between(first, watermark))
            self._check(self.store.hours([serial], 0, FOREVER), serial, hours)
            starts, ends = local_days_between(first, watermark, ZONE)
            over = ends <= watermark
            self._check(
                self.store.days([serial], 0, FOREVER), serial, aggregate(series, starts[over], ends[over])
            )
            totals = {
                key: int(steps[steps != ABSENT].sum())
                for key, steps in hours.columns.items()
                if FIGURES[key].stat in {Stat.USED, Stat.COST}
            }
            assert self.store.totals(serial) == totals

    def _check(self, found: dict[str, Aggregates], serial: str, expected: Aggregates) -> None:
        aggregates = found.get(serial, Aggregates.empty())
        assert aggregates.starts.tolist() == expected.starts.tolist()
        assert aggregates.lengths.tolist() == expected.lengths.tolist()
        for key in {*aggregates.columns, *expected.columns}:
            assert aggregates.steps(key).tolist() == expected.steps(key).tolist(), key


@pytest.fixture
def model(store: Store) -> Model:
    return Model(store)


def test_a_day_minute_by_minute_is_kept_and_aggregated(model: Model) -> None:
    day = home(DAY + 200)
    model.live("A", day)
    model.check()
    used = model.store.hours(["A"], 0, FOREVER)["A"].steps("energy_import_used")
    counter = day.steps("energy_import")
    assert used.sum() == counter[len(used) * HOUR] - counter[0]


def test_each_quantity_can_be_read_alone(model: Model) -> None:
    day = home(DAY + 200)
    model.ingest("A", day)
    for name in day.columns:
        alone = Series.joined(model.store.minutes("A", 0, FOREVER, frozenset({name})))
        assert same(alone, day.only({name})), name


def test_meters_do_not_get_in_each_others_way(model: Model) -> None:
    homes = {"A": home(400), "B": home(400, seed=2, phases=1), "C": home(300, since=MONDAY + 77, seed=3)}
    by_minute: dict[int, list[Sample]] = {}
    for serial, series in homes.items():
        for sample in series.samples(serial):
            by_minute.setdefault(sample.minute, []).append(sample)
    for minute, samples in sorted(by_minute.items()):
        model.append(*samples)
        model.store.roll(minute + 1)
    model.check()
    assert not model.store.hours(["B"], 0, FOREVER)["B"].columns.keys() & {
        "voltage_l2_mean",
        "current_l3_max",
    }


def test_an_outage_is_shared_out_between_its_hours(model: Model) -> None:
    day = home(700)
    model.live("A", day.rows(slice(0, 130)))
    for minute in range(130, 500):
        model.store.roll(MONDAY + minute)
    model.live("A", day.rows(slice(500, 700)))
    model.check()
    hours = model.store.hours(["A"], 0, FOREVER)["A"]
    used = hours.steps("energy_import_used")
    counter = day.steps("energy_import")
    assert (used > 0).all()
    assert used.sum() == counter[660] - counter[0]
    assert hours.steps("measured_count").tolist()[2:9] == [10, 0, 0, 0, 0, 0, 40]
    (begin, gap) = model.store.gaps("A")
    assert (begin.since, begin.until) == (None, MONDAY)
    assert (gap.since, gap.until, gap.state) == (MONDAY + 129, MONDAY + 500, GapState.OPEN)
    model.store.settle_gap(gap, GapState.FILLED)
    assert [gap.number for gap in model.store.gaps("A", GapState.FILLED)] == [gap.number]


def test_what_fills_an_outage_mends_its_hours_and_days(model: Model) -> None:
    day = home(2 * DAY)
    model.live("A", day.rows(slice(0, 500)))
    model.live("A", day.rows(slice(DAY, DAY + 100)))
    filled = day.rows(slice(500, DAY))
    told = Series(
        minutes=filled.minutes,
        provenance=np.full(len(filled), Provenance.PROFILE),
        columns={name: filled.columns[name] for name in ("active_power", "energy_import")},
    )
    model.ingest("A", told)
    model.check()
    while model.store.tidy(MONDAY + 2 * DAY):
        pass
    model.check()
    assert model.store.hours(["A"], 0, FOREVER)["A"].steps("profile_count").sum() == len(filled)


def test_measured_samples_stay_when_others_come_later(model: Model) -> None:
    day = home(300)
    model.live("A", day)
    other = home(300, seed=9)
    model.ingest(
        "A",
        Series(
            minutes=other.minutes,
            provenance=np.full(300, Provenance.IMPORTED),
            columns=other.columns,
        ),
    )
    model.check()
    assert same(Series.joined(model.store.minutes("A", 0, FOREVER)), day)


def test_doing_it_again_changes_nothing(model: Model) -> None:
    day = home(500)
    model.live("A", day.rows(slice(0, 400)))
    model.ingest("A", day.rows(slice(100, 450)))
    model.ingest("A", day.rows(slice(100, 450)))
    model.append(*day.rows(slice(440, 450)).samples("A"))
    model.check()


def test_samples_may_come_in_any_order(model: Model) -> None:
    samples = home(150).samples("A")  # of three hours
    np.random.default_rng(4).shuffle(samples)  # type: ignore[arg-type]
    for sample in samples:
        model.append(sample)
        model.store.roll(max(known.minute for known in model.known["A"]) + 1)
    model.check()


def test_the_sample_that_ends_an_hour_may_come_late(model: Model) -> None:
    day = home(200)
    late = day.rows(slice(60, 62))
    model.live("A", day.rows(np.r_[0:60, 62:70]))
    model.check()
    model.append(*late.samples("A"))
    model.check()


def test_counters_that_are_read_seldom_count_all_the_same(model: Model) -> None:
    day = home(260)
    for name in ("energy_import", "energy_import_t1", "energy_import_t2"):
        steps = np.full(len(day), ABSENT)
        steps[3::50] = day.columns[name][3::50]
        day = Series(minutes=day.minutes, provenance=day.provenance, columns={**day.columns, name: steps})
    model.live("A", day)
    model.check()
    model.ingest("A", without(home(30, since=MONDAY - 40), "energy_import", slice(None)))
    model.check()


@pytest.mark.parametrize("apart", [DAY // 2, 2 * DAY, 10 * DAY])
def test_counters_that_are_read_every_few_days_count_all_the_same(model: Model, apart: int) -> None:
    days = home(31 * DAY)
    columns = dict(days.columns)
    for name in ("energy_import", "energy_import_t1", "energy_import_t2"):
        columns[name] = np.full(len(days), ABSENT)
        columns[name][::apart] = days.columns[name][::apart]
    model.ingest("A", Series(minutes=days.minutes, provenance=days.provenance, columns=columns))
    model.check()
    counter = columns["energy_import"][columns["energy_import"] != ABSENT]
    assert model.store.totals("A")["energy_import_used"] == counter[-1] - counter[0]


def test_half_a_year_of_another_meter_comes_at_once(model: Model) -> None:
    model.live("A", home(100))
    model.ingest("B", home(40 * DAY, since=MONDAY - 40 * DAY + 33, seed=5))
    model.check()
    model.live("B", home(100, since=MONDAY + 33, seed=5))
    model.check()


def test_a_clock_that_was_ahead_does_no_harm_once_time_has_passed(model: Model) -> None:
    day = home(310)
    ahead = Series(
        minutes=day.minutes[70:110] + 130,
        provenance=day.provenance[70:110],
        columns=day.rows(slice(70, 110)).columns,
    )
    model.live("A", day.rows(slice(0, 70)))
    model.live("A", ahead)
    model.live("A", day.rows(slice(110, 310)))
    model.check()
    counter = day.steps("energy_import")
    used = model.store.hours(["A"], 0, FOREVER)["A"].steps("energy_import_used")
    assert used.sum() == counter[len(used) * HOUR] - counter[0]


def test_a_store_that_is_opened_again_goes_on(store_url: URL) -> None:
    day = home(300)
    known: dict[str, list[Sample]] = {}
    for part in np.array_split(np.arange(300), 7):
        store = Store.open(store_url, zone=ZONE)
        model = Model(store, known)
        model.live("A", day.rows(part))
        model.check()
        store.close()
    assert store.set_aside is None


def test_what_is_too_old_goes_in_small_steps_and_totals_stay(model: Model) -> None:
    model.ingest("A", home(70 * DAY, since=MONDAY - 70 * DAY))
    model.ingest("B", home(9 * DAY, since=MONDAY - 30 * DAY, seed=3))
    model.store.roll(MONDAY + 5)
    totals = {serial: model.store.totals(serial) for serial in "AB"}
    hours = model.store.hours(["A"], 0, FOREVER)["A"]
    steps = 0
    while model.store.purge(MONDAY, raw_days=10, aggregate_months=1):
        steps += 1
    assert steps
    assert model.store.span("A") == (MONDAY - 10 * DAY, MONDAY - 1)
    last_days = model.store.span("B")  # it is not heard any more
    assert last_days is not None
    assert MONDAY - 24 * DAY <= last_days[0] < last_days[1] == MONDAY - 21 * DAY - 1
    kept = model.store.hours(["A"], 0, FOREVER)["A"]
    assert MONDAY - 63 * DAY < kept.starts[0] <= MONDAY - 28 * DAY
    assert (
        kept.steps("active_power_max").tolist()
        == hours.between(int(kept.starts[0]), FOREVER).steps("active_power_max").tolist()
    )
    assert {serial: model.store.totals(serial) for serial in "AB"} == totals
    model.store.ingest("A", home(300, since=MONDAY - 20 * DAY, seed=8))
    again = model.store.hours(["A"], 0, FOREVER)["A"]
    assert again.steps("active_power_max").tolist() == kept.steps("active_power_max").tolist()


def test_an_outage_whose_begin_is_too_old_keeps_the_energy_of_its_hours(model: Model) -> None:
    whole = home(10 * DAY)
    model.ingest("A", whole.between(0, MONDAY + 2 * DAY).merged(whole.between(MONDAY + 6 * DAY, FOREVER)))
    model.store.roll(MONDAY + 10 * DAY + 5)
    before = model.store.hours(["A"], 0, FOREVER)["A"]
    while model.store.purge(MONDAY + 14 * DAY, raw_days=10, aggregate_months=24):
        pass
    assert model.store.span("A") == (MONDAY + 6 * DAY, MONDAY + 10 * DAY - 1)
    since = MONDAY + 5 * DAY
    model.store.ingest("A", whole.between(since, since + 10))
    after = model.store.hours(["A"], 0, FOREVER)["A"]
    used = "energy_import_used"
    assert after.between(0, since).steps(used).tolist() == before.between(0, since).steps(used).tolist()
    counter = whole.steps("energy_import")
    assert after.between(since, FOREVER).steps(used).sum() == counter[-1] - counter[5 * DAY]


def test_changed_hours_are_told_once(store: Store) -> None:
    model = Model(store)
    day = home(400)
    model.live("A", day)
    assert store.untold() == {"A": MONDAY}
    store.told("A", MONDAY, MONDAY + 3 * HOUR)
    assert store.untold() == {"A": MONDAY + 3 * HOUR}
    model.ingest("A", home(5, seed=7))
    store.told("A", MONDAY + 3 * HOUR, MONDAY + 6 * HOUR)  # more has changed meanwhile
    assert store.untold() == {"A": MONDAY}
    store.told("A", MONDAY, MONDAY + 6 * HOUR)
    assert store.untold() == {}
    store.told("B", MONDAY, MONDAY)


def test_of_a_meter_that_nobody_knows_nothing_is_known(store: Store) -> None:
    assert store.serials() == []
    assert list(store.minutes("A", 0, FOREVER)) == []
    assert store.hours(["A"], 0, FOREVER) == {}
    assert store.span("A") is None
    assert store.watermark("A") is None
    assert store.gaps("A") == []
    assert store.totals("A") == {}
    assert store.append([]) == []
    status = store.status()
    assert (status.meters, status.oldest, status.newest) == (0, None, None)


def test_the_status_says_how_much_there_is(store: Store) -> None:
    model = Model(store)
    model.live("A", home(70))
    model.ingest("B", home(60, since=MONDAY - 600))
    status = store.status()
    assert (status.meters, status.oldest, status.newest) == (2, MONDAY - 600, MONDAY + 69)
    assert status.size > 8000


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_aggregates_are_what_the_samples_say(model: Model, seed: int) -> None:
    random = np.random.default_rng(seed)
    homes = {serial: home(4 * DAY, seed=number + 10 * seed) for number, serial in enumerate("AB")}
    now = 0
    for _ in range(60):
        serial = str(random.choice(list(homes)))
        whole = homes[serial]
        match random.integers(0, 6):
            case 0 | 1:  # live, perhaps after an outage
                now += int(random.choice([0, 0, 1, 30, 400]))
                length = int(random.integers(1, 90))
                for minute in range(now, min(now + length, len(whole))):
                    model.append(
                        *(
                            sample
                            for name in homes
                            for sample in homes[name].rows(slice(minute, minute + 1)).samples(name)
                        )
                    )
                    model.store.roll(MONDAY + minute + 1)
                now = min(now + length, len(whole) - 1)
            case 2:  # something late
                since = int(random.integers(0, now + 1))
                part = whole.rows(slice(since, min(now, since + int(random.integers(1, 700))) + 1))
                provenance = np.full(len(part), random.integers(1, 4))
                model.ingest(
                    serial, Series(minutes=part.minutes, provenance=provenance, columns=part.columns)
                )
            case 3:  # single ones out of order
                places = np.sort(random.integers(0, now + 1, 3))
                model.append(*whole.rows(np.unique(places)).samples(serial))
            case 4:
                model.store.roll(MONDAY + now + int(random.integers(0, 200)))
            case _:
                while model.store.tidy(MONDAY + now):
                    pass
    model.store.roll(MONDAY + now + 1)
    model.check()


def test_old_samples_are_looked_for_once_a_day(model: Model) -> None:
    model.ingest("A", home(5 * DAY, since=MONDAY - 5 * DAY))
    model.ingest("A", home(2 * DAY, since=MONDAY - 20 * DAY))
    model.store.roll(MONDAY)
    while model.store.purge(MONDAY, raw_days=10, aggregate_months=24):
        pass
    kept = (MONDAY - 5 * DAY, MONDAY - 1)
    assert model.store.span("A") == kept
    model.store.ingest("A", home(DAY, since=MONDAY - 30 * DAY))
    model.store.roll(MONDAY + 700)
    assert not model.store.purge(MONDAY + 700, raw_days=10, aggregate_months=24)
    assert model.store.span("A") == (MONDAY - 30 * DAY, MONDAY - 1)
    while model.store.purge(MONDAY + DAY, raw_days=10, aggregate_months=24):
        pass
    assert model.store.span("A") == kept
