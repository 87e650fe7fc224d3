"""What planning gives for one row, as an entry of the run; and what holds an entry back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from cactions.app.propose import Job
from cactions.logic.bulk.evidence import CallEvidence, ResponseEvidence
from cactions.logic.bulk.totals import list_unique_digests
from cactions.logic.documents import evidence_from_json, evidence_to_json
from cactions.logic.people.lookup import build_lookup_key, choose_role
from cactions.logic.plan.planner import list_premise_references
from cactions.logic.request.call import CallSpec
from cactions.logic.request.idempotency import build_entry_key, build_key_header
from cactions.logic.request.redaction import build_subject
from cactions.logic.strict_json import dump_json
from cactions.model import (
    Action,
    BadRow,
    FailureReason,
    JobRow,
    Json,
    Outcome,
    Person,
    PersonQuery,
    Plan,
    PlanFailure,
    PlannedEntry,
    PlanningError,
    Receipt,
    RunEntry,
    RunHead,
    SentCall,
    Subject,
)
from cactions.model.secret import Credentials

KEY, PERSON, RECORD, UNIQUE = "key", "person", "record", "unique"
"""The kinds of marks: what no two entries of a run should share."""


def build_row_mark(row: JobRow) -> str:
    """The mark of a row: its key."""
    key = build_lookup_key(row.query.field, row.query.value) or row.query.value
    return f"{KEY}:{row.query.field}={key}"


def build_row(entry: RunEntry, action: Action, key: str) -> JobRow:
    """The row of an entry for another attempt, with the idempotency key of the first one.

    What a search found the person by must still hold then; all else is read anew.
    """
    plan = entry.plan
    query = replace(plan.subject.matched, role=choose_role(action))
    own = list_premise_references(action)
    found_by = tuple(premise for premise in plan.premises if premise.reference not in own)
    return JobRow(entry.number, query, plan.inputs or {}, found_by, key)


def build_bad_entry(number: int, row: BadRow) -> PlannedEntry:
    """The entry of a row that cannot be used."""
    subject = Subject("", PersonQuery("id", ""), f"line {row.line}")
    return _build_settled(number, Plan("", subject, SentCall("")), Outcome.FAILED, row.message)


def build_unfound_entry(number: int, job: Job, message: str) -> PlannedEntry:
    """The entry of a row that not exactly one person matches."""
    subject = Subject("", job.query, str(job.query))
    call = SentCall("", key=_keep_key(job))
    plan = Plan(job.action.name, subject, call, premises=job.premises, inputs=job.inputs)
    return _build_settled(number, plan, Outcome.FAILED, message)


def _build_pending_plan(job: Job, subject: Subject, line: str, key: str) -> Plan:
    """What stands in the journal while a call that changes something is made."""
    call = SentCall(line, key=build_key_header(job.action, key))
    return Plan(job.action.name, subject, call, premises=job.premises, inputs=job.inputs)


def list_pending_entries(
    head: RunHead, found: Iterable[tuple[int, Job, Person]]
) -> Iterator[PlannedEntry]:
    """What is durable before calls that change something are made."""
    for number, job, person in found:
        subject = build_subject(person, job.query, job.action.redacted)
        try:
            line = CallSpec(job.action, person, job.inputs).build_request(Credentials()).line
        except PlanningError:
            continue
        key = choose_call_key(head, number, job)
        yield PlannedEntry(number, _build_pending_plan(job, subject, line, key))


def choose_call_key(head: RunHead, number: int, job: Job) -> str:
    """The idempotency key of a call; another attempt has that of the first one."""
    return job.key or build_entry_key(head, number)


def build_held_entry(number: int, row: JobRow, action: Action, message: str) -> PlannedEntry:
    """The entry of a row that is held before any request."""
    call = SentCall("", key=build_key_header(action, row.key))
    subject = Subject("", row.query, str(row.query))
    plan = Plan(action.name, subject, call, inputs=row.inputs)
    return _build_settled(number, plan, Outcome.HELD, message)


def build_entry(
    number: int, job: Job, result: Plan | PlanFailure, shown: CallEvidence
) -> PlannedEntry:
    """The entry of a person whose call was made, or could not be, with what the call has shown."""
    evidence = evidence_to_json(shown)
    if isinstance(result, PlanFailure):
        return replace(_build_failed(number, job, result), evidence=evidence)
    marks = tuple(_list_marks(job.action, result, shown.response))
    return PlannedEntry(number, result, _build_idle_receipt(result), marks, evidence)


def join_evidence(
    entries: Iterable[RunEntry], stored: Iterable[tuple[int, Json]]
) -> Iterator[tuple[RunEntry, CallEvidence | None]]:
    """Each entry with what its call has shown; both are in the order of their numbers."""
    ahead = iter(stored)
    number, shown = next(ahead, (0, None))
    for entry in entries:
        while number and number < entry.number:
            number, shown = next(ahead, (0, None))
        yield entry, evidence_from_json(shown) if number == entry.number else None


def _list_marks(action: Action, plan: Plan, evidence: ResponseEvidence) -> Iterator[str]:
    yield f"{PERSON}:{plan.subject.person_id}"
    if evidence.record is not None:
        yield f"{RECORD}:{evidence.record}"
    for name, digest in list_unique_digests(action, plan):
        yield f"{UNIQUE}:{name} {digest}"


def _build_idle_receipt(plan: Plan) -> Receipt | None:
    """The receipt of a plan that writes nothing; None where it does."""
    if plan.effective:
        return None
    if not plan.refused:
        return Receipt(plan.subject.person_id, Outcome.UNCHANGED)
    first = plan.refused[0]
    message = f"{first.attribute} was refused: {first.reason.value}"
    return Receipt(plan.subject.person_id, Outcome.REFUSED, message)


def strip_entry(entry: PlannedEntry) -> PlannedEntry:
    """The entry as it is stored: of an unchanged person, only who they are and what was called."""
    if not (entry.receipt and entry.receipt.outcome is Outcome.UNCHANGED):
        return entry
    plan = replace(entry.plan, changes=(), left=(), proof=None, premises=(), inputs=None)
    return replace(entry, plan=plan)


def hold_entry(entry: PlannedEntry, message: str) -> PlannedEntry:
    """The entry, held: nothing of it is written. What its call has shown counts all the same."""
    return replace(entry, receipt=Receipt(entry.plan.subject.person_id, Outcome.HELD, message))


def list_duplicates(
    groups: Iterable[Sequence[int]], read_row: Callable[[int], JobRow]
) -> Iterator[tuple[int, str]]:
    """The rows to hold of those that share a key: all but the first where they say the same."""
    for first, *others in groups:
        inputs = _write_inputs(read_row(first))
        if all(_write_inputs(read_row(number)) == inputs for number in others):
            why, held = f"entry {first:,} is the same row", others
        else:
            why = "several rows are about this person, with different inputs"
            held = [first, *others]
        yield from ((number, why) for number in held)


def _write_inputs(row: JobRow) -> str:
    return dump_json(dict(sorted(row.inputs.items())))


def _build_failed(number: int, job: Job, failed: PlanFailure) -> PlannedEntry:
    is_unknown = failed.reason is FailureReason.OUTCOME_UNKNOWN
    outcome = Outcome.OUTCOME_UNKNOWN if is_unknown else Outcome.FAILED
    call = failed.call or SentCall("", key=_keep_key(job))
    plan = Plan(failed.action, failed.subject, call, premises=job.premises, inputs=job.inputs)
    return _build_settled(number, plan, outcome, failed.message)


def _keep_key(job: Job) -> str:
    """Where no request is made now, the header of an earlier attempt is not lost."""
    return build_key_header(job.action, job.key)


def _build_settled(number: int, plan: Plan, outcome: Outcome, message: str) -> PlannedEntry:
    return PlannedEntry(number, plan, Receipt(plan.subject.person_id, outcome, message))
