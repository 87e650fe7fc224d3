"""Understands what a site sends: a settings object, a JWT alone, or a user hash alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from cactions.logic.identity.object_literal import parse_object_literal
from cactions.model import Json, MessengerSettings, UsageError

MOST_BYTES: Final = 256 * 1024
"""More than any page hands to the Messenger."""

_JWT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_HASH: Final = re.compile(r"[0-9A-Fa-f]{64}")
_LARGEST_INTEGER: Final = 2**53
"""JavaScript has no exact integers beyond it."""

_OURS: Final = (
    "api_base", "app_id", "language_override", "alignment", "horizontal_padding", "region",
    "vertical_padding", "hide_default_launcher", "custom_launcher_selector", "session_duration",
    "action_color", "background_color", "z_index", "hide_unread_badge", "page_title",
)  # fmt: skip
"""Settings of the Messenger itself, which are not about the user."""

_IDENTITY: Final = ("user_id", "email", "user_hash", "intercom_user_jwt")


def parse_settings(text: str) -> MessengerSettings:
    """The settings in what was pasted. Raises UsageError, which holds nothing of the text."""
    text = text.strip().strip("\"'").strip()
    if _JWT.fullmatch(text):
        return MessengerSettings(jwt=text)
    if _HASH.fullmatch(text):
        return MessengerSettings(user_hash=text)
    return _read_settings(parse_object_literal(text))


def name_user(settings: MessengerSettings, user_id: str, email: str) -> MessengerSettings:
    """The settings with the user that an option names. Raises UsageError for another one."""
    for field, value in (("user_id", user_id), ("email", email)):
        sent = getattr(settings, field)
        if value and sent and value != sent:
            raise UsageError(
                f"the settings have another {field}", hint="Leave the option out, or correct it."
            )
        settings = replace(settings, **{field: sent or value})
    return settings


def _read_settings(found: Mapping[str, Json]) -> MessengerSettings:
    texts = {name: _read_text(name, found.get(name)) for name in _IDENTITY}
    others = [name for name in found if name not in _IDENTITY and name not in _OURS]
    nested = found.get("custom_attributes")
    if isinstance(nested, dict):
        others = [name for name in others if name != "custom_attributes"] + list(nested)
    return MessengerSettings(
        texts["user_id"], texts["email"], texts["user_hash"], texts["intercom_user_jwt"],
        tuple(sorted(set(others))),
    )  # fmt: skip


def _read_text(name: str, value: Json) -> str:
    """A text, or an integer as JavaScript writes it; empty for null."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if type(value) is int and abs(value) < _LARGEST_INTEGER:
        return str(value)
    raise UsageError(
        f'"{name}" is no text', hint="Send it as a text: another program may write it otherwise."
    )
