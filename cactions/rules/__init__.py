"""All rules, one module each, in the order of their identifiers. The docstring is the page."""

from __future__ import annotations

from typing import Final

from cactions.rules import (
    ca001_unreadable_yaml,
    ca002_unknown_key,
    ca003_missing_key,
    ca004_invalid_value,
    ca005_unknown_reference,
    ca006_invalid_template,
    ca007_invalid_json_path,
    ca008_duplicate_name,
    ca009_contradiction,
    ca011_invalid_person,
    ca101_user_controlled_lookup,
    ca102_tainted_lookup,
    ca103_unknown_writability,
    ca104_unverified_identity_lookup,
    ca106_default_reaches_lookup,
    ca107_first_of_many,
    ca108_fuzzy_lookup,
    ca201_missing_identity_check,
    ca202_identity_field_mapped,
    ca205_ineffective_identity_check,
    ca206_unverified_contact_address,
    ca207_unbounded_text,
    ca208_two_writers,
    ca209_user_editable_target,
    ca210_proof_of_another_object,
    ca211_echoed_identifier,
    ca301_hardcoded_secret,
    ca302_secret_in_url,
    ca303_token_host_mismatch,
    ca304_secret_mapped,
    ca305_secret_not_in_vault,
    ca401_templated_host,
    ca402_plain_http,
    ca403_special_address,
    ca405_user_input_in_header,
    ca407_raised_limit,
    ca408_retried_write,
    ca409_joined_prefix,
    ca503_stale_suppression,
)
from cactions.rules.rule import Rule

_MODULES: Final = (
    ca001_unreadable_yaml,
    ca002_unknown_key,
    ca003_missing_key,
    ca004_invalid_value,
    ca005_unknown_reference,
    ca006_invalid_template,
    ca007_invalid_json_path,
    ca008_duplicate_name,
    ca009_contradiction,
    ca011_invalid_person,
    ca101_user_controlled_lookup,
    ca102_tainted_lookup,
    ca103_unknown_writability,
    ca104_unverified_identity_lookup,
    ca106_default_reaches_lookup,
    ca107_first_of_many,
    ca108_fuzzy_lookup,
    ca201_missing_identity_check,
    ca202_identity_field_mapped,
    ca205_ineffective_identity_check,
    ca206_unverified_contact_address,
    ca207_unbounded_text,
    ca208_two_writers,
    ca209_user_editable_target,
    ca210_proof_of_another_object,
    ca211_echoed_identifier,
    ca301_hardcoded_secret,
    ca302_secret_in_url,
    ca303_token_host_mismatch,
    ca304_secret_mapped,
    ca305_secret_not_in_vault,
    ca401_templated_host,
    ca402_plain_http,
    ca403_special_address,
    ca405_user_input_in_header,
    ca407_raised_limit,
    ca408_retried_write,
    ca409_joined_prefix,
    ca503_stale_suppression,
)

RULES: Final[tuple[Rule, ...]] = tuple(module.RULE for module in _MODULES)
"""Every rule. Those of the file format have no ``check``: reading the files finds them."""

BY_NAME: Final = {key: rule for rule in RULES for key in (rule.id.lower(), rule.name)}
"""Every rule by its identifier in lower case, and by its name."""

NAMES: Final = {rule.id: rule.name for rule in RULES}
"""The name of each rule, by identifier."""

PAGES: Final = {module.RULE.id: module.__doc__ or "" for module in _MODULES}
"""The text of each rule's page, by identifier."""

LAST: Final[Rule] = ca503_stale_suppression.RULE
"""Runs after all other rules, because it needs their results."""

CHECKED: Final = tuple(rule for rule in RULES if rule.check and rule is not LAST)
"""The rules that run over a project, except the last."""

SUPPRESSIBLE: Final = tuple(rule.id for rule in CHECKED)
"""The identifiers that may be suppressed; rules of the file format never are."""

ECHOES: Final = frozenset(
    {ca205_ineffective_identity_check.RULE.id, ca211_echoed_identifier.RULE.id}
)
"""Rules about proofs that compare what was sent: only a probe tells whether it is an echo."""
