"""The document in the body of an answer: JSON or XML, in the charset that its header declares.

- Without a declared charset, a text is UTF-8; a byte order mark at its begin is left out.
- In JSON, half a surrogate pair and a number that Python has not (NaN, 1e999) are an InvalidText:
  only a value that is read is judged.

The reader of XML is loaded where an answer is XML: few are.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from cactions.logic import strict_json
from cactions.model import EACH, ActionResponse, AnswerFormat, Json, Response

_CHARSETS: Final = frozenset(
    ("utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252", "utf-16", "utf-16-le", "utf-16-be")
)
"""Those that services use, as Python's codecs are called."""

_CHARSET: Final = re.compile(r';\s*charset\s*=\s*"?([^\s";]+)"?', re.IGNORECASE)
_BOM: Final = "\ufeff"


class AnswerError(ValueError):
    """A body that cannot be read; the message quotes nothing of it."""


def read_body(answer: Response, response: ActionResponse | None = None) -> Json:
    """The document of an answer, JSON where ``response`` says nothing else. Raises AnswerError."""
    charset = _find_charset(answer)
    if response and response.format is AnswerFormat.XML:
        from cactions.logic.exchange.xml_body import XmlError, parse_xml  # noqa: PLC0415

        try:
            return parse_xml(answer.body, charset, _list_repeated(response))
        except XmlError as error:
            raise AnswerError(str(error)) from None
    body: bytes | str = answer.body
    if charset not in ("", "utf-8", "ascii"):
        body = _decode(answer.body, charset)
    try:
        return strict_json.parse_json_loosely(body)
    except strict_json.StrictJsonError as error:
        raise AnswerError(str(error)) from None


def write_body(document: Json, form: AnswerFormat) -> bytes:
    """A body in UTF-8 that is read as this document."""
    if form is AnswerFormat.XML:
        from cactions.logic.exchange.xml_body import write_xml  # noqa: PLC0415

        return write_xml(document).encode()
    return strict_json.dump_json_loosely(document).encode()


def _find_charset(answer: Response) -> str:
    """The name of Python's codec; empty where none is declared. Raises AnswerError."""
    found = next((_CHARSET.search(text) for text in answer.get_headers("content-type")), None)
    if found is None:
        return ""
    try:
        name = codecs.lookup(found[1]).name
    except (LookupError, ValueError):
        name = ""
    if name not in _CHARSETS:
        raise AnswerError("its Content-Type declares a charset that is not supported")
    return name


def _decode(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset).removeprefix(_BOM)
    except UnicodeDecodeError:
        raise AnswerError(f"the text is not {charset}, as its Content-Type declares") from None


def _list_repeated(response: ActionResponse) -> frozenset[tuple[str, ...]]:
    """The elements of which paths take every one: they are lists, however many there are."""
    start = response.rows.path.segments if response.rows else ()
    found = [start]
    found += [(*start, *path.segments) for mapping in response.mapping for path in mapping.paths]
    return frozenset(
        tuple(step for step in segments[:position] if isinstance(step, str))
        for segments in found
        for position, segment in enumerate(segments)
        if segment is EACH
    )
