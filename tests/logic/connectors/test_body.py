"""What an action says of its connector: every writable field, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.logic.connectors.body import (
    WRITABLE,
    build_body,
    build_connector,
    format_response_path,
)
from cactions.logic.connectors.faults import (
    find_push_error,
    list_not_carried,
    list_push_faults,
)
from cactions.logic.expressions.json_path import parse_path
from cactions.logic.expressions.template import parse_template
from cactions.logic.secrets.encoded_forms import list_encoded_forms
from cactions.model import (
    Action,
    ActionRequest,
    Attribute,
    BodyForm,
    DataInput,
    DataType,
    Effect,
    InputType,
    RequestBody,
    SecretRef,
    Template,
    Token,
)
from tests.builders import action, mapping, rows
from tests.workspace.test_descriptions import DESCRIPTIONS, find_differences

ATTRIBUTES = {
    "tier": Attribute("tier", DataType.STRING),
    "points": Attribute("points", DataType.INTEGER),
}
SHOP = Token("shop", "X-Shop-Token", ("api.shop.example",), value=SecretRef("shop_token"))
WITH_ID = replace(SHOP, token_id="1234")


def text(source: str) -> Template:
    return parse_template(source).template


def of_request(**fields: Any) -> Action:
    """The action ``loyalty`` with another request."""
    defaults = {"http_method": "get", "url": text("/customers/{{ person.user_id }}"),
                "base": "https://api.shop.example"}  # fmt: skip
    return replace(action(mapping("tier")), request=ActionRequest(**{**defaults, **fields}))


def body_of(form: BodyForm, content: Any, **inputs: InputType) -> str:
    found = of_request(http_method="post", body=RequestBody(form, content))
    found = replace(found, inputs=tuple(DataInput(*pair) for pair in inputs.items()))
    return build_connector(found, ATTRIBUTES).body


def test_the_url_holds_base_path_and_query() -> None:
    """Literal text of the query is percent-encoded; variables stand as Intercom writes them."""
    query: Any = {
        "a b": text("x&y {{ inputs.order_id }}"), "mail": text("{{ person.email }}"),
        "f[]": [text("x"), text("{{ person.email }}")],
    }  # fmt: skip
    found = build_connector(of_request(query=query), ATTRIBUTES)
    expected = (
        "https://api.shop.example/customers/{{user.user_id}}"
        "?a%20b=x%26y%20{{order_id}}&mail={{user.email}}&f%5B%5D=x&f%5B%5D={{user.email}}"
    )
    assert expected == found.url


def test_a_json_body_keeps_the_types_of_its_values() -> None:
    """A text stands in quotes; what is no text stands without."""
    content = {
        "who": text("{{ person.user_id }}"), "note": text('say "{{ inputs.word }}"'),
        "count": text("{{ inputs.count }}"), "points": text("{{ person.attributes.points }}"),
        "list": [1, None, True], "empty": {}, "none": [],
    }  # fmt: skip
    written = body_of(BodyForm.JSON, content, word=InputType.STRING, count=InputType.INTEGER)
    assert '"count": {{count}},' in written
    assert '"points": {{user.custom_attributes.points}},' in written
    filled = written.replace("{{count}}", "7").replace("{{user.custom_attributes.points}}", "8")
    expected = {
        "who": "{{user.user_id}}", "note": 'say "{{word}}"', "count": 7, "points": 8,
        "list": [1, None, True], "empty": {}, "none": [],
    }  # fmt: skip
    assert expected == json.loads(filled)


def test_a_form_body_is_encoded() -> None:
    """Names and literal texts; variables are the platform's business."""
    content = {"a b": text("c&d"), "who": [text("{{ person.email }}"), text("")]}
    assert "a+b=c%26d&who={{user.email}}&who=" == body_of(BodyForm.FORM, content)


def test_a_text_body_is_the_text() -> None:
    """With its variables."""
    assert "Hello {{user.name}}!" == body_of(BodyForm.TEXT, text("Hello {{ person.name }}!"))


@pytest.mark.parametrize(
    ("form", "media"),
    [
        (BodyForm.JSON, "application/json"),
        (BodyForm.FORM, "application/x-www-form-urlencoded"),
        (BodyForm.TEXT, "text/plain; charset=utf-8"),
    ],
)
def test_headers_that_a_test_sends_are_headers_of_the_connector(form: BodyForm, media: str) -> None:
    """So that the connector gets the answer that was tested; the file's own come first."""
    content: Any = text("x") if form is BodyForm.TEXT else {}
    found = of_request(
        http_method="post", headers={"X-Shop": text("main")}, body=RequestBody(form, content)
    )
    expected = (("X-Shop", "main"), ("Accept", "application/json"), ("Content-Type", media))
    assert expected == build_connector(found, ATTRIBUTES).headers
    own = of_request(headers={"accept": text("text/xml")})
    assert (("accept", "text/xml"),) == build_connector(own, ATTRIBUTES).headers


def test_inputs_have_a_description_and_a_default_as_text() -> None:
    """Intercom asks for a description of each input."""
    inputs = (
        DataInput("order", InputType.STRING, required=True, description="The order."),
        DataInput("count", InputType.INTEGER, default_value=3),
        DataInput("loud", InputType.BOOLEAN, default_value=False),
    )
    connector = build_connector(replace(action(), inputs=inputs), {})
    sent = build_body(connector)["data_inputs"]
    expected = [
        {"name": "order", "type": "string", "description": "The order.", "required": True,
         "default_value": ""},
        {"name": "count", "type": "integer", "description": "count", "required": False,
         "default_value": "3"},
        {"name": "loud", "type": "boolean", "description": "loud", "required": False,
         "default_value": "false"},
    ]  # fmt: skip
    assert expected == sent


def test_what_intercom_fills_in_is_no_data_input() -> None:
    """It stands in the text under Intercom's own name."""
    inputs = (DataInput("conversation_id", InputType.STRING, is_assigned=True),)
    found = replace(of_request(url=text("/x/{{ inputs.conversation_id }}")), inputs=inputs)
    connector = build_connector(found, {})
    assert ((), "https://api.shop.example/x/{{conversation.id}}") == (
        connector.inputs, connector.url,
    )  # fmt: skip


def test_a_connector_with_an_id_keeps_its_name() -> None:
    """Unless the file gives a name for Intercom."""
    known = replace(action(), connector_id="12345")
    assert "name" not in build_body(build_connector(known, {}))
    named = replace(known, connector_name="Loyalty tier")
    assert "Loyalty tier" == build_body(build_connector(named, {}))["name"]
    assert "loyalty" == build_body(build_connector(action(), {}))["name"]


@pytest.mark.parametrize(
    ("path", "dotted"),
    [("$.tier", "tier"), ("$.customer.tier", "customer.tier"), ("$.items[0].sku", "items[0].sku"),
     ("$[1]", "[1]"), ('$["a b"].c', "a b.c")],
)  # fmt: skip
def test_response_paths_are_dotted(path: str, dotted: str) -> None:
    """As Intercom's own response fields are."""
    assert dotted == format_response_path(parse_path(path).segments)


FLAGS = st.none() | st.booleans()


@settings(deadline=None)  # the first example reads the description
@given(
    st.tuples(FLAGS, FLAGS, FLAGS, FLAGS),
    st.sampled_from(["get", "post", "put", "delete", "patch"]),
    st.lists(st.sampled_from(["users", "leads", "visitors"]), min_size=1, unique=True),
    st.sampled_from(["", "Copies the tier."]),
    st.lists(st.sampled_from(list(InputType)), max_size=3),
)
def test_a_body_is_as_described_and_holds_writable_fields_only(
    flags: tuple[bool | None, ...],
    method: str,
    audiences: list[str],
    description: str,
    kinds: list[InputType],
) -> None:
    """``state`` and read-only fields are never sent; what the file leaves out is not sent."""
    found = replace(
        of_request(http_method=method, tokens=(WITH_ID,), effect=Effect.READ),
        audiences=tuple(audiences),
        description=description,
        inputs=tuple(DataInput(f"input_{n}", kind) for n, kind in enumerate(kinds)),
        customer_authentication=flags[0],
        bypass_authentication=flags[1],
        validate_missing_attributes=flags[2],
        direct_fin_usage=flags[3],
    )
    sent = build_body(build_connector(found, ATTRIBUTES))
    assert set() == sent.keys() - set(WRITABLE)
    assert ["1234"] == sent["token_ids"]
    assert None not in sent.values()
    assert sum(flag is not None for flag in flags) == sum(name in sent for name in WRITABLE[9:])
    if DESCRIPTIONS.is_dir():
        assert [] == find_differences("2.16", "create_data_connector_request", sent)
        assert [] == find_differences("2.16", "update_data_connector_request", sent)


# Secrets


@pytest.mark.parametrize(
    ("headers", "count"),
    [
        ({"Authorization": "Bearer abc"}, 1),
        ({"X-Api-Key": "short"}, 1),
        ({"X-Shop-Token": "{{ person.user_id }}"}, 1),
        ({"Cookie": "a=b"}, 1),
        ({"X-Note": "ghp_0123456789abcdefghijABCDEFGHIJ0123456789"}, 1),
        ({"Accept-Language": "de", "X-Shop": "main", "Idempotency-Key": "{{ inputs.order }}"}, 0),
    ],
)
def test_a_header_that_may_carry_a_credential_is_refused(
    headers: dict[str, str], count: int
) -> None:
    """Intercom keeps its value unmasked in the execution logs."""
    templates = {name: text(value) for name, value in headers.items()}
    assert count == len(list_push_faults(of_request(headers=templates)))


@pytest.mark.parametrize("form", [BodyForm.JSON, BodyForm.FORM])
def test_a_body_with_a_secret_is_refused_and_never_written(form: BodyForm) -> None:
    """Each secret is named; in what can be shown it is dots."""
    content: Any = {"key": SecretRef("crm_key"), "who": text("{{ person.email }}")}
    if form is BodyForm.JSON:
        content["deep"] = [{"again": SecretRef("other")}]
    found = of_request(http_method="post", body=RequestBody(form, content))
    faults = list_push_faults(found)
    assert (2 if form is BodyForm.JSON else 1) == len(faults)
    assert '"crm_key"' in faults[0].message
    assert "••••••" in build_connector(found, ATTRIBUTES).body


def test_a_secret_in_the_query_is_refused_and_never_written() -> None:
    """Intercom has no place for it but the text of the URL."""
    found = of_request(query={"n": [text("a"), SecretRef("crm_key")]})
    [fault] = list_push_faults(found)
    assert ("request.query.n[1]", True) == (fault.where, '"crm_key"' in fault.message)
    assert build_connector(found, ATTRIBUTES).url.endswith("?n=a&n=••••••")


def test_what_intercom_cannot_send_is_said() -> None:
    """A method and a multipart body: each is a reason, and nothing is dropped in silence."""
    fields: Any = {"a": [text("b"), text("{{ person.email }}")]}
    body = RequestBody(BodyForm.MULTIPART, fields)
    for parts, where in (
        ({"http_method": "head"}, ["request.http_method"]),
        ({"http_method": "post", "body": body}, ["request.multipart"]),
        ({"http_method": "post"}, []),
    ):
        assert where == [fault.where for fault in list_push_faults(of_request(**parts))]


def test_a_token_without_an_id_is_refused_with_what_to_create() -> None:
    """Kind, header, prefix and host; the sealed value by its name alone."""
    [fault] = list_push_faults(of_request(tokens=(replace(SHOP, prefix="Bearer "),)))
    for expected in ('"X-Shop-Token"', 'prefix "Bearer"', '"shop_token"', "api.shop.example",
                     "`tokens.shop`", "token_id"):  # fmt: skip
        assert expected in fault.hint
    assert () == list_push_faults(of_request(tokens=(WITH_ID,)))


def test_what_holds_a_secret_of_the_vault_is_refused() -> None:
    """Wherever it stands, also where no rule sees it; the error names it and does not quote it."""
    canary = "canary-0f9e8d7c"
    known = dict.fromkeys(list_encoded_forms(canary), "shop_token")
    places = [
        of_request(url=text(f"/x/{canary}/y")),
        of_request(headers={"X-Note": text(canary)}),
        of_request(query={"q": text(canary)}),
        of_request(http_method="post", body=RequestBody(BodyForm.TEXT, text(f"a {canary}"))),
        replace(of_request(), description=f"uses {canary}"),
    ]
    refused = 0
    for found in places:
        error = find_push_error(found, build_body(build_connector(found, {})), known)
        assert error, found
        assert 'the secret "shop_token"' in str(error)
        assert canary not in f"{error} {error.hint}"
        refused += 1
    assert 5 == refused
    harmless = of_request()
    assert None is find_push_error(harmless, build_body(build_connector(harmless, {})), known)


def test_what_intercom_does_not_do_is_listed() -> None:
    """The checks and policies of the file that have no field in a connector."""
    strict = mapping("tier", max_length=20, values=(("g", "gold"),))
    found = action(strict, mapping("plan"), rows=rows("$.data[*]"))
    expected = ("same_person", "rows", "mapping.tier (max_length, values)")
    assert expected == list_not_carried(found)
    assert () == list_not_carried(action(mapping("plan"), same_person=None))
