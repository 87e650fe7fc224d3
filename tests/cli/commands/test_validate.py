"""``cactions validate``: formats, standard input, output files and fixes, most in a subprocess."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pytest

from cactions.cli.commands.validate_report import Format
from tests.cli.conftest import Cli, Done

ROOT: Final = Path(__file__).parents[3]
EXAMPLE: Final = (ROOT / "actions.example.yaml").read_text()

FILES: Final = {
    "good/actions.yaml": EXAMPLE.encode(),
    "broken/actions.yaml": EXAMPLE.replace("$.tier", "$..tier").encode(),
    "broken/actions.more.yaml": b"actions: {a: {url: {{ x }}}}\n",
    "bytes/actions.yaml": b"\xff\xfe",
    "empty/actions.yaml": b"",
    "none/readme.txt": b"no actions here",
}

WORDS: Final[dict[str, Sequence[str]]] = {
    "good": ["good/actions.yaml"],
    "several files": ["broken/actions.yaml", "broken/actions.more.yaml"],
    "one file twice": ["good/actions.yaml", "good/actions.yaml"],
    "a folder": ["broken"],
    "several folders": ["good", "broken", "bytes/actions.yaml"],
    "not text": ["bytes/actions.yaml"],
    "empty": ["empty/actions.yaml"],
    "missing": ["good/actions.yaml", "good/nothing.yaml"],
    "a folder without any": ["none"],
    "stdin": ["-"],
    "nothing named": [],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files of every kind."""
    root = tmp_path_factory.mktemp("files")
    for name, data in FILES.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    return root


def ended(
    folder: Path, words: Sequence[str], stdin: bytes = FILES["broken/actions.yaml"]
) -> tuple[int, bytes, bytes]:
    """The result of the command in a subprocess, with a broken file on its stdin."""
    done = subprocess.run(
        [sys.executable, "-m", "cactions", "validate", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=stdin,
        capture_output=True,
        check=False,
        timeout=300,
    )
    return done.returncode, done.stdout, done.stderr


Validate = Callable[[Sequence[str]], Done]


@pytest.fixture
def validate(cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Validate:
    """The same in this process, which takes a tenth of the time."""
    monkeypatch.chdir(folder)

    def call(words: Sequence[str]) -> Done:
        stdin = io.BytesIO(FILES["broken/actions.yaml"])
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(stdin))
        return cli("validate", *words)

    return call


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("case", ["good", "several files", "stdin"])
def test_options_may_come_before_or_after_files(
    validate: Validate, case: str, form: Format
) -> None:
    """Before or after, as one word or two: the output is the same, letter for letter."""
    words = WORDS[case]
    before = validate(["--only", f"--format={form.value}", *words])
    assert ("good" != case) == before.code
    after = validate(["--format", form.value, "--fail-on", "error", *words, "--only"])
    assert before == after
    assert before == validate(["--only", f"--format={form.value}", "--", *words])


def test_the_cases_cover_every_exit_code(folder: Path) -> None:
    """Clean, findings, and usage errors."""
    assert [0, 1, 2] == [ended(folder, WORDS[case])[0] for case in ("good", "stdin", "missing")]


DASHED: Final = (
    "-", "--", "---", "-x.yaml", "--help", "--fix", "--diff", "--json", "-h", "-q",
    "--format=html", "--output=x", "--only", "--version", "-fgood/actions.yaml",
)  # fmt: skip
"""Names that would be read as an option or as stdin without ``--``."""


def test_a_file_name_may_begin_with_a_dash(tmp_path: Path) -> None:
    """After ``--``, with and without ``--only``; ``./-`` is a file, ``-`` is stdin."""
    for name in DASHED:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(EXAMPLE.replace("$.tier", "$..tier").encode())
    names = {name: f"./{name}" if name == "-" else name for name in DASHED}
    shown = {name if name != "-" else str(tmp_path / "-") for name in DASHED}
    for only in ((), ("--only",)):
        words = [*only, "--format=json", "--", *names.values()]
        code, out, err = ended(tmp_path, words, b"")
        assert (1, b"") == (code, err)
        assert shown == {one["file"] for one in json.loads(out)["findings"]}
    assert b"<stdin>" in ended(tmp_path, ["--", "-"], b"")[1]


@pytest.mark.parametrize(
    ("form", "case", "code"),
    [(Format.TEXT, "good", 0), *((form, "several files", 1) for form in Format)],
)
def test_an_output_file_equals_stdout(
    validate: Validate, tmp_path: Path, form: Format, case: str, code: int
) -> None:
    """Byte for byte, in every format, with the same exit code; old content is replaced."""
    words = [f"--format={form.value}", "--", *WORDS[case]]
    shown = validate(words)
    file = tmp_path / "findings"
    file.write_text("older\n" * 10_000)
    assert Done(code, "", "") == validate(["-o", str(file), *words])
    assert (code, shown.out) == (shown.code, file.read_bytes().decode())


def test_an_unwritable_output_file_is_a_usage_error(folder: Path, tmp_path: Path) -> None:
    """The error names the file; the output file cannot be combined with other uses of stdout."""
    code, out, err = ended(folder, ["--output=nowhere/x", "good"])
    assert (2, b"") == (code, out)
    assert b"nowhere/x cannot be written: no such file" in err
    for more, stdin in ((["--diff", "good"], b""), (["--fix", "-"], EXAMPLE.encode())):
        code, out, err = ended(folder, ["-o", str(tmp_path / "x"), *more], stdin)
        assert (2, b"", True) == (code, out, b"--output and --html out" in err)
    assert not (tmp_path / "x").exists()


SHARED: Final = """\
version: 1
workspace: {identity_verification: jwt}
attributes:
  tier: {data_type: string, options: [silver, gold], messenger_writable: false}
tokens:
  shop: {type: text, value: {secret: shop_token}, header: X-Token, hosts: [api.shop.example]}
"""
PART: Final = """\
version: 1
actions:
  loyalty:
    match: user_id
    request:
      http_method: get
      url: https://api.shop.example/customers/{{ person.user_id }}
      tokens: [shop]
    response:
      same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
      mapping: {tier: $.tier}
"""


@pytest.fixture
def parted(tmp_path: Path) -> Path:
    """A project of two files, one of which depends on the other."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "actions.yaml").write_text(SHARED)
    (tmp_path / "sub" / "actions.shop.yaml").write_text(PART)
    return tmp_path


def test_a_named_file_is_validated_with_its_folder(parted: Path) -> None:
    """A hook that names only the committed files still sees the tokens that they use."""
    named = ["sub/actions.shop.yaml"]
    assert 1 == ended(parted, ["--only", *named])[0]
    assert 0 == ended(parted, named)[0]
    assert ended(parted, ["sub"]) == ended(parted, named)
    (parted / "sub" / "actions.yaml").write_text(SHARED.replace("workspace", "workspce"))
    assert ended(parted, ["sub"]) == ended(parted, named)
    assert 1 == ended(parted, named)[0]


def test_stdin_is_validated_as_the_named_file_of_its_folder(parted: Path) -> None:
    """It replaces the file on disk, or adds one that does not exist yet."""
    bad = PART.replace("$.tier", "$..tier").encode()
    for name in ("sub/actions.shop.yaml", "sub/actions.new.yaml"):
        (parted / "sub" / "actions.shop.yaml").unlink(missing_ok=True)
        code, out, err = ended(parted, ["--stdin-filename", name, "-"], bad)
        assert (1, b"") == (code, err)
        assert out.startswith(f"{name}:11:24: error CA007".encode())
        assert out.endswith(b"1 error in 1 file.\n")


def test_a_suppression_in_stdin_is_applied(parted: Path) -> None:
    """As in a file."""
    text = PART.replace(", verified: the shop confirms e-mails}", "}  # cactions: ignore[CA206] x")
    done = ended(parted, ["--stdin-filename", "sub/actions.shop.yaml", "-"], text.encode())
    assert (0, b"No problems in 1 action (2 files). 1 suppressed.\n", b"") == done


def test_the_stdin_name_must_be_a_file(parted: Path) -> None:
    """A folder is refused with an error message."""
    code, _, err = ended(parted, ["--stdin-filename", "sub", "-"], b"")
    assert 2 == code
    assert b"Sub is a folder." in err


def test_stdin_is_fixed_to_stdout(parted: Path) -> None:
    """Byte for byte, for any content; remaining findings are on stderr, no file is changed."""
    named = ["--stdin-filename", "sub/actions.shop.yaml", "-", "--fix"]
    bad = b"\xef\xbb\xbf" + PART.replace("match", "macth").replace("\n", "\r\n").encode()
    code, out, err = ended(parted, named, bad)
    assert (0, bad.replace(b"macth", b"match")) == (code, out)
    assert b"1 fix applied in 1 file; 0 findings are left.\n" == err
    assert PART == (parted / "sub" / "actions.shop.yaml").read_text()
    code, out, err = ended(parted, ["-", "--fix"], b"\xff\xfe")
    assert (1, b"\xff\xfe") == (code, out)
    assert b"<stdin>:1:1: error CA001 unreadable-yaml: not UTF-8: byte 0xff" in err


def test_a_fix_considers_the_whole_folder(parted: Path) -> None:
    """A suppression that one file does not need is kept if another file needs it."""
    shared = parted / "sub" / "actions.yaml"
    other = PART.replace("loyalty", "other").replace("mapping: {tier: $.tier}", MAPPING)
    (parted / "sub" / "actions.other.yaml").write_text(other)
    text = PART.replace("$.tier}", "$.tier}  # cactions: ignore[CA208] both say the same")
    (parted / "sub" / "actions.shop.yaml").write_text(text)
    ended(parted, ["--fix", "sub/actions.other.yaml"])
    ended(parted, ["--fix", "sub/actions.shop.yaml"])
    assert text == (parted / "sub" / "actions.shop.yaml").read_text()
    (parted / "sub" / "actions.other.yaml").unlink()
    assert 0 == ended(parted, ["--fix", "sub/actions.shop.yaml"])[0]
    assert PART == (parted / "sub" / "actions.shop.yaml").read_text()
    assert SHARED == shared.read_text()


def test_only_the_named_files_are_fixed(parted: Path) -> None:
    """Other files are read but not changed; a named folder means all of its files."""
    shared, part = (parted / "sub" / name for name in ("actions.yaml", "actions.shop.yaml"))
    shared.write_text(SHARED.replace("workspace", "workspce"))
    part.write_text(PART.replace("match", "macth"))
    _, _, err = ended(parted, ["--fix", "sub/actions.shop.yaml"])
    assert b"1 fix applied in 1 file; 1 finding is left.\n" == err
    assert (True, PART) == ("workspce" in shared.read_text(), part.read_text())
    assert b"1 fix applied in 1 file; 0 findings are left.\n" == ended(parted, ["--fix", "sub"])[2]
    assert SHARED == shared.read_text()


def test_a_named_example_file_is_fixed(parted: Path) -> None:
    """Beside a project's files, an example is not part of it and causes no change to them."""
    example = parted / "sub" / "actions.example.yaml"
    example.write_text(EXAMPLE.replace("match: user_id", "macth: user_id", 1))
    assert 0 == ended(parted, ["--fix", "sub/actions.example.yaml"])[0]
    assert EXAMPLE == example.read_text()
    named = ["sub/actions.example.yaml", "sub/actions.shop.yaml"]
    assert b"No problems in 1 action (2 files).\n" == ended(parted, named)[1]


MAPPING: Final = "mapping: {tier: $.tier}  # cactions: ignore[CA208] both say the same"


def test_a_diff_never_shows_a_secret(parted: Path) -> None:
    """Neither on the changed line nor in the lines around it."""
    shared = parted / "sub" / "actions.yaml"
    literal = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"
    text = SHARED.replace("value: {secret: shop_token}", f"value: {literal}")
    shared.write_text(text.replace("data_type", "data_typ"))
    code, out, _ = ended(parted, ["--diff", "sub"])
    assert 1 == code
    assert b"+  tier: {data_type:" in out
    assert literal.encode() not in out


def test_the_job_summary_has_all_findings(parted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Appended as Markdown, starting with names from the workspace; empty if nothing is found."""
    summary = parted / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(parted))
    assert 0 == ended(parted, ["--format", "github", "sub"])[0]
    assert "before\n" == summary.read_text()
    (parted / "sub" / "actions.shop.yaml").write_text(PART.replace("match", "macht"))
    _, out, _ = ended(parted / "sub", ["--format", "github"])
    assert out.startswith(b"::error file=sub/actions.shop.yaml,line=")
    text = summary.read_text()
    assert text.startswith("before\n### cactions: 1 error\n")
    assert "<code>sub&#47;actions&#46;shop&#46;yaml&#58;" in text
