"""Recordings written: vcrpy's own Cassette and serializer, and a file that is replaced whole.

Nothing is patched: exchanges are handed to the Cassette one by one, as we made them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from vcr.cassette import Cassette  # type: ignore[import-untyped]
from vcr.request import Request as Asked  # type: ignore[import-untyped]
from vcr.serialize import serialize  # type: ignore[import-untyped]
from vcr.serializers import jsonserializer  # type: ignore[import-untyped]

from cactions.edges.files.confined_paths import resolve_for_writing
from cactions.edges.files.file_io import store_errors
from cactions.edges.files.shared_file import save_shared_file
from cactions.logic.cassette.file_format import encode_interaction, parse_cassette
from cactions.model import Request, Response

logging.getLogger("vcr").setLevel(logging.CRITICAL + 1)  # it writes requests and answers down


class JsonCassetteWriter:
    """The recording at ``path``, which is replaced as a whole or stays as it is.

    ``makes_folder``: the folder of it may be missing.
    """

    def __init__(self, path: Path, *, makes_folder: bool = False) -> None:
        self._path = path
        self._makes_folder = makes_folder

    def encode(self, exchanges: Iterable[tuple[Request, Response]]) -> bytes:
        """The file that would be; ASCII, for vcrpy reads in the locale's encoding.

        Raises RemoteError for an answer that is not text.
        """
        cassette = Cassette(str(self._path), serializer=jsonserializer)
        for exchange in exchanges:
            interaction = encode_interaction(*exchange)
            cassette.append(Asked(**interaction["request"]), interaction["response"])
        kept = {"requests": cassette.requests, "responses": cassette.responses}
        data: bytes = serialize(kept, jsonserializer).encode()
        parse_cassette(data, str(self._path))
        return data

    def check_place(self) -> None:
        """Before anything is sent. Raises as ``keep`` does for a link, or what is no file."""
        with store_errors(self._path):
            resolve_for_writing(self._path)

    def save(self, data: bytes) -> None:
        """Replace the file; durable on return.

        Raises StoreError, or DefinitionError where a link of the project is in the way.
        """
        save_shared_file(self._path, data, makes_folder=self._makes_folder)
