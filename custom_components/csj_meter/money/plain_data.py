"""Money as plain JSON, for attributes and for the panel."""

from __future__ import annotations

from typing import Any

from ..prepay.forecast import Forecast
from ..prepay.movement import Movement


def forecast_data(forecast: Forecast) -> dict[str, Any]:
    """How long credit lasts, without the expected days themselves."""
    return {
        "outlook": forecast.outlook.value,
        "confidence": forecast.confidence.value,
        "earliest": forecast.earliest,
        "latest": forecast.latest,
        "runs_out_at": None if forecast.runs_out_at is None else forecast.runs_out_at.isoformat(),
        "per_day": None if forecast.per_day is None else float(forecast.per_day),
    }


def movement_data(movement: Movement) -> dict[str, Any]:
    """A movement, without its state."""
    return {
        "amount": None if movement.amount is None else float(movement.amount),
        "unit": movement.unit,
        "kind": movement.kind.value,
        "source": movement.source.value,
        "reason": None if movement.reason is None else movement.reason.value,
        "at": movement.at.isoformat(),
    }
