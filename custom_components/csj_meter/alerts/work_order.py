"""Work orders: what a technician is to do about an alert, until he says that it is done."""

from __future__ import annotations

from dataclasses import dataclass
import datetime as dt


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """One work order; each step is a new one with the same number."""

    number: int
    """Counts up from 1."""

    alert: str | None
    """Id of the alert that it was opened for; None for one that somebody has written down."""

    serial: str | None = None
    """Serial number of the meter; None for a circuit, or for none."""

    summary: str
    """One line."""

    description: str = ""
    """What was seen, what it may be and what to do."""

    created_at: dt.datetime
    """UTC."""

    created_by: str | None = None
    """Who has opened it; None when the alert did by itself."""

    due_at: dt.datetime | None = None
    completed_at: dt.datetime | None = None
    completed_by: str | None = None
    drill: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.completed_at is None

    @property
    def name(self) -> str:
        """How people refer to it: "WO-0042"."""
        return order_name(self.number)


def order_name(number: int) -> str:
    """How people refer to the work order with a number."""
    return f"WO-{number:04}"
