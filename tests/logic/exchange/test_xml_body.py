"""XML is read as JSON: held against the standard library, and hostile documents are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.exchange.answer_body import AnswerError, read_body, write_body
from cactions.logic.expressions.json_path import parse_path, query_one
from cactions.model import ActionResponse, AnswerFormat, Json, Response, Rows
from tests.case_counts import cases
from tests.run_report import REPORT

XML = ActionResponse(format=AnswerFormat.XML)
EACH_ORDER = ActionResponse(
    format=AnswerFormat.XML, rows=Rows(parse_path("$.shop.order[*]", rows=True))
)
SOAP = b"""<?xml version="1.0"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body><m:GetCustomer xmlns:m="urn:crm">
    <m:Id type="number"> 17 </m:Id><m:Name>Ada &amp; Co</m:Name><m:Note/>
    <m:Tag>a</m:Tag><m:Tag>b</m:Tag>
    <m:Left xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>
  </m:GetCustomer></soap:Body>
</soap:Envelope>"""


def read(body: bytes, response: ActionResponse = XML, kind: str = "text/xml") -> Json:
    return read_body(Response(200, (("Content-Type", kind),), body), response)


def test_elements_attributes_and_texts() -> None:
    """The one mapping, in one example."""
    assert read(SOAP) == {
        "Envelope": {
            "Body": {
                "GetCustomer": {
                    "Id": {"@type": "number", "#text": "17"},
                    "Name": "Ada & Co",
                    "Note": "",
                    "Tag": ["a", "b"],
                    "Left": None,
                }
            }
        }
    }


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_what_a_path_takes_each_of_is_a_list(number: int) -> None:
    """However many there are; without such a path, a single element is no list."""
    body = f"<shop>{'<order><id>1</id></order>' * number}</shop>".encode()
    shop = query_one(parse_path("$.shop"), read(body, EACH_ORDER))
    assert isinstance(shop, dict) or number == 0
    orders = shop.get("order", []) if isinstance(shop, dict) else []
    assert orders == [{"id": "1"}] * number
    if number == 1:
        assert read(body) == {"shop": {"order": {"id": "1"}}}


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('p:id="1" q:id="2"', ["1", "2"]),
        ('q:id="2" p:id="1"', ["2", "1"]),
        ('p:id="1" id="own" q:id="2"', "own"),
        ('id="own" p:id="1"', "own"),
        ('p:id="1"', "1"),
        ('p:id="a&quot;b" q:id="&lt;"', ['a"b', "<"]),
    ],
)
def test_no_attribute_is_taken_by_its_order(attributes: str, expected: Json) -> None:
    """Neither in an answer nor in what is recorded of it."""
    found = read(f'<x xmlns:p="urn:p" xmlns:q="urn:q" {attributes}/>'.encode())
    assert {"x": {"@id": expected}} == found
    assert read(write_body(found, AnswerFormat.XML)) == found


NAMES = st.sampled_from(["a", "b", "customer", "Straße", "x-1"])
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=8
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    name = draw(NAMES)
    attributes = draw(st.dictionaries(NAMES, TEXTS, max_size=2))
    written = "".join(f" {key}={quoteattr(text)}" for key, text in attributes.items())
    inner = draw(st.lists(elements(depth - 1), max_size=3)) if depth else []
    return f"<{name}{written}>{escape(draw(TEXTS))}{''.join(inner)}</{name}>"


def as_json(element: ET.Element) -> Json:
    """The same mapping over the tree of the standard library."""
    members: dict[str, Json] = {f"@{key}": value for key, value in element.attrib.items()}
    for child in element:
        built = as_json(child)
        if child.tag in members:
            earlier = members[child.tag]
            several = [*element.findall(child.tag)][1] is not child
            members[child.tag] = [*earlier, built] if several else [earlier, built]  # type: ignore[misc]
        else:
            members[child.tag] = built
    text = "".join([element.text or "", *(child.tail or "" for child in element)]).strip(" \t\r\n")
    if not members:
        return text
    return {**members, "#text": text} if text else members


@cases(200)
@given(elements())
def test_any_document_is_read_as_the_standard_library_reads_it(text: str) -> None:
    """And what is written of it is read as the same again."""
    found = read(text.encode())
    root = ET.fromstring(text)
    assert found == {root.tag: as_json(root)}
    assert read(write_body(found, AnswerFormat.XML)) == found


def hostile() -> Iterator[tuple[str, bytes]]:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    declared = {
        "bomb": f'<!DOCTYPE x [<!ENTITY l0 "lol">{lol}]><x>&l9;</x>',
        "quadratic": f'<!DOCTYPE x [<!ENTITY a "{"a" * 9_000}">]><x>{"&a;" * 900}</x>',
        "file": '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>',
        "network": '<!DOCTYPE x [<!ENTITY f SYSTEM "http://127.0.0.1:9/">]><x>&f;</x>',
        "external dtd": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
        "public dtd": '<!DOCTYPE x PUBLIC "-//W3C//DTD" "http://127.0.0.1:9/"><x/>',
        "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><x/>',
        "empty doctype": "<!DOCTYPE x><x/>",
        "attribute default": '<!DOCTYPE x [<!ATTLIST x a CDATA "b">]><x/>',
        "recursive": '<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]><x>&a;</x>',
    }
    for name, text in declared.items():
        for encoding in ("utf-8", "utf-16", "utf-8-sig"):
            yield f"{name}, {encoding}", text.encode(encoding)
    broken = {
        "undeclared entity": "<x>&nbsp;</x>", "deep": "<a>" * 65 + "</a>" * 65,
        "very deep": "<a>" * 200_000, "two roots": "<a/><b/>", "text": "hello", "empty": "",
        "unclosed": "<a><b></a>", "twice": '<a x="1" x="2"/>', "control": "<a>\x01</a>",
        "no prefix": "<s:a/>", "html": "<!doctype html><p>x<br>", "json": '{"a": 1}',
        "lone end": "</a>", "cdata": "<![CDATA[x]]>", "comment": "<a><!-- -- --></a>",
        "entity end": "<a>&#0;</a>", "surrogate": "<a>&#xD800;</a>", "bad name": "<1a/>",
        "attributes": f"<a {' '.join(f'a{n}=' + chr(34) * 2 for n in range(1_001))}/>",
        "late declaration": " <?xml version='1.0'?><a/>", "no name": "<>x</>",
    }  # fmt: skip
    for name, text in broken.items():
        yield name, text.encode()
    for name, body in {
        "not utf-8": b"<a>\xff</a>", "unknown": b"<?xml version='1.0' encoding='x-none'?><a/>",
        "utf-7": b"<?xml version='1.0' encoding='utf-7'?><a/>", "nul": b"<a>\0</a>",
        "utf-16 without mark": "<a/>".encode("utf-16-le")[:-1], "cut": SOAP[:-5],
        "idna": b"<?xml version='1.0' encoding='idna'?><a>\xe4</a>",
        "zlib": b"<?xml version='1.0' encoding='zlib'?><a/>", "rot13": b"<?xml encoding='rot13'?>",
    }.items():  # fmt: skip
        yield name, body


HOSTILE = dict(hostile())


def test_hostile_documents_are_refused() -> None:
    """Each with a reason that quotes nothing; nothing outside is read."""
    for body in HOSTILE.values():
        with pytest.raises(AnswerError) as caught:
            read(body)
        assert not re.search(r"passwd|127\.0\.0\.1", str(caught.value))
    REPORT.append(f"hostile XML: {len(HOSTILE)} tried, 0 accepted")
    assert len(HOSTILE) >= 60


@cases(200)
@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """There is no other exception."""
    with suppress(AnswerError):
        assert isinstance(read(body), dict)
