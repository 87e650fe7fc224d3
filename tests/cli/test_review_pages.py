"""``--html``: each command writes one page, private where it holds values of people."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from cactions.edges.files import file_io
from tests.cli.conftest import Cli
from tests.cli.test_redaction import BY_ATTRIBUTE, edited

PEOPLE = "user_id\nu-1\nu-2\nu-3\n"
PAGES = (
    "diff loyalty --person u-1 --replay",
    "diff loyalty --people people.csv --replay",
    "run loyalty --people people.csv --replay --yes",
    "runs show last",
)
ONLY_YOU = "holds values of people; only you can read it (mode 0600)"


@pytest.fixture
def ready(cli: Cli, home: Path) -> Cli:
    """With a file of people."""
    (home / "people.csv").write_text(PEOPLE)
    return cli


def prepare(cli: Cli, words: str) -> None:
    """The run that ``runs show`` shows."""
    if words.startswith("runs"):
        assert Exit.FINDINGS == cli("run", "loyalty", "--all", "--replay", "--yes").code


@pytest.mark.parametrize("words", PAGES)
def test_a_page_is_private_and_says_so(ready: Cli, home: Path, words: str) -> None:
    """Once; the output is that of the same command without it."""
    prepare(ready, words)
    plain = ready(*words.split())
    done = ready(*words.split(), "--html", "page.html")
    assert plain.code == done.code
    said = " ".join(done.err.split())
    assert 1 == said.count(f"The review page is page.html. It {ONLY_YOU}.")
    assert 0o600 == stat.S_IMODE((home / "page.html").stat().st_mode)
    text = (home / "page.html").read_text()
    assert text.startswith("<!DOCTYPE html>")
    assert "Ada Lovelace" in text
    assert text.endswith("</html>\n")


def test_an_older_file_keeps_its_mode_and_that_is_said(ready: Cli, home: Path) -> None:
    """Who may read a file that is there is not changed."""
    (home / "page.html").write_text("old")
    (home / "page.html").chmod(0o644)
    done = ready(*PAGES[0].split(), "--html", "page.html")
    assert "holds values of people; others can read it, too" in " ".join(done.err.split())


def test_the_page_of_findings_is_as_readable_as_the_files(cli: Cli, home: Path) -> None:
    """It holds what stands in them."""
    edited(("identity_verification: jwt", "identity_verification: false"))
    done = cli("validate", "--html", "page.html")
    assert Exit.FINDINGS == done.code
    assert "error CA104" in done.out
    assert 0o044 == stat.S_IMODE((home / "page.html").stat().st_mode) & 0o044
    text = (home / "page.html").read_text()
    assert text.count("<article") == done.out.count("\n     route:")
    assert 'aria-label="Leak paths' in text
    assert Exit.MISUSE == cli("validate", "--diff", "--html", "page.html").code


@pytest.mark.parametrize("words", PAGES)
def test_redacted_values_are_on_no_page(ready: Cli, home: Path, words: str) -> None:
    """Also where the run was made before."""
    prepare(ready, words)
    ready(*words.split(), "--html", "before.html")
    assert "Countess" in (home / "before.html").read_text()
    if words.startswith("run "):
        ready("runs", "undo", "last", "--yes")
    edited(BY_ATTRIBUTE)
    ready(*words.split(), "--html", "page.html")
    assert "Countess" not in (home / "page.html").read_text()


def test_a_person_without_a_plan_has_a_page(ready: Cli, home: Path) -> None:
    """With the reason, and exit code 1."""
    done = ready(*PAGES[0].replace("u-1", "u-3").split(), "--html", "page.html")
    text = (home / "page.html").read_text()
    assert (Exit.FINDINGS, True) == (done.code, "the response is about another person" in text)


def test_a_page_after_the_writing_tells_what_became_of_each(ready: Cli, home: Path) -> None:
    """The page of the run, with its id."""
    ready(*PAGES[2].split(), "--html", "page.html")
    text = (home / "page.html").read_text()
    run = ready("runs", "list", "--json").json["runs"][0]["head"]["id"]
    assert f'<dt>Run</dt><dd><bdi class="strong">{run}</bdi>' in text


@pytest.mark.parametrize("json", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("output", ["--html page.html", "--report report.md", "--report all.csv"])
@pytest.mark.parametrize("code", [errno.EACCES, errno.ENOSPC], ids=["EACCES", "ENOSPC"])
def test_an_output_that_fails_after_the_writing_denies_no_write(
    ready: Cli, monkeypatch: pytest.MonkeyPatch, code: int, output: str, json: tuple[str, ...]
) -> None:
    """People were written: they are counted, and neither the message nor the code denies it."""
    writes: Counter[str] = Counter()
    write = file_io.write_pieces

    def write_once(path: Path, pieces: Iterable[bytes], **options: bool) -> None:
        writes[path.name] += 1
        write(path, pieces if writes[path.name] == 1 else fail(), **options)

    def fail() -> Iterator[bytes]:
        yield b"a part"
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(file_io, "write_pieces", write_once)
    done = ready(*PAGES[2].split(), *output.split(), *json)
    assert [2] == [*writes.values()]
    assert Exit.FINDINGS == done.code
    said = " ".join((done.out + done.err).split())
    assert "cannot be written" in said
    assert "nothing was written" not in said
    assert "`cactions runs list` tells how far it came" in said
    assert bool(json) or "2 applied" in said
    assert "finished  3: 2 applied, 1 failed" in ready("runs", "list").out


@pytest.mark.parametrize("words", PAGES[:3])
def test_a_full_disk_is_no_usage_error_and_a_replay_sends_nothing(ready: Cli, words: str) -> None:
    """The output is unusable, whatever file is named; what was not done is true of a replay."""
    done = ready(*words.split(), "--html", "/dev/full")
    assert Exit.NOTHING_DONE == done.code
    assert "The output cannot be written." in done.err
    assert "Next: Make room on the disk" in done.err
    assert "Nothing was sent and nothing was written." in done.err


def test_who_can_read_a_device_is_not_said_as_of_a_file(ready: Cli) -> None:
    """It has no mode of ours."""
    done = ready(*PAGES[0].split(), "--html", "/dev/null")
    assert Exit.CLEAN == done.code
    said = " ".join(done.err.split())
    assert "The review page is /dev/null. It holds values of people; it is not a file" in said
    assert "only you" not in said


def test_a_bare_name_in_a_message_keeps_its_spelling(ready: Cli, home: Path) -> None:
    """A sentence begins with a capital, and a path does not."""
    (home / "pages").mkdir()
    done = ready(*PAGES[0].split(), "--html", "pages")
    assert Exit.MISUSE == done.code
    assert "  ./pages cannot be written: it is a folder, not a file.\n" in done.err
