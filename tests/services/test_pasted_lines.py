"""Documented curl lines become actions that send the same requests, and no secret of them is kept.

``requests.yaml`` says what each line asks for; its own test compares that with a real curl.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cactions.logic.curl_line.line import LineShell, parse_line
from cactions.logic.curl_line.words import PastedLineError
from cactions.logic.lint.engine import lint
from cactions.logic.new_action.action_draft import DraftedAction, DraftOrder, draft_action
from cactions.logic.new_action.answer_draft import AnswerChoices, draft_answer
from cactions.logic.project import SourceFile, load_project
from cactions.logic.request.builder import build_request
from cactions.model import Project, Request
from cactions.model.secret import Credentials, Secret
from tests.run_report import REPORT
from tests.services.curl_lines import LINES, NOT_EXPRESSED
from tests.services.test_service_requests import ADA, WORDS, build

MEANINGS = {
    "ada@example.com": "person.email", "u-1": "person.user_id", "Ada Lovelace": "person.name",
    "+441234567890": "person.phone", "gold": "person.attributes.plan", "cus_1": "inputs.id",
    "group/project": "person.attributes.project",
    **dict.fromkeys(("a@acme.example", "b@acme.example", "support@acme.example", "AC1", "l1",
                     "d-1", "c-1", "app1", "SUP-1", "acc-1", "+15017122661", "C1"), "literal"),
}  # fmt: skip
"""What a person says of the values of the lines."""
ATTRIBUTES = "attributes: {plan: {data_type: string}, project: {data_type: string}}\n"
COMMANDS = {name: line for name, _, line in (line.partition(": ") for line in LINES)}
OPEN = "this is not decided yet"


HASHED = {"mailchimp", "gravatar_profile", "gravatar_exists"}
"""Hashes of an address in the path: which they are, only who knows the address can tell."""


def put_in(line: str, words: Mapping[str, str] = WORDS) -> str:
    return re.sub(r"\b(KEY|USER|REFRESH|SHA256)\b", lambda found: words[found[1]], line)


def draft(line: str, meanings: Mapping[str, str], shell: LineShell | None = None) -> DraftedAction:
    answer = draft_answer(None, AnswerChoices(), {}, reads=False)
    return draft_action(parse_line(line, shell), answer, DraftOrder("pasted", meanings))


def send(drafted: DraftedAction) -> Request:
    """The request of the action for Ada, with the secrets as they would be sealed."""
    loaded = load_project([SourceFile("a", (drafted.text + ATTRIBUTES).encode())])
    assert [] == [found.message for found in loaded.findings if found.rule.startswith("CA0")]
    assert loaded.partial
    action = loaded.partial.actions["pasted"]
    secrets = {each.name: Secret(each.name, each.value) for each in drafted.secrets}
    inputs = {each.name: "cus_1" for each in action.inputs}
    return build_request(action, ADA, inputs, Credentials(secrets), "key-1")


def flatten(request: Request) -> tuple[object, ...]:
    headers = sorted((name.lower(), value.reveal()) for name, value in request.headers)
    body = request.body.reveal() if request.body else None
    boundaries = re.findall("boundary=([^;]*)", str(headers))
    for boundary in boundaries:
        headers = [(name, value.replace(boundary, "-")) for name, value in headers]
        body = (body or "").replace(boundary, "-")
    return request.method, request.url.reveal(), headers, body


@pytest.fixture(scope="module")
def project() -> Project:
    path = Path(__file__).parent / "requests.yaml"
    found = load_project([SourceFile(path.name, path.read_bytes())]).project
    assert found
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_a_documented_line_becomes_the_same_request(project: Project, name: str) -> None:
    """And in no file stands a secret of it, also where nothing of it was decided."""
    line = put_in(COMMANDS[name])
    drafted = draft(line, MEANINGS)
    ours = flatten(send(drafted))
    if not name.endswith("_token"):
        assert flatten(build(project, name)) == ours
    used = [WORDS[word] for word in ("KEY", "USER", "REFRESH") if word in COMMANDS[name]]
    assert {*used} <= {each.value for each in drafted.secrets} <= {*used, "AC1"}
    assert [] == [word for word in used if word in drafted.text or word in str(drafted.decisions)]
    assert [] == drafted.decisions or "query" in drafted.decisions[0].text or name in IN_URL


IN_URL = {"openweather", "pipedrive", "hunter", "trello"}
"""Services whose keys stand in the URL: whether that is fine, a person decides."""


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_not_decided_is_marked_or_the_line_refused(name: str) -> None:
    """A customer's value is in no file where no one said what it is; the file says what is open."""
    line = put_in(COMMANDS[name])
    if name in HASHED:
        with pytest.raises(PastedLineError, match="looks like a secret"):
            draft(line, {})
        return
    drafted = draft(line, {})
    assert "ada@example.com" not in drafted.text
    loaded = load_project([SourceFile("a", (drafted.text + ATTRIBUTES).encode())])
    found = [each for each in loaded.findings if each.rule.startswith("CA0")]
    assert {OPEN} >= {each.message for each in found}
    marked = [each for each in drafted.decisions if "CA302" not in each.text]
    lines = {each.line for each in marked}
    assert lines == {each.place.line for each in found if each.place}


REAL = {
    "KEY": "pat-eu1-7d1fe02a-1b2c-4d5e-8f90-a1b2c3d4e5f6",
    "USER": "3MVG9lKcPoNINVBIPJjdw1J9LLM82Hn",
    "REFRESH": "1000.8cb99dxxxxx.7d1fe02a9c", "SHA256": WORDS["SHA256"],
}  # fmt: skip
"""Credentials as services give them out."""


@pytest.mark.parametrize("name", COMMANDS)
def test_no_credential_is_left_for_the_rule_to_find(name: str) -> None:
    """`validate` calls a credential in a file an error (CA301); there is none in a new file."""
    drafted = draft(put_in(COMMANDS[name], REAL), MEANINGS)
    text = (drafted.text + ATTRIBUTES).encode()
    found = lint(load_project([SourceFile("a", text)]), 0)
    assert "CA301" not in {each.rule for each in found.findings}
    assert [] == [word for word in REAL.values() if word in drafted.text]


def quote_ansi(word: str) -> str:
    escaped = "".join(c if c.isalnum() else f"\\u{ord(c):04x}" for c in word)
    return f"$'{escaped}'"


def quote_double(word: str) -> str:
    return '"' + re.sub(r'([$`"\\])', r"\\\1", word) + '"'


def quote_cmd(word: str) -> str:
    """As a browser does: in quotes for the program, all signs with a caret for the shell."""
    inside = re.sub(r'(\\*)"', r'\1\1\\"', word)
    inside = re.sub(r"(\\+)\Z", r"\1\1", inside)
    return "".join(c if c.isalnum() else "^\n\n" if c == "\n" else f"^{c}" for c in f'"{inside}"')


def quote_powershell(word: str) -> str:
    return "'" + word.replace("'", "''").replace('"', '\\"') + "'"


FORMS: Mapping[str, tuple[Callable[[str], str], str, LineShell | None]] = {
    "single": (shlex.quote, " ", None),
    "double": (quote_double, " \\\n  ", None),
    "ansi": (quote_ansi, " ", None),
    "cmd": (quote_cmd, " ^\n  ", None),
    "powershell": (quote_powershell, " `\n  ", None),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_shell_writes_it_otherwise(form: str) -> None:
    """The same request, whichever quotes and continued lines a line has."""
    quote, gap, shell = FORMS[form]
    for name, command in COMMANDS.items():
        line = put_in(command)
        words = shlex.split(line)
        written = gap.join(["curl.exe" if form == "powershell" else "curl", *map(quote, words[1:])])
        expected, found = draft(line, MEANINGS), draft(written, MEANINGS, shell)
        assert expected.text == found.text, name
        assert expected.secrets == found.secrets, name
    REPORT.append(f"pasted lines, {form}: {len(COMMANDS)} of {len(COMMANDS)} the same request")


@pytest.mark.parametrize("line", NOT_EXPRESSED)
def test_what_no_action_can_say_is_refused(line: str) -> None:
    """With a reason and a place; none of the values stands in it."""
    text = put_in(line, {**WORDS, "KEY": "123456:AAFdJf83jd-sk39kd0sKd93kd"})
    with pytest.raises(PastedLineError) as refused:
        draft(text, {})
    assert refused.value.message
    assert 0 <= refused.value.position < len(text)
    assert "AAFdJf" not in f"{refused.value.message} {refused.value.hint}"


def test_the_counts(project: Project) -> None:
    """More than sixty lines, of more than twenty-five hosts."""
    REPORT.append(
        f"pasted lines: {len(COMMANDS)} become their requests, {len(NOT_EXPRESSED)} are refused"
    )
    assert project
    assert len(COMMANDS) >= 60
