"""Translated words that a dialogue puts together itself: lists and tables in its descriptions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..anomaly.kinds import Kind, Severity
from ..const import DOMAIN

KIND: Final = "finding_kind"
SEVERITY: Final = "alert_severity"
THRESHOLD: Final = "detection_threshold"
PHRASE: Final = "phrase"
"""Selectors in the translations; ``THRESHOLD``, what one means, and ``PHRASE`` are offered by no form."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    _texts: dict[str, str]

    def option(self, selector: str, value: str) -> str:
        """An option of a selector."""
        return self._texts[f"component.{DOMAIN}.selector.{selector}.options.{value}"]

    def phrase(self, key: str, **placeholders: str) -> str:
        """A phrase with what it names."""
        return self.option(PHRASE, key).format(**placeholders)

    def field(self, step: str, name: str) -> str:
        """What a field of the options is called."""
        return self._texts[f"component.{DOMAIN}.options.step.{step}.data.{name}"]

    def kinds(self, kinds: Iterable[Kind]) -> str:
        """Kinds of findings, in a row."""
        return ", ".join(self.option(KIND, kind.value) for kind in kinds)

    def severities(self, severities: Iterable[Severity]) -> str:
        """Severities, in a row."""
        return ", ".join(self.option(SEVERITY, severity.value) for severity in severities)


async def async_words(hass: HomeAssistant) -> Words:
    """The words in the language of this Home Assistant."""
    texts: dict[str, str] = {}
    for category in ("selector", "options"):
        texts |= await async_get_translations(hass, hass.config.language, category, [DOMAIN])
    return Words(texts)


def listed(lines: Iterable[str]) -> str:
    """Lines as the list of a description."""
    return "\n".join(f"- {line}" for line in lines)
