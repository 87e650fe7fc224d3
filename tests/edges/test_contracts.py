"""The contract of each port holds for the real adapter and for its test double."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.app.ports import Clock, Journal, People, Sender
from cactions.app.run_lock_port import RunLock
from cactions.edges.cassette.reader import CassetteSender
from cactions.edges.http.address_guard import NetworkRules
from cactions.edges.http.client import HttpSender
from cactions.edges.intercom.people import IntercomPeople
from cactions.edges.postgres.cluster_store import ClusterStore
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.run_lock import PostgresRunLock
from cactions.edges.postgres.schema import make_tables
from cactions.edges.store.people import LocalPeopleStore
from cactions.edges.store.run_lock import FileRunLock
from cactions.logic.expressions.references import equals_reference
from cactions.logic.people.condition_text import parse_conditions
from cactions.logic.people.lookup import build_lookup_key
from cactions.logic.plan.undo_plan import invert_plan
from cactions.model import (
    ABSENT,
    Attribute,
    Change,
    Conflict,
    DataType,
    MaskedText,
    Outcome,
    Person,
    PersonQuery,
    Plan,
    PlanningError,
    Receipt,
    Request,
    Response,
    RunAborted,
    RunHead,
    RunKind,
    SentCall,
    Subject,
    UsageError,
    Value,
    WorkspaceName,
    is_empty,
    is_same,
)
from tests.builders import EMAIL, a_plan, change, person, settle
from tests.edges.intercom.clients import client_of
from tests.edges.journals import ALL_KINDS, OldJournal, SealingRows, open_journal
from tests.fakes import FakeClock, FakePeople, FakeRunLock, FakeSender
from tests.recordings import write_cassette
from tests.servers import Talk, serving
from tests.workspace import Settings, WorkspaceServer

MakePeople: TypeAlias = Callable[..., People]

LEAD = Person("p2", {"role": "lead", "email": "ada@example.com", "user_id": "u-1"})
BOB = Person("p3", {"user_id": "u-2", "email": "bob@Example.com"}, {"tier": None})


def fake(_folder: Path, *people: Person) -> People:
    return FakePeople(*people)


def seeded(folder: Path, *people: Person) -> People:
    return LocalPeopleStore(folder / ".cactions", people)


def stored(folder: Path, *people: Person) -> People:
    local = LocalPeopleStore(folder / ".cactions")
    local.import_people(people)
    return local


def overlaid(folder: Path, *people: Person) -> People:
    """Every other person is stored; the seed has older data about every person."""
    older = [Person(each.id, each.fields, {"tier": "older"}) for each in people[::2]]
    stored(folder, *people[::2])
    return LocalPeopleStore(folder / ".cactions", (*older, *people[1::2]))


class RemotePeople(IntercomPeople):
    """The people of a workspace server, without the contact fields that every contact has."""

    def find(self, query: PersonQuery) -> Person:
        return self._without_standard(super().find(query))

    def get(self, person_id: str) -> Person:
        return self._without_standard(super().get(person_id))

    def _without_standard(self, person: Person) -> Person:
        own = {
            name: value for name, value in person.fields.items()
            if name in CONTRACT_FIELDS or (name, value) == ("role", "lead")
        }  # fmt: skip
        return replace(person, fields=own)


CONTRACT_FIELDS = ("user_id", "email", "name")


def without_lead_id(who: Person) -> Person:
    """Intercom ignores the external id of a lead, and makes one itself."""
    is_lead = who.fields.get("role") == "lead"
    fields = {key: value for key, value in who.fields.items() if key != "user_id" or not is_lead}
    return replace(who, fields=fields)


def remote(folder: Path, *people: Person) -> People:
    """Kept open until the test ends."""
    stack = STACKS.setdefault(folder, ExitStack())
    server = stack.enter_context(WorkspaceServer(Settings(check_types=False), tls=True))
    for name in ("tier", "points"):
        server.add_attribute(name)
    for each in people:
        fields = {"role": "user", **without_lead_id(each).fields}
        user_id = fields.pop("user_id", None)
        held = dict(each.attributes)
        server.add_contact(id=each.id, external_id=user_id, **fields, custom_attributes=held)
    return RemotePeople(stack.enter_context(client_of(server)))


STACKS: dict[Path, ExitStack] = {}


@pytest.fixture(params=[fake, seeded, stored, overlaid, remote])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakePeople]:
    yield lambda *people: request.param(tmp_path, *people)
    STACKS.pop(tmp_path, ExitStack()).close()


def is_remote(request: pytest.FixtureRequest) -> bool:
    return "remote" in request.node.callspec.id


# Finding people


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (PersonQuery("id", "p2"), LEAD),
        (PersonQuery("user_id", "u-1"), person()),  # the lead with the same one is ignored
        (PersonQuery("user_id", "u-2"), BOB),
        (PersonQuery("email", "bob@example.COM"), BOB),
    ],
)
def test_the_matching_person_is_found(
    make: MakePeople, query: PersonQuery, found: Person, request: pytest.FixtureRequest
) -> None:
    """By id, by user_id among users, by e-mail with the domain in any letter case."""
    expected = without_lead_id(found) if is_remote(request) else found
    assert expected == make(person(), LEAD, BOB).find(query)


@pytest.mark.parametrize(
    "query",
    [
        PersonQuery("id", "P3"),
        PersonQuery("id", ""),
        PersonQuery("user_id", "u-2 "),
        PersonQuery("user_id", "\udcff"),
        PersonQuery("user_id", "%"),
        PersonQuery("user_id", "' OR 1=1 --"),
        PersonQuery("email", "Bob@example.com"),
        PersonQuery("email", "bob@éxample.com"),
        PersonQuery("email", "bob@example.com@example.com"),
        PersonQuery("email", ""),
    ],
)
def test_a_similar_person_is_not_found(
    make: MakePeople, query: PersonQuery, request: pytest.FixtureRequest
) -> None:
    """Nothing is folded, trimmed, unescaped or used as a pattern."""
    with pytest.raises(UsageError, match="there is no person with") as caught:
        make(BOB).find(query)
    step = "Check the value in Intercom." if is_remote(request) else "`cactions people list`"
    assert step in caught.value.hint


def test_no_person_is_found_by_another_field(make: MakePeople) -> None:
    """A phone number or a name does not identify a person."""
    with pytest.raises(UsageError, match='cannot be looked up by "phone"'):
        make(BOB).find(PersonQuery("phone", "1"))


def test_an_ambiguous_email_is_an_error_that_lists_the_people(make: MakePeople) -> None:
    """A lead and a user may share an address; the first one is never simply used."""
    with pytest.raises(UsageError) as caught:
        make(LEAD, person()).find(PersonQuery("email", "ada@example.com"))
    for part in ("2 people", "exactly one must match", "user p1", "lead p2"):
        assert part in str(caught.value)
    assert "id=p" in caught.value.hint


def test_an_unknown_key_suggests_the_nearest(
    make: MakePeople, request: pytest.FixtureRequest
) -> None:
    """The hint is for typing errors; it shows no address of a person. Intercom has no neighbors."""
    people = make(person(), BOB)
    with pytest.raises(UsageError) as near:
        people.find(PersonQuery("user_id", "u-22"))
    with pytest.raises(UsageError) as address:
        people.find(PersonQuery("email", "ada@example.co"))
    assert is_remote(request) or "Did you mean user_id u-2?" in near.value.hint
    assert "ada@example.com" not in address.value.hint


@given(
    st.from_regex(r"[aA]@[bB.@]{0,3}", fullmatch=True), st.from_regex(r"[aA]@[bBé]", fullmatch=True)
)
def test_look_ups_use_the_same_person_rule(left: str, right: str) -> None:
    """Look-up and identity check have one rule for e-mail addresses."""
    one, other = build_lookup_key("email", left), build_lookup_key("email", right)
    assert equals_reference(EMAIL, left, right) == (one is not None and one == other)


def test_many_people_are_found_in_the_order_of_their_queries(make: MakePeople) -> None:
    """Each with its person, or with the reason why there is not exactly one."""
    queries = [
        PersonQuery("user_id", "u-2"),
        PersonQuery("email", "ada@example.com"),
        PersonQuery("user_id", "u-9"),
        PersonQuery("user_id", ""),
        PersonQuery("id", "p1"),
        PersonQuery("user_id", "u-2"),
    ]
    found = list(make(person(), LEAD, BOB).find_many(queries))
    assert queries == [query for query, _ in found]
    assert ["p3", "2 people", "there is no", "there is no", "p1", "p3"] == [
        str(each)[: 8 if "2 people" in str(each) else 11]
        if isinstance(each, UsageError) else each.id
        for _, each in found
    ]  # fmt: skip


def test_a_search_finds_everyone_for_whom_all_conditions_hold(make: MakePeople) -> None:
    """Without conditions, everyone; each person once, as they are found by id."""
    declared = {"tier": Attribute("tier", DataType.STRING)}
    people = make(person(tier="silver"), LEAD, BOB)
    for texts, expected in [
        ([], ["p1", "p2", "p3"]),
        (["role = lead"], ["p2"]),
        (["role = user", "email $ @example.com"], ["p1", "p3"]),
        (["custom_attributes.tier = Silver"], ["p1"]),
        (["custom_attributes.tier != silver"], ["p2", "p3"]),
        (["user_id IN u-1, u-2", "custom_attributes.tier = gold"], []),
    ]:
        found = [*people.search(parse_conditions(texts, declared))]
        assert expected == sorted(each.id for each in found), texts
        assert all(each.attributes == people.get(each.id).attributes for each in found)


# Writing


def test_a_plan_is_applied_once(make: MakePeople) -> None:
    """The second time its old values no longer match, and nothing is written."""
    people, plan = make(person(tier="silver")), a_plan(change("silver", "gold"))
    assert Receipt("p1", Outcome.APPLIED) == people.commit(plan)
    again = people.commit(plan)
    assert Outcome.CONFLICT is again.outcome
    assert (Conflict("tier", "silver", "gold"),) == again.conflicts
    assert {"tier": "gold"} == people.get("p1").attributes


@pytest.mark.parametrize(
    ("held", "before"),
    [
        ({"tier": None}, ABSENT),
        ({}, None),
        ({"tier": 1}, True),
        ({"tier": 1}, 1.0),
        ({"tier": "a"}, "A"),
        ({"tier": {"a": [1]}}, {"a": [1.0]}),
    ],
)
def test_old_values_are_compared_as_strict_json(
    make: MakePeople, held: dict[str, Value], before: Value, request: pytest.FixtureRequest
) -> None:
    """Absent, null, true, 1 and 1.0 are five different values; the first two not at Intercom."""
    if is_remote(request) and is_empty(before):
        return
    receipt = make(person(**held)).commit(a_plan(change(before, "gold", redacted=True)))
    found = held.get("tier", ABSENT)
    assert Outcome.CONFLICT is receipt.outcome
    assert [True] == [each.redacted for each in receipt.conflicts]
    assert is_same(found, receipt.conflicts[0].found)


def test_one_conflict_prevents_every_change_of_the_plan(make: MakePeople) -> None:
    """All or nothing: a plan is never half applied."""
    people = make(person(tier="silver", points=1))
    plan = a_plan(change("silver", "gold"), Change("points", 2, 3))
    assert (Conflict("points", 2, 1),) == people.commit(plan).conflicts
    assert {"tier": "silver", "points": 1} == people.get("p1").attributes


def test_a_plan_without_effect_is_unchanged(make: MakePeople) -> None:
    """Even if the value has changed since: there was nothing to write."""
    people = make(person(tier="gold"))
    plan = a_plan(change("silver", "silver"), change(None, ""))
    assert Receipt("p1", Outcome.UNCHANGED) == people.commit(plan)


def test_a_plan_for_a_deleted_person_is_an_error(make: MakePeople) -> None:
    """A commit creates no person."""
    people = make(BOB)
    with pytest.raises(UsageError, match="no person with id p1"):
        people.commit(a_plan(change(ABSENT, "gold")))
    with pytest.raises(UsageError):
        people.get("p1")


def test_an_absent_new_value_removes_the_attribute(
    make: MakePeople, request: pytest.FixtureRequest
) -> None:
    """Undoing an addition leaves no null behind, except at Intercom, where null is how to clear."""
    people, plan = make(person(points=1)), a_plan(change(ABSENT, "gold"))
    people.commit(plan)
    assert Outcome.APPLIED is people.commit(invert_plan(plan)).outcome
    left = {"tier": None} if is_remote(request) else {}
    assert {"points": 1, **left} == people.get("p1").attributes


def test_contact_fields_and_other_people_are_never_changed(make: MakePeople) -> None:
    """A commit writes attributes of one person."""
    people = make(person(tier="silver"), BOB)
    people.commit(a_plan(change("silver", "gold")))
    assert person(tier="gold") == people.get("p1")
    assert BOB == people.get("p3")


# The journal


@pytest.fixture(params=ALL_KINDS)
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    get_address = partial(request.getfixturevalue, "postgres_address")
    with open_journal(request.param, tmp_path / ".cactions", get_address) as opened:
        yield opened


def head(run_id: str = "run-1", started: float = 1.5, kind: RunKind = RunKind.APPLY) -> RunHead:
    return RunHead(run_id, kind, "loyalty", started, "ada@desk")


APPLIED = Receipt("p1", Outcome.APPLIED)
GOLD = a_plan(change("silver", "gold"))
TIER = Conflict("tier", "silver", "wood")


def keep(journal: Journal, run: RunHead, plan: Plan, receipt: Receipt | None = APPLIED) -> None:
    journal.create_run(run)
    [entry] = journal.record_plans(run.id, [plan])
    if receipt:
        journal.record_outcomes(run.id, [(entry, receipt)])


def test_a_stored_run_is_read_back(journal: Journal) -> None:
    """Head, plans in their order, receipts, and whether it is finished."""
    refused = Receipt("p1", Outcome.CONFLICT, "changed", (Conflict("tier", ABSENT, None, True),))
    plan = a_plan(Change("points", ABSENT, 10**30, redacted=True))
    journal.create_run(head())
    assert [1, 2, 3] == [
        *journal.record_plans("run-1", [GOLD, plan]),
        *journal.record_plans("run-1", [GOLD]),
    ]
    journal.record_outcomes("run-1", [(2, APPLIED)])
    journal.record_outcomes("run-1", [(2, refused)])
    assert not journal.read("run-1").finished
    journal.finish("run-1")
    run = journal.read("run-1")
    assert (head(), True) == (run.head, run.finished)
    assert [(GOLD, None), (plan, refused), (GOLD, None)] == [
        (entry.plan, entry.receipt) for entry in run.entries
    ]


def test_an_answer_replaces_a_pending_plan(journal: Journal) -> None:
    """Only for the same person and entry; open entries stay open."""
    pending = replace(GOLD, call=SentCall("POST https://api.shop.example/refunds"), changes=())
    journal.create_run(head())
    journal.record_plans("run-1", [pending, pending])
    journal.replace_pending_plan("run-1", 2, GOLD)
    run = journal.read("run-1")
    assert [(pending, None), (GOLD, None)] == [(one.plan, one.receipt) for one in run.entries]
    assert [True, False] == [one.plan.pending for one in run.entries]
    other = replace(GOLD, subject=Subject("p2", PersonQuery("user_id", "u-2"), "Bob"))
    for entry, plan in ((3, GOLD), (0, GOLD), (1, other)):
        with pytest.raises(UsageError, match="for this person"):
            journal.replace_pending_plan("run-1", entry, plan)
    assert run == journal.read("run-1")


def test_a_run_id_is_used_once(journal: Journal) -> None:
    """A second run with the same id would mix its entries with the first."""
    journal.create_run(head())
    with pytest.raises(UsageError, match="already"):
        journal.create_run(head())


@pytest.mark.parametrize("given", ["run-2", "", "-", "../run-1", "run-1.db", "run-1/", "\0", "ü"])
def test_an_unknown_run_is_an_error_everywhere(journal: Journal, given: str) -> None:
    """No other run, and no other file, is used instead."""
    keep(journal, head(), GOLD)
    calls: list[Callable[[], object]] = [
        lambda: journal.read(given) if given else journal.finish(given),
        lambda: journal.reopen(given),
        lambda: journal.record_plans(given, [GOLD]),
        lambda: journal.record_outcomes(given, [(1, APPLIED)]),
        lambda: journal.finish(given),
        lambda: journal.mark_undone(given, ["p1"], "run-9"),
        lambda: journal.discard(given),
    ]
    for call in calls:
        with pytest.raises(UsageError):
            call()


def test_entries_and_people_that_a_run_does_not_have_are_an_error(journal: Journal) -> None:
    """No receipt or undo is stored for them."""
    keep(journal, head(), GOLD)
    with pytest.raises(UsageError, match="no entry 2"):
        journal.record_outcomes("run-1", [(2, APPLIED)])
    with pytest.raises(UsageError, match="no entry for the person p9"):
        journal.mark_undone("run-1", ["p9"], "run-2")


def test_a_unique_beginning_of_an_id_is_enough(journal: Journal) -> None:
    """A full id always means itself, even if another one begins with it."""
    for run_id in ("20260101-a", "20260101-ab", "20260202-c"):
        journal.create_run(head(run_id))
    assert "20260202-c" == journal.read("202602").head.id
    assert "20260101-a" == journal.read("20260101-a").head.id
    with pytest.raises(UsageError):
        journal.read("20260101")


def test_runs_are_listed_newest_first(journal: Journal) -> None:
    """The last begun first, whatever their ids are and the clock said; older ones by their time."""
    for run_id, started in (("b", 2.0), ("c", 1.0), ("a", 3.0), ("d", 1.0)):
        journal.create_run(head(run_id, started))
    order = ["a", "b", "d", "c"] if isinstance(journal, OldJournal) else ["d", "a", "c", "b"]
    assert order == [run.head.id for run in journal.list_runs()]
    assert order == [found.id for found in journal.list_recent(0.0)]


def test_the_last_applied_value_is_returned(journal: Journal) -> None:
    """By attribute, from the newest run that has one; inside a run, from the last entry."""
    keep(journal, head("old", 1.0), a_plan(change(ABSENT, "bronze"), Change("points", ABSENT, 1)))
    keep(journal, head("new", 2.0), a_plan(change("bronze", "silver")))
    settle(journal, "new", journal.record_plans("new", [GOLD]), APPLIED)
    assert {"tier": "gold", "points": 1} == journal.get_last_applied("p1")
    assert {} == journal.get_last_applied("p2")


@pytest.mark.parametrize(
    ("kind", "plan", "receipt"),
    [
        (RunKind.UNDO, GOLD, APPLIED),
        (RunKind.APPLY, GOLD, None),
        (RunKind.APPLY, GOLD, Receipt("p1", Outcome.CONFLICT)),
        (RunKind.APPLY, GOLD, Receipt("p1", Outcome.UNCHANGED)),
        (RunKind.APPLY, GOLD, Receipt("p1", Outcome.OUTCOME_UNKNOWN)),
        (RunKind.APPLY, a_plan(change("other", "other")), APPLIED),
    ],
)
def test_uncertain_values_do_not_count_as_ours(
    journal: Journal, kind: RunKind, plan: Plan, receipt: Receipt | None
) -> None:
    """Undo runs, unknown and failed outcomes, and unchanged values."""
    keep(journal, head("old", 1.0), a_plan(change(ABSENT, "silver")))
    keep(journal, head("new", 2.0, kind), plan, receipt)
    assert {"tier": "silver"} == journal.get_last_applied("p1")


def test_undone_values_do_not_count_as_ours(journal: Journal) -> None:
    """The older value counts again; other people of the run keep theirs."""
    keep(journal, head("old", 1.0), a_plan(change(ABSENT, "silver")))
    keep(journal, head("new", 2.0), GOLD)
    journal.mark_undone("new", ["p1"], "undo-1")
    assert {"tier": "silver"} == journal.get_last_applied("p1")
    assert ["undo-1"] == [entry.undone_by for entry in journal.read("new").entries]


def test_a_reopened_run_has_all_its_data(journal: Journal) -> None:
    """With everything stored, ready to continue."""
    keep(journal, head(), GOLD, None)
    assert journal.read("run-1") == journal.reopen("run-1")
    assert [2] == list(journal.record_plans("run-1", [GOLD]))


def test_an_empty_window_adds_no_entries(journal: Journal) -> None:
    """A window may be empty."""
    journal.create_run(head())
    assert [] == list(journal.record_plans("run-1", []))
    assert () == journal.read("run-1").entries


def test_values_of_a_deleted_run_do_not_count(journal: Journal) -> None:
    """The run is deleted; the others are not."""
    keep(journal, head("old", 1.0), a_plan(change(ABSENT, "silver")))
    keep(journal, head("new", 2.0), GOLD)
    journal.discard("new")
    assert ["old"] == [run.head.id for run in journal.list_runs()]
    assert {"tier": "silver"} == journal.get_last_applied("p1")


def test_the_outcome_of_a_forgotten_person_stays(journal: Journal) -> None:
    """In every run, and only for that person; the counts still add up."""
    other = replace(GOLD, subject=Subject("p2", PersonQuery("user_id", "u-2"), "Bob"))
    keep(journal, head("old", 1.0), GOLD)
    keep(journal, head("new", 2.0), GOLD, Receipt("p1", Outcome.CONFLICT, "Ada", (TIER,)))
    settle(journal, "new", journal.record_plans("new", [other]), Receipt("p2", Outcome.APPLIED))
    assert 2 == journal.forget("p1")
    assert 0 == journal.forget("p1")
    [gone, kept] = journal.read("new").entries
    assert (True, Receipt("", Outcome.CONFLICT)) == (gone.forgotten, gone.receipt)
    assert (False, other) == (kept.forgotten, kept.plan)
    assert ({}, {"tier": "gold"}) == (
        journal.get_last_applied("p1"),
        journal.get_last_applied("p2"),
    )
    assert "Ada" not in str(journal.read("old")) + str(journal.read("new"))


# Run locks


@pytest.fixture(params=["memory", "files", "database"])
def turns(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunLock]:
    if request.param != "database":
        yield FakeRunLock() if request.param == "memory" else FileRunLock(tmp_path / ".cactions")
        return
    with closing(PostgresDatabase(request.getfixturevalue("postgres_address"))) as database:
        make_tables(database)
        yield PostgresRunLock(database, ClusterStore(database, "vault", SealingRows()))


def test_an_action_has_one_run_at_a_time(turns: RunLock) -> None:
    """The second gets an error; when the first ends, the lock is free."""
    with turns.hold(head()), pytest.raises(RunAborted, match="loyalty is being run"):  # noqa: SIM117
        with turns.hold(head("run-2")):
            raise AssertionError
    with pytest.raises(ZeroDivisionError), turns.hold(head()):
        _ = 1 / 0
    with turns.hold(head()):
        pass


@pytest.mark.parametrize(
    "other", [{"action": "Loyalty!"}, {"workspace": WorkspaceName("intercom:w1")}]
)
def test_other_actions_and_workspaces_have_their_own_lock(
    turns: RunLock, other: dict[str, object]
) -> None:
    """Only the same action in the same workspace would write the same attributes."""
    with turns.hold(head()), turns.hold(replace(head(), **other)):  # type: ignore[arg-type]
        pass


# Answers and the time

ANSWER = Response(
    200,
    (("Content-Type", "application/json"), ("X-Seen", "b"), ("X-Seen", "a"),
     ("Content-Length", "16")),
    b'{"tier": "gold"}',
)  # fmt: skip


@dataclass
class Asking:
    """A sender that answers ``known`` and nothing else."""

    sender: Sender
    source: str
    origin: str = "https://api.shop.example"

    @property
    def known(self) -> Request:
        return Request("GET", MaskedText.of_plain(f"{self.origin}/customers/u-1"))

    @property
    def unknown(self) -> Request:
        return Request("GET", MaskedText.of_plain(f"{self.origin}/customers/u-2"))


@contextmanager
def from_memory(_folder: Path) -> Iterator[Asking]:
    asking = Asking(FakeSender({}, "shop.json"), "shop.json")
    asking.sender = FakeSender({asking.known.line: ANSWER}, "shop.json")
    yield asking


@contextmanager
def from_a_recording(folder: Path) -> Iterator[Asking]:
    asking = Asking(FakeSender({}), "shop.json")
    write_cassette(folder / "shop.json", [(asking.known, ANSWER)])
    asking.sender = CassetteSender(folder / "shop.json", "shop.json")
    yield asking


@contextmanager
def from_the_service(_folder: Path) -> Iterator[Asking]:
    """On loopback; it closes the connection for any other request."""

    def answering(talk: Talk) -> None:
        while talk.request().startswith(b"GET /customers/u-1 "):
            head = "".join(f"{name}: {value}\r\n" for name, value in ANSWER.headers)
            talk.send(f"HTTP/1.1 200 OK\r\n{head}\r\n".encode() + ANSWER.body)

    with serving(answering) as server:
        live = HttpSender(NetworkRules((server.allowed(),), ca_file=server.ca_file))
        yield Asking(live, "", server.url(""))
        live.close()


@pytest.fixture(params=[from_memory, from_a_recording, from_the_service])
def asking(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Asking]:
    with request.param(tmp_path) as found:
        yield found


def test_a_known_request_is_answered_as_often_as_it_is_sent(asking: Asking) -> None:
    """The answer is the same each time, header by header, and its source has a name."""
    assert [ANSWER, ANSWER] == [asking.sender.send(asking.known) for _ in range(2)]
    assert asking.source == asking.sender.source


def test_an_unknown_request_has_no_answer(asking: Asking) -> None:
    """The nearest one is not used either."""
    with pytest.raises(PlanningError):
        asking.sender.send(asking.unknown)


def test_a_fake_clock_does_not_advance_by_itself() -> None:
    """Two readings in a test give the same time."""
    clock: Clock = FakeClock(5.0)
    assert [5.0, 5.0] == [clock.get_time(), clock.get_time()]
