"""What the command of ``worker --notify`` is told of a scheduled run."""

from __future__ import annotations

from collections.abc import Mapping

from cactions.logic.documents.shapes.cluster import NoticeDocument
from cactions.logic.documents.shapes.parts import shape_to_json
from cactions.logic.shell import join_command
from cactions.model import DueMoment, Json, MomentState, Notice


def notice_to_json(notice: Notice) -> dict[str, Json]:
    """The notice; there is no value of a person in it."""
    moment = notice.moment
    return shape_to_json(
        NoticeDocument(
            event=moment.state,
            action=moment.action,
            environment=moment.environment,
            workspace=moment.workspace,
            due=moment.due,
            run=moment.run_id or None,
            missed=moment.missed,
            counts=dict(notice.counts),
            text=describe_moment(moment, notice.text, notice.counts),
        )
    )


def describe_moment(moment: DueMoment, text: str, counts: Mapping[str, int] | None = None) -> str:
    """What has become of a moment, in one or two sentences."""
    which = f"The scheduled run {moment.run_id} of {moment.action}"
    why = f": {text}" if text else ""
    match moment.state:
        case MomentState.MISSED:
            number = f"{moment.missed:,} times" if moment.missed > 1 else "once"
            return f"{moment.action} was due {number} while no worker was alive, and did not run."
        case MomentState.SKIPPED:
            return f"{which} was skipped{why}."
        case MomentState.HELD:
            resume = join_command(("runs", "resume"), moment.run_id, options=("--cluster",))
            return f"{which} is held{why}. Nothing was written. To look at it: {resume}"
        case MomentState.STOPPED:
            return f"{which} has stopped{why}."
        case MomentState.FINISHED:
            numbers = ", ".join(f"{count:,} {word}" for word, count in (counts or {}).items())
            return f"{which} has finished{why or (numbers and f': {numbers}')}."
    return f"{which} goes on{why}."
