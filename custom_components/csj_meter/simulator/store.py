"""States of meters in a file: written whole and at once, so that a killed process leaves a sound one.

A meter writes before it answers, as a real one does with its flash. The file goes to the page
cache only, which takes about a millisecond; it survives the end of the process at any moment, not
that of the machine. A program that must not wait even for that takes ``changed`` over and writes
elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
import json
import os
from pathlib import Path
from typing import Final

from .plain import Plain
from .state import MeterState

VERSION: Final = 1


class StateFileError(ValueError):
    """A file that holds no states of meters."""

    def __init__(self, path: Path, problem: str) -> None:
        """Say what is wrong, and what to do."""
        self.problem = problem
        """What is wrong with it."""
        super().__init__(
            f"{path} is not a state file of simulated meters ({problem}): "
            "delete it to begin anew, or name another file"
        )


class StateFile:
    """The states of a line's meters, by serial number."""

    def __init__(self, path: Path) -> None:
        """Read the file; one that is not there is made.

        Raises ``StateFileError`` when it holds something else, ``OSError`` when it cannot be read or
        written.
        """
        self.path = path
        self.changed: Callable[[], None] = self._write_now
        """Called when there is something new to write."""
        self._meters: dict[str, Plain] = {}
        if path.exists():
            self._meters = _read(path)
        self._texts = {serial: json.dumps(plain) for serial, plain in self._meters.items()}
        if not self._meters:
            self._write_now()  # so that a place where that is impossible is noticed now

    def state(self, serial: str) -> MeterState | None:
        """What the file knows of a meter.

        Raises ``StateFileError`` when that cannot be.
        """
        if serial not in self._meters:
            return None
        try:
            return MeterState.from_dict(self._meters[serial])
        except ValueError as err:
            raise StateFileError(self.path, f"meter {serial}: {err}") from err

    def save(self, serial: str, state: MeterState) -> None:
        """Write the state of one meter, and those of the others as they were. Raises ``OSError``."""
        self._texts[serial] = json.dumps(state.as_dict(), allow_nan=False)
        self.changed()

    def content(self) -> bytes:
        """What is to be written now."""
        meters = ",\n".join(f"{json.dumps(serial)}: {text}" for serial, text in self._texts.items())
        return f'{{"version": {VERSION}, "meters": {{\n{meters}\n}}}}\n'.encode()

    def write(self, content: bytes) -> None:
        """Put ``content`` in the place of the file, whole; from any thread. Raises ``OSError``."""
        beside = self.path.with_name(f".{self.path.name}.new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(descriptor, view) :]
        finally:
            os.close(descriptor)
        beside.replace(self.path)

    def _write_now(self) -> None:
        self.write(self.content())


def _read(path: Path) -> dict[str, Plain]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as err:
        raise StateFileError(path, str(err)) from err
    match content:
        case {"version": int(version), **_rest} if version != VERSION:
            raise StateFileError(path, f"version {version}, this is {VERSION}")
        case {"version": int(), "meters": dict(meters)}:
            return meters
    raise StateFileError(path, "meters and version are missing")
