"""The tree built in C equals the tree built from events, in every value and position."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.yaml.composer import build_plain_tree
from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.nodes import ListNode, MapNode, Node, ScalarNode
from cactions.logic.yaml.tree_builder import MAX_DEPTH, TooDeepError, TreeBuilder
from tests.logic.project.test_errors import BASE, CASES, TWELVE, marked

EXAMPLE = (Path(__file__).parents[3] / "actions.example.yaml").read_text()
TEXTS = [EXAMPLE, BASE, TWELVE, *(marked(BASE.replace(c.old, c.new, 1))[0] for c in CASES)]
SIGNS = st.sampled_from([*"&*!%?-[]{}:,#|>'\"\t\n \\", "<<", "- ", ": ", "é", "~", "null"])


def plain(node: Node | None) -> object:
    """A tree as values that can be compared."""
    if isinstance(node, MapNode):
        entries = [(plain(key), plain(value)) for key, value in node.entries]
        return ("map", entries, node.span)
    if isinstance(node, ListNode):
        return ("list", [plain(item) for item in node.items], node.span)
    if isinstance(node, ScalarNode):
        return (node.text, node.plain, node.span, node.get_part(0, 1))
    return node


def by_events(text: str) -> tuple[object, bool]:
    """The tree, and whether it has no errors."""
    faults = Diagnostics("a.yaml")
    try:
        root = TreeBuilder(faults).build(yaml.parse(text, Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, TooDeepError):
        return None, False
    return plain(root), not faults.found


def agree(text: str) -> bool:
    """Whether C built the tree; if so, it equals that of the events, which have no errors."""
    composed = build_plain_tree(text)
    if composed is None:
        return False
    assert (plain(composed), True) == by_events(text)
    return True


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_both_parsers_give_the_same_tree(text: str) -> None:
    """For every file of the other tests."""
    agree(text)


def test_most_files_are_parsed_in_c() -> None:
    """Otherwise the fast parser would be useless."""
    assert sum(map(agree, TEXTS)) * 10 > len(TEXTS) * 8


@given(at=st.integers(0, len(BASE)), gone=st.integers(0, 3), come=st.lists(SIGNS, max_size=3))
def test_both_parsers_agree_on_randomly_changed_files(at: int, gone: int, come: list[str]) -> None:
    """For any content, both agree, or only the events are used."""
    agree(BASE[:at] + "".join(come) + BASE[at + gone :])


@given(st.lists(SIGNS | st.sampled_from("ab10"), max_size=30).map("".join))
def test_both_parsers_agree_on_random_characters(text: str) -> None:
    """Like the test above, with generated content."""
    agree(text)


@pytest.mark.parametrize("depth", [1, MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, 3_000, 100_000])
def test_deep_nesting_is_not_parsed_in_c(depth: int) -> None:
    """Deeply nested files are parsed from events, one by one."""
    assert agree("[" * depth + "]" * depth) is (depth <= MAX_DEPTH)
    assert build_plain_tree("- " * depth + "a") is None or depth == 1
    assert build_plain_tree("\n".join(" " * n + "a:" for n in range(min(depth, 500)))) is None or (
        depth <= MAX_DEPTH
    )


@pytest.mark.parametrize(
    "text", ["a: &x 1", "a: *x", "a: !t 1", "%YAML 1.1\n---\na: 1", "<<: {a: 1}", "a: 1\na: 2",
             "{a: 1}: 2", "? a\n: 1", "--- 1\n--- 2", "[&x 1, *x]", "a: [*x]", '{"a":*x}'],
)  # fmt: skip
def test_forbidden_syntax_is_not_parsed_in_c(text: str) -> None:
    """The parser of events has the error messages."""
    assert build_plain_tree(text) is None
