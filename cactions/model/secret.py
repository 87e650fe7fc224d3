"""What must never be seen: a secret's value, a key, a passphrase; in every form they are dots.

- ``str``, ``repr`` and every format give dots. Pickle, copy, JSON and ``dataclasses.asdict`` raise
  TypeError, and no attribute holds the value, so that no dump of an object can carry it away.
- Only the sender calls ``reveal()``, or code that encrypts with the secret.
- Python cannot wipe memory: this stops accidents, not a debugger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Generic, NoReturn, TypeVar

from msgspec import Struct, field

from cactions.model.masked_text import MASK

KEY_BYTES: Final = 32

_Value = TypeVar("_Value", str, bytes)


class _Hidden(Generic[_Value]):
    """A value that is only given to those who ask for it by name."""

    __slots__ = ("__open", "label")

    def __init__(self, label: str, value: _Value) -> None:
        self.label: Final = label
        self.__open: Callable[[], _Value] = lambda: value

    def reveal(self) -> _Value:
        """The value itself, for the sender alone."""
        return self.__open()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.label!r}, {MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, _spec: str) -> str:
        return MASK

    def __bool__(self) -> bool:
        return True

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} is never copied, written down or pickled")

    __copy__ = __deepcopy__ = __getstate__ = __setstate__ = _refuse
    __reduce__ = __reduce_ex__ = _refuse


class Secret(_Hidden[str]):
    """One opened secret of the vault; ``label`` is its name."""

    __slots__ = ()


class SigningKey(_Hidden[str]):
    """A secret that signs on this machine; no request can be filled with one."""

    __slots__ = ()


class Passphrase(_Hidden[str]):
    """What a person types to open the vault; ``label`` is the recipient's name."""

    __slots__ = ()


class VaultKey(_Hidden[bytes]):
    """A recipient's key of 32 bytes; ``label`` is the recipient's name, empty if unknown."""

    __slots__ = ()

    def __init__(self, label: str, value: bytes) -> None:
        if len(value) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        super().__init__(label, value)


class Credentials(Struct, frozen=True):
    """What a request may be filled with: opened secrets, and held tokens, each by name."""

    secrets: Mapping[str, Secret] = field(default_factory=dict)
    tokens: Mapping[str, Secret] = field(default_factory=dict)
