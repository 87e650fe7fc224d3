"""Whether a value of a proven answer is doubted, and what declares it to be true."""

from __future__ import annotations

from typing import Any

import pytest

from cactions.logic.lint.mapped_values import find_value_doubt
from tests.builders import USER_ID, mapping, same_person

TYPED = "people may have typed it at the third party"
OTHER = "another action sends what people type as nickname"
PROOF = same_person(verified="the shop confirms addresses")
UNSTATED = same_person()


@pytest.mark.parametrize(
    ("path", "proof", "doubt"),
    [
        ("$.phone", PROOF, TYPED),
        ("$.phone", None, TYPED),
        ("$.comment", PROOF, TYPED),
        ("$.tier", PROOF, ""),
        ("$.tier", None, TYPED),
        ("$.order_id", None, ""),
        ("$.orderNumber", None, ""),
        ("$.nickname", PROOF, OTHER),
        ("$.tier", UNSTATED, "nothing declares that the service verifies"),
        ("$.tier", same_person("$.login"), "nothing declares that the service verifies"),
        ("$.tier", same_person("$.phone", USER_ID), "nothing declares that the service verifies"),
        ("$.tier", same_person("$.login", USER_ID), TYPED),
    ],
)
def test_a_statement_about_the_value_ends_the_doubt(path: str, proof: Any, doubt: str) -> None:
    """Only one that says something: a placeholder is none."""

    def find(verified: str) -> str:
        stated = mapping("plan", path=path, verified=verified)
        return find_value_doubt(stated, proof, [("nickname",)])

    assert "" == find("the shop calls every customer back")
    for none in ("", "TODO"):
        assert find(none).startswith(doubt)
        assert bool(doubt) == bool(find(none))
