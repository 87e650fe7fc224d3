"""What differs between an action and a connector: all of it, and nothing else."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.logic.connectors.body import WRITABLE, build_body, build_connector
from cactions.logic.connectors.diff import compare_connector
from cactions.logic.connectors.mapping_diff import (
    MappingDifference,
    MappingFault,
    compare_mappings,
)
from cactions.logic.connectors.match import find_connector, match_connectors
from cactions.logic.connectors.normal_form import NormalForm
from cactions.logic.connectors.reader import parse_connector
from cactions.model import Connector, ConnectorInput, ConnectorMapping
from tests.builders import action
from tests.workspace.connector_fields import DEFAULTS, clean_fields, shape_detail

CONNECTOR = {"id": "12345", "created_by": "1", "updated_by": "1", "created_at": 0, "updated_at": 0}
NAMES = st.from_regex(r"[a-h](?:[a-h_]{0,6}[a-h])?", fullmatch=True)
LINES = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=20)
HEADERS = st.dictionaries(
    st.sampled_from(["Accept", "Content-Type", "X-Shop", "X-Team", "Accept-Language"]), LINES
)
INPUTS = st.lists(
    st.builds(
        ConnectorInput,
        NAMES,
        st.sampled_from(["string", "integer", "decimal", "boolean"]),
        LINES.filter(bool),
        st.booleans(),
        LINES,
    ),
    max_size=3,
    unique_by=lambda data_input: data_input.name,
)
FLAGS = st.none() | st.booleans()
WANTED = st.builds(
    lambda headers, inputs, flags, texts, sets: Connector(
        id="", name=texts[0] or "loyalty", state="", description=texts[1], http_method=texts[2],
        url=f"https://api.shop.example/{texts[3]}", body=texts[4], headers=tuple(headers.items()),
        inputs=tuple(inputs), audiences=tuple(sets[0]), token_ids=tuple(sets[1]), mappings=(),
        customer_authentication=flags[0], bypass_authentication=flags[1],
        validate_missing_attributes=flags[2], direct_fin_usage=flags[3],
    ),
    HEADERS,
    INPUTS,
    st.tuples(FLAGS, FLAGS, FLAGS, FLAGS),
    st.tuples(LINES, LINES, st.sampled_from(["get", "post"]), LINES,
              st.sampled_from(["", '{"a": "{{x}}"}', '{"a": {{x}}}', "a=b", "text {{ x }}"])),
    st.tuples(
        st.sets(st.sampled_from(["users", "leads", "visitors"]), min_size=1),
        st.sets(st.sampled_from(["1", "2", "3"])),
    ),
)  # fmt: skip


def push(wanted: Connector) -> Connector:
    """What a read shows after the connector was sent to the workspace server."""
    stored = {**DEFAULTS, **clean_fields(build_body(wanted))}
    return parse_connector(shape_detail(CONNECTOR, stored))


@given(WANTED)
def test_what_was_pushed_does_not_differ(wanted: Connector) -> None:
    """Whatever an action says; header values are told as not compared."""
    compared = compare_connector(wanted, push(wanted))
    assert () == compared.fields
    assert compared.is_same
    assert [name for name, _ in wanted.headers] == list(compared.hidden_headers)


@given(WANTED, st.randoms(use_true_random=False))
def test_the_order_of_lists_is_no_difference(wanted: Connector, chance: random.Random) -> None:
    """Headers, inputs, audiences and tokens have none."""
    found = push(wanted)
    mixed = replace(
        found,
        **{
            name: tuple(chance.sample(getattr(found, name), len(getattr(found, name))))
            for name in ("headers", "inputs", "audiences", "token_ids")
        },
    )
    assert () == compare_connector(wanted, mixed).fields


CHANGES: dict[str, dict[str, Any]] = {
    "name": {"name": "other"},
    "description": {"description": "other"},
    "http_method": {"http_method": "put"},
    "url": {"url": "https://other.example"},
    "body": {"body": "other"},
    "headers": {"headers": (("X-Other", "****"),)},
    "data_inputs": {"inputs": (ConnectorInput("other", description="x"),)},
    "audiences": {"audiences": ()},
    "token_ids": {"token_ids": ("9",)},
}


@given(WANTED, st.sampled_from(WRITABLE))
def test_each_writable_field_that_changes_alone_is_found(wanted: Connector, field: str) -> None:
    """And nothing else is."""
    wanted = replace(wanted, description=wanted.description or "Copies.")
    found = push(wanted)
    if field in CHANGES:
        changed = replace(found, **CHANGES[field])
        expected = (field,)
    else:
        stated = getattr(wanted, field)
        changed = replace(found, **{field: not stated})
        expected = (field,) if stated is not None else ()
    assert expected == compare_connector(wanted, changed).writable


@given(INPUTS.filter(bool), st.sampled_from(["type", "description", "required", "default_value"]))
def test_each_part_of_an_input_is_compared(inputs: list[ConnectorInput], part: str) -> None:
    """By the name of the input; both texts are told."""
    wanted = Connector("", "loyalty", "", inputs=tuple(inputs), mappings=())
    first = inputs[0]
    value = (not first.required) if part == "required" else f"{getattr(first, part)}x"
    found = replace(wanted, inputs=(replace(first, **{part: value}), *inputs[1:]))
    [difference] = compare_connector(wanted, found).fields
    assert f"data_inputs.{first.name}" == difference.label
    assert difference.in_file != difference.in_intercom


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ('{"a": 1, "b": "{{ x }}"}', '{\n  "a":1,"b":"{{x}}"}', True),
        ('{"a": {{x}}, "b": "c d"}', '{"a":{{ x }},"b":"c d"}', True),
        ('{"a": {{x}}, "b": "c d"}', '{"a":{{ x }},"b":"cd"}', False),
        ('{"a": 1}', '{"a": "1"}', False),
        ("a  b", "a b", False),
    ],
)
def test_bodies_are_compared_by_meaning(left: str, right: str, same: bool) -> None:
    """Blanks of JSON mean nothing; blanks of texts do."""
    form = NormalForm(Connector("", "loyalty", ""), ())
    assert same == (form.format_body(left) == form.format_body(right))


def test_default_headers_of_a_client_are_no_difference() -> None:
    """A connector of the web page has none; one that the file states is missed."""
    bare = Connector("", "loyalty", "", headers=(("Accept", "application/json"),), mappings=())
    assert () == compare_connector(bare, replace(bare, headers=())).fields
    own = replace(bare, headers=(("Accept", "text/xml"),))
    assert ("headers",) == compare_connector(own, replace(own, headers=())).writable


def test_unknown_keys_and_a_missing_mapping_are_told() -> None:
    """A list that was not returned is not an empty one."""
    wanted = build_connector(action(), {})
    compared = compare_connector(wanted, replace(wanted, mappings=None, unknown=("new_key",)))
    assert (None, ("new_key",)) == (compared.mappings, compared.unknown_keys)
    assert compared.is_same


# Mappings


def onto(attribute: str, path: str, **others: str) -> ConnectorMapping:
    return ConnectorMapping(
        others.get("object_type", "user"), attribute, path, others.get("object_path", "")
    )


TIER = onto("tier", "customer.tier")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([TIER], []),
        ([onto("custom_attributes.tier", "customer.tier")], []),
        ([onto("user.custom_attributes.tier", "tier", object_path="customer")], []),
        ([], [MappingDifference(MappingFault.MISSING, "tier", "customer.tier")]),
        (
            [onto("tier", "customer.level")],
            [MappingDifference(MappingFault.OTHER_PATH, "tier", "customer.tier", "user", "tier",
                               "customer.level")],
        ),
        (
            [onto("plan", "customer.tier")],
            [MappingDifference(MappingFault.OTHER_ATTRIBUTE, "tier", "customer.tier", "user",
                               "plan", "customer.tier")],
        ),
        (
            [TIER, onto("email", "mail")],
            [MappingDifference(MappingFault.EXTRA, "", "", "user", "email", "mail")],
        ),
        (
            [onto("tier", "customer.tier", object_type="conversation")],
            [MappingDifference(MappingFault.MISSING, "tier", "customer.tier")],
        ),
    ],
)  # fmt: skip
def test_every_difference_of_a_mapping_is_found(
    found: list[ConnectorMapping], expected: list[MappingDifference]
) -> None:
    """As a table: what to enter, and what stands in its place."""
    assert tuple(expected) == compare_mappings([TIER], found)


def test_mappings_onto_a_conversation_are_no_difference() -> None:
    """A file cannot state them: they are told."""
    wanted = replace(build_connector(action(), {}), mappings=(TIER,))
    other = onto("case", "case.state", object_type="conversation")
    compared = compare_connector(wanted, replace(wanted, mappings=(TIER, other)))
    assert compared.is_same
    assert ("case.state to case (conversation)",) == compared.beyond


def test_rows_are_numbered_with_dots_or_brackets() -> None:
    """Both spellings are known."""
    wanted = onto("tier", "accounts[0].level")
    assert () == compare_mappings([wanted], [onto("tier", "accounts.0.level")])
    assert () == compare_mappings([wanted], [onto("tier", "0.level", object_path="accounts")])


ORDER = ConnectorInput("order number", description="x")


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("/{{user.user_id}}", "/{{ contact.external_id }}", True),
        ("/{{user.email}}", "/{{customer.email}}", True),
        ("/{{user.email}}", "/{{user.user_id}}", False),
        ("/{{user.custom_attributes.ref}}", "/{{ref}}", True),
        ("/{{user.custom_attributes.ref}}", "/{{ref | fallback: '0'}}", False),
        ("/{{order_number}}", "/{{order number}}", True),
        ("/{{conversation.id}}", "/{{conversation_id}}", True),
        ("/%C3%9Cber?a%20b=c%3Ad", "/Über?a b=c:d", True),
        ("/a%2Fb", "/a/b", False),
        ("/a?b=c%26d", "/a?b=c&d", False),
        ("/a%2fb", "/a%2Fb", True),
        ("/a%FFb", "/a%ffb", True),
    ],
)
def test_urls_are_compared_by_meaning(ours: str, theirs: str, same: bool) -> None:
    """Spellings of variables and needless encoding do not count; structure and fallbacks do."""
    wanted = Connector("", "loyalty", "", url=ours, inputs=(replace(ORDER, name="order_number"),))
    found = Connector("", "loyalty", "", url=theirs, inputs=(ORDER,))
    compared = compare_connector(wanted, found, {"ref"})
    assert (() if same else ("url",)) == compared.writable


def test_a_credential_in_intercom_is_not_shown() -> None:
    """It may stand in a URL or a body of the web page; that it differs is told."""
    wanted = Connector("", "loyalty", "", url="https://a.example/x")
    found = replace(
        wanted,
        url="https://a.example/x?api_key=k3y7Qz91Lm42Xv8",
        body='{"password": "hunter2-hunter2", "who": "{{user.email}}", "token": "{{token}}"}',
    )
    url, body = compare_connector(wanted, found).fields
    assert "https://a.example/x?api_key=••••••" == url.in_intercom
    assert "hunter2" not in body.in_intercom
    assert '"who": "{{user.email}}", "token": "{{token}}"' in body.in_intercom


def test_rows_of_a_list_cannot_be_mapped() -> None:
    """Intercom maps them onto custom objects, never onto a person."""
    row = onto("tier", "data[].tier", object_path="data[]")
    [difference] = compare_mappings([row], [])
    assert MappingFault.NOT_POSSIBLE is difference.fault


MAPPINGS = st.lists(
    st.builds(onto, NAMES, NAMES), max_size=5, unique_by=lambda mapping: mapping.attribute
)


@given(MAPPINGS, MAPPINGS)
def test_no_mapping_is_lost(wanted: list[ConnectorMapping], found: list[ConnectorMapping]) -> None:
    """Each side is the same, or in exactly one row."""
    differences = compare_mappings(wanted, found)
    same = [mapping for mapping in wanted if mapping in found]
    own = [row for row in differences if row.fault is not MappingFault.EXTRA]
    held = [row for row in differences if row.found_attribute]
    assert len(wanted) == len(same) + len(own)
    assert len(found) == len(same) + len(held)


# Which connector belongs to which action


def listed(*pairs: tuple[str, str]) -> list[Connector]:
    return [Connector(key, name, "live") for key, name in pairs]


@pytest.mark.parametrize(
    ("fields", "connectors", "expected", "is_open"),
    [
        ({}, [("1", "loyalty")], "1", False),
        ({}, [], "", True),
        ({"connector_id": "2"}, [("1", "loyalty"), ("2", "x")], "2", False),
        ({"connector_id": "3"}, [("1", "loyalty")], "", False),
        ({"connector_name": "Loyalty tier"}, [("1", "loyalty"), ("2", "Loyalty tier")], "2", False),
        ({}, [("1", "loyalty"), ("2", "loyalty")], "", False),
        ({}, [("1", "Loyalty")], "", False),
    ],
)
def test_a_connector_is_found_by_its_id_else_by_a_unique_name(
    fields: dict[str, str], connectors: list[tuple[str, str]], expected: str, is_open: bool
) -> None:
    """A doubtful name opens no way to create another connector."""
    [match] = match_connectors([replace(action(), **fields)], listed(*connectors))
    assert (expected, is_open) == (match.connector.id if match.connector else "", match.is_open)
    assert bool(match.reason) == (not expected)


def test_no_connector_belongs_to_two_actions() -> None:
    """The id in the file counts more than a name."""
    actions = [action(), replace(action(), name="other", connector_id="1")]
    first, second = match_connectors(actions, listed(("1", "loyalty")))
    assert (None, "1") == (first.connector, second.connector and second.connector.id)
    assert "another action" in first.reason
    assert "1" == getattr(find_connector("other", (first, second), []), "id", "")
