"""A person in front of a dialogue of Home Assistant, who also sees when words are missing.

Every form, menu, progress, error and end that comes up is looked up in the translations, with the
placeholders that they name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
import json
from pathlib import Path
import re
from typing import Any, Final, Self

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
import probatio

import custom_components.csj_meter as package
from custom_components.csj_meter.const import DOMAIN, SUBENTRY_METER

from ..driven_time import DrivenTime

WORDS: Final[dict[str, Any]] = json.loads(
    (Path(package.__file__).parent / "translations" / "en.json").read_text(encoding="utf-8")
)
PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")

METER_WORDS: Final = WORDS["config_subentries"]["meter"]

FRAME: Final = 0.05
"""Seconds between two looks of the frontend at a progress."""

MOST_FRAMES: Final = 12_000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who opens dialogues; in driven time, waiting costs nothing."""

    hass: HomeAssistant
    time: DrivenTime | None = None

    async def do[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Have something done, however long it takes."""
        return await (coroutine if self.time is None else self.time.through(coroutine))

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        await (asyncio.sleep(seconds) if self.time is None else self.time.run(seconds))

    async def set_up(self, source: str = SOURCE_USER, data: Any = None) -> Dialogue:
        """Add a bridge, or let Home Assistant notice one."""
        dialogue = Dialogue(self, self.hass.config_entries.flow, WORDS["config"])
        return await dialogue.begin(DOMAIN, {"source": source}, data)

    async def reconfigure(self, entry: ConfigEntry) -> Dialogue:
        """Change the link of a bridge."""
        dialogue = Dialogue(self, self.hass.config_entries.flow, WORDS["config"])
        return await dialogue.begin(DOMAIN, {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id})

    async def take_up(self, flow_id: str) -> Dialogue:
        """Go on with what Home Assistant has begun about a bridge."""
        dialogue = Dialogue(self, self.hass.config_entries.flow, WORDS["config"])
        dialogue.result = {"flow_id": flow_id}
        return await dialogue.look()

    async def add_meter(self, entry: ConfigEntry) -> Dialogue:
        """Add meters to a bridge."""
        dialogue = Dialogue(self, self.hass.config_entries.subentries, METER_WORDS)
        return await dialogue.begin((entry.entry_id, SUBENTRY_METER), {"source": SOURCE_USER})

    async def change_meter(self, entry: ConfigEntry, meter: ConfigSubentry) -> Dialogue:
        """Change a meter of a bridge."""
        dialogue = Dialogue(self, self.hass.config_entries.subentries, METER_WORDS)
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": meter.subentry_id}
        return await dialogue.begin((entry.entry_id, SUBENTRY_METER), context)

    async def options(self, entry: ConfigEntry) -> Dialogue:
        """Edit the options of a bridge."""
        dialogue = Dialogue(self, self.hass.config_entries.options, WORDS["options"])
        return await dialogue.begin(entry.entry_id, None)


class Dialogue:
    """One flow, from its first step to its end."""

    def __init__(self, person: Person, manager: Any, words: Mapping[str, Any]) -> None:
        self.result: dict[str, Any] = {}
        self.texts: list[str] = []
        """Texts of the progress, in the order in which they were shown."""
        self._person = person
        self._manager = manager
        self._words = words

    async def begin(self, handler: Any, context: Any, data: Any = None) -> Self:
        """Open it."""
        self._show(await self._person.do(self._manager.async_init(handler, context=context, data=data)))
        return self

    # --- what the person does -------------------------------------------------------------

    async def choose(self, option: str) -> Self:
        """Take an option of the menu."""
        assert self.result["type"] is FlowResultType.MENU, self
        assert option in self.result["menu_options"], self
        await self._configure({"next_step_id": option})
        return self

    async def fill(self, **values: Any) -> Self:
        """Send the form; what is not given stays as suggested."""
        assert self.result["type"] is FlowResultType.FORM, self
        await self._configure({**suggestions(self.result["data_schema"]), **values})
        return self

    async def wait(self) -> Self:
        """Watch the progress to its end, as the frontend does."""
        assert self.at.startswith("progress"), self
        frames = 0
        while self.is_busy:
            frames += 1
            assert frames < MOST_FRAMES, f"{self} does not end"
            await self._person.wait(FRAME)
            await self._configure(None)
        return self

    async def look(self) -> Self:
        """Ask for the step again, as the frontend does when it is told of a change."""
        await self._configure(None)
        return self

    def close(self) -> None:
        """Close the dialogue."""
        self._manager.async_abort(self.result["flow_id"])

    # --- what the person sees -------------------------------------------------------------

    @property
    def at(self) -> str:
        """The step, or how it ended."""
        match self.result["type"]:
            case FlowResultType.ABORT:
                return f"abort: {self.result['reason']}"
            case FlowResultType.CREATE_ENTRY:
                return "created"
            case FlowResultType.SHOW_PROGRESS:
                return f"progress: {self.result['progress_action']}"
            case _:
                return str(self.result["step_id"])

    @property
    def is_busy(self) -> bool:
        """Whether a progress is shown."""
        return self.result["type"] is FlowResultType.SHOW_PROGRESS

    @property
    def errors(self) -> dict[str, str]:
        """Errors of the form."""
        return self.result.get("errors") or {}

    @property
    def options_offered(self) -> list[str]:
        """Options of the menu."""
        return list(self.result["menu_options"])

    @property
    def placeholders(self) -> dict[str, str]:
        """What the texts name."""
        return dict(self.result.get("description_placeholders") or {})

    @property
    def suggested(self) -> dict[str, Any]:
        """How the form is filled in."""
        return suggestions(self.result["data_schema"])

    @property
    def entry(self) -> ConfigEntry:
        """The bridge that was created."""
        entry: ConfigEntry = self.result["result"]
        return entry

    def __repr__(self) -> str:
        return f"<Dialogue at {self.at}: errors {self.errors}, {self.placeholders}>"

    async def _configure(self, user_input: dict[str, Any] | None) -> None:
        flow_id = self.result["flow_id"]
        self._show(await self._person.do(self._manager.async_configure(flow_id, user_input)))

    def _show(self, result: Any) -> None:
        self.result = result
        if (translated := result.get("translation_domain")) is not None:
            assert translated == "homeassistant"
            return
        match result["type"]:
            case FlowResultType.FORM:
                self._read_form(self._words["step"][result["step_id"]])
            case FlowResultType.MENU:
                words = self._words["step"][result["step_id"]]
                self._read(words["title"], words.get("description", ""))
                self._read(*(words["menu_options"][option] for option in result["menu_options"]))
            case FlowResultType.SHOW_PROGRESS:
                self._read(self._words["step"][result["step_id"]]["title"])
                text = self._read(self._words["progress"][result["progress_action"]])
                if self.texts[-1:] != [text]:
                    self.texts.append(text)
            case FlowResultType.ABORT:
                self._read(self._words["abort"][result["reason"]])

    def _read_form(self, words: Mapping[str, Any]) -> None:
        self._read(words.get("title", ""), words.get("description", ""))
        for key, value in self.result["data_schema"].schema.items():
            name = str(key)
            if not isinstance(value, section):
                self._read(words["data"][name], words["data_description"][name])
                continue
            texts = words["sections"][name]
            self._read(texts["name"], *(texts["data"][str(field)] for field in value.schema.schema))
        for name, problem in self.errors.items():
            assert name == "base" or name in map(str, self.result["data_schema"].schema), (
                f"the error {problem} belongs to {name}, which is not in the form"
            )
            self._read(self._words["error"][problem])

    def _read(self, *texts: str) -> str:
        """Read texts; a placeholder that nobody fills in would be seen as it stands."""
        for text in texts:
            missing = set(PLACEHOLDER.findall(text)) - self.placeholders.keys()
            assert not missing, f"nothing for {missing} in {text!r}"
        return PLACEHOLDER.sub(lambda match: self.placeholders[match[1]], " ".join(texts))


def suggestions(schema: probatio.Schema) -> dict[str, Any]:
    """What the frontend sends when a form is submitted as it is shown."""
    values: dict[str, Any] = {}
    for key, value in schema.schema.items():
        if isinstance(value, section):
            values[str(key)] = suggestions(value.schema)
            continue
        description = key.description if isinstance(key.description, dict) else {}
        suggested = description.get("suggested_value")
        if suggested not in (None, ""):
            values[str(key)] = suggested
        elif not isinstance(key.default, probatio.Undefined):
            values[str(key)] = key.default()
    return values
