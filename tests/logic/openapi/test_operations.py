"""An operation of a document becomes a request; what no action can send is refused with a place."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from cactions.logic.new_action.action_draft import DraftedAction, DraftOrder, draft_action
from cactions.logic.new_action.answer_draft import AnswerChoices, draft_answer
from cactions.logic.new_action.api_draft import (
    list_input_meanings,
    list_input_types,
    list_promised_members,
)
from cactions.logic.openapi.document import OpenApiDocument, OpenApiError, read_document
from cactions.logic.openapi.operation import find_operation
from cactions.logic.openapi.request import ApiRequest, build_api_request
from cactions.logic.project import SourceFile, load_project
from tests.logic.openapi.documents import (
    ANSWER,
    CUSTOMER,
    write_answer,
    write_body,
    write_document,
    write_parameters,
    write_secured,
)

URL = "https://api.shop.example/v1"
ID = "{name: id, in: path, required: true, schema: {type: string}}"
LINE_OF_SERVERS = 3


def build(text: str, operation: str = "do", host: str = "") -> ApiRequest:
    return build_from(read_document("api", text.encode()), operation, host)


def build_from(document: OpenApiDocument, operation: str, host: str = "") -> ApiRequest:
    return build_api_request(document, find_operation(document, operation), host)


def draft(api: ApiRequest) -> DraftedAction:
    """The action, as ``new`` makes it without any more words; its format is sound."""
    meanings = list_input_meanings(api)
    answer = draft_answer(list_promised_members(api), AnswerChoices(), {}, reads=True)
    order = DraftOrder("do", meanings, reads=True, inputs=list_input_types(api, meanings))
    drafted = draft_action(api.request, answer, order)
    found = load_project([SourceFile("a", drafted.text.encode())]).findings
    faults = [each.message for each in found if each.rule.startswith("CA0")]
    assert [] == [each for each in faults if "decide" not in each]
    return drafted


def read_request(text: str, operation: str = "do", host: str = "") -> dict[str, object]:
    drafted = draft(build(text, operation, host))
    action = yaml.safe_load(drafted.text)["actions"]["do"]
    return {**action["request"], "inputs": action.get("data_inputs", [])}


WANTED = {
    "a path": (
        write_parameters(f"[{ID}]", "/orders/{id}"), {"url": f"{URL}/orders/{{{{ inputs.id }}}}"},
    ),
    "a person in the path": (
        write_parameters(f"[{ID}]", "/users/{id}"), {"url": f"{URL}/users/{{{{ decide }}}}"},
    ),
    "an undeclared name in the path": (
        write_document(ANSWER, path="/shops/{shop}/me"),
        {"url": f"{URL}/shops/{{{{ inputs.shop }}}}/me"},
    ),
    "a query": (
        write_parameters("[{name: lang, in: query, required: true, schema: {type: string}}]"),
        {"query": {"lang": "{{ inputs.lang }}"}},
    ),
    "a default": (
        write_parameters(
            "[{name: page, in: query, required: true, schema: {type: integer, default: 1}}]"
        ),
        {"query": {"page": "1"}, "inputs": []},
    ),
    "one word": (
        write_parameters(
            "[{name: v, in: header, required: true, schema: {type: string, enum: [beta]}}]"
        ),
        {"headers": {"v": "beta"}},
    ),
    "a list": (
        write_parameters(
            "[{name: n, in: query, required: true, schema: {type: array, items: {type: integer}}}]"
        ),
        {"inputs": [{"name": "n", "type": "integer", "required": True}]},
    ),
    "an address": (
        write_parameters("[{name: email, in: query, required: true, schema: {type: string}}]"),
        {"query": {"email": "{{ decide }}"}},
    ),
    "optional": (
        write_parameters("[{name: lang, in: query, schema: {type: string}}]"), {"inputs": []},
    ),
    "a header of its own": (
        write_parameters("[{name: Accept, in: header, required: true, schema: {type: string}}]"),
        {"inputs": []},
    ),
    "a server's variables": (
        write_document(ANSWER, servers="[{url: 'https://{r}.shop.example', variables: {r: "
                       "{default: eu}}}]"),
        {"url": "https://eu.shop.example/me"},
    ),
    "two servers": (
        write_document(ANSWER, servers="[{url: 'http://a.example'}, {url: 'https://b.example/'}]"),
        {"url": "https://b.example/me"},
    ),
    "servers of the operation": (
        write_document(f"servers: [{{url: 'https://own.example'}}]\n{ANSWER}"),
        {"url": "https://own.example/me"},
    ),
    "JSON": (
        write_body("{type: object, required: [n, at, ok], properties: {n: {type: integer}, at: "
                   "{type: object, required: [x], properties: {x: {type: string}, y: {}}}, "
                   "ok: {type: boolean, default: true}, more: {type: string}}}"),
        {"json": {"n": "{{ inputs.n }}", "at": {"x": "{{ inputs.x }}"}, "ok": True}},
    ),
    "JSON of a vendor, with parts": (
        write_body("{allOf: [{$ref: '#/components/schemas/A'}, {required: [b], properties: {b: "
                   "{type: string}}}]}", "application/vnd.shop+json", components=f"{CUSTOMER}"
                   "  A: {type: object, required: [a], properties: {a: {type: number}}}\n"),
        {"json": {"a": "{{ inputs.a }}", "b": "{{ inputs.b }}"}},
    ),
    "a list of objects": (
        write_body("{type: object, required: [lines], properties: {lines: {type: array, items: "
                   "{type: object, required: [sku], properties: {sku: {type: string}}}}}}"),
        {"json": {"lines": [{"sku": "{{ inputs.sku }}"}]}},
    ),
    "the first of several": (
        write_body("{oneOf: [{type: 'null'}, {type: object, required: [a], properties: {a: "
                   "{const: 7}}}, {type: object, required: [b]}]}"),
        {"json": {"a": 7}},
    ),
    "a member that only answers have": (
        write_body("{type: object, required: [made, a], properties: {made: {readOnly: true}, a: "
                   "{const: x}}}"),
        {"json": {"a": "x"}},
    ),
    "a form": (
        write_body("{type: object, required: [a, b], properties: {a: {type: string}, b: {type: "
                   "array, items: {type: boolean}}}}", "application/x-www-form-urlencoded"),
        {"form": {"a": "{{ inputs.a }}", "b": "{{ inputs.b }}"}},
    ),
    "fields": (
        write_body("{type: object, required: [a], properties: {a: {type: string}}}",
                   "multipart/form-data"),
        {"multipart": {"a": "{{ inputs.a }}"}},
    ),
    "the same name twice": (
        write_document(f"parameters: [{ID}]\nrequestBody: {{required: true, content: "
                       "{application/json: {schema: {type: object, required: [id], properties: "
                       "{id: {type: string}}}}}}\n" + ANSWER, path="/orders/{id}", method="put"),
        {"json": {"id": "{{ inputs.body_id }}"}},
    ),
    "parameters of the path": (
        write_document(f"{ANSWER}", path="/o/{id}").replace(
            "    get:", f"    parameters: [{ID.replace('string', 'integer')}]\n    get:"),
        {"inputs": [{"name": "id", "type": "integer", "required": True}]},
    ),
    "refs with signs": (
        write_parameters("[{$ref: '#/components/parameters/a~1b%20~0c'}]").replace(
            "components:", 'components:\n  parameters: {"a/b ~c": {name: q, in: query, required: '
            "true, schema: {const: x}}}"),
        {"query": {"q": "x"}},
    ),
    "3.1": (
        write_document(ANSWER, version="3.1.0"), {"url": f"{URL}/me"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WANTED)
def test_an_operation_becomes_its_request(name: str) -> None:
    """What it requires stands there; the rest is left out."""
    text, wanted = WANTED[name]
    found = read_request(text)
    assert wanted == {key: found.get(key) for key in wanted}


@pytest.mark.parametrize("name", WANTED)
def test_json_and_yaml_are_the_same(name: str) -> None:
    """A document says the same in either form."""
    text = WANTED[name][0]
    document = json.dumps(yaml.safe_load(text), indent=1)
    assert draft(build(text)) == draft(build(document))


@pytest.mark.parametrize("operation", ["do", "GET /me", "get /me"])
def test_an_operation_has_two_names(operation: str) -> None:
    """Its own, and that of its method and path."""
    assert "get" == read_request(write_document(ANSWER), operation)["http_method"]


@pytest.mark.parametrize("servers", ["[{url: /v1}]", "[]", "[{url: 'https://a.example/v1'}]"])
def test_a_host_can_be_said(servers: str) -> None:
    """Where the document has none, or another."""
    found = read_request(write_document(ANSWER, servers=servers), host="me.example")
    assert found["url"] in ("https://me.example/v1/me", "https://me.example/me")


KEY = "{type: apiKey, in: %s, name: %s}"
FLOW = "{type: oauth2, flows: {clientCredentials: {tokenUrl: '%s', scopes: {}}}}"
TOKEN = {"type": "text", "value": {"secret": "shop_token"}, "header": "Authorization",
         "prefix": "Bearer ", "hosts": ["api.shop.example"]}  # fmt: skip
SCHEMES = {
    "a key in a header": (KEY % ("header", "X-Odd"), "[{s: []}]",
                          {**TOKEN, "header": "X-Odd", "prefix": None}),
    "a cookie": (KEY % ("cookie", "odd"), "[{s: []}]",
                 {**TOKEN, "header": "Cookie", "prefix": None,
                  "value": {"secret": "shop_cookie"}}),
    "bearer": ("{type: http, scheme: bearer}", "[{s: []}]", TOKEN),
    "basic": ("{type: http, scheme: Basic}", "[{s: []}]",
              {"type": "basic", "username": {"secret": "shop_user"},
               "password": {"secret": "shop_password"}, "hosts": ["api.shop.example"]}),
    "a client": (FLOW % "https://id.shop.example/t", "[{s: [a, b]}]",
                 {"type": "oauth_client_credentials", "token_url": "https://id.shop.example/t",
                  "client_id": {"secret": "shop_client_id"}, "scope": "a b",
                  "client_secret": {"secret": "shop_client_secret"},
                  "hosts": ["api.shop.example"]}),
    "a client, by a path": (FLOW % "/t", "[{s: []}]", {"token_url": "https://api.shop.example/t"}),
    "a person's flow": ("{type: oauth2, flows: {implicit: {scopes: {}}}}", "[{s: []}]", TOKEN),
    "the second of two": ("{type: http, scheme: bearer}", "[{lock: []}, {s: []}]", TOKEN),
    "not the free one": ("{type: http, scheme: bearer}", "[{}, {s: []}]", TOKEN),
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_becomes_a_token_without_its_value(name: str) -> None:
    """Each secret has a name, to be sealed, and no value."""
    scheme, wanted, token = SCHEMES[name]
    drafted = draft(build(write_secured(scheme, wanted)))
    [found] = yaml.safe_load(drafted.text)["tokens"].values()
    assert token == {key: found.get(key) for key in token}
    assert drafted.secrets
    assert {""} == {each.value for each in drafted.secrets}
    hosts = {each.host for each in drafted.secrets}
    assert hosts <= {"api.shop.example", "id.shop.example"}


def test_a_key_in_a_query_is_named_and_open() -> None:
    """URLs are kept in logs: whether that is fine is for a person to say."""
    drafted = draft(build(write_secured(KEY % ("query", "odd"))))
    assert {"odd": {"secret": "shop_odd"}} == (
        yaml.safe_load(drafted.text)["actions"]["do"]["request"]["query"]
    )
    assert [each for each in drafted.decisions if "URLs are kept in logs" in each.text]


@pytest.mark.parametrize("wanted", ["[]", "[{}]", "[{lock: []}, {}]"])
def test_no_credential_where_none_is_wanted(wanted: str) -> None:
    """Or where one is optional that no action can send."""
    drafted = draft(build(write_secured("{type: http, scheme: bearer}", wanted)))
    assert () == drafted.secrets
    assert "tokens" not in yaml.safe_load(drafted.text)


def test_a_secret_of_a_document_reaches_no_file() -> None:
    """A default may be a real key: someone's, who has pasted theirs."""
    key = "sk_live_Zm9vYmFyYmF6MTIz"
    for where, name in (("header", "X-Api-Key"), ("query", "api_key"), ("cookie", "sid")):
        text = write_parameters(
            f"[{{name: {name}, in: {where}, required: true, schema: {{default: {key}}}}}]"
        )
        drafted = draft(build(text))
        assert key not in drafted.text
        assert [each for each in drafted.secrets if key in each.value]
    drafted = draft(build(write_body(
        f"{{type: object, required: [token], properties: {{token: {{const: {key}}}}}}}"
    )))  # fmt: skip
    assert key not in drafted.text


DAY = "{type: string, format: date}"
KINDS = {
    "{type: string}": "string", "{type: integer}": "integer", "{type: number}": "float",
    "{type: boolean}": "boolean", DAY: "date: iso8601_date",
    "{type: string, format: date-time}": "date: iso8601",
    "{type: string, nullable: true}": "string", "{type: ['null', integer]}": "integer",
    "{type: [integer, 'null']}": "integer", "{enum: [a, b]}": "string", "{const: 3}": "integer",
    "{anyOf: [{type: 'null'}, {type: boolean}]}": "boolean",
    "{oneOf: [{type: number}, {type: string}]}": "float",
    f"{{allOf: [{DAY}, {{description: x}}]}}": "date: iso8601_date",
    "{$ref: '#/components/schemas/day'}": "date: iso8601_date",
    "{type: string, example: '2026-01-02T03:04:05Z'}": "date: iso8601",
    "{type: array, items: {type: string}}": None, "{type: object}": None, "true": None,
    "{type: string, writeOnly: true}": None,
}  # fmt: skip


@pytest.mark.parametrize("schema", KINDS)
def test_a_member_has_the_kind_of_its_schema(schema: str) -> None:
    """Also where it is put together, named elsewhere, or may be null; lists are no member."""
    text = write_answer(f"{{type: object, properties: {{x: {schema}}}}}", version="3.1.1",
                        components=f"schemas: {{day: {DAY}}}")  # fmt: skip
    found = list_promised_members(build(text))
    kinds = {each.path: each.kind for each in found.members} if found else {}
    assert ({"$.x": KINDS[schema]} if KINDS[schema] else {}) == kinds


def test_a_dated_number_is_a_moment() -> None:
    """By its name, as in a sample; an example says whether it counts seconds."""
    text = write_answer("{properties: {created_at: {type: integer}, count: {type: integer}, "
                        "paidAt: {type: integer, example: 1700000000000}}}")  # fmt: skip
    found = list_promised_members(build(text))
    assert found
    assert {"$.created_at": "date: unix_s", "$.count": "integer", "$.paidAt": "date: unix_ms"} == {
        each.path: each.kind for each in found.members
    }


def test_the_answer_is_that_of_the_first_success_in_json() -> None:
    """Neither an error nor a text."""
    media = "content: {%s: {schema: {properties: {%s: {type: string}}}}}"
    operation = "responses:\n" + "\n".join(
        f'  "{code}": {{description: x, {media % (kind, name)}}}'
        for code, kind, name in (
            ("404", "application/json", "a"), ("204", "text/plain", "b"),
            ("206", "application/json", "c"), ("201", "application/hal+json;v=1", "d"),
        )
    )  # fmt: skip
    assert {"d": "…"} == build(write_document(operation)).answer


def test_a_list_of_records_has_rows_to_decide() -> None:
    """No schema says how many a service will send."""
    api = build(write_answer("{type: object, properties: {data: {type: array, items: {properties: "
                             "{email: {type: string}}}}}}"))  # fmt: skip
    found = list_promised_members(api)
    assert found
    assert ("$.data[*]", ["$.email"]) == (found.rows, [each.path for each in found.members])
    assert 'where: {decide: "decide"}' in draft(api).text


def test_an_example_is_an_answer_where_there_is_no_schema() -> None:
    """Of the content, or the first of several."""
    for example in ("example: {tier: gold}", "examples: {a: {value: {tier: gold}}}"):
        content = f"content: {{application/json: {{{example}}}}}"
        text = write_document(f'responses: {{"200": {{description: x, {content}}}}}')
        assert {"tier": "gold"} == build(text).answer


def test_a_schema_within_itself_ends() -> None:
    """A tree has members; each is listed once."""
    text = write_answer(
        "{$ref: '#/components/schemas/T'}",
        components="""\
schemas:
  T: {properties: {name: {type: string}, up: {$ref: '#/components/schemas/T'},
      kids: {type: array, items: {$ref: '#/components/schemas/T'}}}}""",
    )
    found = list_promised_members(build(text))
    assert found
    assert ["$.name"] == [each.path for each in found.members]


def ref(name: str) -> str:
    return f"{{$ref: '#/components/schemas/{name}'}}"


LOOP = f"{CUSTOMER}  A: {ref('B')}\n  B: {ref('A')}\n"
REFUSED = {
    "no OpenAPI": ("a: 1\n", "no OpenAPI document of version"),
    "a list": ("[]\n", "this is no OpenAPI document"),
    "nothing": ("", "this is no OpenAPI document"),
    "Swagger": ("swagger: '2.0'\npaths: {}\n", "of version 3.0 or 3.1"),
    "3.2": (write_document(ANSWER, version="3.2.0"), "of version 3.0 or 3.1"),
    "no YAML": ("openapi: 3.0.0\npaths: [\n", "not YAML"),
    "no JSON": ('{"openapi": "3.0.0",\n "paths": {},}', "no JSON"),
    "a key twice": ('{"openapi": "3.0.0",\n "openapi": "3.0.1"}', "no JSON"),
    "a key twice in YAML": ("openapi: 3.0.0\nopenapi: 3.0.1\n", "stands here twice"),
    "a tag": ("openapi: !!str 3.0.0\npaths: {}\n", "a tag is not allowed"),
    "another operation": (write_document(ANSWER).replace("Id: do", "Id: due"), "no operation"),
    "no paths": ("openapi: 3.1.0\n", "no operation"),
    "a remote ref": (write_parameters("[{$ref: 'https://a.example/p.yaml#/x'}]"), "leads out"),
    "a ref to a file": (write_answer("{$ref: './c.yaml'}"), "leads out"),
    "a ref to nothing": (write_answer(ref("X")), 'there is no "X"'),
    "a loop": (write_body(ref("A"), components=LOOP), "leads back to itself"),
    "a loop in an answer": (write_answer(ref("A"), components=LOOP), "leads back to itself"),
    "a loop of parts": (
        write_answer(ref("A"), components=f"schemas: {{A: {{allOf: [{ref('A')}]}}}}"),
        "a part of itself",
    ),
    "a body that never ends": (
        write_body(ref("A"), components=f"{CUSTOMER}  A: {{type: object, required: [a], "
                   f"properties: {{a: {ref('A')}}}}}\n"),
        "requires itself",
    ),
    "no host": (write_document(ANSWER, servers="[{url: /v1}]"), "does not say the host"),
    "no servers": (write_document(ANSWER, servers="[]"), "does not say the host"),
    "plain HTTP": (write_document(ANSWER, servers="[{url: 'http://a.example'}]"), "is http"),
    "an open server": (write_document(ANSWER, servers="[{url: 'https://{x}.a'}]"), "not complete"),
    "an object in a query": (
        write_parameters("[{name: f, in: query, required: true, schema: {type: object}}]"),
        "no single value",
    ),
    "a parameter without a place": (write_parameters("[{name: f}]"), "no name, or no place"),
    "a body of XML": (write_body("{type: object}", "application/xml"), "no JSON and no form"),
    "a body that is a text": (write_body("{type: string}"), "no object and no list"),
    "an object in a form": (
        write_body("{required: [a], properties: {a: {type: object}}}", "multipart/form-data"),
        "is no text",
    ),
    "a client certificate": (write_secured("{type: mutualTLS}"), '"mutualTLS" cannot be sent'),
    "digest": (write_secured("{type: http, scheme: digest}"), '"digest" cannot be sent'),
    "OpenID": (write_secured("{type: openIdConnect}"), '"openIdConnect" cannot be sent'),
    "a scheme that is not there": (write_secured("{}", "[{x: []}]"), 'no security scheme "x"'),
    "OPTIONS": (write_document(ANSWER, method="options"), "this method"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_with_its_place(name: str) -> None:
    """In the document, with what to do."""
    text, message = REFUSED[name]
    with pytest.raises(OpenApiError, match=re.escape(message)) as raised:
        build(text)
    error = raised.value
    lines = text.split("\n")
    assert 0 <= error.span.line < len(lines)
    assert 0 <= error.span.column <= len(lines[error.span.line])
    assert re.fullmatch(r"[A-Z].*\S", error.hint)


def test_a_place_is_exact() -> None:
    """The ref, the server, the scheme: in YAML and in JSON."""
    text = write_answer("{$ref: './c.yaml'}")
    for document in (text, json.dumps(yaml.safe_load(text), indent=1)):
        with pytest.raises(OpenApiError) as raised:
            build(document)
        span = raised.value.span
        assert document.split("\n")[span.line][span.column + 1 :].startswith("./c.yaml")
    with pytest.raises(OpenApiError) as raised:
        build(write_document(ANSWER, servers="[{url: /v1}]"))
    assert LINE_OF_SERVERS == raised.value.span.line + 1


def test_counts() -> None:
    """As many small documents as the page promises."""
    documents = {text for text, _ in WANTED.values()} | {text for text, _ in REFUSED.values()}
    assert len(documents) + len(KINDS) + len(SCHEMES) >= 80
