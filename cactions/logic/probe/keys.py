"""The values of a request that an attack replaces: what finds the record, and who can choose it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from cactions.logic.lint.public_data import is_public, read_evidence
from cactions.logic.lint.taint_flow import analyze_taint
from cactions.logic.lint.trust import TrustAnalysis
from cactions.logic.lint.vocabulary import is_shared, split_words
from cactions.model import Action, PersonField, Project, Reference
from cactions.rules.rule import ActionAnalysis, KeyRole, LookupKey, RequestPart

_GROUPS: Final = frozenset(
    (
        "tenant", "org", "organisation", "organization", "shop", "merchant", "team", "company",
        "workspace", "store", "site", "brand", "group", "region", "country", "plan",
    )
)  # fmt: skip
"""Words of what many people have in common."""


class ProbedKey(Struct, frozen=True):
    """A value that finds the record; ``is_chosen``: an attacker can choose it.

    ``is_sent``: it stands in the request, and not only in the choice of the row. ``is_filter``: it
    only narrows or presents an answer. ``is_open``: it chooses among what is the same for everyone.
    ``names_one``: no two people have the same.
    """

    reference: Reference
    is_chosen: bool
    is_sent: bool = True
    is_filter: bool = False
    is_open: bool = False
    names_one: bool = True


def list_probed_keys(action: Action, project: Project) -> tuple[ProbedKey, ...]:
    """Every value of a person or of an input that selects the record, in the order of the file.

    An attacker can choose a value by hand, or through another action that proves nothing.
    """
    analysis, trust = _analyze(action, project)
    places: dict[Reference, list[LookupKey]] = {}
    for key in analysis.keys:
        if key.role is not KeyRole.CONTENT:
            places.setdefault(key.reference, []).append(key)
    return tuple(_describe_key(keys, action, trust) for keys in places.values())


def find_chosen_check(action: Action, project: Project) -> Reference | None:
    """What the identity check compares, where an attacker can choose it and it is not sent."""
    proof = action.response.same_person
    if proof is None:
        return None
    analysis, trust = _analyze(action, project)
    if any(key.reference == proof.equals for key in analysis.keys):
        return None
    return proof.equals if trust.is_choosable(proof.equals, action) else None


def is_named_by_others(
    key: ProbedKey, keys: Iterable[ProbedKey], differing: frozenset[Reference]
) -> bool:
    """Whether a request without this key still says whose record it asks for.

    ``differing`` are the values in which attacker and victim differ. What only narrows an answer
    may be ignored beside any key that finds the record.
    """
    return any(
        other.is_sent and not other.is_filter and other.reference in differing
        and (other.names_one or key.is_filter)
        for other in keys if other.reference != key.reference
    )  # fmt: skip


def _analyze(action: Action, project: Project) -> tuple[ActionAnalysis, TrustAnalysis]:
    result = analyze_taint(project, frozenset())
    [analysis] = [fact for fact in result.facts if fact.action.name == action.name]
    return analysis, result.doubts


def _describe_key(places: list[LookupKey], action: Action, trust: TrustAnalysis) -> ProbedKey:
    """One value, from all places where it stands."""
    reference = places[0].reference
    roles = {key.role for key in places}
    evidence = read_evidence(action)
    is_person = isinstance(reference, PersonField)
    words = frozenset(split_words(reference.name))
    return ProbedKey(
        reference,
        is_chosen=trust.is_choosable(reference, action),
        is_sent=any(key.part is not RequestPart.WHERE for key in places),
        is_filter=not is_person and roles == {KeyRole.FILTER},
        is_open=not is_person and all(is_public(evidence, key) for key in places),
        names_one=is_person or (_GROUPS.isdisjoint(words) and not is_shared(reference.name)),
    )
