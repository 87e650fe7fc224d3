"""Judges attacks by comparing their digests with those of the attacker's and the victim's own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.probe.keys import ProbedKey
from cactions.model import (
    Action,
    FailureReason,
    ProbeBaseline,
    ProbeCase,
    ProbeObservation,
    ProbeReport,
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
        FailureReason.UNUSABLE_ANSWER,
    )
)
"""There is nothing to judge; any other failure means that no data was taken."""
_BUSY: Final = frozenset((408, 425, 429, 502, 503, 504))
"""Statuses that say nothing of what was asked for."""
_VERDICT_OF_OWN_KEY: Final = frozenset((ProbeVariant.TWO_RECORDS, ProbeVariant.BOTH_KEYS))
"""The attacker's own key is in it, too."""


class _Comparison(Struct, frozen=True):
    """What responses are compared with.

    ``telling`` are the attributes by which the two are told apart, ``steady`` all that do not
    change from call to call.
    """

    mine: ProbeObservation
    theirs: ProbeObservation
    telling: tuple[str, ...]
    changing: frozenset[str]
    has_user_token: bool
    is_read: bool

    def list_of_victim(self, seen: ProbeObservation) -> tuple[str, ...]:
        theirs = self.theirs.digests
        return tuple(name for name in self.telling if seen.digests.get(name) == theirs[name])

    def list_of_attacker(self, seen: ProbeObservation) -> tuple[str, ...]:
        mine = self.mine.digests
        return tuple(name for name in self.telling if seen.digests.get(name) == mine.get(name))

    def list_of_others(self, seen: ProbeObservation) -> tuple[str, ...]:
        mine = self.mine.digests
        return tuple(
            name for name, digest in sorted(seen.digests.items())
            if name not in self.changing and digest != mine.get(name)
        )  # fmt: skip

    def is_own_record(self, seen: ProbeObservation) -> bool:
        """Whether what the check compared is the attacker's."""
        return bool(seen.shown) and seen.shown == self.mine.shown


def judge_report(report: ProbeReport, action: Action, keys: Iterable[ProbedKey]) -> ProbeReport:
    """The report with the verdict of each case, and whether they prove anything.

    The action is that of today, and ``keys`` are its own.
    """
    by_name = {str(key.reference): key for key in keys}
    problem = (
        judge_baseline(report.baseline) if by_name else "no value of its request can be replaced"
    )
    comparison = _compare(report.baseline, report.cases, is_read=action.request.is_read)
    if report.cases and not problem:
        problem = _find_weakness(report.cases, comparison)
    mapped = dict.fromkeys(mapping.attribute.name for mapping in action.response.mapping)
    proof = action.response.same_person
    return replace(
        report,
        cases=tuple(_judge_case(case, by_name.get(case.key), comparison) for case in report.cases),
        problem=problem,
        telling=comparison.telling,
        untold=tuple(name for name in mapped if name not in comparison.telling),
        check=f"{proof.path} must be {proof.equals}" if proof else "",
    )


def judge_baseline(baseline: ProbeBaseline) -> str:
    """Why attacks would prove nothing; empty where they do."""
    for who, seen in (("attacker", baseline.attacker), ("victim", baseline.victim)):
        if seen.failure:
            return f"the {who} gets no data without an attack: {_describe_failure(seen)}"
        if not seen.digests:
            return f"the response for the {who} holds none of the mapped values"
    if not _list_telling(baseline):
        return "both people have the same values, so that nothing tells whose data comes back"
    return ""


def _find_weakness(cases: Iterable[ProbeCase], comparison: _Comparison) -> str:
    """Why the attacks as a whole prove nothing."""
    if not comparison.telling:
        return "the values change from call to call, so that nothing tells whose data comes back"
    drawn = any(case.variant is ProbeVariant.RANDOM_KEY and not case.is_skipped for case in cases)
    return "" if drawn else "no value of its request can be replaced by a random one"


def _describe_failure(seen: ProbeObservation) -> str:
    return seen.message or (seen.failure.value.replace("_", " ") if seen.failure else "")


def _list_telling(baseline: ProbeBaseline) -> tuple[str, ...]:
    mine, theirs = baseline.attacker.digests, baseline.victim.digests
    return tuple(sorted(name for name in theirs if theirs[name] != mine.get(name)))


def _compare(baseline: ProbeBaseline, cases: Iterable[ProbeCase], *, is_read: bool) -> _Comparison:
    """What changes between the calls of the attacker tells nothing, unless it follows the victim's.

    It follows them where it is the victim's value, or where it is the same after each of theirs.
    """
    mine, theirs = baseline.attacker, baseline.victim
    again = [
        case.observation.digests for case in cases
        if case.variant is ProbeVariant.OWN_AGAIN and case.observation.failure is None
    ]  # fmt: skip
    names = {name for found in (mine.digests, *again) for name in found}
    changing = set()
    for name in names:
        later = [found.get(name) for found in again]
        known = (mine.digests.get(name), theirs.digests.get(name))
        follows = len(later) > 1 and len(set(later)) == 1
        if not follows and any(digest not in known for digest in later):
            changing.add(name)
    telling = tuple(name for name in _list_telling(baseline) if name not in changing)
    return _Comparison(mine, theirs, telling, frozenset(changing), baseline.has_user_token, is_read)


def _judge_case(case: ProbeCase, key: ProbedKey | None, comparison: _Comparison) -> ProbeCase:
    seen = case.observation
    attributes: tuple[str, ...] = ()
    if case.is_skipped:
        verdict = ProbeVerdict.SKIPPED
    elif _has_no_response(seen):
        verdict = ProbeVerdict.UNDECIDED
    elif case.variant is ProbeVariant.OWN_AGAIN:
        verdict = _judge_own_again(seen, comparison)
    elif seen.failure is not None or not seen.digests:
        verdict = _judge_stop(case, key, comparison)
    else:
        verdict = _judge_data(case, key, comparison)
    if verdict is ProbeVerdict.VICTIM_DATA:
        attributes = comparison.list_of_victim(seen)
    elif verdict.is_leak and seen.failure is None:
        attributes = comparison.list_of_others(seen) or tuple(sorted(seen.digests))
    return replace(case, verdict=verdict, attributes=attributes)


def _has_no_response(seen: ProbeObservation) -> bool:
    is_busy = seen.failure is FailureReason.NOT_SUCCESS and seen.status in _BUSY
    return is_busy or seen.failure in _NO_RESPONSE


def _judge_own_again(seen: ProbeObservation, comparison: _Comparison) -> ProbeVerdict:
    """The attacker's own call, which must come to what it came to before."""
    if seen.failure is not None or not seen.digests:
        is_mixed = seen.failure is FailureReason.NOT_SAME_PERSON and bool(seen.shown)
        return ProbeVerdict.MIXED_UP if is_mixed else ProbeVerdict.UNDECIDED
    if comparison.list_of_victim(seen):
        return ProbeVerdict.VICTIM_DATA
    is_other = bool(comparison.list_of_others(seen)) or not comparison.list_of_attacker(seen)
    return ProbeVerdict.MIXED_UP if is_other else ProbeVerdict.OWN_DATA


def _judge_stop(case: ProbeCase, key: ProbedKey | None, comparison: _Comparison) -> ProbeVerdict:
    """No data was taken; still, the service may have had a record, or have changed it."""
    seen = case.observation
    if seen.failure is not FailureReason.NOT_SAME_PERSON or not seen.shown:
        return ProbeVerdict.STOPPED
    is_verified = case.variant is ProbeVariant.VICTIM_KEY and key and not key.is_chosen
    is_sent = case.variant is not ProbeVariant.TWO_RECORDS and (key is None or key.is_sent)
    if not comparison.is_read and is_sent and not is_verified:
        return ProbeVerdict.STOPPED if comparison.is_own_record(seen) else ProbeVerdict.TOO_LATE
    if case.is_named and comparison.is_own_record(seen):
        return ProbeVerdict.STOPPED
    return ProbeVerdict.ANSWERED if case.variant.finds_nothing else ProbeVerdict.STOPPED


def _judge_data(case: ProbeCase, key: ProbedKey | None, comparison: _Comparison) -> ProbeVerdict:
    """Whose data would be written to the attacker."""
    seen, variant = case.observation, case.variant
    if key and key.is_filter and case.is_named and _is_presented(seen, comparison):
        return ProbeVerdict.OWN_DATA
    if comparison.list_of_victim(seen):
        return _judge_victim_data(variant, key)
    if comparison.list_of_others(seen):
        if variant.may_be_taken:
            return ProbeVerdict.UNRELATED
        return ProbeVerdict.ANSWERED if variant.finds_nothing else ProbeVerdict.OTHER_DATA
    if variant in _VERDICT_OF_OWN_KEY or comparison.has_user_token or case.is_named:
        return ProbeVerdict.OWN_DATA
    return ProbeVerdict.ANSWERED if variant.finds_nothing else ProbeVerdict.IGNORED_KEY


def _judge_victim_data(variant: ProbeVariant, key: ProbedKey | None) -> ProbeVerdict:
    if key and key.is_open:
        return ProbeVerdict.OPEN_DATA
    is_theirs = variant is ProbeVariant.VICTIM_KEY and key and not key.is_chosen
    return ProbeVerdict.VERIFIED_KEY if is_theirs else ProbeVerdict.VICTIM_DATA


def _is_presented(seen: ProbeObservation, comparison: _Comparison) -> bool:
    """Whether it is the attacker's record, by the identity check, told in another way.

    A value in another language may be the same as the victim's by chance; all of several are not.
    """
    telling = [name for name in comparison.telling if name in seen.digests]
    victims = len(comparison.list_of_victim(seen))
    return comparison.is_own_record(seen) and not 1 < victims == len(telling)
