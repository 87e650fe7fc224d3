"""What was heard becomes a recording, all of it or nothing; the law of turns; names, not values."""

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
    """A Caller that answers in turn; an error is raised."""

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
    """A tape in memory, written by the real one."""

    def __init__(self) -> None:
        self.kept = b""

    def encode(self, exchanges: Iterable[tuple[Request, Response]]) -> bytes:
        return JsonCassetteWriter(Path("unused")).encode(exchanges)

    def save(self, data: bytes) -> None:
        self.kept = data


def heard(*turns: tuple[Request, Response | PlanningError]) -> RecordingCaller:
    """Whoever listened to these calls."""
    listening = RecordingCaller(Service(answer for _, answer in turns))
    for request, answer in turns:
        if isinstance(answer, PlanningError):
            with pytest.raises(PlanningError):
                listening.call(CallSpec(OF, WHO, {}), request)
        else:
            assert answer == listening.call(CallSpec(OF, WHO, {}), request)
    return listening


def tiers(shelf: MemoryCassetteWriter) -> list[str]:
    """Those of the recorded answers, in order."""
    interactions = json.loads(shelf.kept)["interactions"]
    return [json.loads(one["response"]["body"]["string"])["tier"] for one in interactions]


A, B = ask("https://x.example/a"), ask("https://x.example/b")


@pytest.mark.parametrize(
    ("said", "kept"),
    [("1", "1"), ("11", "1"), ("12", "12"), ("122", "12"), ("112", "112"), ("121", "121"),
     ("1221", "1221"), ("1211", "121")],
)  # fmt: skip
def test_what_repeats_at_the_end_is_kept_once(said: str, kept: str, tmp_path: Path) -> None:
    """Replayed, every call gets what it got; between them others may have been asked."""
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
def test_where_something_is_missing_nothing_is_kept(
    turns: Sequence[tuple[Request, Response | PlanningError]],
) -> None:
    """No call at all, or one without an answer."""
    shelf = MemoryCassetteWriter()
    done = record_tests(heard(*turns), [], {}, shelf)
    assert (0, True, b"") == (done.interactions, bool(done.refusal), shelf.kept)


def test_a_secret_in_an_answer_is_named_and_dotted() -> None:
    """Whoever called may have hidden it already; here it is hidden again."""
    shelf = MemoryCassetteWriter()
    done = record_tests(heard((A, about_ada(tier="<canary-7d1f>"))), [], SECRETS, shelf)
    assert RecordedTests(1, hidden=("shop_token",)) == done
    assert [f"<{MASK}>"] == tiers(shelf)


def test_a_secret_in_the_request_is_refused_by_name() -> None:
    """With dots it would be another request."""
    shelf = MemoryCassetteWriter()
    request = ask("https://x.example/canary-7d1f")
    done = record_tests(heard((request, about_ada(tier="1"))), [], SECRETS, shelf)
    assert (True, b"") == ('"shop_token"' in done.refusal, shelf.kept)
    assert "canary" not in done.refusal + done.hint


def test_only_headers_that_are_known_to_be_harmless_are_kept() -> None:
    """Of a request: what it accepts, and what its body is."""
    shelf = MemoryCassetteWriter()
    request = ask("https://x.example/", "POST", "a=1", "text/plain")
    request = replace(request, headers=(*request.headers, ("X-Token", request.url)))
    record_tests(heard((request, about_ada(tier="1"))), [], {}, shelf)
    [one] = json.loads(shelf.kept)["interactions"]
    assert {"Content-Type": ["text/plain"]} == one["request"]["headers"]


def with_tests(*who: str) -> Action:
    """An action with a test for each of them."""
    tests = tuple(
        ActionTest(f"of {one}", PersonQuery("user_id", one), Expectation()) for one in who
    )
    return replace(OF, tests=tests)


EVE = replace(WHO, id="p9", fields={"user_id": "u-9", "email": "eve@example.com"})
PEOPLE = FakePeople(replace(WHO, test=True), EVE)


def test_a_test_of_somebody_else_is_seen_before_it_runs() -> None:
    """By its name; whoever is not there at all is left to the test's own report."""
    check_test_people(with_tests("u-1", "nobody"), PEOPLE)
    with pytest.raises(DefinitionError, match=r'"of u-9" of loyalty is about eve@example\.com'):
        check_test_people(with_tests("u-1", "u-9"), PEOPLE)


def test_the_error_does_not_call_anybody_by_what_is_redacted() -> None:
    """The next best name is used."""
    of = replace(with_tests("u-9"), redacted=frozenset({PersonField("email")}))
    with pytest.raises(DefinitionError, match="is about u-9, who"):
        check_test_people(of, PEOPLE)
