"""A new action, from a curl line and a sample answer: valid but for what only a person decides."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import KEY, ROOT, Cli, Say
from tests.run_report import REPORT
from tests.test_house import HEAVY

SECRET = "sk_live_Zm9vYmFyYmF6MTIz"
LINE = (
    "curl 'https://api.crm.example/v1/customers/u-1?fields=tier'"
    f" -H 'Authorization: Bearer {SECRET}' -H 'Accept: application/json'"
)
ANSWER = {
    "email": "ada@example.com", "tier": "gold", "points": 12, "since": "2020-01-02T03:04:05Z",
    "paid_at": 1_700_000_000, "active": True, "rate": 1.5, "Shop ID": "7", "note": None,
    "orders": [{"id": 1}],
}  # fmt: skip
DECIDED = ("--fill", "u-1=person.user_id", "--proof", "$.email=person.email",
           "--map", "tier=$.tier", "--map", "points=$.points", "--map", "since=$.since",
           "--map", "paid=$.paid_at", "--map", "active=$.active", "--map", "rate=$.rate",
           "--map", "shop=$['Shop ID']")  # fmt: skip


@pytest.fixture
def project(home: Path, cli: Cli) -> Path:
    """A new project, as the working directory."""
    assert Exit.CLEAN == cli("init", "new").code
    os.chdir(home / "new")
    Path("answer.json").write_text(json.dumps(ANSWER))
    return Path.cwd()


def list_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_what_is_said_makes_a_valid_action(project: Path, cli: Cli) -> None:
    """From line and answer to a valid action, without a terminal: nothing is left to decide."""
    words = ("new", "crm", "--from-curl", LINE, "--from-answer", "answer.json", *DECIDED)
    done = cli(*words, "--json")
    assert (Exit.CLEAN, [], ["actions.yaml"]) == (
        done.code, done.json["decisions"], done.json["changed"],
    )  # fmt: skip
    assert [{"name": "crm_token", "host": "api.crm.example", "what": "the header Authorization",
             "command": "cactions vault seal crm_token --host api.crm.example"}] == (
        done.json["secrets"]
    )  # fmt: skip
    found = cli("validate", "--json").json["findings"]
    assert [] == [each for each in found if each["severity"] == "error"]
    text = Path("actions.crm.yaml").read_text()
    for line in ("since: {path: $.since, date: iso8601}", "paid: {path: $.paid_at, date: unix_s}",
                 "points: $.points", "tier: {path: $.tier, max_length: 200}"):  # fmt: skip
        assert line in text
    declared = Path("actions.yaml").read_text()
    for line in ("  since: {data_type: date}", "  active: {data_type: boolean}",
                 "  rate: {data_type: float}", "  points: {data_type: integer}"):  # fmt: skip
        assert line in declared.splitlines()
    shown = cli("request", "crm", "--person", "u-1")
    assert "GET https://api.crm.example/v1/customers/u-1?fields=tier" in shown.out


def test_a_sample_about_a_test_person_is_a_test(project: Path, cli: Cli) -> None:
    """Four commands from an empty folder to a preview: init, new, test, diff."""
    words = ("new", "crm", "--from-curl", LINE, "--from-answer", "answer.json", *DECIDED[:6],
             "--person", "u-1")  # fmt: skip
    assert Exit.CLEAN == cli(*words).code
    done = cli("test", "crm")
    assert (Exit.CLEAN, True) == (done.code, "1 test: 1 ok." in done.out)
    shown = cli("diff", "crm", "--person", "u-1", "--replay")
    assert (Exit.CLEAN, True) == (shown.code, "gold" in shown.out)
    recording = Path("cassettes/crm.json").read_text()
    assert ("gold" in recording, SECRET in recording) == (True, False)
    assert not [word for word in ("points", "Shop ID", "orders") if word in recording]


@pytest.mark.parametrize("matched", ["user_id", "email"])
def test_each_next_command_can_be_given_as_it_stands(project: Path, cli: Cli, matched: str) -> None:
    """Whatever field of the person the new action is matched by."""
    value = {"user_id": "u-1", "email": "ada@example.com"}[matched]
    line = LINE.replace("customers/u-1", f"customers/{value}")
    fill = ("--fill", f"{value}=person.{matched}", *DECIDED[2:6])
    words = ("--from-answer", "answer.json", *fill, "--person", "u-1", "--json")
    done = cli("new", "crm", "--from-curl", line, *words)
    assert (Exit.CLEAN, 3) == (done.code, len(done.json["next"])), done.out
    assert f"match: {matched}\n" in Path("actions.crm.yaml").read_text()
    for command in done.json["next"]:
        program, *words = shlex.split(command)
        assert ("cactions", Exit.CLEAN) == (program, cli(*words).code), command


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"email": "grace@example.com", "tier": "gold"}, "another person."),
        ({"tier": "x"}, "nothing proves whose it is."),
    ],
)
def test_a_sample_about_someone_else_is_no_test(
    project: Path, cli: Cli, answer: object, why: str
) -> None:
    """It is said why, and nothing of it is kept."""
    Path("answer.json").write_text(json.dumps(answer))
    words = ("new", "crm", "--from-curl", LINE, "--from-answer", "answer.json", *DECIDED[:6],
             "--person", "u-1", "--json")  # fmt: skip
    done = cli(*words)
    assert Exit.CLEAN == done.code
    [note] = done.json["notes"]
    assert note.startswith("No test was made of the sample answer: ")
    assert (True, []) == (note.endswith(why), [path.name for path in project.glob("cassettes")])


def test_a_second_action_uses_what_is_there(project: Path, cli: Cli) -> None:
    """The token of the project, and the place of its attributes."""
    words = ("--from-curl", LINE, "--from-answer", "answer.json", "--person", "u-1",
             "--proof", "$.email=person.email")  # fmt: skip
    assert Exit.CLEAN == cli("new", "one", *words, "--map", "tier=$.tier").code
    done = cli("new", "two", *words, "--map", "points=$.points", "--map", "tier=$.tier", "--json")
    assert (Exit.CLEAN, [], ["points"]) == (
        done.code, done.json["secrets"], done.json["attributes"],
    )  # fmt: skip
    assert "tokens:\n" not in Path("actions.two.yaml").read_text().partition("actions:")[0]
    assert 1 == Path("actions.yaml").read_text().count("attributes:\n  points: {")
    errors = [e for e in cli("validate", "--json").json["findings"] if e["severity"] == "error"]
    assert [] == errors


def test_what_is_open_is_marked_and_named(project: Path, cli: Cli) -> None:
    """Each decision has its line, and `validate` names the same lines as errors."""
    done = cli("new", "crm", "--from-curl", LINE, "--from-answer", "answer.json", "--json")
    assert Exit.CLEAN == done.code
    found = cli("validate", "--json").json["findings"]
    errors = {each["line"] for each in found if each["severity"] == "error"}
    assert {each["line"] for each in done.json["decisions"]} == errors
    assert len(errors) == 3
    messages = {each["message"] for each in found if each["severity"] == "error"}
    assert {"this is not decided yet"} == messages
    text = Path("actions.crm.yaml").read_text()
    assert ("u-1" in text, "ada@" in text, SECRET in text) == (False, False, False)
    assert all(path in text for path in ("$.tier (string)", "$.paid_at (date: unix_s)"))


def test_an_answer_alone_leaves_the_url_open(project: Path, cli: Cli) -> None:
    """As a decision like the others."""
    done = cli("new", "crm", "--from-answer", "answer.json", "--json")
    assert ["URL" in each["question"] for each in done.json["decisions"]] == [True, False, False]
    assert Exit.FINDINGS == cli("validate").code


@pytest.mark.parametrize(
    ("answer", "rows", "paths"),
    [
        ([{"email": "a@b.example", "x": 1}], "$[*]", ["$.email", "$.x"]),
        ({"data": [{"email": "a@b.example"}], "more": False}, "$.data[*]", ["$.email"]),
        ({"data": [{"x": 1}, {"x": 2}]}, "$.data[*]", ["$.x"]),
        ({"user": {"email": "a@b.example"}, "orders": [{"id": 1}]}, "", ["$.user.email"]),
    ],
)
def test_a_list_of_records_has_rows(
    project: Path, cli: Cli, answer: object, rows: str, paths: list[str]
) -> None:
    """Of several records, which one is meant is left to decide."""
    Path("answer.json").write_text(json.dumps(answer))
    assert Exit.CLEAN == cli("new", "crm", "--from-answer", "answer.json").code
    text = Path("actions.crm.yaml").read_text()
    assert (rows in text) if rows else ("rows" not in text)
    assert [] == [path for path in paths if f"{path} (" not in text]
    several = isinstance(answer, dict) and len(answer.get("data", [])) > 1
    assert several == ("decide: which of the records" in text)


def test_the_line_comes_from_a_file_or_stdin(project: Path, say: Say) -> None:
    """As from an argument."""
    Path("line.txt").write_text(LINE)
    for number, (source, stdin) in enumerate((("line.txt", ""), ("-", LINE), (LINE, ""))):
        done = say(f"new a{number} --from-curl {shlex.quote(source)}", stdin)
        assert Exit.CLEAN == done.code
    texts = {Path(f"actions.a{n}.yaml").read_text().replace(f"a{n}:", "") for n in range(1)}
    assert len(texts) == 1


ERRORS = {
    "new crm": "say what the action is made from",
    "new crm --from-curl - --from-answer -": "stdin holds only one",
    "new 'no name' --from-curl line.txt": "no valid name",
    "new crm --from-curl missing.txt": "there is no file",
    "new crm --from-curl bad.txt": "bad.txt:2:",
    "new crm --from-answer bad.txt": "bad.txt:1:1",
    "new crm --from-curl line.txt --fill u-1": "--fill does not say",
    "new crm --from-curl line.txt --fill u-1=person.nothing": "a person has no field",
    "new crm --from-curl line.txt --person u-9": "no such person",
    "new crm --from-curl line.txt --proof x": "--proof has no reference",
    "new crm --from-curl line.txt --proof tier=person.email": "a path begins with $",
    "new crm --from-curl line.txt --map tier": "has no path",
    "new crm --from-curl line.txt --map a=$.a --map a=$.b": "mapped twice",
    "new there --from-curl line.txt": "there is an action",
    "new file --from-curl line.txt": "actions.file.yaml is there already",
}


@pytest.mark.parametrize("line", ERRORS)
@pytest.mark.parametrize("form", ["", "--json"])
def test_an_error_makes_no_file(project: Path, say: Say, line: str, form: str) -> None:
    """It says whose fault it is, where, and what was not done; no secret stands in it."""
    Path("line.txt").write_text(LINE)
    Path("bad.txt").write_text(f"curl https://api.crm.example/ -H 'A: {SECRET}' \\\n  -d @x")
    Path("actions.there.yaml").write_text(
        "version: 1\nactions:\n  there: {match: email, response: {}, request: "
        "{http_method: get, url: 'https://a.example/x'}}\n"
    )
    Path("actions.file.yaml").write_text("version: 1\n")
    before = list_files(project)
    done = say(f"{line} {form}", "{}")
    assert (Exit.MISUSE, before) == (done.code, list_files(project))
    printed = " ".join((done.out + done.err).split()).replace('\\"', '"').lower()
    assert ERRORS[line].lower() in printed
    assert SECRET not in done.out + done.err
    assert "No file was made." in done.out + done.err


def test_without_a_project_init_is_named(home: Path, cli: Cli) -> None:
    """A folder without action files is none."""
    (home / "empty").mkdir()
    done = cli("new", "crm", "--from-curl", LINE, "-f", "empty")
    assert (Exit.MISUSE, True) == (done.code, "cactions init" in done.err)


@pytest.mark.parametrize("where", ["a block", "braces", "several lines", "none, and no workspace"])
def test_attributes_are_declared_where_the_project_has_its_own(
    project: Path, cli: Cli, where: str
) -> None:
    """Its layout and comments stay; where that cannot be, they stand beside the action."""
    texts = {
        "a block": "version: 1\nattributes:\n  # mine\n  old: {data_type: string} # kept\n",
        "braces": "version: 1\nattributes: {old: {data_type: string}} # kept\n",
        "several lines": "version: 1\nattributes:\n  old:\n    data_type: string # kept\n",
        "none, and no workspace": "version: 1\n# kept",
    }
    Path("actions.yaml").write_text(texts[where])
    words = ("new", "crm", "--from-curl", LINE, "--from-answer", "answer.json", *DECIDED)
    assert Exit.CLEAN == cli(*words).code
    found = cli("validate", "--json").json["findings"]
    assert [] == [each["message"] for each in found if each["rule"].startswith("CA0")]
    after = Path("actions.yaml").read_text()
    assert "# kept" in after
    if "workspace" not in where:
        assert after.count("points:") == 1


def test_no_client_no_keyring_and_no_cryptography_is_loaded(project: Path) -> None:
    """Neither to make a project nor to make an action; on a terminal, sealing loads them."""
    program = (
        "import sys; from cactions.__main__ import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        f"print(*{{*sys.modules}} & {{*{HEAVY!r}}}, file=sys.stderr)"
    )
    line = ["new", "a", "--from-curl", LINE, "--from-answer", "answer.json"]
    for words in (["init", "more"], line, ["new", "b", "--template", "stripe"]):
        done = subprocess.run(
            [sys.executable, "-c", program, *words], cwd=project, capture_output=True, text=True,
            check=True, timeout=300, stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert "" == done.stderr.strip()


def test_a_canary_leaves_by_no_way(project: Path, say: Say) -> None:
    """In headers, query, body, cookie and the pair of a user: it is in no file and no output."""
    lines = [
        f"curl https://a.example/ -H 'X-Api-Key: {SECRET}'",
        f"curl https://a.example/ -u {SECRET}:",
        f"curl https://a.example/ -u ada@example.com:{SECRET}",
        f"curl 'https://a.example/?api_key={SECRET}'",
        f"curl https://a.example/ -b 'session={SECRET}'",
        f'curl https://a.example/ --json \'{{"password":"{SECRET}"}}\'',
        f"curl https://a.example/ -d client_secret={SECRET} -d client_id=abc",
        f"curl https://a.example/ -F token={SECRET}",
        f"curl https://{SECRET}@a.example/",
        f"curl https://a.example/bot{SECRET}/x",
        f"curl https://a.example/ -H 'Authorization: {SECRET}' -H 'X-Other: {SECRET}'",
        f"curl https://a.example/ -H 'Content-Type: text/xml' -d '<password>{SECRET}</password>'",
        f"curl https://a.example/ --foo {SECRET}",
        f"curl https://a.example/ -H 'A: {SECRET}",
        f"curl https://a.example/ {SECRET} --json '{{{SECRET}}}'",
        f"Invoke-WebRequest 'https://a.example/' -Headers @{{'X-Api-Key'='{SECRET}'}}",
        f'curl ^"https://a.example/^" -H ^"X-Api-Key: {SECRET}^"',
    ]
    written = 0
    for number, line in enumerate(lines):
        for form in ("", "--json"):
            done = say(f"new a{number}{form[2:]} --from-curl - {form}", line)
            assert done.code in (Exit.CLEAN, Exit.MISUSE), line
            assert SECRET not in done.out + done.err, line
            written += done.code == Exit.CLEAN
    for path in project.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()
    REPORT.append(f"canary of pasted lines: {len(lines)} lines twice, {written} files, 0 leaks")
    assert written >= 16


def test_a_line_without_quotes_is_not_repeated(project: Path, cli: Cli) -> None:
    """Its words are those of a secret, perhaps."""
    for words in (("curl", f"https://u:{SECRET}@a.example/"), ("curl", f"-u{SECRET}:", "x")):
        done = cli("new", "crm", "--from-curl", *words)
        assert (Exit.MISUSE, False) == (done.code, SECRET in done.out + done.err)


def test_a_terminal_is_asked_and_seals(project: Path, say: Say) -> None:
    """What is a customer's, what proves, what is mapped; then the secret goes into the vault."""
    assert Exit.CLEAN == say("vault init --name ada").code
    env = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", KEY: "ada.key",
           "XDG_CONFIG_HOME": str(project / "config")}  # fmt: skip
    child: pexpect.spawn[str] = pexpect.spawn(
        sys.executable,
        ["-m", "cactions", "new", "crm", "--from-curl", "-", "--from-answer", "answer.json"],
        cwd=str(project), env=env, encoding="utf-8", timeout=120, dimensions=(50, 200),
    )  # fmt: skip
    child.expect("empty line")
    for line in LINE.replace(" -H", " \\\n -H").splitlines():
        child.sendline(line)
    child.sendline("")
    child.expect("stands in the path.*: $")
    child.sendline("")
    child.expect("What of the person must it equal.*: $")
    child.sendline("person.nobody")
    child.expect("no field")
    child.sendline("person.email")
    typed = {"$.tier": "tier", "$.points": "points"}
    while (index := child.expect([r"(\$[^(\n]+) \([^(\n]*: $", r"Seal .*\[Y/n\]: $"])) == 0:
        child.sendline(typed.get(child.match[1] if child.match else "", ""))
    assert index == 1
    child.sendline("y")
    child.expect(pexpect.EOF)
    child.close()
    assert (Exit.CLEAN, True) == (child.exitstatus, "Sealed: crm_token." in (child.before or ""))
    errors = [e for e in say("validate --json").json["findings"] if e["severity"] == "error"]
    assert [] == errors
    assert "crm_token" in say("vault list").out
    text = Path("actions.crm.yaml").read_text()
    assert re.search(r"mapping:\n +tier: .*\n +points: ", text)


@pytest.mark.parametrize("kind", ["link", "file", "pipe"])
def test_nothing_is_changed_where_a_recording_cannot_be_made(
    project: Path, cli: Cli, kind: str
) -> None:
    """No file of the action and no declaration is left, so that the same command works later."""
    place = project / "cassettes"
    if kind == "link":
        (project.parent / "outside").mkdir()
        place.symlink_to(project.parent / "outside")
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.write_text("")
    before = list_files(project)
    done = cli("new", "billing", "--template", "stripe")
    assert done.code in {Exit.MISUSE, Exit.NOTHING_DONE}
    assert (before, True) == (list_files(project), "No file was made." in done.err)
    place.unlink()
    assert Exit.CLEAN == cli("new", "billing", "--template", "stripe").code


def test_the_vault_of_a_project_in_another_folder_is_named(project: Path, say: Say) -> None:
    """The commands that seal are given as they stand, from where `new` was called."""
    os.chdir(project.parent)
    done = say("new crm --from-curl - -f new", LINE)
    commands = [line.strip() for line in done.out.splitlines() if "cactions vault" in line]
    assert ["init", "seal"] == [shlex.split(command)[2] for command in commands]
    for command in commands:
        words = command.removeprefix("cactions ")
        assert Exit.CLEAN == say(words, "tok-7d1f-e02a").code, command
    assert ["new/cactions.vault"] == [str(path) for path in Path().rglob("cactions.vault")]


@pytest.mark.parametrize(
    ("decided", "next_words"), [(DECIDED[:6], ["validate", "request"]), ((), ["validate"])]
)
def test_what_is_undecided_has_one_next_step(
    project: Path, cli: Cli, decided: tuple[str, ...], next_words: list[str]
) -> None:
    """Every other command refuses the action until each decision is made."""
    answer = () if not decided else ("--from-answer", "answer.json")
    done = cli("new", "crm", "--from-curl", LINE, *answer, *decided, "--json")
    assert next_words == [command.split()[1] for command in done.json["next"]]
    assert bool(decided) == (done.json["decisions"] == [])


def test_what_is_sealed_already_is_not_asked_for_again(project: Path, say: Say) -> None:
    """The secret of the vault is used; nothing is left to seal."""
    assert Exit.CLEAN == say("vault init").code
    assert Exit.CLEAN == say("vault seal crm_token --host api.crm.example", SECRET).code
    done = say(shlex.join(("new", "crm", "--from-curl", LINE, *DECIDED[:2], "--json")))
    assert (Exit.CLEAN, []) == (done.code, done.json["secrets"])
    assert "value: {secret: crm_token}" in Path("actions.crm.yaml").read_text()


def test_a_name_that_is_taken_names_the_file(project: Path, cli: Cli) -> None:
    """Where the action has a file of its own, that can be deleted."""
    words = ("new", "crm", "--from-curl", LINE)
    assert Exit.CLEAN == cli(*words).code
    done = cli(*words)
    assert (Exit.MISUSE, True) == (done.code, "or delete actions.crm.yaml" in done.err)
