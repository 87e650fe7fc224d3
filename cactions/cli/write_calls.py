"""Write requests: confirmed, sent once, and kept in the journal."""

from __future__ import annotations

from msgspec.structs import replace

from cactions.app.apply import resume_run
from cactions.app.propose import Job, PlanContext, send_request
from cactions.app.write_calls import CallRecord, call_for_test, call_once
from cactions.cli import arguments, prompts, wiring, workspace
from cactions.cli.exit_codes import Exit
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.run_head import build_run_head
from cactions.logic.shell import join_command
from cactions.model import Action, Plan, PlanFailure, RunHead, RunKind
from cactions.render.request import render_request


def confirm_write_call(
    action: Action,
    yes: bool = False,
    calls: int = 1,
    *,
    many: bool = False,
    unattended: str = prompts.UNATTENDED,
) -> bool:
    """Whether the operator has typed the action's name, knowing what it means."""
    request = action.request
    what = f"a {request.http_method.upper()}"
    if calls > 1:
        what = f"{calls} {request.http_method.upper()} requests"
    if many:
        what = f"a {request.http_method.upper()} request for each person"
    return prompts.confirm_by_typing(
        f'"{action.name}" sends {what} to {request.host}. That may change something there, and'
        " cannot be taken back from here.",
        action.name,
        yes,
        unattended,
    )


def confirm_request(job: Job, project_folder: ProjectFolder, yes: bool = False) -> bool:
    """The same for one person, who is asked with the whole request on the screen.

    A request that cannot be built is not asked about: nothing is sent for it.
    """
    if not yes:
        prompts.require_typing_terminal()
    request = None if yes else send_request(job, workspace.open_people(project_folder))
    if isinstance(request, PlanFailure):
        return True
    if request:
        wiring.create_output().print(render_request(request))
    return confirm_write_call(job.action, yes)


def call(
    job: Job, context: PlanContext, project_folder: ProjectFolder, head: RunHead, *, again: bool
) -> CallRecord:
    """Make the call as a run that is open until what came of it is applied."""
    return call_once(head, job, context, workspace.open_run_stores(project_folder), again=again)


def preview_write_call(
    job: Job, context: PlanContext, project_folder: ProjectFolder, *, again: bool
) -> tuple[Plan | PlanFailure, str]:
    """Make the call for a diff; what came of it, and what is to be said of where it is kept."""
    head = new_run_head(job.action.name, project_folder, context.caller.source)
    done = call(job, context, project_folder, head, again=again)
    if not (done.run and isinstance(done.result, Plan)):
        return done.result, refuse_without_plan(done)
    if done.result.effective:
        return done.result, (
            f"No person was changed. The call was made; its response is stored in run {head.id}. To"
            f" apply it, without another call: {join_command(('runs', 'resume'), head.id)}"
        )
    resume_run(done.run, workspace.open_run_stores(project_folder))  # nothing is left to be applied
    text = f"No person was changed. The call was made, and is recorded in run {head.id}."
    return done.result, text


def test_write_call(
    job: Job, context: PlanContext, project_folder: ProjectFolder, *, again: bool
) -> Plan | PlanFailure:
    """Make the call for a test, whose people are those of the desk."""
    head = new_run_head(job.action.name, project_folder, context.caller.source)
    stores = replace(workspace.open_run_stores(project_folder), people=context.people)
    return call_for_test(head, job, context, stores, again=again)


def new_run_head(action: str, project_folder: ProjectFolder, source: str) -> RunHead:
    """The head of a run of an action that begins now."""
    environment = project_folder.project.environment
    bare = RunHead("", RunKind.APPLY, action, 0, "", environment=environment, source=source)
    return build_run_head(replace(bare, workspace=project_folder.workspace_name))


def refuse_without_plan(done: CallRecord) -> str:
    """What is said of a call that was made, and that no plan came of; empty of others."""
    if done.run is None:
        return ""
    if arguments.exit_code_of_result(done.result) is Exit.OUTCOME_UNKNOWN:
        return f"No person was changed. Run {done.run.head.id} records that its outcome is unknown."
    call = done.result.call
    made = "The call was made, and answered. " if call and call.status else ""
    return f"{made}No person was changed."
