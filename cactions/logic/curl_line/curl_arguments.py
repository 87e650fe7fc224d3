"""What the words of a curl command say of its request, before anything is put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct, field

from cactions.logic.curl_line import curl_options as options
from cactions.logic.curl_line.words import PastedLineError, Word
from cactions.logic.suggest import suggest

_DATA: Final = ("data", "data-ascii", "data-raw", "data-binary", "data-urlencode", "json")
_READS_FILE: Final = ("data", "data-ascii", "data-binary", "json", "header")
_LEAVE_OUT: Final = "Leave it out where the request stays the same."
_ONCE: Final = ("request", "user", "user-agent", "referer", "oauth2-bearer")


class CurlArgument(Struct, frozen=True):
    """An option with its value; ``start`` is where the value begins."""

    name: str
    text: str
    start: int


class _Option(Struct, frozen=True):
    """An option as it was ``shown``; ``attached`` is a value in the same word."""

    name: str
    shown: str
    attached: str
    start: int


class CurlArguments(Struct):
    """The URL, and the options in their order. ``command`` is where the command begins."""

    urls: list[CurlArgument] = field(default_factory=list)
    texts: list[CurlArgument] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    command: int = 0

    def find(self, *names: str) -> list[CurlArgument]:
        """The options of these names."""
        return [each for each in self.texts if each.name in names]

    def get(self, name: str) -> CurlArgument | None:
        """The last option of this name, which is the one that counts."""
        found = self.find(name)
        return found[-1] if found else None

    @property
    def data(self) -> list[CurlArgument]:
        """What the body is made of."""
        return self.find(*_DATA)


def read_arguments(words: Sequence[Word]) -> CurlArguments:
    """The arguments of the words behind ``curl``. Raises PastedLineError."""
    found = CurlArguments(command=words[0].start)
    rest = list(words[1:][::-1])
    only_urls = False
    while rest:
        word = rest.pop()
        if only_urls or not word.text.startswith("-") or word.text == "-":
            found.urls.append(CurlArgument("url", word.text, word.start))
        elif word.text == "--":
            only_urls = True
        elif word.text.startswith("--"):
            _add_long(word, rest, found)
        else:
            _add_short(word, rest, found)
    found.urls += found.find("url")
    for name in _ONCE:
        if len({each.text for each in found.find(name)}) > 1:
            raise PastedLineError(f"--{name} stands twice", "Keep one.", found.find(name)[1].start)
    return found


def _add_long(word: Word, rest: list[Word], found: CurlArguments) -> None:
    name = word.text[2:]
    if name not in options.ALL and name.removeprefix("no-") not in options.NO_MATTER:
        bare, mark, _ = name.partition("=")
        if mark and bare in options.ALL:
            hint = f"Write --{bare} and the value as two words."
            raise PastedLineError(f"curl takes no value behind --{bare}=", hint, word.start)
        hint = suggest(bare, options.ALL) if len(bare) > 1 else ""
        known = hint.startswith("did you mean")
        raise PastedLineError(
            "this option is not known here",
            f"{hint[:1].upper()}{hint[1:]}" if known else _LEAVE_OUT,
            word.start,
        )
    _add(_Option(name, f"--{name}", "", word.start), rest, found)


def _add_short(word: Word, rest: list[Word], found: CurlArguments) -> None:
    """One option, or several in one word; the last one may have its value in it."""
    letters = word.text[1:]
    for number, letter in enumerate(letters):
        name = options.SHORT.get(letter)
        if name is None:
            raise PastedLineError("this option is not known here", _LEAVE_OUT, word.start)
        takes_value = options.has_value(name)
        attached = letters[number + 1 :] if takes_value else ""
        _add(_Option(name, f"-{letter}", attached, word.start), rest, found)
        if takes_value:
            return


def _add(option: _Option, rest: list[Word], found: CurlArguments) -> None:
    name, shown = option.name, option.shown
    if name in options.REFUSED:
        hint = "See `cactions help file-format` for what a request can have."
        raise PastedLineError(f"{shown}: {options.REFUSED[name]}", hint, option.start)
    if not options.has_value(name):
        found.flags.add(name)
        return
    if not option.attached and not rest:
        raise PastedLineError(f"{shown} has no value", "Copy the whole line.", option.start)
    value = Word(option.attached, option.start + 2) if option.attached else rest.pop()
    if name in options.NO_MATTER_TEXT:
        return
    if name in _READS_FILE and value.text.startswith("@"):
        hint = "Put what the file holds into the line."
        raise PastedLineError(f"{shown} reads a file, which is not known", hint, value.start)
    found.texts.append(CurlArgument(name, value.text, value.start))
