"""Hypothesis strategies for values of the model."""

from __future__ import annotations

from functools import partial
from typing import Any, TypeVar

from hypothesis import strategies as st

_T = TypeVar("_T")


def builds(struct: type[_T], *fields: Any, **named: Any) -> st.SearchStrategy[_T]:
    """As ``st.builds``, which would evaluate the annotations of the class: ours are recursive."""
    return st.builds(partial(struct), *fields, **named)
