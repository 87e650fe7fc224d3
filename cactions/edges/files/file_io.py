"""Files as this project touches them: within a limit, and in steps that survive a power cut.

- What the operator named is read up to a limit, and not a byte further; a text is UTF-8, and whole.
  Which links are followed on the way is decided by ``confined_paths``.
- No OSError leaves this file: what the operator named is an UsageError, state a StoreError.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from cactions.edges.files.atomic_write import SHARED, write_whole
from cactions.edges.files.confined_paths import NotAFile, open_for_reading, resolve_for_writing
from cactions.model import DefinitionError, Place, StoreError, UsageError

MIB: Final = 1024 * 1024

_FILE: Final = 0o600

_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_RIGHT: Final = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_LINKS: Final = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
"""What file systems without hard links (FAT, some network shares) answer to ``link``."""


def read_text(path: Path, *, limit: int = MIB) -> str:
    """The whole text of a file that the operator named.

    Raises UsageError where it cannot be read, DefinitionError where it is too long, not UTF-8, or
    behind a link that leads out of its project.
    """
    data = read_bytes(path, limit=limit)
    if len(data) > limit:
        raise DefinitionError(
            f"{path} is larger than {limit:,} bytes", hint="Split it, or name another file."
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        raise DefinitionError(
            f"{path} is not UTF-8 text", hint="Save it as UTF-8.", place=_end_of(before, path)
        ) from None


def read_bytes(path: Path, *, limit: int = MIB) -> bytes:
    """A file that the operator named; of one longer than ``limit``, one byte more than that.

    Raises UsageError where it cannot be read, DefinitionError where a link leads out of its project.
    """
    try:
        with open(open_for_reading(path), "rb") as file:  # noqa: PTH123 - a descriptor has no path
            size = min(os.fstat(file.fileno()).st_size, limit)  # a buffer of ``limit`` takes time
            data = file.read(size + 1)
            return data if len(data) <= size else data + file.read(limit - size)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}", hint="Check the name.") from None
    except ValueError:
        raise _no_name(path) from None
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> UsageError:
    """The error for a file that the operator named, and that is refused by the system or by us."""
    hint = "Name a file that you may read."
    if isinstance(error, NotAFile):
        hint = "Name a file; where a command reads stdin, `-` stands for it."
    return UsageError(f"{path} cannot be read: {_words(error)}", hint=hint)


def _no_name(path: Path) -> UsageError:
    """A path with a NUL in it is none for the system."""
    return UsageError(f"{str(path)!r} is no file name", hint="Check the name.")


def write_text(path: Path, text: str, *, private: bool = False) -> None:
    """Write a file that the operator asked for; a new one is its owner's alone where ``private``.

    In a project it is replaced whole; elsewhere, it may be a pipe or a device. Raises UsageError
    where that cannot be done, DefinitionError where a link of a project is in the way.
    """
    with _write_errors(path):
        target = resolve_for_writing(path)
        if target.inside:
            _write_inside(target.path, text.encode(), private=private)
            return
        with open(target.path, "w", encoding="utf-8", opener=_opener(private)) as file:
            file.write(text)


def append_text(path: Path, text: str) -> None:
    """Add to the end of a file that the operator named.

    Raises UsageError where that cannot be, DefinitionError where a link of a project is in the way.
    """
    with _write_errors(path):
        target = resolve_for_writing(path)
        with target.path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)


def _write_inside(path: Path, data: bytes, *, private: bool) -> None:
    """In a project, the whole file or nothing of it, and never into what a link leads to."""
    like = path.lstat() if os.path.lexists(path) else None
    write_whole(path, data, mode=_FILE if private else SHARED, like=like)
    try_sync_folder(path.parent)


@contextmanager
def _write_errors(path: Path) -> Iterator[None]:
    if "\0" in str(path):
        raise _no_name(path)
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {_words(error)}", hint="Name a file that you may write."
        ) from error


def _end_of(text: str, path: Path) -> Place:
    line = text.count("\n") + 1
    column = len(text) - text.rfind("\n")
    return Place(str(path), line, column, line, column + 1)


def _opener(private: bool) -> Callable[[str, int], int]:
    return lambda path, flags: os.open(path, flags, _FILE if private else SHARED)


def new_private_file(folder: Path, prefix: str) -> Path:
    """A new empty file under a name that no other process uses."""
    with store_errors(folder):
        path = folder / f"{prefix}{os.urandom(8).hex()}"
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, _FILE))
        path.chmod(_FILE)
    return path


def delete_file(path: Path) -> None:
    """The file is gone, also after a power cut; one that is gone already stays gone."""
    with store_errors(path):
        path.unlink(missing_ok=True)
        sync_folder(path.parent)


def publish_file(draft: Path, path: Path) -> None:
    """Give a complete, closed and synced file its name; durable on return.

    Raises FileExistsError where another process was first, and leaves its file alone.
    """
    with store_errors(path):
        try:
            os.link(draft, path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _move(draft, path)
        sync_folder(path.parent)


def _move(draft: Path, path: Path) -> None:
    """Without hard links there is a moment in which two publishers do not see each other."""
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    draft.rename(path)


def sync_folder(path: Path) -> None:
    """Make names in the folder survive a power cut; where folders cannot be opened, nothing."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def try_sync_folder(path: Path) -> None:
    """As ``sync_folder`` where the new file has its name: only a power cut could undo that."""
    with suppress(OSError):
        sync_folder(path)


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Every OSError within, except FileExistsError, leaves as a StoreError about ``path``."""
    try:
        yield
    except FileExistsError:
        raise
    except ValueError as error:
        if "\0" not in str(path):
            raise
        raise StoreError(f"{str(path)!r} is no file name", hint="Check it.") from error
    except OSError as error:
        raise StoreError(f"{path} cannot be used: {_words(error)}", hint=_hint(error)) from error


def _words(error: OSError) -> str:
    return (error.strerror or str(error) or type(error).__name__).lower()


def _hint(error: OSError) -> str:
    if error.errno in _NO_ROOM:
        return "Make room on the disk, then try again."
    if error.errno in _NO_RIGHT:
        return "Check who owns it, its permissions, and whether the disk is read-only."
    return "Check the path and the disk, then try again."
