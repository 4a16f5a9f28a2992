"""Loads of real homes by the minute, read from NumPy archives.

An archive has ``values`` (shape (minutes, columns), NaN where missing), ``columns``, ``start`` (local time of
the first row), ``step_seconds``, ``unit`` and ``timezone``. Time here is minutes of local wall time since the
first midnight, as the sources have it: their clocks were put forward and back like those in the homes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
import datetime as dt
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

type Loads = NDArray[np.float32]
"""W, shape (minutes, homes); NaN where missing."""

DAY: Final = 1440


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Homes:
    """Some homes that were measured at the same time."""

    name: str
    """Which ones."""

    power: Loads
    """Active power."""

    start: dt.datetime
    """When the first row was, as the clock on the wall said; at midnight."""

    zone: ZoneInfo
    """Where."""

    voltage: Loads | None = None
    """V, likewise; None where it was not measured."""

    current: Loads | None = None
    """A, likewise."""

    reactive: Loads | None = None
    """var, likewise."""

    interval: int = 1
    """Minutes that a sample may be late: more than one where the source has sporadic holes."""

    def __len__(self) -> int:
        """How many homes."""
        return int(self.power.shape[1])

    @property
    def days(self) -> int:
        """How many days."""
        return int(self.power.shape[0]) // DAY

    @property
    def first_minute(self) -> int:
        """Of the first row, since 1970-01-01: of UTC, as if that was the clock on the wall."""
        return int(self.start.replace(tzinfo=dt.UTC).timestamp()) // 60

    def some(self, chosen: slice) -> Homes:
        """Some of them."""
        return Homes(
            name=f"{self.name} {chosen.start or 0}..{(chosen.stop or len(self)) - 1}",
            power=self.power[:, chosen],
            start=self.start,
            zone=self.zone,
            voltage=None if self.voltage is None else self.voltage[:, chosen],
            current=None if self.current is None else self.current[:, chosen],
            reactive=None if self.reactive is None else self.reactive[:, chosen],
            interval=self.interval,
        )


def read(path: Path, name: str, power: list[str], scale: float = 1.0, **others: str) -> Homes:
    """The columns ``power`` of an archive, times ``scale``; ``others``: field of ``Homes`` -> column.

    Raises KeyError for a column that is not there, ValueError for steps other than a minute.
    """
    with np.load(path, allow_pickle=False) as archive:
        if archive["step_seconds"].item() != 60:
            raise ValueError(f"{path.name} is not by the minute")
        columns = [str(column) for column in archive["columns"]]
        values = archive["values"].astype(np.float32)
        start = dt.datetime.fromisoformat(archive["start"].item())
        zone = ZoneInfo(archive["timezone"].item())
    before = start.hour * 60 + start.minute
    after = -(before + len(values)) % DAY
    values = np.pad(values, ((before, after), (0, 0)), constant_values=np.nan)
    more: dict[str, Any] = {field: values[:, [columns.index(column)]] for field, column in others.items()}
    if "reactive" in more:
        more["reactive"] *= np.float32(scale)
    return Homes(
        name=name,
        power=values[:, [columns.index(column) for column in power]] * np.float32(scale),
        start=start.replace(hour=0, minute=0),
        zone=zone,
        **more,
    )


def austin(folder: Path) -> Homes:
    """30 homes with air conditioning, 75 days of spring."""
    return read(folder / "homes_1min.npz", "Austin", [f"home_{number:02}" for number in range(30)])


def sceaux(folder: Path) -> Homes:
    """One house in France with voltage and current, half a year."""
    return read(
        folder / "house_with_voltage_1min.npz",
        "France",
        ["active_power_kW"],
        1000.0,
        voltage="voltage_l1_V",
        current="current_l1_A",
        reactive="reactive_power_kvar",
    )


def portugal(folder: Path) -> Homes:
    """One house in Portugal with photovoltaics, a year, a fourth of it lost; what it draws from the grid."""
    return replace(read(folder / "house_pt_2019_1min.npz", "Portugal", ["active_power_W"]), interval=2)
