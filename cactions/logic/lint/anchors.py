"""How well a request binds the record that it finds to the person, by what no one can choose.

A verified value counts only at a place that names the owner: beside a key that people choose, any
other place (``with``, ``cachebuster``) proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from cactions.logic.lint.conditions import Grade, MeasureLeaf, Steps, list_names, measure_tree
from cactions.logic.lint.graphql import GraphField, read_fields
from cactions.logic.lint.owner_words import (
    is_access_path,
    is_bare,
    is_negated,
    is_other_name,
    is_owner_name,
)
from cactions.logic.lint.vocabulary import SELECTORS, split_words
from cactions.model import (
    Action,
    BodyForm,
    Input,
    PersonField,
    Reference,
    Template,
    list_references,
)
from cactions.rules.rule import KeyRole, LookupKey, RequestPart

_NAMED: Final = (
    r"(?i)<(?:[\w-]+:)?([\w.-]+)[^<>]*>\s*(?:<!\[CDATA\[)?$"
    r"|[\"']?([\w.\[\]]+)[\"']?\s*(?:=|:|==|\beq\b|\blike\b|\bin\b)\s*[\"'(]*$"
)
"""The name right before a value in a text: an element, a parameter, or a field of a query."""
_LONGEST_NAME: Final = 200
_ALTERNATIVE: Final = re.compile(r"\b(or|not|ne|nin)\b|\|\||!=|<>|\s-\w+:", re.IGNORECASE)
"""What makes a condition of a query language one of several, or turns it around."""


class Anchors(Struct, frozen=True):
    """``grade`` is the best of all places; ``key`` is the first place that has it."""

    grade: Grade = Grade.NONE
    key: LookupKey | None = None


class RequestShape(Struct, frozen=True):
    """A request, and what of it can be chosen.

    ``fields`` are those of its GraphQL, None where it has none. ``chosen`` are the values that an
    attacker can choose, ``finding`` those of them that find a record.
    """

    action: Action
    keys: tuple[LookupKey, ...]
    fields: tuple[GraphField, ...] | None
    chosen: frozenset[Reference]
    finding: frozenset[Reference]


def read_graph(action: Action) -> tuple[GraphField, ...] | None:
    """What a request asks by GraphQL; None where it does not."""
    body = action.request.body
    return read_fields(body.content) if body and body.form is BodyForm.JSON else None


def measure_anchors(shape: RequestShape) -> Anchors:
    """How well the request names the owner."""
    best = Anchors()
    body: LookupKey | None = None
    for key in shape.keys:
        if not _may_anchor(key, shape) or key.part is RequestPart.WHERE:
            continue
        if key.part is RequestPart.BODY:
            body = body or key
            continue
        grade = _measure_key(shape, key)
        if grade > best.grade:
            best = Anchors(grade, key)
    if body and not _is_replacing(shape.action) and best.grade is not Grade.PROVEN:
        grade = _measure_body(shape)
        if grade > best.grade:
            best = Anchors(grade, body)
    return best


def _is_replacing(action: Action) -> bool:
    """Whether what stands in the body is written into the record, and does not find it."""
    bare = bool(action.connector_id) and action.response.same_person is None
    return bare and action.request.http_method in ("put", "patch")


def has_row_of_owner(shape: RequestShape) -> bool:
    """Whether the row of the answer is chosen by what no one can choose."""
    return any(key.part is RequestPart.WHERE and _may_anchor(key, shape) for key in shape.keys)


def _may_anchor(key: LookupKey, shape: RequestShape) -> bool:
    """The platform's own contact id is known to few services: it anchors a URL only."""
    if isinstance(key.reference, Input) or key.reference in shape.chosen:
        return False
    if not shape.action.request.is_read and split_words(key.name) == ("contact", "email"):
        return False  # what a change says of whom to write to
    known = key.part is RequestPart.URL or key.reference != PersonField("id")
    return key.role is KeyRole.SELECTOR and known


def _measure_key(shape: RequestShape, key: LookupKey) -> Grade:
    """In the URL, the query or a header."""
    if key.part is RequestPart.URL:
        return _measure_path(shape.action.request.url, key.reference, shape.finding)
    if key.part is RequestPart.HEADER and SELECTORS.isdisjoint(split_words(key.name)):
        return Grade.NONE
    assert key.template is not None
    if _stands_beside_chosen(key, shape):
        return Grade.NONE
    grade = _measure_text(key.template, key.reference, (key.name,))
    return _weaken(grade) if _is_access_path(shape.action) else grade


def _stands_beside_chosen(key: LookupKey, shape: RequestShape) -> bool:
    """Whether another value of the same name can be chosen: the record may be that one's."""
    others = list_references(shape.action.request.query.get(key.name))
    return key.part is RequestPart.QUERY and any(
        isinstance(other, Input) or other in shape.chosen for other in others
    )


def _measure_path(url: Template, reference: Reference, finding: frozenset[Reference]) -> Grade:
    """What stands in front of a chosen key is read first; behind it, its step must name an owner.

    A path below a record may be about anyone: ``/files/7/share/u-1``.
    """
    before, chosen = "", False
    for part in url.pieces:
        if part == reference:
            break
        if isinstance(part, str):
            before = part
        else:
            chosen = chosen or part in finding
    if not chosen:
        return Grade.PROVEN
    step = next((step for step in reversed(before.split("/")) if step), "")
    words = split_words(step)
    return Grade.PROVEN if is_owner_name(words) and not is_access_path(step) else Grade.WEAK


def _measure_body(shape: RequestShape) -> Grade:
    body = shape.action.request.body
    assert body is not None
    anchors = {
        key.reference
        for key in shape.keys
        if key.part is RequestPart.BODY and _may_anchor(key, shape)
    }

    def measure_leaf(text: Template, steps: Steps) -> Grade:
        grades = (_measure_text(text, each, steps) for each in text.references if each in anchors)
        return max(grades, default=Grade.NONE)

    if shape.fields is not None:
        grades = [*_measure_fields(shape.fields, measure_leaf, shape.finding, Grade.NONE)]
        found = [grade for grade, finds in grades if finds]
        grade = min(found) if found else max((each for each, _ in grades), default=Grade.NONE)
    else:
        grade = measure_tree(body.content, measure_leaf)
    return _weaken(grade) if _is_access_path(shape.action) else grade


def _measure_fields(
    fields: tuple[GraphField, ...],
    measure_leaf: MeasureLeaf,
    finding: frozenset[Reference],
    above: Grade,
) -> Iterator[tuple[Grade, bool]]:
    """The grade of each field, and whether a chosen value finds it; a field has those above it."""
    for field in fields:
        own = max(above, measure_tree(field.arguments, measure_leaf, (field.name,)))
        yield own, not finding.isdisjoint(list_references(field.arguments))
        yield from _measure_fields(field.fields, measure_leaf, finding, own)


def _measure_text(text: Template, reference: Reference, steps: Steps) -> Grade:
    """A value alone in its place, or in a text that says before it what it is."""
    literals = _join_literals(text)
    if not steps or re.search(r"[\s=<>:]", literals):
        named = re.search(_NAMED, _find_before(text, reference)[-_LONGEST_NAME:])
        if named is None:
            return Grade.NONE if steps else Grade.WEAK
        if named[2] and _ALTERNATIVE.search(literals):
            return Grade.NONE
        steps = (*steps, named[1] or named[2])
    elif is_negated(split_words(steps[-1])):
        return Grade.NONE
    return _measure_name(steps)


def _measure_name(steps: Steps) -> Grade:
    words = tuple(word for step in steps for word in split_words(step))
    if is_other_name(words):
        return Grade.NONE
    names = [split_words(name) for name in list_names(steps)]
    names = [each for each in names if each]
    if not names:
        return Grade.WEAK
    telling = names[0]
    if is_bare(telling) and len(names) == 1:
        return Grade.PROVEN
    if is_bare(telling):
        telling = names[1]
    return Grade.PROVEN if is_owner_name(telling) else Grade.WEAK


def _weaken(grade: Grade) -> Grade:
    return min(grade, Grade.WEAK)


def _is_access_path(action: Action) -> bool:
    request = action.request
    path = _join_literals(request.url).partition("?")[0]
    return not request.is_read and is_access_path(path)


def _find_before(text: Template, reference: Reference) -> str:
    """The literal text right before a value."""
    before = ""
    for part in text.pieces:
        if part == reference:
            return before
        before = part if isinstance(part, str) else ""
    return ""


def _join_literals(text: Template) -> str:
    return "".join(part for part in text.parts if isinstance(part, str))
