"""What anybody may send to the portal: it is done, or refused in a word, and never breaks anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from hypothesis import strategies as st
import pytest

from custom_components.csj_meter.portal.guard import COOKIE
from custom_components.csj_meter.tenants.links import PORTAL_URL

from ..surface.portal.conftest import OWN, Phone, Portal
from .malformed import TEXTS, as_json, drawn, mutated, mutated_bytes

pytestmark = pytest.mark.loopback

FORESEEN: Final = frozenset({200, 400, 401, 403, 404, 405, 429, 503})

BODIES: Final[dict[str, dict[str, Any]]] = {
    "session": {"token": "x" * 43},
    "api/top_up": {"kind": "token", "code": "1234 5678 9012 3456 7890", "key": "0123456789abcdef"},
    "api/message": {"text": "The light is broken."},
}
QUERIES: Final = {"api/hours": "day", "api/statement": "month", "api/csv": "resolution"}
TOKENS: Final = (
    b'"',
    b"\\u0000",
    b"\\ud800",
    b"[" * 2000,
    b"{",
    b"1e999999",
    b"NaN",
    b"9" * 5000,
    b"\xff",
    b" " * 5000,
)


def path_of(text: str) -> str:
    """As a path or query has it, whatever it is."""
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


async def ask(
    portal: Portal, phone: Phone, method: str, path: str, body: bytes | None = None, **headers: str
) -> None:
    reply = await phone.ask(method, f"{PORTAL_URL}/{path}", body, **headers)
    assert reply.status in FORESEEN, (method, path, body, reply)
    assert len(reply.body) < 200_000
    await portal.home.time.run(1)


async def test_bodies(portal: Portal, nothing_unforeseen: Callable[[object], None]) -> None:
    phone = await portal.opened()
    sent = st.sampled_from(sorted(BODIES)).flatmap(
        lambda path: st.tuples(
            st.just(path),
            mutated(BODIES[path]).map(as_json) | mutated_bytes((as_json(BODIES[path]),), TOKENS),
        )
    )
    for path, body in drawn(sent, 50):
        await ask(portal, phone, "POST", path, body, **OWN)
        nothing_unforeseen((path, body))


async def test_queries_and_paths(portal: Portal, nothing_unforeseen: Callable[[object], None]) -> None:
    phone = await portal.opened()
    text = st.sampled_from([one[:2000] for one in TEXTS]) | st.text(max_size=20)
    for path, value in drawn(st.tuples(st.sampled_from(sorted(QUERIES)), text), 30):
        await ask(portal, phone, "GET", f"{path}?{QUERIES[path]}={path_of(value)}")
        nothing_unforeseen((path, value))
    for value in drawn(text, 15):
        await ask(portal, phone, "GET", f"files/{path_of(value) or 'x'}/portal.js")
        nothing_unforeseen(value)


async def test_cookies(portal: Portal, nothing_unforeseen: Callable[[object], None]) -> None:
    phone = await portal.phone()
    letters = st.text(
        st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"]), max_size=200
    )
    for value in drawn(letters | st.sampled_from((f"{COOKIE}=", f"{COOKIE}=a; {COOKIE}=b", "x" * 3000)), 25):
        await ask(portal, phone, "GET", "api/overview", None, Cookie=f"{COOKIE}={value}")
        nothing_unforeseen(value)
