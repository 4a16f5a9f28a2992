"""Simulated CSJ meters on a simulated line: for the demo, for tests and for a fire drill.

``demo_line`` builds a street of homes with meters from a seed. ``line.unit(3)`` talks to one of
them without any wire; ``serve_pty``, ``serve_serial``, ``serve_rtu_over_tcp`` and
``serve_modbus_tcp`` put the line where real masters reach it. ``line.faults`` switches faults on
and off, ``meter.truth()`` tells what a reader should have read, ``meter.history()`` what was.
What is done to the meters is kept when the line gets a ``state_file``. ``meter.nameplate.key``
unlocks one, ``toy_token`` and ``build_image`` make what can be put into it.

The simulator speaks the register map of the documentation and shares no code with the floors
that read it. pymodbus codes the PDUs; where it could not, ``pdu``, ``frames`` and ``tcp`` say why.
"""

from __future__ import annotations

from .faults import MAGNITUDES, Fault, FaultBoard, FaultKind
from .firmware import build_image
from .household import Household, Kind
from .in_process import InProcessLink, InProcessUnit
from .line import LineCounters, LineSettings, SimulatedLine
from .meter import SimulatedMeter
from .models import Capability, Model, Mounting, Nameplate, Settings
from .past import HistoryRow, Spread
from .relay import RelayCause, RelayMode
from .serial import PtyServer, SerialServer, serve_pty, serve_serial
from .site import demo_line
from .state import MeterState
from .store import StateFileError
from .tcp import TcpServer, serve_modbus_tcp, serve_rtu_over_tcp
from .tokens import toy_token
from .truth import Truth

__all__ = [
    "MAGNITUDES",
    "Capability",
    "Fault",
    "FaultBoard",
    "FaultKind",
    "HistoryRow",
    "Household",
    "InProcessLink",
    "InProcessUnit",
    "Kind",
    "LineCounters",
    "LineSettings",
    "MeterState",
    "Model",
    "Mounting",
    "Nameplate",
    "PtyServer",
    "RelayCause",
    "RelayMode",
    "SerialServer",
    "Settings",
    "SimulatedLine",
    "SimulatedMeter",
    "Spread",
    "StateFileError",
    "TcpServer",
    "Truth",
    "build_image",
    "demo_line",
    "serve_modbus_tcp",
    "serve_pty",
    "serve_rtu_over_tcp",
    "serve_serial",
    "toy_token",
]
