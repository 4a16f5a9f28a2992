"""Pages that are sent, in every language: ``python -m tests.browser.mails`` writes them as JSON.

In a process of its own, as this session has no Home Assistant in it.
"""

from __future__ import annotations

import json
from pathlib import Path
import sys
from typing import Final

from custom_components import csj_meter
from custom_components.csj_meter.alerts.kpis import kpis
from custom_components.csj_meter.alerts.summary import MeterWeek, Summary
from custom_components.csj_meter.alerts.summary_mail import summary_html
from custom_components.csj_meter.alerts.wording import Wording
from custom_components.csj_meter.language.texts import LANGUAGES, Texts, english, texts_in
from custom_components.csj_meter.prepay.movement import MovementState
from custom_components.csj_meter.prepay.statement import statement
from custom_components.csj_meter.prepay.statement_html import to_html

from ..alerts.found import at
from ..prepay.statement_account import AFTER, BERLIN, MARCH, a_movement, an_account

LONG: Final = "Mühlenstraße 12, Hinterhaus, Dachgeschoss links"


def texts_of(language: str) -> Texts:
    """The texts of a language, as they are in its file."""
    path = Path(csj_meter.__file__).parent / "translations" / f"{language}.json"
    return Texts.over(language, texts_in(path.read_text(encoding="utf-8")), english())


def statement_page(texts: Texts) -> str:
    """A statement of long names and words."""
    movements = [
        a_movement("30.00", 3, name="Ada Administrator-Lovelace"),
        a_movement("20.00", 17, MovementState.FOREIGN, name="automation_of_every_first_day_of_the_month"),
        a_movement("12.00", 20, MovementState.UNCERTAIN),
    ]
    return to_html(statement(an_account(name=LONG, movements=movements), MARCH, now=AFTER), texts)


def summary_page(texts: Texts) -> str:
    """A weekly summary of long names and figures."""
    since, until = at(-7 * 1440), at(0)
    summary = Summary(
        since=since,
        until=until,
        meters=(
            MeterWeek(serial="A", name=LONG, usage=1234.5, usage_before=600.0, balance=-1310.5, unit="EUR"),
            MeterWeek(serial="B", name="B", usage=0.0, usage_before=9.0, balance=10.5, days_left=0.5),
        ),
        kpis=kpis([], [], since, until, meters=2, people=1),
        open=(),
        over=(),
        findings=(),
        tips=(),
    )
    return summary_html(summary, Wording(texts=texts, zone=BERLIN), until)


if __name__ == "__main__":
    pages = {}
    for one in LANGUAGES:
        pages[f"statement {one}"] = statement_page(texts_of(one))
        pages[f"summary {one}"] = summary_page(texts_of(one))
    sys.stdout.write(json.dumps(pages))
