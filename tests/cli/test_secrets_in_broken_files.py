"""A credential in a file with errors of the format is quoted in no output."""

from __future__ import annotations

from pathlib import Path

import pytest

from cactions.cli.commands.validate_report import Format
from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli

SECRET = "sk" + "_live_4242424242abcdefABCD"
SPOTS = {
    "an unknown key": f"    foo: {SECRET}",
    "a header under a wrong name": f"    headr: {{Authorization: Bearer {SECRET}}}",
    "a query in the URL": f'    url: "https://api.shop.example/x?key={SECRET}"',
    "a wrong type": f"    audiences: {SECRET}",
    "a wrong word": f"    match: {SECRET}",
    "a password": "    password: correct-horse-battery",
}
WORDS = ("4242424242", "correct-horse")


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("spot", SPOTS)
def test_a_credential_is_not_quoted(cli: Cli, home: Path, spot: str, form: Format) -> None:
    """In any format, also where the requests of the file cannot be read."""
    text = f"version: 1\nactions:\n  look:\n{SPOTS[spot]}\n    request: 3\n"
    (home / "broken.yaml").write_text(text)
    done = cli("validate", "broken.yaml", "--format", form.value)
    assert Exit.FINDINGS == done.code
    assert [] == [word for word in WORDS if word in done.out + done.err]


@pytest.mark.parametrize("words", [("",), ("-f", ""), ("-", "--stdin-filename", "")])
def test_an_empty_file_name_is_refused(cli: Cli, words: tuple[str, ...]) -> None:
    """A script that uses an unset variable does not check another file by accident."""
    done = cli("validate", *words)
    assert Exit.MISUSE == done.code
