"""Print what a Home Assistant would install while it runs, so that it can be installed beforehand.

Runs with the Python of an environment that holds the release in question; ``script/lock`` keeps
the output as requirements/*.in. Arguments are the integrations that the configuration names;
their dependencies follow, and with ``--bootstrap`` everything that every start sets up. Missing
any of these breaks more than the integration that asks: the frontend waits for them for ever.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
import json
from pathlib import Path
import sys

import homeassistant
from homeassistant import bootstrap
from homeassistant.const import __version__

COMPONENTS = Path(homeassistant.__file__).parent / "components"


def run_time_requirements(domains: Iterable[str]) -> dict[str, str]:
    """Requirement -> the first integration that asks for it, dependencies included.

    Raises FileNotFoundError for a domain that this release does not have.
    """
    waiting, seen, found = sorted(domains), set[str](), dict[str, str]()
    while waiting:
        domain = waiting.pop(0)
        if domain in seen:
            continue
        seen.add(domain)
        manifest = json.loads((COMPONENTS / domain / "manifest.json").read_text(encoding="utf-8"))
        for requirement in manifest.get("requirements", ()):
            found.setdefault(requirement, domain)
        waiting.extend(manifest.get("dependencies", ()))
    return found


def main() -> None:
    """Print one pinned requirement a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("domains", nargs="+", help="integrations of the configuration")
    parser.add_argument("--bootstrap", action="store_true", help="and those that every start sets up")
    arguments = parser.parse_args()
    domains = {*arguments.domains}
    if arguments.bootstrap:
        early = {domain for _, group, _ in bootstrap.STAGE_0_INTEGRATIONS for domain in group}
        optional = {"debugpy", "sentry", "zeroconf"}
        domains |= bootstrap.CORE_INTEGRATIONS | bootstrap.DEFAULT_INTEGRATIONS | early - optional
    sys.stdout.write(f"homeassistant=={__version__}\n")
    for requirement, domain in sorted(run_time_requirements(domains).items(), key=lambda row: row[0].lower()):
        sys.stdout.write(f"{requirement}  # {domain}\n")


if __name__ == "__main__":
    main()
