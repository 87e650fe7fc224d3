"""People of the workspace as what one action runs for: each is named by contact id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cactions.logic.people.job_rows import JobRows
from cactions.logic.request.inputs import resolve_inputs
from cactions.model import Action, JobRow, Person, PersonQuery, Scalar


def build_selected_rows(
    people: Iterable[Person], action: Action, inputs: Mapping[str, Scalar]
) -> JobRows:
    """A row for each person, with the same inputs. Raises UsageError for inputs that do not fit.

    The id is the strongest key: no one but the platform assigns it.
    """
    resolved = resolve_inputs(action, inputs)
    rows = (
        JobRow(number, PersonQuery("id", person.id), resolved)
        for number, person in enumerate(people, 1)
    )
    return JobRows(rows, {})
