"""JSON output is safe to display, and a file may have any name that the system allows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.cli.exit_codes import Exit
from cactions.render.escape import escape_json
from tests.cli.conftest import Cli

ODD = "\x7f\x80\x85\x9b\x9f\xad\u061c\u200b\u200d\u200e\u202e\u2028\u2029\u2060\u2066\u3164\ufeff"


@given(st.text(st.characters()), st.sampled_from([None, 2]))
def test_safe_json_decodes_to_the_same_document(text: str, indent: int | None) -> None:
    """Every character is preserved; control and invisible characters are escaped."""
    written = escape_json(json.dumps({text: [text, ODD]}, ensure_ascii=False, indent=indent))
    assert {text: [text, ODD]} == json.loads(written)
    assert written.replace("\n", "").isprintable()
    assert not set(ODD) & set(written)
    written.encode()


def test_readable_characters_are_not_escaped() -> None:
    """Letters of every script are unchanged."""
    document = '{"name": "Zoë 漢字 Ωλ 👩"}'
    assert document == escape_json(document)


def test_people_are_shown_in_safe_json(cli: Cli, home: Path) -> None:
    """A terminal does not interpret the content of a name."""
    people = json.dumps([{"user_id": "u-9", "name": f"Eve{ODD}"}], ensure_ascii=False)
    (home / "people.json").write_text(people, encoding="utf-8")
    assert Exit.CLEAN == cli("people", "import", "people.json").code
    done = cli("people", "show", "u-9", "--json")
    assert f"Eve{ODD}" == done.json["people"][0]["name"]
    assert done.out.replace("\n", "").isprintable()


FILE, CASSETTE = "a\udcff.yaml", "c\udcff.json"
LOYALTY = ("loyalty", "-f", FILE, "--cassette", CASSETTE)


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["words", "json"])
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("validate", FILE), Exit.CLEAN),
        (("validate", "bad\udcff.yaml"), Exit.FINDINGS),
        (("diff", *LOYALTY, "--person", "u-1"), Exit.CLEAN),
        (("diff", *LOYALTY, "--person", "u-1", "--svg", "p\udcff.svg"), Exit.CLEAN),
        (("run", *LOYALTY, "--person", "u-1", "--yes"), Exit.CLEAN),
        (("test", *LOYALTY), Exit.CLEAN),
        (("test", *LOYALTY[:3], "--cassette", "none\udcff.json"), Exit.FINDINGS),
    ],
)
def test_a_file_name_that_is_not_utf_8_is_shown_with_escapes(
    cli: Cli, home: Path, words: tuple[str, ...], code: Exit, form: tuple[str, ...]
) -> None:
    """Old archives and other systems have such names; no command fails on them."""
    shutil.move(home / "actions.yaml", home / FILE)
    shutil.copy(home / "cassettes" / "loyalty.json", home / CASSETTE)
    (home / "bad\udcff.yaml").write_text("version: 2\n")
    done = cli(*words, *form)
    assert code == done.code
    assert "\udcff" not in done.out + done.err
    assert ("\\udcff" in done.out) or words[:2] == ("validate", FILE)
