"""Decides which paths are followed: a link that a repository brought may not lead out of it.

- A *root* is the current folder, a folder of action files, or a git checkout. A symbolic link that
  lies in a root came with the project; all other links are the operator's or the system's, and are
  followed (``/tmp`` of macOS, ``/dev/stdout``).
- Reading: a link of a project may lead only to a place in the innermost root that it lies in, and
  not to a hidden name there, such as ``.env`` or ``.git``. Two dots are no hidden name: mounted
  configuration of Kubernetes is a link to ``..data``.
- Writing: a link of a project is refused, whatever it leads to.
- ``/`` is no root: its links are the system's, so that a project that lies directly in it is not
  protected. The home folder is one where it is the current folder or holds action files; a checkout
  that spans the home folder (configuration kept in git) is none.
- What is read is a regular file. Descriptors that the operator hands over (``/dev/fd/63``) may be
  pipes; a pipe in a project is refused, since it would be waited for.

A process that changes links while a command runs is not stopped by this: a repository at rest is.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final, NamedTuple

from cactions.model import DefinitionError

_MOST_LINKS: Final = 40
"""As Linux has it (path_resolution(7))."""
_PROCESSES: Final = "/proc/"
_SYSTEM: Final = ("/dev/", _PROCESSES)
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_KINDS: Final = (
    (stat.S_ISDIR, "it is a folder"),
    (stat.S_ISFIFO, "it is a pipe"),
    (stat.S_ISSOCK, "it is a socket"),
)
_projects: Final[set[str]] = set()


class RefusedLink(DefinitionError):
    """A link of a project that is not followed; ``link`` is its path."""

    def __init__(self, link: str, why: str, hint: str) -> None:
        self.link = _shown(link)
        super().__init__(f"the symbolic link {self.link} {why}", hint=hint)


class NotAFile(OSError):
    """There is something, and it is no regular file."""


class Target(NamedTuple):
    """Where something is written, without links; ``inside``: the place lies in a root."""

    path: Path
    inside: bool


def add_project(folder: Path) -> None:
    """What lies in the folder came with a project from now on, until the command ends.

    Links in the system's own folders stay the system's: ``-f /dev/stdin`` makes no project.
    """
    real = os.path.realpath(folder)
    if real != "/dev" and not real.startswith(_PROCESSES):
        _projects.add(real)


def forget_projects() -> None:
    """The command has ended; another one may be about other projects."""
    _projects.clear()


def resolve_for_reading(path: Path) -> str:
    """The path without links of a file or a folder, there or not.

    Raises RefusedLink; OSError where the system refuses; ValueError for what is no path.
    """
    return _walked(path, writing=False)


def resolve_for_writing(path: Path) -> Target:
    """Where a file that is there or not, in a folder that is there or not, is to be written.

    Raises RefusedLink; NotAFile where something else lies in its place in a root; OSError where the
    system refuses; ValueError for what is no path.
    """
    real = _walked(path, writing=True)
    inside = _root_of(real) is not None
    if inside and os.path.lexists(real):
        _check_kind(os.lstat(real).st_mode)
    return Target(Path(real), inside)


def open_for_reading(path: Path) -> int:
    """The descriptor of a regular file, or of what the operator handed over as a descriptor.

    Raises RefusedLink; NotAFile, at once; OSError where the system refuses; ValueError for what is
    no path.
    """
    real = resolve_for_reading(path)
    if real.startswith(_SYSTEM) and _root_of(real) is None:
        return os.open(real, os.O_RDONLY | os.O_CLOEXEC)
    _check_kind(os.lstat(real).st_mode)  # to open a device can do something
    handle = os.open(real, _READ)
    try:
        _check_kind(os.fstat(handle).st_mode)
    except NotAFile:
        os.close(handle)
        raise
    return handle


def _walked(path: Path, *, writing: bool) -> str:
    """The path without links, resolved name by name as the system does."""
    start = "/" if path.is_absolute() else os.getcwd()
    walk = _Walk(start, str(path).split("/")[::-1], writing)
    try:
        while walk.left:
            walk.step()
    except (OSError, ValueError):
        walk.check()  # a link is refused, whatever else is wrong with the place that it leads to
        raise
    walk.check()
    return walk.here


class _Walk:
    """A way through folders; ``left`` are the names still to be gone, the next one last."""

    def __init__(self, start: str, left: list[str], writing: bool) -> None:
        self.here = start
        self.left = left
        self._writing = writing
        self._followed = 0
        self._brought: list[tuple[str, str]] = []

    def step(self) -> None:
        """One name further. Raises RefusedLink, OSError, ValueError."""
        name = self.left.pop()
        if name in ("", "."):
            return
        before, self.here = self.here, _beside(self.here, name)
        if name == "..":
            return
        try:
            mode = os.lstat(self.here).st_mode
        except FileNotFoundError:
            if ".." in self.left:
                raise
            self._take_rest()
            return
        if f"{before}/".startswith(_PROCESSES):
            self._take_rest()  # its links are no texts: only the system can follow them
        elif stat.S_ISLNK(mode):
            self._follow(before)

    def check(self) -> None:
        """Raises RefusedLink where a link of a project has led to a place that is not its own."""
        for link, root in self._brought:
            if why := _objection(self.here, root):
                raise RefusedLink(link, f"leads {why}{_NOT_READ}", _COPY)

    def _take_rest(self) -> None:
        self.here, self.left = os.path.join(self.here, *self.left[::-1]), []

    def _follow(self, folder: str) -> None:
        self._followed += 1
        if self._followed > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if root := _root_of(self.here):
            if self._writing:
                raise RefusedLink(self.here, _NOT_WRITTEN, _REMOVE)
            self._brought.append((self.here, root))
        leads_to = os.readlink(self.here)
        self.here = "/" if leads_to.startswith("/") else folder
        self.left += leads_to.split("/")[::-1]


_NOT_READ: Final = "; nothing was read through it"
_COPY: Final = "Copy the file into the project, or name its real path."
_NOT_WRITTEN: Final = "lies in the project; nothing was written through it"
_REMOVE: Final = "Name the real path, or put a real file or folder in the place of the link."


def _beside(folder: str, name: str) -> str:
    return os.path.dirname(folder) if name == ".." else os.path.join(folder, name)


def _root_of(place: str) -> str | None:
    """The innermost root that the place lies in."""
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


def _objection(place: str, root: str) -> str:
    """Why links of the root may not lead there; empty where they may."""
    if not f"{place}/".startswith(f"{root}/"):
        return "out of its project"
    names = place.removeprefix(root).split("/")
    hidden = any(name.startswith(".") and not name.startswith("..") for name in names)
    return "to a hidden name" if hidden else ""


def _check_kind(mode: int) -> None:
    """Raises NotAFile."""
    if not stat.S_ISREG(mode):
        told = next((words for is_kind, words in _KINDS if is_kind(mode)), "it is a device")
        raise NotAFile(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, f"{told}, not a file")


def _shown(path: str) -> str:
    """As its reader would name it."""
    return path.removeprefix(f"{os.getcwd()}/")
