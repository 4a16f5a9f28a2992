"""Lists of files, addresses and figures in the pages are complete, and name nothing that is not there."""

from __future__ import annotations

from dataclasses import fields
import re
from typing import Final

import pytest

from custom_components.csj_meter.alerts.kpis import Kpis
from custom_components.csj_meter.alerts.summary import Summary
from custom_components.csj_meter.history.hourly_course import SUMS, VOLTAGES
from custom_components.csj_meter.prepay.movement import MovementState, Reason

from .pages import PAGES, ROOT, prose

INTEGRATION: Final = ROOT / "custom_components" / "csj_meter"
NAMED: Final = r"`(\w+\.py)`"


def part(page: str, heading: str) -> str:
    """What stands under a heading of a page, up to the next one."""
    found = prose(ROOT / "docs" / page).partition(f"\n{heading}\n")[2]
    assert found
    return re.split(r"\n#+ ", found)[0]


@pytest.mark.parametrize(
    ("page", "heading", "room"),
    [("prepayment.md", "### The parts", "prepay"), ("portal.md", "## For developers", "portal")],
)
def test_every_file_of_a_room_is_named_once(page: str, heading: str, room: str) -> None:
    files = sorted(path.name for path in (INTEGRATION / room).glob("*.py") if path.stem != "__init__")

    assert sorted(re.findall(NAMED, part(page, heading))) == files


def test_every_address_of_the_portal_is_named() -> None:
    told = part("portal.md", "## For developers")
    sources = "".join(path.read_text(encoding="utf-8") for path in (INTEGRATION / "portal").glob("*.py"))
    addresses = set(re.findall(r'url = f"\{PORTAL_URL\}(/[\w./]+)', sources))
    assert len(addresses) > 8

    assert [address for address in sorted(addresses) if address.rstrip("/") not in told] == []


def test_every_figure_of_the_summary_has_its_key() -> None:
    keys = re.findall(r"^\| .+ \| `(\w+)` \|$", part("summary.md", "## What the figures mean"), re.MULTILINE)
    told = re.findall(r"`(\w+)`", part("summary.md", "## For automations and clients"))

    assert sorted(keys) == sorted({field.name for field in fields(Kpis)} - {"since", "until"})
    answered = {field.name for field in fields(Summary)} - {"members"} | {"usage", "usage_before"}
    assert answered <= set(told)


def test_every_statistic_has_its_id() -> None:
    told = re.findall(r"`(\w+)`", part("telemetry.md", "## What the sensors mean"))
    beginnings = {name for name in (*SUMS, *VOLTAGES) if name[-1] == "1" or not name[-1].isdigit()}

    assert beginnings <= set(told)


def test_every_script_is_told_of() -> None:
    told = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    scripts = sorted(path.name for path in (ROOT / "script").iterdir() if path.is_file())
    assert len(scripts) > 15
    of_others = {"run_time_requirements.py"}  # a part of script/lock

    missing = [
        name
        for name in scripts
        if f"script/{name}" not in told and f"script.{name.removesuffix('.py')}" not in told
    ]
    assert set(missing) <= of_others


def test_every_state_and_reason_of_a_payment_is_explained() -> None:
    states = re.findall(r"^\| (\w+) \|", part("prepayment.md", "### What the states mean"), re.MULTILINE)
    reasons = re.findall(r"`(\w+)`", part("prepayment.md", "### What a refusal means"))

    assert sorted(states) == sorted(["state", *MovementState])
    assert sorted(reasons) == sorted(["reason", *Reason])
