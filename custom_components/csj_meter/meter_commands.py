"""What people can have a meter do by name: one table of names, permissions and what is done.

It does what the entities and actions of a meter do, and through ``control`` as they do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .button import COMMANDS as BUTTONS, TAKE_SAMPLE, CommandDescription
from .coordinator import CsjCoordinator
from .exceptions import translates, wrong
from .meters.commands.relay import contact_of, set_relay, shows_relay
from .meters.commands.session import Session
from .meters.commands.settings import set_clock, write_setting
from .meters.meter import Meter
from .meters.quantities import RelayContact, RelayMode
from .meters.reading import Reading, Value
from .number import NUMBERS, SettingDescription
from .select import RELAY_MODE
from .site.access import Permission
from .switch import SUPPLY

type Values = Mapping[str, Value]
"""Canonical quantity -> value, as it was read back."""


class CommandKind(StrEnum):
    """What a command takes."""

    PRESS = "press"
    SWITCH = "switch"
    SELECT = "select"
    NUMBER = "number"


def _any_meter(_: CsjCoordinator, __: Meter) -> bool:
    return True


def _nothing(_: CsjCoordinator) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterCommand:
    """One command."""

    name: str
    """That of its entity or action."""

    kind: CommandKind
    """What it takes."""

    permission: Permission
    """What it takes to give it."""

    do: Callable[[Session, Any], Awaitable[Values]]
    """What is done, with a value that ``verify`` has let through."""

    offered: Callable[[CsjCoordinator, Meter], bool] = _any_meter
    """Whether a meter that takes commands takes this one."""

    value: Callable[[CsjCoordinator], Value | bool] = _nothing
    """What the meter said last of that which it changes."""

    options: tuple[str, ...] = ()
    """Words to choose from, of a select."""

    setting: SettingDescription | None = None
    """What is set, of a number."""

    def verify(self, value: Any) -> None:
        """Raises ServiceValidationError for a value that it does not take; steps are the meter's to judge."""
        match self.kind:
            case CommandKind.PRESS if value is not None:
                raise self._wrong("value_not_needed")
            case CommandKind.SWITCH if not isinstance(value, bool):
                raise self._wrong("value_not_on_or_off")
            case CommandKind.SELECT if value not in self.options:
                raise self._wrong("value_not_an_option", options=", ".join(self.options))
        if self.setting is not None:
            low, high = self.setting.least, self.setting.largest
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or not low <= value <= high:
                raise self._wrong("value_out_of_range", low=f"{low:.14g}", high=f"{high:.14g}")

    def _wrong(self, key: str, **placeholders: str) -> ServiceValidationError:
        return wrong(key, command=self.name, **placeholders)


def _button(description: CommandDescription) -> MeterCommand:
    async def press(session: Session, _: None) -> Values:
        match await description.command(session):
            case Reading() as reading:
                return reading.values
            case RelayContact() as contact:
                return _contact(contact)
        return {}

    return MeterCommand(
        name=description.key,
        kind=CommandKind.PRESS,
        permission=description.permission,
        do=press,
        offered=lambda _, meter: description.offered(meter),
    )


def _number(description: SettingDescription) -> MeterCommand:
    async def write(session: Session, value: float) -> Values:
        await write_setting(session, description.key, value)
        return {description.key: session.meter.value(description.key)}

    return MeterCommand(
        name=description.key,
        kind=CommandKind.NUMBER,
        permission=description.permission,
        do=write,
        offered=lambda coordinator, _: description.key in coordinator.source.quantities,
        value=lambda coordinator: coordinator.value(description.key),
        setting=description,
    )


def _contact(contact: RelayContact) -> Values:
    return {"relay_contact": contact.name.lower()}


async def _set_clock(session: Session, _: None) -> Values:
    return {"clock": await set_clock(session, lambda: dt_util.utcnow().timestamp())}


async def _test_key(session: Session, _: None) -> Values:
    return {"open_for": await session.test_key()}


async def _switch_supply(session: Session, closed: bool) -> Values:
    return _contact(await set_relay(session, RelayMode.FORCED_CLOSED if closed else RelayMode.FORCED_OPEN))


async def _set_relay_mode(session: Session, mode: str) -> Values:
    return _contact(await set_relay(session, RelayMode[mode.upper()]))


def _is_supplied(coordinator: CsjCoordinator) -> bool | None:
    control = coordinator.control
    contact = None if control is None else contact_of(control.session.meter)
    return None if contact is None else contact is RelayContact.CLOSED


def _all() -> Iterator[MeterCommand]:
    """Every command, in the order in which people look for them."""
    buttons = {description.key: _button(description) for description in BUTTONS}
    numbers = [_number(description) for description in NUMBERS]
    yield buttons.pop(TAKE_SAMPLE.key)
    yield buttons.pop("restart")
    yield MeterCommand(
        name="set_clock",
        kind=CommandKind.PRESS,
        permission=Permission.COMMAND,
        do=_set_clock,
        offered=lambda coordinator, _: "clock" in coordinator.source.quantities,
    )
    yield MeterCommand(
        name="unlock_test", kind=CommandKind.PRESS, permission=Permission.COMMAND, do=_test_key
    )
    yield from (number for number in numbers if number.permission is Permission.COMMAND)
    yield MeterCommand(
        name=SUPPLY.key,
        kind=CommandKind.SWITCH,
        permission=Permission.SWITCH_SUPPLY,
        do=_switch_supply,
        offered=lambda _, meter: shows_relay(meter),
        value=_is_supplied,
    )
    yield MeterCommand(
        name=RELAY_MODE.key,
        kind=CommandKind.SELECT,
        permission=Permission.SWITCH_SUPPLY,
        do=_set_relay_mode,
        offered=lambda coordinator, meter: (
            RELAY_MODE.key in coordinator.source.quantities and shows_relay(meter)
        ),
        value=lambda coordinator: coordinator.value(RELAY_MODE.key),
        options=tuple(RELAY_MODE.options or ()),
    )
    yield from buttons.values()
    yield from (number for number in numbers if number.permission is not Permission.COMMAND)


COMMANDS: Final[Mapping[str, MeterCommand]] = {command.name: command for command in _all()}
"""Name -> command."""


def commands_of(coordinator: CsjCoordinator) -> list[MeterCommand]:
    """What a meter obeys: of one that takes no commands, that it is read now."""
    if (control := coordinator.control) is not None:
        meter = control.session.meter
        return [command for command in COMMANDS.values() if command.offered(coordinator, meter)]
    can_be_read = coordinator.config_entry.runtime_data.poller is not None
    return [COMMANDS[TAKE_SAMPLE.key]] if can_be_read else []


@translates
async def async_give(coordinator: CsjCoordinator, command: MeterCommand, value: Any) -> Values:
    """Have a meter do something, once; what it showed of it afterwards.

    Raises ServiceValidationError for a command that it does not take, and as ``MeterControl.run``.
    """
    if command not in commands_of(coordinator):
        raise wrong("command_not_offered", meter=coordinator.name, command=command.name)
    command.verify(value)
    poller, meter = coordinator.config_entry.runtime_data.poller, coordinator.source
    if (control := coordinator.control) is not None:
        return await control.run(partial(_do, command, value))
    assert poller is not None and isinstance(meter, Meter)  # noqa: S101, PT018 - commands_of has seen to it
    return (await poller.sample_now(meter)).values


async def _do(command: MeterCommand, value: Any, session: Session) -> Values:
    return await command.do(session, value)
