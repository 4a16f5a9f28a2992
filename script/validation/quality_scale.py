"""Home Assistant's integration quality scale: its 54 rules, and what quality_scale.yaml answers to each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from .repository import Repository

TIERS: Final[dict[str, tuple[str, ...]]] = {
    "bronze": (
        "action-setup",
        "appropriate-polling",
        "brands",
        "common-modules",
        "config-flow",
        "config-flow-test-coverage",
        "dependency-transparency",
        "docs-actions",
        "docs-conditions",
        "docs-high-level-description",
        "docs-installation-instructions",
        "docs-removal-instructions",
        "docs-triggers",
        "entity-event-setup",
        "entity-unique-id",
        "has-entity-name",
        "runtime-data",
        "test-before-configure",
        "test-before-setup",
        "unique-config-entry",
    ),
    "silver": (
        "action-exceptions",
        "config-entry-unloading",
        "docs-configuration-parameters",
        "docs-installation-parameters",
        "entity-unavailable",
        "integration-owner",
        "log-when-unavailable",
        "parallel-updates",
        "reauthentication-flow",
        "test-coverage",
    ),
    "gold": (
        "devices",
        "diagnostics",
        "discovery",
        "discovery-update-info",
        "docs-data-update",
        "docs-examples",
        "docs-known-limitations",
        "docs-supported-devices",
        "docs-supported-functions",
        "docs-troubleshooting",
        "docs-use-cases",
        "dynamic-devices",
        "entity-category",
        "entity-device-class",
        "entity-disabled-by-default",
        "entity-translations",
        "exception-translations",
        "icon-translations",
        "reconfiguration-flow",
        "repair-issues",
        "stale-devices",
    ),
    "platinum": ("async-dependency", "inject-websession", "strict-typing"),
}
"""Tier -> its rules, the lowest first; a tier is reached with those below it."""


def check_quality_scale(repository: Repository) -> Iterator[str]:
    """Every rule is answered, an exemption says why, and the manifest claims no tier that is not reached."""
    path = repository.integration / "quality_scale.yaml"
    name = repository.name(path)
    answers: dict[str, Any] = repository.yaml(path).get("rules") or {}
    rules = [rule for tier in TIERS.values() for rule in tier]
    yield from (f"{name}: {rule} is not answered" for rule in rules if rule not in answers)
    yield from (f"{name}: there is no rule {rule}" for rule in answers if rule not in rules)
    for rule, answer in answers.items():
        match answer:
            case "done" | "todo":
                continue
            case {"status": "exempt" | "todo" | "done", "comment": str(comment)} if comment.strip():
                continue
        yield f"{name}: {rule} must be done, todo, or exempt with a comment that says why"
    claimed = repository.manifest.get("quality_scale")
    if claimed not in TIERS:
        return
    for tier, rules_of_tier in TIERS.items():
        for rule in rules_of_tier:
            answer = answers.get(rule)
            if (answer["status"] if isinstance(answer, dict) else answer) == "todo":
                yield f"{name}: {claimed} is claimed, and {rule} is still to do"
        if tier == claimed:
            return
