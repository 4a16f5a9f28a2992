"""Home Assistant's backups: the databases of a site are copied while they are in use.

A backup copies a database, and a while later its write-ahead log. What is written in between is in the log,
so both together are sound, unless SQLite begins the log anew meanwhile. It does not while somebody reads; and
those who write, as when money is on its way, are not kept from it.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
import sqlite3
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from .access.audit_log import AUDIT_FILE
from .alerting.keeping import ALERTS_FILE
from .const import DOMAIN, LOGGER
from .history.opening import DATABASE_FILE
from .money.prepayment import LEDGER_FILE

FILES: Final = (LEDGER_FILE, ALERTS_FILE, AUDIT_FILE, DATABASE_FILE)

_READERS: Final[HassKey[list[sqlite3.Connection]]] = HassKey(f"{DOMAIN}_backup")


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Read in each database until the backup is done."""
    paths = [Path(hass.config.path(name)) for name in FILES]
    readers = await hass.async_add_executor_job(_begin, paths)
    hass.data.setdefault(_READERS, []).extend(readers)


async def async_post_backup(hass: HomeAssistant) -> None:
    """Read no more."""
    if readers := hass.data.pop(_READERS, None):
        await hass.async_add_executor_job(_end, readers)


def _begin(paths: list[Path]) -> list[sqlite3.Connection]:
    readers = []
    for path in filter(Path.exists, paths):
        reader = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            if reader.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                reader.close()  # there whoever reads would hold up whoever writes
                continue
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
