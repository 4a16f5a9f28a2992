"""All checks, in the order in which one wants to read what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from .descriptions import check_actions, check_conditions, check_icons, check_triggers
from .manifest import check_dependencies, check_manifest
from .marketplace import check_brand, check_marketplace, check_requirements, check_sizes
from .quality_scale import check_quality_scale
from .repository import Repository
from .texts import check_texts

CHECKS: Final[tuple[Callable[[Repository], Iterator[str]], ...]] = (
    check_manifest,
    check_dependencies,
    check_requirements,
    check_texts,
    check_actions,
    check_triggers,
    check_conditions,
    check_icons,
    check_quality_scale,
    check_marketplace,
    check_brand,
    check_sizes,
)


def problems(root: Path) -> list[str]:
    """What is wrong with the checkout at ``root``, one sentence each; empty when all is well."""
    repository = Repository(root)
    try:
        found = [problem for check in CHECKS for problem in check(repository)]
    except LookupError as err:
        return [str(err)]
    return list(dict.fromkeys([*repository.problems, *found]))
