"""``cactions runs resume``: a run that was cut off is finished."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

import typer
from msgspec.structs import replace

from cactions.app.apply import preview_resume, resume_run
from cactions.app.commit import check_unfinished
from cactions.app.ports import Journal
from cactions.cli import arguments, progress, prompts, wiring, workspace
from cactions.cli.bulk_checks import check_clustered
from cactions.cli.bulk_options import THREADS, Approve, BulkOptions, Clustered, Threads
from cactions.cli.bulk_wiring import WriteWatch
from cactions.cli.exit_codes import Exit, choose_most_severe
from cactions.cli.followed_work import show_long_work
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.open_project import open_project
from cactions.cli.options import Draft, Environment, Files, Json, RunId, Unsealed, Wait, Yes
from cactions.cli.planning_ends import explain_interrupt
from cactions.cli.published import require_published
from cactions.cli.shown_runs import redact_run
from cactions.logic import documents
from cactions.logic.shell import join_command
from cactions.logic.workspace_name import describe_workspace
from cactions.model import Run, RunHead, RunKind, RunPhase, UsageError
from cactions.render.bulk import render_bulk_outcome
from cactions.render.messages import count_noun
from cactions.render.resume import render_resume_preview, render_resumed

MANY: Final = 20
"""Of more people, a run is shown as a whole."""


@network_options
def resume_(
    options: LiveOptions,
    run: RunId,
    yes: Yes = False,
    files: Files = None,
    environment: Environment = None,
    unsealed: Unsealed = False,
    approve: Approve = "",
    threads: Threads = THREADS,
    draft: Draft = False,
    wait: Wait = 0,
    cluster: Clustered = False,
    json: Json = False,
) -> None:
    """Finish a run that was cut off: look at each person, and write what was not written.

    A run of many people that waits for an answer is carried out. A write request whose answer was
    lost is made again only with its `idempotency` key. Exit code 1 if a person was changed since
    then (they are left alone), 4 if the outcome of a call is unknown.

    Example: cactions runs resume last
    """
    prompts.require_terminal(yes, json)
    home = open_project(files, environment, options, leaks=False)
    home = replace(home, wait=wait, clustered=cluster)
    stores = replace(workspace.open_run_stores(home), unsealed=unsealed, threads=threads)
    cut_off = _cut_off(stores.journal, run)
    stores.check_run(cut_off)
    check_clustered(home, options, cut_off.head.action, many=True)
    check_unfinished(cut_off)
    if cut_off.phase is not RunPhase.RUNNING:
        from cactions.cli.bulk import continue_run  # noqa: PLC0415 - only many people are planned so

        home = open_project(files, environment, options)  # its proofs are a part of the plan
        home = replace(home, wait=wait, clustered=cluster)
        home = require_published(home, cut_off.head.action, draft=draft)
        stores = replace(stores, people=workspace.open_people(home))
        bulk = BulkOptions(threads=threads, approve=approve, clustered=cluster)
        raise typer.Exit(continue_run(home, options, bulk, stores, cut_off, yes=yes, json=json))
    if cluster:
        from cactions.cli.cluster_command import ClusterCommand  # noqa: PLC0415 - few runs need it

        command = ClusterCommand(home, options, BulkOptions(clustered=True), stores, json=json)
        raise typer.Exit(command.resume(cut_off, yes=yes))
    ahead = preview_resume(cut_off, stores, MANY)
    if not json:
        number = cut_off.counts.started + cut_off.counts.calling
        view = render_resume_preview(cut_off, ahead, number, stores.workspace)
        wiring.create_output().print(view)
    if not prompts.confirm(f"Resume it in the {describe_workspace(stores.workspace)}?", yes):
        wiring.create_output().info("Nothing was written.")
        return
    began = time.monotonic()
    with (
        explain_interrupt(cut_off.head),
        show_long_work("Writing", "people") as display,
    ):
        watch = WriteWatch(display)
        done = resume_run(cut_off, replace(stores, observers=(*stores.observers, watch)))
    progress.mark_stored()
    shown = done if done.people > MANY else redact_run(done, home.project.redacted)
    numbers = {entry.number for entry, _ in ahead}
    _report_resumed(shown, numbers, time.monotonic() - began, json=json)
    code = arguments.exit_code_of_run(done, cut_off)
    raise typer.Exit(choose_most_severe(code, _explain_rest(done.head, stores.journal)))


def _explain_rest(head: RunHead, journal: Journal) -> Exit:
    """An undo that was cut off knows only whom it had begun with: say what its run has left."""
    with suppress(UsageError):  # the run was deleted
        if head.kind is RunKind.UNDO and (left := journal.read(head.undoes).counts.standing):
            people = count_noun(left, "person", "people")
            undo = join_command(("runs", "undo"), head.undoes)
            wiring.create_output().info(f"{people} of the run may have what it wrote: `{undo}`.")
            return Exit.FINDINGS
    return Exit.CLEAN


def _report_resumed(done: Run, numbers: set[int], seconds: float, *, json: bool) -> None:
    if done.people > MANY:
        if json:
            wiring.write_json(documents.tally_to_json(done))
        else:
            wiring.create_output().print(render_bulk_outcome(done, seconds=seconds))
    elif json:
        wiring.write_json(documents.run_to_json(done, redact=True))
    else:
        settled = [entry for entry in done.entries if entry.number in numbers]
        wiring.create_output().print(render_resumed(done, settled))


def _cut_off(journal: Journal, run: str) -> Run:
    """The run of an id, of its beginning, or the newest that is cut off. Raises UsageError."""
    if run != "last":
        return journal.read(run)
    runs = journal.list_runs()
    newest = next((stored_run for stored_run in runs if not stored_run.finished), None)
    if newest is None:
        raise UsageError("no run was cut off", hint="`cactions runs list` shows what there is.")
    return newest
