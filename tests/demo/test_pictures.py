"""Names of pictures are looked at before anything is started."""

from __future__ import annotations

import sys

import pytest

from demo.pictures import PICTURES, main


@pytest.mark.parametrize("names", [[], [PICTURES[0].name, PICTURES[-1].name]])
def test_names_of_pictures_are_right(names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["screenshot", "http://127.0.0.1:1", *names, "--check"])

    assert main() == 0


def test_another_name_is_told_with_those_that_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["screenshot", "http://127.0.0.1:1", "dashbord", "--check"])

    with pytest.raises(SystemExit) as left:
        main()

    assert left.value.code == 2
    assert "there is no picture 'dashbord': use dashboard, meter," in capsys.readouterr().err
