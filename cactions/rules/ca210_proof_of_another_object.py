"""The proof is about another person in the answer than the mapped data.

A policy names its holder and the people that it insures, an order its buyer and its recipient.
That the holder is the matched person says nothing of the insured one; and where an end user can
choose which record is asked for, they choose one in which both are not the same.

Why: CWE-639, authorization bypass through user-controlled key:
https://cwe.mitre.org/data/definitions/639.html

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      cover: {data_type: string, options: [basic, full], messenger_writable: false}
    actions:
      policy:
        match: user_id
        data_inputs:
          - {name: policy_number, type: string, required: true}
        request:
          http_method: get
          url: https://api.insure.example/policies/{{ inputs.policy_number }}
        response:
          same_person: {path: $.holder.email, equals: person.email, verified: it confirms them}
          mapping:
            cover: $.insured.cover  # <- CA210

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      cover: {data_type: string, options: [basic, full], messenger_writable: false}
    actions:
      policy:
        match: user_id
        data_inputs:
          - {name: policy_number, type: string, required: true}
        request:
          http_method: get
          url: https://api.insure.example/policies/{{ inputs.policy_number }}
        response:
          same_person: {path: $.insured.email, equals: person.email, verified: it confirms them}
          mapping:
            cover: $.insured.cover

Fix: compare a field of the object that the data comes from, or map data of the proven object.

Suppress: where both objects are always the same person, with how that is known as the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import Label, Path
from cactions.rules.rule import WARNING, ActionAnalysis, Rule, RuleContext, RuleMatch


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Mapped values beside the proven object, in actions whose record can be chosen."""
    for analysis in view.facts:
        proof = analysis.action.response.same_person
        if not proof or not analysis.chosen or analysis.identity_gap:
            continue
        for mapping in analysis.action.response.mapping:
            apart = [
                path for path in mapping.value_paths if _is_apart(view, analysis, proof.path, path)
            ]
            if apart:
                yield RuleMatch(
                    f"{analysis.route}.response.mapping.{mapping.attribute.name}",
                    f"{proof.path} proves nothing of {apart[0]}: they are different objects",
                    "compare a field of the object that is mapped",
                    (
                        Label(
                            "this is proven", route=f"{analysis.route}.response.same_person.path"
                        ),
                        Label("this can be chosen", route=analysis.chosen[0].spot),
                    ),
                )


def _is_apart(view: RuleContext, analysis: ActionAnalysis, proof: Path, other: Path) -> bool:
    """Whether the proof may hold whatever record was chosen.

    Where the request names the person beside the record, objects of one answer may be about the one
    and the other.
    """
    if view.is_proof_of_another(proof, other) or not view.is_same_record(proof, other):
        return True
    owner, holder = proof.segments[:-1], other.segments[:-1]
    shared = min(len(owner), len(holder))
    return analysis.is_anchored and owner[:shared] != holder[:shared]


RULE = Rule("CA210", "proof-of-another-object", WARNING, check)
