"""Writes pulled files into a folder: new ones, and changed ones only where that was asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict, astuple

from cactions.edges.files import file_io
from cactions.model import UsageError

LARGEST: int = 2 * file_io.MIB


class PulledFiles(Struct, frozen=True):
    """The names of the files, by what was done.

    ``kept`` differ, and were left as they are; ``replaced`` differed.
    """

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()

    @property
    def by_kind(self) -> dict[str, tuple[str, ...]]:
        """The names by the word for what was done."""
        return asdict(self)

    def join(self, other: PulledFiles) -> PulledFiles:
        """The names of both."""
        return PulledFiles(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def write_pulled_files(
    folder: Path, texts: Mapping[str, str], *, update: bool, authored: Collection[str] = ()
) -> PulledFiles:
    """Write the files; a file that is there and differs is replaced only with ``update``.

    One of ``authored`` is never replaced. The folder is made where it is missing. Raises UsageError
    where a file cannot be written, DefinitionError for a link of a project.
    """
    make_folder(folder)
    written: list[str] = []
    unchanged: list[str] = []
    kept: list[str] = []
    replaced: list[str] = []
    for name, text in texts.items():
        before = _read(folder / name)
        if before == text.encode():
            unchanged.append(name)
        elif before is not None and (name in authored or not update):
            kept.append(name)
        else:
            file_io.write_text(folder / name, text)
            (written if before is None else replaced).append(name)
    return PulledFiles(tuple(written), tuple(unchanged), tuple(kept), tuple(replaced))


def make_folder(folder: Path) -> None:
    """Make the folder and those around it, durably. Raises UsageError where that cannot be."""
    try:
        missing = [place for place in (folder, *folder.parents) if not place.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for place in missing:
            file_io.try_sync_folder(place.parent)
    except (OSError, ValueError) as error:
        words = file_io.describe_os_error(error) if isinstance(error, OSError) else "no folder name"
        raise UsageError(
            f"{file_io.name_path(folder)} cannot be made: {words}",
            hint="Name a folder that you may write.",
        ) from error


def _read(path: Path) -> bytes | None:
    """What is there; None where nothing is."""
    if not path.is_symlink() and not path.exists():
        return None
    return file_io.read_bytes(path, limit=LARGEST)
