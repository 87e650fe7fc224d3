"""``cactions help``: prints a page of the reference."""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated, Final

import typer

from cactions.cli import wiring
from cactions.cli.options import Json
from cactions.cli.reporters import report_help
from cactions.logic.suggest import suggest
from cactions.model import UsageError
from cactions.render.help_page import render_help_page, render_topics

TOPICS: Final = {
    "start": "one file to copy, and the commands up to a change that is applied",
    "tutorial": "from an empty folder to a published action, step by step",
    "authoring": "a new action: from a curl line, an answer, OpenAPI or a template",
    "web": "Intercom's web page and cactions: what to do where",
    "file-format": "projects, actions, tokens, names and defaults",
    "keys": "every key of an action file, with what may stand there",
    "answers": "how an answer is read: rows, values, dates, XML, nothing there",
    "leaks": "leak detection, and how to suppress a finding",
    "tests": "the tests of actions: what they expect, which run, coverage",
    "recordings": "recording and replaying responses",
    "vault": "secrets, keys and recipients",
    "identity": "identity verification: what a site signs, and what that proves",
    "live-calls": "which requests are sent, and how often",
    "security": "the security model: who can do what, and what is sealed",
    "intercom": "a workspace at Intercom: token, people, writes, rate limit",
    "publish": "what goes live, on which evidence, and what runs then",
    "many-people": "runs for many people: the plan, what stops it, resume, undo",
    "cluster": "more than one machine: workers, a shared database, what is promised",
    "schedules": "runs that workers start by themselves, and what is told of them",
    "review": "the review page: one HTML file of a diff, a run or findings",
    "ci": "formats, the GitHub Action, the pre-commit hook, editors",
    "scripts": "cactions in a script: what each exit code asks for, extending",
    "json": "the documents of --json, errors included, and their schemas",
    "config": "your configuration, environment variables, completion",
    "changes": "what has changed, what stays compatible, what 1.0 needs",
}
"""The pages in ``cactions/help``, in the order in which they are listed."""


def command(
    topic: Annotated[str | None, typer.Argument(metavar="[TOPIC]", help="A topic.")] = None,
    json: Json = False,
) -> None:
    """Print a page of the reference; without a topic, the list of topics.

    Example: cactions help file-format
    """
    if topic is not None and topic not in TOPICS:
        raise UsageError(f'there is no topic "{topic}"', hint=suggest(topic, TOPICS))
    text = topic and (files("cactions") / "help" / f"{topic}.md").read_text(encoding="utf-8")
    if json:
        report_help(TOPICS, topic, text)
    elif text:
        wiring.create_output().print(render_help_page(text))
    else:
        wiring.create_output().print(render_topics(TOPICS))
