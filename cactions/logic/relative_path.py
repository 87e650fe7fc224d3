"""Names of files as other programs know them: beneath the folder that they call their root."""

from __future__ import annotations

import posixpath
from pathlib import PurePath
from typing import Final

STDIN: Final = "<stdin>"
"""What is shown for a text without a name."""


def make_relative_to_root(file: str, *, here: str, root: str) -> str | None:
    """The name from ``root`` on, with ``/``; None for what lies elsewhere.

    ``here`` is the folder that a relative name begins in; both folders are absolute.
    """
    if file == STDIN:
        return file
    whole = posixpath.normpath(posixpath.join(_use_slashes(here), _use_slashes(file)))
    folder = posixpath.normpath(_use_slashes(root))
    inside = whole.removeprefix(folder.rstrip("/") + "/")
    return inside if inside != whole else None


def leaves_folder(name: str) -> bool:
    """Whether a name that begins in a folder may lie outside of it, without a look at links."""
    path = PurePath(name)
    return path.is_absolute() or ".." in path.parts


def _use_slashes(name: str) -> str:
    return PurePath(name).as_posix()
