"""The lookup key is written by another action without an identity check.

End users cannot write the attribute, but another action does, with what a third party said. Where
that action proves nothing, or where people type the value at the third party themselves, an
attacker signs up there with a victim's number and has it carried into the key of this action.
The finding shows the whole path, from where the value can be chosen to where it is looked up.

Why: Intercom's second way to lose data is a user who signs up at a third party with the phone
number of a victim:
https://www.intercom.com/help/en/articles/6317752-custom-actions-security-and-best-practices

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      crm_phone: {data_type: string, messenger_writable: false}
      balance: {data_type: integer, messenger_writable: false}
    actions:
      contact:
        match: user_id
        request:
          http_method: get
          url: https://api.crm.example/people/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email}  # <- CA206
          mapping: {crm_phone: {path: $.phone, max_length: 20}}
      account:
        match: user_id
        request:
          http_method: get
          url: https://api.bank.example/accounts/{{ person.attributes.crm_phone }}  # <- CA102
        response:
          mapping: {balance: $.balance}  # <- CA201

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      crm_phone: {data_type: string, messenger_writable: false}
      balance: {data_type: integer, messenger_writable: false}
    actions:
      contact:
        match: user_id
        request:
          http_method: get
          url: https://api.crm.example/people/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            crm_phone: {path: $.phone, max_length: 20, verified: numbers get a code by SMS}
      account:
        match: user_id
        request:
          http_method: get
          url: https://api.bank.example/accounts/{{ person.attributes.crm_phone }}
        response:
          same_person: {path: $.customer, equals: person.user_id}
          mapping: {balance: $.balance}

Fix: prove the answer of the action that looks up by a field that it does not send; then it does not
matter who wrote the key. Or make the writing action prove its own, and say under ``verified`` of
the mapping why the third party's value can be believed.

Suppress: where the third party's value is known to be good, say so under ``trust:`` with
``where: actions.NAME.response.mapping.ATTRIBUTE``.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import Flow, Label
from cactions.rules.leak_paths import build_flow_path, build_leak_paths
from cactions.rules.rule import (
    ERROR,
    ActionAnalysis,
    LookupKey,
    Rule,
    RuleContext,
    RuleMatch,
)


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Keys into which something unproven flows, in actions whose answer is not proven."""
    for analysis in view.facts:
        for key in analysis.chosen if analysis.is_exposed else ():
            if flow := view.find_flow(analysis, key):
                yield _build_match(analysis, key, flow)


def _build_match(analysis: ActionAnalysis, key: LookupKey, flow: Flow) -> RuleMatch:
    writer = flow[-1].route.removeprefix("actions.").partition(".response.")[0]
    return RuleMatch(
        key.spot,
        f'"{writer}" writes {key.reference} unverified: anyone who has another customer\'s there'
        f" {analysis.consequence} that customer's data",
        _choose_hint(analysis),
        (*flow, Label(f"{analysis.action.name} looks it up", route=key.spot)),
        (f"the path: {find_path(flow, analysis)}", _explain_exposure(analysis)),
        paths=build_leak_paths(analysis, build_flow_path(flow)),
    )


def _explain_exposure(analysis: ActionAnalysis) -> str:
    if analysis.action.request.is_read:
        return f"nothing stops it: {analysis.exposure}"
    return "a proof comes too late: the call has changed the record by then"


def _choose_hint(analysis: ActionAnalysis) -> str:
    verify = "verify what the other action writes"
    if analysis.action.request.is_read and not analysis.is_unproven_connector:
        return f"prove this answer by a field that is not sent, or {verify}"
    return f"find the record by person.user_id, or {verify}"


def find_path(flow: Flow, analysis: ActionAnalysis) -> str:
    """``attribute -> action -> attribute -> action`` in one line."""
    steps = [step.name for step in build_flow_path(flow)]
    return " -> ".join((*steps, analysis.action.name))


RULE = Rule("CA102", "tainted-lookup", ERROR, check)
