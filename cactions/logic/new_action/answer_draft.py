"""The ``response:`` of a new action: what its author chose of a sample answer, and what is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct, field

from cactions.logic.expressions.json_path import parse_path
from cactions.logic.expressions.template import parse_reference
from cactions.logic.new_action.answer_members import AnswerMember, AnswerMembers
from cactions.logic.new_action.request_draft import DECISION
from cactions.logic.yaml.writer import YamlRoute, YamlValue, to_plain_text
from cactions.model import Attribute, DataType

UNDECIDED: Final = "decide"
"""Stands where a path or a reference belongs, until a person has decided."""
_LONGEST: Final = 200
_MOST_SHOWN: Final = 40
_WIDEST: Final = 88


class AnswerChoices(Struct, frozen=True):
    """``proof`` is a path and the reference that must equal it; ``mapping`` has paths by attribute.

    ``verified`` is why what the service has there is true.
    """

    proof: tuple[str, str] | None = None
    mapping: Mapping[str, str] = {}
    verified: str = ""


class AnswerDraft(Struct, frozen=True):
    """``content`` is the YAML below ``response``; ``attributes`` are declarations that are new."""

    content: dict[str, YamlValue] = field(default_factory=dict)
    comments: dict[YamlRoute, str] = field(default_factory=dict)
    attributes: dict[str, YamlValue] = field(default_factory=dict)


def draft_answer(
    found: AnswerMembers | None,
    choices: AnswerChoices,
    known: Mapping[str, Attribute],
    *,
    reads: bool,
) -> AnswerDraft:
    """``found`` is None without a sample. ``reads``: the request is asked for its answer.

    Raises TemplateError and PathError for a choice that is none.
    """
    if found is None and not reads and not choices.proof and not choices.mapping:
        return AnswerDraft()
    draft = AnswerDraft()
    if found and found.rows:
        _draft_rows(found, draft)
    _draft_proof(found, choices, draft)
    _draft_mapping(found, choices, known, draft)
    return draft


def _draft_rows(found: AnswerMembers, draft: AnswerDraft) -> None:
    draft.content["rows"] = {"path": found.rows}
    if found.count > 1:
        draft.content["rows"] = {"path": found.rows, "where": {UNDECIDED: UNDECIDED}}
        draft.comments["rows",] = (
            f"{DECISION}which of the records is meant, such as {{$.customer_id: person.user_id}};\n"
            "exactly one must remain"
        )


def _draft_proof(found: AnswerMembers | None, choices: AnswerChoices, draft: AnswerDraft) -> None:
    if choices.proof:
        path, reference = choices.proof
        parse_path(path)
        parse_reference(reference)
        proof: dict[str, YamlValue] = {
            "path": to_plain_text(path),
            "equals": to_plain_text(reference),
        }
        if choices.verified:
            proof["verified"] = choices.verified
        draft.content["same_person"] = proof
        return
    draft.content["same_person"] = {
        "path": to_plain_text(UNDECIDED),
        "equals": to_plain_text(UNDECIDED),
    }
    paths = [member.path for member in found.members if member.may_prove] if found else []
    text = f"{DECISION}which member proves whose answer it is, and what of the person it equals"
    if found is None:
        text += ";\nmade with a sample answer, `--from-answer FILE`, its members are listed here"
    elif paths:
        text += f";\nit may be {_join_lines(paths)}"
    draft.comments["same_person",] = text


def _draft_mapping(
    found: AnswerMembers | None,
    choices: AnswerChoices,
    known: Mapping[str, Attribute],
    draft: AnswerDraft,
) -> None:
    members = {member.path: member for member in found.members} if found else {}
    mapping: dict[str, YamlValue] = {}
    for attribute, path in choices.mapping.items():
        parse_path(path)
        member = members.get(path)
        mapping[attribute] = _write_mapping(path, member, known.get(attribute))
        if attribute not in known:
            kind = member.data_type if member else DataType.STRING
            draft.attributes[attribute] = {"data_type": to_plain_text(kind.value)}
    if mapping:
        draft.content["mapping"] = mapping
        return
    draft.content["mapping"] = {UNDECIDED: to_plain_text(UNDECIDED)}
    text = f"{DECISION}what becomes an attribute, as ATTRIBUTE: PATH"
    if found and found.members:
        shown = [f"{member.path} ({member.kind})" for member in found.members[:_MOST_SHOWN]]
        text += f"; the answer has\n{_join_lines(shown)}"
    draft.comments["mapping",] = text


def _write_mapping(path: str, member: AnswerMember | None, known: Attribute | None) -> YamlValue:
    """As short as it can be: a date with its form, a text with its greatest length."""
    plain = to_plain_text(path)
    wanted = known.data_type if known else member.data_type if member else DataType.STRING
    if member and member.date and wanted is DataType.DATE:
        return {"path": plain, "date": to_plain_text(member.date)}
    if wanted is DataType.STRING and not (known and known.options):
        return {"path": plain, "max_length": _LONGEST}
    return plain


def _join_lines(texts: Iterable[str]) -> str:
    lines: list[str] = []
    for text in texts:
        if lines and len(lines[-1]) + len(text) < _WIDEST:
            lines[-1] += f", {text}"
        else:
            lines += [text]
    return ",\n".join(lines)


def list_proof_paths(found: AnswerMembers, values: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """Paths whose value is what the author said of the person, with the reference."""
    return [
        (member.path, values[str(member.value)])
        for member in found.members
        if str(member.value) in values and values[str(member.value)].startswith("person.")
    ]
