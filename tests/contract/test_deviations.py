"""Every exception from the descriptions is still needed; one that is not fails by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.description import Description, load_description
from tests.contract.deviations import (
    DEVIATIONS,
    KNOWN_DRIFT,
    UNDESCRIBED_PARAMETERS,
    UNDESCRIBED_STATUSES,
    Deviation,
    UndescribedParameter,
    is_known_status,
)
from tests.contract.extract import VERSIONS
from tests.contract.schemas import Compiler
from tests.contract.stated import LIMITS, StatedLimit


def find_schema(description: Description, name: str) -> Any:
    """The schema of a name such as ``contact.avatar.image_url``."""
    first, *steps = name.split(".")
    schema = description.extract["components"]["schemas"][first]
    for step in steps:
        schema = schema["properties"][step]
    return schema


def count_errors(description: Description, item: Deviation, *, deviates: bool) -> int:
    changes = {item.name: item.change} if deviates else {}
    compiler = Compiler(description.extract["components"]["schemas"], "response", changes)
    validator = compiler.compile(find_schema(description, item.name), item.name)
    return len(validator.find_errors(item.sample))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("item", DEVIATIONS, ids=lambda item: item.name)
def test_a_deviation_is_still_needed(item: Deviation, version: str) -> None:
    """The description refuses what was observed; with the deviation it does not."""
    description = load_description(version)
    assert 1 == count_errors(description, item, deviates=False), f"{item.name} is needed no more"
    assert 0 == count_errors(description, item, deviates=True)
    assert item.source


@pytest.mark.parametrize("version", VERSIONS)
def test_every_deviation_is_applied(version: str) -> None:
    """None names a schema that no covered operation reaches."""
    description = load_description(version)
    assert {item.name for item in DEVIATIONS} == description.response.applied
    assert set() == description.request.applied


def list_undescribed() -> Iterator[tuple[str, str, int]]:
    for version in VERSIONS:
        for operation in load_description(version).operations:
            for status in {item.status for item in UNDESCRIBED_STATUSES}:
                if status not in operation.replies and is_known_status(operation, status):
                    yield version, operation.name, status


@pytest.mark.parametrize("status", sorted({item.status for item in UNDESCRIBED_STATUSES}))
def test_an_undescribed_status_is_still_needed(status: int) -> None:
    """Some operation answers it, and does not describe it."""
    assert [] != [found for found in list_undescribed() if found[2] == status]


def test_every_row_of_statuses_is_needed() -> None:
    """Each row names operations of 2.14 that do not describe the status, and has a source."""
    operations = load_description("2.14").operations
    for item in UNDESCRIBED_STATUSES:
        others = tuple(row for row in UNDESCRIBED_STATUSES if row is not item)
        needed = [
            operation.name
            for operation in operations
            if item.status not in operation.replies
            and is_known_status(operation, item.status)
            and not is_known_status(operation, item.status, others)
        ]
        assert [] != needed, f"{item.status} {item.operations} is needed no more"
        assert item.source


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("row", UNDESCRIBED_PARAMETERS, ids=lambda row: row.name)
def test_an_undescribed_parameter_is_still_needed(row: UndescribedParameter, version: str) -> None:
    """The description does not have it."""
    method, path = row.operation.split(" ")
    node = load_description(version).extract["paths"][path][method.lower()]
    assert row.name not in [parameter["name"] for parameter in node["parameters"]]
    assert row.source


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", KNOWN_DRIFT)
def test_drift_is_in_no_description(name: str, version: str) -> None:
    """A property that was observed only, and that a description now has, is no drift any more."""
    description = load_description(version)
    schema, _, key = name.rpartition(".")
    assert key not in find_schema(description, schema)["properties"], f"{name} is described"


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.words or limit.source)
def test_a_stated_limit_is_stated(limit: StatedLimit) -> None:
    """Its words are in the newest description."""
    extract = load_description("2.16").extract
    texts = [
        *(str(node.get("description")) for item in extract["paths"].values()
          for node in item.values() if node["operationId"] == limit.operation),
        *(str(extract["components"]["schemas"][f"{kind}_contact_request"])
          for kind in ("create", "update")),
    ]  # fmt: skip
    assert 3 == len(texts)
    assert any(limit.words in text for text in texts)
    assert limit.source
