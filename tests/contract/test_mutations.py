"""Valid documents are changed in every place, and the validator notices each change that counts.

At every place of every document a value gets other types, an unknown key is added, and each key is
dropped. Other types and unknown keys must always be noticed; of the dropped keys, the required.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, TypeAlias

import pytest

from tests.contract.description import Description, load_description
from tests.contract.deviations import drop_known_drift
from tests.contract.problems import show_path
from tests.contract.samples import SAMPLES, build_answer, fill_path

Kind: TypeAlias = Literal["drop", "retype", "add"]
Path: TypeAlias = tuple[str | int, ...]
Case: TypeAlias = tuple[str, Callable[[Any], list[str]], Any]
"""A name, a function that checks a body, and a valid body."""

FREE = ("custom_attributes", "mock_response")
"""Objects that may hold anything."""
FREE_ENDS = tuple((name,) for name in FREE)
UNTYPED = ("example_value",)
"""Properties that may have any value."""
STRANGE = "zzz_unknown"
STEP = re.compile(r"\.(\w+)|\[(\d+)\]")

COUNTS = {
    ("2.14", "requests"): {"retype": 412, "add": 28, "drop": 38},
    ("2.15", "requests"): {"retype": 412, "add": 28, "drop": 38},
    ("2.16", "requests"): {"retype": 677, "add": 35, "drop": 39},
    ("2.16", "answers"): {"retype": 3205, "add": 87, "drop": 3},
}
"""Noticed changes. The answers of 2.14 and 2.15 have no schemas of their own."""

REQUIRED = {
    "POST /contacts/merge body.from",
    "POST /contacts/merge body.into",
    "POST /contacts/search body.query",
    "POST /contacts/search body.query.operator",
    "POST /contacts/search body.query.value",
    "POST /contacts/search body.query.value[0].operator",
    "POST /contacts/search body.query.value[0].value",
    "POST /contacts/search body.query.value[0].value[0].field",
    "POST /contacts/search body.query.value[0].value[0].operator",
    "POST /contacts/search body.query.value[0].value[0].value",
    "POST /contacts/{contact_id}/companies body.id",
    "POST /contacts/{contact_id}/notes body.body",
    "POST /contacts/{contact_id}/subscriptions body.consent_type",
    "POST /contacts/{contact_id}/subscriptions body.id",
    "POST /contacts/{contact_id}/tags body.id",
    "POST /data_attributes body.data_type",
    "POST /data_attributes body.model",
    "POST /data_attributes body.name",
    "POST /data_attributes body.options",
}
REQUIRED_IN = {
    ("2.14", "requests"): REQUIRED,
    ("2.15", "requests"): REQUIRED,
    ("2.16", "requests"): REQUIRED | {"POST /data_connectors body.name"},
    ("2.16", "answers"): {
        "POST /contacts/{contact_id}/companies 400 body.errors",
        "POST /contacts/{contact_id}/companies 400 body.errors[0].code",
        "POST /contacts/{contact_id}/companies 400 body.type",
    },
}
"""Keys that cannot be dropped. Of answers, the descriptions require those of errors only."""
OPTIONAL = {"requests": 19, "answers": 349}
"""Keys that may be absent, at least."""


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every place of a document that has a rule."""
    if path and path[-1] in UNTYPED:
        return
    yield path, value
    if (path and path[-1] in FREE) or not isinstance(value, dict | list):
        return
    items: Iterable[tuple[Any, Any]]
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for step, item in items:
        yield from walk(item, (*path, step))


def list_other_types(value: Any, path: Path, parent: Any) -> list[Any]:
    """Values that no schema permits in place of this one; a filter may compare with any scalar."""
    wrong: list[Any] = [[[[]]], 0.5] if path[-1:] in FREE_ENDS else [{STRANGE: {}}, [[[]]], 0.5]
    is_compared = path[-1:] == ("value",) and "field" in parent
    is_listed = path[-2:-1] == ("value",) and not isinstance(value, dict)
    if is_listed:
        return [*wrong, True]
    if is_compared or value is None:
        return wrong
    if isinstance(value, bool):
        return [*wrong, "true", 1]
    if isinstance(value, int):
        return [*wrong, "1", True]
    return [*wrong, 1, True]


def replace_at(document: Any, path: Path, value: Any) -> Any:
    """A copy of the document with another value at this place."""
    if not path:
        return value
    changed = document.copy()
    changed[path[0]] = replace_at(document[path[0]], path[1:], value)
    return changed


def read_at(document: Any, path: Path) -> Any:
    """The value at this place."""
    for step in path:
        document = document[step]
    return document


def without(value: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: item for name, item in value.items() if name != key}


def mutate(document: Any) -> Iterator[tuple[Kind, Path, Any]]:
    """Each change: its kind, its place, and the changed document."""
    for path, value in walk(document):
        parent = read_at(document, path[:-1]) if path else {}
        for other in list_other_types(value, path, parent):
            yield "retype", path, replace_at(document, path, other)
        if isinstance(value, dict) and not (path and path[-1] in FREE):
            yield "add", path, replace_at(document, path, {**value, STRANGE: 1})
            for key in value:
                yield "drop", (*path, key), replace_at(document, path, without(value, key))


def list_requests(description: Description) -> Iterator[Case]:
    """The samples that are valid in this version."""
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

            yield sample.operation, check, sample.body


def list_answers(description: Description) -> Iterator[Case]:
    """One example of each schema of an answer, without what is in no description."""
    seen = set()
    for operation in description.operations:
        for status, reply in operation.replies.items():
            schema = json.dumps(reply.validator.schema, sort_keys=True)
            if schema in seen or not reply.examples:
                continue
            seen.add(schema)

            def check(body: Any, operation: Any = operation, status: int = status) -> list[str]:
                path, headers = fill_path(operation.path), build_answer(status)
                payload = json.dumps(body).encode()
                return description.check_response(operation.method, path, status, headers, payload)

            example = next(iter(reply.examples.values()))
            yield f"{operation.name} {status}", check, prune(check, example)


def prune(check: Callable[[Any], list[str]], document: Any) -> Any:
    """The document without known drift."""
    for problem in check(document):
        assert [] == drop_known_drift([problem])
        place, _, text = problem.partition(": ")
        steps = STEP.findall(place[place.index(" body") :])
        path = tuple(name or int(number) for name, number in steps)
        key = text.split(" ")[0].split(".")[-1]
        document = replace_at(document, path, without(read_at(document, path), key))
    assert [] == check(document)
    return document


CASES = {"requests": list_requests, "answers": list_answers}


def name_place(name: str, path: Path) -> str:
    """With every number as 0."""
    return f"{name} body{show_path([step if isinstance(step, str) else 0 for step in path])}"


@pytest.mark.parametrize(("version", "direction"), COUNTS)
def test_every_change_that_counts_is_noticed(version: str, direction: str) -> None:
    """Each other type, each unknown key, and each missing key that is required."""
    noticed: Counter[str] = Counter()
    missed: list[tuple[str, str]] = []
    dropped: dict[bool, set[str]] = {True: set(), False: set()}
    for name, check, document in CASES[direction](load_description(version)):
        for kind, path, changed in mutate(document):
            has_problem = bool(check(changed))
            noticed[kind] += has_problem
            if kind == "drop":
                dropped[has_problem].add(name_place(name, path))
            elif not has_problem:
                missed.append((kind, name_place(name, path)))
    assert [] == missed
    assert COUNTS[version, direction] == dict(noticed)
    assert REQUIRED_IN[version, direction] == dropped[True]
    assert OPTIONAL[direction] <= len(dropped[False])
