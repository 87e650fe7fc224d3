"""Free text is mapped without a limit or a list of values.

What people type elsewhere lands on the person as it is, however long, and stands before teammates
and the AI agent as if it were a fact.

Why: unbounded text from outside is CWE-20, improper input validation:
https://cwe.mitre.org/data/definitions/20.html and Intercom keeps at most 255 characters.

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      store: {data_type: string, messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            store: $.store  # <- CA207

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      store: {data_type: string, messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            store: {path: $.store, max_length: 80}

Fix: ``max_length``, ``one_of`` or ``values``; or ``options`` on the attribute.

Suppress: it is a note, and stops nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import AttributeMapping
from cactions.rules.rule import INFO, EditKind, Rule, RuleContext, RuleMatch, SuggestedFix

_MOST = "max_length: 255"


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Mappings onto texts that take whatever comes."""
    for analysis in view.facts:
        for attribute_mapping in analysis.action.response.mapping:
            if _is_free(attribute_mapping):
                route = f"{analysis.route}.response.mapping.{attribute_mapping.attribute.name}"
                yield RuleMatch(
                    route,
                    f"any text is written onto {attribute_mapping.attribute.name}, however long",
                    "add max_length, one_of or values",
                    fix=_build_fix(route, attribute_mapping, view),
                )


def _is_free(attribute_mapping: AttributeMapping) -> bool:
    if (
        attribute_mapping.attribute.data_type.value != "string"
        or attribute_mapping.attribute.options
        or attribute_mapping.divide
    ):
        return False
    return not (
        attribute_mapping.max_length or attribute_mapping.one_of or attribute_mapping.values
    )


def _build_fix(route: str, attribute_mapping: AttributeMapping, view: RuleContext) -> SuggestedFix:
    title = "take no more than an attribute holds"
    if view.is_declared(f"{route}.path"):
        return SuggestedFix(title, route, EditKind.INSERT, _MOST, safe=True)
    if attribute_mapping.source != str(attribute_mapping.path):  # written as a map
        return SuggestedFix(title, route, EditKind.INSERT, _MOST, safe=True)
    path = str(attribute_mapping.path)
    quoted = f'"{path}"' if "[" in path and '"' not in path else path
    return SuggestedFix(
        title, route, EditKind.REPLACE, f"{{path: {quoted}, {_MOST}}}", safe='"' not in path
    )


RULE = Rule("CA207", "unbounded-text", INFO, check)
