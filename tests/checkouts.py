"""A packed checkout of this repository: what a commit of it would hold, and nothing else."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = "\n".join(path for path in sys.path if path.endswith("-packages"))
"""Lines of a .pth file: the libraries of the test environment replace downloads."""
_SAFE = ("-c", "safe.directory=*")


def run_git(folder: Path, *words: str, **more: str) -> str:
    """What git prints, without the configuration of this machine."""
    own = {
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
        **{f"GIT_{who}_{what}": "ada@example.com"
           for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }  # fmt: skip
    outer = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *_SAFE, *words],
        cwd=folder, env={**outer, **own, **more}, capture_output=True, text=True, check=True,
        timeout=600,
    )  # fmt: skip
    return done.stdout


def pack_checkout(folder: Path) -> Path:
    """A new folder with the files as a commit of now would have them: without the dev tree.

    Where this is no checkout, all files that are no caches: it was packed already.
    """
    folder.mkdir(parents=True)
    if not (ROOT / ".git").exists():
        skipped = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")
        shutil.copytree(ROOT, folder, ignore=skipped, dirs_exist_ok=True)
        for name in (".pre-commit-hooks.yaml", ".github"):
            if (ROOT / name).exists():
                copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                copy(ROOT / name, folder / name)
        return folder
    scratch = folder.with_name(f"{folder.name}.git-scratch")
    (scratch / "objects").mkdir(parents=True)
    objects = (ROOT / run_git(ROOT, "rev-parse", "--git-path", "objects").strip()).resolve()
    apart = {
        "GIT_INDEX_FILE": str(scratch / "index"), "GIT_OBJECT_DIRECTORY": str(scratch / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(objects),
    }  # fmt: skip
    run_git(ROOT, "read-tree", "HEAD", **apart)
    run_git(ROOT, "add", "--all", **apart)
    tree = run_git(ROOT, "write-tree", **apart).strip()
    run_git(ROOT, "archive", "--output", str(scratch / "packed.zip"), tree, **apart)
    shutil.unpack_archive(scratch / "packed.zip", folder)
    shutil.rmtree(scratch)
    return folder


def make_repository(folder: Path) -> Path:
    """Make a folder a git repository whose files are committed."""
    run_git(folder, "init", "--quiet")
    run_git(folder, "add", "--all")
    run_git(folder, "commit", "--quiet", "-m", "all")
    return folder


def lock_local_wheel(home: Path, lock: Path) -> None:
    """A lock file that names one wheel of this disk, by its hash: the test environment."""
    wheel = home / "packages-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("packages.pth", PACKAGES)
        file.writestr(
            "packages-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: packages\nVersion: 1\n"
        )
        file.writestr(
            "packages-1.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        file.writestr("packages-1.dist-info/RECORD", "")
    hashed = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock.write_text(f"packages @ {wheel.as_uri()} --hash=sha256:{hashed}\n")
