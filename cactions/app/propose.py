"""Makes the plan for one person: find, bind, send, then verify and plan. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from cactions.app.ports import Caller, Journal, People
from cactions.logic.plan.planner import Case, failed, plan
from cactions.logic.request.call import Asked
from cactions.logic.request.redaction import subject_of
from cactions.model import (
    Action,
    Call,
    Failed,
    NoPlan,
    Person,
    PersonQuery,
    Plan,
    Request,
    Scalar,
    noun,
)
from cactions.model.secret import Credentials

T = TypeVar("T")


@noun
class Job:
    """One action for one person, with its data inputs."""

    action: Action
    query: PersonQuery
    inputs: Mapping[str, Scalar]


@noun
class Desk:
    """What proposing works with. Without a journal, no value counts as ours."""

    people: People
    caller: Caller
    journal: Journal | None = None


def propose(job: Job, desk: Desk) -> Plan | Failed:
    """The plan, or why there is none. Raises OperatorError where not exactly one person matches."""
    return proposed(job, desk.people.find(job.query), desk)


def proposed(job: Job, person: Person, desk: Desk, key: str = "") -> Plan | Failed:
    """The same for a person who was found; ``key`` makes a repeated call count once."""
    call = Call("")
    asked = Asked(job.action, person, job.inputs, key)
    try:
        sealed = asked.request(Credentials())
        call = Call(sealed.line, None, desk.caller.source)
        answer = desk.caller.call(asked, sealed)
        call = replace(call, status=answer.status)
        ours = desk.journal.last_applied(person.id) if desk.journal else {}
        return plan(_case(job, person, call), answer, ours)
    except NoPlan as error:
        return failed(_case(job, person, call), error)


def ask(job: Job, people: People) -> Request | Failed:
    """The exact request that would be sent, or why there is none."""
    return asked_as(lambda asked: asked.request(Credentials()), job, people)


def asked_as(write: Callable[[Asked], T], job: Job, people: People) -> T | Failed:
    """What would be asked, written down so, or why there is nothing to write."""
    person = people.find(job.query)
    try:
        return write(Asked(job.action, person, job.inputs))
    except NoPlan as error:
        return failed(_case(job, person, Call("")), error)


def _case(job: Job, person: Person, call: Call) -> Case:
    subject = subject_of(person, job.query, job.action.redacted)
    return Case(job.action, person, subject, job.inputs, call)
