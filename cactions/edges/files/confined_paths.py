"""Resolves paths: a symbolic link that came with a repository may not lead out of it.

- A *root* is the current folder, a folder of action files, or a git checkout. A symbolic link in
  a root came with the project; all other links belong to the operator or the system and are
  followed (``/tmp`` of macOS, ``/dev/stdout``).
- Reading: a link of a project may lead only to a place in its innermost root, and not to a hidden
  name there, such as ``.env`` or ``.git``. A name with two dots is not hidden: mounted
  configuration in Kubernetes is a link to ``..data``.
- Writing: a link of a project is refused, wherever it leads.
- ``/`` is not a root: its links belong to the system, so a project directly in it is not protected.
  The home folder is a root if it is the current folder or has action files; a checkout that
  contains the home folder (configuration in git) is not.
- Only regular files are read. Descriptors from the operator (``/dev/fd/63``) may be pipes; a pipe
  in a project is refused, because reading it could wait for ever.

This protects against a repository at rest, not against a process that changes links meanwhile.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

from msgspec import Struct

from cactions.model import DefinitionError

_NOT_READ: Final = "; nothing was read through it"
_COPY: Final = "Copy the file into the project, or name its real path."
_NOT_WRITTEN: Final = "lies in the project; nothing was written through it"
_REMOVE: Final = "Name the real path, or put a real file or folder in the place of the link."

MAX_LINKS: Final = 40
"""The limit of Linux (path_resolution(7))."""
_PROCESSES: Final = "/proc/"
_SYSTEM: Final = ("/dev/", _PROCESSES)
_READ_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_KINDS: Final = (
    (stat.S_ISDIR, "it is a folder"),
    (stat.S_ISFIFO, "it is a pipe"),
    (stat.S_ISSOCK, "it is a socket"),
)
_projects: Final[set[str]] = set()


class RefusedLink(DefinitionError):
    """A link of a project that is not followed; ``link`` is its path."""

    def __init__(self, link: str, why: str, hint: str) -> None:
        self.link = _shorten(link)
        super().__init__(f"the symbolic link {self.link} {why}", hint=hint)


class NotAFile(OSError):
    """The path exists and is not a regular file."""


class WriteTarget(Struct, frozen=True):
    """A path to write to, without links; ``inside``: it is in a root."""

    path: Path
    inside: bool


def add_project(folder: Path) -> None:
    """Treat the folder as a project, except for the system's own: ``-f /dev/stdin`` makes none."""
    real = os.path.realpath(folder)
    if real != "/dev" and not real.startswith(_PROCESSES):
        _projects.add(real)


def forget_projects() -> None:
    """Forget all projects: the next command may be about others."""
    _projects.clear()


def resolve_for_reading(path: Path) -> str:
    """Resolve all links, whether it exists or not. Raises RefusedLink, OSError, ValueError."""
    return _resolve(path, writing=False)


def resolve_for_writing(path: Path) -> WriteTarget:
    """Resolve the path of a file to write; raises NotAFile too, for what is there in a root."""
    real = _resolve(path, writing=True)
    inside = _find_root(real) is not None
    if inside and os.path.lexists(real):
        _check_kind(os.lstat(real).st_mode)
    return WriteTarget(Path(real), inside)


def open_for_reading(path: Path) -> int:
    """Open a regular file, or a descriptor that the operator handed over (``/dev/fd/63``).

    Raises RefusedLink; NotAFile, without waiting; OSError from the system; ValueError for an
    invalid path.
    """
    real = resolve_for_reading(path)
    if real.startswith(_SYSTEM) and _find_root(real) is None:
        return os.open(real, os.O_RDONLY | os.O_CLOEXEC)
    _check_kind(os.lstat(real).st_mode)  # opening a device can have effects
    handle = os.open(real, _READ_FLAGS)
    try:
        _check_kind(os.fstat(handle).st_mode)
    except NotAFile:
        os.close(handle)
        raise
    return handle


def _resolve(path: Path, *, writing: bool) -> str:
    """Resolve the path name by name, as the system does."""
    start = "/" if path.is_absolute() else os.getcwd()
    walk = _PathWalk(start, str(path).split("/")[::-1], writing)
    try:
        while walk.left:
            walk.follow_part()
    except (OSError, ValueError):
        walk.check()  # a forbidden link is reported first, whatever else is wrong
        raise
    walk.check()
    return walk.here


class _PathWalk:
    """One resolution of a path; ``left`` are the remaining names, the next one last."""

    def __init__(self, start: str, left: list[str], writing: bool) -> None:
        self.here = start
        self.left = left
        self._writing = writing
        self._followed = 0
        self._project_links: list[tuple[str, str]] = []

    def follow_part(self) -> None:
        """Resolve the next name. Raises RefusedLink, OSError, ValueError."""
        name = self.left.pop()
        if name in ("", "."):
            return
        before, self.here = self.here, _join_name(self.here, name)
        if name == "..":
            return
        try:
            mode = os.lstat(self.here).st_mode
        except FileNotFoundError:
            if ".." in self.left:
                raise
            self._take_remaining()
            return
        if f"{before}/".startswith(_PROCESSES):
            self._take_remaining()  # only the system can follow links in /proc
        elif stat.S_ISLNK(mode):
            self._follow(before)

    def check(self) -> None:
        """Raises RefusedLink if a link of a project led out of the project."""
        for link, root in self._project_links:
            if why := _find_objection(self.here, root):
                raise RefusedLink(link, f"leads {why}{_NOT_READ}", _COPY)

    def _take_remaining(self) -> None:
        self.here, self.left = os.path.join(self.here, *self.left[::-1]), []

    def _follow(self, folder: str) -> None:
        self._followed += 1
        if self._followed > MAX_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if root := _find_root(self.here):
            if self._writing:
                raise RefusedLink(self.here, _NOT_WRITTEN, _REMOVE)
            self._project_links.append((self.here, root))
        link_target = os.readlink(self.here)
        self.here = "/" if link_target.startswith("/") else folder
        self.left += link_target.split("/")[::-1]


def _join_name(folder: str, name: str) -> str:
    return os.path.dirname(folder) if name == ".." else os.path.join(folder, name)


def _find_root(place: str) -> str | None:
    """The innermost root that contains the place."""
    roots = {os.getcwd(), *_projects}
    folder = os.path.dirname(place)
    while folder != "/":
        if folder in roots or _is_checkout(folder):
            return folder
        folder = os.path.dirname(folder)
    return None


def _is_checkout(folder: str) -> bool:
    git = os.path.join(folder, ".git")
    if not os.path.lexists(git):
        return False
    home = os.path.realpath(os.path.expanduser("~"))
    return not f"{home}/".startswith(f"{folder}/")


def _find_objection(place: str, root: str) -> str:
    """Why links of the root may not lead there; empty if they may."""
    if not f"{place}/".startswith(f"{root}/"):
        return "out of its project"
    names = place.removeprefix(root).split("/")
    hidden = any(name.startswith(".") and not name.startswith("..") for name in names)
    return "to a hidden name" if hidden else ""


def _check_kind(mode: int) -> None:
    """Raises NotAFile."""
    if not stat.S_ISREG(mode):
        kind = next((words for is_kind, words in _KINDS if is_kind(mode)), "it is a device")
        raise NotAFile(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, f"{kind}, not a file")


def _shorten(path: str) -> str:
    """The path as the operator would write it."""
    return path.removeprefix(f"{os.getcwd()}/")
