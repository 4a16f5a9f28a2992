"""The simulated line in Home Assistant: added through its configuration flow, then known by its entities."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from custom_components.csj_meter.simulator.household import Kind
from custom_components.csj_meter.simulator.meter import SimulatedMeter
from custom_components.csj_meter.simulator.site import demo_line

from .client import POLL, Client
from .errors import DemoError

DOMAIN: Final = "csj_meter"
SEED: Final = 1
METERS: Final = 6

FLOW: Final = "/api/config/config_entries/flow"

SHOWING: Final = ("binary_sensor", "sensor")
"""Domains whose entities only show something."""

PATIENCE: Final = 120.0
"""Seconds that a line may take to bring the first values of all its meters."""

PROOF: Final = ("active_power", "energy_import")
"""Quantities that every meter has; it is read when both have a number."""

MONEY: Final = ("balance",)
"""Likewise of those that have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """One meter as the frontend knows it."""

    name: str
    """What the user has called it."""

    serial: str
    """Serial number."""

    device: str
    """Id of its device, for actions."""

    circuit: str
    """The street that it hangs on."""

    phases: int
    """1 or 3."""

    feeds_in: bool
    """Whether there is a solar plant behind it."""

    entities: Mapping[str, str]
    """Key (a canonical quantity, mostly) -> entity id of what it shows; only those that are enabled."""

    controls: Mapping[str, str]
    """Domain and key, such as "switch.supply" -> entity id of what it obeys."""

    currency: str | None
    """Unit of its balance, None without prepayment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All that the demo has set up."""

    entry: str
    """Id of the line's entry."""

    meters: tuple[Meter, ...]
    """By unit id."""

    line: Mapping[str, str]
    """Key of an entity of the line -> entity id."""

    entities: int
    """How many entities the integration has, enabled ones."""

    actions: frozenset[str]
    """Names of the integration's actions, without its domain."""


def twins(states: Path | None = None) -> dict[str, SimulatedMeter]:
    """Serial number -> a meter that lives the same life as the one behind the line.

    ``states`` is a copy of what those behind the line keep, of what has happened to them.
    """
    line = demo_line(SEED, METERS, state_file=states)
    return {twin.nameplate.serial: twin for twin in line.meters.values()}


async def move_in(client: Client) -> Site:
    """Add the simulated line unless it is there, and wait until all of its meters have values.

    Raises ``DemoError`` that names what is missing.
    """
    entries = await client.call("config_entries/get", domain=DOMAIN)
    entry_id = entries[0]["entry_id"] if entries else await _add_line(client)
    missing = ["any meter"]
    try:
        async with asyncio.timeout(PATIENCE):
            while missing:
                await asyncio.sleep(POLL)
                states = await client.get("/api/states")
                site = await _site(client, entry_id, states)
                missing = _missing(site, states)
    except TimeoutError as err:
        raise DemoError(f"after {PATIENCE:.0f} s there is still no value of {', '.join(missing)}") from err
    return site


def _missing(site: Site, states: list[dict[str, Any]]) -> list[str]:
    """What has no number yet, as people would name it."""
    known = {state["entity_id"] for state in states if is_number(state["state"])}
    absent = [f"{METERS - len(site.meters)} more meters"] if len(site.meters) < METERS else []
    return absent + [
        f"{meter.name} ({key})"
        for meter in site.meters
        for key in (*PROOF, *MONEY)
        if key in meter.entities and meter.entities[key] not in known
    ]


async def _site(client: Client, entry_id: str, states: list[dict[str, Any]]) -> Site:
    simulated = twins()
    subentries = await client.call("config_entries/subentries/list", entry_id=entry_id)
    registered = [
        entity
        for entity in await client.call("config/entity_registry/list")
        if entity["platform"] == DOMAIN and entity["disabled_by"] is None
    ]

    def keys_of(subentry_id: str | None, *, shown: bool = True) -> dict[str, str]:
        """Key -> entity id; unique ids are made of a serial number or entry id and the key."""
        found = {}
        for entity in registered:
            domain, key = entity["entity_id"].split(".")[0], entity["unique_id"].partition("_")[2]
            if entity["config_subentry_id"] == subentry_id and (domain in SHOWING) is shown:
                found[key if shown else f"{domain}.{key}"] = entity["entity_id"]
        return found

    devices = {entity["entity_id"]: entity["device_id"] for entity in registered}
    units = {state["entity_id"]: state["attributes"].get("unit_of_measurement") for state in states}
    meters = []
    for subentry in subentries:
        twin = simulated[subentry["unique_id"]]
        entities = keys_of(subentry["subentry_id"])
        if not entities.keys() >= {*PROOF}:
            continue
        meters.append(
            Meter(
                name=subentry["title"],
                serial=subentry["unique_id"],
                device=devices[entities["active_power"]],
                circuit=twin.circuit,
                phases=twin.nameplate.model.phases,
                feeds_in=twin.household.kind is Kind.SOLAR,
                entities=entities,
                controls=keys_of(subentry["subentry_id"], shown=False),
                currency=units.get(entities.get("balance", "")),
            )
        )
    services = await client.call("get_services")
    return Site(
        entry=entry_id,
        meters=tuple(sorted(meters, key=lambda meter: meter.serial)),
        line=keys_of(None),
        entities=len(registered),
        actions=frozenset(services.get(DOMAIN, ())),
    )


async def _add_line(client: Client) -> str:
    """Walk through the configuration flow the way a person does; returns the id of the new entry."""
    step = await client.post(FLOW, handler=DOMAIN)
    while step["type"] != "create_entry":
        path = f"{FLOW}/{step['flow_id']}"
        match step["type"]:
            case "menu":
                step = await client.post(path, next_step_id="simulated")
            case "progress":
                await asyncio.sleep(POLL)
                step = await client.get(path)
            case "form":
                step = await client.post(path, **_filled_in(step))
            case kind:
                raise DemoError(f"the configuration flow ended with {kind}: {step.get('reason')}")
    return str(step["result"]["entry_id"])


def _filled_in(form: Mapping[str, Any]) -> dict[str, Any]:
    """What a person would enter: the size of the line, then name and street of every meter that was found."""
    match form["step_id"]:
        case "simulated":
            return {"seed": SEED, "meters": METERS}
        case "meters":
            headings = form["description_placeholders"]
            return {
                section: {"add": True, "name": twin.label, "circuit": twin.circuit}
                for twin in twins().values()
                for section, heading in headings.items()
                if twin.nameplate.serial in heading
            }
        case step_id:
            raise DemoError(f"the configuration flow asks for {step_id}: {form['errors']}")


def is_number(text: str) -> bool:
    """Whether a state is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
