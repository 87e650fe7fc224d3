"""The frame of the review page: its policy, its style and its script.

Laws: the file loads nothing; the only script and the only style are ours, by their hashes in the
policy, and the script cannot turn a text into markup (trusted types); every text from outside is
escaped. Without the script everything is still there to read, as far as a count says.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.resources import files
from typing import Final

from cactions import __version__
from cactions.render.page.text import escape_html

_PRIVATE: Final = (
    "This file is complete in itself and loads nothing from a network. Pass it on as you would"
    " pass on the data in it."
)


def write_page(title: str, header: Iterable[str], main: Iterable[str]) -> Iterator[str]:
    """The page, piece by piece; ``title`` is text, the other two are HTML, in whole lines."""
    style, script = (_read(name) for name in ("page.css", "page.js"))
    yield _write_head(title, style, script)
    yield '<body>\n<a class="skip" href="#main">Skip to the content</a>\n'
    yield f"<header>\n<h1>{escape_html(title)}</h1>\n"
    yield from header
    yield '</header>\n<main id="main">\n'
    yield from main
    yield "</main>\n"
    yield f"<footer>\n<p>{_PRIVATE}</p>\n<p>Made by cactions {escape_html(__version__)}.</p>\n"
    yield f"</footer>\n<script>{script}</script>\n</body>\n</html>\n"


def write_section(name: str, heading: str, parts: Iterable[str]) -> Iterator[str]:
    """A part of the page with its heading, which names it; ``name`` is its id."""
    yield f'<section id="{name}" aria-labelledby="{name}-title">\n'
    yield f'<h2 id="{name}-title">{heading}</h2>\n'
    yield from parts
    yield "</section>\n"


def write_select(label: str, name: str, options: Iterable[tuple[str, str]]) -> str:
    """A list to choose from, or everything."""
    items = "".join(
        f'<option value="{escape_html(value)}">{escape_html(text)}</option>'
        for value, text in options
    )
    everything = '<option value="">all</option>'
    return f'<label>{label} <select name="{name}">{everything}{items}</select></label>\n'


def write_search(label: str, name: str) -> str:
    """A field for words that are looked for."""
    field = f'<input type="search" name="{name}" autocomplete="off">'
    return f"<label>{label} {field}</label>\n"


def _read(name: str) -> str:
    return files("cactions.render.page").joinpath(name).read_text(encoding="utf-8")


def _write_head(title: str, style: str, script: str) -> str:
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (style, script)]
    policy = (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}';"
        " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script';"
        " trusted-types 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"<title>{escape_html(title)}</title>\n<style>{style}</style>\n</head>\n"
    )
