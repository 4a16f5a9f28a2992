"""Arguments, output and exit status of ``script/replay``."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterable, Sequence
import datetime as dt
import json
from pathlib import Path
import sys
from textwrap import fill
from typing import Any, Final
from zoneinfo import ZoneInfo

from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.intake import INPUTS
from custom_components.csj_meter.anomaly.replay import replay
from custom_components.csj_meter.anomaly.wording import message
from custom_components.csj_meter.language.texts import english
from custom_components.csj_meter.meters.quantities import QUANTITIES
from custom_components.csj_meter.meters.sample import moment_of

from ..errors import CommandError
from ..output import written_out
from .minutes import minutes_of
from .recording import Recording, recorded
from .settings_file import Stipulated, read_settings


def _listed(names: Iterable[str]) -> str:
    return fill(", ".join(names), 100, initial_indent="  ", subsequent_indent="  ")


_EPILOG: Final = f"""\
columns (the first line names them, in any order; rows in any order, sorted by time is best):
  time      ISO 8601 with offset, for example 2026-03-01T14:05:00+01:00
  meter     serial number
  circuit   the circuit or transformer it hangs on; may be left out
  and quantities in their canonical units; an empty cell is a missing value. The engine looks at
{_listed(INPUTS)}
  and takes the following as well, without making anything of them:
{_listed(name for name in QUANTITIES if name not in INPUTS)}

Exports of the integration by the minute (CSV, format standard) can be replayed as they are.
docs/replay.md has examples, and what the settings file may say.
"""


def zone(name: str) -> ZoneInfo:
    """An IANA time zone. Raises ArgumentTypeError."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as err:
        raise ArgumentTypeError(f"{name!r} is no time zone; try for example Europe/Berlin") from err


def parser() -> ArgumentParser:
    """Everything that can be typed."""
    top = ArgumentParser(
        prog="script/replay",
        description="Tell what would have been found in measurements of the past.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    top.add_argument("file", metavar="FILE.csv", type=Path, help="measurements, a row a sample")
    top.add_argument("--settings", metavar="FILE.yaml", type=Path, help="thresholds and facts about meters")
    top.add_argument(
        "--zone",
        type=zone,
        help="time zone of the meters, for example Europe/Berlin (default: the offset of the first row)",
    )
    top.add_argument("--json", action="store_true", help="print one JSON object a line")
    return top


def main(words: Sequence[str]) -> int:
    """Replay one file; the exit status."""
    arguments = parser().parse_args(words)
    try:
        with written_out():
            _run(arguments)
    except CommandError as err:
        print(err, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _run(arguments: Namespace) -> None:
    settings = Stipulated() if arguments.settings is None else read_settings(arguments.settings)
    with recorded(arguments.file, settings.identity) as recording:
        if strangers := sorted(settings.serials - set(recording.serials)):
            print(
                f"{arguments.settings}: the measurements have no meter {', '.join(strangers)}",
                file=sys.stderr,
            )
        where: dt.tzinfo = arguments.zone or dt.timezone(recording.offset or dt.timedelta())
        transitions = _replay(recording, settings, where, as_json=arguments.json)
        sys.stdout.flush()
        if not arguments.json:
            rows, meters = recording.table.rows, len(recording.serials)
            print(f"transitions: {transitions}, rows: {rows}, meters: {meters}", file=sys.stderr)


def _replay(recording: Recording, settings: Stipulated, where: dt.tzinfo, *, as_json: bool) -> int:
    """Print all transitions; how many there were."""
    order = sorted(range(len(recording.serials)), key=recording.serials.__getitem__)
    known = recording.meters()
    meters = [known[place] for place in order]
    engine = Engine(meters, where, settings.settings)
    transitions = 0
    for finding in replay(engine, minutes_of(recording, order), meters, settings.settings):
        transitions += 1
        print(json.dumps(as_object(finding, where)) if as_json else as_line(finding, where))
    return transitions


def as_object(finding: Finding, where: dt.tzinfo) -> dict[str, Any]:
    """A transition for programs."""
    return {
        "time": moment_of(finding.at, where).isoformat(),
        "meter": finding.serial,
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "state": finding.state.value,
        "scope": finding.scope.value,
        "since": moment_of(finding.since, where).isoformat(),
        "value": finding.value,
        "expected": finding.expected,
        "low": finding.low,
        "high": finding.high,
        "score": finding.score,
        "advice": finding.advice.key,
        "causes": list(finding.advice.causes),
        "action": finding.advice.action,
        "quantity": finding.quantity,
        "phase": finding.phase,
        "circuit": finding.circuit,
    }


def as_line(finding: Finding, where: dt.tzinfo) -> str:
    """A transition for people."""
    at = moment_of(finding.at, where)
    return (
        f"{at:%Y-%m-%d %H:%M}  {finding.serial:<14} {finding.state:<9}  {finding.severity:<8}  "
        f"{finding.kind:<19}  {message(english(), finding, where)}"
    )
