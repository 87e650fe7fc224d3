"""How a contact looks in an answer: 44 keys, never absent, null where there is nothing."""

from __future__ import annotations

from typing import Any

from tests.workspace.messages import Document
from tests.workspace.settings import Settings, compare_versions

TIMES = (
    "signed_up_at",
    "last_seen_at",
    "last_replied_at",
    "last_contacted_at",
    "last_email_opened_at",
    "last_email_clicked_at",
)
DEVICE = ("language_override", "browser", "browser_version", "browser_language", "os")
MOBILE = tuple(
    f"{system}_{name}"
    for system in ("android", "ios")
    for name in (
        "app_name", "app_version", "device", "os_version", "sdk_version", "last_seen_at",
    )
)  # fmt: skip
LISTS = ("tags", "notes", "companies")
LIST_MAX = 10
OWNER_TEXT_SINCE = "2.16"

EMPTY: Document = {
    "external_id": None,
    "role": "user",
    "email": None,
    "phone": None,
    "name": None,
    "avatar": None,
    "owner_id": None,
    "social_profiles": [],
    "has_hard_bounced": False,
    "marked_email_as_spam": False,
    "unsubscribed_from_emails": False,
    "created_at": 0,
    "updated_at": 0,
    **dict.fromkeys(TIMES),
    **dict.fromkeys(DEVICE),
    "location": {"country": None, "region": None, "city": None},
    **dict.fromkeys(MOBILE),
    "custom_attributes": {},
    **{name: [] for name in LISTS},
}
"""A contact as it is stored: without what its answer adds."""

NEWER_NULLS = (
    "utm_campaign",
    "utm_content",
    "utm_medium",
    "utm_source",
    "utm_term",
    "referrer",
    "enabled_push_messaging",
)


def build_contact(key: str, fields: Document, now: float) -> Document:
    """A stored contact with these fields; a text as ``avatar`` is its address."""
    times = {"created_at": int(now), "updated_at": int(now)}
    unknown = fields.keys() - EMPTY.keys()
    if unknown:
        raise ValueError(f"a contact has no {sorted(unknown)}")
    return {"id": key, **EMPTY, **times, **clean_avatar(fields)}


def clean_avatar(fields: Document) -> Document:
    """The fields with an avatar's address as the object that is read."""
    if not isinstance(fields.get("avatar"), str):
        return fields
    return {**fields, "avatar": {"type": "avatar", "image_url": fields["avatar"]}}


def shape_contact(document: Document, settings: Settings, version: str) -> Document:
    """A stored contact as this version of the API answers it."""
    shaped = {
        "type": "contact",
        "id": document["id"],
        "workspace_id": settings.app_id,
        **{name: document[name] for name in EMPTY},
    }
    shaped["owner_id"] = _shape_owner(document["owner_id"], version)
    shaped["social_profiles"] = {"type": "list", "data": document["social_profiles"]}
    shaped["location"] = {"type": "location", **document["location"]}
    for name in LISTS:
        shaped[name] = _shape_list(document["id"], name, document[name])
    return {**shaped, **_shape_newer(document)} if settings.newer_keys else shaped


def _shape_owner(owner: str | None, version: str) -> str | int | None:
    """A text since 2.16; a number before, as the descriptions have it."""
    if owner is None or compare_versions(version, OWNER_TEXT_SINCE) >= 0:
        return owner
    return int(owner)


def _shape_list(key: str, name: str, items: list[Any]) -> Document:
    return {
        "type": "list",
        "data": items[:LIST_MAX],
        "url": f"/contacts/{key}/{name}",
        "total_count": len(items),
        "has_more": len(items) > LIST_MAX,
    }


def _shape_newer(document: Document) -> Document:
    """What answers of 2.11 and later also hold, described or not."""
    email = document["email"] or ""
    codes = {"country_code": None, "continent_code": None}
    return {
        "email_domain": email.partition("@")[2] or None,
        "sms_consent": False,
        "unsubscribed_from_sms": False,
        "location": {"type": "location", **document["location"], **codes},
        "opted_out_subscription_types": _shape_list(document["id"], "subscriptions", []),
        "opted_in_subscription_types": _shape_list(document["id"], "subscriptions", []),
        **dict.fromkeys(NEWER_NULLS),
    }
