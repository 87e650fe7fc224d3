"""The two leaks that the tool exists to stop, in every known variant, and their fixed versions.

A leaky definition has an error at the lookup key; its fixed versions have neither an error nor
a warning.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import pytest

from tests.definitions import (
    BY_EMAIL,
    BY_USER_ID,
    CHANNELS,
    EDITABLE,
    FIXED,
    UNKNOWN,
    UNQUOTED,
    action,
    asking,
    file,
    reading,
    request,
    response,
)
from tests.lint_results import errors_and_warnings, linted
from tests.run_report import REPORT

KEYS = {"CA101", "CA102", "CA104"}


class Leak(NamedTuple):
    """Files that leak, files that do not, and the action whose key an attacker can choose."""

    name: str
    bad: tuple[str, ...]
    good: tuple[tuple[str, ...], ...]
    reader: str = "look"


INPUT = {"name": "number", "type": "string", "required": True}
STORED = {"data_type": "string", "messenger_writable": False}

SOURCES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "an attribute that users write": ("person.attributes.shopify_id",
                                      {"shopify_id": EDITABLE}, {}),
    "one of unknown writability": ("person.attributes.customer_no", {"customer_no": UNKNOWN}, {}),
    "one with spaces in its name": ('person.attributes["Shop ID"]', {"Shop ID": EDITABLE}, {}),
    "a number that users write": (
        "person.attributes.account",
        {"account": {"data_type": "integer", "messenger_writable": True}}, {}),
    "a list that users choose from": (
        "person.attributes.branch",
        {"branch": {"data_type": "string", "options": ["a", "b"], "messenger_writable": True}}, {}),
    "the phone": ("person.phone", {}, {}),
    "the name": ("person.name", {}, {}),
    "a data input": ("inputs.number", {}, {"data_inputs": [INPUT]}),
}  # fmt: skip
"""The reference of a value, its declaration, and the extra lines of the action."""


def first_leaks() -> Iterator[Leak]:
    """A value chosen by the end user is the lookup key, in one action."""
    for (name, (hole, attributes, says)), channel in product(SOURCES.items(), CHANNELS):
        # in the fixed versions an unknown writability is declared
        fixed = {one: {**EDITABLE, **each} for one, each in attributes.items()}
        bad = action(asking(channel, hole), reading(channel, hole, proof=None), **says)
        trusted = action(asking(channel, "person.user_id"), reading(channel, "person.user_id"))
        good = [(file(trusted, attributes=fixed),)]
        if channel not in UNQUOTED:
            proven = action(asking(channel, hole), reading(channel, hole), **says)
            good.append((file(proven, attributes=fixed),))
        yield Leak(f"{name}, {channel}", (file(bad, attributes=attributes),), tuple(good))


def weakly_proven() -> Iterator[Leak]:
    """An ineffective identity check does not help."""
    hole, says = "inputs.number", {"data_inputs": [INPUT]}
    for name, proof in {
        "what was sent": {"path": "$.number", "equals": hole},
        "what users write": {"path": "$.shop", "equals": "person.attributes.editable"},
        "what many share": {"path": "$.tier", "equals": "person.attributes.tier"},
        "the phone": {"path": "$.phone", "equals": "person.phone"},
        "the name": {"path": "$.name", "equals": "person.name"},
        "the role": {"path": "$.role", "equals": "person.role"},
    }.items():
        asked = asking("query", hole)
        bad = action(asked, response({**proof, "verified": "so they say"}), **says)
        yield Leak(f"proven by {name}", (file(bad),), ((file(action(asked, **says)),),))


def strangers() -> Iterator[Leak]:
    """The e-mail of a lead or a visitor, and identities that are not verified."""
    for audience, channel in product((["leads"], ["users", "leads"], ["visitors"]), CHANNELS):
        says = {"audiences": audience, "match": "email"}
        bad = action(asking(channel, "person.email"), reading(channel, "person.email", proof=None),
                     **says)  # fmt: skip
        by_id = {"path": "$.contact", "equals": "person.attributes.other"}
        read = reading(channel, "person.id", proof=by_id)
        good = action(asking(channel, "person.id"), read, audiences=audience, match="id")
        yield Leak(f"e-mail of {' and '.join(audience)}, {channel}", (file(bad),), ((file(good),),))
    for field, channel in product(("email", "user_id"), CHANNELS):
        hole = f"person.{field}"
        proof = {"email": BY_USER_ID, "user_id": BY_EMAIL}[field]
        one = action(asking(channel, hole), reading(channel, hole, proof=proof), match=field)
        bad = file(one, verification=False)
        yield Leak(f"unverified {field}, {channel}", (bad,), ((file(one),),))


def defaults() -> Iterator[Leak]:
    """Inputs that can be used without an answer of the person."""
    for default, channel in product(("A-1001", "0", " "), ("url", "query", "json", "form")):
        given = {"name": "number", "type": "string", "required": True, "default_value": default}
        asked = asking(channel, "inputs.number")
        bad = action(asked, response(None), data_inputs=[given])
        good = action(asked, data_inputs=[INPUT])
        yield Leak(f"default {default!r}, {channel}", (file(bad),), ((file(good),),))


ONE = [*first_leaks(), *weakly_proven(), *strangers(), *defaults()]


def chained(
    writers: int, proof: dict[str, Any] | None, path: str, name: str, **policies: str
) -> list[Any]:
    """Actions that pass a value on, each looking up by the value that the last one wrote."""
    actions = []
    for number in range(writers):
        hole = f"person.attributes.{name}{number - 1}" if number else "person.user_id"
        mapping = {f"{name}{number}": {"path": path, "max_length": 40, **policies}}
        actions.append(action(asking("url", hole), response(proof, mapping)))
    return actions


def second_leaks() -> Iterator[Leak]:
    """Text that an end user typed at a third party is mapped, and is the key of the next action."""
    paths = ("$.phone", "$.contact.mobile", "$.email", "$.username", "$.profile.nick", "$.address")
    proofs: dict[str, dict[str, Any] | None] = {
        "nothing": None,
        "an unverified e-mail": {"path": "$.email", "equals": "person.email"},
        "an id": BY_USER_ID | {"path": "$.customer", "equals": "person.attributes.other"},
        "what was sent": {"path": "$.id", "equals": "person.user_id", "verified": "so they say"},
    }
    for path, (name, proof), writers in product(paths, proofs.items(), (1, 2, 3)):
        if name == "what was sent" and writers > 1:
            continue  # the second one sends something else, and verifies it
        yield handed_on(f"{path} proven by {name}", path, proof, writers, "query")
    for channel in CHANNELS:
        yield handed_on("renamed", "$.phone", None, 1, channel)
        yield handed_on("two actions", "$.phone", None, 2, channel)


def handed_on(
    name: str, path: str, proof: dict[str, Any] | None, writers: int, channel: str
) -> Leak:
    """One leak, fixed by verifying the writer, by verifying the reader, and by trust."""
    names = {f"k{n}": FIXED for n in range(writers)}
    hole = f"person.attributes.k{writers - 1}"
    reader = action(asking(channel, hole), reading(channel, hole, proof=None))
    proven = action(asking(channel, hole), reading(channel, hole))
    bad = file(*chained(writers, proof, path, "k"), reader, attributes=names)
    verified = chained(writers, BY_EMAIL, path, "k", verified="numbers get a code by SMS")
    good = [] if channel in UNQUOTED else [(file(*verified, proven, attributes=names),)]
    last = action(asking(channel, "person.user_id"), reading(channel, "person.user_id"))
    good.append((file(*verified, last, attributes=names),))
    return Leak(f"{name}, {writers}, {channel}", (bad,), tuple(good), f"look{writers}")


def over_files() -> Iterator[Leak]:
    """The writer is in one file, the reader in another, the attribute in a third."""
    for path, turned in product(("$.phone", "$.mail", "$.handle", "$.nick", "$.tel"), (0, 1)):
        mapping = {"k": {"path": path, "max_length": 40}}
        head = file(attributes={"k": FIXED})
        unproven = action(request(), response(None, mapping))
        vouched = {"k": {**mapping["k"], "verified": "numbers get a code by SMS"}}
        proven = action(request(), response(BY_EMAIL, vouched))
        reader = action(asking("url", "person.attributes.k"), response(None))
        safe = action(asking("url", "person.attributes.k"), response(BY_EMAIL))
        bad = (head, only("write", unproven), only("read", reader))
        good = (head, only("write", proven), only("read", safe))
        yield Leak(f"over files, {path}", bad[::-1] if turned else bad,
                   (good[::-1] if turned else good,), "read")  # fmt: skip


def only(name: str, one: dict[str, Any]) -> str:
    """A file with only one action."""
    return json.dumps({"version": 1, "actions": {name: one}}, indent=1)


TWO = [*second_leaks(), *over_files()]


def keys_found(leak: Leak) -> set[str]:
    found = linted(*leak.bad).findings
    return {one.rule for one in found if one.route.startswith(f"actions.{leak.reader}.")}


@pytest.mark.parametrize("leak", [*ONE, *TWO], ids=lambda leak: leak.name)
def test_a_leak_is_found_at_the_key(leak: Leak) -> None:
    """An error, so that no request is made with it."""
    shaped = linted(*leak.bad)
    assert KEYS & keys_found(leak), [(one.rule, one.message) for one in shaped.findings]
    assert shaped.project is None


@pytest.mark.parametrize("leak", [*ONE, *TWO], ids=lambda leak: leak.name)
def test_fixed_definitions_are_clean(leak: Leak) -> None:
    """Neither an error nor a warning."""
    for twin in leak.good:
        shaped = linted(*twin)
        assert [] == [
            (one.rule, one.message, one.route) for one in errors_and_warnings(shaped.findings)
        ]
        assert shaped.project is not None


def test_there_are_enough_cases_of_each_leak() -> None:
    """Counted, and reported at the end of the test run."""
    twins = sum(len(leak.good) for leak in (*ONE, *TWO))
    REPORT.append(f"leaks: {len(ONE)} by users, {len(TWO)} by third parties, {twins} mended twins")
    assert min(len(ONE), len(TWO)) >= 30
