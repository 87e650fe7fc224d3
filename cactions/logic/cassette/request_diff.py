"""In which words two requests differ, for a reader who has to fix one of them.

- The words are plain text: one line, nothing in it can move a cursor or turn a line around.
- A recorded value is quoted only beside a plain value of ours at the same place, and never beside
  dots or in their list: whatever else a recording holds may be a secret of that day.
- A part of ours that holds a redacted value is not quoted, on neither side.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Final

from cactions.logic.cassette.request_key import (
    DEFAULT_PORTS,
    PARTS,
    BodyKey,
    BodyKind,
    Key,
    Pairs,
    RequestKey,
    Route,
    group_by_name,
)
from cactions.logic.printable import escape_control
from cactions.logic.strict_json import dump_json
from cactions.model import ABSENT, MASK, Json, Value, is_same

_HIDDEN: Final = "not the recorded one (it holds a redacted value)"

_MOST_PLACES: Final = 3
_MOST_CHARACTERS: Final = 120
_BEFORE: Final = 20
_KINDS: Final[Mapping[type, str]] = {
    dict: "an object",
    list: "an array",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def describe_request(question: RequestKey, *, hidden: bool = False) -> str:
    """``GET https://host/path``: no query, no userinfo, and no path that is ``hidden``."""
    port = "" if question.port == DEFAULT_PORTS.get(question.scheme) else f":{question.port}"
    origin = f"{question.scheme}://{question.host}{port}"
    return escape_control(f"{question.method} {origin}{'/…' if hidden else question.path}")


def find_closest_recording(
    request_key: RequestKey, key: Key, candidates: Iterable[tuple[Key, RequestKey]]
) -> RequestKey | None:
    """The candidate with the fewest differing parts, then the most similar, then the first.

    ``key`` and those of the candidates are made with the same blanks. Linear: for misses only.
    """
    fewest, closest = len(PARTS), list[RequestKey]()
    for other, question in candidates:
        count = sum(ours != theirs for ours, theirs in zip(key, other, strict=True))
        if count < fewest:
            fewest, closest = count, []
        if count == fewest:
            closest.append(question)
    text = _render_text(request_key)
    return max(
        closest, key=lambda question: _measure_likeness(text, _render_text(question)), default=None
    )


def list_differences(here: RequestKey, recorded: RequestKey, shown: RequestKey) -> Iterator[str]:
    """One text for each part that differs: ``query: page=2 here, page=1 recorded``.

    ``shown`` is ours as it may be quoted.
    """
    for part in ("method", "scheme", "host", "port"):
        ours, theirs = getattr(here, part), getattr(recorded, part)
        if ours != theirs:
            yield f"{part}: {_format_pair(ours or 'none', theirs or 'none')}"
    if here.path != recorded.path:
        hidden = here.path != shown.path
        yield f"path: {_HIDDEN if hidden else _format_pair(here.path, recorded.path)}"
    if query := _compare_queries(here.query, recorded.mask_query(here.blanks.query)):
        yield f"query: {_HIDDEN if here.query != shown.query else _join_first(query)}"
    if body := _compare_bodies(here.body, recorded.body):
        hidden = not is_same(here.body.content, shown.body.content)
        yield f"body: {_HIDDEN if hidden else _join_first(body)}"


def _render_text(question: RequestKey) -> str:
    return f"{question.path}?{question.query}{dump_json(question.body.content)}"


def _measure_likeness(left: str, right: str) -> int:
    """How many characters the texts share at their beginning and at their end."""
    return _measure_shared_start(left, right) + _measure_shared_start(left[::-1], right[::-1])


def _measure_shared_start(left: str, right: str) -> int:
    ends = range(1, min(len(left), len(right)) + 1)
    return bisect_left(ends, True, key=lambda end: left[:end] != right[:end])


def _format_pair(here: str, recorded: str, label: str = "") -> str:
    """Both values; long ones from shortly before their first difference: no cut may hide it."""
    start, lead = 0, ""
    if max(len(here), len(recorded)) > _MOST_CHARACTERS:
        start = max(0, _measure_shared_start(here, recorded) - _BEFORE)
        lead = "…" if start else ""
    ours, theirs = (escape_control(lead + side[start:]) for side in (here, recorded))
    return f"{label}{ours} here, {label}{theirs} recorded"


def _join_first(words: list[str]) -> str:
    rest = len(words) - _MOST_PLACES
    return "; ".join(words[:_MOST_PLACES]) + (f"; and {rest} more" if rest > 0 else "")


def _compare_queries(here: Pairs, recorded: Pairs) -> list[str]:
    ours, theirs = Counter(here), Counter(recorded)
    return _compare_pairs(
        group_by_name((ours - theirs).elements()), group_by_name((theirs - ours).elements())
    )


def _compare_bodies(here: BodyKey, recorded: BodyKey) -> list[str]:
    if here.form is not recorded.form:
        return [f"{here.form.value} here, {recorded.form.value} recorded"]
    ours, theirs = here.content, recorded.blanked(here.blanks)
    if isinstance(ours, dict) and isinstance(theirs, dict) and here.form is BodyKind.FORM:
        return _compare_pairs(ours, theirs)
    if isinstance(ours, str) and isinstance(theirs, str) and here.form is BodyKind.TEXT:
        return _compare_texts(ours, theirs)
    return [
        _format_difference(
            _format_path(route), mine, other, _format_json, quote=not _is_hidden(route, here.blanks)
        )
        for route, mine, other in _walk(ours, theirs, ())
    ]


def _is_hidden(route: Route, blanks: frozenset[Route]) -> bool:
    """Whether a list on the way there holds dots: an item more or less, and a secret is here."""
    return any(_share_list(route, blank) for blank in blanks)


def _share_list(route: Route, blank: Route) -> bool:
    steps = next((both for both in zip(route, blank, strict=False) if both[0] != both[1]), None)
    return steps is None or all(isinstance(step, int) for step in steps)


def _compare_texts(here: str, recorded: str) -> list[str]:
    if here == recorded:
        return []
    lengths = f"{len(here)} characters here, {len(recorded)} recorded"
    return [f"{lengths}, different from character {_measure_shared_start(here, recorded) + 1} on"]


def _compare_pairs(here: dict[str, Json], recorded: dict[str, Json]) -> list[str]:
    names = here | recorded
    ours, theirs = ({name: side.get(name, []) for name in names} for side in (here, recorded))
    found = _walk(ours, theirs, ())
    return [
        _format_difference(escape_control(str(name)), mine, other, str)
        for (name, *_), mine, other in found
    ]


def _walk(here: Value, recorded: Value, route: Route) -> Iterator[tuple[Route, Value, Value]]:
    """The smallest places where the values differ."""
    if isinstance(here, dict) and isinstance(recorded, dict):
        for name in here | recorded:
            ours, theirs = here.get(name, ABSENT), recorded.get(name, ABSENT)
            yield from _walk(ours, theirs, (*route, name))
    elif isinstance(here, list) and isinstance(recorded, list):
        for place, both in enumerate(zip_longest(here, recorded, fillvalue=ABSENT)):
            yield from _walk(*both, (*route, place))
    elif not is_same(here, recorded):
        yield route, here, recorded


def _format_difference(
    label: str, here: Value, recorded: Value, show: Callable[[Value], str], *, quote: bool = True
) -> str:
    if here is ABSENT:
        return f"{label} recorded, not here"
    if recorded is ABSENT:
        return f"{label}={escape_control(show(here))} here, not recorded"
    is_plain = not (isinstance(here, dict | list) or (isinstance(here, str) and MASK in here))
    return _format_pair(
        show(here), (show if is_plain and quote else _get_kind)(recorded), f"{label}="
    )


def _get_kind(value: Value) -> str:
    return _KINDS[type(value)]


def _format_json(value: Value) -> str:
    if value is ABSENT or isinstance(value, (dict, list)):
        return _KINDS[type(value)]
    return dump_json(value)


def _format_path(route: Route) -> str:
    return escape_control("$" + "".join(map(_format_step, route)))


def _format_step(step: str | int) -> str:
    if isinstance(step, str) and step.isidentifier():
        return f".{step}"
    return f"[{dump_json(step)}]"
