"""The forms in which people describe a link, and what their input means.

The selectors bound what can be entered; ``link_data`` has the last word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    SerialPortSelector,
    TextSelector,
)
import probatio

from ..bus.line_settings import BAUD_RATES, LIKELY_SETTINGS, PARITIES, LineSettings, Parity
from ..const import CONF_LINK, Link
from ..link_data import (
    HIGHEST_PORT,
    HIGHEST_SEED,
    LOWEST_LISTEN_PORT,
    MOST_PULSES,
    MOST_SIMULATED,
    AnyLink,
    SerialLink,
    link_from_data,
)

DETECT: Final = "detect"
"""Choice of somebody who does not know the line settings."""

PARITY_WORDS: Final[Mapping[str, Parity]] = {"none": "N", "even": "E", "odd": "O"}
"""Choice in the form -> parity."""

RTU_PORT: Final = 8899
"""Where many transparent gateways listen as they come from the factory."""

MODBUS_PORT: Final = 502
LISTEN_PORT: Final = 8899
PULSES_PER_KWH: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A link as somebody has described it."""

    link: AnyLink
    """The link; with the first of the candidates where the settings are to be found."""

    candidates: tuple[LineSettings, ...] = ()
    """Line settings to try, empty when they are known."""


def _number(low: float, high: float, step: float | str = 1) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=low, max=high, step=step, mode=NumberSelectorMode.BOX)  # type: ignore[typeddict-item]
    )


def _choice(values: tuple[str, ...], translation_key: str) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            # a label of its own for each, so that numbers need no translation
            options=[SelectOptionDict(value=value, label=value) for value in values],
            mode=SelectSelectorMode.DROPDOWN,
            translation_key=translation_key,
        )
    )


def _settings(*, detectable: bool) -> dict[probatio.Marker, Any]:
    first = (DETECT,) if detectable else ()
    return {
        probatio.Required("baudrate", default=DETECT if detectable else "9600"): _choice(
            (*first, *map(str, BAUD_RATES)), "baudrate"
        ),
        probatio.Required("parity", default=DETECT if detectable else "none"): _choice(
            (*first, *PARITY_WORDS), "parity"
        ),
        probatio.Required("stopbits", default="1"): _choice(("1", "2"), "stopbits"),
    }


FORMS: Final[Mapping[Link, probatio.Schema]] = {
    Link.SERIAL: probatio.Schema(
        {probatio.Required("device"): SerialPortSelector(), **_settings(detectable=True)},
    ),
    Link.RTU_OVER_TCP: probatio.Schema(
        {
            probatio.Required("host"): TextSelector(),
            probatio.Required("port", default=RTU_PORT): _number(1, HIGHEST_PORT),
            **_settings(detectable=False),
        }
    ),
    Link.MODBUS_TCP: probatio.Schema(
        {
            probatio.Required("host"): TextSelector(),
            probatio.Required("port", default=MODBUS_PORT): _number(1, HIGHEST_PORT),
            **_settings(detectable=False),
        }
    ),
    Link.DIAL_IN: probatio.Schema(
        {
            probatio.Required("listen_port", default=LISTEN_PORT): _number(LOWEST_LISTEN_PORT, HIGHEST_PORT),
            probatio.Optional("registration"): TextSelector(),
            **_settings(detectable=False),
        }
    ),
    Link.SIMULATED: probatio.Schema(
        {
            probatio.Required("meters", default=6): _number(1, MOST_SIMULATED),
            probatio.Required("seed", default=1): _number(0, HIGHEST_SEED),
        }
    ),
    Link.PULSE: probatio.Schema(
        {
            probatio.Required("name"): TextSelector(),
            probatio.Required("entity_id"): EntitySelector(
                EntitySelectorConfig(domain=["counter", "input_number", "number", "sensor"])
            ),
            probatio.Required("pulses_per_kwh", default=PULSES_PER_KWH): _number(0.001, MOST_PULSES, "any"),
            probatio.Optional("circuit"): TextSelector(),
        }
    ),
}
"""Link -> the form that describes it."""


def described(kind: Link, user_input: Mapping[str, Any], **more: Any) -> Described:
    """What the input of a form means; ``more`` are values of the link that are in no form.

    Raises InvalidLinkError.
    """
    data = {CONF_LINK: kind, **user_input, **more}
    if kind in {Link.SIMULATED, Link.PULSE}:
        return Described(link=link_from_data(data))
    candidates: tuple[LineSettings, ...] = ()
    baudrate, parity = data["baudrate"], PARITY_WORDS.get(data["parity"])
    if kind is Link.SERIAL:
        candidates = _candidates(None if baudrate == DETECT else int(baudrate), parity)
    if candidates:
        baudrate, parity = candidates[0].baudrate, candidates[0].parity
    link = link_from_data({**data, "baudrate": baudrate, "parity": parity})
    return Described(link=link, candidates=candidates)


def _candidates(baudrate: int | None, parity: Parity | None) -> tuple[LineSettings, ...]:
    """What to try when one or both are not known; the likely ones first."""
    if baudrate is not None and parity is not None:
        return ()
    likely = [
        settings
        for settings in LIKELY_SETTINGS
        if settings.baudrate == (baudrate or settings.baudrate)
        and settings.parity == (parity or settings.parity)
    ]
    rest = [
        settings
        for rate in ((baudrate,) if baudrate is not None else BAUD_RATES)
        for frame in ((parity,) if parity is not None else PARITIES)
        if (settings := LineSettings(baudrate=rate, parity=frame)) not in likely
    ]
    # with neither known the likely ones have to do: there are two dozen combinations
    return tuple(likely if baudrate is None and parity is None else [*likely, *rest])


def suggested(link: AnyLink, candidates: tuple[LineSettings, ...] = ()) -> dict[str, Any]:
    """The values of the form that would describe ``link``."""
    data = link.as_data()
    del data[CONF_LINK]
    if "parity" in data:
        words = {parity: word for word, parity in PARITY_WORDS.items()}
        data |= {
            "baudrate": str(data["baudrate"]),
            "parity": words[data["parity"]],
            "stopbits": str(data["stopbits"]),
        }
    if isinstance(link, SerialLink) and candidates:
        data["baudrate"] = _same(candidates, "baudrate") or DETECT
        data["parity"] = data["parity"] if _same(candidates, "parity") else DETECT
    return data


def _same(candidates: tuple[LineSettings, ...], name: str) -> str | None:
    """The value that all candidates share."""
    values = {str(getattr(settings, name)) for settings in candidates}
    return values.pop() if len(values) == 1 else None
