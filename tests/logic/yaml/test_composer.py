"""What is composed in C is what the events say, letter by letter and mark by mark."""

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
    """The tree, and whether nothing was wrong with it."""
    faults = Diagnostics("a.yaml")
    try:
        root = TreeBuilder(faults).build(yaml.parse(text, Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, TooDeepError):
        return None, False
    return plain(root), not faults.found


def agree(text: str) -> bool:
    """Whether it was composed; if so, exactly as by its events, which find no fault in it."""
    composed = build_plain_tree(text)
    if composed is None:
        return False
    assert (plain(composed), True) == by_events(text)
    return True


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_both_ways_give_the_same_tree(text: str) -> None:
    """Of every file that the other tests know."""
    agree(text)


def test_most_files_are_composed() -> None:
    """Else it would be of no use."""
    assert sum(map(agree, TEXTS)) * 10 > len(TEXTS) * 8


@given(at=st.integers(0, len(BASE)), gone=st.integers(0, 3), come=st.lists(SIGNS, max_size=3))
def test_a_file_that_was_changed_by_a_cat(at: int, gone: int, come: list[str]) -> None:
    """Whatever it is then, both ways agree on it, or only the events are asked."""
    agree(BASE[:at] + "".join(come) + BASE[at + gone :])


@given(st.lists(SIGNS | st.sampled_from("ab10"), max_size=30).map("".join))
def test_a_file_of_signs(text: str) -> None:
    """As above, from nothing."""
    agree(text)


@pytest.mark.parametrize("depth", [1, MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, 3_000, 100_000])
def test_depth_is_never_recursion_in_c(depth: int) -> None:
    """What nests too deeply is left to the events, one by one."""
    assert agree("[" * depth + "]" * depth) is (depth <= MAX_DEPTH)
    assert build_plain_tree("- " * depth + "a") is None or depth == 1
    assert build_plain_tree("\n".join(" " * n + "a:" for n in range(min(depth, 500)))) is None or (
        depth <= MAX_DEPTH
    )


@pytest.mark.parametrize(
    "text", ["a: &x 1", "a: *x", "a: !t 1", "%YAML 1.1\n---\na: 1", "<<: {a: 1}", "a: 1\na: 2",
             "{a: 1}: 2", "? a\n: 1", "--- 1\n--- 2", "[&x 1, *x]", "a: [*x]", '{"a":*x}'],
)  # fmt: skip
def test_what_is_not_allowed_is_left_to_the_events(text: str) -> None:
    """They have the words for it."""
    assert build_plain_tree(text) is None
