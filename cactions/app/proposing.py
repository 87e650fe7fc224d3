"""Makes the plan for one person: find, bind, send, then verify and plan. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cactions.app.ports import Journal, People, Sender
from cactions.logic.binding import bind
from cactions.logic.planning import Case, failed, plan
from cactions.logic.redacting import subject_of
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
    sender: Sender
    journal: Journal | None = None


def propose(job: Job, desk: Desk) -> Plan | Failed:
    """The plan, or why there is none. Raises OperatorError where not exactly one person matches."""
    person = desk.people.find(job.query)
    call = Call("")
    try:
        request = _request(job, person)
        call = Call(request.line, None, desk.sender.source)
        answer = desk.sender.send(request)
        call = replace(call, status=answer.status)
        ours = desk.journal.last_applied(person.id) if desk.journal else {}
        return plan(_case(job, person, call), answer, ours)
    except NoPlan as error:
        return failed(_case(job, person, call), error)


def ask(job: Job, people: People) -> Request | Failed:
    """The exact request that would be sent, or why there is none."""
    person = people.find(job.query)
    try:
        return _request(job, person)
    except NoPlan as error:
        return failed(_case(job, person, Call("")), error)


def _case(job: Job, person: Person, call: Call) -> Case:
    subject = subject_of(person, job.query, job.action.redacted)
    return Case(job.action, person, subject, job.inputs, call)


def _request(job: Job, person: Person) -> Request:
    """Secrets stay sealed: nothing here may open one, and a replay needs none."""
    return bind(job.action, person, job.inputs, Credentials())
