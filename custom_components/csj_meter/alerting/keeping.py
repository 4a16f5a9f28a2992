"""What is to be kept of alerts, until the disk has it: nothing is lost while the file cannot be written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
import datetime as dt
from functools import partial
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..alerts.alert import Alert
from ..alerts.desk import REMEMBERED
from ..alerts.errors import AlertsTooNewError
from ..alerts.message import Message
from ..alerts.store import AlertStore, Batch, Kept
from ..alerts.work_order import WorkOrder
from ..const import LOGGER
from ..file_issues import point_out_file, withdraw_file
from ..opened_file import async_closed, async_opened
from ..telemetry.errors import StoreBrokenError, StoreUnavailableError, TelemetryError

ALERTS_FILE: Final = "csj_meter_alerts.db"
"""In the configuration folder, so that it is part of every backup."""

ISSUE_ALERTS: Final = "alerts"


class Keeping:
    """The file, and what it does not have yet."""

    def __init__(
        self, hass: HomeAssistant, store: AlertStore | None, everything: Callable[[], Batch]
    ) -> None:
        """Write into ``store``; without one nothing is written before ``async_read_late`` has read the file.

        ``everything``: what belongs into a file that has none of it.
        """
        self._hass = hass
        self._store = store
        self._is_read = store is not None
        """Whether it is known what the file has: what is written takes the place of what has its name."""
        self._everything = everything
        self._alerts: dict[str, Alert] = {}
        self._messages: dict[str, Message] = {}
        self._orders: dict[int, WorkOrder] = {}
        self._notes: dict[str, str | None] = {}

    def __len__(self) -> int:
        """How much could not be kept on disk so far."""
        return len(self._alerts) + len(self._messages) + len(self._orders)

    def note(
        self,
        *,
        alerts: Iterable[Alert] = (),
        messages: Iterable[Message] = (),
        orders: Iterable[WorkOrder] = (),
        notes: Mapping[str, str | None] | None = None,
    ) -> None:
        """Have this written with the next ``async_write``."""
        self._alerts.update({alert.id: alert for alert in alerts})
        self._messages.update({message.id: message for message in messages})
        self._orders.update({order.number: order for order in orders})
        self._notes.update(notes or {})

    async def async_read_late(self) -> Kept | None:
        """What the file has, where it could not be opened before and now can; None otherwise.

        Whoever gets it goes on with it, and calls ``write_anew`` then.
        """
        if self._is_read:
            return None
        self._store, kept = await async_open(self._hass)
        self._is_read = self._store is not None
        return kept if self._is_read else None

    def write_anew(self) -> None:
        """Have everything written with the next ``async_write``, in the place of what is not written yet."""
        for unwritten in (self._alerts, self._messages, self._orders, self._notes):
            unwritten.clear()
        self._note_everything()

    async def async_write(self) -> bool:
        """Have it on disk: whether there was anything. What the disk does not take waits, and is said."""
        batch = Batch(
            alerts=list(self._alerts.values()),
            messages=list(self._messages.values()),
            orders=list(self._orders.values()),
            notes=dict(self._notes),
        )
        if not batch:
            return False
        if not self._is_read:
            return True  # an issue says so
        try:
            if self._store is not None:
                await self._hass.async_add_executor_job(self._store.write, batch)
            else:
                opener = partial(_begun, alerts_path(self._hass), batch)
                self._store = await async_opened(self._hass, opener, AlertStore.close)
        except (TelemetryError, AlertsTooNewError) as err:
            _point_out(self._hass, err)
            if isinstance(err, StoreBrokenError) and self._store is not None:
                await self.async_close()  # with the next step it is set aside, and a new one begun
                self._note_everything()
            return True
        for unwritten in (self._alerts, self._messages, self._orders, self._notes):
            unwritten.clear()  # nobody else adds to them: steps are done one after the other
        withdraw_file(self._hass, ISSUE_ALERTS)
        return True

    def _note_everything(self) -> None:
        whole = self._everything()
        self.note(alerts=whole.alerts, messages=whole.messages, orders=whole.orders, notes=whole.notes)

    async def async_flush(self) -> None:
        """Have what was written survive a power cut as well."""
        if (store := self._store) is not None:
            try:
                await self._hass.async_add_executor_job(store.flush)
            except TelemetryError as err:
                _point_out(self._hass, err)

    async def async_read[T](self, job: Callable[[AlertStore], T]) -> T:
        """Ask the file something, in a thread. Raises StoreUnavailableError and StoreBrokenError."""
        if (store := self._store) is None:
            raise StoreUnavailableError(f"{ALERTS_FILE} could not be opened")
        return await self._hass.async_add_executor_job(job, store)

    async def async_purge(self, now: dt.datetime) -> None:
        """Remove what is too old."""
        with suppress(TelemetryError):  # whoever writes says so
            await self.async_read(lambda store: store.purge(now))

    async def async_close(self) -> None:
        """Let go of the file."""
        if self._store is not None:
            store, self._store = self._store, None
            await async_closed(self._hass, store.close)


async def async_open(hass: HomeAssistant) -> tuple[AlertStore | None, Kept]:
    """The file and what it has; None and nothing when it cannot be opened, and an issue says so."""
    try:
        store, kept = await async_opened(hass, partial(_opened, alerts_path(hass)), _close)
    except (TelemetryError, AlertsTooNewError) as err:
        _point_out(hass, err)
        return None, Kept()
    if store.set_aside is not None:
        LOGGER.warning("%s was damaged; it was moved to %s", ALERTS_FILE, store.set_aside)
    return store, kept


def alerts_path(hass: HomeAssistant) -> Path:
    """Where alerts are kept."""
    return Path(hass.config.path(ALERTS_FILE))


def _opened(path: Path) -> tuple[AlertStore, Kept]:
    now = dt_util.utcnow()
    store = AlertStore.at(path, now)
    try:
        return store, store.kept(now, REMEMBERED)
    except BaseException:
        store.close()
        raise


def _close(opened: tuple[AlertStore, Kept]) -> None:
    opened[0].close()


def _begun(path: Path, batch: Batch) -> AlertStore:
    store = AlertStore.at(path, dt_util.utcnow())
    try:
        store.write(batch)
    except BaseException:
        store.close()
        raise
    return store


def _point_out(hass: HomeAssistant, err: Exception) -> None:
    """Say that alerts cannot be kept."""
    key = "alerts_too_new" if isinstance(err, AlertsTooNewError) else "alerts_unavailable"
    point_out_file(hass, ISSUE_ALERTS, key, ALERTS_FILE, err)
