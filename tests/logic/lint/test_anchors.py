"""How well a value at its place says whose record is found."""

from __future__ import annotations

import pytest

from cactions.logic.expressions.template import parse_template
from cactions.logic.lint.anchors import RequestShape, measure_anchors
from cactions.logic.lint.conditions import Grade
from cactions.model import Input, PersonField
from cactions.rules.rule import LookupKey, RequestPart
from tests.builders import action

USER_ID = PersonField("user_id")
ORDER = Input("order_id")


def measure(part: RequestPart, name: str, text: str) -> Grade:
    """The grade of the user id in this text, under this name."""
    template = parse_template(text).template
    key = LookupKey(USER_ID, part, "request", name, template)
    chosen = frozenset({ORDER})
    return measure_anchors(RequestShape(action(), (key,), None, chosen, chosen)).grade


@pytest.mark.parametrize(
    ("part", "name", "grade"),
    [
        (RequestPart.QUERY, "customer_id", Grade.PROVEN),
        (RequestPart.HEADER, "X-Customer-Id", Grade.PROVEN),
        (RequestPart.HEADER, "X-Trace", Grade.NONE),
        (RequestPart.HEADER, "X-Locale", Grade.NONE),
        (RequestPart.QUERY, "q", Grade.WEAK),
    ],
)
def test_a_value_alone_is_told_by_its_name(part: RequestPart, name: str, grade: Grade) -> None:
    """A header that is not named as an identifier finds no record."""
    assert grade is measure(part, name, "{{ person.user_id }}")


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("customer_id:{{ person.user_id }}", Grade.PROVEN),
        ("customer_id = {{ person.user_id }}", Grade.PROVEN),
        ("order:{{ inputs.order_id }} customer_id:{{ person.user_id }}", Grade.PROVEN),
        ("customer_id:{{ inputs.order_id }} order:{{ person.user_id }}", Grade.WEAK),
        ("customer_id:{{ inputs.order_id }} {{ person.user_id }}", Grade.NONE),
        ("customer_id:{{ person.user_id }} OR order:{{ inputs.order_id }}", Grade.NONE),
        ("note:{{ person.user_id }}", Grade.NONE),
        ("of {{ person.user_id }}", Grade.NONE),
    ],
)
def test_a_value_in_a_text_is_told_by_the_word_before_it(text: str, grade: Grade) -> None:
    """By its own, not by that of another value; one of several conditions says nothing."""
    assert grade is measure(RequestPart.QUERY, "q", text)
