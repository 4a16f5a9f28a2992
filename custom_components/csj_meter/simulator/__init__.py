"""Simulated CSJ meters on a simulated line: for the demo, for tests and for a fire drill.

``demo_line`` builds a street of homes with meters from a seed. ``line.unit(3)`` talks to one of
them without any wire; ``serve_pty``, ``serve_serial``, ``serve_rtu_over_tcp`` and
``serve_modbus_tcp`` put the line where real masters reach it. ``line.faults`` switches faults on
and off, ``meter.truth()`` tells what a reader should have read, ``meter.history()`` what was.

The simulator speaks the register map of the documentation and shares no code with the floors
that read it. pymodbus codes the PDUs; where it could not, ``pdu``, ``frames`` and ``tcp`` say why.
"""

from __future__ import annotations

from .faults import MAGNITUDES, Fault, FaultBoard, FaultKind
from .household import Household, Kind
from .in_process import InProcessLink, InProcessUnit
from .line import LineCounters, LineSettings, SimulatedLine
from .meter import SimulatedMeter
from .models import Capability, Model, Mounting, Nameplate, Settings
from .past import HistoryRow, Spread
from .serial import PtyServer, SerialServer, serve_pty, serve_serial
from .site import demo_line
from .tcp import TcpServer, serve_modbus_tcp, serve_rtu_over_tcp
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
    "Model",
    "Mounting",
    "Nameplate",
    "PtyServer",
    "SerialServer",
    "Settings",
    "SimulatedLine",
    "SimulatedMeter",
    "Spread",
    "TcpServer",
    "Truth",
    "demo_line",
    "serve_modbus_tcp",
    "serve_pty",
    "serve_rtu_over_tcp",
    "serve_serial",
]
