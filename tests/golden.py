"""Golden texts: the complete output, kept in files and compared exactly.

``CACTIONS_GOLDEN=1`` rewrites them; review the difference before committing it.
"""

from __future__ import annotations

import os
from difflib import unified_diff
from pathlib import Path


def assert_golden(path: Path, text: str) -> None:
    """Compare ``text`` with the file; if they differ, fail with the difference."""
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
