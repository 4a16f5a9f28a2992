"""Write docs/dependencies.md and the licences of what is built in, from lock files and installed metadata.

python -m script.dependencies    with the Python of .venv/test, after a lock file has changed, and after
                                 ``script/frontend --packages``: the texts of licences come with the packages

Nothing is asked of the internet.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import distribution, packages_distributions
import json
from pathlib import Path
import re
import sys
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from custom_components.csj_meter.telemetry.database import POSTGRESQL_REQUIREMENT

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "custom_components" / "csj_meter"
PAGE: Final = ROOT / "docs" / "dependencies.md"
LICENCES: Final = PACKAGE / "THIRD_PARTY_LICENSES.txt"
NODE_MODULES: Final = ROOT / "frontend" / "node_modules"

BUILT_IN: Final = ("lit", "lit-html", "lit-element", "@lit/reactive-element", "uplot")
"""Packages whose code is in what browsers get; the others that these name are for servers and for types."""

PERMISSIVE: Final = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "MIT",
        "MIT-0",
        "PSF-2.0",
        "Unlicense",
        "Zlib",
    }
)
"""Licences of what may be in the release itself, which is MIT: they ask for a notice, and for no more."""

BESIDE: Final = PERMISSIVE | {"LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-2.0"}
"""And of what is installed beside it, unchanged: these ask for the same of that package alone."""

INTRODUCTION: Final = """\
# Dependencies

Packages of others: what runs, in which versions it is tested, and under which licence it is. This page is
written by `script/dependencies.py` from the lock files in `requirements/` and `frontend/`, and from what the
packages say of themselves; versions are those on Home Assistant {home_assistant}.

The integration is under the [MIT licence](../LICENSE). What is in the release itself is under a permissive
one ({permissive}); its notices are in
[THIRD_PARTY_LICENSES.txt](../custom_components/csj_meter/THIRD_PARTY_LICENSES.txt). What is installed beside
it, unchanged and exchangeable, may be under the MPL 2.0 or the LGPL 3.0 as well. GPL, AGPL and licences that
nobody can name are refused by `tests/script/test_dependencies.py`.
"""

_CLASSIFIERS: Final = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""How older packages say it -> the same as SPDX does."""

_SPELLINGS: Final = {"Apache 2.0": "Apache-2.0", "Apache License 2.0": "Apache-2.0", "BSD": "BSD-3-Clause"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """One package."""

    name: str
    version: str
    licence: str
    """SPDX expression, or "?" where the package says nothing that is one."""

    wanted: str = ""
    """What asks for it, or in which versions."""


def locked(name: str) -> dict[str, str]:
    """Package -> version of a lock file."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE))


def licence_of(name: str) -> str:
    """What an installed package says its licence is, as SPDX."""
    metadata = distribution(name).metadata
    if expression := metadata.get("License-Expression"):
        return str(expression)
    told = metadata.get("License") or ""
    if (spelled := _SPELLINGS.get(told, told)) in BESIDE:
        return spelled
    for classifier in metadata.get_all("Classifier", []):
        last = classifier.rpartition(" :: ")[2]
        if classifier.startswith("License") and last in _CLASSIFIERS:
            return _CLASSIFIERS[last]
    return "?"


def parts_of(expression: str) -> frozenset[str]:
    """The licences that an SPDX expression asks for all of; of a choice that which is first allowed."""
    chosen = (
        next((one for one in _alternatives(part) if one in BESIDE), part)
        for part in expression.split(" AND ")
    )
    return frozenset(one.strip("() ") for one in chosen)


def _alternatives(part: str) -> list[str]:
    return [one.strip("() ") for one in part.split(" OR ")]


def closure(requirements: Iterable[str]) -> Iterator[Dependency]:
    """What requirements bring along on a Home Assistant, each once, in the order of their names."""
    versions, waiting = locked("test"), [Requirement(one) for one in requirements]
    first: dict[str, str] = {canonicalize_name(one.name): str(one.specifier) for one in waiting}
    asks: dict[str, str] = {}
    done: set[tuple[str, str]] = set()
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        for extra in ("", *sorted(one.extras)):
            if (name, extra) in done:
                continue
            done.add((name, extra))
            for inner in map(Requirement, distribution(name).requires or ()):
                if inner.marker is None or inner.marker.evaluate({"extra": extra}):
                    asks.setdefault(canonicalize_name(inner.name), f"of {name}")
                    waiting.append(inner)
    for found in sorted({name for name, _ in done}):
        yield Dependency(
            name=found,
            version=versions[found],
            licence=licence_of(found),
            wanted=first.get(found) or asks.get(found, ""),
        )


def manifest_requirements() -> list[str]:
    """What Home Assistant installs for the integration."""
    manifest = json.loads((PACKAGE / "manifest.json").read_text(encoding="utf-8"))
    found: list[str] = manifest["requirements"]
    return found


def imported() -> list[str]:
    """Packages of others that the integration imports, whoever brings them."""
    modules: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules.add((node.module or "").partition(".")[0])
    known = packages_distributions()
    names = (known[module][0] for module in modules - sys.stdlib_module_names - {"custom_components"})
    return sorted({canonicalize_name(name) for name in names})


def run_time() -> list[Dependency]:
    """What the manifest asks for, and what that brings along."""
    return list(closure(manifest_requirements()))


def of_home_assistant() -> list[Dependency]:
    """What is imported besides, which Home Assistant has anyway."""
    known, versions = {one.name for one in (*run_time(), *optional())}, locked("test")
    return [
        Dependency(name=name, version=versions[name], licence=licence_of(name))
        for name in imported()
        if name not in known
    ]


def optional() -> list[Dependency]:
    """What is installed when somebody asks for it."""
    return list(closure([POSTGRESQL_REQUIREMENT]))


def _node_packages() -> dict[str, dict[str, Any]]:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    return {path.removeprefix("node_modules/"): its for path, its in lock["packages"].items() if path}


def built_in() -> list[Dependency]:
    """Packages in what browsers get."""
    packages = _node_packages()
    return [
        Dependency(name=name, version=packages[name]["version"], licence=packages[name]["license"])
        for name in BUILT_IN
    ]


def for_nobody_at_run_time() -> list[Dependency]:
    """What those in browsers name besides, of which no code gets there."""
    return [
        Dependency(name=name, version=its["version"], licence=its["license"])
        for name, its in _node_packages().items()
        if not its.get("dev") and name not in BUILT_IN
    ]


def tools() -> list[Dependency]:
    """What only developers have, but for what that brings along."""
    versions = locked("test")
    text = (ROOT / "requirements" / "tools.in").read_text(encoding="utf-8")
    names = {
        canonicalize_name(Requirement(line).name)
        for line in text.splitlines()
        if line and not line.startswith(("#", "-"))
    }
    shipped = {one.name for one in (*run_time(), *of_home_assistant(), *optional())}
    python = [
        Dependency(name=name, version=versions[name], licence=licence_of(name))
        for name in sorted(names - shipped)
    ]
    package = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
    packages = _node_packages()
    return python + [
        Dependency(name=name, version=packages[name]["version"], licence=packages[name]["license"])
        for name in package["devDependencies"]
    ]


def _table(rows: Iterable[Dependency], newest: dict[str, str] | None = None) -> Iterator[str]:
    """Lines of a table; ``newest``: also what asks for them, and versions on the newest Home Assistant."""
    if newest is None:
        yield from ("| package | version | licence |", "|---|---|---|")
        yield from (f"| {one.name} | {one.version} | {one.licence} |" for one in rows)
        return
    yield from ("| package | asked for | tested with | licence |", "|---|---|---|---|")
    for one in rows:
        versions = dict.fromkeys((one.version, newest.get(one.name, one.version)))
        yield f"| {one.name} | {one.wanted} | {' and '.join(versions)} | {one.licence} |"


def page() -> str:
    """docs/dependencies.md."""
    newest = locked("newest")
    introduction = INTRODUCTION.format(
        home_assistant=f"{locked('test')['homeassistant']} and {newest['homeassistant']}",
        permissive=", ".join(sorted(PERMISSIVE)),
    )
    lines = [
        *introduction.splitlines(),
        "",
        "## What Home Assistant installs for the integration",
        "",
        *_table(run_time(), newest),
        "",
        "## For measurements in PostgreSQL",
        "",
        "Installed when somebody gives the address of a server, and not before.",
        "",
        *_table(optional(), newest),
        "",
        "## What Home Assistant has itself",
        "",
        "Imported, and neither chosen nor installed by us.",
        "",
        *_table(of_home_assistant()),
        "",
        "## In browsers",
        "",
        "Built into panel, cards and portal by `script/frontend`. Nothing is loaded from anybody else.",
        "",
        *_table(built_in()),
        "",
        "They name "
        + " and ".join(f"{one.name} ({one.licence})" for one in for_nobody_at_run_time())
        + " besides, of which nothing gets into a browser.",
        "",
        "## Developers' tools",
        "",
        "In no release.",
        "",
        *_table(tools()),
    ]
    return "\n".join(lines) + "\n"


def heading(one: Dependency) -> str:
    """How a package stands in the file of licences."""
    return f"{one.name} {one.version} ({one.licence})"


def licences() -> str:
    """THIRD_PARTY_LICENSES.txt. Raises OSError while the packages are not there."""
    parts = ["Code of others in the folder frontend, and the notices that come with it.\n"]
    for one in built_in():
        text = (NODE_MODULES / one.name / "LICENSE").read_text(encoding="utf-8").strip()
        parts.append(f"{'=' * 80}\n{heading(one)}\n{'=' * 80}\n\n{text}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    LICENCES.write_text(licences(), encoding="utf-8")
