"""What messages say that are about no alert. It is kept with them, until each has arrived or was given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass
import json
from typing import Final

from ..alerts.message import Message
from ..alerts.outbox import Outbox
from ..const import LOGGER

PREFIX: Final = "letter "
"""What the keys of these notes begin with; the id of the message follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What such a message says."""

    title: str
    text: str
    html: str
    short: str = ""
    """The same in a few lines, for a telephone."""
    sms: str = ""
    """The same in one SMS, title and all, in the letters of its language."""


class Letters:
    """All that are on their way."""

    def __init__(self, notes: Mapping[str, str]) -> None:
        """Go on with what was kept."""
        self._texts: dict[str, Text] = {}
        self._damaged: set[str] = set()
        """Keys of notes that say nothing any more."""
        self.join(notes)

    def join(self, notes: Mapping[str, str]) -> None:
        """Go on with what was kept as well; what a disk has spoilt costs itself alone."""
        for key, note in notes.items():
            if not key.startswith(PREFIX):
                continue
            if (text := _text_of(note)) is None:
                LOGGER.warning("What a message was to say is damaged and left out: %.80r", key)
                self._damaged.add(key)
            else:
                self._texts.setdefault(key.removeprefix(PREFIX), text)

    def add(self, message: Message, text: Text) -> dict[str, str | None]:
        """A message says this; what is to be kept of it."""
        self._texts[message.id] = text
        return {f"{PREFIX}{message.id}": _note(text)}

    @property
    def notes(self) -> dict[str, str]:
        """All that is to be kept."""
        return {f"{PREFIX}{message}": _note(text) for message, text in self._texts.items()}

    def of(self, message: Message, outbox: Outbox) -> Text | None:
        """What a message says; of one that stands in for another, what that was to say."""
        seen: Message | None = message
        while seen is not None:
            if seen.id in self._texts:
                return self._texts[seen.id]
            seen = None if seen.stands_in_for is None else outbox.get(seen.stands_in_for)
        return None

    def drop_settled(self, outbox: Outbox) -> dict[str, str | None]:
        """Let go of what nobody says any more; what is to be kept of that."""
        dropped: dict[str, str | None] = dict.fromkeys(self._damaged)
        self._damaged.clear()
        if not self._texts:
            return dropped
        needed = set()
        for message in outbox:
            seen: Message | None = message if message.is_unsettled else None
            while seen is not None:
                needed.add(seen.id)
                seen = None if seen.stands_in_for is None else outbox.get(seen.stands_in_for)
        settled = self._texts.keys() - needed
        for message_id in settled:
            del self._texts[message_id]
        return dropped | dict.fromkeys(f"{PREFIX}{message_id}" for message_id in settled)


def without_letters(notes: Mapping[str, str]) -> dict[str, str]:
    """All other notes."""
    return {key: note for key, note in notes.items() if not key.startswith(PREFIX)}


def _text_of(note: str) -> Text | None:
    """What a note says; None when it is damaged."""
    try:
        text = Text(**json.loads(note))
    except ValueError, TypeError, RecursionError:
        return None
    return text if all(isinstance(part, str) for part in astuple(text)) else None


def _note(text: Text) -> str:
    return json.dumps(asdict(text), ensure_ascii=False)
