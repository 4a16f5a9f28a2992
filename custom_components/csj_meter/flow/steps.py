"""The steps from a link to its meters, which the flow of a bridge and that of a meter share.

Scan range, scan with live progress, what stands in the way and what to try, unknown devices,
then pages to untick and name what was found. A step that is asked for again without input shows
itself again: the frontend does so whenever the progress moves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from homeassistant.data_entry_flow import FlowHandler, FlowResult
from homeassistant.helpers.selector import NumberSelector, NumberSelectorConfig, NumberSelectorMode
import probatio

from ..bus.errors import BusError
from ..bus.scan import ALL_UNITS
from ..const import CONF_KEY
from ..links import LinkInUseError
from ..markdown import plain
from ..meters.discovery import FoundMeter, UnknownDevice
from ..meters.errors import MeterError
from ..meters.identity import Identity
from ..meters.profile_loader import ProfileLibrary
from .meters import (
    LEAVE_OUT,
    PAGE,
    Choice,
    choice_of,
    owners,
    page_headings,
    page_input,
    page_schema,
    profile_selector,
    told_apart,
)
from .search import Outcome, Progress, Tell

QUICK_UNITS: Final = range(1, 33)
"""Unit ids that installers give; a line carries 32 meters without a repeater."""

TEXT_INTERVAL: Final = 1.0
"""Seconds between two texts of the same progress: each makes the frontend ask for the step again."""

UNIT_ID: Final = NumberSelector(
    NumberSelectorConfig(min=ALL_UNITS[0], max=ALL_UNITS[-1], step=1, mode=NumberSelectorMode.BOX)
)


class SearchSteps[ResultT: FlowResult[Any, Any]](FlowHandler[Any, ResultT, Any]):
    """Find meters on a line and let somebody choose."""

    can_edit_link = False
    """Whether this flow can go back to the settings of the link."""

    def __init__(self) -> None:
        """Start without knowing anything."""
        super().__init__()
        self.unit_ids: tuple[int, ...] = tuple(QUICK_UNITS)
        """Unit ids to scan."""
        self.library = ProfileLibrary({})
        """The profiles, once the scan has begun."""
        self.came_of_it: Any = None
        self._task: asyncio.Task[Any] | None = None
        self._progress = Progress(action="opening")
        self._text_at = 0.0
        self._outcome: Outcome
        self._found: list[FoundMeter] = []
        self._ahead: list[str] = []
        self._unknown: list[UnknownDevice] = []
        self._choices: list[Choice] = []
        self._known_keys: dict[str, int] = {}
        self._page = 0

    # --- what a flow has to bring ---------------------------------------------------------

    async def async_search(self, tell: Tell) -> Outcome:
        """Look who is there."""
        raise NotImplementedError

    async def async_identify(self, unit_id: int, profile: str) -> Identity:
        """Who answers at ``unit_id`` by a profile. Raises BusError, MeterError, LinkInUseError or OSError."""
        raise NotImplementedError

    async def async_check_key(self, choice: Choice, text: str) -> tuple[int | None, str | None]:
        """The key of a found meter, or the error that says why ``text`` cannot be taken for it."""
        raise NotImplementedError

    async def async_known_keys(self) -> dict[str, int]:
        """Serial number -> key of the meters whose keys nobody has to type."""
        raise NotImplementedError

    async def async_take(self, choices: list[Choice]) -> ResultT:
        """Set up what was chosen."""
        raise NotImplementedError

    def is_own(self, entry_id: str) -> bool:
        """Whether the meters of this entry are not worth a word when they are found."""
        raise NotImplementedError

    @property
    def place(self) -> str:
        """What people call the line."""
        raise NotImplementedError

    # --- progress -------------------------------------------------------------------------

    def show(
        self, step_id: str, work: Callable[[Tell], Coroutine[Any, Any, Any]], action: str
    ) -> ResultT | None:
        """Begin or continue work that takes its time: the progress to show, None when it is done.

        What came of it is in ``came_of_it`` then.
        """
        if self._task is None:
            self._progress = Progress(action=action)
            self._text_at = 0.0
            # not eager: the first progress must not overtake the form that shows it
            self._task = self.hass.async_create_background_task(
                work(self._tell), f"csj_meter dialogue {step_id}", eager_start=False
            )
        if not self._task.done():
            return self.async_show_progress(
                step_id=step_id,
                progress_action=self._progress.action,
                progress_task=self._task,
                description_placeholders={"link": self.place, **self._progress.placeholders},
            )
        self.came_of_it, self._task = self._task.result(), None
        return None

    def _tell(self, progress: Progress) -> None:
        """Move the bar at once, and the text when something was found or a second has passed."""
        self.async_update_progress(min(1.0, progress.fraction))
        before, now = self._progress, self.hass.loop.time()
        found = progress.placeholders.get("found") != before.placeholders.get("found")
        if progress.action == before.action and not found and now < self._text_at + TEXT_INTERVAL:
            return
        self._progress, self._text_at = progress, now
        self.async_notify_flow_changed()

    # --- range and scan -------------------------------------------------------------------

    async def async_step_scan_range(self, _user_input: dict[str, Any] | None = None) -> ResultT:
        """Choose how far to look."""
        options = ["scan_quick", "scan_full", "scan_custom"]
        if self.can_edit_link:
            options.append("without_meters")
        return self.async_show_menu(
            step_id="scan_range", menu_options=options, description_placeholders={"link": self.place}
        )

    async def async_step_scan_quick(self, _user_input: dict[str, Any] | None = None) -> ResultT:
        """Scan what installers use."""
        self.unit_ids = tuple(QUICK_UNITS)
        return await self.async_step_scan()

    async def async_step_scan_full(self, _user_input: dict[str, Any] | None = None) -> ResultT:
        """Scan everything."""
        self.unit_ids = tuple(ALL_UNITS)
        return await self.async_step_scan()

    async def async_step_scan_custom(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Scan what somebody wants."""
        errors: dict[str, str] = {}
        if user_input is not None:
            first, last = int(user_input["first"]), int(user_input["last"])
            if first <= last:
                self.unit_ids = tuple(range(first, last + 1))
                return await self.async_step_scan()
            errors["last"] = "range_reversed"
        return self.async_show_form(
            step_id="scan_custom",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema({probatio.Required("first"): UNIT_ID, probatio.Required("last"): UNIT_ID}),
                user_input or {"first": self.unit_ids[0], "last": self.unit_ids[-1]},
            ),
            errors=errors,
        )

    async def async_step_scan(self, _user_input: dict[str, Any] | None = None) -> ResultT:
        """Scan, and show how far it has come."""
        if (progress := self.show("scan", self.async_search, "opening")) is not None:
            return progress
        self._outcome = self.came_of_it
        return self.async_show_progress_done(next_step_id="scan_done")

    async def async_step_scan_done(self, _user_input: dict[str, Any] | None = None) -> ResultT:
        """Sort what was found."""
        if self._outcome.trouble:
            return await self._async_step(self._outcome.trouble)
        taken = owners(self.hass)
        discovery = self._outcome.discovery
        self._known_keys = await self.async_known_keys()
        self._found = [self._told_apart(meter) for meter in discovery.found]
        self._choices = [
            self._choice_of(meter) for meter in self._found if meter.identity.serial not in taken
        ]
        self._unknown = list(discovery.unknown)
        self._page = 0
        self._ahead = [
            step
            for step, there in (
                ("garbled", discovery.garbled),
                ("duplicates", discovery.duplicates),
                ("taken", self._taken()),
            )
            if there
        ]
        return await self.async_step_go_on()

    async def async_step_go_on(self, _user_input: dict[str, Any] | None = None) -> ResultT:
        """Explain the next thing, or go on with what was found."""
        if self._ahead:
            return await self._async_step(self._ahead.pop(0))
        if self._unknown:
            return await self.async_step_unknown_device()
        if self._choices:
            return await self.async_step_meters()
        return await self._async_step("nothing_new")

    async def _async_step(self, step: str) -> ResultT:
        result: ResultT = await getattr(self, f"async_step_{step}")()
        return result

    def _told_apart(self, meter: FoundMeter) -> FoundMeter:
        return told_apart(self.hass, meter, self.library, self.is_own)

    def _choice_of(self, meter: FoundMeter) -> Choice:
        return choice_of(meter, self.library, self._known_keys)

    def _taken(self) -> list[str]:
        """Found meters that another bridge has, in words."""
        known = owners(self.hass)
        return [
            f"{meter.identity.serial} ({meter.unit_id}): {owner.meter}, {owner.bridge}"
            for meter in self._found
            if (owner := known.get(meter.identity.serial)) is not None
            and not (self.is_own(owner.entry_id) and owner.unit_id == meter.unit_id)
        ]

    # --- what stands in the way -----------------------------------------------------------

    def _explain(self, step_id: str, *options: str, **placeholders: str) -> ResultT:
        """A menu that says what is the matter and what to try."""
        ways = [option for option in options if self.can_edit_link or option not in _LINK_OPTIONS]
        return self.async_show_menu(
            step_id=step_id,
            menu_options=ways,
            description_placeholders={"link": self.place, **placeholders},
        )

    async def async_step_nothing_found(self, _user_input: dict[str, Any] | None = None) -> ResultT:
        """Nobody answered."""
        return self._explain(
            "nothing_found", "scan_range", "edit_link", "without_meters", units=spans(self.unit_ids)
        )

    async def async_step_undetected(self, _user_input: dict[str, Any] | None = None) -> ResultT:
        """Nobody answered at any line settings."""
        return self._explain("undetected", "scan", "edit_link")

    async def async_step_echo(self, _user_input: dict[str, Any] | None = None) -> ResultT:
        """The adapter sends back what it is given."""
        return self._explain("echo", "scan", "edit_link")

    async def async_step_link_failed(self, _user_input: dict[str, Any] | None = None) -> ResultT:
        """The link was lost or could not be opened."""
        return self._explain("link_failed", "scan", "edit_link")

    async def async_step_garbled(self, _user_input: dict[str, Any] | None = None) -> ResultT:
        """Something answers that cannot be understood."""
        units = spans(self._outcome.discovery.garbled)
        options = ["scan", "edit_link"]
        if self._ahead or self._unknown or self._choices:
            options.insert(0, "go_on")
        return self._explain("garbled", *options, units=units)

    async def async_step_duplicates(self, _user_input: dict[str, Any] | None = None) -> ResultT:
        """The same serial number answers at several unit ids."""
        twice = self._outcome.discovery.duplicates
        return self._explain(
            "duplicates",
            "go_on",
            "scan",
            meters="; ".join(f"{serial}: {spans(units)}" for serial, units in twice.items()),
        )

    async def async_step_taken(self, _user_input: dict[str, Any] | None = None) -> ResultT:
        """Found meters belong to other bridges."""
        return self._explain("taken", "go_on", "scan_range", meters="; ".join(self._taken()))

    async def async_step_nothing_new(self, _user_input: dict[str, Any] | None = None) -> ResultT:
        """Nothing is left to set up."""
        return self._explain("nothing_new", "scan_range", "edit_link", "without_meters")

    # --- unknown devices, and the meters --------------------------------------------------

    async def async_step_unknown_device(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Choose how a device is read that no profile recognises, or leave it out."""
        errors: dict[str, str] = {}
        device = self._unknown[0]
        if user_input is not None:
            profile = user_input["profile"]
            if profile != LEAVE_OUT:
                errors = await self._async_read_as(device.unit_id, profile)
            if not errors:
                self._unknown.pop(0)
                return await self.async_step_go_on()
        return self.async_show_form(
            step_id="unknown_device",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(
                    {
                        probatio.Required("profile", default=LEAVE_OUT): profile_selector(
                            self.library, LEAVE_OUT
                        )
                    }
                ),
                user_input,
            ),
            errors=errors,
            description_placeholders={
                "unit": str(device.unit_id),
                "device": plain(device.description or "-"),
                "left": str(len(self._unknown)),
            },
        )

    async def _async_read_as(self, unit_id: int, profile: str) -> dict[str, str]:
        """Take the device in as a meter of this profile, or say why not."""
        try:
            identity = await self.async_identify(unit_id, profile)
        except BusError, MeterError, LinkInUseError, OSError:
            return {"profile": "profile_does_not_fit"}
        meter = self._told_apart(FoundMeter(unit_id=unit_id, identity=identity))
        if meter.identity.serial in {choice.meter.identity.serial for choice in self._choices}:
            return {"profile": "serial_found_twice"}
        if meter.identity.serial in owners(self.hass):
            return {"profile": "meter_taken"}
        self._choices.append(self._choice_of(meter))
        return {}

    async def async_step_meters(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Untick and name what was found, a page at a time."""
        start = PAGE * self._page
        page = self._choices[start : start + PAGE]
        errors: dict[str, str] = {}
        refused: list[str] = []
        if user_input is not None:
            page, errors, refused = await self._async_with_keys(page_input(page, user_input), user_input)
            self._choices[start : start + PAGE] = page
            if not errors:
                if start + PAGE >= len(self._choices):
                    return await self.async_take([choice for choice in self._choices if choice.chosen])
                self._page += 1
                return await self.async_step_meters()
        last = start + PAGE >= len(self._choices)
        return self.async_show_form(
            step_id="meters",
            data_schema=page_schema(page),
            errors=errors,
            description_placeholders={
                "count": str(len(self._choices)),
                "page": str(self._page + 1),
                "pages": str(-(-len(self._choices) // PAGE)),
                "refused": ", ".join(refused) or "-",
                **page_headings(page),
            },
            last_step=last,
        )

    async def _async_with_keys(
        self, page: list[Choice], user_input: Mapping[str, Any]
    ) -> tuple[list[Choice], dict[str, str], list[str]]:
        """The choices with the keys that their meters accept, errors, and the meters that they are about."""
        errors: dict[str, str] = {}
        refused: list[str] = []
        checked: list[Choice] = []
        for number, choice in enumerate(page, 1):
            text = str(user_input[f"meter_{number}"].get(CONF_KEY) or "").strip()
            key, trouble = (
                await self.async_check_key(choice, text) if choice.chosen and text else (None, None)
            )
            if trouble is not None:
                errors["base"] = trouble
                refused.append(choice.name)
            # one that was accepted before stays when the field is left empty
            checked.append(choice if key is None else replace(choice, key=key))
        return checked, errors, refused


_LINK_OPTIONS: Final = frozenset({"edit_link", "without_meters"})
"""Ways out that only the flow of a bridge has."""


def spans(unit_ids: Iterable[int]) -> str:
    """Unit ids as people write them: 1-4, 7."""
    runs: list[list[int]] = []
    for unit_id in sorted(unit_ids):
        if runs and unit_id == runs[-1][-1] + 1:
            runs[-1].append(unit_id)
        else:
            runs.append([unit_id])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
