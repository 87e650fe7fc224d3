"""A new action as a file: its tokens, its request, and what only a person can decide."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from cactions.logic.curl_line.pasted_request import PastedRequest
from cactions.logic.curl_line.words import PastedLineError
from cactions.logic.lines import split_lines
from cactions.logic.new_action.answer_draft import AnswerDraft
from cactions.logic.new_action.found_secrets import FoundSecret, SecretNames
from cactions.logic.new_action.line_values import LineCandidate, ValueFiller, list_inputs
from cactions.logic.new_action.pasted_credentials import take_credentials
from cactions.logic.new_action.request_draft import (
    DECISION,
    RequestDraft,
    build_open_request,
    draft_request,
)
from cactions.logic.yaml.writer import YamlRoute, YamlValue, to_plain_text, write_yaml
from cactions.model import MATCH_FIELDS, InputType, Token

_SHORTEST: Final = 4
"""Characters of a secret; a shorter one would be found elsewhere by chance."""
_TELLING: Final = 8


class ProjectNames(Struct, frozen=True):
    """What the project has: its tokens, and the hosts of each secret."""

    tokens: Mapping[str, Token] = {}
    secrets: Mapping[str, Sequence[str]] = {}


class OpenDecision(Struct, frozen=True):
    """A comment of the file, with the line on which it stands."""

    line: int
    text: str


class DraftedAction(Struct, frozen=True):
    """The text of the file, what must be sealed, what may be a customer's, and what is odd.

    ``attributes`` are declarations that the project lacks.
    """

    name: str
    text: str
    secrets: tuple[FoundSecret, ...] = ()
    candidates: tuple[LineCandidate, ...] = ()
    notes: tuple[str, ...] = ()
    attributes: Mapping[str, YamlValue] = {}

    @property
    def decisions(self) -> list[OpenDecision]:
        """What is left to decide, from the top of the file."""
        lines = split_lines(self.text)
        found: list[OpenDecision] = []
        for number, line in enumerate(lines):
            bare = line.strip()
            if bare.startswith(f"# {DECISION}"):
                following = [*_list_following(lines[number + 1 :])]
                text = " ".join([bare.removeprefix(f"# {DECISION}"), *following])
                found.append(OpenDecision(number + len(following) + 2, text))
        return found


def _list_following(lines: Sequence[str]) -> list[str]:
    """The lines of a comment that goes on."""
    found: list[str] = []
    for line in lines:
        bare = line.strip()
        if not bare.startswith("# ") or bare.startswith(f"# {DECISION}"):
            break
        found.append(bare[2:])
    return found


class DraftOrder(Struct, frozen=True):
    """``meanings`` are references by value; ``reads``: the request changes nothing.

    ``inputs`` are kinds of data inputs by name; of another it is a text.
    """

    name: str
    meanings: Mapping[str, str] = {}
    known: ProjectNames = ProjectNames()
    reads: bool = False
    inputs: Mapping[str, InputType] = {}


def draft_action(
    request: PastedRequest | None, answer: AnswerDraft, order: DraftOrder
) -> DraftedAction:
    """The file of a new action. Raises PastedLineError where the request cannot be one."""
    name, known = order.name, order.known
    if request is None:
        text = _write_action(order, build_open_request(), answer, {})
        return DraftedAction(name, text, attributes=answer.attributes)
    host = request.origin.removeprefix("https://").partition(":")[0]
    secrets = SecretNames(host, known.secrets)
    clean = take_credentials(request, secrets, known.tokens)
    filler = ValueFiller(order.meanings)
    start = request.starts.get("url", 0)
    drafted = draft_request(clean, filler, start, reads=order.reads)
    text = _write_action(order, drafted, answer, clean.tokens)
    _check_no_secret(text, secrets, start)
    candidates = tuple(filler.candidates.values())
    notes = tuple(clean.notes)
    return DraftedAction(name, text, tuple(secrets.new), candidates, notes, answer.attributes)


def _write_action(
    order: DraftOrder, drafted: RequestDraft, answer: AnswerDraft, tokens: Mapping[str, YamlValue]
) -> str:
    used = re.findall(r"\{\{ (\S+)", write_yaml(drafted.content))
    action: dict[str, YamlValue] = {"match": to_plain_text(_choose_match(used))}
    if inputs := list_inputs([f"{{{{ {each} }}}}" for each in used]):
        action["data_inputs"] = [
            {
                "name": each,
                "type": to_plain_text(order.inputs.get(each, InputType.STRING).value),
                "required": True,
            }
            for each in inputs
        ]
    action["request"] = drafted.content
    action["response"] = answer.content
    document: dict[str, YamlValue] = {"version": 1}
    if tokens:
        document["tokens"] = dict(tokens)
    document["actions"] = {order.name: action}
    around: YamlRoute = ("actions", order.name)
    comments = {(*around, "request", *route): text for route, text in drafted.comments.items()}
    comments |= {(*around, "response", *route): text for route, text in answer.comments.items()}
    return write_yaml(document, comments)


def _choose_match(used: Sequence[str]) -> str:
    """The field by which the request finds the person, where it has one."""
    fields = (each.removeprefix("person.") for each in used if each.startswith("person."))
    return next((each for each in fields if each in MATCH_FIELDS), MATCH_FIELDS[0])


def _check_no_secret(text: str, secrets: SecretNames, start: int) -> None:
    """Raises PastedLineError where a secret stands a second time, and would be in the file."""
    for value in secrets.values:
        if len(value) >= _SHORTEST and _stands_in(value, text):
            hint = "Write the line with another value at the other place."
            raise PastedLineError("a secret of the line stands in it a second time", hint, start)


def _stands_in(value: str, text: str) -> bool:
    """Whether a value is in the text; a short one may be a part of another word."""
    if len(value) >= _TELLING:
        return value in text
    return re.search(rf"(?<![A-Za-z0-9_]){re.escape(value)}(?![A-Za-z0-9_])", text) is not None
