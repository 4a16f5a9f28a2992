"""Doors that need a Home Assistant: that of the tests of the surface, with its line and its people."""

from __future__ import annotations

from collections.abc import Callable
import logging

import pytest

from ..surface.conftest import (
    driven_time,
    everything_enabled,
    home,
    keyed,
    line,
    opened,
)
from ..surface.portal.conftest import portal, tenants_home
from ..surface.websocket.conftest import office

__all__ = [
    "driven_time",
    "everything_enabled",
    "home",
    "keyed",
    "line",
    "nothing_unforeseen",
    "office",
    "opened",
    "portal",
    "tenants_home",
]


NOT_OURS = frozenset(
    {
        "aiohttp.access",  # frozen time
        "homeassistant.helpers.recorder",  # of its own rows, before it tells whoever has asked
    }
)
"""Who may leave tracebacks."""


@pytest.fixture
def nothing_unforeseen(caplog: pytest.LogCaptureFixture) -> Callable[[object], None]:
    """That nothing so far has left a traceback in the log; given what was done last, for the message."""

    def look(done: object) -> None:
        found = [
            record
            for record in caplog.get_records("call")
            if record.levelno >= logging.ERROR and record.exc_info and record.name not in NOT_OURS
        ]
        caplog.clear()
        assert not found, f"{done!r:.2000}: {found[0].getMessage():.500} {found[0].exc_info!r}"

    return look
