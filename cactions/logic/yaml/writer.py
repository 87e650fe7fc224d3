"""Writes our YAML: block maps and lists, and every text as a quoted scalar that hides nothing.

A text from outside stays on its line, whatever is in it: line breaks, characters that cannot be
seen, wide gaps and the sign that begins a comment are written as escapes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from cactions.model import Scalar

_FLOW_SIGNS: Final = frozenset("{}[],")


class PlainText(str):
    """A number or a word of JSON as its author wrote it: ``1.10`` stays what it is."""

    __slots__ = ()


YamlValue: TypeAlias = "Scalar | list[YamlValue] | dict[str, YamlValue]"
"""What can be written: texts, numbers, booleans, null, lists and maps."""

YamlRoute: TypeAlias = tuple[str | int, ...]
"""Keys and numbers of items, from the top."""

_PLAIN_TEXT: Final = re.compile(r"[A-Za-z$/](?:[A-Za-z0-9_./$?=&-]|:(?=/))*")
_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_RESERVED: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_UNSEEN: Final = re.compile(
    r"[^ -!$-\[\]-~\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0391-\u03a1\u03a3-\u03ff"
    r"\u0410-\u044f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]"
)
"""What not every reader sees as itself, and quote, backslash and number sign."""
_GAP: Final = re.compile(" {8,}")
_SHORT: Final = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_WIDE: Final = 0xFFFF
_BYTE: Final = 0xFF
_SURROGATES: Final = range(0xD800, 0xE000)
_LONGEST_LINE: Final = 88
_LARGEST_MAP: Final = 4
_LONGEST_KEY: Final = 1000


def quote_text(text: str) -> str:
    """The text in double quotes, on one line."""
    escaped = _UNSEEN.sub(lambda found: _escape(found[0]), text)
    return f'"{_GAP.sub(lambda gap: _escape_gap(gap[0]), escaped)}"'


def fits_key(name: str) -> bool:
    """Whether it can be a key: YAML's own limit is 1,024 characters."""
    return len(name) > 0 and len(quote_text(name)) < _LONGEST_KEY


def _escape_gap(gap: str) -> str:
    """Blanks in groups that are too small for a gap."""
    return "".join("\\x20" if number % 8 == 0 else " " for number in range(len(gap)))


def _escape(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if code in _SURROGATES:
        return "\\ufffd"
    if code <= _BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _WIDE else f"\\U{code:08x}"


def write_comment(text: str) -> str:
    """A comment of one line; what cannot be seen stands in it as escapes."""
    return f"# {quote_text(text)[1:-1]}".replace('\\"', '"')


def write_yaml(
    document: Mapping[str, YamlValue], comments: Mapping[YamlRoute, str] = MappingProxyType({})
) -> str:
    """The document as block maps; small maps of scalars stand on one line.

    ``comments`` stand above what is at their route, each line of them as a comment of its own.
    """
    return "".join(f"{line}\n" for line in _Layout(comments).list_map(document, "", ()))


def to_plain_text(text: str) -> str:
    """The text without quotes where YAML reads it as the same text, also within brackets."""
    plain = _PLAIN_TEXT.fullmatch(text) and text.lower() not in _RESERVED
    return PlainText(text) if plain else text


class _Layout:
    """Where lines break: a value with a comment inside it is spread."""

    def __init__(self, comments: Mapping[YamlRoute, str]) -> None:
        self._comments = comments
        self._spread = {route[:end] for route in comments for end in range(len(route))}

    def list_map(
        self, content: Mapping[str, YamlValue], indent: str, route: YamlRoute
    ) -> Iterator[str]:
        for name, value in content.items():
            yield from self._list_comment(indent, (*route, name))
            head = f"{indent}{_write_key(name)}:"
            yield from self._list_entry(head, value, f"{indent}  ", (*route, name))

    def _list_comment(self, indent: str, route: YamlRoute) -> Iterator[str]:
        for line in self._comments[route].splitlines() if route in self._comments else ():
            yield f"{indent}{write_comment(line)}"

    def _list_entry(
        self, head: str, value: YamlValue, indent: str, route: YamlRoute
    ) -> Iterator[str]:
        """A key or a dash with what belongs to it."""
        short = None if route in self._spread else _write_flow(value)
        if short is not None and len(head) + len(short) < _LONGEST_LINE:
            yield f"{head} {short}"
        elif isinstance(value, dict) and value:
            yield head
            yield from self.list_map(value, indent, route)
        elif isinstance(value, list) and value:
            yield head
            for number, item in enumerate(value):
                yield from self._list_item(item, indent, (*route, number))
        else:
            yield f"{head} {short or _write_scalar(value)}"

    def _list_item(self, item: YamlValue, indent: str, route: YamlRoute) -> Iterator[str]:
        yield from self._list_comment(indent, route)
        spread = route in self._spread or _write_flow(item) is None
        if isinstance(item, dict) and item and spread:
            lines = [*self.list_map(item, f"{indent}  ", route)]
            first = next(n for n, line in enumerate(lines) if not line.lstrip().startswith("#"))
            yield from lines[:first]
            yield f"{indent}- {lines[first].lstrip(' ')}"
            yield from lines[first + 1 :]
        else:
            yield from self._list_entry(f"{indent}-", item, f"{indent}  ", route)


def _write_flow(value: YamlValue) -> str | None:
    """The value on one line; None where it is better spread."""
    if isinstance(value, dict):
        spread = any(_is_spread(item) for item in value.values())
        if spread or len(value) > _LARGEST_MAP:
            return None
        entries = (f"{_write_key(name)}: {_write_flow(item)}" for name, item in value.items())
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, list):
        if any(isinstance(item, dict | list) for item in value):
            return None if value else "[]"
        return f"[{', '.join(map(_write_scalar, value))}]"
    return _write_scalar(value)


def _is_spread(value: YamlValue) -> bool:
    """Whether a map with the value is spread: that of a bare text may end within braces."""
    if isinstance(value, PlainText):
        return not _FLOW_SIGNS.isdisjoint(value)
    return isinstance(value, dict | list) and len(value) > 0


def _write_key(name: str) -> str:
    plain = _PLAIN_KEY.fullmatch(name) and name.lower() not in _RESERVED
    return name if plain else quote_text(name)


def _write_scalar(value: YamlValue) -> str:
    if isinstance(value, PlainText):
        return value
    if isinstance(value, str):
        return quote_text(value)
    return json.dumps(value)
