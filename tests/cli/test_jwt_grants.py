"""Tokens that are fetched by a JWT: what a service receives, and what nobody may see."""

from __future__ import annotations

import base64
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Done, Say
from tests.cli.test_live_calls import DIFF, RUN
from tests.private_keys import write_pem, write_public_pem
from tests.projects import ABOUT_ADA, project, write
from tests.servers import HOST, Server, Talk, serving
from tests.written_files import read_files

BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLIENT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FETCHED = "ya29.fetched-token-0123456789"
HS_SECRET = "an-hs256-secret-of-32-characters!"
KEYS = {"RS256": write_pem, "ES256": write_pem, "HS256": lambda _: HS_SECRET}
PUBLIC = {"RS256": write_public_pem, "ES256": write_public_pem, "HS256": lambda _: HS_SECRET}

Sealed = Callable[..., Done]


class TokenService:
    """A token endpoint and an API; it keeps the form of each fetch. ``echo`` adds to answers."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.echo: tuple[str, ...] = ()

    @property
    def assertions(self) -> list[str]:
        fields = ("assertion", "client_assertion")
        return [form[name] for form in self.forms for name in fields if name in form]

    def behave(self, talk: Talk) -> None:
        while request := talk.request():
            path, body = request.split()[1], request.partition(b"\r\n\r\n")[2].decode()
            if path == b"/token":
                self.forms.append({name: value for name, [value] in parse_qs(body).items()})
                answer: dict[str, Any] = {"access_token": FETCHED, "expires_in": 3600}
            else:
                assert f"Bearer {FETCHED}".encode() in request
                answer = json.loads(ABOUT_ADA)
            answer["note"] = [*self.echo, *self.assertions, FETCHED]
            body = json.dumps(answer)
            talk.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())


@pytest.fixture
def service() -> TokenService:
    return TokenService()


@pytest.fixture
def server(service: TokenService, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving(service.behave) as server:
        monkeypatch.setenv("CACTIONS_CA_FILE", str(server.ca_file))
        yield server


def write_grant(home: Path, server: Server, algorithm: str, **parts: Any) -> None:
    document = project(server, tokens=["google"])
    document["tokens"] = {
        "google": {
            "type": "oauth_jwt_bearer",
            "token_url": server.url("/token"),
            "key": {"secret": "google_key"},
            "algorithm": algorithm,
            "claims": {"iss": "robot@acme.example", "aud": server.url("/token"), "scope": "a b"},
            "hosts": [HOST],
            **parts,
        }
    }
    write(home, document)


def seal(say: Say, value: str, options: str = f"--host {HOST} --token-host {HOST}") -> Done:
    assert say("vault init --name ada").code == Exit.CLEAN
    return say(f"vault seal google_key {options}", value)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "HS256"])
def test_a_token_is_fetched_with_a_jwt(
    algorithm: str, say: Say, home: Path, server: Server, service: TokenService
) -> None:
    """RFC 7523, 2.1: the library of others accepts its signature, its times are those of now."""
    write_grant(home, server, algorithm, key_id="k-1", lifetime_seconds=90, jti=True)
    assert seal(say, KEYS[algorithm](algorithm)).code == Exit.CLEAN
    done = say(DIFF)
    assert (Exit.CLEAN, "") == (done.code, "" if "silver → gold" in done.out else done.out)
    [form] = service.forms
    assert {"grant_type", "assertion"} == form.keys()
    assert form["grant_type"] == BEARER
    signed = form["assertion"]
    assert {"alg": algorithm, "typ": "JWT", "kid": "k-1"} == jwt.get_unverified_header(signed)
    claims = jwt.decode(
        signed, PUBLIC[algorithm](algorithm), algorithms=[algorithm], audience=server.url("/token")
    )
    assert claims.keys() == {"iss", "aud", "scope", "iat", "exp", "jti"}
    assert claims["exp"] - claims["iat"] == 90
    assert abs(time.time() - claims["iat"]) < 60
    assert say(DIFF).code == Exit.CLEAN
    assert len({jwt.decode(each, options={"verify_signature": False})["jti"]
                for each in service.assertions}) == 2  # fmt: skip


def test_a_client_proves_by_a_jwt_who_it_is(
    say: Say, home: Path, server: Server, service: TokenService
) -> None:
    """RFC 7523, 2.2: iss and sub are the client, aud is the endpoint; there is always a jti."""
    document = project(server, tokens=["crm"])
    token = document["tokens"]["crm"]
    del token["client_secret"]
    token |= {"client_auth": "private_key_jwt", "key": {"secret": "google_key"}, "scope": "read"}
    write(home, document)
    assert seal(say, write_pem("RS256")).code == Exit.CLEAN
    assert say(DIFF).code == Exit.CLEAN
    [form] = service.forms
    signed = form.pop("client_assertion")
    assert form == {
        "grant_type": "client_credentials", "client_id": "support", "scope": "read",
        "client_assertion_type": CLIENT,
    }  # fmt: skip
    url = server.url("/token")
    claims = jwt.decode(signed, write_public_pem("RS256"), algorithms=["RS256"], audience=url)
    assert ("support", "support", url) == (claims["iss"], claims["sub"], claims["aud"])
    assert len(claims["jti"]) == 32


def test_nothing_shows_the_key_the_jwt_or_the_token(
    say: Say, home: Path, server: Server, service: TokenService
) -> None:
    """Not even where the service repeats them in every answer, line by line."""
    pem = write_pem("RS256")
    lines = pem.splitlines()[1:-1]
    write_grant(home, server, "RS256")
    texts = [seal(say, pem)]
    service.echo = (pem, "".join(lines), *lines)
    commands = (
        DIFF, f"{DIFF} --show-answer --show-others", f"{DIFF} --json", RUN, "test --live",
        "tokens test google", "tokens test google --json", "tokens test google --show-answer",
        "request loyalty --person u-1", "request loyalty --person u-1 --curl",
        "runs show last --json", "vault list", "test --record --yes",
    )  # fmt: skip
    texts += [say(command) for command in commands]
    assert {0} == {done.code for done in texts}, [done.err for done in texts if done.code]
    shown = "".join(done.out + done.err for done in texts)
    files = b"".join(read_files(home).values())
    assert len(service.assertions) >= 6
    middles = [signed.split(".") for signed in service.assertions]
    hidden = [pem, *lines[1:], FETCHED, *(part for parts in middles for part in parts[1:])]
    for text in hidden:
        encoded = base64.b64encode(text.encode()).decode()[2:-4]
        for form in (text, json.dumps(text)[1:-1], encoded):
            assert form not in shown
            assert form.encode() not in files


def test_a_key_is_never_sent(say: Say, home: Path, server: Server, service: TokenService) -> None:
    """Wherever a changed file names it: in a header, a body or as a password."""
    assert seal(say, write_pem("ES256"), f"--host {HOST}").code == Exit.CLEAN
    places: tuple[dict[str, Any], ...] = (
        {"type": "text", "value": {"secret": "google_key"}, "header": "X-Key", "hosts": [HOST]},
        {"type": "basic", "password": {"secret": "google_key"}, "hosts": [HOST]},
        {"type": "oauth_client_credentials", "token_url": server.url("/token"), "client_id": "a",
         "client_secret": {"secret": "google_key"}, "hosts": [HOST]},
    )  # fmt: skip
    for token in places:
        document = project(server, tokens=["stolen"])
        document["tokens"] = {"stolen": token}
        write(home, document)
        done = say(DIFF)
        assert done.code != Exit.CLEAN
        assert "nothing" in done.err or "not sent" in done.err
        assert "google_key" in done.err
    document = project(server, tokens=[], http_method="post", effect="read")
    document["actions"]["loyalty"]["request"]["json"] = {"a": {"secret": "google_key"}}
    write(home, document)
    done = say(DIFF)
    assert "is a private key, which signs and is never sent" in " ".join(done.err.split())
    assert [] == server.received


NEEDS = {
    "RS256": "an RSA private key",
    "ES256": "a private key of the curve P-256",
    "HS256": "a secret text, not a private key",
}


@pytest.mark.parametrize("algorithm", NEEDS)
def test_a_key_that_does_not_fit_is_named_before_a_call(
    algorithm: str, say: Say, home: Path, server: Server
) -> None:
    """What it needs is said, nothing of the key, and nothing is sent."""
    write_grant(home, server, algorithm)
    assert seal(say, HS_SECRET).code == Exit.CLEAN
    for kind in NEEDS.keys() - {algorithm}:
        assert say("vault rotate google_key", KEYS[kind](kind)).code == Exit.CLEAN
        words = " ".join(say(DIFF).err.split())
        needed = f"cannot sign with {algorithm}, which needs {NEEDS[algorithm]}"
        assert f'key "google_key" {needed}; no JWT was made' in words
    assert [] == server.received


def test_a_jwt_goes_only_to_the_hosts_of_its_key(say: Say, home: Path, server: Server) -> None:
    """A changed token_url gets none, and a token without a bound host is not fetched."""
    write_grant(home, server, "RS256")
    assert seal(say, write_pem("RS256"), "--host other.test").code == Exit.CLEAN
    words = " ".join(say(DIFF).err.split())
    assert 'token "google" may not be sent to api.test' in words
    assert say(f"vault bind google_key --token-host {HOST}").code == Exit.CLEAN
    words = " ".join(say(DIFF).err.split())
    assert 'secret "google_key" may not be sent to api.test' in words
    assert [] == server.received


def test_a_missing_library_is_named_before_a_call(
    say: Say, home: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyJWT is an extra; the command that installs it is told, and nothing is sent."""
    write_grant(home, server, "RS256")
    assert seal(say, write_pem("RS256")).code == Exit.CLEAN
    for name in ("jwt_signer", "messenger_jwt"):
        monkeypatch.delitem(sys.modules, f"cactions.edges.keys.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "jwt", None)
    done = say(DIFF)
    assert "JWTs need the package PyJWT" in done.err
    assert 'pip install "pyjwt>=2.10,<3"' in done.err
    assert [] == server.received


def test_a_curl_command_names_the_jwt(say: Say, home: Path, server: Server) -> None:
    """It cannot sign: the variable is that of the JWT, never of the key."""
    write_grant(home, server, "RS256")
    shown = say("request loyalty --person u-1 --curl").out
    assert "GOOGLE_KEY_JWT: a JWT that the key google_key signs (RS256)" in shown
    assert re.search(r"assertion=.*GOOGLE_KEY_JWT", shown)
    assert "the secret google_key" not in shown


def test_a_key_is_not_sealed_for_another_purpose(say: Say, home: Path) -> None:
    """Nor one that is no key: each with its reason."""
    done = seal(say, write_pem("ES256"), "--signing")
    assert "which is no private key; nothing was sealed" in " ".join(done.err.split())
    done = say(f"vault seal google_key --host {HOST}", write_pem("ES256")[:100])
    assert "it is cut off" in " ".join(done.err.split())
    assert "No secrets" in say("vault list").out or "0 secrets" in say("vault list").out


def test_the_hosts_of_a_key_are_those_of_the_file(say: Say, home: Path, server: Server) -> None:
    """Without --host the JWT goes where the file fetches the token, and the token where it says.

    A rotated key signs on.
    """
    write_grant(home, server, "RS256")
    done = seal(say, write_pem("RS256"), "")
    words = f'"google_key" goes to {HOST}, and tokens that are fetched with it to {HOST}, as'
    assert words in " ".join(done.err.split())
    assert f"Tokens that are fetched with it may go to {HOST}." in " ".join(done.out.split())
    [listed] = say("vault list --json").json["secrets"]
    assert ([HOST], [HOST]) == (listed["hosts"], listed["token_hosts"])
    assert Exit.CLEAN == say(DIFF).code
    assert say("vault rotate google_key", write_pem("ES256")).code == Exit.CLEAN


def test_of_several_hosts_of_its_tokens_the_operator_chooses(
    say: Say, home: Path, server: Server
) -> None:
    """The command that is named seals it for all of them; nothing is sealed before."""
    write_grant(home, server, "RS256", hosts=[HOST, "api.shop.example"])
    done = seal(say, write_pem("RS256"), "")
    assert Exit.MISUSE == done.code
    [command] = re.findall(r"`cactions (.*?)`", " ".join(done.err.split()))
    assert command == (
        f"vault seal google_key --host {HOST} --token-host {HOST} --token-host api.shop.example"
    )
    assert Exit.CLEAN == say(command, write_pem("RS256")).code
    [listed] = say("vault list --json").json["secrets"]
    assert sorted([HOST, "api.shop.example"]) == sorted(listed["token_hosts"])
