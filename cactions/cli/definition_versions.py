"""The versions of a published definition, as commands name them."""

from __future__ import annotations

from pathlib import Path

from cactions.app.vault.definitions import list_live, list_versions
from cactions.app.vault.open_vault import open_vault
from cactions.cli.published import open_definitions_vault
from cactions.logic.shell import join_command
from cactions.logic.suggest import suggest
from cactions.model import CactionsError, PublishedDefinition, UsageError


def list_earlier_versions(found: list[PublishedDefinition]) -> list[PublishedDefinition]:
    """The versions before the live one that say something else; a second rollback goes on back."""
    live = found[0]
    before = live.restored or live.version
    return [each for each in found if each.version < before and each.digest != live.digest]


def read_published_versions(
    folder: Path, action: str, environment: str | None
) -> list[PublishedDefinition]:
    """The versions of an action, the newest first; without an environment, in its only one.

    Raises UsageError where there is none, or no only one.
    """
    vault = open_vault(open_definitions_vault(folder))
    live = [*list_live(vault)]
    places = [each.environment for each in live if each.action == action]
    if environment is None and len(places) > 1:
        raise UsageError(
            f'"{action}" is published in several environments',
            hint=f"Name one: --env {places[-1]}.",
        )
    if places and environment not in (None, *places):
        raise UsageError(
            f'"{action}" is not published in the environment "{environment}"',
            hint=f"It is in: {', '.join(place or '(none)' for place in places)}.",
        )
    if not places:
        names = [each.action for each in live if each.action != action]
        raise build_unpublished_error(action, suggest(action, names) if names else "")
    return [*list_versions(vault, action, environment if environment is not None else places[0])]


def choose_version(
    found: list[PublishedDefinition], action: str, version: int | None
) -> PublishedDefinition:
    chosen = [each for each in found if version in (None, each.version)]
    if not chosen:
        wanted = f"a version {version}" if version else "an earlier version"
        known = ", ".join(str(each.version) for each in found)
        show = join_command(("live", "show"), action)
        raise UsageError(
            f'"{action}" has not {wanted}',
            hint=f"There is: {known}." if known else f"`{show}` lists what there is.",
        )
    return chosen[0]


def build_unpublished_error(action: str, near: str = "") -> CactionsError:
    publish = join_command(("publish",), action)
    return UsageError(f'"{action}" is not published', hint=near or f"Publish it: `{publish}`.")
