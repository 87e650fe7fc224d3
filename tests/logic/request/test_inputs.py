"""Data inputs: a given value becomes the declared type exactly, or is refused with a next step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic import strict_json
from cactions.logic.request.inputs import resolve_inputs
from cactions.model import (
    Action,
    ActionRequest,
    ActionResponse,
    DataInput,
    InputType,
    Scalar,
    Template,
    UsageError,
    is_same,
)

ONE = "order_id"
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = {
    InputType.INTEGER: st.integers(),
    InputType.DECIMAL: st.integers() | FLOATS,
    InputType.BOOLEAN: st.booleans(),
}
TYPED_VALUES = st.sampled_from(sorted(VALUES, key=str)).flatmap(
    lambda kind: st.tuples(st.just(kind), VALUES[kind])
)


def asking(*inputs: DataInput) -> Action:
    """An action with these data inputs."""
    request = ActionRequest("get", Template(("https://api.shop.example/",)))
    return Action("delivery", "user_id", request, ActionResponse(), inputs=inputs)


def resolved(kind: str, given: Scalar) -> Scalar:
    """The result for one value."""
    return resolve_inputs(asking(DataInput(ONE, InputType(kind))), {ONE: given})[ONE]


def refusal(action: Action, given: dict[str, Scalar]) -> tuple[str, str]:
    """Message and hint of the expected refusal."""
    with pytest.raises(UsageError) as caught:
        resolve_inputs(action, given)
    return str(caught.value), caught.value.hint


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("string", "0012 ", "0012 "),
        ("string", "true", "true"),
        ("string", "", ""),
        ("integer", "12", 12),
        ("integer", "-9007199254740993", -9007199254740993),
        ("integer", 0, 0),
        ("decimal", "12.5", 12.5),
        ("decimal", "12", 12),
        ("decimal", -0.5, -0.5),
        ("boolean", "true", True),
        ("boolean", False, False),
    ],
)
def test_a_value_or_its_text_becomes_the_declared_type(
    kind: str, given: Scalar, expected: Scalar
) -> None:
    """Texts from the command line and values from the file give the same result."""
    assert is_same(expected, resolved(kind, given))


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        *[("string", value) for value in (12, 1.5, True)],
        *[
            ("integer", text)
            for text in ("012", "+1", " 1", "1 ", "1_000", "1.0", "1e3", "٣", "-0")
        ],
        *[
            ("integer", text)
            for text in ("", "x", "true", "null", '"1"', "[1]", "9" * 641, "[" * 9999)
        ],
        *[("integer", value) for value in (True, 1.0)],
        *[("decimal", text) for text in ("12.50", ".5", "1.", "1e3", "1e400", "NaN", "0x1", "1,5")],
        ("decimal", "0.1234567890123456789"),
        *[("decimal", value) for value in (True, float("nan"), float("inf"))],
        *[("boolean", value) for value in ("TRUE", "True", "yes", "1", "", "null", 1, 0)],
    ],
)
def test_an_inexact_value_is_refused(kind: str, given: Scalar) -> None:
    """A text that JSON would write differently, or a value of another type, is refused."""
    words = {"string": "a text", "integer": "an integer", "decimal": "a decimal number"}
    message, hint = refusal(asking(DataInput(ONE, InputType(kind))), {ONE: given})
    expected = f'the input "{ONE}" is not {words.get(kind, "a boolean")}'
    assert expected == message
    assert hint.startswith(f"for example `--input {ONE}=")


@given(TYPED_VALUES)
def test_the_json_text_of_a_value_becomes_the_value(typed: tuple[InputType, Scalar]) -> None:
    """The JSON text of a value is read as exactly this value."""
    kind, value = typed
    assert is_same(value, resolved(kind.value, strict_json.dump_json(value)))
    assert is_same(value, resolved(kind.value, value))


@given(st.sampled_from(["integer", "decimal", "boolean"]), st.text("0123456789.-+eEtrufalsn "))
def test_every_accepted_text_is_the_json_text(kind: str, text: str) -> None:
    """There is exactly one text for each value."""
    try:
        value = resolved(kind, text)
    except UsageError:
        return
    assert text == strict_json.dump_json(value)


def test_an_unknown_input_is_refused_with_the_nearest_name() -> None:
    """Inputs that the action does not declare are refused."""
    action = asking(DataInput(ONE, InputType.STRING))
    unknown = ('the action delivery has no input "order"', 'did you mean "order_id"?')
    none_at_all = (
        'the action delivery has no input "order"',
        "leave it out: the action takes no inputs",
    )
    assert unknown == refusal(action, {"order": "1"})
    assert none_at_all == refusal(asking(), {"order": "1"})


@pytest.mark.parametrize("given", [{}, {ONE: None}, {ONE: ""}])
def test_a_required_input_needs_a_value(given: dict[str, Scalar]) -> None:
    """Absent, null and empty stop, and the hint shows what to type."""
    expected = (f'the input "{ONE}" needs a value', f"use `--input {ONE}=VALUE`")
    assert expected == refusal(asking(DataInput(ONE, InputType.STRING, required=True)), given)


def test_defaults_are_used_and_missing_inputs_are_left_out() -> None:
    """A given value overrides the default, even an empty one; null counts as not given."""
    action = asking(
        DataInput("a", InputType.STRING, default_value="x"),
        DataInput("b", InputType.INTEGER, required=True, default_value="7"),
        DataInput("c", InputType.BOOLEAN),
    )
    filled, given = {"a": "x", "b": 7}, {"a": "", "b": 8, "c": False}
    assert is_same(filled, resolve_inputs(action, {}))
    assert is_same(filled, resolve_inputs(action, {"a": None, "c": None}))
    assert is_same(given, resolve_inputs(action, {"a": "", "b": "8", "c": "false"}))
