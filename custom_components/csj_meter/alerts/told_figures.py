"""Which figures of a finding an alert keeps: the worst that was told, not those of the minute it was over."""

from __future__ import annotations

from dataclasses import replace

from ..anomaly.finding import Finding
from ..anomaly.kinds import State


def with_worst(before: Finding, now: Finding) -> Finding:
    """``now``, with the figures of ``before`` where those were worse.

    When a finding is over its figures are normal ones, and say nothing of what had happened. Its neighbours
    stay where they were not asked again.
    """
    finding = now if now.witnesses else replace(now, witnesses=before.witnesses)
    if now.state is not State.CLEARED and not _is_milder(now, before):
        return finding
    # how long it has lasted is part of the sentence, and goes on
    lasted = {name: value for name, value in now.advice.params.items() if name == "minutes"}
    return replace(
        finding,
        quantity=before.quantity,
        value=before.value,
        expected=before.expected,
        low=before.low,
        high=before.high,
        score=before.score,
        compared=before.compared,
        advice=replace(now.advice, params={**before.advice.params, **lasted}),
    )


def _is_milder(finding: Finding, than: Finding) -> bool:
    """Whether less is wrong than was; what has no score has none to be compared with."""
    if finding.score is None or than.score is None:
        return finding.value is None and than.value is not None
    return finding.score < than.score
