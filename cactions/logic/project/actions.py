"""Shapes one action: its inputs, request, response and tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from cactions.logic.project.breaker_schema import build_breakers
from cactions.logic.project.expectations import build_expectation
from cactions.logic.project.requests import accept_format, build_action_request, build_limits
from cactions.logic.project.responses import build_response
from cactions.logic.project.schedule import build_schedule
from cactions.logic.project.scope import Scope, list_declared
from cactions.logic.suggest import join_names
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import CONTRADICTION, TWICE, UNKNOWN_NAME, WRONG_VALUE
from cactions.model import (
    MATCH_FIELDS,
    Action,
    ActionResponse,
    ActionTest,
    Attribute,
    DataInput,
    InputType,
    PersonQuery,
    Reference,
    Scalar,
)

_INPUT_TYPES: Mapping[InputType, tuple[type, ...]] = {
    InputType.STRING: (str,),
    InputType.INTEGER: (int,),
    InputType.DECIMAL: (int, float),
    InputType.BOOLEAN: (bool,),
}


def build_action(name: str, at: LocatedValue, scope: Scope) -> Action | None:
    """The action; None where it cannot be used."""
    inputs = _build_inputs(at.get("data_inputs"), scope)
    inside = replace(scope, inputs=frozenset(inputs)) if inputs else scope
    request_at, response_at = at.get("request"), at.get("response")
    asked = build_action_request(request_at, inside) if request_at else None
    read = build_response(response_at, inside) if response_at else None
    match = at.scalar("match")
    limits = at.get("limits")
    if asked is None or read is None or match is None:
        return None
    asked = accept_format(asked, read.format)
    _check_denials(request_at, read, inside)
    if request_at and asked.http_method == "head" and read.is_body_read:
        message = "the response to a HEAD has no body, so that nothing of it can be read"
        hint = "use http_method: get, or read no more than the status and headers"
        inside.add_fault(CONTRADICTION, request_at.get("http_method") or request_at, message, hint)
    audiences, tests, schedule_at = at.get("audiences"), at.get("tests"), at.get("schedule")
    targets = _list_mapped_attributes(response_at, inside)
    shaped = [
        _build_test(item, match, inputs, targets, inside) for item in (tests.value if tests else ())
    ]
    return Action(
        name,
        match,
        replace(asked, limits=build_limits(limits)) if limits else asked,
        read,
        description=at.scalar("description", ""),
        audiences=tuple(item.value for item in audiences.value) if audiences else ("users",),
        inputs=tuple(inputs.values()),
        tests=tuple(test for test in shaped if test is not None),
        place=scope.faults.place(at.key),
        redacted=scope.redacted,
        connector_id=at.scalar("connector_id", ""),
        connector_name=at.scalar("connector_name", ""),
        customer_authentication=at.scalar("customer_authentication"),
        bypass_authentication=at.scalar("bypass_authentication"),
        validate_missing_attributes=at.scalar("validate_missing_attributes"),
        direct_fin_usage=at.scalar("direct_fin_usage"),
        breakers=build_breakers(at.get("breakers"), scope),
        fallbacks=tuple(_list_fallbacks(at.get("fallbacks"), inside)),
        schedule=build_schedule(schedule_at, asked, inputs.values(), scope)
        if schedule_at
        else None,
    )


def _list_fallbacks(at: LocatedValue | None, scope: Scope) -> Iterator[tuple[Reference, str]]:
    for item in at.value if at else ():
        reference_at = item.get("of")
        reference = scope.parse_reference(reference_at) if reference_at else None
        if reference is not None:
            yield reference, item.scalar("text", "")


def _check_denials(request_at: LocatedValue | None, read: ActionResponse, scope: Scope) -> None:
    """No status is a success and a denial: each call would be made twice."""
    tokens_at = request_at.get("tokens") if request_at else None
    successes = frozenset(read.success_when.statuses)
    for item in tokens_at.value if tokens_at else ():
        token = scope.tokens.get(item.value)
        denying = token.fetch.denied_when.statuses if token and token.fetch else ()
        if shared := sorted(successes.intersection(denying)):
            named = f"status {join_names(map(str, shared))}"
            message = f'{named} is a success, and denies the token "{item.value}"'
            hint = "take it out of `success_when`, or out of the token's `denied_when`"
            scope.add_fault(CONTRADICTION, item, message, hint)


def _build_inputs(at: LocatedValue | None, scope: Scope) -> dict[str, DataInput]:
    found: dict[str, DataInput] = {}
    for item in at.value if at else ():
        name, kind = item.scalar("name"), item.scalar("type")
        if not name:
            continue
        if name in found:
            scope.add_fault(TWICE, item.get("name"), f'data input "{name}" stands here twice')
            continue
        form = InputType(kind or "string")
        default = item.get("default_value")
        if default and kind and not _check_fits(default.value, form):
            scope.add_fault(WRONG_VALUE, default, f"is not of type {kind}")
        found[name] = DataInput(
            name,
            form,
            required=item.scalar("required", False),
            description=item.scalar("description", ""),
            default_value=default.value if default else None,
            is_content=item.scalar("role") == "content",
            is_assigned=item.scalar("role") == "assigned",
        )
    return found


def _check_fits(value: Scalar, kind: InputType) -> bool:
    """A boolean is no integer, although Python says so."""
    return type(value) in _INPUT_TYPES[kind]


def _build_test(
    at: LocatedValue,
    match: str,
    inputs: Mapping[str, DataInput],
    targets: Mapping[str, Attribute | None],
    scope: Scope,
) -> ActionTest | None:
    person_at, name, expect_at = at.get("person"), at.scalar("name"), at.get("expect")
    query = _build_query(person_at, match, scope) if person_at else None
    texts = _build_test_inputs(at.get("inputs"), inputs, scope)
    expect = build_expectation(expect_at, targets, scope) if expect_at else None
    if query is None or name is None or expect is None:
        return None
    tags = at.get("tags")
    return ActionTest(
        name,
        query,
        expect,
        texts,
        scope.faults.place(at.key),
        tuple(item.value for item in tags.value) if tags else (),
    )


def _build_query(at: LocatedValue, match: str, scope: Scope) -> PersonQuery | None:
    if isinstance(at.value, str):
        return _check_known_person(PersonQuery(match, at.value), at, scope)
    if len(at.value) != 1:
        hint = f"name one of {', '.join(MATCH_FIELDS)}"
        scope.add_fault(CONTRADICTION, at, "a person is named by exactly one key", hint)
        return None
    key, value = next(iter(at.items()))
    return _check_known_person(PersonQuery(key, value.value), value, scope)


def _check_known_person(query: PersonQuery, at: LocatedValue, scope: Scope) -> PersonQuery:
    """Where people stand in the YAML, a test's person is one of them."""
    known = scope.people.get(query.field, frozenset())
    if known and query.value.lower() not in known:
        hint = scope.faults.suggest_name(query.value, known)
        scope.add_fault(UNKNOWN_NAME, at, f"there is no person with {query}", hint)
    return query


def _build_test_inputs(
    at: LocatedValue | None, inputs: Mapping[str, DataInput], scope: Scope
) -> dict[str, Scalar]:
    texts: dict[str, Scalar] = {}
    for name, item in at.items() if at else ():
        if name not in inputs:
            message, hint = (
                f'there is no data input "{name}"',
                scope.faults.suggest_name(name, inputs),
            )
            scope.faults.add(UNKNOWN_NAME, item.key, message, hint=hint, route=item.route)
        elif not _check_fits(item.value, inputs[name].type):
            scope.add_fault(WRONG_VALUE, item, f"is not of type {inputs[name].type.value}")
        else:
            texts[name] = item.value
    return texts


def _list_mapped_attributes(at: LocatedValue | None, scope: Scope) -> dict[str, Attribute | None]:
    """The attributes that the action maps, the broken ones too."""
    mapping = at.get("mapping") if at else None
    if at and mapping is None and at.has_like(["mapping"]):  # one fault is enough: it may hold any
        return dict(scope.attributes)
    return {name: scope.attributes.get(name) for name in list_declared(mapping)}
