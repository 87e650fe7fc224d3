"""Paths of a document that are nearly the one that finds nothing in it.

A suggestion names members only, never a value; a member whose name may be a value of a person, such
as an e-mail address, is in none. The work is bounded.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from cactions.logic.bulk.names import mask_name, write_path
from cactions.logic.expressions.json_path import query_one
from cactions.model import ABSENT, EACH, Json, Path, Segment, Value
from cactions.rules.credentials import looks_like_secret

_MOST_NODES: Final = 500
_MOST_MEMBERS: Final = 100
_MOST_DEPTH: Final = 8
_MOST_PATHS: Final = 3
_MOST_NAMES: Final = 8
_LONGEST: Final = 40  # characters of a name that is compared
_ALIKE: Final = 0.75
_KINDS: Final = {list: "a list", str: "a text", bool: "true or false", int: "a number",
                 float: "a number", type(None): "null", dict: "an empty object"}  # fmt: skip
_SEPARATORS: Final = re.compile(r"[^0-9a-z]")


def describe_near_miss(path: Path, document: Json) -> str:
    """What the document has in the place of a path that finds nothing; empty if that is unknown."""
    near = list_near_paths(path, document)
    if near:
        listed = any("[*]" in text for text in near)
        end = ", in a list: `rows` picks the row of this person" if listed else ""
        return f"the answer has {' and '.join(near)}{end}"
    found, node = _find_deepest(path.segments, document)
    if isinstance(node, dict) and (names := _list_plain_names(node)):
        more = ", …" if len(names) > _MOST_NAMES else ""
        return f"{found} of the answer has {', '.join(names[:_MOST_NAMES])}{more}"
    kind = _KINDS.get(type(node), "")
    return f"{found} of the answer is {kind}" if kind else ""


def list_near_paths(path: Path, document: Json) -> list[str]:
    """The paths of scalars whose last name is nearly that of this path; the nearest first."""
    wanted = next((s for s in reversed(path.segments) if isinstance(s, str)), "")
    if not wanted or len(wanted) > _LONGEST:
        return []
    ranked = sorted(
        (-likeness, number, text)
        for number, (name, text) in enumerate(_list_scalars(document))
        if (likeness := _compare(wanted, name)) >= _ALIKE
    )
    best = [text for likeness, _, text in ranked if likeness == ranked[0][0]]
    return best[:_MOST_PATHS]


def _compare(wanted: str, name: str) -> float:
    """1 for names that differ in capitals and separators at most; 2 for equal names."""
    if wanted == name:
        return 2.0
    first, second = (_SEPARATORS.sub("", text.lower()) for text in (wanted, name))
    if first and first == second:
        return 1.0
    matcher = SequenceMatcher(None, first, second)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0


def list_lists(document: Json) -> list[str]:
    """The paths of its lists of objects, as ``rows.path`` names them; those near the root first."""
    nodes: deque[tuple[str, Json]] = deque([("$", document)])
    found: list[str] = []
    for _ in range(_MOST_NODES):
        if not nodes or len(found) == _MOST_PATHS:
            break
        above, node = nodes.popleft()
        if isinstance(node, list) and any(isinstance(item, dict) for item in node[:1]):
            found.append(f"{above}[*]")
        elif isinstance(node, dict):
            nodes.extend((f"{above}.{name}", node[name]) for name in _list_plain_names(node))
    return found


def _list_scalars(document: Json) -> Iterator[tuple[str, str]]:
    """The name and the path of each scalar, those near the root first; of a list, its first row."""
    nodes: deque[tuple[int, str, Json]] = deque([(0, "$", document)])
    for _ in range(_MOST_NODES):
        if not nodes:
            return
        depth, above, node = nodes.popleft()
        if depth >= _MOST_DEPTH:
            continue
        if isinstance(node, list):
            nodes.extend((depth + 1, f"{above}[*]", item) for item in node[:1])
        elif isinstance(node, dict):
            for name in _list_plain_names(node):
                item, text = node[name], f"{above}.{name}"
                if isinstance(item, dict | list):
                    nodes.append((depth + 1, text, item))
                else:
                    yield name, text


def _list_plain_names(node: dict[str, Json]) -> list[str]:
    names = [*node][:_MOST_MEMBERS]
    return [name for name in names if mask_name(name) == name and not looks_like_secret(name)]


def _find_deepest(segments: Sequence[Segment], document: Json) -> tuple[str, Value]:
    """The longest beginning of a path that finds something, and what it finds."""
    for end in range(len(segments), -1, -1):
        begin = tuple(segments[:end])
        if EACH not in begin and (node := query_one(Path("", begin), document)) is not ABSENT:
            return write_path(begin), node
    return "$", document
