"""Client certificates in action files: what is read, what is refused, and what it is part of."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from cactions.logic.definition.digest import digest_definition, list_secrets
from cactions.logic.definition.file_text import write_definition
from cactions.logic.project import LoadedProject, SourceFile, load_project
from cactions.logic.vault.missing_secrets import find_missing_secrets
from cactions.logic.vault.secret_hosts import list_secret_hosts
from cactions.logic.vault.token_binding import list_binders
from cactions.model import Project
from tests.client_certificates import make_pair
from tests.definitions import action, file, request

FIRST, SECOND = make_pair("first"), make_pair("second")
PEM = FIRST.presented.certificate
KEY = {"secret": "shop_key"}
FETCH = {
    "type": "http_request",
    "request": {
        "http_method": "post",
        "url": "https://auth.shop.example/token",
        "client_certificate": {"certificate": PEM, "key": {"secret": "fetch_key"}},
    },
    "token_path": "$.access_token",
    "header": "Authorization",
    "hosts": ["api.shop.example"],
}


def load(certificate: Any, **tokens: Any) -> LoadedProject:
    asked = request(client_certificate=certificate, tokens=[*tokens])
    text = file(action(asked), tokens=tokens) if tokens else file(action(asked))
    return load_project([SourceFile("actions.yaml", text.encode())], None)


def require(pem: str = PEM, key: str = "shop_key") -> Project:
    found = load({"certificate": pem, "key": {"secret": key}})
    assert found.project, found.findings
    return found.project


def get_digest(project: Project) -> str:
    [found] = project.actions.values()
    return digest_definition(found, project)


def write_pem(size: int) -> str:
    """A block of so many bytes, in the lines of its standard."""
    lines = b64encode(b"\x30" * size, b"+/").decode()
    wrapped = "\n".join(lines[at : at + 64] for at in range(0, len(lines), 64))
    return f"-----BEGIN CERTIFICATE-----\n{wrapped}\n-----END CERTIFICATE-----\n"


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda pem: pem,
    "CR LF": lambda pem: pem.replace("\n", "\r\n"),
    "spaces around": lambda pem: f"\n  {pem.rstrip()}",
    "no end of the line": lambda pem: pem.rstrip(),
    "one line": lambda pem: pem.replace("\n", " "),
    "empty lines": lambda pem: pem.replace("\n", "\n \n"),
    "spaces before each line": lambda pem: pem.replace("\n", "\n    "),
    "spaces after each line": lambda pem: pem.replace("\n", "  \n"),
    "padding on its own line": lambda pem: pem.replace("=", "\n=", 1),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spaces_and_line_ends_change_nothing(spelling: str) -> None:
    """What is presented has the lines of its standard, however many characters fill its end."""
    for pem in (PEM, *map(write_pem, range(600, 651))):
        [found] = require(SPELLINGS[spelling](pem)).actions.values()
        presented = found.request.client_certificate
        assert presented
        assert (pem, "shop_key") == (presented.certificate, presented.key.name)
        assert found.request.has_credential


def test_the_authorities_stand_behind_it() -> None:
    chain = PEM + SECOND.presented.certificate
    [found] = require(chain).actions.values()
    assert found.request.client_certificate
    assert found.request.client_certificate.certificate == chain


SHORT, LONG = write_pem(600), write_pem(601)
PADDED = SHORT.replace("\n-----END", "=\n-----END")
FAULTS = (
    ({"certificate": PEM + FIRST.key, "key": KEY}, "CA301", "a private key never stands"),
    ({"certificate": FIRST.key, "key": KEY}, "CA301", "a private key never stands"),
    ({"certificate": FIRST.key.replace("PRIVATE", "PRIVTE"), "key": KEY}, "CA301", "a private key"),
    ({"certificate": "".join(FIRST.key.splitlines(keepends=True)[1:-1]), "key": KEY}, "CA301",
     "a private key never stands in the file"),
    ({"certificate": "cert.pem", "key": KEY}, "CA004", "this is no certificate in PEM"),
    ({"certificate": PEM[:-30], "key": KEY}, "CA004", "this is no certificate in PEM"),
    ({"certificate": f"{PEM}x", "key": KEY}, "CA004", "this is no certificate in PEM"),
    ({"certificate": LONG.replace("=", ""), "key": KEY}, "CA004", "this is no certificate"),
    ({"certificate": LONG.replace("D", "=", 1), "key": KEY}, "CA004", "this is no certificate"),
    ({"certificate": PADDED, "key": KEY}, "CA004", "this is no certificate"),
    ({"certificate": SHORT + "=", "key": KEY}, "CA004", "this is no certificate"),
    ({"certificate": PEM}, "CA003", 'the key "key" is missing'),
    ({"key": KEY}, "CA003", 'the key "certificate" is missing'),
    ({"certificate": PEM, "key": FIRST.key}, "CA301", "a secret never stands in the file"),
    ({"certificate": PEM, "key": "key.pem"}, "CA301", "a secret never stands in the file"),
)  # fmt: skip


@pytest.mark.parametrize(("certificate", "rule", "message"), FAULTS)
def test_what_cannot_be_presented_is_named(certificate: Any, rule: str, message: str) -> None:
    """Nothing of a key is quoted."""
    found = load(certificate)
    assert found.project is None
    told = [(each.rule, each.message[: len(message)]) for each in found.findings]
    assert (rule, message) in told
    assert FIRST.key[40:60] not in str(found.findings)


def test_the_certificate_and_the_name_of_its_key_are_part_of_the_definition() -> None:
    """Another one is another definition; what is published has it."""
    digests = {
        get_digest(require()),
        get_digest(require(SECOND.presented.certificate)),
        get_digest(require(key="other_key")),
        get_digest(require(PEM + SECOND.presented.certificate)),
    }
    assert len(digests) == 4
    project = require()
    [found] = project.actions.values()
    asked = request(client_certificate={"certificate": PEM, "key": KEY})
    files = [SourceFile("actions.yaml", file(action(asked)).encode())]
    text = write_definition(files, found, project)
    [again] = load_project([SourceFile("a", text.encode())], None).findings or [None]
    assert again is None
    assert PEM.splitlines()[1] in text
    assert "shop_key" in list_secrets(found)


def test_its_key_is_bound_to_the_host_as_secrets_are() -> None:
    """In an action and in the fetch of a token, which it binds."""
    project = load({"certificate": PEM, "key": KEY}, crm=FETCH).project
    assert project
    assert {"shop_key", "fetch_key"} <= list_secret_hosts(project).keys()
    assert list_secret_hosts(project)["fetch_key"] == ("auth.shop.example",)
    assert list_binders(project.tokens["crm"]) == ("fetch_key",)
    missing = [each.message for each in find_missing_secrets(project, ())]
    assert {True} == {
        any(f'"{name}" is not in the vault' in each for each in missing)
        for name in ("shop_key", "fetch_key")
    }


@pytest.mark.parametrize("name", ["certificate", "cert", "mutual_tls"])
def test_other_words_for_it_are_told_the_right_one(name: str) -> None:
    text = file(action(request(**{name: {"secret": "s"}})))
    [found] = load_project([SourceFile("actions.yaml", text.encode())], None).findings
    assert ("CA002", f'unknown key "{name}"') == (found.rule, found.message)
    assert "client_certificate: {certificate: PEM, key: {secret: NAME}}" in found.hint


def test_tokens_that_no_request_shows_are_told_where_it_stands() -> None:
    token = {"type": "text", "value": {"secret": "s"}, "header": "X", "hosts": ["api.shop.example"]}
    found = load(None, t={**token, "client_certificate": {"certificate": PEM, "key": KEY}})
    hints = [each.hint for each in found.findings if each.rule == "CA002"]
    assert [True] == ["of a token of the type http_request" in hint for hint in hints]
