"""Filters: each gives a text for every value, and a filtered value is the value to the analysis."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.connectors.faults import list_push_faults
from cactions.logic.expressions.template import parse_template
from cactions.logic.request.call import CallSpec
from cactions.logic.request.curl import build_curl_command
from cactions.logic.strict_json import dump_json
from cactions.model import (
    MASK,
    Action,
    ActionResponse,
    FailureReason,
    Filter,
    PersonField,
    PlanningError,
)
from cactions.model.secret import Credentials
from tests.builders import person
from tests.definitions import EDITABLE, PLAIN_URL, action, file, request
from tests.lint_results import linted
from tests.requests import body, bound, request_of, revealed

TEXTS = st.text(min_size=1).filter(lambda text: text.isascii() or text.isprintable())
SCALARS: st.SearchStrategy[Any] = TEXTS | st.integers() | st.booleans() | st.just(1.5)
ADDRESS = "MyEmailAddress@example.com"


def test_hashes_are_those_that_services_document() -> None:
    """Gravatar's own examples: without blanks around it, in small letters, hexadecimal."""
    sha = "84059b07d4be67b806386c0aad8070a23f18836bbaae342275dc0a83414c32ee"
    md5 = "0bc83cb571cd1c50ba6f3e8a78ef1346"
    query = {"s": "{{ person.email | sha256 }}", "m": "{{person.email|md5}}"}
    for address in (ADDRESS, f"{ADDRESS} ", ADDRESS.upper(), f"\t{ADDRESS.lower()}\n"):
        url = bound(request_of(query=query), person({"email": address})).url.reveal()
        assert url.endswith(f"?s={sha}&m={md5}")
    sent = bound(request_of(method="post", body=body("json", query)), person({"email": ADDRESS}))
    assert f'{{"s":"{sha}","m":"{md5}"}}' == revealed(sent)


@given(SCALARS)
def test_every_other_value_is_hashed_as_it_is(value: Any) -> None:
    """Two values that differ have two hashes, unless they are one address in two spellings."""
    text = value if isinstance(value, str) else dump_json(value)
    who = person(x=value)
    for name, hashed in (("sha256", hashlib.sha256), ("md5", hashlib.md5)):
        sent = bound(request_of(url=f"/{{{{ person.attributes.x | {name} }}}}"), who).url.reveal()
        digest = hashed(text.encode()).hexdigest()
        assert sent.endswith(f"/{digest}") or "@" in text
    address = f"{text}@EXAMPLE.com"
    small = "".join(sign.lower() if sign.isascii() else sign for sign in address.strip(" \t\r\n"))
    sent = bound(request_of(url="/{{ person.attributes.x | md5 }}"), person(x=address)).url.reveal()
    assert sent.endswith(hashlib.md5(small.encode()).hexdigest())


@given(st.text("ab/.%?#;\\\r é", min_size=1))
def test_slashes_are_encoded_only_where_that_is_said(value: str) -> None:
    """In one segment, which no server can read as a step up; all else is refused as before."""
    hole = "{{ person.attributes.x"
    plain, said = (
        request_of(url=f"/v1/{hole} }}}}/y"),
        request_of(url=f"/v1/{hole} | encode_slash }}}}/y"),
    )
    try:
        url = bound(said, person(x=value)).url.reveal()
    except PlanningError as refused:
        assert refused.reason is FailureReason.UNFIT_VALUE  # noqa: PT017 - one of two ends
        steps = value.split("/")
        assert {"", ".", ".."} & {*steps} or set(value) & set("%?#;\\\r")
        return
    _, _, _, v1, segment, y = url.split("/")
    assert ("v1", value, "y") == (v1, unquote(segment), y)
    if "/" in value:
        with pytest.raises(PlanningError, match="contains one of"):
            bound(plain, person(x=value))
    else:
        assert url == bound(plain, person(x=value)).url.reveal()


@pytest.mark.parametrize("name", [each.value for each in Filter])
def test_a_template_with_a_filter_is_written_as_it_is_read(name: str) -> None:
    for text in (f"a {{{{ person.email | {name} }}}} b", f"{{{{person.email|{name}}}}}"):
        template = parse_template(text).template
        assert template == parse_template(str(template)).template
        assert ((PersonField("email"),), None) == (template.references, template.lone)
        assert [Filter(name)] == [hole.filter for hole in template.filtered]


@pytest.mark.parametrize("name", ["sha256", "md5", "encode_slash"])
def test_a_filtered_value_is_the_value_to_the_leak_analysis(name: str) -> None:
    """A hash of what users choose finds another's record just as well."""
    for end in ("", f" | {name}"):
        for reference, found in (("attributes.acc", True), ("email", False)):
            url = f"{PLAIN_URL}/{{{{ person.{reference}{end} }}}}"
            text = file(action(request(url, "delete")), attributes={"acc": EDITABLE})
            assert found == ("CA101" in {finding.rule for finding in linted(text).findings})


def test_a_redacted_value_is_hidden_once_it_is_hashed() -> None:
    """A hash of an address can be guessed; and no shell variable can be hashed."""
    asked = request_of(query={"h": "{{ person.email | md5 }}"})
    hidden = Action(
        "a", "user_id", asked, ActionResponse(), redacted=frozenset({PersonField("email")})
    )
    call = CallSpec(hidden, person(), {})
    assert call.build_request(Credentials()).url.masked.endswith(f"?h={MASK}")
    with pytest.raises(PlanningError, match="cannot be in a variable"):
        build_curl_command(call)


def test_intercom_is_told_to_have_no_filters() -> None:
    """Each hole with one is a reason not to send the action."""
    asked = request_of(
        url="/{{ person.user_id | encode_slash }}", query={"h": ["a", "{{ person.email | md5 }}"]}
    )
    faults = list_push_faults(Action("a", "user_id", asked, ActionResponse()))
    assert ["encode_slash", "md5"] == [fault.message.split()[3].rstrip(":") for fault in faults]
