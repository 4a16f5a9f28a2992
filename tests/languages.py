"""Made-up languages, for whatever is told in the language of a site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from math import ceil
import re
from string import Formatter

from custom_components.csj_meter.language.texts import Texts


def changed(template: str, change: Callable[[str], str]) -> str:
    """A template with other words and the same placeholders."""
    return "".join(
        change(words) + ("" if name is None else f"{{{name}}}")
        for words, name, _, _ in Formatter().parse(template)
    )


def long_words(texts: Texts, factor: float) -> Texts:
    """A language whose words are so many times as long."""

    def longer(words: str) -> str:
        return re.sub(r"[^\W\d_]+", lambda word: word[0] + "ö" * ceil((factor - 1) * len(word[0])), words)

    grown = {key: changed(template, longer) for key, template in texts.templates.items()}
    return Texts("long", grown)


class Asked(Texts):
    """Texts that remember what they were asked for."""

    __slots__ = ("words",)

    def __init__(self, texts: Texts) -> None:
        """The same as ``texts``."""
        super().__init__(texts.language, texts.templates)
        self.words: dict[str, set[frozenset[str]]] = defaultdict(set)
        """Key -> names of the words that came with it, each time."""

    def __call__(self, key: str, /, **words: str) -> str:
        self.words[key].add(frozenset(words))
        return super().__call__(key, **words)
