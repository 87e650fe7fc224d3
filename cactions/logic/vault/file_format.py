"""Reads and writes the lines of a vault: its structure only, without any key.

Only the exact bytes that would be written are read. Nothing is trusted before the MAC is checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from msgspec import Struct

from cactions.logic.merge_marks import find_merge_mark
from cactions.logic.vault import canonical_json
from cactions.logic.vault.errors import Problem, build_error
from cactions.logic.vault.line_parser import Head, LineError, VaultLine, parse_line
from cactions.model.vault import (
    Entry,
    Recipient,
    ScryptParams,
    VaultContents,
    VaultError,
    VaultHead,
)

MAX_FILE: Final = 32 * 1024 * 1024
MAX_LINE: Final = 1024 * 1024
MIN_COST: Final = 2**15
MAX_COST: Final = 2**18
"""It takes 256 MiB, which even a forged file can make us use before its MAC is checked."""

_BEGINNING: Final = b'{"epoch":'
_FORMAT: Final = re.compile(rb'"format":"cactions-vault/([1-9][0-9]{0,8})"')
_VAULT: Final = re.compile(rb'"vault":"([0-9a-f]{32})"')
_EPOCH: Final = re.compile(rb'"epoch":([1-9][0-9]{0,15})\b')


class VaultText(Struct, frozen=True):
    """A parsed vault: its contents, the bytes that its MAC covers, and the MAC."""

    contents: VaultContents
    covered: bytes
    mac: bytes


class VaultFragment(NamedTuple):
    """One line of a damaged vault; ``content`` is None if it cannot be read."""

    number: int
    content: Recipient | Entry | None


def parse_vault(data: bytes) -> VaultText:
    """Parse a vault. Raises VaultError and nothing else."""
    if len(data) > MAX_FILE:
        raise build_error(Problem.TOO_BIG, limit=MAX_FILE)
    _check_transport(data)
    _check_format(data)
    raw_lines = data.split(b"\n")
    if raw_lines[-1]:
        raise build_error(Problem.TRUNCATED, line=len(raw_lines))
    return _assemble(data, _parse_lines(raw_lines[:-1]))


def _check_transport(data: bytes) -> None:
    """What git does to a file that it takes for text: marks of a merge, and other ends of lines.

    The verdict is that of the specification: a mark in the first line hides what the file is.
    """
    mark = find_merge_mark(data.decode("latin-1"))
    if mark:
        problem = Problem.IN_MERGE if mark.line == 1 else Problem.MERGED_BY_LINES
        raise build_error(problem, line=mark.line)
    if _FORMAT.search(data.partition(b"\n")[0]) and (start := data.find(b"\r\n")) >= 0:
        raise build_error(Problem.CR_LF, line=data.count(b"\n", 0, start) + 1)


def _check_format(data: bytes) -> None:
    first, found, _ = data.partition(b"\n")
    if not found:
        cut = data.startswith(_BEGINNING) or _BEGINNING.startswith(data)
        raise build_error(Problem.TRUNCATED if cut else Problem.NOT_A_VAULT, line=1)
    version = _FORMAT.search(first)
    if version is None:
        raise build_error(Problem.NOT_A_VAULT, line=1)
    if int(version[1]) != 1:
        raise build_error(Problem.NEWER_VERSION, line=1, version=int(version[1]))


def _parse_lines(raw_lines: list[bytes]) -> list[VaultLine]:
    """Parse every line; they must be in strictly rising order."""
    lines: list[VaultLine] = []
    for number, text in enumerate(raw_lines, 1):
        line = _read_line(number, text)
        _check_place(number, line, lines)
        if isinstance(line.content, Recipient) and line.content.stretching:
            _check_cost(number, line.content.stretching)
        lines.append(line)
    if not isinstance(lines[-1].content, bytes):
        raise build_error(Problem.TRUNCATED, line=len(lines))
    return lines


def _read_line(number: int, text: bytes) -> VaultLine:
    if len(text) + 1 > MAX_LINE:
        raise build_error(Problem.LINE_TOO_BIG, line=number, limit=MAX_LINE)
    try:
        return parse_line(text)
    except LineError as fault:
        raise build_error(Problem.NOT_CANONICAL, line=number, why=str(fault)) from None


def _check_place(number: int, line: VaultLine, before: list[VaultLine]) -> None:
    if not before:
        in_place = isinstance(line.content, Head)
    elif len(before) == 1:
        in_place = isinstance(line.content, Recipient)
    else:
        in_place = before[-1].place < line.place
    if not in_place:
        why = "it stands in the wrong place, or twice"
        raise build_error(Problem.NOT_CANONICAL, line=number, why=why)


def _check_cost(number: int, stretching: ScryptParams) -> None:
    n = stretching.n
    if not MIN_COST <= n <= MAX_COST:
        why = f"n is {n}, not 2^15 to 2^18"
    elif n & (n - 1):
        why = f"n is {n}, no power of two"
    elif (stretching.r, stretching.p) != (8, 1):
        why = f"r is {stretching.r} and p is {stretching.p}"
    else:
        return
    raise build_error(Problem.BAD_PARAMETERS, line=number, why=why)


def _assemble(data: bytes, lines: list[VaultLine]) -> VaultText:
    head, end = lines[0].content, lines[-1].content
    assert isinstance(head, VaultHead)
    assert isinstance(end, bytes)
    parts = [line.content for line in lines]
    recipients = tuple(part for part in parts if isinstance(part, Recipient))
    entries = tuple(part for part in parts if isinstance(part, Entry))
    covered = data[: data.rindex(b"\n", 0, -1) + 1]
    return VaultText(VaultContents(head, recipients, entries), covered, end)


def format_vault(contents: VaultContents) -> bytes:
    """The bytes that the MAC covers: every line but the last, in the order of the format."""
    recipients = sorted(contents.recipients, key=lambda recipient: recipient.name)
    entries = sorted(
        contents.entries, key=lambda entry: (entry.purpose.value, entry.name, entry.version)
    )
    return b"".join(
        (
            canonical_json.format_head_line(contents.head),
            *map(canonical_json.format_recipient_line, recipients),
            *map(canonical_json.format_entry_line, entries),
        )
    )


def find_head(data: bytes) -> VaultHead:
    """Find the vault id and epoch of a damaged file by their patterns. Raises VaultError."""
    first = data[:MAX_LINE].partition(b"\n")[0]
    vault, epoch = _VAULT.search(first), _EPOCH.search(first)
    if vault is None or epoch is None:
        raise build_error(Problem.NOT_A_VAULT, line=1)
    return VaultHead(vault[1].decode(), int(epoch[1]), 1)


def parse_fragments(data: bytes) -> Iterator[VaultFragment]:
    """Parse every line of a damaged vault except its head and its end."""
    for number, text in enumerate(data[:MAX_FILE].rstrip(b"\n").split(b"\n")[1:], 2):
        try:
            line = _read_line(number, text)
        except VaultError:
            yield VaultFragment(number, None)
            continue
        if isinstance(line.content, Recipient | Entry):
            yield VaultFragment(number, line.content)
