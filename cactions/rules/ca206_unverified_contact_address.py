"""An address or a number is compared that the service may not verify.

An attacker who signs up at the service with another person's e-mail address or phone number has it
in a record that is truly theirs: a proof by it holds, and a mapping carries the victim's number
onto the attacker's record. ``verified`` says why the third party's value can be believed: that of
``same_person`` vouches for the value that is compared, that of a mapping for the value that is
mapped. One word, such as TODO, vouches for nothing.

Why: Intercom's second way to lose data is a user who signs up with the phone number of a victim:
https://www.intercom.com/help/en/articles/6317752-custom-actions-security-and-best-practices

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
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email}  # <- CA206
          mapping: {tier: $.tier}

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
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Fix: ask the third party whether it confirms addresses and numbers, and write its answer under
``verified``; or prove the answer by an id.

Suppress: better answered by ``verified`` itself, which stands where the next reader looks.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import AttributeMapping, Label, SamePerson
from cactions.rules.rule import WARNING, ActionAnalysis, Rule, RuleContext, RuleMatch

_HINT = "add verified: and why the third party's value can be believed"


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Proofs by an address or number, else mappings of one, where nothing is said about it."""
    for analysis in view.facts:
        proof = analysis.action.response.same_person
        yield from _list_placeholders(view, analysis)
        if not proof or (analysis.identity_gap and not _is_claimed_identity(proof, analysis)):
            continue
        if proof.verified and not view.is_justification(proof.verified):
            continue
        if not proof.verified and _rests(view, proof) and not analysis.echo:
            message = f"nothing declares that the service verifies {proof.path}"
            yield RuleMatch(f"{analysis.route}.response.same_person#", message, _HINT)
        else:
            yield from _list_mapped_addresses(view, analysis)


def _list_placeholders(view: RuleContext, analysis: ActionAnalysis) -> Iterator[RuleMatch]:
    response = analysis.action.response
    stated = [(f"{analysis.route}.response.same_person", response.same_person)]
    named = [
        (f"{analysis.route}.response.mapping.{mapping.attribute.name}", mapping)
        for mapping in response.mapping
    ]
    for route, holder in (*stated, *named):
        if holder and holder.verified and not view.is_justification(holder.verified):
            message = f'"{holder.verified}" does not say why the value can be believed'
            yield RuleMatch(f"{route}.verified", message, "say how the service verifies it")


def _is_claimed_identity(proof: SamePerson, analysis: ActionAnalysis) -> bool:
    return proof.equals.name == "email" and analysis.trust[proof.equals].tainted


def _rests(view: RuleContext, proof: SamePerson) -> bool:
    return view.is_contact_address(proof.equals.name) or view.is_contact_address(
        _get_last_name(proof.path.segments)
    )


def _list_mapped_addresses(view: RuleContext, analysis: ActionAnalysis) -> Iterator[RuleMatch]:
    for attribute_mapping in analysis.action.response.mapping:
        name = attribute_mapping.attribute.name
        if (
            _is_contact_address(view, attribute_mapping)
            and attribute_mapping.attribute.data_type.value == "string"
            and not attribute_mapping.verified
            and f"{analysis.route}.response.mapping.{name}" not in view.trusted
        ):
            message = f"nothing declares that the service verifies {attribute_mapping.source}"
            label = Label("the proof says whose record it is, not who typed it",
                          route=f"{analysis.route}.response.same_person#")  # fmt: skip
            route = f"{analysis.route}.response.mapping.{name}#"
            is_plain = attribute_mapping.source == str(attribute_mapping.path)
            entry = f"{{path: {attribute_mapping.path}, verified: …}}"
            hint = f"map it as {entry}" if is_plain else "add verified"
            yield RuleMatch(route, message, f"{hint}: why it can be believed", (label,))


def _is_contact_address(view: RuleContext, mapping: AttributeMapping) -> bool:
    names = [_get_last_name(path.segments) for path in mapping.value_paths]
    names.append(mapping.attribute.name)
    return any(map(view.is_contact_address, names))


def _get_last_name(segments: tuple[object, ...]) -> str:
    names = [item for item in segments if isinstance(item, str)]
    return names[-1] if names else ""


RULE = Rule("CA206", "unverified-contact-address", WARNING, check)
