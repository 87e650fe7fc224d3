"""A secret is shown as dots in every form, or raises a TypeError; only ``reveal`` returns it."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import pprint
import string
import traceback
from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass, replace
from typing import Any

import pytest

from cactions.model.masked_text import MASK
from cactions.model.secret import Passphrase, Secret, VaultKey

CANARY = "canary-Zx91-value"
KEY = CANARY.ljust(32, "!").encode()

HIDDEN = [Secret("shop_token", CANARY), Passphrase("paper", CANARY), VaultKey("ada", KEY)]
hidden = pytest.mark.parametrize("secret", HIDDEN, ids=lambda one: type(one).__name__)


@dataclass(frozen=True)
class Holder:
    """A class with a secret in it."""

    secret: Any
    note: str = ""


def shapes(secret: Any) -> dict[str, Callable[[], object]]:
    """Every way to turn objects into texts, bytes and copies."""
    return {
        "str": secret.__str__,
        "repr": secret.__repr__,
        "ascii": lambda: ascii(secret),
        "f-string": lambda: f"{secret} {secret!r} {secret!s} {secret:>40} {secret!a:.3}",
        "format": lambda: "{} {0!r}".replace("{}", "{0}").format(secret),
        "format attribute": lambda: "{0.label} {0}".format(secret),  # noqa: UP032 (as users do)
        "percent": lambda: "%s %r" % (secret, secret),  # noqa: UP031 (as logging does)
        "percent d": lambda: "%d" % secret,  # noqa: UP031
        "template": lambda: string.Template("$a").substitute(a=secret),
        "join": lambda: "".join(secret),
        "plus": lambda: "token " + secret,
        "bytes": lambda: bytes(secret),
        "iteration": lambda: list(secret),
        "index": lambda: secret[0],
        "length": lambda: len(secret),
        "bool": lambda: f"{bool(secret)}",
        "vars": lambda: vars(secret),
        "dict": lambda: secret.__dict__,
        "slots": lambda: {
            name: getattr(secret, f"_Hidden{name}" if name.startswith("__") else name)
            for kind in type(secret).__mro__
            for name in getattr(kind, "__slots__", ())
            if name != "__weakref__"
        },
        "members": lambda: [m for m in inspect.getmembers(secret) if m[0] != "reveal"],
        "state": secret.__getstate__,
        "reduce": secret.__reduce__,
        "reduce ex": lambda: secret.__reduce_ex__(4),
        "copy": lambda: copy.copy(secret),
        "deep copy": lambda: copy.deepcopy(secret),
        "pickle": lambda: pickle.dumps(secret),
        "pickle 0": lambda: pickle.dumps([secret], protocol=0),
        "json": lambda: json.dumps(secret),
        "json in a list": lambda: json.dumps([secret]),
        "json as text": lambda: json.dumps([secret], default=str),
        "json as dict": lambda: json.dumps([secret], default=vars),
        "asdict": lambda: asdict(Holder(secret)),
        "astuple": lambda: astuple(Holder(secret)),
        "dataclass": lambda: repr(replace(Holder(secret), note="x")),
        "containers": lambda: repr([{secret: (secret,)}, {secret}]),
        "pprint": lambda: pprint.pformat({"a": Holder(secret)}),
        "error": lambda: str(ValueError(secret)) + repr(ValueError("x", secret)),
        "traceback": lambda: _traceback(secret),
        "hash": lambda: hash(secret),
        "compare": lambda: (secret == CANARY, secret != KEY),
    }


def _traceback(secret: Any) -> str:
    """With the local variables of each frame, as error reporters print them."""
    try:
        _fail(secret, holder=Holder(secret))
    except RuntimeError as error:
        whole = traceback.TracebackException.from_exception(error, capture_locals=True)
        return "".join(whole.format())
    raise AssertionError


def _fail(secret: Any, *, holder: Holder) -> None:
    raise RuntimeError(f"could not send {secret} of {holder}")


@hidden
@pytest.mark.parametrize("shape", sorted(shapes(None)))
def test_no_representation_of_a_secret_contains_it(secret: Any, shape: str) -> None:
    """Dots, or a TypeError (AttributeError if there are no attributes)."""
    try:
        made = shapes(secret)[shape]()
    except (TypeError, AttributeError) as error:
        made = error
    assert CANARY not in f"{made} {made!r}"
    assert CANARY.encode() not in (made if isinstance(made, bytes) else b"")


@hidden
def test_only_reveal_returns_the_secret(secret: Any) -> None:
    """For the sender, and for sealing."""
    assert secret.reveal() in {CANARY, KEY}
    assert MASK == str(secret) == f"{secret:>99}"
    assert f"{type(secret).__name__}({secret.label!r}, {MASK})" == repr(secret)


@hidden
@pytest.mark.parametrize("shape", ["copy", "deep copy", "pickle", "state", "reduce", "asdict"])
def test_a_secret_cannot_be_copied_or_serialized(secret: Any, shape: str) -> None:
    """Nor is it silently left out."""
    with pytest.raises(TypeError, match="never copied, written down or pickled"):
        shapes(secret)[shape]()


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_must_have_32_bytes(size: int) -> None:
    """Any other length is a programming error."""
    with pytest.raises(ValueError, match="a key has 32 bytes"):
        VaultKey("ada", bytes(size))
