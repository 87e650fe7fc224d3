"""Golden texts: what a reader sees, kept in files and compared letter by letter.

They are written anew only on purpose (``CACTIONS_GOLDEN=1``), and their difference is read
before it is committed.
"""

from __future__ import annotations

import os
from difflib import unified_diff
from pathlib import Path


def assert_golden(path: Path, text: str) -> None:
    """Compare ``text`` with the file; where they differ, fail with the difference."""
    if os.environ.get("CACTIONS_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    if text != kept:
        lines = unified_diff(
            kept.splitlines(), text.splitlines(), f"kept {path.name}", "now", lineterm=""
        )
        raise AssertionError("\n".join(["the picture has changed:", *lines]))
