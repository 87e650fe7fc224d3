"""The paths that git tracks, read from the bytes of its index.

By git's own description (gitformat-index): versions 2, 3 and 4, with hashes of SHA-1 or SHA-256.
The hash at the end is not compared, since git may leave it out (``index.skipHash``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

_SIGNATURE: Final = b"DIRC"
_HEADER: Final = 12
_HASHES: Final = (20, 32)
"""Bytes of a SHA-1 and of a SHA-256."""
_STAT: Final = 40
"""Bytes of times, numbers and size before an entry's hash."""
_EXTENDED: Final = 0x40
"""The bit of the first byte of an entry's flags that says that more flags follow."""
_MORE: Final = 0x80
"""The bit of a byte of a number that says that another byte follows."""
_MOST: Final = 1 << 28
"""Bytes of all paths together: compressed ones can say more than the index holds."""
_LINK: Final = b"link"
"""The name of the extension that tells of another index."""
_COMPRESSED: Final = 4
"""The version in which a path says only how it differs from the one before."""


class _NotAnIndex(ValueError):
    """The bytes are laid out in another way."""


class GitIndex(Struct, frozen=True):
    """The tracked paths, and the hash in hex of an index that holds more of them, or empty."""

    paths: tuple[bytes, ...]
    shared: str


def may_name(data: bytes, name: str) -> bool:
    """Whether a path of the index could hold this ASCII name, in any case; a quick look.

    Never false where ``read_indexes`` finds it: the long s is the one other letter that folds to
    an ASCII letter and can be written in UTF-8 in its place, beside the sign for Kelvin.
    """
    if read_version(data) not in {2, 3} or _has_link(data):
        return True
    folded = data.lower().replace("\u017f".encode(), b"s").replace("\u212a".encode(), b"k")
    return name.casefold().encode() in folded


def _has_link(data: bytes) -> bool:
    """Whether the extension can be there: sizes lead from it to the hash at the end."""
    ends = [len(data) - size for size in _HASHES]
    at = data.rfind(_LINK)
    while at >= 0:
        place = at
        while place + 8 <= ends[0] and place not in ends:
            place += 8 + int.from_bytes(data[place + 4 : place + 8])
        if place in ends:
            return True
        at = data.rfind(_LINK, 0, at)
    return False


def read_version(data: bytes) -> int:
    """The version of the index; 0 for what is none."""
    return int.from_bytes(data[4:8]) if data.startswith(_SIGNATURE) else 0


def read_indexes(data: bytes) -> Iterator[GitIndex]:
    """What the bytes say, for each kind of hash with which they make a whole index."""
    for size in _HASHES:
        try:
            yield _read(data, size)
        except _NotAnIndex:
            continue


def _read(data: bytes, hash_size: int) -> GitIndex:
    version = read_version(data)
    if version not in {2, 3, _COMPRESSED}:
        raise _NotAnIndex
    paths, place = _read_entries(data, _STAT + hash_size, compressed=version == _COMPRESSED)
    return GitIndex(paths, _find_shared_hash(data, place, len(data) - hash_size, hash_size))


def _read_entries(data: bytes, flags: int, *, compressed: bool) -> tuple[tuple[bytes, ...], int]:
    """The paths, and where the entries end; ``flags`` stand so far behind an entry's start.

    One loop without calls, where there are none to make: an index can have a million entries.
    """
    paths, path, start, total = [], b"", _HEADER, 0
    for _ in range(int.from_bytes(data[8:_HEADER])):
        place = start + flags
        if place >= len(data):
            raise _NotAnIndex
        place += 4 if data[place] & _EXTENDED else 2
        dropped, place = _read_offset(data, place) if compressed else (len(path), place)
        end = data.find(b"\0", place)
        path = path[: max(len(path) - dropped, 0)] + data[place:end]
        total += len(path)
        if end < 0 or total > _MOST:
            raise _NotAnIndex
        paths.append(path)
        start = end + 1 if compressed else start + (end - start + 8) // 8 * 8
    return tuple(paths), start


def _read_offset(data: bytes, place: int) -> tuple[int, int]:
    """Git's number of variable length, and where it ends."""
    number = -1
    for here in range(place, min(place + 5, len(data))):
        number = (number + 1) << 7 | data[here] & ~_MORE
        if not data[here] & _MORE:
            return number, here + 1
    raise _NotAnIndex


def _find_shared_hash(data: bytes, place: int, end: int, hash_size: int) -> str:
    """The hash in the extension "link"; the extensions must fill the bytes up to the end."""
    shared = ""
    while place + 8 <= end:
        if data[place : place + 4] == _LINK:
            found = data[place + 8 : place + 8 + hash_size]
            shared = found.hex() if any(found) else ""
        place += 8 + int.from_bytes(data[place + 4 : place + 8])
    if place != end:
        raise _NotAnIndex
    return shared
