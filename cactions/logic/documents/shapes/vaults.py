"""The shapes of vaults and signatures; no sealed value and no key is ever in them."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import UNSET, UnsetType

from cactions.logic.documents.shapes.parts import Document, Part
from cactions.model.identity import SignatureKind

VaultAct: TypeAlias = Literal[
    "init", "seal", "bind", "rotate", "rekey", "join", "accept-generation",
    "recipients add", "recipients remove",
]  # fmt: skip
"""The command that changed a vault."""


class VaultHeadShape(Part, frozen=True, kw_only=True):
    """A vault file; its generation grows with each change, its epoch with each new data key."""

    id: str
    epoch: int
    generation: int


class SealedSecretShape(Part, frozen=True, kw_only=True):
    """A sealed secret: where it may go, and where tokens may go that are fetched with it."""

    name: str
    version: int
    hosts: list[str]
    token_hosts: list[str]
    created: str
    by: str


class UserTokenShape(Part, frozen=True, kw_only=True):
    """Where an end user's own token may go."""

    name: str
    version: int
    token_hosts: list[str]
    created: str
    by: str


class VaultDocument(Document, frozen=True, kw_only=True, tag="cactions.vault/1"):
    """`vault list`."""

    id: str
    epoch: int
    generation: int
    rollback_checked: bool
    secrets: list[SealedSecretShape]
    user_tokens: list[UserTokenShape]


class RecipientShape(Part, frozen=True, kw_only=True):
    """Who can open a vault, or was invited."""

    name: str
    kind: str
    created: str


class RecipientsDocument(Document, frozen=True, kw_only=True, tag="cactions.recipients/1"):
    """`vault recipients list`."""

    recipients: list[RecipientShape]


class VaultTroubleShape(Part, frozen=True, kw_only=True):
    """Why a vault does not open."""

    fault: str | None
    message: str


class VaultStatusDocument(Document, frozen=True, kw_only=True, tag="cactions.vault-status/1"):
    """`vault status`; ``key`` is where the key is looked for."""

    file: str
    key: str
    vault: VaultHeadShape | None
    trouble: VaultTroubleShape | None


class OneTimeCodeShape(Part, frozen=True, kw_only=True):
    """A join code or a machine's key, to be handed over once; it is shown nowhere else."""

    recipient: str
    kind: str
    code: str


class VaultChangeDocument(Document, frozen=True, kw_only=True, tag="cactions.vault-change/1"):
    """What changed a vault. ``dropped`` are out; ``rotate`` are secrets that a removed one knew."""

    act: VaultAct
    file: str
    vault: VaultHeadShape
    name: str
    message: str
    notes: list[str]
    codes: list[OneTimeCodeShape]
    dropped: list[str]
    rotate: list[str]


class VaultCheckDocument(Document, frozen=True, kw_only=True, tag="cactions.vault-check/1"):
    """`vault verify`: ``entries`` open for the recipient ``name``."""

    file: str
    vault: VaultHeadShape
    name: str
    entries: int
    rollback_checked: bool


class LostEntryShape(Part, frozen=True, kw_only=True):
    """A line of a damaged vault that does not open; its name is empty where it is lost, too."""

    line: int
    name: str


class VaultSalvageDocument(Document, frozen=True, kw_only=True, tag="cactions.vault-salvage/1"):
    """`vault salvage`: what is in the new file, what is lost, who has to be let in again."""

    file: str
    vault: VaultHeadShape
    kept: list[str]
    lost: list[LostEntryShape]
    outside: list[str]
    notes: list[str]


class VaultMergeDocument(Document, frozen=True, kw_only=True, tag="cactions.vault-merge/1"):
    """`vault merge`: what came from theirs, what was chosen, who has to be let in again."""

    file: str
    vault: VaultHeadShape
    taken: list[str]
    chosen: dict[str, Literal["ours", "theirs"]]
    outside: list[str]
    notes: list[str]


class IdentityDocument(Document, frozen=True, kw_only=True, tag="cactions.identity/1"):
    """`identity check`: what a signature proves; ``expires_at`` is in Unix seconds."""

    accepted: bool
    signature: SignatureKind
    proven: dict[str, str]
    signed: list[str]
    unsigned: list[str]
    expires_at: float | None
    problems: list[str]
    cautions: list[str]
    mismatch: str


class IdentityVerdictDocument(
    Document, frozen=True, kw_only=True, tag="cactions.identity-verdict/1"
):
    """`identity verify`: whether exactly this user is proven, and if not, why."""

    proven: bool
    problem: str


class SignatureDocument(Document, frozen=True, kw_only=True, tag="cactions.signature/1"):
    """`identity sign`. Anyone who has it can open the Messenger as this user."""

    kind: SignatureKind
    signature: str
    expires_in: int | UnsetType = UNSET
