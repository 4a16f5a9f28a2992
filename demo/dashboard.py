"""The dashboard of the demo, out of Home Assistant's own cards: all at a glance, and a page per meter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from .client import Client
from .site import Meter, Site

LANGUAGE: Final = {
    "language": "en-GB",
    "number_format": "language",
    "time_format": "24",
    "date_format": "language",
    "time_zone": "local",
    "first_weekday": "monday",
}
"""What the user would choose in the profile; else it depends on the browser."""

type Card = dict[str, Any]
"""Configuration of a card, section or view, as the frontend stores it."""

PATH: Final = "csj-meters"
TITLE: Final = "Meters"

COLOURS: Final = ("#0e9aa7", "#f08c00", "#7a5cc9", "#2f9e44", "#d6498f", "#5b7083")
"""One per meter, told apart on light and dark, and by people who see colours differently."""

TARIFF_COLOURS: Final = (
    "#0b7285",
    "#1098ad",
    "#66c2cf",
    "#b5e3e8",
    "#ffd8a0",
    "#f6b45c",
    "#e08e1b",
    "#a8620a",
)
"""From the dear hours to the cheap ones."""

SPANS: Final = (
    ("Today", {"period": "day"}),
    ("Yesterday", {"period": "day", "offset": -1}),
    ("This week", {"period": "week"}),
    ("This month", {"period": "month"}),
)
"""Times whose energy a meter's page shows."""

FULL: Final = {"columns": "full"}


async def arrange(client: Client, site: Site) -> None:
    """Make the dashboard and let the user start there, unless it is there: it may have been changed."""
    existing = await client.call("lovelace/dashboards/list")
    if any(dashboard["url_path"] == PATH for dashboard in existing):
        return
    await client.call(
        "lovelace/dashboards/create",
        url_path=PATH,
        title=TITLE,
        icon="mdi:meter-electric",
        show_in_sidebar=True,
        require_admin=False,
        mode="storage",
    )
    views = [overview(site), *(page(meter, colour) for meter, colour in _coloured(site.meters))]
    await client.call("lovelace/config/save", url_path=PATH, config={"title": TITLE, "views": views})
    await client.call("frontend/set_user_data", key="core", value={"default_panel": PATH})
    await client.call("frontend/set_user_data", key="language", value=LANGUAGE)


def overview(site: Site) -> Card:
    """All meters on one page."""
    coloured = list(_coloured(site.meters))
    streets = groupby(coloured, key=lambda pair: pair[0].circuit)
    return {
        "type": "sections",
        "title": "Linden Court",
        "path": "overview",
        "icon": "mdi:view-dashboard",
        "max_columns": 3,
        "sections": [
            _section(
                _heading("Power now", "mdi:flash"),
                {
                    "type": "distribution",
                    "entities": [_series(meter, "active_power", colour) for meter, colour in coloured],
                    "grid_options": FULL,
                },
                _course(
                    [_series(meter, "active_power", colour) for meter, colour in coloured],
                    days=2,
                    rows=5,
                    chart_type="line",
                ),
                span=2,
            ),
            _section(
                _heading("Credit", "mdi:wallet"),
                *(card for meter, colour in coloured for card in _credit(meter, colour)),
                _heading("Requests answered", "mdi:check-network"),
                *(
                    _tile(meter.entities["success_rate"], columns=6, name=meter.name, colour=colour)
                    for meter, colour in coloured
                ),
            ),
            *(
                _section(
                    _heading(street, "mdi:home-group"),
                    *(_meter_tile(meter, colour) for meter, colour in members),
                )
                for street, members in streets
            ),
            _section(
                _heading("RS485 line", "mdi:expansion-card-variant"),
                *_tiles(
                    site.line,
                    ("connectivity", "requests", "load", "efficiency", "timeouts", "garbled"),
                    columns=6,
                ),
            ),
            _section(
                _heading("Energy by day", "mdi:chart-bar"),
                _course(
                    [_series(meter, "energy_import", colour) for meter, colour in coloured],
                    days=21,
                    rows=6,
                    period="day",
                    stat_types=["change"],
                    chart_type="bar-stack",
                ),
                span=3,
            ),
        ],
    }


def page(meter: Meter, colour: str) -> Card:
    """One meter: what it measures, what it has counted, what is left, and how well it can be reached."""
    own = meter.entities
    phases = [f"voltage_l{phase + 1}" for phase in range(meter.phases)]
    tariffs = [f"energy_import_t{number + 1}" for number in range(8)]
    sections = [
        _section(
            _heading(meter.name, "mdi:meter-electric", badges=("connectivity", "circuit"), of=meter),
            _tile(own["active_power"], colour=colour, name="Power", gauge=(0, 10000), columns=12),
            *_tiles(own, ("power_factor", "frequency"), columns=6),
            *(_tile(own[key], colour=colour, gauge=(207, 253), columns=12) for key in phases if key in own),
            *_tiles(own, ("current_l1", "current_l2", "current_l3", "current_unbalance"), columns=6),
        ),
        _section(
            _heading("Last seven days", "mdi:chart-line"),
            _course(
                [_series(meter, "active_power", colour, name="Power")], days=7, rows=4, chart_type="line"
            ),
            _course(
                [
                    {"entity": own[key], "name": f"L{number}", "color": shade}
                    for number, (key, shade) in enumerate(zip(phases, COLOURS, strict=False), start=1)
                    if key in own
                ],
                days=7,
                rows=4,
                chart_type="line",
            ),
            span=2,
        ),
        _section(
            _heading("Energy", "mdi:lightning-bolt"),
            *(
                {
                    "type": "statistic",
                    "entity": own["energy_import"],
                    "name": name,
                    "stat_type": "change",
                    "period": {"calendar": span},
                    "grid_options": {"columns": 6},
                }
                for name, span in SPANS
            ),
            *_tiles(own, ("max_demand", "active_tariff"), columns=6),
            *_tiles(own, ("energy_export",) if meter.feeds_in else (), columns=12),
        ),
        _section(
            _heading("Energy by day and tariff", "mdi:chart-bar"),
            _course(
                [
                    {"entity": own[key], "name": f"Tariff {number}", "color": shade}
                    for number, (key, shade) in enumerate(zip(tariffs, TARIFF_COLOURS, strict=True), start=1)
                    if key in own
                ],
                days=30,
                rows=5,
                period="day",
                stat_types=["change"],
                chart_type="bar-stack",
            ),
            span=2,
        ),
    ]
    if "balance" in own:
        sections += [
            _section(
                _heading("Credit", "mdi:wallet"),
                *_credit(meter, colour),
                *_tiles(own, ("energy_price", "last_top_up", "relay_mode", "relay_cause"), columns=6),
            ),
            _section(
                _heading("Credit over the month", "mdi:chart-line-variant"),
                _course(
                    [_series(meter, "balance", colour, name="Balance")],
                    days=30,
                    rows=5,
                    stat_types=["state"],
                    chart_type="line",
                ),
                span=2,
            ),
        ]
    sections.append(
        _section(
            _heading("Health", "mdi:stethoscope"),
            *_tiles(
                own,
                (
                    "last_contact",
                    "success_rate",
                    "round_trip",
                    "timeouts",
                    "clock_drift",
                    "clock",
                    "battery_voltage",
                    "temperature",
                    "cover",
                ),
                columns=6,
            ),
            _tile(own["take_sample"], columns=12)
            | {"features": [{"type": "button"}], "features_position": "inline"},
            span=3,
        )
    )
    return {
        "type": "sections",
        "title": meter.name,
        "path": _slug(meter),
        "icon": "mdi:meter-electric",
        "subview": True,
        "back_path": f"/{PATH}/overview",
        "max_columns": 3,
        "sections": sections,
    }


def _meter_tile(meter: Meter, colour: str) -> Card:
    """The meter in the list of its street; a tap leads to its page."""
    return _tile(
        meter.entities["active_power"], colour=colour, name=meter.name, gauge=(0, 10000), columns=12
    ) | {
        "icon": "mdi:meter-electric",
        "tap_action": {"action": "navigate", "navigation_path": f"/{PATH}/{_slug(meter)}"},
    }


def _credit(meter: Meter, colour: str) -> Iterable[Card]:
    """What is left, and a warning when that is little; nothing for a meter without prepayment."""
    if "balance" not in meter.entities:
        return
    yield _tile(meter.entities["balance"], colour=colour, name=meter.name, gauge=(0, 150), columns=12) | {
        "icon": "mdi:wallet"
    }
    if low := meter.entities.get("credit_low"):
        yield {
            "type": "alert",
            "entity": low,
            "name": f"{meter.name}: credit is low",
            "alert_color": "amber",
            "visibility": [{"condition": "state", "entity": low, "state": "on"}],
            "grid_options": FULL,
        }


def _coloured(meters: Sequence[Meter]) -> Iterable[tuple[Meter, str]]:
    return zip(meters, COLOURS, strict=True)


def _section(*cards: Card, span: int = 1) -> Card:
    return {"type": "grid", "column_span": span, "cards": list(cards)}


def _heading(title: str, icon: str, *, badges: Iterable[str] = (), of: Meter | None = None) -> Card:
    own = of.entities if of is not None else {}
    return {
        "type": "heading",
        "heading": title,
        "icon": icon,
        "badges": [{"type": "entity", "entity": own[key]} for key in badges if key in own],
    }


def _tiles(entities: Any, keys: Iterable[str], columns: int) -> Iterable[Card]:
    """A tile for each of ``keys`` that is there."""
    return (_tile(entities[key], columns=columns) for key in keys if key in entities)


def _tile(
    entity_id: str,
    *,
    columns: int,
    colour: str | None = None,
    name: str | None = None,
    gauge: tuple[float, float] | None = None,
) -> Card:
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


def _series(meter: Meter, quantity: str, colour: str, name: str | None = None) -> Card:
    """One line or bar of a chart."""
    return {"entity": meter.entities[quantity], "name": name or meter.name, "color": colour}


def _course(
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


def _slug(meter: Meter) -> str:
    return meter.name.lower().replace(" ", "-")
