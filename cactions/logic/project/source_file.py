"""One action file on its way: read and decoded, at once or only while its actions are shaped.

A thousand decoded files are many megabytes. A file that visibly holds nothing but actions declares
nothing that others need, so that it is decoded when its turn comes and let go of afterwards.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.project.file_schema import FILE
from cactions.logic.source_mask import is_key, mask_text
from cactions.logic.yaml.decoder import LocatedValue, decode
from cactions.logic.yaml.diagnostics import UNREADABLE, Diagnostics
from cactions.logic.yaml.nodes import MapNode, Node, ScalarNode, SourceSpan
from cactions.logic.yaml.tree_cache import TreeCache

_ACTIONS_FIRST: Final = re.compile(rb"(?:#[^\n]*\n|\n)*(?:version|actions):")
"""A block map at the left edge: all of its keys stand there too."""
_OTHER: Final = re.compile(rb"\n(?!version:|actions:)[^ \n#]")
"""Another key at the left edge."""
_VERSION_LINE: Final = re.compile(rb"^version:[ ]+1[ \r]*$", re.MULTILINE)
_SHORT: Final = 3
"""Characters of a version that are a number, and no secret."""
_HIDING: Final = b"redacted"
"""What is hidden in one place is hidden everywhere, so that it has to be known first."""


class SourceFile(Struct, frozen=True):
    """One action file as it was found: the name to show, and its bytes."""

    name: str
    data: bytes

    @property
    def text(self) -> str:
        """The text that places point into; bytes that are no UTF-8 become replacement signs."""
        return self.data.removeprefix(BOM_UTF8).decode(errors="replace")


def _has_declarations(data: bytes) -> bool:
    """Whether more than actions may stand in it."""
    if _HIDING in data:
        return True
    return not _ACTIONS_FIRST.match(data) or bool(_OTHER.search(data))


def _is_ours(entries: Iterable[tuple[ScalarNode, Node]]) -> bool:
    """Whether it was meant as an action file: by its actions, or by two of its keys.

    One is not enough: files of other programs have servers or tokens, too, and another version.
    """
    known = {key.text: item for key, item in entries if key.text in FILE.fields}
    version = known.pop("version", None)
    flag = isinstance(version, ScalarNode) and version.text == "1"
    return "actions" in known or len(known) + flag > 1


def _mask_keys(entries: Iterable[tuple[ScalarNode, Node]]) -> None:
    """What is no plain key is not named, nor a long version: either may be a secret."""
    for key, item in entries:
        if not is_key(key.text):
            key.value = mask_text(key.text)
        elif key.text == "version" and isinstance(item, ScalarNode) and len(item.text) > _SHORT:
            item.value = mask_text(item.text)


class ParsedFile:
    """A file and its faults.

    ``declares``: whether it may hold more than actions. ``ours``: whether it can be read, and was
    meant as an action file; the values of any other file are never shown.
    """

    __slots__ = ("_trees", "data", "declares", "faults", "ours", "typed")

    def __init__(self, file: SourceFile, trees: TreeCache) -> None:
        self._trees = trees
        self.faults = Diagnostics(file.name)
        self.data = file.data
        self.ours = True
        self.declares = _has_declarations(file.data)
        self.typed = self._decode_tree() if self.declares else None

    @property
    def may_hide(self) -> bool:
        """Whether the file can declare a redaction."""
        return self.declares

    def get(self, key: str) -> LocatedValue | None:
        """What stands under a key of the file; a file of actions is decoded once, for its turn."""
        if self.declares:
            return self.typed.get(key) if self.typed else None
        typed = self._decode_tree() if key == "actions" else None
        return typed.get(key) if typed else None

    def _decode_tree(self) -> LocatedValue | None:
        node = self._trees.parse(self.data, self.faults)
        entries = node.entries if isinstance(node, MapNode) else []
        self.ours = _is_ours(entries)
        if not self.ours:
            self._trees.forget(self.data)  # it is masked in place
            _mask_keys(entries)
        typed = decode(node, FILE, self.faults) if node is not None else None
        if not self.ours:
            self._keep_top(readable=node is not None)
        if node is not None:
            return typed if self.ours else None
        if not self.faults.found:
            hint = "begin with version: 1"
            self.faults.add(UNREADABLE, SourceSpan(0, 0, 0, 1), "the file is empty", hint=hint)
        return None

    def _keep_top(self, *, readable: bool) -> None:
        """Of another program's file, what stands deeper is not named, and nothing is fixed."""
        found = self.faults.found
        if readable:
            found[:] = [finding for finding in found if not {".", "["} & {*finding.route}]
        if readable or not _VERSION_LINE.search(self.data):
            found[:] = [replace(finding, fix=None) for finding in found]
