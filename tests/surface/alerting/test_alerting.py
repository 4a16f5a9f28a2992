"""From a finding to the event bus and to people."""

from __future__ import annotations

from custom_components.csj_meter.anomaly.kinds import State

from ...alerts.found import found
from .conftest import Site


async def test_what_is_confirmed_is_told_once_and_so_is_its_end(site: Site) -> None:
    serial = site.home.serial(1)
    await site.find(found(serial, State.SUSPECTED))
    assert site.said == []
    await site.find(found(serial))
    assert sorted(name for name, _ in site.said) == ["phone", "sms"]
    await site.find(found(serial))
    await site.find(found(serial, State.CLEARED, minute=9))

    assert site.told == [f"{step} {serial}" for step in ("raised", "confirmed", "cleared")]
    pushes = [data for name, data in site.said if name == "phone"]
    texts = [data["message"] for name, data in site.said if name == "sms"]
    assert len(pushes) == len(texts) == 2
    assert texts[0].startswith("Critical: Voltage sag, Home 1. 171 V at phase 1;")
    assert all(len(text) <= 160 for text in texts)
    assert pushes[0]["data"]["tag"] == pushes[1]["data"]["tag"]
