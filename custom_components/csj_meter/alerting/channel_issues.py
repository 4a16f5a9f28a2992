"""Issues that say which channels do not work, as long as they do not."""

from __future__ import annotations

from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..alerts.message import EXPIRED
from ..alerts.outbox import Outbox, channels_failing
from ..alerts.settings import AlertSettings
from ..const import DOMAIN
from ..language.texts import Texts
from ..markdown import plain

ISSUE_CHANNEL: Final = "channel_"


class ChannelIssues:
    """What is said of each channel now."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Nothing is said yet."""
        self._hass = hass
        self.failing: dict[str, str] = {}
        """Id of a channel -> what its last message met."""

    @callback
    def look(self, outbox: Outbox, settings: AlertSettings, texts: Texts) -> None:
        """Say which channels do not work, and take it back when they do."""
        failing = {
            channel: texts("problems.too_old") if error == EXPIRED else error
            for channel, error in channels_failing(outbox).items()
        }
        for channel in self.failing.keys() - failing.keys():
            ir.async_delete_issue(self._hass, DOMAIN, f"{ISSUE_CHANNEL}{channel}")
        for channel, error in failing.items():
            if self.failing.get(channel) != error:
                ir.async_create_issue(
                    self._hass,
                    DOMAIN,
                    f"{ISSUE_CHANNEL}{channel}",
                    is_fixable=False,
                    severity=ir.IssueSeverity.ERROR,
                    translation_key="channel_failing",
                    translation_placeholders={
                        "channel": channel_name(settings, channel),
                        "error": plain(error),
                    },
                )
        self.failing = failing


def channel_name(settings: AlertSettings, channel_id: str) -> str:
    """What people call a channel; its id when it was removed."""
    channel = settings.channel(channel_id)
    return channel_id if channel is None else channel.name
