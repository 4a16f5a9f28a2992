"""Alerts, messages and work orders on disk: an SQLite file of their own, apart from all other trouble.

Each method is one transaction and blocks: call it in an executor. What ``write`` has returned of survives the
end of this process, and after ``flush`` a power cut as well: nobody waits for a slow disk to hear of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
import datetime as dt
import logging
import os
from pathlib import Path
import sqlite3
from typing import Final, Self

from mashumaro.codecs.json import JSONDecoder, JSONEncoder
from sqlalchemy import ColumnElement, Connection, Engine, Row, case, delete, event, func, or_, select
from sqlalchemy.dialects.sqlite import insert

from ..telemetry.database import let_go, reading, writing
from ..telemetry.errors import StoreUnavailableError
from ..telemetry.own_file import open_own_file
from .alert import Alert, AlertState
from .message import Message, MessageState
from .schema import ALERTS, MESSAGES, NOTES, WORK_ORDERS, migrate
from .work_order import WorkOrder

LOGGER: Final = logging.getLogger(__name__)

ALERT_DAYS: Final = 731
"""Days for which alerts are kept: as long as aggregates are."""

PASSED_DAYS: Final = 30
"""Days for which that is kept which was never confirmed."""

MESSAGE_DAYS: Final = 90

_MOST_IDS: Final = 500
"""Parameters of one statement: SQLite has a limit."""

_ALERT_IN: Final = JSONEncoder(Alert)
_ALERT_OUT: Final = JSONDecoder(Alert)
_MESSAGE_IN: Final = JSONEncoder(Message)
_MESSAGE_OUT: Final = JSONDecoder(Message)
_ORDER_IN: Final = JSONEncoder(WorkOrder)
_ORDER_OUT: Final = JSONDecoder(WorkOrder)


@dataclass(slots=True)
class Batch:
    """What is written in one go."""

    alerts: Collection[Alert] = ()
    messages: Collection[Message] = ()
    orders: Collection[WorkOrder] = ()
    notes: Mapping[str, str | None] = field(default_factory=dict)
    """None for one that is to be forgotten."""

    def __bool__(self) -> bool:
        return bool(self.alerts or self.messages or self.orders or self.notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a desk goes on with."""

    alerts: list[Alert] = field(default_factory=list)
    """Open ones with all their members, and those that ended or are shelved within the span asked for."""

    messages: list[Message] = field(default_factory=list)
    orders: list[WorkOrder] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    last_number: int = 0
    """The highest number that a work order ever had."""


class AlertStore:
    """The file."""

    def __init__(self, engine: Engine, set_aside: Path | None = None) -> None:
        """Use an open database; see ``at``."""
        self._engine = engine
        self.set_aside = set_aside
        """Where a broken file went when a new one had to be begun."""

    @classmethod
    def at(cls, path: Path, now: dt.datetime) -> Self:
        """The store in an SQLite file, made when it is missing; a broken file is moved out of the way.

        Raises StoreUnavailableError, and AlertsTooNewError when a newer release has written it.
        """
        return cls(*open_own_file(path, now, migrate, _prepare))

    def close(self) -> None:
        """Let go of the file."""
        let_go(self._engine)

    # writing

    def write(self, batch: Batch) -> None:
        """Keep it, all or nothing. Raises StoreUnavailableError and StoreBrokenError."""
        with writing(self._engine) as connection:
            for alert in batch.alerts:
                _put(connection, alert)
            for message in batch.messages:
                _put_message(connection, message)
            for order in batch.orders:
                _put_order(connection, order)
            for key, value in batch.notes.items():
                if value is None:
                    connection.execute(delete(NOTES).where(NOTES.c.key == key))
                    continue
                statement = insert(NOTES).values(key=key, value=value)
                connection.execute(
                    statement.on_conflict_do_update(index_elements=["key"], set_={"value": value})
                )

    def flush(self) -> None:
        """Have what was written so far survive a power cut. Raises StoreUnavailableError."""
        log = Path(f"{self._engine.url.database}-wal")
        try:
            with log.open("rb") as file:
                os.fsync(file.fileno())
        except FileNotFoundError:
            return  # all of it is in the file itself
        except OSError as err:
            raise StoreUnavailableError(f"{log} cannot be flushed: {err.strerror}") from err

    def purge(self, now: dt.datetime) -> None:
        """Remove what is too old. Raises as ``write``."""
        stamp = round(now.timestamp())
        day = 86_400
        with writing(self._engine) as connection:
            over = ALERTS.c.cleared.is_not(None)
            passed = case(
                (func.json_valid(ALERTS.c.body) == 1, func.json_extract(ALERTS.c.body, "$.confirmed_at")),
                else_=None,
            ).is_(None)
            connection.execute(
                delete(ALERTS).where(
                    over
                    & or_(
                        ALERTS.c.cleared < stamp - ALERT_DAYS * day,
                        (ALERTS.c.cleared < stamp - PASSED_DAYS * day) & passed,
                    )
                )
            )
            connection.execute(delete(MESSAGES).where(MESSAGES.c.settled < stamp - MESSAGE_DAYS * day))
            connection.execute(delete(WORK_ORDERS).where(WORK_ORDERS.c.completed < stamp - ALERT_DAYS * day))

    # reading

    def kept(self, now: dt.datetime, span: dt.timedelta) -> Kept:
        """What is open, and what has ended within ``span`` before now; all open and recent work orders."""
        since = round((now - span).timestamp())
        with reading(self._engine) as connection:
            recent = or_(
                ALERTS.c.cleared.is_(None),
                ALERTS.c.cleared >= since,
                ALERTS.c.shelved_until > now.timestamp(),
            )
            alerts = _alerts(connection.execute(select(ALERTS.c.body).where(recent)))
            alerts += _missing_members(connection, alerts)
            open_ids = {alert.id for alert in alerts}
            unsettled = MESSAGES.c.settled.is_(None) | (MESSAGES.c.settled >= since)
            oldest = min((round(alert.raised_at.timestamp()) for alert in alerts), default=since)
            about_open = MESSAGES.c.created >= min(oldest, since)
            messages = [
                message
                for message in _sound(
                    _MESSAGE_OUT.decode,
                    connection.execute(select(MESSAGES.c.body).where(unsettled | about_open)),
                )
                if message.is_unsettled
                or round((message.settled_at or now).timestamp()) >= since
                or not open_ids.isdisjoint(message.alerts)
            ]
            recent_orders = WORK_ORDERS.c.completed.is_(None) | (
                WORK_ORDERS.c.completed >= since - 30 * 86_400
            )
            orders = _sound(
                _ORDER_OUT.decode,
                connection.execute(
                    select(WORK_ORDERS.c.body).where(recent_orders).order_by(WORK_ORDERS.c.number)
                ),
            )
            rows = [(row.key, row.value) for row in connection.execute(select(NOTES))]
            notes = {key: value for key, value in rows if isinstance(key, str) and isinstance(value, str)}
            last_number = connection.execute(select(func.max(WORK_ORDERS.c.number))).scalar() or 0
        return Kept(alerts=alerts, messages=messages, orders=orders, notes=notes, last_number=last_number)

    def alerts(
        self,
        *,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        serials: Sequence[str] | None = None,
        circuits: Sequence[str] = (),
        limit: int = 1000,
    ) -> list[Alert]:
        """Alerts that were raised from ``since`` to before ``until`` or were still open then, newest first.

        ``serials``: of these meters, and area alerts of ``circuits``; None for all.
        """
        where: list[ColumnElement[bool]] = []
        if since is not None:
            stamp = round(since.timestamp())
            where.append(
                (ALERTS.c.raised >= stamp) | ALERTS.c.cleared.is_(None) | (ALERTS.c.cleared >= stamp)
            )
        if until is not None:
            where.append(ALERTS.c.raised < round(until.timestamp()))
        if serials is not None:
            of_circuit = ALERTS.c.serial.is_(None) & ALERTS.c.circuit.in_(circuits)
            where.append(ALERTS.c.serial.in_(serials) | of_circuit)
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(ALERTS.c.body).where(*where).order_by(ALERTS.c.raised.desc(), ALERTS.c.id).limit(limit)
            )
            return _alerts(rows)

    def named(self, ids: Collection[str]) -> list[Alert]:
        """The alerts with these ids; ids that nobody knows are passed over."""
        with reading(self._engine) as connection:
            return _named(connection, sorted(ids))

    def messages(self, since: dt.datetime) -> list[Message]:
        """Messages that were written down since then."""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(MESSAGES.c.body).where(MESSAGES.c.created >= round(since.timestamp()))
            )
            return _sound(_MESSAGE_OUT.decode, rows)


def _prepare(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def flush_when_asked(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")
        # a row that a disk has damaged must not make the others unreadable
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")


def _missing_members(connection: Connection, alerts: Sequence[Alert]) -> list[Alert]:
    """Members of open alerts of circuits that are over for long: people still want to know which they are."""
    known = {alert.id for alert in alerts}
    missing = sorted({one for alert in alerts if alert.is_open for one in alert.members} - known)
    return _named(connection, missing)


def _named(connection: Connection, ids: Sequence[str]) -> list[Alert]:
    found: list[Alert] = []
    for start in range(0, len(ids), _MOST_IDS):
        piece = ALERTS.c.id.in_(ids[start : start + _MOST_IDS])
        found += _alerts(connection.execute(select(ALERTS.c.body).where(piece)))
    return found


def _alerts(rows: Iterable[Row[tuple[str]]]) -> list[Alert]:
    return _sound(_ALERT_OUT.decode, rows)


def _sound[T](decode: Callable[[str], T], rows: Iterable[Row[tuple[str]]]) -> list[T]:
    """What rows hold; one that a disk has spoilt costs itself alone."""
    found: list[T] = []
    for row in rows:
        try:
            found.append(decode(row.body))
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as err:
            LOGGER.warning("What was kept of an alert is damaged and left out: %s", type(err).__name__)
    return found


def _stamp(moment: dt.datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp())


def _put(connection: Connection, alert: Alert) -> None:
    values = {
        "serial": alert.serial,
        "circuit": alert.circuit,
        "kind": alert.kind.value,
        "severity": alert.severity.value,
        "state": alert.state.value,
        "drill": alert.drill,
        "raised": _stamp(alert.raised_at),
        "cleared": _stamp(alert.cleared_at) if alert.state is AlertState.CLEARED else None,
        "shelved_until": _stamp(alert.shelved_until),
        "body": _ALERT_IN.encode(alert),
    }
    statement = insert(ALERTS).values(id=alert.id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def _put_message(connection: Connection, message: Message) -> None:
    settled = message.state not in (MessageState.WAITING, MessageState.SENDING)
    values = {
        "state": message.state.value,
        "created": _stamp(message.created_at),
        "settled": _stamp(message.settled_at or message.created_at) if settled else None,
        "body": _MESSAGE_IN.encode(message),
    }
    statement = insert(MESSAGES).values(id=message.id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def _put_order(connection: Connection, order: WorkOrder) -> None:
    values = {
        "alert": order.alert,
        "completed": _stamp(order.completed_at),
        "created": _stamp(order.created_at),
        "body": _ORDER_IN.encode(order),
    }
    statement = insert(WORK_ORDERS).values(number=order.number, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["number"], set_=values))
