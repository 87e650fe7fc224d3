"""A noun behaves like the frozen dataclass that it is faster than."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from typing import Any

import pytest

from cactions.model import frozen


@frozen
class Shelf:
    """A noun with every kind of field."""

    name: str
    wide: bool = False
    tags: Mapping[str, int] = field(default_factory=dict)
    secret: str = field(default="s3cret", repr=False)

    def __str__(self) -> str:
        return f"shelf {self.name}"


@frozen
class One:
    """A noun with one field, of the same content as a Other."""

    value: object


@frozen
class Other:
    """A noun with one field, of the same content as a One."""

    value: object


@frozen
class Nothing:
    """A noun without fields."""


@dataclass(frozen=True, slots=True)
class Model:
    """What Shelf would be by the standard library alone."""

    name: str
    wide: bool = False
    tags: Mapping[str, int] = field(default_factory=dict)
    secret: str = field(default="s3cret", repr=False)


CALLS: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...] = (
    (("a",), {}),
    (("a", True, {"x": 1}, "y"), {}),
    (("a",), {"tags": {"x": 1}, "wide": True}),
    ((), {"name": "a"}),
)


@pytest.mark.parametrize(("given", "named"), CALLS)
def test_it_is_made_and_shown_as_a_dataclass_is(
    given: tuple[Any, ...], named: dict[str, Any]
) -> None:
    """Same parameters, same defaults, same repr without what is kept out of it."""
    ours, theirs = Shelf(*given, **named), Model(*given, **named)
    assert [getattr(theirs, one.name) for one in fields(theirs)] == [
        getattr(ours, one.name) for one in fields(ours)
    ]
    assert repr(theirs).replace("Model", "Shelf") == repr(ours)


@pytest.mark.parametrize(
    ("given", "named"), [((), {}), (("a", 1, 2, 3, 4), {}), (("a",), {"b": 1})]
)
def test_what_does_not_fit_is_a_type_error(given: tuple[Any, ...], named: dict[str, Any]) -> None:
    """As for any function."""
    with pytest.raises(TypeError):
        Shelf(*given, **named)


def test_each_noun_gets_its_own_default() -> None:
    """Two nouns never share a dict that neither was given."""
    assert Shelf("a").tags is not Shelf("b").tags


def test_it_is_set_once_and_for_all() -> None:
    """Nothing can be changed, added or taken away."""
    shelf = Shelf("a")
    for change in (
        lambda: setattr(shelf, "name", "b"),
        lambda: setattr(shelf, "colour", "red"),
        lambda: delattr(shelf, "name"),
    ):
        with pytest.raises(FrozenInstanceError):
            change()
    assert not hasattr(shelf, "__dict__")
    assert Shelf("a") == shelf


def test_it_is_compared_by_content_with_its_own_kind_only() -> None:
    """A field of a person and an input of the same name are two things."""
    assert Shelf("a", tags={"x": 1}) == Shelf("a", tags={"x": 1})
    assert Shelf("a") != Shelf("b")
    assert One("a") != Other("a")
    assert One("a") != ("a",)
    assert Nothing() == Nothing()


def test_equal_nouns_hash_alike() -> None:
    """They are keys and members of sets, unless a part of them cannot be."""
    assert {One("a"): 1, Nothing(): 2} == {One("a"): 1, Nothing(): 2}
    assert 2 == len({One("a"), One("a"), One("b")})
    with pytest.raises(TypeError):
        hash(Shelf("a"))


@pytest.mark.parametrize("noun_", [Shelf("a", tags={"x": 1}), One((1, 2)), Nothing()], ids=repr)
def test_it_is_the_same_after_a_journey(noun_: object) -> None:
    """Through pickle, to other processes, and through both kinds of copy."""
    assert noun_ == pickle.loads(pickle.dumps(noun_))
    assert noun_ == copy.copy(noun_) == copy.deepcopy(noun_)


def test_the_tools_for_dataclasses_work() -> None:
    """``replace``, ``fields``, ``match`` and a ``__str__`` of its own."""
    shelf = Shelf("a", wide=True)
    assert is_dataclass(shelf)
    assert Shelf("b", wide=True) == replace(shelf, name="b")
    assert ("name", "wide", "tags", "secret") == tuple(one.name for one in fields(shelf))
    assert "shelf a" == str(shelf)
    match shelf:
        case Shelf(name, wide):
            assert ("a", True) == (name, wide)
