"""Insights in sentences, with figures that a person takes in at a glance."""

from __future__ import annotations

from collections.abc import Iterable
import datetime as dt
from typing import Any, Final

from ..language import dates
from ..language.texts import Texts, with_unit
from ..meters.sample import MINUTE, moment_of
from .said import DAYS, KILOWATT_HOUR, PERCENT, WATT, Amount, Figure, Moment, Param, Sentence, Span, Word
from .tips import Tip

GROUP: Final = "insights"

LONGEST_STATE: Final = 255
"""What Home Assistant takes as a state."""

_THOUSAND: Final = 1000.0


class Teller:
    """Tells insights in one language, by the clock of one place, at one moment."""

    def __init__(self, texts: Texts, zone: dt.tzinfo, now: int) -> None:
        """``now``: the minute (UTC) in which they are told: what was today has no date."""
        self._texts = texts
        self._zone = zone
        self._today = moment_of(now).astimezone(zone).date()

    def sentence(self, said: Sentence) -> str:
        """One sentence. Raises TextError for one that has no text."""
        words = {name: self.param(param) for name, param in said.params.items()}
        return self._texts(f"{GROUP}.{said.key}", **words)

    def sentences(self, said: Iterable[Sentence]) -> str | None:
        """Several, one after the other; None where there are none."""
        return self._texts.sentences(map(self.sentence, said)) or None

    def tip(self, tip: Tip) -> dict[str, Any]:
        """A tip as plain JSON."""
        return {
            "id": tip.id,
            "text": self.sentence(tip.sentence),
            "figures": [self.figure(figure) for figure in tip.figures],
            "since": dt.date.fromordinal(tip.since).isoformat() if tip.is_news else None,
        }

    def figure(self, figure: Figure) -> dict[str, Any]:
        """A figure as plain JSON: a number with its unit, or words."""
        label = self._texts(f"{GROUP}.figure_{figure.label}")
        if isinstance(figure.value, Amount):
            amount = figure.value
            decimals = 0 if amount.unit == WATT else 4 if "/" in amount.unit else 2
            return {"label": label, "value": round(amount.value, decimals), "unit": amount.unit or None}
        return {"label": label, "value": self.param(figure.value), "unit": None}

    def param(self, param: Param) -> str:
        """What stands in a sentence."""
        match param:
            case Amount():
                return self._amount(param)
            case Moment():
                return self._moment(param.minute)
            case Span():
                return self._texts("figures.range", low=_clock(param.first), high=_clock(param.end))
            case Word():
                return self._texts(f"{GROUP}.{param.key}")

    def _amount(self, amount: Amount) -> str:
        value, unit = amount.value, amount.unit
        if unit == DAYS:
            return self._texts.counted("durations.days", int(value))
        if unit == WATT and abs(value) >= _THOUSAND:
            value, unit, decimals = value / _THOUSAND, "kW", 1
        elif unit in (WATT, PERCENT):
            decimals = 0
        elif unit == KILOWATT_HOUR:
            decimals = 1 if abs(value) < 100 else 0
        else:
            decimals = 2
        trimmed = unit in ("kW", KILOWATT_HOUR)
        return with_unit(self._texts, self._texts.number(value, decimals, trimmed=trimmed), unit)

    def _moment(self, minute: int) -> str:
        local = dt.datetime.fromtimestamp(minute * MINUTE, self._zone)
        if local.date() == self._today:
            return f"{local:%H:%M}"
        return dates.moment(self._texts, local)


def _clock(hour: int) -> str:
    return f"{hour:02}:00"
