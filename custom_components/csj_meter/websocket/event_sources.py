"""Where the lines of the log of events come from: alerts, meters, commands, contact, payments.

Each source gives the newest lines before the end of a page, at least as many as are on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
import datetime as dt
from functools import partial
from typing import Final

from ..access.audit_log import async_audit_log
from ..access.doors import place_of
from ..alerting.alerting import alerting_of
from ..alerting.names import meters_of
from ..alerts.alert import Alert
from ..alerts.store import AlertStore
from ..const import CONF_CIRCUIT
from ..coordinator import CsjCoordinator
from ..history.telemetry import async_telemetry
from ..meter_commands import COMMANDS as METER_COMMANDS
from ..meters.commands.rings import EventCode, LogEntry
from ..meters.sample import MINUTE
from ..money.credit_watch import is_prepaid
from ..money.prepayment import async_prepayment
from ..prepay.movement import Movement
from ..site.access import Permission
from ..site.audit import AuditLine, AuditStore
from ..telemetry.gaps import Gap, GapState
from ..telemetry.store import Store
from .bridges import coordinator_of
from .command import Call
from .event_row import EventRow, Page
from .event_texts import EventTexts, name_and_value

MOST_ALERTS: Final = 1000
"""That are looked through for one page: one may have ended long after it began."""

COMMANDS: Final = frozenset(
    {Permission.COMMAND, Permission.SWITCH_SUPPLY, Permission.INSTALL_FIRMWARE, Permission.SET_PRICES}
)
"""What it takes to do something to a meter that is no payment."""

OTHER: Final = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whose events somebody wants to know, and which."""

    call: Call
    serial: str | None
    """One meter; None for all that they see."""

    page: Page
    texts: EventTexts

    def serials(self, permission: Permission) -> frozenset[str] | None:
        """Of which meters they may know something; None for all."""
        visible = self.call.visible(permission)
        if self.serial is None:
            return visible
        return frozenset({self.serial} if visible is None or self.serial in visible else ())

    def meters(self, permission: Permission) -> Iterator[tuple[str, str | None, CsjCoordinator | None]]:
        """Serial number, circuit and coordinator of those meters."""
        seen, told = self.serials(permission), set()
        for entry, subentry in meters_of(self.call.hass):
            serial = subentry.unique_id
            if serial is not None and (seen is None or serial in seen) and serial not in told:
                told.add(serial)
                yield serial, subentry.data.get(CONF_CIRCUIT) or None, coordinator_of(entry, subentry)


async def _async_alerts(question: Question) -> list[EventRow]:
    call, page = question.call, question.page
    seen = question.serials(Permission.SEE_ALERTS)
    if seen is not None and not seen:
        return []
    alerting = alerting_of(call.hass)
    circuits = sorted({circuit for _, circuit, _ in question.meters(Permission.SEE_ALERTS) if circuit})

    def past(store: AlertStore) -> list[Alert]:
        found = store.alerts(
            since=page.start,
            until=page.until,
            serials=None if seen is None else sorted(seen),
            circuits=circuits if question.serial is None else (),
            limit=MOST_ALERTS,
        )
        known = {alert.id for alert in found}
        return found + store.named({one for alert in found for one in alert.members} - known)

    # what the desk has is newer: the disk may be full
    known = {alert.id: alert for alert in await alerting.async_read(past)}
    known |= {alert.id: alert for alert in alerting.desk.alerts}

    def told(alert: Alert) -> bool:
        if not alert.is_area:
            mine = seen is None or alert.finding.serial in seen
            return mine and (question.serial is not None or alert.is_told)
        members = {known[one].finding.serial for one in alert.members if one in known}
        return question.serial is None and (seen is None or not members.isdisjoint(seen))

    return [
        EventRow(
            id=f"alert:{alert.id}:{kind}",
            at=at,
            source="alert",
            kind=kind,
            serial=alert.serial,
            circuit=alert.circuit,
            until=alert.cleared_at if kind == "confirmed" else None,
            lasts=alert.is_open and kind == "confirmed",
            by=by,
            text=question.texts.alert(kind, alerting.wording.title_of_step(alert)),
            more={
                "alert_id": alert.id,
                "alert_kind": alert.kind.value,
                "severity": alert.severity.value,
                "drill": alert.drill,
            },
        )
        for alert in known.values()
        if told(alert)
        for kind, at, by in _steps(alert)
    ]


def _steps(alert: Alert) -> Iterator[tuple[str, dt.datetime, str | None]]:
    """The steps in the life of an alert that were kept, with who took them; none where nobody heard of it."""
    if (first := alert.first_confirmed_at or alert.confirmed_at) is None:
        return
    if alert.raised_at < first:
        yield "raised", alert.raised_at, None
    yield "confirmed", first, None
    steps = (
        ("escalated", alert.escalated_at, None),
        ("acknowledged", alert.acknowledged_at, alert.acknowledged_by),
        ("shelved", alert.shelved_at, alert.shelved_by),
        ("false_alarm", alert.false_alarm_at, alert.false_alarm_by),
        ("repaired", alert.repaired_at, alert.repaired_by),
        ("cleared", alert.cleared_at, None),
    )
    yield from ((kind, at, by) for kind, at, by in steps if at is not None)


async def _async_logs(question: Question) -> list[EventRow]:
    """What the meters have logged, as far as it was heard of."""
    money = question.serials(Permission.SEE_MONEY)
    found = []
    for serial, circuit, coordinator in question.meters(Permission.SEE_METERS):
        if coordinator is None or (log := coordinator.config_entry.runtime_data.log) is None:
            continue
        with_money = money is None or serial in money
        same: Counter[LogEntry] = Counter()
        for entry in log.entries(serial):
            same[entry] += 1
            if entry.code is EventCode.TOP_UP and not with_money:
                continue
            kind = entry.code.name.lower() if isinstance(entry.code, EventCode) else OTHER
            found.append(
                EventRow(
                    id=f"meter:{serial}:{int(entry.code)}:{entry.value}:{same[entry]}",
                    at=dt.datetime.fromtimestamp(entry.time, dt.UTC),
                    source="meter",
                    kind=kind,
                    serial=serial,
                    circuit=circuit,
                    text=question.texts.meter(kind),
                    more={"code": int(entry.code), "value": entry.value},
                )
            )
    return found


async def _async_commands(question: Question) -> list[EventRow]:
    call, page, serial = question.call, question.page, question.serial
    seen = question.serials(Permission.SEE_DIAGNOSTICS)
    if seen is not None and not seen:
        return []
    audit = call.visible(Permission.SEE_AUDIT) is None
    money = question.serials(Permission.SEE_MONEY)
    without_money = money is not None and (serial is None or serial not in money)
    log = await async_audit_log(call.hass)
    lines = await log.async_read(
        partial(
            AuditStore.lines,
            since=page.start,
            until=page.until,
            serial=serial,
            allowed=None if audit else True,
            permissions=COMMANDS - ({Permission.SET_PRICES} if without_money else set()),
            limit=page.enough + _MOST_AT_ONCE,
        )
    )
    coordinators = {
        serial: coordinator for serial, _, coordinator in question.meters(Permission.SEE_DIAGNOSTICS)
    }
    return [
        _command(
            question,
            line,
            coordinators.get(line.entry.serial or ""),
            named=audit or line.entry.user_id == call.user.id,
        )
        for line in lines
        if seen is None or line.entry.serial in seen
    ]


_MOST_AT_ONCE: Final = 100
"""Lines of the second in which a page ends, which may be on the one before."""


def _command(
    question: Question, line: AuditLine, coordinator: CsjCoordinator | None, *, named: bool
) -> EventRow:
    entry, outcome = line.entry, line.outcome
    command = METER_COMMANDS.get(name_and_value(entry.what)[0])
    setting = None if command is None else command.setting
    unit = None if setting is None or coordinator is None else setting.unit(coordinator)
    return EventRow(
        id=f"command:{entry.id}",
        at=entry.at,
        source="command",
        kind=line.word,
        serial=entry.serial,
        circuit=entry.circuit,
        by=question.texts.who(entry.name) if named else None,
        text=question.texts.command(entry.what, line.word, unit),
        more={
            "what": entry.what,
            "role": None if entry.role is None else entry.role.value,
            "permission": entry.permission.value,
            "detail": "" if outcome is None else outcome.detail,
        },
    )


async def _async_contact(question: Question) -> list[EventRow]:
    circuits = {serial: circuit for serial, circuit, _ in question.meters(Permission.SEE_METERS)}
    telemetry = await async_telemetry(question.call.hass)

    def gaps(store: Store) -> list[Gap]:
        return [gap for serial in circuits for gap in store.gaps(serial)]

    found = []
    for gap in await telemetry.async_read(gaps):
        if gap.since is None:
            continue
        found.append(
            EventRow(
                id=f"contact:{gap.serial}:{gap.until}",
                at=dt.datetime.fromtimestamp(gap.since * MINUTE, dt.UTC),
                source="contact",
                kind="no_contact",
                serial=gap.serial,
                circuit=circuits[gap.serial],
                until=dt.datetime.fromtimestamp(gap.until * MINUTE, dt.UTC),
                text=question.texts.no_contact(gap.until - gap.since),
                more={"filled": gap.state is GapState.FILLED},
            )
        )
    return found


async def _async_payments(question: Question) -> list[EventRow]:
    call, page = question.call, question.page
    circuits = {
        serial: circuit
        for serial, circuit, coordinator in question.meters(Permission.SEE_MONEY)
        if coordinator is not None and is_prepaid(coordinator)
    }
    if not circuits:
        return []
    prepayment = await async_prepayment(call.hass)

    def movements() -> list[Movement]:
        return [
            movement
            for serial in circuits
            for movement in prepayment.ledger.movements(
                serial, since=page.start, until=page.until, newest=page.enough + _MOST_AT_ONCE
            )
        ]

    return [
        EventRow(
            id=f"payment:{movement.id}",
            at=movement.at,
            source="payment",
            kind=movement.state.value,
            serial=movement.serial,
            circuit=place_of(call.hass, movement.serial).circuit or None,
            by=question.texts.who(movement.actor.name),
            text=question.texts.payment(movement),
            more={
                "movement": movement.id,
                "payment_kind": movement.kind.value,
                "amount": None if movement.amount is None else float(movement.amount),
                "unit": movement.unit,
                "payment_source": movement.source.value,
                "reason": None if movement.reason is None else movement.reason.value,
            },
        )
        for movement in await prepayment.run(movements)
    ]


SOURCES: Final[Mapping[str, Callable[[Question], Awaitable[list[EventRow]]]]] = {
    "alert": _async_alerts,
    "meter": _async_logs,
    "command": _async_commands,
    "contact": _async_contact,
    "payment": _async_payments,
}
"""Name -> what gives its lines; each looks itself at what its reader may know."""
