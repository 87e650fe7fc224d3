"""Why a text is no template or no reference, in words: what other languages have and ours not."""

from __future__ import annotations

import re
from typing import Final

from cactions.logic.expressions.syntax_error import ErrorCase, SyntaxProblem, find_first_case
from cactions.logic.suggest import suggest
from cactions.model import CONTACT_FIELDS

_BLANKS: Final = " \t\n\r"
_BLANK: Final = rf"[{_BLANKS}]*"
_STRING: Final = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*"
_FIELD: Final = rf"(?:{'|'.join(CONTACT_FIELDS)})\b"

_CLOSED: Final = rf"\{{\{{((?:{_STRING}|(?!{_STRING}|\}}\}}|\{{\{{).)*)\}}\}}"
"""A hole with anything in it; closing braces inside quotes do not close it."""

_WINDOW: Final = 1000
"""How far an explanation looks, in characters: hostile texts must not keep it busy."""


class TemplateError(SyntaxProblem):
    """A text that is no template, or no reference."""


def explain_hole(text: str, start: int) -> TemplateError:
    """The error for a hole that begins at ``start`` and is none."""
    if text.startswith("{{{", start):
        hint = "a hole has two braces on each side"
        return TemplateError("three opening braces", hint, start, start + 3)
    closed = re.compile(_CLOSED, re.DOTALL).match(text, start, start + _WINDOW)
    if closed is None:
        return TemplateError("the hole is never closed", "close it with }}", start, start + 2)
    if not closed[1].strip(_BLANKS):
        hint = "name what goes in, such as person.email"
        return TemplateError("the hole is empty", hint, *closed.span())
    return explain_reference(text, *_strip_span(text, *closed.span(1)))


def explain_reference(text: str, start: int, end: int) -> TemplateError:
    """The error for a reference that stands between ``start`` and ``end`` and is none."""
    end = min(end, start + _WINDOW)
    case, first, last = find_first_case(_REFERENCES, text, start, end)
    here = text[first:last]
    words = {
        "field": suggest(here, CONTACT_FIELDS),
        "root": suggest(here, ("person", "inputs")),
        "rest": text[last:end],
        "quoted": '"' + here.replace("\\", "\\\\").replace('"', '\\"') + '"',
    }
    return TemplateError(*case.format_message(here, **words), first, last)


def _strip_span(text: str, start: int, end: int) -> tuple[int, int]:
    inside = text[start:end]
    return start + len(inside) - len(inside.lstrip(_BLANKS)), start + len(inside.rstrip(_BLANKS))


_REFERENCES: Final = (
    ErrorCase(r"(?P<here>)\Z", "the reference is empty", "write for example person.email"),
    ErrorCase(
        r"(?P<here>decide)\Z",
        "this is not decided yet",
        "the comment above it says what there is to choose from",
    ),
    ErrorCase(
        r"(?P<here>\{\{.*)",
        "braces do not belong here: this place takes a bare reference",
        "write for example person.email",
    ),
    ErrorCase(
        r"(?P<here>[#/^>&!].*)",
        "sections, comments and partials are not supported",
        "a hole holds one reference, such as person.email",
    ),
    ErrorCase(
        rf"(?P<here>{_STRING}|[0-9].*)",
        "a constant needs no hole",
        "write it outside the braces",
    ),
    ErrorCase(
        r"(?P<here>\$.*)",
        "a reference never reads the response",
        "it reads the person or an input: person.email, inputs.order_id",
    ),
    ErrorCase(
        r"(?P<here>secrets?\b.*)",
        "a secret cannot stand in a template",
        "attach a token, or write a secret mapping as a value in json or form",
    ),
    ErrorCase(
        r"(?P<here>(?:env|environment|process|os)[.\[].*)",
        "an action cannot read the environment",
        "declare an input, or give each environment its server",
    ),
    ErrorCase(
        r"person\.(?P<here>external_id)\b", "external_id is called user_id", "write person.user_id"
    ),
    ErrorCase(
        r"person\.(?P<here>custom_attributes?|attribute|custom)\b(?=[.\[])",
        "custom attributes are called attributes",
        "write person.attributes{rest}",
    ),
    ErrorCase(
        rf"(?:{_STRING}|[^|'\"])*?{_BLANK}(?P<here>\|.*)",
        "only a hole has a filter, and at most one: sha256, md5 or encode_slash",
        "a value goes in as it is; leave the filter out",
    ),
    ErrorCase(
        rf"(?:{_STRING}|[^('\"])*?(?P<here>[\w.]*\([^)]*\)?)",
        "calls are not supported",
        "a hole holds one reference, such as person.email",
    ),
    ErrorCase(
        rf"(?:{_STRING}|[^'\"])*?[ \t\n\r](?P<here>[-+*/%~^<>=!?&]+|and|or|if|in|not)[ \t\n\r]",
        "expressions are not supported",
        "a hole holds one reference, such as person.email",
    ),
    ErrorCase(
        rf"person\.{_FIELD}(?P<here>[.\[].*)", "a field holds one plain value", "end it here"
    ),
    ErrorCase(
        rf"person\.attributes(?:\.{_NAME}|\[{_STRING}\])(?P<here>[.\[].*)",
        "an attribute holds one plain value",
        'end it here; a name with dots is quoted: person.attributes["a.b"]',
    ),
    ErrorCase(
        rf"inputs\.{_NAME}(?P<here>[.\[].*)", "an input holds one plain value", "end it here"
    ),
    ErrorCase(
        r"person\.attributes\[(?P<here>(?:\"\"|''))\]",
        "the name of the attribute is empty",
        'write for example person.attributes["Shop ID"]',
    ),
    ErrorCase(
        rf"person\.attributes\[(?P<here>{_STRING})\]",
        "the quoted name has an unknown escape",
        r"only the quote and the backslash are escaped, by a backslash",
    ),
    ErrorCase(
        r"person\.attributes\[(?P<here>[^\]'\"]+)\]",
        "a name in brackets needs quotes",
        "write person.attributes[{quoted}]",
    ),
    ErrorCase(
        r"person\.attributes(?P<here>\[.*)",
        "the brackets do not hold one quoted name",
        'write for example person.attributes["Shop ID"]',
    ),
    ErrorCase(
        r"person\.attributes\.(?P<here>[^\]\['\"{}()|]+)",
        "a name of this form needs quotes",
        "write person.attributes[{quoted}]",
    ),
    ErrorCase(
        r"(?P<here>person\.attributes)\.?\Z",
        "the name of the attribute is missing",
        "write for example person.attributes.tier",
    ),
    ErrorCase(
        r"(?P<here>person)\.?\Z",
        "the field of the person is missing",
        "write for example person.email",
    ),
    ErrorCase(
        r"(?P<here>inputs)\.?\Z",
        "the name of the input is missing",
        "write for example inputs.order_id",
    ),
    ErrorCase(
        r"(?:person|inputs)(?P<here>\[.*)",
        "brackets are for custom attributes alone",
        "write a dot and the name, such as person.email",
    ),
    ErrorCase(
        rf"person\.(?P<here>{_NAME})\Z",
        "a person has no field {here}",
        "{field} (a custom attribute is person.attributes.{here})",
    ),
    ErrorCase(
        r"inputs\.(?P<here>.+)",
        "this is no name of an input",
        "letters, digits and underscores, beginning with no digit",
    ),
    ErrorCase(
        rf"(?P<here>{_FIELD})\Z", "a reference begins with person or inputs", "write person.{here}"
    ),
    ErrorCase(
        rf"(?P<here>{_NAME})\Z",
        "a reference begins with person or inputs",
        "write inputs.{here} or person.attributes.{here}",
    ),
    ErrorCase(
        rf"(?!person\b|inputs\b)(?P<here>{_NAME})",
        "{here} is not known here: a reference begins with person or inputs",
        "{root}",
    ),
    ErrorCase(
        r"(?P<here>.+)",
        "this is no reference",
        "write one name after person or inputs, such as person.email",
    ),
)
