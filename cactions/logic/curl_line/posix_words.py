"""Words of a line for bash, zsh or sh: quotes, ``$'…'``, continued lines, variables.

A variable becomes a mark with its name. What would run a second command, read a file or depend on
the machine is refused.
"""

from __future__ import annotations

import re
from typing import Final

from cactions.logic.curl_line.words import PastedLineError, Word, mark_variable, refuse_typographic

_BLANK: Final = " \t"
_OPERATORS: Final = "|&;<>()"
_VARIABLE: Final = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")
_CONTINUED: Final = re.compile(r"\\\n")
_PADDED: Final = re.compile(r"\\[ \t]+\n")
_BRACES: Final = re.compile(r"\{[^{}]*(?:,|\.\.)[^{}]*\}")
_NAMED: Final = {
    "a": 7, "b": 8, "e": 27, "E": 27, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92,
    "'": 39, '"': 34, "?": 63,
}  # fmt: skip
_NUMBER: Final = re.compile(
    r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))"
)
_LAST_CODE: Final = 0x10FFFF


def split_posix_words(text: str) -> list[Word]:
    """The words of the one command. Raises PastedLineError."""
    return _PosixReader(text).read()


class _PosixReader:
    """One pass over the text; ``at`` is the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.words: list[Word] = []
        self.parts: list[str] = []
        self.bare = ""
        self.start = -1

    def read(self) -> list[Word]:
        while self.at < len(self.text):
            self._step()
        self._end_word()
        return self.words

    def _step(self) -> None:
        sign = self.text[self.at]
        if found := _CONTINUED.match(self.text, self.at):
            self.at = found.end()
        elif sign in _BLANK:
            self._end_word()
            self.at += 1
        elif sign == "\n":
            self._end_word()
            self._end_command()
        elif sign == "#" and self.start < 0:
            end = self.text.find("\n", self.at)
            self.at = end if end >= 0 else len(self.text)
        elif sign in _OPERATORS:
            self._refuse_operator(sign)
        else:
            self.start = self.at if self.start < 0 else self.start
            self._take(sign)

    def _take(self, sign: str) -> None:
        """A part of a word."""
        refuse_typographic(self.text, self.at)
        if sign == "'":
            self._take_single()
        elif sign == '"':
            self._take_double()
        elif self.text.startswith("$'", self.at):
            self._take_ansi()
        elif sign == "$":
            self._take_dollar()
        elif sign == "`":
            self._refuse_substitution()
        elif sign == "\\":
            self._take_escape()
        elif sign == "~" and self.start == self.at:
            raise PastedLineError(
                "~ stands for a folder of one machine", "Put it in quotes.", self.at
            )
        else:
            self.bare += sign
            self.parts.append(sign)
            self.at += 1

    def _take_escape(self) -> None:
        if found := _PADDED.match(self.text, self.at):
            hint = "Remove the blanks behind the backslash, so that the line goes on."
            raise PastedLineError("blanks stand behind the backslash", hint, found.start())
        if self.at + 1 >= len(self.text):
            raise PastedLineError("the line ends with a backslash", "Copy the whole line.", self.at)
        self.parts.append(self.text[self.at + 1])
        self.at += 2

    def _take_single(self) -> None:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            self._refuse_open("'")
        self.parts.append(self.text[self.at + 1 : end])
        self.at = end + 1

    def _take_double(self) -> None:
        begin = self.at
        self.at += 1
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign == '"':
                self.at += 1
                return
            if sign == "$":
                self._take_dollar()
            elif sign == "`":
                self._refuse_substitution()
            elif sign == "\\" and self.text[self.at + 1 : self.at + 2] in ("$", "`", '"', "\\"):
                self.parts.append(self.text[self.at + 1])
                self.at += 2
            elif found := _CONTINUED.match(self.text, self.at):
                self.at = found.end()
            else:
                self.parts.append(sign)
                self.at += 1
        self.at = begin
        self._refuse_open('"')

    def _take_dollar(self) -> None:
        if found := _VARIABLE.match(self.text, self.at):
            self.parts.append(mark_variable(found[1] or found[2]))
            self.at = found.end()
            return
        following = self.text[self.at + 1 : self.at + 2]
        if following == "(":
            self._refuse_substitution()
        if following and (following in '{?!*@#-"' or following.isdigit()) and following != '"':
            hint = "Write its value, or a plain variable such as $CUSTOMER_ID."
            raise PastedLineError("the shell puts a value in here that is not known", hint, self.at)
        self.parts.append("$")
        self.at += 1

    def _take_ansi(self) -> None:
        """``$'…'`` with its escapes, which may be bytes of UTF-8."""
        begin = self.at
        data = bytearray()
        self.at += 2
        while self.at < len(self.text) and self.text[self.at] != "'":
            sign = self.text[self.at]
            if sign == "\\":
                data += self._read_escape()
            else:
                data += sign.encode()
                self.at += 1
        if self.at >= len(self.text):
            self.at = begin
            self._refuse_open("'")
        self.at += 1
        try:
            self.parts.append(data.decode())
        except UnicodeDecodeError:
            hint = "Only texts can be sent."
            raise PastedLineError("these escapes make no UTF-8 text", hint, begin) from None
        if "\0" in self.parts[-1]:
            raise PastedLineError("an argument holds no NUL", "Only texts can be sent.", begin)

    def _read_escape(self) -> bytes:
        if found := _NUMBER.match(self.text, self.at):
            self.at = found.end()
            octal, hexed, short, long = found.groups()
            if octal or hexed:
                return bytes([int(octal, 8) & 0xFF if octal else int(hexed, 16)])
            code = int(short or long, 16)
            if code > _LAST_CODE or 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - surrogates
                hint = "Only texts can be sent."
                raise PastedLineError("this escape is no character", hint, found.start())
            return chr(code).encode()
        following = self.text[self.at + 1 : self.at + 2]
        if following == "c":
            hint = "Only texts can be sent."
            raise PastedLineError("this escape is a control character", hint, self.at)
        self.at += 2
        if following in _NAMED:
            return bytes([_NAMED[following]])
        return b"\\" + following.encode()

    def _end_word(self) -> None:
        if self.start < 0:
            return
        if _BRACES.search(self.bare):
            hint = "Put the word in single quotes."
            raise PastedLineError("braces outside quotes are several words", hint, self.start)
        self.words.append(Word("".join(self.parts), self.start))
        self.parts, self.bare, self.start = [], "", -1

    def _end_command(self) -> None:
        """Only blanks and comments may follow the end of a command."""
        rest = re.compile(r"(?:[ \t\n]|#[^\n]*)*").match(self.text, self.at)
        self.at = rest.end() if rest else self.at
        if self.words and self.at < len(self.text):
            hint = "Paste one command; a line that goes on ends with a backslash."
            raise PastedLineError("a second command begins here", hint, self.at)

    def _refuse_operator(self, sign: str) -> None:
        what = {
            "|": "what the answer goes into does not belong to the request",
            ">": "what the answer goes into does not belong to the request",
            "<": "the body of the request would come from a file",
        }.get(sign, "a second command would begin here")
        hint = "Leave it out, or put it in quotes where it belongs to the URL or a value."
        raise PastedLineError(what, hint, self.at)

    def _refuse_substitution(self) -> None:
        hint = "Write the value, or a plain variable such as $CUSTOMER_ID."
        raise PastedLineError("the output of a command is not known", hint, self.at)

    def _refuse_open(self, quote: str) -> None:
        raise PastedLineError(f"the quote {quote} is never closed", "Copy the whole line.", self.at)
