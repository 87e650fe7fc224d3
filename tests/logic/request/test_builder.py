"""A built request holds exactly the values, each safe in its place, or it is refused."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic import strict_json
from cactions.logic.request.builder import build_request
from cactions.model import (
    Action,
    ActionRequest,
    ActionResponse,
    FailureReason,
    Json,
    Person,
    PlanningError,
    Request,
    is_same,
)
from cactions.model.secret import Credentials
from tests.builders import person
from tests.requests import SHOP, body, bound, request_of, revealed

HOLE = "{{ person.attributes.x }}"
NASTY = st.text(st.sampled_from("/\\%?#;.:@&=+ \t\r\n\0\x7f\x85é😀\ud800a2eF\"'{}"), max_size=6)
TEXTS = (NASTY | st.text()).filter(bool)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SCALARS: st.SearchStrategy[Any] = st.booleans() | st.integers() | FLOATS | TEXTS


def bound_or_refused(request: ActionRequest, value: Json) -> Request | PlanningError:
    """The request with attribute ``x``; a refusal must say that the value does not fit."""
    try:
        return bound(request, person(x=value))
    except PlanningError as refused:
        assert refused.reason is FailureReason.UNFIT_VALUE  # noqa: PT017 - the refusal is one of two ends
        return refused


def as_text(value: Json) -> str:
    """A scalar's text."""
    return value if isinstance(value, str) else strict_json.dump_json(value)


@given(SCALARS)
def test_a_path_segment_decodes_to_its_value(value: Json) -> None:
    """The URL keeps its origin and segments, and the segment is the value, or it is refused."""
    result = bound_or_refused(request_of(url=f"/v1/{HOLE}/orders"), value)
    if isinstance(result, Request):
        url = urlsplit(result.url.reveal())
        before, segment, after = url.path.removeprefix("/v1").split("/")
        assert (SHOP, as_text(value)) == (f"{url.scheme}://{url.netloc}", unquote(segment))
        assert ("", "orders", "", "") == (before, after, url.query, url.fragment)
        assert url.geturl().isascii()


@given(SCALARS, SCALARS)
def test_a_path_segment_of_several_parts_stays_one_segment(first: Json, second: Json) -> None:
    """Parts that are harmless alone do not combine to ``.`` or ``..``, and none adds a segment."""
    request = request_of(url="/v1/{{ person.attributes.a }}{{ person.attributes.b }}")
    try:
        url = bound(request, person(a=first, b=second)).url.reveal()
    except PlanningError:
        return
    segment = url.removeprefix(f"{SHOP}/v1/")
    assert as_text(first) + as_text(second) == unquote(segment)
    assert segment not in (".", "..")
    assert not set(segment) & set("/?#;\\")


@given(SCALARS, TEXTS.filter(str.isascii))
def test_a_query_parses_back_to_its_values(value: Json, name: str) -> None:
    """Name and value are preserved, whatever they hold, next to the literal ones."""
    result = bound_or_refused(request_of(query={name: f"<{HOLE}>", "q": "a b&c"}), value)
    if isinstance(result, Request):
        query = urlsplit(result.url.reveal()).query
        expected = {name: f"<{as_text(value)}>", "q": "a b&c"}
        assert expected == dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True))


@given(SCALARS)
def test_a_form_parses_back_to_its_values(value: Json) -> None:
    """The fields of the form are the values."""
    result = bound_or_refused(request_of(body=body("form", {"a b": HOLE, "é": f"={HOLE}"})), value)
    if isinstance(result, Request):
        pairs = parse_qsl(revealed(result), keep_blank_values=True, strict_parsing=True)
        assert [("a b", as_text(value)), ("é", f"={as_text(value)}")] == pairs


@given(st.lists(st.tuples(TEXTS.filter(str.isascii), st.lists(TEXTS | SCALARS, min_size=1))))
def test_a_name_is_repeated_for_each_value_in_order(pairs: list[tuple[str, list[Any]]]) -> None:
    """In a query and in a form alike, with names and values of any text."""
    several = dict(pairs)
    who = person(**{f"x{number}": value for number, value in enumerate(flatten(several))})
    holes = (f"{{{{ person.attributes.x{number} }}}}" for number in range(len(flatten(several))))
    content = {name: [next(holes) for _ in values] for name, values in several.items()}
    expected = [(name, as_text(value)) for name, values in several.items() for value in values]
    try:
        request = bound(request_of(query=content, body=body("form", content)), who)
    except PlanningError as refused:
        assert refused.reason is FailureReason.UNFIT_VALUE  # noqa: PT017 - a lone surrogate
        return
    for text in (urlsplit(request.url.reveal()).query, revealed(request)):
        assert expected == parse_qsl(text, keep_blank_values=True)


def flatten(several: dict[str, list[Any]]) -> list[Any]:
    return [value for values in several.values() for value in values]


FIELD = (
    st.text(st.sampled_from('a\n-cactions-form-data"x'), min_size=1)
    | TEXTS
    | st.just("cactions-form-data")
)


@given(st.lists(st.tuples(FIELD, FIELD), min_size=1))
def test_fields_of_a_multipart_body_are_read_as_they_are(pairs: list[tuple[str, str]]) -> None:
    """By a parser of the standard library; no field can end itself or add another."""
    content: dict[str, list[str]] = {name: [] for name, _ in pairs}
    for number, (name, _) in enumerate(pairs):
        content[name].append(f"{{{{ person.attributes.x{number} }}}}")
    who = person(**{f"x{number}": text for number, (_, text) in enumerate(pairs)})
    values = {name: [text for other, text in pairs if other == name] for name in content}
    try:
        sent = bound(request_of(method="post", body=body("multipart", content)), who)
    except PlanningError:
        joined = "".join(text for texts in values.values() for text in texts)
        assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", joined)
        return
    kind = sent.get_header("content-type")
    parts = revealed(sent).split(f"--{kind.partition('boundary=')[2]}")
    assert ("", "--\r\n") == (parts[0], parts[-1])
    found: list[Any] = [tuple(part[2:-2].split("\r\n\r\n", 1)) for part in parts[1:-1]]
    escaped = {
        name: name.replace('"', "%22").replace("\n", "%0A").replace("\r", "%0D") for name in content
    }
    head = 'Content-Disposition: form-data; name="{}"'
    assert [
        (head.format(escaped[name]), text) for name in content for text in values[name]
    ] == found


@given(SCALARS)
def test_a_json_body_parses_back_to_its_values(value: Json) -> None:
    """A single reference keeps its type, a mixed text is a text, literals do not change."""
    content = {"lone": HOLE, "mixed": f'"{HOLE}"', "list": [1, None, True, {"é": HOLE}]}
    result = bound_or_refused(request_of(body=body("json", content)), value)
    if isinstance(result, Request):
        expected = {
            "lone": value,
            "mixed": f'"{as_text(value)}"',
            "list": [1, None, True, {"é": value}],
        }
        assert is_same(expected, strict_json.parse_json(revealed(result)))
        assert strict_json.dump_json(expected) == revealed(result)


@given(SCALARS)
def test_a_header_equals_the_joined_text(value: Json) -> None:
    """The sent text is exactly the joined text, and harmless: ASCII without controls."""
    result = bound_or_refused(request_of(headers={"X-Id": f"id={HOLE}"}), value)
    if isinstance(result, Request):
        text = result.get_header("x-id")
        assert f"id={as_text(value)}" == text
        assert text.isascii()
        assert text.isprintable()
        assert text == text.strip()


@given(SCALARS)
def test_a_text_body_equals_the_joined_text(value: Json) -> None:
    """Nothing is encoded, so only plain lines of text are accepted."""
    result = bound_or_refused(request_of(body=body("text", f"id: {HOLE}\n")), value)
    if isinstance(result, Request):
        assert f"id: {as_text(value)}\n" == revealed(result)
        assert all(c.isprintable() or c in "\t\n" or c >= "\xa0" for c in revealed(result))


HUGE = pytest.param(10**5000, id="huge")  # too long for Python to print


def everywhere(hole: str = HOLE) -> list[ActionRequest]:
    """The placeholder, alone, in each place of a request."""
    return [
        request_of(url=f"/{hole}"),
        request_of(query={"q": hole}),
        request_of(headers={"X-Id": hole}),
        request_of(body=body("json", {"a": [hole]})),
        request_of(body=body("json", f"<{hole}>")),
        request_of(body=body("form", {"a": hole})),
        request_of(body=body("text", hole)),
    ]


PLACES = ["path", "query", "header", "json", "json text", "form", "text"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "value", [["a"], {"a": 1}, "a\ud800", "\udcff", float("nan"), float("inf"), HUGE]
)
def test_some_values_are_refused_everywhere(place: str, value: Json) -> None:
    """Lists, objects, lone surrogates, and numbers that cannot be printed."""
    request = everywhere()[PLACES.index(place)]
    with pytest.raises(PlanningError, match=r"^person\.attributes\.x of Ada is invalid") as caught:
        bound(request, person(x=value))
    assert caught.value.reason is FailureReason.UNFIT_VALUE


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("hole", ["person.attributes.x", "person.phone", "inputs.x"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_value_stops_the_request(place: str, hole: str, value: Json) -> None:
    """If a reference is absent, null or empty, the error names it and the person."""
    request = everywhere(f"{{{{ {hole} }}}}")[PLACES.index(place)]
    who = Person("p1", {"name": "Ada", "phone": value}, {"x": value})
    for somebody, inputs in ((who, {"x": value}), (Person("p1", {"name": "Ada"}), {})):
        with pytest.raises(PlanningError) as caught:
            bound(request, somebody, inputs=inputs)
        expected = (FailureReason.NO_VALUE, f"{hole} has no value for Ada")
        assert expected == (caught.value.reason, str(caught.value))
        assert hole != "inputs.x" or caught.value.hint == "use `--input x=VALUE`"


UNFIT = {
    ("path", "is one of . and .."): [".", ".."],
    ("path", r"contains one of / \ % ? # ;"): ["a/b", "..\\", "%2e", "?", "a#", "a;b"],
    ("path", "contains a control character"): ["\0", "a\n", "\x7f", "\x85"],
    ("header", "contains a control character"): ["a\r\nX: y", "\0", "a\tb", "\x7f"],
    ("header", "contains a character outside ASCII"): ["é", "a\u2028", "\xa0"],
    ("header", "begins or ends with a space"): [" a", "a ", " "],
    ("text", "contains a control character"): ["\0", "a\r\n", "\x1b[31m", "\x9b"],
}


@pytest.mark.parametrize(
    ("place", "why", "value"), [(*key, value) for key, values in UNFIT.items() for value in values]
)
def test_a_place_refuses_values_with_a_special_meaning(place: str, why: str, value: str) -> None:
    """The message says where and why, without the value."""
    names = {"path": "the path of the URL", "header": "the header X-Id", "text": "the text body"}
    with pytest.raises(PlanningError) as caught:
        bound(everywhere()[PLACES.index(place)], person(x=value))
    expected = f"person.attributes.x of Ada is invalid in {names[place]}: it {why}"
    assert (FailureReason.UNFIT_VALUE, expected) == (caught.value.reason, str(caught.value))


@pytest.mark.parametrize("url", [f"/a/.{HOLE}", f"/a/{HOLE}..", f"/@{HOLE}:{HOLE}", f"//{HOLE}"])
def test_a_value_may_be_next_to_literal_text(url: str) -> None:
    """Dots and special characters of the author are allowed."""
    expected = f"{SHOP}{url}".replace(HOLE, "u+1@x")
    assert expected == unquote(bound(request_of(url=url), person(x="u+1@x")).url.reveal())


@pytest.mark.parametrize(
    ("base", "url", "value"),
    [
        (SHOP, HOLE, ".evil.example"),
        (SHOP, HOLE, "@evil.example"),
        ("", f"https://{HOLE}/x", "evil.example"),
        ("", f"https://{HOLE}@shop.example/x", "evil"),
        ("", f"{HOLE}://shop.example/x", "http"),
    ],
)
def test_no_value_changes_the_origin_of_the_url(base: str, url: str, value: str) -> None:
    """Even if a definition was never checked, the built URL is."""
    with pytest.raises(PlanningError, match="would change the structure of the URL") as caught:
        bound(request_of(base=base, url=url), person(x=value))
    assert caught.value.reason is FailureReason.UNFIT_VALUE


@pytest.mark.parametrize(
    ("role", "audiences", "refusal"),
    [
        ("user", ("users",), None),
        (None, ("users",), None),
        ("lead", ("users", "leads"), None),
        ("visitor", ("visitors",), None),
        ("lead", ("users", "visitors"), "Ada is one of the leads"),
        ("user", ("leads", "visitors"), "Ada is one of the users"),
        ("visitor", ("users", "leads"), "Ada is one of the visitors"),
        ("admin", ("users", "leads", "visitors"), "Ada has an unknown role"),
    ],
)
def test_only_people_of_the_audience_are_requested(
    role: str | None, audiences: tuple[str, ...], refusal: str | None
) -> None:
    """A person without a role is a user; one with an unknown role is in no audience."""
    action = Action("loyalty", "user_id", request_of(), ActionResponse(), audiences=audiences)
    ada = Person("p1", {"name": "Ada", "role": role})
    if refusal is None:
        assert f"GET {SHOP}/" == build_request(action, ada, {}, Credentials()).line
        return
    with pytest.raises(PlanningError) as caught:
        build_request(action, ada, {}, Credentials())
    expected = (FailureReason.WRONG_AUDIENCE, refusal)
    assert expected == (caught.value.reason, str(caught.value))
    assert caught.value.hint == (
        f"name a person of its audiences ({', '.join(audiences)}), or add one"
    )
