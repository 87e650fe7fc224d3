"""A default or empty value can reach a lookup key.

A data input that has a ``default_value``, or need not be given, is the same for everybody who gives
none: they all get the data of the person whose value the default is, and an empty key makes many
services answer with their whole list. So does a fallback: Intercom sends it
for every person whose value is empty.

Why: a fallback that is used where a check should stop is CWE-636, not failing securely:
https://cwe.mitre.org/data/definitions/636.html

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      due: {data_type: date, messenger_writable: false}
    actions:
      delivery:
        match: user_id
        data_inputs:
          - {name: order_id, type: string, required: true, default_value: A-1001}  # <- CA106
        request: {http_method: get, url: "https://api.ship.example/orders/{{ inputs.order_id }}"}
        response:
          same_person: {path: $.buyer.email, equals: person.email, verified: it confirms addresses}
          mapping: {due: {path: $.due, date: iso8601}}

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      due: {data_type: date, messenger_writable: false}
    actions:
      delivery:
        match: user_id
        data_inputs:
          - {name: order_id, type: string, required: true}
        request: {http_method: get, url: "https://api.ship.example/orders/{{ inputs.order_id }}"}
        response:
          same_person: {path: $.buyer.email, equals: person.email, verified: it confirms addresses}
          mapping: {due: {path: $.due, date: iso8601}}

Fix: ``required: true``, and no ``default_value``.

Suppress: where the input only narrows the answer (a language, a page size) and says nothing of
whose data it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import DataInput, Input, Label
from cactions.rules.rule import (
    ERROR,
    INFO,
    ActionAnalysis,
    EditKind,
    KeyRole,
    LookupKey,
    RequestPart,
    Rule,
    RuleContext,
    RuleMatch,
    SuggestedFix,
)


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Inputs that are keys and have a default, or may be missing; keys with a fallback."""
    for analysis in view.facts:
        yield from _list_fallbacks(analysis)
        used = {
            key.reference.name: key
            for key in analysis.chosen
            if isinstance(key.reference, Input) and not analysis.is_anchored
        }
        for number, data_input in enumerate(analysis.action.inputs if used else ()):
            if data_input.name in used and (
                data_input.default_value is not None or not data_input.required
            ):
                route = f"{analysis.route}.data_inputs[{number}]"
                yield _build_match(
                    route, data_input, used[data_input.name], view.is_declared(f"{route}.required")
                )


def _list_fallbacks(analysis: ActionAnalysis) -> Iterator[RuleMatch]:
    """What Intercom sends for everyone whose value is empty, in the place of a key."""
    fallbacks = dict(analysis.action.fallbacks)
    adds = not analysis.action.request.is_read and analysis.action.request.http_method == "post"
    for key in analysis.keys if fallbacks else ():
        text = fallbacks.get(key.reference, "")
        is_said = adds and key.part is RequestPart.BODY
        if text and key.role is KeyRole.SELECTOR and not is_said:
            yield RuleMatch(
                key.spot,
                f'without a value for {key.reference}, a person gets the record of "{text}"',
                "remove the fallback, so that nothing is asked without a value",
                severity=None if _names_record(text) else INFO,
            )


def _names_record(text: str) -> bool:
    """Whether a fallback may be someone's key: ``1``, an address; ``there`` is none."""
    return any(sign.isdigit() or sign == "@" for sign in text)


def _build_match(route: str, data_input: DataInput, key: LookupKey, flag: bool) -> RuleMatch:
    label = (Label("it decides here whose data comes back", route=key.spot),)
    if data_input.default_value is not None:
        message = f"without a value for {data_input.name}, a person gets the data of the default"
        return RuleMatch(f"{route}.default_value", message, "remove default_value", label)
    title = "refuse to run without it"
    fix = SuggestedFix(title, route, EditKind.INSERT, "required: true", safe=True)
    if flag:
        fix = SuggestedFix(title, f"{route}.required", EditKind.REPLACE, "true")
    message = f"{data_input.name} may be left out, and is a lookup key"
    return RuleMatch(route, message, "set required: true", label, (), fix)


RULE = Rule("CA106", "default-reaches-lookup", ERROR, check)
