"""Cards of the demo's dashboard as Home Assistant's frontend stores them, and where they lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from .site import Meter

type Card = dict[str, Any]
"""Configuration of a card, section or view."""

PATH: Final = "csj-meters"
"""Of the dashboard, in its address."""

FULL: Final = {"columns": "full"}

SHORT: Final = {
    "battery_voltage": "Clock battery",
    "credit_days_left": "Days left",
    "current_unbalance": "Unbalance",
    "max_demand": "Peak demand",
    "temperature": "Temperature",
}
"""Names for half a column, where those of the entities are cut off."""


def section(*cards: Card, span: int = 1) -> Card:
    """Cards under each other; ``span`` columns wide."""
    return {"type": "grid", "column_span": span, "cards": list(cards)}


def heading(title: str, icon: str, *, badges: Iterable[str] = (), of: Meter | None = None) -> Card:
    """A line above cards; ``badges`` are keys of entities ``of`` a meter."""
    own = of.entities if of is not None else {}
    return {
        "type": "heading",
        "heading": title,
        "icon": icon,
        "badges": [{"type": "entity", "entity": own[key]} for key in badges if key in own],
    }


def tiles(entities: Mapping[str, str], keys: Iterable[str], columns: int) -> Iterable[Card]:
    """A tile for each of ``keys`` that is there."""
    return (tile(entities[key], columns=columns, name=SHORT.get(key)) for key in keys if key in entities)


def tile(
    entity_id: str,
    *,
    columns: int,
    colour: str | None = None,
    name: str | None = None,
    gauge: tuple[float, float] | None = None,
) -> Card:
    """One entity, with a bar where ``gauge`` tells its ends."""
    card: Card = {
        "type": "tile",
        "entity": entity_id,
        # without a name of its own: that of the entity, the heading above names the device
        "name": name or {"type": "entity"},
        "grid_options": {"columns": columns},
    }
    if colour is not None:
        card["color"] = colour
    if gauge is not None:
        card["features"] = [{"type": "bar-gauge", "min": gauge[0], "max": gauge[1]}]
        card["features_position"] = "inline"
    return card


def series(meter: Meter, quantity: str, colour: str, name: str | None = None) -> Card:
    """One line or bar of a chart."""
    return {"entity": meter.entities[quantity], "name": name or meter.name, "color": colour}


def course(
    series: Sequence[Card],
    *,
    days: int,
    rows: int,
    chart_type: str,
    period: str = "hour",
    stat_types: Sequence[str] = ("mean",),
) -> Card:
    """A chart of statistics."""
    return {
        "type": "statistics-graph",
        "entities": list(series),
        "days_to_show": days,
        "period": period,
        "stat_types": list(stat_types),
        "chart_type": chart_type,
        "hide_legend": len(series) == 1,
        "grid_options": {"columns": "full", "rows": rows},
    }


def leads_to(view: str) -> Card:
    """The tap that opens a view of the dashboard."""
    return {"tap_action": {"action": "navigate", "navigation_path": f"/{PATH}/{view}"}}


def slug(meter: Meter) -> str:
    """Path of the view of a meter."""
    return meter.name.lower().replace(" ", "-")
