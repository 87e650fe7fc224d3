"""Adds to a result what its answer tells about the cause: near misses, the kind of an error page.

Names of members, the content type and, of an error, one line of the body: never another value. What
is added is for one person who is looked at; runs for many people keep the short message.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from cactions.logic import strict_json
from cactions.logic.answers.near_paths import describe_near_miss, list_lists, list_near_paths
from cactions.logic.answers.other_people import hide_other_addresses, hide_other_people
from cactions.logic.answers.shown_answer import (
    get_content_type,
    list_redacted_parts,
    mask_text,
)
from cactions.logic.exchange.answer_body import AnswerError, read_body
from cactions.logic.exchange.row_choice import ReferenceValues, find_root
from cactions.logic.expressions.json_path import query_all, query_one
from cactions.logic.printable import escape_control
from cactions.logic.request.call import CallSpec
from cactions.logic.secrets.document_mask import mask_document_parts
from cactions.model import (
    ABSENT,
    MASK,
    FailureReason,
    Json,
    KeepReason,
    KeptAttribute,
    Path,
    Plan,
    PlanFailure,
    Response,
)

_MANY: Final = 429
_BUSY: Final = 503
_MOST_READ: Final = 4_000  # characters, which are masked before they are cut
_MOST_SHOWN: Final = 100
_PAGES: Final = (b"<!doctype html", b"<html")
_LOGIN: Final = "HTML, not JSON: is this a login page?"


def explain_result(
    result: Plan | PlanFailure, spec: CallSpec, response: Response
) -> Plan | PlanFailure:
    """The same result, with what the answer tells about why it is so."""
    if isinstance(result, Plan):
        return _explain_plan(result, spec, response)
    notes = [note for note in _list_notes(result, spec, response) if note]
    if not notes:
        return result
    sentences = [result.message, *(note[0].upper() + note[1:] for note in notes)]
    return replace(result, message=" ".join(map(_end, sentences)).rstrip("."))


def describe_kind(response: Response) -> str:
    """What an answer is that should have been JSON; empty where it may be JSON."""
    kind = get_content_type(response)
    if "html" in kind or response.body[:200].lstrip().lower().startswith(_PAGES):
        return _LOGIN
    return "" if "json" in kind or not kind else f"its content type is {kind}"


def _end(sentence: str) -> str:
    return sentence if sentence.endswith(("?", ".", "…")) else f"{sentence}."


def _list_notes(failed: PlanFailure, spec: CallSpec, response: Response) -> Iterator[str]:
    accepted = spec.action.response.success_when.statuses
    reason = failed.reason
    if reason is FailureReason.NOT_SUCCESS and response.status not in accepted:
        yield _describe_pause(response)
        yield _describe_first_line(spec, response)
        yield describe_kind(response)
    elif reason in (FailureReason.NOT_JSON, FailureReason.NOT_XML):
        yield describe_kind(response)
    else:
        yield _describe_paths(failed, spec, response)


def _describe_pause(response: Response) -> str:
    """How long the service asks to wait, by RFC 9110: seconds, or a date."""
    text = next(iter(response.get_headers("retry-after")), "")
    if response.status not in (_MANY, _BUSY) or not text:
        return ""
    seconds = " s" if text.isascii() and text.isdigit() else ""
    return f"Retry-After: {escape_control(text, 40)}{seconds}"


def _describe_first_line(spec: CallSpec, response: Response) -> str:
    redacted = list_redacted_parts(spec)
    try:
        document = read_body(response, spec.action.response)
    except AnswerError:
        if redacted.paths or redacted.texts:
            return ""
        text = response.body.decode("utf-8", "replace")
        line = next((line.strip() for line in text.splitlines() if line.strip()), "")
        shown = hide_other_addresses(line, spec)
    else:
        masked = mask_document_parts(hide_other_people(document, spec), redacted)
        shown = strict_json.dump_json(masked) if document else ""
    shown = mask_text(shown[:_MOST_READ], redacted)
    return f"it begins: {escape_control(shown, _MOST_SHOWN)}" if shown and shown != MASK else ""


def _describe_paths(failed: PlanFailure, spec: CallSpec, response: Response) -> str:
    """What the answer has in the place of the first path that finds nothing in it."""
    try:
        document = read_body(response, spec.action.response)
    except AnswerError:
        return ""
    definition = spec.action.response
    if failed.reason is FailureReason.NOT_SUCCESS:
        paths = (check.path for check in definition.success_when.body)
        missing = (path for path in paths if query_one(path, document) is ABSENT)
        path = next(missing, None)
        return describe_near_miss(path, document) if path else ""
    if failed.reason is FailureReason.NO_ROW and definition.rows:
        rows = query_all(definition.rows.path, document)
        return "" if rows else _describe_rows(definition.rows.path, document)
    check, proof = definition.same_person, failed.proof
    if failed.reason is FailureReason.NOT_SAME_PERSON and check and proof:
        root = _find_root(spec, document)
        return describe_near_miss(check.path, root) if proof.found is ABSENT else ""
    return ""


def _describe_rows(path: Path, document: Json) -> str:
    lists = ", ".join(list_lists(document))
    return f"the answer has lists at {lists}" if lists else describe_near_miss(path, document)


def _find_root(spec: CallSpec, document: Json) -> Json:
    """Where the paths of the mapping start: at the row of the person, else at the document."""
    values = ReferenceValues(spec.person, spec.inputs)
    root = find_root(spec.action.response.rows, values, document)
    return document if root is ABSENT else root


def _explain_plan(plan: Plan, spec: CallSpec, response: Response) -> Plan:
    if not any(left.reason is KeepReason.MISSING for left in plan.left):
        return plan
    try:
        document = read_body(response, spec.action.response)
    except AnswerError:
        return plan
    root = _find_root(spec, document)
    mappings = spec.action.response.mapping
    used = {str(path) for mapping in mappings for path in mapping.paths}
    plain = [each for each in mappings if each.source == str(each.path)]
    paths = {each.attribute.name: each.path for each in plain}

    def explain(left: KeptAttribute) -> KeptAttribute:
        if left.reason is not KeepReason.MISSING or left.detail or left.attribute not in paths:
            return left
        near = [text for text in list_near_paths(paths[left.attribute], root) if text not in used]
        return replace(left, detail=f"the answer has {' and '.join(near)}") if near else left

    return replace(plan, left=tuple(map(explain, plan.left)))
