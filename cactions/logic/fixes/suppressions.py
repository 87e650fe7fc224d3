"""Takes what answers for a rule out of a file: an item of ``allow:``, or a rule in a comment.

Law: what the file says is otherwise the same, down to each text in it; where that cannot be shown,
nothing is proposed. It is shown at a cost that does not grow with the file: by the lines around an
item, and once for all comments of a file.
"""

from __future__ import annotations

import re
from typing import Any, Final

from cactions.logic.fixes.text_edits import apply_edits
from cactions.logic.project.source_map import SourceMap
from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.nodes import ListNode, MapNode, Node, to_json
from cactions.logic.yaml.parser import parse_yaml
from cactions.model import Edit, Json, Place

_COMMENT: Final = r"(?:^|(?<=[ \t]))#[ \t]*cactions: ignore\[[^\]\n]*\][^\n]*"
_LIST: Final = r"(#[ \t]*cactions: ignore\[)([^\]]*)\]"
_ITEM: Final = r"[ ]*-[ ]+"
_KEY: Final = r"[ ]*[\w-]+:[ ]*"
_NOTHING_ELSE: Final = r"[ ]*(?:[ ]#.*)?"
_MOST_RULES: Final = 100
"""In one comment that is fixed: each fix holds all of the others."""


def remove_rule(rule: str, at: Place | None, places: SourceMap) -> Edit | None:
    """The comment without the rule; without any rule, no comment; and no empty line instead."""
    if at is None or not _are_comments(at.file, places):
        return None
    line = places.get_line(at.file, at.line - 1)
    found = re.match(_LIST, line[at.column - 1 :])
    rules = found[2].split(",") if found else []
    rest = [text for text in rules if text.strip() != rule]
    if len(rules) > _MOST_RULES:
        return None
    if found and rest:
        start, end = (at.column + number for number in found.span(2))
        return Edit(Place(at.file, at.line, start, at.line, end), ",".join(rest).strip())
    before = line[: at.column - 1]
    if not before.strip():
        return Edit(_build_line_span(at.file, at.line, at.line, places), "")
    start = len(before.rstrip()) + 1
    return Edit(Place(at.file, at.line, start, at.line, at.end_column), "")


def _are_comments(file: str, places: SourceMap) -> bool:
    """Whether the file says the same without any of what looks like a suppression.

    Then each of them is a comment, and no part of a text. One that stands alone takes its line
    along, so that the blank lines below it may become part of a text above it.
    """
    if file not in places.commented:
        text = _parse_without_edit(places.sources[file])
        lines = map(_remove_comment, places.get_ended_lines(file))
        places.commented[file] = bool(_parse_without_edit("".join(lines)) == text)
    return places.commented[file]


def _remove_comment(line: str) -> str:
    bare = line.rstrip("\r\n")
    found = re.search(_COMMENT, bare)
    if found is None:
        return line
    before = bare[: found.start()].rstrip()
    return before + line[len(bare) :] if before else ""


def remove_item(route: str, at: Place | None, places: SourceMap) -> Edit | None:
    """An item of a list on lines of its own, with its list where it is the only one."""
    if at is None:
        return None
    head, _, number = route.rstrip("]").partition("[")
    key, listed = places.get_top(at.file, head)
    if key is None or not isinstance(listed, ListNode):
        return None
    lines, item = places.get_lines(at.file), listed.items[int(number)]
    first, last = item.span.line, _find_last_line(item)
    if not re.fullmatch(_ITEM, lines[first][: item.span.column]):
        return None
    alone = len(listed.items) == 1
    if alone and not (_is_bare(lines[first - 1]) and key.span.line == first - 1):
        return None
    edit = Edit(_build_line_span(at.file, first + (not alone), last + 1, places), "")
    if alone:
        return edit if _removes_only_key(edit, head, places) else None
    return edit if _removes_only_item(listed, int(number), last, lines) else None


def _removes_only_key(edit: Edit, head: str, places: SourceMap) -> bool:
    """Whether nothing but the key and its list goes."""
    text = places.sources[edit.place.file]
    content: Any = _parse_without_edit(text)
    return bool(
        _parse_without_edit(text, edit)
        == {key: value for key, value in content.items() if key != head}
    )


def _removes_only_item(listed: ListNode, number: int, last: int, lines: list[str]) -> bool:
    """Whether the item before says the same when these lines are gone.

    What stands below begins with a line of its own, an item or a key, and what stands above ends
    where the item before begins: neither sees what goes.
    """
    first = listed.items[number].span.line
    start = listed.items[number - 1].span.line if number else first
    stop = last + 1
    while stop < len(lines) and _is_blank_or_comment(lines[stop]):
        stop += 1
    before: list[Json] = [to_json(node) for node in listed.items[max(0, number - 1) : number]]
    own = to_json(listed.items[number])
    around = "\n".join([*lines[start:stop], ""])
    without = "\n".join([*lines[start:first], *lines[last + 1 : stop], ""])
    return bool(
        _parse_without_edit(around) == [*before, own]
        and _parse_without_edit(without) == (before or None)
    )


def _is_blank_or_comment(line: str) -> bool:
    return re.fullmatch(r"[ \t]*(#.*)?", line) is not None


def _is_bare(line: str) -> bool:
    return re.fullmatch(_KEY + _NOTHING_ELSE, line) is not None


def _find_last_line(node: Node) -> int:
    """The last line on which something of it stands, from 0."""
    while isinstance(node, MapNode | ListNode) and (inner := _get_last_child(node)):
        node = inner
    span = node.span
    return span.end_line - (span.end_column == 0 and span.end_line > span.line)


def _get_last_child(node: MapNode | ListNode) -> Node | None:
    if isinstance(node, ListNode):
        return node.items[-1] if node.items else None
    return node.entries[-1][1] if node.entries else None


def _build_line_span(file: str, first: int, last: int, places: SourceMap) -> Place:
    """Whole lines from one to another, counted from 1, with their ends."""
    lines = places.get_ended_lines(file)
    if last < len(lines):
        return Place(file, first, 1, last + 1, 1)
    return Place(file, first, 1, last, len(lines[last - 1]) + 1)


def _parse_without_edit(text: str, edit: Edit | None = None) -> Any:  # noqa: ANN401 - whatever the file says
    """What the text says, as JSON; with the edit made."""
    data = text.encode()
    root = parse_yaml(apply_edits(data, [edit]) if edit else data, Diagnostics(""))
    return to_json(root) if root else None
