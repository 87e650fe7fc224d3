"""The last steps of a publication: shown, agreed to, set live at Intercom, and sealed."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.connectors.publish import plan_connector, send_connector, set_live
from cactions.app.vault.definitions import check_size, hash_people, seal_definition
from cactions.app.vault.open_vault import OpenVault
from cactions.cli import output_scrubber, progress, prompts, wiring
from cactions.cli.exit_codes import Exit
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.published import open_definitions_vault
from cactions.cli.vault_secrets import open_masked_client
from cactions.logic import documents
from cactions.logic.connectors.push import PushOutcome, PushPlan
from cactions.logic.definition.compare import compare_definitions
from cactions.logic.workspace_name import describe_workspace
from cactions.model import Action, Gate, LiveConnector, PublishedDefinition
from cactions.render.connector_push import render_push_plans, render_push_results
from cactions.render.definitions import (
    render_changes,
    render_definition_text,
    render_differences,
    render_gates,
)


class Publication(Struct, frozen=True):
    """A definition on its way: ``action`` is what it says, ``seen`` the version live so far."""

    home: ProjectFolder
    action: Action
    definition: PublishedDefinition
    seen: PublishedDefinition | None
    people: Sequence[str] = ()
    json: bool = False

    @property
    def needs_connector(self) -> bool:
        """Whether a data connector belongs to it: at Intercom, unless that was left out."""
        waived = {waiver.gate for waiver in self.definition.evidence.waivers}
        return self.home.session is not None and Gate.CONNECTOR not in waived


def finish_publication(publication: Publication, *, yes: bool) -> Exit:
    """Show what changes, ask, set the connector live, seal the definition.

    FINDINGS where the connector cannot go live yet: nothing is sealed then.
    """
    check_size(publication.definition)
    plan = _plan_connector(publication)
    if not publication.json:
        _show(publication, plan)
    name = publication.action.name
    where = f"in the {describe_workspace(publication.definition.workspace)}"
    again = f"version {restored} of " if (restored := publication.definition.restored) else ""
    if not prompts.confirm(f"Make {again}{name} live {where}?", yes):
        wiring.create_output().info("Nothing was published.")
        return Exit.CLEAN
    connector = None
    if plan:
        connector, differences = _set_live(publication, plan)
        if connector is None:
            return _report_differences(publication, differences)
    sealed = _seal(publication, connector)
    if publication.json:
        wiring.write_json(documents.publication_to_json(sealed, workspace=sealed.workspace))
    else:
        wiring.create_output().info(f"{sealed.label} is live {where}, and sealed in the vault.")
    return Exit.CLEAN


def _plan_connector(publication: Publication) -> PushPlan | None:
    if not publication.needs_connector:
        return None
    api = open_masked_client(publication.home)
    known = output_scrubber.list_secrets()
    return plan_connector(api, publication.action, publication.home.project, known)


def _show(publication: Publication, plan: PushPlan | None) -> None:
    before, definition = publication.seen, publication.definition
    views = [render_gates(definition.evidence, ())]
    if before:
        changes = compare_definitions(before.text, definition.text)
        views.append(render_changes(changes, before, definition.action))
    else:
        views.append(render_definition_text(definition))
    if plan:
        place = definition.workspace
        views.append(render_push_plans([plan], [()], place, allow_live=False))
    wiring.create_output().print(*views)


def _set_live(
    publication: Publication, plan: PushPlan
) -> tuple[LiveConnector | None, tuple[str, ...]]:
    """The connector that is live now, or what keeps it from that."""
    api = open_masked_client(publication.home)
    project = publication.home.project
    upload = send_connector(api, plan, project)
    if upload.push.outcome is not PushOutcome.UNCHANGED:
        progress.mark_stored()
    if not publication.json:
        wiring.create_output().print(
            render_push_results([upload.push], publication.definition.workspace, goes_live=True)
        )
    if upload.differences:
        return None, upload.differences
    return set_live(api, upload, publication.action, project), ()


def _report_differences(publication: Publication, differences: tuple[str, ...]) -> Exit:
    if publication.json:
        place = publication.definition.workspace
        wiring.write_json(
            documents.publication_to_json(None, differences=differences, workspace=place)
        )
    else:
        view = render_differences(publication.definition, differences)
        wiring.create_output().print(view)
    return Exit.FINDINGS


def _seal(publication: Publication, connector: LiveConnector | None) -> PublishedDefinition:
    def build(vault: OpenVault) -> PublishedDefinition:
        definition = replace(publication.definition, connector=connector)
        tests = definition.evidence.tests
        if not (tests and publication.people):
            return definition
        hashed = replace(tests, people=hash_people(vault, publication.people))
        return replace(definition, evidence=replace(definition.evidence, tests=hashed))

    context = open_definitions_vault(publication.home.folder)
    with progress.atomic():
        written, sealed = seal_definition(context, build, publication.seen)
    for note in written.notes:
        wiring.create_output().info(f"Note: {note}.")
    return sealed
