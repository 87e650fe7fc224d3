"""All names have one grammar, and the suggestion for an invalid name is a valid name."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cactions.logic.name_grammar import NAME, SECRET_NAME, NameGrammar, describe_refusal
from cactions.logic.vault.line_parser import NAME as OF_THE_FORMAT

FORMS = {"a name": NAME, "a secret": SECRET_NAME}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../../out", "-x", "--", "a b", "a/b", "a\\b", "a\0b", "a\nb", "a\n", "é",
     "Ünï", "a..b", "._x", "😀", "x" * 200, ".-_.-_", "@x"],
)  # fmt: skip
def test_an_invalid_name_is_refused_with_a_suggestion(form: NameGrammar, name: str) -> None:
    """The suggestion can be pasted unchanged."""
    assert not form.fits(name)
    assert form.fits(form.propose(name))
    assert f'write "{form.propose(name)}"' in describe_refusal(name, form)[1]


@settings(deadline=None)
@given(st.text(st.sampled_from("ab1_-.@ /\\\0\n~é😀"), max_size=20) | st.text(max_size=200))
def test_the_suggestion_for_any_text_is_a_valid_name(name: str) -> None:
    """And a valid name is never a path, an option, or hidden."""
    for form in FORMS.values():
        assert form.fits(form.propose(name))
        if form.fits(name):
            assert re.fullmatch(r"[^/\\\0\n]+", name)
            assert not name.startswith((".", "-"))
            assert ".." not in name


def test_every_valid_secret_name_fits_the_vault_format() -> None:
    """So that every secret that can be named can be sealed."""
    for name in ("a", "_", "0", "x.y", "a@b", "x" * 128):
        assert SECRET_NAME.fits(name)
        assert OF_THE_FORMAT.fullmatch(name)
