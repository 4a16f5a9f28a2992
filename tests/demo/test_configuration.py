"""The folder of the demo's home: complete at once, and left alone afterwards."""

from __future__ import annotations

import json
from pathlib import Path
import socket
import subprocess
import sys

import pytest

from custom_components.csj_meter.alerts.settings import AlertSettings
from demo.configuration import PACKAGE, seed
from demo.errors import DemoError
from demo.process import require_free


def stored(home: Path, key: str) -> object:
    return json.loads((home / ".storage" / key).read_text(encoding="utf-8"))["data"]


def test_a_new_home_listens_on_loopback_only_and_knows_the_integration(tmp_path: Path) -> None:
    seed(tmp_path, 8124)

    http = stored(tmp_path, "http")
    assert isinstance(http, dict)
    assert http["stable"]["server_host"] == ["127.0.0.1"]
    assert http["stable"]["server_port"] == 8124
    assert (tmp_path / "custom_components" / "csj_meter").resolve() == PACKAGE
    site = stored(tmp_path, "csj_meter.site")
    assert isinstance(site, dict)
    assert AlertSettings.from_dict(site["alerts"]).channels[0].target == "notify.persistent_notification"
    assert "http:" not in (tmp_path / "configuration.yaml").read_text(encoding="utf-8")


def test_a_home_that_was_left_keeps_what_it_has_and_takes_the_new_port(tmp_path: Path) -> None:
    seed(tmp_path, 8124)
    (tmp_path / "configuration.yaml").write_text("# mine\n", encoding="utf-8")
    (tmp_path / ".storage" / "onboarding").write_text('{"data": {"done": ["user"]}}', encoding="utf-8")

    seed(tmp_path, 8125)

    http = stored(tmp_path, "http")
    assert isinstance(http, dict)
    assert http["stable"]["server_port"] == 8125
    assert (tmp_path / "configuration.yaml").read_text(encoding="utf-8") == "# mine\n"
    assert stored(tmp_path, "onboarding") == {"done": ["user"]}


def test_a_port_that_is_taken_is_named_with_a_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        with pytest.raises(DemoError, match=f"port {port} .* choose one with --port"):
            require_free(port)

    require_free(port)


def test_a_copy_of_the_integration_is_not_thrown_away(tmp_path: Path) -> None:
    copied = tmp_path / "custom_components" / "csj_meter"
    copied.mkdir(parents=True)

    with pytest.raises(DemoError, match=r"is not the link to this checkout .* another folder with --dir"):
        seed(tmp_path, 8124)

    assert [*tmp_path.iterdir()] == [copied.parent]


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["--port", "0"], 2, "a port is 1 to 65535, not '0'"),
        (["--port", "65536"], 2, "a port is 1 to 65535, not '65536'"),
        (["--dir", __file__], 1, "(Not a directory): choose another folder with --dir"),
        (["--dir", f"{__file__}/home"], 1, "(Not a directory): choose another folder with --dir"),
    ],
)
def test_a_mistake_in_what_is_typed_is_told(words: list[str], status: int, told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--port", "28611", *words],
        cwd=PACKAGE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == status
    assert told in done.stderr
    assert "Traceback" not in done.stderr
