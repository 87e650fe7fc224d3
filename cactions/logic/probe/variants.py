"""Lists the attacks on an action: each key of its request, replaced by what an attacker may try."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.bulk.identifiers import is_email
from cactions.logic.bulk.probe import build_random_value
from cactions.logic.expressions.references import resolve_reference
from cactions.logic.lint.taint_flow import analyze_taint
from cactions.model import (
    ABSENT,
    Action,
    Input,
    Json,
    Person,
    PersonAttribute,
    PersonField,
    ProbeVariant,
    Project,
    Reference,
    Scalar,
    Value,
)
from cactions.rules.rule import ActionAnalysis, KeyRole, RequestPart

_WILDCARDS: Final = ("*", "%")
_SHORTEST: Final = 8
"""Characters of a key from which its beginning is no other person's key by chance."""


class ProbedKey(Struct, frozen=True):
    """A value that finds the record; ``is_chosen``: an attacker can choose it.

    ``is_sent``: it stands in the request, and not only in the choice of the row.
    """

    reference: Reference
    is_chosen: bool
    is_sent: bool = True


class Attack(Struct, frozen=True):
    """One request to be sent: for ``sender``, and judged as a response about ``owner``.

    The owner has the replaced value too where an attacker can have it: an attribute that they
    write, or an account that they open under such an address. A verified key of the victim is
    theirs alone.
    """

    key: ProbedKey
    variant: ProbeVariant
    sender: Person
    owner: Person
    inputs: Mapping[str, Scalar]


def list_probed_keys(action: Action, project: Project) -> tuple[ProbedKey, ...]:
    """Every value of a person or of an input that selects the record, in the order of the file."""
    [analysis] = [fact for fact in analyze_taint(project, frozenset()).facts
                  if fact.action.name == action.name]  # fmt: skip
    keys = [key for key in analysis.keys if key.role is not KeyRole.CONTENT]
    sent = {key.reference for key in keys if key.part is not RequestPart.WHERE}
    return tuple(
        ProbedKey(reference, _is_chosen(reference, analysis), reference in sent)
        for reference in dict.fromkeys(key.reference for key in keys)
    )


def _is_chosen(reference: Reference, analysis: ActionAnalysis) -> bool:
    """Unknown counts as chosen."""
    trust = analysis.trust.get(reference)
    return trust is None or trust.tainted


def list_attacks(
    keys: tuple[ProbedKey, ...],
    attacker: Person,
    victim: Person,
    inputs: tuple[Mapping[str, Scalar], Mapping[str, Scalar]],
    random: Random,
) -> Iterator[Attack]:
    """Every attack; ``inputs`` are the attacker's own and the victim's."""
    mine, theirs = inputs
    for key in keys:
        wanted = resolve_reference(key.reference, victim, theirs)
        own = resolve_reference(key.reference, attacker, mine)
        for variant, value in _list_values(wanted, random):
            if value == own:
                continue
            person, changed = _put(key.reference, value, attacker, mine)
            stays = variant is ProbeVariant.VICTIM_KEY and not key.is_chosen
            if stays and not key.is_sent:
                continue
            yield Attack(key, variant, person, attacker if stays else person, changed)


def _list_values(value: Value, random: Random) -> Iterator[tuple[ProbeVariant, Scalar]]:
    """The variants of a victim's key, each once and none equal to the key itself."""
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        return
    yield ProbeVariant.VICTIM_KEY, value
    drawn = build_random_value(value, random)
    if drawn is not ABSENT:
        yield ProbeVariant.RANDOM_KEY, drawn
    if not isinstance(value, str):
        return
    yield ProbeVariant.EMPTY_KEY, ""
    others = {text for text in (value.upper(), value.lower(), value.swapcase()) if text != value}
    for text in sorted(others)[:1]:
        yield ProbeVariant.OTHER_CASE, text
    for text in (f"{value} ", f" {value}"):
        yield ProbeVariant.SPACES, text
    if is_email(value) or (len(value) >= _SHORTEST and not value.isdecimal()):
        yield ProbeVariant.PREFIX, value[:-1]
    for mark in _WILDCARDS:
        yield ProbeVariant.WILDCARD, mark
        yield ProbeVariant.WILDCARD, value[:-1] + mark


def _put(
    reference: Reference, value: Scalar, person: Person, inputs: Mapping[str, Scalar]
) -> tuple[Person, Mapping[str, Scalar]]:
    """The person and the inputs with this value in the place of theirs."""
    match reference:
        case Input(name=name):
            return person, {**inputs, name: value}
        case PersonAttribute(name=name):
            attributes: dict[str, Json] = {**person.attributes, name: value}
            return replace(person, attributes=attributes), inputs
        case PersonField(name="id"):
            return replace(person, id=str(value)), inputs
        case PersonField(name=name):
            fields: dict[str, Json] = {**person.fields, name: value}
            return replace(person, fields=fields), inputs
