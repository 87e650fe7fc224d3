"""A call that changes something at the third party is made at most once.

- It stands durably in the journal before a byte of it is sent, as a pending plan.
- Its response comes into the journal before anything is shown or written: the plan can be applied
  later, without another call.
- Where its response is lost, the outcome is unknown, and neither a resumed run nor a new one sends
  it again unless the operator says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.commit import RunStores
from cactions.app.ports import Journal
from cactions.app.propose import Job, PlanContext, plan_response
from cactions.logic.plan.compare_and_set import CALL_OUTCOME_UNKNOWN
from cactions.logic.request.call import CallSpec
from cactions.logic.request.idempotency import build_entry_key, build_key_header
from cactions.logic.request.redaction import build_subject
from cactions.logic.shell import join_command
from cactions.model import (
    FailureReason,
    OpenState,
    Outcome,
    Plan,
    PlanFailure,
    PlanningError,
    Receipt,
    Run,
    RunEntry,
    RunHead,
    RunKind,
    SentCall,
    StoreError,
    UsageError,
)
from cactions.model.secret import Credentials

_A_TEST: Final = "it was a test, which writes no person"
_ITS_ONLY_ENTRY: Final = 1


class CallRecord(Struct, frozen=True):
    """The result of the call; ``run`` holds it, and is None if nothing was sent."""

    result: Plan | PlanFailure
    run: Run | None = None


def call_once(
    head: RunHead, job: Job, context: PlanContext, stores: RunStores, *, again: bool
) -> CallRecord:
    """Make the call as a run; a plan stays open in it until the run is resumed.

    Raises as ``propose_plan``, and RunAborted; unless ``again``, UsageError if the outcome of an
    earlier call of the action for the person is unknown, and StoreError if a run cannot be read.
    """
    person = context.people.find(job.query)
    asked = CallSpec(job.action, person, job.inputs)
    subject = build_subject(person, job.query, job.action.redacted)
    try:
        line = asked.build_request(Credentials()).line
    except PlanningError:
        return CallRecord(plan_response(job, person, context))
    context.caller.prepare(job.action)
    key = job.key or build_entry_key(head, _ITS_ONLY_ENTRY)
    header = build_key_header(job.action, key)
    pending = Plan(job.action.name, subject, SentCall(line, key=header), inputs=job.inputs)
    with stores.turns.hold(head):
        if not again:
            _check_outcomes_known(stores.journal, head, person.id)
        stores.journal.create_run(replace(head, people=1))
        [entry] = stores.journal.record_plans(head.id, [pending])
        result = plan_response(job, person, context, key)
        if isinstance(result, PlanFailure):
            if result.call and result.call.status is not None:
                answered = replace(pending, call=result.call)
                stores.journal.replace_pending_plan(head.id, entry, answered)
            stores.journal.record_outcomes(head.id, [(entry, _build_receipt(result))])
            stores.journal.finish(head.id)
        else:
            stores.journal.replace_pending_plan(head.id, entry, result)
    return CallRecord(result, stores.journal.read(head.id))


def call_for_test(
    head: RunHead, job: Job, context: PlanContext, stores: RunStores, *, again: bool
) -> Plan | PlanFailure:
    """As ``call_once``, for a test: no person is written, and the run is closed at once."""
    done = call_once(head, job, context, stores, again=again)
    if done.run and not done.run.finished:
        person_id = done.result.subject.person_id
        tested = Receipt(person_id, Outcome.UNCHANGED, _A_TEST)
        stores.journal.record_outcomes(head.id, [(1, tested)])
        stores.journal.finish(head.id)
    return done.result


def _build_receipt(failed: PlanFailure) -> Receipt:
    is_unknown = failed.reason is FailureReason.OUTCOME_UNKNOWN
    outcome = Outcome.OUTCOME_UNKNOWN if is_unknown else Outcome.FAILED
    message = CALL_OUTCOME_UNKNOWN if is_unknown else failed.message
    return Receipt(failed.subject.person_id, outcome, message)


def _check_outcomes_known(journal: Journal, head: RunHead, person_id: str) -> None:
    for run_id, why in journal.list_damaged():
        raise StoreError(
            f"the run {run_id} cannot be read, so it may have an earlier call of {head.action}"
            f" whose outcome is unknown: {why}",
            hint="Look at the service. If it was not done, say --again to make the call.",
        )
    if found := find_unknown_outcomes(journal).get((_get_place(head), person_id)):
        raise UsageError(
            f"the outcome of an earlier call of {head.action} for this person is unknown"
            f" (run {found}): it may have been carried out",
            hint="Look at the service, and record what you find:"
            f" `{join_command(('runs', 'settle'), found, options=('--not-done',))}`, or --done."
            " --again sends it without that.",
        )


def find_unknown_outcomes(journal: Journal) -> Mapping[tuple[Place, str], str]:
    """By place and person, the run with a call of unknown outcome.

    The last call counts: it was made in knowledge of those before. A run that may be forged can
    add such a call, and never removes one. Raises StoreError.
    """
    newer: list[Run] = []
    unknown: dict[tuple[Place, str], str] = {}
    for run in journal.list_runs():
        place = _get_place(run.head)
        if run.counts.calling or run.counts.outcomes.get(Outcome.OUTCOME_UNKNOWN):
            for person_id in _list_unknown(run):
                if not _was_called(person_id, place, newer, journal):
                    unknown.setdefault((place, person_id), run.head.id)
        newer.append(run)
    return unknown


def _list_unknown(run: Run) -> frozenset[str]:
    """The people of a run for whom the outcome of a call is unknown."""
    open_or_lost = run.list_in((OpenState.CALLING, Outcome.OUTCOME_UNKNOWN))
    return frozenset(
        entry.plan.subject.person_id for entry in open_or_lost if _has_unknown_outcome(entry)
    )


def _was_called(person_id: str, place: Place, newer: Iterable[Run], journal: Journal) -> bool:
    """Whether a newer run knows the outcome of a call for this person."""
    for run in newer:
        if run.authentic and _get_place(run.head) == place:
            entries = journal.list_of_people(run.head.id, [person_id])
            if entries and not any(map(_has_unknown_outcome, entries)):
                return True
    return False


Place: TypeAlias = tuple[RunKind, str, str, str]


def _get_place(head: RunHead) -> Place:
    """What is requested, and where; a replay sends no request."""
    return head.kind, head.action, head.environment, head.source


def _has_unknown_outcome(entry: RunEntry) -> bool:
    return entry.plan.pending and (
        entry.receipt is None or entry.receipt.outcome is Outcome.OUTCOME_UNKNOWN
    )
