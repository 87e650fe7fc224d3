"""Hypothesis strategies for values of the model."""

from __future__ import annotations

from typing import Any, TypeVar

from hypothesis import strategies as st

_T = TypeVar("_T")


def builds(struct: type[_T], *fields: Any, **named: Any) -> st.SearchStrategy[_T]:
    """Like ``st.builds``, which would evaluate the class's annotations: ours are recursive."""

    def build(*args: Any, **kwargs: Any) -> _T:
        return struct(*args, **kwargs)

    return st.builds(build, *fields, **named)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
"""Any JSON value, small."""
