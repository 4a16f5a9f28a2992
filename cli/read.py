"""``read``: everything that one meter says."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
import json
from typing import Any

from custom_components.csj_meter.bus.errors import RefusedError
from custom_components.csj_meter.meters.discovery import identify
from custom_components.csj_meter.meters.errors import UnknownDeviceError
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.quantities import QUANTITIES, CreditMode, Kind, Quantity, Unit
from custom_components.csj_meter.meters.reading import Group, Value
from custom_components.csj_meter.prepay.currencies import letters_of

from .errors import CommandError
from .link import open_bus
from .profiles import chosen_profile, library


async def read(arguments: Namespace) -> None:
    """Identify the meter, read all its groups and print them."""
    profiles = library(arguments.profiles).profiles
    chosen = chosen_profile(profiles, arguments.profile)
    async with open_bus(arguments) as bus:
        try:
            identity = await identify(bus, arguments.unit, profiles.values(), chosen)
        except UnknownDeviceError as err:
            known = ", ".join(sorted(profiles))
            raise CommandError(f"{err}: name the profile with --profile, one of {known}") from err
        meter = Meter(bus, arguments.unit, profiles[identity.profile], identity)
        for group in meter.groups:
            try:
                await meter.read(group)
            except RefusedError:
                # a meter of the family without this block; its quantities are printed as absent
                if group is Group.LIVE:
                    raise
    values = {name: meter.value(name) for name in QUANTITIES if name in meter.quantities}
    if arguments.json:
        print(
            json.dumps(
                {
                    "serial": meter.identity.serial,
                    "model": meter.identity.model,
                    "firmware": meter.identity.firmware,
                    "profile": meter.identity.profile,
                    "values": {name: _number(QUANTITIES[name], value) for name, value in values.items()},
                }
            )
        )
        return
    print(f"{meter.identity.manufacturer} {meter.identity.model}, serial {meter.identity.serial}")
    print(f"firmware {meter.identity.firmware or 'unknown'}, profile {meter.identity.profile}")
    for name, value in values.items():
        quantity = QUANTITIES[name]
        print(f"{name:<24} {_text(quantity, value):>16} {unit_of(quantity, values)}".rstrip())


def _number(quantity: Quantity, value: Value) -> Any:
    """A value as JSON number, list or null; a code is its number."""
    match value:
        case str():
            return quantity.words.get(value)
        case Decimal():
            return float(value)
        case tuple():
            return list(value)
        case _:
            return value


def unit_of(quantity: Quantity, values: Mapping[str, Value]) -> str:
    """What is written behind a value; money is in what the meter says that it counts its credit in."""
    if quantity.kind is Kind.TIMESTAMP:
        return ""  # a moment is printed as one, and not as the seconds that it is
    money = letters_of(values.get("currency")) or Unit.MONEY
    if quantity.unit == Unit.MONEY and values.get("credit_mode") == CreditMode.ENERGY.name.lower():
        return Unit.KILOWATT_HOUR
    return quantity.unit.replace(Unit.MONEY, money)


def _text(quantity: Quantity, value: Value) -> str:
    """A value for people."""
    match value:
        case None:
            return "-"
        case str():
            return value
        case tuple():
            return " ".join("-" if item is None else f"{item:.{quantity.decimals}f}" for item in value)
        case int() | float() if quantity.kind is Kind.TIMESTAMP:
            return datetime.fromtimestamp(value, UTC).isoformat(sep=" ", timespec="seconds")
        case _:
            return f"{value:.{quantity.decimals}f}"
