"""Meters in a flow: who belongs to whom already, how found ones are chosen and named, what is stored."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..const import (
    CONF_CIRCUIT,
    CONF_IDENTITY,
    CONF_KEY,
    CONF_PROFILE,
    CONF_UNIT_ID,
    DOMAIN,
    SUBENTRY_METER,
)
from ..library import async_load_library
from ..meters.discovery import FoundMeter
from ..meters.identity import Identity
from ..meters.profile_loader import ProfileLibrary

PAGE: Final = 8
"""Meters on one form; the translations have as many sections."""

OPEN_SECTIONS: Final = 3
"""With more meters than this the sections start folded: their headings say enough."""

LONGEST_NAME: Final = 64

AUTOMATIC: Final = "automatic"
LEAVE_OUT: Final = "leave_out"
"""Choices beside the profiles."""


KEY: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
"""The field for the key of a meter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Where a meter is set up already."""

    entry_id: str
    """Its bridge."""

    bridge: str
    """Name of the bridge."""

    meter: str
    """Name of the meter."""

    unit_id: int | None
    """Where it answers there; None for a pulse counter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What becomes of a found meter."""

    meter: FoundMeter
    """The meter."""

    chosen: bool = True
    """Whether it is set up."""

    name: str
    """What it is called."""

    circuit: str = ""
    """The circuit or transformer that it hangs on."""

    takes_key: bool = False
    """Whether somebody may enter its key."""

    key: int | None = field(default=None, repr=False)
    """The key that it has accepted."""

    @property
    def heading(self) -> str:
        """How people recognise it."""
        identity = self.meter.identity
        words = [word for word in (identity.model, identity.serial) if word]
        return f"{' '.join(words)} ({self.meter.unit_id})"


def choice_of(meter: FoundMeter, library: ProfileLibrary, known_keys: Mapping[str, int]) -> Choice:
    """A found meter with the name that it gets when nobody cares, and the key that nobody has to enter."""
    identity = meter.identity
    profile = library.profiles.get(identity.profile)
    key = known_keys.get(identity.serial)
    return Choice(
        meter=meter,
        name=f"{identity.model} {identity.serial}".strip()[:LONGEST_NAME],
        takes_key=key is None and profile is not None and profile.commands is not None,
        key=key,
    )


def owners(hass: HomeAssistant) -> dict[str, Owner]:
    """Serial number -> who has that meter, over all bridges."""
    return {
        subentry.unique_id: Owner(
            entry_id=entry.entry_id,
            bridge=entry.title,
            meter=subentry.title,
            unit_id=subentry.data.get(CONF_UNIT_ID),
        )
        for entry in hass.config_entries.async_entries(DOMAIN)
        for subentry in entry.get_subentries_of_type(SUBENTRY_METER)
        if subentry.unique_id is not None
    }


def free_serial(serial: str, taken: Container[str]) -> str:
    """What stands in for a serial number, with a number behind it when a meter is known by that already."""
    if serial not in taken:
        return serial
    return next(free for number in count(2) if (free := f"{serial}-{number}") not in taken)


def told_apart(
    hass: HomeAssistant, meter: FoundMeter, library: ProfileLibrary, is_own: Callable[[str], bool]
) -> FoundMeter:
    """A found meter, which is not the one that was found at its place before.

    What stands in for the serial number of a meter that has none is where it was found. It keeps that when it
    gets another unit id, or its bridge another link. ``is_own`` says which bridge is the one on this line.
    """
    profile = library.profiles.get(meter.identity.profile)
    if profile is None or profile.has_serial:
        return meter
    elsewhere = {
        serial
        for serial, owner in owners(hass).items()
        if not is_own(owner.entry_id) or owner.unit_id != meter.unit_id
    }
    serial = free_serial(meter.identity.serial, elsewhere)
    return replace(meter, identity=replace(meter.identity, serial=serial))


def subentry_of(
    identity: Identity, unit_id: int | None, name: str, circuit: str, key: int | None = None
) -> ConfigSubentryData:
    """A meter as Home Assistant stores it; ``unit_id`` None for a pulse counter."""
    return ConfigSubentryData(
        subentry_type=SUBENTRY_METER,
        title=name,
        unique_id=identity.serial,
        data={
            **({} if unit_id is None else {CONF_UNIT_ID: unit_id}),
            CONF_PROFILE: identity.profile,
            CONF_IDENTITY: identity.as_dict(),
            CONF_CIRCUIT: circuit,
            **({} if key is None else {CONF_KEY: key}),
        },
    )


def tidy(text: Any) -> str:
    """What somebody has typed as a name, without what no name has."""
    words = "".join(letter if letter.isprintable() else " " for letter in str(text or "")).split()
    return " ".join(words)[:LONGEST_NAME].strip()


async def async_library(hass: HomeAssistant, entry: ConfigEntry | None = None) -> ProfileLibrary:
    """The profiles: those that a bridge is set up with, else read anew."""
    runtime = getattr(entry, "runtime_data", None)
    return runtime.library if runtime is not None else await async_load_library(hass)


def profile_selector(library: ProfileLibrary, *first: str) -> SelectSelector:
    """Choose a profile, or one of ``first``, which the translations know."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                *(SelectOptionDict(value=value, label=value) for value in first),
                *sorted(
                    (
                        SelectOptionDict(value=name, label=f"{profile.manufacturer} {profile.model} ({name})")
                        for name, profile in library.profiles.items()
                    ),
                    key=lambda option: option["label"].casefold(),
                ),
            ],
            mode=SelectSelectorMode.DROPDOWN,
            translation_key="profile",
        )
    )


def page_schema(choices: Sequence[Choice]) -> probatio.Schema:
    """The form for up to ``PAGE`` meters: a circuit for all of them, and a section for each."""
    folded = len(choices) > OPEN_SECTIONS
    fields: dict[probatio.Marker, Any] = (
        {probatio.Optional(CONF_CIRCUIT): TextSelector()} if len(choices) > 1 else {}
    )
    for number, choice in enumerate(choices, 1):
        fields[probatio.Required(f"meter_{number}")] = section(
            probatio.Schema(
                {
                    probatio.Required("add", default=choice.chosen): BooleanSelector(),
                    probatio.Required("name", default=choice.name): TextSelector(),
                    probatio.Optional(
                        CONF_CIRCUIT, description={"suggested_value": choice.circuit}
                    ): TextSelector(),
                    **({probatio.Optional(CONF_KEY): KEY} if choice.takes_key else {}),
                }
            ),
            {"collapsed": folded},
        )
    return probatio.Schema(fields)


def page_headings(choices: Sequence[Choice]) -> dict[str, str]:
    """Placeholders for the headings of the sections."""
    return {f"meter_{number}": choice.heading for number, choice in enumerate(choices, 1)}


def page_input(choices: Sequence[Choice], user_input: Mapping[str, Any]) -> list[Choice]:
    """The choices as somebody has changed them on a page."""
    common = tidy(user_input.get(CONF_CIRCUIT))
    return [
        replace(
            choice,
            chosen=(row := user_input[f"meter_{number}"])["add"],
            name=tidy(row["name"]) or choice.name,
            circuit=tidy(row.get(CONF_CIRCUIT)) or common,
        )
        for number, choice in enumerate(choices, 1)
    ]
