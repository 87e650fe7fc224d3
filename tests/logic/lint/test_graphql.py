"""Reading GraphQL: fields with what they use of the variables; no text stops it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.lint.graphql import GraphField, read_fields
from cactions.model import Input, JsonTemplate, PersonField, Template, list_references

ORDER, ME = Input("order"), PersonField("user_id")
VARIABLES: dict[str, JsonTemplate] = {"o": Template((ORDER,)), "me": Template((ME,))}


def read(*query: object) -> tuple[GraphField, ...] | None:
    text = Template(tuple(query))  # type: ignore[arg-type]
    return read_fields({"query": text, "variables": VARIABLES})


def list_uses(fields: tuple[GraphField, ...] | None) -> dict[str, list[str]]:
    """The references in the arguments of each field, in its order."""
    found: dict[str, list[str]] = {}
    for field in fields or ():
        found[field.name] = [str(each) for each in list_references(field.arguments)]
        found |= list_uses(field.fields)
    return found


@pytest.mark.parametrize(
    ("query", "uses"),
    [
        ("query($o: ID!, $me: ID!) { order(id: $o) { total } }",
         {"order": ["inputs.order"], "total": []}),
        ("{ a: order(id: $o) { b: total } me: user(id: $me) { name } }",
         {"order": ["inputs.order"], "total": [], "user": ["person.user_id"], "name": []}),
        ("query Q($o: F = {a: 1}) @x(y: $me) { orders(where: {or: [{id: $o}, {me: $me}]}) { n } }",
         {"orders": ["inputs.order", "person.user_id"], "n": []}),
        ("# $me\nmutation { cancel(id: $o) { ... on Done { at(zone: $me) } ok @skip(if: $me) } }",
         {"cancel": ["inputs.order"], "at": ["person.user_id"], "ok": []}),
        ("{ order(id: $o) @live { total @x(y: $me) @y { n(a: $me) } } }",
         {"order": ["inputs.order"], "total": [], "n": ["person.user_id"]}),
    ],
)  # fmt: skip
def test_only_arguments_use_variables(query: str, uses: dict[str, list[str]]) -> None:
    """Declarations, directives and comments do not; an alias is no name."""
    assert uses == list_uses(read(query))


def test_a_value_inside_of_the_query_is_an_argument() -> None:
    """In a text, as Intercom fills it in."""
    assert {"order": ["inputs.order"]} == list_uses(read('{ order(id: "', ORDER, '") }'))


def test_only_the_operation_that_is_asked_for_counts() -> None:
    """With its fragments."""
    query = Template(("query A { ...F } query B { b(me: $me) } fragment F on Q { order(id: $o) }",))
    asked: dict[str, JsonTemplate] = {"query": query, "operationName": Template(("A",))}
    assert {"order": ["inputs.order"]} == list_uses(read_fields({**asked, "variables": VARIABLES}))


def test_without_a_name_all_operations_count() -> None:
    """Whatever they are called: which one is carried out cannot be told."""
    query = Template(("query None { order(id: $o) } query B { b(me: $me) }",))
    for asked in ({}, {"operationName": None}, {"operationName": ""}, {"operationName": 1}):
        found = list_uses(read_fields({"query": query, "variables": VARIABLES, **asked}))
        assert {"order": ["inputs.order"], "b": ["person.user_id"]} == found


@pytest.mark.parametrize("query", ["{ " * 9_000, "{ a(x: " + "[ " * 9_000, "{ a(x: { y" * 3_000])
def test_depth_is_limited(query: str) -> None:
    """No recursion without an end."""
    assert read(query) is not None


@pytest.mark.parametrize(
    ("start", "before", "after", "end"),
    [
        ("", "{ a ", " }", "{ b(x: $me) }"),
        ("", "{ ... ", " }", "{ b(x: $me) }"),
        ("{ b(x: ", "{ y: ", " }", "$me"),
        ("{ b(x: ", "[ ", " ]", "$me"),
    ],
)
def test_a_use_is_found_at_any_depth(start: str, before: str, after: str, end: str) -> None:
    """In fields, fragments, objects and lists; from some depth on they count as flat."""
    tail = ") }" if start else ""
    for depth in (*range(40), 300):
        found = list_uses(read(f"{start}{before * depth}{end}{after * depth}{tail}"))
        assert ["person.user_id"] == found["b"], depth


@given(st.text(alphabet='{}()[]:$@."#ab \n', max_size=60))
def test_no_text_stops_the_reader(text: str) -> None:
    """What is no GraphQL has some fields or none."""
    assert read("{ ", ORDER, text) is not None
