"""Stops a run for many people when what came back looks like a leak, and holds single people.

The driver calls this in one thread, for each person in turn:

1. ``observe_plan`` with the evidence of the response and the plan or the failure.
2. ``observe_repeat`` where its index on disk has the digest of the evidence's record, or one of
   ``list_unique_digests``, from an earlier entry.
3. ``check_totals`` when everyone is planned, and ``observe_receipt`` for each write.

A person who is held is not written; a Trip stops the run. The memory is bounded, whatever the
number of people.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.bulk.counters import CallCounter, ProofCounter, has_failed
from cactions.logic.bulk.evidence import CallEvidence, ResponseEvidence, describe_call
from cactions.logic.bulk.known_people import RecentMap
from cactions.logic.bulk.names import IdentifierKind, PathRole, write_path
from cactions.logic.bulk.path_statistics import PathStatistics
from cactions.logic.bulk.shown_identifiers import ShownIdentifier
from cactions.logic.bulk.totals import TotalCounter
from cactions.model import (
    Action,
    ChangeTotals,
    Outcome,
    Plan,
    PlanFailure,
    Receipt,
    Trip,
    TripKind,
)

_IN_A_ROW: Final = 3
_MOST_PATHS: Final = 60
_SHARED_HINT: Final = (
    "If people share records by design, such as that of their company, set"
    " `breakers.shared_records: true`."
)

_FAILED: Final = frozenset((Outcome.FAILED, Outcome.OUTCOME_UNKNOWN))


class Verdict(Struct, frozen=True):
    """What follows from one observation.

    ``hold`` is why this person is held, empty where they are not; ``also`` are the numbers of
    earlier entries that are held for the same reason. ``stop`` ends the run.
    """

    hold: str = ""
    stop: Trip | None = None
    also: tuple[int, ...] = ()


_FINE: Final = Verdict()


class Breakers:
    """The breakers of one run of one action."""

    def __init__(self, action: Action) -> None:
        self._limits = action.breakers
        self._ignored = frozenset(write_path(path.segments) for path in self._limits.ignored_paths)
        self._totals = TotalCounter(action)
        self._paths: dict[str, PathStatistics] = {}
        self._owners: RecentMap[int] = RecentMap()
        self._strangers: RecentMap[tuple[int, PathStatistics, bool]] = RecentMap()
        self._proofs = ProofCounter()
        self._calls = CallCounter("calls")
        self._writes = CallCounter("writes")
        self._repeats: Counter[int] = Counter()
        self._first_entries: dict[int, int] = {}
        self._people = self._written = 0

    @property
    def totals(self) -> ChangeTotals:
        """What the plans so far would do together."""
        return self._totals.totals

    def observe_plan(
        self, number: int, evidence: ResponseEvidence, result: Plan | PlanFailure
    ) -> Verdict:
        """What one person's response and plan say; numbers of entries begin at 1."""
        plan = result if isinstance(result, Plan) else None
        return self.observe_call(number, describe_call(evidence, result), plan)

    def observe_call(self, number: int, call: CallEvidence, plan: Plan | None) -> Verdict:
        """The same, from what is kept of a call while a run is being planned."""
        self._people += 1
        verdict = self._observe_identifiers(number, call.response)
        limits = self._limits
        stop = (
            self._calls.observe(number, call.status, has_failed(call), limits.failed_writes)
            or self._proofs.observe(number, call, limits.identity_failures)
            or verdict.stop
        )
        if plan and not verdict.hold:
            self._totals.count(number, plan)
        return verdict if stop is verdict.stop else replace(verdict, stop=stop)

    def observe_repeat(self, number: int, earlier_number: int, attribute: str = "") -> Verdict:
        """The record of an earlier entry came again, or the value of a unique ``attribute``."""
        also = (earlier_number,)
        if attribute:
            held = f"{attribute} is unique, and entry {earlier_number} would get the same value"
            return Verdict(held, None, also)
        first = self._first_entries.get(earlier_number, earlier_number)
        self._first_entries[number] = first
        self._repeats[first] += 1
        hold = f"the third party returned the record of entry {first}"
        return Verdict(hold, self._find_repeat_trip(number, first), also)

    def observe_receipt(self, receipt: Receipt, status: int | None = None) -> Trip | None:
        """One write; ``status`` is that of the answer, where there was one."""
        self._written += 1
        failed = receipt.outcome in _FAILED
        return self._writes.observe(self._written, status, failed, self._limits.failed_writes)

    def check_totals(self, approved: ChangeTotals | None = None) -> tuple[Trip, ...]:
        """What needs an approval; nothing where exactly these counts are approved."""
        totals = self.totals
        return () if approved == totals else tuple(self._totals.find_trips(self._limits))

    def _observe_identifiers(self, number: int, evidence: ResponseEvidence) -> Verdict:
        """Count what was shown, and compare it with the identifiers of the others."""
        hold, stop = "", None
        for shown in evidence.shown:
            path = self._paths.get(shown.path) or self._add_path(shown)
            if path is None:
                continue
            path.count(number, shown)
            if not shown.is_own and path.role is not PathRole.OTHER:
                hold = self._compare_with_others(number, path, shown) or hold
                if path.is_suspect:
                    stop = stop or self._find_trip(path)
        also: list[int] = []
        for digest in evidence.own:
            self._owners.add(digest, number)
            met = self._strangers.get(digest)
            if met is not None and met[0] != number:
                earlier, path, is_short = met
                if path.count_foreign(number, digest, is_short=is_short):
                    also.append(earlier)
                stop = stop or self._find_trip(path)
        return Verdict(hold, stop, tuple(also)) if hold or stop or also else _FINE

    def _add_path(self, shown: ShownIdentifier) -> PathStatistics | None:
        """New statistics of a path; None where it is ignored, or there are too many."""
        if len(self._paths) >= _MOST_PATHS or shown.path in self._ignored:
            return None
        path = self._paths[shown.path] = PathStatistics(shown.path, shown.kind)
        return path

    def _compare_with_others(
        self, number: int, path: PathStatistics, shown: ShownIdentifier
    ) -> str:
        """Why a person is held who was shown an identifier that is not theirs; empty if not."""
        owner = self._owners.get(shown.digest)
        if owner is None or owner == number:
            self._strangers.add(shown.digest, (number, path, shown.is_short))
        elif path.count_foreign(owner, shown.digest, is_short=shown.is_short):
            return f"{path.path} shows the identifier of entry {owner}"
        if shown.kind is IdentifierKind.ID and path.is_firm_anchor:
            return f"{path.path} shows another id than that of this person"
        return ""

    def _find_trip(self, path: PathStatistics) -> Trip | None:
        has_anchor = path.chance > 0 and any(
            other.own > other.others for other in self._paths.values() if other is not path
        )
        return path.find_trip(self._limits.other_people, has_anchor=has_anchor)

    def _find_repeat_trip(self, number: int, first: int) -> Trip | None:
        repeats = len(self._first_entries)
        if self._repeats[first] + 1 >= _IN_A_ROW:
            message = f"one record was returned for {self._repeats[first] + 1} people"
        elif repeats >= _IN_A_ROW and repeats * 100 > self._limits.repeated_records * self._people:
            message = f"records were returned again for {repeats} of {self._people} people"
        else:
            return None
        return Trip(TripKind.REPEATED_RECORD, message, (first, number), _SHARED_HINT)
