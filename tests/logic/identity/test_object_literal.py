"""Settings as developers paste them: JSON, JavaScript, and what is neither."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.identity.object_literal import parse_object_literal
from cactions.logic.identity.settings import parse_settings
from cactions.model import MessengerSettings, UsageError
from tests.run_report import REPORT

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
CANARY = "tok_canary_7d1f"


@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_json_is_read_as_it_is(content: dict[str, Any]) -> None:
    assert content == parse_object_literal(json.dumps(content))
    assert content == parse_object_literal(f"window.intercomSettings = {json.dumps(content)};")


def test_a_script_is_read() -> None:
    text = r"""
    window.intercomSettings = {
      api_base: "https://api-iam.intercom.io", // a comment with { and '
      app_id:'x', 'user_id': 12, /* two
      lines */ email: `ada@example.com`, $plan: "it\'s \u0041\x42\n", seats: -1.5e3,
      user_hash: "%s", tags: ["a", 'b',], custom_attributes: {tier: null, vip: true,},
    };
    """
    found = parse_object_literal(text % ("0" * 64))
    assert "it's AB\n" == found["$plan"]
    assert ["a", "b"] == found["tags"]
    settings = parse_settings(text % ("0" * 64))
    assert MessengerSettings("12", "ada@example.com", "0" * 64, "", settings.attributes) == settings
    assert ("$plan", "seats", "tags", "tier", "vip") == settings.attributes


CODE = (
    "{user_id: user.id}", "{user_id: getId()}", "{a: 1 + 1}", "{a: undefined}", "{a: `x${y}`}",
    "{a: -}", "{...other}", "{[a]: 1}", "{a: 01}", "{a: 0x10}", "{a: 1n}", "{a: /x/}", "{a: 'x}",
    "{a: NaN}", "{a: 1 b: 2}", "{a}", "{a: {b: 1}", "{a: new Date()}", "{'a': 1, 'a': 2}", "{,}",
    "}{", "", "[1]", "function() { return 1 }", "{a: function() {}}", "{a: '\n'}", "{1.5.2: 3}",
)  # fmt: skip


def test_code_is_refused_and_not_quoted() -> None:
    """Nothing is evaluated; and what was pasted may hold a credential."""
    refused = 0
    for text in CODE:
        with pytest.raises(UsageError) as error:
            parse_object_literal(text.replace("a", CANARY))
        assert CANARY not in f"{error.value} {error.value.hint}"
        refused += 1
    REPORT.append(f"settings that are code: {refused} tried, 0 accepted")


@given(st.text(alphabet="{}[]:,'\"`\\/* \nabc019-.$ntu", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_settings("{" + text)
    except UsageError:
        return


@pytest.mark.parametrize("value", [1.5, True, [], {}, 2**53, -(2**60)])
def test_an_identity_that_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(UsageError, match="is no text"):
        parse_settings(json.dumps({"user_id": value}))


def test_a_signature_alone_is_understood() -> None:
    assert MessengerSettings(user_hash="AB" * 32) == parse_settings(f' "{"AB" * 32}"\n')
    assert MessengerSettings(jwt="aaa.bbb.ccc") == parse_settings("aaa.bbb.ccc\n")
