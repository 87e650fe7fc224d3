"""A search of the local workspace finds whom the workspace server finds, for generated people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cactions.edges.store.people import LocalPeopleStore
from cactions.logic.people.condition_fields import SEARCH_FIELDS, list_operators
from cactions.logic.people.condition_match import LOCAL_FIELDS, check_local_fields
from cactions.logic.people.condition_text import parse_conditions
from cactions.model import CUSTOM_ATTRIBUTES, Attribute, Condition, DataType, Person, UsageError
from tests.case_counts import COUNTS
from tests.conditions import format_condition
from tests.edges.intercom.clients import people_of
from tests.run_report import REPORT
from tests.workspace import Settings, WorkspaceServer

PEOPLE, EXPRESSIONS = 120, 80
DAY = 86_400
NOON = 1_769_860_800
"""2026-01-31T12:00:00Z"""

ATTRIBUTES = {
    "tier": DataType.STRING, "points": DataType.INTEGER, "score": DataType.FLOAT,
    "active": DataType.BOOLEAN, "since": DataType.DATE,
}  # fmt: skip
DECLARED = {name: Attribute(name, data_type) for name, data_type in ATTRIBUTES.items()}
WORDS = ["Ada", "ada lovelace", "ADA", "Straße", "STRASSE", "x y", '"q"', "a,b", "g", "gold"]
VALUES: Mapping[DataType, list[Any]] = {
    DataType.STRING: WORDS,
    DataType.INTEGER: [-3, 0, 1, 2, 50, 10**12],
    DataType.FLOAT: [-0.5, 0.0, 1.0, 1.5, 50.0],
    DataType.BOOLEAN: [True, False],
    DataType.DATE: [NOON + hours * 3600 for hours in (-37, -36, -13, -12, -1, 0, 11, 12, 13, 60)],
}


def build_person(number: int, random: Random) -> Person:
    """Some values are missing, and some are null."""
    role = random.choice(["user", "user", "lead"])
    fields: dict[str, Any] = {
        "role": role, "created_at": random.choice(VALUES[DataType.DATE]),
        "updated_at": random.choice(VALUES[DataType.DATE]),
        "unsubscribed_from_emails": random.random() < 0.3,
    }  # fmt: skip
    if role == "user" and random.random() < 0.8:
        fields["user_id"] = f"user_{number % 7}_{number}"
    optional = {
        "email": random.choice([f"Ada{number}@Gold.example", f"bob{number}@x.y"]),
        "name": random.choice(WORDS), "phone": f"+4420{number}", "owner_id": random.choice("gq7"),
        "avatar": f"https://gold.example/{number % 5}.png",
        "signed_up_at": random.choice(VALUES[DataType.DATE]),
        "last_seen_at": random.choice(VALUES[DataType.DATE]),
    }  # fmt: skip
    fields |= {name: value for name, value in optional.items() if random.random() < 0.6}
    attributes = {
        name: None if random.random() < 0.2 else random.choice(VALUES[data_type])
        for name, data_type in ATTRIBUTES.items()
        if random.random() < 0.7
    }
    return Person(f"{number:024x}", fields, attributes)


def build_condition(random: Random, people: list[Person]) -> Condition:
    """Values are those of a person, parts of them, or those of nobody."""
    fields = {name: SEARCH_FIELDS[name] for name in sorted(LOCAL_FIELDS)}
    fields |= {CUSTOM_ATTRIBUTES + name: data_type for name, data_type in ATTRIBUTES.items()}
    field, data_type = random.choice([*fields.items()])
    operator = random.choice(list_operators(field, data_type))
    known = {"external_id": "user_id", "email_domain": "email"}.get(field, field)
    seen = [value for p in people if (value := p.get_field(known)) and isinstance(value, str)]
    if field == "role":
        pool: list[Any] = ["user", "lead"]
    elif data_type is DataType.STRING and seen:
        whole = random.choice(seen)
        pool = [
            whole,
            whole.upper(),
            whole.partition("@")[2] or whole,
            whole[1:4] or whole,
            "nothing@x",
        ]
    else:
        pool = VALUES[data_type]
    if field == "external_id":  # a lead has one that the platform made: hexadecimal digits
        pool = [f"{value}_" for value in pool] + [f"user_{random.randrange(7)}_", *seen[:3]]
    count = random.randrange(1, 4) if operator in ("IN", "NIN") else 1
    return Condition(field, operator, tuple(random.choice(pool) for _ in range(count)), data_type)


@pytest.fixture(scope="module")
def people() -> list[Person]:
    random = Random(7)
    return [build_person(number, random) for number in range(PEOPLE)]


@pytest.fixture(scope="module")
def server(people: list[Person]) -> Iterator[WorkspaceServer]:
    with WorkspaceServer(Settings(timezone="UTC"), tls=True) as found:
        for name, data_type in ATTRIBUTES.items():
            found.add_attribute(name, data_type.value)
        for person in people:
            fields = {**person.fields}
            user_id = fields.pop("user_id", None)
            held = dict(person.attributes)
            found.add_contact(id=person.id, external_id=user_id, **fields, custom_attributes=held)
        yield found


@pytest.mark.hostile
def test_both_workspaces_find_the_same_people(
    people: list[Person], server: WorkspaceServer, tmp_path: Path
) -> None:
    """Every person by every expression; half of the people are stored, the others in the YAML."""
    expressions = EXPRESSIONS * COUNTS.factor
    store = LocalPeopleStore(tmp_path, people[::2])
    store.import_people(people[1::2])
    random, found, differences = Random(expressions), 0, []
    with people_of(server) as remote:
        for _ in range(expressions):
            texts = [
                format_condition(build_condition(random, people))
                for _ in range(random.choice([1, 1, 2, 3]))
            ]
            conditions = parse_conditions(texts, DECLARED)
            theirs = sorted(person.id for person in remote.search(conditions))
            ours = sorted(person.id for person in store.search(conditions))
            found += len(ours)
            if ours != theirs:
                differences.append((texts, {*ours} ^ {*theirs}))
        everyone = sorted(person.id for person in remote.search(()))
    store.close()
    assert [] == differences
    assert everyone == sorted(person.id for person in people)
    assert 0.1 < found / PEOPLE / expressions < 0.9
    REPORT.append(f"searches: {PEOPLE} people by {expressions} expressions, no difference")


@pytest.mark.parametrize("field", sorted(SEARCH_FIELDS.keys() - LOCAL_FIELDS))
def test_a_field_that_only_intercom_has_is_refused_by_a_local_workspace(field: str) -> None:
    """It would find no one, or everyone."""
    value = {DataType.DATE: "2026-01-01", DataType.BOOLEAN: "true"}.get(SEARCH_FIELDS[field], "x")
    with pytest.raises(UsageError, match=f"does not know {field} of its people"):
        check_local_fields(parse_conditions([f"{field} = {value}"], {}))
