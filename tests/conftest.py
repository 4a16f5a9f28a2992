"""What all tests stand on; the test tools of Home Assistant do the rest.

Two kinds of tests live here. Those of the lower floors are plain Python with real sockets and
real ptys on this machine. Those that ask for ``hass`` get a Home Assistant that knows our
integration, in a configuration folder of their own, and no sockets unless marked ``loopback``.
Nobody reaches another machine: connections to anything but 127.0.0.1 stay blocked for all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
import gc
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final

import hypothesis
import pytest
import pytest_socket

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant

# how long an example takes says more of the machine than of the code
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# what is made for a test goes with it: looking for cycles at the usual pace takes a twelfth of the time
gc.set_threshold(20_000, 20, 20)

TESTS: Final = Path(__file__).parent
PLAIN_FLOORS: Final = frozenset({"bus", "meters", "simulator", "cli", "demo", "browser", "docs"})
"""Folders whose tests talk over real lines as a matter of course."""


@pytest.fixture(autouse=True)
def _sockets(request: pytest.FixtureRequest) -> None:
    """Open sockets on loopback where real lines are the subject.

    A fixture runs after every plugin's ``pytest_runtest_setup``, so this has the last word; the
    guard on ``connect`` that those installed stays.
    """
    folder = request.path.relative_to(TESTS).parts[0]
    if folder in PLAIN_FLOORS or request.node.get_closest_marker("loopback"):
        pytest_socket.enable_socket()


@pytest.fixture(autouse=True)
async def enable_event_loop_debug(request: pytest.FixtureRequest) -> None:
    """In place of the fixture of the test tools, which debugs every event loop.

    To keep the stack of each callback takes a tenth of the time of all tests. Home Assistant looks without it
    whether it is called in the right thread; what else it would find is found at the ends.
    """
    asyncio.get_running_loop().set_debug("end_to_end" in request.path.parts)


@pytest.fixture(autouse=True)
def _quiet_loggers() -> Iterator[None]:
    """The test tools of Home Assistant have each statement and each new entity written down.

    To write a statement costs more than to run it.
    """
    loggers = [
        logging.getLogger(name) for name in ("sqlalchemy.engine", "homeassistant.helpers.entity_registry")
    ]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.WARNING)
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give every Home Assistant a folder of its own: user profiles and databases leave no trace."""
    return hass_tmp_config_dir


@pytest.fixture
def hass(hass: HomeAssistant) -> HomeAssistant:
    """Let Home Assistant look for custom integrations, which its test tools forbid by default.

    Wrapping the fixture keeps the order of ``recorder_mock`` and ``hass`` up to the test.
    """
    from homeassistant.loader import DATA_CUSTOM_COMPONENTS  # tests of the lower floors do without

    hass.data.pop(DATA_CUSTOM_COMPONENTS)
    return hass
