"""What workers need of each other and nothing else may read or make: sealed, each for its run."""

from __future__ import annotations

from typing import Final

from msgspec import convert, to_builtins

from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.store.row_encryption import RowCipher
from cactions.logic import strict_json
from cactions.model import ClusterStop, Json, PartStep, StoreError

_STOP: Final = "stop"
_STEP: Final = "step"


class ClusterCells:
    """Writes and reads the cells. Raises StoreError for one that was not written here."""

    def __init__(self, database: PostgresDatabase, cipher: RowCipher) -> None:
        self._database, self._cipher = database, cipher

    def write_stop(self, run_id: str, stop: ClusterStop) -> str | bytes:
        """Why the workers have stopped: it may name what a service has answered."""
        document: Json = to_builtins(stop)
        return self._cipher.seal(strict_json.dump_json(document), (run_id, _STOP))

    def read_stop(self, run_id: str, sealed: bytes) -> ClusterStop:
        return convert(strict_json.parse_json(self._unseal(run_id, _STOP, sealed)), ClusterStop)

    def write_step(self, run_id: str, step: PartStep) -> str | bytes:
        """What workers were asked to do: parts alone can be made without the key."""
        return self._cipher.seal(step.value, (run_id, _STEP))

    def read_step(self, run_id: str, sealed: bytes) -> str:
        return self._unseal(run_id, _STEP, sealed)

    def _unseal(self, run_id: str, name: str, sealed: bytes) -> str:
        try:
            return self._cipher.unseal(sealed, (run_id, name))
        except StoreError as error:
            why = f"the {name} of the run {run_id} in {self._database}: {error}"
            raise type(error)(why, hint=error.hint) from None
