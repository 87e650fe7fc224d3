"""All raw cryptography of the project, on one page; the only home of ``cryptography``.

Every primitive, and why its nonce is never used twice:

- **Randomness** comes from the operating system. Keys and salts are 32 bytes: among 2^96
  of them two are equal with a chance of 2^-64, so fresh ones need no record of old ones.
- **HKDF-SHA256** (RFC 5869) makes keys from keys. Its info is a label with the length of each part,
  so that no two uses of a key give the same bytes.
- **AES-256-GCM** seals. A nonce that is used twice with one key would reveal both plaintexts.
  Here no key is used twice: each sealing draws a salt, and HKDF makes of key and salt a
  single-use key *and* its nonce. The same plaintext sealed twice is different bytes.
- **HMAC-SHA256** over the file proves that a holder of the data key wrote it; compared in
  constant time.
- **scrypt** (RFC 7914) makes guessing a passphrase expensive: 128 MiB and some tenths of a second
  for each guess.

GCM does not commit to its key: a ciphertext can be built that opens under two. A recipient's
``key_id``, which comes from the key by HKDF, is compared before anything is opened, and commits.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from hashlib import scrypt
from typing import Final
from unicodedata import normalize

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cactions.logic.vault.associated_data import SEAL_LABEL, pad, unpad
from cactions.logic.vault.errors import Problem, build_error
from cactions.model.secret import KEY_BYTES, Passphrase, VaultKey
from cactions.model.vault import AuthenticationFailed, Ciphertext, ScryptParams

COST: Final = 2**17
"""scrypt's N for new passphrases."""

_SALT_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_KEY_ID_BYTES: Final = 16
_VAULT_ID_BYTES: Final = 16
_MEMORY_FACTOR: Final = 2


class AesGcmSealer:
    """The primitives. Only test vectors use another ``random`` than the operating system's."""

    def __init__(
        self, random: Callable[[int], bytes] = secrets.token_bytes, *, cost: int = COST
    ) -> None:
        self._random = random
        self._cost = cost

    def new_vault_id(self) -> str:
        """32 hex digits that no other vault has."""
        return self._random(_VAULT_ID_BYTES).hex()

    def new_key(self, label: str) -> VaultKey:
        """A fresh random key."""
        return VaultKey(label, self._random(KEY_BYTES))

    def new_scrypt_params(self) -> ScryptParams:
        """Parameters with a fresh salt: a guess takes 1,024 * ``cost`` bytes of memory."""
        return ScryptParams(self._cost, 8, 1, self._random(_SALT_BYTES))

    def derive_from_passphrase(self, passphrase: Passphrase, params: ScryptParams) -> VaultKey:
        """Derive a key by checked parameters. Raises VaultError if there is not enough memory."""
        text = normalize("NFC", passphrase.reveal()).encode()
        max_memory = _MEMORY_FACTOR * 128 * params.n * params.r
        cost = {"n": params.n, "r": params.r, "p": params.p}
        try:
            key = scrypt(text, salt=params.salt, **cost, maxmem=max_memory, dklen=KEY_BYTES)
        except (ValueError, OverflowError, MemoryError):  # OpenSSL's limit, or the machine's
            memory = max_memory // _MEMORY_FACTOR
            raise build_error(Problem.NOT_DERIVED, memory=memory) from None
        return VaultKey(passphrase.label, key)

    def derive_key(self, key: VaultKey, info: bytes) -> VaultKey:
        """Derive a key from this one for the use that ``info`` names."""
        return VaultKey(key.label, _derive_hkdf(key.reveal(), b"", info, KEY_BYTES))

    def compute_key_id(self, key: VaultKey, info: bytes) -> str:
        """The public id of a key (32 hex digits); reveals nothing about the key."""
        return _derive_hkdf(key.reveal(), b"", info, KEY_BYTES)[:_KEY_ID_BYTES].hex()

    def seal(self, key: VaultKey, associated: bytes, plaintext: bytes) -> Ciphertext:
        """Pad the plaintext and seal it for the place that ``associated`` names."""
        salt = self._random(_SALT_BYTES)
        aes_key, nonce = _derive_single_use(key, salt)
        return Ciphertext(salt, AESGCM(aes_key).encrypt(nonce, pad(plaintext), associated))

    def unseal(self, key: VaultKey, associated: bytes, sealed: Ciphertext) -> bytes:
        """Open the ciphertext. Raises AuthenticationFailed for another key, place or text."""
        aes_key, nonce = _derive_single_use(key, sealed.salt)
        try:
            return unpad(AESGCM(aes_key).decrypt(nonce, sealed.data, associated))
        except (InvalidTag, ValueError):
            raise AuthenticationFailed("not sealed with this key for this place") from None

    def compute_mac(self, key: VaultKey, data: bytes) -> bytes:
        """HMAC-SHA256."""
        return hmac.digest(key.reveal(), data, "sha256")

    def has_mac(self, key: VaultKey, data: bytes, mac: bytes) -> bool:
        """Whether this is the data's MAC, in constant time."""
        return hmac.compare_digest(self.compute_mac(key, data), mac)


def _derive_single_use(key: VaultKey, salt: bytes) -> tuple[bytes, bytes]:
    """AES key and nonce of one sealing: both come from its salt, which is never used again."""
    derived = _derive_hkdf(key.reveal(), salt, SEAL_LABEL, KEY_BYTES + _NONCE_BYTES)
    return derived[:KEY_BYTES], derived[KEY_BYTES:]


def _derive_hkdf(key: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    """RFC 5869 with SHA-256; an empty salt is a block of zeros."""
    return HKDF(SHA256(), size, salt, info).derive(key)
