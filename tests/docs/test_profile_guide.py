"""docs/profiles.md: its worked example is done as it says, over a socket, and its lists are complete."""

from __future__ import annotations

import asyncio
from pathlib import Path
import re
import struct
from typing import Final

import pytest

from cli.main import main
from custom_components.csj_meter.meters.profile_fields import IDENTITY_NAMES
from custom_components.csj_meter.meters.profile_loader import SHIPPED, load_profile
from custom_components.csj_meter.meters.quantities import QUANTITIES, STATUS_BITS

from ..meters.profile_files import write
from .pages import ROOT

GUIDE: Final = (ROOT / "docs" / "profiles.md").read_text(encoding="utf-8")
BLOCKS: Final = re.findall(r"^```\w*\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
PROFILE, SEEN, TOLD = (
    next(block for block in BLOCKS if block.startswith(beginning))
    for beginning in ("# Brightwater", "[16]", "Brightwater BW-1, serial")
)
"""The file, the registers that mbpoll shows, and what the meter is said to measure."""

UNIT: Final = 1

MANUAL: Final = {
    40001: (0x4257, *divmod(20_260_815, 0x1_0000)),
    40017: (2301, 0, 3790, 87, 990, 5000),
    40033: tuple(word for wh in (4_711_250, 3_000_250, 1_711_000) for word in divmod(wh, 0x1_0000)),
    40049: (1,),
}
"""Register of the manual -> what the meter holds from there."""

REGISTERS: Final = {
    first - 40001 + offset: word for first, words in MANUAL.items() for offset, word in enumerate(words)
}


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Be the meter: function code 03, at most 32 registers, nothing outside of its map."""
    while len(head := await reader.read(8)) == 8:
        transaction, _, _, unit, function = struct.unpack(">HHHBB", head)
        address, count = struct.unpack(">HH", await reader.readexactly(4))
        asked = range(address, address + count)
        if unit == UNIT and function == 3 and count <= 32 and REGISTERS.keys() >= set(asked):
            body = struct.pack(f">BB{count}H", 3, 2 * count, *(REGISTERS[one] for one in asked))
        else:
            body = bytes((function | 0x80, 2))
        writer.write(struct.pack(">HHHB", transaction, 0, len(body) + 1, unit) + body)
    writer.close()


async def read(folder: Path, *words: str) -> int:
    """Exit status of reading the meter."""
    (folder / "brightwater_bw1.yaml").write_text(PROFILE, encoding="utf-8")
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        line = ["read", "--tcp", f"127.0.0.1:{port}", "--unit", str(UNIT), "--profiles", str(folder)]
        return await asyncio.to_thread(main, [*line, *words])


def test_the_registers_that_are_shown_are_those_of_the_manual() -> None:
    shown = {int(address): int(word, 16) for address, word in re.findall(r"\[(\d+)\]:\s+(0x\w+)", SEEN)}

    assert shown == {address: REGISTERS[address] for address in range(16, 22)}


@pytest.mark.parametrize("words", [["--profile", "brightwater_bw1"], []], ids=["named", "recognised"])
async def test_the_meter_says_what_the_guide_says(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await read(tmp_path, *words) == 0

    assert capsys.readouterr().out == TOLD


async def test_a_slip_in_the_file_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "PROFILE", PROFILE.replace("voltage_l1", "voltage_l4"))

    assert await read(tmp_path) != 0

    told = capsys.readouterr().err
    assert "brightwater_bw1.yaml line" in told
    assert "did you mean 'voltage_l1'" in told


class TestGuide:
    """docs/profiles.md is what people copy from, so it has to be right."""

    def test_the_worked_example_loads(self, tmp_path: Path) -> None:
        example = GUIDE.split("```yaml\n")[1].split("```")[0]
        profile = load_profile(write(tmp_path, example, "brightwater_bw1.yaml"))
        scales = {field.quantity: field.scale for fields in profile.groups.values() for field in fields}
        assert scales["current_l1"] == 0.001
        assert scales["active_power"] == 10.0
        assert scales["energy_import_t2"] == 0.001

    def test_it_lists_every_shipped_profile(self) -> None:
        assert [path.stem for path in SHIPPED.glob("*.yaml") if f"| `{path.stem}` |" not in GUIDE] == []

    def test_it_lists_every_name(self) -> None:
        runs = re.findall(r"`(\w+)_([lt])(\d)\.\.\2(\d)`", GUIDE)
        listed = {f"{stem}_{sort}{n}" for stem, sort, a, b in runs for n in range(int(a), int(b) + 1)}
        listed |= set(re.findall(r"`(\w+)`", GUIDE))
        assert [name for name in QUANTITIES if name not in listed] == []
        assert [name for name in IDENTITY_NAMES if f"`{name}`" not in GUIDE] == []
        assert [word for word in STATUS_BITS if f"`{word}`" not in GUIDE] == []
