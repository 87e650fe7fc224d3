"""Compares what a test expects with what came out; every difference is one sentence.

A redacted value stands in no sentence, on neither side; a secret is dots wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import parse_qsl

from cactions.logic import strict_json
from cactions.logic.plan.equality import is_equal_as
from cactions.model import (
    ABSENT,
    Change,
    Expectation,
    ExpectedChange,
    ExpectedKind,
    ExpectedRequest,
    KeptAttribute,
    MaskedText,
    Plan,
    PlanFailure,
    Request,
    Value,
    is_empty,
    is_same,
)

OTHER: Final = "another value than expected (it is redacted)"


def find_problems(
    expect: Expectation, result: Plan | PlanFailure, request: Request | None = None
) -> Iterator[str]:
    """What does not hold. ``request`` is the one that would be sent; None where there is none."""
    status = result.call.status if result.call else None
    if expect.status is not None and status != expect.status:
        yield f"status: expected {expect.status}, found {status or 'no answer'}"
    if expect.request is not None:
        yield from _find_request_problems(expect.request, request)
    if isinstance(result, PlanFailure):
        if expect.failure != result.reason.value:
            wanted = f"expected {expect.failure}, found " if expect.failure else ""
            yield f"{wanted}{result.reason.value}: {result.message}"
    elif expect.failure is not None:
        yield f"expected {expect.failure}, but nothing stops this plan"
    else:
        yield from _find_attribute_problems(expect, result)


def list_outcomes(plan: Plan) -> dict[str, Change | KeptAttribute]:
    """What becomes of each mapped attribute, by its name."""
    changes = {change.attribute: change for change in plan.changes}
    return {**changes, **{left.attribute: left for left in plan.left}}


def get_value(outcome: Change | KeptAttribute) -> Value:
    """What the attribute would hold."""
    return outcome.after if isinstance(outcome, Change) else outcome.before


def describe_outcome(outcome: Change | KeptAttribute) -> ExpectedChange:
    """The kind of an outcome, with its reason."""
    if isinstance(outcome, Change):
        return ExpectedChange(ExpectedKind(outcome.kind.value))
    kind = ExpectedKind.REFUSED if outcome.refused else ExpectedKind.KEPT
    return ExpectedChange(kind, outcome.reason.value)


def fits_change(expected: ExpectedChange, found: ExpectedChange) -> bool:
    """Whether the kind is the expected one, and the reason where one is expected."""
    return expected.kind is found.kind and expected.reason in ("", found.reason)


def list_expected_refusals(expect: Expectation) -> set[str]:
    """The attributes whose values must be refused, wherever that is said."""
    changes = expect.changes or {}
    kinds = {name for name, change in changes.items() if change.kind is ExpectedKind.REFUSED}
    return {*(expect.refused or ()), *kinds}


def _find_attribute_problems(expect: Expectation, plan: Plan) -> Iterator[str]:
    outcomes = list_outcomes(plan)
    for name, wanted in (expect.attributes or {}).items():
        outcome = outcomes[name]
        if not is_equal_as(outcome.data_type, get_value(outcome), wanted):
            found = _format_value(get_value(outcome))
            text = f"expected {_format_value(wanted)}, found {found}"
            yield f"{name}: {OTHER if outcome.redacted else text}"
    for name, change in (expect.changes or {}).items():
        found_change = describe_outcome(outcomes[name])
        if not fits_change(change, found_change):
            yield f"{name}: expected {_format_change(change)}, found {_format_change(found_change)}"
    expected = list_expected_refusals(expect)
    for left in plan.refused:
        if left.attribute not in {*expected, *(expect.changes or {})}:
            yield f"{left.attribute}: refused ({left.reason.value}) {left.detail}".rstrip()
    for name in sorted(set(expect.refused or ()) - {left.attribute for left in plan.refused}):
        yield f"{name}: expected to be refused, but it is not"


def _find_request_problems(expect: ExpectedRequest, request: Request | None) -> Iterator[str]:
    if request is None:
        yield "request: none can be built for this person"
        return
    if expect.method is not None and expect.method.upper() != request.method:
        yield f"method: expected {expect.method.upper()}, found {request.method}"
    url, query = _split_query(request.url)
    if expect.url is not None:
        yield from _compare_texts("url", expect.url, url)
    if expect.query is not None:
        yield from _compare_queries(expect.query, query)
    for name, value in (expect.headers or {}).items():
        found = next((text for n, text in request.headers if n.lower() == name.lower()), None)
        yield from _compare_texts(f"header {name}", value, found)
    if expect.json is not ABSENT:
        yield from _compare_bodies(expect.json, request.body)


def _compare_texts(label: str, expected: str, found: MaskedText | None) -> Iterator[str]:
    """A text may be expected as it is shown, or with its redacted values."""
    if found is None:
        yield f"{label}: expected, but it is not sent"
    elif expected not in (found.masked, found.to_matching_text()):
        hidden = found.masked != found.to_matching_text()
        yield f"{label}: {OTHER if hidden else f'expected {expected}, found {found.masked}'}"


def _split_query(url: MaskedText) -> tuple[MaskedText, MaskedText]:
    """The URL without its query, and the query."""
    shown, _, shown_query = url.masked.partition("?")
    compared, _, compared_query = url.to_matching_text().partition("?")
    return MaskedText(shown, None, compared), MaskedText(shown_query, None, compared_query)


def _compare_queries(expected: Mapping[str, tuple[str, ...]], query: MaskedText) -> Iterator[str]:
    shown, compared = (_group_values(text) for text in (query.masked, query.to_matching_text()))
    for name in dict.fromkeys((*expected, *shown)):
        wanted, found = expected.get(name, ()), shown.get(name, ())
        for extra in found[len(wanted) :]:
            yield f"query {name}: sent as {extra}, but not expected"
        texts = [MaskedText(a, None, b) for a, b in zip(found, compared.get(name, ()), strict=True)]
        for position, value in enumerate(wanted):
            text = texts[position] if position < len(texts) else None
            yield from _compare_texts(f"query {name}", value, text)


def _group_values(query: str) -> dict[str, tuple[str, ...]]:
    """The values of each name, in order."""
    found: dict[str, tuple[str, ...]] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        found[name] = (*found.get(name, ()), text)
    return found


def _compare_bodies(expected: Value, body: MaskedText | None) -> Iterator[str]:
    if body is None:
        yield "json: the request has no body"
        return
    shown, compared = (_parse(text) for text in (body.masked, body.to_matching_text()))
    if any(is_same(expected, found) for found in (shown, compared)):
        return
    hidden = body.masked != body.to_matching_text()
    text = f"expected {_format_value(expected)}, found {body.masked}"
    yield f"json: {OTHER if hidden else text}"


def _parse(text: str) -> Value:
    try:
        return strict_json.parse_json(text)
    except strict_json.StrictJsonError:
        return ABSENT


def _format_change(change: ExpectedChange) -> str:
    return f"{change.kind.value} ({change.reason})" if change.reason else change.kind.value


def _format_value(value: Value) -> str:
    return "nothing" if is_empty(value) or value is ABSENT else strict_json.dump_json(value)
