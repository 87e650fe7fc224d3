"""``cactions.config/1``: the user's settings as ``cactions config --json`` prints them."""

from __future__ import annotations

from cactions.model import ConfigEntry, ConfigReport, Json


def settings_to_json(found: ConfigReport) -> dict[str, Json]:
    """The file, its settings, the variables, and where the key of a vault comes from."""
    return {
        "format": "cactions.config/1",
        "file": {"path": str(found.path), "exists": found.exists},
        "settings": [*map(_setting_to_json, found.settings)],
        "environment": [*map(_setting_to_json, found.variables)],
        "vault_key": {"source": found.key_source, "order": list(found.key_order)},
    }


def _setting_to_json(setting: ConfigEntry) -> dict[str, Json]:
    return {
        "name": setting.name,
        "set": setting.is_set,
        "value": setting.value,
        "source": setting.source.value,
        "line": setting.line,
        "about": setting.about,
    }
