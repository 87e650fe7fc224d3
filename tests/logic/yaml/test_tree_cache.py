"""Trees that are kept are those of exactly the same bytes, and no more than fit."""

from __future__ import annotations

from cactions.logic.project import SourceFile, load_project
from cactions.logic.project.load_tools import LoadTools
from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.nodes import MapNode
from cactions.logic.yaml.tree_cache import TreeCache

TEXT = b"version: 1\nactions: {}\n"


def test_the_same_bytes_give_the_same_tree() -> None:
    trees = TreeCache()
    first = trees.parse(TEXT, Diagnostics("a"))
    assert first is not None
    assert first is trees.parse(bytes([*TEXT]), Diagnostics("b"))
    assert first is not trees.parse(TEXT + b" ", Diagnostics("a"))


def test_faults_are_reported_each_time() -> None:
    """A text with faults is never kept."""
    trees = TreeCache()
    for data in (b"a: [\n", b"a: 1\na: 2\n", b"\xff"):
        found = []
        for _ in range(2):
            faults = Diagnostics("a")
            trees.parse(data, faults)
            found.append(faults.found)
        assert found[0] == found[1] != []


def test_the_oldest_are_let_go_of() -> None:
    """All texts together are no longer than the limit, and a larger one is not kept."""
    trees = TreeCache(3 * len(TEXT))
    texts = [TEXT[:-1] + f"#{number}\n".encode() for number in range(2)]
    first, second = (trees.parse(text, Diagnostics("a")) for text in texts)
    assert first is trees.parse(texts[0], Diagnostics("a"))
    trees.parse(TEXT, Diagnostics("a"))
    assert first is not trees.parse(texts[0], Diagnostics("a"))
    large = TEXT * 4
    assert trees.parse(large, Diagnostics("a")) is not trees.parse(large, Diagnostics("a"))
    assert second is not None


def test_a_file_of_another_program_is_masked_the_same_each_time() -> None:
    """What masks a tree does it in place; the next look begins with another one."""
    file = SourceFile("actions.x.yaml", b"version: 20-long\nother: {a: 1}\nservers: 1\n")
    trees = TreeCache()
    looks = [load_project([file], tools=LoadTools(trees)) for _ in range(3)]
    assert all(look.findings == load_project([file]).findings != () for look in looks)
    root = trees.parse(file.data, Diagnostics(""))
    assert isinstance(root, MapNode)
    assert "20-long" == root.entries[0][1].value
