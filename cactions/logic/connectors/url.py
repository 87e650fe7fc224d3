"""The URL of a connector in our terms: a path with templates, and its query parameter by parameter.

Whatever stands there becomes a URL that our format can read, or a reason why there is none. A
scheme other than https, a templated host and a private address stay for the rules to report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import quote, unquote_plus

from msgspec import Struct

from cactions.logic.connectors.notes import ConnectorNote, NoteKind
from cactions.logic.connectors.template import build_template
from cactions.logic.expressions.template import MAX_HOLES, MAX_TEXT
from cactions.logic.network.origin import OriginError, parse_origin
from cactions.logic.yaml.writer import fits_key
from cactions.model import Reference, Template

_REFUSED: Final = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]")
_DOTS: Final = re.compile(r"(?<=/)\.{1,2}(?=/|\Z)")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=://)")
_FORMAT: Final = "CA0"

Part = str | Reference


class ConnectorUrl(Struct, frozen=True):
    """``text`` is empty where ``reason`` says why. ``host`` is empty where it is not literal.

    A name may stand in ``query`` several times.
    """

    text: str = ""
    query: tuple[tuple[str, Template], ...] = ()
    host: str = ""
    template: Template = Template(())
    notes: tuple[ConnectorNote, ...] = ()
    reason: str = ""


def read_url(template: Template) -> ConnectorUrl:
    """The URL of a template, split and encoded as our format wants it."""
    before, rest, cut = _split_parts(template.pieces)
    path = build_template(_encode(before))
    text = str(path)
    if not text or len(text) > MAX_TEXT or len(path.references) > MAX_HOLES:
        return ConnectorUrl(reason="its URL is too long" if text else "it has no URL")
    host, reason = _find_host(text)
    if reason:
        return ConnectorUrl(reason=reason)
    notes = [_say("the part of the URL behind # was left out")] if cut else []
    query = tuple(_read_query(rest, notes))
    return ConnectorUrl(text, query, host, path, tuple(notes))


def _split_parts(parts: Iterable[Part]) -> tuple[list[Part], list[Part], bool]:
    """What stands before the question mark, what behind it, and whether a fragment was cut."""
    before: list[Part] = []
    rest: list[Part] = []
    here = before
    for part in parts:
        text = part.strip() if isinstance(part, str) and not before else part
        if not isinstance(text, str):
            here.append(text)
            continue
        text, mark, _ = text.partition("#")
        if here is before and "?" in text:
            first, _, text = text.partition("?")
            before.append(first)
            here = rest
        here.append(text)
        if mark:
            return before, rest, True
    return before, rest, False


def _encode(parts: Sequence[Part]) -> Iterator[Part]:
    for number, part in enumerate(parts):
        if not isinstance(part, str):
            yield part
            continue
        text = _REFUSED.sub(lambda found: quote(found[0], safe="", errors="replace"), part)
        text = _DOTS.sub(lambda found: "%2E" * len(found[0]), text)
        yield _SCHEME.sub(lambda found: found[0].lower(), text, count=1) if number == 0 else text


def _find_host(url: str) -> tuple[str, str]:
    """The host of a sound URL; the reason, where our format has no words for this one."""
    try:
        return parse_origin(url).host, ""
    except OriginError as error:
        return "", f"its URL is none: {error.message}" if error.rule.startswith(_FORMAT) else ""


def _read_query(
    parts: Iterable[Part], notes: list[ConnectorNote]
) -> Iterator[tuple[str, Template]]:
    for pieces in _split_at(parts, "&"):
        name, value = _split_pair(pieces)
        variables = [piece for piece in name if not isinstance(piece, str)]
        key = _decode(piece if isinstance(piece, str) else "variable" for piece in name)
        if not key and not value:
            continue
        if variables or not fits_key(key):
            notes.append(_say("a query parameter has no literal name"))
            value = [*variables, *value]
            key = key if fits_key(key) else "parameter"
        decoded = build_template(
            unquote_plus(piece) if isinstance(piece, str) else piece for piece in value
        )
        if len(str(decoded)) > MAX_TEXT or len(decoded.references) > MAX_HOLES:
            notes.append(_say(f"the query parameter {key} is too long"))
            decoded = Template(tuple(dict.fromkeys(decoded.references))[:MAX_HOLES])
        yield key, decoded


def _split_at(parts: Iterable[Part], mark: str) -> Iterator[list[Part]]:
    """The parts between the marks in literal texts."""
    current: list[Part] = []
    for part in parts:
        if not isinstance(part, str):
            current.append(part)
            continue
        first, *others = part.split(mark)
        current.append(first)
        for other in others:
            yield current
            current = [other]
    yield current


def _split_pair(pieces: Sequence[Part]) -> tuple[list[Part], list[Part]]:
    """Name and value of a parameter."""
    for number, piece in enumerate(pieces):
        if isinstance(piece, str) and "=" in piece:
            first, _, rest = piece.partition("=")
            value = [rest, *pieces[number + 1 :]]
            return [p for p in (*pieces[:number], first) if p], [p for p in value if p]
    return [piece for piece in pieces if piece], []


def _decode(pieces: Iterable[str]) -> str:
    return unquote_plus("".join(pieces))


def _say(text: str) -> ConnectorNote:
    return ConnectorNote(NoteKind.DETAIL, text)
