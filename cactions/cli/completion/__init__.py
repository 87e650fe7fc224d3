"""Completion of commands, options and names in a shell; it loads nothing of the other commands."""
