"""``cactions config``: the user's own configuration, and what has set it."""

from __future__ import annotations

import os

from cactions.cli import wiring
from cactions.cli.options import Json
from cactions.cli.user_settings import read_user_settings
from cactions.logic import documents
from cactions.render.settings import render_settings


def command(json: Json = False) -> None:
    """Show where your configuration is, what is set, by what, and where a vault's key comes from.

    It lists every environment variable that is read. Secrets are shown as dots.

    Example: cactions config
    """
    found = read_user_settings(os.environ)
    if json:
        wiring.write_json(documents.settings_to_json(found))
    else:
        wiring.create_output().print(render_settings(found))
