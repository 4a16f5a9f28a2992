"""What leaks is seen, what only goes up and down is not."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from .clock import EPOCH
from .growth import Weight, growth

HOURS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a life goes: what comes to it in an hour, beside what goes up and down."""

    megabytes: float = 0.1
    tasks: float = 0
    objects: float = 100
    samples: float = 0

    def weights(self, hours: int = HOURS) -> list[Weight]:
        """Hour by hour, objects counted every six."""
        return [
            Weight(
                at=EPOCH + 3600 * hour,
                resident=int(1e6 * (300 + 20 * (hour % 4 == 0) + self.megabytes * hour)),
                tasks=int(10 + hour % 3 + self.tasks * hour),
                objects=0 if hour % 6 else int(400_000 + self.objects * hour),
                of_class={} if hour % 6 else {"Sample": int(900 + self.samples * hour), "Meter": 3},
            )
            for hour in range(hours)
        ]


def test_a_level_life() -> None:
    assert growth(Course().weights()) == []


@pytest.mark.parametrize(
    ("course", "told"),
    [
        (Course(megabytes=1), "MB have become"),
        (Course(tasks=0.5), "tasks have become"),
        (Course(objects=1000), "objects have become"),
        (Course(samples=30), "1800 Sample have become 2520"),
    ],
)
def test_what_grows(course: Course, told: str) -> None:
    assert [told in found for found in growth(course.weights())] == [True]


def test_the_first_hours_are_not_judged() -> None:
    assert growth(Course(megabytes=20, tasks=9, objects=9000, samples=900).weights(35)) == []


def test_a_class_that_was_not_among_those_with_the_most() -> None:
    weights = Course().weights()
    *_, last = [one for one in weights if one.objects]
    last.of_class["Leaked"] = 5000
    assert growth(weights) == ["3 Leaked have become 5000"]


def test_what_has_been_learnt_of_a_day_fills_up() -> None:
    weights = Course().weights()
    for hour, one in enumerate(weights):
        if one.objects:
            one.of_class["Expected"] = 100 if hour < 20 else 2500
    assert growth(weights) == []


def test_what_comes_and_goes_with_outages() -> None:
    weights = Course().weights()
    for hour, one in enumerate(weights):
        if one.objects:
            one.of_class["Witness"] = 2000 if hour in {6, 54} else 50
    assert growth(weights) == []


def test_what_was_read_once_is_held_by_the_allocator() -> None:
    weights = [
        one._replace(resident=one.resident + 40_000_000 * (hour >= 24))
        for hour, one in enumerate(Course().weights())
    ]
    assert growth(weights) == []


def test_a_life_that_was_not_weighed() -> None:
    assert growth([]) == []
