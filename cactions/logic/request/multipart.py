"""Builds a multipart body of text fields, RFC 7578."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cactions.logic.request.encoding import join_parts
from cactions.model import MaskedText

_BOUNDARY: Final = "cactions-form-data"
_END: Final = "\r\n"
_ESCAPES: Final = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


def build_multipart(fields: list[tuple[str, MaskedText]]) -> MaskedText:
    """The body: its boundary is its first line, and stands in no field."""
    names = [(name.translate(_ESCAPES), text) for name, text in fields]
    boundary = _choose_boundary(names)
    plain = MaskedText.of_plain
    parts = [
        plain(f'--{boundary}{_END}Content-Disposition: form-data; name="{name}"{_END}{_END}')
        + text
        + plain(_END)
        for name, text in names
    ]
    return join_parts([*parts, plain(f"--{boundary}--{_END}")])


def get_boundary(body: str) -> str:
    """The boundary of a body that was built here."""
    return body.partition(_END)[0].removeprefix("--").removesuffix("--")


def split_multipart(body: str) -> Iterator[tuple[str, str]]:
    """The fields of a body that was built here."""
    for part in body.split(f"--{get_boundary(body)}{_END}")[1:]:
        head, _, text = part.partition(_END * 2)
        text = text.removesuffix(f"--{get_boundary(body)}--{_END}").removesuffix(_END)
        yield head.partition('name="')[2].removesuffix('"'), text


def _choose_boundary(fields: list[tuple[str, MaskedText]]) -> str:
    """The same for the same fields, so that a recording answers the same request."""
    texts = [name for name, _ in fields]
    for _, text in fields:
        texts += [text.masked, text.to_matching_text()]
        texts += [] if text.is_unopened else [text.reveal()]
    boundary = _BOUNDARY
    while any(boundary in text for text in texts):
        boundary += "x"
    return boundary


def build_content_type(body: str) -> str:
    """The Content-Type of a body that was built here."""
    return f"multipart/form-data; boundary={get_boundary(body)}"
