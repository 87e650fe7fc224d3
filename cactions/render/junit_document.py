"""A JUnit report as every tool reads it: suites of cases, each passed, failed or skipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from msgspec import Struct

from cactions.render.escape import escape_terminal


class JUnitCase(Struct, frozen=True):
    """A case. At most one of these is there: ``failure`` (its type, and words), ``skipped``.

    ``output`` are lines that are said of it beside the message; ``seconds`` is its time, if known.
    """

    name: str
    classname: str
    message: str = ""
    failure: str = ""
    skipped: bool = False
    output: tuple[str, ...] = ()
    seconds: float | None = None


class JUnitSuite(Struct, frozen=True):
    """Cases under a name; ``properties`` are facts about all of them."""

    name: str
    cases: tuple[JUnitCase, ...]
    properties: Mapping[str, str] = {}


def write_junit(name: str, suites: Iterable[JUnitSuite]) -> str:
    """The XML document."""
    root = Element("testsuites", name=name)
    elements = [_add_suite(root, suite) for suite in suites]
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(element.get(count, "0")) for element in elements)))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _add_suite(root: Element, suite: JUnitSuite) -> Element:
    element = SubElement(root, "testsuite", name=escape_terminal(suite.name))
    if suite.properties:
        facts = SubElement(element, "properties")
        for name, value in suite.properties.items():
            SubElement(facts, "property", name=name, value=escape_terminal(value))
    for case in suite.cases:
        _add_case(element, case)
    element.set("tests", str(len(suite.cases)))
    element.set("failures", str(len(element.findall("testcase/failure"))))
    element.set("errors", "0")
    element.set("skipped", str(len(element.findall("testcase/skipped"))))
    return element


def _add_case(suite: Element, case: JUnitCase) -> None:
    element = SubElement(
        suite,
        "testcase",
        name=escape_terminal(case.name),
        classname=escape_terminal(case.classname),
    )
    if case.seconds is not None:
        element.set("time", f"{case.seconds:.6f}")
    message = escape_terminal(case.message)
    text = "\n".join(map(escape_terminal, case.output))
    if case.skipped:
        SubElement(element, "skipped", message=message)
    elif case.failure:
        SubElement(element, "failure", type=case.failure, message=message).text = text
    elif text:
        SubElement(element, "system-out").text = text
