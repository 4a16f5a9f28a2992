"""The plan of a run follows from its seed; ``script/soak`` is the run itself."""

from __future__ import annotations

from .plan import Site, plan


def test_the_same_seed_plans_the_same_disasters() -> None:
    site = Site(meters=9)
    assert plan(3, site, 2) == plan(3, site, 2)
    assert plan(3, site, 2) != plan(4, site, 2)
