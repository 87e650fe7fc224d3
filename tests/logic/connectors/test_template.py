"""Variables of data connectors, in both directions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.connectors.template import (
    format_template,
    name_inputs,
    parse_template,
)
from cactions.logic.expressions.template import parse_template as parse_ours
from cactions.model import CONTACT_FIELDS, Input, PersonAttribute, PersonField, Template

INPUTS = name_inputs(["order_id", "order id", "1st"])
ATTRIBUTES = ["tier", "Shop ID", "shopify.id"]

SPELLINGS = [
    ("{{user.email}}", "{{ person.email }}"),
    ("{{ user.user_id }}", "{{ person.user_id }}"),
    ("{{user.external_id}}", "{{ person.user_id }}"),
    ("{{contact.id}}", "{{ person.id }}"),
    ("{{email}}", "{{ person.email }}"),
    ("{{customer.phone}}", "{{ person.phone }}"),
    ("{{user.custom_attributes.tier}}", "{{ person.attributes.tier }}"),
    ("{{person.attributes.tier}}", "{{ person.attributes.tier }}"),
    ("{{user.tier}}", "{{ person.attributes.tier }}"),
    ("{{tier}}", "{{ person.attributes.tier }}"),
    ("{{custom_attributes.Shop ID}}", '{{ person.attributes["Shop ID"] }}'),
    ('{{user.custom_attributes["Shop ID"]}}', '{{ person.attributes["Shop ID"] }}'),
    ("{{user.custom_attributes.shopify.id}}", '{{ person.attributes["shopify.id"] }}'),
    ("{{order_id}}", "{{ inputs.order_id }}"),
    ("{{ order id }}", "{{ inputs.order_id_2 }}"),
    ("{{1st}}", "{{ inputs._1st }}"),
    ("{{inputs.order_id}}", "{{ inputs.order_id }}"),
    ("{{{order_id}}}", "{{ inputs.order_id }}"),
    ('{"a":{"b":{{order_id}}}}', '{"a":{"b":{{ inputs.order_id }}}}'),
    ("a {{order_id}} b {{email}}", "a {{ inputs.order_id }} b {{ person.email }}"),
]


@pytest.mark.parametrize(("theirs", "ours"), SPELLINGS)
def test_known_variables_are_references(theirs: str, ours: str) -> None:
    """However they are spelled, and none of them is unknown."""
    found = parse_template(theirs, INPUTS, ATTRIBUTES)
    assert (ours, ()) == (str(found.template), found.unknown)


@pytest.mark.parametrize(
    ("theirs", "ours", "unknown"),
    [
        ("{{order.number}}", "{{ inputs.order_number }}", "order.number"),
        ("{{user.custom_attributes.gone}}", None, "user.custom_attributes.gone"),
        ("{{}}", "{{ inputs.value }}", ""),
        ("{{\n a\n b }}", "{{ inputs.a_b }}", "a b"),
        ("{{user.first_name}}", "{{ person.name }}", "user.first_name"),
        ("{% if x %}", "{% if x %}", "{%"),
    ],
)
def test_an_unknown_variable_is_an_input_and_is_reported(
    theirs: str, ours: str | None, unknown: str
) -> None:
    """Whoever fills it in may be the customer, so that the analysis believes the worst."""
    found = parse_template(theirs, INPUTS, ATTRIBUTES)
    assert (unknown,) == found.unknown
    assert ours is None or ours == str(found.template)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("a {{ b", "a { { b"), ("{{{{", "{ { { {"), ("}} {{", "}} { {"), ("{ {{order_id}} }}", None)],
)
def test_braces_that_are_no_variable_stay_as_text(theirs: str, ours: str | None) -> None:
    """A space between them keeps our grammar from reading a hole."""
    found = str(parse_template(theirs, INPUTS, ATTRIBUTES).template)
    assert ours is None or ours == found
    assert found == str(parse_ours(found).template)


def test_what_intercom_fills_in_is_told_apart() -> None:
    """The id of the conversation is no one's choice; a declared input of that name is one."""
    found = parse_template("{{conversation.id}}", {}, ())
    assert (("conversation_id",), ()) == (found.assigned, found.unknown)
    declared = parse_template("{{conversation_id}}", name_inputs(["conversation_id"]), ())
    assert () == declared.assigned


@pytest.mark.parametrize(
    "theirs",
    ["{{order_id | fallback: 'A 1'}}", '{{order_id|fallback:"A 1"}}',
     '{{order_id|fallback:\\"A 1\\"}}', "{{order_id|default:'A 1'}}"],
)  # fmt: skip
def test_a_fallback_is_told(theirs: str) -> None:
    """It is the value for everybody who has none."""
    found = parse_template(theirs, INPUTS, ATTRIBUTES)
    assert ((Input("order_id"), "A 1"),) == found.fallbacks


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
REFERENCES = st.one_of(
    st.sampled_from(sorted(CONTACT_FIELDS)).map(PersonField),
    st.sampled_from(ATTRIBUTES).map(PersonAttribute),
    st.sampled_from(["order_id", "other"]).map(Input),
)
LITERALS = st.text("abc /{}\n|'\"é", min_size=1).filter(
    lambda text: "{{" not in text and not text.endswith("{") and not text.startswith("}")
)


@given(st.lists(st.tuples(LITERALS, REFERENCES)), LITERALS)
def test_our_templates_come_back(pairs: list[tuple[str, object]], last: str) -> None:
    """Formatting and parsing give the same template."""
    template = Template((*(part for pair in pairs for part in pair), last))  # type: ignore[arg-type]
    back = parse_template(format_template(template), name_inputs(["order_id", "other"]), ATTRIBUTES)
    assert template == back.template


@given(st.text("{}ab|'\"%. \n\x00é\u2028", max_size=40))
def test_any_text_becomes_a_template_of_ours(text: str) -> None:
    """Reading never fails, and our own grammar takes what comes out."""
    found = parse_template(text, INPUTS, ATTRIBUTES)
    assert found.template == parse_ours(str(found.template)).template


def test_a_megabyte_of_braces_takes_no_time() -> None:
    """Each character is looked at a few times only."""
    for text in ("{" * 10**6, "{{" * 500_000 + "}}", "{{a}}" * 200_000, "{{ a }" * 160_000):
        parse_template(text, INPUTS, ATTRIBUTES)


@given(st.lists(st.text(max_size=12)))
def test_inputs_have_names_of_their_own(names: list[str]) -> None:
    """Unique names of our grammar, and those stay that fit."""
    found = name_inputs(names)
    assert len(set(names)) == len(set(found.values()))
    for name, ours in found.items():
        assert parse_ours(f"{{{{ inputs.{ours} }}}}").template.lone == Input(ours), name
