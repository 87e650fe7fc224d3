"""The fixtures of the command line, for what is run as its user would."""

from __future__ import annotations

from tests.cli.conftest import cli, home

__all__ = ["cli", "home"]
