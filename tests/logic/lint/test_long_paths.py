"""A value that goes through many actions: the finding shows where it begins and where it ends."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from cactions.logic.lint.records import is_personal
from tests.builders import action as build_action
from tests.definitions import FIXED, action, asking, file, response
from tests.lint_results import linted
from tests.requests import request_of

ACTIONS = 30
SHOWN = 10
"""At each end of a path."""


def test_a_long_path_shows_both_ends_and_counts_the_rest() -> None:
    """Each action looks up by what the one before has written."""
    mapped = {"path": "$.phone", "max_length": 9}
    actions = [action(read=response(None, {"k0": mapped}))]
    for n in range(1, ACTIONS):
        actions.append(  # noqa: PERF401 - one action after the other
            action(
                asking("query", f"person.attributes.k{n - 1}"), response(None, {f"k{n}": mapped})
            )
        )
    text = file(*actions, attributes={f"k{n}": FIXED for n in range(ACTIONS)})
    seen = 0
    for finding in linted(text).findings:
        if finding.rule != "CA102":
            continue
        words = " ".join(label.message for label in finding.labels)
        found = re.search(r"actions\.look(\d*)\.", finding.route)
        assert found
        last = int(found[1]) - 1
        written = [int(number) for number in re.findall(r"attributes\.k(\d+)", words)]
        ends = [*range(min(SHOWN, last + 1)), *range(max(SHOWN, last + 1 - SHOWN), last + 1)]
        assert ends == written
        rest = last + 1 - len(ends)
        assert (f"… and {rest} more" in words) is (rest > 0)
        seen += 1
    assert ACTIONS - 1 == seen


@pytest.mark.parametrize(
    ("url", "personal"),
    [
        ("/patients/1", True),
        ("patients/1", True),
        ("https://api.shop.example/patients/1", True),
        ("https://patients/1", False),
        ("/rates/1?patients=2", False),
    ],
)
def test_a_path_names_records_of_people(url: str, personal: bool) -> None:
    """The host and the query name none."""
    assert personal is is_personal(replace(build_action(), request=request_of(url=url)))
