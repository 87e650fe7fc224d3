"""Keeps the responses to live tests, as a recording: of test people, trimmed, without secrets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.ports import Caller, People
from cactions.logic.cassette.minimize import minimize_exchange
from cactions.logic.cassette.request_key import Blanks, Key, to_masked_request_key
from cactions.logic.exchange.row_choice import ReferenceValues
from cactions.logic.request.call import CallSpec
from cactions.logic.request.redaction import get_label
from cactions.logic.secrets.leak_check import Known, clean_response, find_secrets
from cactions.model import (
    Action,
    CactionsError,
    DefinitionError,
    Person,
    RemoteError,
    Request,
    Response,
    UsageError,
)

_LEAKS: Final = (
    "It stands in the request as the file writes it, or the service answers with it at a path that"
    " the action reads: seal it, or read another path."
)

REQUEST_HEADERS: Final = ("accept", "content-type")
"""Those of a request that are kept."""


class CassetteWriter(Protocol):
    """Where a recording is written."""

    def encode(self, exchanges: Iterable[tuple[Request, Response]]) -> bytes:
        """The recording's bytes. Raises RemoteError for an answer that it cannot hold."""

    def save(self, data: bytes) -> None:
        """Replace the recording as a whole. Raises StoreError."""


class RecordedCall(Struct, frozen=True):
    """One call, and what it was answered; ``sealed`` is the request as it may be shown."""

    asked: CallSpec
    sealed: Request
    answer: Response


class RecordingCaller:
    """A Caller that remembers the responses; ``unanswered`` counts the calls without one."""

    def __init__(self, caller: Caller) -> None:
        self.source = caller.source
        self.heard: list[RecordedCall] = []
        self.unanswered = 0
        self._caller = caller

    def prepare(self, action: Action) -> None:
        self._caller.prepare(action)

    def call(self, asked: CallSpec, sealed: Request) -> Response:
        try:
            answer = self._caller.call(asked, sealed)
        except CactionsError:
            self.unanswered += 1
            raise
        self.heard.append(RecordedCall(asked, sealed, answer))
        return answer


class RecordedTests(Struct, frozen=True):
    """The result: how many interactions were kept, or why nothing was (``refusal``).

    ``hidden`` are the names of secrets that answers held, for which the recording has dots.
    """

    interactions: int = 0
    refusal: str = ""
    hint: str = ""
    hidden: tuple[str, ...] = ()


def check_test_people(action: Action, people: People) -> None:
    """Raises DefinitionError where a test of the action uses a person who is not a test person."""
    for test in action.tests:
        try:
            person = people.find(test.person)
        except UsageError:
            continue  # no request is sent: the report of the test says why
        if not person.test:
            who = get_label(person, action.redacted)
            raise DefinitionError(
                f'the test "{test.name}" of {action.name} is about {who}, who is no test person',
                hint="Only what services say of test people is recorded: mark them `test: true`"
                " if it may be committed, or test with another person.",
                place=test.place,
            )


def record_tests(
    listened: RecordingCaller, known: Sequence[Person], secrets: Known, writer: CassetteWriter
) -> RecordedTests:
    """Keep the recorded calls, all or none. ``known`` are the test people. Raises StoreError."""
    if listened.unanswered:
        return RecordedTests(
            refusal="a call has no answer", hint="Its test says why, and what to do."
        )
    if not listened.heard:
        return RecordedTests(refusal="its tests make no call")
    kept = [_minimize(recorded_call, known) for recorded_call in listened.heard]
    names = (name for _, answer in kept for name in _find_names(answer, secrets))
    hidden = tuple(dict.fromkeys(names))
    exchanges = _drop_repeated([(asked, clean_response(answer, secrets)) for asked, answer in kept])
    try:
        data = writer.encode(exchanges)
    except RemoteError as error:
        return RecordedTests(refusal=str(error), hint=error.hint)
    if leaks := find_secrets(data, secrets):
        named = " and ".join(f'"{name}"' for name in leaks)
        return RecordedTests(refusal=f"it would hold the secret {named}", hint=_LEAKS)
    writer.save(data)
    return RecordedTests(len(exchanges), hidden=hidden)


def _find_names(answer: Response, secrets: Known) -> tuple[str, ...]:
    headers = "\n".join(value for _, value in answer.headers).encode()
    return (*find_secrets(headers, secrets), *find_secrets(answer.body, secrets))


def _minimize(heard: RecordedCall, known: Sequence[Person]) -> tuple[Request, Response]:
    asked, sealed = heard.asked, heard.sealed
    headers = [(name, value) for name, value in sealed.headers if name.lower() in REQUEST_HEADERS]
    asker = ReferenceValues(asked.person, asked.inputs)
    answer = minimize_exchange(asked.action.response, asker, heard.answer, known)
    return replace(sealed, headers=tuple(headers)), answer


def _drop_repeated(exchanges: list[tuple[Request, Response]]) -> list[tuple[Request, Response]]:
    """Without those that replaying gives anyway: the last answer to a request repeats."""
    turns: dict[Key, list[int]] = {}
    for number, (request, _) in enumerate(exchanges):
        turns.setdefault(to_masked_request_key(request).to_key(Blanks()), []).append(number)
    for numbers in turns.values():
        while len(numbers) > 1 and exchanges[numbers[-1]][1] == exchanges[numbers[-2]][1]:
            numbers.pop()
    kept = {number for numbers in turns.values() for number in numbers}
    return [exchange for number, exchange in enumerate(exchanges) if number in kept]
