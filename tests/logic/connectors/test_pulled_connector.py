"""Connectors as action files: names, URLs, bodies, headers, mappings, and what is told."""

from __future__ import annotations

from typing import Any

import pytest

from cactions.logic.connectors.action_file import PulledConnector, name_connectors, pull_connector
from cactions.logic.connectors.hide_credentials import REMOVED, hide_credentials
from cactions.logic.connectors.notes import NoteKind
from cactions.logic.connectors.pulled_project import pull_workspace
from cactions.logic.connectors.reader import parse_connector
from cactions.logic.connectors.targets import convert_path
from cactions.logic.project import SourceFile, load_project
from cactions.model import (
    Action,
    Attribute,
    BodyForm,
    Connector,
    DataType,
    IntercomConnection,
    SecretRef,
    Snapshot,
)

ATTRIBUTES = {
    "tier": Attribute("tier", DataType.STRING),
    "due": Attribute("due", DataType.DATE),
    "Shop ID": Attribute("Shop ID", DataType.STRING),
}


def pull(**fields: Any) -> PulledConnector:
    document = {
        "id": "7", "name": "Order status", "state": "live", "http_method": "get",
        "url": "https://api.shop.example/orders", "audiences": ["users"], "object_mappings": [],
        **fields,
    }  # fmt: skip
    return pull_connector(parse_connector(document), "order_status", ATTRIBUTES)


def load(pulled: PulledConnector) -> Action:
    """The action that our reader makes of the file; there must be no error."""
    workspace = pull_workspace([pulled.connector], ATTRIBUTES)
    files = [SourceFile(name, text.encode()) for name, text in workspace.files.items()]
    loaded = load_project(files, snapshot=Snapshot("s", 0, ATTRIBUTES, True))
    assert loaded.project is not None, loaded.findings
    return next(iter(loaded.project.actions.values()))


def kinds(pulled: PulledConnector) -> list[NoteKind]:
    return [note.kind for note in pulled.notes]


def test_every_field_is_kept() -> None:
    """The fields that have a place in the file, under Intercom's own names."""
    action = load(pull(
        description="Where is it?", customer_authentication=True, bypass_authentication=False,
        validate_missing_attributes=True, direct_fin_usage=False, audiences=["leads", "users"],
        data_inputs=[{"name": "order_id", "type": "integer", "required": True, "description": "No",
                      "default_value": "12"}],
    ))  # fmt: skip
    assert ("7", "Order status", "Where is it?") == (
        action.connector_id, action.connector_name, action.description,
    )  # fmt: skip
    assert (True, False, True, False) == (
        action.customer_authentication, action.bypass_authentication,
        action.validate_missing_attributes, action.direct_fin_usage,
    )  # fmt: skip
    assert ("users", "leads") == action.audiences
    [data_input] = action.inputs
    assert ("order_id", "integer", True, "No", 12) == (
        data_input.name, data_input.type.value, data_input.required, data_input.description,
        data_input.default_value,
    )  # fmt: skip


URLS = [
    ("https://h.example.com/a/{{user.user_id}}?x={{order_id}}&y=a%20b",
     "https://h.example.com/a/{{ person.user_id }}",
     {"x": "{{ inputs.order_id }}", "y": "a b"}),
    ("HTTPS://h.example.com/ü b/..?a=1&a={{email}}", "https://h.example.com/%C3%BC%20b/%2E%2E",
     {"a": ["1", "{{ person.email }}"]}),
    ("https://h.example.com?{{field}}={{email}}#top", "https://h.example.com",
     {"variable": "{{ inputs.field }}{{ person.email }}"}),
    ("https://h.example.com/x?&&=&a", "https://h.example.com/x", {"a": ""}),
]  # fmt: skip


@pytest.mark.parametrize(("url", "path", "query"), URLS)
def test_a_url_is_split_and_encoded(url: str, path: str, query: dict[str, Any]) -> None:
    """Path and query as our format has them."""
    request = load(pull(url=url)).request
    assert path == str(request.url)
    assert query == {name: _plain(content) for name, content in request.query.items()}


BODIES = [
    ('{"a": "{{email}}", "b": [{{order_id}}, 1, true, null], "c": "x {{email}} y"}', BodyForm.JSON,
     {"a": "{{ person.email }}", "b": ["{{ inputs.order_id }}", 1, True, None],
      "c": "x {{ person.email }} y"}),
    ('{"a": "say \\"{{email}}\\"", "b": "\\u007b\\u007b"}', BodyForm.JSON,
     {"a": 'say "{{ person.email }}"', "b": "{ {"}),
    ("a={{email}}&b=c%20d", BodyForm.FORM, {"a": "{{ person.email }}", "b": "c d"}),
    ("a={{email}}&b=c&a=%2B", BodyForm.FORM, {"a": ["{{ person.email }}", "+"], "b": "c"}),
    ("<a>{{email}}</a>", BodyForm.TEXT, "<a>{{ person.email }}</a>"),
    ('{"a": {{email}', BodyForm.TEXT, '{"a": { {email}'),
    ('{"secret": "{{email}}"}', BodyForm.TEXT, '{"secret": "{{ person.email }}"}'),
    ('{"a": 1, "a": "{{email}}"}', BodyForm.TEXT, '{"a": 1, "a": "{{ person.email }}"}'),
]  # fmt: skip


def _plain(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _plain(item) for name, item in content.items()}
    if isinstance(content, list):
        return [_plain(item) for item in content]
    return content if content is None or isinstance(content, bool | int) else str(content)


@pytest.mark.parametrize(("body", "form", "content"), BODIES)
def test_a_body_is_read_in_its_most_telling_form(body: str, form: BodyForm, content: Any) -> None:
    """JSON also with variables that have no quotes."""
    found = load(pull(http_method="post", body=body)).request.body
    assert found is not None
    assert (form, content) == (found.form, _plain(found.content))


@pytest.mark.parametrize(
    "body",
    ["x" * 1_000_000 + "{{email}}", '{"a": "' + "y" * 1_000_000 + '{{email}}"}', "{{email}}" * 5000,
     '{"a": [' + ",".join(['"é{{email}}"'] * 90_000) + "]}"],
    ids=["text", "json", "holes", "list"],
)  # fmt: skip
def test_a_body_that_is_too_long_keeps_its_variables(body: str) -> None:
    """The analysis of leaks still sees them."""
    pulled = pull(http_method="post", body=body)
    found = load(pulled).request.body
    assert found is not None
    assert ("{{ person.email }}", True) == (str(found.content), NoteKind.BODY in kinds(pulled))


PATHS = [
    ("tier", "$.tier"), ("a.b_c.d", "$.a.b_c.d"), ("a[0].b", "$.a[0].b"), ("a.0.b", "$.a[0].b"),
    ("a[].b", "$.a[0].b"), ("a[-1].b", "$.a[-1].b"), ("a-b.c d", '$["a-b"]["c d"]'), ("$.x", "$.x"),
    ('q"x', '$["q\\"x"]'), ("", "$"), ("a[*]", "$.a[0]"),
]  # fmt: skip


@pytest.mark.parametrize(("theirs", "ours"), PATHS)
def test_a_dotted_path_is_one_of_ours(theirs: str, ours: str) -> None:
    """Keys that need quotes get them; a list without a number is its first element."""
    assert ours == convert_path(theirs)


def mapping(name: str, path: str = "x", kind: str = "user", around: str = "") -> dict[str, Any]:
    row = {"response_attribute_path": path, "intercom_attribute_identifier": name}
    return {"response_object_path": around, "intercom_object_type": kind,
            "attribute_mappings": [row], "reference_mappings": []}  # fmt: skip


def test_mappings_onto_people_are_kept_and_others_are_told() -> None:
    """Of a conversation, twice the same, or an unknown target: a note each."""
    pulled = pull(object_mappings=[
        mapping("custom_attributes.tier", "level", around="customer"), mapping("tier"),
        mapping("due", "customer.due"), mapping("state", kind="conversation"), mapping("avatar"),
        mapping("Shop ID", "customer.id", around="customer"),
    ])  # fmt: skip
    action = load(pulled)
    targets = {m.attribute.name: str(m.path) for m in action.response.mapping}
    expected = {"tier": "$.customer.level", "due": "$.customer.due", "Shop ID": "$.customer.id"}
    assert expected == targets
    assert [NoteKind.TARGET] * 3 == [kind for kind in kinds(pulled) if kind is NoteKind.TARGET]


def test_a_hidden_header_becomes_a_sealed_token() -> None:
    """Harmless ones are left out; one that is neither is told."""
    names = ("Authorization", "X-Api-Key", "Content-Type", "X-Tenant", "authorization", "a b")
    pulled = pull(headers=[{"name": name, "value": "****"} for name in names])
    tokens = load(pulled).request.tokens
    assert ["Authorization", "X-Api-Key"] == [token.header for token in tokens]
    assert {("api.shop.example",)} == {token.hosts for token in tokens}
    assert SecretRef("order_status_xapikey") == tokens[1].value
    assert 2 == kinds(pulled).count(NoteKind.HEADER)
    assert ["order_status_authorization", "order_status_xapikey"] == [s.name for s in pulled.seals]


def test_a_token_of_the_workspace_is_shared_by_its_hosts() -> None:
    """One token, its id, the hosts of all connectors that attach it, and a seal for each."""
    connectors = [
        parse_connector({"id": str(n), "name": f"c{n}", "state": "live", "http_method": "get",
                         "url": f"https://h{n}.example.com/", "token_ids": ["99"]})
        for n in (1, 2)
    ]  # fmt: skip
    workspace = pull_workspace(connectors, ATTRIBUTES, IntercomConnection())
    assert [("intercom_token_99", "h1.example.com"), ("intercom_token_99", "h2.example.com")] == [
        (seal.name, seal.host) for seal in workspace.seals
    ]
    files = [SourceFile(name, text.encode()) for name, text in workspace.files.items()]
    project = load_project(files).project
    assert project is not None
    assert ("99", ("h1.example.com", "h2.example.com")) == (
        project.tokens["intercom_token_99"].token_id, project.tokens["intercom_token_99"].hosts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"execution_type": "client_side"}, "in the browser"), ({"url": None}, "no URL"),
        ({"http_method": "head"}, "method"), ({"url": "shop.example/x"}, "https://"),
        ({"url": "https://h.example.com:99999/"}, "port"),
        ({"url": "https://h.example.com/" + "{{a}}" * 101}, "too long"),
    ],
)  # fmt: skip
def test_a_connector_without_a_request_is_told(fields: dict[str, Any], words: str) -> None:
    """There is no file, and a reason."""
    pulled = pull(**fields)
    assert ("", NoteKind.UNJUDGED) == (pulled.text, pulled.notes[-1].kind)
    assert words in pulled.notes[-1].text


def test_what_is_unknown_is_told() -> None:
    """State, code, audience, mapping and new fields: one note each, as comments in the file."""
    pulled = pull(state="paused", data_transformation_type="code_block_transformation",
                  audiences=[], object_mappings=None, brand_new=1)  # fmt: skip
    expected = [NoteKind.STATE, NoteKind.CODE, NoteKind.AUDIENCE, NoteKind.KEY, NoteKind.MAPPING]
    assert expected == kinds(pulled)
    assert 5 == pulled.text.partition("version: 1")[0].count("\n# ") + 1


def connector(key: str, name: str) -> Connector:
    return Connector(key, name, "live")


def test_names_are_unique_and_stay() -> None:
    """The oldest of several keeps the bare name; what has a name keeps it."""
    connectors = [connector("12", "Order  status!"), connector("3", "order STATUS"),
                  connector("40", "\u202e"), connector("5", "x" * 99)]  # fmt: skip
    expected = {"3": "order_status", "12": "order_status_2", "40": "connector_40", "5": "x" * 48}
    assert expected == name_connectors(connectors)
    assert expected == name_connectors(connectors[::-1])
    known = {"12": "order_status"}
    kept = name_connectors(connectors, known)
    assert ("order_status", "order_status_2") == (kept["12"], kept["3"])


SECRETS = [
    {"url": "https://h.example.com/?api_key=abcdef123&a=b"},
    {"url": "https://user:hunter22@h.example.com/"},
    {"url": "https://h.example.com/hooks/sk_live_abcdefghij1234567890"},
    {"body": '{"password": "hunter22", "a": 1}', "http_method": "post"},
    {"body": "grant=x&client_secret=hunter22", "http_method": "post"},
    {"body": '{"auth": "Basic hunter22"}', "http_method": "post"},
    {"body": "user=svc&pass=hunter22", "http_method": "post"},
    {"body": "<e:Head><Password>hunter22</Password></e:Head>", "http_method": "post"},
    {"description": "the key is sk_live_abcdefghij1234567890"},
    {"data_inputs": [{"name": "api_token", "default_value": "Zk3y7Qz91Lm42Xv8pQ"}]},
]


@pytest.mark.parametrize("fields", SECRETS, ids=lambda fields: next(iter(fields)))
def test_no_literal_credential_is_kept(fields: dict[str, Any]) -> None:
    """Its place is marked; what is no credential stays."""
    before = parse_connector({"id": "1", "name": "n", "state": "live", "http_method": "get",
                              "url": "https://h.example.com/", **fields})  # fmt: skip
    text = pull_connector(hide_credentials(before), "n", ATTRIBUTES).text
    assert REMOVED in text
    for secret in ("abcdef123", "hunter22", "sk_live_abc", "Zk3y7Qz"):
        assert secret not in text


def test_what_is_no_credential_stays() -> None:
    """Order numbers, UUIDs, templates and words."""
    before = Connector(
        "1", "n", "live", "Orders", "post",
        "https://h.example.com/v1/{{order_id}}?page_token={{t}}&id=550e8400-e29b-41d4-a716-446655440000",
        '{"token": "{{user.email}}", "key": "name"}',
    )  # fmt: skip
    assert before == hide_credentials(before)
