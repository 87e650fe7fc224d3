"""Sheets on streams: when colours are used, and what happens to unsupported characters."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from cactions.model import MASK, UsageError
from cactions.render.color_output import ColorOutput
from cactions.render.output import PlainOutput, wants_colour
from cactions.render.text import Span, Style, View, to_plain_text
from tests.render.sheets import SHEETS

ESCAPE = "\x1b"


def stream(encoding: str = "utf-8") -> io.TextIOWrapper:
    """A stream that is not a terminal."""
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


def written(text: io.TextIOWrapper) -> str:
    """The text written to a stream."""
    return text.buffer.getvalue().decode(text.encoding)  # type: ignore[attr-defined]


def shown(kind: type[PlainOutput], view: View, encoding: str = "utf-8", **environ: str) -> str:
    """What ``show`` writes to a stream of that encoding."""
    out = stream(encoding)
    kind(out, stream(), environ=environ).print(view)
    return written(out)


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("kind", [PlainOutput, ColorOutput])
def test_without_colour_there_are_no_escape_sequences(name: str, kind: type[PlainOutput]) -> None:
    """A pipe is 100 cells wide."""
    assert to_plain_text(SHEETS[name](100)) == shown(kind, SHEETS[name])


@pytest.mark.parametrize("name", SHEETS)
def test_colours_do_not_change_the_text(name: str) -> None:
    """Without escape sequences, a coloured sheet equals the plain one, line by line."""
    coloured = shown(
        ColorOutput, SHEETS[name], FORCE_COLOR="1", COLUMNS="80", TERM="xterm-256color"
    )
    rows = [strip(row) for row in coloured.split("\n")]
    assert to_plain_text(SHEETS[name](80)) == "\n".join(row.rstrip() for row in rows)


def strip(text: str) -> str:
    """The text without SGR sequences, the only allowed ones."""
    parts = text.split(f"{ESCAPE}[")
    return parts[0] + "".join(part.partition("m")[2] for part in parts[1:])


@pytest.mark.parametrize(
    ("environ", "terminal", "coloured"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": ""}, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colours_are_for_terminals_and_on_request(
    environ: dict[str, str], terminal: bool, coloured: bool
) -> None:
    """NO_COLOR overrides FORCE_COLOR, FORCE_COLOR overrides the pipe."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "wb"), os.fdopen(theirs, "w") as real:
        assert coloured == wants_colour(real if terminal else stream(), environ)


@pytest.mark.parametrize(
    ("environ", "width"),
    [({}, 100), ({"COLUMNS": "60"}, 60), ({"COLUMNS": "x"}, 100), ({"COLUMNS": "3"}, 24)],
)
def test_the_width_of_a_pipe_is_columns(environ: dict[str, str], width: int) -> None:
    """Never too narrow to read, and 100 cells by default."""
    assert width == PlainOutput(stream(), stream(), environ=environ).get_width(stream())


def test_the_width_of_a_terminal_is_its_own() -> None:
    """COLUMNS and an explicit width override it."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "wb"), os.fdopen(theirs, "w") as real:
        termios.tcsetwinsize(real.fileno(), (24, 72))
        assert 72 == PlainOutput(real, real, environ={}).get_width(real)
        assert 50 == PlainOutput(real, real, environ={"COLUMNS": "50"}).get_width(real)
        assert 33 == PlainOutput(real, real, width=33, environ={"COLUMNS": "50"}).get_width(real)


@pytest.mark.parametrize("kind", [PlainOutput, ColorOutput])
def test_messages_go_to_stderr(kind: type[PlainOutput]) -> None:
    """Stdout holds only the requested output."""
    out, err = stream(), stream()
    output = kind(out, err, environ={})
    output.info("two\nlines \x1b[2J")
    output.error(UsageError("no such action", hint="look"), not_done="Nothing was sent.")
    assert "" == written(out)
    assert (
        "two\nlines \\x1b[2J\n"
        "x Usage error.\n"
        "  No such action.\n"
        "  Next: Look.\n"
        "  Nothing was sent.\n"
    ) == written(err)


def test_sheets_are_separated_by_a_blank_line() -> None:
    """A sheet without lines leaves no gap."""
    one = lambda _: [(Span("one"),)]  # noqa: E731 - a sheet is a function
    out = stream()
    PlainOutput(out, stream(), environ={}).print(one, lambda _: [], one)
    assert "one\n\none\n" == written(out)


def signs(_: int) -> list[tuple[Span, ...]]:
    """Our own symbols, foreign characters, and a line of source."""
    return [
        (Span("a → b · c… "), Span(MASK, Style.VALUE)),
        (Span("é → 名", Style.VALUE),),
        (Span("é → 名 e\u0301", Style.SOURCE),),
    ]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "a → b · c… ••••••\né → 名\né → 名 e\u0301\n"),
        ("ascii", "a -> b | c... ******\n\\xe9 \\u2192 \\u540d\n? ? ?? e\n"),
        ("latin-1", "a -> b · c... ******\né \\u2192 \\u540d\né ? ?? e\n"),
    ],
)
@pytest.mark.parametrize("kind", [PlainOutput, ColorOutput])
def test_unsupported_characters_are_replaced(
    kind: type[PlainOutput], encoding: str, text: str
) -> None:
    """Our symbols in ASCII, other characters as escapes; source keeps its width for the carets."""
    assert text == shown(kind, signs, encoding)


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437", "shift_jis"])
def test_every_sheet_can_be_written_in_every_encoding(name: str, encoding: str) -> None:
    """Whatever the locale of the terminal is."""
    assert "" != shown(PlainOutput, SHEETS[name], encoding)


WITHOUT_RICH = """
import sys
from cactions.render import error, findings, output, people, svg, preview, runs, test_report
from cactions.render import request
output.PlainOutput(sys.stdout, sys.stderr).print(findings.render_findings((), {}))
sys.exit("rich" in sys.modules)
"""


def test_only_coloured_output_loads_rich() -> None:
    """A piped ``validate`` does not load code for colours."""
    root = Path(__file__).parents[2]
    code = subprocess.run([sys.executable, "-c", WITHOUT_RICH], cwd=root, check=False).returncode
    assert 0 == code


def test_a_real_terminal_gets_colours() -> None:
    """And only those of the sixteen that are readable on every background."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as reader, os.fdopen(theirs, "w") as real:
        ColorOutput(real, real, environ={"TERM": "xterm"}).print(SHEETS["preview_loyalty"])
        text = b""
        while b"Nothing was written." not in text:
            text += reader.read(4096)
    sequences = text.decode().split(f"{ESCAPE}[")[1:]
    codes = {code for part in sequences for code in part.split("m")[0].split(";")}
    assert {"0", "1", "2", "31", "32", "35"} == codes
