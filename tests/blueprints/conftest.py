"""Blueprints run in the Home Assistant with a simulated line that the tests of the surface use."""

from __future__ import annotations

from ..surface.alerting.conftest import site
from ..surface.conftest import driven_time, home, line

__all__ = ["driven_time", "home", "line", "site"]
