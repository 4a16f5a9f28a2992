"""The steps of the options about detection: where, which kind, and from when on it is too much.

Before it is kept, it is shown what the new settings would have told of the last days.
"""

from __future__ import annotations

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.util import dt as dt_util
import probatio

from ..access.dialogues import Doing
from ..alerting.names import names_of
from ..anomaly.kinds import Kind
from ..anomaly.rules import RULES
from ..anomaly.settings import MOST_SAMPLES, Settings, SettingsError, Tuning
from ..detection.fleet import fleet_of
from ..detection.place import Place, Reach
from ..history.troubles import TelemetryUnavailableError
from ..language import dates
from ..meters.sample import moment_of
from ..site_settings import async_site_settings
from ..site_texts import current_texts
from .choices import circuit_options, meter_options, number, one_of, unchosen
from .holidays import HolidayOptions
from .preview import Preview, async_preview, can_look_back
from .site_options import Input
from .tuning import (
    AS_IT_WAS,
    IGNORE,
    LOOK,
    UNITS,
    as_entered,
    has_threshold,
    tuning_of,
)
from .words import KIND, THRESHOLD, Words, async_words, listed

ENABLED: Final = "detection_enabled"
SOURCE: Final = "detection_source"
"""Selectors in the translations: what to look for, and where a setting comes from."""

ONE_KIND: Final = SelectSelector(
    SelectSelectorConfig(
        options=[kind.value for kind in Kind], mode=SelectSelectorMode.DROPDOWN, translation_key=KIND
    )
)

PROBLEMS: Final = {"threshold": "threshold_out_of_range", "confirm": "confirm_out_of_range"}
"""Field -> what is wrong with it when it cannot be taken."""


class DetectionOptions(HolidayOptions):
    """Set what is looked for, and from when on it is too much."""

    _place = Place()
    _kind: Kind
    _tuning: Tuning
    """What takes effect once somebody has seen what it does."""

    _entered: Input | None = None
    """How the form was sent last."""

    _preview: Preview
    _obstacle: str
    """Why there is no preview."""

    async def async_step_detection(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Choose how far the setting is to go; say what is set."""
        settings = await self._async_detection()
        words, names = await async_words(self.hass), names_of(self.hass)
        steps = ["detection_site"]
        if circuit_options(self.hass, settings.circuits):
            steps.append("detection_circuit")
        if meter_options(self.hass, settings.meters):
            steps.append("detection_meter")
        steps.append("holidays")
        places = [
            Place(),
            *(self._circuit(circuit) for circuit in sorted(settings.circuits)),
            *(self._meter(serial, settings) for serial in sorted(settings.meters)),
        ]
        lines = [
            f"{_place_name(place, words, names)}: {words.kinds(kinds)}"
            for place in places
            if (kinds := [kind for kind in Kind if kind in place.tunings(settings)])
        ]
        return self.async_show_menu(
            step_id="detection",
            menu_options=steps,
            description_placeholders={"set": listed(lines) or words.phrase("nothing_set")},
        )

    async def async_step_detection_site(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose a kind for the whole site."""
        if user_input is None:
            return self._ask_kind("detection_site")
        return await self._async_begin(Place(), user_input)

    async def async_step_detection_circuit(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose a circuit and a kind."""
        if user_input is None:
            circuits = circuit_options(self.hass, (await self._async_detection()).circuits)
            return self._ask_kind("detection_circuit", circuit=one_of(circuits))
        return await self._async_begin(self._circuit(user_input["circuit"]), user_input)

    async def async_step_detection_meter(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose a meter and a kind."""
        settings = await self._async_detection()
        if user_input is None:
            return self._ask_kind("detection_meter", meter=one_of(meter_options(self.hass, settings.meters)))
        return await self._async_begin(self._meter(user_input["meter"], settings), user_input)

    def _ask_kind(self, step_id: str, **fields: SelectSelector) -> ConfigFlowResult:
        form: dict[Any, Any] = {probatio.Required(name): field for name, field in fields.items()}
        form[probatio.Required("kind")] = ONE_KIND
        schema = probatio.Schema(form)
        return self.async_show_form(
            step_id=step_id, data_schema=self.add_suggested_values_to_schema(schema, unchosen(schema))
        )

    async def _async_begin(self, place: Place, chosen: Input) -> ConfigFlowResult:
        self._place, self._kind, self._entered = place, Kind(chosen["kind"]), None
        return await self.async_step_tuning()

    def _circuit(self, name: str) -> Place:
        return Place(reach=Reach.CIRCUIT, name=name, circuit=name)

    def _meter(self, serial: str, settings: Settings) -> Place:
        meters = fleet_of(self.hass, settings).meters
        circuit = next((meter.circuit for meter in meters if meter.serial == serial), None)
        return Place(reach=Reach.METER, name=serial, circuit=circuit)

    # --- the setting ----------------------------------------------------------------------

    async def async_step_tuning(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Set it; what is left empty is as the wider setting or the default has it."""
        settings = await self._async_detection()
        kind, rule = self._kind, RULES[self._kind]
        errors: dict[str, str] = {}
        if user_input is not None:
            self._entered = user_input
            try:
                self._tuning = Tuning() if user_input.get("reset") else tuning_of(kind, user_input)
            except SettingsError as err:
                field = err.path.rpartition(".")[2]
                errors[field] = PROBLEMS[field]
            else:
                return await self.async_step_looking_back()
        here = self._place.tunings(settings).get(kind, Tuning())
        form: dict[Any, Any] = {
            probatio.Required("enabled"): SelectSelector(
                SelectSelectorConfig(
                    options=[AS_IT_WAS, LOOK, IGNORE],
                    mode=SelectSelectorMode.LIST,
                    translation_key=ENABLED,
                )
            )
        }
        if has_threshold(kind):
            form[probatio.Optional("threshold")] = number(UNITS.get(kind), fraction=True)
        form[probatio.Optional("confirm")] = number()
        if here != Tuning():
            form[probatio.Optional("reset", default=False)] = BooleanSelector()
        words = await async_words(self.hass)
        return self.async_show_form(
            step_id="tuning",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(form), as_entered(here) if self._entered is None else self._entered
            ),
            errors=errors,
            description_placeholders={
                "kind": words.option(KIND, kind),
                "place": _place_name(self._place, words, names_of(self.hass)),
                "meaning": words.option(THRESHOLD, kind),
                "low": _figure(rule.low, kind),
                "high": _figure(rule.high, kind),
                "most": str(MOST_SAMPLES),
                "now": self._what_holds(settings, words),
            },
        )

    def _what_holds(self, settings: Settings, words: Words) -> str:
        """What holds now, and where each part of it comes from."""
        kind, place = self._kind, self._place
        tuned = place.tuned(settings, kind)
        figures = {
            "enabled": words.option(ENABLED, LOOK if tuned.enabled else IGNORE),
            "threshold": _figure(tuned.threshold, kind),
            "confirm": str(tuned.confirm),
        }
        if not has_threshold(kind):
            del figures["threshold"]
        return listed(
            f"{words.field('tuning', name)}: {figure} "
            f"({words.option(SOURCE, place.source(settings, kind, name) or 'default')})"
            for name, figure in figures.items()
        )

    # --- what it does ---------------------------------------------------------------------

    async def async_step_looking_back(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Find out what it would have told."""
        if not can_look_back(self.hass):
            self._obstacle = (await async_words(self.hass)).phrase("not_running")
            return await self.async_step_no_preview()
        if (progress := self._until_done("looking_back", self._async_look_back)) is not None:
            return progress
        return self.async_show_progress_done(next_step_id="looked_back")

    async def async_step_looked_back(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """See whether there is something to show."""
        try:
            preview: Preview | None = self._finished.result()
        except TelemetryUnavailableError as err:
            self._obstacle = str(err)
            return await self.async_step_no_preview()
        if preview is None:
            self._obstacle = (await async_words(self.hass)).phrase("nothing_measured")
            return await self.async_step_no_preview()
        self._preview = preview
        return await self.async_step_preview()

    async def async_step_preview(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Show what would have been told, and ask whether to keep the setting."""
        preview, words = self._preview, await async_words(self.hass)
        since = moment_of(preview.since).astimezone(dt_util.get_default_time_zone())
        return self.async_show_menu(
            step_id="preview",
            menu_options=["save_tuning", "tuning"],
            description_placeholders={
                "since": dates.date_and_time(current_texts(self.hass), since),
                "table": preview.table(words),
                "last": preview.last(self.hass) or words.phrase("nothing"),
            },
        )

    async def async_step_no_preview(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Say why it cannot be shown; it can be kept all the same."""
        return self.async_show_menu(
            step_id="no_preview",
            menu_options=["save_tuning", "tuning"],
            description_placeholders={"problem": self._obstacle},
        )

    async def _async_look_back(self) -> Preview | None:
        now = await self._async_detection()
        then = self._place.with_tuning(now, self._kind, self._tuning)
        return await async_preview(self.hass, self._place, now, then, self.async_update_progress)

    async def async_step_save_tuning(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Keep it; what others have set meanwhile stays."""
        async with self._async_changing(Doing.DETECTION) as settings:
            await settings.async_change_detection(
                lambda detection: self._place.with_tuning(detection, self._kind, self._tuning)
            )
        return self._end()

    async def _async_detection(self) -> Settings:
        return (await async_site_settings(self.hass)).detection


def _place_name(place: Place, words: Words, names: dict[str, str]) -> str:
    match place.reach:
        case Reach.SITE:
            return words.phrase("whole_site")
        case Reach.CIRCUIT:
            return words.phrase("circuit", circuit=place.name)
    return names.get(place.name, place.name)


def _figure(value: float, kind: Kind) -> str:
    return " ".join(filter(None, (f"{value:g}", UNITS.get(kind))))
