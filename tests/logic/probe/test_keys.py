"""Which values of a request an attack replaces, and who can choose them."""

from __future__ import annotations

from typing import Any

import pytest

from cactions.logic.probe.keys import find_chosen_check, list_probed_keys
from cactions.logic.project import load_project
from cactions.logic.project.source_file import SourceFile
from cactions.model import PersonAttribute, Project
from tests.definitions import (
    BY_EMAIL,
    CHANNELS,
    EDITABLE,
    FIXED,
    action,
    asking,
    file,
    reading,
    request,
    response,
)

ATTRIBUTES = {
    "shop_key": EDITABLE,
    "number": FIXED,
    "locale": EDITABLE,
}


def load(*actions: dict[str, Any], verification: str = "jwt") -> Project:
    text = file(*actions, attributes=ATTRIBUTES, verification=verification)
    found = load_project([SourceFile("actions.yaml", text.encode())])
    assert found.draft, found.findings
    return found.draft


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_value_is_a_key_wherever_it_stands(channel: str) -> None:
    """What only chooses a row is not sent."""
    project = load(action(asking(channel, "person.attributes.shop_key"),
                          reading(channel, "person.attributes.shop_key")))  # fmt: skip
    [key] = list_probed_keys(project.actions["look"], project)
    assert PersonAttribute("shop_key") == key.reference
    assert (True, channel != "where") == (key.is_chosen, key.is_sent)


@pytest.mark.parametrize(
    ("hole", "verification", "chosen"),
    [
        ("person.user_id", "jwt", False), ("person.user_id", "user_id", False),
        ("person.user_id", "email", True), ("person.email", "user_id", True),
        ("person.email", "off", True), ("person.id", "off", False), ("person.phone", "jwt", True),
        ("person.name", "jwt", True), ("person.attributes.number", "off", False),
        ("person.attributes.shop_key", "jwt", True),
    ],
)  # fmt: skip
def test_what_end_users_can_choose_is_told_as_the_leak_analysis_does(
    hole: str, verification: str, chosen: bool
) -> None:
    project = load(action(asking("query", hole)), verification=verification)
    assert [chosen] == [key.is_chosen for key in list_probed_keys(project.actions["look"], project)]


def test_a_value_that_another_action_writes_without_a_proof_is_chosen() -> None:
    """End users cannot write it, but they choose whose value is written."""
    writer = action(
        asking("query", "person.attributes.shop_key"),
        response(proof=None, mapping={"number": {"path": "$.number", "max_length": 20}}),
    )
    proven = {**writer, "response": {**writer["response"], "same_person": BY_EMAIL}}
    reader = action(asking("query", "person.attributes.number"))
    for first, chosen in ((proven, False), (writer, True)):
        project = load(reader, first)
        [key] = list_probed_keys(project.actions["look"], project)
        assert chosen is key.is_chosen


def test_what_presents_an_answer_is_a_filter_and_goods_are_open() -> None:
    shown = request(query={"locale": "{{ person.attributes.locale }}"})
    project = load(action(shown))
    found = {key.reference.name: key for key in list_probed_keys(project.actions["look"], project)}
    assert (True, False) == (found["locale"].is_filter, found["user_id"].is_filter)
    goods = request("https://api.shop.example/products", query={"sku": "{{ inputs.sku }}"})
    inputs = [{"name": "sku", "type": "string", "required": True}]
    project = load(action(goods, data_inputs=inputs))
    [key] = list_probed_keys(project.actions["look"], project)
    assert (True, False) == (key.is_open, key.is_filter)


def test_a_check_that_an_attacker_chooses_is_found_unless_it_is_sent() -> None:
    """One that is sent is a key, and is attacked as one."""
    proof = {"path": "$.key", "equals": "person.attributes.shop_key"}
    project = load(action(None, response(proof=proof)))
    look = project.actions["look"]
    assert PersonAttribute("shop_key") == find_chosen_check(look, project)
    sent = action(asking("query", "person.attributes.shop_key"), response(proof=proof))
    project = load(sent)
    assert find_chosen_check(project.actions["look"], project) is None
    project = load(action())
    assert find_chosen_check(project.actions["look"], project) is None
