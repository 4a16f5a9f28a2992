"""Why a reading was not believed; the line itself was fine (its errors are in ``bus.errors``)."""

from __future__ import annotations


class MeterError(Exception):
    """Base of everything that a meter raises by itself."""


class ForeignMeterError(MeterError):
    """Another meter answers at this unit id."""

    def __init__(self, unit_id: int, expected: str, found: str) -> None:
        """Keep both serial numbers for the person who has to look."""
        super().__init__(f"unit {unit_id}: serial number {found} answers instead of {expected}")
        self.unit_id = unit_id
        self.expected = expected
        self.found = found


class MeterFrozenError(MeterError):
    """The meter answers but has stopped measuring."""

    def __init__(self, unit_id: int, seconds: float) -> None:
        """``seconds``: for how long its sample number has stood still."""
        super().__init__(f"unit {unit_id}: the same sample for {seconds:.0f} s")
        self.unit_id = unit_id
        self.seconds = seconds


class OverdueError(MeterError):
    """It was not asked for too long, as others on its line do not answer and each is waited for."""

    def __init__(self, unit_id: int, seconds: float) -> None:
        """``seconds``: since when a block of it should have been read."""
        super().__init__(f"unit {unit_id}: its turn on the line is overdue by {seconds:.0f} s")
        self.unit_id = unit_id
        self.seconds = seconds


class ImplausibleReadingError(MeterError):
    """A value that no meter can measure: the reading is corrupt and dropped whole."""

    def __init__(self, unit_id: int, quantity: str, value: object) -> None:
        """Name the first quantity that cannot be true."""
        super().__init__(f"unit {unit_id}: {quantity} cannot be {value}")
        self.unit_id = unit_id
        self.quantity = quantity
        self.value = value


class UnknownDeviceError(MeterError):
    """Something answers, but no profile recognises it or the one chosen cannot read it."""

    def __init__(self, unit_id: int, problem: str) -> None:
        """``problem`` says what was missing."""
        super().__init__(f"unit {unit_id}: {problem}")
        self.unit_id = unit_id
