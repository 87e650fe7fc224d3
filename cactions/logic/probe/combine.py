"""Responses with the records of both people, made of their own responses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from cactions.logic import strict_json
from cactions.logic.lint.records import is_element_proven
from cactions.model import EACH, Action, Json, Response, Segment
from cactions.rules.ca107_first_of_many import find_counted_list

Steps: TypeAlias = "tuple[Segment, ...]"


def build_combined_responses(
    action: Action, mine: Response, theirs: Response
) -> Iterator[Response]:
    """The response with both lists of records, in both orders, for each list; maybe none."""
    for steps in list_record_lists(action):
        try:
            body, other = (strict_json.parse_json(each.body.decode()) for each in (mine, theirs))
        except (strict_json.StrictJsonError, UnicodeDecodeError):
            return
        place, second = _walk(body, steps), _walk(other, steps)
        if not (isinstance(place, list) and isinstance(second, list)):
            continue
        first = [*place]
        for records in ([*first, *second], [*second, *first]):
            place[:] = records
            yield replace(mine, body=strict_json.dump_json(body).encode())


def list_record_lists(action: Action) -> tuple[Steps, ...]:
    """The ways to the lists from which a record is taken.

    A list that belongs to the person's own record, such as their orders, is none of them.
    """
    response = action.response
    if response.rows:
        segments = response.rows.path.segments
        places = (at for at, step in enumerate(segments) if step is EACH or isinstance(step, int))
        return tuple(segments[:at] for at in list(places)[:1])
    proof = response.same_person.path if response.same_person else None
    found: dict[Steps, None] = {}
    for path in (path for mapping in response.mapping for path in mapping.paths):
        position = find_counted_list(path, proof, is_element_proven)
        if position is not None:
            found[path.segments[:position]] = None
    return tuple(found)


def _walk(root: Json, steps: Sequence[Segment]) -> Json:
    for step in steps:
        if isinstance(step, str) and isinstance(root, dict):
            root = root.get(step)
        elif isinstance(step, int) and isinstance(root, list) and -len(root) <= step < len(root):
            root = root[step]
        else:
            return None
    return root
