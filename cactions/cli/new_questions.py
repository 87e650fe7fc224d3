"""What only the author can say of a new action: asked on a terminal, one question each."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Final

from cactions.cli import prompts
from cactions.logic.expressions.template import TemplateError, parse_reference
from cactions.logic.new_action.answer_draft import AnswerChoices, list_proof_paths
from cactions.logic.new_action.answer_members import AnswerMembers
from cactions.logic.new_action.line_values import KEPT, LineCandidate
from cactions.model import UsageError

_KEEP: Final = "="
_LATER: Final = "?"
_LONGEST_SHOWN: Final = 60


def is_attended(*, json: bool) -> bool:
    """Whether a terminal can show questions and read answers."""
    return not json and sys.stdin.isatty() and sys.stderr.isatty()


def parse_meanings(pairs: Iterable[str]) -> dict[str, str]:
    """``VALUE=REFERENCE`` of each ``--fill``; the value may hold an equals sign."""
    found: dict[str, str] = {}
    for pair in pairs:
        value, mark, meaning = pair.rpartition("=")
        if not mark or not value:
            raise UsageError(
                "--fill does not say what a value is",
                hint="Write VALUE=person.email, VALUE=inputs.order_id or VALUE=literal.",
            )
        found[value] = check_meaning(meaning, "--fill")
    return found


def check_meaning(text: str, option: str) -> str:
    """A reference, or KEPT. Raises UsageError."""
    if text == KEPT:
        return text
    try:
        parse_reference(text)
    except TemplateError as error:
        raise UsageError(
            f"{option}: {error.message}", hint=f"{error.hint[:1].upper()}{error.hint[1:]}."
        ) from None
    return text


def ask_meanings(candidates: Iterable[LineCandidate]) -> dict[str, str]:
    """What each value is; those that the author decides later are left out."""
    found: dict[str, str] = {}
    for each in candidates:
        question = f'"{_shorten(each.value)}" stands in {each.place}. What is it?'
        hint = f"Enter: {each.proposal}   {_KEEP} the same for everyone   {_LATER} decide later"
        text = _ask(f"{question}\n  {hint}\n  or another reference", each.proposal)
        if text != _LATER:
            found[each.value] = KEPT if text == _KEEP else text
    return found


def ask_choices(
    found: AnswerMembers, meanings: Mapping[str, str], choices: AnswerChoices
) -> AnswerChoices:
    """The proof, and which members become attributes."""
    proof = choices.proof or _ask_proof(found, meanings)
    mapping = dict(choices.mapping)
    if mapping:
        return AnswerChoices(proof, mapping, choices.verified)
    for member in found.members:
        if proof and member.path == proof[0]:
            continue
        shown = f', here "{_shorten(str(member.value))}"' if found.sampled else ""
        name = prompts.ask_line(
            f"{member.path} ({member.kind}{shown}): attribute, or Enter for none"
        )
        if name:
            mapping[name] = member.path
    return AnswerChoices(proof, mapping, choices.verified)


def _ask_proof(found: AnswerMembers, meanings: Mapping[str, str]) -> tuple[str, str] | None:
    known = list_proof_paths(found, meanings)
    for path, reference in known:
        if prompts.confirm_choice(f"{path} is {reference}: does it prove whose answer this is?"):
            return path, reference
    others = [member for member in found.members if member.may_prove]
    for member in others:
        if member.path in {path for path, _ in known}:
            continue
        shown = f' is "{_shorten(str(member.value))}"' if found.sampled else ""
        text = _ask(
            f"{member.path}{shown}. What of the person must it equal?\n"
            f"  a reference, such as person.email · {_LATER} or Enter: it is no proof",
            _LATER,
        )
        if text not in (_LATER, _KEEP):
            return member.path, text
    return None


def _ask(question: str, default: str) -> str:
    while True:
        text = prompts.ask_line(question) or default
        if text in (_KEEP, _LATER):
            return text
        try:
            return check_meaning(text, "This is no reference")
        except UsageError as error:
            sys.stderr.write(f"{error}. {error.hint}\n")


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
