"""An answer as it may be shown: pretty, cut, without secrets, redacted values and other people.

Secrets of the vault were taken out before, and are looked for again in every output; credentials of
the service itself are known by their names and their looks. Its headers are shown only where
``success_when`` names them: others may hold cookies.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from cactions.logic import strict_json
from cactions.logic.answers.other_people import HIDDEN, hide_other_addresses, hide_other_people
from cactions.logic.answers.token_answer import mask_token_answer
from cactions.logic.exchange.answer_body import AnswerError, read_body
from cactions.logic.expressions.references import resolve_reference
from cactions.logic.printable import escape_control
from cactions.logic.request.call import CallSpec
from cactions.logic.secrets.document_mask import (
    RedactedParts,
    mask_document_parts,
    mask_text_parts,
)
from cactions.logic.strict_json import StrictJsonError
from cactions.model import MASK, Action, Json, Response, Segment, ShownAnswer
from cactions.rules.credentials import mask_secrets

_MOST_LINES: Final = 60
_MOST_TEXT: Final = 160  # characters of a value or of a line of text
_MOST_READ: Final = 4_000  # characters of a line of text: it is masked before it is cut
_MOST_ROWS: Final = 5
_MOST_MEMBERS: Final = 50
_MOST_BYTES: Final = 2 * 1024 * 1024


def show_answer(spec: CallSpec, response: Response, *, others: bool = False) -> ShownAnswer:
    """What may be shown of the answer to a call; ``others``: with other people than the matched."""
    redacted = list_redacted_parts(spec)
    lines = [
        f"{name}: {_shorten(mask_text_parts(value, redacted))}"
        for name, _ in spec.action.response.success_when.headers
        for value in response.get_headers(name)
    ]
    lines += _show_body(spec, response, redacted, others=others)
    hides = not others and any(HIDDEN in line for line in lines)
    return _build(response, lines, hides=hides)


def show_token_answer(response: Response) -> ShownAnswer:
    """What may be shown of the answer that a token comes in: names, and nothing that may be one."""
    try:
        document = strict_json.parse_json(response.body)
    except StrictJsonError:
        return _build(response, ["(not JSON: it is not shown, since it may hold a token)"])
    return _build(response, _print(mask_token_answer(document)))


def get_content_type(response: Response) -> str:
    """The content type without its parameters; empty where there is none."""
    text = next(iter(response.get_headers("content-type")), "")
    return escape_control(text.partition(";")[0].strip().lower(), 80)


def list_redacted_parts(spec: CallSpec) -> RedactedParts:
    """What the action and its project keep out of every output."""
    action = spec.action
    values = (
        resolve_reference(reference, spec.person, spec.inputs) for reference in action.redacted
    )
    texts = {
        str(value)
        for value in values
        if isinstance(value, str | int | float) and not isinstance(value, bool) and value
    }
    return RedactedParts(frozenset(_list_redacted_paths(action)), frozenset(texts))


def mask_text(text: str, redacted: RedactedParts) -> str:
    """A text of an answer, on one line and cut."""
    return _shorten(mask_secrets(mask_text_parts(text, redacted)))


def _build(response: Response, lines: list[str], *, hides: bool = False) -> ShownAnswer:
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"… and {len(lines) - _MOST_LINES:,} more lines"]
    return ShownAnswer(
        response.status, get_content_type(response), len(response.body), tuple(lines), hides
    )


def _show_body(
    spec: CallSpec, response: Response, redacted: RedactedParts, *, others: bool
) -> list[str]:
    if len(response.body) > _MOST_BYTES:
        return ["(too long to be shown)"]
    try:
        document = read_body(response, spec.action.response)
    except AnswerError:
        return _show_text(spec, response, redacted, others=others)
    if not others:
        document = hide_other_people(document, spec)
    return _print(_shorten_document(mask_document_parts(document, redacted)))


def _show_text(
    spec: CallSpec, response: Response, redacted: RedactedParts, *, others: bool
) -> list[str]:
    """A text that is no JSON; where a part of the answer is redacted, none of it is shown."""
    if not response.body.strip():
        return ["(empty)"]
    if redacted.paths or redacted.texts:
        return [f"{MASK} (not JSON, and a part of this answer is redacted)"]
    text = response.body.decode("utf-8", "replace")
    if text.count("\N{REPLACEMENT CHARACTER}") > len(text) // 10:
        return ["(not text)"]
    lines = [line[:_MOST_READ] for line in text.split("\n") if line.strip()]
    if not others:
        lines[:_MOST_LINES] = [hide_other_addresses(line, spec) for line in lines[:_MOST_LINES]]
    shown = [mask_text(line, redacted) for line in lines[:_MOST_LINES]]
    return [*shown, *lines[_MOST_LINES:]] or ["(empty)"]


def _shorten_document(document: Json) -> Json:
    """Long texts, lists and objects are cut, and say so; what looks like a credential is dots."""
    if isinstance(document, str):
        return _shorten(mask_secrets(document))
    if isinstance(document, list):
        rest = len(document) - _MOST_ROWS
        rows = [_shorten_document(item) for item in document[:_MOST_ROWS]]
        return [*rows, f"… and {rest:,} more"] if rest > 0 else rows
    if isinstance(document, dict):
        members = [*document.items()]
        rest = len(members) - _MOST_MEMBERS
        shown = {
            _shorten(mask_secrets(name)): _shorten_document(item)
            for name, item in members[:_MOST_MEMBERS]
        }
        return {**shown, "…": f"and {rest:,} more members"} if rest > 0 else shown
    return document


def _shorten(text: str) -> str:
    if len(text) <= _MOST_TEXT:
        return text
    return f"{text[:_MOST_TEXT]}… ({len(text):,} characters)"


def _print(document: Json) -> list[str]:
    return json.dumps(document, ensure_ascii=False, indent=2).split("\n")


def _list_redacted_paths(action: Action) -> Iterator[tuple[str, ...]]:
    response = action.response
    rows = response.rows.path.segments if response.rows else ()
    for mapping in response.mapping:
        if mapping.redacted or mapping.attribute.redacted:
            for path in mapping.paths:
                yield _list_names((*rows, *path.segments))
    if response.same_person and response.same_person.redacted:
        yield _list_names((*rows, *response.same_person.path.segments))


def _list_names(segments: tuple[Segment, ...]) -> tuple[str, ...]:
    return tuple(segment for segment in segments if isinstance(segment, str))
