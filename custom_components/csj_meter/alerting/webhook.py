"""The signed call that tells the technicians' own system of a work order.

The body is JSON. ``X-CSJ-Signature`` holds ``t=<seconds>,v1=<hex>``: HMAC-SHA-256 over the seconds, a full
stop and the body, with the secret of the settings as key, as the payments that come in are signed.
``X-CSJ-Delivery`` is the same for every attempt, so that the receiver takes each only once.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from typing import Any, Final

from aiohttp import ClientError, DummyCookieJar
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.util import dt as dt_util
from homeassistant.util.uuid import random_uuid_hex

from ..alerts.settings import TicketSettings
from ..language.texts import Texts
from ..prepay.payment import SIGNATURE_HEADER
from .errors import DeliveryError

TIMEOUT: Final = 20.0
"""Seconds that the receiver may take."""

DELIVERY: Final = "X-CSJ-Delivery"

TEST: Final = "test"
"""Type of a body that is about no work order."""


async def async_post_test(hass: HomeAssistant, settings: TicketSettings, texts: Texts) -> int:
    """Call it once about nothing, as the body says: the HTTP status. Raises DeliveryError."""
    now = dt_util.utcnow()
    content = {"type": TEST, "at": now.isoformat(), "work_order": None, "alert": None}
    return await async_post(hass, settings, random_uuid_hex(), round(now.timestamp()), content, texts)


def signature(secret: str, seconds: int, body: bytes) -> str:
    """The signature of a body that is sent at ``seconds`` (UTC)."""
    signed = f"{seconds}.".encode() + body
    return f"t={seconds},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


async def async_post(
    hass: HomeAssistant,
    settings: TicketSettings,
    delivery: str,
    seconds: int,
    content: dict[str, Any],
    texts: Texts,
) -> int:
    """Call it once: the HTTP status. Raises DeliveryError.

    No text names the address, which may hold a token.
    """
    if settings.webhook_url is None or settings.webhook_secret is None:
        raise DeliveryError(texts("problems.no_address"))
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        DELIVERY: delivery,
        SIGNATURE_HEADER: signature(settings.webhook_secret, seconds, body),
    }
    # over the connections of Home Assistant; the session of all integrations keeps cookies, and would show
    # those of this receiver to others of its domain. Nobody reads the body, so it stays packed
    session = async_create_clientsession(
        hass, auto_cleanup=False, cookie_jar=DummyCookieJar(), auto_decompress=False
    )
    try:
        async with (
            asyncio.timeout(TIMEOUT),
            session.post(settings.webhook_url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            # not by HTTPStatus, which has no word for 299
            if not 200 <= answer.status < 300:
                raise DeliveryError(texts("problems.receiver_refuses", status=str(answer.status)))
            return answer.status
    except TimeoutError as err:
        raise DeliveryError(texts("problems.receiver_silent")) from err
    except (ClientError, ValueError) as err:
        raise DeliveryError(texts("problems.receiver_unreachable", error=type(err).__name__)) from err
    finally:
        session.detach()
