"""Values that are written into YAML are read back as the same values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.fixes.expectation_edits import write_scalar
from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.nodes import to_json
from cactions.logic.yaml.parser import parse_yaml
from cactions.model import Scalar, is_same

TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
WORDS = st.sampled_from(
    ["true", "No", "null", "~", "1e3", "010", "a b", "a: b", "- a", "#", "", "y"]
)
NUMBERS = st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False)


@given(TEXTS | WORDS | NUMBERS | st.booleans() | st.none())
def test_a_scalar_is_read_back_as_the_same(value: Scalar) -> None:
    """In a block, in braces and in a list."""
    text = write_scalar(value)
    for document in (f"a: {text}\n", f"{{a: {text}, b: 1}}\n", f"a: # why\n  {text}\n"):
        root = parse_yaml(document.encode(), Diagnostics("a.yaml"))
        assert root is not None
        found = to_json(root)
        assert isinstance(found, dict)
        assert is_same(value, found["a"])
