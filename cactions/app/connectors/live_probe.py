"""Finds out whether a change of a connector leaves its live version alone, else takes it back.

Intercom's description of its API does not say it. A description is what only people and Fin read
to choose a connector, so it is the one field whose change can be tried.
"""

from __future__ import annotations

from contextlib import suppress

from cactions.app.connectors.live_restore import LiveVersion
from cactions.logic.connectors.drift import is_live_same
from cactions.logic.connectors.push import PROBE_MARK
from cactions.model import CactionsError, ConnectorBody, RunAborted


def probe_live(live: LiveVersion, body: ConnectorBody) -> ConnectorBody:
    """Send the description alone; returns what is left to send, once live is known to be as it was.

    Raises RunAborted where live changed, OutcomeUnknown where it cannot be known.
    """
    latest, shown = live.before.latest, live.connector.description
    assert latest, "a live version is a version"
    wanted = body.get("description", latest.description)
    probe = wanted if wanted != shown else f"{shown}{PROBE_MARK}"
    lost = live.patch({"description": probe})
    try:
        after = live.read()
    except CactionsError as error:
        live.restore_unread(("description",), error, unseen=True)
    if not is_live_same(live.before, after):
        live.restore(("description",))
    if after.draft is None or after.draft.description != probe:
        raise lost or _build_unseen(live.connector.label)
    rest = {name: value for name, value in body.items() if name != "description"}
    return rest if probe == wanted else {**rest, "description": wanted}


def remove_mark(live: LiveVersion, rest: ConnectorBody) -> bool:
    """Take out the mark of a probe, where ``rest`` was not written; whether none is left."""
    if "description" not in rest:
        return True
    with suppress(CactionsError):
        return live.patch({"description": rest["description"]}) is None
    return False


def explain_partial(error: CactionsError, rest: ConnectorBody, *, is_clean: bool) -> CactionsError:
    """The refusal of ``rest`` after a probe, with what the probe has left in the draft.

    ``is_clean``: no mark is left there.
    """
    if is_clean and "description" in rest:
        return error  # the description is as it was
    left = "is as the file says" if is_clean else f'may end with "{PROBE_MARK}"'
    removed = "" if is_clean else " The next push takes that text out."
    partial = RunAborted(
        f"{error}; only the description of its draft was sent before, and {left}",
        hint=f"{error.hint}{removed}",
        place=error.place,
    )
    partial.written = True
    return partial


def _build_unseen(label: str) -> RunAborted:
    error = RunAborted(
        f"Intercom took a change of {label}, and no version shows it; nothing else was sent",
        hint="Look at the connector in the web page.",
    )
    error.written = True
    return error
