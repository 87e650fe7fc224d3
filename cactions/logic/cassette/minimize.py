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

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, TypeAlias

from cactions.logic import strict_json
from cactions.logic.exchange.verify import (
    ReferenceValues,
    check_head,
    is_body_read,
    meets_conditions,
)
from cactions.logic.expressions.json_path import query_one
from cactions.logic.expressions.references import equals_reference, resolve_reference
from cactions.model import (
    EACH,
    ActionResponse,
    Json,
    Path,
    Person,
    PlanningError,
    Response,
    SamePerson,
    Segment,
    Success,
    Value,
    is_empty,
    is_same,
)

Route: TypeAlias = "tuple[str | int, ...]"

HEADERS: Final = ("content-type", "retry-after")
"""The response headers that are kept as they came."""

NOT_JSON: Final = b"(no JSON came; what came is not kept)"
_OTHER_PERSON: Final = "another person"
_NO_PERSON: Final = "no person"


class _Keep(IntEnum):
    """What is left of a value; the highest wins."""

    PLACE = 0
    WORDS = 1
    SCALAR = 2
    WHOLE = 3


@dataclass(slots=True)
class _Tree:
    """What is kept, by place; ``words`` stand in for a value that is not."""

    steps: dict[str | int, _Tree] = field(default_factory=dict)
    keep: _Keep = _Keep.PLACE
    words: str = ""

    def add(self, route: Route, keep: _Keep, words: str = "") -> None:
        """Keep the value there."""
        at = self
        for step in route:
            at = at.steps.setdefault(step, _Tree())
        at.keep, at.words = max(at.keep, keep), words or at.words

    def of(self, value: Json) -> Json:
        """What is left of the value."""
        if self.keep is _Keep.WHOLE:
            return value
        if isinstance(value, dict):
            return {name: self.steps[name].of(value[name]) for name in value if name in self.steps}
        if isinstance(value, list):
            return self._of_list(value) if self.steps else []
        if self.keep is _Keep.SCALAR:
            return value
        return self.words if self.keep is _Keep.WORDS else {}

    def _of_list(self, items: list[Json]) -> list[Json]:
        """As long as it was, since places count from both ends."""
        return [self.steps[n].of(item) if n in self.steps else None for n, item in enumerate(items)]


def minimize_exchange(
    response: ActionResponse, asker: ReferenceValues, answer: Response, known: Sequence[Person] = ()
) -> Response:
    """The answer as it may be kept. ``known`` are the test people."""
    body = _minimize_body(response, asker, answer, known)
    return Response(answer.status, tuple(_keep_headers(response.success_when, answer)), body)


def _keep_headers(success: Success, answer: Response) -> Iterator[tuple[str, str]]:
    wanted = {(name.lower(), value) for name, value in success.headers}
    for name, value in answer.headers:
        if name.lower() in HEADERS or (name.lower(), value) in wanted:
            yield name, value


def _minimize_body(
    response: ActionResponse, asker: ReferenceValues, answer: Response, known: Sequence[Person]
) -> bytes:
    if not (is_body_read(response) and _has_good_head(response.success_when, answer)):
        return b""
    try:
        document = strict_json.parse_json(answer.body)
    except strict_json.StrictJsonError:
        return NOT_JSON if answer.body else b""
    tree = _Tree()
    if _keep_checks(response.success_when, document, tree):
        _keep_read(response, asker, document, known, tree)
    return strict_json.dump_json(tree.of(document)).encode()


def _has_good_head(success: Success, answer: Response) -> bool:
    try:
        check_head(success, answer)
    except PlanningError:
        return False
    return True


def _keep_checks(success: Success, document: Json, tree: _Tree) -> bool:
    """Up to the first that does not hold; whether all do."""
    for check in success.body:
        if not is_same(query_one(check.path, document), check.equals):
            return False
        _keep(check.path, (), document, tree, _Keep.WHOLE)
    return True


def _keep_read(
    response: ActionResponse,
    asker: ReferenceValues,
    document: Json,
    known: Sequence[Person],
    tree: _Tree,
) -> None:
    """The rows, the proof, and the mapped values: as far as reading comes."""
    root: tuple[Route, Json] = ((), document)
    if response.rows:
        rows = _list_routes(response.rows.path, (), document)
        fitting = [place for place in rows if meets_conditions(response.rows, asker, place[1])]
        for route, _ in rows:
            tree.add(route, _Keep.PLACE)
        for place in fitting:
            _keep_all((path for path, _ in response.rows.where), place, tree)
        if len(fitting) != 1:
            return
        root = fitting[0]
    if response.same_person is None or _keep_proof(response.same_person, asker, root, known, tree):
        _keep_all((mapping.path for mapping in response.mapping), root, tree)


def _keep_proof(
    check: SamePerson,
    asker: ReferenceValues,
    root: tuple[Route, Json],
    known: Sequence[Person],
    tree: _Tree,
) -> bool:
    """Whether the answer is about the person."""
    expected, found = asker.get_value(check.equals), query_one(check.path, root[1])
    proven = equals_reference(check.equals, expected, found)
    if proven or is_empty(found) or _is_known(check, asker, found, known):
        _keep(check.path, *root, tree, _Keep.SCALAR)
    else:
        words = _NO_PERSON if expected == _OTHER_PERSON else _OTHER_PERSON
        _keep(check.path, *root, tree, _Keep.WORDS, words)
    return proven


def _is_known(
    check: SamePerson, asker: ReferenceValues, found: Value, known: Sequence[Person]
) -> bool:
    values = (resolve_reference(check.equals, person, asker.inputs) for person in known)
    return any(equals_reference(check.equals, value, found) for value in values)


def _keep_all(paths: Iterable[Path], root: tuple[Route, Json], tree: _Tree) -> None:
    for path in paths:
        _keep(path, *root, tree, _Keep.SCALAR)


def _keep(  # noqa: PLR0913, PLR0917 - a place is a route and a value
    path: Path, route: Route, value: Json, tree: _Tree, keep: _Keep, words: str = ""
) -> None:
    for place, _ in _list_routes(path, route, value):
        tree.add(place, keep, words)


def _list_routes(path: Path, route: Route, value: Json) -> list[tuple[Route, Json]]:
    """Every place that the path names, counted from the start; none where there is nothing."""
    found = [(route, value)]
    for segment in path.segments:
        found = [
            ((*start, step), child)
            for start, node in found
            for step, child in _list_children(node, segment)
        ]
    return found


def _list_children(node: Json, segment: Segment) -> Iterable[tuple[str | int, Json]]:
    if isinstance(node, dict):
        return [(segment, node[segment])] if isinstance(segment, str) and segment in node else []
    if not isinstance(node, list):
        return []
    if segment is EACH:
        return enumerate(node)
    if isinstance(segment, int) and -len(node) <= segment < len(node):
        return [(segment % len(node), node[segment])]
    return []
