"""Dialogues filled in with anything: the next page, a mistake that is pointed out, or an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.data_entry_flow import FlowResultType, InvalidData, UnknownFlow, section
from homeassistant.helpers import selector
from hypothesis import strategies as st
import probatio

from custom_components.csj_meter.const import DOMAIN, SUBENTRY_METER

from ..surface.conftest import Home
from .malformed import NUMBERS, TEXTS, drawn

CHOICES = st.lists(st.integers(0, 10**6), min_size=40, max_size=40)
"""What somebody does, step by step."""

CARRIED = [number for number in NUMBERS if -1e300 < number < 1e300]
"""Numbers that forms can send: what Home Assistant reads JSON with knows neither NaN nor infinity."""

STEPS = 9

NOT_OPENED = frozenset({"search", "scan", "test", "fire_drill"})
"""Menu items that ask the line, or somebody else, for minutes."""


def answer(field: Any, choose: Iterator[int]) -> Any:
    """Something for a field: mostly of the sort that it takes, and then whatever somebody may type."""
    sort = next(choose) % 8
    if sort == 0:
        return (*TEXTS[:40], None, [], {}, 10**30)[next(choose) % 44]
    match field:
        case selector.BooleanSelector():
            return bool(next(choose) % 2)
        case selector.NumberSelector():
            low, high = field.config.get("min", 0), field.config.get("max", 100)
            return (low, high, (low + high) / 2, *CARRIED)[next(choose) % (3 + len(CARRIED))]
        case selector.SelectSelector():
            options = [one if isinstance(one, str) else one["value"] for one in field.config["options"]]
            chosen = options[next(choose) % len(options)] if options else "x"
            return [chosen] if field.config.get("multiple") else chosen
        case selector.DateTimeSelector():
            return ("0001-01-01 00:00:00", "9999-12-31 23:59:59", "2026-10-31 09:00:00")[next(choose) % 3]
        case selector.TimeSelector():
            return ("00:00:00", "23:59:59", "12:00")[next(choose) % 3]
        case section():
            return filled(field.schema, choose)
        case _:
            return TEXTS[next(choose) % len(TEXTS)]


def filled(schema: probatio.Schema | None, choose: Iterator[int]) -> dict[str, Any]:
    """A form as somebody sends it; what need not be filled in may stay empty."""
    fields = {} if schema is None else schema.schema
    return {
        str(key): answer(field, choose)
        for key, field in fields.items()
        if isinstance(key, probatio.Required) or next(choose) % 2
    }


async def walk(home: Home, manager: Any, begin: Any, numbers: list[int]) -> list[Any]:
    """Go through a dialogue; what was done."""
    choose = iter(numbers * 40)
    page = await home.time.through(begin)
    done: list[Any] = []
    for _ in range(STEPS):
        match page["type"]:
            case FlowResultType.MENU:
                options = [one for one in page["menu_options"] if not any(word in one for word in NOT_OPENED)]
                if not options:
                    break
                said = {"next_step_id": options[next(choose) % len(options)]}
            case FlowResultType.FORM:
                said = filled(page["data_schema"], choose)
            case _:
                return done
        done.append((page.get("step_id"), said))
        try:
            page = await home.time.through(manager.async_configure(page["flow_id"], said))
        except InvalidData:
            continue  # the frontend shows it at the field
        except UnknownFlow:
            return done
        except Exception as err:
            raise AssertionError(f"{done!r:.3000}") from err
        assert all(isinstance(key, str) for key in (page.get("errors") or {}).values())
    if page["type"] in (FlowResultType.MENU, FlowResultType.FORM):
        manager.async_abort(page["flow_id"])
    return done


async def test_options(opened: Home, nothing_unforeseen: Callable[[object], None]) -> None:
    manager = opened.hass.config_entries.options
    for numbers in drawn(CHOICES, 25):
        done = await walk(opened, manager, manager.async_init(opened.entry.entry_id), numbers)
        nothing_unforeseen(done)


async def test_bridges_and_meters(opened: Home, nothing_unforeseen: Callable[[object], None]) -> None:
    entries = opened.hass.config_entries
    for number, numbers in enumerate(drawn(CHOICES, 16)):
        begin: Any
        if number % 2:
            begin = entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
            done = await walk(opened, entries.flow, begin, numbers)
        else:
            key = (opened.entry.entry_id, SUBENTRY_METER)
            begin = entries.subentries.async_init(key, context={"source": SOURCE_USER})
            done = await walk(opened, entries.subentries, begin, numbers)
        nothing_unforeseen(done)
