"""What a finding may mean and what to do about it: keys of texts, and the English texts.

``ADVICE`` says which texts belong to a kind, and which to a kind of a certain scope. A text may have
placeholders: ``value``, ``expected``, ``low`` and ``high`` with their unit, ``duration``, ``when`` and
``phase``.
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

TEXTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # what was seen
        "outage": "No voltage since {when}.",
        "voltage_sag": "{value} at phase {phase}; at least {low} is allowed.",
        "undervoltage": "{value} at phase {phase} for {duration}; {low} is the lower end of what is normal.",
        "voltage_swell": "{value} at phase {phase}; at most {high} is allowed.",
        "phase_loss": "Phase {phase} is lost: {value}, while another phase is well.",
        "phase_imbalance": "The phase voltages differ by {value}; {high} is allowed.",
        "current_imbalance": "The phase currents differ by {value}; usual are up to {high}.",
        "frequency": "{value}; allowed are {low} to {high}.",
        "harmonic_distortion": "The voltage of phase {phase} is distorted by {value}; {high} is allowed.",
        "short_circuit": "{value} at phase {phase} while its voltage collapsed: likely a short circuit.",
        "overload": "{value} at phase {phase}; the meter carries {high}.",
        "zero_current": "No current for {duration} with voltage present; this meter never rests at zero.",
        "load_collapse": "The load has fallen to {value}; it never was below {low} in the last month.",
        "power_factor": "The power factor is {value} under load.",
        "stuck_load": "At least {value} for {duration}; usual for {when}: {low} to {high}.",
        "leak": "Never below {value} for {duration}; usual: {low} to {high}.",
        "high_usage": "{value} for {duration}; the highest of the last month was {high}.",
        "low_usage": "{value} on average for {duration}; the quietest day of the last month had {low}.",
        "drift": "The base load has crept up to {value}; weeks ago it was {low} to {high}.",
        "lasting_change": "What was unusual has lasted for {duration} and counts as usual from now on.",
        "daily_shape": "Yesterday {value} were used at other hours than usual; up to {high} are no surprise.",
        "unusual_usage": "{value}; usual for {when}: {low} to {high}.",
        "meter_frozen": "The same readings to the last digit for {duration}.",
        "meter_silent": "No answer since {when}.",
        "tamper": "The meter says that its cover was opened.",
        "reverse_energy": "{value} fed back by a meter that has never done so.",
        # what it may be
        "appliance_never_off": "An appliance that does not switch off any more.",
        "bad_connection": "A bad connection in the service line or the panel.",
        "broken_conductor": "A broken conductor.",
        "bypass": "Current that flows past the meter.",
        "cable_broken": "The data cable or its plug.",
        "capacitor_failed": "A compensation capacitor has failed.",
        "cover_opened": "Somebody has opened the meter.",
        "damaged_appliance": "A damaged appliance.",
        "faulty_appliance": "A faulty appliance.",
        "faulty_converter": "A faulty inverter, charger or dimmer.",
        "feed_in": "Much power fed in nearby while little is used.",
        "filter_clogged": "A clogged filter that keeps a fan or pump running longer.",
        "gateway_lost": "The gateway or the line to it: all its meters fell silent at once.",
        "gateway_repeats": "A gateway that repeats old answers.",
        "generator": "A generator that does not keep its speed.",
        "grid_disturbance": "A disturbance of the whole grid.",
        "heater_left_on": "A heater, boiler or oven that was left on.",
        "insulation_failed": "An insulation that has failed.",
        "insulation_leak": "An insulation that leaks.",
        "island_operation": "Operation as an island, without the grid.",
        "large_motor": "A large motor that does not get up to speed.",
        "load_on_one_phase": "A large load on one phase.",
        "long_line": "A long line to the transformer.",
        "loose_neutral": "A loose neutral conductor.",
        "machine_left_on": "A machine that was left on.",
        "main_switch_open": "The main switch is open.",
        "many_converters": "Many power supplies, chargers or inverters at once.",
        "many_loads": "Many appliances at once.",
        "meter_failed": "The meter itself has failed.",
        "meter_failed_neighbours_active": "The meter reads zero but its neighbours are active: the meter may "
        "have failed.",
        "meter_without_supply": "The meter has no supply.",
        "more_standby": "More appliances on standby.",
        "motor_idling": "Motors that run without load.",
        "motor_winding": "A motor with a damaged winding.",
        "network_fault": "A fault in the network.",
        "network_loaded": "The network carries much at the moment.",
        "network_neutral": "A neutral conductor of the network that is loose.",
        "network_outage": "An outage of the whole circuit.",
        "network_overloaded": "The network is overloaded.",
        "network_phase_fault": "A fault on one phase of the network.",
        "network_phase_lost": "One phase of the network is lost.",
        "new_appliance": "A new appliance, such as a heat pump or a car charger.",
        "new_habits": "New habits.",
        "new_hours": "New working hours.",
        "nobody_home": "Nobody is at home.",
        "part_of_home_dead": "A part of the home is without supply.",
        "phase_fuse_blown": "The fuse of one phase has blown.",
        "phase_overloaded": "One phase of the network is overloaded.",
        "plant_unannounced": "A solar plant that nobody has told of.",
        "pump_running": "A pump that runs without a break: look for a leak in the water as well.",
        "refrigerator_ageing": "A refrigerator that gets old or iced up.",
        "resonance": "Resonance with a capacitor.",
        "service_fuse_blown": "The service fuse has blown.",
        "supply_failed": "The supply has failed.",
        "supply_interrupted": "The supply behind the meter is interrupted.",
        "tampering": "Somebody has tampered with the meter.",
        "theft": "Somebody uses the current who should not.",
        "thermostat_stuck": "A thermostat or contactor that is stuck.",
        "timer_changed": "A timer that was changed, or shows the wrong time.",
        "transformer_tap": "The transformer is set too high.",
        "uneven_phases": "Loads that are spread unevenly over the phases.",
        "vehicle_charging": "A car that charges.",
        "water_in_wiring": "Water in the wiring.",
        "weather": "The weather.",
        "wired_backwards": "The meter is wired the wrong way round.",
        "work_on_meter": "Work on the meter.",
        # what to do
        "call_electrician_now": "Switch off what is sensitive and call an electrician now.",
        "check_cable": "See whether the meter has supply; then check the data cable.",
        "check_fridge": "See if the light works; think of the freezer. If it does, have the meter tested.",
        "check_fuses": "Check the main switch and the service fuses.",
        "check_gateway": "Check the gateway, its supply and its network.",
        "check_motors": "See which motors run without need.",
        "check_supply": "See whether the neighbours have supply; then check main switch and fuses.",
        "check_timers": "Check timers and what runs outside working hours.",
        "check_wiring": "Have the wiring of the meter checked.",
        "compare_standby": "Compare what is on standby with a month ago; look at the refrigerator first.",
        "find_converter": "Switch off large power supplies one after the other until it ends.",
        "inspect_seal": "Inspect the seal, and clear the flag on the meter.",
        "keep_away": "Keep away from wet or damaged wiring, leave the breaker off and call an electrician.",
        "look_what_is_on": "Look what is on: heaters, boiler, oven, pumps.",
        "nothing": "Nothing has to be done.",
        "nothing_if_away": "Nothing, if you are away. Otherwise look for a part of the home without supply.",
        "protect_motors": "Switch off motors, compressors and pumps until the voltage is back.",
        "report_to_network": "Report it to the network operator; it is not the home.",
        "restart_meter": "Restart the meter; if that does not help, have it checked.",
        "spread_loads": "Spread large loads over the phases.",
        "stop_motors": "Switch off three-phase motors at once, then check the fuses.",
        "switch_off_loads": "Switch off what can wait.",
        "switch_off_one_by_one": "Switch off circuits one after the other and see when it ends.",
        "unplug_sensitive": "Unplug sensitive equipment and call an electrician.",
        "watch": "Watch whether it comes again.",
    }
)
"""Key -> English text."""


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
