"""What of a line is a secret, what is a customer's, and what a member of an answer is."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.curl_line.line import parse_line
from cactions.logic.curl_line.words import PastedLineError
from cactions.logic.new_action.action_draft import DraftedAction, DraftOrder, draft_action
from cactions.logic.new_action.answer_draft import AnswerDraft
from cactions.logic.new_action.answer_members import list_members
from cactions.logic.new_action.found_secrets import build_base_name, is_plain_user
from cactions.logic.new_action.line_values import DECIDE, TextPlace, ValueFiller
from cactions.logic.yaml.writer import to_plain_text, write_yaml
from cactions.model import DataType

URL = "https://api.crm.example/v1"


def draft(line: str, **meanings: str) -> DraftedAction:
    return draft_action(parse_line(line), AnswerDraft(), DraftOrder("crm", meanings))


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("api.stripe.com", "stripe"), ("acme.zendesk.com", "zendesk"), ("a.b.co.uk", "b"),
        ("localhost", "localhost"), ("shop.example", "shop"), ("x-y.example", "x_y"),
    ],
)  # fmt: skip
def test_a_service_is_named_by_its_host(host: str, name: str) -> None:
    """By the part that one registers."""
    assert name == build_base_name(host)


@pytest.mark.parametrize(
    ("rest", "secrets", "kept"),
    [
        ("-u k3y:", {"k3y"}, "username: {secret: crm_key}"),
        ("-u k3y:X", {"k3y"}, "password: X"),
        ("-u api:k3y", {"k3y"}, "username: api"),
        ("-u ada@a.example/token:k3y", {"k3y"}, 'username: "ada@a.example/token"'),
        ("-u id7:k3y", {"id7", "k3y"}, "username: {secret: crm_user}"),
        ("-H 'Authorization: Basic YXBpOms zeQ=='", {"YXBpOms zeQ=="}, 'prefix: "Basic "'),
        ("-H 'Authorization: Basic YXBpOmszeQ=='", {"k3y"}, "username: api"),
        ("-H 'Authorization: Bearer k3y'", {"k3y"}, 'prefix: "Bearer "'),
        ("-H 'Authorization: Token token=k3y'", {"k3y"}, 'prefix: "Token token="'),
        ("-H 'Authorization: k3y'", {"k3y"}, "header: Authorization"),
        ("-H 'X-Api-Key: k3y'", {"k3y"}, "header: X-Api-Key"),
        ("-H 'X-Acme: a8F3k9Q9z7L2'", {"a8F3k9Q9z7L2"}, "header: X-Acme"),
        ("-H 'X-Acme: shop-eu1-2024-v2'", set(), "X-Acme: shop-eu1-2024-v2"),
        ("-H 'X-Acme-Id: a8F3k9Q9z7L2'", set(), "X-Acme-Id: a8F3k9Q9z7L2"),
        ("-d acme=a8F3k9Q9z7L2", set(), "acme: a8F3k9Q9z7L2"),
        ("-b 'sid=k3y'", {"sid=k3y"}, "header: Cookie"),
        ("--oauth2-bearer k3y", {"k3y"}, 'prefix: "Bearer "'),
        ("-H 'Idempotency-Key: k3y' -d a=1", set(), "idempotency: {header: Idempotency-Key}"),
        ("-d password=k3y", {"k3y"}, "password: {secret: crm_password}"),
        ("-d client_id=abc -d client_secret=k3y", {"abc", "k3y"}, "{secret: crm_client_id}"),
        ("--json '{\"a\":{\"token\":\"k3y1234\"}}'", {"k3y1234"}, "token: {secret: crm_token}"),
        ("--json '{\"page_token\":\"k3y1234\"}'", set(), "page_token: k3y1234"),
        ("-H 'X-Api-Key: '\"$KEY\"", {""}, "header: X-Api-Key"),
    ],
)  # fmt: skip
def test_a_secret_is_taken_out_and_named(rest: str, secrets: set[str], kept: str) -> None:
    """By its role; what is none stays."""
    drafted = draft(f"curl {URL} {rest}")
    assert secrets == {each.value for each in drafted.secrets}
    assert kept in drafted.text
    assert not [each for each in secrets if each and each in drafted.text]


@pytest.mark.parametrize("path", ["/{k}", "/{k}/x", "/a,b", "/a/{k}/{j}?x={k}"])
def test_a_short_request_is_sound_with_holes(path: str) -> None:
    """A map on one line has no text whose braces or commas would end it."""
    drafted = draft(f"curl '{URL}{path}'", **{"$k": "person.user_id", "$j": "inputs.j"})
    request = yaml.safe_load(drafted.text)["actions"]["crm"]["request"]
    wanted = path.partition("?")[0].replace("{k}", "{{ person.user_id }}")
    assert f"{URL}{wanted.replace('{j}', '{{ inputs.j }}')}" == request["url"]


def test_a_secret_that_stands_twice_is_refused() -> None:
    """The other place would show it."""
    with pytest.raises(PastedLineError, match="a second time"):
        draft(f"curl {URL}?q=k3yk3yk3y -H 'X-Api-Key: k3yk3yk3y'")


@pytest.mark.parametrize(
    ("line", "place", "proposal"),
    [
        (f"curl {URL}/customers/cus_1", "the path", "person.user_id"),
        (f"curl {URL}/orders/A-1001", "the path", "inputs.order_id"),
        (f"curl {URL}/customers/{{customer_id}}", "the path", "person.user_id"),
        (f"curl {URL}/customers/:id", "the path", "person.user_id"),
        (f'curl "{URL}/customers/$CUSTOMER"', "the path", "person.user_id"),
        (f"curl {URL}?q=email:ada@example.com", "q of the query", "person.email"),
        (f"curl {URL}?externalId=7", "", ""),
        (f"curl {URL}?externalId=77", "externalId of the query", "person.user_id"),
        (f"curl {URL} -H 'X-User: a@b.example'", "the header X-User", "person.email"),
        (f"curl {URL} --json '{{\"user\":{{\"id\":12}}}}'", "id of the body", "inputs.id"),
        (f"curl {URL} --json '{{\"firstName\":\"Ada\"}}'", "firstName of the body",
         "inputs.first_name"),
        (f"curl {URL} -d to=%2B441234567890", "to of the form", "person.phone"),
        (f"curl '{URL}/v2/2024-10/api3/search.json?limit=10&sort=name'", "", ""),
    ],
)  # fmt: skip
def test_what_may_be_a_customers_is_open(line: str, place: str, proposal: str) -> None:
    """With its place and a proposal; settings are none."""
    drafted = draft(line)
    found = [(each.place, each.proposal) for each in drafted.candidates]
    assert ([(place, proposal)] if place else []) == found
    assert (DECIDE in drafted.text) == bool(place)
    for each in drafted.candidates:
        decided = draft(line, **{each.value: each.proposal})
        assert (DECIDE in decided.text, decided.decisions) == (False, [])
        kept = draft(line, **{each.value: "literal"})
        assert DECIDE not in kept.text


@given(st.text(max_size=30), st.text(min_size=1, max_size=10))
def test_a_value_is_replaced_wherever_it_stands_alone(text: str, value: str) -> None:
    """And what is kept is kept exactly."""
    place = TextPlace("the body")
    kept = ValueFiller({value: "literal", text: "literal"}).fill(text, place)
    assert text == kept or DECIDE in kept
    assert "{{ person.name }}" == ValueFiller({value: "person.name"}).fill(value, place)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"x": True}, "boolean"), ({"x": 1}, "integer"), ({"x": 1.5}, "float"),
        ({"x": "a"}, "string"), ({"x": "2020-01-02T03:04:05Z"}, "date: iso8601"),
        ({"x": "2020-01-02T03:04:05"}, "string"), ({"created_at": 1_700_000_000}, "date: unix_s"),
        ({"createdAt": 1_700_000_000_000}, "date: unix_ms"), ({"count": 1_700_000_000}, "integer"),
        ({"created_at": 7}, "integer"), ({"x": None}, ""), ({"x": []}, ""),
    ],
)  # fmt: skip
def test_a_member_has_a_kind(value: dict[str, object], kind: str) -> None:
    """Numbers are moments only where their name and their size say so; a time needs an offset."""
    found = list_members(value)  # type: ignore[arg-type]
    assert ([kind] if kind else []) == [member.kind for member in found.members]


def test_a_path_names_every_key() -> None:
    """Also one with signs."""
    found = list_members({"a": {"b c": 1, "d'e": True}})
    assert ["$.a['b c']", "$.a['d\\'e']"] == [member.path for member in found.members]
    assert [DataType.INTEGER, DataType.BOOLEAN] == [m.data_type for m in found.members]


def test_plain_users() -> None:
    """Words and addresses are no secrets; what has digits may be."""
    assert all(map(is_plain_user, ["api", "anystring", "a@b.example", "a@b.example/token"]))
    assert not any(map(is_plain_user, ["AC1", "ck_123", "", "a" * 17, "a@b"]))


@given(st.text(max_size=40))
def test_a_plain_text_is_read_as_itself(text: str) -> None:
    """Also within brackets, and as a key's value."""
    written = write_yaml({"a": [to_plain_text(text)], "b": to_plain_text(text)})
    assert {"a": [text], "b": text} == yaml.safe_load(written)


def test_comments_stand_above_what_they_are_about() -> None:
    """In maps, in lists, and in small maps, which are spread for it."""
    document = {"a": {"b": 1, "c": [{"d": 1, "e": 2}, "x"]}, "f": {"g": 1}}
    comments = {("a", "b"): "one\ntwo", ("a", "c", 0, "d"): "three", ("a", "c", 1): "four",
                ("f",): "five"}  # fmt: skip
    assert (
        "a:\n  # one\n  # two\n  b: 1\n  c:\n      # three\n    - d: 1\n      e: 2\n"
        '    # four\n    - "x"\n# five\nf: {g: 1}\n'
    ) == write_yaml(document, comments)  # type: ignore[arg-type]


HIDDEN = "q7Zx9Kw2Lr4Tt81Vb"
"""Drawn at random, and shorter than what is recognised without a name."""


@pytest.mark.parametrize(
    "line",
    [
        f"'{URL}?next=https%3A%2F%2Fx.example%2F%3Ftoken%3D{HIDDEN}'",
        f"'{URL}?filter=%7B%22password%22%3A%22{HIDDEN}%22%7D'",
        f"'{URL}?filter=%257B%2522password%2522%253A%2522{HIDDEN}%2522%257D'",
        f"{URL} -d 'payload=%7B%22password%22%3A%22{HIDDEN}%22%7D'",
        f"{URL} -F 'payload=api_key={HIDDEN};x'",
        f"{URL} -H 'Content-Type: text/plain' -d 'id=7 password={HIDDEN}'",
        rf"""{URL} --json '{{"payload": "{{\"password\": \"{HIDDEN}\"}}"}}'""",
        rf"""{URL} --json '{{"query": "{{customer(token: \"{HIDDEN}\") {{email}}}}"}}'""",
        f"'{URL}?{HIDDEN}{HIDDEN}'",
        f"{URL} -H 'X-{HIDDEN}{HIDDEN}: 1'",
        f"""{URL} --json '{{"{HIDDEN}{HIDDEN}": 1}}'""",
    ],
)
def test_a_secret_inside_of_a_value_or_a_name_is_refused(line: str) -> None:
    """It could not be sealed alone, and the message does not repeat it."""
    with pytest.raises(PastedLineError) as caught:
        draft(f"curl {line}")
    assert "looks like a secret" in str(caught.value) or "holds a secret" in str(caught.value)
    assert HIDDEN not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    "line",
    [
        URL
        + """ --json '{"query": "mutation($password: String!) {a(password: $password) {id}}"}'""",
        URL + """ --json '{"query": "{a(metafield: {key: \\"loyalty_2024\\"}) {email}}"}'""",
        f"'{URL}?filter=status:active,tier=gold&next=https%3A%2F%2Fx.example%2F%3Fpage%3D2'",
        f"{URL} -H 'Content-Type: text/plain' -d 'the password is reset, token: none'",
    ],
)
def test_a_text_with_words_of_credentials_is_no_secret(line: str) -> None:
    """Such as variables, types and keys that are words."""
    assert not draft(f"curl {line}").secrets
