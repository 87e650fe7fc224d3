"""Valid documents are changed in every place, and the validator notices each change that counts.

Three changes, at every place of every document: a key that is required is dropped, a value gets
another type, and an unknown key is added. Places without a rule are named in ``FREE``.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

import pytest

from tests.contract.description import Description, load_description
from tests.contract.deviations import drop_known_drift
from tests.contract.extract import VERSIONS
from tests.contract.samples import SAMPLES, build_answer, fill_path

Kind: TypeAlias = Literal["drop", "retype", "add"]
Path: TypeAlias = tuple[str | int, ...]

FREE = ("custom_attributes", "mock_response", "example_value")
"""Properties below which anything is allowed; those themselves have a type, or take any value."""

UNTYPED = ("example_value",)
STRANGE = "zzz_unknown"

EXPECTED: dict[tuple[str, str], dict[str, int]] = {}
"""Noticed changes, by version and direction."""


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every place of a document whose value has a rule."""
    yield path, value
    if path and path[-1] in FREE:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield from walk(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from walk(item, (*path, number))


def retype(value: Any) -> list[Any]:
    """Values of other types: each of them must be noticed."""
    wrong: list[Any] = [{STRANGE: {}}, [[[]]], 0.5]
    if isinstance(value, bool):
        return [*wrong, "true", 1]
    if isinstance(value, int):
        return [*wrong, "1", True]
    if isinstance(value, str):
        return [*wrong, 1, True]
    return wrong[2:] if isinstance(value, dict | list) else wrong


def place(document: Any, path: Path, value: Any) -> Any:
    """A copy of the document with another value at this place."""
    if not path:
        return value
    changed = copy.deepcopy(document)
    target = changed
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return changed


def mutate(document: Any) -> Iterator[tuple[Kind, Path, Any]]:
    """Each change: its kind, its place, and the changed document."""
    for path, value in walk(document):
        if path and path[-1] in UNTYPED:
            continue
        for other in retype(value):
            yield "retype", path, place(document, path, other)
        if isinstance(value, dict) and not (path and path[-1] in FREE):
            yield "add", path, place(document, path, {**value, STRANGE: 1})
            for key in value:
                rest = {name: item for name, item in value.items() if name != key}
                yield "drop", (*path, key), place(document, path, rest)


def list_requests(description: Description) -> Iterator[tuple[Any, Any]]:
    """A function that checks a body, and a valid body."""
    known = {operation.name for operation in description.operations}
    for sample in SAMPLES:
        if sample.operation in known and sample.body is not None and not sample.check(description):

            def check(body: Any, sample: Any = sample) -> list[str]:
                return description.check_request(
                    sample.method,
                    sample.path,
                    sample.build_headers(description.version),
                    json.dumps(body).encode(),
                )

            yield check, sample.body


def list_answers(description: Description) -> Iterator[tuple[Any, Any]]:
    """The same for the examples of answers."""
    for operation in description.operations:
        for status, reply in operation.replies.items():

            def check(body: Any, operation: Any = operation, status: int = status) -> list[str]:
                found = description.check_response(
                    operation.method, fill_path(operation.path), status, build_answer(status),
                    json.dumps(body).encode(),
                )  # fmt: skip
                return drop_known_drift(found)

            for value in list(reply.examples.values())[:1]:
                yield check, value


@pytest.mark.parametrize("direction", ["requests", "answers"])
@pytest.mark.parametrize("version", VERSIONS)
def test_mutations(version: str, direction: str) -> None:
    description = load_description(version)
    noticed, missed = Counter(), []
    documents = list_requests(description) if direction == "requests" else list_answers(description)
    for check, document in documents:
        for kind, path, changed in mutate(document):
            if check(changed):
                noticed[kind] += 1
            else:
                missed.append((kind, path))
    print(
        version,
        direction,
        noticed,
        Counter(
            (k, str([p for p in path if isinstance(p, str)])) for k, path in missed if k != "drop"
        ),
        Counter(
            (str([p for p in path if isinstance(p, str)])) for k, path in missed if k == "drop"
        ).most_common(3),
    )
