"""The letters of an SMS: as many as one has, of the alphabet that every telephone has."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final
import unicodedata

from ..language.texts import Texts

SMS_LENGTH: Final = 160
"""Letters of one SMS in the alphabet of GSM 03.38."""

UNICODE_LENGTH: Final = 70
"""The same of a language that is not written with these letters."""

ALPHABET: Final = frozenset(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà\n"
)
"""GSM 03.38 without its second table, whose letters count twice."""

_PLAIN: Final = MappingProxyType(
    {
        **dict(zip("–—−·µ“”„«»‘’`[]{}|\\~", '---.u"""""\'\'\'()()//-', strict=True)),
        "°": " deg",
        "±": "+/-",
        "€": "EUR",
        "…": "...",
        "½": "1/2",
        "^": " ",
        "\N{NO-BREAK SPACE}": " ",
        "\N{NARROW NO-BREAK SPACE}": " ",
    }
)
"""Mark -> what it becomes."""


def in_one_sms(texts: Texts, parts: Iterable[str]) -> str:
    """Sentences in one SMS: what does not fit goes, the last first, and the end of the first.

    Some text of the language says with what letters it is written. A name in other letters than the language
    around it does not make the SMS shorter: it is lost.
    """
    said = [part for part in parts if part]
    length = UNICODE_LENGTH
    if set(_plain(texts("messages.test"))) <= ALPHABET:
        said = ["".join(letter if letter in ALPHABET else "?" for letter in _plain(part)) for part in said]
        length = SMS_LENGTH
    while len(said) > 1 and _size(texts.sentences(said)) > length:
        said.pop()
    text = texts.sentences(said)
    if _size(text) <= length:
        return text
    while _size(text) > length - 3:
        text = text[:-1]
    return f"{text.rstrip()}..."


def _size(text: str) -> int:
    """How many places it takes: an emoji takes two."""
    return len(text.encode("utf-16-le")) // 2


def _plain(text: str) -> str:
    """With letters of the alphabet in place of those that look like them."""
    return "".join(letter if letter in ALPHABET else _PLAIN.get(letter) or _bare(letter) for letter in text)


def _bare(letter: str) -> str:
    """A letter without its accents, where that is one."""
    bare = unicodedata.normalize("NFKD", letter)[0]
    return bare if bare in ALPHABET else letter
