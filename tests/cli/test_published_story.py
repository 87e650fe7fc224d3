"""A full story, from a seal to an undo: what was published and what is secret stands in no file.

The author's YAML and the recordings may hold what was published; nothing may hold the secret, or
the data of the person who was attacked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.commands.test_probe import RECORDS, build_document, server
from tests.cli.conftest import Say
from tests.encodings import ENCODINGS
from tests.projects import SECRET, write
from tests.run_report import REPORT
from tests.servers import Server
from tests.written_files import read_files

__all__ = ["server"]

PATH, HEADER, BODY = "/secret-path-7f/", "special-header-7f", "special-body-7f"
STORY = (
    "validate", "test loyalty --record --yes", "probe loyalty --as u-1 --victim u-2 --record",
    "publish loyalty --yes", "live list", "live show loyalty", "diff loyalty --person u-1",
    "run loyalty --person u-1 --yes", "runs list", "runs show last", "runs undo last --yes",
    "diff loyalty --people people.csv --out plan", "run loyalty --people people.csv --yes",
    "runs show last", "runs undo last --yes", "vault rekey", "vault verify", "doctor",
)  # fmt: skip


def build_story(server: Server) -> dict[str, Any]:
    return build_document(
        server, http_method="post", effect="read", headers={"X-Kind": HEADER},
        json={"marker": BODY}, url=server.url(f"{PATH}{{{{ person.user_id }}}}"),
    )  # fmt: skip


def find_forms(home: Path, text: str, *excepted: str) -> list[str]:
    """The files that hold the text, in any encoding."""
    forms = {encode(text) for encode in ENCODINGS.values()}
    return [
        f"{path.relative_to(home)}"
        for path, data in read_files(home).items()
        if not str(path.relative_to(home)).startswith(excepted)
        if any(form in data for form in forms)
    ]


@pytest.mark.parametrize("bare", [False, True])
def test_no_file_holds_what_was_published_or_is_secret(
    server: Server, say: Say, home: Path, *, bare: bool
) -> None:
    """``bare``: the author's YAML goes away after it was published."""
    write(home, build_story(server))
    (home / "people.csv").write_text("user_id\nu-1\n")
    for path in home.glob("cassettes/*"):
        path.unlink()
    ran = 0
    for words in STORY:
        if bare and words.startswith("live list"):
            (home / "actions.yaml").unlink()
            people = '[{"user_id": "u-1", "email": "ada@example.com", "attributes": {}}]'
            (home / "people.json").write_text(people)
            assert Exit.CLEAN == say("people import people.json").code
        done = say(words)
        assert done.code in (Exit.CLEAN, Exit.FINDINGS), (words, done)
        ran += done.code == Exit.CLEAN
        written_now = find_forms(home, PATH, "actions.yaml", "cassettes/")
        assert [] == written_now, words
    for text in (HEADER, BODY):
        assert [] == find_forms(home, text, "actions.yaml", "cassettes/")
    for text in (SECRET, RECORDS["u-2"]["tier"]):
        assert [] == find_forms(home, text)
    assert ran >= len(STORY) - 3
    REPORT.append(f"story of a published definition: {ran} commands, 5 texts, 0 found")
