"""What is changed, most important first, and the tests that should notice it.

A module's own tests are those of its mirror below ``tests/``; those of a group are added to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Target:
    """Modules (paths or folders below the package), the tests to choose from, and how many mutants.

    ``whole``: test files of which all is run, since they look at other processes or threads.
    """

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]
    number: int
    whole: tuple[str, ...] = ()

    def list_files(self) -> list[Path]:
        """The files of the modules."""
        found: list[Path] = []
        for module in self.modules:
            path = ROOT / "cactions" / module
            found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
        return [path for path in found if path.name != "__init__.py"]

    def list_tests(self) -> list[str]:
        """The folders and files of tests that are there."""
        return [test for test in self.tests if (ROOT / test).exists()]


DURABILITY = ("tests/edges/test_durability.py",)

TARGETS = (
    Target(
        "vault",
        ("edges/keys", "logic/vault"),
        ("tests/edges/keys", "tests/app/vault/test_manage.py", "tests/app/vault/test_tampering.py",
         "tests/app/vault/test_vectors.py", "tests/logic/vault",
         "tests/cli/commands/test_vault.py", "tests/cli/test_jwt_grants.py"),
        40,
        DURABILITY,
    ),
    Target(
        "journal",
        ("edges/store",),
        ("tests/edges/test_contracts.py", "tests/edges/test_journal_contract.py",
         "tests/edges/store", "tests/app/test_disk_space.py"),
        60,
        DURABILITY,
    ),
    Target(
        "files",
        ("edges/files",),
        ("tests/edges/files", "tests/cli/test_output_files.py",
         "tests/edges/store/test_state_folder.py", "tests/cli/test_hostile_files.py",
         "tests/cli/commands/test_init.py", "tests/cli/commands/test_pull_into_project.py"),
        30,
        DURABILITY,
    ),
    Target(
        "commit order",
        ("app/commit.py", "app/commit_counts.py", "app/apply.py", "app/write_calls.py",
         "app/row_planner.py", "app/workers.py",
         "app/open_entries.py", "app/undo_steps.py", "app/settle.py", "app/lost_calls.py",
         "logic/exchange/retry.py",
         "logic/plan/compare_and_set.py"),
        ("tests/app/test_commit.py", "tests/app/test_apply.py", "tests/app/test_write_calls.py",
         "tests/app/test_known_outcomes.py", "tests/app/test_cut_off_planning.py",
         "tests/app/test_lost_calls.py", "tests/app/test_workers.py",
         "tests/app/test_retry.py", "tests/logic/exchange", "tests/logic/plan",
         "tests/cli/test_bulk.py", "tests/cli/test_saved_plans.py", "tests/cli/test_retry.py",
         "tests/cli/test_cut_off.py", "tests/cli/test_unsealed.py"),
        40,
    ),
    Target(
        "cluster",
        ("edges/postgres", "app/cluster"),
        ("tests/edges/postgres", "tests/edges/test_contracts.py",
         "tests/edges/test_journal_contract.py", "tests/cluster/test_part_fences.py",
         "tests/cluster/test_carry_out.py", "tests/cluster/test_part_order.py",
         "tests/cluster/test_cluster_runs.py", "tests/cluster/test_schedules.py",
         "tests/cluster/test_hand_in.py", "tests/cluster/test_scheduled_steps.py",
         "tests/cluster/test_moved_runs.py"),
        40,
    ),
    Target(
        "identity",
        ("logic/identity", "logic/exchange/verify.py", "logic/people/lookup.py"),
        ("tests/logic/identity", "tests/logic/exchange", "tests/logic/people",
         "tests/edges/test_contracts.py", "tests/logic/lint/test_proof_strength.py"),
        30,
    ),
    Target(
        "leaks",
        ("logic/lint",),
        ("tests/logic/lint", "tests/rules", "tests/cli/commands/test_audit.py"),
        30,
    ),
    Target(
        "redaction",
        ("logic/secrets", "logic/request/redaction.py"),
        ("tests/logic/secrets", "tests/logic/connectors/test_execution_mask.py",
         "tests/logic/request", "tests/cli/test_redaction.py"),
        30,
    ),
    Target(
        "sending",
        ("edges/http/connection.py", "edges/http/budget.py", "edges/http/client.py"),
        ("tests/edges/http",),
        20,
        ("tests/edges/http/test_hostile_servers.py",),
    ),
    Target(
        "plans",
        ("logic/plan", "logic/people", "logic/rate_limit"),
        ("tests/logic/plan", "tests/logic/people", "tests/logic/rate_limit",
         "tests/edges/intercom/test_pacer.py"),
        20,
    ),
)  # fmt: skip
