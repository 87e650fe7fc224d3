"""What `cactions help ci` shows is pasted and works: a packed checkout, and a new repository."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from cactions.cli.exit_codes import Exit
from tests.case_counts import COUNTS
from tests.checkouts import (
    PACKAGES,
    ROOT,
    lock_local_wheel,
    make_repository,
    pack_checkout,
    run_git,
)
from tests.cli.conftest import Work
from tests.intercom_projects import remote_project
from tests.job_runner import JobRunner, StepResult
from tests.projects import write
from tests.servers import Server
from tests.workspace import WorkspaceServer

PAGE = (ROOT / "cactions" / "help" / "ci.md").read_text()
FENCED = re.MULTILINE | re.DOTALL
CHECK, PREVIEW, SCHEDULED, HOOKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, FENCED)
VENDOR, TRY_HOOK = re.findall(r"^```sh\n(.*?)^```$", PAGE, FENCED)
NETWORK = re.compile(r"(?i)_proxy$|^SSL_CERT|_CA_BUNDLE$")
"""Variables of a machine by which pip reaches the package index."""
GOOD = (ROOT / "actions.example.yaml").read_text()
BAD = GOOD.replace("identity_verification: jwt", "identity_verification: false")


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with a clone of cactions, which has only what is committed."""
    home = tmp_path_factory.mktemp("home")
    make_repository(pack_checkout(home / "cactions"))
    return home


@pytest.fixture
def repository(user: Path, tmp_path: Path) -> Path:
    """A new repository with the example; the first block of the page was pasted there."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "actions.yaml").write_text(GOOD)
    shutil.copytree(ROOT / "cassettes", folder / "cassettes")
    environment = {**os.environ, "HOME": str(user)}
    subprocess.run(["bash", "-ec", VENDOR], cwd=folder, env=environment, check=True, timeout=600)
    return make_repository(folder)


def use_local_lock(repository: Path, home: Path) -> Path:
    """In the place of the package index."""
    lock_local_wheel(home, repository / "tools" / "cactions" / "cactions" / "requirements.lock")
    return repository


def list_codes(results: list[StepResult]) -> list[tuple[str, int]]:
    return [(result.name, result.code) for result in results]


TEST = "cactions test --strict --require-tests --format github"
PASSED = [("Install cactions", 0), ("Validate", 0), (TEST, 0)]


def test_the_workflow_passes_and_finds_a_leak_in_a_nested_folder(
    repository: Path, tmp_path: Path
) -> None:
    """The code is that of the copy; nothing of the development tree is needed."""
    use_local_lock(repository, tmp_path)
    version = repository / "tools" / "cactions" / "cactions" / "__init__.py"
    version.write_text('__version__ = "0.copied"\n')
    shown = CHECK.replace(TEST, f"{TEST} && cactions --version")
    results = JobRunner(repository, tmp_path / "first").run(shown)
    assert [0, 0, 0] == [result.code for result in results], results
    assert "cactions 0.copied\n" == results[-1].out[-18:]
    nested = repository / "teams" / "a team" / "actions.yaml"
    nested.parent.mkdir(parents=True)
    nested.write_text(BAD)
    runner = JobRunner(repository, tmp_path / "second")
    results = runner.run(CHECK)
    assert [("Install cactions", 0), ("Validate", 1)] == list_codes(results), results
    assert "::error file=teams/a team/actions.yaml,line=" in results[-1].out
    assert runner.summary.read_text().startswith("### cactions: ")


def test_a_changed_package_is_not_installed(repository: Path, tmp_path: Path) -> None:
    """The lock has another hash: nothing is checked, and no program is left on the path."""
    use_local_lock(repository, tmp_path)
    [wheel] = tmp_path.glob("*.whl")
    wheel.write_bytes(wheel.read_bytes() + b"x")
    runner = JobRunner(repository, tmp_path / "runner")
    [result] = runner.run(CHECK)
    assert (True, "Install cactions") == (result.code > 0, result.name)
    assert "DO NOT MATCH THE HASHES" in result.err
    assert not (runner.temp / "cactions" / "path").exists()


class FakeGh(NamedTuple):
    """A program ``gh`` that notes its words, its token, and the file that it would post."""

    path: str
    calls: Path
    posted: Path

    def read_calls(self) -> list[str]:
        return self.calls.read_text().splitlines()


def install_fake_gh(folder: Path) -> FakeGh:
    """In the place of GitHub's, which would ask GitHub."""
    programs = folder / "programs"
    programs.mkdir()
    gh = FakeGh(f"{programs}{os.pathsep}{os.environ['PATH']}", folder / "calls", folder / "posted")
    script = (
        "#!/bin/sh\n"
        f'echo "$*" >> {shlex.quote(str(gh.calls))}\n'
        f'while [ $# -gt 0 ]; do [ "$1" != --body-file ] || cat "$2" > {gh.posted}; shift; done\n'
        '[ -n "$GH_TOKEN" ]\n'
    )
    (programs / "gh").write_text(script)
    (programs / "gh").chmod(0o755)
    return gh


def test_the_preview_is_posted_also_where_someone_fails(repository: Path, tmp_path: Path) -> None:
    """The totals first; the job fails after it, since one of the people does."""
    use_local_lock(repository, tmp_path)
    gh = install_fake_gh(tmp_path)
    results = JobRunner(repository, tmp_path / "runner", {"PATH": gh.path}).run(PREVIEW)
    assert [0, 0, 0, Exit.FINDINGS] == [result.code for result in results], results
    [words] = gh.read_calls()
    assert "pr comment 17 --edit-last --create-if-none --body-file preview.md" == words
    text = gh.posted.read_text()
    assert text.startswith("## <code>loyalty</code> for 3 people\n")
    assert text.index("- To write: **2**") < text.index("<details>")


@pytest.fixture
def connected(
    repository: Path, work: Work, home: Path, shop: Server, intercom: WorkspaceServer
) -> str:
    """The key of a machine; the repository's action is a connector whose mapping is not entered."""
    document = remote_project(shop, intercom)
    document["tokens"]["shop"]["token_id"] = "1234"
    write(home, document)
    [key] = re.findall(
        r"^cactions-key-\S+$", work("vault recipients add ci --machine").out, re.MULTILINE
    )
    assert Exit.CLEAN == work("connectors push loyalty --yes").code
    for name in ("actions.yaml", "cactions.vault"):
        shutil.copy(home / name, repository / name)
    return str(key)


def test_the_scheduled_job_reads_the_workspace_with_its_key(
    repository: Path, tmp_path: Path, intercom: WorkspaceServer, connected: str
) -> None:
    """It is a secret of the repository, and in no output; the job fails where the two differ."""
    use_local_lock(repository, tmp_path)
    bodies = install_fake_gh(tmp_path)
    environment = {"CACTIONS_CA_FILE": str(intercom.ca_file), "PATH": bodies.path}
    runner = JobRunner(repository, tmp_path / "runner", environment)
    results = runner.run(SCHEDULED, {"CACTIONS_VAULT_KEY": connected})
    assert 4 == len(results)
    assert ("cactions connectors diff --exit-code", Exit.CHANGES) == list_codes(results)[-2]
    assert "not mapped" in results[-2].out
    [words] = bodies.read_calls()
    assert words.startswith("issue create --title Intercom differs from the action files --body")
    assert words.endswith("https://github.example/acme/shop/actions/runs/99")
    assert connected not in "".join(result.out + result.err for result in results)


@pytest.fixture(scope="module")
def hook_environment(user: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What pre-commit makes for ``language: python``: an environment with the built clone."""
    if not find_spec("hatchling"):
        pytest.skip("hatchling is not installed: pip install -r requirements.lock")
    home = tmp_path_factory.mktemp("hook")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(
        [*build, "--directory", str(home)],
        cwd=user / "cactions", check=True, timeout=600, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    venv.create(home / "env", symlinks=True)
    [packages] = (home / "env" / "lib").glob("python*/site-packages")
    (packages / "packages.pth").write_text(PACKAGES)
    [wheel] = home.glob("*.whl")
    shutil.unpack_archive(wheel, packages, "zip")
    return home / "env"


def run_hook(hook: Mapping[str, Any], repository: Path, programs: Path) -> tuple[int, str]:
    """The hook for what is staged, as pre-commit starts it; not at all where no file fits."""
    staged = run_git(repository, "diff", "--staged", "--name-only", "--diff-filter=ACMRTUXB", "-z")
    names = [name for name in staged.split("\0") if name and re.search(hook["files"], name)]
    if not names:
        return 0, "Skipped"
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    program, *words = [*shlex.split(hook["entry"]), *hook.get("args", ())]
    done = subprocess.run(
        [str(shutil.which(program, path=path)), *words, *names],
        cwd=repository, env={**os.environ, "PATH": path}, capture_output=True, text=True,
        check=False, timeout=600,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("source", ["manifest", "page"])
def test_the_hook_checks_what_is_staged(
    repository: Path, user: Path, hook_environment: Path, source: str
) -> None:
    """From the wheel of the clone, by its manifest; and as the page configures it by hand."""
    manifest = (user / "cactions" / ".pre-commit-hooks.yaml").read_text()
    programs = hook_environment / "bin"
    if source == "page":
        [hook] = yaml.safe_load(HOOKS)["repos"][0]["hooks"]
        assert {"id", "name", "entry", "language"} <= set(hook)
        assert yaml.safe_load(manifest)[0]["files"] == hook["files"]
        program = programs / "cactions"
        program.write_text(f'#!/bin/sh\nexec "{programs}/python" -I -m cactions "$@"\n')
        program.chmod(0o755)
    else:
        [hook] = yaml.safe_load(manifest)
        assert [hook["id"]] == re.findall(r"try-repo ~/cactions (\S+)", TRY_HOOK)
    (repository / "notes.md").write_text("no action file")
    run_git(repository, "add", "notes.md")
    assert (0, "Skipped") == run_hook(hook, repository, programs)
    for name, text in (("teams/good", GOOD), ("teams/a bad", BAD)):
        (repository / name).mkdir(parents=True)
        (repository / name / "actions.yaml").write_text(text)
    run_git(repository, "add", "teams/good")
    code, told = run_hook(hook, repository, programs)
    assert (0, "No problems in 3 actions (1 file).\n") == (code, told)
    run_git(repository, "add", "teams")
    code, told = run_hook(hook, repository, programs)
    assert (1, True) == (code, "teams/a bad/actions.yaml:" in told)
    assert "teams/good/actions.yaml:" not in told


@pytest.mark.hostile
def test_the_workflow_installs_from_the_package_index(repository: Path, tmp_path: Path) -> None:
    """All packages of the real lock, by their hashes. Only with ``-m hostile``, and an index."""
    if COUNTS.factor == 1:
        pytest.skip("only the long form asks the package index")
    network = {name: text for name, text in os.environ.items() if NETWORK.search(name)}
    results = JobRunner(repository, tmp_path / "runner", network).run(CHECK)
    if "No matching distribution" in results[0].err:
        pytest.skip("there is no package index")
    assert PASSED == list_codes(results), results


@pytest.mark.hostile
def test_the_hook_is_tried_with_pre_commit(repository: Path, user: Path, tmp_path: Path) -> None:
    """The command of the page. Only with ``-m hostile``, where pre-commit and an index are."""
    if COUNTS.factor == 1 or not shutil.which("pre-commit"):
        pytest.skip("only the long form asks the package index, and it needs pre-commit")
    own = {"HOME": str(user), "PRE_COMMIT_HOME": str(tmp_path / "pre-commit")}
    done = subprocess.run(
        ["bash", "-ec", TRY_HOOK], cwd=repository, env={**os.environ, **own}, timeout=600,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (0, True) == (done.returncode, "Passed" in done.stdout), done
    (repository / "actions.yaml").write_text(BAD)
    done = subprocess.run(
        ["bash", "-ec", TRY_HOOK], cwd=repository, env={**os.environ, **own}, timeout=600,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (1, True) == (done.returncode, "actions.yaml:" in done.stdout), done


@pytest.mark.hostile
def test_the_first_block_of_the_readme_sets_everything_up(user: Path, tmp_path: Path) -> None:
    """In a clone, with one command. Only with ``-m hostile``, and an index."""
    if COUNTS.factor == 1:
        pytest.skip("only the long form asks the package index")
    clone = tmp_path / "clone"
    run_git(tmp_path, "clone", "--quiet", str(user / "cactions"), str(clone))
    [first, *_] = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), FENCED)
    done = subprocess.run(
        ["bash", "-ec", first], cwd=clone, env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert (0, True) == (done.returncode, "1 to overwrite" in done.stdout), done
