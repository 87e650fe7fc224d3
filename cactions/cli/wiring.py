"""Builds what a command needs of use cases, edges and render.

Each function imports what it builds when it is called, so that a command loads only what it uses:
``validate`` loads no store, and only a terminal loads colours.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cactions.cli import json_output, key_wiring, streams
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.vault_choice import VAULT, choose_vault

if TYPE_CHECKING:
    from cactions.app.live_caller import LiveCaller
    from cactions.app.vault.open_vault import VaultContext
    from cactions.cli.live_options import LiveOptions
    from cactions.cli.vault_choice import VaultOptions
    from cactions.edges.store.row_encryption import RowCipher
    from cactions.logic.project import LoadedProject
    from cactions.model import Action, Finding, Json, Project, Snapshot
    from cactions.model.secret import Secret
    from cactions.render.output import PlainOutput
    from cactions.render.progress_display import ProgressCanvas, ProgressDisplay
    from cactions.render.text import View

STATE: Final = ".cactions"


def create_output() -> PlainOutput:
    """Where words go: in colour if a terminal wants it, and without loading colours if not.

    With ``--json`` all of them go to stderr: stdout is for the document.
    """
    from cactions.render.output import PlainOutput, wants_colour

    stdout, mask = sys.stderr if json_output.is_asked() else sys.stdout, _mask_in_place_of_progress
    output = PlainOutput(stdout, sys.stderr, mask=mask)
    if wants_colour(sys.stdout) or wants_colour(sys.stderr):
        from cactions.render.color_output import ColorOutput

        output = ColorOutput(stdout, sys.stderr, mask=mask)
    output.on_info = json_output.add_note
    return output


_displays: Final[list[ProgressDisplay]] = []
"""None or one: the progress that is on the terminal now."""


def _mask_in_place_of_progress(view: View) -> View:
    """The view without known secrets; a progress bar makes room for it."""
    for display in _displays:
        display.erase()
    return streams.mask_view(view)


@contextmanager
def show_progress(
    label: str, total: int, *, quiet: bool = False, unit: str = "people", delay: float | None = None
) -> Iterator[ProgressDisplay]:
    """Progress on stderr until the work ends: a bar on a terminal, else a line every ten seconds.

    ``total`` 0: not known. ``unit`` is what is counted; a bar comes after ``delay`` s.
    """
    from cactions.render.progress_display import FRAME_SECONDS, LINE_SECONDS, LazyCanvas, LineCanvas
    from cactions.render.progress_display import ProgressDisplay as Display

    if quiet:
        display = Display(label, total, None, LINE_SECONDS)
    elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        display = Display(label, total, LazyCanvas(_create_bar), FRAME_SECONDS)
        display.hold(FRAME_SECONDS if delay is None else delay)
    else:
        display = Display(label, total, LineCanvas(create_output()), LINE_SECONDS)
    for other in _displays:
        other.erase()
    display.unit = unit
    _displays.append(display)
    try:
        yield display
    finally:
        _displays.remove(display)
        display.erase()


def _create_bar() -> ProgressCanvas:
    from cactions.render.progress_bar import BarCanvas

    return BarCanvas(streams.mask_view)


def is_showing_progress() -> bool:
    """Whether a progress is on the terminal, or may come there."""
    return bool(_displays)


def is_alone(display: ProgressDisplay) -> bool:
    """Whether this progress is the only one."""
    return _displays == [display]


def write_json(document: dict[str, Json]) -> None:
    """The JSON document of the command, which is kept until its end; see ``json_output``."""
    json_output.write(document)


def load_projects(
    paths: Sequence[Path], environment: str | None, *, leaks: bool = True
) -> list[LoadedProject]:
    """What the files say, one for each folder that they are in; ``leaks``: with all rules."""
    from cactions.cli.load import load_projects

    return load_projects(paths, environment, load_snapshot, leaks=leaks)


def load_published_project(folder: Path, environment: str | None) -> Project | None:
    """What is published in the vault of a folder without action files; None where nothing is."""
    if not os.path.lexists(folder / VAULT):
        return None
    from cactions.app.published_projects import load_published_project

    return load_published_project(open_vault_context(choose_vault(folder / VAULT)), environment)


def load_snapshot(path: Path) -> Snapshot:
    """What was known of the workspace's attributes."""
    from cactions.edges.files.attribute_snapshot import read_snapshot

    return read_snapshot(path)


def annotate_probes(found: Sequence[LoadedProject], paths: Sequence[Path]) -> list[LoadedProject]:
    """The projects, with what recorded probes say of findings; most have no such findings."""
    from cactions.edges.files import action_files
    from cactions.rules import ECHOES

    homes = action_files.list_folders(paths)
    rules = {finding.rule for loaded in found for finding in loaded.findings}
    if rules.isdisjoint(ECHOES) or not any(os.path.lexists(home / "cassettes") for home in homes):
        return [*found]
    from cactions.cli.probe_evidence import annotate_probes

    return [*map(annotate_probes, found, homes)]


def find_missing_secrets(paths: Sequence[Path], found: Sequence[LoadedProject]) -> list[Finding]:
    """What the files need of the vaults beside them; without a vault, nothing is checked."""
    from cactions.edges.files import action_files

    vaults = [home / VAULT for home in action_files.list_folders(paths)]
    if not any(map(os.path.lexists, vaults)):
        return []
    from cactions.cli.vault_check import check_vaults

    return check_vaults(zip(vaults, found, strict=True))


def find_folder(paths: Sequence[Path] | None) -> Path:
    """The one folder of the action files, or of a vault. Raises UsageError for several."""
    from cactions.edges.files import action_files

    if (bare := find_bare_folder(paths)) and os.path.lexists(bare / VAULT):
        return bare
    return action_files.require_one_folder(paths)


def find_bare_folder(paths: Sequence[Path] | None) -> Path | None:
    """The one folder that is meant, where it has no action files; None where it has some."""
    from cactions.edges.files import action_files

    folder = [*(paths or [Path()])]
    return folder[0] if len(folder) == 1 and action_files.is_bare(folder[0]) else None


def create_row_cipher(home: Path) -> RowCipher:
    """How the runs of a folder are kept. The vault is opened when it is first needed, and once."""
    from cactions.edges.store.row_encryption import PlainRows

    if not os.path.lexists(home / VAULT):
        return PlainRows()
    from cactions.app.vault.row_cipher import VaultRowCipher

    vault = choose_vault(home / VAULT)
    return VaultRowCipher(lambda: open_vault_context(vault))


def open_vault_context(options: VaultOptions, *, keep: Path | None = None) -> VaultContext:
    """The vault with the source of its key; ``keep`` is a new file for a new key."""
    from cactions.cli.vault_wiring import VaultDeps, open_vault_context

    deps = VaultDeps(key_wiring.create_keyring, create_output().info)
    return open_vault_context(options, deps, keep=keep)


def seal_secret(vault: Path, secret: Secret, host: str) -> None:
    """Seal a secret for one host. Raises StoreError, and UsageError where the name is taken."""
    from cactions.app.vault.manage import seal_secret

    seal_secret(open_vault_context(choose_vault(vault)), secret, [host])


def create_live_caller(
    home: ProjectFolder, options: LiveOptions, called: Sequence[Action] = ()
) -> LiveCaller:
    """The live services of a project; the vault is opened when it is first needed."""
    from cactions.cli.live_wiring import LiveDeps, open_live_caller

    vault, say = choose_vault(home.folder / VAULT), create_output().info
    deps = LiveDeps(
        home.project, called, lambda: open_vault_context(vault), say,
        key_wiring.create_jwt_signer, key_wiring.check_client_certificate,
    )  # fmt: skip
    return open_live_caller(options, deps)


def serve_page(page: bytes, port: int, minutes: int) -> None:
    """Serve a page on loopback for so long, and say where. Raises UsageError for a taken port."""
    from cactions.cli.page_serving import serve_page

    serve_page(page, port, minutes, create_output())
