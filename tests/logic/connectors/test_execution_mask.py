"""What an execution result may not show: redacted values, and what is called a credential."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.logic.connectors.execution_mask import (
    HiddenParts,
    find_hidden_parts,
    mask_execution,
)
from cactions.logic.expressions.template import parse_template
from cactions.logic.secrets.credential_mask import mask_credentials
from cactions.model import (
    MASK,
    ActionRequest,
    BodyForm,
    Connector,
    ConnectorExecution,
    ConnectorField,
    PersonField,
    RequestBody,
)
from tests.builders import action, mapping, rows, same_person
from tests.strategies import JSON_VALUES

CANARY = "canary-77ab"


def execution(**texts: str) -> ConnectorExecution:
    return ConnectorExecution("1", "2", success=True, created_at="", **texts)


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {CANARY}",
        f"authorization={CANARY}",
        f"failed with X-Api-Key: {CANARY}, again",
        f'"access_token": "{CANARY}"',
        f"Basic {CANARY}",
        f"client_secret={CANARY}&grant_type=x",
        f"Set-Cookie: {CANARY}",
        f"password = '{CANARY}'",
    ],
)
def test_what_follows_the_name_of_a_credential_is_hidden(text: str) -> None:
    """In messages and in bodies that are no JSON; what stands around it is kept."""
    masked = mask_credentials(text)
    assert CANARY not in masked
    assert MASK in masked
    assert text.partition(CANARY)[0].startswith(masked.partition(MASK)[0][:10])


@pytest.mark.parametrize("text", ["Connection refused", "status 404: not found", "a=b", "tokens"])
def test_other_words_are_kept(text: str) -> None:
    """A message must stay readable."""
    assert text == mask_credentials(text)


def test_credentials_of_json_are_hidden_by_their_keys() -> None:
    """At any depth, as a service that echoes headers answers."""
    body = {"headers": {"Authorization": CANARY, "X-Api-Key": CANARY, "Accept": "json"},
            "list": [{"refresh_token": CANARY}], "note": f"Bearer {CANARY}"}  # fmt: skip
    masked = mask_execution(execution(response_body=json.dumps(body)), HiddenParts())
    assert CANARY not in masked.response_body
    assert "json" == json.loads(masked.response_body)["headers"]["Accept"]


def test_redacted_fields_of_the_connector_and_of_the_action_are_hidden() -> None:
    """And their texts wherever they stand again, within rows too."""
    connector = Connector("1", "x", "live", fields=(ConnectorField("owner.iban", redacted=True),))
    found = action(
        mapping("tier", redacted=True),
        rows=rows("$.data[*]"),
        same_person=same_person("$.email", redacted=True),
    )
    hidden = find_hidden_parts(connector, found)
    body = {
        "owner": {"iban": "DE12", "name": "kept"},
        "data": [{"tier": "gold-1", "email": "a@b.c"}],
        "echo": "her tier is gold-1",
    }
    shown = mask_execution(execution(response_body=json.dumps(body)), hidden).response_body
    expected = {"owner": {"iban": MASK, "name": "kept"}, "data": [{"tier": MASK, "email": MASK}],
                "echo": f"her tier is {MASK}"}  # fmt: skip
    assert expected == json.loads(shown)


def test_a_body_that_is_no_json_is_hidden_where_a_part_of_it_is_redacted() -> None:
    """It cannot be known where the part stands."""
    hidden = HiddenParts(frozenset({("iban",)}))
    shown = mask_execution(execution(response_body="<iban>DE12</iban>"), hidden)
    assert MASK == shown.response_body
    kept = mask_execution(execution(response_body="<b>x</b>"), HiddenParts())
    assert "<b>x</b>" == kept.response_body


def test_what_a_redacted_reference_fills_in_is_hidden() -> None:
    """The URL, the messages that quote it, and the request body."""
    email = parse_template("/x/{{ person.email }}").template
    request = ActionRequest("post", email, body=RequestBody(BodyForm.TEXT, email))
    found = replace(action(), request=request, redacted=frozenset({PersonField("email")}))
    shown = mask_execution(
        execution(
            request_url="https://a.example/x/ada@example.com",
            request_body="/x/ada@example.com",
            error_message="refused: https://a.example/x/ada@example.com",
        ),
        find_hidden_parts(None, found),
    )
    assert "ada" not in f"{shown.request_url}{shown.request_body}{shown.error_message}"
    open_parts = find_hidden_parts(None, replace(found, redacted=frozenset()))
    assert (False, False) == (open_parts.url, open_parts.request)


@given(JSON_VALUES, st.sampled_from(["secret", "a", "Authorization"]))
def test_a_redacted_value_is_in_no_shown_body(around: object, name: str) -> None:
    """Whatever stands beside it."""
    body = json.dumps({"beside": around, "deep": [{name: CANARY}], "again": f"<{CANARY}>"})
    hidden = HiddenParts(frozenset({("deep", name)}))
    assert CANARY not in mask_execution(execution(response_body=body), hidden).response_body
