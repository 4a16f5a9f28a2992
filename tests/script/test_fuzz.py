"""script/fuzz, asked for what it cannot do."""

from __future__ import annotations

import sys

import pytest

from tests.fuzz.__main__ import main


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--target", "test_a_file"], "a target is one of a door"),
        (["csv_import", "some_input"], "inputs are those of a target: give it with --target"),
        (["tea"], "invalid choice: 'tea'"),
    ],
)
def test_a_mistake_is_told(
    words: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["script/fuzz", *words])

    with pytest.raises(SystemExit, match="2"):
        main()
    assert told in capsys.readouterr().err
