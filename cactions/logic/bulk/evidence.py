"""What one response shows about whose it is, kept small so that the response can be dropped.

``gather_evidence`` runs in the thread that called the third party. It never fails for a body: one
that is no JSON shows nothing. A value is kept as a digest, never as itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from cactions.logic.action_cache import ActionCache
from cactions.logic.bulk.identifiers import compute_digest, get_text, normalize_phone
from cactions.logic.bulk.names import list_record_names
from cactions.logic.bulk.request_keys import (
    PersonReference,
    has_shared_keys,
    list_identity_references,
)
from cactions.logic.bulk.shown_identifiers import IdentifierReader, ShownIdentifier
from cactions.logic.exchange.answer_body import AnswerError, read_body
from cactions.logic.exchange.row_choice import ReferenceValues, find_root
from cactions.logic.expressions.references import resolve_reference
from cactions.model import (
    ABSENT,
    Action,
    FailureReason,
    Json,
    Person,
    PersonField,
    Plan,
    PlanFailure,
    Response,
    Scalar,
    Segment,
    Value,
    is_empty,
)

_MOST_MEMBERS: Final = 100
_DECODER: Final = Decoder()
"""About 20 times as fast as the strict reader, which has refused what it may not accept."""

_FIELDS: Final = (PersonField("user_id"), PersonField("email"))


class ResponseEvidence(Struct, frozen=True):
    """What a response shows. ``record`` tells the third party's record; None where nothing does.

    ``own`` are the digests of the person's own identifiers.
    """

    own: tuple[int, ...] = ()
    record: int | None = None
    shown: tuple[ShownIdentifier, ...] = ()


class CallEvidence(Struct, frozen=True):
    """What a call has shown: the response, and why there is no plan, if there is none.

    ``is_other_person``: the identity check failed, since the response is about someone else.
    """

    response: ResponseEvidence = ResponseEvidence()
    status: int | None = None
    failure: FailureReason | None = None
    is_other_person: bool = False


class _ActionReader(Struct, frozen=True):
    """What of an action matters here, worked out once."""

    references: tuple[PersonReference, ...]
    record_path: tuple[Segment, ...]
    element_path: tuple[Segment, ...]
    has_records: bool


def describe_call(response: ResponseEvidence | None, result: Plan | PlanFailure) -> CallEvidence:
    """What a call has shown, from its response and from what became of it."""
    status = result.call.status if result.call else None
    shown = response or ResponseEvidence()
    if isinstance(result, Plan):
        return CallEvidence(shown, status)
    return CallEvidence(shown, status, result.reason, _is_about_another(result))


def _is_about_another(failure: PlanFailure) -> bool:
    """Whether the proof holds two different values; a difference in case is no symptom."""
    proof = failure.proof
    if failure.reason is not FailureReason.NOT_SAME_PERSON or proof is None:
        return False
    if is_empty(proof.expected) or is_empty(proof.found):
        return False
    return str(proof.expected).lower() != str(proof.found).lower()


def gather_evidence(
    action: Action,
    person: Person,
    response: Response | None,
    inputs: Mapping[str, Scalar] | None = None,
) -> ResponseEvidence:
    """What the response shows; only the person's own identifiers where there is no success."""
    reader = _READERS.get(action)
    own = _list_own(reader, person)
    digests = tuple(own.values())
    root = _find_root(action, person, inputs, response)
    if not isinstance(root, dict | list):
        return ResponseEvidence(digests)
    record = _find_record(reader, root, own) if reader.has_records else None
    shown = IdentifierReader(own).list_shown(root, reader.element_path)
    return ResponseEvidence(digests, record, tuple(shown))


def _build_reader(action: Action) -> _ActionReader:
    references = [key for key in list_identity_references(action) if key not in _FIELDS]
    has_records = not (action.breakers.shared_records or has_shared_keys(action))
    mappings = action.response.mapping
    paths = [path.segments[:-1] for mapping in mappings for path in mapping.paths]
    record_path = tuple(_list_common(paths)) if paths else ()
    return _ActionReader(tuple(references), record_path, _cut_at_element(record_path), has_records)


_READERS: Final = ActionCache(_build_reader)


def _list_common(paths: list[tuple[Segment, ...]]) -> Iterator[Segment]:
    for steps in zip(*paths, strict=False):
        if any(step != steps[0] for step in steps):
            return
        yield steps[0]


def _cut_at_element(path: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The path of the last list element in a path; empty where there is none."""
    last = max((n for n, step in enumerate(path, start=1) if not isinstance(step, str)), default=0)
    return path[:last]


def _list_own(reader: _ActionReader, person: Person) -> dict[str, int]:
    """The identifiers of the person as they are compared, with their digests.

    Intercom's own id is one where it is sent to the third party: others do not know it.
    """
    fields = person.fields
    values: list[Value] = [fields.get("user_id"), fields.get("email")]
    values += [resolve_reference(reference, person, {}) for reference in reader.references]
    texts = [get_text(value).lower() for value in values if value]
    phone = fields.get("phone")
    if isinstance(phone, str):
        texts.append(normalize_phone(phone))
    return {text: compute_digest(text) for text in dict.fromkeys(texts) if text}


def _find_root(
    action: Action,
    person: Person,
    inputs: Mapping[str, Scalar] | None,
    response: Response | None,
) -> Value:
    """Where the mapping's paths start; ABSENT where no success can be read."""
    if response is None or response.status not in action.response.success_when.statuses:
        return ABSENT
    document = _read_document(action, response)
    if document is ABSENT:
        return ABSENT
    return find_root(action.response.rows, ReferenceValues(person, inputs or {}), document)


def _read_document(action: Action, response: Response) -> Value:
    try:
        document: Json = _DECODER.decode(response.body)
    except (DecodeError, RecursionError, UnicodeError):
        try:
            return read_body(response, action.response)
        except AnswerError:
            return ABSENT
    return document


def _find_record(reader: _ActionReader, root: Json, own: dict[str, int]) -> int | None:
    """The identity of the innermost object around the mapped values that has one.

    An id that is the person's own may be an echo of the request: another one is preferred.
    """
    own_record = None
    for holder in _list_holders(reader.record_path, root):
        if len(holder) > _MOST_MEMBERS:
            continue
        for name in list_record_names(tuple(holder)):
            text = get_text(holder[name]).lower()
            record = f"{name}:{text}"
            if text and text not in own:
                return compute_digest(record)
            own_record = own_record or (record if text else None)
    return compute_digest(own_record) if own_record else None


def _list_holders(path: tuple[Segment, ...], root: Json) -> list[dict[str, Json]]:
    """The objects on the way to the mapped values, the innermost first."""
    holders: list[dict[str, Json]] = []
    node: Any = root
    for step in (*path, None):
        if isinstance(node, dict):
            holders.insert(0, node)
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
    return holders
