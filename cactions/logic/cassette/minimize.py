"""What of an answer may stand in a recording: what the action reads, for the person it asks for.

- Reading what is left ends as reading the whole did: in the same plan, or for the same reason. Only
  two words differ: how text that is no JSON is not JSON, and what a response about another person
  holds in the place of the proof.
- Nothing else is left. A list keeps its length, and a row of another person is ``{}``; a list or an
  object that is read as one value is empty; a value that is no success is gone.
- Where a response is about another person, only its proof is left, with words in the place of the
  value, unless that is a test person's, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from cactions.logic.cassette.kept_tree import (
    Keep,
    KeptTree,
    Place,
    Route,
    keep_path,
    keep_shape,
    list_routes,
)
from cactions.logic.exchange.answer_body import AnswerError, read_body, write_body
from cactions.logic.exchange.identity_proof import proves_identity
from cactions.logic.exchange.row_choice import (
    ReferenceValues,
    RowOrderError,
    choose_positions,
    meets_conditions,
)
from cactions.logic.exchange.verify import check_head
from cactions.logic.expressions.json_path import query_one
from cactions.logic.expressions.references import resolve_reference
from cactions.model import (
    ActionResponse,
    Aggregate,
    AttributeMapping,
    BodyCheck,
    Json,
    Person,
    PlanningError,
    Response,
    Rows,
    SamePerson,
    Success,
    Value,
    is_empty,
)

HEADERS: Final = ("content-type", "retry-after")
"""The response headers that are kept as they came."""

_CHARSET: Final = re.compile(r";\s*charset=[^;]*", re.IGNORECASE)
NOT_JSON: Final = b"(no JSON came; what came is not kept)"
_OTHER_PERSON: Final = "another person"
_NO_PERSON: Final = "no person"


def minimize_exchange(
    response: ActionResponse, asker: ReferenceValues, answer: Response, known: Sequence[Person] = ()
) -> Response:
    """The answer as it may be kept. ``known`` are the test people."""
    body = _minimize_body(response, asker, answer, known)
    return Response(answer.status, tuple(_keep_headers(response, answer)), body)


def _keep_headers(response: ActionResponse, answer: Response) -> Iterator[tuple[str, str]]:
    """The body is UTF-8 in a recording, whatever it was before."""
    checked = (*response.success_when.headers, *_list_nothing_headers(response))
    wanted = {(name.lower(), value) for name, value in checked}
    for name, value in answer.headers:
        if (name.lower(), value) in wanted:
            yield name, value
        elif name.lower() in HEADERS:
            yield name, _CHARSET.sub("", value)


def _list_nothing_headers(response: ActionResponse) -> tuple[tuple[str, str], ...]:
    return response.nothing_when.headers if response.nothing_when else ()


def _minimize_body(
    response: ActionResponse, asker: ReferenceValues, answer: Response, known: Sequence[Person]
) -> bytes:
    is_success = response.is_body_read and _has_good_head(response.success_when, answer)
    if not (is_success or _reads_nothing(response, answer)):
        return b""
    try:
        document = read_body(answer, response)
    except AnswerError:
        return NOT_JSON if answer.body else b""
    tree = KeptTree()
    _keep_nothing(response, document, tree)
    if is_success and _keep_checks(response.success_when, document, tree):
        _keep_read(response, asker, document, known, tree)
    return write_body(tree.of(document), response.format)


def _reads_nothing(response: ActionResponse, answer: Response) -> bool:
    """Whether the body is read to find out that the service has nothing about the person."""
    nothing = response.nothing_when
    if nothing is None or not (nothing.body or nothing.empty):
        return False
    return answer.status in (nothing.statuses or response.success_when.statuses)


def _keep_nothing(response: ActionResponse, document: Json, tree: KeptTree) -> None:
    """What tells that there is nothing, and what tells that there is something."""
    nothing = response.nothing_when
    if nothing is None:
        return
    for check in nothing.body:
        _keep_check(check, document, tree)
    if nothing.empty:
        keep_shape(nothing.empty, document, tree)


def _keep_check(check: BodyCheck, document: Json, tree: KeptTree) -> bool:
    """The author's value where the check holds, else what tells that it does not."""
    is_met = check.matches(query_one(check.path, document))
    if is_met:
        keep_path(check.path, (), document, tree, Keep.WHOLE)
    else:
        keep_shape(check.path, document, tree)
    return is_met


def _has_good_head(success: Success, answer: Response) -> bool:
    try:
        check_head(success, answer)
    except PlanningError:
        return False
    return True


def _keep_checks(success: Success, document: Json, tree: KeptTree) -> bool:
    """Up to the first that does not hold; whether all do."""
    return all(_keep_check(check, document, tree) for check in success.body)


def _keep_read(
    response: ActionResponse,
    asker: ReferenceValues,
    document: Json,
    known: Sequence[Person],
    tree: KeptTree,
) -> None:
    """The rows, the proof, and the mapped values: as far as reading comes."""
    root: Place | None = ((), document)
    if response.rows:
        rows = list_routes(response.rows.path, (), document)
        for route, _ in rows:
            tree.add(route, Keep.PLACE)
        root = _keep_choice(response.rows, asker, rows, tree)
    if root is None:
        return
    if response.same_person is None or _keep_proof(response.same_person, asker, root, known, tree):
        for mapping in response.mapping:
            _keep_mapped(mapping, asker, root, tree)


def _keep_choice(
    rows: Rows, asker: ReferenceValues | None, places: Sequence[Place], tree: KeptTree
) -> Place | None:
    """What chooses among the rows that fit; the one that is meant, None for none or several."""
    fitting = [place for place in places if meets_conditions(rows, asker, place[1])]
    read = [path for path, _ in (*rows.where, *rows.literals)]
    read += [rows.order.path] if rows.order else []
    for place in fitting:
        for path in read:
            keep_path(path, *place, tree, Keep.SCALAR)
    try:
        chosen = choose_positions(rows, asker, [value for _, value in places])
    except RowOrderError:
        return None
    return places[chosen[0]] if len(chosen) == 1 else None


def _keep_mapped(
    mapping: AttributeMapping, asker: ReferenceValues, root: Place, tree: KeptTree
) -> None:
    keep = Keep.WHOLE if mapping.join is not None else Keep.SCALAR
    keep = Keep.PLACE if mapping.aggregate is Aggregate.COUNT else keep
    if mapping.elements is None:
        for path in mapping.paths:
            keep_path(path, *root, tree, keep)
        return
    elements = list_routes(mapping.elements.path, *root)
    for route, _ in elements:
        tree.add(route, Keep.PLACE)
    chosen = _keep_choice(mapping.elements, asker, elements, tree)
    fitting = [place for place in elements if meets_conditions(mapping.elements, asker, place[1])]
    for place in fitting if mapping.aggregate else [chosen] if chosen else []:
        keep_path(mapping.element_path, *place, tree, keep)


def _keep_proof(
    check: SamePerson,
    asker: ReferenceValues,
    root: tuple[Route, Json],
    known: Sequence[Person],
    tree: KeptTree,
) -> bool:
    """Whether the answer is about the person."""
    expected, found = asker.get_value(check.equals), query_one(check.path, root[1])
    proven = proves_identity(check, expected, found)
    if proven or is_empty(found) or _is_known(check, asker, found, known):
        keep_path(check.path, *root, tree, Keep.SCALAR)
    else:
        words = _NO_PERSON if expected == _OTHER_PERSON else _OTHER_PERSON
        keep_path(check.path, *root, tree, Keep.WORDS, words)
    return proven


def _is_known(
    check: SamePerson, asker: ReferenceValues, found: Value, known: Sequence[Person]
) -> bool:
    values = (resolve_reference(check.equals, person, asker.inputs) for person in known)
    return any(proves_identity(check, value, found) for value in values)
