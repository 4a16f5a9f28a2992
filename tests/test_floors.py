"""Imports point down: the order of the floors, held by reading every import of the package.

From the ground: bus < meters, language (side by side) < telemetry, anomaly (likewise) < alerts, prepay
(likewise) < insights < site < surface, the files at the package's root and in its rooms. The simulator
stands apart: it knows no other floor, and only the demo link (lazily), the command line, benchmarks and tests
know it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "custom_components" / "csj_meter"
PREFIX: Final = "custom_components.csj_meter"
SURFACE: Final = "surface"

BELOW: Final[dict[str, frozenset[str]]] = {
    "bus": frozenset(),
    "meters": frozenset({"bus"}),
    "telemetry": frozenset({"bus", "meters"}),
    "language": frozenset(),
    "anomaly": frozenset({"bus", "meters", "language"}),
    "alerts": frozenset({"bus", "meters", "telemetry", "anomaly", "language"}),
    "prepay": frozenset({"bus", "meters", "telemetry", "language"}),
    "insights": frozenset({"bus", "meters", "telemetry", "anomaly", "alerts", "prepay", "language"}),
    "site": frozenset({"bus", "meters", "telemetry", "anomaly", "alerts", "prepay", "insights", "language"}),
    "simulator": frozenset(),
}
"""Floor -> the floors it may import."""

ROOMS: Final = frozenset(
    {
        "access",
        "actions",
        "advising",
        "alerting",
        "assist",
        "detection",
        "flow",
        "history",
        "money",
        "portal",
        "tenants",
        "websocket",
    }
)
"""Folders of the surface: what would crowd the package's root."""

WITHOUT_HOME_ASSISTANT: Final = frozenset(BELOW)

DEMO_LINK: Final = "simulated_line.py"
"""The file of the surface that makes the simulated line of the demo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One imported module, as an absolute dotted name."""

    module: str
    """What is imported, for example ``custom_components.csj_meter.bus.bus``."""

    line: int
    """Where it stands."""

    lazy: bool
    """Inside a function: it costs nothing until that function runs."""

    def is_of(self, package: str) -> bool:
        """Whether the module is that package or something in it."""
        return self.module == package or self.module.startswith(f"{package}.")


def imports_of(path: Path) -> Iterator[Import]:
    """Every import of a file, type-checking ones included: a type is a dependency too."""
    package = list(path.relative_to(ROOT).parent.parts)
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    lazy = {
        inner
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or _is_for_types(outer)
        for inner in ast.walk(outer)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = [*above, *([node.module] if node.module else [])]
            # "from . import bus" names a module only in its last part, and "from .bus import Bus" none:
            # both readings are below the same floor, so the longer name serves
            modules = [".".join([*base, alias.name]) for alias in node.names]
        else:
            continue
        for module in modules:
            yield Import(module=module, line=node.lineno, lazy=node in lazy)


def _is_for_types(node: ast.AST) -> bool:
    """Whether it is ``if TYPE_CHECKING:``, which nothing runs through."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def floor_of(module: str) -> str:
    """The floor that a module of the package is on."""
    name = module.removeprefix(f"{PREFIX}.").partition(".")[0]
    return name if name in BELOW else SURFACE


def files_of(floor: str) -> list[Path]:
    """The files of one floor; the surface is what lies at the package's root and in its rooms."""
    if floor != SURFACE:
        return sorted((PACKAGE / floor).rglob("*.py"))
    rooms = [path for room in ROOMS for path in (PACKAGE / room).rglob("*.py")]
    return sorted([*PACKAGE.glob("*.py"), *rooms])


def told(path: Path, found: Import) -> str:
    """One offence, the way editors make it clickable."""
    return f"{path.relative_to(ROOT)}:{found.line} imports {found.module}"


def test_every_folder_of_the_package_has_its_place_in_the_order() -> None:
    folders = {path.parent.relative_to(PACKAGE).parts[0] for path in PACKAGE.glob("*/**/*.py")}

    assert folders <= set(BELOW) | ROOMS


@pytest.mark.parametrize("floor", BELOW)
def test_a_floor_imports_only_floors_below_it(floor: str) -> None:
    offences = [
        told(path, found)
        for path in files_of(floor)
        for found in imports_of(path)
        if found.is_of(PREFIX) and floor_of(found.module) not in BELOW[floor] | {floor}
    ]

    assert offences == []


@pytest.mark.parametrize("floor", sorted(WITHOUT_HOME_ASSISTANT))
def test_a_lower_floor_does_without_home_assistant(floor: str) -> None:
    offences = [
        told(path, found)
        for path in files_of(floor)
        for found in imports_of(path)
        if found.is_of("homeassistant")
    ]

    assert offences == []


def test_the_surface_imports_the_simulator_in_the_demo_link_alone_and_lazily() -> None:
    offences = [
        told(path, found)
        for path in files_of(SURFACE)
        for found in imports_of(path)
        if found.is_of(f"{PREFIX}.simulator") and not (found.lazy and path.name == DEMO_LINK)
    ]

    assert offences == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from ..bus.bus import Bus", f"{PREFIX}.bus.bus.Bus"),
        ("from .. import simulator", f"{PREFIX}.simulator"),
        ("from . import plan", f"{PREFIX}.meters.plan"),
        ("import homeassistant.core", "homeassistant.core"),
        ("from homeassistant import core", "homeassistant.core"),
    ],
)
def test_the_reader_of_imports_sees_through_every_spelling(
    source: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    path = tmp_path / "custom_components" / "csj_meter" / "meters" / "sample.py"
    path.parent.mkdir(parents=True)
    path.write_text(f"def later():\n    {source}\n", encoding="utf-8")

    assert list(imports_of(path)) == [Import(module=expected, line=2, lazy=True)]
