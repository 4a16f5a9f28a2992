"""How languages set sentences and names apart in what is sent: without spaces, or with spaces of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
import datetime as dt
from itertools import product
from pathlib import Path
import re
from typing import Final

import pytest

from custom_components import csj_meter
from custom_components.csj_meter.alerts.alert import Alert
from custom_components.csj_meter.alerts.message import Reason
from custom_components.csj_meter.alerts.summary_mail import summary_text
from custom_components.csj_meter.alerts.wording import Wording
from custom_components.csj_meter.language.texts import Texts, english, texts_in

from .found import at
from .test_texts import alerts, message, summaries

CHINESE: Final = "\\u3000-\\u303f\\u4e00-\\u9fff\\uff00-\\uffef"
"""Letters and marks."""


def wording_in(language: str) -> Wording:
    path = Path(csj_meter.__file__).parent / "translations" / f"{language}.json"
    texts = Texts.over(language, texts_in(path.read_text(encoding="utf-8")), english())
    return Wording(texts=texts, zone=dt.UTC, names={"A": "Elm Row 1"})


def with_a_name(alert: Alert) -> Alert:
    """The same, answered by somebody who has one."""
    return replace(alert, acknowledged_by="Ada", false_alarm_by="Ada")


def text_messages(wording: Wording) -> Iterator[str]:
    """Every reason of every alert."""
    for alert, reason in product(alerts(), Reason):
        one = with_a_name(alert)
        yield wording.sms(message(reason), [one], at(20))


def plain_texts(wording: Wording) -> Iterator[str]:
    """The same at length, and weekly summaries."""
    for alert, reason in product(alerts(), Reason):
        one = with_a_name(alert)
        for shown in ([one], [one, one]):
            yield wording.message_text(message(reason), shown, at(20))
    for summary in summaries():
        yield summary_text(
            replace(
                summary,
                open=tuple(map(with_a_name, summary.open)),
                over=tuple(map(with_a_name, summary.over)),
                findings=tuple(map(with_a_name, summary.findings)),
            ),
            wording,
        )


def test_no_space_stands_between_chinese_letters() -> None:
    wording = wording_in("zh-Hans")
    for text in (*plain_texts(wording), *text_messages(wording)):
        # a day and its weekday are two words; a figure that is not known stands where one would
        said = re.sub(" ?未知值 ?", "9", text.replace("日 周", "日周"))
        assert not re.search(f"[{CHINESE}] [{CHINESE}]", said), text
        assert not re.search(f"[{CHINESE}][:,]", said), text


def test_before_a_french_mark_stands_a_space_that_breaks_no_line() -> None:
    for text in plain_texts(wording_in("fr")):
        said = re.sub(r"\d\d:\d\d", "", text)
        assert not re.search("(?<!\N{NO-BREAK SPACE})[:;!?]", said), text


@pytest.mark.parametrize(
    ("language", "today", "tomorrow"),
    [
        ("en", "before 13:00.", "before Tue 3 November, 13:00."),
        ("es", "hasta 13:00.", "hasta mar 3 de noviembre, 13:00."),
        ("pt", "até 13:00.", "até ter, 3 de novembro, 13:00."),
    ],
)
def test_what_is_not_told_again_before_another_day_is_said_in_words_for_a_day(
    language: str, today: str, tomorrow: str
) -> None:
    wording = wording_in(language)
    alert = next(alerts())
    for minutes, end in ((60, today), (25 * 60, tomorrow)):
        shelved = replace(alert, shelved_until=at(minutes))
        assert wording.why(Reason.CHATTERING, shelved, at(2)).endswith(end)
