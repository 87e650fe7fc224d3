"""People of the workspace as rows: by contact id, with what they were found by."""

from __future__ import annotations

import pytest

from cactions.logic.documents.job_rows import row_from_json, write_row
from cactions.logic.people.condition_text import parse_conditions
from cactions.logic.people.selected_rows import build_selected_rows
from cactions.logic.strict_json import parse_json
from cactions.model import (
    ABSENT,
    Attribute,
    DataType,
    JobRow,
    Person,
    PersonAttribute,
    PersonField,
    PersonQuery,
    Precondition,
    UsageError,
)
from tests.builders import action

DECLARED = {"tier": Attribute("tier", DataType.STRING), "plan": Attribute("plan", DataType.STRING)}
ADA = Person("p1", {"user_id": "u-1", "email": "ada@example.com"}, {"tier": "gold"})


def test_a_row_names_a_person_by_id_with_what_the_search_went_by() -> None:
    """Also what they do not have; but not when they were last there, which changes by itself."""
    texts = [
        "custom_attributes.tier = gold", "custom_attributes.plan != x",
        "email_domain = example.com",        "role = user", "last_seen_at > 2026-01-01", "os = mac",
        "custom_attributes.tier != silver",
    ]  # fmt: skip
    rows = build_selected_rows([ADA], parse_conditions(texts, DECLARED), action(), {})
    premises = (
        Precondition(PersonAttribute("tier"), "gold"),
        Precondition(PersonAttribute("plan"), ABSENT),
        Precondition(PersonField("email"), "ada@example.com"),
        Precondition(PersonField("role"), ABSENT),
    )
    [row] = rows
    assert JobRow(1, PersonQuery("id", "p1"), {}, premises) == row
    assert row == row_from_json(parse_json(write_row(row)))


def test_everyone_of_a_workspace_rests_on_nothing_more() -> None:
    """Each is numbered in order."""
    rows = [*build_selected_rows([ADA, Person("p2")], (), action(), {})]
    assert [(1, "p1", ()), (2, "p2", ())] == [(r.line, r.query.value, r.premises) for r in rows]
    assert rows == [row_from_json(parse_json(write_row(row))) for row in rows]


def test_inputs_that_the_action_does_not_have_are_refused_before_anyone_is_read() -> None:
    """The people are an iterator that fails when it is read."""
    unread = (Person(str(1 / 0)) for _ in "x")
    with pytest.raises(UsageError, match='has no input "size"'):
        build_selected_rows(unread, (), action(), {"size": 1})
