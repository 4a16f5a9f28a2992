"""Tips as a tenant is told them, and those that they do not want to see again."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from homeassistant.core import HomeAssistant
import probatio

from ..advising.advising import current_advising
from ..insights.tips import Tip
from ..site.tenants import Tenancy
from .guard import malformed, not_now

KEY_LENGTH: Final = 16

SCHEMA: Final = probatio.Schema(
    {probatio.Required("key"): probatio.All(str, probatio.Match(rf"^[0-9a-f]{{{KEY_LENGTH}}}\Z"))}
)


async def async_tips(hass: HomeAssistant, tenancy: Tenancy) -> dict[str, Tip]:
    """Key -> tip, the most important first; insights begin when they have moved in.

    Raises TelemetryUnavailableError.
    """
    if (advising := current_advising(hass)) is None:
        return {}
    found = await advising.async_insights(tenancy.serial)
    return {_key(tip): tip for tip in found.shown_tips(raw=True, money=True)}


async def async_dismiss(hass: HomeAssistant, tenancy: Tenancy, key: str) -> None:
    """Do not show a tip any more, on the portal and elsewhere.

    Raises RefusedError where it is not shown, and TelemetryUnavailableError.
    """
    if (advising := current_advising(hass)) is None:
        raise not_now()
    if (tip := (await async_tips(hass, tenancy)).get(key)) is None:
        raise malformed()
    await advising.async_dismiss(tenancy.serial, tip.id)


def _key(tip: Tip) -> str:
    """What names a tip on the portal; its id may hold that of an alert."""
    return sha256(tip.id.encode()).hexdigest()[:KEY_LENGTH]
