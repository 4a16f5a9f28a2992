"""Let the test tools for Home Assistant 2026.10 start on 2026.11; goes when tools for 2026.11 are out.

Loaded before every other plugin (``pytest -p tests.ha_2026_11_shim``). Importing ``homeassistant``
first installs its stand-in for ``httpx`` before ``respx`` imports the real one, and one function
of the logger integration that the tools use has moved.
"""

from __future__ import annotations

from homeassistant.components import logger
from homeassistant.components.logger import helpers

if not hasattr(logger, "_clear_logger_overwrites"):
    logger._clear_logger_overwrites = helpers._clear_logger_overwrites  # type: ignore[attr-defined]
