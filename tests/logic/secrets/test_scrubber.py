"""The scrubber lets no encoding of a secret through, however the output is split into writes."""

from __future__ import annotations

import base64
import random
from functools import cache
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cactions.logic.secrets import encoded_forms
from cactions.logic.secrets.encoded_forms import EncodedForm
from cactions.logic.secrets.scrubber import Scrubber
from cactions.model import MASK
from tests.encodings import ENCODINGS, beginning

HARD = [
    "tok-7d1f-e02a",
    "päss/wörd+&<'\"> 100%=",
    "\\back\\slash//",
    "日本語のひみつ鍵だよ",
    "aaaaaaaa",
]


@cache
def forms(secret: str) -> frozenset[EncodedForm]:
    return encoded_forms.list_encoded_forms(secret)


def scrubbed(data: bytes, cuts: list[int], *secrets: str) -> bytes:
    scrubber = Scrubber([form for secret in secrets for form in forms(secret)])
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[a:b] for a, b in pairwise(places)]
    return b"".join([*map(scrubber.feed, pieces), scrubber.end()])


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("secret", HARD)
def test_a_secret_is_masked_in_every_encoding_and_at_every_split(
    secret: str, encoding: str
) -> None:
    """One split at each byte; surrounding text stays."""
    form = ENCODINGS[encoding](secret)
    data = b"before " + form + b" after"
    for cut in range(len(data) + 1):
        clean = scrubbed(data, [cut], secret)
        assert form not in clean
        assert clean.startswith(b"before ")
        assert clean.endswith(b" after")
        assert MASK.encode() in clean


@settings(deadline=None)
@given(
    st.lists(st.text("abAB/+ %é", min_size=8, max_size=14), min_size=1, max_size=3),
    st.integers(0, 2**32),
)
def test_overlapping_secrets_are_masked_completely(secrets: list[str], seed: int) -> None:
    """Many secrets of few letters, in many writes."""
    draw = random.Random(seed)
    kinds = list(ENCODINGS.values())
    parts = [draw.choice(kinds)(draw.choice(secrets)) for _ in range(8)]
    data = b"".join(parts)
    clean = scrubbed(data, [draw.randrange(len(data) + 1) for _ in range(12)], *secrets)
    assert [] == [part for part in parts if part in clean]


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=9))
def test_other_text_passes_unchanged(data: bytes, cuts: list[int]) -> None:
    """Byte for byte, also text that begins like a secret but is none."""
    data = data.replace(b"a", b"tok-7d1f-e0")
    assume(b"tok-7d1f-e02" not in data)  # so much of it is masked
    assert data == scrubbed(data, cuts, "tok-7d1f-e02a")


@pytest.mark.parametrize("user", ["a", "ab", "abc"])
def test_a_basic_credential_shows_no_letter_of_the_password(user: str) -> None:
    """Text before it shifts its bits in Base64."""
    pair = base64.b64encode(f"{user}:tok-7d1f-e02a".encode())
    clean = scrubbed(pair, [], "tok-7d1f-e02a")
    seen = clean.replace(MASK.encode(), b"")
    assert len(seen) <= len(user) * 8 // 6 + 4


CUT = "Tok-7D1f/e02a+kZ9'q&x-end"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_cut_off_secret_is_masked_by_its_beginning(encoding: str) -> None:
    """From twelve characters on, at every split of the stream; the following text stays."""
    encode = ENCODINGS[encoding]
    for length in range(12, len(CUT)):
        form = encode(CUT[:length])
        data = b"before " + form + '…" after'.encode()
        whole = scrubbed(data, [], CUT)
        assert beginning(CUT, encode) not in whole
        assert whole.startswith(b"before " + MASK.encode())
        assert whole.endswith('…" after'.encode())
        for cut in range(8, len(data), 5):
            assert whole == scrubbed(data, [cut, cut + 3], CUT)


@pytest.mark.parametrize("secret", HARD)
def test_a_partial_character_is_never_left(secret: str) -> None:
    """If the text continues with another character that begins with the same bytes."""
    text = secret + "のひみつ"
    for length in range(12, len(text)):
        other = chr(ord(text[length]) + 1)
        clean = scrubbed(f"{text[:length]}{other}".encode(), [], text).decode()
        assert (True, True) == (clean.startswith(MASK), clean.endswith(other))


@given(st.text("abAB/+ %é", min_size=12, max_size=20), st.integers(0, 2**32))
@settings(deadline=None)
def test_split_writes_are_masked_like_the_whole_text(secret: str, seed: int) -> None:
    """However they are split, with secrets and beginnings of secrets."""
    draw = random.Random(seed)
    parts = [
        draw.choice(list(ENCODINGS.values()))(secret[: draw.randrange(9, 21)]) for _ in "12345"
    ]
    data = b"--".join(parts)
    cuts = [draw.randrange(len(data) + 1) for _ in range(9)]
    assert scrubbed(data, [], secret) == scrubbed(data, cuts, secret)


def test_a_short_secret_is_masked_only_as_a_whole() -> None:
    """Its beginning is too common to be secret."""
    assert b"tok-7d1f-e" == scrubbed(b"tok-7d1f-e", [], "tok-7d1f-e0")
    assert MASK.encode() == scrubbed(b"tok-7d1f-e0", [], "tok-7d1f-e0")


HEADER = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
PUBLIC = {
    "the header of a JWT": (f"{HEADER}.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl", f"{HEADER}.eyJpc3Mi"),
    "a scheme": ("Bearer tok-7d1f-e02a-9b2c", "Bearer tokens are"),
    "both": (f"Bearer {HEADER}.eyJzdWIiOiJhZGEifQ.c2ln", f"Bearer {HEADER}.eyJpc3Mi"),
    "the host of a URL": (
        "https://hooks.example/T0/B7d1fe02a9b2c",
        "https://hooks.example/T0/docs",
    ),
    "the address in a pair": ("ada@shop.example:tok-7d1f-e02a", "ada@shop.example is Ada"),
    "the kind of a token": ("github_pat_11ABCDEFG0123456789", "github_pat_11XY"),
}


@pytest.mark.parametrize("what", PUBLIC)
def test_a_common_beginning_of_secrets_is_not_masked(what: str) -> None:
    """In no encoding; twelve characters after it are."""
    secret, other = PUBLIC[what]
    for encode in ENCODINGS.values():
        assert encode(other) == scrubbed(encode(other), [], secret)
        for text in (secret, secret[:-1]):
            assert MASK.encode() == scrubbed(encode(text), [], secret)[: len(MASK.encode())]


def test_a_url_with_a_password_has_no_public_beginning() -> None:
    """Up to its host, the URL is part of the secret."""
    secret = "https://bob:s3cretpassw0rd-long@api.shop.example/hook"
    for end in range(len("https://bob:"), len(secret)):
        shown = scrubbed(secret[:end].encode(), [], secret)
        assert b"s3cret" not in shown or end < len("https://bob:s3cret") + 1
    assert b"s3cretpassw0rd" not in scrubbed(secret[:40].encode(), [], secret)


def test_masking_many_secrets_is_fast() -> None:
    """A quarter of a megabyte of only secrets, whole or cut, takes little time."""
    for data in (CUT[:13].encode() * 20_000, CUT.encode() * 10_000):
        start = process_time()
        scrubbed(data, [*range(0, len(data), 8192)], CUT)
        assert process_time() - start < 1
