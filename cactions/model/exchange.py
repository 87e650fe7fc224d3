"""What is sent and what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from cactions.model.json_value import ABSENT, Value
from cactions.model.request import Limits
from cactions.model.trust import ProofStrength

if TYPE_CHECKING:
    from cactions.model.client_certificate import ClientCertificate
    from cactions.model.masked_text import MaskedText


class Request(Struct, frozen=True):
    """One HTTP request, complete: method in capitals, absolute URL, headers in order.

    ``limits`` are for the sender. ``fresh``: what changes something is never sent over a
    connection that may have been closed meanwhile. ``client_certificate``: what the connection
    presents; its key is in no request.
    """

    method: str
    url: MaskedText
    headers: tuple[tuple[str, MaskedText], ...] = ()
    body: MaskedText | None = None
    limits: Limits = field(default_factory=Limits)
    fresh: bool = False
    client_certificate: ClientCertificate | None = None

    @property
    def line(self) -> str:
        """``GET https://…``, as it may be shown."""
        return f"{self.method} {self.url.masked}"

    @property
    def is_complete(self) -> bool:
        """Whether it can be sent: nothing in it is a secret that was not opened."""
        texts = (self.url, *(value for _, value in self.headers), self.body)
        return not any(text is not None and text.is_unopened for text in texts)

    def get_header(self, name: str) -> str:
        """The shown value of a header, by any case; empty where there is none."""
        wanted = name.lower()
        return next((v.masked for n, v in self.headers if n.lower() == wanted), "")


class Response(Struct, frozen=True):
    """The answer as it came: status, headers in order, body bytes after decoding."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __repr__(self) -> str:
        """Without the body, which may hold personal data."""
        return f"Response(status={self.status}, headers={self.headers!r})"

    def get_headers(self, name: str) -> tuple[str, ...]:
        """Every value of a header, by any case."""
        wanted = name.lower()
        return tuple(value for text, value in self.headers if text.lower() == wanted)


class ShownAnswer(Struct, frozen=True):
    """An answer as it may be shown, in lines. ``kind`` is its content type, ``size`` in bytes.

    ``hides_people``: values of other people than the matched one were left out.
    """

    status: int
    kind: str
    size: int
    lines: tuple[str, ...]
    hides_people: bool = False


class Proof(Struct, frozen=True):
    """Both sides of ``same_person``, for the reader to see, and what it is worth."""

    path: str
    equals: str
    expected: Value = ABSENT
    found: Value = ABSENT
    redacted: bool = False
    verified: str = ""
    strength: ProofStrength = ProofStrength.PROVEN
    basis: str = ""
