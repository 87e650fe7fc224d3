"""All output passes the mask: written files, pictures, documents, reports."""

from __future__ import annotations

import ast
import contextlib
import html
import io
import json
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from cactions.cli import output_files, output_scrubber, reporters, streams, wiring
from cactions.cli.exit_codes import Exit
from cactions.cli.scrubbed_stream import Scrubbed
from cactions.edges.files.file_io import write_text
from cactions.logic.secrets.scrubber import Scrubber
from cactions.model import MASK
from cactions.model.secret import Secret
from cactions.render.text import span
from tests.cli.conftest import ROOT, Say
from tests.encodings import PRINTED, beginning
from tests.projects import project, write
from tests.servers import answering, serving

SECRET = 'correct/horse 7D1f & "battery" staple, é e02A'
FORMS = {name: encode(SECRET) for name, encode in PRINTED.items()}


def seen(data: bytes) -> list[str]:
    return [name for name, encode in PRINTED.items() if beginning(SECRET, encode) in data]


@pytest.fixture
def known() -> Any:
    """A secret that was opened."""
    output_scrubber.register_secret(Secret("shop_token", SECRET))
    yield
    output_scrubber.forget_secrets()


def test_only_one_file_of_the_command_line_writes_files() -> None:
    """Other code that writes files could bypass the mask; this covers every kind of writer."""
    writers = {write_text.__name__, "append_text"}
    found = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "cactions/cli").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if (isinstance(node, ast.ImportFrom) and node.module == "cactions.edges.files.file_io"
            and writers & {alias.name for alias in node.names})
        or (isinstance(node, ast.ImportFrom) and node.module == "cactions.edges.files"
            and "file_io" in {alias.name for alias in node.names})
    }  # fmt: skip
    assert {"cactions/cli/output_files.py"} == found


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("form", FORMS)
def test_an_output_file_holds_no_known_secret(tmp_path: Path, form: str) -> None:
    """Newly written or appended, whole or cut."""
    path = tmp_path / "out"
    for text in (FORMS[form].decode(), beginning(SECRET, PRINTED[form]).decode()):
        output_files.write_text(path, f"<a>{text}</a>\n", private=True)
        output_files.append_text(path, f"<b>{html.escape(text)}</b>\n")
        assert [] == seen(path.read_bytes())
        assert path.read_text().startswith("<a>")
        assert path.read_text().endswith("</b>\n")


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("form", FORMS)
def test_a_picture_and_a_document_hold_no_known_secret(
    form: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Before their texts are escaped: as a key, as a value, over several lines."""
    text = FORMS[form].decode()
    drawn = reporters.render_svg(lambda _: [span(text[:9]), span(text[9:])], width=80, command=text)
    assert [] == seen(drawn.replace("\n", "").encode())
    wiring.write_json({text: [text, {"of": f"<{text}>"}], "n": 1})
    output_scrubber.forget_secrets()
    out, _ = capsysbinary.readouterr()
    assert [] == seen(out)
    assert {MASK: [MASK, {"of": f"<{MASK}>"}], "n": 1} == json.loads(out)


def test_a_stream_that_other_code_put_there_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what was put in the place of a stream is taken away again."""
    before, other = sys.stderr, io.StringIO()
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):
        output_scrubber.register_secret(Secret("shop_token", SECRET))
        assert sys.stderr is not before
        monkeypatch.setattr(sys, "stdout", other)
        output_scrubber.forget_secrets()
        assert (other, before) == (sys.stdout, sys.stderr)


def test_without_a_secret_nothing_is_masked(tmp_path: Path) -> None:
    """A mask of one command does not affect the next."""
    output_scrubber.register_secret(Secret("shop_token", SECRET))
    output_scrubber.forget_secrets()
    path = tmp_path / "out"
    output_files.write_text(path, SECRET)
    assert (SECRET, SECRET) == (path.read_text(), streams.mask_text(SECRET))
    document: dict[str, Any] = {"a": SECRET}
    assert document is streams.mask_document(document)


def test_a_secret_in_a_persons_data_is_masked(
    say: Say, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workspace data is not scrubbed like an answer: only the mask protects it."""
    assert say("vault init --name ada").code == Exit.CLEAN
    assert say("vault seal shop_token --host api.test", SENT).code == Exit.CLEAN

    body = json.dumps({"email": "ada@example.com", "tier": "gold"}).encode()
    with serving(answering(body)) as server:
        monkeypatch.setenv("CACTIONS_CA_FILE", str(server.ca_file))
        document = project(server)
        document["workspace"]["people"][0]["attributes"]["tier"] = f"so {SENT} it was"
        document["workspace"]["people"][0]["name"] = f"Ada {SENT}"
        write(home, document)
        for words in COMMANDS:
            done = say(words)
            assert (words, Exit.INTERNAL != done.code) == (words, True)
            assert SENT[:12] not in done.out + done.err
            assert "staple" not in done.out + done.err
    picture = (home / "diff.svg").read_text()
    assert MASK in picture
    assert (False, False) == (SENT[:12] in picture, "staple" in picture)


SENT = "correct horse 7D1f battery staple"
COMMANDS = (
    "diff loyalty --person u-1 --svg diff.svg",
    "diff loyalty --person u-1 --json",
    "run loyalty --person u-1 --yes",
    "test --live",
    "test --live --json",
)


def test_a_stream_over_a_closed_one_is_closed_without_an_error() -> None:
    """The interpreter closes both when it deletes them, in any order."""
    below = io.BytesIO()
    stream = io.TextIOWrapper(cast("Any", Scrubbed(below, Scrubber(()))), write_through=True)
    stream.write("text")
    assert b"text" == below.getvalue()
    below.close()
    stream.close()
    assert stream.closed
