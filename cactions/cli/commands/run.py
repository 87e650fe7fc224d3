"""``cactions run``: the diff, a question, then the change."""

from __future__ import annotations

from typing import Final

import typer
from msgspec.structs import replace

from cactions.app.answer_recorder import AnswerRecorder
from cactions.app.apply import apply_to_people, resume_run
from cactions.app.propose import propose_plan
from cactions.app.write_calls import CallRecord
from cactions.cli import (
    arguments,
    journal_wiring,
    progress,
    prompts,
    recordings,
    wiring,
    workspace,
    write_calls,
)
from cactions.cli.bulk_checks import check_clustered
from cactions.cli.bulk_options import (
    THREADS,
    Approve,
    AtMostOnce,
    BulkOptions,
    Clustered,
    Everyone,
    Format,
    Fresh,
    PeopleFile,
    Report,
    SavedPlan,
    Threads,
    Where,
    build_where,
    refuse_for_one_person,
    require_one_source,
)
from cactions.cli.command_line import format_files
from cactions.cli.exit_codes import choose_most_severe
from cactions.cli.live_options import LiveOptions, answer_options
from cactions.cli.options import (
    Again,
    Draft,
    Environment,
    Files,
    Inputs,
    Json,
    OnePerson,
    ReviewPage,
    Wait,
    Yes,
)
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.published import check_published, open_runnable_project
from cactions.cli.shown_answers import explain_and_show
from cactions.logic import documents
from cactions.logic.shell import join_command
from cactions.logic.workspace_name import describe_workspace
from cactions.model import Plan, Receipt, Run, RunHead
from cactions.render.messages import count_noun, get_display_name
from cactions.render.preview import render_preview
from cactions.render.receipts import render_receipt

_UNSEALED: Final = (
    "Old values are kept in .cactions/, where only you can read them (mode 0600), but unsealed."
    " `cactions vault init` seals those of later runs."
)


@answer_options
def command(
    options: LiveOptions,
    action: arguments.ActionName,
    person: OnePerson = None,
    people: PeopleFile = None,
    everyone: Everyone = False,
    where: Where = None,
    plan: SavedPlan = None,
    inputs: Inputs = None,
    yes: Yes = False,
    form: Format = "",
    threads: Threads = THREADS,
    fresh: Fresh = False,
    approve: Approve = "",
    at_most_once: AtMostOnce = False,
    report: Report = None,
    html: ReviewPage = None,
    again: Again = False,
    draft: Draft = False,
    wait: Wait = 0,
    cluster: Clustered = False,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Show the diff, ask, then apply it. The old values are kept for `cactions runs undo`.

    With --people, --all or --where, many people are planned first and shown together.
    A write request needs your confirmation, and is sent once.

    At Intercom only what is published runs; --draft runs the files as they are, for test people.

    Example: cactions run loyalty --person u-1 --replay
    """
    require_one_source(person=person, people=people, all=everyone, where=where, plan=plan)
    refuse_for_one_person(person, report=report, html=html)
    prompts.require_terminal(yes, json)
    options.refuse_showing(json=json)
    project_folder = open_runnable_project(files, environment, options, action, draft=draft)
    project_folder = replace(project_folder, wait=wait, clustered=cluster)
    check_clustered(project_folder, options, action, many=person is None)
    if person is None:
        from cactions.cli.bulk import run_many  # noqa: PLC0415 - not needed for one person

        chosen = build_where(where, everyone)
        bulk = BulkOptions(
            people, form, threads, at_most_once, approve, report, chosen,
            fresh=fresh, page=html, clustered=cluster,
        )  # fmt: skip
        code = run_many(
            project_folder, options, bulk, action, inputs, plan=plan, yes=yes, json=json
        )
        raise typer.Exit(code)
    job = arguments.build_job(project_folder.project, action, person, inputs)
    changing_call = options.is_write_call(job.action)
    if changing_call and not write_calls.confirm_request(job, project_folder, yes):
        wiring.create_output().info("Nothing was sent and nothing was written.")
        return
    check_published(project_folder)
    job = workspace.prepare_job(project_folder, job, options)
    answered = AnswerRecorder(recordings.create_caller(project_folder, job.action, options))
    context = workspace.create_plan_context(project_folder, answered)
    head = write_calls.new_run_head(action, project_folder, context.caller.source)
    kept = journal_wiring.open_archive(project_folder)
    first = not (kept.seals or kept.begun)
    done = (
        write_calls.call(job, context, project_folder, head, again=again)
        if changing_call
        else CallRecord(propose_plan(job, context))
    )
    done = replace(done, result=explain_and_show(done.result, answered, options))
    receipt = _confirm_and_apply(done, head, project_folder, yes, json)
    if json:
        wiring.write_json(documents.outcome_to_json(done.result, receipt, head))
    elif receipt and isinstance(done.result, Plan):
        view = render_receipt(done.result, receipt, head, where=[*format_files(files)])
        wiring.create_output().print(view)
    if (receipt or done.run) and first:
        wiring.create_output().info(_UNSEALED)
    raise typer.Exit(
        choose_most_severe(
            arguments.exit_code_of_result(done.result), arguments.exit_code_of_receipts([receipt])
        )
    )


def _confirm_and_apply(
    done: CallRecord, head: RunHead, project_folder: ProjectFolder, yes: bool, json: bool
) -> Receipt | None:
    """Show the diff, ask, apply; None where nothing was to be applied."""
    result = done.result
    effective = isinstance(result, Plan) and bool(result.effective)
    if not json:
        wiring.create_output().print(
            render_preview(
                result, workspace=head.workspace, closing=_write_closing(done, effective)
            )
        )
    if not isinstance(result, Plan):
        return _get_receipt(done.run) if done.run else None
    if not (effective or done.run):
        return None
    if effective and not prompts.confirm(_build_question(result, head), yes):
        wiring.create_output().info(_explain_declined(done.run))
        return None
    stores = workspace.open_run_stores(project_folder)
    receipt: Receipt | None
    if done.run is None:
        [(_, receipt)] = apply_to_people(head, [result], stores)
    else:
        receipt = _get_receipt(resume_run(done.run, stores))
    progress.mark_stored()
    return receipt


def _get_receipt(done: Run) -> Receipt | None:
    """What became of the one person of a run."""
    [entry] = done.entries
    return entry.receipt


def _write_closing(done: CallRecord, effective: bool) -> str:
    """Said where no question follows."""
    if isinstance(done.result, Plan):
        return "" if effective else "Nothing was written."
    return write_calls.refuse_without_plan(done)


def _build_question(plan: Plan, head: RunHead) -> str:
    who = get_display_name(plan.subject.label or plan.subject.person_id)
    where = describe_workspace(head.workspace)
    return f"Apply {count_noun(len(plan.effective), 'change')} to {who} in the {where}?"


def _explain_declined(kept: Run | None) -> str:
    if kept is None:
        return "Nothing was written."
    return (
        f"Nothing was written. The call was made, and its answer is kept in run {kept.head.id}:"
        f" `{join_command(('runs', 'resume'), kept.head.id)}` applies it without another call."
    )
