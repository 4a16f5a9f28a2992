"""What people are told, in one language: templates with placeholders, asked for by their key.

The templates are those of ``translations`` under ``config_panel``, where the panel reads them as well. Home
Assistant hands in those of its language; without it they are read from the package, in English.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
import json
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any, Final, Self

CATEGORY: Final = "config_panel"
"""Where the texts are in a file of translations."""

GROUPS: Final = frozenset(
    {
        *("kinds", "severities", "scopes", "standing", "seen", "advice", "figures", "durations", "dates"),
        *("compared", "messages", "people", "buttons", "logbook", "problems", "mail", "summary", "insights"),
        "statement",
    }
)
"""First parts of their keys. Whatever else is there only the panel shows."""

ENGLISH: Final = "en"

LANGUAGES: Final = (ENGLISH, "de", "es", "fr", "pt", "zh-Hans")
"""Those that there are texts in."""

_FOLDER: Final = Path(__file__).parents[1] / "translations"


class TextError(Exception):
    """A text is not there, cannot be read, or has a placeholder that nothing is known for."""


class Texts:
    """The texts of one language."""

    __slots__ = ("_templates", "language")

    def __init__(self, language: str, templates: Mapping[str, str]) -> None:
        """``templates``: ``group.name`` -> text. Raises TextError where one is no template."""
        for key, template in templates.items():
            try:
                placeholders_of(template)
            except TextError as err:
                raise TextError(f"{key}: {err}") from None
        self.language = language
        self._templates = MappingProxyType(dict(templates))

    @classmethod
    def over(cls, language: str, templates: Mapping[str, str], english: Texts) -> Self:
        """The texts of a language; what it does not have, or not as it must be, in English."""
        sound = {
            key: template
            for key, template in templates.items()
            if key in english.templates and is_like(template, english.templates[key])
        }
        return cls(language, {**english.templates, **sound})

    @property
    def templates(self) -> Mapping[str, str]:
        """Key -> template."""
        return self._templates

    def __call__(self, key: str, /, **words: str) -> str:
        """The text of a key with words for its placeholders. Raises TextError."""
        try:
            return self._templates[key].format_map(words)
        except KeyError as err:
            raise TextError(f"{key} in {self.language}: there is no {err}") from None

    def counted(self, key: str, count: int, /, **words: str) -> str:
        """The text of one or of several things: that of ``key_one`` or ``key_other``."""
        return self(f"{key}_one" if count == 1 else f"{key}_other", count=str(count), **words)

    def number(self, number: float, decimals: int, *, trimmed: bool = False) -> str:
        """A number as people write it; ``trimmed``: without zeros at its end."""
        shown = f"{number:.{decimals}f}"
        if trimmed and "." in shown:
            shown = shown.rstrip("0").rstrip(".")
        if not any(digit in shown for digit in "123456789"):
            shown = shown.removeprefix("-")  # no minus before nothing
        return shown.replace(".", self("figures.decimal_point"))

    def listed(self, names: list[str]) -> str:
        """Names in a row."""
        row = ""
        for name in names:
            row = self("figures.list", first=row, next=name) if row else name
        return row

    def sentences(self, said: Iterable[str]) -> str:
        """Sentences one after the other, as the language sets them apart; empty ones are left out."""
        text = ""
        for sentence in filter(None, said):
            text = self("figures.sentences", first=text, next=sentence) if text else sentence
        return text

    def named(self, name: str, value: str) -> str:
        """A name with what it stands for."""
        return self("figures.named", name=name, value=value)


def placeholders_of(template: str) -> frozenset[str]:
    """Names of the placeholders. Raises TextError unless each is a plain name in braces."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError as err:
        raise TextError(str(err)) from None
    named = [(name, form, conversion) for _, name, form, conversion in parts if name is not None]
    for name, form, conversion in named:
        if not name.isidentifier() or form or conversion:
            raise TextError(f"a placeholder is a name in braces, not {name!r}")
    return frozenset(name for name, _, _ in named)


def is_like(template: str, model: str) -> bool:
    """Whether a template has the placeholders of another one, and nothing else in braces."""
    try:
        return placeholders_of(template) == placeholders_of(model)
    except TextError:
        return False


@cache
def english() -> Texts:
    """The English texts; read from the disk when they are asked for first, so not in an event loop."""
    return Texts(ENGLISH, texts_in((_FOLDER / f"{ENGLISH}.json").read_text(encoding="utf-8")))


def texts_in(file: str) -> dict[str, str]:
    """Key -> text of a whole file of translations."""
    return told(dict(_flat(json.loads(file)[CATEGORY])))


def told(texts: Mapping[str, str], groups: frozenset[str] = frozenset()) -> dict[str, str]:
    """Those that people are told, of all that are there; ``groups``: more of them."""
    return {key: text for key, text in texts.items() if key.partition(".")[0] in GROUPS | groups}


def _flat(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, str):
            yield f"{path}{key}", value
        else:
            yield from _flat(value, f"{path}{key}.")


def with_unit(texts: Texts, number: str, unit: str) -> str:
    """``0.5 kW``; what has no unit stands alone."""
    return texts("figures.value", number=number, unit=unit) if unit else number
