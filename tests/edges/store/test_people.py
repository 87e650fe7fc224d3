"""The embedded workspace: the store overrides the seed; writes are complete and made once."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.edges.store.people import FILE_NAME, LocalPeopleStore
from cactions.logic.plan.undo_plan import invert_plan
from cactions.model import (
    ABSENT,
    Change,
    Json,
    Outcome,
    Person,
    PersonQuery,
    Plan,
    StoreError,
    UsageError,
    Value,
    is_same,
)
from tests.builders import a_plan, change, person
from tests.edges.processes import finished, running, said, tell

BOB = Person("p2", {"user_id": "u-2", "email": "bob@example.com"}, {"tier": "gold"}, test=True)
GOLD = a_plan(change("silver", "gold"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".cactions"


def sql(folder: Path, statement: str) -> list[Any]:
    """Read or change the database as another program with SQLite would."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as database, database:
        return database.execute(statement).fetchall()


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


# The store overrides the seed


def test_reading_creates_no_files(folder: Path) -> None:
    """A ``diff`` in a fresh clone changes nothing in it."""
    people = LocalPeopleStore(folder, [person(tier="silver")])
    people.find(PersonQuery("email", "ada@example.com"))
    assert (1, [person(tier="silver")]) == (len(list(people.list())), list(people.list()))
    assert Outcome.UNCHANGED is people.commit(a_plan(change("gold", "gold"))).outcome
    with pytest.raises(UsageError):
        people.get("p9")
    assert [] == files(folder.parent)


def test_a_seed_person_is_stored_on_first_write(folder: Path) -> None:
    """Completely, so that later changes of the YAML no longer apply to them."""
    LocalPeopleStore(folder, [person(tier="silver")]).commit(GOLD)
    renamed = Person("p1", {"user_id": "u-7", "email": "ada@new.example"}, {"tier": "x"})
    later = LocalPeopleStore(folder, [renamed])
    assert person(tier="gold") == later.find(PersonQuery("user_id", "u-1"))
    assert [person(tier="gold")] == list(later.list())
    with pytest.raises(UsageError):
        later.find(PersonQuery("user_id", "u-7"))


def test_the_addresses_of_everyone_are_listed_once(folder: Path) -> None:
    """In the form that finds them; of a person who is stored, the stored one."""
    people = LocalPeopleStore(folder, [person(tier="silver"), BOB, Person("p3", {"user_id": "3"})])
    assert ["ada@example.com", "bob@example.com"] == sorted(people.list_addresses())
    stored = [Person(f"q{n:04}", {"email": f"Q{n}@Shop.EXAMPLE"}) for n in range(1_200)]
    people.import_people([Person("p1", {"email": "ada@new.example"}), *stored], update=True)
    expected = ["ada@new.example", "bob@example.com", *(f"Q{n}@shop.example" for n in range(1_200))]
    assert sorted(expected) == sorted(people.list_addresses())


def test_a_conflict_stores_no_person(folder: Path) -> None:
    """The seed person stays a seed person."""
    people = LocalPeopleStore(folder, [person(tier="bronze")])
    assert Outcome.CONFLICT is people.commit(GOLD).outcome
    assert [(0,)] == sql(folder, "SELECT count(*) FROM person")


def test_a_batch_is_stored_at_its_end(folder: Path) -> None:
    """Each person is compared for themselves, also with what the batch wrote before."""
    people, other = LocalPeopleStore(folder), LocalPeopleStore(folder)
    people.import_people([person(tier="silver"), BOB])
    with people.open_batch():
        outcomes = [people.commit(GOLD).outcome, people.commit(GOLD).outcome]
        assert "gold" == people.get("p1").attributes["tier"]
        assert "silver" == other.get("p1").attributes["tier"]
        with pytest.raises(UsageError):
            people.commit(replace(GOLD, subject=replace(GOLD.subject, person_id="p9")))
    assert [Outcome.APPLIED, Outcome.CONFLICT] == outcomes
    assert "gold" == other.get("p1").attributes["tier"]


def test_nothing_of_a_failing_batch_is_stored(folder: Path) -> None:
    """And the next commit is one of its own again."""
    people = LocalPeopleStore(folder, [person(tier="silver")])

    def fail() -> None:
        with people.open_batch():
            assert Outcome.APPLIED is people.commit(GOLD).outcome
            raise StoreError("full", hint="Make room.")

    with pytest.raises(StoreError, match="full"):
        fail()
    assert "silver" == people.get("p1").attributes["tier"]
    assert [(0,)] == sql(folder, "SELECT count(*) FROM person")
    assert Outcome.APPLIED is people.commit(GOLD).outcome
    assert [(1,)] == sql(folder, "SELECT count(*) FROM person")


def test_every_person_is_listed_once(folder: Path) -> None:
    """Seed people in their order with current values, then the others by id."""
    people = LocalPeopleStore(folder, [BOB, person(tier="silver")])
    others = [Person(f"x{n:04}", {"user_id": f"x-{n}"}) for n in range(1200)]
    people.import_people(reversed(others))
    people.commit(GOLD)
    assert [BOB, person(tier="gold"), *others] == list(people.list())
    assert 1202 == len(list(people.list()))


def test_people_may_change_while_a_list_is_read(folder: Path) -> None:
    """No transaction stays open between two of its people."""
    people = LocalPeopleStore(folder)
    people.import_people([person(tier="silver"), BOB])
    listing = people.list()
    next(listing)
    assert Outcome.APPLIED is people.commit(GOLD).outcome
    assert BOB == next(listing)


# Stored values

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("zaé"), inner, max_size=3),
    max_leaves=6,
)
ATTRIBUTES = st.dictionaries(st.sampled_from(["tier", "points", "é", "due"]), VALUES)


def plan_to(before: dict[str, Json], after: dict[str, Json]) -> Plan:
    def value(side: dict[str, Json], name: str) -> Value:
        return side.get(name, ABSENT)

    names = {**before, **after}
    return a_plan(*(Change(name, value(before, name), value(after, name)) for name in names))


@settings(max_examples=30)
@given(ATTRIBUTES, ATTRIBUTES)
def test_undo_restores_stored_values_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, Json], after: dict[str, Json]
) -> None:
    """For added, overwritten, cleared and removed values; also for the undo of an undo."""
    folder = tmp_path_factory.mktemp("state") / ".cactions"
    with closing(LocalPeopleStore(folder)) as people:
        people.import_people([person(**before)])
        plan = plan_to(before, after)
        pictures = []
        for step in (plan, invert_plan(plan), invert_plan(invert_plan(plan)), invert_plan(plan)):
            pictures.append(sql(folder, "SELECT * FROM person"))
            assert people.commit(step).outcome in {Outcome.APPLIED, Outcome.UNCHANGED}
    assert pictures[0] == pictures[2]
    assert pictures[1] == pictures[3]
    assert pictures[0] == sql(folder, "SELECT * FROM person")


def test_values_are_stored_unchanged(folder: Path) -> None:
    """Numbers keep their form and objects their order; only attribute names are sorted."""
    deep: Json = {"z": 1.0, "a": [1, 10**30, 1e300, "é\u2028"], "null": None}
    people = LocalPeopleStore(folder)
    people.import_people([person(zeta=deep, alpha=True)])
    [(text,)] = sql(folder, "SELECT attributes FROM person")
    assert (
        '{"alpha":true,"zeta":{"z":1.0,"a":[1,1000000000000000000000000000000,1e+300,"é\u2028"],'
        '"null":null}}'
    ) == text
    assert is_same({"alpha": True, "zeta": deep}, dict(people.get("p1").attributes))


# Imports


def test_an_import_reads_people_as_a_stream(folder: Path) -> None:
    """The file may be larger than the memory; the result is the number of people."""
    people = LocalPeopleStore(folder)
    assert 2000 == people.import_people(Person(f"x{n}", {"user_id": f"u{n}"}) for n in range(2000))
    assert 2000 == len(list(people.list()))


def broken(*people: Person) -> Iterator[Person]:
    yield from people
    raise ValueError("the file breaks off")


def test_a_failed_import_changes_nothing(folder: Path) -> None:
    """All people of the file, or none."""
    people = LocalPeopleStore(folder)
    people.import_people([BOB])
    with pytest.raises(ValueError, match="breaks off"):
        people.import_people(broken(person(), Person("p2", {}, {})), update=True)
    assert [BOB] == list(people.list())


@pytest.mark.parametrize("seed", [[BOB], []])
def test_an_update_must_be_requested_and_keeps_other_attributes(
    folder: Path, seed: list[Person]
) -> None:
    """An existing person may hold values of a run or of the YAML."""
    people = LocalPeopleStore(folder, seed)
    if not seed:
        people.import_people([BOB])
    with pytest.raises(UsageError, match=r"person 2 \(bob@example.com\) already exists") as caught:
        people.import_people([Person("p5", {"user_id": "u-5"}), Person("p2", BOB.fields)])
    assert "--update" in caught.value.hint
    people.import_people([Person("p2", {"name": "Bob"}, {"other": 1})], update=True)
    now = people.get("p2")
    assert ({**BOB.fields, "name": "Bob"}, {**BOB.attributes, "other": 1}) == (
        now.fields, now.attributes,
    )  # fmt: skip
    assert 1 == len(list(people.list()))


@pytest.mark.parametrize("seed", [[BOB], []])
def test_a_user_id_belongs_to_one_person(folder: Path, seed: list[Person]) -> None:
    """The error names the row; the seed counts as well as the store."""
    people = LocalPeopleStore(folder, seed)
    if not seed:
        people.import_people([BOB])
    double = Person("p7", {"user_id": "u-2", "name": "Bobby"})
    with pytest.raises(UsageError, match=r"person 2 \(Bobby\) has the user_id of") as caught:
        people.import_people([person(), double], update=True)
    assert "id p2" in str(caught.value)
    assert caught.value.hint
    lead = Person("p8", {"user_id": "u-2", "role": "lead"})  # it does not find leads
    assert 1 == people.import_people([lead])


def test_a_user_id_may_move_with_its_person(folder: Path) -> None:
    """For a seed person, the stored one counts."""
    people = LocalPeopleStore(folder, [BOB])
    people.import_people([Person("p2", {"user_id": "u-22"})], update=True)
    assert 1 == people.import_people([Person("p3", {"user_id": "u-2"})])
    assert "p3" == people.find(PersonQuery("user_id", "u-2")).id


# Processes

COMMITTER = """
import json, sys
from pathlib import Path
from cactions.edges.store.people import LocalPeopleStore
from tests.builders import a_plan, change, person
for line in sys.stdin:
    folder, before, after = json.loads(line)
    people = LocalPeopleStore(Path(folder), [person(tier="silver")])
    print(people.commit(a_plan(change(before, after))).outcome.value)
"""


def test_of_two_processes_exactly_one_writes_a_person(tmp_path: Path) -> None:
    """Fifty rounds; in half of them the store itself is created in the race, too."""
    before = {tmp_path / "old": "silver"}
    with ExitStack() as stack:
        pair = [stack.enter_context(running(COMMITTER)) for _ in range(2)]
        for number in range(50):
            folder = tmp_path / (f"new{number}" if number % 2 else "old")
            wanted = [f"{number}-{side}" for side in range(2)]
            for process, after in zip(pair, wanted, strict=True):
                tell(process, json.dumps([str(folder), before.get(folder, "silver"), after]))
            outcomes = [said(process) for process in pair]
            assert ["applied", "conflict"] == sorted(outcomes)
            before[folder] = wanted[outcomes.index("applied")]
            with closing(LocalPeopleStore(folder)) as people:
                assert before[folder] == people.get("p1").attributes["tier"]


IMPORTER = """
import os, signal, sys
from pathlib import Path
from cactions.edges.store.people import LocalPeopleStore
from cactions.model import Person
def people():
    for number in range(20_000):
        yield Person(f"x{number}", {"user_id": f"x-{number}"}, {"tier": "x" * 50})
    os.kill(os.getpid(), signal.SIGKILL)
LocalPeopleStore(Path(sys.argv[1])).import_people(people(), update=True)
"""


def test_a_killed_import_changes_nothing(folder: Path) -> None:
    """The next command finds the store unchanged, and can write it."""
    LocalPeopleStore(folder).import_people([person(tier="silver")])
    assert finished(IMPORTER, folder).returncode < 0
    people = LocalPeopleStore(folder)
    assert [person(tier="silver")] == list(people.list())
    assert Outcome.APPLIED is people.commit(GOLD).outcome


# Hostile environments


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE person SET user_id = 'u-9', id = 'p9'", "there is no person"),
        ("UPDATE person SET email = 'eve@example.com'", "contradicts itself"),
        ("UPDATE person SET role = 'lead'", "contradicts itself"),
        ("UPDATE person SET test = 7", "contradicts itself"),
        ("UPDATE person SET fields = '{}'", "contradicts itself"),
        ("UPDATE person SET attributes = '{'", "damaged: not JSON"),
        ("UPDATE person SET attributes = '[]'", "not a JSON object"),
        ("UPDATE person SET attributes = x'00'", "not a JSON object"),
        ('UPDATE person SET attributes = \'{"a":1,"a":2}\'', "stands twice"),
    ],
)
def test_a_manually_changed_row_is_not_trusted(folder: Path, statement: str, words: str) -> None:
    """No person is found by a key that differs from their own fields."""
    people = LocalPeopleStore(folder)
    people.import_people([person(tier="silver")])
    sql(folder, statement)
    with pytest.raises((StoreError, UsageError), match=words) as caught:
        people.commit(GOLD)
    assert caught.value.hint


def test_a_linked_state_folder_is_refused_before_reading(folder: Path) -> None:
    """A cloned repository must not make us read or write elsewhere."""
    elsewhere = folder.with_name("elsewhere")
    LocalPeopleStore(elsewhere).import_people([person()])
    folder.symlink_to(elsewhere)
    for use in (lambda p: p.get("p1"), lambda p: p.commit(GOLD), lambda p: list(p.list())):
        with pytest.raises(StoreError, match="symbolic link"):
            use(LocalPeopleStore(folder))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_reported_and_not_changed(folder: Path) -> None:
    """The error says what to check; people can still be read, without creating files."""
    LocalPeopleStore(folder).import_people([person(tier="silver")])
    folder.chmod(0o500)
    with pytest.raises(StoreError, match="may not be written") as caught:
        LocalPeopleStore(folder).commit(GOLD)
    assert "permissions" in caught.value.hint
    assert {"tier": "silver"} == LocalPeopleStore(folder).get("p1").attributes
    assert [FILE_NAME] == files(folder)
    folder.chmod(0o700)


def test_people_without_a_folder_come_from_the_seed_and_cannot_be_written() -> None:
    """Test runs have no store that an attacker could prepare."""
    people = LocalPeopleStore(None, [person()])
    assert [person()] == list(people.list())
    assert 1 == len(list(people.list()))
    with pytest.raises(StoreError, match="have no store"):
        people.import_people([person()])
