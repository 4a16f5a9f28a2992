"""What a finding may mean and what to do about it: keys of texts, which ``wording`` asks for.

``ADVICE`` says which texts belong to a kind, and ``BY_SCOPE`` which to a kind of a certain scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from .finding import Advice
from .kinds import Kind, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a kind."""

    causes: tuple[str, ...]
    """Keys of what it may be, the likeliest first."""

    action: str
    """Key of what to do first."""


ADVICE: Final[Mapping[Kind, Known]] = MappingProxyType(
    {
        Kind.OUTAGE: Known(
            causes=("supply_failed", "main_switch_open", "service_fuse_blown"), action="check_supply"
        ),
        Kind.VOLTAGE_SAG: Known(
            causes=("network_overloaded", "loose_neutral", "bad_connection", "large_motor"),
            action="protect_motors",
        ),
        Kind.UNDERVOLTAGE: Known(causes=("network_loaded", "long_line"), action="watch"),
        Kind.VOLTAGE_SWELL: Known(
            causes=("loose_neutral", "feed_in", "transformer_tap"), action="unplug_sensitive"
        ),
        Kind.PHASE_LOSS: Known(
            causes=("phase_fuse_blown", "broken_conductor", "network_phase_lost"), action="stop_motors"
        ),
        Kind.PHASE_IMBALANCE: Known(
            causes=("loose_neutral", "uneven_phases", "broken_conductor"), action="call_electrician_now"
        ),
        Kind.CURRENT_IMBALANCE: Known(
            causes=("uneven_phases", "motor_winding", "load_on_one_phase"), action="spread_loads"
        ),
        Kind.FREQUENCY: Known(causes=("island_operation", "generator", "grid_disturbance"), action="watch"),
        Kind.HARMONIC_DISTORTION: Known(
            causes=("many_converters", "faulty_converter", "resonance"), action="find_converter"
        ),
        Kind.SHORT_CIRCUIT: Known(
            causes=("insulation_failed", "damaged_appliance", "water_in_wiring"), action="keep_away"
        ),
        Kind.OVERLOAD: Known(causes=("many_loads", "faulty_appliance"), action="switch_off_loads"),
        Kind.ZERO_CURRENT: Known(
            causes=("main_switch_open", "meter_failed", "supply_interrupted"), action="check_fridge"
        ),
        Kind.LOAD_COLLAPSE: Known(
            causes=("main_switch_open", "supply_interrupted", "meter_failed"), action="check_fridge"
        ),
        Kind.POWER_FACTOR: Known(causes=("motor_idling", "capacitor_failed"), action="check_motors"),
        Kind.STUCK_LOAD: Known(
            causes=("heater_left_on", "thermostat_stuck", "pump_running", "vehicle_charging"),
            action="look_what_is_on",
        ),
        Kind.LEAK: Known(
            causes=("appliance_never_off", "pump_running", "insulation_leak", "theft"),
            action="switch_off_one_by_one",
        ),
        Kind.HIGH_USAGE: Known(
            causes=("many_loads", "new_appliance", "faulty_appliance"), action="switch_off_loads"
        ),
        Kind.LOW_USAGE: Known(
            causes=("nobody_home", "part_of_home_dead", "bypass"), action="nothing_if_away"
        ),
        Kind.DRIFT: Known(
            causes=("refrigerator_ageing", "more_standby", "filter_clogged"), action="compare_standby"
        ),
        Kind.LASTING_CHANGE: Known(causes=("new_appliance", "new_habits"), action="nothing"),
        Kind.DAILY_SHAPE: Known(
            causes=("new_hours", "timer_changed", "machine_left_on"), action="check_timers"
        ),
        Kind.UNUSUAL_USAGE: Known(causes=("new_habits", "weather"), action="watch"),
        Kind.METER_FROZEN: Known(causes=("meter_failed", "gateway_repeats"), action="restart_meter"),
        Kind.METER_SILENT: Known(
            causes=("meter_without_supply", "cable_broken", "meter_failed"), action="check_cable"
        ),
        Kind.TAMPER: Known(causes=("cover_opened", "work_on_meter"), action="inspect_seal"),
        Kind.REVERSE_ENERGY: Known(
            causes=("plant_unannounced", "wired_backwards", "tampering"), action="check_wiring"
        ),
    }
)
"""Kind -> what is known of it."""

BY_SCOPE: Final[Mapping[tuple[Kind, Scope], Known]] = MappingProxyType(
    {
        (Kind.OUTAGE, Scope.AREA): Known(causes=("network_outage",), action="report_to_network"),
        (Kind.OUTAGE, Scope.INDIVIDUAL): Known(
            causes=("service_fuse_blown", "main_switch_open"), action="check_fuses"
        ),
        (Kind.VOLTAGE_SAG, Scope.AREA): Known(
            causes=("network_overloaded", "network_fault"), action="report_to_network"
        ),
        (Kind.VOLTAGE_SAG, Scope.PHASE): Known(
            causes=("phase_overloaded", "network_phase_fault"), action="report_to_network"
        ),
        (Kind.VOLTAGE_SAG, Scope.INDIVIDUAL): Known(
            causes=("bad_connection", "loose_neutral", "large_motor"), action="call_electrician_now"
        ),
        (Kind.VOLTAGE_SWELL, Scope.AREA): Known(
            causes=("transformer_tap", "feed_in", "loose_neutral"), action="report_to_network"
        ),
        (Kind.PHASE_LOSS, Scope.AREA): Known(causes=("network_phase_lost",), action="report_to_network"),
        (Kind.PHASE_IMBALANCE, Scope.AREA): Known(
            causes=("network_neutral", "uneven_phases"), action="report_to_network"
        ),
        (Kind.METER_SILENT, Scope.AREA): Known(causes=("network_outage",), action="report_to_network"),
        (Kind.METER_SILENT, Scope.PHASE): Known(causes=("network_phase_lost",), action="report_to_network"),
    }
)
"""Kind and scope -> what is known then, where it is something else."""

GATEWAY: Final = Known(causes=("gateway_lost",), action="check_gateway")
"""All meters behind one gateway fell silent at once."""

ACTIVE_NEIGHBOURS: Final = "meter_failed_neighbours_active"
"""The first cause where a meter reads zero while its neighbours are well."""


def advice_of(
    kind: Kind,
    scope: Scope,
    params: Mapping[str, float | str],
    *,
    gateway_lost: bool = False,
    neighbours_active: bool = False,
) -> Advice:
    """What to say of a finding."""
    known = GATEWAY if gateway_lost else BY_SCOPE.get((kind, scope), ADVICE[kind])
    causes = known.causes
    if neighbours_active and kind in (Kind.ZERO_CURRENT, Kind.LOAD_COLLAPSE):
        causes = (ACTIVE_NEIGHBOURS, *(cause for cause in causes if cause != "meter_failed"))
    return Advice(key=kind.value, causes=causes, action=known.action, params=params)
