"""Another attempt for people of a run: who gets it, and who does not, with what to do."""

from __future__ import annotations

from collections.abc import Iterator

from cactions.logic.shell import join_command
from cactions.logic.workspace_name import describe_workspace
from cactions.model import RetryCounts, RetryGroup, Run, WorkspaceName
from cactions.render.messages import OUTCOMES, count_noun


def describe_retry(run: Run, counts: RetryCounts, workspace: WorkspaceName) -> Iterator[str]:
    """Sentences; their numbers add up to everyone of the run."""
    words = [
        f"{number:,} {OUTCOMES[outcome][0]}"
        for outcome, number in counts.outcomes.items()
        if number
    ]
    people = count_noun(run.people, "person", "people")
    detail = f": {', '.join(words)}" if words else ""
    where = f" in the {describe_workspace(workspace)}"
    yield f"Retry of run {run.head.id}{where}: {counts.retried:,} of {people}{detail}."
    for group, number in counts.groups.items():
        if number and (why := _explain(run, group, number, counts)):
            yield f"Left out: {why}"


def _explain(run: Run, group: RetryGroup, number: int, counts: RetryCounts) -> str:
    """Why so many are left out, and what helps; empty for the others."""
    run_file = join_command(("run",), run.head.action, options=("--people", "FILE"))
    texts = {
        RetryGroup.DONE: f"{number:,} applied or unchanged.",
        RetryGroup.REPEATED: f"{number:,} held as one of several rows about a person.",
        RetryGroup.HELD: f"{number:,} held. --held retries them.",
        RetryGroup.REFUSED: (
            f"{number:,} refused. When the action or the data of the service was corrected,"
            " --refused retries them."
        ),
        RetryGroup.UNREADABLE: (
            f"{count_noun(number, 'row')} that could not be read. Correct them in the file, and run"
            f" the action for these: `{run_file}`."
        ),
        RetryGroup.FORGOTTEN: f"{number:,} forgotten.",
        RetryGroup.SENT: (
            f"{number:,} whose write request was answered, or may have been carried out: it is not"
            " sent again. Look at the service, and correct these people by hand."
        ),
        RetryGroup.UNKNOWN: (
            f"{number:,} with a write request of unknown outcome ({_list_numbers(number, counts)}):"
            " it is never sent again. Look at the service whether it was done."
        ),
        RetryGroup.NOT_STARTED: f"{number:,} without a plan. Their rows are gone: `{run_file}`.",
    }
    return texts.get(group, "")


def _list_numbers(number: int, counts: RetryCounts) -> str:
    listed = ", ".join(f"{entry:,}" for entry in counts.unknown)
    more = number - len(counts.unknown)
    word = "entry" if number == 1 else "entries"
    return f"{word} {listed}" + (f" and {more:,} more" if more else "")
