"""Attributes and identity of a workspace: what is missing is unknown, never false."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.documents import snapshot_from_json, snapshot_to_json
from cactions.logic.intercom.api import read_reply
from cactions.logic.intercom.attribute_check import check_mapping
from cactions.logic.intercom.attribute_diff import compare_snapshots
from cactions.logic.intercom.connection_check import require_workspace_name
from cactions.logic.intercom.data_attributes import parse_attributes, parse_identity
from cactions.model import (
    Attribute,
    DataType,
    DefinitionError,
    Json,
    Response,
    Snapshot,
    WorkspaceError,
    WorkspaceIdentity,
    WorkspaceName,
)
from tests.builders import action, mapping
from tests.strategies import JSON_VALUES

TIER: dict[str, Json] = {
    "type": "data_attribute", "id": 12878, "model": "contact", "name": "tier",
    "full_name": "custom_attributes.tier", "data_type": "string", "custom": True,
    "api_writable": True, "messenger_writable": False, "archived": False,
}  # fmt: skip
KNOWN = Attribute("tier", DataType.STRING, (), False, api_writable=True)


def parse_one(**fields: Json) -> Attribute:
    [attribute] = parse_attributes([{**TIER, **fields}])[0].values()
    return attribute


def test_an_attribute_is_read_as_it_is_described() -> None:
    """``messenger_writable`` is whether a user can change it from the browser."""
    assert KNOWN == parse_one()


def test_a_missing_flag_is_unknown() -> None:
    """Older API versions have no ``messenger_writable``."""
    old = {key: value for key, value in TIER.items() if not key.endswith("_writable")}
    [attribute] = parse_attributes([old])[0].values()
    assert (None, None, True) == (
        attribute.messenger_writable, attribute.api_writable, attribute.user_editable,
    )  # fmt: skip


def test_an_unknown_data_type_stops_nothing() -> None:
    """The Preview reports ``datetime``; such an attribute is named and left out."""
    known, unknown = parse_attributes([TIER, {**TIER, "name": "odd", "data_type": "datetime"}])
    assert ({"tier": KNOWN}, ["odd"]) == (known, unknown)


def test_standard_attributes_are_no_custom_ones() -> None:
    """They have no id, and may have no description."""
    standard = {"name": "email", "data_type": "string", "custom": False, "description": ""}
    assert ({}, []) == parse_attributes([standard])


@pytest.mark.parametrize(
    ("data_type", "options", "expected"),
    [
        ("string", ["silver", "gold"], ("silver", "gold")),
        ("integer", ["1", "2"], (1, 2)),
        ("boolean", ["true"], (True,)),
        ("string", [{"value": "silver"}], ("silver",)),
        ("string", None, ()),
    ],
)
def test_options_are_values_of_the_type(
    data_type: str, options: Json, expected: tuple[object, ...]
) -> None:
    """The API tells them as texts."""
    assert expected == parse_one(data_type=data_type, options=options).options


@given(st.lists(st.dictionaries(st.sampled_from([*TIER, "x"]), JSON_VALUES)))
def test_any_answer_gives_attributes(items: list[dict[str, Json]]) -> None:
    """Whatever is of another type is unknown."""
    known, unknown = parse_attributes([{**TIER, **item} for item in items])
    assert all(isinstance(attribute, Attribute) for attribute in known.values())
    assert all(isinstance(name, str) for name in unknown)


def test_the_identity_says_region_and_version() -> None:
    """The version is that of the answer, which may not be the one that was asked for."""
    body = (
        b'{"type":"admin","app":{"id_code":"abc","name":"Shop","region":"EU","timezone":"UTC",'
        b'"identity_verification":true}}'
    )
    reply = read_reply(Response(200, (("Intercom-Version", "2.14"),), body))
    assert WorkspaceIdentity("abc", "Shop", "eu", "UTC", True, "2.14") == parse_identity(reply)
    assert WorkspaceIdentity("") == parse_identity(read_reply(Response(200, (), b"{}")))


@pytest.mark.parametrize(
    "app",
    ["null", "[]", "{}", '{"id_code":null}', '{"id_code":""}', '{"id_code":" "}', '{"id_code":7}',
     '{"id_code":["abc"]}'],
)  # fmt: skip
def test_a_workspace_that_tells_no_id_has_no_key(app: str) -> None:
    """Runs of two such workspaces could not be told apart."""
    found = parse_identity(read_reply(Response(200, (), f'{{"app":{app}}}'.encode())))
    with pytest.raises(WorkspaceError):
        require_workspace_name(found)
    assert WorkspaceName("intercom:abc", "Acme") == require_workspace_name(
        WorkspaceIdentity("abc", "Acme ")
    )


# Before a run


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, 'the workspace has no attribute "tier"'),
        (parse_one(archived=True), "is archived"),
        (parse_one(api_writable=False), "cannot be written by the API"),
        (parse_one(data_type="integer"), "is integer in the workspace"),
        (parse_one(options=["wood"]), '"silver" is no option'),
    ],
)
def test_an_action_that_does_not_fit_is_refused(found: Attribute | None, words: str) -> None:
    """With every misfit in one message."""
    loyalty = action(mapping("tier", options=("silver", "gold")))
    with pytest.raises(DefinitionError, match=words):
        check_mapping(loyalty, {"tier": found} if found else {})


def test_an_action_gets_the_options_of_the_workspace() -> None:
    """Where the file declares none; a type that is unknown here is left to the file."""
    loyalty = action(mapping("tier"), mapping("odd"))
    checked = check_mapping(loyalty, {"tier": parse_one(options=["silver"])}, ["odd"])
    assert [("silver",), ()] == [each.attribute.options for each in checked.response.mapping]


# Snapshots


def snapshot(*attributes: Attribute, verified: bool | None = True, region: str = "us") -> Snapshot:
    return Snapshot(
        "attributes.lock.json",
        1_790_000_000.0,
        {attribute.name: attribute for attribute in attributes},
        verified,
        WorkspaceIdentity("abc", "Shop", region, "UTC", version="2.16"),
        ("odd",),
    )


def test_a_snapshot_is_read_as_it_was_written() -> None:
    """Null stands for unknown."""
    taken = snapshot(KNOWN, Attribute("plan", DataType.STRING, ("a", "b"), None, archived=True))
    assert taken == snapshot_from_json(snapshot_to_json(taken), "attributes.lock.json")


def test_every_difference_is_found_and_the_risky_one_marked() -> None:
    """Who may write a value now, and could not before, may choose it for another person."""
    before = snapshot(KNOWN, Attribute("gone", DataType.STRING))
    after = snapshot(parse_one(messenger_writable=True, options=["x"]), verified=False, region="eu")
    found = {(each.attribute, each.what): each.is_risk for each in compare_snapshots(before, after)}
    assert {
        ("", "region"): False, ("", "identity_verification"): True, ("gone", "removed"): False,
        ("tier", "messenger_writable"): True, ("tier", "options"): False,
    } == found  # fmt: skip
    assert () == compare_snapshots(before, before)
