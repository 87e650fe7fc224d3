"""Two requests are the same question exactly when nothing that is sent tells them apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.cassette.request_diff import differences
from cactions.logic.cassette.request_key import Question, ask, freeze, question_of
from cactions.logic.strict_json import dumps
from cactions.model import DOTS, Json, Rendered, Request, same

# few values that Python's == confuses, so that equal pairs and near misses are common
confusable = st.sampled_from([None, True, False, 0, 1, 0.0, -0.0, 1.0, "", "1", "a", DOTS])
values = st.recursive(
    confusable,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=5,
)
FORM = "application/x-www-form-urlencoded"
questions = st.builds(
    ask,
    st.sampled_from(["GET", "POST"]),
    st.sampled_from(
        ["https://a/", "https://a:1/", "http://a", "https://b/x%2Fy", "https://b/x/y", "//a", ""]
    ).flatmap(
        lambda url: st.sampled_from([url, f"{url}?a=1", f"{url}?a", f"{url}?a=2&a=1#x"]),
    ),
    values | values.map(dumps) | st.sampled_from(["a=1&b=2", f"a={DOTS}&b=1", "a=1&a=2", "a", "{"]),
    st.sampled_from(["", FORM, "application/json"]),
)


@given(values, values)
def test_frozen_twins_are_equal_exactly_when_the_values_are_the_same(
    one: Json, other: Json
) -> None:
    """Neither ``True == 1`` nor ``1 == 1.0`` of Python gets through, at any depth."""
    assert same(one, other) == (freeze(one) == freeze(other))
    assert not same(one, other) or hash(freeze(one)) == hash(freeze(other))


@given(questions, questions)
def test_words_are_found_exactly_where_the_keys_differ(here: Question, recorded: Question) -> None:
    """A miss never goes without a reason, and a match never comes with one."""
    blanks = here.body.blanks
    told = list(differences(here, recorded, here))
    assert (here.key(blanks) == recorded.key(blanks)) == (not told)


@given(questions)
def test_a_question_fits_itself_with_its_secrets_blank_or_not(question: Question) -> None:
    """What we record today answers the same request tomorrow."""
    assert question.key(question.body.blanks) == question.key(question.body.blanks)
    assert not list(differences(question, question, question))


@given(st.text(), st.text())
def test_every_text_can_be_compared(url: str, body: str) -> None:
    """No address and no body is too odd to be split: a recording may hold anything."""
    question = ask("GET", url, body, FORM)
    hash(question.key(question.body.blanks))


def test_a_request_is_compared_by_its_shown_texts_alone() -> None:
    """A request whose every secret is closed has a question, and it shows dots."""
    sealed = Rendered(DOTS, None)
    body = Rendered.plain('{"key": "') + sealed + Rendered.plain('"}')
    request = Request("POST", Rendered("https://a/", None), (("X-Token", sealed),), body)
    assert {("key",)} == set(question_of(request).body.blanks)
