"""services.yaml, triggers.yaml, conditions.yaml and icons.json: what is in one has its texts and its icon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
import json
from pathlib import Path
from typing import Any, Final

from homeassistant.helpers import config_validation as cv, selector
import probatio

from .repository import Repository, wrong
from .texts import key


def _something(value: Any) -> Any:
    if value is None:
        raise probatio.Invalid("is empty")
    return value


_FIELD: Final = probatio.Schema(
    {
        probatio.Optional("example"): _something,
        probatio.Optional("default"): _something,
        probatio.Optional("required"): bool,
        probatio.Required("selector"): selector.validate_selector,
    }
)
_SECTION: Final = probatio.Schema(
    {probatio.Optional("collapsed"): bool, probatio.Required("fields"): {cv.slug: _FIELD}}
)
_TARGET: Final = probatio.Any(None, selector.TargetSelector.CONFIG_SCHEMA)

ACTIONS: Final = probatio.Schema(
    {
        cv.slug: probatio.Any(
            None,
            {
                probatio.Optional("target"): _TARGET,
                probatio.Optional("fields"): {cv.slug: probatio.Any(_FIELD, _SECTION)},
            },
        )
    }
)
AUTOMATION: Final = probatio.Schema(
    {
        cv.underscore_slug: probatio.Any(
            None, {probatio.Optional("target"): _TARGET, probatio.Optional("fields"): {cv.slug: _FIELD}}
        )
    }
)
"""Triggers and conditions."""


def check_actions(repository: Repository) -> Iterator[str]:
    """The actions."""
    yield from _check(repository, "services", "service", ACTIONS)


def check_triggers(repository: Repository) -> Iterator[str]:
    """The triggers."""
    yield from _check(repository, "triggers", "trigger", AUTOMATION, dotted=True)


def check_conditions(repository: Repository) -> Iterator[str]:
    """The conditions."""
    yield from _check(repository, "conditions", "condition", AUTOMATION, dotted=True)


def _check(
    repository: Repository, kind: str, word: str, schema: probatio.Schema, *, dotted: bool = False
) -> Iterator[str]:
    """One file of descriptions against its schema, the texts and the icons.

    ``dotted``: keys that begin with a dot hold what several of them share.
    """
    path = repository.integration / f"{kind}.yaml"
    module = {"triggers": "trigger.py", "conditions": "condition.py", "services": "services.py"}[kind]
    if not path.is_file():
        if (repository.integration / module).is_file():
            yield f"{module} offers {kind}, and there is no {kind}.yaml"
        return
    name = repository.name(path)
    described = {
        one: what or {}
        for one, what in repository.yaml(path).items()
        if not (dotted and str(one).startswith("."))
    }
    if mistakes := wrong(schema, described, name):
        yield from mistakes
        return
    texts, icons = repository.texts.get(kind, {}), repository.icons.get(kind, {})
    yield from _matching(f"{name}: {word}", described, texts, "translations/en.json")
    yield from _matching(f"{name}: {word}", described, icons, "icons.json")
    for one, what in described.items():
        fields, sections = _fields(what.get("fields", {}))
        told = texts.get(one, {})
        where = f"{name}: {one}:"
        yield from _matching(f"{where} field", fields, told.get("fields", {}), "translations/en.json")
        yield from _matching(f"{where} section", sections, told.get("sections", {}), "translations/en.json")
        for field, details in fields.items():
            yield from _options(repository, f"{where} {field}", details["selector"])
        icon = icons.get(one, {})
        if not isinstance(icon, dict) or word not in icon:
            yield f"{where} it has no icon under {word}"


def _matching(what: str, here: Mapping[str, Any], there: Mapping[str, Any], file: str) -> Iterator[str]:
    yield from (f"{what} {name} is not in {file}" for name in here if name not in there)
    yield from (f"{what} {name} is in {file} alone" for name in there if name not in here)


def _fields(told: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fields whether in a section or not, and sections."""
    fields: dict[str, Any] = {}
    sections: dict[str, Any] = {}
    for name, what in told.items():
        if "fields" in what:
            sections[name] = what
            fields |= what["fields"]
        else:
            fields[name] = what
    return fields, sections


def _options(repository: Repository, where: str, choice: Mapping[str, Any]) -> Iterator[str]:
    """Whether each option of a choice can be told in words."""
    config = choice.get("select") or {}
    if (name := config.get("translation_key")) is None:
        return
    texts = repository.texts.get("selector", {}).get(name, {}).get("options")
    if texts is None:
        yield f"{where}: there are no texts for the options of {name}"
        return
    options = [option if isinstance(option, str) else option["value"] for option in config["options"]]
    yield from (f"{where}: the option {option} has no text" for option in options if option not in texts)


# icons


def _icon(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith("mdi:"):
        raise probatio.Invalid("must be an icon as mdi:meter-electric")
    if (known := _known_icons()) and value.removeprefix("mdi:") not in known:
        raise probatio.Invalid(f"{value} is not among the icons of the frontend")
    return value


@cache
def _known_icons() -> frozenset[str]:
    """Names of the icons that the installed frontend has; empty where there is no frontend."""
    try:
        import hass_frontend  # not every environment has it
    except ImportError:
        return frozenset()
    icons = Path(hass_frontend.__path__[0]) / "static" / "mdi" / "iconList.json"
    return frozenset(icon["name"] for icon in json.loads(icons.read_text(encoding="utf-8")))


def _differs(value: dict[str, Any]) -> dict[str, Any]:
    for state, icon in value.get("state", {}).items():
        if icon == value.get("default"):
            raise probatio.Invalid(f"the icon of the state {state} is the usual one")
    return value


_LOOK: Final = {
    probatio.Optional("default"): _icon,
    probatio.Optional("state"): {key: _icon},
    probatio.Optional("range"): {probatio.Coerce(float): _icon},
}

ICONS: Final = probatio.Schema(
    {
        probatio.Optional("entity"): {
            cv.slug: {
                key: probatio.All(
                    {**_LOOK, probatio.Optional("state_attributes"): {key: probatio.All(_LOOK, _differs)}},
                    _differs,
                )
            }
        },
        probatio.Optional("services"): {
            key: {probatio.Required("service"): _icon, probatio.Optional("sections"): {key: _icon}}
        },
        probatio.Optional("triggers"): {key: {probatio.Required("trigger"): _icon}},
        probatio.Optional("conditions"): {key: {probatio.Required("condition"): _icon}},
    }
)


def check_icons(repository: Repository) -> Iterator[str]:
    """Icons are those of the frontend, and belong to entities that have a name."""
    name = repository.name(repository.integration / "icons.json")
    yield from wrong(ICONS, repository.icons, name)
    entities = repository.texts.get("entity", {})
    for platform, icons in repository.icons.get("entity", {}).items():
        for entity in icons:
            if entity not in entities.get(platform, {}):
                yield f"{name}: {platform}.{entity} has an icon and no name"
