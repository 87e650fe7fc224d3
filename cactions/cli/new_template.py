"""``cactions new --template``: an action of a service, with its test and a recording."""

from __future__ import annotations

from cactions.cli import prompts
from cactions.cli.new_action import NewAction, OpenFolder
from cactions.cli.new_questions import is_attended
from cactions.cli.shipped_files import list_templates, read_template
from cactions.logic.cassette.file_name import FOLDER
from cactions.logic.network.origin import find_host_fault
from cactions.logic.new_action.file_plan import find_unfit, plan_files
from cactions.logic.new_action.template_draft import ActionTemplate, draft_template
from cactions.logic.shell import join_command
from cactions.logic.suggest import suggest
from cactions.model import UsageError


def compose_template(
    service: str, name: str, host: str | None, opened: OpenFolder, *, json: bool
) -> NewAction:
    """The action of a service under a name, for the host of its author. Raises UsageError."""
    known = list_templates()
    if service not in known:
        raise UsageError(f'there is no template "{service}"', hint=suggest(service, known))
    template = ActionTemplate(service, *read_template(service))
    chosen = _choose_host(template, name, host, json=json)
    drafted, recording = draft_template(template, name, chosen, opened.project)
    files = opened.folder.files
    plan = plan_files(opened.build_file_name(name), drafted, opened.loaded, files)
    unfit = find_unfit(plan, files, opened.folder.snapshot)
    if unfit is not None:
        hint = unfit.hint or "Correct the project first: `cactions validate` checks it."
        raise UsageError(f"the template does not fit here: {unfit.message}", hint=hint)
    recordings = {f"{FOLDER}/{name}.json": recording}
    return NewAction(drafted, plan.add_files(recordings))


def _choose_host(template: ActionTemplate, name: str, host: str | None, *, json: bool) -> str:
    if host is None and not template.needs_host:
        return template.host
    if host is None and is_attended(json=json):
        host = prompts.ask_line(f"Your host, such as {template.host}")
    if not host:
        words = ("new", name, "--template", template.service, "--host", template.host)
        raise UsageError(
            "the service has a host of your own, which only you know",
            hint=f"Give it, as in `{join_command(words)}`.",
        )
    fault = find_host_fault(host)
    if fault is not None:
        raise UsageError(f"--host: {fault[0]}", hint=f"{fault[1][:1].upper()}{fault[1][1:]}.")
    return host.lower()
