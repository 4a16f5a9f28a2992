"""Home Assistant's backups: the databases of a site are copied while they are in use.

A backup copies a database, and a while later its write-ahead log. What is written in between is in the log,
so both together are sound, unless SQLite moves the log into the database and begins it anew meanwhile. It
does not while somebody reads; and those who write, as when money is on its way, are not kept from it.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path
import sqlite3
from typing import Final

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from .access.audit_log import AUDIT_FILE
from .alerting.keeping import ALERTS_FILE
from .const import DOMAIN, LOGGER
from .history.opening import DATABASE_FILE
from .money.prepayment import LEDGER_FILE

FILES: Final = (LEDGER_FILE, ALERTS_FILE, AUDIT_FILE, DATABASE_FILE)

LONGEST: Final = 4 * 3600.0
"""Seconds that a backup may take: whoever makes it may have been lost, and meanwhile the logs grow."""

PATIENCE: Final = 2.0
"""Seconds to wait until a log is empty, which it need not be."""


class _Readers:
    """Those who read while one backup is made."""

    def __init__(self, hass: HomeAssistant, connections: list[sqlite3.Connection]) -> None:
        self._hass = hass
        self._connections = connections
        self._stops: list[CALLBACK_TYPE] = [
            async_call_later(hass, LONGEST, self._async_give_up),
            hass.bus.async_listen(EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_stopping),
        ]

    async def async_end(self) -> None:
        """Read no more; doing so again does nothing."""
        while self._stops:
            self._stops.pop()()
        connections, self._connections = self._connections, []
        if connections:
            await self._hass.async_add_executor_job(_end, connections)

    async def _async_give_up(self, _now: datetime) -> None:
        LOGGER.warning("Nobody has said that a backup is done: the databases may not be sound in it")
        _backups(self._hass).remove(self)
        await self.async_end()

    async def _async_stopping(self, _event: Event) -> None:
        await self.async_end()


_BACKUPS: Final[HassKey[list[_Readers]]] = HassKey(f"{DOMAIN}_backups")


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Read in each database until the backup is done."""
    paths = [Path(hass.config.path(name)) for name in FILES]
    readers = await hass.async_add_executor_job(_begin, paths)
    _backups(hass).append(_Readers(hass, readers))


async def async_post_backup(hass: HomeAssistant) -> None:
    """Read no more for the backup that was begun first."""
    if backups := _backups(hass):
        await backups.pop(0).async_end()


@callback
def _backups(hass: HomeAssistant) -> list[_Readers]:
    return hass.data.setdefault(_BACKUPS, [])


def _begin(paths: list[Path]) -> list[sqlite3.Connection]:
    readers = []
    for path in filter(Path.exists, paths):
        reader = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            if reader.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                reader.close()  # there whoever reads would hold up whoever writes
                continue
            # whoever reads while all of a log is in the database does not keep it from being begun anew
            reader.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except sqlite3.Error as err:
            # a backup of all the rest is better than none
            LOGGER.warning("%s may be damaged in the backup: %s", path.name, err)
            reader.close()
        else:
            readers.append(reader)
    return readers


def _end(readers: list[sqlite3.Connection]) -> None:
    for reader in readers:
        with closing(reader):
            reader.rollback()
