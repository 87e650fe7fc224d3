"""Two requests are equal exactly if nothing that is sent distinguishes them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.cassette.request_diff import list_differences
from cactions.logic.cassette.request_key import (
    RequestKey,
    build_request_key,
    freeze_json,
    to_request_key,
)
from cactions.logic.strict_json import dump_json
from cactions.model import MASK, Json, MaskedText, Request, is_same
from tests.strategies import builds

# few values that Python's == confuses, so that equal pairs and near misses are common
confusable = st.sampled_from([None, True, False, 0, 1, 0.0, -0.0, 1.0, "", "1", "a", MASK])
values = st.recursive(
    confusable,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=5,
)
FORM = "application/x-www-form-urlencoded"
questions = builds(
    build_request_key,
    st.sampled_from(["GET", "POST"]),
    st.sampled_from(
        ["https://a/", "https://a:1/", "http://a", "https://b/x%2Fy", "https://b/x/y", "//a", ""]
    ).flatmap(
        lambda url: st.sampled_from(
            [url, f"{url}?a=1", f"{url}?a", f"{url}?a=2&a=1#x", f"{url}?a={MASK}"]
        ),
    ),
    values
    | values.map(dump_json)
    | st.sampled_from(["a=1&b=2", f"a={MASK}&b=1", "a=1&a=2", "a", "{"]),
    st.sampled_from(["", FORM, "application/json"]),
)


@given(values, values)
def test_frozen_values_are_equal_exactly_if_the_values_are(one: Json, other: Json) -> None:
    """Unlike in Python, ``True`` and ``1`` differ, and ``1`` and ``1.0``, at any depth."""
    assert is_same(one, other) == (freeze_json(one) == freeze_json(other))
    assert not is_same(one, other) or hash(freeze_json(one)) == hash(freeze_json(other))


@given(questions, questions)
def test_differences_are_reported_exactly_if_the_keys_differ(
    here: RequestKey, recorded: RequestKey
) -> None:
    """A mismatch always has a reason, and a match never has one."""
    blanks = here.blanks
    differences = list(list_differences(here, recorded, here))
    assert (here.to_key(blanks) == recorded.to_key(blanks)) == (not differences)


@given(questions)
def test_a_request_matches_itself_with_or_without_secrets(question: RequestKey) -> None:
    """A recording of today answers the same request tomorrow."""
    assert question.to_key(question.blanks) == question.to_key(question.blanks)
    assert not list(list_differences(question, question, question))


@given(st.text(), st.text())
def test_any_text_can_be_compared(url: str, body: str) -> None:
    """Any address and any body can be split: a recording may hold anything."""
    question = build_request_key("GET", url, body, FORM)
    hash(question.to_key(question.blanks))


def test_a_request_is_compared_by_its_masked_texts() -> None:
    """A request with only sealed secrets has a key, and it shows dots."""
    sealed = MaskedText(MASK, None)
    body = MaskedText.of_plain('{"key": "') + sealed + MaskedText.of_plain('"}')
    request = Request("POST", MaskedText("https://a/", None), (("X-Token", sealed),), body)
    assert {("key",)} == set(to_request_key(request).body.blanks)
