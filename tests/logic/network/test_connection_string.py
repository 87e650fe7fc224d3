"""No password of a database's address is shown, and each is found, as the library itself does."""

from __future__ import annotations

import time
from contextlib import suppress
from urllib.parse import quote

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from cactions.logic.network.connection_string import find_passwords, mask_connection_string
from cactions.model import MASK

PASSWORD = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1
).map("CANARY{}".format)
PARTS = st.lists(
    st.sampled_from([
        "postgresql://", "postgres://", "password", "sslpassword", "p%61ssword", "user", "host",
        "=", " = ", ":", "/", "@", "?", "&", "%40", "%", "'", "\\", "\\'", " ", "\n", ",", "[::1]",
        "a", "CANARY", "#",
    ])
).map("".join)  # fmt: skip


@given(PASSWORD)
def test_any_password_is_found_and_not_shown(password: str) -> None:
    """In both ways to write an address, and in each place of it."""
    coded = quote(password, safe="")
    for address in (
        f"postgresql://ada:{coded}@db.example/cactions",
        f"postgresql://ada@db.example/cactions?sslmode=require&password={coded}",
        f"postgres://db.example/cactions?p%61ssword={coded}",
        make_conninfo(user="ada", password=password, host="db.example"),
        make_conninfo(host="db.example", sslpassword=password),
    ):
        parts = conninfo_to_dict(address)
        assert password in {parts.get("password"), parts.get("sslpassword")}
        assert password in find_passwords(address)
        shown = mask_connection_string(address)
        assert "CANARY" not in shown
        assert "db.example" in shown
        assert "ada" not in shown


@given(st.tuples(st.sampled_from(["", "postgresql://", "password="]), PARTS).map("".join))
def test_what_the_library_takes_for_a_password_is_found(address: str) -> None:
    """Whatever else is wrong with the address."""
    with suppress(psycopg.Error, UnicodeError):
        parts = conninfo_to_dict(address)
        for name in ("password", "sslpassword"):
            assert parts.get(name, "") in {"", *find_passwords(address)}


@pytest.mark.parametrize(
    ("address", "shown", "passwords"),
    [
        ("", "", set()),
        ("postgresql://db.example/x", "postgresql://db.example/x", set()),
        ("postgresql://ada@h", f"postgresql://{MASK}@h", set()),
        ("postgresql://a:p@ss@h/x", f"postgresql://{MASK}@h/x", {"p@ss", "p"}),
        ("postgresql://a:p/s?s@h/x", f"postgresql://{MASK}@h/x", {"p/s?s"}),
        ("postgre://a:pass@h/x", f"postgre://{MASK}@h/x", {"pass"}),
        ("//a:pass@h/x", MASK, {"//a:pass@h/x"}),
        ("postgresql://h/x?sslmode=a&new=1", f"postgresql://h/x?sslmode=a&{MASK}", set()),
        ("postgresql://h/x?", "postgresql://h/x?", set()),
        ("host=h user=ada", f"host=h {MASK}", set()),
        (r"password='it\'s' host = h", f"{MASK} host=h", {"it's", r"it\'s", r"'it\'s'"}),
        ("password='cut off", f"{MASK} {MASK}", {"'cut", "cut", "off"}),
        ("host=h port=1 word", f"host=h port=1 {MASK}", {"word"}),
    ],
)  # fmt: skip
def test_only_what_is_known_to_be_public_is_shown(
    address: str, shown: str, passwords: set[str]
) -> None:
    """Also of an address that the library refuses: an error may be followed by a look at it."""
    assert shown == mask_connection_string(address)
    assert passwords == find_passwords(address)


def test_a_long_address_is_read_quickly() -> None:
    """Every pattern takes time in proportion."""
    begin = time.process_time()
    for text in ("a=" * 50_000, "'" * 100_000, "\\" * 100_000, "@" * 100_000, "a " * 50_000):
        for start in ("", "password='", "postgresql://"):
            mask_connection_string(start + text)
            find_passwords(start + text)
    assert time.process_time() < begin + 10, "a search from each character to the end takes minutes"
