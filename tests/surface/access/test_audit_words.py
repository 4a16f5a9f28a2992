"""Every word that stands in the audit log has a text in the panel: what was done, where, what went wrong."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
import re
from types import ModuleType
from typing import Any, Final

import pytest

from custom_components import csj_meter
from custom_components.csj_meter import button, csv_view, number, select, switch
from custom_components.csj_meter.access import audit_view, dialogues
from custom_components.csj_meter.access.audit_log import FURTHER_REFUSALS
from custom_components.csj_meter.access.audit_view import AuditView
from custom_components.csj_meter.alerting.answers import EVENT_ANSWER
from custom_components.csj_meter.alerting.channel_users import ANSWERS
from custom_components.csj_meter.assist.questions import Question
from custom_components.csj_meter.csv_view import CsvView
from custom_components.csj_meter.exceptions import ERROR_KEYS
from custom_components.csj_meter.flow import tenants
from custom_components.csj_meter.meter_commands import COMMANDS as METER_COMMANDS
from custom_components.csj_meter.meters.quantities import RelayMode
from custom_components.csj_meter.portal import guard
from custom_components.csj_meter.services import ACTIONS
from custom_components.csj_meter.site.access import Permission, Role
from custom_components.csj_meter.site.audit import AuditEntry, AuditLine, AuditOutcome
from custom_components.csj_meter.table_stream import CUT_OFF
from custom_components.csj_meter.telemetry.export import Resolution
from custom_components.csj_meter.todo import WORK_ORDERS
from custom_components.csj_meter.update import FIRMWARE
from custom_components.csj_meter.websocket_api import COMMANDS

NOW: Final = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)
FOLDER: Final = Path(csj_meter.__file__).parent
TEXTS: Final[dict[str, Any]] = json.loads((FOLDER / "translations" / "en.json").read_text(encoding="utf-8"))
PANEL: Final[dict[str, Any]] = TEXTS["config_panel"]["panel"]

ENTITIES: Final = (
    *button.COMMANDS,
    *number.NUMBERS,
    select.RELAY_MODE,
    switch.SUPPLY,
    switch.FAST_REPORTING,
    switch.WATCH_LOAD,
    WORK_ORDERS,
    FIRMWARE,
)

WRITTEN: Final = (
    *ACTIONS,
    *(entity.key for entity in ENTITIES),
    *(f"csj_meter/{name}" for name in COMMANDS),
    *(f"csj_meter/command {name}" for name in METER_COMMANDS),
    CsvView.name,
    *(f"{CsvView.name} {resolution}" for resolution in Resolution),
    AuditView.name,
    FURTHER_REFUSALS,
    *(f"{EVENT_ANSWER}: {answer}" for answer in ANSWERS),
    *(f"assist {question}" for question in Question),
    *(f"options: {doing}" for doing in tenants.Doing),
    *dialogues.Doing,
    f"{dialogues.Doing.GIVE_ROLE}: Ada Lovelace",
    *(f"portal: {doing}" for doing in guard.Doing),
)
"""All that the audit log calls something by."""


def source(module: ModuleType) -> str:
    return Path(str(module.__file__)).read_text(encoding="utf-8")


def texts_of(what: str) -> list[str | None]:
    """Where the panel looks for a text, in its order: frontend/src/panel/audit/audited.ts."""
    if place := re.fullmatch(r"(portal|options|assist)(?:: | )([a-z_ ]+)", what):
        return [PANEL["audit_names"].get(f"{place[1]}_{place[2].replace(' ', '_')}")]
    name = re.fullmatch(r"(api:[a-z_]+:[a-z_]+|[a-z0-9_/]+)(?:: | )?(.*)", what)
    assert name is not None, what
    if name[1] == "csj_meter/command" and name[2]:
        return texts_of(name[2])
    key = name[1].removeprefix("csj_meter/").replace("api:csj_meter:", "download_").replace("/", "_")
    own = re.sub(r"^price_t\d$", "price_tariff", name[1])
    platforms = ("switch", "button", "select", "number", "todo")
    return [
        PANEL["audit_names"].get(key),
        *(TEXTS["entity"][platform].get(own, {}).get("name") for platform in platforms),
        TEXTS["services"].get(own, {}).get("name"),
    ]


@pytest.mark.parametrize("what", WRITTEN)
def test_what_was_done_has_a_text(what: str) -> None:
    assert any(texts_of(what))


def test_every_text_of_a_name_is_of_something() -> None:
    used = {text for what in WRITTEN for text in texts_of(what)[:1]}
    assert set(PANEL["audit_names"].values()) <= used


def test_what_was_set_has_a_text() -> None:
    modes = TEXTS["entity"]["select"]["relay_mode"]["state"]
    resolutions = TEXTS["selector"]["resolution"]["options"]

    assert {mode.name.lower() for mode in RelayMode} == modes.keys()
    assert {resolution.value for resolution in Resolution} == resolutions.keys()


def test_who_was_allowed_what_and_what_came_of_it_has_a_text() -> None:
    assert set(Permission) == PANEL["permissions"].keys()
    assert set(Role) <= PANEL["roles"].keys()
    words = set()
    for allowed in (False, True):
        for failed in (None, False, True):
            entry = AuditEntry(
                id="e",
                at=NOW,
                user_id=None,
                name="automation",
                role=None,
                permission=Permission.COMMAND,
                what="restart",
                allowed=allowed,
            )
            outcome = None if failed is None else AuditOutcome(entry="e", at=NOW, failed=failed)
            words.add(AuditLine(number=1, entry=entry, outcome=outcome).word)
    assert words == PANEL["audit"]["outcomes"].keys()


def test_what_went_wrong_has_a_text() -> None:
    portal = "\n".join(path.read_text(encoding="utf-8") for path in (FOLDER / "portal").glob("*.py"))
    said = set(re.findall(r'RefusedError\(\s*HTTPStatus\.\w+,\s*"(\w+)"', portal))
    assert "too_many" in said
    # told otherwise than by raising it; some are keys of errors that are raised elsewhere
    told = {
        *(word for file in (csv_view, audit_view) for word in re.findall(r'fail\("(\w+)"\)', source(file))),
        CUT_OFF,
    }
    assert said | (told - TEXTS["exceptions"].keys()) == PANEL["audit_details"].keys()
    assert set(ERROR_KEYS.values()) <= TEXTS["exceptions"].keys()
