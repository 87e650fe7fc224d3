"""Why the workers have stopped with a run, sealed: it may name what a service has answered."""

from __future__ import annotations

from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.store.row_encryption import RowCipher
from cactions.logic import strict_json
from cactions.model import ClusterStop, Json


class StopCells:
    """Writes and reads the cells. Raises StoreError for one that was not written here."""

    def __init__(self, database: PostgresDatabase, cipher: RowCipher) -> None:
        self._database, self._cipher = database, cipher

    def write(self, run_id: str, stop: ClusterStop) -> str | bytes:
        document: Json = {"message": stop.message, "hint": stop.hint, "trip": stop.trip}
        return self._cipher.seal(strict_json.dump_json(document), (run_id, "stop"))

    def read(self, run_id: str, sealed: bytes) -> ClusterStop:
        document = strict_json.parse_json(self._cipher.unseal(sealed, (run_id, "stop")))
        if not isinstance(document, dict):
            raise self._database.build_damaged_error("the reason of a stop is none")
        return ClusterStop(*(str(document.get(name)) for name in ("message", "hint", "trip")))
