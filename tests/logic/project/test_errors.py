"""Every error of a file: the rule, the message and the exact span, marked in the YAML by ⟦ ⟧."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cactions.logic.project import LoadedProject, SourceFile, load_project
from cactions.logic.project.file_schema import FILE
from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.nodes import ListNode, MapNode, Node, ScalarNode
from cactions.logic.yaml.parser import parse_yaml
from cactions.logic.yaml.schema import (
    EitherSchema,
    ListSchema,
    MapSchema,
    RecordSchema,
    Schema,
    TaggedUnion,
)
from cactions.model import Finding, UsageError

EXAMPLE = Path(__file__).parents[3] / "actions.example.yaml"

BASE = """\
version: 1
workspace:
  identity_verification: jwt
  people:
    - {user_id: u-1, email: ada@example.com, attributes: {tier: gold}}
attributes:
  tier: {data_type: string, options: [silver, gold], messenger_writable: false}
  points: {data_type: integer, messenger_writable: false}
  since: {data_type: date, messenger_writable: false}
  active: {data_type: boolean, messenger_writable: false}
servers:
  shop: {production: "https://api.shop.example", staging: "https://staging.shop.example"}
tokens:
  shop: {type: text, value: {secret: shop_token}, header: X-Token, hosts: [api.shop.example]}
  crm:
    type: http_request
    request: {http_method: post, url: "https://auth.crm.example/token", form: {key: {secret: crm}}}
    token_path: $.access_token
    header: Authorization
    prefix: "Bearer "
    hosts: [api.crm.example]
  erp:
    type: oauth_client_credentials
    token_url: https://auth.erp.example/token
    client_id: support
    client_secret: {secret: erp}
    hosts: [api.erp.example]
  jwt: {type: user, header: X-User, hosts: [api.shop.example]}
network:
  allow: [{host: lab, address: 10.0.0.7, port: 8443, reason: a rig}]
actions:
  loyalty:
    match: user_id
    data_inputs: [{name: order, type: string, required: true}]
    request:
      http_method: get
      server: shop
      url: /v1/customers/{{ person.user_id }}
      tokens: [shop]
    response:
      same_person: {path: $.email, equals: person.email, verified: e-mails are confirmed}
      mapping:
        tier: $.tier
    tests:
      - name: gold
        person: {user_id: u-1}
        inputs: {order: A-1}
        expect: {attributes: {tier: gold}}
"""


class Case(NamedTuple):
    """``old`` of BASE is replaced by ``new``; the span between the marks must be found."""

    rule: str
    words: str
    old: str
    new: str


PERSON = "- {user_id: u-1, email: ada@example.com, attributes: {tier: gold}}"
URL = "      url: /v1/customers/{{ person.user_id }}"
SAME_PERSON = (
    "      same_person: {path: $.email, equals: person.email, verified: e-mails are confirmed}\n"
)
SERVER = "      server: shop\n" + URL
TIER = "        tier: $.tier"

CASES = [
    Case("CA001", "alias", "match: user_id", "match: ⟦*x⟧"),
    Case("CA001", "anchor", "match: user_id", "match: ⟦&x user_id⟧"),
    Case("CA001", "tag", "match: user_id", "match: ⟦!!str user_id⟧"),
    Case("CA001", "merge key", "    match: user_id", "    ⟦<<⟧: {}\n    match: user_id"),
    Case("CA001", "quotes", URL, "      url: ⟦{{ person.user_id }}⟧"),
    Case("CA001", "not YAML", "path: $.email,", "path: $.a⟦[⟧0].b,"),
    Case("CA001", "second document", "version: 1\n", "version: 1\n⟦---⟧\nversion: 1\n"),
    Case(
        "CA002", 'unknown key "macth"', "    match: user_id", "    ⟦macth⟧: user_id\n    match: id"
    ),
    Case("CA002", 'unknown key "urls"', URL, URL + "\n      ⟦urls⟧: x"),
    Case("CA002", 'unknown key "option"', "options: [", "⟦option⟧: ["),
    Case("CA002", 'unknown key "secrets"', "value: {secret: s", "value: {⟦secrets⟧: s"),
    Case("CA003", '"match" is missing', "  loyalty:\n    match: user_id", "  ⟦loyalty⟧:"),
    Case("CA003", '"version" is missing', "version: 1\nworkspace", "⟦w⟧orkspace"),
    Case("CA003", '"path" is missing', "same_person: {path: $.email, ", "⟦same_person⟧: {"),
    Case("CA003", "how does the third party", TIER, TIER + "\n        ⟦since⟧: $.since"),
    Case("CA004", '"userid" is not one', "match: user_id", "match: ⟦userid⟧"),
    Case("CA004", "is no file name", f"people:\n    {PERSON}", 'people: ⟦"x\\0.csv"⟧'),
    Case("CA004", "is out of range", "version: 1", "version: ⟦2⟧"),
    Case("CA004", "not true or false", "required: true", "required: ⟦yes⟧"),
    Case("CA004", "not a whole number", TIER, '        tier: {path: $.a, max_length: ⟦"9"⟧}'),
    Case("CA004", "expected a list", "tokens: [shop]", "tokens: ⟦shop⟧"),
    Case("CA004", "is empty", "header: X-Token", 'header: ⟦""⟧'),
    Case("CA004", "no header name", "header: X-Token", "header: ⟦X Token⟧"),
    Case("CA004", "a whole number", TIER, "        points: {path: $.p, one_of: [⟦gold⟧]}"),
    Case("CA004", "behind a server", URL, "      url: ⟦v1/customers⟧"),
    Case("CA004", "not allowed in a URL", URL, "      url: /v1/⟦ü⟧/customers"),
    Case("CA004", "never fail", "expect: {attributes: {tier: gold}}", "expect: ⟦{}⟧"),
    Case("CA005", 'no token "shopp"', "tokens: [shop]", "tokens: [⟦shopp⟧]"),
    Case("CA005", 'no server "shopp"', "server: shop\n", "server: ⟦shopp⟧\n"),
    Case("CA005", 'no attribute "teir"', TIER, "        ⟦teir⟧: $.tier"),
    Case("CA005", 'no attribute "x"', URL, "      url: /v1/{{ ⟦person.attributes.x⟧ }}"),
    Case("CA005", 'no data input "ordr"', URL, "      url: /v1/{{ ⟦inputs.ordr⟧ }}"),
    Case("CA005", 'no data input "ordr"', "inputs: {order:", "inputs: {⟦ordr⟧:"),
    Case("CA005", "does not map", "{attributes: {tier: gold}}\n", "{attributes: {⟦points⟧: 1}}\n"),
    Case("CA006", "emial", URL, "      url: /v1/{{ person.⟦emial⟧ }}"),
    Case("CA007", "", "path: $.email,", "path: ⟦email⟧,"),
    Case("CA008", "twice", TIER, TIER + "\n        ⟦tier⟧: $.other"),
    Case("CA009", "one body", "      tokens", "      json: {}\n      ⟦text⟧: a\n      tokens"),
    Case("CA009", "GET has no body", "      tokens", "      ⟦json⟧: {}\n      tokens"),
    Case("CA009", "does not belong", URL, "      url: /v1/customers⟦?id=1⟧"),
    Case("CA009", "is given twice", "      tokens", "      headers: {⟦x-token⟧: a}\n      tokens"),
    Case("CA009", "has no length", TIER, "        points: {path: $.p, ⟦max_length⟧: 3}"),
    Case("CA009", "exactly one key", "person: {user_id: u-1}", "person: ⟦{user_id: a, id: b}⟧"),
    Case(
        "CA011",
        "must be a text",
        "attributes: {tier: gold}}\nattr",
        "attributes: {tier: ⟦3⟧}}\nattr",
    ),
    Case("CA011", "is not known", PERSON, PERSON.replace("tier", "⟦x⟧")),
    Case(
        "CA011",
        "there is no user_id",
        "- {user_id: u-1, email: ada@example.com,",
        "- ⟦{name: Ada, attributes: {tier: gold}}⟧ #",
    ),
    Case("CA001", 'holds ": " needs quotes', "match: user_id", "match: user⟦:⟧ id: x"),
    Case(
        "CA001", "same column", "    match: user_id", "    match: user_id\n      description⟦:⟧ x"
    ),
    Case("CA004", '"GET" is not one', "http_method: get", "http_method: ⟦GET⟧"),
    Case(
        "CA005", "no person with user_id u-9", "person: {user_id: u-1}", "person: {user_id: ⟦u-9⟧}"
    ),
    Case(
        "CA301", "never stands in the file", "value: {secret: shop_token}", "value: ⟦s3cret-token⟧"
    ),
    Case("CA202", "who a person is", TIER, "        ⟦email⟧: $.email"),
    Case("CA303", "would be sent to", SERVER, '      url: "https://api.evil.example/x"'),
    Case("CA401", "host is templated", SERVER, '      url: "https://⟦{{ person.email }}⟧/x"'),
    Case("CA402", 'scheme is "http"', SERVER, '      url: "⟦http⟧://api.shop.example/x"'),
    Case("CA403", "is an address", SERVER, '      url: "https://⟦127.0.0.1⟧/x"'),
    Case("CA403", "private network", SERVER, '      url: "https://⟦localhost⟧/x"'),
    Case("CA002", 'unknown key "distinct"', TIER, "        tier: {path: $.t, ⟦distinct⟧: true}"),
    Case("CA004", "the map is empty", TIER, "        tier: {path: $.t, values: ⟦{}⟧}"),
    Case("CA301", "user name", SERVER, '      url: "https://⟦u:p@api.shop.example⟧/x"'),
    Case("CA301", "user name", SERVER, '      url: "http://⟦u:p@api.shop.example⟧/x"'),
    Case("CA301", "user name", SERVER, '      url: "⟦u:p@api.shop.example⟧/x"'),
    Case("CA301", "user name", SERVER, '      url: "https://⟦u:{{ person.id }}@a.example⟧/x"'),
    Case("CA301", "user name", "hosts: [api", "hosts: [⟦u:p@a.example⟧, api"),
    Case("CA403", "no host name", SERVER, '      url: "https://⟦api.\u017fhip.example⟧/x"'),
    Case("CA403", "no host name", SERVER, '      url: "https://⟦\u212aelvin.example⟧/x"'),
    Case("CA004", "is empty", "    match: user_id", "    ⟦match⟧:"),
    Case(
        "CA009",
        "fetched for everybody",
        "auth.crm.example/token",
        "auth.crm.example/{{ ⟦person.email⟧ }}",
    ),
    Case(
        "CA009",
        "fetched for everybody",
        "{key: {secret: crm}}",
        '{key: "{{ ⟦person.attributes.tier⟧ }}"}',
    ),
    Case(
        "CA401",
        "host is templated",
        "https://auth.crm.example/token",
        "https://⟦{{ person.id }}⟧/token",
    ),
    Case("CA402", 'scheme is "http"', "https://auth.erp.example", "⟦http⟧://auth.erp.example"),
    Case("CA403", "private network", "https://auth.erp.example/", "https://⟦erp⟧/"),
    Case(
        "CA004",
        "literal, without a query",
        "https://auth.erp.example/token",
        '⟦"https://auth.erp.example/token?a=1"⟧',
    ),
    Case(
        "CA301",
        "never stands in the file",
        "client_secret: {secret: erp}",
        "client_secret: ⟦s3cret-erp⟧",
    ),
    Case("CA003", '"client_secret" is missing', "    client_secret: {secret: erp}\n", ""),
    Case("CA007", "", "token_path: $.access_token", "token_path: ⟦access_token⟧"),
    Case(
        "CA002",
        'unknown key "effect"',
        "{http_method: post,",
        "{⟦effect⟧: read, http_method: post,",
    ),
    Case("CA004", '"oauth" is not one', "type: oauth_client_credentials", "type: ⟦oauth⟧"),
    Case(
        "CA004",
        "no header name",
        "    request:\n      http_method: get",
        "    request:\n      idempotency: {header: ⟦Idempotency Key⟧}\n      http_method: get",
    ),
    Case(
        "CA009",
        "is given twice",
        "    request:\n      http_method: get",
        "    request:\n      idempotency: {⟦header⟧: x-token}\n      http_method: get",
    ),
    Case(
        "CA004",
        "set by the connection itself",
        "    request:\n      http_method: get",
        "    request:\n      headers: {⟦Accept-Encoding⟧: gzip}\n      http_method: get",
    ),
    Case(
        "CA004",
        "out of range",
        "    match: user_id",
        "    limits: {total_seconds: ⟦61⟧}\n    match: user_id",
    ),
    Case(
        "CA004",
        "out of range",
        "    match: user_id",
        "    limits: {wire_mib: ⟦17⟧}\n    match: user_id",
    ),
    Case(
        "CA004",
        "100.5 is out of range",
        "    match: user_id",
        "    breakers: {cleared: ⟦100.5⟧}\n    match: user_id",
    ),
    Case(
        "CA004",
        "not a number",
        "    match: user_id",
        "    breakers: {cleared: ⟦1%⟧}\n    match: user_id",
    ),
    Case(
        "CA002",
        'unknown key "clear"',
        "    match: user_id",
        "    breakers: {⟦clear⟧: 1}\n    match: user_id",
    ),
    Case(
        "CA007",
        "",
        "    match: user_id",
        "    breakers: {ignored_paths: [$.a⟦..⟧b]}\n    match: user_id",
    ),
    Case(
        "CA002",
        'unknown key "seconds"',
        "    match: user_id",
        "    limits: {⟦seconds⟧: 3}\n    match: user_id",
    ),
    Case("CA004", "no IP address", "address: 10.0.0.7", "address: ⟦10.0.0⟧"),
    Case("CA004", "no IP address", "address: 10.0.0.7", 'address: ⟦"fe80::1%eth0"⟧'),
    Case("CA004", "no host name", "{host: lab,", '{host: ⟦"a lab"⟧,'),
    Case(
        "CA008",
        "lab:8443 stands here twice",
        "reason: a rig}]",
        "reason: a rig}, {host: ⟦LAB⟧, address: 10.0.0.8, port: 8443, reason: x}]",
    ),
    Case(
        "CA004",
        "the prefix contains a control character",
        'prefix: "Bearer "',
        'prefix: ⟦"Bear\\ner "⟧',
    ),
    Case("CA004", "a . or ..", "https://auth.erp.example/token", "⟦https://auth.erp.example/../t⟧"),
    Case("CA004", "not allowed in a URL", "auth.erp.example/token", "auth.erp.example/⟦ü⟧"),
    Case(
        "CA009",
        'status 401 is a success, and denies the token "erp"',
        "      tokens: [shop]\n    response:\n",
        "      tokens: [⟦erp⟧]\n    response:\n      success_when: {status: [200, 401]}\n",
    ),
    Case("CA003", '"reason" is missing', ", reason: a rig}", "}"),
    Case("CA403", "private network", SERVER, '      url: "https://⟦lab⟧/x"'),
    Case("CA403", "private network", SERVER, '      url: "https://⟦lab:8444⟧/x"'),
    Case(
        "CA004",
        "no header name",
        SAME_PERSON,
        "      success_when: {headers: {⟦X Ok⟧: fine}}\n" + SAME_PERSON,
    ),
    Case(
        "CA004",
        "expected a list",
        "    data_inputs: [{name: order, type: string, required: true}]",
        "    ⟦data_inputs⟧:",
    ),
    Case(
        "CA008",
        "belongs to the person in line 5",
        "- {user_id: u-1, email: ada@example.com,",
        "[{user_id: u-1}, ⟦{user_id: u-1, id: x}⟧]\n  # - {user_id: u-1,",
    ),
]


def faults_of(text: str) -> tuple[Finding, ...]:
    return load_project([SourceFile("a.yaml", text.encode())]).findings


def marked(text: str) -> tuple[str, tuple[int, int, int, int] | None]:
    """The text without its marks, and the span between them, counted from 1."""
    if "⟦" not in text:
        return text, None
    before, rest = text.split("⟦")
    inside, after = rest.split("⟧")
    start, end = _position(before), _position(before + inside)
    return before + inside + after, (*start, *end)


def _position(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def shaped(*texts: str) -> LoadedProject:
    return load_project([SourceFile(f"{n}.yaml", text.encode()) for n, text in enumerate(texts)])


TWELVE = """\
version: 1
attributes:
  tier: {data_type: strnig}
  points: {data_type: integer, option: [1]}
  since: {data_type: date}
servers:
  shop: {production: "http://api.shop.example"}
actions:
  loyalty:
    macth: user_id
    request:
      http_method: fetch
      server: shpo
      url: /v1/{{ person.emial }}
      tokens: [shop]
    response:
      success_when: {status: "200"}
      same_person: {path: email, equals: person.email}
      mapping:
        email: $.email
        since: $.since
        points: {path: "$.points", on_null: erase}
"""


def test_twelve_errors_are_reported_at_once() -> None:
    """An author fixes a file once, not twelve times; no error hides another."""
    places = [str(finding.place) for finding in faults_of(TWELVE)]
    expected = {
        "3:21", "4:32", "7:23", "10:5", "12:20", "13:15", "14:26", "15:16",
        "17:30", "18:27", "20:9", "21:9", "22:45",
    }  # fmt: skip
    assert expected == {place.removeprefix("a.yaml:") for place in places}
    assert len(expected) == len(places)


def list_keys(text: str) -> list[re.Match[str]]:
    """The keys of a file that stand at the beginning of a line or in a flow map."""
    return [*re.finditer(r"(?<=[ {])([a-z_]{4,})(?=:\s)", text)]


def test_a_misspelt_key_is_one_fault() -> None:
    """It is unknown, and not also missing: for every key of the example."""
    text = EXAMPLE.read_text()
    names = {"match", "request", "response", "http_method", "mapping", "path", "equals",
             "data_type", "type", "expect", "person"}  # fmt: skip
    tried = set()
    for key in list_keys(text):
        if key[0] not in names:
            continue
        slip = f"{key[0][:-2]}{key[0][-1]}{key[0][-2]}"  # two letters in the wrong order
        found = faults_of(text[: key.start()] + slip + text[key.end() :])
        assert "CA003" not in [finding.rule for finding in found], slip
        assert f'unknown key "{slip}"' in [finding.message for finding in found]
        tried.add(key[0])
    assert names == tried


def test_a_misspelt_mapping_is_one_fault() -> None:
    """What the tests expect is not also reported, unless no attribute has the name."""
    text = EXAMPLE.read_text()
    places = [key for key in list_keys(text) if key[0] == "mapping"]
    assert len(places) == 3
    for key in places:
        head, rest = text[: key.start()], text[key.end() :]
        assert ["CA002"] == [each.rule for each in faults_of(f"{head}maping{rest}")]
    unknown = text.replace("      mapping:", "      maping:", 1).replace(
        "200, attributes: {tier: gold", "200, attributes: {teir: gold", 1
    )
    assert ["CA002", "CA005"] == [each.rule for each in faults_of(unknown)]


def test_a_missing_key_is_still_reported_beside_another_mistake() -> None:
    """An unknown key stands for one name at most, and only for one that is like it."""
    messages = [finding.message for finding in faults_of(TWELVE.replace("macth", "colour"))]
    assert 'the key "match" is missing' in messages
    assert 'unknown key "colour"' in messages


INDENTED = """\
version: 1
attributes: {}
actions:
  loyalty:
    match: user_id
    request:
      http_method: get
      url: "https://a.example/{{ person.user_id }}"
    response: {}
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('      url: "', '       url: "'),
        ('      url: "', '     url: "'),
        ("      http_method", "       http_method"),
        ("    request:", "     request:"),
        ("    response", "   response"),
    ],
)
def test_bad_indentation_is_not_blamed_on_a_template(old: str, new: str) -> None:
    """Where the template is quoted, it is not what is wrong."""
    hints = [finding.hint for finding in faults_of(INDENTED.replace(old, new, 1))]
    assert hints
    assert not [hint for hint in hints if "template" in hint]
    unquoted = INDENTED.replace('"https://a.example/{{ person.user_id }}"', "{{ person.user_id }}")
    assert [hint for hint in (f.hint for f in faults_of(unquoted)) if "quote the template" in hint]


ALLOW = """\
version: 1
network:
  allow: [{host: erp.corp.local, address: 10.0.0.7, port: 8443, reason: our rig}]
attributes: {}
actions:
  loyalty: {match: user_id, request: {http_method: get, url: "https://URL/x"}, response: {}}
"""


ADD = "add to `network.allow` {host: db.internal, address: ADDRESS, port: 443, reason: a test service}"  # noqa: E501


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("erp.corp.local",
         "`network.allow` has erp.corp.local with port 8443, and this is port 443"),
        ("erp.corp.local:8444",
         "`network.allow` has erp.corp.local with port 8443, and this is port 8444"),
        ("erp.crop.local:8443", "`network.allow` has erp.corp.local, and this is erp.crop.local"),
        ("db.internal", f"use the service's public name; for one of your own, {ADD}"),
    ],
)  # fmt: skip
def test_a_private_host_names_the_entry_that_almost_fits(url: str, hint: str) -> None:
    """With another port, or misspelt."""
    found = [each for each in faults_of(ALLOW.replace("URL", url)) if each.rule == "CA403"]
    assert [hint] == [finding.hint for finding in found]
    good = ALLOW.replace("URL", "erp.corp.local:8443")
    assert "CA403" not in [finding.rule for finding in faults_of(good)]


def test_a_broken_declaration_is_reported_once() -> None:
    """One mistake, one finding."""
    text = BASE.replace(
        "tier: {data_type: string, options: [silver, gold], messenger_writable: false}",
        "tier: {data_type: x}",
    )
    assert ["CA004"] == [finding.rule for finding in faults_of(text)]


def keys_of(node: Node, schema: Schema) -> Iterator[ScalarNode]:
    """Every key of the format, in the whole document."""
    if isinstance(schema, EitherSchema):
        yield from keys_of(node, schema.long)
    elif isinstance(node, MapNode) and isinstance(schema, RecordSchema | TaggedUnion):
        record = schema if isinstance(schema, RecordSchema) else _tagged(node, schema)
        for key, value in node.entries:
            if not (isinstance(schema, TaggedUnion) and key.text == schema.tag):
                yield key
            yield from keys_of(value, record.fields[key.text].schema)
    elif isinstance(node, MapNode) and isinstance(schema, MapSchema):
        for _, value in node.entries:
            yield from keys_of(value, schema.value)
    elif isinstance(node, ListNode) and isinstance(schema, ListSchema):
        for item in node.items:
            yield from keys_of(item, schema.item)


def _tagged(node: MapNode, schema: TaggedUnion) -> RecordSchema:
    tag = next(value for key, value in node.entries if key.text == schema.tag)
    assert isinstance(tag, ScalarNode)
    return schema.records[tag.text]


def test_a_misspelt_key_anywhere_is_an_error_with_a_suggestion() -> None:
    """No key of the format is ever silently ignored, at any place."""
    text = EXAMPLE.read_text()
    root = parse_yaml(text.encode(), Diagnostics("a.yaml"))
    assert root is not None
    lines = text.splitlines(keepends=True)
    tried = 0
    for key in keys_of(root, FILE):
        line = lines[key.span.line]
        bad = line[: key.span.end_column] + "q" + line[key.span.end_column :]
        found = faults_of("".join([*lines[: key.span.line], bad, *lines[key.span.line + 1 :]]))
        assert any(
            f.rule == "CA002" and f'"{key.text}q"' in f.message and f'"{key.text}"?' in f.hint
            for f in found
        ), (key, found)
        tried += 1
    assert tried > 150


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[" * 100_000, "nested deeper"),
        (b"{" * 100_000, "nested deeper"),
        (b"- " * 100_000, "nested deeper"),
        (b"a: " * 100_000, "not YAML"),
        (b"", "empty"),
        (b"# only a comment\n", "empty"),
        (b"\xff\xfe", "not UTF-8"),
        (b"a: \x00", "U+0000"),
        (b"a" * (1024 * 1024 + 1), "1,048,577 bytes"),
        (b"- version: 1", "map of keys"),
        (b"just a text", "map of keys"),
        (b"version: 1\n\tactions: {}", "tabs"),
        (b"'", "not YAML"),
        (b"version: 1\nactions: {a: {b: [}", "not YAML"),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else value,
)
def test_an_invalid_action_file_is_always_a_finding(data: bytes, words: str) -> None:
    """Bad input gives an error message, neither a crash nor silence."""
    shaped = load_project([SourceFile("a.yaml", data)])
    assert shaped.project is None
    assert any(words in finding.message + finding.hint for finding in shaped.findings)


def test_files_of_a_folder_share_declarations_in_any_order() -> None:
    """The author may split a project into files in any way."""
    head, tail = BASE.split("actions:\n")
    first, second = head, "version: 1\nactions:\n" + tail
    one, other = shaped(first, second), shaped(second, first)
    assert ((), ()) == (one.findings, other.findings)
    assert one.project is not None
    assert other.project is not None
    assert one.project.actions["loyalty"].request == other.project.actions["loyalty"].request


def test_a_name_is_unique_in_a_folder() -> None:
    """With two actions of one name it would be random which one runs."""
    twice = shaped(BASE, BASE)
    assert {"CA008"} == {finding.rule for finding in twice.findings}
    assert {"1.yaml"} == {finding.place.file for finding in twice.findings if finding.place}


def test_the_environment_chooses_the_server() -> None:
    """The first one is the default; an unknown one is a usage error."""
    text = BASE.replace("[api.shop.example]", "[api.shop.example, staging.shop.example]")
    files = [SourceFile("a.yaml", text.encode())]
    bases = [
        project.actions["loyalty"].request.base
        for name in (None, "staging")
        if (project := load_project(files, name).project)
    ]
    assert ["https://api.shop.example", "https://staging.shop.example"] == bases
    with pytest.raises(UsageError, match='has an environment "stagign"'):
        load_project(files, "stagign")


def test_a_token_may_not_go_to_the_host_of_another_environment() -> None:
    """`hosts` applies in every environment."""
    found = load_project([SourceFile("a.yaml", BASE.encode())], "staging").findings
    assert ["CA303"] == [finding.rule for finding in found]


def test_an_allowed_host_is_allowed_only_with_its_port() -> None:
    """In a URL, and in the hosts of a token."""
    text = BASE.replace(SERVER, '      url: "https://lab:8443/x"').replace(
        "header: X-Token, hosts: [api.shop.example]", "header: X-Token, hosts: [lab]"
    )
    project = shaped(text).project
    assert project
    assert "lab" == project.actions["loyalty"].request.host
    assert [("lab", "10.0.0.7", 8443)] == [(o.host, o.address, o.port) for o in project.allowed]


def test_every_kind_of_token_is_loaded() -> None:
    """OAuth is a fetch like others: its own body, the bearer header, the usual places."""
    project = shaped(BASE).project
    assert project
    crm, erp, jwt = (project.tokens[name] for name in ("crm", "erp", "jwt"))
    assert crm.fetch
    assert erp.fetch
    assert ("auth.crm.example", "$.access_token") == (
        crm.fetch.request.host,
        crm.fetch.token_path.text,
    )
    assert ("Authorization", "Bearer ", "$.expires_in") == (
        erp.header, erp.prefix, str(erp.fetch.expires_in_path)
    )  # fmt: skip
    assert erp.fetch.request.body
    assert ["grant_type", "client_id", "client_secret"] == [*erp.fetch.request.body.content]
    assert (True, False, True, True) == (
        jwt.is_user_token,
        crm.is_user_token,
        jwt.is_runtime_value,
        crm.is_runtime_value,
    )


def test_the_base_file_has_no_errors() -> None:
    """Every case starts from a valid file, so that each error belongs to its case."""
    assert () == faults_of(BASE)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule} {case.words or case.new}")
def test_an_error_is_found_with_its_rule_and_exact_span(case: Case) -> None:
    """The span shows the place of the finding."""
    assert case.old in BASE
    text, span = marked(BASE.replace(case.old, case.new, 1))
    found = [f for f in faults_of(text) if f.rule == case.rule and case.words in f.message + f.hint]
    assert found, faults_of(text)
    place = found[0].place
    assert place is not None
    if span:
        assert (place.line, place.column, place.end_line, place.end_column) == span


@pytest.mark.parametrize(
    "text", ["9" * 500_000, "'" + "x" * 500_000 + "'", "[" + "1," * 90_000 + "1]"]
)
@pytest.mark.parametrize("key", ["version", "workspace", "actions"])
def test_a_message_is_never_as_long_as_the_file(key: str, text: str) -> None:
    """Half a megabyte of one value would hide all other findings."""
    other = "" if key == "version" else "version: 1\n"
    shaped = load_project([SourceFile("a.yaml", f"{other}{key}: {text}\n".encode())])
    assert shaped.findings
    assert all(len(finding.message) < 700 for finding in shaped.findings)
