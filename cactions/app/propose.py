"""Makes the plan for one person: find, build the request, send, verify, plan. Writes nothing.

None of what live calls need is loaded for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.planning_ports import AppliedValues
from cactions.app.ports import Caller, People, Sender
from cactions.logic.plan.planner import PlanInput, build_failure, plan_changes
from cactions.logic.request.call import CallSpec
from cactions.logic.request.idempotency import build_key_header
from cactions.logic.request.redaction import build_subject
from cactions.model import (
    Action,
    Person,
    PersonQuery,
    Plan,
    PlanFailure,
    PlanningError,
    Precondition,
    Request,
    Response,
    Scalar,
    SentCall,
)
from cactions.model.secret import Credentials

T = TypeVar("T")


class Job(Struct, frozen=True):
    """One action for one person, with its data inputs.

    ``premises`` must hold at the commit, beside those that the plan itself rests on. ``key`` is the
    idempotency key of an earlier attempt, which the request gets again.
    """

    action: Action
    query: PersonQuery
    inputs: Mapping[str, Scalar]
    premises: tuple[Precondition, ...] = ()
    key: str = ""


class PlanContext(Struct, frozen=True):
    """What planning needs. Without ``journal``, no value counts as applied by us."""

    people: People
    caller: Caller
    journal: AppliedValues | None = None


class ReplayCaller:
    """The Caller that answers from a recording: no secret is opened, no token fetched."""

    def __init__(self, sender: Sender) -> None:
        self.source = sender.source
        self._sender = sender

    def prepare(self, action: Action) -> None:
        """Nothing is needed."""

    def call(self, _spec: CallSpec, sealed: Request) -> Response:
        """The recorded response."""
        return self._sender.send(sealed)


def propose_plan(job: Job, context: PlanContext) -> Plan | PlanFailure:
    """Make the plan, or say why there is none. Raises UsageError unless one person matches."""
    return plan_response(job, context.people.find(job.query), context)


def plan_response(
    job: Job, person: Person, context: PlanContext, key: str = ""
) -> Plan | PlanFailure:
    """Plan for a person who was found; ``key`` is the idempotency key of the call."""
    return plan_and_keep_response(job, person, context, key)[0]


def plan_and_keep_response(
    job: Job, person: Person, context: PlanContext, key: str = ""
) -> tuple[Plan | PlanFailure, Response | None]:
    """The same, with the response; None where there is none."""
    call, response = SentCall(""), None
    spec = CallSpec(job.action, person, job.inputs, key)
    try:
        sealed = spec.build_request(Credentials())
        header = build_key_header(job.action, key)
        call = SentCall(sealed.line, None, context.caller.source, header)
        response = context.caller.call(spec, sealed)
        call = replace(call, status=response.status)
        ours = context.journal.get_last_applied(person.id) if context.journal else {}
        plan = plan_changes(_build_input(job, person, call), response, ours)
        others = [premise for premise in job.premises if premise not in plan.premises]
        return replace(plan, premises=(*plan.premises, *others)) if others else plan, response
    except PlanningError as error:
        return build_failure(_build_input(job, person, call), error), response


def judge_response(job: Job, person: Person, response: Response) -> Plan | PlanFailure:
    """The plan that a response makes for this person, as if it were that to their own call."""
    plan_input = _build_input(job, person, SentCall("", response.status))
    try:
        return plan_changes(plan_input, response)
    except PlanningError as error:
        return build_failure(plan_input, error)


def send_request(job: Job, people: People) -> Request | PlanFailure:
    """Build the exact request that would be sent, or say why there is none."""
    return build_call(lambda spec: spec.build_request(Credentials()), job, people)


def build_call(write: Callable[[CallSpec], T], job: Job, people: People) -> T | PlanFailure:
    """Write the call with ``write``, or say why there is none."""
    person = people.find(job.query)
    try:
        return write(CallSpec(job.action, person, job.inputs))
    except PlanningError as error:
        return build_failure(_build_input(job, person, SentCall("")), error)


def _build_input(job: Job, person: Person, call: SentCall) -> PlanInput:
    subject = build_subject(person, job.query, job.action.redacted)
    return PlanInput(job.action, person, subject, job.inputs, call)
