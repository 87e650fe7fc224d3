"""What a mapping reads: one element of a list, all elements, several texts, JSON inside a text."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.exchange.row_choice import ReferenceValues
from cactions.logic.expressions.json_path import parse_path
from cactions.logic.plan.read_value import read_value
from cactions.logic.values.dates import DateError
from cactions.model import (
    ABSENT,
    Aggregate,
    AttributeMapping,
    DataType,
    DateForm,
    DateFormat,
    Json,
    KeepReason,
    Order,
    PersonField,
    RowOrder,
    Rows,
)
from tests.builders import mapping, person


def element(
    path: str = "$.value", order: RowOrder | None = None, **literals: Any
) -> AttributeMapping:
    """That element of ``$.list`` which has these members."""
    inner = parse_path(path)
    pairs = tuple((parse_path(f"$.{name}"), value) for name, value in literals.items())
    elements = Rows(parse_path("$.list[*]", rows=True), (), pairs, order)
    full = parse_path(f"$.list[*]{path[1:]}", rows=True)
    assert full.segments == (*elements.path.segments, *inner.segments)
    return AttributeMapping(mapping().attribute, full, elements=elements)


def all_of(kind: Aggregate, path: str, **literals: Any) -> AttributeMapping:
    pairs = tuple((parse_path(f"$.{name}"), value) for name, value in literals.items())
    full = parse_path(path, rows=True)
    elements = Rows(parse_path("$.list[*]", rows=True), (), pairs) if pairs else None
    return AttributeMapping(
        mapping("n", "float").attribute, full, elements=elements, aggregate=kind
    )


def refusal(of: AttributeMapping, document: Json) -> tuple[KeepReason, str]:
    with pytest.raises(DateError) as caught:
        read_value(of, document)
    return caught.value.reason, caught.value.detail


def listed(*items: Json) -> Json:
    return {"list": [*items]}


def test_one_element_is_found_by_its_members() -> None:
    """None is missing, two are refused; the literal has a type."""
    tier, other = {"key": "tier", "value": "gold"}, {"key": "size", "value": "L"}
    of = element(key="tier")
    assert read_value(of, listed(other, tier)) == "gold"
    assert read_value(of, listed(other)) is ABSENT
    assert read_value(of, listed()) is ABSENT
    assert read_value(of, {"list": None}) is ABSENT
    assert read_value(of, {"list": tier}) is ABSENT
    assert read_value(of, listed(tier, "text", None, 5)) == "gold"
    assert read_value(element(key=1), listed({"key": True, "value": 1}, {"key": "1"})) is ABSENT
    reason, detail = refusal(of, listed(tier, tier))
    assert reason is KeepReason.MANY_ELEMENTS
    assert "2 elements of $.list[*] fit" in detail


def order(kind: Order, date: DateFormat | None = None) -> RowOrder:
    return RowOrder(kind, parse_path("$.at"), date)


MAIL = DateFormat(DateForm.RFC2822)
ORDERED: list[tuple[RowOrder, Sequence[Json], int]] = [
    (order(Order.NEWEST), ["2026-01-31T10:00:00Z", "2026-01-31T10:30:00+01:00"], 0),
    (order(Order.OLDEST), ["2026-01-31T10:00:00Z", "2026-01-31T10:30:00+01:00"], 1),
    (order(Order.NEWEST), ["2017-03-21T19:09:28", "2018-03-21T19:09:28"], 1),
    (order(Order.NEWEST), ["2017-03-21T19:09:28.125", "2017-03-21T19:09:28.13"], 1),
    (order(Order.NEWEST), ["2017-03-21", "2018-03-21"], 1),
    (order(Order.NEWEST), [1700000000, 1700000000.5], 1),
    (order(Order.NEWEST, DateFormat(DateForm.UNIX_MS)), [1700000000000, 1600000000000], 0),
    (order(Order.OLDEST, MAIL), ["Wed, 10 Jan 2018 21:05:30 GMT", "10 Jan 2018 21:05:29 GMT"], 1),
    (order(Order.FIRST), [2, 1.5, 10], 1),
    (order(Order.LAST), [2, 1.5, 10], 2),
]


@pytest.mark.parametrize(("by", "values", "position"), ORDERED)
def test_the_first_by_an_order_is_taken(by: RowOrder, values: list[Json], position: int) -> None:
    """Wherever it stands; a tie is refused."""
    rows = [{"at": value, "value": n} for n, value in enumerate(values)]
    of = element(order=by)
    assert read_value(of, listed(*rows)) == position
    assert read_value(of, listed(*reversed(rows))) == position
    assert read_value(of, listed(rows[0])) == 0
    reason, detail = refusal(of, listed(*rows, rows[position]))
    assert (reason, "equally" in detail) == (KeepReason.MANY_ELEMENTS, True)


@pytest.mark.parametrize(
    "values",
    [
        ["2026-01-31T10:00:00Z", "2026-01-31T10:00:00"],
        ["2026-01-31T10:00:00Z", None],
        ["2026-01-31T10:00:00Z", ""],
        ["2026-01-31T10:00:00Z", 1700000000],
        ["2026-01-31", "2026-01-31T10:00:00"],
        ["soon", "later"],
        [True, False],
        [[1], [2]],
    ],
)
def test_what_cannot_be_compared_is_refused(values: list[Json]) -> None:
    """Never the first of many."""
    rows = [{"at": value, "value": n} for n, value in enumerate(values)]
    for by in (order(Order.NEWEST), order(Order.FIRST), order(Order.OLDEST, MAIL)):
        assert refusal(element(order=by), listed(*rows))[0] is KeepReason.MANY_ELEMENTS


NUMBERS = st.lists(st.integers(-(10**6), 10**6) | st.integers(-999, 999).map(lambda n: n / 100))


@given(NUMBERS)
def test_aggregates_are_exact(numbers: list[float]) -> None:
    """As fractions would have it."""
    document = listed(*({"n": number} for number in numbers))
    exact = [Fraction(repr(number)) for number in numbers]
    path = "$.list[*].n"
    assert read_value(all_of(Aggregate.COUNT, path), document) == len(numbers)
    total = read_value(all_of(Aggregate.SUM, path), document)
    assert isinstance(total, int | float)
    assert Fraction(repr(total)) == sum(exact, Fraction(0))
    for kind, choose in ((Aggregate.MIN, min), (Aggregate.MAX, max)):
        found = read_value(all_of(kind, path), document)
        assert found is ABSENT if not exact else Fraction(repr(found)) == choose(exact)


def test_an_aggregate_chooses_and_has_a_list() -> None:
    """No list is no zero; empty members are left out; anything but numbers is refused."""
    paid = {"state": "paid", "n": 0.1}
    document = listed(paid, {"state": "open", "n": 5}, {"state": "paid", "n": 0.2})
    assert read_value(all_of(Aggregate.SUM, "$.list[*].n", state="paid"), document) == 0.3
    assert read_value(all_of(Aggregate.COUNT, "$.list[*]", state="paid"), document) == 2
    for wrong in ({}, {"list": None}, {"list": {"a": 1}}):
        assert read_value(all_of(Aggregate.COUNT, "$.list[*]"), wrong) is ABSENT
    assert read_value(all_of(Aggregate.SUM, "$.list[*].n"), listed({"n": None}, {}, paid)) == 0.1
    for value in ("5", True, [1]):
        reason, _ = refusal(all_of(Aggregate.SUM, "$.list[*].n"), listed({"n": value}))
        assert reason is KeepReason.WRONG_TYPE


def test_several_values_make_one_text() -> None:
    """A missing one is missing, an empty one is empty, and no other type is converted unasked."""
    first, last = parse_path("$.first"), parse_path("$.last")
    of = AttributeMapping(mapping().attribute, first, text=(first, " ", last))
    assert read_value(of, {"first": "Ada", "last": "Lovelace"}) == "Ada Lovelace"
    assert read_value(of, {"first": "Ada"}) is ABSENT
    assert read_value(of, {"first": None, "last": "x"}) is None
    assert read_value(of, {"first": "", "last": "x"}) == ""
    assert "type: string" in refusal(of, {"first": 1, "last": "x"})[1]
    forced = AttributeMapping(
        mapping().attribute, first, text=(first, " ", last), type=DataType.STRING
    )
    assert read_value(forced, {"first": 1, "last": True}) == "1 true"


@pytest.mark.parametrize(
    ("value", "joined"), [(["a", "b"], "a, b"), ([], ""), (["a"], "a"), (None, None)]
)
def test_a_list_of_texts_is_joined(value: Json, joined: Json) -> None:
    """In its order; an empty list is an empty text."""
    of = mapping(path="$.tags", join=", ")
    assert read_value(of, {"tags": value}) == joined
    of = AttributeMapping(mapping().attribute, parse_path("$.list[*].tag", rows=True), join="|")
    assert read_value(of, listed({"tag": "x"}, {"other": 1}, {"tag": "y"})) == "x|y"
    assert read_value(of, {}) is ABSENT
    for wrong in ([1], [None], [["a"]], "text", {}):
        reason, _ = refusal(mapping(path="$.tags", join=","), {"tags": wrong})
        assert reason is KeepReason.WRONG_TYPE


def test_json_inside_a_text_is_parsed() -> None:
    """Strictly, once, and never as anything but a text."""
    of = mapping(path="$.payload", parse=parse_path("$.tier"))
    assert read_value(of, {"payload": '{"tier": "gold"}'}) == "gold"
    assert read_value(of, {"payload": "{}"}) is ABSENT
    assert read_value(of, {"payload": ""}) == ""
    assert read_value(of, {}) is ABSENT
    assert refusal(of, {"payload": "{"})[0] is KeepReason.NOT_JSON
    assert refusal(of, {"payload": '{"a":1,"a":2}'})[0] is KeepReason.NOT_JSON
    assert refusal(of, {"payload": {"tier": "gold"}})[0] is KeepReason.WRONG_TYPE


def test_elements_are_chosen_by_values_of_the_person() -> None:
    """As rows are; without a person, none is."""
    pairs = ((parse_path("$.email"), PersonField("email")),)
    elements = Rows(parse_path("$.list[*]", rows=True), pairs)
    path = parse_path("$.list[*].n", rows=True)
    of = AttributeMapping(
        mapping("n", "float").attribute, path, elements=elements, aggregate=Aggregate.SUM
    )
    document = listed(*({"email": name, "n": n} for n, name in enumerate(("ada@example.com", "b"))))
    asker = ReferenceValues(person(), {})
    assert read_value(of, document, asker) == 0
    assert read_value(of, listed({"email": "ada@EXAMPLE.com", "n": 5}), asker) == 5
    assert read_value(of, listed({"email": "", "n": 5}), asker) == 0
    assert read_value(of, listed({"email": "ada@example.com", "n": 5})) == 0
