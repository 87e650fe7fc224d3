"""Takes what answers for a rule out of a file: an item of ``allow:``, or a rule in a comment.

Law: what the file says is otherwise the same, down to each text in it; where that cannot be shown,
nothing is proposed.
"""

from __future__ import annotations

import re
from typing import Any, Final

from cactions.logic.faults import Faults
from cactions.logic.lines import lines_with_ends, split_lines
from cactions.logic.locating import Places
from cactions.logic.nodes import ListNode, MapNode, Node, to_json
from cactions.logic.reading import read
from cactions.logic.rewriting import rewritten
from cactions.model import Edit, Json, Place

_LIST: Final = r"(#[ \t]*cactions: ignore\[)([^\]]*)\]"
_ITEM: Final = r"[ ]*-[ ]+"
_KEY: Final = r"[ ]*[\w-]+:[ ]*"
_NOTHING_ELSE: Final = r"[ ]*(?:[ ]#.*)?"


def rule_removed(rule: str, at: Place | None, places: Places) -> Edit | None:
    """The comment without the rule; without any rule, no comment; and no empty line instead."""
    if at is None:
        return None
    text = places.sources[at.file]
    line = split_lines(text)[at.line - 1]
    found = re.match(_LIST, line[at.column - 1 :])
    rules = found[2].split(",") if found else []
    rest = [one for one in rules if one.strip() != rule]
    if found and rest:
        start, end = (at.column + number for number in found.span(2))
        edit = Edit(Place(at.file, at.line, start, at.line, end), ",".join(rest).strip())
    elif line[: at.column - 1].strip():
        start = len(line[: at.column - 1].rstrip()) + 1
        edit = Edit(Place(at.file, at.line, start, at.line, at.end_column), "")
    else:
        edit = Edit(_whole(at.file, at.line, at.line, text), "")
    return edit if _said(text, edit) == _said(text) else None


def item_removed(route: str, at: Place | None, places: Places) -> Edit | None:
    """An item of a list on lines of its own, with its list where it is the only one."""
    if at is None:
        return None
    text = places.sources[at.file]
    head, _, number = route.rstrip("]").partition("[")
    key, listed = _top(text, head)
    if key is None or not isinstance(listed, ListNode):
        return None
    lines, item = split_lines(text), listed.items[int(number)]
    first, last = item.span.line, _last_line(item)
    if not re.fullmatch(_ITEM, lines[first][: item.span.column]):
        return None
    alone = len(listed.items) == 1
    if alone and not (_is_bare(lines[first - 1]) and key.span.line == first - 1):
        return None
    edit = Edit(_whole(at.file, first + (not alone), last + 1, text), "")
    return edit if _said(text, edit) == _without(_said(text), head, int(number)) else None


def _top(text: str, key: str) -> tuple[Node | None, Node | None]:
    """The key of a file and what stands under it."""
    root = read(text.encode(), Faults(""))
    entries = root.entries if isinstance(root, MapNode) else []
    return next(((name, value) for name, value in entries if name.text == key), (None, None))


def _is_bare(line: str) -> bool:
    return re.fullmatch(_KEY + _NOTHING_ELSE, line) is not None


def _last_line(node: Node) -> int:
    """The last line on which something of it stands, from 0."""
    while isinstance(node, MapNode | ListNode) and (inner := _last(node)):
        node = inner
    span = node.span
    return span.end_line - (span.end_column == 0 and span.end_line > span.line)


def _last(node: MapNode | ListNode) -> Node | None:
    if isinstance(node, ListNode):
        return node.items[-1] if node.items else None
    return node.entries[-1][1] if node.entries else None


def _whole(file: str, first: int, last: int, text: str) -> Place:
    """Whole lines from one to another, counted from 1, with their ends."""
    lines = lines_with_ends(text)
    if last < len(lines):
        return Place(file, first, 1, last + 1, 1)
    return Place(file, first, 1, last, len(lines[last - 1]) + 1)


def _said(text: str, edit: Edit | None = None) -> Any:  # noqa: ANN401 - whatever the file says
    """What the text says, as JSON; with the edit made."""
    data = text.encode()
    root = read(rewritten(data, [edit]) if edit else data, Faults(""))
    return to_json(root) if root else None


def _without(said: Any, key: str, number: int) -> Json:  # noqa: ANN401
    items = [item for at, item in enumerate(said[key]) if at != number]
    rest = {name: value for name, value in said.items() if name != key or items}
    return {name: items if name == key else value for name, value in rest.items()}
