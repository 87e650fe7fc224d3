"""The user's settings in words: the file, what is set and by what, the variables."""

from __future__ import annotations

from collections.abc import Iterable

from cactions.model import ConfigEntry, ConfigReport, ConfigSource
from cactions.render.layout import render_table, wrap, wrap_paragraph
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, span

_COLUMNS = ("Setting", "Value", "Set by", "What it is")
_VARIABLES = ("Variable", "Value", "What it is")


def render_settings(found: ConfigReport) -> View:
    """The file, its settings, the variables, and the order of the sources of a key."""

    def draw(width: int) -> list[StyledLine]:
        state = "" if found.exists else ", which does not exist; every setting has its default"
        file = (Span("Your configuration: "), Span(str(found.path), Style.CODE), Span(state))
        key = (Span("The key of a vault comes from "), Span(found.key_source, Style.STRONG))
        order = f". Of these, the first that is there decides: {', '.join(found.key_order)}."
        return [
            *wrap_paragraph(file, width),
            BLANK,
            *render_table(_COLUMNS, [_render_setting(each) for each in found.settings], width),
            BLANK,
            *render_table(_VARIABLES, _render_variables(found.variables), width),
            BLANK,
            *wrap((*key, Span(order)), width),
        ]

    return draw


def _render_setting(setting: ConfigEntry) -> tuple[StyledLine, ...]:
    where = "default"
    if setting.source is ConfigSource.FILE:
        where = f"line {setting.line}" if setting.line else "the file"
    return (
        span(setting.name, Style.STRONG),
        _render_value(setting),
        span(where) if setting.is_set else dim(where),
        span(setting.about),
    )


def _render_variables(variables: Iterable[ConfigEntry]) -> list[tuple[StyledLine, ...]]:
    return [
        (span(each.name, Style.STRONG), _render_value(each), span(each.about)) for each in variables
    ]


def _render_value(setting: ConfigEntry) -> StyledLine:
    if setting.value is None:
        return dim("not set")
    return span(setting.value) if setting.value else dim("set, and empty")
