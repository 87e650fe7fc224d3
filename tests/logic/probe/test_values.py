"""What becomes of a key in an attack: for any key, every kind, and never a key that is known."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.bulk.identifiers import is_email
from cactions.logic.probe.values import KEY_VARIANTS, list_values
from cactions.model import ABSENT, ProbeVariant, Scalar

KEYS = st.one_of(
    st.text(max_size=30), st.integers(), st.booleans(), st.floats(allow_nan=False), st.none(),
    st.just(""), st.from_regex(r"[a-z]{1,8}_?[0-9]{1,12}", fullmatch=True), st.emails(),
    st.uuids().map(str), st.integers(min_value=0).map(str),
)  # fmt: skip
EXAMPLES = ("cus_1234", "1234567", "ada@example.com", "3fa85f64-5717-4562-b3fc-2c963f66afa6")


@given(KEYS, KEYS)
def test_each_kind_has_its_values_and_none_is_the_attackers_own(
    wanted: Scalar, own: Scalar
) -> None:
    """Only the first kind has the victim's key itself; each value is there once."""
    found = list(list_values(wanted, own, Random(1)))
    assert [*KEY_VARIANTS] == [variant for variant, _ in found]
    for variant, values in found:
        assert len(values) == len(dict.fromkeys(values))
        assert not any(type(value) is type(own) and value == own for value in values)
        if variant is not ProbeVariant.VICTIM_KEY:
            assert wanted not in values
    if wanted in ("", None):
        assert not any(values for _, values in found)


@given(KEYS)
def test_a_value_is_of_the_type_of_the_key(wanted: Scalar) -> None:
    """A number stays one: an attribute of this type holds nothing else."""
    for _, values in list_values(wanted, ABSENT, Random(1)):
        assert all(type(value) is type(wanted) for value in values)


def test_what_no_record_can_have_is_none_of_the_same_kind() -> None:
    """A record for it is a finding, so that no one else may have this key."""
    for key in EXAMPLES:
        for variant, values in list_values(key, "own", Random(1)):
            if variant is ProbeVariant.PREFIX:
                texts = [*map(str, values)]
                assert not any(is_email(text) or len(text) >= len(key) for text in texts)
                assert not [text for text in texts if key == EXAMPLES[0] and text != "cus_"]


def test_a_key_comes_to_about_thirty_requests() -> None:
    """As the help says."""
    for key in EXAMPLES:
        number = sum(len(values) for _, values in list_values(key, "own", Random(1)))
        assert 25 <= number <= 38, (key, number)
