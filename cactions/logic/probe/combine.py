"""Responses with the records of both people, made of their own responses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from cactions.logic import strict_json
from cactions.model import EACH, Action, Json, Response, Segment


def build_combined_responses(
    action: Action, mine: Response, theirs: Response
) -> Iterator[Response]:
    """The response with both lists of records, in both orders; none where there is no list."""
    steps = find_list(action)
    if steps is None:
        return
    try:
        body, other = (strict_json.parse_json(each.body.decode()) for each in (mine, theirs))
    except (strict_json.StrictJsonError, UnicodeDecodeError):
        return
    place, second = _walk(body, steps), _walk(other, steps)
    if not (isinstance(place, list) and isinstance(second, list)):
        return
    first = [*place]
    for records in ([*first, *second], [*second, *first]):
        place[:] = records
        yield replace(mine, body=strict_json.dump_json(body).encode())


def find_list(action: Action) -> tuple[Segment, ...] | None:
    """The way to the list from which a record is taken; None where the response has only one."""
    response = action.response
    paths = [response.rows.path] if response.rows else []
    paths += [mapping.path for mapping in response.mapping]
    for path in paths:
        for at, segment in enumerate(path.segments):
            if segment is EACH or isinstance(segment, int):
                return path.segments[:at]
    return None


def _walk(root: Json, steps: Sequence[Segment]) -> Json:
    for step in steps:
        if isinstance(step, str) and isinstance(root, dict):
            root = root.get(step)
        elif isinstance(step, int) and isinstance(root, list) and -len(root) <= step < len(root):
            root = root[step]
        else:
            return None
    return root
