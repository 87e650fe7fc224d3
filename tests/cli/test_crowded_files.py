"""Files with thousands of errors: all are counted, the first are shown, and it stays fast."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.cli.conftest import Cli

ROOT: Final = Path(__file__).parents[2]
SECONDS: Final = 20
"""CPU seconds, many times what is needed."""

ONE_LINE: Final = f"version: 1\nworkspace: {{{', '.join(f'k{n}: 1' for n in range(20_000))}}}\n"
NAMES: Final = "\n".join(
    [
        "version: 1",
        "attributes:",
        *(f"  attribute_{n}: {{data_type: string}}" for n in range(6_000)),
        "actions:",
        "  a:",
        "    match: user_id",
        "    request: {http_method: get, url: https://api.shop.example/x}",
        "    response:",
        "      same_person: {path: $.email, equals: person.email}",
        "      mapping:",
        *(f"        attributx_{n}: $.a" for n in range(6_000)),
    ]
)
PERSON: Final = "\n".join(
    [
        "version: 1",
        "attributes:",
        *(f"  attribute_{n}: {{data_type: string}}" for n in range(6_000)),
        "workspace:",
        "  people:",
        "    - user_id: u-1",
        "      attributes:",
        *(f"        attributx_{n}: a" for n in range(6_000)),
    ]
)


@pytest.mark.parametrize(
    ("text", "number"),
    [(ONE_LINE, 20_000), (NAMES, 6_000), (PERSON, 6_000)],
    ids=["line", "names", "person"],
)
def test_thousands_of_errors_are_reported_within_seconds(
    tmp_path: Path, text: str, number: int
) -> None:
    """Even with a line of 200 KB, or thousands of names next to thousands of others."""
    (tmp_path / "actions.yaml").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "cactions", "validate", "actions.yaml"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS)),
    )
    assert 1 == done.returncode
    assert f"… and {number - 100:,} more in actions.yaml" in done.stdout
    assert done.stdout.endswith(f"{number:,} errors in 1 file.\n")


def test_json_lists_every_error(cli: Cli, home: Path) -> None:
    """Programs get the full list."""
    (home / "actions.yaml").write_text(ONE_LINE)
    assert 20_000 == len(cli("validate", "--json").json["findings"])
