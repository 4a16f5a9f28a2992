"""What the audit log has."""

from __future__ import annotations

from homeassistant.core import HomeAssistant

from custom_components.csj_meter.access.audit_log import async_audit_log


async def audited(hass: HomeAssistant) -> list[tuple[str, str, str | None, str]]:
    """What was done, by whom, on which meter, and what came of it; the oldest first."""
    lines = await (await async_audit_log(hass)).async_read(lambda store: store.lines())
    return [(line.entry.what, line.entry.name, line.entry.serial, line.word) for line in reversed(lines)]
