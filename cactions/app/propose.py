"""Makes the plan for one person: find, bind, send, then verify and plan. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.ports import Caller, Journal, People
from cactions.logic.plan.planner import PlanInput, build_failure, plan_changes
from cactions.logic.request.call import CallSpec
from cactions.logic.request.redaction import build_subject
from cactions.model import (
    Action,
    Person,
    PersonQuery,
    Plan,
    PlanFailure,
    PlanningError,
    Request,
    Scalar,
    SentCall,
)
from cactions.model.secret import Credentials

T = TypeVar("T")


class Job(Struct, frozen=True):
    """One action for one person, with its data inputs."""

    action: Action
    query: PersonQuery
    inputs: Mapping[str, Scalar]


class PlanContext(Struct, frozen=True):
    """What proposing works with. Without a journal, no value counts as ours."""

    people: People
    caller: Caller
    journal: Journal | None = None


def propose(job: Job, desk: PlanContext) -> Plan | PlanFailure:
    """The plan, or why there is none. Raises UsageError where not exactly one person matches."""
    return plan_response(job, desk.people.find(job.query), desk)


def plan_response(job: Job, person: Person, desk: PlanContext, key: str = "") -> Plan | PlanFailure:
    """The same for a person who was found; ``key`` makes a repeated call count once."""
    call = SentCall("")
    asked = CallSpec(job.action, person, job.inputs, key)
    try:
        sealed = asked.build_request(Credentials())
        call = SentCall(sealed.line, None, desk.caller.source)
        answer = desk.caller.call(asked, sealed)
        call = replace(call, status=answer.status)
        ours = desk.journal.last_applied(person.id) if desk.journal else {}
        return plan_changes(_case(job, person, call), answer, ours)
    except PlanningError as error:
        return build_failure(_case(job, person, call), error)


def send_request(job: Job, people: People) -> Request | PlanFailure:
    """The exact request that would be sent, or why there is none."""
    return build_call(lambda asked: asked.build_request(Credentials()), job, people)


def build_call(write: Callable[[CallSpec], T], job: Job, people: People) -> T | PlanFailure:
    """What would be asked, written down so, or why there is nothing to write."""
    person = people.find(job.query)
    try:
        return write(CallSpec(job.action, person, job.inputs))
    except PlanningError as error:
        return build_failure(_case(job, person, SentCall("")), error)


def _case(job: Job, person: Person, call: SentCall) -> PlanInput:
    subject = build_subject(person, job.query, job.action.redacted)
    return PlanInput(job.action, person, subject, job.inputs, call)
