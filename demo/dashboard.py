"""The dashboard of the demo, out of Home Assistant's own cards: all at a glance, and a page per meter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import Final

from .cards import FULL, PATH, Card, course, heading, leads_to, section, series, slug, tile, tiles
from .client import Client
from .credit import balance, credit_cards, credit_view
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

SELF_MADE: Final = "csj-home"
"""The dashboard that the integration builds by itself."""

STRATEGY: Final = "custom:csj-meter"
"""And what builds it."""

SPANS: Final = (
    ("Today", {"period": "day"}),
    ("Yesterday", {"period": "day", "offset": -1}),
    ("This week", {"period": "week"}),
    ("This month", {"period": "month"}),
)
"""Times whose energy a meter's page shows."""


async def arrange(client: Client, site: Site) -> None:
    """Make the dashboards and let the user start there, once: they may be changed afterwards."""
    # what is set last is there when all is: somebody may have stopped the demo in between
    if (await client.call("frontend/get_user_data", key="language"))["value"] is not None:
        return
    there = {dashboard["url_path"] for dashboard in await client.call("lovelace/dashboards/list")}
    coloured = list(_coloured(site.meters))
    views = [
        overview(site),
        credit_view(coloured, site.actions),
        *(page(meter, colour, site.actions) for meter, colour in coloured),
    ]
    for path, title, icon, config in (
        (PATH, TITLE, "mdi:meter-electric", {"title": TITLE, "views": views}),
        (SELF_MADE, "Linden Court", "mdi:home-lightning-bolt-outline", {"strategy": {"type": STRATEGY}}),
    ):
        if path not in there:
            await client.call(
                "lovelace/dashboards/create",
                url_path=path,
                title=title,
                icon=icon,
                show_in_sidebar=True,
                require_admin=False,
                mode="storage",
            )
        await client.call("lovelace/config/save", url_path=path, config=config)
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
            section(
                heading("Power now", "mdi:flash"),
                {
                    "type": "distribution",
                    "entities": [series(meter, "active_power", colour) for meter, colour in coloured],
                    "grid_options": FULL,
                },
                course(
                    [series(meter, "active_power", colour) for meter, colour in coloured],
                    days=2,
                    rows=5,
                    chart_type="line",
                ),
                span=2,
            ),
            section(
                heading("Credit", "mdi:wallet"),
                *(card for meter, colour in coloured for card in balance(meter, colour)),
                heading("Requests answered", "mdi:check-network"),
                *(
                    tile(meter.entities["success_rate"], columns=6, name=meter.name, colour=colour)
                    for meter, colour in coloured
                ),
            ),
            *(
                section(
                    heading(street, "mdi:home-group"),
                    *(_meter_tile(meter, colour) for meter, colour in members),
                )
                for street, members in streets
            ),
            section(
                heading("RS485 line", "mdi:expansion-card-variant"),
                *tiles(
                    site.line,
                    ("connectivity", "requests", "load", "efficiency", "timeouts", "garbled"),
                    columns=6,
                ),
            ),
            section(
                heading("Energy by day", "mdi:chart-bar"),
                course(
                    [series(meter, "energy_import", colour) for meter, colour in coloured],
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


def page(meter: Meter, colour: str, actions: Collection[str]) -> Card:
    """One meter: what it measures, what it has counted, what is left, and how well it can be reached."""
    own = meter.entities
    phases = [f"voltage_l{phase + 1}" for phase in range(meter.phases)]
    tariffs = [f"energy_import_t{number + 1}" for number in range(8)]
    sections = [
        section(
            heading(meter.name, "mdi:meter-electric", badges=("connectivity", "circuit"), of=meter),
            tile(own["active_power"], colour=colour, name="Power", gauge=(0, 10000), columns=12),
            *tiles(own, ("power_factor", "frequency"), columns=6),
            *(tile(own[key], colour=colour, gauge=(207, 253), columns=12) for key in phases if key in own),
            *tiles(own, ("current_l1", "current_l2", "current_l3", "current_unbalance"), columns=6),
        ),
        section(
            heading("Last seven days", "mdi:chart-line"),
            course([series(meter, "active_power", colour, name="Power")], days=7, rows=4, chart_type="line"),
            course(
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
        section(
            heading("Energy", "mdi:lightning-bolt"),
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
            *tiles(own, ("max_demand", "active_tariff"), columns=6),
            *tiles(own, ("energy_export",) if meter.feeds_in else (), columns=12),
        ),
        section(
            heading("Energy by day and tariff", "mdi:chart-bar"),
            course(
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
            section(heading("Credit", "mdi:wallet"), *credit_cards(meter, colour, actions)),
            section(
                heading("Credit over the month", "mdi:chart-line-variant"),
                course(
                    [series(meter, "balance", colour, name="Balance")],
                    days=30,
                    rows=5,
                    stat_types=["state"],
                    chart_type="line",
                ),
                span=2,
            ),
        ]
    sections.append(
        section(
            heading("Health", "mdi:stethoscope"),
            *tiles(
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
                    "key_state",
                ),
                columns=6,
            ),
            *tiles(meter.controls, ("switch.fast_reporting", "update.firmware"), columns=6),
            *(
                tile(log, columns=12) | {"state_content": ["event_type", "state"]}
                for key, log in meter.controls.items()
                if key == "event.meter_log"
            ),
            tile(meter.controls["button.take_sample"], columns=12)
            | {"features": [{"type": "button"}], "features_position": "inline"},
            span=3,
        )
    )
    return {
        "type": "sections",
        "title": meter.name,
        "path": slug(meter),
        "icon": "mdi:meter-electric",
        "subview": True,
        "back_path": f"/{PATH}/overview",
        "max_columns": 3,
        "sections": sections,
    }


def _meter_tile(meter: Meter, colour: str) -> Card:
    """The meter in the list of its street; a tap leads to its page."""
    return tile(
        meter.entities["active_power"], colour=colour, name=meter.name, gauge=(0, 10000), columns=12
    ) | {
        "icon": "mdi:meter-electric",
        **leads_to(slug(meter)),
    }


def _coloured(meters: Sequence[Meter]) -> Iterable[tuple[Meter, str]]:
    return zip(meters, COLOURS, strict=True)
