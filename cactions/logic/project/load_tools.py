"""What reading a project is given beside the files."""

from __future__ import annotations

from msgspec import Struct

from cactions.logic.follow import Follow, follow_silently
from cactions.logic.yaml.tree_cache import TreeCache


class LoadTools(Struct, frozen=True):
    """The trees of an earlier look, and who is told how far this one has come."""

    trees: TreeCache
    follow: Follow = follow_silently
