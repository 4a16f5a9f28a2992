"""The configuration folder of the demo's Home Assistant, before its first start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from .errors import DemoError

PACKAGE: Final = Path(__file__).parents[1] / "custom_components" / "csj_meter"

TIME_ZONE: Final = "Europe/Lisbon"
"""In winter the time of the simulated meters."""

CONFIGURATION: Final = f"""\
# A home for the CSJ Meter demo. There is no "default_config": it would look around the network.
homeassistant:
  name: Linden Court
  latitude: 39.0
  longitude: -9.0
  elevation: 40
  unit_system: metric
  # in winter the time of the simulated meters
  time_zone: {TIME_ZONE}
  currency: EUR
  country: PT
  language: en-GB
energy:
frontend:
history:
logbook:
logger:
  default: warning
  logs:
    # cameras and sound have no part in this; that their libraries are missing is no news
    haffmpeg: fatal
    homeassistant.components.camera: fatal
mobile_app:
my:
recorder:
  commit_interval: 1
"""

LISTENING: Final[dict[str, Any]] = {
    "server_host": ["127.0.0.1"],
    "server_port": 8123,
    "cors_allowed_origins": [],
    "login_attempts_threshold": -1,
    "ip_ban_enabled": True,
    "ssl_profile": "intermediate_v6",
    "use_x_frame_options": True,
    "created_at": "2026-11-01T00:00:00+00:00",
    "error": None,
    "error_message": None,
}
"""Settings of the web server. In YAML they would be on trial and fall back to all interfaces."""

ALERTS: Final[dict[str, Any]] = {
    "channels": [
        {
            "id": "notifications",
            "name": "Notifications",
            "medium": "message",
            "target": "notify.persistent_notification",
            "person": "Demo",
        }
    ],
    "routes": [{"severities": ["critical", "warning"], "channels": ["notifications"]}],
}
"""Who is told of alerts: whoever looks at the notifications of Home Assistant."""

ONBOARDED: Final = ["core_config", "analytics", "integration"]
"""Steps of the onboarding that would ask services in the internet; the user's own step stays."""


def seed(home: Path, port: int) -> None:
    """Make or complete the folder ``home`` so that Home Assistant listens on 127.0.0.1:``port``.

    What is there stays; only the port and the link to the integration follow this checkout.
    Raises ``DemoError`` when that cannot be.
    """
    integration = home / "custom_components" / PACKAGE.name
    if integration.exists() and not integration.is_symlink():
        raise DemoError(
            f"{integration} is not the link to this checkout that the demo makes: "
            "remove it, or choose another folder with --dir"
        )
    try:
        _write(home, port, integration)
    except OSError as err:
        raise DemoError(
            f"the home cannot be in {home} ({err.strerror}): choose another folder with --dir"
        ) from err


def _write(home: Path, port: int, integration: Path) -> None:
    storage = home / ".storage"
    storage.mkdir(parents=True, exist_ok=True)
    configuration = home / "configuration.yaml"
    if not configuration.exists():
        configuration.write_text(CONFIGURATION, encoding="utf-8")
        _store(storage / "onboarding", version=4, data={"done": ONBOARDED})
        _store(storage / "csj_meter.site", version=1, data={"alerts": ALERTS})
    _store(
        storage / "http",
        version=3,
        data={"stable": LISTENING | {"server_port": port}, "pending": None, "yaml_migration_done": True},
    )
    integration.parent.mkdir(exist_ok=True)
    if integration.is_symlink():
        integration.unlink()
    integration.symlink_to(PACKAGE, target_is_directory=True)


def _store(path: Path, *, version: int, data: dict[str, Any]) -> None:
    """Write a file the way Home Assistant's storage does."""
    content = {"version": version, "minor_version": 1, "key": path.name, "data": data}
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
