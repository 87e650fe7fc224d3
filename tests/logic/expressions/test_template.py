"""Templates hold literal text and references only; every mistake has its own message."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.expressions.template import TemplateError, parse_reference, parse_template
from cactions.model import (
    CONTACT_FIELDS,
    Input,
    PersonAttribute,
    PersonField,
    Reference,
    Template,
)
from tests.strategies import builds

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True)
REFERENCES: st.SearchStrategy[Reference] = st.one_of(
    st.sampled_from(sorted(CONTACT_FIELDS)).map(PersonField),
    NAMES.map(Input),
    builds(PersonAttribute, NAMES | st.text("\"'\\{}]| a.é\n", min_size=1)),
)
LITERALS = st.text(min_size=1).filter(lambda text: "{{" not in text and not text.endswith("{"))
TEMPLATE_LIKE = st.lists(
    st.sampled_from(["{{", "}}", "{", "}", " ", "person", ".", "email", "attributes", "inputs"])
    | st.sampled_from(["[", "]", '"', "'", "\\", "|", "(", "+", "a", "é", "\n", "x" * 300]),
    max_size=14,
).map("".join)


def parts_of(pieces: list[str | Reference]) -> tuple[str | Reference, ...]:
    """The parts with neighbouring texts joined, as a Template holds them."""
    parts: list[str | Reference] = []
    for piece in pieces:
        if parts and isinstance(piece, str) and isinstance(parts[-1], str):
            parts[-1] += piece
        else:
            parts.append(piece)
    return tuple(parts)


def refusal(text: str) -> TemplateError:
    """The expected refusal of a template."""
    with pytest.raises(TemplateError) as caught:
        parse_template(text)
    return caught.value


@given(st.lists(LITERALS | REFERENCES).map(parts_of).map(Template))
def test_a_printed_template_parses_to_the_same_template(template: Template) -> None:
    """``parse(str(template))`` is ``template``, for any names and texts."""
    parsed = parse_template(str(template))
    assert template == parsed.template
    assert template.references == tuple(reference for reference, _, _ in parsed.spans)


@given(REFERENCES)
def test_a_printed_reference_parses_to_the_same_reference(reference: Reference) -> None:
    """``parse(str(reference))`` is ``reference``."""
    assert reference == parse_reference(str(reference))


@given(TEMPLATE_LIKE)
def test_any_text_is_parsed_or_refused_with_a_place_inside_it(text: str) -> None:
    """A printed template parses to the same one; a refusal points into the text."""
    try:
        template = parse_template(text).template
    except TemplateError as caught:
        error = caught
    else:
        assert template == parse_template(str(template)).template
        return
    assert 0 <= error.start <= error.end <= len(text)
    assert error.message
    assert error.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("a } }} { b", ("a } }} { b",)),
        ("{{person.email}}", (PersonField("email"),)),
        (
            "/{{ person.id }}/{{\n\tinputs.order_id\r\n}}",
            ("/", PersonField("id"), "/", Input("order_id")),
        ),
        ("{{ person.id }}{{ person.id }}", (PersonField("id"), PersonField("id"))),
        ("{{ person.email_verified }}", (PersonField("email_verified"),)),
        ('{{ person.attributes["Shop ID"] }}}', (PersonAttribute("Shop ID"), "}")),
        ("{{ person.attributes['Shop ID'] }}", (PersonAttribute("Shop ID"),)),
        (r'{{ person.attributes["\"\\}}"] }}', (PersonAttribute('"\\}}'),)),
        ("{{ person.attributes.email }}", (PersonAttribute("email"),)),
    ],
)
def test_a_template_is_split_into_texts_and_references(
    text: str, expected: tuple[str | Reference, ...]
) -> None:
    """Spaces inside braces are ignored, and everything outside of them is literal."""
    assert expected == parse_template(text).template.parts


def test_every_reference_has_its_span() -> None:
    """The span covers the reference without its braces."""
    text = "é{{ person.email }} and {{inputs.a}}"
    spans = parse_template(text).spans
    expected = ["person.email", "inputs.a"]
    assert expected == [text[start:end] for _, start, end in spans]


@pytest.mark.parametrize(
    ("text", "here", "message", "hint"),
    [
        (
            "/x/{{ person.email | lower }}",
            "| lower",
            "only a hole has a filter, and at most one: sha256, md5 or encode_slash",
            "a value goes in as it is; leave the filter out",
        ),
        (
            '{{ person.attributes["a|b"]|upper }}',
            "|upper",
            "only a hole has a filter, and at most one: sha256, md5 or encode_slash",
            "a value goes in as it is; leave the filter out",
        ),
        (
            "{{ lower(person.email) }}",
            "lower(person.email)",
            "calls are not supported",
            "a hole holds one reference, such as person.email",
        ),
        (
            "{{ person.attributes.age + 1 }}",
            "+",
            "expressions are not supported",
            "a hole holds one reference, such as person.email",
        ),
        (
            "{{ person.email or person.id }}",
            "or",
            "expressions are not supported",
            "a hole holds one reference, such as person.email",
        ),
        (
            "{{#if person.email}}",
            "#if person.email",
            "sections, comments and partials are not supported",
            "a hole holds one reference, such as person.email",
        ),
        (
            "{{ 'text' }}",
            "'text'",
            "a constant needs no hole",
            "write it outside the braces",
        ),
        (
            "Bearer {{ secret.shop }}",
            "secret.shop",
            "a secret cannot stand in a template",
            "attach a token, or write a secret mapping as a value in json or form",
        ),
        (
            "{{ env.HOME }}",
            "env.HOME",
            "an action cannot read the environment",
            "declare an input, or give each environment its server",
        ),
        (
            "{{ $.email }}",
            "$.email",
            "a reference never reads the response",
            "it reads the person or an input: person.email, inputs.order_id",
        ),
        ("a{{ }}", "{{ }}", "the hole is empty", "name what goes in, such as person.email"),
        ("a{{}}", "{{}}", "the hole is empty", "name what goes in, such as person.email"),
        ("a {{ person.email", "{{", "the hole is never closed", "close it with }}"),
        ("a {{ person.email }", "{{", "the hole is never closed", "close it with }}"),
        ("{{ person.email {{ x }}", "{{", "the hole is never closed", "close it with }}"),
        (
            "{{{ person.email }}}",
            "{{{",
            "three opening braces",
            "a hole has two braces on each side",
        ),
        (
            "{{ person.external_id }}",
            "external_id",
            "external_id is called user_id",
            "write person.user_id",
        ),
        (
            "{{ person.custom_attributes.tier }}",
            "custom_attributes",
            "custom attributes are called attributes",
            "write person.attributes.tier",
        ),
        (
            "{{ person.emial }}",
            "emial",
            "a person has no field emial",
            'did you mean "email"? (a custom attribute is person.attributes.emial)',
        ),
        (
            "{{ person.attributes.Shop ID }}",
            "Shop ID",
            "a name of this form needs quotes",
            'write person.attributes["Shop ID"]',
        ),
        (
            "{{ person.attributes[Shop ID] }}",
            "Shop ID",
            "a name in brackets needs quotes",
            'write person.attributes["Shop ID"]',
        ),
        (
            '{{ person.attributes[""] }}',
            '""',
            "the name of the attribute is empty",
            'write for example person.attributes["Shop ID"]',
        ),
        (
            r'{{ person.attributes["\n"] }}',
            r'"\n"',
            "the quoted name has an unknown escape",
            "only the quote and the backslash are escaped, by a backslash",
        ),
        (
            '{{ person.attributes["a }}',
            '["a',
            "the brackets do not hold one quoted name",
            'write for example person.attributes["Shop ID"]',
        ),
        (
            "{{ person.attributes }}",
            "person.attributes",
            "the name of the attribute is missing",
            "write for example person.attributes.tier",
        ),
        (
            "{{ person.attributes.a.b }}",
            ".b",
            "an attribute holds one plain value",
            'end it here; a name with dots is quoted: person.attributes["a.b"]',
        ),
        ("{{ person.email.x }}", ".x", "a field holds one plain value", "end it here"),
        ("{{ inputs.a.b }}", ".b", "an input holds one plain value", "end it here"),
        (
            "{{ person }}",
            "person",
            "the field of the person is missing",
            "write for example person.email",
        ),
        (
            "{{ inputs. }}",
            "inputs",
            "the name of the input is missing",
            "write for example inputs.order_id",
        ),
        (
            "{{ person['email'] }}",
            "['email']",
            "brackets are for custom attributes alone",
            "write a dot and the name, such as person.email",
        ),
        (
            "{{ inputs.order-id }}",
            "order-id",
            "this is no name of an input",
            "letters, digits and underscores, beginning with no digit",
        ),
        (
            "{{ email }}",
            "email",
            "a reference begins with person or inputs",
            "write person.email",
        ),
        (
            "{{order_id}}",
            "order_id",
            "a reference begins with person or inputs",
            "write inputs.order_id or person.attributes.order_id",
        ),
        (
            "{{ input.order_id }}",
            "input",
            "input is not known here: a reference begins with person or inputs",
            'did you mean "inputs"?',
        ),
        (
            "{{\u00a0person.email }}",
            "\u00a0person.email",
            "this is no reference",
            "write one name after person or inputs, such as person.email",
        ),
    ],
)
def test_every_mistake_has_its_own_message(text: str, here: str, message: str, hint: str) -> None:
    """What is wrong, exactly where, and what to write instead."""
    error = refusal(text)
    assert (message, hint, here) == (error.message, error.hint, text[error.start : error.end])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the reference is empty"),
        ("{{ person.email }}", "braces do not belong here: this place takes a bare reference"),
        (" person.email", "this is no reference"),
        ("person.email\n", "this is no reference"),
    ],
)
def test_a_bare_reference_has_no_braces_or_spaces(text: str, message: str) -> None:
    """If a reference is expected, braces and spaces are refused."""
    with pytest.raises(TemplateError) as caught:
        parse_reference(text)
    assert message == caught.value.message


def test_the_size_of_a_template_is_limited() -> None:
    """65,536 characters and 100 references; the error points at the first one too many."""
    hole, filler = "{{ person.id }}", "x" * 65_536
    assert (filler,) == parse_template(filler).template.parts
    assert len(filler) == refusal(filler + "x").start
    first_too_many = 100 * len(hole) + len("{{ ")
    assert (PersonField("id"),) * 100 == parse_template(hole * 100).template.parts
    assert first_too_many == refusal(hole * 101).start


@pytest.mark.parametrize(
    "piece", ["{{", "{{ ", '{{ "', "{{ '\"", '{{ "\\', "{{ a", "{{ (", "{{ |", "{{ person.", "{{ ."]
)
@pytest.mark.parametrize("filler", ["a", " ", '"', "'\"", '\\"', ".", "(", "}", "person."])
def test_hostile_texts_are_refused_quickly(piece: str, filler: str) -> None:
    """A text of full length, closed or not, does not slow down the error message."""
    begun = time.process_time()
    text = piece + filler * (65_000 // len(filler))
    for hostile in (text, text + " }}", text + '"] }}'):
        with pytest.raises(TemplateError):
            parse_template(hostile)
    assert time.process_time() - begun < 1
