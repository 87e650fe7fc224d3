"""Runs that workers carry out together, on several machines."""
