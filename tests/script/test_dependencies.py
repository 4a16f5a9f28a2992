"""What runs beside us is written down, and under a licence that goes with ours."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version

import pytest

from script.dependencies import (
    BESIDE,
    LICENCES,
    PAGE,
    PERMISSIVE,
    Dependency,
    built_in,
    for_nobody_at_run_time,
    heading,
    locked,
    of_home_assistant,
    optional,
    page,
    parts_of,
    run_time,
)


def test_the_page_says_what_the_lock_files_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m script.dependencies"


def test_what_is_read_of_packages_is_read_of_the_locked_ones() -> None:
    for one in (*run_time(), *optional(), *of_home_assistant()):
        assert version(one.name) == one.version == locked("test")[one.name]


@pytest.mark.parametrize("found", [run_time, optional, of_home_assistant])
def test_no_licence_of_what_is_installed_beside_us_reaches_our_code(
    found: Callable[[], list[Dependency]],
) -> None:
    wrong = {one.name: one.licence for one in found() if not parts_of(one.licence) <= BESIDE}

    assert wrong == {}


def test_what_is_in_the_release_asks_for_a_notice_alone_and_gets_it() -> None:
    notices = LICENCES.read_text(encoding="utf-8")

    for one in (*built_in(), *for_nobody_at_run_time()):
        assert parts_of(one.licence) <= PERMISSIVE, one
    for one in built_in():
        assert notices.count(heading(one)) == 1, f"run python -m script.dependencies: {one}"
    assert notices.count("Copyright (c)") >= len(built_in())


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MIT AND PSF-2.0", True),
        ("LGPL-3.0-only", True),
        ("MIT OR GPL-2.0-only", True),
        ("(GPL-2.0-only OR MIT) AND Apache-2.0", True),
        ("GPL-3.0-only", False),
        ("MIT AND AGPL-3.0-or-later", False),
        ("?", False),
    ],
)
def test_a_licence_is_allowed_when_all_that_it_asks_for_is(expression: str, allowed: bool) -> None:
    assert (parts_of(expression) <= BESIDE) is allowed


def test_the_closure_has_what_nobody_has_named() -> None:
    """Else it would say of a package that brings along others that it is alone."""
    assert {"greenlet", "typing-extensions"} <= {one.name for one in run_time()}
    assert [one.name for one in optional()] == ["psycopg", "psycopg-binary"]
