"""Opens secrets of the vault for live requests: the vault once, each secret for its host."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Lock

from cactions.app.keeping import secret_for
from cactions.app.opening import OpenVault, VaultDesk, opened
from cactions.model import OperatorError
from cactions.model.secret import Secret


class VaultSecrets:
    """``desk`` is asked for when a secret is first needed; ``know`` is told of every value."""

    def __init__(
        self, desk: Callable[[], VaultDesk], know: Callable[[Secret], Secret] = lambda one: one
    ) -> None:
        self._desk, self._know = desk, know
        self._vault: OpenVault | None = None
        self._open: dict[tuple[str, str], Secret] = {}
        self._lock = Lock()

    def opened(self, names: Sequence[str], host: str) -> Mapping[str, Secret]:
        """By name. Raises OperatorError, AuthorError, StoreError."""
        with self._lock:
            return {name: self._one(name, host) for name in names}

    def _one(self, name: str, host: str) -> Secret:
        if (name, host) not in self._open:
            try:
                self._vault = self._vault or opened(self._desk())
                secret = secret_for(self._vault, name, host)
            except OperatorError as error:
                raise OperatorError(
                    f'a live call needs the secret "{name}": {error}',
                    hint=f"{error.hint.rstrip('.')}. A replay of a recording needs none.",
                ) from None
            self._open[name, host] = self._know(secret)
        return self._open[name, host]
