"""What a YAML text may have is a matter of what it is: an action file, or a service's document."""

from __future__ import annotations

import pytest

from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.nodes import Node
from cactions.logic.yaml.parser import YamlLimits, parse_yaml

DOCUMENT = YamlLimits(most_bytes=2 * 1024 * 1024, most_depth=40, is_reviewed=False)
OTHERS = YamlLimits(most_bytes=100, most_depth=3)


def read(text: str, limits: YamlLimits) -> tuple[Node | None, list[str]]:
    faults = Diagnostics("x")
    return parse_yaml(text.encode(), faults, limits), [each.message for each in faults.found]


@pytest.mark.parametrize("levels", [3, 4, 16, 17, 40, 41])
@pytest.mark.parametrize("limits", [YamlLimits(), DOCUMENT, OTHERS])
@pytest.mark.parametrize("form", ["flow", "block", "with an event sign"])
def test_depth_is_that_of_the_limits(levels: int, limits: YamlLimits, form: str) -> None:
    """By either way of reading."""
    if form == "block":
        text = "\n".join(f"{' ' * n}a:" for n in range(levels)) + " 1\n"
    else:
        text = f"{'[' * levels}{']' * levels}" + ("  # * &" if form != "flow" else "")
    root, faults = read(text, limits)
    if len(text) > limits.most_bytes:
        assert [fault for fault in faults if "bytes" in fault]
    elif levels <= limits.most_depth:
        assert (True, []) == (root is not None, faults)
    else:
        assert (None, [f"nested deeper than {limits.most_depth} levels"]) == (root, faults)


@pytest.mark.parametrize(
    ("text", "is_fine"),
    [
        (f"a: b{' ' * 200}c\n", True), ("a: x\u200by\n", True), ("a: x\ufe0f\n", True),
        ("a: x\x07\n", False), ("a: x\u2028y\n", False), ("a: x\ufffey\n", False),
        ("a: x\x85y\n", False),
    ],
)  # fmt: skip
def test_what_hides_text_matters_to_a_reviewer_only(text: str, is_fine: bool) -> None:
    """What YAML forbids, and false line ends, are refused in any text."""
    assert is_fine == ([] == read(text, DOCUMENT)[1])
    assert [] != read(text, YamlLimits())[1]


def test_size_is_that_of_the_limits() -> None:
    """One byte more is too much."""
    text = "a: b\n" + "#" * (1024 * 1024)
    assert read(text, DOCUMENT)[0] is not None
    assert "the limit is 1,048,576" in read(text, YamlLimits())[1][0]
