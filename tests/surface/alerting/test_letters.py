"""What messages say that are about no alert: it is kept until they have arrived."""

from __future__ import annotations

from contextlib import closing
import sqlite3

import pytest

from custom_components.csj_meter.alerting.alerting import async_alerting, current_alerting
from custom_components.csj_meter.alerting.keeping import alerts_path
from custom_components.csj_meter.alerting.letters import Letters, Text
from custom_components.csj_meter.alerts.message import MessageState, Reason

from ..conftest import Home
from ..open_files import handles
from .conftest import Site

TEXT = Text(title="Credit", text="Your credit is low.", html="")


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"title": "x"}', '{"title": 1, "text": "x", "html": "x"}']
)
async def test_one_that_is_damaged_costs_itself_alone(
    site: Site, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    site.hass.services.async_remove("notify", "sms")
    for step in ("lost", "sound"):
        await site.home.time.through(site.alerting.async_say(Reason.LETTER, "sms", step, TEXT))
    lost, sound = sorted(site.alerting.desk.outbox, key=lambda message: message.step)
    assert await site.home.tear_down()
    with closing(sqlite3.connect(alerts_path(site.hass))) as database, database:
        database.execute("UPDATE alert_note SET value = ? WHERE key = ?", (damage, f"letter {lost.id}"))
    site.register("sms")

    assert await site.home.time.through(site.hass.config_entries.async_setup(site.home.entry.entry_id))
    await site.home.time.run(60)

    assert [data["message"] for name, data in site.said if name == "sms"] == ["Credit. Your credit is low."]
    states = {message.id: message.state for message in site.alerting.desk.outbox}
    assert states == {lost.id: MessageState.CANCELLED, sound.id: MessageState.DELIVERED}
    assert caplog.text.count("What a message was to say is damaged and left out") == 1
    await site.restart()
    assert caplog.text.count("What a message was to say is damaged and left out") == 1


async def test_a_file_is_let_go_when_nothing_comes_of_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_letters: Letters, _notes: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(Letters, "__init__", fails)

    with pytest.raises(RuntimeError):
        await home.time.through(async_alerting(home.hass))

    assert current_alerting(home.hass) is None
    assert handles(alerts_path(home.hass)) == 0
