"""Recordings written: vcrpy's own Cassette and serializer, and a file that is replaced whole.

Nothing is patched: exchanges are handed to the Cassette one by one, as we made them.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from vcr.cassette import Cassette  # type: ignore[import-untyped]
from vcr.request import Request as Asked  # type: ignore[import-untyped]
from vcr.serialize import serialize  # type: ignore[import-untyped]
from vcr.serializers import jsonserializer  # type: ignore[import-untyped]

from cactions.edges.files import store_errors, sync_folder
from cactions.logic.recording import interaction_to_json, parse_cassette
from cactions.model import Request, Response

logging.getLogger("vcr").setLevel(logging.CRITICAL + 1)  # it writes requests and answers down


class Tape:
    """The recording at ``path``, which is replaced as a whole or stays as it is.

    ``makes_folder``: the folder of it may be missing.
    """

    def __init__(self, path: Path, *, makes_folder: bool = False) -> None:
        self._path = path
        self._makes_folder = makes_folder

    def written(self, exchanges: Iterable[tuple[Request, Response]]) -> bytes:
        """The file that would be; ASCII, for vcrpy reads in the locale's encoding.

        Raises RemoteError for an answer that is not text.
        """
        cassette = Cassette(str(self._path), serializer=jsonserializer)
        for exchange in exchanges:
            interaction = interaction_to_json(*exchange)
            cassette.append(Asked(**interaction["request"]), interaction["response"])
        kept = {"requests": cassette.requests, "responses": cassette.responses}
        data: bytes = serialize(kept, jsonserializer).encode()
        parse_cassette(data, str(self._path))
        return data

    def keep(self, data: bytes) -> None:
        """Replace the file; durable on return. Raises StoreError."""
        with store_errors(self._path):
            if self._makes_folder:
                self._path.parent.mkdir(exist_ok=True)
            _replace(self._path, data)


def write_cassette(path: Path, exchanges: Iterable[tuple[Request, Response]]) -> None:
    """Write a cassette that both cactions and plain vcrpy replay; the whole file or nothing.

    Raises RemoteError for an answer that is not text, StoreError where it cannot be written.
    """
    tape = Tape(path)
    tape.keep(tape.written(exchanges))


def _replace(path: Path, data: bytes) -> None:
    """A reader, or a crash, meets the old file or the new one and nothing between."""
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:  # x is O_EXCL: nobody else's file
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
