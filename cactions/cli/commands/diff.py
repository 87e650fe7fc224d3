"""``cactions diff``: which attributes would change, before anything does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer
from msgspec.structs import replace

from cactions.app.answer_recorder import AnswerRecorder
from cactions.app.propose import Job, propose_plan
from cactions.cli import arguments, recordings, wiring, workspace
from cactions.cli.bulk_options import (
    THREADS,
    BulkOptions,
    Everyone,
    Format,
    Fresh,
    PeopleFile,
    PlanOut,
    Report,
    Threads,
    Where,
    build_where,
    refuse_for_one_person,
    require_one_source,
)
from cactions.cli.command_line import CommandLine, format_application, format_person
from cactions.cli.exit_codes import Exit, choose_most_severe
from cactions.cli.live_options import LiveOptions, answer_options
from cactions.cli.open_project import open_project
from cactions.cli.options import (
    Again,
    Environment,
    Files,
    Inputs,
    Json,
    OnePerson,
    ReviewPage,
    Wait,
)
from cactions.cli.output_files import write_text
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.reporters import render_svg, write_person_page
from cactions.cli.shown_answers import explain_and_show
from cactions.model import Plan, PlanFailure, UsageError, WorkspaceName
from cactions.render.preview import render_preview
from cactions.render.text import View

_PICTURE: Final = 100
"""Cells across a picture; its reader has no terminal to widen."""


@answer_options
def command(
    options: LiveOptions,
    action: arguments.ActionName,
    person: OnePerson = None,
    people: PeopleFile = None,
    everyone: Everyone = False,
    where: Where = None,
    out: PlanOut = None,
    inputs: Inputs = None,
    form: Format = "",
    threads: Threads = THREADS,
    fresh: Fresh = False,
    report: Report = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 5 when something would change.")
    ] = False,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write it as a picture, for a review.")
    ] = None,
    html: ReviewPage = None,
    again: Again = False,
    wait: Wait = 0,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Show which attributes of a person an action would add, overwrite, clear, keep or refuse.

    With --people, --all or --where, for many people together. Nothing is written.

    Exit code 1 when the action fails for a person or a value is refused.

    A write request is only sent with --live, and only once.

    Example: cactions diff loyalty --person u-1 --replay
    """
    require_one_source(person=person, people=people, all=everyone, where=where)
    refuse_for_one_person(person, out=out, report=report)
    options.refuse_showing(json=json)
    project_folder = replace(open_project(files, environment, options), wait=wait)
    if person is None:
        if svg:
            raise UsageError("--svg is for one person", hint="Use --html for many people.")
        from cactions.cli.bulk import diff_many  # noqa: PLC0415 - not needed for one person

        bulk = BulkOptions(
            people, form, threads, False, "", report, build_where(where, everyone), (), fresh, html
        )
        words = tuple(bulk.list_options())
        line = CommandLine(action, words, inputs, options, files, environment)
        code = diff_many(
            project_folder, options, bulk, action, inputs,
            out=out, command_line=line, exit_code=exit_code, json=json,
        )  # fmt: skip
        raise typer.Exit(code)
    job = arguments.build_job(project_folder.project, action, person, inputs)
    options.require_live_flag(job.action)
    is_write_call = options.is_write_call(job.action)
    if is_write_call and not _is_confirmed(job, project_folder):
        return
    job = workspace.prepare_job(project_folder, job, options)
    answered = AnswerRecorder(recordings.create_caller(project_folder, job.action, options))
    context = workspace.create_plan_context(project_folder, answered)
    if is_write_call:
        from cactions.cli.write_calls import preview_write_call  # noqa: PLC0415 - most read

        result, text = preview_write_call(job, context, project_folder, again=again)
    else:
        result, text = propose_plan(job, context), ""
    result = explain_and_show(result, answered, options)
    command_line = CommandLine(
        action, ("--person", format_person(person, result)), inputs, options, files, environment
    )
    place = project_folder.find_workspace_name(asks=not options.replayed)
    closing = text or _write_closing(result, command_line, project_folder)
    view = render_preview(result, workspace=place, closing=closing)
    if svg:
        write_text(svg, render_svg(view, width=_PICTURE, command=command_line.render("diff")))
    if html:
        write_person_page(html, job, result, place, view)
    _print(result, view, place, text, json=json)
    raise typer.Exit(_choose_exit_code(result, changes=exit_code))


def _is_confirmed(job: Job, home: ProjectFolder) -> bool:
    """Whether a write request may be sent; most actions only read."""
    from cactions.cli.write_calls import confirm_request  # noqa: PLC0415 - most only read

    if confirm_request(job, home):
        return True
    wiring.create_output().info("Nothing was sent.")
    return False


def _print(
    result: Plan | PlanFailure, view: View, place: WorkspaceName, text: str, *, json: bool
) -> None:
    if not json:
        wiring.create_output().print(view)
        return
    from cactions.logic.documents import preview_to_json  # noqa: PLC0415 - only for JSON

    wiring.write_json(preview_to_json(result, place))
    if text:
        wiring.create_output().info(text)


def _choose_exit_code(result: Plan | PlanFailure, *, changes: bool) -> Exit:
    changed = changes and isinstance(result, Plan) and bool(result.effective)
    return choose_most_severe(
        arguments.exit_code_of_result(result), Exit.CHANGES if changed else Exit.CLEAN
    )


def _write_closing(
    result: Plan | PlanFailure, command_line: CommandLine, home: ProjectFolder
) -> str:
    if isinstance(result, PlanFailure):
        return ""
    if not result.effective:
        return "Nothing was written."
    if home.session is None:
        return f"Nothing was written.{format_application(command_line.render('run'))}"
    from cactions.cli.published import explain_application  # noqa: PLC0415 - only at Intercom

    return f"Nothing was written.{explain_application(home, command_line)}"
