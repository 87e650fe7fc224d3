"""The attack on an action, on purpose: which keys are replaced by what, and what comes of it."""
