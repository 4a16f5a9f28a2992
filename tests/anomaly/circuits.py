"""Circuits of neighbours: what was asked of them, and what each of them showed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hypothesis import strategies as st

from custom_components.csj_meter.anomaly.finding import Standing
from custom_components.csj_meter.anomaly.kinds import Family
from custom_components.csj_meter.anomaly.meter import FeederPhase
from custom_components.csj_meter.anomaly.neighbours import Neighbour, Question

ONSET: Final = 1_000_000
A, B, C = FeederPhase.A, FeederPhase.B, FeederPhase.C
THREE = FeederPhase.THREE
ABNORMAL, NORMAL, SILENT = Standing.ABNORMAL, Standing.NORMAL, Standing.NEWLY_SILENT
SAG: Final = Question(family=Family.VOLTAGE, onset=ONSET)
OUTAGE: Final = Question(family=Family.OUTAGE, onset=ONSET, silent=True)

questions = st.builds(
    Question,
    family=st.sampled_from(Family),
    onset=st.just(ONSET),
    silent=st.booleans(),
    bridge=st.sampled_from(["", "other"]),
    phase=st.sampled_from(FeederPhase),
    partly=st.none() | st.booleans(),
)
meters = st.builds(
    Neighbour,
    serial=st.text("0123456789", min_size=1),
    standing=st.none() | st.sampled_from(Standing),
    since=st.just(ONSET),
    bridge=st.sampled_from(["", "other"]),
    phase=st.sampled_from(FeederPhase),
    doubted=st.booleans(),
    partly=st.none() | st.booleans(),
)
circuits = st.lists(meters, max_size=12, unique_by=lambda meter: meter.serial)


def neighbour(standing: Standing | None, number: int = 0, **others: object) -> Neighbour:
    meter = Neighbour(serial=f"{number:04}", standing=standing, since=ONSET)
    return replace(meter, **others)  # type: ignore[arg-type]


def circuit(*standings: Standing | None, phases: str = "") -> list[Neighbour]:
    """Neighbours that did this, on these phases."""
    labels = [FeederPhase(letter) for letter in phases] or [FeederPhase.UNKNOWN] * len(standings)
    return [
        neighbour(standing, number, phase=phase)
        for number, (standing, phase) in enumerate(zip(standings, labels, strict=True))
    ]


def control(standing: Standing, number: int = 900, bridge: str = "") -> Neighbour:
    return neighbour(standing, number, bridge=bridge)
