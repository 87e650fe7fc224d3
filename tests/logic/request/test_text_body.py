"""Values in texts of a known language arrive as they are, or are refused: none changes the text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.project import SourceFile, load_project
from cactions.model import DefinitionError, FailureReason, PlanningError, TextLanguage
from tests.builders import person
from tests.definitions import PLAIN_URL, action, file, request
from tests.requests import body, bound, request_of, revealed

NASTY = st.text(st.sampled_from("<>&'\"]![CDATA-?\\/#{}()$:,.=+%; \t\n\r\0\x7fé\ufffe\ud800a1"))
VALUES: st.SearchStrategy[Any] = (
    NASTY | st.text() | st.integers() | st.booleans() | st.sampled_from([1.5, "]]>", '"""', "<!--"])
).filter(lambda value: value != "")
HOLE = "{{ person.attributes.x }}"
XML = f"""<?xml version="1.0"?><!-- a " > --><a b="{HOLE}" c='{HOLE}'>{HOLE}
<d><![CDATA[>]]{HOLE}]>{HOLE}]]></d></a>"""


def send(kind: str, text: str, value: Any) -> str | None:
    """The body, or None where the value is refused."""
    asked = request_of(method="post", headers={"content-TYPE": kind}, body=body("text", text))
    try:
        return revealed(bound(asked, person(x=value)))
    except PlanningError as refused:
        assert refused.reason is FailureReason.UNFIT_VALUE  # noqa: PT017 - one of two ends
        return None


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("kind", ["text/xml", "application/soap+xml; charset=utf-8"])
@given(VALUES)
def test_a_value_in_xml_is_read_as_it_is(kind: str, value: Any) -> None:
    """In elements, in attributes of both quotes, and in CDATA; no element is added."""
    sent = send(kind, XML, value)
    if sent is None:
        assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", as_text(value))
        return
    root = ET.fromstring(sent)
    assert ["a", "d"] == [element.tag for element in root.iter()]
    text = as_text(value)
    assert {"b": text, "c": text} == root.attrib
    assert (f"{text}\n", f">]]{text}]>{text}") == (root.text, root[0].text)


@pytest.mark.parametrize("kind", ["application/json", "application/vnd.api+json"])
@given(VALUES)
def test_a_value_in_json_text_is_read_as_it_is(kind: str, value: Any) -> None:
    """In quotes any text, outside of them a number or a boolean only."""
    sent = send(kind, f'{{"a\\"": "\\\\{HOLE} {HOLE}", "b": [1]}}', value)
    if sent is not None:
        assert {'a"': f"\\{as_text(value)} {as_text(value)}", "b": [1]} == json.loads(sent)
    bare = send(kind, f'{{"a": {HOLE}, "b": [1]}}', value)
    numeric = re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?|true|false", as_text(value))
    assert (bare is None) == (numeric is None)
    if bare is not None:
        found = json.loads(bare)
        assert ["a", "b"] == [*found]
        assert as_text(value) == json.dumps(found["a"]) or isinstance(value, str)


TOKEN = re.compile(
    r'#[^\n\r]*|"""(?:\\"""|(?!""").)*"""|"(?:[^"\\\n\r]|\\.)*"|[A-Za-z_]\w*'
    r"|-?[0-9]+(?:\.[0-9]+)?|[^\s,]",
    re.DOTALL | re.ASCII,
)
QUERY = f'# "a {{\nquery {{ a(b: "\\"{HOLE}", c: 1) {{ d }} }}'


@given(VALUES)
def test_a_value_in_graphql_is_one_token(value: Any) -> None:
    """As a body of its own, and as the query of a JSON body; a string holds any text."""
    for text, position in (
        (QUERY, 7),
        (f"query {{ a(b: {HOLE}) }}", 6),
        (f'{{ a(b: """{HOLE}""") }}', 5),
    ):
        sent = send("application/graphql", text, value)
        asked = request_of(method="post", body=body("json", {"query": text, "v": {"query": HOLE}}))
        if sent is None:
            with pytest.raises(PlanningError):
                bound(asked, person(x=value))
            continue
        assert sent == json.loads(revealed(bound(asked, person(x=value))))["query"]
        tokens, plain = TOKEN.findall(sent), TOKEN.findall(text.replace(HOLE, "x"))
        assert len(tokens) == len(plain)
        changed = [number for number, pair in enumerate(zip(tokens, plain, strict=True))
                   if pair[0] != pair[1]]  # fmt: skip
        assert changed in ([position], [])
        if text is QUERY:
            assert f'"{as_text(value)}' == json.loads(tokens[position])


@given(VALUES)
def test_a_value_in_a_form_as_text_is_encoded(value: Any) -> None:
    sent = send("application/x-www-form-urlencoded", f"a={HOLE}&b=x{HOLE}", value)
    if sent is not None:
        text = as_text(value)
        assert [("a", text), ("b", f"x{text}")] == parse_qsl(sent, keep_blank_values=True)


def test_a_text_without_a_known_language_is_unchanged() -> None:
    """Nothing is guessed from how a text begins."""
    for kind in ("text/plain", "text/xml-ish", "application/octet-stream", "text/csv"):
        assert "<a>x<&></a>" == send(kind, f"<a>{HOLE}</a>", "x<&>")


PLACES: dict[str, tuple[str, str]] = {
    "a tag": ("text/xml", "<{}/>"),
    "an attribute without quotes": ("text/xml", "<a b={}/>"),
    "an XML comment": ("text/xml", "<!-- {} --><a/>"),
    "an instruction": ("application/xml", "<?a {}?><a/>"),
    "a declaration": ("text/xml", "<!DOCTYPE {}><a/>"),
    "behind a backslash": ("application/json", '{{"a": "\\{}"}}'),
    "a comment of GraphQL": ("application/graphql", "# {}\nquery {{ a }}"),
}


@pytest.mark.parametrize("place", PLACES)
def test_where_nothing_can_be_escaped_no_value_stands(place: str) -> None:
    """Told when the file is read, and when the request is made."""
    kind, text = PLACES[place]
    parts = {"headers": {"Content-Type": kind}, "effect": "read"}
    asked = request(PLAIN_URL, "post", text=text.format("{{ person.user_id }}"), **parts)
    loaded = load_project([SourceFile("a.yaml", file(action(asked)).encode())], None)
    assert [("CA004", "actions.look.request.text")] == [
        (found.rule, found.route) for found in loaded.findings
    ]
    with pytest.raises(DefinitionError, match="no value can stand"):
        send(kind, text.format(HOLE), "x")


@pytest.mark.parametrize(
    ("kind", "language"),
    [
        ("text/xml", TextLanguage.XML),
        ("Application/SOAP+XML; charset=utf-8", TextLanguage.XML),
        ("application/json", TextLanguage.JSON),
        ("application/graphql", TextLanguage.GRAPHQL),
        ("application/x-www-form-urlencoded", TextLanguage.FORM),
        ("text/plain", None),
        ("", None),
    ],
)
def test_the_content_type_tells_the_language(kind: str, language: TextLanguage | None) -> None:
    """Of a text body only: the others are built from their parts."""
    make: Callable[..., Any] = lambda form: request_of(  # noqa: E731
        method="post",
        headers={"CONTENT-Type": kind},
        body=body(form, {} if form != "text" else "a"),
    )
    assert language is make("text").language
    assert make("json").language is make("form").language is None
