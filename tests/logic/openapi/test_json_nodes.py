"""JSON text as nodes: the same values, each where it stands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.openapi.json_nodes import parse_json_nodes
from cactions.logic.strict_json import StrictJsonError
from cactions.logic.yaml.nodes import ListNode, MapNode, Node, ScalarNode, to_json

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def list_scalars(node: Node) -> list[ScalarNode]:
    if isinstance(node, MapNode):
        return [each for pair in node.entries for part in pair for each in list_scalars(part)]
    if isinstance(node, ListNode):
        return [each for item in node.items for each in list_scalars(item)]
    return [node] if isinstance(node, ScalarNode) else []


@given(VALUES, st.sampled_from([None, 0, 2]), st.booleans())
def test_the_nodes_have_the_values_of_the_text(
    value: object, indent: int | None, ascii_only: bool
) -> None:
    """Also with escapes, blanks and lines; and each scalar stands at its place."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    root = parse_json_nodes(text, 64)
    assert value == to_json(root)
    lines = text.split("\n")
    for node in list_scalars(root):
        span = node.span
        assert span.line == span.end_line
        found = json.loads(lines[span.line][span.column : span.end_column])
        assert found == (node.text if node.style else json.loads(node.text))


@pytest.mark.parametrize(
    "text", ["", "[", "{]", '{"a":1,}', '{"a":1,"a":2}', "[01]", "NaN", "[1] 2"]
)
def test_what_is_no_json_is_refused(text: str) -> None:
    """By the project's own reader, with its place."""
    with pytest.raises(StrictJsonError):
        parse_json_nodes(text, 64)


def test_depth_has_a_limit() -> None:
    """And is no recursion."""
    assert isinstance(parse_json_nodes("[" * 64 + "]" * 64, 64), ListNode)
    with pytest.raises(StrictJsonError):
        parse_json_nodes("[" * 65 + "]" * 65, 64)
