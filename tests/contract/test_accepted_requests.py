"""Valid requests of every covered operation have no problem in any version that has them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contract.description import load_description
from tests.contract.extract import VERSIONS
from tests.contract.samples import FIND, NEWEST, SAMPLES

COUNTS = {"2.14": 27, "2.15": 27, "2.16": 37}
"""Operations of each version."""
CHECKED = {"2.14": 30, "2.15": 30, "2.16": 42}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_operation_has_a_valid_sample(version: str) -> None:
    """No operation is left out."""
    operations = [operation.name for operation in load_description(version).operations]
    sampled = {sample.operation for sample in SAMPLES}
    assert COUNTS[version] == len(operations)
    assert set() == set(operations) - sampled
    if version == VERSIONS[-1]:
        assert set() == sampled - set(operations)


@pytest.mark.parametrize("version", VERSIONS)
def test_valid_requests_have_no_problem(version: str) -> None:
    """As our clients send them."""
    description = load_description(version)
    operations = {operation.name for operation in description.operations}
    checked = [
        sample
        for sample in SAMPLES
        if sample.operation in operations and (sample not in NEWEST or version == VERSIONS[-1])
    ]
    assert CHECKED[version] == len(checked)
    assert [] == [problem for sample in checked for problem in sample.check(description)]


def test_an_id_may_be_encoded() -> None:
    """An external id with a slash is one segment."""
    description = load_description("2.16")
    assert [] == replace(FIND, path="/contacts/find_by_external_id/a%2Fb%20c").check(description)


@pytest.mark.parametrize(
    "accept", ["application/json, text/plain", "text/html,application/json;q=1"]
)
def test_accept_may_name_more(accept: str) -> None:
    """It is enough that JSON is among them."""
    assert [] == FIND.send(Accept=accept).check(load_description("2.16"))


def test_header_names_have_no_case() -> None:
    """As HTTP says; pairs are as good as a mapping."""
    description = load_description("2.16")
    pairs = [(name.upper(), value) for name, value in FIND.build_headers("2.16").items()]
    assert [] == description.check_request("GET", FIND.path, pairs, None)
