"""The audit trail: everything that was asked for, in a bounded number of lines."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from custom_components.csj_meter.prepay import audit
from custom_components.csj_meter.prepay.audit import RETENTION, Audited, AuditOutcome, AuditTrail
from custom_components.csj_meter.prepay.errors import LedgerUnavailableError
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import Source
from custom_components.csj_meter.prepay.schema import AUDIT

from .model import START

SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)

PAID = Audited(
    source=Source.WEBHOOK,
    authenticated=True,
    actor="Example Pay",
    asked="top_up",
    serial="CSJ000000001",
    amount=Decimal("12.50"),
    unit="EUR",
    outcome=AuditOutcome.ALLOWED,
    reason="done",
    detail="key order-1",
)


def stranger(reason: str) -> Audited:
    return Audited(
        source=Source.WEBHOOK,
        authenticated=False,
        actor="",
        asked="top_up",
        outcome=AuditOutcome.REFUSED,
        reason=reason,
    )


@pytest.fixture
def trail(ledger: Ledger) -> AuditTrail:
    return AuditTrail(ledger)


def test_a_line_tells_who_asked_for_what_and_is_there_after_a_restart(
    ledger: Ledger, trail: AuditTrail, path: Path
) -> None:
    assert trail.add(PAID, START)
    ledger.close()

    again = Ledger.at(path)
    (line,) = AuditTrail(again).entries()
    again.close()

    assert line.what == PAID
    assert (line.at, line.last_at, line.times) == (START, START, 1)


def test_lines_are_read_by_time(trail: AuditTrail) -> None:
    for hour in range(4):
        trail.add(PAID, START + dt.timedelta(hours=hour))

    since, until = START + dt.timedelta(hours=1), START + dt.timedelta(hours=3)

    assert [line.at.hour - START.hour for line in trail.entries(since, until)] == [1, 2]
    assert len(trail.entries(since)) == 3
    assert len(trail.entries(until=until)) == 3


def test_strangers_who_knock_all_day_leave_one_line_a_minute(trail: AuditTrail) -> None:
    for second in range(180):
        trail.add(stranger("signature"), START + second * SECOND)

    lines = trail.entries()

    assert [line.times for line in lines] == [60, 60, 60]
    assert lines[0].last_at == START + 59 * SECOND


def test_different_reasons_have_lines_of_their_own(trail: AuditTrail) -> None:
    for reason in ("signature", "time", "signature", "time"):
        trail.add(stranger(reason), START)

    assert [(line.what.reason, line.times) for line in trail.entries()] == [("signature", 2), ("time", 2)]


def test_what_differs_in_anything_is_not_folded(trail: AuditTrail) -> None:
    trail.add(PAID, START)
    trail.add(replace(PAID, detail="key order-2"), START)

    assert len(trail.entries()) == 2


def test_a_clock_that_is_set_back_begins_a_new_line(trail: AuditTrail) -> None:
    trail.add(stranger("time"), START)
    trail.add(stranger("time"), START - MINUTE)

    assert [line.at for line in trail.entries()] == [START, START - MINUTE]


def test_counts_are_on_disk_when_the_ledger_is_closed(ledger: Ledger, trail: AuditTrail, path: Path) -> None:
    trail.add(stranger("time"), START)
    trail.add(stranger("time"), START + SECOND)
    trail.flush()
    trail.flush()
    ledger.close()

    again = Ledger.at(path)
    assert [line.times for line in AuditTrail(again).entries()] == [2]
    again.close()


def test_counting_costs_no_writing(ledger: Ledger, trail: AuditTrail) -> None:
    trail.add(stranger("time"), START)
    begun: list[Connection] = []
    event.listen(ledger._engine, "begin", begun.append)

    assert not trail.add(stranger("time"), START + SECOND)
    assert begun == []


def test_what_is_too_old_goes_in_small_steps(trail: AuditTrail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "STEP", 2)
    for hour in range(6):
        trail.add(PAID, START + dt.timedelta(hours=hour))

    now = START + RETENTION + dt.timedelta(hours=4, minutes=30)
    removed = [trail.purge(now) for _ in range(4)]

    assert removed == [2, 2, 1, 0]
    assert [line.at for line in trail.entries()] == [START + dt.timedelta(hours=5)]


def test_strangers_have_a_bounded_number_of_lines_and_push_nobody_else_out(
    trail: AuditTrail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MOST_OF_STRANGERS", 3)
    trail.add(PAID, START)
    for minute in range(8):
        trail.add(stranger("signature"), START + minute * MINUTE)

    while trail.purge(START + dt.timedelta(hours=1)):
        pass
    lines = trail.entries()

    assert lines[0].what == PAID
    assert [line.at for line in lines[1:]] == [START + minute * MINUTE for minute in (5, 6, 7)]


def test_an_empty_trail_has_nothing_to_purge(trail: AuditTrail) -> None:
    assert trail.purge(START) == 0


def test_a_line_that_could_not_be_written_is_written_when_it_comes_again(
    ledger: Ledger, trail: AuditTrail
) -> None:
    with ledger.transaction() as connection:
        connection.execute(text("PRAGMA query_only = ON"))
    with pytest.raises(LedgerUnavailableError):
        trail.add(PAID, START)
    ledger._engine.dispose()  # what it opens next can write again

    assert trail.add(PAID, START + SECOND)
    assert len(trail.entries()) == 1


def test_longer_words_than_a_line_can_hold_are_cut(trail: AuditTrail) -> None:
    trail.add(replace(PAID, detail="x" * 600), START)

    assert len(trail.entries()[0].what.detail) == 500


def test_the_table_is_plain_sql_for_other_databases() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]

    assert "prepay_audit" in str(CreateTable(AUDIT).compile(dialect=dialect))
