"""A request without a recorded answer: the error names the nearest one and the differences."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.model import (
    MASK,
    MaskedText,
    PlanningError,
    Request,
)
from tests.recordings import BASE, FORM, JSON, ask, post, refusal, replay

NEAR = ask(
    f"{BASE}/v1/customers?page=1",
    "POST",
    '{"filter": {"customer": "u-1", "ids": [1, 2]}, "odd key": true}',
    JSON,
)


def near(url: str = NEAR.url.masked, method: str = "POST", **changes: Any) -> Request:
    body = {"filter": {"customer": "u-1", "ids": [1, 2]}, "odd key": True} | changes
    return ask(url, method, json.dumps(body), JSON)


@pytest.mark.parametrize(
    ("ours", "words"),
    [
        (near(method="PUT"), "method: PUT here, POST recorded"),
        (
            near(NEAR.url.masked.replace("https", "http")),
            "scheme: http here, https recorded; port: 80 here, 443 recorded",
        ),
        (
            near(NEAR.url.masked.replace("shop", "shap")),
            "host: api.shap.example here, api.shop.example recorded",
        ),
        (
            near(NEAR.url.masked.replace("example", "example:8443")),
            "port: 8443 here, 443 recorded",
        ),
        (
            near(f"{BASE}/v1/customer?page=1"),
            "path: /v1/customer here, /v1/customers recorded",
        ),
        (near(f"{BASE}/v1/customers?page=2"), "query: page=2 here, page=1 recorded"),
        (near(f"{BASE}/v1/customers"), "query: page recorded, not here"),
        (
            near(f"{BASE}/v1/customers?page=1&page=2&a=%0A"),
            r"query: a=\n here, not recorded; page=2 here, not recorded",
        ),
        (
            near(filter={"customer": "u-2", "ids": [1, 2]}),
            'body: $.filter.customer="u-2" here, $.filter.customer="u-1" recorded',
        ),
        (
            near(filter={"customer": "u-1", "ids": [1, 2.0, 3]}),
            (
                "body: $.filter.ids[1]=2.0 here, $.filter.ids[1]=2 recorded; "
                "$.filter.ids[2]=3 here, not recorded"
            ),
        ),
        (
            near(**{"odd key": 1}),
            'body: $["odd key"]=1 here, $["odd key"]=true recorded',
        ),
        (near(filter=None), "body: $.filter=null here, $.filter=an object recorded"),
        (
            near(a=1, b=2, c=3, d=4),
            (
                "body: $.a=1 here, not recorded; $.b=2 here, not recorded; "
                "$.c=3 here, not recorded; and 1 more"
            ),
        ),
        (ask(NEAR.url.masked, "POST"), "body: no body here, JSON recorded"),
        (ask(NEAR.url.masked, "POST", "a=1", FORM), "body: a form here, JSON recorded"),
    ],
)
def test_the_error_shows_both_values_of_each_difference(
    tmp_path: Path, ours: Request, words: str
) -> None:
    """The nearest recorded request is named, and the parts that differ."""
    message = refusal(replay(tmp_path, NEAR), ours)
    nearest = "the nearest recorded request is POST https://api.shop.example/v1/customers"
    head = f"cassettes/shop.json holds no answer to {ours.line}"
    assert f"{head}; {nearest}, and differs in {words}" == message


@pytest.mark.parametrize(
    ("ours", "recorded", "kind", "words"),
    [
        ("page=2&a=1", "page=1&a=1", FORM, "page=2 here, page=1 recorded"),
        ("page=1", "page=1&key=canary", FORM, "key recorded, not here"),
        (
            "abcd",
            "abxdcanary",
            "text/plain",
            "4 characters here, 10 recorded, different from character 3 on",
        ),
        ('{"a": "••••••"}', '{"a": 1}', JSON, "$.a=•••••• here, $.a=a number recorded"),
    ],
)
def test_the_error_names_differences_in_a_body(
    tmp_path: Path, ours: str, recorded: str, kind: str, words: str
) -> None:
    """Each kind of body has its message; content of the recording only is named, never quoted."""
    message = refusal(replay(tmp_path, post(recorded, kind)), post(ours, kind))
    assert f"differs in body: {words}" in message.replace('"••••••"', MASK)
    assert "canary" not in message


def test_the_nearest_request_has_the_fewest_differing_parts(tmp_path: Path) -> None:
    """First by number of differing parts, then by similarity, then by recorded order."""
    sender = replay(
        tmp_path,
        ask(f"{BASE}/v1/customers/u-1?page=1", "POST"),
        ask(f"{BASE}/v1/orders/u-20"),
        ask(f"{BASE}/v1/customers/u-29"),
        ask(f"{BASE}/v1/customers/u-28"),
    )
    message = refusal(sender, ask(f"{BASE}/v1/customers/u-20"))
    assert "path: /v1/customers/u-20 here, /v1/customers/u-29 recorded" in message


def test_a_long_value_is_cut_around_the_difference(tmp_path: Path) -> None:
    """Two long texts are shown starting shortly before their first difference."""
    sender = replay(tmp_path, ask(f"{BASE}/{'a' * 500}1"))
    message = refusal(sender, ask(f"{BASE}/{'a' * 500}2"))
    assert f"path: …{'a' * 20}2 here, …{'a' * 20}1 recorded" in message


def test_an_empty_cassette_is_reported(tmp_path: Path) -> None:
    """Without interactions there is no nearest one, and the hint says so."""
    with pytest.raises(PlanningError) as caught:
        replay(tmp_path).send(ask())
    assert f"cassettes/shop.json holds no answer to GET {BASE}" == str(caught.value)
    assert caught.value.hint.startswith("The cassette has 0 interactions")


texts = st.text(max_size=20)


@given(texts, texts, texts, st.sampled_from(["text/plain", JSON, FORM]))
def test_the_error_is_always_printable_text(ours: str, recorded: str, url: str, kind: str) -> None:
    """No text from a request or a file can control the reader's terminal."""
    with tempfile.TemporaryDirectory() as folder:
        sender = replay(Path(folder), ask(url, "POST", f"{{{recorded}", kind))
        message = refusal(sender, ask(url, "PUT", f"{{{ours}", kind))
    assert message.isprintable()


@pytest.mark.parametrize(
    ("shown", "recorded", "kind"),
    [
        ('{"key": "••••••"}', '{"key": 17}', JSON),
        ('{"key": "••••••"}', '{"key": null}', JSON),
        ('{"key": "••••••"}', "{}", JSON),
        ('{"key": "••••••"}', '{"key": "canary", "more": "canary"}', JSON),
        ('{"key": {"secret": "••••••"}}', '{"key": "canary"}', JSON),
        ('{"key": {"id": 1, "secret": "••••••"}}', '{"key": "canary"}', JSON),
        ('{"key": {"id": 1}}', '{"key": "canary"}', JSON),
        ('{"key": "••••••"}', '"canary"', JSON),
        ('["••••••", "a"]', '["x", "canary"]', JSON),
        ('["a", {"key": "••••••"}]', '["canary", {"key": "canary"}]', JSON),
        ('{"key": "Bearer ••••••"}', '{"key": "Bearer canary"}', JSON),
        ('{"key": "public"}', '{"key": "••••••"}', JSON),
        ("key=••••••&id=1", "key=canary&id=2", FORM),
        ("••••••", "canary", "text/plain"),
    ],
)
def test_a_masked_value_matches_nothing_else(
    tmp_path: Path, shown: str, recorded: str, kind: str
) -> None:
    """Only a complete text, only there, only on our side; recorded secrets are not quoted."""
    message = refusal(replay(tmp_path, post(recorded, kind)), post(MaskedText(shown, None), kind))
    assert "canary" not in message
    assert "17" not in message


def test_a_recording_with_a_redacted_value_replays(tmp_path: Path) -> None:
    """The recording holds dots, and the same request matches; another body does not."""
    url = MaskedText.of_plain(f"{BASE}/v1/") + MaskedText.of_redacted("Countess")
    asked = Request("POST", url, (), MaskedText.of_redacted('"Countess"', f'"{MASK}"'))
    sender = replay(tmp_path, asked)
    assert "Countess" not in (tmp_path / "shop.json").read_text()
    assert b"0" == sender.send(asked).body
    other = Request("POST", url, (), MaskedText.of_plain('"Baroness"'))
    assert "Countess" not in refusal(sender, other)
