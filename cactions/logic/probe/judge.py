"""Judges an attack by comparing its digests with those of the attacker's and the victim's own."""

from __future__ import annotations

from typing import Final

from cactions.model import (
    FailureReason,
    ProbeBaseline,
    ProbeObservation,
    ProbeVariant,
    ProbeVerdict,
)

_NO_RESPONSE: Final = frozenset(
    (
        FailureReason.NOT_RECORDED,
        FailureReason.NO_ANSWER,
        FailureReason.NO_TOKEN,
        FailureReason.OUTCOME_UNKNOWN,
        FailureReason.FORBIDDEN_ADDRESS,
    )
)
"""There is nothing to judge; any other failure means that no data was taken."""


def judge_baseline(baseline: ProbeBaseline) -> str:
    """Why attacks would prove nothing; empty where they do."""
    for who, seen in (("attacker", baseline.attacker), ("victim", baseline.victim)):
        if seen.failure:
            return f"the {who} gets no data without an attack: {seen.message}"
        if not seen.digests:
            return f"the response for the {who} holds none of the mapped values"
    if not baseline.telling:
        return "both people have the same values, so that nothing tells whose data comes back"
    return ""


def judge_attack(
    variant: ProbeVariant, seen: ProbeObservation, baseline: ProbeBaseline, *, is_chosen: bool
) -> ProbeVerdict:
    """What the attack came to; ``is_chosen``: an attacker can choose the key."""
    if seen.failure in _NO_RESPONSE:
        return ProbeVerdict.UNDECIDED
    if seen.failure is not None:
        shows_record = seen.failure is FailureReason.NOT_SAME_PERSON and bool(seen.shown)
        is_answered = variant.finds_nothing and shows_record
        return ProbeVerdict.ANSWERED if is_answered else ProbeVerdict.STOPPED
    if not seen.digests:
        return ProbeVerdict.STOPPED
    verdict = _judge_data(variant, seen, baseline)
    is_theirs = variant is ProbeVariant.VICTIM_KEY and not is_chosen
    if is_theirs and verdict is ProbeVerdict.VICTIM_DATA:
        return ProbeVerdict.VERIFIED_KEY
    return verdict


def _judge_data(
    variant: ProbeVariant, seen: ProbeObservation, baseline: ProbeBaseline
) -> ProbeVerdict:
    """Whose data would be written to the attacker."""
    mine, theirs = baseline.attacker.digests, baseline.victim.digests
    telling = [name for name in baseline.telling if name in seen.digests]
    if any(seen.digests[name] == theirs[name] for name in telling):
        return ProbeVerdict.VICTIM_DATA
    if any(seen.digests[name] != mine.get(name) for name in seen.digests):
        return ProbeVerdict.ANSWERED if variant.finds_nothing else ProbeVerdict.OTHER_DATA
    if variant is ProbeVariant.TWO_RECORDS or baseline.has_user_token:
        return ProbeVerdict.OWN_DATA
    return ProbeVerdict.ANSWERED if variant.finds_nothing else ProbeVerdict.IGNORED_KEY
