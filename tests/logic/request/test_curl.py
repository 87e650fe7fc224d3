"""The printed curl command works: a real curl sends the same as our sender, for any values."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from msgspec.structs import replace

from cactions.edges.http.address_guard import NetworkRules
from cactions.edges.http.client import HttpSender
from cactions.logic.expressions.json_path import parse_path
from cactions.logic.request.call import CallSpec
from cactions.logic.request.curl import build_curl_command
from cactions.logic.request.curl_network import CurlNetwork
from cactions.logic.shell import QuotedWord, ShellVariable, quote_word
from cactions.model import (
    Action,
    ActionRequest,
    ActionResponse,
    AllowedAddress,
    BodyForm,
    Effect,
    FailureReason,
    Input,
    PersonAttribute,
    PersonField,
    PlanningError,
    Reference,
    RequestBody,
    SecretRef,
    Template,
    Token,
    TokenFetch,
)
from cactions.model.secret import Credentials, Secret
from tests.builders import ADA, person
from tests.requests import body, request_of, templated
from tests.servers import HOST, Server, answering, serving

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")

ODD = {
    "plain": "gold",
    "quotes": """it's a "quoted" `tick`""",
    "shell": "$HOME ${PATH} $(id) `id` ; | > < * ? ~ # ! !! \\ \\n \\\\",
    "urls": "a b+c%20d&e=f;g:h,i[1-3]{x,y}",
    "files": "@/etc/passwd",
    "dash": "-o out",
    "unicode": "Zoë ☃ 👩\u200d🚀 \u202eabc \u0301",
    "colon": "a:b: c",
}
LINES = {"lines": "one\n two\n\nthree", "ends in a line": "one\n", "tab": "a\tb"}


def asked(request: ActionRequest, value: str = "", *redacted: Reference) -> CallSpec:
    """For Ada, who has the value in an attribute; the data input has it, too."""
    who = replace(person(note=value, points=7, member=True), fields={**ADA, "phone": value or "x"})
    of = Action("loyalty", "user_id", request, ActionResponse(), redacted=frozenset(redacted))
    return CallSpec(of, who, {"order": value}, key="key-1")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(answering(b'{"access_token": "unseen"}')) as found:
        yield found


def base(server: Server) -> dict[str, Any]:
    return {"base": f"https://{HOST}:{server.port}", "host": HOST}


def ours(one: CallSpec, server: Server, held: Credentials) -> bytes:
    """What our sender sends."""
    live = HttpSender(NetworkRules((server.allowed(),), ca_file=server.ca_file))
    server.received.clear()
    live.send(one.build_request(held))
    live.close()
    return server.received[-1]


def run(script: str, server: Server, variables: Mapping[str, str]) -> int:
    """The script in a plain shell, with trust in the test server."""
    script = script.replace("curl --disable", f"curl --disable --cacert {server.ca_file}")
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", **variables}
    done = subprocess.run(
        ["sh", "-c", script], env=environment, capture_output=True, check=False, timeout=30
    )
    return done.returncode


def theirs(one: CallSpec, server: Server, variables: Mapping[str, str]) -> bytes:
    """What a real curl sends for the command."""
    server.received.clear()
    assert 0 == run(build_curl_command(one, CurlNetwork((server.allowed(),))), server, variables)
    return server.received[-1]


def meant(request: bytes) -> Any:
    """The meaning of a request, independent of its spelling."""
    head, _, content = request.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    method, target, _ = line.split(" ")
    path, _, query = target.partition("?")
    headers = dict(one.split(": ", 1) if ": " in one else (one.rstrip(":"), "") for one in lines)
    kept = {name.lower(): value for name, value in headers.items()
            if name.lower() not in {"user-agent", "accept-encoding", "connection",
                                    "content-length"}}  # fmt: skip
    if "urlencoded" in kept.get("content-type", ""):
        said: Any = parse_qsl(content.decode(), keep_blank_values=True)
    elif "json" in kept.get("content-type", ""):
        said = repr(json.loads(content))
    elif boundary := re.search("boundary=(.*)", kept.get("content-type", "")):
        said = content.replace(boundary[1].encode(), b"-")
        kept["content-type"] = "multipart/form-data"
    else:
        said = content
    segments = [unquote(part) for part in path.split("/")]
    return method, segments, parse_qsl(query, keep_blank_values=True), kept, said


FORMS: dict[str, Any] = {
    "query": {"query": {"q": "<{{ inputs.order }}>", "odd name&": "1", "empty": ""}},
    "form": {"method": "post", "body": body("form", {"a b&": "<{{ inputs.order }}>", "e": ""})},
    "JSON": {"method": "put", "body": body("json", {"a\"'": ["<{{ inputs.order }}>", 1.5, None]})},
    "text": {"method": "patch", "body": body("text", "<{{ inputs.order }}>\n'$HOME'\n")},
    "query and JSON": {"method": "post", "query": {"q": "{{ inputs.order }}"},
                       "body": body("json", "{{ inputs.order }}")},
    "GET with a body": {"method": "get", "body": body("form", {"x": "{{ inputs.order }}"})},
    "no body": {"method": "delete"},
    "repeated names": {"method": "post", "query": {"a": ["1", "{{ inputs.order }}", "1"], "b": "2"},
                       "body": body("form", {"c d": ["{{ inputs.order }}", ""], "e": "x"})},
    "fields": {"method": "post", "body": body("multipart", {"a b": "<{{ inputs.order }}>",
                                                            'c"': ["@x", "{{ inputs.order }}"]})},
    "empty form": {"method": "post", "body": body("form", {})},
}  # fmt: skip


@needs_curl
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("odd", ODD | LINES)
def test_curl_sends_the_same_request_as_our_sender(server: Server, form: str, odd: str) -> None:
    """Method, path, query, headers and body, for values that are special in shells and curl."""
    one = asked(request_of(**base(server), **FORMS[form]), (ODD | LINES)[odd])
    if form == "text" and odd == "tab":
        assert "\\011" in build_curl_command(one)  # a terminal would complete a word
    assert meant(ours(one, server, Credentials())) == meant(theirs(one, server, {}))


HEADERS = {name: text for name, text in ODD.items() if text.isascii()}


@needs_curl
@pytest.mark.parametrize("odd", HEADERS)
def test_a_header_arrives_unchanged(server: Server, odd: str) -> None:
    """Also an empty one."""
    headers = {"X-Odd": "<{{ inputs.order }}>", "X-Empty": ""}
    one = asked(request_of(**base(server), headers=headers), HEADERS[odd])
    assert meant(ours(one, server, Credentials())) == meant(theirs(one, server, {}))


@needs_curl
@pytest.mark.parametrize("path", ["/{{ person.user_id }}/[1-3]/{a,b}", "/a/./b", "/~x/(y)'!$&*"])
def test_a_path_arrives_unchanged(server: Server, path: str) -> None:
    """No globbing, and dot segments are not removed."""
    one = asked(request_of(**base(server), url=path))
    server.received.clear()
    assert 0 == run(build_curl_command(one, CurlNetwork((server.allowed(),))), server, {})
    target = (
        one.build_request(Credentials()).url.reveal().removeprefix(f"https://{HOST}:{server.port}")
    )
    assert target.encode() == server.received[-1].split(b" ")[1]


# Secrets

TEXT = Token("shop", "X-Shop-Token", (HOST,), "key ", value=SecretRef("shop_token"))
BASIC = Token("pay", "Authorization", (HOST,), username=SecretRef("user"),
              password=SecretRef("pay_password"))  # fmt: skip
HALF = Token("half", "Authorization", (HOST,), username="support", password=SecretRef("pw_x"))
USERS = Token("jwt", "X-User", (HOST,))

SECRET: dict[str, Any] = {
    "text token": ({"tokens": (TEXT,)}, {"SHOP_TOKEN": "shop_token"}),
    "basic": ({"tokens": (BASIC,)}, {"SECRET_USER": "user", "PAY_PASSWORD": "pay_password"}),
    "half of basic": ({"tokens": (HALF,)}, {"PW_X": "pw_x"}),
    "in JSON": (
        {"method": "post", "body": body("json", {"k": SecretRef("shop_token"), "n": [1]})},
        {"SHOP_TOKEN": "shop_token"},
    ),
    "in a form": (
        {"method": "post", "body": body("form", {"k": SecretRef("shop_token")})},
        {"SHOP_TOKEN": "shop_token"},
    ),
}  # fmt: skip


@needs_curl
@pytest.mark.parametrize("place", SECRET)
@pytest.mark.parametrize("odd", HEADERS)
def test_a_secret_is_a_variable_and_arrives_unchanged(server: Server, place: str, odd: str) -> None:
    """Whatever it holds; the command itself does not hold it."""
    parts, variables = SECRET[place]
    value = HEADERS[odd].replace(":", ";") if "basic" in place else HEADERS[odd]
    secrets = {name: Secret(name, value) for name in variables.values()}
    one = asked(request_of(**base(server), **parts))
    sent = theirs(one, server, dict.fromkeys(variables, value))
    assert meant(ours(one, server, Credentials(secrets))) == meant(sent)
    assert value not in build_curl_command(one) or odd == "plain"


@needs_curl
@pytest.mark.parametrize("place", SECRET)
def test_nothing_is_sent_while_a_variable_is_empty(server: Server, place: str) -> None:
    """A request without its secret would reveal data for no use."""
    parts, _ = SECRET[place]
    server.received.clear()
    assert 0 != run(
        build_curl_command(
            asked(request_of(**base(server), **parts)), CurlNetwork((server.allowed(),))
        ),
        server,
        {},
    )
    assert [] == server.received


def crm(server: Server) -> Token:
    """A token that is fetched with a secret."""
    form = RequestBody(BodyForm.FORM, {"id": templated("app"), "secret": SecretRef("crm_secret")})
    fetch = request_of(url="/token", method="post", **base(server), body=form)
    path = parse_path("$.access_token")
    return Token("crm", "Authorization", (HOST,), "Bearer ", fetch=TokenFetch(fetch, path))


@needs_curl
def test_the_first_command_fetches_the_token(server: Server) -> None:
    """The first run prints the answer and stops; with the variable set, the call is made."""
    one = asked(request_of(**base(server), tokens=(crm(server), USERS)))
    script = build_curl_command(one, CurlNetwork((server.allowed(),)))
    server.received.clear()
    assert 0 != run(script, server, {"CRM_SECRET": "s & x", "JWT_TOKEN": "mine"})
    [fetched] = server.received
    assert ("POST", [("id", "app"), ("secret", "s & x")]) == (meant(fetched)[0], meant(fetched)[4])
    variables = {"CRM_TOKEN": "abc", "JWT_TOKEN": "mine"}
    sent = theirs(one, server, variables)
    assert 1 == len(server.received)
    held = {"crm": Secret("crm", "abc"), "jwt": Secret("jwt", "mine")}
    assert meant(ours(one, server, Credentials({}, held))) == meant(sent)


@needs_curl
def test_every_curl_call_has_a_new_idempotency_key(server: Server) -> None:
    """32 hex digits, different each time."""
    request = request_of(
        **base(server), method="post", effect=Effect.WRITE, idempotency="Idempotency-Key"
    )
    one = asked(request)
    keys = [meant(theirs(one, server, {}))[3]["idempotency-key"] for _ in range(2)]
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)
    assert 2 == len(set(keys))
    assert build_curl_command(one).startswith("# This request may change data at the service.\n")


# Hidden values

NOTE, PHONE = PersonAttribute("note"), PersonField("phone")
POINTS, MEMBER = PersonAttribute("points"), PersonAttribute("member")
HIDDEN: dict[str, Any] = {
    "query": {"query": {"q": "a {{ person.attributes.note }}"}},
    "path": {"url": "/v1/{{ person.phone }}/x"},
    "form": {"method": "post", "body": body("form", {"f": "a {{ person.phone }}"})},
    "JSON": {"method": "post", "body": body("json", {
        "a": "{{ person.phone }}", "n": "{{ person.attributes.points }}",
        "m": "{{ person.attributes.member }}", "t": '" {{ person.attributes.points }}"',
    })},
    "text": {"method": "post", "body": body("text", "{{ person.attributes.note }}\n")},
    "header": {"headers": {"X-A": "{{ person.phone }}"}},
}  # fmt: skip


@needs_curl
@pytest.mark.parametrize("place", HIDDEN)
@pytest.mark.parametrize("odd", ODD)
def test_a_redacted_value_is_a_variable_and_arrives_unchanged(
    server: Server, place: str, odd: str
) -> None:
    """The command itself encodes it if its place needs that."""
    value = ODD[odd]
    if place == "path":
        value = re.sub(r"[/\\%?#;]", "", value)
    if place == "header" and not value.isascii():
        return
    one = asked(request_of(**base(server), **HIDDEN[place]), value, NOTE, PHONE, POINTS, MEMBER)
    variables = {"PERSON_PHONE": value, "PERSON_ATTRIBUTES_NOTE": value,
                 "PERSON_ATTRIBUTES_POINTS": "7", "PERSON_ATTRIBUTES_MEMBER": "true"}  # fmt: skip
    assert meant(ours(one, server, Credentials())) == meant(theirs(one, server, variables))
    assert value not in build_curl_command(one)


def test_a_hidden_value_with_a_line_break_in_json_is_refused() -> None:
    """A line break in a value that may not be shown."""
    request = request_of(method="post", body=body("json", {"a": "{{ person.phone }}"}))
    with pytest.raises(PlanningError) as caught:
        build_curl_command(asked(request, "a\nb", PHONE))
    assert (FailureReason.UNFIT_VALUE, False) == (caught.value.reason, "a\nb" in str(caught.value))


def test_an_attribute_name_cannot_end_its_comment() -> None:
    """Attributes may have any name."""
    evil = PersonAttribute("x\nrm -rf ~\n'")
    request = request_of(query={"q": "{{ inputs.order }}"})
    request = replace(request, query={"q": Template((evil,))})
    one = asked(request, "v", evil)
    who = replace(one.person, attributes={evil.name: "unseen"})
    lines = build_curl_command(replace(one, person=who)).splitlines()
    assert not [line for line in lines if line.startswith("rm")]
    assert "unseen" not in "".join(lines)


def test_text_that_looks_like_a_marker_is_unchanged() -> None:
    """In the author's text and in a person's value."""
    request = request_of(query={"q": "marker0z {{ inputs.order }}"}, tokens=(TEXT,))
    command = build_curl_command(asked(request, "markerx0z"))
    assert "q=marker0z%20markerx0z" in command
    assert '"X-Shop-Token: key ${SHOP_TOKEN:?}"' in command


def test_a_secret_variable_never_has_a_reserved_shell_name() -> None:
    """HOME, PATH, 2FA: each gets another name, and two similar names stay different."""
    names = ["home", "path", "2fa_code", "a-b", "a_b", "ü"]
    content = [SecretRef(name) for name in names]
    request = request_of(method="post", body=RequestBody(BodyForm.JSON, content))
    comments = re.findall(r"# (\w+): the secret (.+)", build_curl_command(asked(request)))
    expected = [("SECRET_HOME", "home"), ("SECRET_PATH", "path"), ("SECRET_2FA_CODE", "2fa_code"),
                ("A_B", "a-b"), ("A_B_2", "a_b"), ("SECRET_", "ü")]  # fmt: skip
    assert expected == comments


def test_an_explicitly_allowed_address_is_passed_to_curl() -> None:
    """IPv6 addresses in brackets; other allowed hosts are not passed."""
    ways = [AllowedAddress("shop.internal", "fd00::5", 8443, "x"),
            AllowedAddress("shop.internal", "10.0.0.5", 443, "x")]  # fmt: skip
    request = request_of(base="https://shop.internal:8443")
    command = build_curl_command(asked(request), CurlNetwork(tuple(ways)))
    assert "--resolve 'shop.internal:8443:[fd00::5]' \\" in command
    assert "10.0.0.5" not in command


def test_a_ca_file_and_a_proxy_are_passed_to_curl() -> None:
    """Quoted for the shell; without them, curl looks for its own ways."""
    network = CurlNetwork((), "/a folder/ca.pem", "http://127.0.0.1:8080")
    command = build_curl_command(asked(request_of()), network)
    assert "--cacert '/a folder/ca.pem' \\" in command
    assert "--proxy http://127.0.0.1:8080 \\" in command
    assert "--cacert" not in build_curl_command(asked(request_of()))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["a"], "a"),
        ([""], "''"),
        (["X-A: ", ShellVariable("B")], '"X-A: ${B:?}"'),
        (["it's ", ShellVariable("B"), "!"], "'it'\"'\"'s '\"${B:?}\"'!'"),
        (["a\x1bb"], "a\"$(printf '\\033')\"b"),
        ([ShellVariable("B", QuotedWord.JSON)], '"$(printf %s "$B" | sed \'s/["\\\\]/\\\\&/g\')"'),
    ],
)
def test_a_quoted_word_is_one_argument(parts: list[Any], expected: str) -> None:
    """Quoted as little as is safe."""
    assert expected == quote_word(parts)


def test_redacted_inputs_are_hidden() -> None:
    """Every redacted input."""
    one = asked(request_of(query={"q": "{{ inputs.order }}"}), "unseen", Input("order"))
    assert "unseen" not in build_curl_command(one)
