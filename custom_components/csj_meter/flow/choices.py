"""What the forms of the site let somebody choose from: meters, circuits, channels, and where to notify."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from homeassistant.components.notify.const import DOMAIN as NOTIFY
from homeassistant.const import ATTR_FRIENDLY_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio

from ..alerting.names import meters_of, names_of
from ..alerting.payloads import exists
from ..alerts.settings import AlertSettings, AlertSettingsError, Channel, Medium
from ..anomaly.kinds import SEVERITIES, Kind
from ..const import CONF_CIRCUIT
from .words import KIND, SEVERITY

SEND_MESSAGE: Final = "send_message"
"""The action that notify entities have in common: it is no target by itself."""

APP: Final = "mobile_app_"
"""How the actions of phones begin."""


def meter_options(hass: HomeAssistant, besides: Iterable[str] = ()) -> list[SelectOptionDict]:
    """The configured meters by name, and those that are chosen though they are gone."""
    names = names_of(hass)
    names |= {serial: serial for serial in besides if serial not in names}
    count = Counter(names.values())
    return [
        SelectOptionDict(value=serial, label=name if count[name] == 1 else f"{name} ({serial})")
        for serial, name in sorted(names.items(), key=lambda item: (item[1].casefold(), item[0]))
    ]


def circuit_options(hass: HomeAssistant, besides: Iterable[str] = ()) -> list[SelectOptionDict]:
    """The circuits that meters hang on, and those that are chosen though they are gone."""
    circuits = {str(subentry.data.get(CONF_CIRCUIT) or "") for _, subentry in meters_of(hass)} - {""}
    return [
        SelectOptionDict(value=circuit, label=circuit)
        for circuit in sorted(circuits | set(besides), key=str.casefold)
    ]


def channel_options(alerts: AlertSettings, *, without: str | None = None) -> list[SelectOptionDict]:
    """The channels by name."""
    return [
        SelectOptionDict(value=channel.id, label=channel.name)
        for channel in alerts.channels
        if channel.id != without
    ]


def unchosen(schema: probatio.Schema) -> dict[str, str]:
    """Values that leave each choice to whoever must make it; the frontend would take the first option."""
    return {
        str(key): ""
        for key, selector in schema.schema.items()
        if isinstance(key, probatio.Required) and isinstance(selector, SelectSelector)
    }


def one_of(
    options: Sequence[SelectOptionDict], *, mode: SelectSelectorMode = SelectSelectorMode.DROPDOWN
) -> SelectSelector:
    """One of these."""
    return SelectSelector(SelectSelectorConfig(options=options, mode=mode))


def several_of(options: Sequence[SelectOptionDict]) -> SelectSelector:
    """Any of these."""
    return SelectSelector(
        SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.DROPDOWN)
    )


def suggesting(options: Sequence[SelectOptionDict]) -> SelectSelector:
    """One of these, or what somebody types."""
    return SelectSelector(
        SelectSelectorConfig(options=options, custom_value=True, mode=SelectSelectorMode.DROPDOWN)
    )


SEVERAL_SEVERITIES: Final = SelectSelector(
    SelectSelectorConfig(
        options=[severity.value for severity in reversed(SEVERITIES)],
        multiple=True,
        mode=SelectSelectorMode.LIST,
        translation_key=SEVERITY,
    )
)

SEVERAL_KINDS: Final = SelectSelector(
    SelectSelectorConfig(
        options=[kind.value for kind in Kind],
        multiple=True,
        mode=SelectSelectorMode.DROPDOWN,
        translation_key=KIND,
    )
)


def number(unit: str | None = None, *, fraction: bool = False) -> NumberSelector:
    """A number; whoever takes it says which ones make sense, in translated words."""
    config = NumberSelectorConfig(mode=NumberSelectorMode.BOX, step="any" if fraction else 1)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


# --- where to notify --------------------------------------------------------------------------


def target_options(hass: HomeAssistant, medium: Medium) -> list[SelectOptionDict]:
    """The notify entities and actions that are there now and can carry a medium."""
    actions = sorted(hass.services.async_services_for_domain(NOTIFY).keys() - {SEND_MESSAGE})
    if medium is Medium.PUSH:
        return [_action(name) for name in actions if name.startswith(APP)]
    registry = er.async_get(hass)
    entities = [
        SelectOptionDict(
            value=state.entity_id,
            label=f"{state.attributes.get(ATTR_FRIENDLY_NAME, state.entity_id)} ({state.entity_id})",
        )
        for state in sorted(hass.states.async_all(NOTIFY), key=lambda state: state.entity_id)
        if medium is not Medium.EMAIL
        or ((entity := registry.async_get(state.entity_id)) is not None and entity.platform == "smtp")
    ]
    if medium is Medium.EMAIL:
        actions = [name for name in actions if not name.startswith(APP)]
    return entities + [_action(name) for name in actions]


def _action(name: str) -> SelectOptionDict:
    return SelectOptionDict(value=f"{NOTIFY}.{name}", label=f"{NOTIFY}.{name}")


def check_target(hass: HomeAssistant, channel: Channel) -> None:
    """See that there is what a channel goes over, and that it can reach the person.

    Raises AlertSettingsError.
    """
    if not exists(hass, channel) or channel.target == f"{NOTIFY}.{SEND_MESSAGE}":
        raise AlertSettingsError("target", "target_missing", channel.target)
    if hass.states.get(channel.target) is not None:
        if channel.medium is Medium.PUSH:  # an entity carries title and text, and no more
            raise AlertSettingsError("target", "push_needs_action")
        if channel.address is not None:
            raise AlertSettingsError("address", "address_without_use")
    elif channel.address is None and channel.medium in (Medium.SMS, Medium.EMAIL):
        raise AlertSettingsError("address", "address_missing")
