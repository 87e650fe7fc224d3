"""The last net lets no form of a secret through, however it is cut into writes."""

from __future__ import annotations

import base64
import random
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cactions.logic import secret_forms
from cactions.logic.scrubbing import Scrubber
from cactions.logic.secret_forms import Form
from cactions.model import DOTS
from tests.encodings import ENCODINGS

HARD = [
    "tok-7d1f-e02a",
    "päss/wörd+&<'\"> 100%=",
    "\\back\\slash//",
    "日本語のひみつ鍵だよ",
    "aaaaaaaa",
]


@cache
def forms(secret: str) -> frozenset[Form]:
    return secret_forms.forms(secret)


def scrubbed(data: bytes, cuts: list[int], *secrets: str) -> bytes:
    scrubber = Scrubber([form for secret in secrets for form in forms(secret)])
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[a:b] for a, b in pairwise(places)]
    return b"".join([*map(scrubber.feed, pieces), scrubber.end()])


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("secret", HARD)
def test_a_secret_is_hidden_in_every_form_and_at_every_cut(secret: str, encoding: str) -> None:
    """One cut at each byte; what stands beside it stays."""
    form = ENCODINGS[encoding](secret)
    data = b"before " + form + b" after"
    for cut in range(len(data) + 1):
        clean = scrubbed(data, [cut], secret)
        assert form not in clean
        assert clean.startswith(b"before ")
        assert clean.endswith(b" after")
        assert DOTS.encode() in clean


@settings(deadline=None)
@given(
    st.lists(st.text("abAB/+ %é", min_size=8, max_size=14), min_size=1, max_size=3),
    st.integers(0, 2**32),
)
def test_no_byte_of_a_form_is_seen_however_forms_overlap(secrets: list[str], seed: int) -> None:
    """Many secrets of few letters, in many writes."""
    draw = random.Random(seed)
    kinds = list(ENCODINGS.values())
    parts = [draw.choice(kinds)(draw.choice(secrets)) for _ in range(8)]
    data = b"".join(parts)
    clean = scrubbed(data, [draw.randrange(len(data) + 1) for _ in range(12)], *secrets)
    assert [] == [part for part in parts if part in clean]


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=9))
def test_what_is_no_secret_passes_unchanged(data: bytes, cuts: list[int]) -> None:
    """Byte for byte, also what begins like a secret and then is none."""
    data = data.replace(b"a", b"tok-7d1f-e0")
    assert data == scrubbed(data, cuts, "tok-7d1f-e02a")


@pytest.mark.parametrize("user", ["a", "ab", "abc"])
def test_a_basic_pair_shows_no_letter_of_the_password(user: str) -> None:
    """Whatever stands before it moves its bits."""
    pair = base64.b64encode(f"{user}:tok-7d1f-e02a".encode())
    clean = scrubbed(pair, [], "tok-7d1f-e02a")
    seen = clean.replace(DOTS.encode(), b"")
    assert len(seen) <= len(user) * 8 // 6 + 4
