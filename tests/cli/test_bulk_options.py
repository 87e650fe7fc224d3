"""The options that say for whom a command is: exactly one kind of them."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from cactions.cli.bulk_options import build_where, require_one_source
from cactions.model import UsageError

SOURCES: dict[str, object] = {
    "person": "u-1", "people": Path("people.csv"), "all": True, "where": ["role = user"],
    "plan": Path("monday.plan"),
}  # fmt: skip
NONE: dict[str, object] = {
    "person": None,
    "people": None,
    "all": False,
    "where": None,
    "plan": None,
}


@pytest.mark.parametrize("pair", [*combinations(SOURCES, 2)], ids="-".join)
def test_two_sources_exclude_each_other(pair: tuple[str, str]) -> None:
    """Also where more are given: the first two are named."""
    both = {name: SOURCES[name] for name in pair}
    with pytest.raises(UsageError, match=f"^--{pair[0]} and --{pair[1]} exclude each other$"):
        require_one_source(**{**NONE, **both})


@pytest.mark.parametrize("name", SOURCES)
def test_one_source_is_enough(name: str) -> None:
    require_one_source(**{**NONE, name: SOURCES[name]})


def test_without_a_source_all_of_them_are_named() -> None:
    with pytest.raises(UsageError, match="say for whom") as caught:
        require_one_source(**NONE)
    assert "Use --person, --people, --all, --where or --plan." == caught.value.hint


def test_everyone_is_a_search_without_conditions() -> None:
    """And no search at all is something else."""
    assert ((), ("a", "b"), None) == (
        build_where(None, True), build_where(["a", "b"], False), build_where(None, False),
    )  # fmt: skip
