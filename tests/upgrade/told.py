"""What a user of a home has, told in a way that no version changes: by registries, states and actions.

The same is asked of the version that has made an archive, and of the one that finds it. What a version does
not have yet is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import csv
import datetime as dt
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from tests.surface.driven_time import DrivenTime

from .running import DOMAIN

type Told = dict[str, Any]
"""Plain JSON."""

PAYMENT: Final = (
    "id",
    "meter",
    "kind",
    "state",
    "amount",
    "unit",
    "count",
    "balance_before",
    "balance_after",
    "by",
)
VOUCHER: Final = ("number", "state", "amount", "unit", "meter", "note", "by", "created_at", "expires_at")
ALERT: Final = (
    "alert_id",
    "kind",
    "severity",
    "state",
    "serial",
    "since",
    "acknowledged_by",
    "shelved_until",
)


class Teller:
    """Asks a running home."""

    def __init__(self, hass: HomeAssistant, time: DrivenTime) -> None:
        """Ask ``hass``, in driven ``time``."""
        self._hass = hass
        self._time = time

    async def told(self) -> Told:
        """All of it."""
        parts: Told = {
            "bridges": self._bridges(),
            "entities": self._entities(),
            "devices": self._devices(),
            "payments": await self._list("list_payments", "payments", PAYMENT),
            "vouchers": await self._list("list_vouchers", "vouchers", VOUCHER),
            **await self.alerts(),
            "tenants": await self._list("list_tenants", "tenants", ()),
            "settings": await self._settings(),
            "measurements": await self._measurements(),
            "dismissed": await self._dismissed(),
            "audit": await self._audit(),
            "balances": self.balances(),
        }
        return {name: part for name, part in parts.items() if part is not None}

    async def alerts(self) -> Told:
        """Alerts and work orders."""
        since = "2026-10-01 00:00:00"
        return {
            "alerts": await self._list("get_alerts", "alerts", ALERT, state="all", since=since),
            "work_orders": await self._work_orders(),
        }

    async def act(self, action: str, **data: Any) -> Any:
        """The answer of one of our actions."""
        answers = self._hass.services.supports_response(DOMAIN, action) != "none"
        return await self._time.through(
            self._hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=answers)
        )

    def has(self, action: str) -> bool:
        """Whether there is such an action."""
        return self._hass.services.has_service(DOMAIN, action)

    def device(self, serial: str) -> str:
        """Id of the device of a meter."""
        return next(one.id for one in self._registered() if (DOMAIN, serial) in one.identifiers)

    def balances(self) -> dict[str, float]:
        """Serial number -> what the account of the meter shows."""
        found = {}
        for entity in er.async_get(self._hass).entities.values():
            serial, _, key = entity.unique_id.partition("_")
            state = self._hass.states.get(entity.entity_id)
            if entity.platform == DOMAIN and key == "balance" and state is not None:
                found[serial] = float(state.state)
        return found

    def _bridges(self) -> list[Any]:
        return [
            {
                "title": entry.title,
                "data": dict(entry.data),
                "options": dict(entry.options),
                "meters": {
                    str(one.unique_id): {"title": one.title, "data": _plain(one.data)}
                    for one in entry.subentries.values()
                },
            }
            for entry in self._hass.config_entries.async_entries(DOMAIN)
        ]

    def _entities(self) -> dict[str, Any]:
        return {
            f"{one.domain}.{one.unique_id}": {
                "entity_id": one.entity_id,
                "name": one.name,
                "icon": one.icon,
                "disabled_by": one.disabled_by,
                "hidden_by": one.hidden_by,
                "device": one.device_id,
            }
            for one in er.async_get(self._hass).entities.values()
            if one.platform == DOMAIN
        }

    def _devices(self) -> dict[str, Any]:
        return {
            one.id: {"name": one.name_by_user, "area": one.area_id, "labels": sorted(one.labels)}
            for one in self._registered()
        }

    def _registered(self) -> Iterator[dr.DeviceEntry]:
        for entry in self._hass.config_entries.async_entries(DOMAIN):
            yield from dr.async_entries_for_config_entry(dr.async_get(self._hass), entry.entry_id)

    async def _list(self, action: str, name: str, fields: tuple[str, ...], **data: Any) -> list[Any] | None:
        if not self.has(action):
            return None
        answer = await self.act(action, **data)
        return [{field: one[field] for field in fields or one} for one in answer[name]]

    async def _work_orders(self) -> list[Any] | None:
        lists = [
            one.entity_id
            for one in er.async_get(self._hass).entities.values()
            if one.platform == DOMAIN and one.domain == "todo"
        ]
        if not lists:
            return None
        answer: Any = await self._time.through(
            self._hass.services.async_call(
                "todo",
                "get_items",
                {"entity_id": lists, "status": ["needs_action", "completed"]},
                blocking=True,
                return_response=True,
            )
        )
        found = [item for told in answer.values() for item in told["items"]]
        return [{key: item[key] for key in ("uid", "summary", "status")} for item in found]

    async def _settings(self) -> Told:
        settings = await _of("site_settings").async_site_settings(self._hass)
        names = ("payments", "telemetry", "detection", "alerts", "access")
        parts = {name: getattr(settings, name) for name in names if hasattr(settings, name)}
        return {name: _plain(part.as_dict()) for name, part in parts.items()}

    async def _measurements(self) -> Told | None:
        if not self.has("export_csv"):
            return None
        rows = await self._exported("2026-10-01 00:00:00", "2026-10-31 11:00:00", "hour")
        return {"rows": len(rows), "first": {row["meter"]: row for row in reversed(rows)}}

    async def newest_energy(self) -> dict[str, float]:
        """Serial number -> what the newest sample says of its counter, in kWh."""
        now = dt.datetime.fromtimestamp(self._time.wall, dt.UTC).replace(tzinfo=None)
        rows = await self._exported(f"{now - dt.timedelta(hours=1)}", f"{now}", "minute")
        return {row["meter"]: float(row["energy_import [kWh]"]) for row in rows if row["energy_import [kWh]"]}

    async def _exported(self, since: str, until: str, resolution: str) -> list[dict[str, str]]:
        answer = await self.act("export_csv", since=since, until=until, resolution=resolution)
        return await self._time.through(_in_thread(self._hass, Path(answer["file"])))

    async def _dismissed(self) -> Any:
        if not (Path(self._hass.config.path(".storage")) / f"{DOMAIN}.dismissed_tips").exists():
            return None
        tips = _of("advising.dismissed").DismissedTips(self._hass)
        await self._time.through(tips.async_load())
        serials = [serial for bridge in self._bridges() for serial in bridge["meters"]]
        return {serial: list(tips.of(serial)) for serial in serials}

    async def _audit(self) -> list[str] | None:
        if not self.has("get_alerts"):
            return None
        log = await _of("access.audit_log").async_audit_log(self._hass)
        lines = await self._time.through(log.async_read(lambda store: store.lines()))
        return [f"{line.entry.at.isoformat()} {line.entry.what}" for line in lines]


def _of(module: str) -> Any:
    """A module of the integration, whichever version it is."""
    return import_module(f"custom_components.{DOMAIN}.{module}")


async def _in_thread(hass: HomeAssistant, path: Path) -> list[dict[str, str]]:
    return await hass.async_add_executor_job(_rows, path)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, str | int | float | None):
        return value
    return [_plain(one) for one in (sorted(value) if isinstance(value, set | frozenset) else value)]
