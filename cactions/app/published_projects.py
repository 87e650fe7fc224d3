"""Projects out of sealed definitions: what runs where there are no action files."""

from __future__ import annotations

from msgspec.structs import replace

from cactions.app.vault.definitions import list_live
from cactions.app.vault.open_vault import VaultContext, open_vault
from cactions.logic.definition.digest import digest_definition
from cactions.logic.definition.file_text import load_definition
from cactions.model import Action, DefinitionError, Project, PublishedDefinition, UsageError


def load_published_project(context: VaultContext, environment: str | None) -> Project | None:
    """The live definitions of a vault, as one project; None without any.

    Raises UsageError where they are of several environments, and none is named, VaultError.
    """
    found = [*list_live(open_vault(context))]
    environments = sorted({published.environment for published in found})
    if environment is None and len(environments) > 1:
        raise UsageError(
            "the vault holds definitions of several environments",
            hint=f"Name one: --env {environments[-1]}.",
        )
    chosen = [each for each in found if environment in (None, each.environment)]
    return _merge_projects([load_published_action(published)[1] for published in chosen])


def load_published_action(published: PublishedDefinition) -> tuple[Action, Project]:
    """The action of a sealed definition, and its project. Raises DefinitionError."""
    project = load_definition(published).project
    action = project.actions.get(published.action) if project else None
    if project is None or action is None or digest_definition(action, project) != published.digest:
        raise DefinitionError(
            f"{published.label} was published by cactions {published.tool}, and this version"
            " reads something else in it",
            hint="Use that version, or publish the action again.",
        )
    proof = action.response.same_person
    if proof:
        proof = replace(proof, strength=published.strength, basis=published.basis)
    action = replace(action, response=replace(action.response, same_person=proof))
    return action, replace(project, actions={action.name: action})


def _merge_projects(projects: list[Project]) -> Project | None:
    """All actions in the workspace of the last one; the ways to private addresses are joined."""
    if not projects:
        return None
    merged = projects[-1]
    for project in projects:
        merged = replace(
            merged,
            attributes={**project.attributes, **merged.attributes},
            actions={**merged.actions, **project.actions},
            tokens={**project.tokens, **merged.tokens},
            redacted=merged.redacted | project.redacted,
            allowed=tuple(dict.fromkeys([*merged.allowed, *project.allowed])),
        )
    return merged
