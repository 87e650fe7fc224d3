"""When two values of an attribute are equal."""

from __future__ import annotations

import pytest

from cactions.logic.plan.equality import is_equal_as, normalize
from cactions.model import ABSENT, DataType, Value


@pytest.mark.parametrize("left", [ABSENT, None, ""])
@pytest.mark.parametrize("right", [ABSENT, None, ""])
def test_absent_null_and_empty_text_are_equal(left: Value, right: Value) -> None:
    """A reader sees no difference between them."""
    assert is_equal_as(DataType.STRING, left, right)


@pytest.mark.parametrize("something", [0, 0.0, False, " ", "null", [], {}])
def test_an_empty_value_differs_from_every_other_value(something: Value) -> None:
    """Zero and false are values."""
    assert not is_equal_as(DataType.STRING, None, something)
    assert not is_equal_as(DataType.STRING, something, ABSENT)


@pytest.mark.parametrize("data_type", DataType)
def test_a_whole_number_equals_a_float_only_in_a_float_attribute(data_type: DataType) -> None:
    """There a store may write 5 for 5.0; in all other attributes types are distinguished."""
    assert is_equal_as(data_type, 5, 5.0) is (data_type is DataType.FLOAT)
    assert not is_equal_as(data_type, 1, True)
    assert not is_equal_as(data_type, "5", 5)


def test_a_number_too_exact_for_a_float_is_not_rounded() -> None:
    """Rounding could make two numbers equal."""
    assert repr(2**53 + 1) == repr(normalize(DataType.FLOAT, 2**53 + 1))
    assert repr(float(2**53)) == repr(normalize(DataType.FLOAT, 2**53))
    assert repr(True) == repr(normalize(DataType.FLOAT, True))
