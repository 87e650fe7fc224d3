"""The first hit of a list is taken.

A search answers with a list, and which of its elements comes first is up to the third party: with
two hits it is a matter of luck whose data is used. ``rows`` says which row is meant, and exactly
one must remain. An element that the proof is in, or that belongs to the proven object, is the
person's, and is not reported.

Why: a list query is no proof of identity, and taking an arbitrary match is CWE-694, use of
multiple resources with a duplicate identifier: https://cwe.mitre.org/data/definitions/694.html

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers
          query: {customer: "{{ person.user_id }}"}
        response:
          same_person: {path: $.caller.email, equals: person.email, verified: it confirms e-mails}
          mapping:
            tier: "$.data[0].tier"  # <- CA107

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers
          query: {customer: "{{ person.user_id }}"}
        response:
          rows: {path: "$.data[*]", where: {$.customer: person.user_id}}
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            tier: $.tier

Fix: name the list under ``rows`` with a ``where``, and let the paths start at the row. Where
``in``, ``count`` or ``sum`` takes elements for one attribute, give these a ``where``.

Suppress: where the place in the list has a meaning of its own (``coordinates[1]``), with that
meaning as the reason. Lists that belong to one record (``emails``, ``addresses``, ``tags`` …) are
not reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cactions.model import EACH, AttributeMapping, Path, Rows, Severity
from cactions.rules.ca108_fuzzy_lookup import explain_fuzziness
from cactions.rules.rule import ERROR, INFO, WARNING, ActionAnalysis, Rule, RuleContext, RuleMatch

_PARTS = frozenset(
    "emails emailaddresses phones phonenumbers telephones addresses names tags labels coordinates"
    " position location bbox geo roles groups photos images".split()
)
"""Lists that are parts of one record, not hits of a search."""
_VALUES = frozenset(
    "value address email number phone url city street zip postcode country region state label type"
    " name display text lat lng latitude longitude id line".split()
)
"""What an element of such a list holds."""


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Paths that name an element by its number."""
    for analysis in view.facts:
        response = analysis.action.response
        proof = response.same_person
        for mapping in response.mapping:
            if mapping.elements and _is_chosen_by_owner(mapping.elements, analysis):
                continue
            for path in mapping.paths:
                in_row = proof and response.rows and view.is_same_record(proof.path, path)
                proof_path = proof.path if proof else None
                place = find_counted_list(path, proof_path, view.is_element_proven)
                if not in_row and place is not None:
                    yield _build_match(analysis, mapping, path)


def _build_match(analysis: ActionAnalysis, mapping: AttributeMapping, path: Path) -> RuleMatch:
    hint = "name the list under rows: with a where:, so that exactly one row remains"
    if mapping.elements or mapping.aggregate:
        hint = "choose this person's elements, such as where: {$.customer: person.user_id}"
    if analysis.is_unproven_connector:
        hint = "send what finds exactly one record: Intercom does not choose one of several"
    return RuleMatch(
        f"{analysis.route}.response.mapping.{mapping.attribute.name}",
        f"{path} takes {_describe_taken(path)} of a list, for any person",
        hint,
        severity=_choose_severity(analysis),
    )


def _is_chosen_by_owner(elements: Rows, analysis: ActionAnalysis) -> bool:
    """Whether a value that no one can choose says that an element is the person's."""
    proof = analysis.action.response.same_person
    for _, reference in elements.where:
        if proof and reference == proof.equals and not analysis.identity_gap:
            return True
        if reference in analysis.trust and not analysis.trust[reference].tainted:
            return True
    return False


def _describe_taken(path: Path) -> str:
    return "elements" if EACH in path.segments else "one element"


def _choose_severity(analysis: ActionAnalysis) -> Severity | None:
    """Less for a data connector of Intercom, which has no rows, that asks for the person's own.

    The first of their own list is theirs, whichever it is; the first hit of a search may not be.
    """
    if not analysis.is_unproven_connector or analysis.identity_gap:
        return None
    searches = analysis.searches_people or any(map(explain_fuzziness, analysis.keys))
    return WARNING if searches else INFO


def find_counted_list(
    path: Path, proof: Path | None, is_element_proven: Callable[[Path, Path, int], bool]
) -> int | None:
    """Where in a path an element of a list is taken that may be anyone's; None for nowhere."""
    before: object = ""
    for position, segment in enumerate(path.segments):
        is_element = isinstance(segment, int) or segment is EACH
        counted = is_element and not _is_part(before, path.segments[position + 1 :])
        if counted and not (proof and is_element_proven(proof, path, position)):
            return position
        before = segment
    return None


def _is_part(name: object, rest: tuple[object, ...]) -> bool:
    """Whether a list is a part of one record: its elements are values, or name only a value."""
    return _plain(name) in _PARTS and (not rest or _plain(rest[0]) in _VALUES)


def _plain(name: object) -> str:
    return "".join(sign for sign in str(name).lower() if sign.isalpha())


RULE = Rule("CA107", "first-of-many", ERROR, check)
