"""The list of Home Assistant's quality scale is complete, and says why where it says no."""

from __future__ import annotations

from pathlib import Path

import yaml

from custom_components import csj_meter

RULES = """
action-setup appropriate-polling brands common-modules config-flow config-flow-test-coverage
dependency-transparency docs-actions docs-conditions docs-high-level-description
docs-installation-instructions docs-removal-instructions docs-triggers entity-event-setup
entity-unique-id has-entity-name runtime-data test-before-configure test-before-setup
unique-config-entry
action-exceptions config-entry-unloading docs-configuration-parameters docs-installation-parameters
entity-unavailable integration-owner log-when-unavailable parallel-updates reauthentication-flow
test-coverage
devices diagnostics discovery discovery-update-info docs-data-update docs-examples
docs-known-limitations docs-supported-devices docs-supported-functions docs-troubleshooting
docs-use-cases dynamic-devices entity-category entity-device-class entity-disabled-by-default
entity-translations exception-translations icon-translations reconfiguration-flow repair-issues
stale-devices
async-dependency inject-websession strict-typing
"""


def test_every_rule_is_answered() -> None:
    path = Path(csj_meter.__file__).parent / "quality_scale.yaml"

    answers = yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]

    assert sorted(answers) == sorted(RULES.split())
    for rule, answer in answers.items():
        if isinstance(answer, dict):
            assert answer["status"] in {"exempt", "todo"}, rule
            assert answer["comment"].strip(), rule
        else:
            assert answer in {"done", "todo"}, rule
