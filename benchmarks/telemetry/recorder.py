"""The same values in the tables of Home Assistant's recorder: a row a state, when it has changed.

What the recorder adds to that (statistics of five minutes and of hours, events, its runs) is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import secrets
from typing import Any

from homeassistant.components.recorder.db_schema import Base, StateAttributes, States, StatesMeta
from sqlalchemy import create_engine, insert

from custom_components.csj_meter.telemetry.columns import COLUMNS

from .site import FIRST, Site

BETWEEN_COMMITS = 5000
"""Rows; they only decide how long the writing takes."""


def bytes_per_row(path: Path, site: Site, minutes: int) -> float:
    """Bytes of a file of the recorder's for each sample of a meter whose states it has kept."""
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        samples = 0
        waiting: list[dict[str, Any]] = []
        for row in _states(site, minutes, connection):
            if row is None:
                samples += 1
                continue
            waiting.append(row)
            if len(waiting) == BETWEEN_COMMITS:
                connection.execute(insert(States), waiting)
                waiting.clear()
        connection.execute(insert(States), waiting)
    engine.dispose()
    return path.stat().st_size / samples


def _states(site: Site, minutes: int, connection: Any) -> Iterator[dict[str, Any] | None]:
    """Rows of states in the order of time; None after each sample of a meter."""
    known: dict[tuple[str, str], tuple[int, str, int]] = {}
    number = 0
    for samples in site.rounds(FIRST, FIRST + minutes):
        for place, sample in enumerate(samples):
            context = secrets.token_bytes(16)
            for quantity, value in sample.values.items():
                assert isinstance(value, float)
                state = f"{value:.{COLUMNS[quantity].decimals}f}"
                entity = known.get((sample.serial, quantity))
                if entity is not None and entity[1] == state:
                    continue
                number += 1
                if entity is None:
                    about = len(known) + 1
                    entity_id = f"sensor.elm_row_{about}_{quantity}"
                    attributes = {"attributes_id": about, "hash": about, "shared_attrs": "{}" * 90}
                    connection.execute(insert(StatesMeta).values(metadata_id=about, entity_id=entity_id))
                    connection.execute(insert(StateAttributes).values(attributes))
                else:
                    about = entity[0]
                known[sample.serial, quantity] = (about, state, number)
                yield {
                    "state_id": number,
                    "state": state,
                    "last_updated_ts": sample.minute * 60 + place / 10 + 0.123456,
                    "old_state_id": None if entity is None else entity[2],
                    "attributes_id": about,
                    "origin_idx": 0,
                    "context_id_bin": context,
                    "metadata_id": about,
                }
            yield None
