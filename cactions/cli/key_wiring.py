"""Builds what signs and what reads keys. As in ``wiring``, each function imports what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cactions.model import UsageError

if TYPE_CHECKING:
    from cactions.app.vault.ports import KeyHolder
    from cactions.edges.keys.jwt_signer import JwtSigner
    from cactions.edges.keys.messenger_jwt import MessengerJwt
    from cactions.edges.keys.user_config import UserConfig
    from cactions.model import ClientCertificate
    from cactions.model.secret import Secret, SigningKey


def create_messenger_jwt() -> MessengerJwt:
    """Signs and reads JWTs. Raises UsageError where its library, an extra, is not installed."""
    with _explain_missing_jwt():
        from cactions.edges.keys.messenger_jwt import MessengerJwt
    return MessengerJwt()


def create_jwt_signer(
    get_time: Callable[[], float], register: Callable[[Secret], Secret]
) -> JwtSigner:
    """Signs JWTs that tokens are fetched with. Raises as ``create_messenger_jwt``."""
    with _explain_missing_jwt():
        from cactions.edges.keys.jwt_signer import JwtSigner
    return JwtSigner(get_time, register)


def check_client_certificate(presented: ClientCertificate, key: SigningKey) -> None:
    """Raises DefinitionError where the two do not belong together, or are not valid now."""
    from cactions.edges.clock import SystemClock
    from cactions.edges.keys.client_certificate import check_client_certificate

    check_client_certificate(presented, key, SystemClock().get_time())


@contextmanager
def _explain_missing_jwt() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise UsageError(
            "JWTs need the package PyJWT", hint='Install it: pip install "pyjwt>=2.10,<3"'
        ) from error


def normalize_private_key(name: str, pem: str) -> str:
    """The same key as it is sealed. Raises UsageError for one that cannot sign."""
    from cactions.edges.keys.private_key import normalize_private_key

    return normalize_private_key(name, pem)


def create_keyring(config: UserConfig) -> KeyHolder:
    """The keyring of the system, as a holder of keys to vaults."""
    from cactions.edges.keys.keyring_store import KeyringStore

    return KeyringStore(config)
