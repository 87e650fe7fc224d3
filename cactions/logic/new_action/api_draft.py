"""What an operation of an OpenAPI document says of a new action: its inputs, and its members."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from cactions.logic.new_action.answer_members import AnswerMembers, list_members
from cactions.logic.new_action.line_values import propose_meaning
from cactions.logic.openapi.request import ApiRequest
from cactions.model import InputType

_INPUTS = "inputs."


def list_input_meanings(api: ApiRequest) -> dict[str, str]:
    """The values that are no person's become data inputs; what may be a person's stays open."""
    proposals = {name: propose_meaning(hole.key, hole.around) for name, hole in api.holes.items()}
    return {
        f"${name}": propose_meaning(name)
        for name, proposal in proposals.items()
        if proposal.startswith(_INPUTS) and propose_meaning(name).startswith(_INPUTS)
    }


def list_input_types(api: ApiRequest, meanings: Mapping[str, str]) -> dict[str, InputType]:
    """The kinds of the inputs, by name, as the document says them."""
    return {
        meanings[f"${name}"].removeprefix(_INPUTS): hole.kind
        for name, hole in api.holes.items()
        if meanings.get(f"${name}", "").startswith(_INPUTS)
    }


def name_variables(api: ApiRequest, meanings: Mapping[str, str]) -> dict[str, str]:
    """Meanings of values, where the name of a parameter stands for its value."""
    keys = {hole.key: name for name, hole in reversed(api.holes.items())}
    return {
        f"${value if value in api.holes else keys[value]}"
        if value in api.holes or value in keys
        else value: meaning
        for value, meaning in meanings.items()
    }


def list_promised_members(api: ApiRequest) -> AnswerMembers | None:
    """The members that the schema of the answer has; None where it says none."""
    found = list_members(api.answer) if isinstance(api.answer, dict | list) else None
    return replace(found, sampled=False) if found and found.members else None
