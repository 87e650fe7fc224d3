"""Definitions of actions as they are published: their digest, their text, what differs."""
