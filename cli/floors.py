"""Lets the floors below the surface be imported without Home Assistant; to be imported before any of them."""

from __future__ import annotations

from pathlib import Path
import sys
from types import ModuleType

PACKAGE = "custom_components.csj_meter"

if PACKAGE not in sys.modules:
    # The package's own __init__ is the integration and needs Home Assistant. The floors below
    # do not: an empty package with the same path lets them be imported alone.
    package = ModuleType(PACKAGE)
    package.__path__ = [str(Path(__file__).parent.parent / "custom_components" / "csj_meter")]
    sys.modules[PACKAGE] = package
