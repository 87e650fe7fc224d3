"""Why a text is no response path, in words: what RFC 9535 has and a path has not, by name."""

from __future__ import annotations

import re
from typing import Final

from cactions.logic.expressions.syntax_error import ErrorCase, SyntaxProblem, find_first_case

_BLANK: Final = r"[ \t\n\r]*"
_STRING: Final = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_INTEGER: Final = r"[+-]?[0-9]*"


class PathError(SyntaxProblem):
    """A text that is no path, or a path that names more than one value."""


def explain_path_error(text: str, offset: int) -> PathError:
    """The error for a text whose grammar ends at ``offset``; 0 where it never began."""
    case, start, end = find_first_case(_SEGMENTS if offset else _STARTS, text, offset, len(text))
    name = _name_around(text, start)
    return PathError(*case.format_message(text[start:end], quoted=f"[{name!r}]"), start, end)


def _name_around(text: str, offset: int) -> str:
    """What the author may have meant as one name: up to the next dot or bracket, both ways."""
    start = max(1, *(text.rfind(mark, 0, offset) + 1 for mark in ".[]"))
    return re.split(r"[.\[\]]", text[start:])[0].strip()


def _build_segment_case(pattern: str, message: str, hint: str) -> ErrorCase:
    return ErrorCase(_BLANK + pattern, message, hint)


_STARTS: Final = (
    ErrorCase(r"(?P<here>)\Z", "the path is empty", "a path begins with $, for example $.tier"),
    ErrorCase(
        r"(?P<here>@)",
        "@, the current node of a filter, is not supported",
        "a path begins with $, for example $.tier",
    ),
    ErrorCase(rf"(?P<here>{_BLANK})\$", "blank space stands before the path", "remove it"),
    ErrorCase(
        r"(?P<here>decide)\Z",
        "this is not decided yet",
        "the comment above it says what there is to choose from",
    ),
    ErrorCase(r"(?P<here>[^\W\d][\w.]*)", "a path begins with $", "write $.{here}"),
    ErrorCase(r"(?P<here>.)", "a path begins with $", "for example $.tier"),
)

_SEGMENTS: Final = (
    ErrorCase(rf"(?P<here>{_BLANK})\Z", "blank space stands after the path", "remove it"),
    _build_segment_case(
        r"(?P<here>\.\.)",
        "descendant segments (..) are not supported: they pick many values",
        "name every step from $",
    ),
    _build_segment_case(
        r"(?P<here>\.\*)",
        "the wildcard .* is not supported: it picks many values",
        "name one member; rows takes [*], every element of an array",
    ),
    _build_segment_case(
        rf"(?P<here>\[{_BLANK}\*{_BLANK}\])",
        "the wildcard [*] picks many values",
        "it belongs into the path of rows; name one element here, such as [0]",
    ),
    _build_segment_case(
        rf"(?P<here>\[{_BLANK}\?(?:{_STRING}|[^\]'\"])*\]?)",
        "filters are not supported",
        "rows has where, which selects a row by its values",
    ),
    _build_segment_case(
        rf"(?P<here>\[{_BLANK}{_INTEGER}{_BLANK}:[^\]]*\]?)",
        "slices are not supported: they pick many values",
        "name one element, such as [0] or [-1]",
    ),
    _build_segment_case(
        rf"(?P<here>\[(?:{_STRING}|[^\]'\",])+,[^\]]*\]?)",
        "several selectors in one bracket are not supported: they pick many values",
        "one path picks one value: write a path for each",
    ),
    _build_segment_case(
        rf"\[{_BLANK}(?!{_STRING})(?P<here>['\"])",
        "the quoted name is never closed",
        "close it with {here}]",
    ),
    _build_segment_case(
        rf"(?P<here>\[)(?:{_STRING}|[^\]'\"])*\Z", "the bracket is never closed", "close it with ]"
    ),
    _build_segment_case(
        rf"(?P<here>\[{_BLANK}\])",
        "the brackets are empty",
        "write a quoted name or an index, such as [0]",
    ),
    _build_segment_case(
        rf"\[{_BLANK}(?P<here>{_STRING}){_BLANK}\]",
        "the quoted name has an unknown escape, a control character or half a surrogate pair",
        r"known escapes: \b \f \n \r \t \/ \\ \uXXXX and the quote itself",
    ),
    _build_segment_case(
        rf"\[{_BLANK}(?P<here>[+-]?[0-9]+(?:[.eE][0-9eE.+-]*)?){_BLANK}\]",
        "{here} is no index",
        "an index is an integer without leading zeros or -0, at most 9007199254740991",
    ),
    _build_segment_case(
        rf"\[{_BLANK}(?P<here>[^\W\d][\w-]*){_BLANK}\]",
        "a name in brackets needs quotes",
        "write [{here!r}]",
    ),
    _build_segment_case(
        r"\[(?P<here>[^\]]*)\]",
        "this is neither a quoted name nor an index",
        "write for example ['Shop ID'] or [0]",
    ),
    _build_segment_case(
        r"(?P<here>\.)\Z", "a name is missing after the dot", "write for example $.tier"
    ),
    _build_segment_case(
        r"(?P<here>\.)\[", "a dot before a bracket is too much", "leave the dot out"
    ),
    _build_segment_case(
        r"\.(?P<here>[0-9]+)", "an index stands in brackets", "write [{here}] without a dot"
    ),
    _build_segment_case(
        rf"\.(?P<here>{_STRING})",
        "a quoted name stands in brackets",
        "write [{here}] without a dot",
    ),
    _build_segment_case(r"\.(?P<here>[ \t\n\r]+)", "blank space stands after the dot", "remove it"),
    _build_segment_case(r"(?<=[$\]])(?P<here>[^\W\d]\w*)", "a dot is missing", "write .{here}"),
    _build_segment_case(
        r"(?P<here>\()", "functions are not supported", "name one member or element"
    ),
    ErrorCase(
        r"\.?(?P<here>.)",
        "this character cannot stand in a name without quotes",
        "write the name in brackets: {quoted}",
    ),
)
