"""Alerts on disk: everything comes back as it was, and no file is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
import datetime as dt
import os
from pathlib import Path
import sqlite3

import pytest
from sqlalchemy import update

from custom_components.csj_meter.alerts import schema
from custom_components.csj_meter.alerts.alert import Alert, AlertState
from custom_components.csj_meter.alerts.errors import AlertsTooNewError
from custom_components.csj_meter.alerts.message import Message, MessageState, Reason
from custom_components.csj_meter.alerts.store import ALERT_DAYS, MESSAGE_DAYS, PASSED_DAYS, AlertStore, Batch
from custom_components.csj_meter.alerts.work_order import WorkOrder
from custom_components.csj_meter.anomaly.finding import Compared, Standing, Witness
from custom_components.csj_meter.anomaly.kinds import Severity
from custom_components.csj_meter.telemetry import database
from custom_components.csj_meter.telemetry.errors import StoreBrokenError, StoreUnavailableError

from .found import START, at, found

DAY = dt.timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "alerts.db"


@pytest.fixture
def store(path: Path) -> Iterator[AlertStore]:
    store = AlertStore.at(path, START)
    yield store
    store.close()


def alert(name: str = "a", **others: object) -> Alert:
    finding = found(
        witnesses=(Witness(serial="B", standing=Standing.ABNORMAL, since=7, value=170.5),),
        compared=Compared(days=30, hour=4, workday=True),
        confidence=0.9,
    )
    facts = {"state": AlertState.CONFIRMED, "severity": Severity.CRITICAL, "raised_at": START} | others
    return Alert(id=name, finding=finding, **facts)  # type: ignore[arg-type]


def message(name: str = "m", **others: object) -> Message:
    facts = {
        "alerts": ("a",),
        "channel": "phone",
        "person": "Ada",
        "reason": Reason.CONFIRMED,
        "created_at": START,
        "not_before": START,
    } | others
    return Message(id=name, **facts)  # type: ignore[arg-type]


def filled(plain: object) -> dict[str, object]:
    """A value for every field that has none."""
    values: dict[str, object] = {}
    for number, one in enumerate(fields(plain)):  # type: ignore[arg-type]
        now = getattr(plain, one.name)
        kind = str(one.type)
        if now is None and "datetime" in kind:
            values[one.name] = at(number + 0.5)
        elif now is None and "str" in kind:
            values[one.name] = f"Zoë {one.name}"
        elif now is None and "int" in kind:
            values[one.name] = number
        elif now == () and "str" in kind:
            values[one.name] = ("b", "ü")
        elif now is False:
            values[one.name] = True
    return values


def test_everything_comes_back_as_it_was(path: Path, store: AlertStore) -> None:
    plain = alert()
    full = replace(plain, **filled(plain), id="b", level=2)  # type: ignore[arg-type]
    short = message()
    long = replace(short, **filled(short), id="n", severity=Severity.INFO, state=MessageState.SENDING)  # type: ignore[arg-type]
    order = WorkOrder(number=3, alert="a", summary="Fuse", created_at=START)
    whole = replace(order, **filled(order) | {"number": 7})  # type: ignore[arg-type]
    assert not [one.name for one in fields(full) if getattr(full, one.name) is None]
    assert not [one.name for one in fields(long) if getattr(long, one.name) is None]
    assert not [one.name for one in fields(whole) if getattr(whole, one.name) is None]
    store.write(
        Batch(alerts=[plain, full], messages=[short, long], orders=[order, whole], notes={"week": "45"})
    )
    store.close()
    again = AlertStore.at(path, START)
    kept = again.kept(START, DAY)
    again.close()

    assert again.set_aside is None
    assert {one.id: one for one in kept.alerts} == {"a": plain, "b": full}
    assert {one.id: one for one in kept.messages} == {"m": short, "n": long}
    assert (kept.orders, kept.last_number) == ([order, whole], 7)
    assert kept.notes == {"week": "45"}


def test_what_is_written_again_is_as_it_was_last(store: AlertStore) -> None:
    store.write(Batch(alerts=[alert()], messages=[message()], notes={"a": "1"}))
    later = alert(state=AlertState.CLEARED, cleared_at=at(5))
    store.write(Batch(alerts=[later], messages=[message(attempts=2)], notes={"a": "2"}))
    kept = store.kept(at(6), DAY)

    assert kept.alerts == [later]
    assert kept.messages == [message(attempts=2)]
    assert kept.notes == {"a": "2"}


def test_a_desk_goes_on_with_what_is_open_shelved_or_ended_lately(store: AlertStore) -> None:
    over = {"state": AlertState.CLEARED, "cleared_at": START}
    old = START - 3 * DAY
    said = {"created_at": old, "state": MessageState.DELIVERED}
    store.write(
        Batch(
            alerts=[
                alert("open", raised_at=old),
                alert("lately", **over),
                alert("shelved", state=AlertState.CLEARED, cleared_at=old, shelved_until=at(60)),
                alert("old", state=AlertState.CLEARED, cleared_at=old, shelved_until=old),
                alert("area", members=("left",), raised_at=old),
                alert("left", state=AlertState.CLEARED, cleared_at=old, area="area"),
            ],
            messages=[
                message(
                    "about open",
                    alerts=("open",),
                    created_at=old,
                    settled_at=old,
                    state=MessageState.DELIVERED,
                ),
                message(
                    "about old", alerts=("old",), created_at=old, settled_at=old, state=MessageState.DELIVERED
                ),
                message("waits", alerts=("old",), created_at=old),
                message("lately said", alerts=(), **said, settled_at=START),
            ],
        )
    )
    kept = store.kept(at(1), DAY)

    assert {one.id for one in kept.alerts} == {"open", "lately", "shelved", "area", "left"}
    assert {one.id for one in kept.messages} == {"about open", "waits", "lately said"}


def test_alerts_are_found_by_time_meter_circuit_and_name(store: AlertStore) -> None:
    b = replace(alert("b", raised_at=at(10)), finding=found("B", circuit="hill"))
    area = alert("c", members=("a",), raised_at=at(20))
    over = alert("d", raised_at=at(-60), state=AlertState.CLEARED, cleared_at=at(-30))
    store.write(Batch(alerts=[alert(), b, area, over]))

    def names(**asked: object) -> list[str]:
        return [one.id for one in store.alerts(**asked)]  # type: ignore[arg-type]

    assert names() == ["c", "b", "a", "d"]
    assert names(limit=2) == ["c", "b"]
    assert names(since=at(-20)) == ["c", "b", "a"]
    assert names(until=at(5)) == ["a", "d"]
    assert names(serials=["B"]) == ["b"]
    assert names(serials=["A"], circuits=["street"]) == ["c", "a", "d"]
    assert {one.id for one in store.named(["a", "d", "nobody"])} == {"a", "d"}
    store.write(Batch(messages=[message(created_at=at(5))]))
    assert store.messages(at(6)) == []
    assert store.messages(at(5)) == [message(created_at=at(5))]


def test_what_is_too_old_goes_and_nothing_that_is_open(store: AlertStore) -> None:
    def days(count: int) -> dt.datetime:
        return START - count * DAY

    def over(name: str, count: int, *, confirmed: bool) -> Alert:
        moment = days(count)
        return alert(
            name, state=AlertState.CLEARED, cleared_at=moment, confirmed_at=moment if confirmed else None
        )

    def sent(name: str, count: int) -> Message:
        return message(name, state=MessageState.DELIVERED, settled_at=days(count), created_at=days(count))

    def order(number: int, count: int | None) -> WorkOrder:
        done = None if count is None else days(count)
        return WorkOrder(number=number, alert=None, summary="-", created_at=days(900), completed_at=done)

    store.write(
        Batch(
            alerts=[
                over("passed", PASSED_DAYS + 1, confirmed=False),
                over("passed lately", PASSED_DAYS - 1, confirmed=False),
                over("confirmed", PASSED_DAYS + 1, confirmed=True),
                over("long ago", ALERT_DAYS + 1, confirmed=True),
                alert("open", raised_at=days(900)),
            ],
            messages=[
                sent("old", MESSAGE_DAYS + 1),
                sent("new", MESSAGE_DAYS - 1),
                message("waits", created_at=days(900)),
            ],
            orders=[order(1, ALERT_DAYS + 1), order(2, ALERT_DAYS - 1), order(3, None)],
        )
    )
    store.purge(START)

    assert {one.id for one in store.alerts()} == {"passed lately", "confirmed", "open"}
    assert {one.id for one in store.messages(days(1000))} == {"new", "waits"}
    kept = store.kept(START, 1000 * DAY)
    assert ([one.number for one in kept.orders], kept.last_number) == ([2, 3], 3)


def test_all_of_a_batch_is_written_or_nothing(store: AlertStore) -> None:
    broken = replace(message(), id=None)  # type: ignore[arg-type]
    with pytest.raises(Exception, match="NOT NULL"):
        store.write(Batch(alerts=[alert()], messages=[broken]))

    assert store.kept(START, DAY).alerts == []


def test_an_older_file_is_brought_up_to_date_and_a_newer_one_is_not_touched(
    path: Path, store: AlertStore
) -> None:
    store.write(Batch(alerts=[alert()]))
    done: list[str] = []
    engine = store._engine
    for _ in range(2):
        with database.writing(engine) as connection:
            schema.migrate(connection, (lambda _: done.append("2"), lambda _: done.append("3")))
    assert done == ["2", "3"]
    store.close()
    before = path.read_bytes()
    with pytest.raises(AlertsTooNewError, match="install the newer version") as caught:
        AlertStore.at(path, START)

    assert (caught.value.found, caught.value.newest) == (3, 1)
    assert path.read_bytes() == before
    assert list(path.parent.glob("*.broken*")) == []


def test_a_migration_that_fails_leaves_everything_as_it_was(store: AlertStore) -> None:
    def breaks(connection: object) -> None:
        connection.execute(update(schema.ALERTS).values(state="lost"))  # type: ignore[attr-defined]
        raise RuntimeError("no")

    store.write(Batch(alerts=[alert()]))
    with pytest.raises(RuntimeError), database.writing(store._engine) as connection:
        schema.migrate(connection, (breaks,))

    with database.reading(store._engine) as connection:
        assert connection.execute(schema.ALERTS.select()).one().state == "confirmed"
        assert connection.execute(schema.VERSION.select()).one().version == 1


def scribble(path: Path) -> None:
    path.write_bytes(b"these are notes, and no database at all\n" * 1000)


def spoil(path: Path) -> None:
    """Overwrite a page that opening the file does not look at; a statement has met it."""
    with sqlite3.connect(path) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'alert'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(os.urandom(size))


def cut_short(path: Path) -> None:
    os.truncate(path, 3000)


@pytest.mark.parametrize("how", [scribble, spoil, cut_short])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(path: Path, how: object) -> None:
    store = AlertStore.at(path, START)
    store.write(Batch(alerts=[alert(str(number)) for number in range(50)]))
    store.close()
    how(path)  # type: ignore[operator]
    damaged = path.read_bytes()
    if how is spoil:
        store = AlertStore.at(path, START)
        with pytest.raises(StoreBrokenError):
            store.alerts()
        store.close()
    again = AlertStore.at(path, START)

    assert again.set_aside == path.with_name("alerts.db.broken-20261102T120000Z")
    assert again.set_aside.read_bytes() == damaged
    again.write(Batch(alerts=[alert()]))
    assert [one.id for one in again.alerts()] == ["a"]
    again.close()
    whole = AlertStore.at(path, START)
    assert whole.set_aside is None
    whole.close()


def test_a_row_that_is_no_text_any_more_costs_itself_alone(path: Path, store: AlertStore) -> None:
    store.write(Batch(alerts=[alert(), alert("b")]))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alert SET body = CAST(X'7B22FFFE80' AS TEXT) WHERE id = 'a'")
    connection.close()

    assert [one.id for one in store.alerts()] == ["b"]
    assert [one.id for one in store.kept(START, DAY).alerts] == ["b"]


def test_a_file_that_somebody_else_locks_is_written_later(
    path: Path, store: AlertStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.05)
    store.write(Batch(alerts=[alert("before")]))
    impatient = AlertStore.at(path, START)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    batch = Batch(alerts=[alert()], notes={"a": "1"})
    with pytest.raises(StoreUnavailableError, match="locked"):
        impatient.write(batch)
    with pytest.raises(StoreUnavailableError, match="locked"):
        AlertStore.at(path, START)
    other.execute("ROLLBACK")
    other.close()
    impatient.write(batch)

    assert {one.id for one in store.kept(START, DAY).alerts} == {"before", "a"}
    assert list(path.parent.glob("*.broken*")) == []
    impatient.close()


def test_a_file_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError):
        AlertStore.at(tmp_path / "no folder" / "alerts.db", START)


def test_an_alert_with_its_messages_takes_little_room(
    path: Path, store: AlertStore, record_property: Callable[[str, object], None]
) -> None:
    count = 1000
    alerts = [replace(alert(f"{number:016x}"), confirmed_at=at(number)) for number in range(count)]
    said = {"state": MessageState.DELIVERED, "settled_at": START}
    messages = [
        message(f"{number:016x}", alerts=(f"{number // 2:016x}",), **said) for number in range(2 * count)
    ]
    store.write(Batch(alerts=alerts, messages=messages))
    store.close()
    size = path.stat().st_size / count
    record_property("bytes an alert with two messages", round(size))

    assert size < 4000
