"""The database under the ledger: durable, versioned, portable, and clear when it cannot go on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
import datetime as dt
from decimal import Decimal
from pathlib import Path
import sqlite3
import threading

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateIndex, CreateTable

from custom_components.csj_meter.prepay import schema
from custom_components.csj_meter.prepay.credit import Credit
from custom_components.csj_meter.prepay.errors import (
    AmountError,
    KeyReusedError,
    LedgerTooNewError,
    LedgerUnavailableError,
    NotDecidableError,
    NotSendableError,
    TopUpPendingError,
    TopUpUncertainError,
)
from custom_components.csj_meter.prepay.judgement import Evidence
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import MovementKind, MovementState, Reason, Source
from custom_components.csj_meter.prepay.order import Order
from custom_components.csj_meter.prepay.top_up import LATE, TopUps

from .model import LANDLORD, START, Clock, Fate, LineMeter

SERIAL = "CSJ000000001"
TEN = Decimal("10.00")
EMPTY = Credit(balance=Decimal("0.00"), count=0, last_amount=Decimal("0.00"), unit="EUR")


def _order(key: str | None = None) -> Order:
    return Order(
        kind=MovementKind.TOP_UP, amount=TEN, actor=LANDLORD, source=Source.ACTION, key=key, note="rent"
    )


def test_what_is_written_is_there_after_a_restart(ledger: Ledger, path: Path) -> None:
    ledger.reconcile(SERIAL, EMPTY, START, late=LATE)
    written = ledger.begin(SERIAL, _order("order 1"), EMPTY, START)
    ledger.close()

    again = Ledger.at(path)

    assert again.movement(written.id) == written
    assert again.find(Source.ACTION, "order 1") == written
    assert again.find(Source.WEBHOOK, "order 1") is None
    assert again.waiting_serials() == {SERIAL}
    known = again.known(SERIAL)
    assert known is not None
    assert (known.count, known.seen_at) == (0, START)
    again.close()


def test_every_commit_is_flushed_to_disk(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2, "FULL"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_amounts_are_whole_hundredths_on_disk(ledger: Ledger, path: Path) -> None:
    ledger.correct(SERIAL, Decimal("-12.34"), "EUR", actor=LANDLORD, at=START, note="refund")
    ledger.close()

    with sqlite3.connect(path) as connection:
        stored = connection.execute("SELECT amount, typeof(amount) FROM prepay_movements").fetchall()
    connection.close()
    assert stored == [(-1234, "integer")]


def test_a_meter_has_one_open_movement_whoever_writes(ledger: Ledger, path: Path) -> None:
    other = Ledger.at(path)
    first = ledger.begin(SERIAL, _order(), EMPTY, START)

    with pytest.raises(TopUpPendingError) as told:
        other.begin(SERIAL, _order(), EMPTY, START)

    assert told.value.movement == first
    other.close()


def test_a_key_stands_for_one_movement_whoever_writes(ledger: Ledger, path: Path) -> None:
    other = Ledger.at(path)
    first = ledger.begin(SERIAL, _order("order 1"), EMPTY, START)

    with pytest.raises(KeyReusedError) as told:
        other.begin("CSJ000000002", _order("order 1"), EMPTY, START)

    assert told.value.movement == first
    assert len(other.movements()) == 1
    other.close()


def test_only_what_is_intended_can_be_sent(ledger: Ledger) -> None:
    movement = ledger.begin(SERIAL, _order(), EMPTY, START)
    ledger.mark_sent(movement.id, START)

    with pytest.raises(NotSendableError):
        ledger.mark_sent(movement.id, START)


def test_a_movement_belongs_to_the_time_at_which_it_was_settled(ledger: Ledger) -> None:
    ledger.reconcile(SERIAL, EMPTY, START, late=LATE)
    movement = ledger.begin(SERIAL, _order(), EMPTY, START)
    ledger.mark_sent(movement.id, START)
    later = START + dt.timedelta(days=40)
    on_it = Credit(balance=TEN, count=1, last_amount=TEN, unit="EUR")
    ledger.reconcile(SERIAL, on_it, later, late=LATE, evidence=Evidence.ACKNOWLEDGED)

    assert ledger.movements(SERIAL, until=later) == ()
    assert [one.id for one in ledger.movements(SERIAL, since=later)] == [movement.id]
    assert ledger.movements("CSJ000000002") == ()


def test_the_newest_are_those_that_were_settled_last(ledger: Ledger) -> None:
    hours = [dt.timedelta(hours=hour) for hour in (3, 1, 2, 4)]
    ids = [ledger.correct(SERIAL, TEN, "EUR", actor=LANDLORD, at=START + hour, note="").id for hour in hours]

    def newest(count: int, **span: dt.datetime) -> list[str]:
        return [one.id for one in ledger.movements(SERIAL, newest=count, **span)]

    assert newest(2) == [ids[0], ids[3]]
    assert newest(2, until=START + hours[0]) == [ids[1], ids[2]]
    assert newest(9) == ids


def test_a_correction_is_done_at_once_and_once_per_key(ledger: Ledger) -> None:
    def _correct(amount: str) -> str:
        return ledger.correct(
            SERIAL, Decimal(amount), "EUR", actor=LANDLORD, at=START, note="seen on the display", key="k"
        ).id

    first = _correct("12.00")

    assert _correct("12.00") == first
    with pytest.raises(KeyReusedError):
        _correct("13.00")
    with pytest.raises(AmountError):
        ledger.correct(SERIAL, Decimal(0), "EUR", actor=LANDLORD, at=START, note="")
    (movement,) = ledger.movements()
    assert (movement.state, movement.kind, movement.count) == (
        MovementState.DONE,
        MovementKind.CORRECTION,
        None,
    )


async def test_a_person_can_decide_that_an_overtaken_one_is_not_on_the_meter(
    ledger: Ledger, top_ups: TopUps, meter: LineMeter, clock: Clock
) -> None:
    def _others() -> None:
        for amount in ("30.00", "7.00", "5.00"):
            meter.account.rival(Decimal(amount))

    meter.fates = iter([Fate.REQUEST_LOST])
    meter.after_write = _others
    with pytest.raises(TopUpUncertainError) as told:
        await top_ups.top_up(meter, TEN, actor=LANDLORD, source=Source.ACTION)
    overtaken = told.value.movement
    assert overtaken is not None

    at = clock()
    clock.advance(30 * 86_400)
    decided = ledger.decide(overtaken.id, applied=False, actor=LANDLORD, at=clock(), detail="no receipt")

    assert (decided.state, decided.reason, decided.detail) == (
        MovementState.REFUSED,
        Reason.DECIDED,
        "Lotte Landlord: no receipt",
    )
    foreign = [one for one in ledger.movements() if one.state is MovementState.FOREIGN]
    assert sorted(one.count or 0 for one in foreign) == [1, 2, 3]
    assert {one.at for one in (decided, *foreign)} == {at}, "they were on the meter, or not, all the time"
    assert [ledger.history(one.id)[-1].at for one in (decided, *foreign)] == [clock(), at, at, clock()]
    with pytest.raises(NotDecidableError):
        ledger.decide(overtaken.id, applied=True, actor=LANDLORD, at=clock())


def test_an_unknown_movement_is_a_key_error(ledger: Ledger) -> None:
    with pytest.raises(KeyError):
        ledger.movement("nobody's")


def test_a_ledger_of_a_newer_release_is_left_alone(ledger: Ledger, path: Path) -> None:
    with ledger.transaction() as connection:
        connection.execute(schema.VERSION.update().values(version=7))
    ledger.close()

    with pytest.raises(LedgerTooNewError, match="version 7"):
        Ledger.at(path)


def test_an_older_ledger_is_brought_up_to_date_step_by_step(ledger: Ledger, path: Path) -> None:
    ledger.correct(SERIAL, TEN, "EUR", actor=LANDLORD, at=START, note="")
    ledger.close()
    steps: list[int] = []

    def _second(connection: Connection) -> None:
        steps.append(2)
        connection.execute(text("ALTER TABLE prepay_meters ADD COLUMN alias VARCHAR(10)"))

    def _third(connection: Connection) -> None:
        steps.append(3)
        connection.execute(text("UPDATE prepay_meters SET alias = ''"))

    Ledger(f"sqlite:///{path}", migrations=(_second, _third)).close()
    again = Ledger(f"sqlite:///{path}", migrations=(_second, _third))

    assert steps == [2, 3]
    assert len(again.movements()) == 1
    again.close()


def test_a_migration_that_fails_leaves_the_ledger_as_it_was(ledger: Ledger, path: Path) -> None:
    ledger.close()

    def _half(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE prepay_meters ADD COLUMN alias VARCHAR(10)"))
        connection.execute(text("UPDATE nothing SET alias = ''"))

    with pytest.raises(LedgerUnavailableError, match="nothing"):
        Ledger(f"sqlite:///{path}", migrations=(_half,))

    again = Ledger.at(path)
    with again.transaction() as connection:
        columns = connection.execute(text("SELECT * FROM prepay_meters")).keys()
    assert "alias" not in columns
    again.close()


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "csj_meter_ledger.db"
    path.write_bytes(b"certainly not a database, but long enough to look like one" * 100)

    with pytest.raises(LedgerUnavailableError, match="not a database"):
        Ledger.at(path)


def test_too_many_that_wait_for_it_are_said_so(ledger: Ledger) -> None:
    pool = ledger._engine.pool
    assert isinstance(pool, QueuePool)
    pool._timeout = 0.01
    busy = [pool.connect() for _ in range(pool.size() + pool._max_overflow)]
    with pytest.raises(LedgerUnavailableError, match="too many"):
        ledger.movements()
    for connection in busy:
        connection.close()
    assert ledger.movements() == ()


def test_a_folder_that_does_not_exist_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnavailableError, match="unable to open"):
        Ledger.at(tmp_path / "nowhere" / "ledger.db")


async def test_nothing_is_sent_when_the_intent_cannot_be_written(
    ledger: Ledger, top_ups: TopUps, meter: LineMeter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await top_ups.settle(meter)
    with ledger.transaction() as connection:
        connection.execute(text("PRAGMA busy_timeout = 1"))
    with sqlite3.connect(path, isolation_level=None) as locker:
        locker.execute("BEGIN IMMEDIATE")

        with pytest.raises(LedgerUnavailableError, match="locked"):
            await top_ups.top_up(meter, TEN, actor=LANDLORD, source=Source.ACTION)

        locker.execute("ROLLBACK")
    locker.close()
    assert meter.writes == []


async def test_when_only_the_outcome_cannot_be_written_the_caller_is_told_that_it_was_sent(
    ledger: Ledger, top_ups: TopUps, meter: LineMeter, path: Path
) -> None:
    await top_ups.settle(meter)
    locker = sqlite3.connect(path, isolation_level=None)
    with ledger.transaction() as connection:
        connection.execute(text("PRAGMA busy_timeout = 1"))

    def _lock() -> None:
        locker.execute("BEGIN IMMEDIATE")

    meter.after_write = _lock
    with pytest.raises(TopUpUncertainError, match="sent"):
        await top_ups.top_up(meter, TEN, actor=LANDLORD, source=Source.ACTION)
    locker.execute("ROLLBACK")
    locker.close()

    (settled,) = (await top_ups.settle(meter)).settled
    assert settled.state is MovementState.DONE


def test_the_tables_are_plain_sql(ledger: Ledger) -> None:
    """Both databases can make them, and only the numbering differs."""
    for dialect in (postgresql.dialect(), sqlite.dialect()):  # type: ignore[no-untyped-call]
        for table in schema.METADATA.sorted_tables:
            made = str(CreateTable(table).compile(dialect=dialect))
            assert "CREATE TABLE prepay_" in made
            for index in table.indexes:
                assert "CREATE" in str(CreateIndex(index).compile(dialect=dialect))


def test_times_without_a_zone_are_not_taken(ledger: Ledger) -> None:
    with pytest.raises(Exception, match="time zone"):
        ledger.correct(SERIAL, TEN, "EUR", actor=LANDLORD, at=START.replace(tzinfo=None), note="")


def test_times_come_back_in_utc_whatever_zone_they_had(ledger: Ledger) -> None:
    zone = dt.timezone(dt.timedelta(hours=5, minutes=30))
    ledger.correct(SERIAL, TEN, "EUR", actor=LANDLORD, at=START.astimezone(zone), note="")

    (movement,) = ledger.movements()

    assert movement.created_at == START
    assert movement.created_at.tzinfo is dt.UTC


def test_the_history_has_no_orphans(ledger: Ledger) -> None:
    with pytest.raises(IntegrityError), ledger.transaction() as connection:
        connection.execute(
            insert(schema.CHANGES).values(movement_id="nobody's", at=START, after="done", detail="")
        )
    with ledger.transaction() as connection:
        assert connection.execute(select(schema.CHANGES)).all() == []


def test_closing_waits_for_who_is_writing_and_then_nobody_may(path: Path) -> None:
    ledger = Ledger.at(path)
    inside, closing = threading.Event(), threading.Event()

    def write() -> str:
        with ledger.transaction():
            inside.set()
            assert closing.wait(10)
            return "written"

    with ThreadPoolExecutor(2) as threads:
        writer = threads.submit(write)
        assert inside.wait(10)
        closer = threads.submit(ledger.close)
        assert not closer.done()
        closing.set()
        assert writer.result() == "written"
        closer.result()

    with pytest.raises(LedgerUnavailableError, match="closed"):
        ledger.movements()
