"""Every error of the floors below has its own words for the user."""

from __future__ import annotations

import json
from pathlib import Path

from custom_components.csj_meter import exceptions
from custom_components.csj_meter.alerts.errors import AlertError, NotPossibleError
from custom_components.csj_meter.bus.errors import BusError, UnitError
from custom_components.csj_meter.meters.commands.errors import BusyError, CountMovedError
from custom_components.csj_meter.meters.errors import MeterError
from custom_components.csj_meter.prepay.errors import PrepayError, TopUpRefusedError

TRANSLATIONS = Path(exceptions.__file__).parent / "translations" / "en.json"


def all_kinds(base: type[Exception]) -> set[type[Exception]]:
    """``base`` and everything below it."""
    return {base}.union(*(all_kinds(kind) for kind in base.__subclasses__()))


def test_every_error_that_is_raised_has_a_key() -> None:
    kinds = all_kinds(BusError) | all_kinds(MeterError) | all_kinds(PrepayError)
    kinds |= all_kinds(AlertError)
    raised = kinds - {AlertError, BusError, UnitError, MeterError, PrepayError}

    assert set(exceptions.ERROR_KEYS) == raised


def test_every_key_has_its_own_sentence() -> None:
    told = json.loads(TRANSLATIONS.read_text(encoding="utf-8"))["exceptions"]

    sentences = [told[key]["message"] for key in exceptions.ERROR_KEYS.values()]

    assert len(set(sentences)) == len(sentences)
    assert all("{error}" in sentence for sentence in sentences)


def test_a_refused_top_up_is_told_by_what_the_meter_had_against_it_unless_that_is_the_count() -> None:
    """A count that nobody has taken is no rival's: whoever was first is an error of its own."""

    def key(error: PrepayError, cause: Exception) -> str | None:
        error.__cause__ = cause
        return exceptions.translated(error).translation_key

    assert key(TopUpRefusedError("refused"), BusyError("busy")) == "meter_busy"
    taken = TopUpRefusedError("refused", is_taken=True)
    assert key(taken, CountMovedError("not its turn")) == "top_up_refused"


def test_each_reason_why_an_alert_does_not_let_itself_be_answered_has_its_own_sentence() -> None:
    told = json.loads(TRANSLATIONS.read_text(encoding="utf-8"))["exceptions"]

    keys = [
        exceptions.translated(NotPossibleError("a", reason)).translation_key
        for reason in ("not_active", "shelving_too_long")
    ]

    assert keys == ["alert_not_active", "shelving_too_long"]
    assert all("{error}" in told[key]["message"] for key in keys if key is not None)
