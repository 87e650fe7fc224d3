"""Edits of action files that a rule suggests."""
