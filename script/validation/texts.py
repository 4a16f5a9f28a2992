"""translations/*.json: what stands where, and what a text may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import re
from string import Formatter
from typing import Any, Final

from homeassistant.helpers import config_validation as cv
import probatio

from .repository import Repository, wrong

KEY: Final = re.compile(r"(?!.*[_-]{2})[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")
QUOTED_PLACEHOLDER: Final = re.compile(r"'\{\w+\}'")
ADDRESS: Final = re.compile(r"(?:\b[a-z][a-z0-9+.-]*://|\bwww\.)[a-z0-9]", re.IGNORECASE)
REFERENCE: Final = re.compile(r"\[%key:")


def key(value: Any) -> str:
    """A key of a text."""
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise probatio.Invalid(f"{value} is no key: a-z, 0-9, - and _ between them")
    return value


def text(value: Any) -> str:
    """What people read."""
    told: str = cv.string_with_no_html(value)
    if not told or told != told.strip():
        raise probatio.Invalid("is empty, or has blanks around it")
    if ADDRESS.search(told):
        raise probatio.Invalid("holds an address; that comes by a placeholder")
    if QUOTED_PLACEHOLDER.search(told):
        raise probatio.Invalid("has a placeholder in single quotes, which would not be filled")
    if REFERENCE.search(told):
        raise probatio.Invalid("refers to another text, which only Home Assistant's own integrations may")
    for placeholder in placeholders(told):
        if not placeholder.isidentifier():
            raise probatio.Invalid(f"has the placeholder {placeholder}, which is no name")
    return told


def plain(value: Any) -> str:
    """A text that nobody fills in."""
    if found := placeholders(told := text(value)):
        raise probatio.Invalid(f"has placeholders that nobody fills: {', '.join(sorted(found))}")
    return told


def placeholders(told: str) -> set[str]:
    """The names in braces. Raises Invalid for braces that do not fit."""
    try:
        return {name for _, name, _, _ in Formatter().parse(told) if name is not None}
    except ValueError as err:
        raise probatio.Invalid(f"has braces that do not fit: {err}") from err


def _keyed(value: Any) -> probatio.Schema:
    return probatio.Schema({key: value})


_FIELDS: Final = _keyed(
    {
        probatio.Required("name"): text,
        probatio.Required("description"): text,
        probatio.Optional("example"): text,
    }
)
_DESCRIBED: Final = {
    probatio.Required("name"): text,
    probatio.Required("description"): text,
    probatio.Optional("fields"): _FIELDS,
}

_FORM: Final = {
    probatio.Optional("description"): text,
    probatio.Optional("data"): _keyed(text),
    probatio.Optional("data_description"): _keyed(text),
}
_STEP: Final = {
    **_FORM,
    probatio.Optional("title"): text,
    probatio.Optional("menu_options"): _keyed(text),
    probatio.Optional("menu_option_descriptions"): _keyed(text),
    probatio.Optional("submit"): text,
    probatio.Optional("sections"): _keyed({**_FORM, probatio.Optional("name"): text}),
}
_FLOW: Final = {
    probatio.Required("step"): _keyed(_STEP),
    probatio.Optional("error"): _keyed(text),
    probatio.Optional("abort"): _keyed(text),
    probatio.Optional("progress"): _keyed(text),
    probatio.Optional("create_entry"): _keyed(text),
}

_ISSUE: Final = probatio.All(
    {
        probatio.Required("title"): text,
        probatio.Exclusive("description", "body"): text,
        probatio.Exclusive("fix_flow", "body"): _FLOW,
    },
    cv.has_at_least_one_key("description", "fix_flow"),
)

_ENTITY: Final = {
    probatio.Optional("name"): text,
    probatio.Optional("state"): _keyed(plain),
    probatio.Optional("state_attributes"): _keyed(
        {probatio.Optional("name"): plain, probatio.Optional("state"): _keyed(plain)}
    ),
    probatio.Optional("unit_of_measurement"): plain,
}

TEXTS: Final = probatio.Schema(
    {
        probatio.Optional("title"): text,
        probatio.Optional("config"): {**_FLOW, probatio.Optional("flow_title"): text},
        probatio.Optional("config_subentries"): _keyed(
            {
                **_FLOW,
                probatio.Required("entry_type"): text,
                probatio.Required("initiate_flow"): {probatio.Required("user"): text, str: text},
            }
        ),
        probatio.Optional("options"): _FLOW,
        probatio.Optional("selector"): _keyed(
            {
                probatio.Optional("choices"): _keyed(text),
                probatio.Optional("options"): _keyed(text),
                probatio.Optional("fields"): _keyed(
                    {probatio.Required("name"): text, probatio.Required("description"): text}
                ),
                probatio.Optional("unit_of_measurement"): _keyed(text),
            }
        ),
        probatio.Optional("system_health"): {probatio.Optional("info"): _keyed(text)},
        # it is as deep as the panel wants it; ``_panel_texts`` looks into it
        probatio.Optional("config_panel"): dict,
        probatio.Optional("issues"): _keyed(_ISSUE),
        probatio.Optional("device"): _keyed({probatio.Optional("name"): text}),
        probatio.Optional("entity"): _keyed(_keyed(_ENTITY)),
        probatio.Optional("exceptions"): _keyed({probatio.Required("message"): text}),
        probatio.Optional("services"): _keyed(
            {
                **_DESCRIBED,
                probatio.Optional("sections"): _keyed(
                    {probatio.Required("name"): text, probatio.Optional("description"): text}
                ),
            }
        ),
        probatio.Optional("triggers"): _keyed(_DESCRIBED),
        probatio.Optional("conditions"): _keyed(_DESCRIBED),
    }
)


def check_texts(repository: Repository) -> Iterator[str]:
    """Every language as Home Assistant takes it; only English must be complete."""
    for path in sorted((repository.integration / "translations").glob("*.json")):
        name = repository.name(path)
        english = path.name == "en.json"
        texts = repository.texts if english else repository.json(path)
        yield from wrong(TEXTS, texts, name, complete=english)
        panel = _panel_texts(texts.get("config_panel"), "config_panel")
        yield from (f"{name}: {problem}" for problem in panel)
        yield from (
            f"{name}: {where} describes the field {field}, which has no label"
            for where, field in _described_for_nothing(texts)
        )
    if not repository.texts:
        yield "there is no translations/en.json to fall back on"


def _panel_texts(told: Any, where: str) -> Iterator[str]:
    """What is wrong with the texts of the panel."""
    if isinstance(told, dict):
        for name, value in told.items():
            try:
                key(name)
            except probatio.Invalid as err:
                yield f"{where}: {err}"
            yield from _panel_texts(value, f"{where}.{name}")
    elif told is not None:
        try:
            text(told)
        except probatio.Invalid as err:
            yield f"{where} {err}"


def _described_for_nothing(texts: Mapping[str, Any], where: str = "") -> Iterator[tuple[str, str]]:
    """Path of a form and a field of it that has a description and no label."""
    for name, value in texts.items():
        if isinstance(value, dict):
            path = f"{where}.{name}".removeprefix(".")
            if isinstance(described := value.get("data_description"), dict):
                yield from ((path, field) for field in described if field not in (value.get("data") or {}))
            yield from _described_for_nothing(value, path)
