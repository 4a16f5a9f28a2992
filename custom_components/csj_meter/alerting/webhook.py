"""The signed call that tells the technicians' own system of a work order.

The body is JSON. ``X-CSJ-Signature`` holds ``t=<seconds>,v1=<hex>``: HMAC-SHA-256 over the seconds, a full
stop and the body, with the secret of the settings as key, as the payments that come in are signed.
``X-CSJ-Delivery`` is the same for every attempt, so that the receiver takes each only once.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from http import HTTPStatus
import json
from typing import Any, Final

from aiohttp import ClientError
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..alerts.settings import TicketSettings
from ..anomaly.texts import Texts
from ..prepay.payment import SIGNATURE_HEADER
from .errors import DeliveryError

TIMEOUT: Final = 20.0
"""Seconds that the receiver may take."""

DELIVERY: Final = "X-CSJ-Delivery"


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
) -> None:
    """Call it once. Raises DeliveryError; no text names the address, which may hold a token."""
    if settings.webhook_url is None or settings.webhook_secret is None:
        raise DeliveryError(texts("problems.no_address"))
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        DELIVERY: delivery,
        SIGNATURE_HEADER: signature(settings.webhook_secret, seconds, body),
    }
    session = async_get_clientsession(hass)
    try:
        async with (
            asyncio.timeout(TIMEOUT),
            session.post(settings.webhook_url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            if not HTTPStatus(answer.status).is_success:
                raise DeliveryError(texts("problems.receiver_refuses", status=str(answer.status)))
    except TimeoutError as err:
        raise DeliveryError(texts("problems.receiver_silent")) from err
    except (ClientError, ValueError) as err:
        raise DeliveryError(texts("problems.receiver_unreachable", error=type(err).__name__)) from err
