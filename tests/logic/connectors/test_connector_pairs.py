"""Each kind of leak of a live connector, or of a false alarm, as a pair: only one leaks."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from cactions.logic.connectors.advice import group_findings
from cactions.logic.connectors.pulled_project import lint_workspace, pull_workspace
from cactions.logic.connectors.reader import parse_connector
from cactions.model import Attribute, DataType, Finding, Severity, Snapshot
from tests.connector_samples import Definition, connector, data_input, maps
from tests.lint_results import NOW

ATTRIBUTES = {
    name: Attribute(name, DataType.STRING, messenger_writable=writable)
    for name, writable in {"tier": False, "acct_no": False, "crm_id": False, "taste": True}.items()
}
HOST = "https://api.shop.example"
ME = "{{user.user_id}}"


class Pair(NamedTuple):
    """The rule that reports the first connector; the second has no error and no warning."""

    rule: str
    bad: Definition
    good: Definition


def find_findings(definition: Definition) -> list[Finding]:
    """What an audit says of one connector, in Intercom's terms."""
    pulled = pull_workspace([parse_connector({"id": "7", "state": "live", **definition})],
                            ATTRIBUTES)  # fmt: skip
    loaded = lint_workspace(pulled, Snapshot("s", NOW, ATTRIBUTES, True), NOW)
    return [f for group in group_findings(loaded.findings, pulled) for f in group.findings]


def find_grave(definition: Definition) -> list[tuple[str, str]]:
    """The errors and warnings."""
    found = find_findings(definition)
    return [(f.rule, f.message) for f in found if f.severity is not Severity.INFO]


def typed(url: str, *names: str, method: str = "get", **rest: object) -> Definition:
    """A connector with data inputs."""
    inputs = [data_input(name) for name in names]
    return connector("Look-up", f"{HOST}{url}", method, data_inputs=inputs, object_mappings=[],
                     **rest)  # fmt: skip


PAIRS: dict[str, Pair] = {
    "a form with an address finds no record": Pair(
        "CA101",
        typed("/order-status", "mail", "name", method="post",
              body='{"email": "{{mail}}", "name": "{{name}}"}'),
        typed("/leads", "mail", "name", method="post",
              body='{"email": "{{mail}}", "name": "{{name}}", "company": "{{name}}"}')),
    "an address beside a number of an order": Pair(
        "CA101",
        typed("/returns", "mail", "order", method="post",
              body='{"email": "{{mail}}", "order_number": "{{order}}"}'),
        typed("/returns/questions", "mail", "question", method="post",
              body='{"email": "{{mail}}", "question": "{{question}}"}')),
    "an answer that is more than the new record": Pair(
        "CA101",
        typed("/profiles", "mail", "name", method="post",
              body='{"email": "{{mail}}", "name": "{{name}}"}')
        | {"object_mappings": maps(("profile.tier", "tier"))},
        typed("/leads", "mail", "name", method="post",
              body='{"email": "{{mail}}", "name": "{{name}}"}')
        | {"object_mappings": maps(("lead.id", "crm_id"))}),
    "an address alone": Pair(
        "CA101",
        typed("/vouchers", "mail", method="post", body='{"email": "{{mail}}"}'),
        typed("/newsletter", "mail", method="post", body='{"email": "{{mail}}"}')),
    "a value of the customer's own that only presents the answer": Pair(
        "CA101", typed("/faq?shop={{user.custom_attributes.taste}}"),
        typed("/faq?locale={{user.custom_attributes.taste}}")),
    "public data on a person": Pair(
        "CA101",
        typed("/vehicles/{{x}}", "x") | {"object_mappings": maps(("data.level", "tier"))},
        typed("/stores/{{x}}", "x") | {"object_mappings": maps(("data.level", "tier"))}),
    "the first of a list": Pair(
        "CA107",
        typed(f"/customers?name={ME}") | {"object_mappings": maps(("data[0].level", "tier"))},
        typed(f"/users/{ME}/cards") | {"object_mappings": maps(("data[0].level", "tier"))}),
    "a credential in XML": Pair(
        "CA301",
        typed("/ws", method="post", body=f"<H><Pass>Hunter2x</Pass></H><B><User>{ME}</User></B>"),
        typed("/ws", method="post", body=f"<H><Pass/></H><B><User>{ME}</User></B>")),
    "a fallback that is a key": Pair(
        "CA106",
        typed("/users/{{user.custom_attributes.acct_no | fallback: '1001'}}"),
        typed(f"/users/{ME}?greet={{{{user.custom_attributes.acct_no | fallback: 'you'}}}}")),
    "a switch that says that the data is public": Pair(
        "CA101", typed("/lots/{{x}}", "x"), typed("/lots/{{x}}", "x", bypass_authentication=True)),
    "a bare id behind what is bought or visited": Pair(
        "CA101", typed("/orders/{{id}}", "id"), typed("/products/{{id}}", "id")),
    "a shop with the name of a personal thing": Pair(
        "CA101", typed("/parcels?zip={{zip}}", "zip"), typed("/parcel-shops?zip={{zip}}", "zip")),
    "a name that begins with the owner": Pair(
        "CA101", typed("/orders/{{order_id}}?user_locale=" + ME, "order_id"),
        typed("/orders/{{order_id}}?user_ref=" + ME, "order_id")),
    "a verified value in XML": Pair(
        "CA101",
        typed("/ws", "no", method="post", body=f"<B><Order>{{{{no}}}}</Order><Via>{ME}</Via></B>"),
        typed("/ws", method="post", body=f"<B><GetOrders><User>{ME}</User></GetOrders></B>")),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_a_connector_leaks_and_its_twin_does_not(name: str) -> None:
    """By the rule of the kind; the twin has no error and no warning of any rule."""
    pair = PAIRS[name]
    found = find_grave(pair.bad)
    assert pair.rule in {rule for rule, _ in found}, found
    assert [] == find_grave(pair.good)


SAID = [
    (typed("/rpc/getOrder", "order", method="post", body='{"order": "{{order}}"}'),
     "order gets that"),
    (typed("/graphql", "order_id", method="post",
           body='{"query": "query($o: ID!) { order(id: $o) { total } }",'
                ' "variables": {"o": "{{order_id}}"}}'), "order_id gets that"),
    (typed("/soap", "order", method="post", body="<e:Body><GetOrder><No>{{order}}</No></GetOrder>"
           "</e:Body>"), "order gets that"),
    (typed("/orders/details", "order", method="post", body='{"order": "{{order}}"}'),
     "order gets or changes that"),
    (typed("/orders/cancel", "order", method="post", body='{"order": "{{order}}"}'),
     "order changes that"),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "words"), SAID, ids=lambda value: str(value)[:40])
def test_a_post_that_asks_is_not_said_to_change(definition: Definition, words: str) -> None:
    """Where nothing tells what a POST does, both are said."""
    messages = " ".join(message for _, message in find_grave(definition))
    assert words in messages, messages


TEXTS = [
    (typed("/orders?no={{user.custom_attributes.old_no}}"),
     "another customer's user.custom_attributes.old_no"),
    (typed("/orders/{{order nr}}", "order nr"), "another customer's order nr gets"),
    (typed("/orders?look_up={{order_id}}&x=" + ME, "order_id"), 'user_id in "x" as the owner'),
    (typed("/x?look_up=secret&password=look_up&q=" + ME), '"password" is a credential'),
    ({**typed(""), "url": "{{base}}/orders"}, "it begins with a variable"),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "words"), TEXTS, ids=lambda value: str(value)[:40])
def test_a_message_has_the_names_of_intercom(definition: Definition, words: str) -> None:
    """Of variables, as the connector spells them; no other word becomes a label."""
    messages = " ".join(message for _, message in find_grave({**definition, "name": "look up"}))
    assert words in messages, messages
    assert "look up (7)" not in messages
