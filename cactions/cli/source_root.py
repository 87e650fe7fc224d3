"""Names of files as a code host knows them: from the root of its checkout on."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Final

from cactions.logic.relative_path import make_relative_to_root

WORKSPACE: Final = "GITHUB_WORKSPACE"
"""Where a workflow has checked its repository out; elsewhere, the current folder is the root."""


def get_source_root_path() -> Callable[[str], str | None]:
    """A file's name from there on; None for what lies elsewhere."""
    here = os.getcwd()  # noqa: PTH109 - Path would cost an import
    root = os.environ.get(WORKSPACE, "")
    inside = root and make_relative_to_root(here, here=here, root=root) is not None
    return partial(make_relative_to_root, here=here, root=root if inside or root == here else here)
