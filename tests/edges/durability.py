"""What each store promises about a power cut: the order of its calls, and what may still be lost.

``A < B`` reads: the last A comes before the last B. Paths are those below the folder of the action;
``*`` stands for a random name. What is not in ``loses`` is never lost. A lock is there from its
``lock`` to its ``unlock``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TOLD: Final = "told"
"""Success is told: the action has returned."""
SENT: Final = "the request leaves"
WRITTEN: Final = "people are written"


@dataclass(frozen=True)
class Promise:
    """What holds when an action of ``store_actions`` or ``run_actions`` has reached a moment."""

    action: str
    order: str = ""
    at: str = TOLD
    loses: tuple[str, ...] = ()


@dataclass(frozen=True)
class StoreOrder:
    """A store, the modules that write it, and its promises."""

    name: str
    modules: tuple[str, ...]
    promises: tuple[Promise, ...]


def replaces(draft: str, path: str, folder: str = ".") -> str:
    """A file is replaced: its content is durable before it gets the name, and then the name."""
    return f"write {draft} < sync {draft} < rename {draft} {path} < sync {folder}"


def keeps_lock(draft: str, named: str) -> str:
    """A draft is locked from before its first byte until it has its name."""
    return f"create {draft} < lock {draft} < write {draft} < {named} < unlock {draft}"


def commits(database: str) -> str:
    """A transaction of SQLite: its log is durable."""
    return f"write {database}-wal < sync {database}-wal"


def settles(database: str) -> str:
    """The log is moved into the database: both durable, the log first, before it is emptied."""
    return f"sync {database}-wal < write {database} < sync {database} < write {database}-wal"


RUNS: Final = "state/runs"
RUN: Final = f"{RUNS}/run-1.db"
LOG: Final = f"content of {RUN}-wal"
SEEDS: Final = "state/.cactions-*.tmp"
LEFT: Final = "killed/.cactions-*"
LOCK: Final = "content of state/local.{}.lock"

ORDERS: Final = (
    StoreOrder(
        "the vault",
        ("edges/keys/vault_file.py",),
        (
            Promise("vault write", replaces(".vault.*.tmp", "vault")),
            Promise(
                "vault change",
                "lock .vault.lock < write .vault.*.tmp < rename .vault.*.tmp vault < sync ."
                " < delete .vault.lock < unlock .vault.lock",
                loses=("deletion of .vault.lock",),  # empty, and the next writer takes it
            ),
        ),
    ),
    StoreOrder(
        "key files",
        ("edges/keys/key_sources.py",),
        (
            Promise(
                "key write",
                "write .key-* < sync .key-* < link .key-* key < sync . < delete .key-*",
                loses=("deletion of .key-*",),  # private, and in the folder of the key
            ),
        ),
    ),
    StoreOrder(
        "recordings and probes",
        ("edges/cassette/writer.py", "cli/probe_recording.py"),
        (
            Promise("recording", replaces(".cactions-*.tmp", "loyalty.json")),
            Promise(
                "shared write",
                replaces("cassettes/.cactions-*.tmp", "cassettes/loyalty.json", "cassettes"),
            ),
            Promise("shared write", "create cassettes < sync ."),
        ),
    ),
    StoreOrder(
        "git's attributes of the vault",
        ("edges/files/git_attributes.py",),
        (
            Promise("attributes", replaces(".cactions-*.tmp", ".gitattributes")),
            Promise("more attributes", replaces(".cactions-*.tmp", ".gitattributes")),
        ),
    ),
    StoreOrder(
        "action files",
        ("cli/commands/validate_fix.py", "cli/commands/test_accept.py", "cli/new_report.py"),
        (Promise("replace", replaces(".cactions-*.tmp", "actions.yaml")),),
    ),
    StoreOrder(
        "outputs in a project: snapshots, pulled people, reports, pictures",
        ("cli/output_files.py", "cli/reporters.py"),
        (
            Promise("project write", replaces(".cactions-*.tmp", "attributes.lock.json")),
            Promise(
                "append",
                "write summary.md",  # a stream of a CI
                loses=("content of summary.md", "name of summary.md"),
            ),
        ),
    ),
    StoreOrder(
        "new files of a project",
        ("edges/files/new_files.py",),
        (
            Promise(
                "new file",
                "write new/.cactions-*.tmp < sync new/.cactions-*.tmp"
                " < link new/.cactions-*.tmp new/actions.yaml < sync new",
                loses=("deletion of new/.cactions-*.tmp",),  # the next writer there deletes it
            ),
            Promise("new file", "create new < sync .", loses=("deletion of new/.cactions-*.tmp",)),
        ),
    ),
    StoreOrder(
        "pulled files",
        ("edges/files/pulled_files.py",),
        (
            Promise("pull", replaces("pulled/.cactions-*.tmp", "pulled/b.yaml", "pulled")),
            Promise("pull", "create pulled < sync ."),
        ),
    ),
    StoreOrder(
        "read only: the user's configuration, job files",
        ("edges/keys/user_config.py", "edges/files/job_file.py"),
        (Promise("reading"),),
    ),
    StoreOrder(
        "the state folder and its .gitignore",
        ("edges/store/state_folder.py", "edges/files/private_files.py"),
        (
            Promise(
                "state folder",
                "create state < sync . < create state/.gitignore < write state/.gitignore"
                " < sync state/.gitignore < sync state",
            ),
        ),
    ),
    StoreOrder(
        "what ends with the process: scratch folders, locks, the pacer, digests of seed people",
        (
            "edges/store/scratch_folder.py",
            "edges/store/run_lock.py",
            "edges/intercom/pacer.py",
            "edges/store/seed_digests.py",
        ),
        (
            Promise("scratch", "create state/scratch < sync state < create state/scratch/*"),
            Promise(
                "lock",
                loses=(LOCK.format("loyalty"), "name of state/local.loyalty.lock"),  # the kernel's
            ),
            Promise(
                "pace",
                loses=("content of state/rate-limit-*", "name of state/rate-limit-*"),
            ),
            Promise(
                "digests",
                f"write {SEEDS} < sync {SEEDS} < rename {SEEDS} state/seeds.json",
                loses=("name of state/seeds.json",),  # an edit of a seed person is not noticed
            ),
        ),
    ),
    StoreOrder(
        "the local workspace",
        (
            "edges/store/people.py",
            "edges/store/sqlite.py",
            "edges/store/sqlite_connection.py",
            "edges/store/sqlite_files.py",
        ),
        (
            Promise(
                "people import",
                "sync state/.people.db-* < link state/.people.db-* state/people.db < sync state"
                " < write state/people.db-wal < sync state/people.db-wal",
            ),
            Promise("people commit", commits("state/people.db")),
            Promise("people batch", commits("state/people.db")),
        ),
    ),
    StoreOrder(
        "the journal",
        (
            "edges/store/journal.py",
            "edges/store/run_file.py",
            "edges/store/run_folder.py",
            "edges/store/sqlite_free_pages.py",
        ),
        (
            Promise(
                "run begin",
                f"sync {RUNS}/.run-1.db-* < link {RUNS}/.run-1.db-* {RUN} < sync {RUNS}",
            ),
            Promise("run plans", commits(RUN)),
            Promise("run answered", commits(RUN)),
            Promise("run started", commits(RUN)),
            Promise("run outcomes", loses=(LOG,)),  # found again by reading the people
            Promise("run finish", commits(RUN)),
            Promise("run undone", commits(RUN)),
            Promise("run reopen", settles(RUN), loses=(LOG,)),  # of its new length only
            Promise("run after settling", commits(RUN)),
            Promise(
                "run discard",
                f"{settles(RUN)} < delete {RUN} < sync {RUNS} < delete {RUN}-wal < sync {RUNS}",
            ),
        ),
    ),
    StoreOrder(
        "erased people",
        ("edges/store/run_erasure.py",),
        (Promise("run forget", f"{settles(RUN)} < sync {RUN}-wal"),),  # no byte comes back
    ),
    StoreOrder(
        "the planning of many people",
        ("edges/store/run_rows.py",),
        (
            Promise("rows calling", commits(RUN)),
            Promise("rows planned", loses=(LOG,)),  # nothing was sent, and nothing written
            Promise("rows advance", commits(RUN)),
            Promise("rows put back", commits(RUN)),
        ),
    ),
    StoreOrder(
        "saved plans",
        ("edges/store/plan_file.py", "edges/store/taken_plans.py"),
        (
            Promise("plan save", f"{settles(RUN)} < write .cactions-*.tmp", loses=(LOG,)),
            Promise("plan save", replaces(".cactions-*.tmp", "plan"), loses=(LOG,)),
            Promise(
                "plan take",
                f"write {RUNS}/.plan-* < sync {RUNS}/.plan-* < link {RUNS}/.plan-* {RUN}"
                f" < sync {RUNS}",
            ),
            Promise("plan taken mark", "create run-1.taken < sync ."),
            Promise(
                "plan discard",
                f"create {RUNS}/run-1.taken < sync {RUNS} < delete {RUN} < sync {RUNS}",
            ),
            Promise("plan old marks", "delete run-1.taken < sync ."),
        ),
    ),
    StoreOrder(
        "the index of applied values",
        ("edges/store/last_applied_index.py",),
        (
            Promise(
                "index",
                "sync state/.applied--* < rename state/.applied--* state/applied-@.db",
                at="built",
                loses=("name of state/runs/run-@.db-wal",),  # empty: it was only read
            ),
            Promise(
                "index",
                "delete state/applied-@.db < sync state",
                loses=("name of state/runs/run-@.db-wal",),
            ),
        ),
    ),
    StoreOrder(
        "drafts: deleted by another process only where no living one has their lock",
        ("edges/files/drafts.py",),
        (
            *(
                Promise(action, keeps_lock(draft, named))
                for action, draft, named in (
                    ("vault write", ".vault.*.tmp", "rename .vault.*.tmp vault"),
                    ("recording", ".cactions-*.tmp", "rename .cactions-*.tmp loyalty.json"),
                    ("run begin", f"{RUNS}/.run-1.db-*", f"link {RUNS}/.run-1.db-* {RUN}"),
                    ("plan take", f"{RUNS}/.plan-*", f"link {RUNS}/.plan-* {RUN}"),
                )
            ),
            Promise(
                "key write",
                keeps_lock(".key-*", "link .key-* key"),
                loses=("deletion of .key-*",),
            ),
            Promise(
                "index",
                keeps_lock("state/.applied--*", "rename state/.applied--* state/applied-@.db"),
                at="built",
                loses=("name of state/runs/run-@.db-wal",),
            ),
            # of what the living one has, no deletion is lost, since nothing is deleted
            Promise(
                "drafts left",
                f"lock {LEFT}.tmp < delete {LEFT}.tmp < unlock {LEFT}.tmp",
                loses=(f"deletion of {LEFT}.tmp",),  # the next writer deletes it again
            ),
            Promise(
                "databases left",
                f"lock {LEFT} < delete {LEFT} < delete {LEFT}-wal < unlock {LEFT}",
                loses=(f"deletion of {LEFT}", f"deletion of {LEFT}-wal"),
            ),
        ),
    ),
    StoreOrder(
        "a run: people are written once their old values are durable",
        (),
        (
            Promise("apply", commits(RUN), at=WRITTEN, loses=(LOCK.format("loyalty"),)),
            Promise(
                "apply",
                f"moment {WRITTEN} < {commits('state/people.db')} < {commits(RUN)}",
                loses=(LOCK.format("loyalty"),),
            ),
        ),
    ),
    StoreOrder(
        "a request that changes something: sent once its intent is durable, and never twice",
        (),
        (
            *(
                Promise(f"call{kind}", commits(RUN), at=SENT, loses=(LOCK.format("refund"),))
                for kind in ("", " in doubt", " refused")
            ),
            *(
                Promise(
                    f"call{kind}", f"moment {SENT} < {commits(RUN)}", loses=(LOCK.format("refund"),)
                )
                for kind in ("", " in doubt", " refused")
            ),
            Promise("call of many", commits(RUN), at=SENT),
            Promise("call of many", f"moment {SENT} < write {RUN}-wal", loses=(LOG,)),
        ),
    ),
)
"""Every store; one without an entry fails a test."""

PRIMITIVES: Final = (
    "edges/files/atomic_write.py",
    "edges/files/file_io.py",
    "edges/files/shared_file.py",
)
"""What the stores are made of."""

IN_MEMORY: Final = ("edges/http/tls.py",)
"""Modules that write to a file without a name, which is on no disk."""

IN_DATABASE: Final = ("edges/postgres/", "app/cluster/")
"""The modules that write to a server, which keeps the promises of its transactions."""
