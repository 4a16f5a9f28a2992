"""What can go wrong on the way to a person."""

from __future__ import annotations


class DeliveryError(Exception):
    """A channel has not taken a message; the text names no secret and no address."""
