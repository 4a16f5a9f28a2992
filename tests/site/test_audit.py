"""The audit log on disk: it is only added to, what is old goes, and no file is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
import csv
from dataclasses import replace
import datetime as dt
import io
from pathlib import Path
import sqlite3

import pytest

from custom_components.csj_meter.site import audit
from custom_components.csj_meter.site.access import Permission, Role
from custom_components.csj_meter.site.audit import (
    RETENTION,
    AuditEntry,
    AuditLine,
    AuditOutcome,
    AuditStore,
    to_csv,
)
from custom_components.csj_meter.site.errors import AuditTooNewError
from custom_components.csj_meter.telemetry.errors import StoreUnavailableError

NOW = dt.datetime(2026, 11, 2, 12, 0, 0, 250_000, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)

SWITCHED = AuditEntry(
    id="a",
    at=NOW,
    user_id="ada",
    name="Ada",
    role=Role.TECHNICIAN,
    permission=Permission.SWITCH_SUPPLY,
    what="supply: off",
    serial="1",
    circuit="Elm",
    allowed=True,
)
REFUSED = replace(
    SWITCHED, id="b", at=NOW + SECOND, user_id="tim", name="Tim", role=Role.TENANT, serial="2", allowed=False
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.db"


@pytest.fixture
def store(path: Path) -> Iterator[AuditStore]:
    store = AuditStore.at(path, NOW)
    yield store
    store.close()


def test_lines_come_back_as_they_were_the_newest_first(store: AuditStore, path: Path) -> None:
    by_itself = replace(SWITCHED, id="c", at=NOW + 2 * SECOND, user_id=None, role=None, name="automation")
    failed = AuditOutcome(entry="a", at=NOW + SECOND, failed=True, detail="contact_stuck")
    store.add([SWITCHED, REFUSED])
    store.add([failed, by_itself, AuditOutcome(entry="c", at=NOW + 3 * SECOND, failed=False)])
    store.close()

    again = AuditStore.at(path, NOW)
    lines = again.lines()
    again.close()

    assert [line.entry for line in lines] == [by_itself, REFUSED, SWITCHED]
    assert [line.word for line in lines] == ["done", "refused", "failed"]
    assert lines[2].outcome == failed


def test_what_is_under_way_has_no_outcome_yet(store: AuditStore) -> None:
    store.add([SWITCHED])

    assert store.lines()[0].word == "unknown"


def test_a_line_that_is_added_twice_is_there_once_and_stays_as_it_was(store: AuditStore) -> None:
    store.add([SWITCHED])
    store.add([replace(SWITCHED, name="Eve"), REFUSED])

    assert [line.entry.name for line in store.lines()] == ["Tim", "Ada"]


@pytest.mark.parametrize("table", ["audit_entry", "audit_outcome"])
def test_no_line_can_be_changed(store: AuditStore, path: Path, table: str) -> None:
    store.add([SWITCHED, AuditOutcome(entry="a", at=NOW, failed=True)])

    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(f"UPDATE {table} SET at = 0")
    connection.close()


def test_lines_are_chosen_by_time_user_meter_and_answer(store: AuditStore) -> None:
    store.add([SWITCHED, REFUSED])

    def ids(**chosen: object) -> list[str]:
        return [line.entry.id for line in store.lines(**chosen)]  # type: ignore[arg-type]

    assert ids(since=NOW + SECOND) == ["b"]
    assert ids(until=NOW + SECOND) == ["a"]
    assert ids(user_id="ada") == ["a"]
    assert ids(name="Tim") == ["b"]
    assert ids(role=Role.TECHNICIAN) == ["a"]
    assert ids(serial="2") == ["b"]
    assert ids(allowed=False) == ["b"]
    assert ids(limit=1) == ["b"]
    store.add([replace(SWITCHED, id="c", permission=Permission.COMMAND)])
    assert ids(permissions={SWITCHED.permission}) == ["b", "a"]
    assert ids(permissions={Permission.COMMAND}, limit=1) == ["c"]
    assert ids(permissions=()) == []


def test_strangers_at_the_portal_push_out_no_refusal_of_anybody_else(
    store: AuditStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MOST_REFUSED", 5)
    monkeypatch.setattr(audit, "MOST_REFUSED_TO_STRANGERS", 2)
    by_itself = replace(SWITCHED, id="automation", user_id=None, role=None)
    known = [replace(REFUSED, id=f"known {one}") for one in range(3)]
    strangers = [replace(REFUSED, id=f"stranger {one}", user_id=None) for one in range(9)]
    store.add([by_itself, *known, *strangers])

    store.remove(store.doomed(NOW))

    assert [line.entry.id for line in reversed(store.lines())] == [
        *("automation", "known 0", "known 1", "known 2"),
        *("stranger 7", "stranger 8"),
    ]


def pages_of(store: AuditStore, limit: int) -> list[list[str]]:
    """Ids, page by page."""
    pages: list[list[AuditLine]] = [store.lines(limit=limit)]
    while pages[-1]:
        pages.append(store.lines(limit=limit, before_number=pages[-1][-1].number))
    return [[line.entry.id for line in page] for page in pages[:-1]]


def test_pages_have_each_line_once_however_many_are_of_one_moment(store: AuditStore) -> None:
    store.add([replace(SWITCHED, id=str(one)) for one in range(7)])

    assert pages_of(store, 3) == [["6", "5", "4"], ["3", "2", "1"], ["0"]]


def test_a_page_is_full_although_some_of_its_lines_are_damaged(store: AuditStore, path: Path) -> None:
    store.add([replace(SWITCHED, id=str(one)) for one in range(7)])
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TRIGGER audit_entry_stays")
        database.execute("UPDATE audit_entry SET role = 'ovner' WHERE id IN ('6', '5', '3', '0')")

    assert pages_of(store, 2) == [["4", "2"], ["1"]]


def test_what_is_older_than_two_years_goes_with_its_outcome(store: AuditStore, path: Path) -> None:
    outcomes = [AuditOutcome(entry=one, at=NOW, failed=False) for one in ("a", "c")]
    store.add([SWITCHED, replace(SWITCHED, id="c", at=NOW + 2 * SECOND), *outcomes])

    store.remove(store.doomed(NOW + RETENTION + SECOND))

    assert [line.entry.id for line in store.lines()] == ["c"]
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT entry FROM audit_outcome").fetchall() == [("c",)]
    connection.close()


def test_there_are_only_so_many_lines(store: AuditStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "MOST_LINES", 3)
    store.add([replace(SWITCHED, id=str(one), at=NOW + one * SECOND) for one in range(5)])

    store.remove(store.doomed(NOW))

    assert [line.entry.id for line in store.lines()] == ["4", "3", "2"]


def test_refused_lines_push_out_nothing_that_was_done(
    store: AuditStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MOST_LINES", 3)
    monkeypatch.setattr(audit, "MOST_REFUSED", 2)
    store.add([SWITCHED, *(replace(REFUSED, id=str(one), at=NOW + one * SECOND) for one in range(5))])

    store.remove(store.doomed(NOW))

    assert [line.entry.id for line in store.lines()] == ["4", "3", "a"]


def test_nobody_with_a_small_role_pushes_out_what_others_did(
    store: AuditStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MOST_EXPORTED_BY_ONE", 2)
    monkeypatch.setattr(audit, "MOST_DONE_BY_ONE", 4)
    monkeypatch.setattr(audit, "MOST_LINES", 20)
    by_owner = [replace(SWITCHED, id=f"owner {one}", user_id="olga", role=Role.OWNER) for one in range(5)]
    export = replace(SWITCHED, user_id="tim", role=Role.TENANT, permission=Permission.EXPORT)
    answer = replace(export, permission=Permission.ANSWER_ALERTS)
    by_itself = [replace(export, id=f"automation {one}", user_id=None, role=None) for one in range(3)]
    store.add([*by_owner, *by_itself, replace(export, id="eve", user_id="eve")])
    store.add(replace(export, id=f"export {one}") for one in range(30))
    store.add(replace(answer, id=f"answer {one}") for one in range(3))

    store.remove(store.doomed(NOW))

    assert [line.entry.id for line in reversed(store.lines())] == [
        *(f"owner {one}" for one in range(5)),
        *(f"automation {one}" for one in range(3)),
        *("eve", "export 29", "answer 0", "answer 1", "answer 2"),
    ]


def table_of(store: AuditStore, limit: int = 10) -> str:
    """The whole of it, page by page."""
    last, table = 0, ""
    while lines := store.lines_after(last, since=None, until=None, limit=limit):
        table += to_csv(lines, with_header=not last)
        last = lines[-1].number
    return table


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_of_a_table_make_the_whole_of_it(store: AuditStore, limit: int) -> None:
    store.add([replace(SWITCHED, id=str(one), what=str(one)) for one in range(5)])

    rows = list(csv.DictReader(io.StringIO(table_of(store, limit))))

    assert [row["what"] for row in rows] == ["0", "1", "2", "3", "4"]


def test_a_table_is_of_the_time_asked_for(store: AuditStore) -> None:
    store.add([replace(SWITCHED, id=str(one), at=NOW + one * SECOND) for one in range(5)])

    lines = store.lines_after(1, since=NOW + SECOND, until=NOW + 3 * SECOND, limit=10)

    assert [line.entry.id for line in lines] == ["1", "2"]
    assert [line.entry.id for line in store.lines_after(2, since=None, until=NOW + 3 * SECOND, limit=10)] == [
        "2"
    ]


def test_an_outcome_without_its_entry_goes(store: AuditStore, path: Path) -> None:
    store.add([SWITCHED, *(AuditOutcome(entry=one, at=NOW, failed=False) for one in ("a", "lost"))])

    store.remove(store.doomed(NOW))

    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT entry FROM audit_outcome").fetchall() == [("a",)]


def test_an_export_is_a_table_in_which_no_name_is_a_formula(store: AuditStore) -> None:
    store.add([replace(SWITCHED, name="=HYPERLINK(1)"), REFUSED])

    rows = list(csv.DictReader(io.StringIO(table_of(store))))

    assert rows[0] == {
        "at": "2026-11-02T12:00:00.250+00:00",
        "user_id": "ada",
        "name": "'=HYPERLINK(1)",
        "role": "technician",
        "permission": "switch_supply",
        "what": "supply: off",
        "serial": "1",
        "circuit": "Elm",
        "allowed": "True",
        "outcome": "unknown",
        "detail": "",
    }
    assert (rows[1]["name"], rows[1]["outcome"]) == ("Tim", "refused")


def test_a_broken_file_is_set_aside_and_a_new_one_begun(path: Path) -> None:
    path.write_bytes(b"no database at all, " * 100)

    store = AuditStore.at(path, NOW)
    store.add([SWITCHED])

    assert store.set_aside is not None
    assert store.set_aside.read_bytes().startswith(b"no database")
    assert len(store.lines()) == 1
    store.close()


def test_a_file_of_a_newer_version_is_left_alone(store: AuditStore, path: Path) -> None:
    store.close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE audit_version SET version = 99")
    connection.commit()
    connection.close()

    with pytest.raises(AuditTooNewError):
        AuditStore.at(path, NOW)


def test_where_there_is_no_folder_there_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError):
        AuditStore.at(tmp_path / "missing" / "audit.db", NOW)
