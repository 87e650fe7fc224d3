"""The nouns of the project; standard library only. This page is the whole vocabulary.

Whoever asks for a noun gets it from its own file, and only then is that file loaded: a command
does not pay for nouns that it never speaks of.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

_NOUNS: Final = {
    "nouns": "noun",
    "values": "ABSENT Absent Attributes Json Scalar Value is_empty same",
    "template": (
        "EACH Input JsonTemplate Path PersonAttribute PersonField Reference SecretRef "
        "Segment Template Wildcard template_references"
    ),
    "person": (
        "CONTACT_FIELDS IDENTITY_FIELDS MATCH_FIELDS Attribute DataType Person PersonQuery Role"
    ),
    "rendered": "DOTS Rendered",
    "exchange": "Proof Request Response",
    "request": (
        "ActionRequest AllowedAddress BodyCheck BodyForm Denial Effect HIGHEST Limits MIB "
        "RequestBody Success Token TokenFetch"
    ),
    "action": (
        "Action ActionResponse ActionTest AttributeMapping DataInput DateForm Expectation "
        "InputType Overwrite Project Rows SamePerson WhenEmpty Workspace"
    ),
    "kinds": "Caution Kind Outcome Reason RunKind Why",
    "plan": "Call Change Failed Left Plan Premise Subject TestReport",
    "receipt": "Conflict Receipt Run RunEntry RunHead Tally",
    "checkup": "Check Health",
    "finding": "Edit Finding Fix Label Place Severity",
    "review": "Review",
    "trust": "Flow SNAPSHOT_DAYS Snapshot Statement Suppressed Trust",
    "errors": (
        "AuthorError CactionsError InvalidFiles NoAnswer NoPlan OperatorError OutcomeUnknown "
        "RemoteError Stopped StoreError"
    ),
}
"""What each file gives to the vocabulary."""

_HOMES: Final = {noun: file for file, nouns in _NOUNS.items() for noun in nouns.split()}

if TYPE_CHECKING:
    from cactions.model.action import *
    from cactions.model.checkup import *
    from cactions.model.errors import *
    from cactions.model.exchange import *
    from cactions.model.finding import *
    from cactions.model.kinds import *
    from cactions.model.nouns import *
    from cactions.model.person import *
    from cactions.model.plan import *
    from cactions.model.receipt import *
    from cactions.model.rendered import *
    from cactions.model.request import *
    from cactions.model.review import *
    from cactions.model.template import *
    from cactions.model.trust import *
    from cactions.model.values import *
else:

    def __getattr__(name: str) -> object:
        """The noun, looked up once (PEP 562): from then on it is an ordinary name of this page."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        noun: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = noun
        return noun
