"""JSON (RFC 8259), read strictly: a text that two readers could understand differently is refused.

- Whatever is accepted is UTF-8 without a byte order mark, one value, at most ``max_depth`` deep,
  with no key twice in an object, no NaN or Infinity, no lone surrogate and no number that Python
  would round to infinity. Integers are exact.
- ``parse_json_loosely`` takes a lone surrogate too, as an InvalidText, which shows it as an escape,
  and NaN, Infinity and a number beyond Python's likewise, and a byte order mark.
- Every refusal is a StrictJsonError with line and column, and quotes nothing of the document: an
  answer may hold a secret anywhere, in a key, too.
- ``parse(dumps(value))`` is ``value``.

A fast reader reads first. What it may have read otherwise, which is rare, is read by the standard
library; its hooks know no position, so that a refusal by a hook is looked for a second time, in the
text.
"""

from __future__ import annotations

import json
import math
import re
from typing import Final, NoReturn

from msgspec import Struct, to_builtins

from cactions.logic.fast_json import MAX_DIGITS, UNSURE, read_fast, write_fast
from cactions.model import InvalidText, Json

_BLANK: Final = " \t\n\r"
_STRING: Final = r'"[^"\\]*(?:\\.[^"\\]*)*"?'
_STRUCTURE: Final = rf"(?s)({_STRING})([{_BLANK}]*:)?|[\[\]{{}}]"
"""Brackets outside strings, and strings; the second group tells that a string is a key.

Patterns are compiled when the fast reader is unsure, which is rare.
"""

_ESCAPE: Final = r"(?s)\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<lone>u[dD][89a-fA-F])|.)"
"""One escape of a valid document; a pair of surrogates counts as one."""

_SURROGATE: Final = r"[\ud800-\udfff]"


class StrictJsonError(ValueError):
    """A text that is not strict JSON. Line and column count from 1, in characters."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message, line, column)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"{self.message} (line {self.line}, column {self.column})"


class _UnfitLiteral(Exception):
    """A number or constant that a hook refuses."""

    def __init__(self, literal: str, message: str) -> None:
        super().__init__(message)
        self.literal = literal


class _DuplicateKey(Exception):
    """Some object so far has a key twice."""


def parse_json(data: bytes | str, *, max_depth: int = 64) -> Json:
    """The value of a whole document. Raises StrictJsonError and nothing else."""
    found: Json = read_fast(data, max_depth)
    if found is not UNSURE:
        return found
    text = _read_text(data, max_depth)
    value = _decode_text(text, _DECODER)
    _check_escapes(text)
    return value


def parse_json_loosely(data: bytes | str, *, max_depth: int = 64) -> Json:
    """As ``parse_json``, for what a service writes: only what is read of it matters.

    A text that is not valid Unicode and a number that Python has not are an InvalidText, and a byte
    order mark is left out.
    """
    found: Json = read_fast(data, max_depth)
    if found is not UNSURE:
        return found
    text = _read_text(data, max_depth, has_mark=True)
    return _mark_invalid(_decode_text(text, _LOOSE_DECODER))


def _read_text(data: bytes | str, max_depth: int, *, has_mark: bool = False) -> str:
    text = _decode(data) if isinstance(data, bytes) else data
    text = text.removeprefix("\ufeff") if has_mark else text
    _check_text(text)
    _check_depth(text, max_depth)
    return text


def _decode_text(text: str, decoder: json.JSONDecoder) -> Json:
    """The value by the standard library, which knows where a text is wrong."""
    try:
        value: Json = decoder.decode(text)
    except json.JSONDecodeError as error:
        _refuse(text, error.pos, _in_words(error))
    except _UnfitLiteral as unfit:
        _refuse(text, _find_literal(text, unfit.literal), str(unfit))
    except _DuplicateKey:
        _refuse_duplicate(text)
    return value


def _mark_invalid(value: Json) -> Json:
    if isinstance(value, list):
        return [_mark_invalid(item) for item in value]
    if isinstance(value, dict):
        return {_mark_text(name): _mark_invalid(item) for name, item in value.items()}
    return _mark_text(value) if isinstance(value, str) else value


def _mark_text(text: str) -> str:
    is_valid = isinstance(text, InvalidText) or not re.search(_SURROGATE, text)
    return text if is_valid else InvalidText.of(text)


def dump_json(value: Json) -> str:
    """The value as compact text, key order kept. Raises ValueError for NaN and infinities."""
    text = write_fast(value)
    return _ENCODER.encode(value) if text is None else text


def dump_json_loosely(value: Json) -> str:
    """As ``dump_json``, but a text that is not valid Unicode stays such a text."""
    raw = _unmark_invalid(value)
    return dump_json(value) if raw == value else json.dumps(raw, separators=(",", ":"))


def _unmark_invalid(value: Json) -> Json:
    if isinstance(value, list):
        return [*map(_unmark_invalid, value)]
    if isinstance(value, dict):
        return {name: _unmark_invalid(item) for name, item in value.items()}
    return "\ud800" if isinstance(value, InvalidText) else value


def dump_struct(value: Struct) -> str:
    """The same for a struct, as an object of its fields in their order."""
    text = write_fast(value)
    return _ENCODER.encode(to_builtins(value)) if text is None else text


def _refuse(text: str, offset: int, message: str) -> NoReturn:
    line = text.count("\n", 0, offset) + 1
    raise StrictJsonError(message, line, offset - text.rfind("\n", 0, offset)) from None


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        _refuse(before, len(before), "the text is not UTF-8")


def _check_text(text: str) -> None:
    if text.startswith("\ufeff"):
        _refuse(text, 0, "the text begins with a byte order mark")
    if not text.strip(_BLANK):
        _refuse(text, 0, "the text is empty")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        _refuse(text, error.start, "half of a surrogate pair is no character")


def _check_depth(text: str, max_depth: int) -> None:
    """Before parsing, so that no row of brackets can exhaust the stack."""
    if text.count("[") + text.count("{") <= max_depth:
        return
    depth = 0
    for token in re.finditer(_STRUCTURE, text):
        if token[0] in "[{":
            depth += 1
            if depth > max_depth:
                _refuse(text, token.start(), f"the nesting is deeper than {max_depth} levels")
        elif token[0] in "]}":
            depth -= 1


def _check_escapes(text: str) -> None:
    """Of a document that has been parsed: every backslash in it begins an escape."""
    for escape in re.finditer(_ESCAPE, text):
        if escape["lone"]:
            _refuse(text, escape.start(), "half of a surrogate pair is no character")


def _find_literal(text: str, literal: str) -> int:
    """The first place outside strings where the literal begins a word; it may be megabytes long."""
    words = re.finditer(rf"{_STRING}|([\w.+-]+)", text, re.DOTALL)
    return next(word.start() for word in words if word[1] and word[1].startswith(literal))


def _refuse_duplicate(text: str) -> NoReturn:
    """Walk the objects again and stop at the first key that its object already has."""
    open_keys: list[set[str]] = []
    for token in re.finditer(_STRUCTURE, text):
        if token[0] in "[{":
            open_keys.append(set())
        elif token[0] in "]}":
            open_keys.pop()
        elif token[2]:
            key = json.loads(token[1])
            if key in open_keys[-1]:
                _refuse(text, token.start(), "this key stands twice")
            open_keys[-1].add(key)
    raise AssertionError("a duplicate key was seen and not found again")


def _in_words(error: json.JSONDecodeError) -> str:
    if error.msg == "Extra data":
        return "there is more text after the end of the value"
    words = error.msg.removesuffix(" at").removesuffix(" starting")
    return f"not JSON: {words[0].lower()}{words[1:]}"


def _build_object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DuplicateKey
    return members


def _parse_integer(literal: str) -> int:
    if len(literal) > MAX_DIGITS:
        raise _UnfitLiteral(literal, f"the integer is longer than {MAX_DIGITS} digits")
    return int(literal)


def _parse_float(literal: str) -> float:
    number = float(literal)
    if math.isinf(number):
        raise _UnfitLiteral(literal, "the number is too large")
    return number


def _refuse_constant(literal: str) -> NoReturn:
    raise _UnfitLiteral(literal, f"{literal} is no JSON value")


_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")
)
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_build_object,
    parse_int=_parse_integer,
    parse_float=_parse_float,
    parse_constant=_refuse_constant,
)


def _keep_long_integer(literal: str) -> Json:
    return int(literal) if len(literal) <= MAX_DIGITS else InvalidText(literal)


def _keep_large_float(literal: str) -> Json:
    number = float(literal)
    return InvalidText(literal) if math.isinf(number) else number


_LOOSE_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_build_object,
    parse_int=_keep_long_integer,
    parse_float=_keep_large_float,
    parse_constant=InvalidText,
)
