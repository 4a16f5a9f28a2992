"""What is written to the log: how much of it, what is an error, and whether a secret is among it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
import logging
from pathlib import Path
import re
from typing import Final, override

from .clock import CLOCK, EPOCH

MOST_A_HOUR: Final = 40
"""Lines of one logger and level of ours that say the same but for figures, and in an hour."""

OF_THE_LINE: Final = "tmodbus."
"""The library that reads frames: a byte that noise has made too large a length is an error to it."""

LOST: Final = "could not be saved and are lost"
"""What is said of measurements that nobody can keep any more."""

_FIGURES: Final = re.compile(r"(?<![A-Z\d])(?:0x[0-9a-f]+|\d+)")
"""Numbers, but not those of a serial number: what is said of another meter is not the same."""


class LogWatch(logging.Handler):
    """Counts every record, and keeps warnings and errors."""

    def __init__(self, file: Path, secrets: Iterable[str], noisy: Callable[[], bool]) -> None:
        """Write problems into ``file``; ``noisy`` says whether there is noise on a line now."""
        super().__init__(logging.DEBUG)
        self._noisy = noisy
        self._file = file.open("a", encoding="utf-8")
        self._secrets = re.compile("|".join(rf"(?<!\w){re.escape(secret)}(?!\w)" for secret in secrets))
        self._hour = -1
        self._unwritten: list[str] = []
        self.starting = True
        """What Home Assistant says of itself then, of libraries that it lacks, is not looked at."""
        self.disk_full = False
        """Nothing can be written now, and Home Assistant itself may say so."""
        self.losing = False
        """Home Assistant stops while the database is in trouble, and is to say what is lost by that."""
        self._said: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        """Logger and level -> lines, since they were taken."""
        self.problems: list[str] = []
        """What must not be, since it was taken."""
        self.setFormatter(logging.Formatter("%(levelname)s [%(name)s] %(message)s"))

    @override
    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if self._secrets.search(text):
            self.problems.append(f"a secret is in the log: logger {record.name}")
        self.counts[f"{record.name} {record.levelname}"] += 1
        if record.levelno >= logging.WARNING or record.name.startswith("custom_components"):
            day, second = divmod(record.created - CLOCK.ahead - EPOCH, 86_400)
            self._unwritten.append(f"day {day:.0f} {second / 3600:06.3f} h  {text}\n")
            if not self.disk_full:
                self._file.writelines(self._unwritten)
                self._file.flush()
                self._unwritten.clear()
        if record.levelno >= logging.ERROR and not self._is_expected(record):
            self.problems.append(f"log: {text.splitlines()[0]} | {text.splitlines()[-1]}")
        self._bound(record)

    def _is_expected(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("custom_components"):
            return self.losing and LOST in record.getMessage()
        noise = record.name.startswith(OF_THE_LINE) and self._noisy()
        return self.disk_full or self.starting or noise

    def _bound(self, record: logging.LogRecord) -> None:
        """The same must not be said again and again."""
        if not record.name.startswith("custom_components"):
            return
        hour = int(CLOCK.true() // 3600)
        if hour != self._hour:
            self._hour = hour
            self._said.clear()
        kind = f"{record.name} {record.levelname} {_FIGURES.sub('#', record.getMessage())}"
        self._said[kind] += 1
        if self._said[kind] == MOST_A_HOUR:
            self.problems.append(f"log: said {MOST_A_HOUR} times in an hour: {kind[:200]}")
