"""Who is told that something else is said of meters."""

from __future__ import annotations

from typing import Final

from ..const import DOMAIN

SIGNAL_INSIGHTS: Final = f"{DOMAIN}_insights"
"""Sent without arguments when insights of some meters are other than before, or may be."""
