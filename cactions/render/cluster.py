"""The workers that are alive, and the runs that they carry out."""

from __future__ import annotations

from cactions.logic.shell import join_command
from cactions.model import ClusterRun, ClusterStatus
from cactions.render.layout import render_table, wrap_paragraph
from cactions.render.messages import count_noun
from cactions.render.schedules import render_schedules
from cactions.render.text import BLANK, Span, Style, StyledLine, View, span

_COLUMNS = ("Run", "Action", "Step", "Parts", "State")


def render_cluster(found: ClusterStatus) -> View:
    """One line for each worker, and a table of runs."""

    def draw(width: int) -> list[StyledLine]:
        title = (Span("Cluster in "), Span(found.database, Style.STRONG))
        lines = [*wrap_paragraph(title, width), BLANK, *_render_workers(found, width), BLANK]
        lines += _render_runs(found, width)
        return [*lines, BLANK, *render_schedules(found.schedules, width)]

    return draw


def _render_runs(found: ClusterStatus, width: int) -> list[StyledLine]:
    if not found.runs:
        return [span("No run is being carried out.")]
    lines = [*render_table(_COLUMNS, [_render_row(run) for run in found.runs], width)]
    for run in found.runs:
        if run.refusal:
            why = (Span("A worker has refused "), Span(run.run_id, Style.CODE))
            lines += [BLANK, *wrap_paragraph((*why, Span(f": {run.refusal}.")), width)]
        if run.stopped or run.is_planned:
            lines += [BLANK, *wrap_paragraph(_explain_next(run), width)]
    return lines


def _render_workers(found: ClusterStatus, width: int) -> list[StyledLine]:
    if not found.workers:
        none = (Span("No worker is alive. Start one: "), Span("cactions worker", Style.CODE))
        return wrap_paragraph(none, width)
    lines = [span(f"{count_noun(len(found.workers), 'worker')}:")]
    for worker in found.workers:
        seen = Span(f", seen {worker.seconds:.0f} s ago", Style.QUIET)
        lines += wrap_paragraph((Span(worker.name, Style.NAME), seen), width, indent=2)
    return lines


def _render_row(run: ClusterRun) -> tuple[StyledLine, ...]:
    total = run.waiting + run.leased + run.done + run.overdue
    return (
        span(run.run_id, Style.CODE),
        span(run.action, Style.NAME),
        span(run.step.value),
        span(f"{run.done:,} of {total:,} done, {run.leased:,} at work"),
        _render_state(run),
    )


def _render_state(run: ClusterRun) -> StyledLine:
    if run.stopped:
        return span("stopped", Style.CAUTION)
    if run.is_planned:
        return span("planned", Style.CAUTION)
    if run.overdue:
        return span(f"{count_noun(run.overdue, 'part')} overdue", Style.CAUTION)
    return span("at work" if run.leased else "waiting")


def _explain_next(run: ClusterRun) -> StyledLine:
    resume = join_command(("runs", "resume"), run.run_id, options=("--cluster",))
    what = " is planned, and nothing is written before its plan is accepted. To see the plan: "
    if run.stopped:
        why = f": {run.reason}" if run.reason else ""
        what = f" was stopped{why}. To finish it: "
    return Span("The run "), Span(run.run_id, Style.CODE), Span(what), Span(resume, Style.CODE)
