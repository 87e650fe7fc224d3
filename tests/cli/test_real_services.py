"""What support teams' services answer, as one small action each: the kinds that once went wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli

HOST = "https://api.shop.example"
EMAIL = "ada@example.com"
PROOF = {"path": "$.email", "equals": "person.email", "verified": "the shop confirms addresses"}


def flat(text: str) -> str:
    return " ".join(text.split())


class Case(NamedTuple):
    """A mapping, an answer, and what the preview says; ``code`` is that of ``diff``."""

    mapping: dict[str, Any]
    body: Any
    shown: str
    code: int = Exit.CLEAN
    response: dict[str, Any] | None = None
    status: int = 200


NOTE = {"path": "$.tier", "max_length": 20}
GRAPHQL = {"success_when": {"body": [{"path": "$.errors", "absent": True}]}}
NULLED = {"note": {"path": "$.data.tier", "on_null": "clear", "max_length": 9}}
SUBSCRIPTION = {"email": EMAIL, "status": "active", "created_at": "2024-03-01T00:00:00Z"}
CANCELLED = {"email": EMAIL, "status": "cancelled", "created_at": "2023-03-01T00:00:00Z"}
NEWEST = {
    "rows": {"path": "$.all[*]", "where": {"$.email": "person.email"}, "newest": "$.created_at"}
}
PICKED = {"note": {"in": "$.meta[*]", "is": {"$.key": "tier"}, "path": "$.value", "max_length": 20}}
CREATED = "$.created"

CASES = {
    "an empty text is a value": Case(
        {"note": {"path": "$.tier", "values": {"": "none", "A": "gold"}}},
        {"tier": ""}, 'note old → "none"',
    ),
    "zero is often no date": Case(
        {"d": {"path": "$.at", "date": "unix_s"}}, {"at": 0}, "1 January 1970 often stands for no"
    ),
    "errors beside data": Case(
        NULLED, {"errors": [{"message": "timeout"}], "data": {"tier": None}},
        "`success_when.body` says when", Exit.FINDINGS, GRAPHQL,
    ),
    "no errors beside data": Case(
        NULLED, {"data": {"tier": "gold"}}, "note old → gold", response=GRAPHQL
    ),
    "a value by its key": Case(
        PICKED, {"meta": [{"key": "x", "value": "9"}, {"key": "tier", "value": "gold"}]},
        "note old → gold",
    ),
    "two values with one key": Case(
        PICKED, {"meta": [{"key": "tier", "value": "a"}, {"key": "tier", "value": "b"}]}, "2 ",
        Exit.FINDINGS,
    ),
    "the newest of many": Case(
        {"note": {"path": "$.status", "max_length": 20}}, {"all": [CANCELLED, SUBSCRIPTION]},
        "note old → active", response=NEWEST,
    ),
    "two that are equally new": Case(
        {"note": {"path": "$.status", "max_length": 20}}, {"all": [SUBSCRIPTION, SUBSCRIPTION]},
        "refused", Exit.FINDINGS, NEWEST,
    ),
    "a date without a zone": Case(
        {"d": {"path": CREATED, "date": {"form": "iso8601", "zone": "UTC"}}},
        {"created": "2017-03-21T19:09:28"}, "2017-03-21T19:09:28Z",
    ),
    "a date of mail": Case(
        {"d": {"path": CREATED, "date": "rfc2822"}},
        {"created": "Wed, 10 Jan 2018 21:05:30 +0000"}, "2018-01-10T21:05:30Z",
    ),
    "there is no such person": Case(
        {"note": NOTE}, {"error": "not found"}, "clear note old", status=404,
        response={"nothing_when": {"status": 404}, "on_nothing": "clear"},
    ),
    "a proof in other capitals": Case(
        {"note": NOTE}, {"email": "Ada@example.com", "tier": "gold"}, "write `case: any`",
        Exit.FINDINGS,
    ),
    "capitals that the service folds": Case(
        {"note": NOTE}, {"email": "Ada@example.com", "tier": "gold"}, "note old → gold",
        response={"same_person": {**PROOF, "case": "any"}},
    ),
}  # fmt: skip


def write_project(home: Path, action: dict[str, Any], **more: Any) -> None:
    person = {
        "user_id": "u-1", "name": "Ada", "email": EMAIL, "test": True,
        "attributes": {"note": "old", "d": 1577836800},
    }  # fmt: skip
    fixed = {"messenger_writable": False}
    document = {
        "version": 1,
        "workspace": {"identity_verification": "jwt", "people": [person]},
        "attributes": {
            "note": {"data_type": "string", **fixed}, "d": {"data_type": "date", **fixed}
        },
        "actions": {"a": {"match": "user_id", **action}},
        **more,
    }  # fmt: skip
    (home / "actions.yaml").write_text(json.dumps(document, indent=1))


@pytest.mark.parametrize("name", CASES)
def test_what_a_service_answers_is_planned_or_refused(cli: Cli, home: Path, name: str) -> None:
    """Exactly as the action says, and told as what it is."""
    case = CASES[name]
    request = {"http_method": "get", "url": f"{HOST}/c/{{{{ person.user_id }}}}"}
    response = {"same_person": PROOF, "mapping": case.mapping, **(case.response or {})}
    write_project(home, {"request": request, "response": response})
    body = case.body if "email" in case.body else {"email": EMAIL, **case.body}
    asked = {"method": "GET", "uri": f"{HOST}/c/u-1", "body": None, "headers": {}}
    answered = {
        "status": {"code": case.status, "message": None}, "headers": {},
        "body": {"string": json.dumps(body)},
    }  # fmt: skip
    cassette = {"version": 1, "interactions": [{"request": asked, "response": answered}]}
    (home / "cassettes" / "a.json").write_text(json.dumps(cassette))
    done = cli("diff", "a", "--person", "u-1", "--replay")
    assert case.code == done.code, done.out + done.err
    assert case.shown in flat(done.out + done.err)


PATHS = (
    "/rest/default/V1/customers/{}", "/services/data/v58.0/sobjects/Contact/External_Id__c/{}",
    "/api/v2/Customers/ByExternalId/{}", "/OData/V4/Business_Partner__Set/{}",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_an_ordinary_path_is_no_secret(cli: Cli, home: Path, path: str) -> None:
    """Words, a version and underscores; one segment of a key still is."""
    response = {"same_person": PROOF, "mapping": {"note": NOTE}}
    for key, code in (("", Exit.CLEAN), ("/sk_live_4eC39HqLyjWDarjtT1zdp7dc", Exit.FINDINGS)):
        url = HOST + key + path.format("{{ person.user_id }}")
        write_project(home, {"request": {"http_method": "get", "url": url}, "response": response})
        done = cli("validate")
        assert (code, bool(key)) == (done.code, "CA301" in done.out + done.err)


REQUESTS: dict[str, tuple[dict[str, Any], str]] = {
    "a name twice": (
        {"query": {"property": ["lifecyclestage", "email"]}},
        "property=lifecyclestage&property=email",
    ),
    "a body of XML": (
        {
            "http_method": "post", "headers": {"Content-Type": "text/xml"}, "effect": "read",
            "text": "<Id>{{ person.user_id }}</Id>",
        },
        "<Id>a&lt;b&amp;c</Id>",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
def test_what_is_sent_is_what_the_service_reads(cli: Cli, home: Path, name: str) -> None:
    """A value never changes the structure."""
    request, shown = REQUESTS[name]
    asked = {"http_method": "get", "url": f"{HOST}/c", **request}
    write_project(
        home, {"request": asked, "response": {"same_person": PROOF, "mapping": {"note": NOTE}}}
    )
    path = home / "actions.yaml"
    path.write_text(path.read_text().replace('"u-1"', '"a<b&c"'))
    done = cli("request", "a", "--person", "a<b&c")
    assert Exit.CLEAN == done.code, done.err
    assert shown in done.out


TOKENS: dict[str, dict[str, Any]] = {
    "a key without a password": {"type": "basic", "username": {"secret": "key"}},
    "a password without a user": {"type": "basic", "password": {"secret": "key"}},
    "a client in the header": {
        "type": "oauth_client_credentials", "token_url": "https://auth.shop.example/token",
        "client_id": "abc", "client_secret": {"secret": "s"}, "client_auth": "basic",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_is_sent_as_the_service_asks_for_it(cli: Cli, home: Path, name: str) -> None:
    """Each is an action without a finding."""
    request = {"http_method": "get", "url": f"{HOST}/c/{{{{ person.user_id }}}}", "tokens": ["t"]}
    write_project(
        home,
        {"request": request, "response": {"same_person": PROOF, "mapping": {"note": NOTE}}},
        tokens={"t": {**TOKENS[name], "hosts": ["api.shop.example"]}},
    )
    done = cli("validate")
    assert Exit.CLEAN == done.code, done.out + done.err
