"""Each kind of leak as a minimal pair: one definition leaks, and its fixed version does not."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from cactions.model import Attribute, DataType, Severity, Snapshot
from tests.definitions import (
    BY_EMAIL,
    BY_USER_ID,
    EDITABLE,
    FIXED,
    NEXT_YEAR,
    PLAIN_URL,
    action,
    asking,
    file,
    request,
    response,
)
from tests.lint_results import NOW, errors_and_warnings, linted

ORDER = {"name": "order_id", "type": "string", "required": True}
ACC = {"acc": EDITABLE}
ACCOUNT = f"{PLAIN_URL}/{{{{ person.attributes.acc }}}}"
OWN = f"{PLAIN_URL}/{{{{ person.user_id }}}}"
PHONE = {"path": "$.phone", "max_length": 20}
CONFIRMED = {**PHONE, "verified": "numbers get a code by SMS"}
JWT = {"type": "user", "header": "Authorization", "hosts": ["api.shop.example"]}
SHOP = {"type": "text", "value": {"secret": "s"}, "header": "X-Key", "hosts": ["api.shop.example"]}
ECHO = {"path": "$.id", "equals": "person.user_id"}
MUTATION = {"query": "mutation { cancel { id } }", "user": "{{ person.user_id }}"}


class Pair(NamedTuple):
    """The rule that reports the first definition; the second has no error and no warning."""

    rule: str
    bad: str
    good: str


def write(url: str = PLAIN_URL, method: str = "post", **rest: Any) -> dict[str, Any]:
    return action(request(url, method, effect="write", **rest), response(BY_EMAIL))


def mapped(proof: dict[str, Any], **entries: Any) -> dict[str, Any]:
    return action(read=response(proof, {"fixed": entries}))


def by_order(proof: str, path: str, **query: str) -> str:
    read = response({**BY_EMAIL, "path": proof}, {"fixed": {"path": path, "max_length": 9}})
    asked = request(PLAIN_URL, query={"order": "{{ inputs.order_id }}", **query})
    return file(action(asked, read, data_inputs=[ORDER]))


def shown(url: str, name: str = "order_id", **rest: Any) -> str:
    """A connector whose answer is only shown, by one typed value."""
    asked = {"http_method": "get", "url": url, **rest}
    return file(action(asked, {}, data_inputs=[{**ORDER, "name": name}], connector_id="7"))


def searched(body: dict[str, Any]) -> str:
    return shown(PLAIN_URL, http_method="post", effect="read", json=body)


def asked_by_graph(query: str, **variables: str) -> str:
    return searched({"query": query, "variables": {"o": "{{ inputs.order_id }}", **variables}})


def secret(host: str) -> str:
    asked = request(f"https://{host}/v1", "post", effect="read",
                    form={"key": {"secret": "s"}, "user": "{{ person.user_id }}"})  # fmt: skip
    return file(action(asked), tokens={"shop": SHOP})


def asked_twice(name: str, *texts: str) -> str:
    return shown(PLAIN_URL, query={name: [*texts]})


def keyed(host: str) -> str:
    """A service that takes its key in the query, for which the finding is suppressed."""
    reason = {"reason": "the service takes its key nowhere else", "owner": "ada@example.com"}
    where = "actions.look.request.query.appid"
    asked = request(f"https://{host}/v1/{{{{ person.user_id }}}}", query={"appid": {"secret": "s"}})
    return file(action(asked), tokens={"shop": SHOP}, allow=[
        {"rule": "CA302", "where": where, "expires": NEXT_YEAR, **reason}])  # fmt: skip


PAIRS: dict[str, Pair] = {
    "a delete by an attribute that users write": Pair(
        "CA101", file(write(ACCOUNT, "delete"), attributes=ACC), file(write(OWN, "delete"))),
    "a change by a typed id in the query": Pair(
        "CA101",
        file({**write(query={"order": "{{ inputs.order_id }}"}), "data_inputs": [ORDER]}),
        file(write(query={"order": "{{ person.user_id }}"}))),
    "a change by a typed id in a JSON body": Pair(
        "CA101",
        file({**write(json={"a": {"id": "{{ inputs.order_id }}"}}), "data_inputs": [ORDER]}),
        file({**write(OWN, json={"a": {"id": "{{ inputs.order_id }}"}}), "data_inputs": [ORDER]})),
    "a change by a typed id in a form": Pair(
        "CA101",
        file({**write(form={"order_id": "{{ inputs.order_id }}"}), "data_inputs": [ORDER]}),
        file({**write(form={"order_id": "{{ inputs.order_id }}"}, tokens=["jwt"]),
              "data_inputs": [ORDER]}, tokens={"jwt": JWT})),
    "a change by an attribute that an unproven action writes": Pair(
        "CA102",
        file(action(read=response(None, {"acc": {"path": "$.acc_id", "max_length": 9}})),
             write(ACCOUNT, "delete"), attributes={"acc": FIXED}),
        file(action(read=response(BY_EMAIL, {"acc": {"path": "$.acc_id", "max_length": 9}})),
             write(ACCOUNT, "delete"), attributes={"acc": FIXED})),
    "a proof vouches for the e-mail, and a phone is mapped": Pair(
        "CA206", file(mapped(BY_EMAIL, **PHONE)), file(mapped(BY_EMAIL, **CONFIRMED))),
    "a placeholder vouches for nothing": Pair(
        "CA206", file(action(read=response({**BY_EMAIL, "verified": "TODO"}))), file(action())),
    "proof and data of two people": Pair(
        "CA210", by_order("$.holder.email", "$.insured.plan"),
        by_order("$.insured.email", "$.insured.plan")),
    "proof and data in two lists": Pair(
        "CA107", by_order("$.owners[0].email", "$.plans[0].name"),
        by_order("$.owners[0].email", "$.owners[0].plan")),
    "a list of people under another name": Pair(
        "CA107", by_order("$.booking.contact.email", "$.booking.travellers[0].seat"),
        by_order("$.booking.contact.email", "$.booking.contact.seats[0]")),
    "a proof that only listed values can have": Pair(
        "CA205",
        file(action(read=response({"path": "$.level", "equals": "person.attributes.level"})),
             action(asking("query", "person.email"),
                    response(BY_USER_ID, {"level": {"path": "$.l", "one_of": ["a", "b"]}})),
             attributes={"level": FIXED}),
        file(action(read=response({"path": "$.ref", "equals": "person.attributes.ref"})),
             attributes={"ref": FIXED})),
    "a proof by the company": Pair(
        "CA205",
        file(action(read=response({"path": "$.org", "equals": "person.attributes.company"})),
             attributes={"company": FIXED}),
        file(action(read=response({"path": "$.member", "equals": "person.attributes.member_no"})),
             attributes={"member_no": FIXED})),
    "an echo beside a key that users choose": Pair(
        "CA205",
        file(action(request(OWN, query={"shop_id": "{{ person.attributes.acc }}"}),
                    response(ECHO)), attributes=ACC),
        file(action(request(OWN, query={"limit": "{{ inputs.limit }}"}), response(ECHO),
                    data_inputs=[{"name": "limit", "type": "integer", "default_value": 3}]))),
    "an echo under another name": Pair(
        "CA205",
        file(action(asking("query", "person.user_id"),
                    response(BY_USER_ID | {"equals": "person.id"},
                             {"mail_copy": {"path": "$.email", "max_length": 40,
                                            "verified": "the shop confirms it"}})),
             action(request(PLAIN_URL, query={"email": "{{ person.email }}",
                                              "shop_id": "{{ person.attributes.acc }}"}),
                    response({"path": "$.email", "equals": "person.attributes.mail_copy",
                              "verified": "the shop confirms it"}, {"points": "$.p"})),
             attributes={"mail_copy": FIXED, **ACC}),
        file(action(request(PLAIN_URL, query={"email": "{{ person.email }}",
                                              "shop_id": "{{ person.attributes.acc }}"}),
                    response(BY_USER_ID, {"points": "$.p"})), attributes=ACC)),
    "a mutation that says read": Pair(
        "CA408", file(action(request(PLAIN_URL, "post", effect="read", json=MUTATION))),
        file(action(request(PLAIN_URL, "post", effect="write", json=MUTATION)))),
    "a refund that says read": Pair(
        "CA408", file(action(request(f"{OWN}/refund", "post", effect="read"))),
        file(action(request(f"{OWN}/refunds/search", "post", effect="write")))),
    "a secret in a form for another host": Pair(
        "CA303", secret("api.survey.example"), secret("api.shop.example")),
    "a redacted attribute in a URL": Pair(
        "CA302",
        file(action(request(OWN, query={"n": "{{ person.attributes.acc }}"})),
             attributes={"acc": {**FIXED, "redacted": True}}),
        file(action(request(OWN, "post", effect="read", json={"n": "{{ person.attributes.acc }}"})),
             attributes={"acc": {**FIXED, "redacted": True}})),
    "a note that people typed is the next key": Pair(
        "CA102",
        file(action(read=response(BY_EMAIL, {"acc": {"path": "$.note", "max_length": 9}})),
             action(request(ACCOUNT), response(ECHO, {"points": "$.p"})),
             attributes={"acc": FIXED}).replace('"equals": "person.user_id"',
                                                '"equals": "person.attributes.acc"'),
        file(action(read=response(BY_EMAIL, {"acc": {"path": "$.acc_id", "max_length": 9}})),
             action(request(ACCOUNT), response(BY_USER_ID, {"points": "$.p"})),
             attributes={"acc": FIXED})),
    "an e-mail where only the user id is signed": Pair(
        "CA104", file(action(asking("query", "person.email"), response(BY_USER_ID)),
                      verification="user_id"),
        file(action(asking("query", "person.email"), response(BY_USER_ID)), verification="jwt")),
    "no verification, and match by id": Pair(
        "CA104",
        file(action(request(PLAIN_URL), response(
            {"path": "$.c", "equals": "person.attributes.other"}), match="id"), verification="off"),
        file(action(request(PLAIN_URL), response(
            {"path": "$.c", "equals": "person.attributes.other"}), match="id"))),
    "trust that lasts for ever": Pair(
        "CA503", file(action(request(ACCOUNT)), attributes=ACC, trust=[
            {"where": "attributes.acc", "reason": "signed", "owner": "ada", "expires": "2099-12-31"}
        ]),
        file(action(request(ACCOUNT)), attributes=ACC, trust=[
            {"where": "attributes.acc", "reason": "signed", "owner": "ada", "expires": "2027-12-31"}
        ])),
    "a refund whose receipt goes to the person": Pair(
        "CA101",
        file({**write(f"{PLAIN_URL}/refunds", json={"payment": "{{ inputs.order_id }}",
                      "receipt_email": "{{ person.email }}"}), "data_inputs": [ORDER]}),
        file({**write(f"{PLAIN_URL}/refunds", json={"payment": "{{ inputs.order_id }}",
                      "customer_email": "{{ person.email }}"}), "data_inputs": [ORDER],
              "response": {}})),
    "a cancellation that mentions the person in a note": Pair(
        "CA101",
        file({**write(f"{PLAIN_URL}/{{{{ inputs.order_id }}}}/cancel", json={
            "note": "asked for by {{ person.email }}"}), "data_inputs": [ORDER]}),
        file({**write(f"{OWN}/orders/{{{{ inputs.order_id }}}}/cancel", json={
            "note": "asked for by {{ person.email }}"}), "data_inputs": [ORDER],
              "response": {}})),
    "what one action sends as typed, another reads back as a key": Pair(
        "CA102",
        file(write(OWN, json={"card_id": "{{ person.name }}"}),
             action(read=response(BY_EMAIL, {"acc": {"path": "$.card_id", "max_length": 9}})),
             write(ACCOUNT, "delete"), attributes={"acc": FIXED}).replace(
                 "{{ person.name }}", "{{ person.attributes.editable }}"),
        file(write(OWN, json={"colour": "{{ person.attributes.editable }}"}),
             action(read=response(BY_EMAIL, {"acc": {"path": "$.card_id", "max_length": 9}})),
             write(ACCOUNT, "delete"), attributes={"acc": FIXED})),
    "a proof by the referrer": Pair(
        "CA210", by_order("$.referrer_email", "$.plan"), by_order("$.customer_email", "$.plan")),
    "records of people by a typed name, shown in the conversation": Pair(
        "CA101",
        file(action(request("https://api.clinic.example/patients",
                            query={"name": "{{ inputs.order_id }}"}), {}, data_inputs=[ORDER])),
        file(action(request("https://api.shop.example/stores/{{ inputs.store_id }}/hours"), {},
                    data_inputs=[{**ORDER, "name": "store_id"}]))),
    "a row of anyone, and a row of the person's own": Pair(
        "CA205",
        file(action(request(PLAIN_URL, query={"shop_id": "{{ inputs.order_id }}",
                                              "email": "{{ person.email }}"}),
                    response(BY_EMAIL), data_inputs=[ORDER])),
        file(action(request(PLAIN_URL, query={"email": "{{ person.email }}"}),
                    response(BY_EMAIL, rows={"path": "$.orders[*]",
                                             "where": {"$.id": "inputs.order_id"}}),
                    data_inputs=[ORDER]))),
    "a record by a value whose name says nothing, shown in the conversation": Pair(
        "CA101", shown("https://api.lab.example/findings/{{ inputs.x }}", "x"),
        shown("https://api.shop.example/products/{{ inputs.x }}", "x")),
    "a record in another language": Pair(
        "CA101", shown("https://api.firma.example/vorgaenge/{{ inputs.x }}", "x"),
        shown("https://api.firma.example/filialen/{{ inputs.x }}", "x")),
    "any path of a service": Pair(
        "CA101", shown("https://api.shop.example/{{ inputs.path }}", "path"),
        shown("https://api.shop.example/faq/{{ inputs.topic }}", "topic")),
    "a verified value that the service does not read": Pair(
        "CA101", shown(f"{PLAIN_URL}/{{{{ inputs.order_id }}}}",
                       query={"cachebuster": "{{ person.user_id }}"}),
        shown(f"{PLAIN_URL}/{{{{ inputs.order_id }}}}",
              query={"customer_id": "{{ person.user_id }}"})),
    "a record that the person is given": Pair(
        "CA101",
        file({**write(f"{PLAIN_URL}/{{{{ inputs.order_id }}}}/share", json={
            "email": "{{ person.email }}"}), "data_inputs": [ORDER]}),
        file({**write(f"{PLAIN_URL}/{{{{ inputs.order_id }}}}/close", json={
            "email": "{{ person.email }}"}), "data_inputs": [ORDER], "response": {}})),
    "a verified value in an OR": Pair(
        "CA101",
        searched({"or": [{"number": "{{ inputs.order_id }}"}, {"email": "{{ person.email }}"}]}),
        searched({"and": [{"number": "{{ inputs.order_id }}"}, {"email": "{{ person.email }}"}]})),
    "an OR of which one part is verified": Pair(
        "CA101",
        searched({"number": "{{ inputs.order_id }}", "$or": [
            {"email": "{{ person.email }}"}, {"state": "open"}]}),
        searched({"number": "{{ inputs.order_id }}", "$or": [
            {"email": "{{ person.email }}"}, {"user_id": "{{ person.user_id }}"}]})),
    "a negation": Pair(
        "CA101",
        searched({"number": "{{ inputs.order_id }}", "email": {"$ne": "{{ person.email }}"}}),
        searched({"number": "{{ inputs.order_id }}", "email": {"$eq": "{{ person.email }}"}})),
    "an operator that negates": Pair(
        "CA101",
        searched({"filters": [
            {"field": "number", "operator": "=", "value": "{{ inputs.order_id }}"},
            {"field": "email", "operator": "!=", "value": "{{ person.email }}"}]}),
        searched({"filters": [
            {"field": "number", "operator": "=", "value": "{{ inputs.order_id }}"},
            {"field": "email", "operator": "=", "value": "{{ person.email }}"}]})),
    "a GraphQL variable that the query does not use": Pair(
        "CA101",
        asked_by_graph("query($o: ID!, $u: ID!) { order(id: $o) { total } }",
                       u="{{ person.user_id }}"),
        asked_by_graph("query($o: ID!, $u: ID!) { order(id: $o, userId: $u) { total } }",
                       u="{{ person.user_id }}")),
    "a second field at the root of GraphQL": Pair(
        "CA101",
        asked_by_graph("query($o: ID!, $u: ID!) { user(id: $u) { name } order(id: $o) { total } }",
                       u="{{ person.user_id }}"),
        asked_by_graph("query($o: ID!, $u: ID!) { user(id: $u) { order(id: $o) { total } } }",
                       u="{{ person.user_id }}")),
    "a typed id beside the own one, under the same name": Pair(
        "CA101", asked_twice("user_id", "{{ person.user_id }}", "{{ inputs.order_id }}"),
        asked_twice("user_id", "{{ person.user_id }}", "me")),
    "a typed id beside the own one, in a list of JSON": Pair(
        "CA101", searched({"users": ["{{ person.user_id }}", "{{ inputs.order_id }}"]}),
        searched({"users": ["{{ person.user_id }}", "me"]})),
    "a secret in a query, for a host of no token": Pair(
        "CA303", keyed("api.other.example"), keyed("api.shop.example")),
    "a password under a short name": Pair(
        "CA301", searched({"user": "svc", "pass": "winter-24", "id": "{{ person.user_id }}"}),
        searched({"boarding_pass": "gold-lane", "id": "{{ person.user_id }}"})),
    "the value of a header in a body": Pair(
        "CA301", searched({"auth": "Basic c3ZjOndpbg==", "id": "{{ person.user_id }}"}),
        searched({"auth": "basic", "id": "{{ person.user_id }}"})),
    "an order id as the content of a message": Pair(
        "CA101",
        file(action(request(PLAIN_URL, "post", json={"ref": "{{ inputs.order_id }}"}), {},
                    data_inputs=[ORDER])),
        file(action(request(PLAIN_URL, "post", json={"about": "{{ inputs.order_id }}"}), {},
                    data_inputs=[{**ORDER, "role": "content"}]))),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_a_leak_is_reported_and_its_fixed_version_is_not(name: str) -> None:
    """By the rule of the kind; the fixed version has no error and no warning of any rule."""
    pair = PAIRS[name]
    found = [(one.rule, one.message) for one in errors_and_warnings(linted(pair.bad).findings)]
    assert pair.rule in {rule for rule, _ in found}, found
    assert [] == [
        (one.rule, one.message) for one in errors_and_warnings(linted(pair.good).findings)
    ]


@pytest.mark.parametrize("name", [name for name in PAIRS if "change" in name or "delete" in name])
def test_no_hint_for_a_write_suggests_a_proof(name: str) -> None:
    """The record is changed before a proof is compared."""
    hints = [one.hint for one in linted(PAIRS[name].bad).findings if one.rule in ("CA101", "CA102")]
    assert hints
    assert [] == [hint for hint in hints if "prove" in hint or "same_person" in hint]


@pytest.mark.parametrize(
    ("writable", "signed", "severities"),
    [
        (True, True, {Severity.ERROR}),
        (False, False, {Severity.ERROR}),
        (None, True, {Severity.INFO}),
        (False, True, set()),
    ],
)
def test_a_snapshot_that_contradicts_a_denial_is_an_error(
    writable: bool | None, signed: bool, severities: set[Severity]
) -> None:
    """The workspace says that users can write it, or that nothing is signed; the file denies it."""
    fixed = Attribute("fixed", DataType.STRING, messenger_writable=writable)
    snapshot = Snapshot("attributes.lock.json", NOW - 60, {"fixed": fixed}, signed)
    found = linted(file(action()), snapshot=snapshot).findings
    assert severities == {one.severity for one in found if one.rule == "CA103"}
