"""What the log of events says, in the language of the site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN
from ..meter_commands import COMMANDS
from ..prepay.movement import Movement

_EVENTS: Final = f"component.{DOMAIN}.config_panel.events"
_LOG: Final = f"component.{DOMAIN}.entity.event.meter_log.state_attributes.event_type.state"
_PAYMENT: Final = f"component.{DOMAIN}.entity.sensor.last_payment.state"

_WHO: Final = f"component.{DOMAIN}.config_panel.panel.audit.who"
_FIGURES: Final = f"component.{DOMAIN}.config_panel.figures"
_STATES: Final = f"component.{DOMAIN}.entity.select"

_SWITCHED: Final[Mapping[str, str]] = {"on": "on", "off": "off", "True": "on", "False": "off"}
"""What the audit log has of a switch -> key of its text."""

_BEFORE_NAMES: Final = (f"{DOMAIN}/command ", f"{DOMAIN}.")
"""What the audit log writes before the name of a command: of the panel, of actions."""


class EventTexts:
    """The texts of one language."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Speak with these; see ``async_event_texts``."""
        self._texts = texts

    def alert(self, step: str, title: str) -> str:
        """A step in the life of an alert."""
        return self._said("alert", step=self._said(f"steps.{step}"), title=title)

    def meter(self, kind: str) -> str:
        """An entry of the log of a meter."""
        return self._texts.get(f"{_LOG}.{kind}", kind)

    def command(self, what: str, outcome: str, unit: str | None = None) -> str:
        """A command, as the audit log has it, with what came of it. ``unit``: of a number that was set."""
        name, value = name_and_value(what)
        said = self._texts.get(f"{_EVENTS}.commands.{name}", name)
        return self._said(
            "command_with_value" if value else "command",
            command=said,
            value=self._value(name, value, unit),
            outcome=self._said(f"outcomes.{outcome}"),
        )

    def _value(self, name: str, value: str, unit: str | None) -> str:
        """What a command has set, as its entity shows it: a state, a number with its unit, or as it is."""
        if value in _SWITCHED:
            return self._said(f"values.{_SWITCHED[value]}")
        setting = COMMANDS[name].setting if name in COMMANDS else None
        if setting is None:
            return self._texts.get(f"{_STATES}.{name}.state.{value}", value)
        try:
            number = f"{float(value):.14g}"
        except ValueError:
            return value
        number = number.replace(".", self._texts.get(f"{_FIGURES}.decimal_point", "."))
        return number if unit is None else self._said_by(f"{_FIGURES}.value", number=number, unit=unit)

    def no_contact(self, minutes: int) -> str:
        """A time in which nothing was heard of a meter."""
        return self._said("no_contact", minutes=str(minutes))

    def who(self, name: str) -> str:
        """Somebody as the ledger and the audit log know them, who have words for those without a name."""
        return self._texts.get(f"{_WHO}.{name}", name)

    def payment(self, movement: Movement) -> str:
        """A movement of money."""
        state = self._texts.get(f"{_PAYMENT}.{movement.state}", movement.state.value)
        if movement.amount is None:
            return self._said("payment", state=state)
        amount = f"{movement.amount} {movement.unit}".strip()
        return self._said("payment_of_amount", amount=amount, state=state)

    def _said(self, key: str, **values: str) -> str:
        """A sentence; its key where a translation is damaged, as Home Assistant shows it."""
        return self._said_by(f"{_EVENTS}.{key}", **values)

    def _said_by(self, key: str, **values: str) -> str:
        """As ``_said``, by the whole key."""
        try:
            return self._texts[key].format(**values)
        except KeyError, ValueError, IndexError:
            return key.removeprefix(f"{_EVENTS}.")


def name_and_value(what: str) -> tuple[str, str]:
    """Name of a command and what it has set, of what the audit log has of it; empty where it sets nothing."""
    for before in _BEFORE_NAMES:
        what = what.removeprefix(before)
    name, _, value = what.partition(": ")
    return name.rpartition("/")[2], value


async def async_event_texts(hass: HomeAssistant) -> EventTexts:
    """The texts in the language of the site; English where it has none."""
    texts: dict[str, str] = {}
    for category in ("entity", "config_panel"):
        texts |= await async_get_translations(hass, hass.config.language, category, {DOMAIN})
    return EventTexts(texts)
