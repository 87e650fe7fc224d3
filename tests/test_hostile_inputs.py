"""Any file, answer or key is read, or refused with our own errors.

``test_generated`` covers action files; this covers everything else that others may write.
"""

# ruff: noqa: E501 - tables

from __future__ import annotations

import gzip
import json
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cactions.edges.files.attribute_snapshot import read_snapshot
from cactions.edges.http.decompress import decompress
from cactions.edges.keys.crypto import AesGcmSealer
from cactions.edges.keys.user_config import read_user_config
from cactions.logic.exchange.token_response import LONGEST, read_token
from cactions.logic.expressions.json_path import parse_path
from cactions.logic.values import dates
from cactions.logic.vault import file_format, key_encoding, keyring_item
from cactions.logic.vault.key_encoding import KeyTextError
from cactions.model import (
    CactionsError,
    DateForm,
    Denial,
    Limits,
    PlanningError,
    Response,
    StoreError,
    Success,
    Template,
    Token,
    TokenFetch,
)
from cactions.model.request import ActionRequest
from cactions.model.secret import Passphrase
from cactions.model.vault import ScryptParams, VaultError
from tests.case_counts import cases
from tests.documents import findings_from_json, reports_from_json
from tests.test_generated import JUNK, mutated, soup

VECTORS = Path(__file__).parent / "vectors" / "vault"
VAULT = b"\n".join((VECTORS / "ok-small").read_bytes().split(b"\n\n", 1)[1:])
NUMBERS = [
    "0", "-0", "-1", "1e400", "-1e400", "1e-400", "1e308", "9007199254740993", "18446744073709551616",
    "9" * 401, "-" + "9" * 401, "9" * 640, "9" * 5_000, "0.5", "NaN", "Infinity", "true", "null", '"3600"',
    '"' + "9" * 400 + '"', '"1e9"', '"-5"', '""', "[]", "{}", '"\\ud800"', '"\\u00b2"',
]  # fmt: skip
FETCHING = Token(
    "crm", "Authorization", ("crm.example",),
    fetch=TokenFetch(
        ActionRequest("get", Template(("https://crm.example/t",)), host="crm.example"),
        parse_path("$.access_token"), parse_path("$.expires_in"), Denial(), Success(),
    ),
)  # fmt: skip


@cases(500)
@given(mutated(VAULT, b'{"format":"cactions-vault/1"}\n', b""))
def test_vaults_with_changed_bytes_are_read_or_refused(data: bytes) -> None:
    """A vault, or an error with its kind."""
    with suppress(VaultError):
        file_format.parse_vault(data)
    with suppress(VaultError):
        file_format.find_head(data)
    list(file_format.parse_fragments(data))


@cases(500)
@given(
    soup("cactions-key-", "cactions-key-1-", "AGE-", "\n", "ABCD", "="),
    st.sampled_from(["key", "join"]),
)
def test_keys_of_random_pieces_are_decoded_or_refused(text: str, kind: str) -> None:
    """A text is a key, is invalid, or belongs to another vault."""
    for read in (key_encoding.decode_key, key_encoding.find_key):
        with suppress(KeyTextError):
            read(text, "0" * 32, kind)
    keyring_item.parse_key(text, "0" * 32)
    keyring_item.parse_mark(text)


LOCK = json.dumps(
    {
        "format": "cactions.attributes/1", "taken": 1_800_000_000, "identity_verification": True,
        "attributes": [{"name": "tier", "data_type": "string", "options": ["a"], "messenger_writable": False}],
    }
).encode()  # fmt: skip


@cases(300)
@given(mutated(LOCK))
def test_snapshots_with_changed_bytes_are_read_or_refused(
    tmp_path_factory: Any, data: bytes
) -> None:
    """``attributes.lock.json`` comes with the repository."""
    path = tmp_path_factory.getbasetemp() / "attributes.lock.json"
    path.write_bytes(data)
    with suppress(CactionsError):
        read_snapshot(path)


@cases(300)
@given(
    mutated(b'keyring_backend = "a.b"\nkey_file = "/k"\nkey_command = ["a", "b"]\n', b"x = 1e400\n")
)
@example(b"x = " + b"9" * 5_000)
@example(b"x = " + b"[" * 3_000)
@example(b"x = 2024-02-30T25:61:00Z")
def test_user_configurations_with_changed_bytes_are_read_or_refused(
    tmp_path_factory: Any, data: bytes
) -> None:
    """The user's own file may be broken as well."""
    path = tmp_path_factory.getbasetemp() / "config.toml"
    path.write_bytes(data)
    path.chmod(0o600)
    with suppress(CactionsError):
        read_user_config(path)


@cases(300)
@given(st.sampled_from(NUMBERS) | st.floats().map(str) | st.integers().map(str))
@example("9" * 401)
@example("1e400")
def test_token_lifetimes_are_usable_or_refused(number: str) -> None:
    """A token has a lifetime that the clock can handle, or the answer is refused."""
    body = f'{{"access_token":"abc","expires_in":{number}}}'.encode()
    with suppress(PlanningError):
        came = read_token(FETCHING, Response(200, (("content-type", "application/json"),), body))
        assert came.expires_in is None or 0 <= came.expires_in <= LONGEST


@cases(300)
@given(mutated(b'{"access_token":"abc","expires_in":3600,"a":[1,{"b":null}]}', b"[]", b"\xff"))
def test_token_answers_are_read_or_refused(body: bytes) -> None:
    """For any answer of the endpoint."""
    with suppress(PlanningError):
        read_token(FETCHING, Response(200, {}, body))


CODED = [gzip.compress(b"x" * 500, mtime=0), zlib.compress(b"y" * 500), gzip.compress(gzip.compress(b"z"), mtime=0),
         gzip.compress(b"\0" * 5_000_000, mtime=0)]  # fmt: skip


@cases(500)
@given(
    mutated(*CODED),
    st.sampled_from(["gzip", "deflate", "x-gzip", "br", "", "gzip, gzip", ",", "GZIP"]),
)
def test_encoded_bodies_never_exceed_the_limit(body: bytes, codings: str) -> None:
    """Cut off, damaged, nested, or a bomb: never more than the limit."""
    limits = Limits(decoded=100_000)
    with suppress(PlanningError):
        pieces = (body[at : at + 100] for at in range(0, len(body), 100))
        assert len(decompress(pieces, codings, "a.example", limits)) <= limits.decoded


@cases(500)
@given(
    soup(
        "2024-02-29",
        "T",
        "24:00",
        "23:59:60",
        "Z",
        "+14:00",
        "-99:99",
        ".",
        "9" * 400,
        "0000-01-01",
    ),
    st.integers() | st.sampled_from([10**400, -(10**400)]),
)
def test_dates_of_random_pieces_are_parsed_or_refused(text: str, number: int) -> None:
    """A moment, or an error."""
    for read in (dates.parse_date_text, dates.parse_day):
        with suppress(dates.DateError):
            read(text)
    for form in (DateForm.UNIX_S, DateForm.UNIX_MS):
        with suppress(dates.DateError):
            dates.parse_timestamp(number, form)


@cases(300)
@given(
    st.lists(st.tuples(st.sampled_from(["format", "findings", "tests", "suppressed"]), JUNK)).map(
        dict
    )
)
def test_documents_of_findings_are_read_or_refused(document: Any) -> None:
    """Read, or refused as invalid."""
    for read in (findings_from_json, reports_from_json):
        with suppress(StoreError):
            read(document)


@pytest.mark.parametrize("power", [19, 20, 40])
def test_a_passphrase_with_an_excessive_scrypt_cost_is_refused(power: int) -> None:
    """OpenSSL's refusal is reported as an error of the vault, and uses no memory."""
    assert file_format.MAX_COST == 2**18
    if power > 19:
        with pytest.raises(VaultError, match="bytes of memory"):
            AesGcmSealer().derive_from_passphrase(
                Passphrase("ada", "x" * 20), ScryptParams(2**power, 8, 1, b"s" * 32)
            )
