"""Reads YAML text into nodes; the parser's only home.

A strict subset: one document, 1 MiB, depth 16, no anchors, aliases, tags, directives or merge
keys, no key twice, and nothing hidden. Events are taken from the parser one by one, because
composing 100,000 opening brackets ends the process; every fault goes into the collection with its
span.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import Final

import yaml
from msgspec import Struct

from cactions.logic.lines import split_lines
from cactions.logic.merge_marks import FINISH_HINT, MergeMark, find_merge_mark
from cactions.logic.yaml.composer import build_plain_tree
from cactions.logic.yaml.diagnostics import UNREADABLE, Diagnostics
from cactions.logic.yaml.hidden_characters import find_forbidden, find_hidden
from cactions.logic.yaml.nodes import Node, SourceSpan
from cactions.logic.yaml.spelling_fixes import quote_value
from cactions.logic.yaml.tree_builder import MAX_DEPTH, QUOTE_TEMPLATE, TooDeepError, TreeBuilder

MAX_BYTES: Final = 1024 * 1024

_MOST_HIDDEN: Final = 100
"""Hiding places of one file that are told; a file can hold a million."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # same events, ten times slower without C
_QUOTE_PATH = 'inside braces, quote the path: "$.a[0]"'


class YamlLimits(Struct, frozen=True):
    """What a text may have. ``is_reviewed``: what hides text from a reviewer is refused."""

    most_bytes: int = MAX_BYTES
    most_depth: int = MAX_DEPTH
    is_reviewed: bool = True


_ACTION_FILE: Final = YamlLimits()


def parse_yaml(data: bytes, faults: Diagnostics, limits: YamlLimits = _ACTION_FILE) -> Node | None:
    """The root node, or None where the file is empty or cannot be read to its end."""
    text = _decode(data, faults, limits)
    if text is None:
        return None
    if mark := find_merge_mark(text):
        _report_merge_mark(mark, text, faults)
        return None
    root = build_plain_tree(text, limits.most_depth)
    if root is not None:
        return root
    root = _build_tree(text, faults, limits.most_depth)
    if any(finding.hint == QUOTE_TEMPLATE for finding in faults.found):
        lines = split_lines(text)
        faults.found[:] = [
            quote_value(finding, lines) if finding.hint == QUOTE_TEMPLATE else finding
            for finding in faults.found
        ]
    return root


def _build_tree(text: str, faults: Diagnostics, most_depth: int) -> Node | None:
    """The tree from the parser's events, one by one."""
    try:
        return TreeBuilder(faults, most_depth).build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        _report_syntax_error(error, text, faults)
    except TooDeepError as error:
        span: SourceSpan = error.args[0]
        faults.add(UNREADABLE, span, f"nested deeper than {most_depth} levels", hint="flatten it")
    return None


_QUOTED: Final = r""""(?:[^"\\]|\\.)*"|'[^']*'"""
_INDENTED: Final = ("mapping values", "expected <block end>", "did not find expected key")
"""What the parsers in Python and in C say of keys that begin in different columns."""


def _decode(data: bytes, faults: Diagnostics, limits: YamlLimits) -> str | None:
    if len(data) > limits.most_bytes:
        message = f"the file has {len(data):,} bytes; the limit is {limits.most_bytes:,}"
        faults.add(UNREADABLE, SourceSpan(0, 0, 0, 1), message, hint="split it into several files")
        return None
    data = data.removeprefix(BOM_UTF8)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        message = f"not UTF-8: byte 0x{data[error.start]:02x}"
        faults.add(UNREADABLE, _span_at(before), message, hint="save the file as UTF-8")
        return None
    hidden = find_hidden(data, text) if limits.is_reviewed else find_forbidden(data, text)
    for hidden_character in hidden[:_MOST_HIDDEN]:
        span = _span_at(
            text[: hidden_character.start], hidden_character.end - hidden_character.start
        )
        faults.add(UNREADABLE, span, hidden_character.message, hint=hidden_character.hint)
    if len(hidden) > _MOST_HIDDEN:
        rest = f"{len(hidden) - _MOST_HIDDEN:,} more hiding places like these follow"
        faults.add(UNREADABLE, _span_at(text[: hidden[_MOST_HIDDEN].start]), rest)
    return None if hidden else text


def _span_at(before: str, size: int = 1) -> SourceSpan:
    """The characters after ``before``, on one line."""
    line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
    return SourceSpan(line, column, line, column + size)


def _report_syntax_error(error: yaml.MarkedYAMLError, text: str, faults: Diagnostics) -> None:
    if mark := find_merge_mark(text, sure=False):
        _report_merge_mark(mark, text, faults)
        return
    at = error.problem_mark or error.context_mark
    line, column = (at.line, at.column) if at else (0, 0)
    lines = split_lines(text)
    hint = _choose_syntax_hint(
        lines[max(line - 1, 0) : line + 1], f"{error.context} {error.problem}"
    )
    if hint and any(f.hint == hint and f.place and f.place.line == line + 1 for f in faults.found):
        return  # the same mistake, met a second time by the parser
    problem = ", ".join(part for part in (error.context, error.problem) if part)
    faults.add(
        UNREADABLE,
        SourceSpan(line, column, line, column + 1),
        f"not YAML: {_remove_quotation(problem)}",
        hint=hint,
    )


def _report_merge_mark(mark: MergeMark, text: str, faults: Diagnostics) -> None:
    span = _span_at(text[: mark.start], mark.size)
    hint = f"{FINISH_HINT[0].lower()}{FINISH_HINT[1:]}"
    faults.add(UNREADABLE, span, "this is a mark of an unfinished git merge", hint=hint)


def _remove_quotation(text: str) -> str:
    """Without what the parser in Python, but not that in C, quotes of the file."""
    return re.sub(r"'[^'<>\s]{2,}'", "it", text)


def _choose_syntax_hint(lines: list[str], problem: str) -> str:
    """The mistake that everybody makes once, by the line where the parser stopped, and the last."""
    here = lines[-1] if lines else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return "indent with spaces, not tabs"
    if re.search(r"\$[.\w]*\[", here):
        return _QUOTE_PATH
    if any("{{" in re.sub(_QUOTED, "", line) for line in lines):
        return QUOTE_TEMPLATE
    if "mapping values" in problem and re.search(r":\s.*:(\s|$)", here):
        return 'a text that holds ": " needs quotes'
    if "flow " in problem:
        return "a bracket is not closed, or a text that holds one needs quotes"
    indented = any(words in problem for words in _INDENTED)
    return "keys of one map begin in the same column" if indented else ""
