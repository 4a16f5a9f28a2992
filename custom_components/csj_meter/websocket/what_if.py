"""What other settings of detection would have told of the last days, before anybody saves them."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
import probatio

from ..anomaly.finding import Finding
from ..anomaly.kinds import Kind
from ..anomaly.settings import Settings, SettingsError, Tuning
from ..anomaly.wording import message
from ..const import CONF_CIRCUIT, DOMAIN, LOGGER
from ..detection.place import Place, Reach
from ..detection.replay import ReplayControl
from ..detection.what_if import LOOKED_BACK, async_compare
from ..exceptions import wrong
from ..language.texts import Texts
from ..meters.sample import MINUTE, minute_of
from ..site.access import Permission
from ..site_settings import async_site_settings
from ..site_texts import current_texts
from ..telemetry.series import DAY
from .bridges import find_meter, is_loading
from .command import NAME, SERIAL, UNFORESEEN, Call, Subscription, failure_of, number, whole
from .values import moment

USUAL_DAYS: Final = LOOKED_BACK // DAY
MOST_DAYS: Final = USUAL_DAYS

MOST_FINDINGS: Final = 200
"""That are told one by one, the newest; all are counted."""

SCHEMA: Final = {
    probatio.Required("kind"): probatio.In([kind.value for kind in Kind]),
    probatio.Exclusive("serial", "place"): SERIAL,
    probatio.Exclusive("circuit", "place"): NAME,
    probatio.Optional("enabled"): bool,
    probatio.Optional("threshold"): number(0, 1_000_000),
    probatio.Optional("confirm"): whole(1, 60),
    probatio.Optional("days", default=USUAL_DAYS): whole(1, MOST_DAYS),
}

_UNDER_WAY: Final[HassKey[set[Subscription]]] = HassKey(f"{DOMAIN}_what_if")


async def async_what_if(call: Call) -> None:
    """Replay the last days twice, with the settings that hold and with others.

    It takes many seconds of a processor, so one at a time; to end the subscription is to end it.
    """
    await call.async_verify(Permission.SEE_DIAGNOSTICS)
    hass, data = call.hass, call.data
    if is_loading(hass):
        raise wrong("no_bridge_set_up")
    place = _place(hass, data.get("serial"), data.get("circuit"))
    now = (await async_site_settings(hass)).detection
    then = _other(now, place, data)
    under_way = hass.data.setdefault(_UNDER_WAY, set())
    if under_way:
        raise wrong("replay_under_way")
    subscription = call.subscribed
    if subscription.is_closed:
        return
    under_way.add(subscription)
    progress = _Progress(subscription)
    control = ReplayControl(hass, progress.tell)
    subscription.on_close(control.stop)

    @callback
    def begin() -> None:
        task = hass.async_create_background_task(
            _async_replay(call, _Question(place, now, then, progress, control)), f"{DOMAIN} what if"
        )
        # the thread ends at its next look; until then it counts
        task.add_done_callback(lambda _: under_way.discard(subscription))

    subscription.on_begin(begin)


class _Progress:
    """How far both replays together are."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription
        self._first_is_over = False

    def go_on(self) -> None:
        """The first is over."""
        self._first_is_over = True

    @callback
    def tell(self, done: float) -> None:
        whole = (done + self._first_is_over) / 2
        self._subscription.send({"type": "progress", "done": round(whole, 3)})


@dataclass(frozen=True, slots=True)
class _Question:
    """What is compared."""

    place: Place
    now: Settings
    then: Settings
    progress: _Progress
    control: ReplayControl


def _place(hass: HomeAssistant, serial: str | None, circuit: str | None) -> Place:
    if serial is not None:
        if (found := find_meter(hass, serial)) is None:
            raise wrong("no_such_meter")
        return Place(reach=Reach.METER, name=serial, circuit=found[1].data.get(CONF_CIRCUIT) or None)
    if circuit is not None:
        return Place(reach=Reach.CIRCUIT, name=circuit, circuit=circuit)
    return Place()


def _other(now: Settings, place: Place, data: Any) -> Settings:
    """The settings that hold with another tuning at a place. Raises ServiceValidationError."""
    kind = Kind(data["kind"])
    wanted = {key: data[key] for key in ("enabled", "threshold", "confirm") if key in data}
    try:
        tuning = Tuning.from_dict(kind, wanted, kind.value)
    except SettingsError as err:
        raise wrong("impossible_tuning", error=str(err)) from err
    return place.with_tuning(now, kind, tuning)


async def _async_replay(call: Call, question: _Question) -> None:
    """Both replays; the root of a task."""
    subscription = call.subscribed
    try:
        subscription.send(await _async_compared(call, question))
    except asyncio.CancelledError:
        question.control.stop()
        raise
    except Exception as err:  # noqa: BLE001 - the root of a task: whoever waits for it is told
        if subscription.is_closed:
            return
        if (failure := failure_of(err)) is None:
            LOGGER.exception("A replay has failed")
        subscription.send(failure or UNFORESEEN)


async def _async_compared(call: Call, question: _Question) -> dict[str, Any]:
    hass, kind = call.hass, Kind(call.data["kind"])
    until = minute_of(dt_util.utcnow().timestamp())
    since = until - call.data["days"] * DAY
    found = await async_compare(
        *(hass, question.place, question.now, question.then, since, until),
        control=question.control,
        halfway=question.progress.go_on,
    )
    before, after = ([one for one in some if one.kind is kind] for some in (found.now, found.then))
    return {
        "type": "result",
        "start": moment(since * MINUTE),
        "end": moment(until * MINUTE),
        "kind": kind.value,
        "now": _counts(before),
        "then": _counts(after),
        "findings": [_finding(one, current_texts(hass)) for one in after[-MOST_FINDINGS:]],
        "more": len(after) > MOST_FINDINGS,
    }


def _counts(findings: list[Finding]) -> dict[str, Any]:
    return {
        "findings": len(findings),
        "meters": len({one.serial for one in findings}),
        "severities": dict(Counter(one.severity.value for one in findings)),
    }


def _finding(finding: Finding, texts: Texts) -> dict[str, Any]:
    return {
        "serial": finding.serial,
        "at": moment(finding.at * MINUTE),
        "since": moment(finding.since * MINUTE),
        "severity": finding.severity.value,
        "value": finding.value,
        "message": message(texts, finding, dt_util.get_default_time_zone()),
    }
