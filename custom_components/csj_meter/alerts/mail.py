"""A mail of ours: its parts, and how they look as HTML and as plain text.

The HTML is for mail programs, which know little: every style is at its element, everything stands in tables,
and nothing is loaded from anywhere. It is in ``mail.html.jinja``, which escapes whatever it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

from jinja2 import Environment, StrictUndefined

from ..anomaly.kinds import Severity
from ..language.texts import Texts


class Tone(StrEnum):
    """What something is coloured by."""

    CRITICAL = "critical"
    WARNING = "warning"
    CALM = "calm"
    OVER = "over"
    DRILL = "drill"


TONES: Final[Mapping[Severity, Tone]] = MappingProxyType(
    {Severity.CRITICAL: Tone.CRITICAL, Severity.WARNING: Tone.WARNING, Severity.INFO: Tone.CALM}
)
"""Severity -> its colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a list, with a coloured edge."""

    tone: Tone
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """Something between head and foot."""

    @property
    def kind(self) -> str:
        """How the template knows it."""
        return type(self).__name__


@dataclass(frozen=True, slots=True)
class Section(Part):
    """A heading."""

    title: str


@dataclass(frozen=True, slots=True)
class Paragraph(Part):
    """Some sentences."""

    text: str
    strong: bool = False
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Banner(Part):
    """What must not be missed."""

    title: str
    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Bullets(Part):
    """A plain list."""

    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Facts(Part):
    """Names with what they stand for."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Listing(Part):
    """Entries below each other."""

    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Grid(Part):
    """A table whose columns but the first hold figures."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    whole: int = 0
    """How many columns of figures, from the left, are not parted from their units however narrow it is."""


@dataclass(frozen=True, slots=True)
class Button(Part):
    """A link that looks like a button."""

    text: str
    address: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The whole of it."""

    language: str
    """Code of the language that it is in."""

    title: str

    preview: str
    """What lists of mails show beside the title."""

    tone: Tone
    """Of its head."""

    label: str
    """What sort of mail it is, above the heading."""

    heading: str
    parts: Sequence[Part]
    foot: str


_ENVIRONMENT: Final = Environment(
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
# read with the module, which Home Assistant imports in a thread: a mail is put together in the event loop
_TEMPLATE: Final = _ENVIRONMENT.from_string(
    Path(__file__).with_name("mail.html.jinja").read_text(encoding="utf-8")
)


def to_html(mail: Mail) -> str:
    """For mail programs."""
    return _TEMPLATE.render(mail=mail).lstrip()


def to_text(texts: Texts, parts: Iterable[Part]) -> str:
    """The same in plain lines; the first paragraph is all that fits a phone."""
    blocks: list[str] = []
    heading: str | None = None
    for part in parts:
        if isinstance(part, Section):
            heading = texts.named(part.title, "").rstrip()
        elif lines := _lines(texts, part):
            blocks.append("\n".join([heading, *lines] if heading is not None else lines))
            heading = None
    return "\n\n".join(blocks)


def _lines(texts: Texts, part: Part) -> list[str]:
    match part:
        case Paragraph(text=text):
            return [text]
        case Banner(title=title, text=text):
            return [texts.named(title, text) if text else title]
        case Bullets(texts=items):
            return [f"- {text}" for text in items]
        case Facts(pairs=pairs):
            return [f"- {texts.named(name, value)}" for name, value in pairs]
        case Listing(entries=entries):
            return [f"- {texts.named(entry.title, entry.text)}" for entry in entries]
        case Grid(heads=heads, rows=rows):
            return [f"- {row[0]} – {texts.listed(_figures(texts, heads, row))}" for row in rows]
    return []  # nobody presses a button in plain text


def _figures(texts: Texts, heads: Sequence[str], row: Sequence[str]) -> list[str]:
    """Those of a row, each with the head of its column: heads are no beginnings of sentences."""
    return [texts.named(head, cell) for head, cell in zip(heads[1:], row[1:], strict=True)]
