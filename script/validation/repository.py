"""The files that are checked, read once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
import json
from pathlib import Path
from typing import Any

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.yaml import load_yaml_dict
import probatio
from probatio.humanize import humanize_error


@dataclass(slots=True)
class _Keys:
    """JSON objects as they are read, with the keys that stand in one of them twice."""

    twice: list[str] = field(default_factory=list)

    def take(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        taken: dict[str, Any] = {}
        for key, value in pairs:
            if key in taken:
                self.twice.append(key)
            taken[key] = value
        return taken


class Repository:
    """A checkout; what cannot be read is a problem, said once, and empty to whoever asks."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[str] = []

    @cached_property
    def integration(self) -> Path:
        """Folder of the one integration. Raises LookupError unless there is exactly one."""
        found = sorted((self.root / "custom_components").glob("*/manifest.json"))
        if len(found) != 1:
            raise LookupError(f"custom_components holds {len(found)} integrations; the marketplace takes one")
        return found[0].parent

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """manifest.json."""
        return self.json(self.integration / "manifest.json")

    @cached_property
    def texts(self) -> dict[str, Any]:
        """translations/en.json."""
        return self.json(self.integration / "translations" / "en.json")

    @cached_property
    def icons(self) -> dict[str, Any]:
        """icons.json."""
        return self.json(self.integration / "icons.json")

    def name(self, path: Path) -> str:
        """A path as people write it here."""
        return path.relative_to(self.root).as_posix()

    def json(self, path: Path) -> dict[str, Any]:
        """A JSON file that holds an object."""
        keys = _Keys()
        try:
            told = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=keys.take)
        except (OSError, ValueError) as err:
            self.problems.append(f"{self.name(path)} cannot be read: {err}")
            return {}
        self.problems += [f"{self.name(path)}: {key} stands in one object twice" for key in keys.twice]
        if not isinstance(told, dict):
            self.problems.append(f"{self.name(path)} is no object")
            return {}
        return told

    def yaml(self, path: Path) -> dict[str, Any]:
        """A YAML file that holds a mapping, as Home Assistant reads it."""
        try:
            return load_yaml_dict(str(path))
        except (OSError, HomeAssistantError) as err:
            self.problems.append(f"{self.name(path)} cannot be read: {err}")
            return {}


def wrong(schema: Callable[[Any], Any], data: Any, name: str, *, complete: bool = True) -> list[str]:
    """What a schema has against the data of a file, in words: all of it at once.

    ``complete``: whether what is required must be there already.
    """
    try:
        schema(data)
    except probatio.Invalid as err:
        errors = err.errors if isinstance(err, probatio.MultipleInvalid) else [err]
        return [
            f"{name}: {humanize_error(data, error)}"
            for error in errors
            if complete or not isinstance(error, probatio.RequiredFieldInvalid)
        ]
    return []
