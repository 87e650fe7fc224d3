"""Calls become a recording, completely or not at all; repeated answers; names without values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from cactions.app.record import RecordedTests, RecordingCaller, check_test_people, record_tests
from cactions.edges.cassette.reader import CassetteSender
from cactions.edges.cassette.writer import JsonCassetteWriter
from cactions.logic.request.call import CallSpec
from cactions.logic.secrets.encoded_forms import list_encoded_forms
from cactions.model import (
    MASK,
    Action,
    ActionTest,
    DefinitionError,
    Expectation,
    FailureReason,
    PersonField,
    PersonQuery,
    PlanningError,
    Request,
    Response,
)
from tests.builders import about_ada, action, mapping, person
from tests.fakes import FakePeople
from tests.recordings import ask

WHO = person()
OF = action(mapping())
SECRETS = dict.fromkeys(list_encoded_forms("canary-7d1f"), "shop_token")


class Service:
    """A Caller that gives the answers in order; an error is raised."""

    source = ""

    def __init__(self, answers: Iterable[Response | PlanningError]) -> None:
        self._answers = iter(answers)

    def prepare(self, action: Action) -> None:
        """Nothing is needed."""

    def call(self, asked: CallSpec, sealed: Request) -> Response:
        answer = next(self._answers)
        if isinstance(answer, PlanningError):
            raise answer
        return answer


class MemoryCassetteWriter:
    """A cassette in memory, encoded by the real writer."""

    def __init__(self) -> None:
        self.kept = b""

    def encode(self, exchanges: Iterable[tuple[Request, Response]]) -> bytes:
        return JsonCassetteWriter(Path("unused")).encode(exchanges)

    def save(self, data: bytes) -> None:
        self.kept = data


def heard(*turns: tuple[Request, Response | PlanningError]) -> RecordingCaller:
    """The recorder that observed these calls."""
    listening = RecordingCaller(Service(answer for _, answer in turns))
    for request, answer in turns:
        if isinstance(answer, PlanningError):
            with pytest.raises(PlanningError):
                listening.call(CallSpec(OF, WHO, {}), request)
        else:
            assert answer == listening.call(CallSpec(OF, WHO, {}), request)
    return listening


def tiers(shelf: MemoryCassetteWriter) -> list[str]:
    """The tiers of the recorded answers, in order."""
    interactions = json.loads(shelf.kept)["interactions"]
    return [json.loads(one["response"]["body"]["string"])["tier"] for one in interactions]


A, B = ask("https://x.example/a"), ask("https://x.example/b")


@pytest.mark.parametrize(
    ("said", "kept"),
    [("1", "1"), ("11", "1"), ("12", "12"), ("122", "12"), ("112", "112"), ("121", "121"),
     ("1221", "1221"), ("1211", "121")],
)  # fmt: skip
def test_repeated_answers_at_the_end_are_stored_once(said: str, kept: str, tmp_path: Path) -> None:
    """On replay every call gets the same answer as before, even with other calls in between."""
    turns: list[tuple[Request, Response | PlanningError]] = []
    for tier in said:
        turns += [(A, about_ada(tier=tier)), (B, about_ada(tier="b"))]
    shelf = MemoryCassetteWriter()
    assert RecordedTests(len(kept) + 1) == record_tests(heard(*turns), [], {}, shelf)
    assert sorted(f"{kept}b") == sorted(tiers(shelf))
    (tmp_path / "c.json").write_bytes(shelf.kept)
    sender = CassetteSender(tmp_path / "c.json")
    again = [json.loads(sender.send(request).body)["tier"] for request, _ in turns]
    assert list("b".join((*said, ""))) == again


LOST = PlanningError(FailureReason.NO_ANSWER, "nobody is there")


@pytest.mark.parametrize("turns", [[], [(A, LOST)], [(A, about_ada(tier="1")), (B, LOST)]])
def test_an_incomplete_recording_is_not_stored(
    turns: Sequence[tuple[Request, Response | PlanningError]],
) -> None:
    """No call at all, or one without an answer."""
    shelf = MemoryCassetteWriter()
    done = record_tests(heard(*turns), [], {}, shelf)
    assert (0, True, b"") == (done.interactions, bool(done.refusal), shelf.kept)


def test_a_secret_in_an_answer_is_named_and_masked() -> None:
    """The caller may have masked it already; the recorder masks it again."""
    shelf = MemoryCassetteWriter()
    done = record_tests(heard((A, about_ada(tier="<canary-7d1f>"))), [], SECRETS, shelf)
    assert RecordedTests(1, hidden=("shop_token",)) == done
    assert [f"<{MASK}>"] == tiers(shelf)


def test_a_secret_in_the_request_is_refused_by_name() -> None:
    """Masked, it would be a different request."""
    shelf = MemoryCassetteWriter()
    request = ask("https://x.example/canary-7d1f")
    done = record_tests(heard((request, about_ada(tier="1"))), [], SECRETS, shelf)
    assert (True, b"") == ('"shop_token"' in done.refusal, shelf.kept)
    assert "canary" not in done.refusal + done.hint


def test_only_known_harmless_headers_are_stored() -> None:
    """Of a request: the accept header and the content type."""
    shelf = MemoryCassetteWriter()
    request = ask("https://x.example/", "POST", "a=1", "text/plain")
    request = replace(request, headers=(*request.headers, ("X-Token", request.url)))
    record_tests(heard((request, about_ada(tier="1"))), [], {}, shelf)
    [one] = json.loads(shelf.kept)["interactions"]
    assert {"Content-Type": ["text/plain"]} == one["request"]["headers"]


def with_tests(*who: str) -> Action:
    """An action with one test for each person."""
    tests = tuple(
        ActionTest(f"of {one}", PersonQuery("user_id", one), Expectation()) for one in who
    )
    return replace(OF, tests=tests)


EVE = replace(WHO, id="p9", fields={"user_id": "u-9", "email": "eve@example.com"})
PEOPLE = FakePeople(replace(WHO, test=True), EVE)


def test_a_test_with_a_real_person_is_refused_before_it_runs() -> None:
    """It is named; a person who does not exist is left to the test's own report."""
    check_test_people(with_tests("u-1", "nobody"), PEOPLE)
    with pytest.raises(DefinitionError, match=r'"of u-9" of loyalty is about eve@example\.com'):
        check_test_people(with_tests("u-1", "u-9"), PEOPLE)


def test_the_error_does_not_show_a_redacted_name() -> None:
    """The next best name is used."""
    of = replace(with_tests("u-9"), redacted=frozenset({PersonField("email")}))
    with pytest.raises(DefinitionError, match="is about u-9, who"):
        check_test_people(of, PEOPLE)
