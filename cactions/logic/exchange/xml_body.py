"""XML as JSON, so that one kind of path reads both.

- An element is an object of its elements and attributes; the name of an attribute begins with
  ``@``. Names are without their namespace: ``soap:Envelope`` is ``Envelope``.
- An element that has text alone is that text, without blanks around it; beside attributes or
  elements, the text is ``#text``. ``xsi:nil="true"`` is null.
- Elements of one name are a list, in their order. A single one is no list, unless a path takes
  every one. Of attributes of one name, the one without a namespace counts; without such, several
  are a list, too: none is taken for all.

Document types are refused: with them, no entity can be declared, and nothing outside is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from cactions.model import Json

MAX_DEPTH: Final = 64
MAX_ATTRIBUTES: Final = 1_000
_BLANK: Final = " \t\r\n"
_SPACE: Final = "\n"
"""Between a namespace and a name: no name can hold it."""
_INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
_NIL: Final = f"{_INSTANCE}{_SPACE}nil"


class XmlError(ValueError):
    """A body that is no XML, or is refused; the message quotes nothing of it."""


def parse_xml(body: bytes, charset: str, repeated: frozenset[tuple[str, ...]]) -> Json:
    """The document as JSON. ``charset`` is that of a header. Raises XmlError."""
    reader = _Reader(repeated)
    parser = expat.ParserCreate(charset or None, _SPACE)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.EntityDeclHandler = _refuse_document_type
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.add_text
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        message = f"{reason} (line {error.lineno}, column {error.offset + 1})"
        raise XmlError(message) from None
    except (LookupError, ValueError) as error:
        if isinstance(error, XmlError):
            raise
        raise XmlError("its encoding is not supported") from None
    return reader.document


def write_xml(document: Json) -> str:
    """XML that is read as this document, an object of one root element."""
    return "".join(_write_members(document)) if isinstance(document, dict) else ""


def _write_members(members: dict[str, Json]) -> Iterator[str]:
    for name, value in members.items():
        if name == "#text":
            yield _escape(str(value))
        elif not name.startswith("@"):
            for item in value if isinstance(value, list) else [value]:
                yield from _write_element(name, item)


def _write_element(name: str, value: Json) -> Iterator[str]:
    if value is None:
        yield f'<{name} xmlns:i="{_INSTANCE}" i:nil="true"/>'
        return
    members: dict[str, Json] = value if isinstance(value, dict) else {"#text": value}
    attributes = (
        _write_attribute(key[1:], text) for key, text in members.items() if key.startswith("@")
    )
    yield f"<{name}{''.join(attributes)}>"
    yield from _write_members(members)
    yield f"</{name}>"


def _write_attribute(name: str, value: Json) -> str:
    """Each of a list gets a namespace of its own: an element has an attribute of a name once."""
    if not isinstance(value, list):
        return f' {name}="{_escape(str(value))}"'
    return "".join(
        f' xmlns:n{number}="urn:n{number}" n{number}:{name}="{_escape(str(text))}"'
        for number, text in enumerate(value)
    )


def _escape(text: str) -> str:
    for sign, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, escaped)
    return text


class _Element:
    """An element that is being read."""

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.is_nil = attributes.pop(_NIL, "") in ("true", "1")
        self.texts: list[str] = []
        self.members: dict[str, Json] = {}
        for key, text in attributes.items():
            name = _cut_namespace(key)
            if name in attributes and name != key:  # the element's own one counts
                continue
            same = self.members.get(f"@{name}", [])
            others = same if isinstance(same, list) else [same]
            self.members[f"@{name}"] = [*others, text] if others else text

    def build(self) -> Json:
        """The element as JSON."""
        text = "".join(self.texts).strip(_BLANK)
        if not self.members:
            return None if self.is_nil and not text else text
        return {**self.members, "#text": text} if text else self.members


class _Reader:
    """Builds the document while it is read."""

    def __init__(self, repeated: frozenset[tuple[str, ...]]) -> None:
        self._repeated = repeated
        self._open = [_Element("", {})]
        self._lists: list[set[str]] = [set()]

    @property
    def document(self) -> Json:
        """An object whose one member is the root element."""
        return self._open[0].members

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if len(self._open) > MAX_DEPTH:
            raise XmlError(f"its elements are nested deeper than {MAX_DEPTH} levels")
        if len(attributes) > MAX_ATTRIBUTES:
            raise XmlError(f"an element has more than {MAX_ATTRIBUTES} attributes")
        self._open.append(_Element(_cut_namespace(name), attributes))
        self._lists.append(set())

    def end(self, _name: str) -> None:
        """The element that began last ends."""
        element = self._open.pop()
        self._lists.pop()
        members, lists, name = self._open[-1].members, self._lists[-1], element.name
        built = element.build()
        if name in lists:
            earlier = members[name]
            assert isinstance(earlier, list)
            earlier.append(built)
        elif name in members:
            members[name] = [members[name], built]
            lists.add(name)
        elif self._repeated and self._get_route(name) in self._repeated:
            members[name] = [built]
            lists.add(name)
        else:
            members[name] = built

    def _get_route(self, name: str) -> tuple[str, ...]:
        return (*(element.name for element in self._open[1:]), name)

    def add_text(self, text: str) -> None:
        """Text inside the element that began last."""
        self._open[-1].texts.append(text)


def _cut_namespace(name: str) -> str:
    return name.rpartition(_SPACE)[2]


def _refuse_document_type(*_: object) -> None:
    raise XmlError("it declares a document type, which is refused")
