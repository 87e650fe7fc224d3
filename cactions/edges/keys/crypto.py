"""All raw cryptography of the project, on one page; the only home of ``cryptography``.

Every primitive, and why its nonce is never used twice:

- **Randomness** comes from the operating system. Keys and salts are 32 bytes: two of 2^96 drawings
  are equal with a chance of 2^-64, so that fresh ones need no memory of the old ones.
- **HKDF-SHA256** (RFC 5869) makes keys from keys. Its info is a label with the length of each part,
  so that no two uses of a key give the same bytes.
- **AES-256-GCM** seals. A nonce that is used twice with one key would give both plaintexts away.
  No key here is used twice at all: each sealing draws a salt, and HKDF makes of key and salt a
  single-use key *and* its nonce. The same plaintext sealed twice is different bytes.
- **HMAC-SHA256** over the file tells whether somebody with the data key wrote it; compared in
  constant time.
- **scrypt** (RFC 7914) makes guessing a passphrase dear: 128 MiB and some tenths of a second
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

from cactions.logic.vault import errors
from cactions.logic.vault.associated_data import SEAL_LABEL, pad, unpad
from cactions.model.secret import KEY_BYTES, Passphrase, VaultKey
from cactions.model.vault import AuthenticationFailed, Ciphertext, ScryptParams

COST: Final = 2**17
"""scrypt's N for new passphrases."""

_SALT: Final = 32
_NONCE: Final = 12
_KEY_ID: Final = 16
_VAULT_ID: Final = 16
_BLOCK: Final = 32
_ROOM: Final = 2


class AesGcmSealer:
    """The primitives, with the randomness that they draw from.

    Only where test vectors are made is ``random`` another than the operating system's.
    """

    def __init__(
        self, random: Callable[[int], bytes] = secrets.token_bytes, *, cost: int = COST
    ) -> None:
        self._random = random
        self._cost = cost

    def new_vault_id(self) -> str:
        """32 hex digits that no other vault has."""
        return self._random(_VAULT_ID).hex()

    def new_key(self, label: str) -> VaultKey:
        """A key that nobody has seen."""
        return VaultKey(label, self._random(KEY_BYTES))

    def new_scrypt_params(self) -> ScryptParams:
        """Parameters with a fresh salt: a guess takes 1,024 * ``cost`` bytes of memory."""
        return ScryptParams(self._cost, 8, 1, self._random(_SALT))

    def derive_from_passphrase(self, passphrase: Passphrase, how: ScryptParams) -> VaultKey:
        """The key that a passphrase stands for. The parameters must have been checked.

        Raises VaultError where there is not the memory for it.
        """
        text = normalize("NFC", passphrase.reveal()).encode()
        room = _ROOM * 128 * how.n * how.r
        cost = {"n": how.n, "r": how.r, "p": how.p}
        try:
            key = scrypt(text, salt=how.salt, **cost, maxmem=room, dklen=KEY_BYTES)
        except (ValueError, OverflowError, MemoryError):  # OpenSSL's limit, or the machine's
            raise errors.not_stretched(room // _ROOM) from None
        return VaultKey(passphrase.label, key)

    def derive_key(self, key: VaultKey, info: bytes) -> VaultKey:
        """Another key, made from this one for the use that ``info`` names."""
        return VaultKey(key.label, _hkdf(key.reveal(), b"", info, KEY_BYTES))

    def key_id(self, key: VaultKey, info: bytes) -> str:
        """The public name of a key (32 hex digits); tells nothing else of it."""
        return _hkdf(key.reveal(), b"", info, KEY_BYTES)[:_KEY_ID].hex()

    def seal(self, key: VaultKey, associated: bytes, plaintext: bytes) -> Ciphertext:
        """The plaintext, padded and sealed for the place that ``associated`` names."""
        salt = self._random(_SALT)
        once, nonce = _single_use(key, salt)
        return Ciphertext(salt, AESGCM(once).encrypt(nonce, pad(plaintext), associated))

    def unseal(self, key: VaultKey, associated: bytes, sealed: Ciphertext) -> bytes:
        """The plaintext. Raises Forged for another key, another place or changed bytes."""
        once, nonce = _single_use(key, sealed.salt)
        try:
            return unpad(AESGCM(once).decrypt(nonce, sealed.data, associated))
        except (InvalidTag, ValueError):
            raise AuthenticationFailed("not sealed with this key for this place") from None

    def mac(self, key: VaultKey, data: bytes) -> bytes:
        """HMAC-SHA256."""
        return hmac.digest(key.reveal(), data, "sha256")

    def has_mac(self, key: VaultKey, data: bytes, mac: bytes) -> bool:
        """Whether this is the data's MAC, in constant time."""
        return hmac.compare_digest(self.mac(key, data), mac)


def _single_use(key: VaultKey, salt: bytes) -> tuple[bytes, bytes]:
    """AES key and nonce of one sealing: both come from its salt, and no other sealing has it."""
    made = _hkdf(key.reveal(), salt, SEAL_LABEL, KEY_BYTES + _NONCE)
    return made[:KEY_BYTES], made[KEY_BYTES:]


def _hkdf(key: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    """RFC 5869 with SHA-256; an empty salt is a block of zeros. Needs no library but HMAC."""
    extracted = hmac.digest(salt or bytes(_BLOCK), key, "sha256")
    made = block = b""
    for number in range(1, -(-size // _BLOCK) + 1):
        block = hmac.digest(extracted, block + info + bytes([number]), "sha256")
        made += block
    return made[:size]
