"""Keys of public formats are found in places of credentials; similar texts are not reported."""

from __future__ import annotations

import base64
import random
import string
from collections import Counter
from collections.abc import Callable, Iterable
from time import process_time
from typing import Any, Final

import pytest

from cactions.model import Severity
from cactions.rules.credentials import (
    Name,
    has_secret_segment,
    looks_like_secret,
    suggests_secret,
)
from tests.definitions import PLAIN_URL, action, file, request
from tests.lint_results import linted
from tests.run_report import REPORT

_SEEDED: Final = random.Random(798)
LOWER: Final = string.ascii_lowercase + string.digits
UPPER: Final = string.ascii_uppercase + string.digits
MIXED: Final = string.ascii_letters + string.digits
HEX: Final = "0123456789abcdef"
URL_SAFE: Final = f"{MIXED}-_"
BASE64: Final = f"{MIXED}+/"
BASE32: Final = f"{string.ascii_uppercase}234567"


def drawn(signs: str, size: int) -> str:
    return "".join(_SEEDED.choices(signs, k=size))


def uuid() -> str:
    return "-".join(drawn(HEX, size) for size in (8, 4, 4, 4, 12))


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def jwt() -> str:
    parts = (f'{{"alg":"HS256","kid":"{drawn(LOWER, 6)}"}}', f'{{"sub":"{drawn(LOWER, 20)}"}}')
    head, body = (encoded(part).rstrip("=") for part in parts)
    return f"{head}.{body}.{drawn(URL_SAFE, 43)}"


FORMATS: Final[dict[str, Callable[[], str]]] = {
    "Stripe secret": lambda: "sk" + "_live_" + drawn(MIXED, 24),
    "Stripe restricted": lambda: "rk" + "_live_" + drawn(MIXED, 24),
    "Stripe webhook": lambda: "wh" + "sec_" + drawn(MIXED, 32),
    "GitHub": lambda: "gh" + "p_" + drawn(MIXED, 36),
    "GitHub fine": lambda: "github" + "_pat_" + drawn(MIXED, 22) + "_" + drawn(MIXED, 59),
    "GitLab": lambda: "gl" + "pat-" + drawn(URL_SAFE, 20),
    "Slack": lambda: "xo" + "xb-" + drawn("0123456789", 12) + "-" + drawn(MIXED, 24),
    "AWS key id": lambda: "AK" + "IA" + drawn(BASE32, 16),
    "AWS secret": lambda: drawn(BASE64, 40),
    "Google": lambda: "AI" + "za" + drawn(URL_SAFE, 35),
    "SendGrid": lambda: "S" + "G." + drawn(URL_SAFE, 22) + "." + drawn(URL_SAFE, 43),
    "Twilio key": lambda: "S" + "K" + drawn(HEX, 32),
    "Twilio account": lambda: "A" + "C" + drawn(HEX, 32),
    "Mailgun": lambda: "key" + "-" + drawn(HEX, 32),
    "npm": lambda: "npm" + "_" + drawn(MIXED, 36),
    "PyPI": lambda: "pypi" + "-AgEIcHlwaS5vcmc" + drawn(URL_SAFE, 60),
    "Shopify": lambda: "shp" + "at_" + drawn(HEX, 32),
    "Square": lambda: "sq0" + "atp-" + drawn(URL_SAFE, 22),
    "Square access": lambda: "EA" + "AA" + drawn(URL_SAFE, 60),
    "Heroku": uuid,
    "hex 32": lambda: drawn(HEX, 32),
    "hex 40": lambda: drawn(HEX, 40),
    "hex 64": lambda: drawn(HEX, 64),
    "HEX 32": lambda: drawn(HEX, 32).upper(),
    "base32 16": lambda: drawn(BASE32, 16),
    "base32 32": lambda: drawn(BASE32, 32),
    "JWT": jwt,
    "Magento": lambda: drawn(LOWER, 32),
    "lower 20": lambda: drawn(LOWER, 20),
    "lower 40": lambda: drawn(LOWER, 40),
    "lower 64": lambda: drawn(LOWER, 64),
    "upper 24": lambda: drawn(UPPER, 24),
    "mixed 20": lambda: drawn(MIXED, 20),
    "mixed 32": lambda: drawn(MIXED, 32),
    "base64 44": lambda: drawn(BASE64, 43) + "=",
    "base64url 43": lambda: drawn(URL_SAFE, 43),
    "Intercom": lambda: encoded(f"tok:{drawn(HEX, 8)}_{drawn(HEX, 4)}_{drawn(HEX, 20)}:1:0"),
    "Zendesk": lambda: encoded(f"ada@example.com/token:{drawn(MIXED, 40)}"),
    "Airtable": lambda: "pat" + drawn(MIXED, 14) + "." + drawn(HEX, 64),
}  # fmt: skip
"""Generated; none was ever issued, and none is in this file as a whole."""
EACH: Final = 12

PLACES: Final = {
    "header": ("X-Shop-Token", "X-Acme-Key", "X-Signature"),
    "query": ("key", "token", "auth", "access_key"),
    "json": ("authToken", "signing_key", "client_credentials"),
    "form": ("shop_password", "api_key_2", "webhook_secret"),
}
"""Names of places that may hold a credential, by kind of place."""

HONEST: Final = """
https://magento.acme.com/rest/default/V1/customers/
https://acme.my.salesforce.com/services/data/v58.0/sobjects/Contact/External_Id__c/
https://api.example.com/v2/projects/acme-shop-2024/locations/europe-west1/instances/prod-db-01
/admin/api/2024-10/customers/search.json /wp-json/wc/v3/orders /crm/v3/objects/contacts/batch/read
https://api.github.com/repos/acme/shop/commits/8f14e45fceea167a5a36dedd4bea2543e3a1b2c4
https://graph.microsoft.com/v1.0/users/ada.lovelace@example.com/mailFolders/AllItems/messages
/api/now/table/sys_user_has_role_V2/List /odata/v4/BusinessPartnerA2X/A_BusinessPartner
/restapi/v1.0/account/~/extension/~/call-log-sync /OData.svc/CustomerV2Set/NavToOrderHistoryV1
5b2e0c9a-6a36-4c1c-9d9b-0a4f0f3e6d21 urn:uuid:5b2e0c9a-6a36-4c1c-9d9b-0a4f0f3e6d21
/customers/5b2e0c9a-6a36-4c1c-9d9b-0a4f0f3e6d21/orders/0d9f7a52-8e0b-4a66-b8d5-2f1f7a3c9e10
507f1f77bcf86cd799439011 01H8XGJWBWBAQ4Z4 2024-01-01T00:00:00.000Z 20240101T120000Z
2024-W01-7T23:59:59+02:00 1700000000000 00000000000000000000000000000001 +441234567890
order-2024-summer-sale-v2-final loyalty_points_of_the_last_twelve_months
internationalization-and-localization pneumonoultramicroscopicsilicovolcanoconiosis
id,email,loyalty_points_of_the_last_twelve_months,created_at application/vnd.shop.v2+json
multipart/form-data application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
ada.lovelace+newsletter2024@mail.example.com grace_hopper_1906@sub.department.example.co.uk
CustomerLoyaltyProgramMembershipStatus customerLoyaltyPoints2024EditionV2 XMLHttpRequestFactory
IS_ELIGIBLE_FOR_LOYALTY_PROGRAM_2024 HTTP_STATUS_CODE_404_NOT_FOUND contacts:read,deals:write
sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
md5=5d41402abc4b2a76b9719d911017c592 commit/8f14e45fceea167a5a36dedd4bea2543e3a1b2c4
GB29NWBK60161331926819 1HGCM82633A004352 1Z999AA10123456784 978-3-16-148410-0 192.168.100.200
de-DE,de;q=0.9,en-US;q=0.8 Mozilla/5.0 (X11;Linux) cactions/0.1.0 no-cache,no-store
a-public-client-id-of-ours firstName,lastName,emailAddress,phoneNumber,dateOfBirth
aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa --------------------------------- ========================
the_quick_brown_fox_jumps_over_the_lazy_dog TheQuickBrownFoxJumpsOverTheLazyDog
email:ada@example.com AND status:active SELECT+Id,Name+FROM+Contact+WHERE+Email= en_US.UTF-8
acme-prod-eu-west-1-customer-api-v2 arn:aws:sqs:eu-west-1:123456789012:orders-queue-2024
""".split()  # noqa: SIM905 - words stand in one text
"""Words of requests that hold no secret, in any place whose name does not suggest a credential."""
NAMED: Final = {
    "checksum": drawn(HEX, 64), "X-Content-SHA256": drawn(HEX, 64), "etag": drawn(HEX, 32),
    "X-Request-Id": drawn(HEX, 32), "commit": drawn(HEX, 40), "file_hash": drawn(HEX, 40),
    "account_id": uuid(), "traceId": drawn(HEX, 32), "md5": drawn(HEX, 32), "client_id": uuid(),
    "content-digest": drawn(HEX, 64), "uuid": drawn(HEX, 32),
    "key": "customer_id", "token": "the-name-of-a-token", "sort_key": "created_at_descending",
    "token_type": "urn:ietf:params:oauth:token-type:access_token", "auth": "oauth2-bearer-header",
    "signature": "Kind regards, the support team", "page_token": uuid(), "session": "checkout-2024",
    "idempotency_key": uuid(), "grant_type": "client_credentials", "show_password": "false",
    "auth_type": "password", "public_key": "rsa-4096-of-2024", "pass": "Boarding-pass",
}  # fmt: skip
"""Harmless texts in places whose name tells what they are."""


def found(places: Iterable[tuple[str, str, str]]) -> list[str]:
    """The routes of CA301 for (kind of place, name, text), one action each.

    The first action of each file has a key, which shows that the rule has run.
    """
    actions = [_action(kind, name, text) for kind, name, text in places]
    sure = _action("header", "X-Api-Key", "an-example-of-a-key")
    routes = []
    for begin in range(0, len(actions), 100):
        shaped = linted(file(sure, *actions[begin : begin + 100]))
        several = [one.route for one in shaped.findings if one.rule == "CA301"]
        assert several.pop(0) == "actions.look.request.headers.X-Api-Key"
        routes += [f"{begin} {route}" for route in several]
    return routes


def _action(kind: str, name: str, text: str) -> dict[str, Any]:
    if kind == "url":
        return action(request(text if "://" in text else f"{PLAIN_URL}/{text.lstrip('/')}"))
    if kind in ("header", "query"):
        where = {"header": "headers", "query": "query"}[kind]
        return action(request(PLAIN_URL, **{where: {name: text}}))
    body: Any = {"account": [{name: text}]} if kind == "json" else {name: text}
    return action(request(PLAIN_URL, "post", **{kind: body}, effect="read"))


def test_nine_of_ten_keys_are_found_in_credential_places() -> None:
    """Of public formats, in headers, queries and bodies; most also in a place without a name."""
    secrets = [(kind, make()) for kind, make in FORMATS.items() for _ in range(EACH)]
    places = [
        (where, names[number % len(names)], text)
        for number, (_, text) in enumerate(secrets)
        for where, names in PLACES.items()
    ]
    hits = len(found(places))
    neutral = Counter(kind for kind, text in secrets if looks_like_secret(text))
    bare = sum(neutral.values())
    REPORT.append(
        f"keys: {hits} of {len(places)} found where credentials stand ({hits / len(places):.1%}),"
        f" {bare} of {len(secrets)} in a place without a name ({bare / len(secrets):.1%})"
    )
    assert hits >= len(places) * 0.9
    assert bare >= len(secrets) * 0.85
    weak = {kind: neutral[kind] for kind in FORMATS if neutral[kind] < EACH * 0.6}
    assert {"Heroku", "base32 16"} == set(weak)


@pytest.mark.parametrize(
    "token",
    [{"type": "text", "value": ""}, {"type": "basic", "username": "ada", "password": ""}],
    ids=["text", "basic"],
)
def test_a_token_value_must_be_a_name(token: dict[str, str]) -> None:
    """The file format expects a name there, whatever the text looks like."""
    [place] = [key for key, value in token.items() if not value]
    for make in FORMATS.values():
        entry = {**token, place: make(), "header": "X-Shop-Token", "hosts": ["api.shop.example"]}
        if token["type"] == "basic":
            del entry["header"]
        found = linted(file(action(request(tokens=["t"])), tokens={"t": entry})).findings
        routes = [one.route for one in found if one.severity is Severity.ERROR]
        assert [f"tokens.t.{place}"] == routes


def test_harmless_texts_are_not_reported() -> None:
    """Not in a header, a query, a body or a URL; nor if the name means an identifier."""
    wheres = (("header", "X-Note"), ("query", "q"), ("json", "filter"), ("form", "path"))
    places = [(*where, text) for text in HONEST for where in wheres]
    places += [("url", "", text) for text in HONEST if text.startswith(("https://", "/"))]
    places += [(kind, name, text) for name, text in NAMED.items() for kind in ("query", "json")]
    wrong = found(places)
    REPORT.append(f"honest texts: {len(wrong)} of {len(places)} taken for a key")
    assert [] == wrong


def test_short_keys_are_found_where_a_text_is_constant() -> None:
    """A third of those drawn at random, and more; four honest texts, all of them ids, look so."""
    for signs in (MIXED, LOWER):
        for size in range(12, 20):
            keys = [drawn(signs, size) for _ in range(200)]
            assert not any(map(looks_like_secret, keys)), "not in a place without a name"
            assert sum(looks_like_secret(key, Name.CONSTANT) for key in keys) > 70
    alike = [text for text in HONEST if looks_like_secret(text, Name.CONSTANT)]
    assert 4 == len(alike)
    assert not [text for text in alike if not text.isalnum()]


def test_each_segment_of_a_path_is_judged_alone() -> None:
    """Short codes that no one takes for a key are none together, and a key is found among them."""
    codes = [drawn(LOWER, size) for size in (4, 6, 8, 10, 12) for _ in range(40)]
    codes += [f"V{number}" for number in range(20)] + ["v58.0", "External_Id__c", "~", "A1B2C3"]
    harmless = [code for code in codes if not looks_like_secret(code)]
    chosen = random.Random(301)
    paths = ["/" + "/".join(chosen.choices(harmless, k=chosen.randint(3, 9))) for _ in range(500)]
    joined = sum(map(looks_like_secret, paths))
    assert joined > 50, "judged as one text, they would be keys"
    assert [] == [path for path in paths if has_secret_segment(path)]
    keys = [make() for make in FORMATS.values() for _ in range(EACH)]
    alone = [key for key in keys if "/" not in key and looks_like_secret(key)]
    assert len(alone) > len(keys) * 0.8
    assert all(has_secret_segment(f"{chosen.choice(paths)}/{key}/orders") for key in alone)


def test_the_last_word_of_a_name_decides_what_it_holds() -> None:
    """In any spelling of the name."""
    for name in ("X-Shop-Token", "apiKey", "api_key_2", "AUTH", "signing.key", "sessionId"[:7]):
        assert (name, Name.CREDENTIAL) == (name, suggests_secret(name))
    for name in ("db_password", "clientSecret", "WEBHOOK_SECRET", "passphrase"):
        assert (name, Name.SECRET) == (name, suggests_secret(name))
    for name in ("X-Request-Id", "etag", "fileHash", "X-Content-SHA256", "md5"):
        assert (name, Name.IDENTIFIER) == (name, suggests_secret(name))
    for name in ("page_token", "tokens_used", "keyboard", "monkey", "secretary", "", "名"):
        assert (name, Name.NEUTRAL) == (name, suggests_secret(name))


def test_a_secret_is_known_by_its_name_however_that_is_written() -> None:
    """Apart or together, repeated, numbered, and in further languages; words alike are none."""
    secret = """
        passPhrase pass-word pass_code password_confirmation passwordConfirm newPassword2
        secret_value clientSecretValue shared_secret_base64 api_secret_v2 PSWD mot_de_passe
        motDePasse
        contrase\u00f1a contrasen\u0303a senha l\u00f6senord nuevaContrase\u00f1a
    """
    credential = "apiKeyV2 X-Api-Key-V2 token_3 auth.pw"
    neutral = "v2 V base64 text_value key_value secret_santa passenger pass_through mot_de_fin p_w"
    for names, expected in (
        (secret, Name.SECRET),
        (credential, Name.CREDENTIAL),
        (neutral, Name.NEUTRAL),
    ):
        found = {name: suggests_secret(name) for name in names.split()}
        assert dict.fromkeys(found, expected) == found


def test_the_search_takes_linear_time() -> None:
    """Also if a text repeats the beginning of a key many times."""
    for part in ("-eyJ", "eyJ", "SG.", "-----BEGIN ", "aB1", "a1-", "sha256:", "xoxb-", "/", "9f-"):
        small, large = (_cost(part * (size // len(part))) for size in (20_000, 160_000))
        assert large < 8 * small * 4 + 0.05, part


def _cost(text: str) -> float:
    """Seconds of CPU, the best of three."""
    costs = []
    for _ in range(3):
        begin = process_time()
        looks_like_secret(text)
        costs.append(process_time() - begin)
    return min(costs)
