"""What docs/payments.md tells the other side is true: its examples run, its words are the webhook's."""

from __future__ import annotations

import json
import os
from pathlib import Path
import re
import subprocess
import sys
import time

from homeassistant.components import webhook
import pytest

from custom_components.csj_meter.money import payment_answers, payment_webhook
from custom_components.csj_meter.prepay import payment
from custom_components.csj_meter.prepay.movement import Reason
from custom_components.csj_meter.simulator.faults import FaultKind

from .shop import PREPAID, SECRET, WEBHOOK_ID, Shop

PAGE = (Path(__file__).parents[4] / "docs" / "payments.md").read_text(encoding="utf-8")
SHELL = PAGE.partition("```sh\n")[2].partition("```")[0]
PYTHON = PAGE.partition("```python\n")[2].partition("```")[0]

MOST_SECONDS = 60


@pytest.fixture
def clocks(shop: Shop, tmp_path: Path) -> dict[str, str]:
    """An environment in which ``date`` and Python show the driven time, and only a little of it passes."""
    now = int(shop.home.time.wall)
    date = tmp_path / "date"
    date.write_text(f"#!/bin/sh\necho {now}\n", encoding="utf-8")
    date.chmod(0o755)
    (tmp_path / "sitecustomize.py").write_text(
        f"import time\ntime.time = lambda: {now}.0\ntime.sleep = lambda seconds: None\n", encoding="utf-8"
    )
    return {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(tmp_path)}


async def run(shop: Shop, clocks: dict[str, str], *command: str) -> str:
    """What a program of the other side prints, while Home Assistant goes on in its own time."""
    path = webhook.async_generate_path(WEBHOOK_ID)
    address = f"http://127.0.0.1:{shop.client.port}{path}"
    with subprocess.Popen(  # noqa: ASYNC220 - it is looked after below
        [word.replace("CSJ000000001", shop.home.serial(PREPAID)) for word in command],
        env={**clocks, "CSJ_SECRET": SECRET, "CSJ_ADDRESS": address},
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        for _ in range(MOST_SECONDS * 100):
            if program.poll() is not None:
                break
            await shop.home.time.run(0.02)
            time.sleep(0.01)  # noqa: ASYNC251 - another process needs real time
        else:
            program.kill()
        assert program.stdout is not None
        printed = program.stdout.read()
        assert program.returncode == 0, printed
    return printed


@pytest.mark.loopback
@pytest.mark.parametrize("command", [("bash", "-euc", SHELL), (sys.executable, "-c", PYTHON)])
async def test_an_example_pays(shop: Shop, clocks: dict[str, str], command: tuple[str, ...]) -> None:
    count, _ = shop.on_the_meter()

    answer = json.loads(await run(shop, clocks, *command))
    again = json.loads(await run(shop, clocks, *command))

    assert (answer["state"], answer["amount"], answer["count"]) == ("done", "12.50", count + 1)
    assert again == answer
    assert shop.on_the_meter()[0] == count + 1


@pytest.mark.loopback
async def test_the_program_asks_again_until_the_meter_answers(shop: Shop, clocks: dict[str, str]) -> None:
    shop.fault(FaultKind.METER_DEAD)
    shop.hass.loop.call_later(10, shop.home.line.faults.clear)

    answer = json.loads(await run(shop, clocks, sys.executable, "-c", PYTHON))

    assert answer["state"] == "done"
    assert ("refused", "meter_silent") in [line[:2] for line in await shop.outcomes()]


def test_the_header_on_the_page_has_the_form_of_one() -> None:
    (header,) = re.findall(r"X-CSJ-Signature: (t=\d+,v1=[0-9a-f]{64})\n", PAGE)

    signed_at, signatures = payment._read_header(header)

    assert (signed_at, len(signatures)) == ("1793440800", 1)


def test_every_word_of_an_answer_is_on_the_page() -> None:
    sources = [
        Path(module.__file__).read_text(encoding="utf-8")
        for module in (payment_webhook, payment_answers, payment)
        if module.__file__
    ]
    errors = r'(?:NotGenuineError|MalformedPaymentError|LimitError|_text)\(\s*(?:fields, )?"(\w+)"'
    answers = r'HTTPStatus\.\w+,\s*"(\w+)"|reason="(\w+)"'
    words = {
        word
        for source in sources
        for pattern in (errors, answers)
        for found in re.finditer(pattern, source)
        for word in found.groups()
        if word
    }
    told = {reason.value for reason in Reason} - {"seen", "amount_unseen"}

    assert {"signature", "largest_amount", "unknown_meter", "key_reused", "under_way"} <= words
    assert sorted(word for word in words | told if f"`{word}`" not in PAGE) == []
