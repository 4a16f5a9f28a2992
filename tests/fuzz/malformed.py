"""Malformed input: what strangers, broken disks and careless hands give to a door.

Everything is drawn by Hypothesis: small and the same in every run here, without an end and guided by coverage
with ``script/fuzz``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
import copy
import json
import math
import os
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, settings, strategies as st

EXAMPLES: Final = int(os.environ.get("CSJ_METER_FUZZ_EXAMPLES", "0"))
"""How many inputs a door gets that needs a Home Assistant; 0 for the few of every run."""

TEXTS: Final = (
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\u202e\u0627\u0644\u0639",
    "\u2066x\u2069",
    "\ufeffx",
    "e\u0301",
    "é",
    "\x1b[31m",
    "\r\n",
    "\u2028",
    "٣٤",
    "１２",
    "²",
    "-0",
    "+1",
    "1_0",
    "0x10",
    "1e999999",
    "-1e999999",
    "1e-999999",
    "1E+400",
    "NaN",
    "sNaN",
    "Infinity",
    "-inf",
    "null",
    "true",
    "no",
    "=1+1",
    "@SUM(A1)",
    "{{ 1 / 0 }}",
    "%s%n",
    "{0.__class__}",
    "../../../etc/passwd",
    "/dev/zero",
    "<script>",
    "' OR 1=1 --",
    "0001-01-01",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31",
    "9999-12-31T23:59:59.999999-23:59",
    "9999-12-31T24:00:00",
    "2026-02-30T00:00:00+00:00",
    "2026-13-45 99:99",
    "2026-11-27T12:00:00",
    "2026-11-27T12:00:00+00:00",
    "2026-W53-7",
    "24:00",
    "23:59:60",
    "9" * 5000,
    "x" * 70_000,
    "👩‍👩‍👧‍👦" * 300,
)

NUMBERS: Final = (
    0,
    -1,
    1,
    -0.0,
    0.1,
    255,
    256,
    65_535,
    65_536,
    2**31 - 1,
    2**31,
    2**53 + 1,
    2**63 - 1,
    2**63,
    -(2**63),
    2**64,
    10**30,
    10**400,
    1e15,
    1e308,
    -1e308,
    5e-324,
    math.inf,
    -math.inf,
    math.nan,
)

LEAVES: Final = st.one_of(
    st.sampled_from(TEXTS),
    st.sampled_from(NUMBERS),
    st.sampled_from((None, True, False)),
    st.text(max_size=20),
    st.integers(),
    st.floats(),
)
"""Values without parts."""


def _deep(levels: int) -> Any:
    found: Any = []
    for _ in range(levels):
        found = [found]
    return found


ANYTHING: Final = st.one_of(
    LEAVES,
    st.recursive(
        LEAVES,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text(max_size=8) | st.sampled_from(TEXTS[:20]), inner, max_size=4)
        ),
        max_leaves=8,
    ),
    st.sampled_from((50, 400)).map(_deep),
    st.sampled_from((40, 3000)).map(lambda count: [0] * count),
    st.sampled_from((40, 3000)).map(lambda count: {str(number): "x" for number in range(count)}),
)
"""Any JSON, and a little more."""


@st.composite
def mutated(draw: st.DrawFn, *documents: Any, values: st.SearchStrategy[Any] = ANYTHING) -> Any:
    """One of these valid documents with one to three things in it exchanged, lost, renamed or repeated."""
    holder = [copy.deepcopy(draw(st.sampled_from(documents)))]
    for _ in range(draw(st.integers(1, 3))):
        parent, key = draw(st.sampled_from(_places(holder)))
        match draw(st.sampled_from(("exchange", "lose", "rename", "repeat", "wrap"))):
            case "lose" if parent is not holder:
                del parent[key]
            case "rename" if isinstance(parent, dict):
                parent[draw(st.sampled_from(TEXTS) | st.text(max_size=8))] = parent.pop(key)
            case "repeat" if isinstance(parent, list) and parent is not holder:
                parent.extend([copy.deepcopy(parent[key])] * draw(st.sampled_from((1, 300))))
            case "wrap":
                parent[key] = draw(st.sampled_from(([parent[key]], {"a": parent[key]})))
            case _:
                parent[key] = draw(values)
    return holder[0]


def _places(holder: list[Any]) -> list[tuple[Any, Any]]:
    """Every value in a document: what it is in, and where there; of what has grown, the first of them."""
    found: list[tuple[Any, Any]] = []
    waiting: list[Any] = [holder]
    while waiting and len(found) < 500:
        parent = waiting.pop()
        keys = list(parent) if isinstance(parent, dict) else range(len(parent))
        for key in list(keys)[:60]:
            found.append((parent, key))
            if isinstance(parent[key], dict | list):
                waiting.append(parent[key])
    return found


@st.composite
def mutated_bytes(draw: st.DrawFn, seeds: Sequence[bytes], tokens: Sequence[bytes] = ()) -> bytes:
    """One of these valid inputs with parts of it cut out, overwritten, repeated, exchanged or put in.

    ``tokens`` are parts that mean something to the parser.
    """
    body = draw(st.sampled_from(tuple(seeds)))
    part = st.binary(max_size=8)
    if tokens:
        part |= st.sampled_from(tuple(tokens))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(body)))
        length = draw(st.integers(0, min(24, len(body) - at)) | st.integers(0, len(body) - at))
        match draw(st.sampled_from(("cut", "put", "exchange", "repeat", "end"))):
            case "cut":
                body = body[:at] + body[at + length :]
            case "put":
                body = body[:at] + draw(part) + body[at:]
            case "exchange":
                body = body[:at] + draw(part) + body[at + length :]
            case "repeat":
                times = draw(st.sampled_from((1, 1, 40)))
                body = body[:at] + body[at : at + min(length, 2000)] * times + body[at:]
            case "end":
                body = body[:at]
    return body


def as_json(value: Any) -> bytes:
    """As JSON of the lenient sort: with NaN, lone surrogates and numbers of any length."""
    return json.dumps(value).encode()


def drawn[T](strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """The same ``count`` examples in every run, for doors that have to be waited for.

    More, and others each time, where ``script/fuzz`` asks for them.
    """
    found: list[T] = []

    @settings(
        max_examples=EXAMPLES or count,
        derandomize=not EXAMPLES,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(example: T) -> None:
        found.append(example)

    collect()
    return found


def door(count: int) -> Callable[[Any], Any]:
    """Settings of a door that is a function: the same ``count`` inputs in every run."""
    return settings(
        max_examples=count, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )


def is_short(err: Exception, most: int = 5000) -> None:
    """That somebody can read what was wrong: whatever was sent, little of it is repeated."""
    assert len(str(err)) <= most
