"""The coercion table, cell by cell, and properties of every cell."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.plan.coerce import Coerced, Rejected, coerce_value
from cactions.logic.strict_json import dump_json
from cactions.model import MASK, DataType, DateForm, Json, KeepReason, Scalar, is_same
from tests.builders import mapping

TEXT, WHOLE, DECIMAL, FLAG, LIST, OBJECT = "gold", 42, 1.5, True, ["gold"], {"tier": "gold"}
ISO = "2026-11-22T10:00:00Z"
SECONDS = 1795341600

FORMS = [
    ("string", None),
    ("integer", None),
    ("float", None),
    ("boolean", None),
    ("date", DateForm.ISO8601),
    ("date", DateForm.UNIX_S),
    ("date", DateForm.UNIX_MS),
]

FITS: list[tuple[str, DateForm | None, Json, Scalar]] = [
    ("string", None, "gold", "gold"),
    ("string", None, "two\nlines\tand a tab", "two\nlines\tand a tab"),
    ("string", None, "é😀\u202e", "é😀\u202e"),
    ("string", None, " ", " "),
    ("string", None, "x" * 255, "x" * 255),
    ("integer", None, 42, 42),
    ("integer", None, -7, -7),
    ("integer", None, 2**53 - 1, 2**53 - 1),
    ("integer", None, 1 - 2**53, 1 - 2**53),
    ("float", None, 1.5, 1.5),
    ("float", None, 3, 3.0),
    ("float", None, 2**53, float(2**53)),
    ("float", None, 1e300, 1e300),
    ("boolean", None, True, True),
    ("boolean", None, False, False),
    ("date", DateForm.ISO8601, ISO, SECONDS),
    ("date", DateForm.UNIX_S, SECONDS, SECONDS),
    ("date", DateForm.UNIX_S, 0, 0),
    ("date", DateForm.UNIX_S, -1, -1),
    ("date", DateForm.UNIX_S, 10**11 - 1, 10**11 - 1),
    ("date", DateForm.UNIX_MS, SECONDS * 1000 + 999, SECONDS),
    ("date", DateForm.UNIX_MS, 0, 0),
    ("date", DateForm.UNIX_MS, 10**11, 10**8),
    ("date", DateForm.UNIX_MS, -(10**11) - 1, -(10**8) - 1),
]

FORCED: list[tuple[str, DateForm | None, Json, Scalar]] = [
    ("string", None, 42, "42"),
    ("string", None, -7, "-7"),
    ("string", None, 1.5, "1.5"),
    ("string", None, 3.0, "3.0"),
    ("string", None, True, "true"),
    ("string", None, False, "false"),
    ("integer", None, "42", 42),
    ("integer", None, "-7", -7),
    ("integer", None, "0", 0),
    ("integer", None, 3.0, 3),
    ("integer", None, -0.0, 0),
    ("float", None, "1.5", 1.5),
    ("float", None, "42", 42.0),
    ("float", None, "-1.5e-3", -0.0015),
    ("float", None, "1E3", 1000.0),
    ("boolean", None, "true", True),
    ("boolean", None, "false", False),
    ("date", DateForm.UNIX_S, str(SECONDS), SECONDS),
    ("date", DateForm.UNIX_S, float(SECONDS), SECONDS),
    ("date", DateForm.UNIX_MS, str(SECONDS * 1000), SECONDS),
    ("date", DateForm.UNIX_MS, SECONDS * 1000.0, SECONDS),
]

WRONG_TYPE: list[tuple[str, DateForm | None, list[Json]]] = [
    ("string", None, [LIST, OBJECT]),
    ("integer", None, [TEXT, DECIMAL, FLAG, LIST, OBJECT]),
    ("integer", None, ["007", "+1", "1.0", "-0", "1e3", " 1", "1 ", "1_000", "٤٢", "0x1F", ""]),
    ("integer", None, [0.5, -1.5]),
    ("float", None, [TEXT, FLAG, LIST, OBJECT]),
    ("float", None, ["", "1.", ".5", "+1", "01", "1,5", "NaN", "Infinity", "inf", "0x1p3", "1_0"]),
    ("boolean", None, [TEXT, WHOLE, DECIMAL, LIST, OBJECT]),
    ("boolean", None, [1, 0, "True", "TRUE", "yes", "1", "", "on"]),
    ("date", DateForm.ISO8601, [WHOLE, DECIMAL, FLAG, LIST, OBJECT]),
    ("date", DateForm.UNIX_S, [TEXT, DECIMAL, FLAG, LIST, OBJECT, ISO]),
    ("date", DateForm.UNIX_MS, [TEXT, DECIMAL, FLAG, LIST, OBJECT, ISO]),
]

UNFIT: list[tuple[str, DateForm | None, Json, KeepReason]] = [
    ("string", None, "x" * 256, KeepReason.TOO_LONG),
    ("string", None, "a\0b", KeepReason.UNSUITABLE_TEXT),
    ("string", None, "a\rb", KeepReason.UNSUITABLE_TEXT),
    ("string", None, "\x1b[31mred", KeepReason.UNSUITABLE_TEXT),
    ("string", None, "\x7f", KeepReason.UNSUITABLE_TEXT),
    ("string", None, "\x85", KeepReason.UNSUITABLE_TEXT),
    ("string", None, "half \ud83d", KeepReason.UNSUITABLE_TEXT),
    ("integer", None, 2**53, KeepReason.OUT_OF_RANGE),
    ("integer", None, -(2**53), KeepReason.OUT_OF_RANGE),
    ("integer", None, 10**600, KeepReason.OUT_OF_RANGE),
    ("float", None, 2**53 + 1, KeepReason.OUT_OF_RANGE),
    ("float", None, 10**600, KeepReason.OUT_OF_RANGE),
    ("float", None, float("inf"), KeepReason.OUT_OF_RANGE),
    ("float", None, float("nan"), KeepReason.OUT_OF_RANGE),
    ("date", DateForm.ISO8601, "soon", KeepReason.BAD_DATE),
    ("date", DateForm.ISO8601, "2026-11-22T10:00:00", KeepReason.NAIVE_TIME),
    ("date", DateForm.UNIX_S, SECONDS * 1000, KeepReason.OUT_OF_RANGE),
    ("date", DateForm.UNIX_S, -(10**11), KeepReason.OUT_OF_RANGE),
    ("date", DateForm.UNIX_S, -2208988801, KeepReason.OUT_OF_RANGE),
    ("date", DateForm.UNIX_MS, SECONDS, KeepReason.OUT_OF_RANGE),
    ("date", DateForm.UNIX_MS, -1, KeepReason.OUT_OF_RANGE),
    ("date", DateForm.UNIX_MS, 10**600, KeepReason.OUT_OF_RANGE),
]

UNFIT_THOUGH_FORCED: list[tuple[str, DateForm | None, Json, KeepReason]] = [
    ("string", None, 10**255, KeepReason.TOO_LONG),
    ("integer", None, str(2**53), KeepReason.OUT_OF_RANGE),
    ("integer", None, "9" * 100_000, KeepReason.OUT_OF_RANGE),
    ("integer", None, 1e300, KeepReason.OUT_OF_RANGE),
    ("float", None, str(2**53 + 1), KeepReason.OUT_OF_RANGE),
    ("float", None, "9" * 100_000, KeepReason.OUT_OF_RANGE),
    ("float", None, "1e999", KeepReason.OUT_OF_RANGE),
    ("float", None, "-1e999", KeepReason.OUT_OF_RANGE),
    ("date", DateForm.UNIX_S, "9" * 100_000, KeepReason.OUT_OF_RANGE),
    ("date", DateForm.UNIX_MS, str(SECONDS), KeepReason.OUT_OF_RANGE),
]

JSON: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


def outcome(kind: str, got: Json, **policies: Any) -> Any:
    """The result of coercing; like JSON values, results of different types differ."""
    return repr(coerce_value(mapping("tier", kind, **policies), got))


def why(kind: str, got: Json, **policies: Any) -> KeepReason:
    """The reason of the refusal."""
    coerced = coerce_value(mapping("tier", kind, **policies), got)
    assert isinstance(coerced, Rejected), coerced
    return coerced.reason


def detail(kind: str, got: Json, **policies: Any) -> str:
    """The message of the refusal."""
    coerced = coerce_value(mapping("tier", kind, **policies), got)
    assert isinstance(coerced, Rejected), coerced
    return coerced.detail


@pytest.mark.parametrize(("kind", "form", "got", "value"), FITS)
def test_a_value_of_the_right_type_is_accepted(
    kind: str, form: DateForm | None, got: Json, value: Scalar
) -> None:
    """It is not forced, and ``type:`` makes no difference."""
    assert repr(Coerced(value)) == outcome(kind, got, date=form)
    assert repr(Coerced(value)) == outcome(kind, got, date=form, type=DataType(kind))


@pytest.mark.parametrize(("kind", "form", "got", "value"), FORCED)
def test_another_type_is_converted_only_with_type(
    kind: str, form: DateForm | None, got: Json, value: Scalar
) -> None:
    """Without ``type:`` it is refused, and the detail names the solution."""
    assert repr(Coerced(value, forced=True)) == outcome(kind, got, date=form, type=DataType(kind))
    assert why(kind, got, date=form) is KeepReason.WRONG_TYPE
    assert f"`type: {kind}` would convert it" in detail(kind, got, date=form)


@pytest.mark.parametrize(("kind", "form", "values"), WRONG_TYPE)
def test_an_inconvertible_value_is_refused_even_with_type(
    kind: str, form: DateForm | None, values: list[Json]
) -> None:
    """The dashes of the table."""
    forced = DataType(kind)
    assert {KeepReason.WRONG_TYPE} == {why(kind, got, date=form, type=forced) for got in values}
    assert {KeepReason.WRONG_TYPE} == {why(kind, got, date=form) for got in values}
    assert not any("would convert" in detail(kind, got, date=form) for got in values)


@pytest.mark.parametrize(("kind", "form", "got", "reason"), UNFIT)
def test_a_value_that_cannot_be_held_is_refused_by_name(
    kind: str, form: DateForm | None, got: Json, reason: KeepReason
) -> None:
    """``type:`` does not change that."""
    assert reason is why(kind, got, date=form)
    assert reason is why(kind, got, date=form, type=DataType(kind))


@pytest.mark.parametrize(("kind", "form", "got", "reason"), UNFIT_THOUGH_FORCED)
def test_a_forced_value_has_the_same_limits(
    kind: str, form: DateForm | None, got: Json, reason: KeepReason
) -> None:
    """Without ``type:`` its type is reported first."""
    assert reason is why(kind, got, date=form, type=DataType(kind))
    assert why(kind, got, date=form) is KeepReason.WRONG_TYPE


def test_forcing_another_type_than_the_attributes_forces_nothing() -> None:
    """``type:`` names the attribute's own type or has no effect."""
    assert why("integer", "42", type=DataType.STRING) is KeepReason.WRONG_TYPE


def test_minus_zero_becomes_zero() -> None:
    """An invisible sign is not a change."""
    assert repr(Coerced(0.0)) == outcome("float", -0.0)
    assert repr(Coerced(0.0, forced=True)) == outcome("float", "-0", type=DataType.FLOAT)


@pytest.mark.parametrize(("limit", "length"), [(None, 255), (1000, 255), (10, 10), (0, 0)])
def test_the_smaller_length_limit_applies(limit: int | None, length: int) -> None:
    """Intercom keeps 255 characters; ``max_length`` may only reduce it."""
    assert repr(Coerced("x" * length)) == outcome("string", "x" * length, max_length=limit)
    assert why("string", "x" * (length + 1), max_length=limit) is KeepReason.TOO_LONG
    assert f"{length} are allowed" in detail("string", "x" * (length + 1), max_length=limit)


STATES = (("active", True), ("ended", False), ("1", True), ("true", True), ("none", None))


@pytest.mark.parametrize(
    ("got", "value"), [("active", True), ("ended", False), (1, True), ("1", True), (True, True)]
)
def test_values_are_looked_up_by_text_or_json_text(got: Json, value: Scalar) -> None:
    """Whole numbers and booleans by their JSON text; the result is not forced."""
    assert repr(Coerced(value)) == outcome("boolean", got, values=STATES)


@pytest.mark.parametrize("got", ["Active", "active ", "", "True", 0, 1.0, False, 10**600])
def test_a_value_missing_in_values_is_refused_with_the_list(got: Json) -> None:
    """Not even a value of the attribute's own type is accepted."""
    assert why("boolean", got, values=STATES) is KeepReason.NOT_IN_VALUES
    assert 'known values: "active", "ended", "1"' in detail("boolean", got, values=STATES)


def test_values_does_not_match_decimals() -> None:
    """The JSON text of a decimal is not unique: 1.5, 1.50 and 15e-1 are the same number."""
    assert why("boolean", 1.5, values=(("1.5", True),)) is KeepReason.NOT_IN_VALUES
    assert repr(Coerced(True)) == outcome("boolean", "1.5", values=(("1.5", True),))


@pytest.mark.parametrize("got", [["active"], {"active": 1}, []])
def test_values_does_not_match_lists_and_objects(got: Json) -> None:
    """They have the wrong type, whatever they hold."""
    assert why("boolean", got, values=STATES) is KeepReason.WRONG_TYPE


def test_options_and_one_of_apply_to_the_mapped_value() -> None:
    """The mapped value is checked like any other."""
    values = (("g", "gold"), ("s", "silver"), ("n", None))
    rules: dict[str, Any] = {"values": values, "options": ("gold", "silver"), "one_of": ("gold",)}
    assert repr(Coerced("gold")) == outcome("string", "g", **rules)
    assert why("string", "s", **rules) is KeepReason.NOT_IN_ONE_OF


def test_an_empty_value_from_values_needs_no_listing() -> None:
    """``values: {none: null}`` clears an attribute whatever its options are."""
    assert repr(Coerced(None)) == outcome("string", "none", values=STATES, options=("gold",))


def test_options_are_checked_before_one_of() -> None:
    """The limits of the attribute are reported first."""
    rules: dict[str, Any] = {"options": ("gold", "silver"), "one_of": ("gold",)}
    assert why("string", "wood", **rules) is KeepReason.NOT_AN_OPTION
    assert why("string", "silver", **rules) is KeepReason.NOT_IN_ONE_OF
    assert detail("string", "wood", **rules) == 'allowed values: "gold", "silver"'


@pytest.mark.parametrize(
    ("kind", "options", "got"),
    [("integer", (True,), 1), ("string", ("1",), "1 "), ("float", (1.5,), 1)],
)
def test_options_are_compared_strictly(kind: str, options: tuple[Scalar, ...], got: Json) -> None:
    """``True == 1`` is true in Python, but not here."""
    assert why(kind, got, options=options) is KeepReason.NOT_AN_OPTION


def test_a_whole_number_in_the_options_of_a_float_is_a_float() -> None:
    """YAML authors write 1, and mean 1.0."""
    assert repr(Coerced(1.0)) == outcome("float", 1, options=(1, 2), one_of=(1.0,))


def test_a_long_list_of_choices_is_shortened() -> None:
    """The message stays one sentence."""
    words = detail("integer", -1, options=tuple(range(30)))
    assert words == "allowed values: 0, 1, 2, 3, 4, 5, 6, 7 and 22 more"
    words = detail("integer", -1, options=tuple(range(8)))
    assert words == "allowed values: 0, 1, 2, 3, 4, 5, 6, 7"


@pytest.mark.parametrize(
    ("form", "got", "other"),
    [
        (DateForm.UNIX_S, SECONDS * 1000, "unix_ms"),
        (DateForm.UNIX_S, 10**11, "unix_ms"),
        (DateForm.UNIX_S, -(10**11), "unix_ms"),
        (DateForm.UNIX_MS, SECONDS, "unix_s"),
        (DateForm.UNIX_MS, 10**11 - 1, "unix_s"),
        (DateForm.UNIX_MS, 1 - 10**11, "unix_s"),
    ],
)
def test_seconds_and_milliseconds_are_distinguished(form: DateForm, got: int, other: str) -> None:
    """The common mistake is refused with its solution."""
    assert f"`date: {other}`" in detail("date", got, date=form)


def test_a_date_without_a_format_is_in_unix_seconds() -> None:
    """The attribute itself holds them."""
    assert repr(Coerced(SECONDS)) == outcome("date", SECONDS)
    assert why("date", ISO) is KeepReason.WRONG_TYPE


@pytest.mark.parametrize(("got", "helped"), [(1, True), ("yes", True), (LIST, False), (1.5, False)])
def test_an_ambiguous_boolean_is_refused_with_a_hint_to_values(got: Json, helped: bool) -> None:
    """1 is never true by itself."""
    assert ("`values` can say which is which" in detail("boolean", got)) is helped


@given(st.sampled_from(FORMS), st.booleans(), JSON)
def test_any_value_fits_the_type_or_is_refused(
    form: tuple[str, DateForm | None], forced: bool, got: Any
) -> None:
    """No exception, and never a value of another type."""
    kind = DataType(form[0])
    coerced = coerce_value(
        mapping("tier", form[0], date=form[1], type=kind if forced else None), got
    )
    python = {"string": str, "integer": int, "float": float, "boolean": bool, "date": int}
    assert isinstance(coerced, Rejected) or type(coerced.value) is python[form[0]]
    assert isinstance(coerced, Rejected) or forced or not coerced.forced


@given(st.sampled_from(FORMS), JSON)
def test_coercing_twice_equals_coercing_once(form: tuple[str, DateForm | None], got: Any) -> None:
    """Coercing a coerced value changes nothing, so that a plan is stable."""
    kind, date = form
    again = None if date is None else DateForm.UNIX_S
    coerced = coerce_value(mapping("tier", kind, date=date, type=DataType(kind)), got)
    if isinstance(coerced, Coerced) and not (again and abs(int(str(coerced.value))) >= 10**11):
        assert repr(Coerced(coerced.value)) == outcome(kind, coerced.value, date=again)


@given(st.sampled_from(FORMS), st.text(min_size=4), st.booleans())
def test_a_detail_never_contains_the_value(
    form: tuple[str, DateForm | None], secret: str, forced: bool
) -> None:
    """Details are printed and stored also if values are redacted."""
    kind, date = form
    rules: dict[str, Any] = {"date": date, "type": DataType(kind) if forced else None}
    marked = f"canary-{secret}\0" if kind == "string" else f"canary-{secret}"
    for got in (marked, [marked], {marked: marked}):
        assert "canary" not in detail(kind, got, **rules)
        assert "canary" not in detail(kind, got, **rules, values=(("a", "b"),))


@given(JSON)
def test_a_scalar_forced_to_string_becomes_its_json_text(got: Any) -> None:
    """The text of the answer is stored."""
    coerced = coerce_value(mapping("tier", "string", type=DataType.STRING), got)
    if isinstance(coerced, Coerced) and coerced.forced:
        assert is_same(dump_json(got), coerced.value)


@pytest.mark.parametrize("text", [MASK, f"Bearer {MASK}", f"{MASK} and more", "x" * 9 + MASK])
def test_a_masked_secret_is_not_written(text: str) -> None:
    """Wherever it stands, and also where the text would be cut before it."""
    assert KeepReason.UNSUITABLE_TEXT is why("string", text)
    assert KeepReason.UNSUITABLE_TEXT is why("string", text, max_length=5, cut=True)
    assert "the dots that mask one" in detail("string", text)
