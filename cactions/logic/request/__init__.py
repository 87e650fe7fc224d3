"""Requests as they are sent, and as they are shown."""
