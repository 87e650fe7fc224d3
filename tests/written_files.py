"""What commands that ran in this process have left in a folder."""

from __future__ import annotations

import gc
from pathlib import Path


def read_files(folder: Path) -> dict[Path, bytes]:
    """Every file with its bytes. A process that ends closes its files, and so is done here.

    Else a database that is closed meanwhile takes its log away while the files are read.
    """
    gc.collect()
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
