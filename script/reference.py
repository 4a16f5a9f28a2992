"""Write docs/settings.md, docs/actions.md and docs/entities.md from what the integration itself says of them.

python -m script.reference    with the Python of .venv/test, after a field, an action or an entity was added
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.core import SupportsResponse
from homeassistant.helpers.entity import EntityDescription
from homeassistant.util.yaml import load_yaml_dict

from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.anomaly.rules import RULES
from custom_components.csj_meter.anomaly.settings import MOST_SAMPLES
from custom_components.csj_meter.event import ALERT_FACTS
from custom_components.csj_meter.flow.telemetry import EXAMPLE_ADDRESS
from custom_components.csj_meter.flow.tuning import UNITS, has_threshold
from custom_components.csj_meter.meters.quantities import QUANTITIES
from custom_components.csj_meter.number import NUMBERS
from custom_components.csj_meter.sensor_detection import ANOMALY, DEVIATION
from custom_components.csj_meter.sensor_link import LINE_SENSORS, LINK_SENSORS
from custom_components.csj_meter.sensor_site import SITE_SENSORS
from custom_components.csj_meter.sensor_table import describe, is_sensor
from custom_components.csj_meter.services import ACTIONS as ACTION_TABLE

ROOT: Final = Path(__file__).parents[1]
INTEGRATION: Final = ROOT / "custom_components" / "csj_meter"
TEXTS: Final[dict[str, Any]] = json.loads(
    (INTEGRATION / "translations" / "en.json").read_text(encoding="utf-8")
)

SETTINGS: Final = """# Settings: every field of every dialogue

What is asked when a bridge or a meter is added, and what can be set afterwards. This page is written by
`script/reference.py` from the texts of the dialogues.
"""
ACTIONS: Final = """# Actions: what they do and what they take

For automations, scripts and *Settings → Tools → Actions*. Who may call which is in [access.md](access.md);
those of alerts are told at more length in [events.md](events.md), those of money in
[prepayment.md](prepayment.md), those of measurements in [csv.md](csv.md), those of tenants in
[tenants.md](tenants.md), those of a meter in [meters.md](meters.md#control), that of the Energy dashboard in
[insights.md](insights.md#the-energy-dashboard). An answer is what `response_variable` has afterwards; times
in it are UTC. This page is written by `script/reference.py`.
"""
ENTITIES: Final = """# Entities: all that a device may have

A meter has the entities of what it can measure and do, a bridge those of its line and of the site. What they
are for is in [meters.md](meters.md#what-you-get). A state is named as people see it, and in brackets as
automations have it; what else entities say is in their [attributes](#attributes). What is *off at first* is
there for whoever enables it. This page is written by `script/reference.py`.
"""
PLATFORMS: Final = {
    "sensor": "Sensors",
    "binary_sensor": "Binary sensors",
    "switch": "Switches",
    "select": "Selects",
    "number": "Numbers",
    "button": "Buttons",
    "event": "Events",
    "todo": "To-do lists",
}


_PAYMENT: Final = (
    "`id`, `meter` (its serial number), `kind`, `state` and `reason` "
    "([what they mean](prepayment.md#what-a-refusal-means)), `amount`, `unit`, `count`, `balance_before`, "
    "`balance_after`, `source`, `by`, `note`, `at`"
)
_VOUCHER: Final = (
    "`number`, `state`, `amount`, `unit`, `meter`, `note`, `by`, `created_at`, `expires_at`; `meter` is the "
    "serial number of the only one, or null"
)
_ALERT: Final = "the fields of [the event](events.md#the-event) from `alert_id` on"
_TENANCY: Final = (
    "`tenancy` (an id), `meter` (its serial number), `name`, `email`, `phone`, `language`, `moved_in` and "
    "`moved_out` (each with `at`, `energy`, `balance`), `portal_link_since`"
)
ANSWERS: Final[Mapping[str, str]] = {
    "top_up": _PAYMENT,
    "load_token": _PAYMENT,
    "redeem_voucher": _PAYMENT,
    "create_voucher": f"`code`, and {_VOUCHER}",
    "withdraw_voucher": _VOUCHER,
    "list_vouchers": f"`vouchers`, a list, each with {_VOUCHER}",
    "list_payments": f"`payments`, a list, the oldest first, each with {_PAYMENT}, `key`",
    "correct_payment": _PAYMENT,
    "list_payment_requests": "`requests`, a list, each with `at`, `last_at`, `times`, `source`, "
    "`authenticated`, `by`, `asked`, `meter`, `amount`, `unit`, `outcome`, `reason`, `detail`",
    "statement": "`meter`, `name`, `month`, `unit`, `energy`, `cost`, `topped_up`, `opening` and `closing` "
    "(each with `at`, `balance`), `tariffs` (each with `tariff`, `energy`, `price`, `cost`), `remarks`, and "
    "the texts `csv` and `html`",
    "set_day_table": "`day`, and `switch_points`, each with `time` and `tariff`",
    "get_day_tables": "`weekday`, `saturday` and `sunday`, each a list with `time` and `tariff`",
    "set_clock": "`time`, what it was set to",
    "read_load_profile": "`entries`, a list, the oldest first, each with `end`, `energy_import` in kWh, "
    "`voltage_l1` in V, `active_power` in W",
    "unlock_test": "`open_for`, in seconds",
    "export_csv": "`file`, `rows`, `bytes`, `link`, `link_expires`, `since`, `until`",
    "import_csv": "`file`, `dry_run`, `rows`, `taken`, `repeated`, `measured`, `meters`, `first`, `last`",
    "acknowledge_alert": _ALERT,
    "shelve_alert": _ALERT,
    "report_false_alarm": _ALERT,
    "create_work_order": "`work_order` (its number, such as WO-0042), `alert_id`, `serial`, `summary`, "
    "`description`, `created_at`, `created_by`, `drill`",
    "get_alerts": f"`alerts`, a list, each with {_ALERT}; `more`, whether it was cut off",
    "fire_drill": "`alert_id`, and `until`",
    "send_summary": "`since`, `until`, `usage`, `usage_before`, `meters`, `open`, `over`, `findings`, `tips`"
    ", `kpis` ([figures](summary.md#for-automations-and-clients))",
    "move_in": _TENANCY,
    "move_out": "[the closing statement](tenants.md#the-closing-statement): `tenancy`, `tenant`, `meter`, "
    "`moved_in` and `moved_out` (each with `at`, `energy`, `balance`), `energy`, `topped_up`, `cost`, "
    "`credit_left`, `unit`, `remarks`, `statement`",
    "list_tenants": f"`tenants`, a list, each with {_TENANCY}, `channel`, `reminded_at`",
    "forget_tenants": "`forgotten`, how many",
    "make_portal_link": "`link`",
    "remind_tenant": "`tenant`, `meter`, `at`, `channel`, `state` (`delivered`, `waiting`, `failed` or "
    "`no_channel`), `error`",
    "monthly_statements": "`month`, and `statements`, a list, each with `tenancy`, `tenant`, `meter`, "
    "`sent`, and `statement`, which has what the action `statement` answers, or null",
    "set_up_energy_dashboard": "`done`, `added` (sources of the dashboard), `already_there` (names)",
}
"""Action -> what it answers with; compared with what they answer by the tests."""

HARMONICS: Final = tuple(
    f"sensor.{sort}_harmonics{phase}" for sort in ("voltage", "current") for phase in ("", "_phase")
)
PROBLEMS: Final = tuple(
    f"binary_sensor.{family}_problem" for family in ("voltage", "balance", "current", "load", "communication")
)
ATTRIBUTES: Final[Mapping[tuple[str, ...], str]] = {
    HARMONICS: "`order`: that of the strongest one; `levels`: order → % of the fundamental",
    ("sensor.credit_days_left",): "`outlook`: `runs_out`, `lasts` (for more than a year; the state is 366), "
    "`empty` or `unknown`; `confidence`: `none`, `low`, `medium` or `high`; `earliest`, `latest`: days, "
    "between which it ends in eight cases out of ten; `runs_out_at`; `per_day`: what a day takes, in the "
    "unit of the balance",
    ("sensor.last_payment",): "`amount`, `unit`, `at`; `kind`: `top_up`, `token`, `voucher`, `foreign` or "
    "`correction`; `source`: `action`, `voucher`, `webhook`, `portal` or `meter`; `reason`",
    ("sensor.usage_trend",): "`last_7_days`, `previous_7_days`: kWh",
    ("sensor.insight",): "`key`; `severity`: `ok`, `info`, `warning` or `critical`; `since`",
    ("sensor.expected_usage",): "`low`, `high`: W, between which eight of ten hours like this lie; "
    "`compared_with`: `all_days`, `day_type` (working days or days off) or `weekday`; `days_known`; `sure`: "
    "0 to 1",
    ("sensor.anomaly",): "`since`; `learning`: true or false; `days_known`; `findings`: a list, each with "
    "`kind`, `severity`, `since`, `phase`, `quantity`, `value`, `low`, `high`, `scope`",
    (
        "sensor.deviation",
    ): "each [kind](detection.md#what-it-finds) that can be judged now: how far off it is",
    ("sensor.database_trouble",): "`error`: in the words of the database; none while all is well",
    ("sensor.alert_state",): "`drill`: whether it would be better without the drills; `alerts`: a list, the "
    "worst first, each with `id`, `kind`, `severity`, `state`, `since`, `title`, `drill`",
    ("sensor.site_alert_state",): "`drill`; how many there are: `critical`, `warning`, `info`, "
    "`unacknowledged`, `acknowledged`, `shelved`, `false_alarm`",
    PROBLEMS: "`alert_ids`: a list",
    (
        "event.alert",
        "event.site_alert",
    ): "`event_type`: the `type` of [the event](events.md#the-event); of its "
    f"fields {', '.join(f'`{fact}`' for fact in ALERT_FACTS)}",
    (
        "event.meter_log",
    ): "`event_type`: the entry; `time`: when it happened by the clock of the meter; `code`, "
    "`value`: as the meter has them",
}
"""Entities, by platform and key -> what else they say; compared with what they have by the tests."""

SOMETIMES_OFF: Final = {
    "sensor.voltage_phase": "off between two phases (L1-L2)",
    "sensor.garbled": "off for meters",
}
"""Entities of which only some are on until somebody enables them."""

ALWAYS: Final = {"example": EXAMPLE_ADDRESS, "most": str(MOST_SAMPLES)}
"""Placeholder -> what stands there, whatever is set."""

THRESHOLDS: Final = """Of each kind: what its threshold means, how it comes, and what it can be. A multiple
is ×. When a finding is over is told in [detection.md](detection.md#what-it-finds).
"""


def cell(text: str) -> str:
    """A text as it can stand in a table: what only the dialogue knows is in italics, by its name."""
    told = re.sub(r"\{(\w+)\}", lambda found: ALWAYS.get(found[1], f"*{found[1]}*"), text)
    return " ".join(told.split()).replace("|", "\\|")


def table(*head: str, rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The lines of a table; none without rows."""
    told = [" | ".join(map(cell, row)) for row in rows]
    if told:
        yield f"| {' | '.join(head)} |"
        yield "|" + "---|" * len(head)
        yield from (f"| {row} |" for row in told)
        yield ""


def form(step: Mapping[str, Any], fallback: str) -> Iterator[str]:
    """A step of a dialogue that asks for something: its heading and its fields."""
    rows: list[tuple[str, str]] = []
    for asked in [step, *step.get("sections", {}).values()]:
        described = asked.get("data_description", {})
        rows += [(label, described.get(key, "")) for key, label in asked.get("data", {}).items()]
    if not rows:
        return
    yield f"### {cell(step.get('title') or fallback)}"
    yield ""
    if "description" in step and "{" not in step["description"]:
        yield from (step["description"], "")
    # sections that repeat the same fields, one for each meter, are told once
    yield from table("field", "meaning", rows=dict.fromkeys(rows))


def thresholds() -> Iterator[str]:
    """What the threshold of each kind means, and what it can be."""
    texts = TEXTS["selector"]
    yield THRESHOLDS
    yield from table(
        "kind",
        "meaning",
        "threshold",
        "from",
        "to",
        "abnormal samples in a row",
        rows=(
            (
                texts["alert_kind"]["options"][kind] + ("" if rule.enabled else " (not looked for)"),
                texts["detection_threshold"]["options"][kind],
                *(
                    figure(value, kind) if has_threshold(kind) else "—"
                    for value in (rule.threshold, rule.low, rule.high)
                ),
                str(rule.confirm),
            )
            for kind, rule in RULES.items()
        ),
    )


def figure(value: float, kind: Kind) -> str:
    """A threshold with its unit, if it has one."""
    return " ".join(filter(None, (f"{value:,g}".replace(",", " "), UNITS.get(kind))))


def settings() -> Iterator[str]:
    """docs/settings.md."""
    yield SETTINGS
    meters = TEXTS["config_subentries"]["meter"]
    told_above = {"scan_custom", "unknown_device"}
    for heading, flow, without in (
        ("Setting up a bridge", TEXTS["config"], {"reauth_confirm"}),
        ("Adding and changing a meter", meters, told_above),
        ("Options", TEXTS["options"], set[str]()),
    ):
        yield from (f"## {heading}", "")
        for name, step in flow["step"].items():
            if name not in without:
                yield from form(step, name)
            if step is TEXTS["options"]["step"]["tuning"]:
                yield from thresholds()


def actions() -> Iterator[str]:
    """docs/actions.md."""
    yield ACTIONS
    for name, told in load_yaml_dict(str(INTEGRATION / "services.yaml")).items():
        texts = TEXTS["services"][name]
        yield from (f"## `{name}`", "", f"**{texts['name']}.** {texts['description']}", "")
        yield from table(
            "field",
            "takes",
            "meaning",
            rows=(
                (
                    f"`{field}`" + (" (required)" if details.get("required") else ""),
                    takes(details["selector"]),
                    texts["fields"][field]["description"],
                )
                for field, details in ((told or {}).get("fields") or {}).items()
            ),
        )
        if name in ANSWERS:
            must = ACTION_TABLE[name].response is SupportsResponse.ONLY
            yield f"It answers with {ANSWERS[name]}." + (
                " Without a `response_variable` it is refused." if must else ""
            )
            yield ""


def takes(selector: Mapping[str, Any]) -> str:
    """What a field takes, in words."""
    ((kind, config),) = selector.items()
    config = config or {}
    match kind:
        case "number":
            limits = [str(config[limit]) for limit in ("min", "max") if limit in config]
            return " ".join(["number", " to ".join(limits), config.get("unit_of_measurement", "")]).strip()
        case "select":
            options = [one if isinstance(one, str) else one["value"] for one in config["options"]]
            told = ", ".join(f"`{option}`" for option in options)
            return f"several of {told}" if config.get("multiple") else told
        case "device":
            return "devices" if config.get("multiple") else "device"
        case "config_entry":
            return "bridge"
        case "boolean":
            return "yes or no"
        case "datetime":
            return "date and time"
        case "object":
            return "list"
        case _:
            return kind


def named(texts: Mapping[str, Any]) -> str:
    """What an entity is called, whatever its phase and tariff."""
    name: str = texts["name"]
    return name.format(phase="L1, L2, L3", tariff="1, 2, …")


def descriptions() -> Iterator[tuple[str, EntityDescription]]:
    """Those that say whether an entity is enabled at first, by platform."""
    for quantity in filter(is_sensor, QUANTITIES.values()):
        yield "sensor", describe(quantity, single_phase=False, offered=())
        if quantity.name.endswith("_l1") and quantity.name.count("_l") == 1:
            yield "sensor", describe(quantity, single_phase=True, offered=())
    for sensor in (*LINK_SENSORS, *LINE_SENSORS, *SITE_SENSORS, ANOMALY, DEVIATION):
        yield "sensor", sensor
    for number in NUMBERS:
        yield "number", number


def at_first(platform: str, key: str) -> str:
    """Whether an entity is off until somebody enables it."""
    enabled = {
        its.entity_registry_enabled_default
        for where, its in descriptions()
        if (where, its.translation_key) == (platform, key)
    }
    if enabled == {True, False}:
        return SOMETIMES_OFF[f"{platform}.{key}"]
    return "off" if enabled == {False} else ""


def parts(names: Iterable[str]) -> Iterator[list[str]]:
    """Platform and key of entities."""
    return (name.split(".") for name in names)


def entities() -> Iterator[str]:
    """docs/entities.md."""
    yield ENTITIES
    for platform, heading in PLATFORMS.items():
        yield from (f"## {heading}", "")
        yield from table(
            "name",
            "states",
            "at first",
            rows=(
                (
                    named(texts),
                    ", ".join(f"{told} (`{state}`)" for state, told in texts.get("state", {}).items()),
                    at_first(platform, key),
                )
                for key, texts in TEXTS["entity"][platform].items()
            ),
        )
    yield from (
        "*Connectivity*, the button *Restart* and the update *Firmware* are named by Home Assistant itself.",
        "",
    )
    yield from ("## Attributes", "", "What entities say besides, for templates and automations.", "")
    yield from table(
        "entity",
        "attributes",
        rows=(
            (", ".join(named(TEXTS["entity"][platform][key]) for platform, key in parts(names)), told)
            for names, told in ATTRIBUTES.items()
        ),
    )


PAGES: Final = {"settings": settings, "actions": actions, "entities": entities}
"""Page in docs/ -> its lines."""


if __name__ == "__main__":
    for name, lines in PAGES.items():
        text = "\n".join(lines()).rstrip() + "\n"
        (ROOT / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
