"""Values of a request that are a customer's, and what stands in their place.

A value is replaced where its author said what it is. What only looks like a customer's becomes
``{{ decide }}``, which ``validate`` names until a person has decided; the value itself is not kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote, unquote

from msgspec import Struct

from cactions.logic.curl_line.words import VARIABLE
from cactions.rules.ca301_hardcoded_secret import plain

KEPT: Final = "literal"
"""What a value is that stays as it is."""
DECIDE: Final = "{{ decide }}"
_MAIL: Final = re.compile(r"[A-Za-z0-9._+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PHONE: Final = re.compile(r"\+[0-9][0-9 ()-]{6,18}[0-9]")
_PERSON_KEYS: Final = frozenset(
    {"userid", "externalid", "externalids", "customerid", "contactid", "memberid", "accountid",
     "uid", "personid", "subscriberid", "distinctid", "customer", "contact", "user", "username",
     "login", "clientuserid"}
)  # fmt: skip
_PRIVATE_KEYS: Final = {
    **dict.fromkeys(("fullname", "customername", "displayname"), "person.name"),
    **dict.fromkeys(("phone", "phonenumber", "mobile", "mobilephone"), "person.phone"),
    **dict.fromkeys(("firstname", "lastname", "givenname", "familyname", "surname", "street",
                     "address", "address1", "addressline1", "birthday", "birthdate", "dateofbirth",
                     "dob", "iban", "vatid"), ""),
}  # fmt: skip
"""Members that are one person's, and what they are; empty: a person has no such field."""
_MAIL_KEYS: Final = frozenset({"email", "emailaddress", "useremail", "customeremail"})
_THING_KEYS: Final = frozenset(
    {"id", "ids", "orderid", "ordernumber", "trackingnumber", "trackingnumbers", "trackingcode",
     "invoiceid", "ticketid", "subscriptionid", "shipmentid", "charge", "reference"}
)  # fmt: skip
_VERSION: Final = re.compile(
    r"v?[0-9]{1,2}(?:\.[0-9]+)*|[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?|[a-z]{3,}[0-9]{1,2}"
    r"|[a-z]+[0-9]?\.(?:json|php|xml|aspx)|unstable"
)
_PEOPLE: Final = frozenset(
    {"customers", "users", "contacts", "members", "people", "persons", "subscribers", "accounts",
     "profiles", "patients", "clients", "leads"}
)  # fmt: skip
_NOT_IN_PATH: Final = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]")
_LONGEST: Final = 120
_LEAST: Final = 2


class LineCandidate(Struct, frozen=True):
    """A value that may be a customer's. ``place`` is in words; ``proposal`` is a reference.

    ``variable`` is the name of one whose value is not there.
    """

    value: str
    place: str
    proposal: str
    variable: str = ""


class TextPlace(Struct, frozen=True):
    """Where a text of a request stands. ``key`` is the name of its member, or of its folder."""

    words: str
    key: str = ""
    is_path: bool = False


class ValueFiller:
    """Replaces values by what they are; ``meanings`` are references by value, or KEPT."""

    def __init__(self, meanings: Mapping[str, str]) -> None:
        longest_first = sorted(meanings, key=len, reverse=True)
        self._meanings = {value: meanings[value] for value in longest_first if value}
        self.undecided: list[TextPlace] = []
        self.unexplained: list[str] = []
        self.candidates: dict[str, LineCandidate] = {}

    def fill(self, text: str, place: TextPlace) -> str:
        """The text as a template; what is undecided in it is kept in mind."""
        if filtered := self._find_filtered(text, place):
            return filtered
        pieces: list[str] = []
        for piece, meaning in self._split(text):
            if meaning == KEPT:
                pieces.append(piece)
            elif meaning:
                pieces.append(f"{{{{ {meaning} }}}}")
            else:
                pieces.append(self._replace_candidates(piece, place, whole=piece == text))
        return "".join(pieces)

    def fill_number(self, value: float, place: TextPlace) -> str | None:
        """What stands in the place of a number; None where it stays."""
        meaning = self._meanings.get(str(value), "")
        if meaning:
            return None if meaning == KEPT else f"{{{{ {meaning} }}}}"
        if isinstance(value, int) and self._guess(str(value), place):
            return self._note(str(value), place, self._guess(str(value), place))
        return None

    def fill_path(self, path: str) -> str:
        """The path of a URL, segment by segment."""
        segments = path.split("/")
        filled = []
        for number, segment in enumerate(segments):
            before = segments[number - 1] if number else ""
            text = unquote(segment)
            place = TextPlace("the path", before, is_path=True)
            written = self.fill(text, place)
            if written == text or DECIDE in written:
                self.unexplained.append(segment)
            filled.append(_encode(segment) if written == text else _encode_around(written))
        return "/".join(filled)

    def _find_filtered(self, text: str, place: TextPlace) -> str:
        """A hash of a value, or a value with slashes in one segment of a path."""
        for value, meaning in self._meanings.items():
            if meaning == KEPT:
                continue
            if place.is_path and "/" in value and text == value:
                return f"{{{{ {meaning} | encode_slash }}}}"
            data = (value.lower() if "@" in value else value).encode()
            if text.lower() == hashlib.sha256(data).hexdigest():
                return f"{{{{ {meaning} | sha256 }}}}"
            if text.lower() == hashlib.md5(data, usedforsecurity=False).hexdigest():
                return f"{{{{ {meaning} | md5 }}}}"
        return ""

    def _split(self, text: str) -> Iterator[tuple[str, str]]:
        """Pieces of a text, each known value with its meaning, in order."""
        if not self._meanings:
            yield text, ""
            return
        known = "|".join(re.escape(value) for value in self._meanings)
        end = 0
        for found in re.finditer(rf"(?<![A-Za-z0-9])(?:{known})(?![A-Za-z0-9])", text):
            if found.start() > end:
                yield text[end : found.start()], ""
            yield found[0], self._meanings[found[0]]
            end = found.end()
        if end < len(text) or not text:
            yield text[end:], ""

    def _replace_candidates(self, text: str, place: TextPlace, *, whole: bool) -> str:
        if whole and not VARIABLE.search(text) and (proposal := self._guess(text, place)):
            return self._note(text, place, proposal)
        text = VARIABLE.sub(
            lambda found: self._note(
                f"${found[1]}", place, propose_meaning(found[1], place.key), found[1]
            ),
            text,
        )
        return _MAIL.sub(lambda found: self._note(found[0], place, "person.email"), text)

    def _note(self, value: str, place: TextPlace, proposal: str, variable: str = "") -> str:
        meaning = self._meanings.get(value, "")
        if meaning:
            return value if meaning == KEPT else f"{{{{ {meaning} }}}}"
        self.undecided.append(place)
        self.candidates.setdefault(value, LineCandidate(value, place.words, proposal, variable))
        return DECIDE

    def _guess(self, text: str, place: TextPlace) -> str:
        """What a whole text may be; empty where it is plainly a setting."""
        if not _LEAST <= len(text) <= _LONGEST or "\n" in text:
            return ""
        if _MAIL.fullmatch(text):
            return "person.email"
        if _PHONE.fullmatch(text):
            return "person.phone"
        if place.is_path:
            return _guess_segment(text, place.key)
        key = plain(place.key)
        if key in _PERSON_KEYS:
            return "person.user_id"
        if key in _PRIVATE_KEYS:
            return _PRIVATE_KEYS[key] or _name_input(place.key)
        return _name_input(place.key) if key in _THING_KEYS else ""


def propose_meaning(name: str, before: str = "") -> str:
    """What a value of this name may be; ``before`` is the folder or member in which it stands."""
    key, of_person = plain(name), {before.lower(), f"{before.lower()}s"} & _PEOPLE
    if key in _PERSON_KEYS or (key in _THING_KEYS and of_person):
        return "person.user_id"
    if key in _MAIL_KEYS:
        return "person.email"
    return _PRIVATE_KEYS.get(key) or _name_input(name)


def _encode(segment: str) -> str:
    """What cannot stand in a path is encoded; curl sends it as it is."""
    return _NOT_IN_PATH.sub(lambda found: quote(found[0], safe=""), segment)


def _encode_around(text: str) -> str:
    """A segment with holes: what is literal in it is encoded."""
    parts = re.split(r"(\{\{ .*? \}\})", text)
    return "".join(p if n % 2 else _encode(p.replace("%", "%25")) for n, p in enumerate(parts))


def _guess_segment(text: str, before: str) -> str:
    """A segment with a digit that is no version is the name of one thing."""
    if not re.search("[0-9]", text) or _VERSION.fullmatch(text.lower()):
        return ""
    return "person.user_id" if before.lower() in _PEOPLE else _name_input(_to_singular(before))


def _to_singular(word: str) -> str:
    plural = re.fullmatch(r"([A-Za-z_-]{3,}[^s])s", word)
    return f"{plural[1]}_id" if plural else "id"


def _name_input(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    word = re.sub(r"[^a-z0-9_]+", "_", spaced.lower()).strip("_") or "value"
    return f"inputs.{word if not word[0].isdigit() else f'_{word}'}"


def list_inputs(texts: Sequence[str]) -> list[str]:
    """The names of the data inputs that templates read, each once."""
    found = (re.findall(r"\{\{ inputs\.([A-Za-z_][A-Za-z0-9_]*)", text) for text in texts)
    return [*dict.fromkeys(name for names in found for name in names)]
