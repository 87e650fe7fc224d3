"""The forms in which an answer is read: the help is valid, and each mistake is one fault."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from cactions.logic.project import SourceFile, load_project
from cactions.model import Action, Finding

PAGE = Path(__file__).parents[3] / "cactions" / "help" / "answers.md"
KINDS = {"orders": "integer", "spent": "float", "created": "date", "visited": "date",
         "ordered": "date"}  # fmt: skip
NAMES = ("tier", "orders", "spent", "full_name", "labels", "plan", "created", "visited", "ordered",
         "active")  # fmt: skip
ATTRIBUTES = "".join(
    f"  {name}: {{data_type: {KINDS.get(name, 'string')}, messenger_writable: false}}\n"
    for name in NAMES
)
HEAD = f"""\
version: 1
workspace: {{identity_verification: jwt}}
attributes:
{ATTRIBUTES}actions:
  a:
    match: user_id
    request: {{http_method: get, url: "https://api.shop.example/c/{{{{ person.user_id }}}}"}}
    response:
"""
PROOF = "same_person: {path: $.email, equals: person.email}\n"


def load(response: str) -> tuple[Action | None, list[Finding]]:
    text = HEAD + textwrap.indent(response, " " * 6)
    loaded = load_project([SourceFile("a.yaml", text.encode())], None, None)
    action = loaded.project.actions.get("a") if loaded.project else None
    return action, [each for each in loaded.findings if each.severity.value == "error"]


def list_examples() -> list[str]:
    """Each example of the page as the response of an action."""
    found = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return [
        textwrap.dedent(text.removeprefix("response:\n"))
        if text.startswith("response:")
        else PROOF + text
        for text in found
    ]


@pytest.mark.parametrize("response", list_examples())
def test_the_examples_of_the_page_are_valid(response: str) -> None:
    """As they stand there."""
    action, faults = load(response)
    assert faults == []
    assert action
    assert action.response.mapping


FAULTS = [
    ("tier: {max_length: 3}", "CA003", "where the value stands"),
    ("tier: {path: $.a, count: '$.a[*]'}", "CA009", "comes from path already"),
    ("tier: {path: '$.a[*]'}", "CA003", "[*] is a list"),
    ("tier: {path: $.a, is: {$.b: 1}}", "CA009", "in, which is not there"),
    ("tier: {path: $.a, newest: $.b}", "CA009", "in, which is not there"),
    ("tier: {in: $.a, path: $.b}", "CA004", "ends in [*]"),
    ("tier: {in: '$.a[*]', newest: $.b, oldest: $.b, path: $.c}", "CA009", "once"),
    ("tier: {in: '$.a[*]', newest: {date: rfc2822}, path: $.c}", "CA003", '"path"'),
    ("orders: {count: $.a}", "CA004", "every element"),
    ("orders: {count: '$.a[*]', newest: $.b}", "CA009", "one element"),
    ("orders: {count: '$.a[*].b', is: {$.b: 1}}", "CA004", "must end in [*]"),
    ("orders: {in: '$.a[*]', count: $.b}", "CA009", "the list itself"),
    ("spent: {sum: $.a}", "CA004", "every element"),
    ("spent: {sum: '$.a[*]', parse: $.b}", "CA009", "no text to parse"),
    ("tier: {text: plain}", "CA006", "1 to 20"),
    ("tier: {text: '{{ person.email }}'}", "CA007", ""),
    ("tier: {text: '{{ $.a'}", "CA006", "{{ $.path }}"),
    ("tier: {text: '{{ $.a }}', in: '$.b[*]'}", "CA009", "belongs to path"),
    ("tier: {text: '{{ $.a }}', join: x}", "CA009", "no list to join"),
    ("tier: {path: $.a, divide: 1}", "CA004", "range"),
    ("created: {path: $.a, date: unix_s, divide: 100}", "CA009", "no number"),
    ("tier: {path: $.a, values: {a: b}, divide: 100}", "CA009", "looked up"),
    ("tier: {path: $.a, else: b}", "CA009", "belongs to values"),
    ("tier: {path: $.a, case: any}", "CA009", "belongs to values"),
    ("tier: {path: $.a, max_length: {cut: 300}}", "CA004", "range"),
    ("orders: {path: $.a, max_length: {cut: 30}}", "CA009", "no length"),
    ("created: {path: $.a, date: {zone: UTC}}", "CA003", "how dates are written"),
    ("created: {path: $.a, date: {form: iso8601, pattern: '%Y%m%d'}}", "CA009", "already"),
    ("created: {path: $.a, date: {form: rfc2822, zone: UTC}}", "CA009", "in each date"),
    ("created: {path: $.a, date: {form: unix_s, zone: UTC}}", "CA009", "in each date"),
    ("created: {path: $.a, date: {form: iso8601, zone: Mars}}", "CA004", "no time zone"),
    ("created: {path: $.a, date: {pattern: '%d.%m.%y'}}", "CA004", "%y"),
    ("created: {path: $.a, date: {pattern: '%d.%m'}}", "CA004", "%Y missing"),
    ("created: {path: $.a, date: {pattern: '%x'}}", "CA004", "%x"),
    ("created: {path: $.a, date: {pattern: '100%'}}", "CA004", "%"),
    ("tier: {path: $.a, empty_when: []}", "CA004", "empty"),
]


@pytest.mark.parametrize(("entry", "rule", "word"), FAULTS, ids=[each[0] for each in FAULTS])
def test_a_mistake_of_a_mapping_is_one_fault(entry: str, rule: str, word: str) -> None:
    """It stands where the mistake is, and says what to write."""
    _, [fault] = load(f"{PROOF}mapping:\n  {entry}\n")
    assert fault.rule == rule
    assert word in fault.message
    assert fault.place
    assert fault.place.line == HEAD.count("\n") + 3


RESPONSE_FAULTS = [
    ("on_nothing: clear", "CA003", "nothing says when"),
    ("nothing_when: {}", "CA009", "every answer"),
    ("nothing_when: {status: [200, 404]}", "CA009", "status 200 is a success"),
    ("nothing_when: {status: 404}\non_nothing: refuse", "CA004", "one of the words"),
    ("success_when: {body: [{path: $.a}]}", "CA003", "what must be there"),
    ("success_when: {body: [{path: $.a, equals: 1, absent: true}]}", "CA009", "equals nothing"),
    ("success_when: {body: [{path: $.a, abesnt: true}]}", "CA002", "abesnt"),
    ("rows: {path: '$.a[*]', first: $.b, last: $.b}", "CA009", "once"),
    ("rows: {path: '$.a[*]', is: {a: 1}}", "CA007", ""),
    ("format: yaml", "CA004", "one of the words"),
]


@pytest.mark.parametrize(("part", "rule", "word"), RESPONSE_FAULTS)
def test_a_mistake_of_a_response_is_one_fault(part: str, rule: str, word: str) -> None:
    """The same for what stands around the mapping."""
    _, [fault] = load(f"{PROOF}mapping: {{tier: $.tier}}\n{part}\n")
    assert (fault.rule, word in fault.message) == (rule, True)
