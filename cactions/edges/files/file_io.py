"""Reads files up to a limit, and writes them so that they survive a power cut.

- A file that the operator named is read up to a limit; a text must be complete UTF-8. Which links
  are followed is decided by ``confined_paths``.
- No OSError leaves this module: a file that the operator named gives a UsageError, or an
  OutputError where the disk is full; a file of the state gives a StoreError.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from cactions.edges.files.atomic_write import PRIVATE, SHARED, FileChangedError, atomic_write
from cactions.edges.files.confined_paths import NotAFile, open_for_reading, resolve_for_writing
from cactions.edges.files.drafts import create_draft
from cactions.model import DefinitionError, OutputError, Place, StoreError, UsageError

MIB: Final = 1024 * 1024

_NO_SPACE: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_PERMISSION: Final = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_LINKS: Final = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
"""Errors of ``link`` on file systems without hard links (FAT, some network shares)."""


def read_text(path: Path, *, limit: int = MIB) -> str:
    """Read the whole text of a file that the operator named.

    Raises UsageError if it cannot be read, DefinitionError if it is too long, not UTF-8, or behind
    a link that leads out of its project.
    """
    data = read_bytes(path, limit=limit)
    if len(data) > limit:
        raise DefinitionError(
            f"{name_path(path)} is larger than {limit:,} bytes",
            hint="Split it, or name another file.",
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        raise DefinitionError(
            f"{name_path(path)} is not UTF-8 text",
            hint="Save it as UTF-8.",
            place=_find_end(before, path),
        ) from None


def read_bytes(path: Path, *, limit: int = MIB) -> bytes:
    """Read the file; of a longer one, one byte more than ``limit``. Raises as ``read_text``."""
    try:
        with open(open_for_reading(path), "rb") as file:  # noqa: PTH123 - a descriptor has no path
            size = min(os.fstat(file.fileno()).st_size, limit)  # a buffer of ``limit`` takes time
            data = file.read(size + 1)
            return data if len(data) <= size else data + file.read(limit - size)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}", hint="Check the name.") from None
    except ValueError:
        raise _build_name_error(path) from None
    except OSError as error:
        raise build_read_error(path, error) from error


def open_binary(path: Path) -> BinaryIO:
    """Open the file to read its bytes. Raises UsageError and RefusedLink."""
    try:
        return open(open_for_reading(path), "rb")  # noqa: PTH123 - the caller closes it
    except ValueError:
        raise _build_name_error(path) from None
    except OSError as error:
        raise build_read_error(path, error) from error


def build_read_error(path: Path, error: OSError) -> UsageError:
    """The error for a file that the operator named and that cannot be read."""
    hint = "Name a file that you may read."
    if isinstance(error, NotAFile):
        hint = "Name a file, or `-` for stdin if the command reads it."
    return UsageError(f"{name_path(path)} cannot be read: {describe_os_error(error)}", hint=hint)


def _build_name_error(path: Path) -> UsageError:
    """The error for a path with a NUL, which no system accepts."""
    return UsageError(f"{str(path)!r} is not a file name", hint="Check the name.")


def write_text(path: Path, text: str, *, private: bool = False) -> None:
    """Write a file that the operator named; a new one is readable only by its owner if ``private``.

    In a project it is replaced atomically; elsewhere it may be a pipe or a device. Raises
    UsageError if it cannot be written, OutputError if the disk is full or broken, DefinitionError
    for a link of a project.
    """
    write_pieces(path, [text.encode()], private=private)


def write_pieces(path: Path, pieces: Iterable[bytes], *, private: bool = False) -> None:
    """Write a file that does not fit into memory. As ``write_text``."""
    with _write_errors(path):
        target = resolve_for_writing(path)
        if target.inside:
            _write_inside(target.path, pieces, private=private)
            return
        with open(target.path, "wb", opener=_build_opener(private)) as file:
            file.writelines(pieces)


def append_text(path: Path, text: str) -> None:
    """Append to a file that the operator named. Raises as ``write_text``."""
    with _write_errors(path):
        target = resolve_for_writing(path)
        with target.path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)


def replace_file(path: Path, before: bytes, after: bytes) -> None:
    """Replace ``before`` by ``after`` in a file that the operator named, atomically.

    Links are followed, except for those of a project; the mode stays, and the owner where the
    system allows it. Raises UsageError, or DefinitionError for a link of a project; the file is
    left alone then.
    """
    with _write_errors(path):
        target = resolve_for_writing(path).path
        status = target.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UsageError(
                f"{name_path(path)} cannot be replaced: it is not a file", hint="Name a file."
            )
        try:
            atomic_write(target, after, like=status, expected=before)
        except FileChangedError:
            raise UsageError(
                f"{name_path(target)} was changed while it was being checked, and was left alone",
                hint="Run the command again.",
            ) from None
        try_sync_folder(target.parent)


def _write_inside(path: Path, data: Iterable[bytes], *, private: bool) -> None:
    """Replace a file in a project atomically, never through a link."""
    like = path.lstat() if os.path.lexists(path) else None
    atomic_write(path, data, mode=PRIVATE if private else SHARED, like=like)
    try_sync_folder(path.parent)


@contextmanager
def _write_errors(path: Path) -> Iterator[None]:
    if "\0" in str(path):
        raise _build_name_error(path)
    try:
        yield
    except OSError as error:
        message = f"{name_path(path)} cannot be written: {describe_os_error(error)}"
        if error.errno in _NO_SPACE | {errno.EIO}:  # whatever file is named
            raise OutputError(message, hint=_suggest_fix(error)) from error
        raise UsageError(message, hint="Name a file that you may write.") from error


def _find_end(text: str, path: Path) -> Place:
    line = text.count("\n") + 1
    column = len(text) - text.rfind("\n")
    return Place(str(path), line, column, line, column + 1)


def _build_opener(private: bool) -> Callable[[str, int], int]:
    return lambda path, flags: os.open(path, flags, PRIVATE if private else SHARED)


def new_private_file(folder: Path, prefix: str) -> Path:
    """Make an empty private file under a name that no other process uses."""
    with store_errors(folder):
        path = folder / f"{prefix}{os.urandom(8).hex()}"
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE))
        path.chmod(PRIVATE)
    return path


@contextmanager
def open_private_draft(folder: Path, prefix: str) -> Iterator[Path]:
    """A new, empty private file, which no other process deletes until the end of the block."""
    with store_errors(folder):
        path, lock = create_draft(folder, prefix, "", PRIVATE)
        path.chmod(PRIVATE)
    try:
        yield path
    finally:
        os.close(lock)


def delete_file(path: Path) -> None:
    """Delete the file, durably; a missing file is no error."""
    with store_errors(path):
        path.unlink(missing_ok=True)
        sync_folder(path.parent)


def publish_file(draft: Path, path: Path) -> None:
    """Give a closed and synced file its final name; durable. Raises FileExistsError if taken."""
    with store_errors(path):
        try:
            os.link(draft, path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _rename_new(draft, path)
        sync_folder(path.parent)


def _rename_new(draft: Path, path: Path) -> None:
    """Rename; without hard links, two processes can miss each other for a moment."""
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    draft.rename(path)


def sync_folder(path: Path) -> None:
    """Make names in the folder survive a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def try_sync_folder(path: Path) -> None:
    """Sync the folder if possible; the file is complete, only a power cut could undo its name."""
    with suppress(OSError):
        sync_folder(path)


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn every OSError within, except FileExistsError, into a StoreError about ``path``."""
    try:
        yield
    except FileExistsError:
        raise
    except ValueError as error:
        if "\0" not in str(path):
            raise
        raise StoreError(f"{str(path)!r} is not a file name", hint="Check the name.") from error
    except OSError as error:
        raise StoreError(
            f"{name_path(path)} cannot be used: {describe_os_error(error)}",
            hint=_suggest_fix(error),
        ) from error


def name_path(path: Path) -> str:
    """For the start of a message; a bare name that could be a word of it is ``./name``."""
    return f"./{path}" if str(path).isalpha() else str(path)


def describe_os_error(error: OSError) -> str:
    """The system's words for the error, for the middle of a message."""
    return (error.strerror or str(error) or type(error).__name__).lower()


def _suggest_fix(error: OSError) -> str:
    if error.errno in _NO_SPACE:
        return "Make room on the disk, then try again."
    if error.errno in _NO_PERMISSION:
        return "Check who owns it, its permissions, and whether the disk is read-only."
    return "Check the path and the disk, then try again."
