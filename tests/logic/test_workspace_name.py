"""The words for a workspace: what Intercom tells is a name in quotes, and nothing else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.workspace_name import build_workspace_name, describe_short, describe_workspace
from cactions.model import INTERCOM, WorkspaceIdentity, WorkspaceName

TEXTS = st.text(st.characters(exclude_categories=()))
MOST = len('Intercom workspace "" ()') + 49 + 33
"""Cells: a name, an id, and the sign of a cut for each."""


@pytest.mark.parametrize(
    ("workspace", "words", "short"),
    [
        (WorkspaceName(), "local workspace (.cactions)", "local"),
        (
            WorkspaceName("intercom:abc12345", "Acme Support"),
            'Intercom workspace "Acme Support" (abc12345)',
            "abc12345",
        ),
        (WorkspaceName("intercom:abc12345"), "Intercom workspace abc12345", "abc12345"),
        (WorkspaceName(INTERCOM, "Acme"), 'Intercom workspace "Acme" (no id told)', "intercom"),
        (WorkspaceName(INTERCOM), "Intercom workspace (not asked which)", "intercom"),
        (
            WorkspaceName("intercom:a", 'Acme" (b)\nApplied\x1b[31m'),
            'Intercom workspace "Acme\' (b)\\nApplied\\x1b[31m" (a)',
            "a",
        ),
        (
            WorkspaceName("intercom:a", "山" * 40),
            f'Intercom workspace "{"山" * 24}…" (a)',
            "a",
        ),
    ],
)
def test_a_workspace_is_called_by_all_that_is_known(
    workspace: WorkspaceName, words: str, short: str
) -> None:
    """A name that is not known, as in older runs, is never guessed."""
    assert (words, short) == (describe_workspace(workspace), describe_short(workspace))


@given(TEXTS, TEXTS)
def test_any_name_stays_on_one_short_line_and_in_its_quotes(app_id: str, name: str) -> None:
    """Whatever Intercom calls it."""
    workspace = build_workspace_name(WorkspaceIdentity(app_id, name))
    words = describe_workspace(workspace)
    assert words.isprintable()
    assert words.startswith("Intercom workspace ")
    assert (2 if workspace.name else 0) == words.count('"')
    cells = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in words)
    assert cells <= MOST
    assert not workspace.is_local


@given(TEXTS)
def test_only_what_is_no_id_is_none(app_id: str) -> None:
    """Two workspaces are the same by their ids alone, whatever they are called now."""
    named, renamed = (build_workspace_name(WorkspaceIdentity(app_id, name)) for name in ("a", "b"))
    assert named.key == renamed.key
    assert bool(named.app_id) is bool(app_id.strip())
