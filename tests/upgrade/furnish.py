"""Makes a home for the tests of upgrades: ``script/upgrade-data`` runs it with the integration of a version.

A person sets a small simulated line up, gives it names, keys and roles, moves money, lets tenants in, has
faults and answers their alerts. What this version keeps of it is packed, with what it tells of it and the
secrets that only its users know. What a version does not have yet is left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
import contextlib
import datetime as dt
from importlib import import_module
import json
import os
from pathlib import Path
import tarfile
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory, real_monotonic
from homeassistant.auth.models import User
from homeassistant.config_entries import SOURCE_USER, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest

from tests.surface.driven_time import DrivenTime

from .running import DOMAIN, running
from .told import Teller, Told

METERS: Final = 4
HOME: Final = "home"
TOLD: Final = "told.json"
COUNTER: Final = "sensor.pulse_counter"

PAST: Final = 10 * 24 * 60
"""Minutes of their load profiles that meters are asked for when they are new."""

LIMIT: Final = 300_000
"""Bytes that an archive may take."""

WORK_ORDER: Final = "create_work_order"
EARLIER: Final = {WORK_ORDER: "create_ticket"}
"""Action -> its name in versions that do not know this one."""

FIRST, SECOND, THIRD, FOURTH = range(METERS)


class Furnisher:
    """Somebody who uses all that a version has."""

    def __init__(self, hass: HomeAssistant, time: DrivenTime) -> None:
        """Work in ``hass``, in driven ``time``."""
        self.hass = hass
        self.time = time
        self.teller = Teller(hass, time)
        self.secrets: dict[str, Any] = {}

    @property
    def entry(self) -> ConfigEntry:
        """The simulated line."""
        return next(
            entry
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            if entry.data["link"] == "simulated"
        )

    @property
    def serials(self) -> list[str]:
        """Of the meters on it, by unit id."""
        meters = sorted(self.entry.subentries.values(), key=lambda one: one.data["unit_id"])
        return [str(meter.unique_id) for meter in meters]

    async def add_bridge(self, link: str, **values: Any) -> None:
        """Walk through the dialogue as a person does."""
        flow = self.hass.config_entries.flow
        step: Any = await self.time.through(flow.async_init(DOMAIN, context={"source": SOURCE_USER}))
        while step["type"] != "create_entry":
            given: dict[str, Any] | None = None
            match step["type"]:
                case "menu":
                    given = {"next_step_id": link}
                case "progress":
                    await self.time.run(1)
                case "form" if step["step_id"] == link:
                    given = values
                case "form":
                    given = _filled_in(step["description_placeholders"] or {})
                case kind:
                    raise AssertionError(f"{kind}: {step}")
            step = await self.time.through(flow.async_configure(step["flow_id"], given))
        await self.time.run(90)

    async def customise(self) -> None:
        """Other names, icons, areas; an entity that is switched off and one that is switched on."""
        entities, serial = er.async_get(self.hass), self.serials[FIRST]
        area = ar.async_get(self.hass).async_create("Invented cellar")
        for key, changes in {
            "active_power": {
                "name": "Cellar power",
                "new_entity_id": "sensor.my_power",
                "icon": "mdi:meter-electric",
            },
            "power_factor": {"disabled_by": er.RegistryEntryDisabler.USER},
            "voltage_l1": {"hidden_by": er.RegistryEntryHider.USER},
        }.items():
            entity_id = entities.async_get_entity_id("sensor", DOMAIN, f"{serial}_{key}")
            assert entity_id is not None, key
            entities.async_update_entity(entity_id, **changes)  # type: ignore[arg-type]
        dr.async_get(self.hass).async_update_device(
            self.teller.device(serial), area_id=area.id, name_by_user="Main meter"
        )
        self.hass.config_entries.async_update_entry(self.entry, options={"live_period": 20})
        await self.time.run(60)

    async def give_roles(self) -> None:
        """A user of each role; what else is set for the site."""
        users = {
            name: await self.hass.auth.async_create_user(f"Invented {name}", group_ids=["system-users"])
            for name in ("technician", "landlord", "tenant")
        }
        settings = await _of("site_settings").async_site_settings(self.hass)
        payments = _of("site_settings").PaymentSettings(
            enabled=True, provider="Invented shop", webhook_id="0" * 64, secret="1" * 64
        )
        await settings.async_set_payments(payments)
        self.secrets["payments"] = payments.secret
        if hasattr(settings, "async_set_telemetry"):
            await settings.async_set_telemetry(_of("site_settings").TelemetrySettings(raw_days=200))
        if hasattr(settings, "async_set_threshold"):
            kinds = _of("anomaly.kinds")
            await settings.async_set_threshold(kinds.Kind.VOLTAGE_SAG, self.serials[FOURTH], 0.7)
            await settings.async_set_watched(self.serials[FOURTH], watched=False)
        if hasattr(settings, "async_set_alerts"):
            await settings.async_set_alerts(_alerts())
        if hasattr(settings, "async_change_access"):
            for person in _people(users, self.serials):
                await settings.async_change_access(lambda access, person=person: access.with_person(person))

    async def move_money(self) -> None:
        """Top-ups, a voucher that was used and one that was not, a token, a correction."""
        act = self.teller.act
        first, second = (self.teller.device(self.serials[number]) for number in (FIRST, SECOND))
        await act("top_up", device_id=first, amount=20, key="receipt-1", note="Invented")
        await act("top_up", device_id=second, amount=12.34)
        used = await act("create_voucher", amount=5, device_id=first)
        kept = await act("create_voucher", amount=7.5, unit="EUR", valid_days=3650)
        await act("redeem_voucher", device_id=first, code=used["code"])
        await act("correct_payment", device_id=second, amount=-1.25, note="Invented mistake")
        self.secrets["voucher"] = kept["code"]
        await self.time.run(120)

    async def let_tenants_in(self) -> None:
        """One who has moved out, and one who has a link."""
        if not self.teller.has("move_in"):
            return
        device = self.teller.device(self.serials[FIRST])
        await self.teller.act("move_in", device_id=device, name="Ada Invented", email="ada@example.org")
        await self.time.run(120)
        await self.teller.act("move_out", device_id=device)
        await self.time.run(120)
        await self.teller.act(
            "move_in", device_id=device, name="Bob Invented", phone="+15550100", language="de"
        )
        link = await self.teller.act("make_portal_link", device_id=device)
        self.secrets["portal"] = next(str(value) for value in link.values() if "#" in str(value)).partition(
            "#"
        )[2]

    async def have_faults(self) -> None:
        """Alerts of every state, work orders, a tip that is not wanted."""
        for unit in (1, 2, 3):
            await self._fault("voltage_sag", unit_id=unit, value=0.3)
        await self.time.run(300)
        if not self.teller.has("acknowledge_alert"):
            return
        alerts = await self._alerts()
        acknowledged, shelved, over = (alerts[self.serials[number]] for number in (FIRST, SECOND, THIRD))
        await self.teller.act("acknowledge_alert", alert_id=acknowledged)
        await self.teller.act("shelve_alert", alert_id=shelved, duration={"hours": 12})
        order = WORK_ORDER if self.teller.has(WORK_ORDER) else EARLIER[WORK_ORDER]
        await self.teller.act(order, alert_id=over)
        await self.teller.act(order, device_id=self.teller.device(self.serials[FIRST]), summary="Invented")
        await self.teller.act("clear_simulated_faults", config_entry_id=self.entry.entry_id)
        for unit in (1, 2):
            await self._fault("voltage_sag", unit_id=unit, value=0.3)
        await self.time.run(900)
        await self._fault("phase_loss", unit_id=3)
        await self.time.run(300)
        states = {one["state"] for one in (await self.teller.told())["alerts"]}
        assert states >= {"acknowledged", "cleared", "shelved"}, states

    async def dismiss_a_tip(self) -> None:
        """One of those that are not shown again."""
        with contextlib.suppress(ModuleNotFoundError):
            advising = await _of("advising.advising").async_advising(self.hass)
            await advising.async_dismiss(self.serials[FIRST], "invented-tip")

    async def _fault(self, kind: str, **data: Any) -> None:
        await self.teller.act("simulate_fault", config_entry_id=self.entry.entry_id, fault=kind, **data)

    async def _alerts(self) -> dict[str, str]:
        """Serial number -> id of the alert of the meter."""
        answer = await self.teller.act("get_alerts")
        return {one["serial"]: one["alert_id"] for one in answer["alerts"] if one["serial"] is not None}


def _of(module: str) -> Any:
    """A module of the integration, whichever version it is."""
    return import_module(f"custom_components.{DOMAIN}.{module}")


def _filled_in(headings: Mapping[str, str]) -> dict[str, Any]:
    """Names and circuits of the meters that were found, a circuit each."""
    sections = [name for name in headings if name.startswith("meter_")]
    return {
        name: {"add": True, "name": f"Home {number}", "circuit": f"Invented lane {number}"}
        for number, name in enumerate(sections, 1)
    }


def _alerts() -> Any:
    """Who is told what."""
    alerts, severity = _of("alerts.settings"), _of("anomaly.kinds").Severity
    return alerts.AlertSettings(
        channels=(
            alerts.Channel(
                id="phone", name="Phone", medium=alerts.Medium.PUSH, target="notify.phone", person="Ada"
            ),
            alerts.Channel(
                id="mail",
                name="Mail",
                medium=alerts.Medium.EMAIL,
                target="notify.mail",
                person="Bob",
                address="bob@example.org",
            ),
        ),
        routes=(alerts.Route(severities=(severity.CRITICAL,), channels=("phone", "mail")),),
        quiet_hours=alerts.QuietHours(enabled=True, start=dt.time(23), end=dt.time(6)),
        tickets=alerts.TicketSettings(),
    )


def _people(users: Mapping[str, User], serials: list[str]) -> list[Any]:
    """To whom which role is given."""
    role, person = _of("site.access").Role, _of("site.people").Person
    return [
        person(user_id=users["technician"].id, role=role.TECHNICIAN),
        person(user_id=users["landlord"].id, role=role.LANDLORD, circuits=("Invented lane 1",)),
        person(user_id=users["tenant"].id, role=role.TENANT, meters=(serials[FIRST],)),
    ]


@pytest.mark.parametrize("expected_lingering_timers", [True])  # Home Assistant ends, and with it its process
async def test_furnish(
    freezer: FrozenDateTimeFactory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    expected_lingering_timers: bool,
) -> None:
    """Not a test: the script runs it for its driven time."""
    archive = os.environ["UPGRADE_ARCHIVE"]
    with contextlib.suppress(ModuleNotFoundError):
        monkeypatch.setattr(_of("history.backfill"), "MOST_HISTORY", PAST)
    home = tmp_path / HOME
    time = DrivenTime(asyncio.get_running_loop(), real_monotonic(), freezer)
    try:
        async with running(home, time) as hass:
            for service in ("phone", "mail"):
                hass.services.async_register("notify", service, lambda _: None)
            hass.states.async_set(COUNTER, "1000")
            furnisher = Furnisher(hass, time)
            await furnisher.add_bridge("simulated", seed=1, meters=METERS)
            await furnisher.add_bridge("pulse", entity_id=COUNTER, pulses_per_kwh=1000, name="Shed")
            await furnisher.customise()
            await furnisher.give_roles()
            await furnisher.move_money()
            await furnisher.let_tenants_in()
            hass.states.async_set(COUNTER, "1700")
            await furnisher.have_faults()
            await furnisher.dismiss_a_tip()
            await time.run(3600)
            told = await furnisher.teller.told()
            told |= {"at": time.wall, "secrets": furnisher.secrets, "commit": os.environ["UPGRADE_COMMIT"]}
    finally:
        time.release()
    await asyncio.to_thread(_pack, home, told, Path(archive))


def _pack(home: Path, told: Told, archive: Path) -> None:
    told["kept"] = sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())
    (home / TOLD).write_text(json.dumps(told, indent=1, sort_keys=True), encoding="utf-8")
    with tarfile.open(archive, "w:xz", preset=9) as packed:
        packed.add(home, HOME, filter=_plain_file)
    assert archive.stat().st_size < LIMIT


def _plain_file(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Without who has made it; exports are for their readers."""
    if "/exports" in info.name or info.name.endswith((".log", "__pycache__")):
        return None
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info
