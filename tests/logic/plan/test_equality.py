"""When two values say the same in an attribute."""

from __future__ import annotations

import pytest

from cactions.logic.plan.equality import is_equal_as, normalize
from cactions.model import ABSENT, DataType, Value


@pytest.mark.parametrize("left", [ABSENT, None, ""])
@pytest.mark.parametrize("right", [ABSENT, None, ""])
def test_nothing_agrees_with_nothing(left: Value, right: Value) -> None:
    """Absent, null and the empty text say the same to whoever reads."""
    assert is_equal_as(DataType.STRING, left, right)


@pytest.mark.parametrize("something", [0, 0.0, False, " ", "null", [], {}])
def test_nothing_agrees_with_no_value(something: Value) -> None:
    """Zero and false are values."""
    assert not is_equal_as(DataType.STRING, None, something)
    assert not is_equal_as(DataType.STRING, something, ABSENT)


@pytest.mark.parametrize("data_type", DataType)
def test_a_whole_number_is_a_float_only_in_a_float_attribute(data_type: DataType) -> None:
    """There a store may write 5 for 5.0; everywhere else types are kept apart."""
    assert is_equal_as(data_type, 5, 5.0) is (data_type is DataType.FLOAT)
    assert not is_equal_as(data_type, 1, True)
    assert not is_equal_as(data_type, "5", 5)


def test_a_number_that_a_float_cannot_hold_stays_whole() -> None:
    """Rounding would make two numbers one."""
    assert repr(2**53 + 1) == repr(normalize(DataType.FLOAT, 2**53 + 1))
    assert repr(float(2**53)) == repr(normalize(DataType.FLOAT, 2**53))
    assert repr(True) == repr(normalize(DataType.FLOAT, True))
