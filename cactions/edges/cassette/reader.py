"""Recordings on disk: answers without a network, and the file that they come from.

- A cassette is read and checked once, as a whole; after that a request costs one look-up, however
  many interactions there are. Only a request that nothing answers is compared with all of them.
- Several recorded answers to the same request are given in recorded order; the last one repeats.
- Replaying needs no secret and opens none. A redacted value is compared, and never quoted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from stat import S_ISREG
from typing import Final, NoReturn, TypeAlias

from cactions.edges.files.confined_paths import NotAFile, open_for_reading
from cactions.edges.files.file_io import name_path, store_errors
from cactions.logic.cassette.file_format import RecordedExchange, parse_cassette
from cactions.logic.cassette.request_diff import (
    describe_request,
    find_closest_recording,
    list_differences,
)
from cactions.logic.cassette.request_key import (
    Blanks,
    Key,
    RequestKey,
    to_masked_request_key,
    to_request_key,
)
from cactions.logic.printable import escape_control
from cactions.model import DefinitionError, FailureReason, PlanningError, Request, Response

MAX_BYTES: Final = 256 * 1024 * 1024
"""The largest cassette that is read into memory."""


class _Answers:
    """The recorded answers to one request, in turn; the last one repeats."""

    __slots__ = ("_exchanges", "_next", "question")

    def __init__(self, exchanges: Sequence[tuple[int, RecordedExchange]]) -> None:
        self.question = exchanges[0][1].question
        self._exchanges = exchanges
        self._next = 0

    def take(self) -> tuple[int, Response]:
        """The number of the interaction, from 0, and its response."""
        number, exchange = self._exchanges[min(self._next, len(self._exchanges) - 1)]
        self._next += 1
        return number, exchange.response


_Index: TypeAlias = "dict[Key, _Answers]"


class CassetteSender:
    """The Sender that answers from a cassette. ``source`` is the path as it may be shown.

    Raises DefinitionError for a file that is missing or no cassette, StoreError for one that cannot
    be read.
    """

    def __init__(self, path: Path, source: str = "") -> None:
        named = source or str(path)
        self.source = named.encode(errors="backslashreplace").decode()  # names may be no UTF-8
        self._recorded = parse_cassette(_read(path, escape_control(self.source)), self.source)
        self._indexes: dict[Blanks, _Index] = {}
        self._used: set[int] = set()
        self._index(Blanks())

    def __len__(self) -> int:
        return len(self._recorded)

    @property
    def has_turns(self) -> bool:
        """Whether a request may have several answers, so that the order of requests matters.

        Bodies count as equal: they may differ in a secret alone, which is not compared.
        """
        heads = {exchange.question.to_key(Blanks())[:-1] for exchange in self._recorded}
        return len(heads) < len(self._recorded)

    def list_unused(self, *, hidden: bool = False) -> list[tuple[int, str]]:
        """The interactions that no request was answered from: number, from 1, and request.

        ``hidden``: a path may hold a redacted value, and is not shown.
        """
        return [
            (number + 1, describe_request(exchange.question, hidden=hidden))
            for number, exchange in enumerate(self._recorded)
            if number not in self._used
        ]

    def send(self, request: Request) -> Response:
        """The recorded response. Raises PlanningError (NOT_RECORDED); it names the nearest."""
        request_key = to_request_key(request)
        blanks = request_key.blanks
        index = self._index(blanks)
        key = request_key.to_key(blanks)
        if key not in index:
            shown = to_masked_request_key(request)  # as we record it
            if (as_recorded := shown.to_key(blanks)) not in index:
                closest = find_closest_recording(
                    request_key, key, ((k, answers.question) for k, answers in index.items())
                )
                self._raise_not_recorded(request, request_key, shown, closest)
            key = as_recorded
        number, response = index[key].take()
        self._used.add(number)
        return response

    def _index(self, blanks: Blanks) -> _Index:
        """Every place of secrets has its own index; actions have few such places."""
        if blanks not in self._indexes:  # setdefault: threads share whichever came first
            self._indexes.setdefault(blanks, _build_index(self._recorded, blanks))
        return self._indexes[blanks]

    def _raise_not_recorded(
        self,
        request: Request,
        request_key: RequestKey,
        shown: RequestKey,
        closest: RequestKey | None,
    ) -> NoReturn:
        message = f"{escape_control(self.source)} holds no answer to {escape_control(request.line)}"
        if closest is not None:
            words = "; ".join(list_differences(request_key, closest, shown))
            line = describe_request(closest, hidden=request_key.path != shown.path)
            message += f"; the nearest recorded request is {line}, and differs in {words}"
        count = "1 interaction" if len(self) == 1 else f"{len(self)} interactions"
        hint = f"The cassette has {count}: `cactions test --record` records what tests ask."
        raise PlanningError(FailureReason.NOT_RECORDED, message, hint=hint)


def _build_index(recorded: Iterable[RecordedExchange], blanks: Blanks) -> _Index:
    groups: dict[Key, list[tuple[int, RecordedExchange]]] = {}
    for number, exchange in enumerate(recorded):
        groups.setdefault(exchange.question.to_key(blanks), []).append((number, exchange))
    return {key: _Answers(group) for key, group in groups.items()}


def _read(path: Path, shown: str) -> bytes:
    with store_errors(Path(shown)):
        try:
            return _read_whole(open_for_reading(path), shown)
        except (FileNotFoundError, NotADirectoryError):
            raise DefinitionError(
                f"there is no recording {shown}",
                hint=f"Check the name ({path.absolute()}). `cactions test --record` records what"
                " tests ask, into cassettes/.",
            ) from None
        except NotAFile:
            raise _build_not_a_file(shown) from None


def _read_whole(handle: int, shown: str) -> bytes:
    with open(handle, "rb") as file:
        state = os.fstat(handle)
        if not S_ISREG(state.st_mode):
            raise _build_not_a_file(shown)
        if state.st_size > MAX_BYTES:
            raise DefinitionError(
                f"{name_path(Path(shown))} is larger than {MAX_BYTES // 1024**2} MiB",
                hint="Split the cassette.",
            )
        return file.read()


def _build_not_a_file(shown: str) -> DefinitionError:
    name = name_path(Path(shown))
    return DefinitionError(f"{name} is not a file", hint="Name the cassette itself.")
