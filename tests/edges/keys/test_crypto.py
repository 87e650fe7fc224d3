"""The primitives follow their standards, and no nonce is ever reused."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from cactions.edges.keys import crypto
from cactions.edges.keys.crypto import AesGcmSealer, _derive_hkdf, _derive_single_use
from cactions.logic.vault.associated_data import join_fields, pad, unpad
from cactions.model.secret import Passphrase, VaultKey
from cactions.model.vault import (
    AuthenticationFailed,
    Ciphertext,
    ScryptParams,
    VaultError,
    VaultFault,
)

SEALING = AesGcmSealer(cost=2**15)
KEY = VaultKey("ada", bytes(range(32)))


@given(st.binary(min_size=1), st.binary(), st.binary(), st.integers(1, 200))
def test_hkdf_equals_the_librarys(key: bytes, salt: bytes, info: bytes, size: int) -> None:
    """Our own needs no second library to be loaded; it gives the same bytes."""
    theirs = HKDF(hashes.SHA256(), size, salt or None, info).derive(key)
    assert theirs == _derive_hkdf(key, salt, info, size)


def test_hkdf_gives_the_vectors_of_its_rfc() -> None:
    """RFC 5869, test cases 1 and 3."""
    key = b"\x0b" * 22
    first = _derive_hkdf(key, bytes(range(13)), bytes(range(0xF0, 0xFA)), 42)
    assert "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf" == first[:32].hex()
    assert "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d" == (
        _derive_hkdf(key, b"", b"", 42)[:32].hex()
    )


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_sealed_data_opens(plaintext: bytes, associated: bytes) -> None:
    """With the same key, for the same place."""
    sealed = SEALING.seal(KEY, associated, plaintext)
    assert plaintext == SEALING.unseal(KEY, associated, sealed)
    assert 16 == len(sealed.data) % 64


@given(st.binary(max_size=200))
def test_padding_is_removed_and_hides_the_length(plaintext: bytes) -> None:
    """Only the number of 64-byte blocks is visible."""
    assert plaintext == unpad(pad(plaintext))
    assert -(-(len(plaintext) + 4) // 64) * 64 == len(pad(plaintext))


@given(st.binary(max_size=140))
def test_padding_has_exactly_one_form(data: bytes) -> None:
    """Only padding that we would write is accepted."""
    try:
        plaintext = unpad(data)
    except ValueError:
        return
    assert data == pad(plaintext)


items = st.lists(
    st.one_of(st.text(max_size=5), st.binary(max_size=5), st.integers(0, 300)), max_size=5
)


@given(items, items)
@settings(max_examples=300)
def test_different_lists_give_different_bound_bytes(left: list, right: list) -> None:
    """Each item is preceded by its length, so that boundaries cannot move."""

    def as_bytes(items: list) -> list[bytes]:
        return [one if isinstance(one, bytes) else str(one).encode() for one in items]

    assert (as_bytes(left) == as_bytes(right)) == (join_fields(*left) == join_fields(*right))


def test_salts_keys_and_nonces_are_never_reused() -> None:
    """Also for the same plaintext, key and place: 3,000 times."""
    sealed = [SEALING.seal(KEY, b"place", b"the same") for _ in range(3000)]
    single = {_derive_single_use(KEY, one.salt) for one in sealed}
    assert 3000 == len({one.salt for one in sealed}) == len(single)
    assert 3000 == len({key for key, _ in single}) == len({one.data for one in sealed})


@pytest.mark.parametrize(
    ("key", "associated", "change"),
    [
        (VaultKey("ada", bytes(32)), b"place", None),
        (KEY, b"places", None),
        (KEY, b"", None),
        (KEY, b"place", "salt"),
        (KEY, b"place", "data"),
        (KEY, b"place", "cut"),
        (KEY, b"place", "empty"),
    ],
)
def test_any_other_input_is_reported_as_forged(
    key: VaultKey, associated: bytes, change: str | None
) -> None:
    """One error for all cases: an attacker learns nothing from it."""
    good = SEALING.seal(KEY, b"place", b"plaintext")
    bad = {
        None: good,
        "salt": Ciphertext(bytes(32), good.data),
        "data": Ciphertext(good.salt, good.data[:-1] + bytes([good.data[-1] ^ 1])),
        "cut": Ciphertext(good.salt, good.data[:-1]),
        "empty": Ciphertext(good.salt, b""),
    }[change]
    with pytest.raises(AuthenticationFailed, match="not sealed with this key for this place"):
        SEALING.unseal(key, associated, bad)


def test_equivalent_unicode_passphrases_give_the_same_key() -> None:
    """A composed and a decomposed é are the same passphrase on every keyboard."""
    how = ScryptParams(2**15, 8, 1, bytes(32))
    one, two = (
        SEALING.derive_from_passphrase(Passphrase("p", text), how)
        for text in ("caf\u00e9", "cafe\u0301")
    )
    assert one.reveal() == two.reveal()
    wanted = hashlib.scrypt(
        "caf\u00e9".encode(), salt=bytes(32), n=2**15, r=8, p=1, maxmem=2**26, dklen=32
    )
    assert wanted == one.reveal()


def test_memory_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """In bytes: 128 for each step of the cost and of the block size."""

    def refuse(*_args: object, **_rest: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(crypto, "scrypt", refuse)
    how = ScryptParams(2**17, 8, 1, bytes(32))
    with pytest.raises(VaultError, match=r"it takes 134,217,728 bytes of memory") as caught:
        SEALING.derive_from_passphrase(Passphrase("p", "twelve words"), how)
    assert VaultFault.BAD_PARAMETERS is caught.value.fault


def test_new_passphrases_use_the_full_scrypt_cost() -> None:
    """2^17, each with its own salt."""
    one, two = AesGcmSealer().new_scrypt_params(), AesGcmSealer().new_scrypt_params()
    assert (2**17, 8, 1, 32) == (one.n, one.r, one.p, len(one.salt))
    assert one.salt != two.salt


def test_a_key_id_identifies_a_key_without_revealing_it() -> None:
    """Another key or another vault has another id."""
    ids = {SEALING.compute_key_id(KEY, b"a"), SEALING.compute_key_id(KEY, b"b")}
    ids |= {
        SEALING.compute_key_id(SEALING.new_key("x"), b"a"),
        SEALING.derive_key(KEY, b"a").reveal().hex(),
    }
    assert 4 == len(ids)
    assert 32 == len(SEALING.compute_key_id(KEY, b"a"))


def test_a_mac_is_hmac_sha256() -> None:
    """And is compared completely."""
    mac = SEALING.compute_mac(KEY, b"data")
    assert SEALING.has_mac(KEY, b"data", mac)
    assert not any(SEALING.has_mac(KEY, b"data", bad) for bad in (mac[:-1], b"", bytes(32)))
    assert not SEALING.has_mac(KEY, b"dat", mac)
