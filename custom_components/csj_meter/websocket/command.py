"""How a command is told, who may give it, and how its errors are answered.

A command answers once. A subscription answers that it has begun, and sends events until somebody ends it:
whoever asked for it, or the end of the connection. It is entered before anything is waited for, so that it
cannot begin after its connection has gone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.components.websocket_api import async_register_command, const
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import async_response, websocket_command
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
import probatio

from ..access.doors import (
    async_allowed,
    async_places,
    async_verify,
    async_verify_look,
    async_verify_some,
    place_of,
    visible_meters,
)
from ..alerts.errors import AlertError
from ..bus.errors import BusError
from ..const import DOMAIN
from ..exceptions import translated
from ..meters.errors import MeterError
from ..prepay.errors import PrepayError
from ..site.access import Permission
from ..telemetry.errors import TelemetryError

API_VERSION: Final = 1
"""Goes up when something changes so that whoever knew it before would be wrong; see docs/websocket.md."""

NOT_FOUND: Final = frozenset({"no_such_meter", "no_such_alert", "no_such_work_order", "no_such_bridge"})
"""Keys of errors that say that what was asked for is not there."""

SERIAL: Final = probatio.All(str, probatio.Length(min=1, max=64))
"""A serial number in a command."""

NAME: Final = probatio.All(str, probatio.Length(min=1, max=255))
"""An id, or the name of a circuit."""


def some_of(choices: Collection[str], most: int) -> Any:
    """One or more of ``choices``; counted first, as each wrong one is answered with all choices."""
    return probatio.All(list, probatio.Length(min=1, max=most), [probatio.In(choices)])


def whole(low: int, high: int) -> Any:
    """A whole number from ``low`` to ``high``; true is none."""
    return probatio.All(_whole_number, probatio.Range(min=low, max=high))


def number(low: float, high: float) -> Any:
    """A number from ``low`` to ``high``; true is none."""
    return probatio.All(_any_number, probatio.Range(min=low, max=high))


def _whole_number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise probatio.Invalid("expected a whole number")
    return value


def _any_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise probatio.Invalid("expected a number")
    return float(value)


class Subscription:
    """What somebody wants to hear of until they say otherwise, or their connection ends."""

    def __init__(self, connection: ActiveConnection, msg_id: int) -> None:
        """Enter it with its connection."""
        self._connection = connection
        self._id = msg_id
        self._stops: list[Callable[[], None]] = []
        self._begin: Callable[[], None] | None = None
        self.is_closed = False
        """Whether nobody hears any more."""
        connection.subscriptions[msg_id] = self.close

    @callback
    def on_begin(self, begin: Callable[[], None]) -> None:
        """What to do once it was answered that it has begun."""
        self._begin = begin

    @callback
    def on_close(self, stop: Callable[[], None]) -> None:
        """What to do at the end; now, when it has ended meanwhile."""
        if self.is_closed:
            stop()
        else:
            self._stops.append(stop)

    @callback
    def send(self, event: Mapping[str, Any]) -> None:
        """Tell something, unless nobody hears any more."""
        if not self.is_closed:
            self._connection.send_event(self._id, event)

    @callback
    def begin(self) -> None:
        """It was answered that it has begun."""
        if self._begin is not None and not self.is_closed:
            self._begin()

    @callback
    def close(self) -> None:
        """Let go of everything; doing so again changes nothing."""
        self.is_closed = True
        while self._stops:
            self._stops.pop()()

    @callback
    def give_up(self) -> None:
        """It could not begin."""
        self._connection.subscriptions.pop(self._id, None)
        self.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One command that somebody has given."""

    hass: HomeAssistant
    connection: ActiveConnection
    data: Mapping[str, Any]
    """What they said, through the schema."""

    what: str
    """The command."""

    subscription: Subscription | None = None
    """Where it is one."""

    @property
    def user(self) -> User:
        """Who asks."""
        return self.connection.user

    @property
    def by(self) -> str:
        """What others call them."""
        return self.user.name or "user"

    @property
    def context(self) -> Context:
        """For whatever comes of it."""
        return Context(user_id=self.user.id)

    @property
    def subscribed(self) -> Subscription:
        """The subscription of a command that is one."""
        if self.subscription is None:  # pragma: no cover - a mistake in the table of commands
            raise RuntimeError(f"{self.what} is no subscription")
        return self.subscription

    async def async_verify(
        self, permission: Permission, *, serial: str | None = None, circuit: str | None = None
    ) -> None:
        """Whether they may, on a meter, a circuit, or the whole site. Raises Unauthorized."""
        await async_verify(
            self.hass,
            self.user,
            permission,
            serial=serial,
            circuit=circuit,
            what=self.what,
            context=self.context,
        )

    async def async_verify_some(self, permission: Permission) -> frozenset[str] | None:
        """Whether they may anywhere: on which meters, None for all. Raises Unauthorized."""
        return await async_verify_some(self.hass, self.user, permission, what=self.what, context=self.context)

    async def async_verify_look(self, permission: Permission) -> None:
        """Whether they may look at what takes a permission to change. Raises Unauthorized.

        Looking is no line of the audit log, a refusal is.
        """
        places = await async_places(self.hass, self.user, (permission,))
        await async_verify_look(
            self.hass, self.user, (permission,), places, what=self.what, context=self.context
        )

    @asynccontextmanager
    async def allowed(
        self,
        permission: Permission,
        *,
        serial: str | None = None,
        circuit: str | None = None,
        detail: str | None = None,
    ) -> AsyncIterator[None]:
        """Do something that is written down, with what came of it. Raises Unauthorized.

        ``detail``: what is done, where the name of the command does not say it.
        """
        place = place_of(self.hass, serial, circuit)
        what = self.what if detail is None else f"{self.what} {detail}"
        async with async_allowed(
            self.hass, self.user, (permission,), (place,), what=what, context=self.context
        ):
            try:
                yield
            except Exception as err:
                if (known := error_of(err)) is None or known is err:
                    raise
                raise known from err

    def visible(self, permission: Permission) -> frozenset[str] | None:
        """On which meters they may as things are now, None for all: roles are given and taken away."""
        return visible_meters(self.hass, self.user, permission)

    def sees(self, permission: Permission, serial: str) -> bool:
        """Whether they may on a meter, as things are now."""
        visible = self.visible(permission)
        return visible is None or serial in visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One entry of the table of commands."""

    do: Callable[[Call], Awaitable[Any]]
    """What it does, and what it answers."""

    schema: Mapping[Any, Any] = field(default_factory=dict)
    """What it takes besides ``id`` and ``type``."""

    subscribes: bool = False
    """Whether it is a subscription."""


@callback
def async_register(hass: HomeAssistant, name: str, command: Command) -> None:
    """Have Home Assistant take a command."""
    what = f"{DOMAIN}/{name}"

    @async_response
    async def answer(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
        msg_id = msg["id"]
        subscription = Subscription(connection, msg_id) if command.subscribes else None
        call = Call(hass=hass, connection=connection, data=msg, what=what, subscription=subscription)
        try:
            result = await command.do(call)
        except BaseException as err:
            if subscription is not None:
                subscription.give_up()
            if (known := error_of(err)) is None:
                raise
            _refuse(connection, msg_id, known)
            return
        connection.send_result(msg_id, result)
        if subscription is not None:
            subscription.begin()

    tag = websocket_command({probatio.Required("type"): what, **command.schema})
    async_register_command(hass, tag(answer))


def error_of(err: BaseException) -> HomeAssistantError | None:
    """An error in the words of Home Assistant; None for one that nobody has foreseen."""
    match err:
        case HomeAssistantError():
            return err
        case AlertError() | BusError() | MeterError() | PrepayError():
            return translated(err)
        case TelemetryError():  # of the alerts' own file: measurements say it in words already
            return HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="alerts_unreadable",
                translation_placeholders={"error": str(err)},
            )
    return None


@callback
def _refuse(connection: ActiveConnection, msg_id: int, err: HomeAssistantError) -> None:
    connection.send_error(
        msg_id,
        code_of(err),
        str(err),
        err.translation_key,
        err.translation_domain,
        err.translation_placeholders,
    )


def code_of(err: HomeAssistantError) -> str:
    """What sort of error it is, in Home Assistant's words for it."""
    if isinstance(err, Unauthorized):
        return const.ERR_UNAUTHORIZED
    if err.translation_key in NOT_FOUND:
        return const.ERR_NOT_FOUND
    if isinstance(err, ServiceValidationError):
        return const.ERR_SERVICE_VALIDATION_ERROR
    return const.ERR_HOME_ASSISTANT_ERROR


def failure_of(err: Exception) -> dict[str, Any] | None:
    """The event that ends a subscription whose work went wrong; None when nobody has foreseen that."""
    if (known := error_of(err)) is None:
        return None
    return {
        "type": "failed",
        "code": code_of(known),
        "message": str(known),
        "translation_domain": known.translation_domain,
        "translation_key": known.translation_key,
        "translation_placeholders": known.translation_placeholders,
    }


UNFORESEEN: Final = {"type": "failed", "code": const.ERR_UNKNOWN_ERROR, "message": "Unknown error"}
"""The same event for what nobody has foreseen: the log has it."""
