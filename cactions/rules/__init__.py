"""Lint rules, one a file; pure functions over the model."""
