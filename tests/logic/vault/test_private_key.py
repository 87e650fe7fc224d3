"""Private keys as people paste them: what is taken, and what is refused with its reason."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.edges.keys.private_key import normalize_private_key
from cactions.logic.pem import has_private_key
from cactions.logic.vault.private_key import find_private_key, is_private_key, list_hidden_texts
from cactions.model import UsageError
from tests.case_counts import cases
from tests.client_certificates import make_pair
from tests.private_keys import make_key, write_pem, write_public_pem

FORMS = [("RS256", "PKCS8"), ("RS256", "TraditionalOpenSSL"), ("ES256", "PKCS8"),
         ("ES256", "TraditionalOpenSSL")]  # fmt: skip
PARAMETERS = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"


def seal(text: str) -> str:
    """What would be sealed."""
    found = find_private_key(text, "k")
    assert found
    return normalize_private_key("k", found)


@pytest.mark.parametrize(("kind", "form"), FORMS)
def test_a_key_is_sealed_in_one_form(kind: str, form: str) -> None:
    """Whatever the lines look like that it was copied with."""
    pem = write_pem(kind, form)
    head, *body, tail = pem.splitlines()
    ways = [
        pem, pem.strip(), pem.replace("\n", "\r\n"), f"\n  {pem}\n\n", json.dumps(pem)[1:-1],
        pem.replace("\n", " "), "\n".join([head, "".join(body), tail]),
        "\n".join(f"  {line}" for line in pem.splitlines()), PARAMETERS + pem,
    ]  # fmt: skip
    assert {write_pem(kind)} == {seal(way) for way in ways}
    assert is_private_key(seal(pem))
    assert not is_private_key("tok-7d1f-e02a")


REFUSED = {
    "cut off": ("".join(write_pem("ES256").splitlines(keepends=True)[:-1]), "it is cut off"),
    "cut in its line": (write_pem("ES256")[:90], "it is cut off"),
    "no begin": ("x\n" + write_pem("ES256"), "something stands around it"),
    "two": (write_pem("ES256") + write_pem("RS256"), "has 2 PEM blocks"),
    "only parameters": (PARAMETERS, "has 0 PEM blocks"),
    "public": (write_public_pem("ES256"), "is a public key, not a private key"),
    "certificate": (
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "is a certificate"
    ),
    "encrypted": (
        write_pem("ES256", passphrase="passphrase"), "a private key with a passphrase of its own"
    ),
    "encrypted long ago": (
        write_pem("RS256", "TraditionalOpenSSL", "passphrase"), "with a passphrase of its own"
    ),
    "openssh": (write_pem("ES256", "OpenSSH"), "in OpenSSH's own format"),
    "json": (
        json.dumps({"type": "service_account", "private_key": write_pem("ES256")}), "is a JSON file"
    ),
    "a line less": (
        "\n".join(line for n, line in enumerate(write_pem("RS256").splitlines()) if n != 5),
        "looks like a private key, and is none",
    ),
    "label": (write_pem("ES256").replace("PRIVATE", "PRIVTE"), "a private key whose BEGIN line is"),
    "label of a curve": (
        write_pem("ES256", "TraditionalOpenSSL").replace("EC ", "EK "), "BEGIN line is damaged"
    ),
    "label of something": (write_public_pem("ES256").replace("PUBLIC", "PUBLC"), "is a PEM block"),
    "END": (write_pem("ES256").replace("END PRIVATE", "END PRIVTE"), "or END line is damaged"),
    "dashes": (write_pem("RS256").replace("-----BEGIN", "----BEGIN"), "BEGIN line is missing"),
    "dashes of an editor": (write_pem("RS256").replace("-----", "\u2014"), "BEGIN line is missing"),
    "small letters": (write_pem("ES256").replace("BEGIN", "begin"), "BEGIN line is missing"),
    "no BEGIN": ("".join(write_pem("RS256").splitlines(keepends=True)[1:]), "line is missing"),
    "no BEGIN, in JSON": (
        json.dumps("".join(write_pem("RS256").splitlines(keepends=True)[1:])), "line is missing"
    ),
    "no base64": (write_pem("ES256").replace("MI", "M!", 1), "its lines are no base64"),
    "small": (write_pem("small"), "has only 1024 bits"),
    "P-384": (write_pem("P-384"), "is one of the curve secp384r1"),
    "Ed25519": (write_pem("Ed25519"), "is of a kind that is not supported"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_sign_is_not_sealed(name: str) -> None:
    """The reason is told, and nothing of what was given."""
    text, reason = REFUSED[name]
    with pytest.raises(UsageError) as refused:
        seal(text)
    error = refused.value
    assert reason in str(error)
    assert "nothing was sealed" in str(error)
    assert error.hint
    for line in text.splitlines():
        assert len(line) < 8 or line.startswith("---") or line not in f"{error} {error.hint}"


def test_the_bytes_of_a_key_in_one_line_are_a_text() -> None:
    """Some services give keys so, and take them so."""
    assert find_private_key("".join(write_pem("ES256").splitlines()[1:-1]), "k") is None


@pytest.mark.parametrize(("kind", "form"), FORMS)
def test_a_key_is_known_by_its_first_bytes(kind: str, form: str) -> None:
    """Whatever its lines; and nothing else in PEM is taken for one."""
    body = write_pem(kind, form).splitlines()[1:-1]
    assert all(has_private_key(sign.join(body)) for sign in ("\n", "\r\n", "\\n", "\n  ", ""))
    others = [write_public_pem("ES256"), write_public_pem("RS256"), PARAMETERS]
    others.append(make_pair("shop").presented.certificate)
    assert not any(map(has_private_key, others))


@given(st.text("MIE+/=Aag\n-0", max_size=80) | st.text())
def test_any_text_can_be_asked(text: str) -> None:
    """Without an error."""
    assert has_private_key(text) in (True, False)


@cases(2000)
@given(st.data())
def test_a_damaged_key_is_sealed_or_refused(data: st.DataObject) -> None:
    """Whatever was cut out, doubled or changed: another key than the real one is never sealed."""
    pem = write_pem("ES256")
    start = data.draw(st.integers(0, len(pem)))
    stop = data.draw(st.integers(start, len(pem)))
    put = data.draw(st.text("\n-AZaz09+/=\\n{} PRIVATEKYBGND", max_size=6))
    damaged = pem[:start] + put + pem[stop:]
    with suppress(UsageError):
        found = find_private_key(damaged, "k")
        assert found is None or pem == normalize_private_key("k", found)


@pytest.mark.parametrize("kind", ["RS256", "ES256"])
def test_every_line_of_a_key_is_hidden(kind: str) -> None:
    """And all of them as one; another secret is one text."""
    pem = write_pem(kind)
    lines = pem.splitlines()[1:-1]
    hidden = [*list_hidden_texts(pem)]
    assert {pem, "".join(lines), *lines} - {*hidden} == {each for each in lines if len(each) < 8}
    assert "-----BEGIN PRIVATE KEY-----" not in hidden
    assert ["tok-7d1f"] == [*list_hidden_texts("tok-7d1f")]
    assert make_key(kind)


@pytest.mark.parametrize("length", [1, 7, 8, 9, 64])
def test_a_line_is_hidden_unless_it_is_a_word(length: int) -> None:
    """Fewer than eight characters may stand anywhere by chance."""
    lines = ["M" * 64, "Q" * length]
    pem = "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----"])
    last = [lines[1]] if length >= 8 else []
    assert [pem, "".join(lines), lines[0], *last] == [*list_hidden_texts(pem)]
